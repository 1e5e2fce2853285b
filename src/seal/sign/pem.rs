//! The frame around a key in text (RFC 7468).

use std::fmt::Write as _;

use crate::model::base64;
use crate::seal::Fault;

/// Characters of base64 in a line, as `openssl` writes them.
const COLUMNS: usize = 64;
/// The longest text that can hold a key of ours.
const LONGEST: usize = 16 * 1024;

/// Bytes in a frame.
pub fn write(label: &str, bytes: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    let digits = base64::encode(bytes);
    for line in wrapped(&digits, COLUMNS) {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "-----END {label}-----");
    text
}

/// ASCII text cut into lines.
pub(super) fn wrapped(digits: &str, columns: usize) -> impl Iterator<Item = &str> {
    digits
        .as_bytes()
        .chunks(columns)
        .filter_map(|line| std::str::from_utf8(line).ok())
}

/// The label of the first frame in a text.
pub fn label(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.starts_with("-----BEGIN "))?;
    line.trim_end()
        .strip_prefix("-----BEGIN ")?
        .strip_suffix("-----")
}

/// The bytes of a text that is one frame with this label.
///
/// # Errors
/// No such frame, or something that is not base64 in it.
pub fn read(text: &str, expected: &str) -> Result<Vec<u8>, Fault> {
    let found = || match label(text) {
        Some(label) if label != expected => format!("found {}", crate::model::text::excerpt(label)),
        _ => "found something else".to_owned(),
    };
    let wrong = || Fault::new(format!("expected one PEM block {expected}, {}", found()));
    if text.len() > LONGEST {
        return Err(wrong());
    }
    let mut lines = text.trim().lines().map(str::trim_end);
    let opened = lines.next() == Some(format!("-----BEGIN {expected}-----").as_str());
    let closed = lines.next_back() == Some(format!("-----END {expected}-----").as_str());
    if !opened || !closed {
        return Err(wrong());
    }
    let digits: String = lines.collect();
    base64::decode(&digits)
        .ok_or_else(|| Fault::new(format!("expected base64 in the PEM block {expected}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_back_and_nothing_else_is() {
        let text = write("X", &[7; 100]);
        assert_eq!(text.lines().map(str::len).max(), Some(64));
        assert_eq!(read(&text, "X"), Ok(vec![7; 100]));
        assert_eq!(read(&text.replace('\n', "\r\n"), "X"), Ok(vec![7; 100]));
        let wrong = read(&text, "Y").expect_err("another label");
        assert_eq!(wrong.0, "expected one PEM block Y, found X");
        for broken in [
            "",
            "-----BEGIN X-----",
            &text.replace("END", "end"),
            &text[..80],
        ] {
            assert!(read(broken, "X").is_err(), "{broken}");
        }
    }
}
