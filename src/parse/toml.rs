//! TOML as a table of values, or as a tree in which every entry knows its line.

use toml::de::{DeTable, DeValue};
pub use toml::{Table, Value};

use super::error::ParseError;

/// A value with the line of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// The line of its key, or of itself in an array, from 1.
    pub line: u32,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number with a fraction as written, and anything else that is neither: dates, times, whole
    /// numbers beyond 64 bits.
    Other(String),
    /// Yes or no.
    Bool(bool),
    /// Members in order.
    Array(Vec<Node>),
    /// Entries in the order of their lines.
    Table(Vec<(String, Node)>),
}

impl Node {
    /// The entries of a table; empty for anything else.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.data {
            Data::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The members of an array; empty for anything else.
    pub fn members(&self) -> &[Node] {
        match &self.data {
            Data::Array(members) => members,
            _ => &[],
        }
    }

    /// The value under a dotted key.
    pub fn at(&self, key: &str) -> Option<&Node> {
        key.split('.').try_fold(self, |node, name| {
            let mut entries = node.entries().iter();
            entries
                .find(|(known, _)| known == name)
                .map(|(_, node)| node)
        })
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a document with the lines of its entries.
///
/// # Errors
/// As [`parse`].
pub fn parse_placed(text: &str) -> Result<Node, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let table = DeTable::parse(text).map_err(|error| fault(text, &error))?;
    let breaks: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    Ok(Node {
        data: of_table(table.get_ref(), &breaks),
        line: 1,
    })
}

fn of_table(table: &DeTable<'_>, breaks: &[usize]) -> Data {
    let mut entries: Vec<(usize, String, Node)> = table
        .iter()
        .map(|(key, value)| {
            let at = key.span().start;
            let node = Node {
                data: of_value(value.get_ref(), breaks),
                line: line(at, breaks),
            };
            (at, key.get_ref().to_string(), node)
        })
        .collect();
    entries.sort_by_key(|(at, _, _)| *at);
    Data::Table(
        entries
            .into_iter()
            .map(|(_, name, node)| (name, node))
            .collect(),
    )
}

fn of_value(value: &DeValue<'_>, breaks: &[usize]) -> Data {
    match value {
        DeValue::String(text) => Data::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Data::Other(number.to_string()), Data::Int),
        DeValue::Float(number) => Data::Other(number.as_str().to_owned()),
        DeValue::Boolean(value) => Data::Bool(*value),
        DeValue::Datetime(moment) => Data::Other(moment.to_string()),
        DeValue::Array(members) => Data::Array(
            members
                .iter()
                .map(|member| Node {
                    data: of_value(member.get_ref(), breaks),
                    line: line(member.span().start, breaks),
                })
                .collect(),
        ),
        DeValue::Table(table) => of_table(table, breaks),
    }
}

fn line(at: usize, breaks: &[usize]) -> u32 {
    u32::try_from(breaks.partition_point(|end| *end < at) + 1).unwrap_or(u32::MAX)
}

/// Reads a document.
///
/// # Errors
/// Anything that is not TOML, with its line and column.
pub fn parse(text: &str) -> Result<Table, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.parse::<Table>().map_err(|error| fault(text, &error))
}

fn fault(text: &str, error: &toml::de::Error) -> ParseError {
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next();
    let column = last.map_or(0, |last| last.chars().count()) + 1;
    ParseError::at(line, column, format!("not TOML: {}", error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_lines_and_fractions_their_digits() {
        let text = "[tool.a]\nz = 99.50\nb = 0x1f\nc = [\n 'x',\n]\n[[tool.a.d]]\ne = true\n";
        let root = parse_placed(text).expect("toml");
        let at = |key: &str| root.at(key).expect("an entry");
        assert_eq!(
            at("tool.a.z"),
            &Node {
                data: Data::Other("99.50".to_owned()),
                line: 2
            }
        );
        assert_eq!(at("tool.a.b").data, Data::Int(31));
        assert_eq!(at("tool.a.c").members()[0].line, 5);
        assert_eq!(at("tool.a.d").members()[0].at("e").expect("e").line, 8);
        let names: Vec<_> = at("tool.a")
            .entries()
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["z", "b", "c", "d"]);
        let error = parse_placed("a = 1\nb =\n").expect_err("no value");
        assert_eq!(error.line, 2);
    }
}
