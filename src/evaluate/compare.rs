//! Comparing one value with another.

use std::cmp::Ordering;

use crate::model::control::{Clause, Comparator, Operand};
use crate::model::fact::Item;
use crate::model::relation::{Kind, Origin};
use crate::model::value::Value;
use crate::tree::glob::text_matcher;

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

/// Whether an item meets a condition. `gapped`: whether something of its relation could not be read.
pub(super) fn holds(bench: &Bench<'_>, clause: &Clause, item: &Item, gapped: bool) -> Truth {
    let found = item.get(&clause.field);
    let wanted = resolve(bench, &clause.operand, Some(item));
    if *found == Value::Absent && clause.comparator != Comparator::Exists {
        return match item.relation().origin {
            Origin::Report | Origin::Within(_) => Truth::Unknown,
            // What could not be read may be what would have said it.
            Origin::Tree | Origin::Git | Origin::Audit if gapped => Truth::Unknown,
            // What is not given is not any of the values, and so is none of the forbidden ones.
            Origin::Tree | Origin::Git | Origin::Audit => match clause.comparator {
                Comparator::Ne | Comparator::NotIn => Truth::Yes,
                _ => Truth::No,
            },
        };
    }
    let yes = match clause.comparator {
        Comparator::Exists => Some(Value::Bool(!found.is_empty()) == *wanted),
        Comparator::Eq => Some(found == wanted),
        Comparator::Ne => Some(found != wanted),
        Comparator::In => Some(
            members(found)
                .iter()
                .all(|member| wanted.as_list().contains(member)),
        ),
        Comparator::NotIn => Some(
            !members(found)
                .iter()
                .any(|member| wanted.as_list().contains(member)),
        ),
        Comparator::AtLeast => order(found, wanted, clause.kind).map(Ordering::is_ge),
        Comparator::AtMost => order(found, wanted, clause.kind).map(Ordering::is_le),
        Comparator::Matches => Some(matches(found, wanted)),
    };
    match yes {
        Some(true) => Truth::Yes,
        Some(false) => Truth::No,
        None => Truth::Unknown,
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

fn matches(found: &Value, globs: &Value) -> bool {
    let patterns = members(globs);
    members(found)
        .iter()
        .filter_map(Value::as_text)
        .any(|text| {
            patterns
                .iter()
                .filter_map(Value::as_text)
                .any(|glob| text_matcher(glob).is_ok_and(|glob| glob.is_match(text)))
        })
}
