//! XML as a stream of elements. Entities are never expanded beyond the five that XML defines, a
//! DOCTYPE with an internal subset is refused, and nesting and the length of a piece are bounded.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::counted::Counted;
use super::error::ParseError;
use super::limits;

/// The start of an element: its local name and attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The name without its prefix.
    pub name: String,
    /// Attributes in order, names without prefix.
    pub attributes: Vec<(String, String)>,
    /// How deep it stands; the root is 1.
    pub depth: usize,
    /// The line it begins on, from 1.
    pub line: u32,
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What a reader of a document is told, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// An element begins. An empty element begins and ends.
    Start(Element),
    /// Character data; pieces of one text may come apart.
    Text(String),
    /// An element ends.
    End(String),
}

/// The start of an element, as it stands in the reader's buffer: nothing of it is copied unless it
/// has entities. For documents with millions of elements.
#[derive(Debug)]
pub struct Tag<'p> {
    /// The name without its prefix.
    pub name: &'p str,
    /// Attributes in order, names without prefix.
    pub attributes: Vec<(&'p str, Cow<'p, str>)>,
    /// How deep it stands; the root is 1.
    pub depth: usize,
    /// The line it begins on, from 1.
    pub line: u32,
}

impl Tag<'_> {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.as_ref())
    }

    /// The same, to be kept.
    pub fn to_element(&self) -> Element {
        let owned =
            |(name, value): &(&str, Cow<'_, str>)| ((*name).to_owned(), value.clone().into_owned());
        Element {
            name: self.name.to_owned(),
            attributes: self.attributes.iter().map(owned).collect(),
            depth: self.depth,
            line: self.line,
        }
    }
}

/// What a reader of a document is told, in order, as long as it looks at it.
#[derive(Debug)]
pub enum Piece<'p> {
    /// An element begins. An empty element begins and ends.
    Start(Tag<'p>),
    /// Character data; pieces of one text may come apart.
    Text(Cow<'p, str>),
    /// An element ends.
    End(&'p str),
}

/// Reads a document and hands each part to `take`, which may stop by answering `false`.
///
/// # Errors
/// As [`pieces`]. Parts before the error have been handed over.
pub fn read(source: impl BufRead, mut take: impl FnMut(Part) -> bool) -> Result<(), ParseError> {
    pieces(source, |piece| {
        take(match piece {
            Piece::Start(tag) => Part::Start(tag.to_element()),
            Piece::Text(text) => Part::Text(text.into_owned()),
            Piece::End(name) => Part::End(name.to_owned()),
        })
    })
}

/// Reads a document and hands each piece to `take`, which may stop by answering `false`.
///
/// # Errors
/// Anything that is not well-formed XML, ends too early, nests too deep, declares entities or holds
/// a piece that is too long. Pieces before the error have been handed over.
pub fn pieces(source: impl BufRead, take: impl FnMut(Piece<'_>) -> bool) -> Result<(), ParseError> {
    pieces_within(limits::PIECE_BYTES, source, take)
}

/// The same with a limit to the length of a piece.
fn pieces_within(
    most: usize,
    source: impl BufRead,
    mut take: impl FnMut(Piece<'_>) -> bool,
) -> Result<(), ParseError> {
    let mut reader = Reader::from_reader(Counted::new(source, most));
    let config = reader.config_mut();
    config.check_end_names = true;
    config.expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut place = Place::default();
    for _ in 0..limits::XML_EVENTS {
        buffer.clear();
        let position = reader.buffer_position();
        let at = |says: String| ParseError::whole(format!("{says} (byte {position})"));
        place.line = reader.get_ref().line();
        reader.get_mut().begin_piece();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| at(damage(&error)))?;
        if matches!(event, Event::Eof) {
            return place.end().map_err(at);
        }
        if !place.give(&event, &mut take).map_err(at)? {
            return Ok(());
        }
    }
    Err(ParseError::whole(format!(
        "expected at most {} elements, found more",
        limits::XML_EVENTS
    )))
}

/// What is wrong with a document. What its source says, such as that it is no text, is no matter of
/// XML.
fn damage(error: &quick_xml::Error) -> String {
    match error {
        quick_xml::Error::Io(error) => error.to_string(),
        other => format!("not XML: {other}"),
    }
}

/// How far into a document the reader is.
#[derive(Default)]
struct Place {
    depth: usize,
    line: u32,
    rooted: bool,
}

impl Place {
    /// Hands over the piece an event amounts to, and answers whether more is wanted; or what is
    /// wrong with it.
    fn give(
        &mut self,
        event: &Event<'_>,
        take: &mut impl FnMut(Piece<'_>) -> bool,
    ) -> Result<bool, String> {
        let piece = match event {
            Event::Start(start) => Piece::Start(self.start(start)?),
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                return Ok(take(Piece::End(local(end.name().into_inner()))));
            }
            Event::Text(text) if self.depth == 0 && !text.trim().is_empty() => {
                return Err("expected one root element, found text beside it".to_owned());
            }
            Event::Text(text) => Piece::Text(Cow::Borrowed(text)),
            Event::CData(text) => Piece::Text(Cow::Borrowed(text)),
            Event::GeneralRef(reference) => Piece::Text(resolve(reference)?),
            Event::DocType(doctype) if declares(doctype) => {
                let says = "expected no declarations of entities, found some in the DOCTYPE";
                return Err(says.to_owned());
            }
            Event::DocType(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::Empty(_)
            | Event::Eof => return Ok(true),
        };
        Ok(take(piece))
    }

    fn start<'p>(&mut self, start: &'p BytesStart<'_>) -> Result<Tag<'p>, String> {
        const DEEPEST: usize = limits::DEPTH * 2;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("expected at most {DEEPEST} levels, found more"));
        }
        if self.depth == 1 && self.rooted {
            return Err("expected one root element, found a second".to_owned());
        }
        self.rooted = true;
        tag(start, self.depth, self.line)
    }

    fn end(&self) -> Result<(), String> {
        match (self.depth, self.rooted) {
            (0, true) => Ok(()),
            (0, false) => Err("expected an element, found none".to_owned()),
            (depth, _) => Err(format!("the file ends inside {depth} open elements")),
        }
    }
}

/// The root element alone.
///
/// # Errors
/// As [`read`], up to the root.
pub fn root(source: impl BufRead) -> Result<Option<Element>, ParseError> {
    let mut found = None;
    read(source, |part| {
        if let Part::Start(element) = part {
            found = Some(element);
        }
        found.is_none()
    })?;
    Ok(found)
}

fn tag<'p>(start: &'p BytesStart<'_>, depth: usize, line: u32) -> Result<Tag<'p>, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        if attributes.len() == limits::ATTRIBUTES {
            let most = limits::ATTRIBUTES;
            return Err(format!("expected at most {most} attributes, found more"));
        }
        let attribute = attribute.map_err(|error| format!("not XML: {error}"))?;
        let key = local(attribute.key.into_inner());
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|error| format!("not XML: {error}"))?;
        attributes.push((key, value));
    }
    Ok(Tag {
        name: local(start.name().into_inner()),
        attributes,
        depth,
        line,
    })
}

