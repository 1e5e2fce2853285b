//! How text of a repository comes into Markdown: what would steer is made visible, what would be
//! markup, a mention, a link or a sign is not.

use crate::model::text::visible;

/// Splits what a forge would put together, such as the name after an `@`; it is not shown.
const APART: &str = "<!-- -->";

/// A text that reads as it is, in a paragraph or in a cell of a table.
pub(super) fn text(raw: &str) -> String {
    let shown = visible(raw);
    let mut out = String::with_capacity(shown.len() + 16);
    let mut characters = shown.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let word = next.is_some_and(char::is_alphanumeric);
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A pair of them would be a formula.
            '$' => out.push_str("<span>$</span>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                out.push('\\');
                out.push(character);
            }
            // A person, an issue, an address; a name between colons is a picture, also one of a
            // tick.
            '@' | '#' if word => apart(&mut out, character),
            ':' if word || matches!(next, Some('/' | '+' | '-' | '_')) => {
                apart(&mut out, character);
            }
            '.' if ends_in_www(&out) => {
                out.push_str(APART);
                out.push('.');
            }
            _ => out.push(character),
        }
    }
    out
}

fn apart(out: &mut String, character: char) {
    out.push(character);
    out.push_str(APART);
}

fn ends_in_www(text: &str) -> bool {
    let start = text.len().saturating_sub(3);
    text.get(start..)
        .is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// A path, a name or a command in the face of code.
pub(super) fn code(raw: &str) -> String {
    let shown = visible(raw);
    let plain = !shown.is_empty()
        && shown.trim() == shown
        && !shown.contains(['`', '|', '\\', '$'])
        && !shown.contains("##");
    if plain {
        format!("`{shown}`")
    } else {
        format!("<code>{}</code>", text(raw))
    }
}

/// A path as part of an address: every byte but those that no address gives a meaning to.
pub(in super::super) fn address(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let digit = |four: u8| {
                let digit = char::from_digit(u32::from(four), 16).unwrap_or('0');
                digit.to_ascii_uppercase()
            };
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_ours_stay_as_they_are() {
        let said = "2 calls on the blocklist: pickle 1, yaml-load 1 · 213 of 214 Python files read";
        assert_eq!(text(said), said);
        assert_eq!(code("src/ledger/cache.py:41"), "`src/ledger/cache.py:41`");
    }

    #[test]
    fn nothing_of_a_repository_is_markup() {
        for (raw, shown) in [
            ("<img src=x>", "&lt;img src=x&gt;"),
            ("&#60;", "&amp;#<!-- -->60;"),
            ("a | b", "a \\| b"),
            ("[a](b)", "\\[a\\](b)"),
            (
                "**a** _b_ ~~c~~ `d`",
                "\\*\\*a\\*\\* \\_b\\_ \\~\\~c\\~\\~ \\`d\\`",
            ),
            ("a\\|b", "a\\\\\\|b"),
            ("$x$", "<span>$</span>x<span>$</span>"),
            (
                "a\n\n# b\u{1b}[2J\u{202e}",
                "a\\\\u{a}\\\\u{a}# b\\\\u{1b}\\[2J\\\\u{202e}",
            ),
        ] {
            assert_eq!(text(raw), shown, "{raw:?}");
        }
    }

    #[test]
    fn nothing_of_a_repository_calls_anyone_or_leads_anywhere() {
        for (raw, shown) in [
            ("@acme/security", "@<!-- -->acme/security"),
            ("a@b.example", "a@<!-- -->b.example"),
            ("#12 acme/x#12", "#<!-- -->12 acme/x#<!-- -->12"),
            ("https://evil.example", "https:<!-- -->//evil.example"),
            ("www.evil.example", "www<!-- -->.evil.example"),
            (":white_check_mark:", ":<!-- -->white\\_check\\_mark:"),
        ] {
            assert_eq!(text(raw), shown, "{raw:?}");
        }
    }

    #[test]
    fn code_cannot_be_left() {
        for (raw, shown) in [
            ("a`b", "<code>a\\`b</code>"),
            ("a|b", "<code>a\\|b</code>"),
            ("a\\|b", "<code>a\\\\\\|b</code>"),
            (" ", "<code> </code>"),
            ("##[add-mask]a", "<code>##\\[add-mask\\]a</code>"),
        ] {
            assert_eq!(code(raw), shown, "{raw:?}");
        }
    }

    #[test]
    fn an_address_holds_nothing_that_ends_it() {
        assert_eq!(
            address("a b/(c)#d?\u{fc}%.py"),
            "a%20b/%28c%29%23d%3F%C3%BC%25.py"
        );
    }
}
