//! Replacing values inside a JSON document without touching anything else of it.
//!
//! What is taken out of a report must be the only change to it: order, spacing, numbers and
//! escapes stay as the tool wrote them, so that a person can compare the two.

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
pub fn redact(text: &str, mut hide: impl FnMut(&[Step], Scalar) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut path: Vec<Step> = Vec::new();
    let mut key_next = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '-' | '0'..='9' => number_length(rest),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        match first {
            '"' if key_next => {
                if let Some(Step::Key(key)) = path.last_mut() {
                    *key = decode(token);
                }
                out.push_str(token);
            }
            '"' | '-' | '0'..='9' => {
                let (scalar, says) = if first == '"' {
                    let empty = matches!(decode(token).trim(), "" | REDACTED);
                    (Scalar::Text, !empty)
                } else {
                    (Scalar::Number, true)
                };
                if says && hide(&path, scalar) {
                    out.push('"');
                    out.push_str(REDACTED);
                    out.push('"');
                } else {
                    out.push_str(token);
                }
            }
            _ => {
                key_next = walk(first, &mut path, key_next);
                out.push_str(token);
            }
        }
    }
    out
}

/// Follows one sign of punctuation; answers whether a text that comes now is a key.
fn walk(sign: char, path: &mut Vec<Step>, key_next: bool) -> bool {
    match sign {
        '{' => {
            path.push(Step::Key(String::new()));
            true
        }
        '[' => {
            path.push(Step::Item(0));
            false
        }
        '}' | ']' => {
            path.pop();
            false
        }
        ':' => false,
        ',' => match path.last_mut() {
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

/// The length of the quoted text at the start, quotes included.
fn text_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn number_length(text: &str) -> usize {
    text.bytes()
        .position(|byte| !matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
        .unwrap_or(text.len())
}

fn decode(token: &str) -> String {
    serde_json::from_str(token).unwrap_or_else(|_| token.trim_matches('"').to_owned())
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
