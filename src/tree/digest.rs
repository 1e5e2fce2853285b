//! Digests of bytes.

use std::fmt::Write as _;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::model::exhibit::{Content, Digest};

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

/// SHA-256 of what is shipped, handing over each piece, until `take` answers with nothing.
///
/// # Errors
/// What cannot be opened or read.
pub fn sha256_while(
    content: &Content,
    mut take: impl FnMut(&[u8]) -> Option<()>,
) -> std::io::Result<Digest> {
    let mut hasher = Sha256::new();
    super::file::stream_content(content, |piece| {
        hasher.update(piece);
        take(piece).is_some()
    })?;
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
    object_name(format, "blob", bytes)
}

/// The name git gives an object of a kind.
pub fn object_name(format: ObjectFormat, kind: &str, bytes: &[u8]) -> String {
    let header = format!("{kind} {}\0", bytes.len());
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

/// SHA-256 of bytes that come piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Running(Sha256);

impl Running {
    /// Adds a piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of all pieces.
    pub fn digest(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// What the bytes of a file came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    /// Their SHA-256.
    pub sha256: Digest,
    /// Their number.
    pub bytes: u64,
    /// The name git would give a blob with these bytes, where it was asked for.
    pub blob: Option<String>,
}

/// Gathers what the bytes of a file come to while they go by.
pub(super) struct Hasher {
    sha256: Sha256,
    blob: Blob,
    bytes: u64,
}

/// The name of a blob in the making.
enum Blob {
    Unasked,
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Hasher {
    /// Nothing yet, of a file of this size; git's name is gathered where its format is given.
    pub(super) fn new(size: u64, format: Option<ObjectFormat>) -> Self {
        let header = format!("blob {size}\0");
        let blob = match format {
            None => Blob::Unasked,
            Some(ObjectFormat::Sha1) => Blob::Sha1(Sha1::new().chain_update(header)),
            Some(ObjectFormat::Sha256) => Blob::Sha256(Sha256::new().chain_update(header)),
        };
        Self {
            sha256: Sha256::new(),
            blob,
            bytes: 0,
        }
    }

    /// Adds the next bytes.
    pub(super) fn update(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.sha256.update(piece);
        match &mut self.blob {
            Blob::Unasked => {}
            Blob::Sha1(hasher) => hasher.update(piece),
            Blob::Sha256(hasher) => hasher.update(piece),
        }
    }

    /// How many bytes went by.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What they came to.
    pub(super) fn finish(self) -> Hashed {
        Hashed {
            sha256: Digest(self.sha256.finalize().into()),
            bytes: self.bytes,
            blob: match self.blob {
                Blob::Unasked => None,
                Blob::Sha1(hasher) => Some(hex(&hasher.finalize())),
                Blob::Sha256(hasher) => Some(hex(&hasher.finalize())),
            },
        }
    }
}

/// The bytes of an even number of hexadecimal digits.
pub fn unhex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs
        .iter()
        .map(byte)
        .collect::<Option<Vec<u8>>>()
        .filter(|_| rest.is_empty())
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

    #[test]
    fn what_comes_in_pieces_comes_to_the_same() {
        let bytes = b"some bytes of a file";
        for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
            let mut hasher = Hasher::new(bytes.len() as u64, Some(format));
            bytes.chunks(7).for_each(|piece| hasher.update(piece));
            let expected = Hashed {
                sha256: sha256(bytes),
                bytes: bytes.len() as u64,
                blob: Some(blob_name(format, bytes)),
            };
            assert_eq!(hasher.finish(), expected);
        }
    }
}
