//! The conclusion, the exceptions and the gaps.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::control::{Check, Control};
use crate::model::relations::relation;
use crate::model::result::{ControlResult, Outcome};
use crate::model::run::Gate;

use super::super::tally::Tally;
use super::anchors::{self, Anchors, ControlLink, ExhibitLink};
use super::cover::{self, Count};
use super::words::{self, Mark, mark};

/// How many exhibits an entry of the exceptions names.
const NAMED: usize = 6;

#[derive(Serialize)]
pub(super) struct Summary {
    subject: String,
    commit: String,
    as_of: String,
    exceptions: usize,
    evaluated: String,
    waived: usize,
    rest: String,
    formula: Vec<String>,
    counts: Vec<Count>,
    total: usize,
    families: Vec<Family>,
    gate: &'static str,
    fail_on: &'static str,
    deviations: String,
    unwaived: String,
    untested: usize,
    untested_in_part: usize,
}

/// The controls of a family: one mark, one control.
#[derive(Serialize)]
struct Family {
    code: String,
    title: &'static str,
    controls: Vec<FamilyMark>,
}

#[derive(Serialize)]
struct FamilyMark {
    anchor: String,
    prefix: String,
    number: String,
    mark: Mark,
    waived: bool,
}

/// An entry of the list of exceptions.
#[derive(Serialize)]
pub(super) struct ExceptionEntry<'r> {
    link: ControlLink,
    title: &'r str,
    severity: &'static str,
    big: String,
    small: String,
    sentences: Vec<&'r str>,
    waived: String,
    evidence: Vec<ExhibitLink>,
    evidence_more: usize,
    remediation: &'r str,
    gaps: usize,
}

/// A row of the register of gaps.
#[derive(Serialize)]
pub(super) struct GapRow<'r> {
    id: String,
    cause: &'static str,
    exhibit: Option<ExhibitLink>,
    place: &'r str,
    says: &'r str,
    remedy: &'r str,
    relations: Vec<&'r str>,
    controls: Vec<GapControl>,
}

#[derive(Serialize)]
struct GapControl {
    link: ControlLink,
    in_part: bool,
}

/// The conclusion and its counts.
pub(super) fn summary(anchors: &Anchors<'_>) -> Summary {
    let run = anchors.run();
    let tally = Tally::of(run);
    let in_part =
        |result: &&ControlResult| result.outcome != Outcome::NotTested && !result.gaps.is_empty();
    Summary {
        subject: run.subject.name.clone(),
        commit: cover::commit_short(run),
        as_of: words::moment(run.as_of),
        exceptions: tally.counts.exceptions,
        evaluated: words::count(tally.counts.controls, "control", "controls"),
        waived: tally.counts.waived,
        rest: rest(&tally),
        formula: tally.formula(run),
        counts: cover::counts(&tally),
        total: tally.counts.controls,
        families: families(&run.results),
        gate: match anchors.bundle.gate() {
            Gate::Open => "nothing stands against it",
            Gate::Exceptions => "closed by exceptions that no waiver covers",
            Gate::NotTested => "closed by what was not tested",
        },
        fail_on: anchors.bundle.fail_on().name(),
        deviations: words::count(tally.deviations, "deviation", "deviations"),
        unwaived: words::grouped(tally.deviations - tally.waived),
        untested: tally.counts.not_tested,
        untested_in_part: run.results.iter().filter(in_part).count(),
    }
}

/// The other four results, as the end of the sentence.
fn rest(tally: &Tally) -> String {
    let counts = &tally.counts;
    let one = |number, one: &'static str, many: &'static str| if number == 1 { one } else { many };
    format!(
        "{} could not be tested, in {} no exceptions were noted, {} did not occur and {} {} not \
         applicable",
        counts.not_tested,
        counts.none_noted,
        counts.did_not_occur,
        counts.not_applicable,
        one(counts.not_applicable, "is", "are"),
    )
}

fn families(results: &[ControlResult]) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for result in results {
        let (code, number) = result
            .control
            .split_once('-')
            .unwrap_or((result.control.as_str(), ""));
        if families.last().is_none_or(|family| family.code != code) {
            families.push(Family {
                code: code.to_owned(),
                title: words::family(code),
                controls: Vec::new(),
            });
        }
        if let Some(family) = families.last_mut() {
            family.controls.push(FamilyMark {
                anchor: anchors::control(&result.control),
                prefix: format!("{code}-"),
                number: number.to_owned(),
                mark: mark(result.outcome),
                waived: result.waived,
            });
        }
    }
    families
}