/// Whether a DOCTYPE declares anything itself. .NET writes `[]` after the name of the DTD.
fn declares(doctype: &str) -> bool {
    let subset = doctype.split_once('[').map(|(_, subset)| subset.trim());
    doctype.contains("<!") || subset.is_some_and(|subset| subset.replace(' ', "") != "]")
}

fn local(name: &str) -> &str {
    // Names are short: a search made for long texts takes longer.
    let prefix = name.bytes().rposition(|byte| byte == b':');
    prefix.and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<Cow<'static, str>, String> {
    if let Some(character) = reference
        .resolve_char_ref()
        .map_err(|error| format!("not XML: {error}"))?
    {
        return Ok(Cow::Owned(character.to_string()));
    }
    let text = match &**reference {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        other => {
            return Err(format!(
                "expected one of XML's five entities, found &{other};"
            ));
        }
    };
    Ok(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read as _};

    use super::*;

    fn names(text: &str) -> Result<Vec<String>, ParseError> {
        let mut names = Vec::new();
        read(text.as_bytes(), |part| {
            if let Part::Start(element) = part {
                names.push(element.name);
            }
            true
        })?;
        Ok(names)
    }

    #[test]
    fn elements_come_in_order_and_entities_stay_small() {
        assert_eq!(
            names("<a><b x='1 &amp; 2'/><c>t &lt;</c></a>").expect("xml"),
            ["a", "b", "c"]
        );
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>";
        assert!(names(bomb).is_err());
        assert!(names("<a>&unknown;</a>").is_err());
        assert!(names("<!DOCTYPE a SYSTEM \"a.dtd\"[]><a/>").is_ok());
        assert!(names("<!DOCTYPE a SYSTEM \"a.dtd\" [ %b; ]><a/>").is_err());
    }

    #[test]
    fn an_element_knows_its_line() {
        let mut lines = Vec::new();
        read(
            "<?xml version='1.0'?>\n<a>\n\n <b\n x='1'/><c/>\n</a>".as_bytes(),
            |part| {
                if let Part::Start(element) = part {
                    lines.push((element.name, element.line));
                }
                true
            },
        )
        .expect("xml");
        let seen: Vec<(&str, u32)> = lines
            .iter()
            .map(|(name, at)| (name.as_str(), *at))
            .collect();
        assert_eq!(seen, [("a", 2), ("b", 4), ("c", 5)]);
    }

    #[test]
    fn a_document_that_ends_early_is_an_error() {
        assert!(
            names("<a><b>")
                .expect_err("an end")
                .says
                .contains("ends inside 2")
        );
        assert!(names("").is_err());
        assert!(names("<a></b>").is_err());
        assert!(names("<a/>\n<a/>").is_err() && names("<a/>then").is_err());
        assert!(names("<a/>\n<!-- end -->\n").is_ok());
        assert!(names(&"<a>".repeat(100_000)).is_err());
    }

    #[test]
    fn a_tag_or_text_without_an_end_is_refused_before_it_fills_the_memory() {
        for (start, endless) in [
            ("<a>", b'x'),
            ("<a b='", b'x'),
            ("<!--", b'-'),
            ("<a ", b' '),
        ] {
            let source = start.as_bytes().chain(io::repeat(endless));
            let source = io::BufReader::new(source);
            let error = pieces_within(100_000, source, |_| true).expect_err("an end");
            assert!(
                error.says.starts_with("expected at most 100,000"),
                "{error}"
            );
        }
        let attributes: Vec<String> = (0..2_000).map(|at| format!("a{at}=''")).collect();
        assert!(names(&format!("<a {}/>", attributes.join(" "))).is_err());
    }

    #[test]
    fn a_piece_is_the_part_without_a_copy() {
        let text = "<n:a b='1 &amp; 2'>t&lt;</n:a>";
        let mut seen = Vec::new();
        pieces(text.as_bytes(), |piece| {
            seen.push(match piece {
                Piece::Start(tag) => format!("{} {:?}", tag.name, tag.attribute("b")),
                Piece::Text(text) => text.into_owned(),
                Piece::End(name) => name.to_owned(),
            });
            true
        })
        .expect("xml");
        assert_eq!(seen, ["a Some(\"1 & 2\")", "t", "<", "a"]);
    }
}
