//! A document as the formats see it, whether its text is held or stays on disk.

use std::io::{self, BufRead};
use std::path::Path;

use serde::de::{DeserializeOwned, DeserializeSeed};

use super::streamed::{Reader, Streamed};
use crate::parse::error::ParseError;
use crate::parse::json::{self, Shape};
use crate::parse::lines;
use crate::parse::xml::{self, Element, Part, Piece};
use crate::tree::decoder::declares_latin1;
use crate::tree::file::decode;
use crate::tree::{Large, Scratch};

/// What a document looks like from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// No bytes, or nothing but white space.
    Empty,
    /// JSON, whole or broken off.
    Json(Shape),
    /// XML with this root element, whole or broken off further down.
    Xml(Element),
    /// Text that begins like XML and breaks off, or is not well-formed, before its root element.
    NotXml(ParseError),
    /// Other text.
    Text,
    /// Not text.
    Binary(String),
}

impl Look {
    /// The shape, for JSON.
    pub const fn json(&self) -> Option<&Shape> {
        match self {
            Self::Json(shape) => Some(shape),
            _ => None,
        }
    }

    /// The root element, for XML.
    pub const fn xml(&self) -> Option<&Element> {
        match self {
            Self::Xml(root) => Some(root),
            _ => None,
        }
    }
}

/// How much of a document is looked at to recognise it, in bytes.
const HEAD: usize = 64 * 1024;

/// A document: its path and its text.
#[derive(Debug)]
pub struct Document<'d> {
    /// As it is shown.
    pub path: &'d str,
    /// What it looks like. Of a document that stays on disk, only the beginning was looked at:
    /// JSON and XML then look broken off.
    pub look: Look,
    body: Body<'d>,
    /// The first bytes, by which formats that are not text are known.
    magic: Vec<u8>,
}

/// The text of a document.
#[derive(Debug)]
enum Body<'d> {
    /// Decoded, without a byte order mark.
    Held(String),
    /// On disk.
    OnDisk(Box<Streamed<'d>>),
}

impl<'d> Document<'d> {
    /// Decodes and looks at the bytes of a file.
    pub fn new(path: &'d str, bytes: &[u8]) -> Self {
        let magic = bytes.iter().copied().take(16).collect();
        let decoded = match decode(bytes) {
            Err(_) if declares_latin1(bytes) => Ok(bytes.iter().copied().map(char::from).collect()),
            decoded => decoded,
        };
        let (look, text) = match decoded {
            Ok(text) => (look_at(&text), text),
            Err(says) => (Look::Binary(says), String::new()),
        };
        Self {
            path,
            look,
            body: Body::Held(text),
            magic,
        }
    }

    /// Looks at the beginning of a file that stays on disk. What is taken out of it is written into
    /// this folder, where there is one.
    pub fn on_disk(file: &'d Large, scratch: Option<&'d Path>) -> Self {
        let (streamed, begun) = Streamed::begin(file, HEAD, scratch);
        let look = match begun {
            Ok(()) => look_at(streamed.head()),
            Err(says) => Look::Binary(says),
        };
        Self {
            path: &file.path,
            look,
            magic: streamed.magic().to_vec(),
            body: Body::OnDisk(Box::new(streamed)),
        }
    }

    /// Looks further than the beginning of a document that stays on disk, and keeps no more of it:
    /// what it is may stand at its end.
    pub(super) fn look_further(&mut self) {
        let look = match &self.look {
            Look::Json(_) => Look::Json(Shape::of_stream(self.reader())),
            Look::NotXml(_) => look_at_xml(self.reader()),
            _ => return,
        };
        self.look = look;
    }

    /// Whether its look is one at the whole document.
    pub(super) fn is_held(&self) -> bool {
        matches!(self.body, Body::Held(_))
    }

    /// What was asked for and is not done with a document of this size, if anything: then nothing
    /// that was read of it counts.
    pub(super) fn refused(&self) -> Option<String> {
        match &self.body {
            Body::Held(_) => None,
            Body::OnDisk(streamed) => streamed.refused(),
        }
    }

    /// Whether the file begins with these bytes, at most 16.
    pub fn begins_with(&self, magic: &[u8]) -> bool {
        self.magic.starts_with(magic)
    }

