//! A message of govulncheck as far as it is read.

use serde::Deserialize;

use crate::parse::json::{Text, nullable};
use crate::parse::lists::Texts;

/// A message: exactly one of its members is there.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message {
    pub(super) config: Option<Config>,
    #[serde(rename = "SBOM")]
    pub(super) sbom: Option<Modules>,
    pub(super) osv: Option<Advisory>,
    pub(super) finding: Option<Finding>,
    pub(super) progress: Option<Progress>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Config {
    pub(super) scanner_name: Text,
    pub(super) scanner_version: Text,
    pub(super) db_last_modified: Text,
    pub(super) scan_level: Text,
    pub(super) scan_mode: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Modules {
    /// The main module, the standard library, and every module of the build.
    #[serde(deserialize_with = "nullable")]
    pub(super) modules: Vec<Module>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Module {
    pub(super) path: Text,
    pub(super) version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Advisory {
    pub(super) id: Text,
    pub(super) aliases: Texts,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Finding {
    pub(super) osv: Text,
    pub(super) fixed_version: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) trace: Vec<Frame>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Frame {
    pub(super) module: Text,
    pub(super) version: Text,
    pub(super) package: Text,
    pub(super) function: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Progress {
    pub(super) message: Text,
}