/// Exceptions: those with a deviation that is not waived first, then by severity.
pub(super) fn exceptions<'r>(anchors: &Anchors<'r>) -> Vec<ExceptionEntry<'r>> {
    let run = anchors.run();
    let mut noted: Vec<&ControlResult> = run
        .results
        .iter()
        .filter(|result| !result.deviations.is_empty())
        .collect();
    noted.sort_by_key(|result| (result.unwaived() == 0, result.severity));
    noted
        .into_iter()
        .map(|result| exception(anchors, result))
        .collect()
}

fn exception<'r>(anchors: &Anchors<'r>, result: &'r ControlResult) -> ExceptionEntry<'r> {
    let control = anchors.run().control(&result.control);
    let (big, small) = share(control, result);
    let waived = result.deviations.len() - result.unwaived();
    let named = deviating(result);
    // Where no deviation has a place, whatever was looked at is named.
    let all = if result.deviations.iter().any(|it| !it.path.is_empty()) {
        named.len()
    } else {
        result.looked_at()
    };
    ExceptionEntry {
        link: anchors.control(&result.control),
        title: control.map_or("", |c| c.title.as_str()),
        severity: result.severity.name(),
        big,
        small,
        sentences: result
            .tests
            .iter()
            .filter(|test| test.outcome == Outcome::ExceptionsNoted)
            .map(|test| test.sentence.as_str())
            .collect(),
        waived: match waived {
            0 => String::new(),
            _ if result.unwaived() == 0 => "all waived".to_owned(),
            _ => format!("{waived} waived"),
        },
        evidence: named
            .iter()
            .take(NAMED)
            .map(|path| anchors.exhibit(path))
            .collect(),
        evidence_more: all.saturating_sub(NAMED),
        remediation: control.map_or("", |c| c.remediation.as_str()),
        gaps: result.gaps.len(),
    }
}

/// The exhibits in which something deviates; where none is named, all that were read.
fn deviating(result: &ControlResult) -> Vec<&str> {
    let places = result.deviations.iter().map(|d| d.path.as_str());
    let found: BTreeSet<&str> = places.filter(|path| !path.is_empty()).collect();
    if found.is_empty() {
        return result.evidence.iter().map(String::as_str).collect();
    }
    found.into_iter().collect()
}

/// `9 of 80` and `references`, where every item was looked at; else the number of deviations.
pub(super) fn share(control: Option<&Control>, result: &ControlResult) -> (String, String) {
    let deviations = result.deviations.len();
    let by_item = control.is_some_and(|control| {
        matches!(
            control.tests.as_slice(),
            [test] if matches!(
                test.check,
                Check::Every { .. } | Check::Fresh { .. } | Check::Reconcile { .. }
            )
        )
    });
    match result.tests.as_slice() {
        [test] if by_item && test.population >= deviations => {
            let noun = test
                .relation
                .and_then(relation)
                .map_or("items", |relation| relation.noun_for(test.population));
            (
                format!(
                    "{} of {}",
                    words::grouped(deviations),
                    words::grouped(test.population)
                ),
                noun.to_owned(),
            )
        }
        _ => (
            words::grouped(deviations),
            if deviations == 1 {
                "deviation"
            } else {
                "deviations"
            }
            .to_owned(),
        ),
    }
}

/// The register of gaps.
pub(super) fn gaps<'r>(anchors: &Anchors<'r>) -> Vec<GapRow<'r>> {
    let run = anchors.run();
    let in_part = |id: &str| {
        let result = run.results.iter().find(|result| result.control == id);
        result.is_some_and(|result| result.outcome != Outcome::NotTested)
    };
    anchors
        .gaps
        .iter()
        .map(|entry| GapRow {
            id: entry.id.clone(),
            cause: words::cause(entry.gap.cause),
            exhibit: (!entry.gap.path.is_empty()).then(|| anchors.exhibit(&entry.gap.path)),
            place: &entry.gap.place,
            says: &entry.gap.says,
            remedy: &entry.gap.remedy,
            relations: entry.relations.clone(),
            controls: entry
                .controls
                .iter()
                .map(|id| GapControl {
                    link: anchors.control(id),
                    in_part: in_part(id),
                })
                .collect(),
        })
        .collect()
}
