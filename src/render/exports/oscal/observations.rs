//! Observations: one for the test of each control, one for each deviation, one for each gap.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::control::Class;
use crate::model::gap::{Cause, Gap};
use crate::model::result::{ControlResult, Deviation};
use crate::render::register;

use super::super::plain::compact;
use super::super::sayings;
use super::super::standing::{Standing, cause};
use super::text::{prop, prose};
use super::{Names, titled};

/// What makes two gaps the same.
type Key<'r> = (&'r str, Cause, &'r str);

/// The observations, and where those of deviations and gaps are found again.
pub(super) struct Observations<'r> {
    /// The observations.
    pub(super) list: Vec<Value>,
    gaps: BTreeMap<Key<'r>, String>,
}

impl<'r> Observations<'r> {
    pub(super) fn of(names: &Names<'r>) -> Self {
        let mut list = Vec::new();
        for result in &names.run.results {
            list.push(tested(names, result));
            for (at, deviation) in result.deviations.iter().enumerate() {
                list.push(deviating(names, result, at, deviation));
            }
        }
        let mut gaps = BTreeMap::new();
        for entry in register::gaps(names.run) {
            let uuid = names.of("gap", &entry.id);
            gaps.insert(key(entry.gap), uuid.clone());
            list.push(missing(names, &entry.id, &uuid, entry.gap));
        }
        Self { list, gaps }
    }

    /// The observation of a gap.
    pub(super) fn gap(&self, gap: &'r Gap) -> Option<&String> {
        self.gaps.get(&key(gap))
    }
}

fn key(gap: &Gap) -> Key<'_> {
    (&gap.place, gap.cause, &gap.says)
}

/// The name of the observation of a control.
pub(super) fn of_control(names: &Names<'_>, result: &ControlResult) -> String {
    names.of("control", &result.control)
}

/// The name of the observation of a deviation, by its place among those of its control.
pub(super) fn of_deviation(names: &Names<'_>, result: &ControlResult, at: usize) -> String {
    names.of("deviation", &format!("{}\0{at}", result.control))
}

fn tested(names: &Names<'_>, result: &ControlResult) -> Value {
    let control = names.run.control(&result.control);
    let stands = Standing::of(result);
    let method = match (stands, control.map(|control| control.class)) {
        (Standing::Pending, _) => "INTERVIEW",
        (_, Some(Class::Document)) => "EXAMINE",
        _ => "TEST",
    };
    let said = match stands {
        Standing::Untested | Standing::Unreadable | Standing::Pending => sayings::untested(result),
        _ => sayings::observed(result),
    };
    let waived = result.deviations.len() - result.unwaived();
    compact(json!({
        "uuid": of_control(names, result),
        "title": titled(names.run, result),
        "description": format!("{}. {}", capital(stands.words()), prose(&said)),
        "props": [
            prop("result", result.outcome.name(), None),
            prop("severity", result.severity.name(), None),
            prop("deviations", &result.deviations.len().to_string(), None),
            prop("deviations-waived", &waived.to_string(), None),
            prop("gaps", &result.gaps.len().to_string(), None),
        ],
        "methods": [method],
        "types": ["control-objective"],
        "relevant-evidence": evidence(names, &result.evidence),
        "collected": names.run.as_of,
    }))
}

fn deviating(names: &Names<'_>, result: &ControlResult, at: usize, found: &Deviation) -> Value {
    let mut props = vec![prop("fingerprint", &found.fingerprint.to_string(), None)];
    if !found.place.is_empty() {
        props.push(prop("place", &found.place, None));
    }
    props.extend(found.waiver.as_deref().map(|id| prop("waiver", id, None)));
    let there = names.bundle.exhibit(&found.path).map(|exhibit| {
        json!([{
            "href": format!("#{}", names.exhibit(&exhibit.path)),
            "description": prose(&found.place),
        }])
    });
    compact(json!({
        "uuid": of_deviation(names, result, at),
        "title": prose(&found.attribute),
        "description": prose(&sayings::deviation(found)),
        "props": props,
        "methods": ["TEST"],
        "types": ["finding"],
        "relevant-evidence": there,
        "collected": names.run.as_of,
    }))
}

/// A gap. What is stale was over at the time of the run at the latest.
fn missing(names: &Names<'_>, id: &str, uuid: &str, gap: &Gap) -> Value {
    let there = names.bundle.exhibit(&gap.path).map(|exhibit| {
        json!([{
            "href": format!("#{}", names.exhibit(&exhibit.path)),
            "description": prose(&gap.place),
        }])
    });
    let over = (gap.cause == Cause::Stale).then_some(names.run.as_of);
    compact(json!({
        "uuid": uuid,
        "title": format!("{id} not tested"),
        "description": prose(&sayings::gap(gap)),
        "props": [prop("cause", cause(std::slice::from_ref(gap)), None)],
        "methods": ["EXAMINE"],
        "types": ["gap"],
        "relevant-evidence": there,
        "collected": names.run.as_of,
        "expires": over,
    }))
}

fn evidence(names: &Names<'_>, paths: &[String]) -> Vec<Value> {
    let known = paths.iter().filter_map(|path| names.bundle.exhibit(path));
    known
        .map(|exhibit| {
            json!({
                "href": format!("#{}", names.exhibit(&exhibit.path)),
                "description": prose(&exhibit.path),
            })
        })
        .collect()
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_uppercase(), characters.as_str())
    })
}
