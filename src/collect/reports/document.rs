//! A document as the formats see it: decoded once, looked at once.

use std::io::BufRead;

use serde::de::DeserializeOwned;

use crate::parse::error::ParseError;
use crate::parse::json::{self, Shape};
use crate::parse::xml::{self, Element, Part};
use crate::tree::file::decode;

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
    /// What it looks like.
    pub look: Look,
    /// Decoded, without a byte order mark.
    text: String,
    /// The first bytes, by which formats that are not text are known.
    magic: Vec<u8>,
}

impl<'d> Document<'d> {
    /// Decodes and looks at the bytes of a file.
    pub fn new(path: &'d str, bytes: &[u8]) -> Self {
        let magic = bytes.iter().copied().take(16).collect();
        let text = match decode(bytes) {
            Ok(text) => text,
            // XML names its own encoding; old tools write Latin-1, in which every byte is a character.
            Err(_) if declares_latin1(bytes) => bytes.iter().copied().map(char::from).collect(),
            Err(says) => {
                return Self {
                    path,
                    look: Look::Binary(says),
                    text: String::new(),
                    magic,
                };
            }
        };
        let look = look_at(&text);
        Self {
            path,
            look,
            text,
            magic,
        }
    }

    /// Whether the file begins with these bytes, at most 16.
    pub fn begins_with(&self, magic: &[u8]) -> bool {
        self.magic.starts_with(magic)
    }

    /// The beginning, by which a document is recognised: whole lines where it has lines.
    pub fn head(&self) -> &str {
        if self.text.len() <= HEAD {
            return &self.text;
        }
        let head = self.text.get(..self.text.floor_char_boundary(HEAD));
        let head = head.unwrap_or_default();
        head.rsplit_once('\n').map_or(head, |(whole, _)| whole)
    }

    /// The whole text. A format that asks for it cannot be read in pieces.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads it as JSON of a known type.
    ///
    /// # Errors
    /// The place at which it is not that.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ParseError> {
        json::parse(&self.text)
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
    pub fn lines(&self, mut take: impl FnMut(u32, &str) -> bool) -> Result<(), ParseError> {
        let mut reader = self.reader();
        let mut line = String::new();
        for number in 1.. {
            line.clear();
            let length = reader.read_line(&mut line).map_err(|error| {
                ParseError::at(number, 1, format!("expected text, found {error}"))
            })?;
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            if length == 0 || !take(number, line.trim_end_matches(['\n', '\r'])) {
                break;
            }
        }
        Ok(())
    }

    /// Reads it as XML, part by part.
    ///
    /// # Errors
    /// As [`xml::read`].
    pub fn xml(&self, take: impl FnMut(Part) -> bool) -> Result<(), ParseError> {
        xml::read(self.reader(), take)
    }

    /// The text as a stream.
    pub fn reader(&self) -> impl BufRead + '_ {
        self.text.as_bytes()
    }
}

fn look_at(text: &str) -> Look {
    let start = text.trim_start();
    match start.bytes().next() {
        None => Look::Empty,
        Some(b'{' | b'[') => Look::Json(Shape::of(text)),
        Some(b'n') if start.trim_end() == "null" => Look::Json(Shape::of(text)),
        Some(b'<') => match xml::root(start.as_bytes()) {
            Ok(Some(root)) => Look::Xml(root),
            Ok(None) => Look::Text,
            Err(error) => Look::NotXml(error),
        },
        Some(_) => Look::Text,
    }
}

fn declares_latin1(bytes: &[u8]) -> bool {
    let head = bytes
        .get(..100.min(bytes.len()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let has = |what: &[u8]| head.windows(what.len()).any(|window| window == what);
    head.starts_with(b"<?xml") && (has(b"iso-8859-1") || has(b"windows-1252") || has(b"latin1"))
}
