//! A file that is too large to be held in memory. It stays on disk and is read in passes; what goes
//! by in a pass is hashed, counted and decoded, so that what was parsed is what was hashed.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::decoder::Decoder;
use super::digest::{Hashed, Hasher, ObjectFormat};
use super::file::{self, Unreadable};
use crate::parse::limits::Caps;

/// How much is read at once, in bytes.
const PIECE: usize = 256 * 1024;

/// Said of a file whose bytes are not the same throughout a run.
const CHANGED: &str =
    "expected a file that stays as it is, found one that changed while it was read";

/// A file that stays on disk.
pub struct Large {
    /// From the git root, with `/`, as it is shown.
    pub path: String,
    /// Its size in bytes when it was opened first.
    pub size: u64,
    /// The most bytes that may be held of it at once.
    pub whole: u64,
    source: Source,
    /// The format in which git's name for it is wanted.
    names: Option<ObjectFormat>,
    state: Mutex<State>,
}

/// Where the bytes are.
enum Source {
    /// Where the file lies on this machine.
    Disk(PathBuf),
    /// Made up by a test.
    #[cfg(test)]
    Memory(std::sync::Arc<[u8]>),
}

#[derive(Default)]
struct State {
    /// Passes that ended before the file did.
    left: Vec<Going>,
    /// What the passes came to; they have to agree.
    read: Option<Result<Bytes, String>>,
}

/// What the bytes of the file came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes {
    /// Digest, number, and git's name where it was wanted.
    pub hashed: Hashed,
    /// Why they are no text, if they are none.
    pub not_text: Option<String>,
}

impl Large {
    /// A regular file that is not larger than what is read piece by piece.
    ///
    /// # Errors
    /// A file that cannot be opened, is not regular, or is larger.
    pub fn open(
        full: &Path,
        path: &str,
        caps: Caps,
        names: Option<ObjectFormat>,
    ) -> Result<Self, Unreadable> {
        let about = file::open(full).and_then(|handle| handle.metadata());
        let about = about.map_err(|error| Unreadable::because(path, &error))?;
        if !about.is_file() {
            return Err(Unreadable::irregular(path));
        }
        if about.len() > caps.streamed {
            return Err(Unreadable::larger(path, caps.streamed, about.len()));
        }
        Ok(Self {
            path: path.to_owned(),
            size: about.len(),
            whole: caps.whole,
            source: Source::Disk(full.to_path_buf()),
            names,
            state: Mutex::default(),
        })
    }

