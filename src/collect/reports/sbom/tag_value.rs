//! SPDX's tag-value text: a tag, a colon and a value on each line, or a value between `<text>` and
//! `</text>` over several.

use crate::collect::reports::Document;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;

/// Hands each tag with its value to `take`, with the line it begins on.
///
/// # Errors
/// A line that is neither a tag nor a comment, and a text that does not end.
pub(super) fn read(
    document: &Document<'_>,
    mut take: impl FnMut(u32, &str, &str) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let mut open: Option<Open> = None;
    let mut outcome = Ok(());
    document.lines(|line, content| {
        outcome = match open.take() {
            Some(mut text) => {
                text.value.push('\n');
                continued(text, content, line, &mut open, &mut take)
            }
            None => begin(content, line, &mut open, &mut take),
        };
        outcome.is_ok()
    })?;
    outcome?;
    match open {
        None => Ok(()),
        Some(text) => Err(ParseError::at(
            text.line as usize,
            1,
            format!("the file ends inside the text of {}", text.tag),
        )),
    }
}

/// A value that is not at its end.
struct Open {
    line: u32,
    tag: String,
    value: String,
}

type Take<'t> = &'t mut dyn FnMut(u32, &str, &str) -> Result<(), ParseError>;

fn begin(
    content: &str,
    line: u32,
    open: &mut Option<Open>,
    take: Take<'_>,
) -> Result<(), ParseError> {
    let content = content.trim();
    if content.is_empty() || content.starts_with('#') {
        return Ok(());
    }
    let named =
        |tag: &&str| !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let parts = content.split_once(':');
    let Some((tag, value)) = parts.filter(|(tag, _)| named(&tag.trim())) else {
        let says = format!("expected a tag and a value, found {}", excerpt(content));
        return Err(ParseError::at(line as usize, 1, says));
    };
    let (tag, value) = (tag.trim(), value.trim());
    match value.strip_prefix("<text>") {
        None if value.contains('\0') => {
            Err(ParseError::at(line as usize, 1, "expected text, found NUL"))
        }
        None if !value.is_empty() && "<text>".starts_with(value) => {
            let says = format!("expected a text, found {}", excerpt(value));
            Err(ParseError::at(line as usize, 1, says))
        }
        None => take(line, tag, value),
        Some(rest) => {
            let text = Open {
                line,
                tag: tag.to_owned(),
                value: String::new(),
            };
            continued(text, rest, line, open, take)
        }
    }
}

/// One more line of a text.
fn continued(
    mut text: Open,
    content: &str,
    line: u32,
    open: &mut Option<Open>,
    take: Take<'_>,
) -> Result<(), ParseError> {
    let Some((last, after)) = content.split_once("</text>") else {
        text.value.push_str(content);
        *open = Some(text);
        return Ok(());
    };
    if !after.trim().is_empty() {
        let says = format!("expected nothing after </text>, found {}", excerpt(after));
        return Err(ParseError::at(line as usize, 1, says));
    }
    text.value.push_str(last);
    take(text.line, &text.tag, text.value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Result<Vec<String>, ParseError> {
        let document = Document::new("x.spdx", text.as_bytes());
        let mut tags = Vec::new();
        read(&document, |line, tag, value| {
            tags.push(format!("{line} {tag}={value}"));
            Ok(())
        })?;
        Ok(tags)
    }

    #[test]
    fn a_text_may_hold_what_looks_like_tags() {
        let text = "# c\n\nA: 1\nB: <text>x\nA: 2\n y</text>\nC : <text>z</text>\n";
        assert_eq!(
            tags(text).expect("tags"),
            ["3 A=1", "4 B=x\nA: 2\n y", "7 C=z"]
        );
    }

    #[test]
    fn what_does_not_end_or_is_no_tag_is_an_error_with_its_line() {
        for (text, line) in [
            ("A: 1\nB: <text>x\n", 2),
            ("A: 1\nnothing\n", 2),
            ("A: <text>x</text> B: 1", 1),
            ("two words: 1", 1),
            ("A: \0", 1),
            ("A: <te", 1),
        ] {
            assert_eq!(tags(text).expect_err(text).line, line, "{text}");
        }
    }
}
