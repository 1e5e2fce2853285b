//! A bundle, or a ledger with its runs, as one archive of tar that is the same on every machine: names
//! in the order of their bytes, one time, one owner, one mode. Every byte that is written is held
//! against the list of its bundle as it goes by.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Fault;
use super::ledger::store::FOLDER;
use super::store::SUMS;
use super::verify::listed;
use crate::model::exhibit::{Content, Digest};
use crate::model::text::{excerpt, from_bytes};
use crate::model::time::Moment;
use crate::tree::{digest, file};

/// The size of a block of an archive.
const BLOCK: usize = 512;

/// A file on its way into an archive.
#[derive(Debug)]
struct Entry {
    full: PathBuf,
    /// What its bytes have to come to; nothing where no list names it, as signatures are.
    sealed: Option<Digest>,
}

/// What goes into an archive.
#[derive(Debug)]
pub struct Export {
    /// What the archive is called, without its ending.
    pub name: String,
    entries: BTreeMap<String, Entry>,
    time: u64,
}

impl Export {
    /// A bundle, or the folder in which bundles lie beside their ledger. It was verified before.
    ///
    /// # Errors
    /// A folder that is none of them, or a list that cannot be read.
    pub fn of(folder: &Path) -> Result<Self, Fault> {
        let wrong = |says: &str| Fault::new(format!("expected a bundle or a ledger, found {says}"));
        let full = folder.canonicalize();
        let full = full.map_err(|error| wrong(&file::reason(&error)))?;
        let name = full.file_name().unwrap_or_default();
        let name = from_bytes(name.as_encoded_bytes());
        let mut export = Self {
            entries: BTreeMap::new(),
            time: 0,
            name,
        };
        let top = export.name.clone();
        if full.join(SUMS).is_file() {
            export.time = made(&full).unwrap_or(0);
            export.bundle(&full, &top)?;
            return Ok(export);
        }
        if full.join(FOLDER).join("entries.jsonl").is_file() {
            export.folder(
                &full.join(FOLDER),
                &format!("{top}/{FOLDER}"),
                &BTreeMap::new(),
            );
        }
        export.bundles_below(&full, &top)?;
        if export.entries.is_empty() {
            return Err(wrong("none of them"));
        }
        Ok(export)
    }

    /// The bundles in a folder, also in years and quarters.
    fn bundles_below(&mut self, folder: &Path, inside: &str) -> Result<(), Fault> {
        for name in file::folders(folder) {
            let (below, path) = (folder.join(&name), format!("{inside}/{name}"));
            if name.starts_with('.') || name == FOLDER {
                continue;
            }
            if below.join(SUMS).is_file() {
                self.bundle(&below, &path)?;
            } else {
                self.bundles_below(&below, &path)?;
            }
        }
        Ok(())
    }

    fn bundle(&mut self, folder: &Path, inside: &str) -> Result<(), Fault> {
        let list = file::read(&folder.join(SUMS), SUMS).map_err(|why| Fault::new(why.says))?;
        let sealed = listed(&list)?;
        for path in sealed.keys() {
            if !folder.join(path).is_file() {
                let says = format!("expected {} in {inside}, found none", excerpt(path));
                return Err(Fault::new(says));
            }
        }
        self.folder(folder, inside, &sealed);
        Ok(())
    }

    /// The files below a folder, but for those that begin with a point: locks, and what is being written.
    fn folder(&mut self, folder: &Path, inside: &str, sealed: &BTreeMap<&str, Digest>) {
        for path in file::files_below(folder) {
            if path.split('/').any(|part| part.starts_with('.')) {
                continue;
            }
            let entry = Entry {
                full: folder.join(&path),
                sealed: sealed.get(path.as_str()).copied(),
            };
            self.entries.insert(format!("{inside}/{path}"), entry);
        }
    }

    /// How many files there are.
    pub fn files(&self) -> usize {
        self.entries.len()
    }

    /// Writes the archive, piece by piece.
    ///
    /// # Errors
    /// A place that cannot be written to; a file that is not as it was sealed, or no plain file. What was
    /// written until then is no whole archive.
    pub fn write(&self, to: &mut dyn Write) -> Result<(), Fault> {
        let unwritten = |error: io::Error| {
            let says = file::reason(&error);
            Fault::new(format!("expected a place to write to, found {says}"))
        };
        for (path, entry) in &self.entries {
            let about = entry.full.symlink_metadata().map_err(unwritten)?;
            if !about.is_file() {
                let says = format!("expected a plain file at {}", excerpt(path));
                return Err(Fault::new(says));
            }
            let head = self.head(path, about.len());
            to.write_all(&head).map_err(unwritten)?;
            body(path, entry, about.len(), to)?;
        }
        to.write_all(&[0; 2 * BLOCK]).map_err(unwritten)?;
        to.flush().map_err(unwritten)
    }

