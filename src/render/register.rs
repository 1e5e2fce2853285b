//! Registers over a whole run: which control read which exhibit, and every gap once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::gap::{Cause, Gap};
use crate::model::result::Deviation;
use crate::model::run::Run;
use crate::model::waiver::Waiver;

/// A gap, numbered, with everything it stood in the way of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapEntry<'r> {
    /// `G-01`, in the order of the report.
    pub id: String,
    /// The gap.
    #[serde(flatten)]
    pub gap: &'r Gap,
    /// Relations that could not be filled because of it.
    pub relations: Vec<&'r str>,
    /// Controls that it kept from being tested in full.
    pub controls: Vec<&'r str>,
}

/// Every gap of the run once: those that touch a control first, by control, then the rest.
pub fn gaps(run: &Run) -> Vec<GapEntry<'_>> {
    type Key<'r> = (&'r str, Cause, &'r str);
    type Touched<'r> = (&'r Gap, BTreeSet<&'r str>, BTreeSet<&'r str>);
    let mut found: BTreeMap<Key<'_>, Touched<'_>> = BTreeMap::new();
    for (relation, population) in &run.facts {
        for gap in population.all_gaps() {
            let (_, relations, _) = found
                .entry((&gap.place, gap.cause, &gap.says))
                .or_insert_with(|| (gap, BTreeSet::new(), BTreeSet::new()));
            relations.insert(relation);
        }
    }
    for result in &run.results {
        for gap in &result.gaps {
            let (_, _, controls) = found
                .entry((&gap.place, gap.cause, &gap.says))
                .or_insert_with(|| (gap, BTreeSet::new(), BTreeSet::new()));
            controls.insert(&result.control);
        }
    }
    let mut entries: Vec<Touched<'_>> = found.into_values().collect();
    // Stable: within one control the order of place, cause and words remains.
    entries.sort_by(|(_, _, left), (_, _, right)| {
        (left.is_empty(), left.first()).cmp(&(right.is_empty(), right.first()))
    });
    entries
        .into_iter()
        .enumerate()
        .map(|(index, (gap, relations, controls))| GapEntry {
            id: format!("G-{:02}", index + 1),
            gap,
            relations: relations.into_iter().collect(),
            controls: controls.into_iter().collect(),
        })
        .collect()
}

/// The controls that looked at each exhibit, by path.
pub fn read_by(run: &Run) -> BTreeMap<&str, Vec<&str>> {
    let mut readers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for result in &run.results {
        for path in &result.evidence {
            let controls = readers.entry(path).or_default();
            if controls.last() != Some(&result.control.as_str()) {
                controls.push(&result.control);
            }
        }
    }
    readers
}

/// The relations that were filled from each exhibit, by path.
pub fn read_for(run: &Run) -> BTreeMap<&str, Vec<&str>> {
    let mut relations: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (relation, population) in &run.facts {
        for path in &population.examined {
            let names = relations.entry(path).or_default();
            if names.last() != Some(relation) {
                names.push(relation);
            }
        }
    }
    relations
}

/// Controls that have no result although the run could reach them: the policy leaves them out.
pub fn left_out(run: &Run) -> Vec<&str> {
    let results: BTreeSet<&str> = run.results.iter().map(|r| r.control.as_str()).collect();
    run.controls
        .iter()
        .map(|control| control.id.as_str())
        .filter(|id| !results.contains(id) && !run.outside.iter().any(|outside| outside == id))
        .collect()
}

/// The deviations that a waiver covers, by control.
pub fn covered<'r>(run: &'r Run, waiver: &Waiver) -> Vec<(&'r str, Vec<&'r Deviation>)> {
    run.results
        .iter()
        .map(|result| {
            let deviations: Vec<&Deviation> = result
                .deviations
                .iter()
                .filter(|deviation| deviation.waiver.as_deref() == Some(&waiver.id))
                .collect();
            (result.control.as_str(), deviations)
        })
        .filter(|(_, deviations)| !deviations.is_empty())
        .collect()
}
