//! Replacing values inside a JSON document without touching anything else of it.
//!
//! What is taken out of a report must be the only change to it: order, spacing, numbers and
//! escapes stay as the tool wrote them, so that a person can compare the two.

use std::io::{self, BufRead, Write};

use super::limits;

/// What stands where a value was taken out.
pub const REDACTED: &str = "REDACTED";

/// What kind of value may be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// A text.
    Text,
    /// A number.
    Number,
}

/// One step from the outermost value to an inner one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into the member of an object.
    Key(String),
    /// Into the member of a list, from 0.
    Item(usize),
}

impl Step {
    /// The key, where the step goes into an object.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Item(_) => None,
        }
    }
}

/// Replaces texts and numbers by `"REDACTED"` where `hide` says so. It is asked for each text or
/// number that says something and is not yet redacted, with the steps that lead to it. Truth
/// values and `null` hold no secret and stay.
///
/// The document must have been read as JSON before; of anything else some rewriting comes out.
pub fn redact(text: &str, hide: impl FnMut(&[Step], Scalar) -> bool) -> String {
    let mut out = Vec::with_capacity(text.len());
    // No text in memory is too long, and a list that grows refuses nothing.
    let _ = rewrite(usize::MAX, text.as_bytes(), &mut out, hide);
    String::from_utf8(out).unwrap_or_default()
}

/// The same of a stream, into another.
///
/// # Errors
/// What cannot be read or written, and a text that is too long.
pub fn redact_stream(
    source: impl BufRead,
    out: &mut impl Write,
    hide: impl FnMut(&[Step], Scalar) -> bool,
) -> io::Result<()> {
    rewrite(limits::PIECE_BYTES, source, out, hide)
}

fn rewrite(
    most: usize,
    mut source: impl BufRead,
    out: &mut impl Write,
    mut hide: impl FnMut(&[Step], Scalar) -> bool,
) -> io::Result<()> {
    let mut path: Vec<Step> = Vec::new();
    let mut key_next = false;
    let mut token = Vec::new();
    loop {
        let buffer = source.fill_buf()?;
        let between = buffer.iter().position(|byte| begins_scalar(*byte));
        let between = buffer.get(..between.unwrap_or(buffer.len()));
        let between = between.unwrap_or_default();
        for sign in between {
            key_next = walk(*sign, &mut path, key_next);
        }
        out.write_all(between)?;
        let length = between.len();
        let first = buffer.get(length).copied();
        let ended = buffer.is_empty();
        source.consume(length);
        let hidden = match first {
            None if ended => return Ok(()),
            None => continue,
            Some(b'"') => {
                gather_text(most, &mut source, &mut token)?;
                match path.last_mut() {
                    Some(Step::Key(key)) if key_next => {
                        *key = decode(&token);
                        false
                    }
                    _ => says_something(&token) && hide(&path, Scalar::Text),
                }
            }
            Some(_) => {
                gather_number(most, &mut source, &mut token)?;
                hide(&path, Scalar::Number)
            }
        };
        if hidden {
            write!(out, "\"{REDACTED}\"")?;
        } else {
            out.write_all(&token)?;
        }
    }
}

const fn begins_scalar(byte: u8) -> bool {
    matches!(byte, b'"' | b'-' | b'0'..=b'9')
}

/// Gathers a quoted text with its quotes; of one without an end, the rest.
fn gather_text(most: usize, source: &mut impl BufRead, token: &mut Vec<u8>) -> io::Result<()> {
    token.clear();
    token.push(b'"');
    source.consume(1);
    let mut escaped = false;
    loop {
        let buffer = source.fill_buf()?;
        let mut rest = buffer;
        let mut ended = buffer.is_empty();
        while let Some((_, after)) = rest.split_first() {
            if std::mem::take(&mut escaped) {
                rest = after;
                continue;
            }
            let at = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'));
            let sign = at.and_then(|at| rest.get(at));
            escaped = sign == Some(&b'\\');
            ended = sign == Some(&b'"');
            rest = at.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
            if ended {
                break;
            }
        }
        let length = buffer.len() - rest.len();
        token.extend_from_slice(buffer.get(..length).unwrap_or_default());
        source.consume(length);
        if ended {
            return Ok(());
        }
        if token.len() > most {
            return Err(io::Error::other("a text that is too long"));
        }
    }
}

