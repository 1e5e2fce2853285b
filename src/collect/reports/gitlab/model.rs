//! GitLab's security report as far as it is read, with the names of its schema.

use serde::Deserialize;

use crate::collect::reports::quoting::{about_secrets, is_scanner};
use crate::parse::json::{Count, Text, nullable};
use crate::parse::rewrite::REDACTED;

#[derive(Deserialize)]
pub(in crate::collect::reports) struct Report {
    pub(super) vulnerabilities: Option<Vec<Row>>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) scan: Scan,
    /// What a scan of dependencies found to look up.
    pub(in crate::collect::reports) dependency_files: Option<Vec<DependencyFile>>,
}

impl Report {
    /// The findings.
    pub(in crate::collect::reports) fn rows(&self) -> &[Row] {
        self.vulnerabilities.as_deref().unwrap_or_default()
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Scan {
    #[serde(deserialize_with = "nullable")]
    pub(super) scanner: Scanner,
    pub(super) status: Text,
    /// Without a zone; the schema says UTC, the file does not.
    pub(super) end_time: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) messages: Vec<Message>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::collect::reports) struct Scanner {
    pub(super) id: Text,
    pub(in crate::collect::reports) name: Text,
    pub(super) version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message {
    pub(super) level: Text,
}

/// One finding.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::collect::reports) struct Row {
    pub(in crate::collect::reports) name: Text,
    pub(in crate::collect::reports) message: Text,
    pub(in crate::collect::reports) description: Text,
    pub(in crate::collect::reports) severity: Text,
    #[serde(deserialize_with = "nullable")]
    pub(in crate::collect::reports) scanner: Scanner,
    #[serde(deserialize_with = "nullable")]
    pub(in crate::collect::reports) location: Location,
    #[serde(deserialize_with = "nullable")]
    pub(in crate::collect::reports) identifiers: Vec<Identifier>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::collect::reports) struct Location {
    pub(in crate::collect::reports) file: Text,
    pub(in crate::collect::reports) start_line: Count,
    #[serde(deserialize_with = "nullable")]
    pub(in crate::collect::reports) commit: Commit,
    #[serde(deserialize_with = "nullable")]
    pub(in crate::collect::reports) dependency: Dependency,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::collect::reports) struct Commit {
    pub(in crate::collect::reports) sha: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::collect::reports) struct Identifier {
    #[serde(rename = "type")]
    pub(in crate::collect::reports) kind: Text,
    pub(in crate::collect::reports) name: Text,
    pub(in crate::collect::reports) value: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::collect::reports) struct DependencyFile {
    pub(in crate::collect::reports) package_manager: Text,
    #[serde(deserialize_with = "nullable")]
    pub(in crate::collect::reports) dependencies: Vec<Dependency>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::collect::reports) struct Dependency {
    #[serde(deserialize_with = "nullable")]
    pub(in crate::collect::reports) package: Package,
    pub(in crate::collect::reports) version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::collect::reports) struct Package {
    pub(in crate::collect::reports) name: Text,
}

impl Row {
    /// The name of the rule: that of its first identifier.
    pub(in crate::collect::reports) fn rule(&self) -> Option<&str> {
        self.identifiers.first()?.value.said()
    }

    /// Whether it is about secrets, by its scanner, its identifiers and its name. A name that was taken out was
    /// that of such a finding.
    pub(in crate::collect::reports) fn quotes(&self) -> bool {
        if self.scanner.name.said().is_some_and(is_scanner) {
            return true;
        }
        let identifiers = self.identifiers.iter();
        let mut words = identifiers
            .flat_map(|identifier| [&identifier.name, &identifier.value])
            .chain([&self.name])
            .filter_map(Text::said);
        words.any(|word| word == REDACTED || about_secrets(word))
    }
}
