//! A population as a person says it, and as the logic of a test names it.

use crate::model::control::{Clause, Comparator, Operand, Selection};
use crate::model::relation::{Idiom, Kind};
use crate::model::text::joined;
use crate::model::value::Value;

use super::Bench;
use super::compare::resolve;
use super::predicate;
use super::words::{label, members, spoken, truth};

/// How many values of a parameter a phrase names; a longer list is named by its parameter, which
/// stands with its value.
const NAMED: usize = 3;

/// The population with its filter: `references from outside`, `jobs with at least 2 steps`.
pub(super) fn population(bench: &Bench<'_>, of: &Selection, count: usize) -> String {
    let (mut words, mut with) = (vec![of.relation.noun_for(count).to_owned()], Vec::new());
    let mut that = Vec::new();
    for clause in &of.filter {
        let so = Some(clause.comparator).filter(|it| *it == Comparator::Eq);
        let so = so.and_then(|_| truth(bench, clause));
        if let Some(said) = so.and_then(|so| predicate::says(&clause.field, so, count)) {
            that.push(said);
            continue;
        }
        match short(bench, of, clause, count) {
            Some(phrase) => words.push(phrase),
            None => with.push(apart(bench, clause)),
        }
    }
    if !with.is_empty() {
        words.push(format!("with {}", joined(&with, "and")));
    }
    if !that.is_empty() {
        words.push(format!("that {}", joined(&that, "and")));
    }
    words.join(" ")
}

/// What follows the noun at once: an idiom of the relation, the tool, the kind of code.
fn short(bench: &Bench<'_>, of: &Selection, clause: &Clause, count: usize) -> Option<String> {
    if let Some(idiom) = idiom(bench, of, clause) {
        return Some(idiom.words.to_owned());
    }
    let one_of = matches!(clause.comparator, Comparator::Eq | Comparator::In);
    if !one_of || long(bench, clause).is_some() {
        return None;
    }
    let list = joined(&members(bench, &clause.operand), "or");
    match clause.field.as_str() {
        "scope" => Some(format!("in {list} code")),
        "tool" => Some(format!("of {list}")),
        "kind" => Some(format!("of the kind {list}")),
        "use" => Some(format!("for {list}")),
        "reading" => Some(format!("where {list}")),
        "status" | "state" | "catches" if count == 1 => Some(format!("that is {list}")),
        "status" | "state" | "catches" => Some(format!("that are {list}")),
        _ => None,
    }
}

fn idiom(bench: &Bench<'_>, of: &Selection, clause: &Clause) -> Option<&'static Idiom> {
    let mut values = members(bench, &clause.operand);
    values.sort();
    of.relation.idioms.iter().find(|idiom| {
        idiom.field == clause.field
            && idiom.comparator == clause.comparator.name()
            && values == idiom.values
    })
}

/// A long list by the parameter that holds it.
fn long<'c>(bench: &Bench<'_>, clause: &'c Clause) -> Option<(&'c str, usize)> {
    match (&clause.operand, resolve(bench, &clause.operand, None)) {
        (Operand::Parameter(name), Value::List(list)) if list.len() > NAMED => {
            Some((name, list.len()))
        }
        _ => None,
    }
}

/// A condition after `with`: `a rule listed in rules (6)`, `at least 2 jobs`.
fn apart(bench: &Bench<'_>, clause: &Clause) -> String {
    let field = spoken(&clause.field);
    // A plural goes without an article.
    let (one, matches) = match (
        field == label(&clause.field) && field.ends_with('s'),
        field.starts_with(['a', 'e', 'i', 'o', 'u']),
    ) {
        (true, _) => (field.clone(), "match"),
        (false, true) => (format!("an {field}"), "matches"),
        (false, false) => (format!("a {field}"), "matches"),
    };
    let list = joined(&members(bench, &clause.operand), "or");
    match (clause.comparator, long(bench, clause)) {
        (Comparator::Eq | Comparator::In, Some((name, count))) => {
            format!("{one} listed in {name} ({count})")
        }
        (Comparator::Ne | Comparator::NotIn, Some((name, count))) => {
            format!("{one} not listed in {name} ({count})")
        }
        (Comparator::Matches, Some((name, count))) => {
            format!("{one} that {matches} one of {name} ({count})")
        }
        (Comparator::Eq, None) if clause.kind == Kind::Bool => format!("{field}: {list}"),
        (Comparator::Eq, None) if clause.kind == Kind::Int => format!("{list} {field}"),
        (Comparator::Eq | Comparator::In, None) => format!("the {field} {list}"),
        (Comparator::Ne | Comparator::NotIn, None) => {
            format!("{one} other than {list}")
        }
        (Comparator::AtLeast, _) => format!("at least {list} {field}"),
        (Comparator::AtMost, _) => format!("at most {list} {field}"),
        (Comparator::Matches, None) => format!("{one} that {matches} {list}"),
        (Comparator::Exists, _) if list == "yes" => format!("a {} given", spoken(&clause.field)),
        (Comparator::Exists, _) => format!("no {}", spoken(&clause.field)),
    }
}

/// A condition after `whose`: `pin is not local or self`.
fn whose(bench: &Bench<'_>, clause: &Clause) -> String {
    let field = label(&clause.field);
    let list = match long(bench, clause) {
        Some((name, count)) => format!("one of {name} ({count})"),
        None => joined(&members(bench, &clause.operand), "or"),
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

/// The relation with its filter, for the logic of a test: `workflow.uses whose pin is not local or self`.
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
