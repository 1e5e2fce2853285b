//! The sentences of the engine: what was tested, what was observed, what was required. An author
//! writes none of them, so that none can be forgotten or flattering.

use std::collections::BTreeMap;

use crate::model::control::{Clause, Comparator, Operand, Test, shown};
use crate::model::fact::Item;
use crate::model::relation::{Kind, Relation};
use crate::model::result::{Outcome, TestResult};
use crate::model::text::{excerpt, grouped, joined};
use crate::model::value::Value;

use super::Bench;
use super::compare::resolve;
use super::predicate;

/// Fields whose name alone makes no sense in a sentence, and how they are said.
const SPOKEN: [(&str, &str); 22] = [
    ("accepts", "result besides success that it accepts"),
    ("acknowledgement_hours", "time to a first answer in hours"),
    ("added", "number of files that were added"),
    ("built", "way it is built"),
    ("changed", "number of files that were changed"),
    ("checked_objects", "answer of git fsck"),
    ("codes", "list of rules"),
    ("days", "time from issue to expiry"),
    ("max_examples", "number of examples it draws"),
    ("measures.skipped", "number of packages left out"),
    ("merge_check", "name as a check"),
    ("missing", "topic that it leaves out"),
    ("missing_rules", "rule that it lacks"),
    ("needed", "need"),
    ("number", "figure it sets"),
    ("produced_at", "time at which it was made"),
    ("retention_days", "retention in days"),
    ("reviewed", "day of its review"),
    ("run", "script"),
    ("sensitive", "sensitive name"),
    ("unhashed", "number of entries without a digest"),
    ("uses", "action"),
];

/// A field in a sentence: its label, where that makes sense.
pub(super) fn spoken(field: &str) -> String {
    let said = SPOKEN.iter().find(|(name, _)| *name == field);
    said.map_or_else(|| label(field), |(_, words)| (*words).to_owned())
}

/// A field as a person says it: `measures.no_coverage` is `no coverage`.
pub(super) fn label(field: &str) -> String {
    field
        .trim_start_matches("measures.")
        .replace(['_', '.'], " ")
}

/// A value as a sentence shows it.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Absent => "not stated".to_owned(),
        Value::Int(number) => u64::try_from(*number).map_or_else(|_| number.to_string(), grouped),
        Value::List(list) if list.is_empty() => "empty".to_owned(),
        Value::Ratio(ratio) => {
            let percent = ratio
                .percent()
                .map_or_else(String::new, |percent| format!(", {percent}"));
            format!(
                "{} of {}{percent}",
                grouped(ratio.covered),
                grouped(ratio.total)
            )
        }
        other => excerpt(&other.to_string()),
    }
}

/// The members of an operand in words.
pub(super) fn members(bench: &Bench<'_>, operand: &Operand) -> Vec<String> {
    if let Operand::Field(field) = operand {
        return vec![format!("its {}", label(field))];
    }
    match resolve(bench, operand, None) {
        Value::List(list) => {
            // A long list is named by its first members; the whole of it stands with the parameters.
            const NAMED: usize = 6;
            let mut members: Vec<String> = list.iter().take(NAMED).map(value).collect();
            if list.len() > NAMED {
                members.push(format!("{} more", list.len() - NAMED));
            }
            members
        }
        other => match operand {
            Operand::Parameter(name) => {
                vec![
                    bench
                        .control
                        .parameter(name)
                        .map_or_else(|| value(other), |it| shown(&it.value, it.unit)),
                ]
            }
            _ => vec![value(other)],
        },
    }
}

/// What a condition on a field of yes or no asks for.
pub(super) fn truth(bench: &Bench<'_>, clause: &Clause) -> Option<bool> {
    match resolve(bench, &clause.operand, None) {
        Value::Bool(so) if clause.kind == Kind::Bool => Some(*so),
        _ => None,
    }
}

