//! Taking secrets out of XML reports: the document is written again, part by part.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Document;
use super::redact::Redacted;
use crate::model::exhibit::Redaction;
use crate::parse::error::ParseError;
use crate::parse::rewrite::REDACTED;
use crate::parse::xml::{Element, Part};

/// A value of a document: an attribute of the innermost open element, or a text inside it.
pub(super) struct Spot<'s> {
    /// The elements it stands in, the root first.
    pub(super) open: &'s [Element],
    /// The name of the attribute; none for a text.
    pub(super) attribute: Option<&'s str>,
}

/// The document without the values that `hide` gives a name to; nothing where there was nothing to
/// take out. Comments, declarations and the DOCTYPE are left away.
///
/// # Errors
/// A document that is not well-formed, or too large to be written again in memory. What it stumbled
/// over is not said, as it may be a secret.
pub(super) fn without<'t>(
    profile: &'static str,
    document: &Document<'_>,
    hide: impl Fn(&Spot<'_>) -> Option<&'t str>,
) -> Result<Redacted, ParseError> {
    if !document.is_held() {
        document.text();
        if let Some(says) = document.refused() {
            return Err(ParseError::whole(says));
        }
    }
    let mut writer = Writer {
        out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
        open: Vec::new(),
        pieces: 0,
        fields: BTreeMap::new(),
        hide,
    };
    document
        .xml(|part| {
            writer.take(part);
            true
        })
        .map_err(|_| ParseError::whole("expected well-formed XML to the end"))?;
    let Writer { out, fields, .. } = writer;
    Ok((!fields.is_empty()).then(|| (Redaction::new(profile, fields), out.into_bytes())))
}

struct Writer<H> {
    out: String,
    open: Vec<Element>,
    /// The pieces of one text come apart at entities; one word stands for all of them, and only a
    /// text that is this word in one piece was taken out before.
    pieces: u64,
    fields: BTreeMap<String, u64>,
    hide: H,
}

impl<'t, H: Fn(&Spot<'_>) -> Option<&'t str>> Writer<H> {
    fn take(&mut self, part: Part) {
        match part {
            Part::Start(element) => {
                self.pieces = 0;
                self.begin(element);
            }
            Part::Text(text) => self.text(&text),
            Part::End(name) => {
                self.pieces = 0;
                self.open.pop();
                let _ = write!(self.out, "</{name}>");
            }
        }
    }

    fn hidden(&self, attribute: Option<&str>) -> Option<&'t str> {
        (self.hide)(&Spot {
            open: &self.open,
            attribute,
        })
    }

    fn count(&mut self, field: &str) {
        *self.fields.entry(field.to_owned()).or_default() += 1;
    }

    fn begin(&mut self, element: Element) {
        let _ = write!(self.out, "<{}", element.name);
        let attributes = element.attributes.clone();
        self.open.push(element);
        for (name, value) in attributes {
            let hidden = self
                .hidden(Some(&name))
                .filter(|_| !matches!(value.as_str(), "" | REDACTED));
            let _ = write!(self.out, " {name}=\"");
            match hidden {
                Some(field) => {
                    self.count(field);
                    self.out.push_str(REDACTED);
                }
                None => escape(&value, true, &mut self.out),
            }
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn text(&mut self, text: &str) {
        if self.open.is_empty() {
            return;
        }
        let hidden = self.hidden(None).filter(|_| !text.trim().is_empty());
        let Some(field) = hidden else {
            escape(text, false, &mut self.out);
            return;
        };
        self.pieces += 1;
        if self.pieces > 1 || text.trim() != REDACTED {
            self.count(field);
        }
        if self.pieces == 1 {
            self.out.push_str(REDACTED);
        }
    }
}

/// Writes a value so that it is read as it is; in attributes, ends of lines would become spaces.
fn escape(value: &str, in_attribute: bool, out: &mut String) {
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\t' | '\n' if !in_attribute => out.push(character),
            '\r' | '\t' | '\n' => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> Option<(BTreeMap<String, u64>, String)> {
        let document = Document::new("x.xml", text.as_bytes());
        let redacted = without("t/v1", &document, |spot| {
            let inside = spot.open.iter().any(|element| element.name == "s");
            match spot.attribute {
                Some("m") if inside => Some("m"),
                None if inside => Some("text"),
                _ => None,
            }
        });
        let (redaction, bytes) = redacted.expect("XML")?;
        Some((redaction.fields, String::from_utf8(bytes).expect("text")))
    }

    #[test]
    fn only_the_asked_values_change() {
        let text = "<!-- c --><a m='1 &amp; 2'>t &lt; u<s m='x' n='&quot;'>v &amp; w</s>\n</a>";
        let (fields, without) = rewritten(text).expect("a redaction");
        assert_eq!(
            without,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a m=\"1 &amp; 2\">t &lt; u\
             <s m=\"REDACTED\" n=\"&quot;\">REDACTED</s>\n</a>"
        );
        let counts: Vec<(&str, u64)> = fields.iter().map(|(k, v)| (k.as_str(), *v)).collect();
        assert_eq!(counts, [("m", 1), ("text", 3)]);
        assert_eq!(rewritten(&without), None);
        assert_eq!(rewritten("<a m='1'>t</a>"), None);
    }
}
