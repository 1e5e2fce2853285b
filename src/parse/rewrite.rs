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
    // Neither text in memory nor a list that grows refuses anything.
    let _ = redact_stream(text.as_bytes(), &mut out, hide);
    String::from_utf8(out).unwrap_or_default()
}

/// The same of a stream, into another.
///
/// # Errors
/// What cannot be read or written, and a text that is too long.
pub fn redact_stream(
    source: impl BufRead,
    out: &mut impl Write,
    mut hide: impl FnMut(&[Step], Scalar) -> bool,
) -> io::Result<()> {
    let mut source = source;
    let mut path: Vec<Step> = Vec::new();
    let mut key_next = false;
    let mut token = Vec::new();
    loop {
        let buffer = source.fill_buf()?;
        let Some(first) = buffer.first().copied() else {
            return Ok(());
        };
        if !matches!(first, b'"' | b'-' | b'0'..=b'9') {
            let length = buffer.iter().position(|byte| begins_scalar(*byte));
            let between = buffer.get(..length.unwrap_or(buffer.len()));
            let between = between.unwrap_or_default();
            for sign in between {
                key_next = walk(*sign, &mut path, key_next);
            }
            out.write_all(between)?;
            let length = between.len();
            source.consume(length);
            continue;
        }
        token.clear();
        let is_text = first == b'"';
        gather(&mut source, &mut token, is_text)?;
        let hidden = if is_text && key_next {
            if let Some(Step::Key(key)) = path.last_mut() {
                *key = decode(&token);
            }
            false
        } else if is_text {
            says_something(&token) && hide(&path, Scalar::Text)
        } else {
            hide(&path, Scalar::Number)
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

/// Gathers a quoted text with its quotes, or a number; of a text without an end, the rest.
fn gather(source: &mut impl BufRead, token: &mut Vec<u8>, is_text: bool) -> io::Result<()> {
    let mut escaped = false;
    loop {
        let begun = !token.is_empty();
        let buffer = source.fill_buf()?;
        let mut length = 0;
        let mut ended = buffer.is_empty();
        for (at, byte) in buffer.iter().enumerate() {
            if !is_text && !in_number(*byte) {
                ended = true;
                break;
            }
            length = at + 1;
            if !is_text || (at == 0 && !begun) {
                continue;
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    ended = true;
                    break;
                }
                _ => {}
            }
        }
        token.extend_from_slice(buffer.get(..length).unwrap_or_default());
        source.consume(length);
        if ended {
            return Ok(());
        }
        if token.len() > limits::PIECE_BYTES {
            return Err(io::Error::other("a text that is too long"));
        }
    }
}

const fn in_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
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
