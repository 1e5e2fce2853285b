//! Facts: what the collectors read, before any control is applied.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;

use super::gap::Gap;
use super::relation::Relation;
use super::value::Value;

/// Where inside a file a fact stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Locator {
    /// The file as a whole.
    #[default]
    Whole,
    /// A line from 1 and, where known, a column from 1.
    Line(u32, Option<u32>),
    /// A pointer into a document: `/results/3`.
    Pointer(String),
    /// Not in a file: an object of the repository, by its name.
    Object(String),
}

/// The evidence a fact was read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// The path of the exhibit; empty for facts of the repository itself.
    pub path: String,
    /// The place in it.
    pub at: Locator,
}

impl Source {
    /// A whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            at: Locator::Whole,
        }
    }

    /// A line of a file, from 1.
    pub fn line(path: impl Into<String>, line: u32) -> Self {
        Self {
            path: path.into(),
            at: Locator::Line(line, None),
        }
    }

    /// A line and column of a file, both from 1.
    pub fn place(path: impl Into<String>, line: u32, column: u32) -> Self {
        Self {
            path: path.into(),
            at: Locator::Line(line, Some(column)),
        }
    }

    /// A place inside a structured document.
    pub fn pointer(path: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            at: Locator::Pointer(pointer.into()),
        }
    }

    /// An object of the repository.
    pub fn object(name: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            at: Locator::Object(name.into()),
        }
    }

    /// As a person reads and an editor opens it: `path:line:column`.
    pub fn place_text(&self) -> String {
        match &self.at {
            Locator::Whole => self.path.clone(),
            Locator::Line(line, None) => format!("{}:{line}", self.path),
            Locator::Line(line, Some(column)) => format!("{}:{line}:{column}", self.path),
            Locator::Pointer(pointer) => format!("{}#{pointer}", self.path),
            // Objects are named as texts name them: by twelve digits.
            Locator::Object(name) => name.chars().take(12).collect(),
        }
    }

    /// The line, where there is one.
    pub const fn line_number(&self) -> Option<u32> {
        match self.at {
            Locator::Line(line, _) => Some(line),
            _ => None,
        }
    }
}

/// One item of a relation: its cells in the order of the declared fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    relation: &'static Relation,
    cells: Vec<Value>,
    /// Where it was read.
    pub source: Source,
}

impl Item {
    /// An item with every field absent.
    pub fn new(relation: &'static Relation, source: Source) -> Self {
        Self {
            relation,
            cells: vec![Value::Absent; relation.fields.len()],
            source,
        }
    }

    /// Sets a declared field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.set(field, value);
        self
    }

    /// Sets a declared field. A name that is not declared is a defect of the collector, which the
    /// fixtures show: it is refused in a debug build.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        let cell = self
            .relation
            .position(field)
            .and_then(|at| self.cells.get_mut(at));
        debug_assert!(
            cell.is_some(),
            "{} has no field {field}",
            self.relation.name
        );
        if let Some(cell) = cell {
            *cell = value.into();
        }
    }

    /// The relation it belongs to.
    pub const fn relation(&self) -> &'static Relation {
        self.relation
    }

    /// The value of a field, going into named counts by a dot; absent where it is not declared.
    pub fn get(&self, field: &str) -> &Value {
        static ABSENT: Value = Value::Absent;
        if let Some(cell) = self
            .relation
            .position(field)
            .and_then(|at| self.cells.get(at))
        {
            return cell;
        }
        match self.relation.counts_above(field) {
            Some((counts, rest)) => self.get(counts.name).at(rest),
            None => &ABSENT,
        }
    }

    /// The fields with their values, in declared order.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.relation
            .fields
            .iter()
            .map(|field| field.name)
            .zip(&self.cells)
    }
}

