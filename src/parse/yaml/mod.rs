//! YAML as a tree in which every node knows its line and column.
//!
//! Scalars keep the text as written (`1.10`, `no`, `017`), because what they mean is decided by who
//! reads them. `on:` stays `on`. Aliases are expanded against a budget, merge keys (`<<`) are
//! honoured, and a key that stands twice is an error: two readers would take two different values.

mod compose;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use self::compose::compose;
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
