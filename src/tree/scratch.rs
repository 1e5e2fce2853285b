//! Bytes on their way into a bundle that are too many to be held: they are hashed, and kept in a
//! file that has no name, so that nothing is left of it when the run ends, however it ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::digest::Hasher;
use crate::model::exhibit::{Content, Shipped};

/// How many names are tried: other runs may be using the same folder.
const ATTEMPTS: u32 = 1_000;

/// Bytes that are being written.
pub struct Scratch {
    /// Where they are kept; nowhere where no bundle is written.
    file: Option<BufWriter<File>>,
    hasher: Hasher,
}

impl Scratch {
    /// Nothing yet. A file is made in this folder, where there is one.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn new(folder: Option<&Path>) -> io::Result<Self> {
        let file = folder.map(nameless).transpose()?;
        Ok(Self {
            file: file.map(BufWriter::new),
            hasher: Hasher::new(0, None),
        })
    }

    /// What was written, to be shipped.
    ///
    /// # Errors
    /// What could not be written.
    pub fn finish(self) -> io::Result<Shipped> {
        let hashed = self.hasher.finish();
        let content = match self.file {
            None => Content::Nowhere,
            Some(file) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                Content::Nameless(Arc::new(file))
            }
        };
        Ok(Shipped {
            sha256: hashed.sha256,
            bytes: hashed.bytes,
            content,
        })
    }
}

impl Write for Scratch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = match &mut self.file {
            Some(file) => file.write(bytes)?,
            None => bytes.len(),
        };
        self.hasher.update(bytes.get(..length).unwrap_or_default());
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// A new file whose name is taken away as soon as it is open.
fn nameless(folder: &Path) -> io::Result<File> {
    let mut number = 0;
    loop {
        let path = folder.join(format!(".scratch-{number}"));
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path);
        match opened {
            Ok(file) => {
                fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < ATTEMPTS => {
                number += 1;
            }
            Err(error) => return Err(error),
        }
    }
}