    /// The blocks before a file's bytes.
    fn head(&self, path: &str, size: u64) -> Vec<u8> {
        let mut header = self.header(tar::EntryType::Regular, size);
        if header.set_path(path).is_ok() {
            header.set_cksum();
            return header.as_bytes().to_vec();
        }
        // A name that is too long stands in a record of its own, as POSIX has it since 2001.
        let record = record("path", path);
        let mut before = self.header(tar::EntryType::XHeader, record.len() as u64);
        let short = digest::sha256(path.as_bytes()).short();
        // Both are short, and of letters: they always fit.
        let _ = before.set_path(format!("PaxHeaders/{short}"));
        let _ = header.set_path(format!("long/{short}"));
        before.set_cksum();
        header.set_cksum();
        let rest = padding(record.len() as u64);
        [
            before.as_bytes(),
            record.as_bytes(),
            &rest,
            header.as_bytes(),
        ]
        .concat()
    }

    fn header(&self, kind: tar::EntryType, size: u64) -> tar::Header {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.time);
        header
    }
}

/// The bytes of a file, held against its list, and what fills its last block.
fn body(path: &str, entry: &Entry, size: u64, to: &mut dyn Write) -> Result<(), Fault> {
    let changed = || {
        let path = excerpt(path);
        Fault::new(format!(
            "expected {path} as it was sealed, found that it changed"
        ))
    };
    let unwritten = |error: io::Error| Fault::new(file::reason(&error));
    let mut left = size;
    let mut written = Ok(());
    let content = Content::OnDisk(entry.full.clone());
    let found = digest::sha256_while(&content, |piece| {
        left = left.checked_sub(piece.len() as u64)?;
        written = to.write_all(piece);
        written.is_ok().then_some(())
    });
    written.map_err(unwritten)?;
    let found = found.map_err(|_| changed())?;
    if left > 0 || entry.sealed.is_some_and(|sealed| sealed != found) {
        return Err(changed());
    }
    to.write_all(&padding(size)).map_err(unwritten)
}

/// What fills the last block of so many bytes.
fn padding(size: u64) -> Vec<u8> {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
    vec![0; (BLOCK - over) % BLOCK]
}

/// A record of an extended header, which begins with its own length.
fn record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n")
}

/// When a bundle was made, in seconds.
fn made(bundle: &Path) -> Option<u64> {
    let bytes = file::read(&bundle.join("manifest.json"), "").ok()?;
    let manifest = super::Manifest::parse(&bytes).ok()?;
    let made = Moment::parse(&manifest.clock.as_of)?;
    u64::try_from(made.epoch()).ok()
}

/// Writes an archive so that it is there whole or not at all. Nothing is written over.
///
/// # Errors
/// A file that is there; everything of [`Export::write`].
pub fn to_file(export: &Export, path: &Path) -> Result<(), Fault> {
    let shown = || excerpt(&from_bytes(path.as_os_str().as_encoded_bytes()));
    let refused =
        |says: &str| Fault::new(format!("expected a new file, found {}: {says}", shown()));
    if path.symlink_metadata().is_ok() {
        return Err(refused("it is there already"));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let opened = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside);
    let opened = opened.map_err(|error| refused(&file::reason(&error)))?;
    let mut file = io::BufWriter::new(opened);
    let written = export.write(&mut file).and_then(|()| {
        let synced = file.get_ref().sync_all();
        let placed = synced.and_then(|()| fs::rename(&beside, path));
        placed.map_err(|error| refused(&file::reason(&error)))
    });
    let _ = fs::remove_file(&beside);
    written
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn a_record_begins_with_its_own_length() {
        for size in [1, 80, 88, 89, 90, 91, 92, 990, 991, 992, 993, 5_000] {
            let text = record("path", &"x".repeat(size));
            let (length, _) = text.split_once(' ').expect("a length");
            assert_eq!(length.parse(), Ok(text.len()), "{size}");
        }
    }
}
