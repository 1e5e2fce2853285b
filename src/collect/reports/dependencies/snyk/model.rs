//! Snyk's report as far as it is read.

use serde::Deserialize;

use super::super::rows::{Row, Status};
use crate::collect::reports::severity::rank;
use crate::parse::flag::Flag;
use crate::parse::json::{Count, Text, nullable};
use crate::parse::lists::Texts;

/// A project: what was found in it, or why it could not be tested.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Project {
    pub(super) vulnerabilities: Option<Vec<Vulnerability>>,
    pub(super) error: Text,
    pub(super) dependency_count: Count,
    pub(super) unique_count: Count,
    pub(super) severity_threshold: Text,
    pub(super) has_unknown_versions: Flag,
    #[serde(rename = "projectName")]
    pub(super) name: Text,
    pub(super) display_target_file: Text,
    pub(super) path: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) filtered: Filtered,
    #[serde(deserialize_with = "nullable")]
    pub(super) applications: Vec<Project>,
}

/// What a policy took out.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Filtered {
    #[serde(deserialize_with = "nullable")]
    pub(super) ignore: Vec<Vulnerability>,
    #[serde(deserialize_with = "nullable")]
    pub(super) patch: Vec<Vulnerability>,
}

/// A vulnerability, or an issue with a licence.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Vulnerability {
    pub(super) id: Text,
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) severity: Text,
    pub(super) severity_with_critical: Text,
    pub(super) package_name: Text,
    pub(super) module_name: Text,
    /// A list where issues are grouped.
    pub(super) name: Texts,
    pub(super) version: Text,
    pub(super) package_version: Text,
    pub(super) fixed_in: Texts,
    #[serde(deserialize_with = "nullable")]
    pub(super) identifiers: Identifiers,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Identifiers {
    #[serde(rename = "CVE")]
    pub(super) cve: Texts,
    #[serde(rename = "GHSA")]
    pub(super) ghsa: Texts,
}

impl Vulnerability {
    pub(super) fn row(&self, status: Status) -> Row<'_> {
        let aliases = self
            .identifiers
            .cve
            .said()
            .chain(self.identifiers.ghsa.said());
        let named = self.package_name.said().or(self.module_name.said());
        Row {
            package: named.or_else(|| self.name.said().next()),
            version: self.version.said().or(self.package_version.said()),
            id: self.id.said(),
            aliases: aliases.map(str::to_owned).collect(),
            severity: self.severity.said().or(self.severity_with_critical.said()),
            // Critical came late, in a member of its own, beside which the older one says high.
            rank: self.severity_with_critical.said().map(rank),
            fixed_in: self.fixed_in.said().map(str::to_owned).collect(),
            status,
            ..Row::default()
        }
    }

    pub(super) fn is_licence(&self) -> bool {
        self.kind.said() == Some("license")
            || self.id.said().is_some_and(|id| id.starts_with("snyk:lic:"))
    }
}
