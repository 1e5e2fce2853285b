//! Holds the texts inside a stream of JSON to a length. The reader of JSON gathers a text whole
//! before anyone can refuse it, and would fill the memory with one that never ends.

use std::io::{self, Read};

use super::limits;
use crate::model::text::grouped;

/// A stream of JSON in which no text is longer than is read.
pub(super) struct ShortTexts<R> {
    inner: R,
    /// How much of a text the stream is inside of has gone by; nothing between texts.
    length: Option<usize>,
    /// Whether the byte before was a backslash in a text.
    escaped: bool,
    most: usize,
}

impl<R: Read> ShortTexts<R> {
    pub(super) const fn new(inner: R) -> Self {
        Self {
            inner,
            length: None,
            escaped: false,
            most: limits::PIECE_BYTES,
        }
    }

    /// Follows bytes that went by; answers whether every text of them is short enough.
    fn follow(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while !rest.is_empty() {
            if std::mem::take(&mut self.escaped) {
                self.length = self.length.map(|length| length + 1);
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            let inside = self.length.is_some();
            let turns = |byte: &u8| *byte == b'"' || (inside && *byte == b'\\');
            let passed = rest.iter().position(turns).unwrap_or(rest.len());
            let sign = rest.get(passed).copied();
            self.length = match (self.length, sign) {
                (None, Some(b'"')) => Some(0),
                (Some(_), Some(b'"')) => None,
                (length, _) => length.map(|length| length + passed + 1),
            };
            self.escaped = sign == Some(b'\\');
            if self.length.is_some_and(|length| length > self.most) {
                return false;
            }
            rest = rest.get(passed + 1..).unwrap_or_default();
        }
        true
    }
}

impl<R: Read> Read for ShortTexts<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(into)?;
        if self.follow(into.get(..length).unwrap_or_default()) {
            return Ok(length);
        }
        Err(io::Error::other(format!(
            "expected at most {} bytes in one text, found more",
            grouped(self.most as u64)
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether all of it goes by, in pieces of this size.
    fn passes(source: impl Read, size: usize) -> bool {
        let mut texts = ShortTexts {
            most: 100_000,
            ..ShortTexts::new(source)
        };
        let mut buffer = vec![0; size];
        loop {
            match texts.read(&mut buffer) {
                Ok(0) => return texts.length.is_none(),
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }

    #[test]
    fn texts_are_told_from_what_stands_between_them() {
        let json = br#"{"a\\": "q\"[", "": [1, "\\\"", "x"]}"#;
        for size in 1..json.len() {
            assert!(passes(&json[..], size), "{size}");
        }
        assert!(!passes(&br#"{"a": "never ends \""#[..], 3));
    }

    #[test]
    fn a_text_without_an_end_is_refused_and_white_space_is_not() {
        let endless = |start: &'static str, byte| start.as_bytes().chain(io::repeat(byte));
        assert!(!passes(endless("[\"", b'x'), 4096));
        assert!(!passes(endless("[\"", b'\\'), 4096));
        let long = io::repeat(b' ').take(200_000);
        assert!(passes(b"[".chain(long), 4096));
    }
}
