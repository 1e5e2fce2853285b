//! XML as a stream of elements. Entities are never expanded beyond the five that XML defines, a
//! DOCTYPE with an internal subset is refused, and nesting is bounded.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

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

/// A reader that knows which line it has come to.
struct Lines<R> {
    inner: R,
    line: u32,
}

impl<R> Lines<R> {
    fn pass(&mut self, lines: usize) {
        self.line = self
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    }
}

fn ends_of_lines(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').skip(1).count()
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(into)?;
        let lines = ends_of_lines(into.get(..length).unwrap_or_default());
        self.pass(lines);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        let lines = match self.inner.fill_buf() {
            Ok(buffer) => ends_of_lines(buffer.get(..length).unwrap_or_default()),
            Err(_) => 0,
        };
        self.pass(lines);
        self.inner.consume(length);
    }
}

/// Reads a document and hands each part to `take`, which may stop by answering `false`.
///
/// # Errors
/// Anything that is not well-formed XML, ends too early, nests too deep or declares entities.
/// Parts before the error have been handed over.
pub fn read(source: impl BufRead, mut take: impl FnMut(Part) -> bool) -> Result<(), ParseError> {
    let mut reader = Reader::from_reader(Lines {
        inner: source,
        line: 1,
    });
    let config = reader.config_mut();
    config.check_end_names = true;
    config.expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut place = Place::default();
    for _ in 0..limits::XML_EVENTS {
        buffer.clear();
        let position = reader.buffer_position();
        let at = |says: String| ParseError::whole(format!("{says} (byte {position})"));
        place.line = reader.get_ref().line;
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| at(format!("not XML: {error}")))?;
        if matches!(event, Event::Eof) {
            return place.end().map_err(at);
        }
        if let Some(part) = place.part(event).map_err(at)?
            && !take(part)
        {
            return Ok(());
        }
    }
    Err(ParseError::whole(format!(
        "expected at most {} elements, found more",
        limits::XML_EVENTS
    )))
}

/// How far into a document the reader is.
#[derive(Default)]
struct Place {
    depth: usize,
    line: u32,
    rooted: bool,
}

impl Place {
    /// The part an event amounts to, or what is wrong with it.
    fn part(&mut self, event: Event<'_>) -> Result<Option<Part>, String> {
        let part = match event {
            Event::Start(start) => Part::Start(self.start(&start)?),
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                Part::End(local(end.name().into_inner()).to_owned())
            }
            Event::Text(text) if self.depth == 0 && !text.trim().is_empty() => {
                return Err("expected one root element, found text beside it".to_owned());
            }
            Event::Text(text) => Part::Text(text.to_string()),
            Event::CData(text) => Part::Text(text.to_string()),
            Event::GeneralRef(reference) => Part::Text(resolve(&reference)?),
            Event::DocType(doctype) if declares(&doctype) => {
                let says = "expected no declarations of entities, found some in the DOCTYPE";
                return Err(says.to_owned());
            }
            Event::DocType(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::Empty(_)
            | Event::Eof => return Ok(None),
        };
        Ok(Some(part))
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<Element, String> {
        const DEEPEST: usize = limits::DEPTH * 2;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("expected at most {DEEPEST} levels, found more"));
        }
        if self.depth == 1 && self.rooted {
            return Err("expected one root element, found a second".to_owned());
        }
        self.rooted = true;
        element(start, self.depth, self.line)
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

fn element(start: &BytesStart<'_>, depth: usize, line: u32) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("not XML: {error}"))?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|error| format!("not XML: {error}"))?;
        attributes.push((
            local(attribute.key.into_inner()).to_owned(),
            value.into_owned(),
        ));
    }
    Ok(Element {
        name: local(start.name().into_inner()).to_owned(),
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
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, String> {
    if let Some(character) = reference
        .resolve_char_ref()
        .map_err(|error| format!("not XML: {error}"))?
    {
        return Ok(character.to_string());
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
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
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
}
