//! One file as read: its bytes once, and what can be said of them.

use std::fs::File as Handle;
use std::io::{self, Read, Seek as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::digest;
use super::large::Large;
use crate::model::exhibit::{Content, Digest};
use crate::model::text;
use crate::parse::limits::{self, Caps};

/// A file's path and bytes.
#[derive(Debug)]
pub struct File {
    /// From the git root, with `/`; invalid bytes are shown as `\xff`.
    pub path: String,
    /// Its bytes, or where they are.
    pub body: Body,
    commit: Commit,
    sha256: OnceLock<Digest>,
}

/// Where the bytes of a file are.
#[derive(Debug)]
pub enum Body {
    /// In memory, as read.
    Held(Arc<[u8]>),
    /// On disk, because they are too many. Only who asks for such files is given them.
    OnDisk(Large),
}

/// How a file stands to the commit.
#[derive(Debug)]
enum Commit {
    /// Whether it holds these very bytes at this path.
    Known(bool),
    /// The name of the blob that it holds at this path, to be held against what is read.
    Holds(String),
}

impl File {
    /// A file with its bytes. `tracked`: the commit holds these very bytes at this path.
    pub fn new(path: impl Into<String>, bytes: impl Into<Arc<[u8]>>, tracked: bool) -> Self {
        Self {
            path: path.into(),
            body: Body::Held(bytes.into()),
            commit: Commit::Known(tracked),
            sha256: OnceLock::new(),
        }
    }

    /// A file that stays on disk. The commit holds a blob of this name at its path; where there is
    /// none to compare with, `tracked` says how it stands to the commit.
    pub fn on_disk(large: Large, committed: Option<String>, tracked: bool) -> Self {
        Self {
            path: large.path.clone(),
            body: Body::OnDisk(large),
            commit: committed.map_or(Commit::Known(tracked), Commit::Holds),
            sha256: OnceLock::new(),
        }
    }

    /// A file with no repository around it: held or left on disk, as its size asks for.
    ///
    /// # Errors
    /// A file that cannot be opened, is not regular, or is too large to be looked at.
    pub fn alone(full: &Path, path: &str, caps: Caps) -> Result<Self, Unreadable> {
        let large = Large::open(full, path, caps, None)?;
        if large.size > limits::HELD_BYTES {
            return Ok(Self::on_disk(large, None, false));
        }
        Ok(Self::new(path, read_up_to(full, path, caps.whole)?, false))
    }

    /// Its bytes, where they are in memory; else none.
    pub fn held(&self) -> &[u8] {
        match &self.body {
            Body::Held(bytes) => bytes,
            Body::OnDisk(_) => &[],
        }
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        match &self.body {
            Body::Held(bytes) => bytes.len() as u64,
            Body::OnDisk(large) => large.size,
        }
    }

    /// SHA-256 of the bytes, computed once. A file on disk is read for it as far as it was not.
    ///
    /// # Errors
    /// A file on disk that cannot be read, or changed while it was.
    pub fn sha256(&self) -> Result<Digest, String> {
        match &self.body {
            Body::Held(bytes) => Ok(*self.sha256.get_or_init(|| digest::sha256(bytes))),
            Body::OnDisk(large) => large.read().map(|bytes| bytes.hashed.sha256),
        }
    }

    /// Whether the commit holds these very bytes at this path. A file on disk is read for it as far
    /// as it was not.
    pub fn is_tracked(&self) -> bool {
        match (&self.commit, &self.body) {
            (Commit::Known(tracked), _) => *tracked,
            (Commit::Holds(_), Body::Held(_)) => false,
            (Commit::Holds(name), Body::OnDisk(large)) => {
                let read = large.read();
                read.is_ok_and(|bytes| bytes.hashed.blob.as_ref() == Some(name))
            }
        }
    }

    /// The text: UTF-8, or UTF-16 with a byte order mark.
    ///
    /// # Errors
    /// The place of the first byte that is not text; a file that is not held.
    pub fn text(&self) -> Result<String, String> {
        match &self.body {
            Body::Held(bytes) => decode(bytes),
            Body::OnDisk(large) => Err(larger(limits::HELD_BYTES, large.size)),
        }
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

impl Unreadable {
    /// A file that cannot be opened or read.
    pub(super) fn because(path: &str, error: &io::Error) -> Self {
        Self {
            path: path.to_owned(),
            says: format!("it cannot be read: {}", reason(error)),
            too_large: false,
        }
    }

    /// Something that is no regular file.
    pub(super) fn irregular(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            says: "expected a regular file, found something else".to_owned(),
            too_large: false,
        }
    }

    /// A file that is larger than what is read.
    pub fn larger(path: &str, most: u64, found: u64) -> Self {
        Self {
            path: path.to_owned(),
            says: larger(most, found),
            too_large: true,
        }
    }
}

/// What is said of a file that is larger than what is read.
pub fn larger(most: u64, found: u64) -> String {
    format!(
        "expected at most {} bytes, found {}",
        text::grouped(most),
        text::grouped(found)
    )
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
    let handle = open(full).map_err(|error| Unreadable {
        says: format!("it cannot be opened: {}", reason(&error)),
        ..Unreadable::because(path, &error)
    })?;
    let about = handle.metadata();
    let about = about.map_err(|error| Unreadable::because(path, &error))?;
    if !about.is_file() {
        return Err(Unreadable::irregular(path));
    }
    if about.len() > most {
        return Err(Unreadable::larger(path, most, about.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    handle
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Unreadable::because(path, &error))?;
    if bytes.len() as u64 > most {
        return Err(Unreadable::larger(path, most, bytes.len() as u64));
    }
    Ok(bytes)
}

/// Hands a file to `take` piece by piece, whatever its size.
///
/// # Errors
/// A file that cannot be opened or read.
pub fn stream(full: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let handle = open(full)?;
    stream_while(handle, |piece| {
        take(piece);
        true
    })
}

/// Hands what is shipped to `take` piece by piece, until it answers `false`.
///
/// # Errors
/// What cannot be opened or read.
pub fn stream_content(content: &Content, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    match content {
        Content::Held(bytes) => {
            take(bytes);
            Ok(())
        }
        Content::OnDisk(full) => stream_while(open(full)?, take),
        Content::Nameless(file) => {
            let mut handle = file.as_ref();
            handle.rewind()?;
            stream_while(handle, take)
        }
        Content::Nowhere => Err(io::Error::other("not kept")),
    }
}

fn stream_while(mut handle: impl Read, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        match handle.read(&mut buffer)? {
            0 => return Ok(()),
            count if take(buffer.get(..count).unwrap_or_default()) => {}
            _ => return Ok(()),
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
pub(super) fn open(full: &Path) -> io::Result<Handle> {
    // A pipe would block the open itself: it is refused by its kind before.
    if full.symlink_metadata()?.file_type().is_file() || full.metadata()?.is_file() {
        let handle = Handle::open(full)?;
        if handle.metadata()?.is_file() {
            return Ok(handle);
        }
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
