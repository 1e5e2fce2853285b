//! A line of cargo-deny as far as it is read.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::parse::json::{Count, Text, nullable};
use crate::parse::lists::Texts;

/// A line: its type decides which of the fields it has.
#[derive(Deserialize)]
pub(super) struct Line {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) fields: Fields,
}

/// The fields of a diagnostic, of a line of the log or of the summary.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) severity: Text,
    pub(super) code: Text,
    pub(super) level: Text,
    pub(super) message: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) labels: Vec<Label>,
    #[serde(deserialize_with = "nullable")]
    pub(super) graphs: Vec<Graph>,
    pub(super) advisory: Option<Advisory>,
    pub(super) advisories: Option<Stats>,
    pub(super) bans: Option<IgnoredAny>,
    pub(super) licenses: Option<IgnoredAny>,
    pub(super) sources: Option<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Label {
    pub(super) span: Text,
}

#[derive(Deserialize)]
pub(super) struct Graph {
    #[serde(rename = "Krate")]
    pub(super) package: Option<Package>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Package {
    pub(super) name: Text,
    pub(super) version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Advisory {
    pub(super) id: Text,
    pub(super) package: Text,
    pub(super) aliases: Texts,
    pub(super) cvss: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Stats {
    pub(super) errors: Count,
}
