//! `requires`: the reports that have to be there, complete, fresh and bound before a test may say
//! anything.

use crate::model::control::{Check, Requirement, Test};
use crate::model::exhibit::Level;
use crate::model::fact::{Item, State};
use crate::model::gap::{Cause, Gap};
use crate::model::relation::{Origin, Relation};
use crate::model::result::{Outcome, TestResult};
use crate::model::time::Moment;
use crate::model::value::Value;

use super::compare::resolve;
use super::{Bench, add_gap, holds, select, words};

/// The requirements of the control that a test rests on and that are not met.
pub(super) fn unmet(bench: &Bench<'_>, test: &Test) -> Vec<Gap> {
    if matches!(test.check, Check::AllOf(_) | Check::AnyOf(_)) {
        // Each part is held to its own requirements.
        return Vec::new();
    }
    let mut read: Vec<&'static Relation> = Vec::new();
    test.relations(&mut |relation| read.push(relation));
    let mut gaps = Vec::new();
    for requirement in &bench.control.requires {
        let report = requirement.report.name;
        let of_report = read.iter().filter(|relation| report_of(relation) == report);
        for relation in of_report {
            for gap in check(bench, requirement, relation) {
                add_gap(&mut gaps, &gap);
            }
        }
    }
    gaps
}

/// A test whose evidence may not be relied on: not tested, and nothing is taken from it.
pub(super) fn not_tested(bench: &Bench<'_>, test: &Test, gaps: Vec<Gap>) -> TestResult {
    let mut relation: Option<&'static Relation> = None;
    test.relations(&mut |read| relation = relation.or(Some(read)));
    let mut result = words::blank(test, relation);
    if let Some(population) = relation.and_then(|relation| bench.facts.get(relation.name)) {
        result.items = population.count();
        result.evidence.clone_from(&population.examined);
    }
    result.observed = gaps.first().map_or_else(String::new, Gap::line);
    "evidence that is there, complete, fresh and bound to the commit"
        .clone_into(&mut result.required);
    result.sentence = format!("This test says nothing: {}.", result.observed);
    result.outcome = Outcome::NotTested;
    result.gaps = gaps;
    result
}

/// The relation of the reports that an item stands in.
fn report_of(relation: &'static Relation) -> &'static str {
    match relation.origin {
        Origin::Within(parent) => parent,
        _ => relation.name,
    }
}

/// What is wrong with the reports that a relation is read from.
fn check(bench: &Bench<'_>, requirement: &Requirement, relation: &Relation) -> Vec<Gap> {
    let Some(population) = bench.facts.get(requirement.report.name) else {
        return vec![select::not_collected(requirement.report)];
    };
    match population.state {
        State::Absent => return vec![select::missing(requirement.report)],
        State::Unreadable => return population.all_gaps().cloned().collect(),
        State::Collected => {}
    }
    let speaks =
        |item: &&Item| *requirement.report == *relation || holds::speaks_of(item, relation);
    population
        .items
        .iter()
        .filter(speaks)
        .flat_map(|item| check_report(bench, requirement, item))
        .collect()
}

fn check_report(bench: &Bench<'_>, requirement: &Requirement, item: &Item) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let named = item.get("commit").as_text();
    gaps.extend(check_commit(bench, requirement, item));
    gaps.extend(check_older(requirement, item));
    gaps.extend(check_files(bench, requirement, item));
    if let Some(least) = requirement
        .origin
        .as_ref()
        .map(|operand| resolve(bench, operand, None))
        .and_then(Value::as_text)
    {
        let level = item
            .get("origin")
            .as_text()
            .and_then(Level::parse)
            .unwrap_or(Level::L0);
        if Level::parse(least).is_none_or(|least| level < least) {
            let why = item.get("binding").as_text();
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let says = format!(
                "bound to the commit as {}, expected {least} or better{why}",
                level.name()
            );
            let firmer = firmer(least);
            gaps.push(Gap::at(Cause::Weak, &item.source, says, firmer));
        }
    }
    gaps.extend(check_age(bench, requirement, item, named.is_some()));
    gaps
}

/// What gives a report the level that is asked for.
fn firmer(least: &str) -> &'static str {
    match Level::parse(least) {
        Some(Level::L0 | Level::L1) => {
            "Have the tool name the commit in its report, or run it as audit run -- TOOL."
        }
        Some(Level::L2) => {
            "Run the tool as audit run -- TOOL at the examined commit, with nothing changed."
        }
        _ => "Ask for L2 until reports can be attested.",
    }
}