/// A condition as a demand: `the pin must be sha or digest`.
fn demand(bench: &Bench<'_>, clause: &Clause) -> String {
    let field = spoken(&clause.field);
    let list = joined(&members(bench, &clause.operand), "or");
    match clause.comparator {
        Comparator::Eq if clause.kind == Kind::Bool => {
            let said = truth(bench, clause).and_then(|so| predicate::demand(&clause.field, so));
            said.unwrap_or_else(|| format!("{field} must be {list}"))
        }
        Comparator::Eq | Comparator::In => format!("the {field} must be {list}"),
        Comparator::Ne | Comparator::NotIn => format!("the {field} must not be {list}"),
        Comparator::AtLeast => format!("the {field} must be at least {list}"),
        Comparator::AtMost => format!("the {field} must be at most {list}"),
        Comparator::Matches => format!("the {field} must match {list}"),
        Comparator::Exists if list == "yes" => format!("the {field} must be given"),
        Comparator::Exists => format!("there must be no {field}"),
    }
}

/// What is demanded, joined.
pub(super) fn must(bench: &Bench<'_>, clauses: &[Clause]) -> String {
    let parts: Vec<String> = clauses.iter().map(|clause| demand(bench, clause)).collect();
    joined(&parts, "and")
}

/// A requirement in one line with who set its parameter:
/// `pin in sha, digest (accepted_pins, catalogue default)`.
pub(super) fn required<'c>(
    bench: &Bench<'_>,
    clauses: impl IntoIterator<Item = &'c Clause>,
) -> String {
    let said = |clause: &Clause| match clause.comparator {
        Comparator::Eq if clause.kind == Kind::Bool => {
            let so = truth(bench, clause)?;
            predicate::says(&clause.field, so, 1)
        }
        Comparator::AtLeast | Comparator::AtMost | Comparator::Exists => {
            Some(expression(bench, clause, &spoken(&clause.field)))
        }
        _ => None,
    };
    let part = |clause: &Clause| {
        let text = said(clause);
        let text = text.unwrap_or_else(|| expression(bench, clause, &label(&clause.field)));
        format!("{text}{}", set_by(bench, &clause.operand))
    };
    let parts: Vec<String> = clauses.into_iter().map(part).collect();
    parts.join(" · ")
}

/// The same in the fields' own names, as somebody needs it who does the test again.
pub(super) fn logic(bench: &Bench<'_>, clauses: &[Clause]) -> String {
    let part = |clause: &Clause| {
        let text = expression(bench, clause, &label(&clause.field));
        format!("{text}{}", set_by(bench, &clause.operand))
    };
    let parts: Vec<String> = clauses.iter().map(part).collect();
    parts.join(" · ")
}

fn expression(bench: &Bench<'_>, clause: &Clause, field: &str) -> String {
    let list = members(bench, &clause.operand).join(", ");
    match clause.comparator {
        Comparator::Eq if clause.kind == Kind::Bool => format!("{field}: {list}"),
        Comparator::Eq => format!("{field} {list}"),
        Comparator::Ne => format!("{field} not {list}"),
        Comparator::In => format!("{field} in {list}"),
        Comparator::NotIn => format!("{field} not in {list}"),
        Comparator::AtLeast => format!("{field} at least {list}"),
        Comparator::AtMost => format!("{field} at most {list}"),
        Comparator::Matches => format!("{field} matching {list}"),
        Comparator::Exists if list == "yes" => format!("{field} given"),
        Comparator::Exists => format!("no {field}"),
    }
}

/// A bound in one line: `at least 100 % (line, catalogue default)`.
pub(super) fn bound(
    bench: &Bench<'_>,
    comparator: Comparator,
    operand: &Operand,
    percent: bool,
) -> String {
    let words = if comparator == Comparator::AtLeast {
        "at least"
    } else {
        "at most"
    };
    let number = match (operand, resolve(bench, operand, None)) {
        (Operand::Literal(_), Value::Int(number)) if percent => {
            crate::model::value::percent_of_hundredths(u128::try_from(*number).unwrap_or(0))
        }
        _ => members(bench, operand).join(", "),
    };
    format!("{words} {number}{}", set_by(bench, operand))
}

/// A requirement without who set its parameter.
pub(super) fn short(required: &str) -> &str {
    required.split(" (").next().unwrap_or("")
}

