//! `reconcile`: each item of one population stands in another, by a key.

use std::collections::BTreeSet;

use crate::model::control::{Empty, Selection, Test};
use crate::model::result::TestResult;
use crate::model::text::grouped;
use crate::model::value::Value;

use super::select::{Selected, Unsaid, missing, select, settle_nothing};
use super::{Bench, add_gap, deviation, outcome, phrase, words};

pub(super) struct Sides<'s> {
    pub(super) each: &'s Selection,
    pub(super) key: &'s str,
    pub(super) within: &'s Selection,
    pub(super) within_key: &'s str,
}

pub(super) fn evaluate(
    bench: &Bench<'_>,
    test: &Test,
    sides: &Sides<'_>,
    empty: Empty,
) -> TestResult {
    let (mut left, right) = (select(bench, sides.each), select(bench, sides.within));
    let mut result = left.begin(test, sides.each);
    result.evidence.extend(right.evidence.iter().cloned());
    let each = phrase::relation(bench, sides.each);
    let within = phrase::relation(bench, sides.within);
    let other = phrase::population(bench, sides.within, 2);
    result.required = format!("each {} among the {other}", words::label(sides.key));
    result.logic = format!(
        "every {each} has its {} in {} of {within}",
        sides.key, sides.within_key
    );
    let found = look(bench, sides, &left, &right, &mut result);
    let (all, absent) = (left.items.len(), result.deviations.len());
    result.outcome = outcome(absent, result.gaps.len());
    let population = phrase::population(bench, sides.each, all);
    let (found, total) = (grouped(found), grouped(all as u64));
    result.observed = match absent {
        0 => format!("{found} of {total} {population} among the {other}"),
        _ => format!(
            "{} of {total} {population} not among the {other}",
            grouped(absent as u64)
        ),
    };
    settle_nothing(bench, sides.each, empty, left.absent, &mut result);
    let (key, one) = (
        words::label(sides.key),
        phrase::population(bench, sides.each, 1),
    );
    let verb = if found == "1" { "is" } else { "are" };
    let missed = match absent {
        0 => String::new(),
        _ => format!(", {} not", words::are(absent)),
    };
    result.sentence = format!(
        "Every {one} must stand among the {other} by its {key}: {found} of {total} {verb} there{missed}."
    );
    result
}

/// Looks each key up, and answers how many were found. What cannot be read may be where a key
/// stands: without the whole second side, a key that is not found is a gap and no deviation.
fn look(
    bench: &Bench<'_>,
    sides: &Sides<'_>,
    left: &Selected<'_>,
    right: &Selected<'_>,
    result: &mut TestResult,
) -> u64 {
    if !left.items.is_empty() {
        for gap in &right.gaps {
            add_gap(&mut result.gaps, gap);
        }
        if right.absent && right.gaps.is_empty() {
            result.gaps.push(missing(sides.within.relation));
        }
    }
    let there: BTreeSet<&str> = right
        .items
        .iter()
        .filter_map(|item| item.get(sides.within_key).as_text())
        .collect();
    let whole = right.gaps.is_empty() && !right.absent;
    let mut unsaid = Unsaid::default();
    let mut found = 0;
    for item in &left.items {
        match item.get(sides.key) {
            Value::Text(key) if there.contains(key.as_str()) => found += 1,
            Value::Text(_) if whole => {
                let (attribute, required) = (&result.attribute, &result.required);
                let deviation = deviation::of(bench, attribute, item, &[sides.key], required);
                result.deviations.push(deviation);
            }
            Value::Text(_) => {}
            _ => unsaid.add(sides.key),
        }
    }
    unsaid.say(sides.each.relation, &mut result.gaps);
    deviation::number_alike(&mut result.deviations);
    found
}
