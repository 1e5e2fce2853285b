//! YAML as a tree in which every node knows its line and column.
//!
//! Scalars keep the text as written (`1.10`, `no`, `017`), because what they mean is decided by who
//! reads them. `on:` stays `on`. Aliases are expanded against a budget, merge keys (`<<`) are
//! honoured, and a key that stands twice is an error: two readers would take two different values.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::error::ParseError;
use super::limits;

/// A node with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// Its line, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
    /// The width of a scalar in characters, to underline it.
    pub width: u32,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Text as written, and whether it was plain (not quoted, not a block).
    Scalar(String, bool),
    /// Members in order.
    Sequence(Vec<Arc<Node>>),
    /// Entries in order; keys are scalars.
    Mapping(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key, with its place.
    pub key: Arc<Node>,
    /// The value.
    pub value: Arc<Node>,
}

impl Entry {
    /// The key as text.
    pub fn name(&self) -> &str {
        self.key.text().unwrap_or("")
    }
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Whether it is nothing: an empty plain scalar, `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.data, Data::Scalar(text, true) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The members of a sequence; empty for anything else.
    pub fn members(&self) -> &[Arc<Node>] {
        match &self.data {
            Data::Sequence(members) => members,
            _ => &[],
        }
    }

    /// The entries of a mapping; empty for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|entry| entry.name() == key)
            .map(|entry| &*entry.value)
    }

    /// What kind of node it is, for an error message.
    pub fn words(&self) -> &'static str {
        match &self.data {
            Data::Scalar(..) if self.is_null() => "nothing",
            Data::Scalar(..) => "a text",
            Data::Sequence(_) => "a list",
            Data::Mapping(_) => "a mapping",
        }
    }

    /// The texts of a scalar or of a sequence of scalars.
    pub fn texts(&self) -> Vec<&str> {
        match &self.data {
            Data::Scalar(..) if self.is_null() => Vec::new(),
            Data::Scalar(text, _) => vec![text],
            Data::Sequence(members) => members.iter().filter_map(|member| member.text()).collect(),
            Data::Mapping(_) => Vec::new(),
        }
    }
}

/// Reads the first document of a text.
///
/// # Errors
/// Anything that is not YAML, nesting or repetition beyond the limits, a duplicate key, a key that
/// is not a scalar, a second document.
pub fn parse(text: &str) -> Result<Node, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut text = Cow::Borrowed(text);
    let mut shifted = BTreeSet::new();
    let mut work = text.len();
    loop {
        let (line, error) = match compose(&text, &shifted) {
            Ok(root) => return Ok(root),
            Err(Fault::Other(error)) => return Err(error),
            Err(Fault::Dedented(line, error)) => (line, error),
        };
        work = work.saturating_add(text.len());
        if work > limits::YAML_REREAD || !shifted.insert(line) {
            return Err(error);
        }
        text = Cow::Owned(shift(&text, line));
    }
}

/// How far a line is shifted.
const SHIFT: usize = 256;

/// Why a document was not read.
enum Fault {
    /// A line inside `[ ]` or `{ }` stands no further right than the block around it.
    ///
    /// YAML forbids it, and the parser with it; libyaml, and with it GitHub, GitLab and
    /// pre-commit, read such files, whose closing bracket stands below the key. Indentation means
    /// nothing there, so the line is shifted and the document read again.
    Dedented(usize, ParseError),
    Other(ParseError),
}

impl From<ParseError> for Fault {
    fn from(error: ParseError) -> Self {
        Self::Other(error)
    }
}

/// The text with one line, counted from 1, further to the right.
fn shift(text: &str, line: usize) -> String {
    let mut shifted = String::with_capacity(text.len() + SHIFT);
    for (index, part) in text.split_inclusive('\n').enumerate() {
        if index + 1 == line {
            shifted.extend(std::iter::repeat_n(' ', SHIFT));
        }
        shifted.push_str(part);
    }
    shifted
}

fn compose(text: &str, shifted: &BTreeSet<usize>) -> Result<Node, Fault> {
    let mut composer = Composer::new(shifted);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let mark = error.marker();
            let says = format!("not YAML: {}", error.info());
            let at = ParseError::at(mark.line(), composer.column(mark.line(), mark.col()), says);
            match error.info() {
                // Raised in flow collections only: a block ends where a line stands further left.
                "invalid indentation" | "invalid indentation in flow construct" => {
                    Fault::Dedented(mark.line(), at)
                }
                _ => Fault::Other(at),
            }
        })?;
        composer.take(event, span)?;
    }
    let empty = Node {
        data: Data::Scalar(String::new(), true),
        line: 1,
        column: 1,
        width: 0,
    };
    Ok(composer.root.map_or(empty, |root| {
        Arc::try_unwrap(root).unwrap_or_else(|shared| (*shared).clone())
    }))
}

/// A collection that is still open.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<Arc<Node>>,
    /// Nodes under it so far, aliases expanded.
    weight: usize,
    merges: Vec<Arc<Node>>,
    /// Keys seen, so that a duplicate is found without a quadratic search.
    seen: HashMap<String, u32>,
}

struct Composer<'s> {
    /// The lines, from 1, that were shifted to the right.
    shifted: &'s BTreeSet<usize>,
    root: Option<Arc<Node>>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Arc<Node>, usize)>,
    nodes: usize,
    documents: usize,
}

impl<'s> Composer<'s> {
    fn new(shifted: &'s BTreeSet<usize>) -> Self {
        Self {
            shifted,
            root: None,
            open: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
            documents: 0,
        }
    }

    /// The column, from 1, in the file as it is.
    fn column(&self, line: usize, column: usize) -> usize {
        let by = if self.shifted.contains(&line) {
            SHIFT
        } else {
            0
        };
        column.saturating_sub(by) + 1
    }

    fn node(&self, data: Data, span: Span, width: usize) -> Node {
        let (line, column) = (span.start.line(), span.start.col());
        Node {
            data,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(self.column(line, column)).unwrap_or(u32::MAX),
            width: u32::try_from(width.max(1)).unwrap_or(u32::MAX),
        }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), ParseError> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(error(span, "expected one document, found a second"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                refuse_foreign(tag.as_deref(), span)?;
                let width = text.chars().count();
                let node = self.node(
                    Data::Scalar(text.into_owned(), style == ScalarStyle::Plain),
                    span,
                    width,
                );
                // Text that aliases repeat is copied by whoever reads it, so long text weighs more.
                self.add(Arc::new(node), anchor, 1 + width / 256, span)?;
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_foreign(tag.as_deref(), span)?;
                self.begin(Data::Sequence(Vec::new()), anchor, span)?;
            }
            Event::MappingStart(anchor, tag) => {
                refuse_foreign(tag.as_deref(), span)?;
                self.begin(Data::Mapping(Vec::new()), anchor, span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
            Event::Alias(anchor) => {
                let Some((node, weight)) = self.anchors.get(&anchor).cloned() else {
                    return Err(error(span, "an alias to something that is not finished"));
                };
                self.add(node, 0, weight, span)?;
            }
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Nothing => {}
        }
        Ok(())
    }

    fn begin(&mut self, data: Data, anchor: usize, span: Span) -> Result<(), ParseError> {
        if self.open.len() >= limits::DEPTH {
            return Err(error(
                span,
                format!("expected at most {} levels, found more", limits::DEPTH),
            ));
        }
        let node = self.node(data, span, 1);
        self.open.push(Open {
            node,
            anchor,
            key: None,
            weight: 1,
            merges: Vec::new(),
            seen: HashMap::new(),
        });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), ParseError> {
        let Some(mut done) = self.open.pop() else {
            return Ok(());
        };
        if let Data::Mapping(entries) = &mut done.node.data {
            for merged in done.merges {
                for entry in merged.entries() {
                    if done.seen.insert(entry.name().to_owned(), 0).is_none() {
                        entries.push(entry.clone());
                    }
                }
            }
        }
        self.add(Arc::new(done.node), done.anchor, done.weight, span)
    }

    fn add(
        &mut self,
        node: Arc<Node>,
        anchor: usize,
        weight: usize,
        span: Span,
    ) -> Result<(), ParseError> {
        self.nodes = self.nodes.saturating_add(weight);
        if self.nodes > limits::NODES {
            return Err(error(
                span,
                format!("expected at most {} nodes, found more", limits::NODES),
            ));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (Arc::clone(&node), weight));
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.weight = parent.weight.saturating_add(weight);
        match &mut parent.node.data {
            Data::Sequence(members) => members.push(node),
            Data::Mapping(entries) => match parent.key.take() {
                None => {
                    if node.text().is_none() {
                        return Err(error(span, "expected a text as key, found a collection"));
                    }
                    parent.key = Some(node);
                }
                Some(key) if is_merge(&key) => merge(&node, &mut parent.merges),
                Some(key) => {
                    let name = key.text().unwrap_or("").to_owned();
                    if let Some(first) = parent.seen.insert(name.clone(), key.line) {
                        let says = format!(
                            "expected each key once, found {name:?} again; the first is on line {first}"
                        );
                        return Err(ParseError {
                            line: key.line,
                            column: key.column,
                            says,
                        });
                    }
                    entries.push(Entry { key, value: node });
                }
            },
            Data::Scalar(..) => {}
        }
        Ok(())
    }
}

fn is_merge(key: &Node) -> bool {
    matches!(&key.data, Data::Scalar(text, true) if text == "<<")
}

fn merge(node: &Arc<Node>, merges: &mut Vec<Arc<Node>>) {
    match &node.data {
        Data::Mapping(_) => merges.push(Arc::clone(node)),
        Data::Sequence(members) => merges.extend(members.iter().map(Arc::clone)),
        Data::Scalar(..) => {}
    }
}

/// A tag outside YAML's own asks a reader to build an object. None is built here, and the node
/// would not mean what it says: it is refused.
fn refuse_foreign(tag: Option<&Tag>, span: Span) -> Result<(), ParseError> {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && PLAIN_TAGS.contains(&tag.suffix.as_str())) => {
            Err(error(
                span,
                format!(
                    "expected a plain value, found the tag {}{}",
                    tag.handle, tag.suffix
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// The suffixes of the tags that YAML itself defines.
const PLAIN_TAGS: &[&str] = &[
    "str",
    "int",
    "float",
    "bool",
    "null",
    "seq",
    "map",
    "binary",
    "timestamp",
    "set",
    "omap",
    "merge",
];

fn error(span: Span, says: impl Into<String>) -> ParseError {
    ParseError::at(span.start.line(), span.start.col() + 1, says)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get<'n>(node: &'n Node, path: &[&str]) -> &'n Node {
        path.iter()
            .fold(node, |node, key| node.get(key).expect("a key"))
    }

    #[test]
    fn scalars_keep_their_text_and_places() {
        let root = parse("on:\n  push:\nversion: 1.10\nt: yes\nn: \"017\"\n").expect("yaml");
        assert_eq!(get(&root, &["version"]).text(), Some("1.10"));
        assert_eq!(get(&root, &["t"]).text(), Some("yes"));
        assert!(get(&root, &["on", "push"]).is_null());
        assert_eq!((get(&root, &["n"]).line, get(&root, &["n"]).column), (5, 4));
    }

    #[test]
    fn anchors_and_merge_keys_are_expanded() {
        let root = parse("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: *a\n").expect("yaml");
        assert_eq!(get(&root, &["b", "x"]).text(), Some("1"));
        assert_eq!(get(&root, &["b", "y"]).text(), Some("3"));
        assert_eq!(get(&root, &["c", "y"]).text(), Some("2"));
    }

    #[test]
    fn a_key_that_stands_twice_is_an_error_with_both_lines() {
        let error = parse("a: 1\nb: 2\na: 3\n").expect_err("a duplicate");
        assert_eq!((error.line, error.column), (3, 1));
        assert!(error.says.contains("line 1"), "{error}");
    }

    #[test]
    fn hostile_documents_are_refused() {
        let brackets = "[".repeat(100_000);
        assert!(parse(&brackets).is_err());
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..10 {
            let below = format!("*a{}", level - 1);
            let line = format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(","));
            bomb.push_str(&line);
        }
        assert!(parse(&bomb).expect_err("a bomb").says.contains("nodes"));
        let script = format!(
            "a: &a {}\nb: [{}]\n",
            "x".repeat(100_000),
            vec!["*a"; 1_000].join(",")
        );
        assert!(
            parse(&script)
                .expect_err("long text, repeated")
                .says
                .contains("nodes")
        );
        assert!(parse("a: !!python/object/apply:os.system [id]").is_err());
        assert!(parse("a: [1, 2").is_err());
        assert!(parse("? [a, b]\n: c\n").is_err());
    }

    #[test]
    fn a_bracket_below_its_key_is_read_as_other_readers_do() {
        let text = "a:\n  b: [\n    c,\n  d\n  ]\n  e: {\n f: 1\n}\n  g: |\n    }\nh: 1\n";
        let root = parse(text).expect("yaml");
        let b = get(&root, &["a", "b"]);
        assert_eq!(b.texts(), ["c", "d"]);
        assert_eq!((b.members()[1].line, b.members()[1].column), (4, 3));
        assert_eq!(get(&root, &["a", "e", "f"]).column, 5);
        assert_eq!(get(&root, &["a", "g"]).text(), Some("}\n"));
        assert_eq!(get(&root, &["h"]).text(), Some("1"));
        assert!(parse("a:\n  b: [\n c\nd: 1\n").is_err());
        let many = format!("a:\n{}", "  b: [\n  c\n ]\n".repeat(10_000));
        assert!(parse(&many).is_err());
    }

    #[test]
    fn a_byte_order_mark_and_crlf_change_nothing() {
        let root = parse("\u{feff}a: 1\r\nb: x y\r\n").expect("yaml");
        assert_eq!(get(&root, &["b"]).text(), Some("x y"));
    }
}
