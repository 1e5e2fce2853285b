//! Keeps text from being taken for an order by the runner that reads a program's output.
//!
//! GitHub's runner obeys a line of either stream that begins with `::`, however far it is indented,
//! and `##[command]` wherever it stands in a line; other runners know `##name[…]`. A file name or a
//! line of a file must not be able to stop annotations, hide words in the log, or write some.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How a character is written so that a reader still sees which one it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// For a person: `\u{3a}`.
    Plain,
    /// In HTML, which shows it as it was: `&#58;`.
    Html,
    /// In a text of JSON, which reads as it was: `\u003a`.
    Json,
}

impl Written {
    fn push(self, out: &mut String, character: char) {
        let number = u32::from(character);
        // Writing to memory does not fail.
        let _ = match self {
            Self::Plain => write!(out, "\\u{{{number:x}}}"),
            Self::Html => write!(out, "&#{number};"),
            Self::Json => write!(out, "\\u{number:04x}"),
        };
    }
}

/// The text without a line that a runner would obey. What holds none stays as it is, and so does
/// what went through here before.
pub fn inert(text: &str, written: Written) -> Cow<'_, str> {
    let mut lines = text.split(['\n', '\r']);
    if !text.contains("##") && !lines.any(|line| line.trim_start().starts_with("::")) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    // Whether nothing but white space stood on this line so far.
    let mut begins = true;
    for (at, character) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        if (begins && rest.starts_with("::")) || is_bracketed(rest) {
            written.push(&mut out, character);
        } else {
            out.push(character);
        }
        begins = matches!(character, '\n' | '\r') || (begins && character.is_whitespace());
    }
    Cow::Owned(out)
}

/// The same for a text that is not needed otherwise.
pub fn made_inert(text: String, written: Written) -> String {
    let changed = match inert(&text, written) {
        Cow::Borrowed(_) => None,
        Cow::Owned(changed) => Some(changed),
    };
    changed.unwrap_or(text)
}

/// Whether a text begins with `##[` or `##name[`.
fn is_bracketed(text: &str) -> bool {
    text.strip_prefix("##").is_some_and(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric())
            .starts_with('[')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether a line is an order, as the runner decides it.
    fn obeyed(line: &str) -> bool {
        line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[")
    }

    #[test]
    fn what_a_runner_would_obey_is_shown_and_not_sent() {
        for (text, shown) in [
            ("::add-mask::a", "\\u{3a}:add-mask::a"),
            ("a\n  ::error::b", "a\n  \\u{3a}:error::b"),
            ("\u{a0}\u{3000}::stop", "\u{a0}\u{3000}\\u{3a}:stop"),
            ("a ##[add-mask]b", "a \\u{23}#[add-mask]b"),
            ("###[group]", "#\\u{23}#[group]"),
            ("##vso[task.setvariable]", "\\u{23}#vso[task.setvariable]"),
        ] {
            assert_eq!(inert(text, Written::Plain), shown, "{text:?}");
        }
        assert_eq!(inert("##[a]", Written::Html), "&#35;#[a]");
        assert_eq!(inert("\"##[a]\"", Written::Json), "\"\\u0023#[a]\"");
    }

    #[test]
    fn what_no_runner_obeys_stays_as_it_is() {
        for text in [
            "std::env",
            "tests/test_a.py::test_b",
            "# a",
            "## [a] b",
            "a ::b",
        ] {
            assert_eq!(inert(text, Written::Plain), text);
        }
    }

    proptest! {
        #[test]
        fn no_line_is_an_order_and_twice_is_once(
            text in "[:#\\[\\]a \t\n\r\u{a0}\\\\]{0,40}",
        ) {
            for written in [Written::Plain, Written::Html, Written::Json] {
                let once = inert(&text, written);
                for line in once.split(['\n', '\r']) {
                    prop_assert!(!obeyed(line), "{line:?}");
                }
                prop_assert_eq!(inert(&once, written), once.clone());
            }
        }
    }
}
