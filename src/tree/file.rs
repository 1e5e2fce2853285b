//! One file as read: its bytes once, and what can be said of them.

use std::fs::File as Handle;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::digest;
use crate::model::exhibit::Digest;
use crate::model::text;
use crate::parse::limits;

/// A file's path and bytes.
#[derive(Debug, Clone)]
pub struct File {
    /// From the git root, with `/`; invalid bytes are shown as `\xff`.
    pub path: String,
    /// The bytes as read.
    pub bytes: Arc<[u8]>,
    /// Whether the commit holds these very bytes at this path.
    pub tracked: bool,
    sha256: OnceLock<Digest>,
}

impl File {
    /// A file with its bytes.
    pub fn new(path: impl Into<String>, bytes: impl Into<Arc<[u8]>>, tracked: bool) -> Self {
        Self {
            path: path.into(),
            bytes: bytes.into(),
            tracked,
            sha256: OnceLock::new(),
        }
    }

    /// SHA-256 of the bytes, computed once.
    pub fn sha256(&self) -> Digest {
        *self.sha256.get_or_init(|| digest::sha256(&self.bytes))
    }

    /// The text: UTF-8, or UTF-16 with a byte order mark.
    ///
    /// # Errors
    /// The place of the first byte that is not text.
    pub fn text(&self) -> Result<String, String> {
        decode(&self.bytes)
    }
}

/// Decodes UTF-8 (with or without a mark) and UTF-16 with a mark, as Windows shells write it.
///
/// # Errors
/// The place of the first byte that is not text.
pub fn decode(bytes: &[u8]) -> Result<String, String> {
    let utf16 = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let (pairs, odd) = rest.as_chunks::<2>();
        if !odd.is_empty() {
            return Err("not text: UTF-16 with an odd number of bytes".to_owned());
        }
        let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
        String::from_utf16(&units).map_err(|_| "not text: invalid UTF-16".to_owned())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            String::from_utf8(bytes.to_vec()).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                let line = bytes
                    .get(..at)
                    .unwrap_or_default()
                    .split(|byte| *byte == b'\n')
                    .count();
                format!("not text: invalid UTF-8 on line {line}, byte {at}")
            })
        }
    }
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// From the git root.
    pub path: String,
    /// What was expected and found.
    pub says: String,
    /// Whether it is merely larger than what is read.
    pub too_large: bool,
}

/// Reads a regular file whole, at most the cap. The handle is checked after opening, so that a
/// pipe or device put in the file's place between the walk and the read cannot make it hang.
///
/// # Errors
/// A file that cannot be opened, is not regular, or is larger than the cap.
pub fn read(full: &Path, path: &str) -> Result<Vec<u8>, Unreadable> {
    read_up_to(full, path, limits::FILE_BYTES)
}

/// The same with another cap.
///
/// # Errors
/// A file that cannot be opened, is not regular, or is larger than the cap.
pub fn read_up_to(full: &Path, path: &str, most: u64) -> Result<Vec<u8>, Unreadable> {
    let unreadable = |says: String| Unreadable {
        path: path.to_owned(),
        says,
        too_large: false,
    };
    let handle = open(full)
        .map_err(|error| unreadable(format!("it cannot be opened: {}", reason(&error))))?;
    let about = handle
        .metadata()
        .map_err(|error| unreadable(format!("it cannot be read: {}", reason(&error))))?;
    if !about.is_file() {
        return Err(unreadable(
            "expected a regular file, found something else".to_owned(),
        ));
    }
    let too_large = || Unreadable {
        path: path.to_owned(),
        says: format!(
            "expected at most {} bytes, found {}",
            text::grouped(most),
            text::grouped(about.len())
        ),
        too_large: true,
    };
    if about.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    handle
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(format!("it cannot be read: {}", reason(&error))))?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    Ok(bytes)
}

/// Hands a file to `take` piece by piece, whatever its size.
///
/// # Errors
/// A file that cannot be opened or read.
pub fn stream(full: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut handle = open(full)?;
    if !handle.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        match handle.read(&mut buffer)? {
            0 => return Ok(()),
            count => take(buffer.get(..count).unwrap_or_default()),
        }
    }
}

/// The names of the folders in a folder, sorted; none where there is no such folder.
pub fn folders(folder: &Path) -> Vec<String> {
    let walk = walkdir::WalkDir::new(folder)
        .min_depth(1)
        .max_depth(1)
        .sort_by_file_name();
    walk.into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_dir())
        .map(|entry| text::from_bytes(entry.file_name().as_encoded_bytes()))
        .collect()
}

/// The paths of everything below a folder that is no folder, with `/`, sorted.
pub fn files_below(folder: &Path) -> Vec<String> {
    let walk = walkdir::WalkDir::new(folder)
        .min_depth(1)
        .sort_by_file_name();
    walk.into_iter()
        .flatten()
        .filter(|entry| !entry.file_type().is_dir())
        .filter_map(|entry| {
            let below = entry.path().strip_prefix(folder).ok()?;
            let parts: Vec<String> = below
                .components()
                .map(|part| text::from_bytes(part.as_os_str().as_encoded_bytes()))
                .collect();
            Some(parts.join("/"))
        })
        .collect()
}

/// The names of the YAML files in a folder, sorted; none where there is no such folder.
pub fn yaml_files(folder: &Path) -> Vec<String> {
    let walk = walkdir::WalkDir::new(folder)
        .min_depth(1)
        .max_depth(1)
        .sort_by_file_name();
    walk.into_iter()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str().map(str::to_owned))
        .filter(|name| matches!(name.rsplit_once('.'), Some((_, "yaml" | "yml"))))
        .collect()
}

/// The first bytes of a file, whatever its size.
///
/// # Errors
/// A file that cannot be opened or read.
pub fn head(full: &Path, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    open(full)?.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that opens files of the repository"
)]
fn open(full: &Path) -> io::Result<Handle> {
    // A pipe would block the open itself: it is refused by its kind before.
    if full.symlink_metadata()?.file_type().is_file() || full.metadata()?.is_file() {
        return Handle::open(full);
    }
    Err(io::Error::other("not a regular file"))
}

/// The reason of an I/O error without the path and without the system's number.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or("").to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_that_tools_write() {
        assert_eq!(decode(b"\xef\xbb\xbf{}").as_deref(), Ok("{}"));
        assert_eq!(decode(b"\xff\xfe{\0}\0").as_deref(), Ok("{}"));
        assert_eq!(decode(b"\xfe\xff\0{\0}").as_deref(), Ok("{}"));
        assert!(decode(b"a\nb\xff").expect_err("bytes").contains("line 2"));
    }
}
