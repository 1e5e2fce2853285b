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

/// A document: its path and its text.
#[derive(Debug)]
pub struct Document<'d> {
    /// As it is shown.
    pub path: &'d str,
    /// Decoded, without a byte order mark.
    pub text: String,
    /// What it looks like.
    pub look: Look,
}

impl<'d> Document<'d> {
    /// Decodes and looks at the bytes of a file.
    pub fn new(path: &'d str, bytes: &[u8]) -> Self {
        let text = match decode(bytes) {
            Ok(text) => text,
            // XML names its own encoding; old tools write Latin-1, in which every byte is a character.
            Err(_) if declares_latin1(bytes) => bytes.iter().copied().map(char::from).collect(),
            Err(says) => {
                return Self {
                    path,
                    text: String::new(),
                    look: Look::Binary(says),
                };
            }
        };
        let look = look_at(&text);
        Self { path, text, look }
    }

    /// Reads it as JSON of a known type.
    ///
    /// # Errors
    /// The place at which it is not that.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ParseError> {
        json::parse(&self.text)
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
