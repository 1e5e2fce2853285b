//! What was not tested: controls that share a cause stand together, most controls first.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::control::Severity;
use crate::model::fact::State;
use crate::model::gap::{Cause, Gap};
use crate::model::relation::{Origin, Relation};
use crate::model::relations::relation;
use crate::model::result::{ControlResult, Outcome};
use crate::model::run::Run;

/// What to do where several kinds of report are missing.
pub const RUN_THE_TOOLS: &str =
    "Run the tools before audit. Reports elsewhere: name them under reports: in the policy.";

/// Controls that were not tested for the same reason.
pub struct Cluster<'r> {
    /// The controls, by id.
    pub results: Vec<&'r ControlResult>,
    /// The reason; all of them have it.
    pub gaps: Vec<&'r Gap>,
    /// Kinds of report that are missing, where that is the reason.
    pub kinds: BTreeSet<&'static str>,
}

/// What controls are put together by: labels, places, sayings and remedies of their gaps.
type Key<'r> = Vec<(Cause, &'r str, &'r str, &'r str)>;

/// The clusters in the order in which they are shown.
pub fn clusters(run: &Run) -> Vec<Cluster<'_>> {
    let untested = || {
        run.results
            .iter()
            .filter(|result| result.outcome == Outcome::NotTested)
    };
    let missing: BTreeMap<&str, BTreeSet<&'static str>> = untested()
        .map(|result| (result.control.as_str(), missing_reports(run, result)))
        .filter(|(_, kinds)| !kinds.is_empty())
        .collect();
    let kinds: BTreeSet<&'static str> = missing.values().flatten().copied().collect();
    let together = kinds.len() > 1;
    let mut clusters: BTreeMap<Option<Key<'_>>, Cluster<'_>> = BTreeMap::new();
    for result in untested() {
        let joins = together && missing.contains_key(result.control.as_str());
        let key = (!joins).then(|| key(result));
        let cluster = clusters.entry(key).or_insert_with(|| Cluster {
            results: Vec::new(),
            gaps: result.gaps.iter().collect(),
            kinds: if joins {
                kinds.clone()
            } else {
                BTreeSet::new()
            },
        });
        cluster.results.push(result);
    }
    let mut clusters: Vec<Cluster<'_>> = clusters.into_values().collect();
    for cluster in &mut clusters {
        cluster.results.sort_by(|a, b| a.control.cmp(&b.control));
    }
    clusters.sort_by(|left, right| {
        let gravest = |cluster: &Cluster<'_>| cluster.gravest().map(rank);
        (right.results.len().cmp(&left.results.len()))
            .then_with(|| gravest(left).cmp(&gravest(right)))
    });
    clusters
}

fn rank(result: &ControlResult) -> (Severity, String) {
    (result.severity, result.control.clone())
}

/// What tells one cause from another. A control without a gap has only its own reason.
fn key(result: &ControlResult) -> Key<'_> {
    if result.gaps.is_empty() {
        let reason = reason(result);
        return vec![(Cause::Missing, "", reason, "")];
    }
    result
        .gaps
        .iter()
        .map(|gap| {
            (
                gap.cause,
                gap.place.as_str(),
                gap.says.as_str(),
                gap.remedy.as_str(),
            )
        })
        .collect()
}

/// Why a control without a gap was not tested.
pub fn reason(result: &ControlResult) -> &str {
    let observed = || result.telling().map(|test| test.observed.as_str());
    result
        .reason
        .as_deref()
        .or_else(observed)
        .unwrap_or("no evidence was found")
}

/// The kinds of report whose absence is all that keeps a control from being tested.
fn missing_reports(run: &Run, result: &ControlResult) -> BTreeSet<&'static str> {
    let absent: Vec<&'static Relation> = run
        .control(&result.control)
        .map(crate::model::control::Control::relations)
        .unwrap_or_default()
        .into_iter()
        .filter_map(report_behind)
        .filter(|report| {
            run.facts
                .get(report.name)
                .is_none_or(|population| population.state == State::Absent)
        })
        .collect();
    let explained = |gap: &Gap| {
        gap.cause == Cause::Missing
            && gap.path.is_empty()
            && absent.iter().any(|report| report.remedy == gap.remedy)
    };
    if result.gaps.is_empty() || !result.gaps.iter().all(explained) {
        return BTreeSet::new();
    }
    absent
        .into_iter()
        .map(|report| report.name.split('.').next().unwrap_or(report.name))
        .collect()
}

/// The relation of the reports that a relation is read from.
fn report_behind(of: &'static Relation) -> Option<&'static Relation> {
    match of.origin {
        Origin::Report => Some(of),
        Origin::Within(report) => relation(report),
        Origin::Tree | Origin::Git | Origin::Audit => None,
    }
}

impl Cluster<'_> {
    /// The gravest of its controls.
    pub fn gravest(&self) -> Option<&ControlResult> {
        self.results
            .iter()
            .copied()
            .min_by_key(|result| rank(result))
    }

    /// What to do, each remedy once, in the order of the gaps.
    pub fn remedies(&self) -> Vec<&str> {
        let mut remedies: Vec<&str> = Vec::new();
        for gap in &self.gaps {
            if !gap.remedy.is_empty() && !remedies.contains(&gap.remedy.as_str()) {
                remedies.push(&gap.remedy);
            }
        }
        remedies
    }
}
