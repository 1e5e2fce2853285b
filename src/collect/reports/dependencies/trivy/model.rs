//! trivy's report as far as it is read, with its names.

use serde::Deserialize;

use super::super::rows::{Row, Status};
use crate::parse::flag::Flag;
use crate::parse::json::{Text, nullable};
use crate::parse::lists::{Members, Texts};

/// A report of schema 2, or one of a cluster, in one of the shapes that it has had.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Report {
    pub(super) trivy: Option<Program>,
    pub(super) created_at: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) metadata: Metadata,
    #[serde(deserialize_with = "nullable")]
    pub(super) results: Vec<Target>,
    #[serde(deserialize_with = "nullable")]
    pub(super) resources: Vec<Resource>,
    #[serde(deserialize_with = "nullable")]
    pub(super) findings: Vec<Resource>,
    #[serde(deserialize_with = "nullable")]
    pub(super) vulnerabilities: Vec<Resource>,
    #[serde(deserialize_with = "nullable")]
    pub(super) misconfigurations: Vec<Resource>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Program {
    pub(super) version: Text,
}

/// Of a repository, the commit that was scanned; of an image, the system in it.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Metadata {
    pub(super) commit: Text,
    #[serde(rename = "OS", deserialize_with = "nullable")]
    pub(super) system: System,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct System {
    /// Whether it is past the end of its support.
    #[serde(rename = "EOSL")]
    pub(super) ended: Flag,
}

/// A resource of a cluster.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Resource {
    pub(super) name: Text,
    pub(super) error: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) results: Vec<Target>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Target {
    pub(super) class: Text,
    #[serde(rename = "Type")]
    pub(super) kind: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) packages: Vec<Listed>,
    #[serde(deserialize_with = "nullable")]
    pub(super) vulnerabilities: Vec<Vulnerability>,
    pub(super) misconfigurations: Members,
    pub(super) secrets: Members,
    pub(super) licenses: Members,
    #[serde(rename = "ExperimentalModifiedFindings", deserialize_with = "nullable")]
    pub(super) modified: Vec<Modified>,
}

impl Target {
    /// Whether it holds packages. Before schema 2 nothing else was looked at.
    pub(super) fn holds_packages(&self) -> bool {
        !self.vulnerabilities.is_empty()
            || self
                .class
                .said()
                .is_none_or(|class| class == "os-pkgs" || class == "lang-pkgs")
    }
}

/// A package of a target, where all were asked for.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Listed {
    pub(super) name: Text,
    pub(super) version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    pub(super) id: Text,
    #[serde(rename = "VendorIDs")]
    pub(super) vendor_ids: Texts,
    pub(super) pkg_name: Text,
    pub(super) installed_version: Text,
    pub(super) fixed_version: Text,
    pub(super) severity: Text,
}

/// A finding that a file of exceptions or a VEX document took out.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Modified {
    #[serde(rename = "Type")]
    pub(super) kind: Text,
    pub(super) status: Text,
    pub(super) statement: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) finding: Vulnerability,
}

impl Vulnerability {
    pub(super) fn row(&self, status: Status) -> Row<'_> {
        let fixed = self.fixed_version.said().unwrap_or_default();
        let fixed = fixed
            .split(',')
            .map(str::trim)
            .filter(|version| !version.is_empty());
        Row {
            package: self.pkg_name.said(),
            version: self.installed_version.said(),
            id: self.id.said(),
            aliases: self.vendor_ids.said().map(str::to_owned).collect(),
            severity: self.severity.said(),
            fixed_in: fixed.map(str::to_owned).collect(),
            status,
            ..Row::default()
        }
    }
}
