//! Standard output and error. A closed pipe ends quietly. No line is an order to a CI's runner but
//! those that are meant to be.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::orders::{Written, inert};

/// Writes to standard output.
pub(crate) fn out(text: &str) {
    bytes(inert(text, Written::Plain).as_bytes());
}

/// Writes JSON to standard output.
pub(crate) fn json(text: &str) {
    bytes(inert(text, Written::Json).as_bytes());
}

/// Writes what serializes to standard output, piece by piece, as one line of JSON: a text of all facts
/// of a large repository would cost more than reading it.
///
/// # Errors
/// What cannot be written as JSON.
pub(crate) fn json_line(value: &impl Serialize) -> serde_json::Result<()> {
    let mut pieces = Pieces {
        out: io::stdout().lock(),
        held: Vec::with_capacity(2 * PIECE),
        full: PIECE,
        closed: false,
    };
    serde_json::to_writer(&mut pieces, value)?;
    pieces.held.push(b'\n');
    pieces.put(pieces.held.len());
    Ok(())
}

/// How much JSON is held before it is written, in bytes.
const PIECE: usize = 64 * 1024;

/// Makes JSON inert in pieces. Each but the first begins with a quotation mark or a comma: no line
/// begins there, and no order reaches across one.
struct Pieces<W: Write> {
    out: W,
    held: Vec<u8>,
    /// At how many bytes a place to cut is looked for: twice as many each time there was none.
    full: usize,
    /// Whether nobody reads any more.
    closed: bool,
}

impl<W: Write> Pieces<W> {
    /// Writes the first bytes of what is held.
    fn put(&mut self, length: usize) {
        let rest = self.held.split_off(length);
        let piece = std::mem::replace(&mut self.held, rest);
        let piece = String::from_utf8_lossy(&piece);
        if !self.closed {
            let written = self.out.write_all(inert(&piece, Written::Json).as_bytes());
            self.closed = written.is_err();
        }
    }
}

impl<W: Write> Write for Pieces<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() > self.full {
            let cuts = |byte: &u8| matches!(byte, b'"' | b',');
            match self.held.iter().rposition(cuts) {
                Some(at) if at > 0 => {
                    self.put(at);
                    self.full = PIECE;
                }
                _ => self.full = self.held.len() * 2,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a document to standard output, which whoever rendered it made inert in its own way.
pub(crate) fn bytes(document: &[u8]) {
    let _ = io::stdout().lock().write_all(document);
}

/// Writes to standard error.
pub(crate) fn err(text: &str) {
    orders(&inert(text, Written::Plain));
}

/// Writes to standard error what a runner is meant to obey.
pub(crate) fn orders(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is written of a text that comes in parts.
    fn written(parts: &[&str]) -> String {
        let mut out = Vec::new();
        let mut pieces = Pieces {
            out: &mut out,
            held: Vec::new(),
            full: 8,
            closed: false,
        };
        for part in parts {
            pieces.write_all(part.as_bytes()).unwrap();
        }
        pieces.put(pieces.held.len());
        String::from_utf8(out).unwrap()
    }

    proptest! {
        /// However JSON is cut, it is made inert as it would be whole.
        #[test]
        fn pieces_are_made_inert_like_the_whole(
            texts in prop::collection::vec("[#:,\"\\[a ü\n]{0,12}", 0..40),
        ) {
            let whole = serde_json::to_string(&texts).unwrap();
            let parts: Vec<&str> = whole.split_inclusive('#').collect();
            prop_assert_eq!(written(&parts), inert(&whole, Written::Json));
        }
    }
}
