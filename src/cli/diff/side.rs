//! What two bundles are compared by: `report.json` and the list of sources, as far as it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::cli::definitions::shown;
use crate::cli::report::value;
use crate::load::Problem;
use crate::model::control::{Stricter, Unit, shown as shown_value};
use crate::model::value::Value;
use crate::parse::json;
use crate::seal::sources;
use crate::tree::file;

/// A sealed run.
#[derive(Debug, Deserialize)]
pub(super) struct Side {
    pub(super) tool: Tool,
    pub(super) as_of: String,
    pub(super) subject: Subject,
    pub(super) catalogue: Catalogue,
    pub(super) only: Vec<String>,
    pub(super) results: Vec<Outcome>,
    pub(super) controls: Vec<Control>,
    pub(super) waivers: Vec<Waiver>,
    exhibits: Vec<Exhibit>,
    /// Every file that was read, with its digest.
    #[serde(skip)]
    pub(super) files: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tool {
    pub(super) version: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) scope: String,
    pub(super) commit: Option<String>,
    pub(super) dirty: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Catalogue {
    pub(super) name: String,
    pub(super) version: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Outcome {
    pub(super) control: String,
    #[serde(rename = "outcome")]
    pub(super) came_to: String,
    pub(super) waived: bool,
    pub(super) deviations: Vec<Deviation>,
    pub(super) gaps: Vec<Gap>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Deviation {
    pub(super) fingerprint: String,
    pub(super) place: String,
    pub(super) path: String,
    pub(super) waiver: Option<String>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) struct Gap {
    pub(super) place: String,
    pub(super) says: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Control {
    pub(super) id: String,
    pub(super) sha256: String,
    pub(super) parameters: Vec<Parameter>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    unit: String,
    stricter: Stricter,
    value: serde_json::Value,
    pub(super) set_by: Option<SetBy>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SetBy {
    pub(super) path: String,
    pub(super) line: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct Waiver {
    pub(super) id: String,
    pub(super) control: String,
    pub(super) state: String,
    pub(super) expires: Option<String>,
    pub(super) approver: String,
    scope: Scope,
    reason: String,
    compensating: Option<String>,
    owner: String,
    ticket: Option<String>,
    issued: Option<String>,
    covers: Vec<Covered>,
}

#[derive(Debug, Deserialize)]
struct Scope {
    path: Option<String>,
    line: Option<u32>,
    fingerprint: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Covered {
    control: String,
    fingerprints: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Exhibit {
    path: String,
    sha256: String,
}

impl Parameter {
    /// The value in force.
    pub(super) fn value(&self) -> Value {
        value(&self.value)
    }

    /// The value with its unit.
    pub(super) fn shown(&self) -> String {
        let unit = Unit::parse(&self.unit).unwrap_or(Unit::Words);
        shown_value(&self.value(), unit)
    }

    /// Which way is the stricter one.
    pub(super) const fn direction(&self) -> Stricter {
        self.stricter
    }
}

impl Waiver {
    /// How many deviations it covers.
    pub(super) fn covers(&self) -> usize {
        self.covers.iter().map(|it| it.fingerprints.len()).sum()
    }

    /// What stands in the entry that its state, its last day and its approver do not say, by the names
    /// of the register; and which deviations it covers.
    pub(super) fn said(&self) -> [(&'static str, Option<String>); 7] {
        let Scope {
            path,
            line,
            fingerprint,
        } = &self.scope;
        let scope = [
            path.clone(),
            line.map(|line| format!("line {line}")),
            fingerprint.clone(),
        ];
        let scope: Vec<String> = scope.into_iter().flatten().collect();
        let covers = self.covers.iter().flat_map(|it| {
            let of = |fingerprint: &String| format!("{} {fingerprint}", it.control);
            it.fingerprints.iter().map(of)
        });
        let covers: BTreeSet<String> = covers.collect();
        let covers: Vec<String> = covers.into_iter().collect();
        [
            ("scope", Some(scope.join(", "))),
            ("reason", Some(self.reason.clone())),
            ("compensating", self.compensating.clone()),
            ("owner", Some(self.owner.clone())),
            ("ticket", self.ticket.clone()),
            ("issued", self.issued.clone()),
            ("covers", Some(covers.join(", "))),
        ]
    }
}

impl Side {
    /// The result of a control.
    pub(super) fn result(&self, control: &str) -> Option<&Outcome> {
        self.results.iter().find(|it| it.control == control)
    }

    /// The controls with a result in either of two runs.
    pub(super) fn examined<'s>(&'s self, other: &'s Self) -> BTreeSet<&'s str> {
        let results = self.results.iter().chain(&other.results);
        results.map(|result| result.control.as_str()).collect()
    }
}

/// Reads the bundle in a folder; it is spoken of by what was given.
///
/// # Errors
/// A folder without a report, or a report that cannot be read.
pub(super) fn read(bundle: &Path, given: &Path) -> Result<Side, Problem> {
    const FILE: &str = "report.json";
    let path = format!("{}/{FILE}", shown(given).trim_end_matches('/'));
    let read = text(&bundle.join(FILE), &path)
        .and_then(|text| json::parse::<Side>(&text).map_err(|error| error.to_string()));
    let mut side = read.map_err(|says| {
        Problem::new(
            "bundle",
            format!("expected the report of a bundle at {path}, found {says}"),
            "Give the folder of a bundle: audit diff BUNDLE BUNDLE",
        )
    })?;
    let exhibits = std::mem::take(&mut side.exhibits);
    side.files = exhibits
        .into_iter()
        .map(|exhibit| (exhibit.path, exhibit.sha256))
        .collect();
    // A bundle without source code has no such list.
    let list = text(&bundle.join(sources::LIST), sources::LIST).unwrap_or_default();
    side.files.extend(sources::read(&list));
    Ok(side)
}

fn text(full: &Path, path: &str) -> Result<String, String> {
    let bytes = file::read(full, path).map_err(|problem| problem.says)?;
    file::decode(&bytes)
}
