//! The files that tools share, each parsed once.

use std::collections::BTreeMap;

use crate::collect::{Scene, Sink};
use crate::model::value::Value;
use crate::parse::error::ParseError;
use crate::parse::{ini, toml};
use crate::tree::File;

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// Its name, without the tool's section.
    pub(super) key: String,
    /// Its value.
    pub(super) value: Value,
    /// The section it stands in.
    pub(super) section: String,
    /// The line of its key, from 1.
    pub(super) line: u32,
}

/// A parsed file.
#[derive(Debug)]
pub(super) enum Document {
    /// TOML.
    Toml(toml::Node),
    /// INI: its settings, and its sections, which may be empty.
    Ini(Vec<ini::Setting>, Vec<String>),
}

impl Document {
    /// Parses a file by the ending of its name.
    pub(super) fn parse(file: &File) -> Result<Self, ParseError> {
        let text = file.text().map_err(ParseError::whole)?;
        if matches!(file.path.rsplit_once('.'), Some((_, "toml"))) {
            return toml::parse_placed(&text).map(Self::Toml);
        }
        let settings = ini::parse(&text)?;
        let sections = text
            .lines()
            .filter_map(|line| line.strip_prefix('[')?.split(']').next())
            .map(str::to_owned)
            .collect();
        Ok(Self::Ini(settings, sections))
    }

    /// The value under a dotted key of TOML.
    pub(super) fn table(&self, key: &str) -> Option<&toml::Node> {
        match self {
            Self::Toml(root) => root.at(key),
            Self::Ini(..) => None,
        }
    }

    /// The root of TOML.
    pub(super) fn root(&self) -> Option<&toml::Node> {
        match self {
            Self::Toml(root) => Some(root),
            Self::Ini(..) => None,
        }
    }

    /// The settings of INI.
    pub(super) fn settings(&self) -> Option<&[ini::Setting]> {
        match self {
            Self::Ini(settings, _) => Some(settings),
            Self::Toml(_) => None,
        }
    }

    /// Whether INI has a section, be it empty.
    pub(super) fn has_section(&self, name: &str) -> bool {
        match self {
            Self::Ini(_, sections) => sections.iter().any(|section| section == name),
            Self::Toml(_) => false,
        }
    }
}

/// A value of TOML as a fact: no fraction is kept as a number.
pub(super) fn value(node: &toml::Node) -> Value {
    match &node.data {
        toml::Data::Text(text) | toml::Data::Other(text) => text.as_str().into(),
        toml::Data::Int(number) => (*number).into(),
        toml::Data::Bool(value) => (*value).into(),
        toml::Data::Array(members) => Value::List(members.iter().map(value).collect()),
        toml::Data::Table(entries) => Value::Map(
            entries
                .iter()
                .map(|(name, node)| (name.clone(), value(node)))
                .collect(),
        ),
    }
}

/// One entry of TOML as a setting.
pub(super) fn setting(key: impl Into<String>, node: &toml::Node, section: &str) -> Setting {
    Setting {
        key: key.into(),
        value: value(node),
        section: section.to_owned(),
        line: node.line,
    }
}

/// The files that were kept, parsed when first asked for.
pub(super) struct Shelf<'s> {
    scene: &'s Scene<'s>,
    documents: BTreeMap<String, Result<Document, ()>>,
}

impl<'s> Shelf<'s> {
    /// An empty shelf.
    pub(super) fn new(scene: &'s Scene<'s>) -> Self {
        Self {
            scene,
            documents: BTreeMap::new(),
        }
    }

    /// The document at a path. `Err`: it is there and cannot be read, which was recorded once.
    pub(super) fn open(&mut self, path: &str, sink: &mut Sink) -> Option<&Result<Document, ()>> {
        if !self.documents.contains_key(path) {
            let parsed = match self.scene.file(path)? {
                Err(problem) => {
                    sink.unreadable(super::RELATIONS, problem);
                    Err(())
                }
                Ok(file) => Document::parse(file)
                    .map_err(|error| sink.unparsable(super::RELATIONS, file, &error)),
            };
            self.documents.insert(path.to_owned(), parsed);
        }
        self.documents.get(path)
    }

    /// Records that settings were taken from a file.
    pub(super) fn examined(&self, path: &str, sink: &mut Sink) {
        if let Some(Ok(file)) = self.scene.file(path) {
            for relation in super::RELATIONS {
                sink.examined(relation, file);
            }
        }
    }
}
