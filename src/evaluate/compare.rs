//! Comparing one value with another.

use std::cmp::Ordering;

use crate::model::control::{Clause, Comparator, Operand};
use crate::model::fact::Item;
use crate::model::relation::{Kind, Origin};
use crate::model::value::Value;
use crate::tree::glob::{GlobSet, text_globs};

use super::Bench;

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// The evidence does not say. Only a report leaves things unsaid: a file of the tree that does
    /// not say something says that it does not.
    Unknown,
}

/// The value of an operand: written, of a parameter in force, or of another field.
pub(super) fn resolve<'v>(
    bench: &'v Bench<'_>,
    operand: &'v Operand,
    item: Option<&'v Item>,
) -> &'v Value {
    static ABSENT: Value = Value::Absent;
    match operand {
        Operand::Literal(value) => value,
        Operand::Parameter(name) => bench
            .control
            .parameter(name)
            .map_or(&ABSENT, |parameter| &parameter.value),
        Operand::Field(field) => item.map_or(&ABSENT, |item| item.get(field)),
    }
}

/// A condition ready to be held against many items: its globs are compiled once.
pub(super) struct Condition<'c> {
    pub(super) clause: &'c Clause,
    globs: Option<GlobSet>,
}

/// Makes conditions ready.
pub(super) fn ready<'c>(bench: &Bench<'_>, clauses: &'c [Clause]) -> Vec<Condition<'c>> {
    let compile = |clause: &Clause| match (clause.comparator, &clause.operand) {
        (Comparator::Matches, Operand::Literal(_) | Operand::Parameter(_)) => {
            globs_of(resolve(bench, &clause.operand, None))
        }
        _ => None,
    };
    clauses
        .iter()
        .map(|clause| Condition {
            clause,
            globs: compile(clause),
        })
        .collect()
}

impl Condition<'_> {
    /// Whether an item meets it. `gapped`: whether something of its relation could not be read.
    pub(super) fn holds(&self, bench: &Bench<'_>, item: &Item, gapped: bool) -> Truth {
        let clause = self.clause;
        let found = item.get(&clause.field);
        if *found == Value::Absent && clause.comparator != Comparator::Exists {
            return unstated(clause.comparator, item, gapped);
        }
        let wanted = resolve(bench, &clause.operand, Some(item));
        let listed = |member: &Value| wanted.as_list().contains(member);
        let yes = match clause.comparator {
            Comparator::Exists => Some(Value::Bool(!found.is_empty()) == *wanted),
            Comparator::Eq => Some(found == wanted),
            Comparator::Ne => Some(found != wanted),
            // What is empty is not any of the values, just as what is not given.
            Comparator::In => Some(!members(found).is_empty() && members(found).iter().all(listed)),
            Comparator::NotIn => Some(!members(found).iter().any(listed)),
            Comparator::AtLeast => order(found, wanted, clause.kind).map(Ordering::is_ge),
            Comparator::AtMost => order(found, wanted, clause.kind).map(Ordering::is_le),
            Comparator::Matches => match &self.globs {
                Some(globs) => Some(matches(found, globs)),
                None => globs_of(wanted).map(|globs| matches(found, &globs)),
            },
        };
        match yes {
            Some(true) => Truth::Yes,
            Some(false) => Truth::No,
            None => Truth::Unknown,
        }
    }
}

impl Condition<'_> {
    /// Whether no item that agrees with what is known of this one can meet it: what is absent in it
    /// may have any value.
    pub(super) fn excludes(&self, bench: &Bench<'_>, known: &Item) -> bool {
        let says = |field: &str| *known.get(field) != Value::Absent;
        let other = match &self.clause.operand {
            Operand::Field(field) => says(field),
            Operand::Literal(_) | Operand::Parameter(_) => true,
        };
        says(&self.clause.field) && other && self.holds(bench, known, true) == Truth::No
    }
}

/// What it means that the evidence gives no value.
fn unstated(comparator: Comparator, item: &Item, gapped: bool) -> Truth {
    match item.relation().origin {
        Origin::Report | Origin::Within(_) => Truth::Unknown,
        // What could not be read may be what would have said it.
        Origin::Tree | Origin::Git | Origin::Audit if gapped => Truth::Unknown,
        // What is not given is not any of the values, and so is none of the forbidden ones.
        Origin::Tree | Origin::Git | Origin::Audit => match comparator {
            Comparator::Ne | Comparator::NotIn => Truth::Yes,
            _ => Truth::No,
        },
    }
}

/// A list as its members, anything else as itself.
fn members(value: &Value) -> &[Value] {
    match value {
        Value::List(list) => list,
        other => std::slice::from_ref(other),
    }
}

/// How a value stands to a bound; `None` where the two cannot be compared, or nothing was measured.
pub(super) fn order(found: &Value, wanted: &Value, kind: Kind) -> Option<Ordering> {
    match (found, wanted) {
        (Value::Int(found), Value::Int(wanted)) if kind != Kind::Ratio => Some(found.cmp(wanted)),
        (Value::Ratio(ratio), Value::Int(hundredths)) => {
            ratio.compare(u64::try_from(*hundredths).ok()?)
        }
        _ => None,
    }
}

fn globs_of(value: &Value) -> Option<GlobSet> {
    text_globs(members(value).iter().filter_map(Value::as_text)).ok()
}

fn matches(found: &Value, globs: &GlobSet) -> bool {
    members(found)
        .iter()
        .filter_map(Value::as_text)
        .any(|text| globs.is_match(text))
}