    /// The beginning, by which a document is recognised: whole lines where it has lines.
    pub fn head(&self) -> &str {
        let (head, is_all) = match &self.body {
            Body::Held(text) if text.len() <= HEAD => (Some(text.as_str()), true),
            Body::Held(text) => (text.get(..text.floor_char_boundary(HEAD)), false),
            Body::OnDisk(streamed) => (Some(streamed.head()), streamed.head().len() < HEAD),
        };
        let head = head.unwrap_or_default();
        match head.rsplit_once('\n') {
            Some((whole, _)) if !is_all => whole,
            _ => head,
        }
    }

    /// The whole text. A format that asks for it cannot be read in pieces: of a document that is
    /// larger than what is held there is none, and nothing that was read of it counts.
    pub fn text(&self) -> &str {
        match &self.body {
            Body::Held(text) => text,
            Body::OnDisk(streamed) => streamed.text(),
        }
    }

    /// Reads it as JSON of a known type.
    ///
    /// # Errors
    /// The place at which it is not that.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ParseError> {
        match &self.body {
            Body::Held(text) => json::parse(text),
            Body::OnDisk(_) => json::read(self.reader()),
        }
    }

    /// Reads it as JSON, as a seed takes it: of the rows of a large document only what the seed
    /// keeps is held.
    ///
    /// # Errors
    /// The place at which it is not what the seed takes.
    pub fn json_with<S, V>(&self, seed: S) -> Result<V, ParseError>
    where
        S: for<'t> DeserializeSeed<'t, Value = V>,
    {
        match &self.body {
            Body::Held(text) => json::parse_with(seed, text),
            Body::OnDisk(_) => json::read_with(seed, self.reader()),
        }
    }

    /// Reads it as JSON values that follow each other, with or without ends of lines between them.
    ///
    /// # Errors
    /// The place at which it is not that. Values before it have been handed over.
    pub fn values<T: DeserializeOwned>(&self, take: impl FnMut(T)) -> Result<(), ParseError> {
        json::values(self.reader(), take)
    }

    /// Hands each line to `take` with its number from 1, without its end, until it answers `false`.
    ///
    /// # Errors
    /// What cannot be read. Lines before it have been handed over.
    pub fn lines(&self, take: impl FnMut(u32, &str) -> bool) -> Result<(), ParseError> {
        lines::read(self.reader(), take)
    }

    /// Reads it as XML, part by part.
    ///
    /// # Errors
    /// As [`xml::read`].
    pub fn xml(&self, take: impl FnMut(Part) -> bool) -> Result<(), ParseError> {
        xml::read(self.reader(), take)
    }

    /// Reads it as XML, piece by piece, none of which is copied: for documents with millions of
    /// elements.
    ///
    /// # Errors
    /// As [`xml::pieces`].
    pub fn pieces(&self, take: impl FnMut(Piece<'_>) -> bool) -> Result<(), ParseError> {
        xml::pieces(self.reader(), take)
    }

    /// Where to write the document anew, for a document that stays on disk.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub(super) fn scratch(&self) -> Option<io::Result<Scratch>> {
        match &self.body {
            Body::Held(_) => None,
            Body::OnDisk(streamed) => Some(Scratch::new(streamed.scratch())),
        }
    }

    /// The text as a stream.
    pub fn reader(&self) -> impl BufRead + '_ {
        match &self.body {
            Body::Held(text) => Reader::Held(text.as_bytes()),
            Body::OnDisk(streamed) => streamed.reader(),
        }
    }
}

fn look_at(text: &str) -> Look {
    let start = text.trim_start();
    match start.bytes().next() {
        None => Look::Empty,
        Some(b'{' | b'[') => Look::Json(Shape::of(text)),
        Some(b'n') if start.trim_end() == "null" => Look::Json(Shape::of(text)),
        Some(b'<') => look_at_xml(start.as_bytes()),
        Some(_) => Look::Text,
    }
}

fn look_at_xml(source: impl BufRead) -> Look {
    match xml::root(source) {
        Ok(Some(root)) => Look::Xml(root),
        Ok(None) => Look::Text,
        Err(error) => Look::NotXml(error),
    }
}
