//! From the parser's events to a tree.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::{Data, Entry, Fault, Node, SHIFT};
use crate::parse::error::ParseError;
use crate::parse::limits;

/// Composes the one document of a text of which some lines, counted from 1, were shifted.
pub(super) fn compose(text: &str, shifted: &BTreeSet<usize>) -> Result<Node, Fault> {
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
