//! Texts as OSCAL takes them: tokens, values of properties, and prose, which is Markdown there.

use serde_json::{Value, json};

use crate::model::text::visible;
use crate::render::exports::HOME;
use crate::render::exports::plain::compact;

/// A name: letters, digits, dots, hyphens and underscores, of which the first is a letter.
pub(super) fn token(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut token: String = text
        .chars()
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    if !token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        token.insert(0, '_');
    }
    token
}

/// A value, which is one line that neither begins nor ends in white space and is never empty.
pub(super) fn value(text: &str) -> String {
    let shown = visible(text);
    match shown.trim() {
        "" => "-".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

/// A property of our own.
pub(super) fn prop(name: &str, text: &str, remarks: Option<&str>) -> Value {
    compact(json!({
        "name": name,
        "ns": HOME,
        "value": value(text),
        "remarks": remarks.map(prose),
    }))
}

/// A text in which nothing is markup.
pub(super) fn prose(text: &str) -> String {
    let shown = visible(text);
    let mut out = String::with_capacity(shown.len() + 8);
    for character in shown.chars() {
        if matches!(
            character,
            '\\' | '`'
                | '*'
                | '_'
                | '['
                | ']'
                | '<'
                | '>'
                | '~'
                | '^'
                | '{'
                | '$'
                | '|'
                | '&'
                | '#'
        ) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_whatever_it_is_made_of() {
        for (text, shown) in [
            ("CI-01", "CI-01"),
            ("1 a", "_1_a"),
            ("", "_"),
            ("<b>\u{202e}", "_b__"),
        ] {
            assert_eq!(token(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_value_is_one_line_and_prose_has_no_markup() {
        assert_eq!(value(" a\nb "), "a\\u{a}b");
        assert_eq!(value("\u{a0}"), "-");
        assert_eq!(
            prose("<b> [a](b) {{ insert }}"),
            "\\<b\\> \\[a\\](b) \\{\\{ insert }}"
        );
    }
}