    /// Bytes that are read as those of a large file are.
    #[cfg(test)]
    pub fn of_bytes(path: &str, bytes: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            size: bytes.len() as u64,
            whole: Caps::default().whole,
            source: Source::Memory(bytes.into()),
            names: None,
            state: Mutex::default(),
        }
    }

    /// Where it lies on this machine, for a copy. Never shown, never written.
    pub fn full(&self) -> PathBuf {
        match &self.source {
            Source::Disk(full) => full.clone(),
            #[cfg(test)]
            Source::Memory(_) => PathBuf::new(),
        }
    }

    /// Begins to read it from its start, as text.
    ///
    /// # Errors
    /// A file that cannot be opened any more.
    pub fn pass(&self) -> io::Result<Pass<'_>> {
        Ok(Pass {
            large: self,
            going: Some(self.begin()?),
        })
    }

    /// What the whole file comes to. Passes that ended early are led to the end; a file that none
    /// was begun of is read now.
    ///
    /// # Errors
    /// A file that cannot be read, or that changed between two passes.
    pub fn read(&self) -> Result<Bytes, String> {
        let left = std::mem::take(&mut self.lock().left);
        for going in left {
            self.settle(going);
        }
        if self.lock().read.is_none() {
            let begun = self.begin().map_err(|error| file::reason(&error))?;
            self.settle(begun);
        }
        let read = self.lock().read.clone();
        read.unwrap_or_else(|| Err(CHANGED.to_owned()))
    }

    fn begin(&self) -> io::Result<Going> {
        let source: Box<dyn Read + Send> = match &self.source {
            Source::Disk(full) => Box::new(file::open(full)?),
            #[cfg(test)]
            Source::Memory(bytes) => Box::new(io::Cursor::new(std::sync::Arc::clone(bytes))),
        };
        Ok(Going {
            source,
            size: self.size,
            hasher: Hasher::new(self.size, self.names),
            decoder: Decoder::default(),
            raw: vec![0; PIECE],
            text: String::new(),
            at: 0,
            magic: Vec::new(),
            ended: false,
            not_text: None,
            failed: None,
        })
    }

    /// Leads a pass to the end and holds what it comes to against those before it.
    fn settle(&self, going: Going) {
        let now = going.finish();
        let mut state = self.lock();
        state.read = Some(match (state.read.take(), now) {
            (None, now) => now,
            (Some(before), now) if before == now => now,
            (Some(Err(says)), _) | (_, Err(says)) => Err(says),
            (Some(Ok(_)), Ok(_)) => Err(CHANGED.to_owned()),
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Large {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Large");
        shown.field("path", &self.path).field("size", &self.size);
        shown.finish_non_exhaustive()
    }
}

/// How far a pass has come.
struct Going {
    source: Box<dyn Read + Send>,
    /// What the size of the file has to be.
    size: u64,
    hasher: Hasher,
    decoder: Decoder,
    raw: Vec<u8>,
    /// Decoded, up to the next piece.
    text: String,
    /// How much of the text was taken.
    at: usize,
    magic: Vec<u8>,
    ended: bool,
    not_text: Option<String>,
    failed: Option<String>,
}

impl Going {
    /// Sees to it that some text is there to be taken, unless the file is at its end.
    fn fill(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.text.len() && !self.is_over() {
            self.advance();
        }
        let text = self.text.as_bytes().get(self.at..).unwrap_or_default();
        match (&self.failed, &self.not_text) {
            _ if !text.is_empty() => Ok(text),
            (Some(says), _) => Err(io::Error::other(says.clone())),
            (None, Some(says)) => Err(io::Error::new(io::ErrorKind::InvalidData, says.clone())),
            (None, None) => Ok(text),
        }
    }

    const fn is_over(&self) -> bool {
        self.ended || self.failed.is_some() || self.not_text.is_some()
    }

    /// Reads, hashes and decodes the next piece.
    fn advance(&mut self) {
        self.text.clear();
        self.at = 0;
        let length = match fill_up(&mut self.source, &mut self.raw) {
            Ok(length) => length,
            Err(error) => {
                self.failed = Some(file::reason(&error));
                return;
            }
        };
        let piece = self.raw.get(..length).unwrap_or_default();
        if self.hasher.bytes() == 0 {
            self.magic = piece.iter().copied().take(16).collect();
        }
        self.hasher.update(piece);
        self.ended = length < self.raw.len();
        let size = self.hasher.bytes();
        if size > self.size || (self.ended && size < self.size) {
            self.failed = Some(CHANGED.to_owned());
        }
        if self.not_text.is_none() {
            let mut decoded = self.decoder.decode(piece, &mut self.text);
            if self.ended && length > 0 {
                decoded = decoded.and_then(|()| self.decoder.decode(&[], &mut self.text));
            }
            self.not_text = decoded.err();
        }
    }

    /// What the whole file comes to.
    fn finish(mut self) -> Result<Bytes, String> {
        while !self.ended && self.failed.is_none() {
            self.advance();
        }
        match self.failed {
            Some(says) => Err(says),
            None => Ok(Bytes {
                hashed: self.hasher.finish(),
                not_text: self.not_text,
            }),
        }
    }
}

/// Reads until the buffer is full or the source ends.
fn fill_up(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// One pass over a file, as text. What is left of it when it is dropped is read later, if it is
/// asked what the file comes to.
pub struct Pass<'l> {
    large: &'l Large,
    going: Option<Going>,
}

impl Pass<'_> {
    /// The first bytes as they are, at most 16; nothing before the first text was asked for.
    pub fn magic(&self) -> &[u8] {
        self.going.as_ref().map_or(&[], |going| &going.magic)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        match self.going.take() {
            Some(going) if going.ended => self.large.settle(going),
            Some(going) => self.large.lock().left.push(going),
            None => {}
        }
    }
}

impl Read for Pass<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Pass<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.going {
            Some(going) => going.fill(),
            None => Ok(&[]),
        }
    }

    fn consume(&mut self, length: usize) {
        if let Some(going) = &mut self.going {
            going.at = going.at.saturating_add(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::digest::sha256;

    /// Longer than a piece, with a character that lies across two of them.
    fn long() -> Vec<u8> {
        format!("x{}", "é\n".repeat(PIECE / 2)).into_bytes()
    }

    #[test]
    fn the_digest_covers_the_file_however_much_of_it_was_taken() {
        for bytes in [Vec::new(), b"short".to_vec(), vec![b'a'; PIECE], long()] {
            for taken in [0, 1, PIECE, usize::MAX] {
                let large = Large::of_bytes("a", &bytes);
                let mut text = Vec::new();
                let mut pass = large.pass().expect("a pass").take(taken as u64);
                pass.read_to_end(&mut text).expect("text");
                assert_eq!(text, bytes[..taken.min(bytes.len())]);
                drop(pass);
                let read = large.read().expect("bytes");
                assert_eq!(read.hashed.sha256, sha256(&bytes), "{taken}");
                assert_eq!(
                    (read.hashed.bytes, read.not_text),
                    (bytes.len() as u64, None)
                );
            }
        }
    }

    #[test]
    fn what_is_no_text_is_said_after_the_text_before_it_and_hashed_all_the_same() {
        let bytes = [long(), b"\xff".to_vec(), long()].concat();
        let large = Large::of_bytes("a", &bytes);
        let mut text = Vec::new();
        let error = large.pass().expect("a pass").read_to_end(&mut text);
        let error = error.expect_err("no text");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(text, long());
        let read = large.read().expect("bytes");
        assert_eq!(read.hashed.sha256, sha256(&bytes));
        assert!(read.not_text.is_some());
    }

    #[test]
    fn a_file_that_changes_between_two_passes_is_not_one_piece_of_evidence() {
        let mut large = Large::of_bytes("a", b"one");
        assert!(large.read().is_ok());
        large.source = Source::Memory(b"two".as_slice().into());
        drop(large.pass().expect("a pass"));
        assert_eq!(large.read(), Err(CHANGED.to_owned()));
        for now in [&b"longer"[..], b"s"] {
            let mut large = Large::of_bytes("a", b"one");
            large.source = Source::Memory(now.into());
            assert_eq!(large.read(), Err(CHANGED.to_owned()));
        }
    }
}
