//! The text of a document that stays on disk: its beginning, and streams of all of it.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::io::{self, BufRead, Read};
use std::path::Path;

use crate::tree::file::{larger, reason};
use crate::tree::{Large, Pass};

/// A file that stays on disk, as text.
pub(super) struct Streamed<'d> {
    file: &'d Large,
    /// Where what is written anew of it is kept.
    scratch: Option<&'d Path>,
    /// The beginning, up to a character's end.
    head: String,
    /// The pass from which the beginning was taken. Whoever reads first goes on with it, so that a
    /// report is read once.
    begun: Cell<Option<Pass<'d>>>,
    magic: Vec<u8>,
    /// The whole text, once a format asked for it.
    text: OnceCell<String>,
    /// Why what was asked for is not done.
    refused: Cell<Option<String>>,
}

impl<'d> Streamed<'d> {
    /// Takes the first bytes of a file, and says why they are no text if they are none.
    pub(super) fn begin(
        file: &'d Large,
        length: usize,
        scratch: Option<&'d Path>,
    ) -> (Self, Result<(), String>) {
        let mut head = String::new();
        let mut magic = Vec::new();
        let begun = match file.pass() {
            Ok(mut pass) => {
                let taken = take_head(&mut pass, length, &mut head);
                magic.extend_from_slice(pass.magic());
                taken.map(|()| pass)
            }
            Err(error) => Err(error),
        };
        let (pass, says) = match begun {
            Ok(pass) => (Some(pass), Ok(())),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                (None, Err(error.to_string()))
            }
            Err(error) => (None, Err(format!("it cannot be read: {}", reason(&error)))),
        };
        let streamed = Self {
            file,
            scratch,
            head,
            begun: Cell::new(pass),
            magic,
            text: OnceCell::new(),
            refused: Cell::new(None),
        };
        (streamed, says)
    }

    /// Where what is written anew of it is kept.
    pub(super) const fn scratch(&self) -> Option<&'d Path> {
        self.scratch
    }

    /// The beginning.
    pub(super) fn head(&self) -> &str {
        &self.head
    }

    /// The first bytes, at most 16.
    pub(super) fn magic(&self) -> &[u8] {
        &self.magic
    }

    /// Why what was asked for was not done.
    pub(super) fn refused(&self) -> Option<String> {
        let refused = self.refused.take();
        self.refused.set(refused.clone());
        refused
    }

    /// The whole text, unless it is larger than what is held.
    pub(super) fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let mut text = String::new();
            if self.file.size > self.file.whole {
                let says = larger(self.file.whole, self.file.size);
                self.refused.set(Some(says));
            } else if let Err(error) = self.reader().read_to_string(&mut text) {
                self.refused.set(Some(error.to_string()));
                text.clear();
            }
            text
        })
    }

    /// All of it as a stream.
    pub(super) fn reader(&self) -> Reader<'_> {
        if let Some(text) = self.text.get() {
            return Reader::Held(text.as_bytes());
        }
        match self.begun.take() {
            Some(pass) => Reader::GoesOn(self.head.as_bytes().chain(pass)),
            None => match self.file.pass() {
                Ok(pass) => Reader::Anew(pass),
                Err(error) => Reader::Broken(reason(&error)),
            },
        }
    }
}

/// Takes about so many bytes of text, whole characters.
fn take_head(pass: &mut Pass<'_>, length: usize, head: &mut String) -> io::Result<()> {
    while head.len() < length {
        let bytes = pass.fill_buf()?;
        // What a pass hands over is text from end to end.
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let end = text.floor_char_boundary(length - head.len());
        if end == 0 {
            break;
        }
        head.push_str(text.get(..end).unwrap_or_default());
        pass.consume(end);
    }
    Ok(())
}

impl fmt::Debug for Streamed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streamed")
            .field("file", self.file)
            .finish_non_exhaustive()
    }
}

/// The text of a document as a stream.
pub(super) enum Reader<'r> {
    /// From memory.
    Held(&'r [u8]),
    /// The beginning that was taken, and the pass it was taken from.
    GoesOn(io::Chain<&'r [u8], Pass<'r>>),
    /// From the start.
    Anew(Pass<'r>),
    /// The file cannot be opened any more.
    Broken(String),
}

impl Read for Reader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Held(bytes) => bytes.read(into),
            Self::GoesOn(chain) => chain.read(into),
            Self::Anew(pass) => pass.read(into),
            Self::Broken(says) => Err(io::Error::other(says.clone())),
        }
    }
}

impl BufRead for Reader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Held(bytes) => Ok(bytes),
            Self::GoesOn(chain) => chain.fill_buf(),
            Self::Anew(pass) => pass.fill_buf(),
            Self::Broken(says) => Err(io::Error::other(says.clone())),
        }
    }

    fn consume(&mut self, length: usize) {
        match self {
            Self::Held(bytes) => bytes.consume(length),
            Self::GoesOn(chain) => chain.consume(length),
            Self::Anew(pass) => pass.consume(length),
            Self::Broken(_) => {}
        }
    }
}
