//! The sentences of the engine: what was tested, what was observed, what was required. An author
//! writes none of them, so that none can be forgotten or flattering.

use std::collections::BTreeMap;

use crate::model::control::{Clause, Comparator, Operand, Selection, Test, shown};
use crate::model::fact::Item;
use crate::model::relation::{Kind, Relation};
use crate::model::result::{Outcome, TestResult};
use crate::model::text::{excerpt, grouped, joined};
use crate::model::value::Value;

use super::Bench;
use super::compare::resolve;

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
        Value::List(list) if list.is_empty() => "none".to_owned(),
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
fn members(bench: &Bench<'_>, operand: &Operand) -> Vec<String> {
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

/// A condition after `whose`: `pin is not local or self`.
fn whose(bench: &Bench<'_>, clause: &Clause) -> String {
    const NAMED: usize = 3;
    let field = label(&clause.field);
    let list = match (&clause.operand, resolve(bench, &clause.operand, None)) {
        // A filter with a long list is named by its parameter, which stands with its value.
        (Operand::Parameter(name), Value::List(list)) if list.len() > NAMED => {
            format!("one of {name} ({})", list.len())
        }
        _ => joined(&members(bench, &clause.operand), "or"),
    };
    match clause.comparator {
        Comparator::Eq | Comparator::In => format!("{field} is {list}"),
        Comparator::Ne | Comparator::NotIn => format!("{field} is not {list}"),
        Comparator::AtLeast => format!("{field} is at least {list}"),
        Comparator::AtMost => format!("{field} is at most {list}"),
        Comparator::Matches => format!("{field} matches {list}"),
        Comparator::Exists if list == "yes" => format!("{field} is given"),
        Comparator::Exists => format!("{field} is not given"),
    }
}

/// A condition after `must have`: `a pin of sha or digest`.
fn have(bench: &Bench<'_>, clause: &Clause) -> String {
    let field = label(&clause.field);
    let list = joined(&members(bench, &clause.operand), "or");
    match clause.comparator {
        Comparator::Eq if clause.kind == Kind::Bool => format!("{field}: {list}"),
        Comparator::Eq if clause.kind == Kind::Int => format!("{list} {field}"),
        Comparator::Eq | Comparator::In => format!("{field} of {list}"),
        Comparator::Ne | Comparator::NotIn => format!("{field} other than {list}"),
        Comparator::AtLeast => format!("{field} of at least {list}"),
        Comparator::AtMost => format!("{field} of at most {list}"),
        Comparator::Matches => format!("{field} that matches {list}"),
        Comparator::Exists if list == "yes" => format!("{field} given"),
        Comparator::Exists => format!("no {field}"),
    }
}

/// What must be had, joined: `a pin of sha or digest`.
pub(super) fn must(bench: &Bench<'_>, clauses: &[Clause]) -> String {
    let parts: Vec<String> = clauses.iter().map(|clause| have(bench, clause)).collect();
    joined(&parts, "and")
}

/// The population with its filter: `references from outside`, or `jobs whose effective is write`.
pub(super) fn population(bench: &Bench<'_>, of: &Selection, count: usize) -> String {
    let noun = of.relation.noun_for(count);
    match (idiom(bench, of), of.filter.is_empty()) {
        (_, true) => noun.to_owned(),
        (Some(words), _) => format!("{noun} {words}"),
        (None, _) => format!("{noun} {}", filter(bench, of)),
    }
}

/// The relation with its filter, for a sentence: `workflow.uses whose pin is not local or self`.
pub(super) fn relation(bench: &Bench<'_>, of: &Selection) -> String {
    if of.filter.is_empty() {
        of.relation.name.to_owned()
    } else {
        format!("{} {}", of.relation.name, filter(bench, of))
    }
}

fn filter(bench: &Bench<'_>, of: &Selection) -> String {
    let parts: Vec<String> = of
        .filter
        .iter()
        .map(|clause| whose(bench, clause))
        .collect();
    format!("whose {}", joined(&parts, "and"))
}

fn idiom(bench: &Bench<'_>, of: &Selection) -> Option<&'static str> {
    let [clause] = of.filter.as_slice() else {
        return None;
    };
    let mut values = members(bench, &clause.operand);
    values.sort();
    let fits = |idiom: &&crate::model::relation::Idiom| {
        idiom.field == clause.field
            && idiom.comparator == clause.comparator.name()
            && values == idiom.values
    };
    of.relation
        .idioms
        .iter()
        .find(fits)
        .map(|idiom| idiom.words)
}

/// A requirement in one line with who set its parameter:
/// `pin in sha, digest (accepted_pins, catalogue default)`.
pub(super) fn required<'c>(
    bench: &Bench<'_>,
    clauses: impl IntoIterator<Item = &'c Clause>,
) -> String {
    let part = |clause: &Clause| {
        let list = members(bench, &clause.operand).join(", ");
        let field = label(&clause.field);
        let text = match clause.comparator {
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
        };
        format!("{text}{}", set_by(bench, &clause.operand))
    };
    clauses
        .into_iter()
        .map(part)
        .collect::<Vec<_>>()
        .join(" · ")
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

/// `1 does` or `3 do`.
pub(super) fn does(count: usize) -> String {
    format!(
        "{} {}",
        grouped(count as u64),
        if count == 1 { "does" } else { "do" }
    )
}