/// Who set a parameter, in brackets; nothing for a value written in the control.
fn set_by(bench: &Bench<'_>, operand: &Operand) -> String {
    let Operand::Parameter(name) = operand else {
        return String::new();
    };
    let by = match bench
        .control
        .parameter(name)
        .and_then(|parameter| parameter.set_by.as_ref())
    {
        Some(set) => format!("{}:{}", set.path, set.line),
        None => "catalogue default".to_owned(),
    };
    format!(" ({name}, {by})")
}

/// How often each value occurs, most often first: `tag 7, branch 1`. One value alone goes without a
/// count, and a count stands apart from a number: `0 in 12, 1 in 3`.
pub(super) fn tally<'v>(values: impl Iterator<Item = &'v Value>) -> String {
    const SHOWN: usize = 6;
    let mut counts: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    for found in values {
        let number = matches!(found, Value::Int(_));
        counts.entry(value(found)).or_insert((0, number)).0 += 1;
    }
    if let (1, Some((only, _))) = (counts.len(), counts.first_key_value()) {
        return only.clone();
    }
    let mut sorted: Vec<(String, (usize, bool))> = counts.into_iter().collect();
    sorted.sort_by(|left, right| right.1.0.cmp(&left.1.0).then_with(|| left.0.cmp(&right.0)));
    let more = sorted.len().saturating_sub(SHOWN);
    let part = |(value, (count, number)): &(String, (usize, bool))| {
        let between = if *number { " in " } else { " " };
        format!("{value}{between}{}", grouped(*count as u64))
    };
    let mut parts: Vec<String> = sorted.iter().take(SHOWN).map(part).collect();
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    parts.join(", ")
}

/// That there was nothing to test, and what it comes to: `There was no such waiver: did not occur.`
pub(super) fn none(result: &TestResult, relation: &Relation) -> Option<String> {
    let noun = relation.noun.0;
    match (result.population, result.gaps.is_empty()) {
        (0, true) => Some(format!(
            "There was no such {noun}: {}.",
            result.outcome.words()
        )),
        (0, false) => Some(format!("No such {noun} was found in what could be read.")),
        _ => None,
    }
}

/// A test result with nothing found yet.
pub(super) fn blank(test: &Test, relation: Option<&'static Relation>) -> TestResult {
    TestResult {
        attribute: test.attribute.clone(),
        sentence: String::new(),
        logic: String::new(),
        outcome: Outcome::NotTested,
        relation: relation.map(|relation| relation.name),
        items: 0,
        population: 0,
        observed: String::new(),
        required: String::new(),
        measured: None,
        deviations: Vec::new(),
        gaps: Vec::new(),
        evidence: Vec::new(),
        sources: 0,
        examples: Vec::new(),
        parts: Vec::new(),
    }
}

/// The report behind a measure: `coverage.xml, which names 9f2c1ab4d6e0 (L1)`.
pub(super) fn report(item: &Item) -> String {
    let path = item
        .get("path")
        .as_text()
        .map_or_else(|| item.source.path.clone(), str::to_owned);
    let short = |commit: &str| excerpt(commit).chars().take(12).collect::<String>();
    let recorded = item.get("recorded_commit").as_text();
    let names = match (recorded, item.get("commit").as_text()) {
        (Some(commit), _) => format!("whose run was recorded at {}", short(commit)),
        (None, Some(commit)) => format!("which names {}", short(commit)),
        (None, None) => "which names no commit".to_owned(),
    };
    let level = item.get("origin").as_text().unwrap_or("L0").to_owned();
    let same = match (item.get("same_sources_since").is_empty(), recorded) {
        (true, _) => "",
        (false, Some(_)) => ", with these sources",
        (false, None) => ", committed with these sources",
    };
    let dated = if item.get("produced_at").is_empty() {
        ", undated"
    } else {
        ""
    };
    format!("{}, {names}{same}{dated} ({level})", excerpt(&path))
}

/// `1 is` or `3 are`.
pub(super) fn are(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", grouped(count as u64))
}
