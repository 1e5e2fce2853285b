//! Holds what was derived against what was sealed: each control for itself, then everything else that
//! the bundle says.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::bundle::{Bundle, Refused};
use super::derive::Derived;
use super::differs::{Difference, between, of_results};
use crate::load::Problem;
use crate::model::control::Control;
use crate::render;
use crate::seal::manifest::{self, Sealing};
use crate::seal::{Manifest, canonical};

/// What became of one control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Compared {
    /// The control.
    pub(super) control: String,
    /// What came of comparing it.
    #[serde(flatten)]
    pub(super) came_to: CameTo,
}

/// What came of comparing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(super) enum CameTo {
    /// Derived, and equal in every part.
    Same,
    /// Derived, and not equal.
    Differs {
        /// How.
        differences: Vec<Difference>,
    },
    /// Not derived: it rests on what is not here.
    NotDerived {
        /// What would be needed: files, or answers of git.
        needs: BTreeSet<String>,
        /// The relations that rest on it.
        relations: Vec<&'static str>,
    },
}

/// Everything that was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Comparison {
    /// Each control, by id.
    pub(super) controls: Vec<Compared>,
    /// How many facts were derived, in how many relations.
    pub(super) facts: Facts,
    /// What differs beside the results.
    pub(super) beside: Vec<Difference>,
    /// The documents of the bundle that came out the same, byte for byte; nothing where they were not
    /// made again.
    pub(super) documents: Vec<String>,
    /// Why the documents were not made again.
    pub(super) not_made: Option<&'static str>,
}

/// What was derived of facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Facts {
    /// How many.
    pub(super) items: u64,
    /// Of how many relations.
    pub(super) relations: usize,
    /// Relations that rest on what is not here.
    pub(super) not_derived: Vec<String>,
}

/// The parts of the report that rest on no file of source code.
const FIRM: [&str; 13] = [
    "schema",
    "apiVersion",
    "as_of",
    "clock",
    "period",
    "subject",
    "environment",
    "catalogue",
    "policy",
    "only",
    "criteria",
    "outside",
    "waivers_from",
];

/// Compares.
pub(super) fn compare(bundle: &Bundle, derived: &Derived) -> Result<Comparison, Refused> {
    let bug =
        |says: String| Problem::new("bug", says, "Report this with the command that was run.");
    let again = canonical::parsed::<Json>(&render::json::report(&derived.bundle))
        .map_err(|fault| bug(fault.0))?;
    let sealed = &bundle.report;
    let manifest = manifest::manifest(&derived.bundle, &[], &Sealing::default());
    let controls = controls(bundle, derived, (sealed, &again), &manifest);
    let mut beside = Vec::new();
    let facts = facts(derived, (sealed, &again), &mut beside);
    let whole = derived.resting.relations.is_empty();
    report(bundle, (sealed, &again), whole, &mut beside);
    of_manifest(bundle, &manifest, whole, &mut beside);
    if derived.changed != bundle.inventory.changed {
        beside.push(Difference::new(
            "inventory.json changed",
            &bundle.inventory.changed.join(", "),
            &derived.changed.join(", "),
        ));
    }
    if derived.tree_holds == Some(false) {
        beside.push(Difference::new(
            "inventory.json files",
            "the tree that the manifest names",
            "another tree",
        ));
    }
    let differs = |it: &Compared| matches!(it.came_to, CameTo::Differs { .. });
    let not_made = match () {
        () if !whole => Some("some of what they say rests on files that are not here"),
        () if !bundle.is_of_this_version() => Some("another version of audit made them"),
        () if controls.iter().any(differs) || !beside.is_empty() => {
            Some("what they say differs already")
        }
        () => None,
    };
    let mut documents = Vec::new();
    if not_made.is_none() {
        made_again(bundle, derived, &mut documents, &mut beside)
            .map_err(|error| bug(error.to_string()))?;
    }
    Ok(Comparison {
        controls,
        facts,
        beside,
        documents,
        not_made,
    })
}

impl Bundle {
    /// Whether the version of this program made it.
    pub(super) fn is_of_this_version(&self) -> bool {
        self.manifest.tool.version == env!("CARGO_PKG_VERSION")
    }
}

/// Results of a report by their controls.
fn results(report: &Json) -> BTreeMap<&str, &Json> {
    let results = report.get("results").and_then(Json::as_array);
    let named = |result| Some((Json::get(result, "control")?.as_str()?, result));
    results.into_iter().flatten().filter_map(named).collect()
}

fn controls(
    bundle: &Bundle,
    derived: &Derived,
    (sealed, again): (&Json, &Json),
    manifest: &Manifest,
) -> Vec<Compared> {
    let (sealed, again) = (results(sealed), results(again));
    let statuses = |manifest: &Manifest| -> BTreeMap<String, String> {
        let controls = manifest.results.controls.iter();
        controls
            .map(|it| {
                let evidence = it.evidence.join(" ");
                (it.id.clone(), format!("{:?} {evidence}", it.status))
            })
            .collect()
    };
    let (listed, listed_again) = (statuses(&bundle.manifest), statuses(manifest));
    let ids: BTreeSet<&str> = sealed
        .keys()
        .chain(again.keys())
        .copied()
        .chain(listed.keys().map(String::as_str))
        .collect();
    let one = |id: &str| {
        let control = derived.bundle.run().control(id);
        if let Some(lacking) = control.and_then(|it| lacking(it, derived)) {
            return lacking;
        }
        let mut differences = match (sealed.get(id), again.get(id)) {
            (Some(sealed), Some(again)) => of_results(sealed, again),
            (Some(_), None) => vec![Difference::new("result", "there", "none")],
            (None, Some(_)) => vec![Difference::new("result", "none", "there")],
            (None, None) => Vec::new(),
        };
        let (was, is) = (listed.get(id), listed_again.get(id));
        if was != is {
            let said = |it: Option<&String>| it.map_or_else(|| "none".to_owned(), String::clone);
            differences.push(Difference::new("manifest.json", &said(was), &said(is)));
        }
        if differences.is_empty() {
            CameTo::Same
        } else {
            CameTo::Differs { differences }
        }
    };
    ids.into_iter()
        .map(|id| Compared {
            control: id.to_owned(),
            came_to: one(id),
        })
        .collect()
}

