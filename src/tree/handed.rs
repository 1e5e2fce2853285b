//! Files as somebody handed them over, in a folder or in an archive: the digest of each, and the
//! bytes of those that are looked into. Nothing is unpacked.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::Path;

use rayon::prelude::*;

use super::{digest, file};
use crate::model::exhibit::Digest;
use crate::model::text;
use crate::parse::limits;

/// The most bytes that are kept of all files together.
const KEPT: u64 = 512 * 1024 * 1024;
/// The most files that are looked at.
const FILES: usize = 1_000_000;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its digest; `None` where it is no plain file, or cannot be read.
    pub sha256: Option<Digest>,
    /// Its size.
    pub size: u64,
    /// Its bytes, where it is one that is looked into.
    pub bytes: Option<Vec<u8>>,
}

/// Files by their paths, with `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handed {
    /// The files.
    pub files: BTreeMap<String, Held>,
}

impl Handed {
    /// The files below a folder. What is no plain file is listed without a digest: a link could lead
    /// anywhere.
    ///
    /// # Errors
    /// A folder that cannot be listed as a whole: what is not seen could be anything.
    pub fn of_folder(root: &Path, looked_into: fn(&str) -> bool) -> io::Result<Self> {
        let walk = walkdir::WalkDir::new(root).min_depth(1).sort_by_file_name();
        let mut paths = Vec::new();
        for entry in walk {
            let entry = entry.map_err(io::Error::from)?;
            if entry.file_type().is_dir() {
                continue;
            }
            let below = entry.path().strip_prefix(root).map_err(io::Error::other)?;
            let parts: Vec<String> = below
                .components()
                .map(|part| text::from_bytes(part.as_os_str().as_encoded_bytes()))
                .collect();
            paths.push((
                parts.join("/"),
                entry.path().to_path_buf(),
                entry.file_type(),
            ));
            if paths.len() > FILES {
                return Err(io::Error::other("there are too many files"));
            }
        }
        let held = |(path, full, kind): &(String, std::path::PathBuf, std::fs::FileType)| {
            let held = if kind.is_file() {
                at(full, looked_into(path))
            } else {
                Held::odd()
            };
            (path.clone(), held)
        };
        Ok(Self {
            files: paths.par_iter().map(held).collect(),
        })
    }

    /// The files in an archive of tar.
    ///
    /// # Errors
    /// A file that is no such archive, is cut short, or has two files of one name or a name that
    /// leads out of it.
    pub fn of_archive(path: &Path, looked_into: fn(&str) -> bool) -> io::Result<Self> {
        let mut handed = Self::default();
        let mut kept = 0;
        each_member(path, |member| {
            let Some(content) = member.content else {
                handed.files.insert(member.path.to_owned(), Held::odd());
                return Ok(());
            };
            let keep = looked_into(member.path) && member.size <= limits::FILE_BYTES;
            kept += if keep { member.size } else { 0 };
            if kept > KEPT {
                return Err(io::Error::other("there is too much in it"));
            }
            let held = read(content, keep)?;
            handed.files.insert(member.path.to_owned(), held);
            Ok(())
        })?;
        Ok(handed)
    }

    /// The bytes of a file that is looked into.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path)?.bytes.as_deref()
    }

    /// The files below a folder, by their paths from there; with an empty name, all.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let files = self.files.iter().filter_map(|(path, held)| {
            let inside = match folder {
                "" => path,
                folder => path.strip_prefix(folder)?.strip_prefix('/')?,
            };
            Some((inside.to_owned(), held.clone()))
        });
        Self {
            files: files.collect(),
        }
    }
}

impl Held {
    const fn odd() -> Self {
        Self {
            sha256: None,
            size: 0,
            bytes: None,
        }
    }
}

/// A file or a link in an archive.
pub struct Member<'a> {
    /// Its path, which stays inside.
    pub path: &'a str,
    /// Its size.
    pub size: u64,
    /// What is in it; `None` where it is no plain file.
    pub content: Option<&'a mut dyn Read>,
}

/// Goes through the files of an archive of tar in the order in which they lie there, and keeps none.
///
/// # Errors
/// A file that is no such archive, is cut short, or has two files of one name or a name that leads
/// out of it; and what is answered of a file.
pub fn each_member(
    path: &Path,
    mut take: impl FnMut(Member<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut archive = tar::Archive::new(file::open(path)?);
    let mut seen = BTreeSet::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = inside(&entry.path_bytes())?;
        let kind = entry.header().entry_type();
        if kind.is_dir() || path.is_empty() {
            continue;
        }
        if seen.len() >= FILES {
            return Err(io::Error::other("there is too much in it"));
        }
        if !seen.insert(path.clone()) {
            let says = format!("it holds {} twice", text::visible(&path));
            return Err(io::Error::other(says));
        }
        take(Member {
            path: &path,
            size: entry.size(),
            content: kind.is_file().then_some(&mut entry as &mut dyn Read),
        })?;
    }
    if !is_padding(archive.into_inner())? {
        return Err(io::Error::other("something stands behind its end"));
    }
    if seen.is_empty() {
        return Err(io::Error::other("there is no file in it"));
    }
    Ok(())
}

/// A file that is looked into is hashed as it was read, so that what is looked at is what was hashed.
fn at(full: &Path, keep: bool) -> Held {
    if keep && let Ok(bytes) = file::read(full, "") {
        return Held {
            sha256: Some(digest::sha256(&bytes)),
            size: bytes.len() as u64,
            bytes: Some(bytes),
        };
    }
    let mut size = 0;
    let mut hasher = digest::Running::default();
    let streamed = file::stream(full, |piece| {
        size += piece.len() as u64;
        hasher.update(piece);
    });
    Held {
        sha256: streamed.is_ok().then(|| hasher.digest()),
        size,
        bytes: None,
    }
}

/// Whether only zeros follow: what stands behind the end of an archive is read by some programs and
/// not by others.
fn is_padding(mut rest: impl Read) -> io::Result<bool> {
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let count = rest.read(&mut buffer)?;
        let piece = buffer.get(..count).unwrap_or_default();
        if piece.is_empty() {
            return Ok(true);
        }
        if piece.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
    }
}

fn read(entry: &mut dyn Read, keep: bool) -> io::Result<Held> {
    let mut hasher = digest::Running::default();
    let mut bytes = keep.then(Vec::new);
    let mut size = 0;
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        let count = entry.read(&mut buffer)?;
        let piece = buffer.get(..count).unwrap_or_default();
        if piece.is_empty() {
            break;
        }
        size += piece.len() as u64;
        hasher.update(piece);
        if let Some(bytes) = &mut bytes {
            bytes.extend_from_slice(piece);
        }
    }
    Ok(Held {
        sha256: Some(hasher.digest()),
        size,
        bytes,
    })
}

/// The path of a file in an archive, without what stands for the archive itself.
fn inside(bytes: &[u8]) -> io::Result<String> {
    let path = text::from_bytes(bytes);
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if path.starts_with('/') || path.contains('\\') || parts.contains(&"..") {
        let says = format!(
            "it holds a file that leads out of it: {}",
            text::excerpt(&path)
        );
        return Err(io::Error::other(says));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_an_archive() {
        let found = |path: &str| inside(path.as_bytes()).ok();
        assert_eq!(found("./a/b").as_deref(), Some("a/b"));
        assert_eq!(found("a//b/").as_deref(), Some("a/b"));
        for wrong in ["/a", "../a", "a/../../b", "a\\b"] {
            assert_eq!(found(wrong), None, "{wrong}");
        }
    }
}