fn gather_number(most: usize, source: &mut impl BufRead, token: &mut Vec<u8>) -> io::Result<()> {
    let in_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    token.clear();
    loop {
        let buffer = source.fill_buf()?;
        let end = buffer.iter().position(|byte| !in_number(byte));
        let length = end.unwrap_or(buffer.len());
        token.extend_from_slice(buffer.get(..length).unwrap_or_default());
        let ended = end.is_some() || buffer.is_empty();
        source.consume(length);
        if ended {
            return Ok(());
        }
        if token.len() > most {
            return Err(io::Error::other("a number that is too long"));
        }
    }
}

/// Whether a quoted text is neither empty nor what stands for a text that was taken out.
fn says_something(token: &[u8]) -> bool {
    // As long as any way of writing it, and some spaces.
    const LONGEST: usize = 100;
    token.len() > LONGEST || !matches!(decode(token).trim(), "" | REDACTED)
}

/// Follows one sign of punctuation; answers whether a text that comes now is a key.
fn walk(sign: u8, path: &mut Vec<Step>, key_next: bool) -> bool {
    match sign {
        b'{' => {
            path.push(Step::Key(String::new()));
            true
        }
        b'[' => {
            path.push(Step::Item(0));
            false
        }
        b'}' | b']' => {
            path.pop();
            false
        }
        b':' => false,
        b',' => match path.last_mut() {
            Some(Step::Key(_)) => true,
            Some(Step::Item(at)) => {
                *at += 1;
                false
            }
            None => false,
        },
        _ => key_next,
    }
}

fn decode(token: &[u8]) -> String {
    serde_json::from_slice(token).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(token);
        text.trim_matches('"').to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_asked_values_change_and_spacing_stays() {
        let text = "[ {\"a\":\"x, {y}\" ,\n \"S\\u0065cret\" : \"q\\\"]\", \"n\":-1.50e3,\"l\":[1,\"Secret\"]} ]\n";
        let out = redact(text, |path, _| {
            path.last().and_then(Step::key) == Some("Secret")
        });
        assert_eq!(out, text.replace("\"q\\\"]\"", "\"REDACTED\""));
    }

    #[test]
    fn a_stream_is_rewritten_as_the_text() {
        let text = "[ {\"aé\":\"x, {y}\" ,\n \"S\\u0065cret\" : \"q\\\"ü]\", \"n\":-1.50e3,\"l\":[1,\"Secret\"]} ]\n";
        let hide = |path: &[Step], _| path.last().and_then(Step::key) == Some("Secret");
        let expected = redact(text, hide);
        assert_eq!(expected, text.replace("\"q\\\"ü]\"", "\"REDACTED\""));
        for size in 1..20 {
            let mut out = Vec::new();
            let source = io::BufReader::with_capacity(size, text.as_bytes());
            redact_stream(source, &mut out, hide).expect("a rewriting");
            assert_eq!(
                String::from_utf8(out).as_deref(),
                Ok(expected.as_str()),
                "{size}"
            );
        }
    }

    #[test]
    fn the_path_counts_the_members_of_lists() {
        let mut seen = Vec::new();
        redact(r#"{"a": [0, {"b": [[], 7]}], "c": ""}"#, |path, _| {
            seen.push(path.to_vec());
            false
        });
        let key = |name: &str| Step::Key(name.to_owned());
        assert_eq!(
            seen,
            [
                vec![key("a"), Step::Item(0)],
                vec![key("a"), Step::Item(1), key("b"), Step::Item(1)],
            ]
        );
    }

    #[test]
    fn what_is_redacted_already_is_left_alone() {
        let text = r#"{"a": "REDACTED", "b": "", "c": null}"#;
        assert_eq!(redact(text, |_, _| true), text);
        for broken in ["{\"a", "[1,", "\"\\", "}}}", "é{\"ü\":\"ß"] {
            redact(broken, |_, _| true);
        }
    }
}
