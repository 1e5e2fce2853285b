//! Writing so that a file is there whole or not at all, also after the machine lost its power.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Writes a file that is not there yet, and flushes it.
///
/// # Errors
/// A file that is there, or a place that cannot be written to.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes a file that is not there yet from what is read, a piece at a time. It is of use only while
/// the program runs, and not flushed.
///
/// # Errors
/// A file that is there, a place that cannot be written to, or a source that cannot be read.
pub fn pour_new(path: &Path, content: &mut dyn Read) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    io::copy(content, &mut file).map(|_| ())
}

/// The same for what nobody but its owner may read.
///
/// # Errors
/// A file that is there, or a place that cannot be written to.
pub fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A file's new content, flushed beside its place. Nothing is there yet under its name.
#[derive(Debug)]
pub struct Prepared {
    beside: PathBuf,
    path: PathBuf,
}

/// Writes the new content of a file beside it. Whoever calls this holds a lock: what lies there from
/// a run that was killed is written over.
///
/// # Errors
/// A place that cannot be written to.
pub fn prepare(path: &Path, bytes: &[u8]) -> io::Result<Prepared> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.new"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    Ok(Prepared {
        beside,
        path: path.to_path_buf(),
    })
}

impl Prepared {
    /// Puts it in its place, in one step, and flushes the folder.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub fn place(self) -> io::Result<()> {
        fs::rename(&self.beside, &self.path)?;
        self.path.parent().map_or(Ok(()), sync)
    }

    /// Takes it away again.
    pub fn discard(self) {
        let _ = fs::remove_file(&self.beside);
    }
}

/// Writes or replaces a file in one step.
///
/// # Errors
/// A place that cannot be written to.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    prepare(path, bytes)?.place()
}

/// Flushes a folder's entries, where the system can.
///
/// # Errors
/// A folder that cannot be opened or flushed.
#[expect(
    clippy::disallowed_methods,
    reason = "a folder of ours is opened to be flushed, not read"
)]
pub fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