/// A report of another commit: by what it names itself, or by the record of its run. Where the
/// sources are the same, a control may take it all the same.
fn check_commit(bench: &Bench<'_>, requirement: &Requirement, item: &Item) -> Option<Gap> {
    let head = bench.context.head?;
    let other = |field: &str| item.get(field).as_text().filter(|commit| *commit != head);
    let (named, recorded) = (other("commit"), other("recorded_commit"));
    if named.or(recorded).is_none() || has_same_sources(requirement, item) {
        return None;
    }
    let distance = distance(item);
    let (says, remedy) = match named {
        Some(named) => (
            format!("names {}, {distance}", short(named)),
            requirement.report.remedy,
        ),
        None => (
            format!("its run was recorded at {}, {distance}", short(recorded?)),
            "Run the tool as audit run -- TOOL at the examined commit.",
        ),
    };
    Some(Gap::at(Cause::Stale, &item.source, says, remedy))
}

/// `14 commits back; 3 of the 14 change a source`.
fn distance(item: &Item) -> String {
    let (Some(back), Some(changes)) = (
        item.get("commits_back").as_int(),
        item.get("changes_back").as_int(),
    ) else {
        return "which is not the examined commit".to_owned();
    };
    let commits = if back == 1 { "commit" } else { "commits" };
    match changes {
        0 => format!("{back} {commits} back; none of them changes a source"),
        1 => format!("{back} {commits} back; 1 of the {back} changes a source"),
        _ => format!("{back} {commits} back; {changes} of the {back} change a source"),
    }
}

fn has_same_sources(requirement: &Requirement, item: &Item) -> bool {
    requirement.same_sources && !item.get("same_sources_since").is_empty()
}

/// A report that says it was made before the examined commit was, and names no commit.
fn check_older(requirement: &Requirement, item: &Item) -> Option<Gap> {
    let committed = item.get("older_than_commit").as_text()?;
    (!has_same_sources(requirement, item)).then(|| {
        let made = item.get("produced_at").as_text().unwrap_or("");
        let says = format!("made on {made}, before the examined commit of {committed}");
        Gap::at(Cause::Stale, &item.source, says, requirement.report.remedy)
    })
}

/// A report that measured files which are nowhere in the examined tree.
fn check_files(bench: &Bench<'_>, requirement: &Requirement, item: &Item) -> Option<Gap> {
    let most = requirement.files_elsewhere.as_ref()?;
    let most = resolve(bench, most, None).as_int()?;
    let elsewhere = item.get("files_elsewhere").as_int()?;
    (elsewhere > most).then(|| {
        let files = if elsewhere == 1 { "file" } else { "files" };
        let says = format!(
            "measured {elsewhere} {files} that the examined tree does not hold; at most {most}"
        );
        let remedy = "Measure the files of the repository alone, at the examined commit.";
        Gap::at(Cause::Foreign, &item.source, says, remedy)
    })
}

/// The age of a report, by what the report or the record of its run says. A file's time is never
/// proof.
fn check_age(
    bench: &Bench<'_>,
    requirement: &Requirement,
    item: &Item,
    named: bool,
) -> Option<Gap> {
    let remedy = requirement.report.remedy;
    let produced = item.get("produced_at").as_text();
    let Some(moment) = produced.and_then(Moment::earliest) else {
        let refuse = requirement
            .undated
            .as_ref()
            .map(|operand| resolve(bench, operand, None))
            .and_then(Value::as_text);
        return (refuse == Some("refuse")).then(|| {
            let says = "it does not say when it was made".to_owned();
            Gap::at(
                Cause::Stale,
                &item.source,
                says,
                "Run the tool as audit run -- TOOL, or have it write the time into its report.",
            )
        });
    };
    // The same sources give the same findings, however long ago they were looked at: the report
    // has to have been fresh when it was committed with them.
    let committed = item
        .get("same_sources_since")
        .as_text()
        .and_then(Moment::parse);
    let judged_at = committed
        .filter(|_| requirement.same_sources)
        .unwrap_or(bench.context.as_of);
    let days = judged_at.days_since(moment);
    if bench.context.as_of.days_since(moment) < -1 && !named {
        let says = format!(
            "made on {}, after the time it is judged at",
            produced.unwrap_or("")
        );
        return Some(Gap::at(Cause::Foreign, &item.source, says, remedy));
    }
    let most = requirement
        .max_age
        .as_ref()
        .map(|operand| resolve(bench, operand, None))
        .and_then(Value::as_int)?;
    (days > most).then(|| {
        let says = format!(
            "made on {}, {days} days before; at most {most} d",
            produced.unwrap_or("")
        );
        Gap::at(Cause::Stale, &item.source, says, remedy)
    })
}

fn short(commit: &str) -> String {
    crate::model::text::excerpt(commit)
        .chars()
        .take(12)
        .collect()
}
