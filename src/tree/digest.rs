//! Digests of bytes.

use std::fmt::Write as _;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::model::exhibit::Digest;

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// SHA-256 of a file of any size.
///
/// # Errors
/// A file that cannot be opened or read.
pub fn sha256_of(full: &std::path::Path) -> std::io::Result<Digest> {
    let mut hasher = Sha256::new();
    super::file::stream(full, |piece| hasher.update(piece))?;
    Ok(Digest(hasher.finalize().into()))
}

/// The hash functions git names its objects by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectFormat {
    /// 40 hexadecimal digits.
    Sha1,
    /// 64 hexadecimal digits.
    Sha256,
}

impl ObjectFormat {
    /// The name git gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }
}

/// The name git would give a blob with these bytes, when no filter changes them.
pub fn blob_name(format: ObjectFormat, bytes: &[u8]) -> String {
    let header = format!("blob {}\0", bytes.len());
    match format {
        ObjectFormat::Sha1 => hex(&Sha1::new()
            .chain_update(header)
            .chain_update(bytes)
            .finalize()),
        ObjectFormat::Sha256 => hex(&Sha256::new()
            .chain_update(header)
            .chain_update(bytes)
            .finalize()),
    }
}

/// The same for a file of any size, read piece by piece.
///
/// # Errors
/// A file that cannot be opened or read.
pub fn blob_name_of(format: ObjectFormat, full: &std::path::Path) -> std::io::Result<String> {
    let header = format!("blob {}\0", full.metadata()?.len());
    match format {
        ObjectFormat::Sha1 => {
            let mut hasher = Sha1::new().chain_update(header);
            super::file::stream(full, |piece| hasher.update(piece))?;
            Ok(hex(&hasher.finalize()))
        }
        ObjectFormat::Sha256 => {
            let mut hasher = Sha256::new().chain_update(header);
            super::file::stream(full, |piece| hasher.update(piece))?;
            Ok(hex(&hasher.finalize()))
        }
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_named_as_git_names_it() {
        assert_eq!(
            blob_name(ObjectFormat::Sha1, b""),
            "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
        );
        assert_eq!(
            blob_name(ObjectFormat::Sha1, b"hello\n"),
            "ce013625030ba8dba906f756967f9e9ca394464a"
        );
        assert_eq!(sha256(b"").short(), "e3b0c44298fc");
    }
}