/// What a control rests on and that is not here; nothing where all is.
fn lacking(control: &Control, derived: &Derived) -> Option<CameTo> {
    let mut relations = control.relations();
    relations.extend(control.applies_when);
    let resting = &derived.resting.relations;
    let lacking: BTreeMap<&'static str, &BTreeSet<String>> = relations
        .into_iter()
        .filter_map(|relation| Some((relation.name, resting.get(relation.name)?)))
        .collect();
    (!lacking.is_empty()).then(|| CameTo::NotDerived {
        needs: lacking.values().flat_map(|it| it.iter()).cloned().collect(),
        relations: lacking.keys().copied().collect(),
    })
}

fn facts(
    derived: &Derived,
    (sealed, again): (&Json, &Json),
    beside: &mut Vec<Difference>,
) -> Facts {
    let mut facts = Facts::default();
    let empty = serde_json::Map::new();
    let of = |report: &Json| report.get("facts").and_then(Json::as_object).cloned();
    let (sealed, again) = (of(sealed), of(again));
    let (sealed, again) = (sealed.as_ref().unwrap_or(&empty), again.unwrap_or_default());
    let names: BTreeSet<&String> = sealed.keys().chain(again.keys()).collect();
    for name in names {
        if derived.resting.relations.contains_key(name.as_str()) {
            facts.not_derived.push(name.clone());
            continue;
        }
        facts.relations += 1;
        let items = again.get(name).and_then(|it| it.get("items"));
        facts.items += items.and_then(Json::as_u64).unwrap_or(0);
        let null = Json::Null;
        let (was, is) = (sealed.get(name), again.get(name));
        let at = format!("report.json facts {name}");
        beside.extend(between(&at, was.unwrap_or(&null), is.unwrap_or(&null)));
    }
    facts
}

/// Everything of the report but results and facts, which are compared for themselves.
fn report(
    bundle: &Bundle,
    (sealed, again): (&Json, &Json),
    whole: bool,
    beside: &mut Vec<Difference>,
) {
    let keys = |report: &Json| -> Vec<String> {
        let object = report.as_object();
        object.map_or_else(Vec::new, |it| it.keys().cloned().collect())
    };
    let names: BTreeSet<String> = keys(sealed).into_iter().chain(keys(again)).collect();
    let null = Json::Null;
    for name in names {
        let compared = match name.as_str() {
            "results" | "facts" => false,
            "tool" => bundle.is_of_this_version(),
            name => whole || FIRM.contains(&name),
        };
        if compared {
            let at = format!("report.json {name}");
            let (was, is) = (sealed.get(&name), again.get(&name));
            beside.extend(between(&at, was.unwrap_or(&null), is.unwrap_or(&null)));
        }
    }
}

fn of_manifest(bundle: &Bundle, again: &Manifest, whole: bool, beside: &mut Vec<Difference>) {
    let sealed = &bundle.manifest;
    beside.extend(between(
        "manifest.json subject",
        &json(&sealed.subject),
        &json(&again.subject),
    ));
    beside.extend(between(
        "manifest.json catalog",
        &json(&sealed.catalog),
        &json(&again.catalog),
    ));
    beside.extend(between(
        "manifest.json period",
        &json(&sealed.period),
        &json(&again.period),
    ));
    if whole {
        beside.extend(between(
            "manifest.json results",
            &json(&sealed.results),
            &json(&again.results),
        ));
    }
}

/// A value as JSON; null where it cannot be written, which nothing here is.
fn json<T: Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

/// Makes the documents of the bundle again and compares their bytes.
fn made_again(
    bundle: &Bundle,
    derived: &Derived,
    documents: &mut Vec<String>,
    beside: &mut Vec<Difference>,
) -> Result<(), render::RenderError> {
    let mut made: BTreeSet<String> = BTreeSet::new();
    for member in render::documents(&derived.bundle)? {
        made.insert(member.path.clone());
        match bundle.listed(&member.path) {
            Some(listed) if listed.sha256 == member.sha256 => documents.push(member.path),
            Some(listed) => beside.push(Difference::new(
                &member.path,
                &listed.sha256.to_string(),
                &member.sha256.to_string(),
            )),
            None => beside.push(Difference::new(&member.path, "none", "there")),
        }
    }
    let files = bundle.manifest.files.iter();
    let said = files.filter(|file| ["report", "guide"].contains(&file.role.as_str()));
    for file in said.filter(|file| !made.contains(&file.path)) {
        beside.push(Difference::new(&file.path, "there", "none"));
    }
    Ok(())
}