impl Serialize for Item {
    /// One object; a dotted field name becomes a nested object: `measures.lines`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut nested: Option<(&str, serde_json::Map<String, Json>)> = None;
        for (name, value) in self.fields() {
            let Some((outer, inner)) = name.split_once('.') else {
                if let Some((key, object)) = nested.take() {
                    map.serialize_entry(key, &object)?;
                }
                map.serialize_entry(name, value)?;
                continue;
            };
            if nested.as_ref().is_some_and(|(key, _)| *key != outer)
                && let Some((key, object)) = nested.take()
            {
                map.serialize_entry(key, &object)?;
            }
            let (_, object) = nested.get_or_insert_with(|| (outer, serde_json::Map::new()));
            if *value != Value::Absent {
                object.insert(
                    inner.to_owned(),
                    serde_json::to_value(value).unwrap_or(Json::Null),
                );
            }
        }
        if let Some((key, object)) = nested {
            map.serialize_entry(key, &object)?;
        }
        map.end()
    }
}

/// Whether there was anything to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// There is nothing of the kind here.
    Absent,
    /// Something was read; gaps may stand beside it.
    Collected,
    /// There is something, and nothing of it could be read.
    Unreadable,
}

/// All that was read of one relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// Whether there was anything to read.
    pub state: State,
    /// The items, in the order of their sources.
    pub items: Vec<Item>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// The exhibits that were looked at, clean or not, by path.
    pub examined: Vec<String>,
    /// What is there and stands in no item.
    pub unlisted: Vec<Unlisted>,
}

/// Items that are not listed: they are counted and too many, or nobody knows how many there are,
/// because what holds them cannot be read. A test they may belong to cannot say anything of them;
/// one they cannot belong to need not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// How many are known of.
    pub count: u64,
    /// What is known of each of them: an item in which everything else is absent.
    pub each: Item,
    /// What a test has to say of them.
    pub gap: Gap,
}

impl Population {
    /// Nothing of the kind.
    pub const fn absent() -> Self {
        Self {
            state: State::Absent,
            items: Vec::new(),
            gaps: Vec::new(),
            examined: Vec::new(),
            unlisted: Vec::new(),
        }
    }

    /// Everything that could not be read, whether or not it is known what it would have been about.
    pub fn all_gaps(&self) -> impl Iterator<Item = &Gap> {
        let unlisted = self.unlisted.iter().map(|unlisted| &unlisted.gap);
        self.gaps.iter().chain(unlisted)
    }

    /// How many items were read, listed or not.
    pub fn count(&self) -> usize {
        let counts = self.unlisted.iter().map(|unlisted| unlisted.count);
        let unlisted = counts.fold(0, u64::saturating_add);
        let unlisted = usize::try_from(unlisted).unwrap_or(usize::MAX);
        self.items.len().saturating_add(unlisted)
    }

    /// The state that items, gaps and exhibits amount to.
    pub fn settle(&mut self) {
        let counted = self.unlisted.iter().any(|unlisted| unlisted.count > 0);
        self.state = if !self.items.is_empty() || counted {
            State::Collected
        } else if !self.gaps.is_empty() || self.nothing_was_read() {
            State::Unreadable
        } else if self.examined.is_empty() {
            State::Absent
        } else {
            State::Collected
        };
    }

    /// Whether there are files that cannot be read, and no other.
    fn nothing_was_read(&self) -> bool {
        let unread = self.unlisted.iter().map(|it| it.gap.path.as_str());
        let unread: BTreeSet<&str> = unread.collect();
        let mut examined = self.examined.iter();
        !unread.is_empty() && examined.all(|path| unread.contains(path.as_str()))
    }
}

impl Serialize for Population {
    /// What the contract of facts names, and beside it what was counted and is not listed.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("state", &self.state)?;
        map.serialize_entry("items", &self.items)?;
        map.serialize_entry("gaps", &self.all_gaps().collect::<Vec<_>>())?;
        map.serialize_entry("from", &self.examined)?;
        let counted = self.unlisted.iter().filter(|unlisted| unlisted.count > 0);
        let counted: Vec<Counted<'_>> = counted
            .map(|unlisted| Counted {
                count: unlisted.count,
                each: &unlisted.each,
            })
            .collect();
        if !counted.is_empty() {
            map.serialize_entry("unlisted", &counted)?;
        }
        map.end()
    }
}

/// Items that are counted, as they are written.
#[derive(serde::Serialize)]
struct Counted<'u> {
    count: u64,
    each: &'u Item,
}

/// All relations, by name.
pub type Facts = BTreeMap<&'static str, Population>;
