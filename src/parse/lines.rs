//! Text as lines, of which one at a time is held.

use std::io::BufRead;

use super::error::ParseError;
use super::limits;
use crate::model::text::grouped;

/// Hands each line to `take` with its number from 1, without its end, until it answers `false`.
///
/// # Errors
/// What cannot be read, or a line that is too long. Lines before it have been handed over.
pub fn read(
    mut source: impl BufRead,
    mut take: impl FnMut(u32, &str) -> bool,
) -> Result<(), ParseError> {
    let mut held = Vec::new();
    let mut number = 0_u32;
    loop {
        number = number.saturating_add(1);
        let at = |says: String| ParseError {
            line: number,
            column: 1,
            says,
        };
        let buffer = source.fill_buf().map_err(|error| at(error.to_string()))?;
        // A line that is whole in the buffer is not copied.
        if let Some((line, length)) = first_line(buffer) {
            let more = take(number, text(line).map_err(at)?);
            source.consume(length);
            if more {
                continue;
            }
            return Ok(());
        }
        held.clear();
        gather(&mut source, &mut held).map_err(at)?;
        if held.is_empty() || !take(number, text(&held).map_err(at)?) {
            return Ok(());
        }
    }
}

/// The first line of these bytes, where its end is among them, and its length with the end.
fn first_line(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((bytes.get(..end)?, end + 1))
}

/// Gathers a line that comes in several pieces, or is the last.
fn gather(source: &mut impl BufRead, held: &mut Vec<u8>) -> Result<(), String> {
    loop {
        let buffer = source.fill_buf().map_err(|error| error.to_string())?;
        let (piece, length, ends) = match first_line(buffer) {
            Some((line, length)) => (line, length, true),
            None => (buffer, buffer.len(), buffer.is_empty()),
        };
        held.extend_from_slice(piece);
        if ends && length > 0 && held.is_empty() {
            // An empty line is a line; only the end of the text is nothing.
            held.push(b'\n');
        }
        source.consume(length);
        if ends {
            return Ok(());
        }
        if held.len() > limits::PIECE_BYTES {
            let most = grouped(limits::PIECE_BYTES as u64);
            return Err(format!(
                "expected at most {most} bytes in one line, found more"
            ));
        }
    }
}

fn text(line: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(line).map_err(|_| "expected text, found other bytes")?;
    Ok(text.trim_end_matches(['\n', '\r']))
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufReader, Read};

    use super::*;

    fn lines(text: &str, size: usize) -> Vec<(u32, String)> {
        let mut lines = Vec::new();
        read(
            BufReader::with_capacity(size, text.as_bytes()),
            |at, line| {
                lines.push((at, line.to_owned()));
                true
            },
        )
        .expect("lines");
        lines
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        for text in ["", "\n", "a", "a\r\n\r\nbcd\n\n\nlast", "é\nü\n", "\n\n"] {
            let expected: Vec<(u32, String)> = (1..).zip(text.lines().map(str::to_owned)).collect();
            for size in [1, 2, 3, 64] {
                assert_eq!(lines(text, size), expected, "{text:?} by {size}");
            }
        }
    }

    #[test]
    fn a_line_without_an_end_is_refused_and_one_is_enough_when_no_more_is_wanted() {
        let endless = BufReader::new(b"a\n".chain(io::repeat(b'x')));
        let error = read(endless, |_, _| true).expect_err("a limit");
        assert_eq!(error.line, 2);
        let endless = BufReader::new(b"a\nb\n".chain(io::repeat(b'x')));
        assert_eq!(read(endless, |at, _| at < 2), Ok(()));
        assert!(read(&b"ok\n\xff\n"[..], |_, _| true).is_err());
    }
}
