//! UUIDs that follow from what they name, so that the same run gives the same file: version 5 of
//! RFC 9562.

use sha1::{Digest as _, Sha1};

/// A UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uuid([u8; 16]);

/// The space that all names of this program are in. Drawn once, and never changed.
pub(super) const AUDIT: Uuid = Uuid([
    0x8f, 0x3c, 0x61, 0x0e, 0x5b, 0x27, 0x4d, 0x94, 0xa1, 0x6d, 0x2e, 0x90, 0x7c, 0x45, 0xd8, 0x13,
]);

impl Uuid {
    /// The UUID of a name inside the space that this one is.
    pub(super) fn of(self, name: &str) -> Self {
        let digest: [u8; 20] = Sha1::new()
            .chain_update(self.0)
            .chain_update(name)
            .finalize()
            .into();
        let mut bytes = [0; 16];
        for (byte, from) in bytes.iter_mut().zip(digest) {
            *byte = from;
        }
        let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
        *version = *version & 0x0f | 0x50;
        *variant = *variant & 0x3f | 0x80;
        Self(bytes)
    }
}

impl std::fmt::Display for Uuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_uuid_that_the_standard_gives_it() {
        // The example of RFC 9562, appendix A.4.
        let dns = Uuid([
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4,
            0x30, 0xc8,
        ]);
        assert_eq!(
            dns.of("www.example.com").to_string(),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        );
    }
}
