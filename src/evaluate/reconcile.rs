//! `reconcile`: each item of one population stands in another, by a key.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::control::{Empty, Selection, Test};
use crate::model::fact::Item;
use crate::model::gap::Gap;
use crate::model::result::TestResult;
use crate::model::text::{excerpt, grouped};
use crate::model::value::Value;

use super::select::{Selected, Unsaid, missing, select, settle_nothing};
use super::{Bench, add_gap, deviation, outcome, phrase, words};

pub(super) struct Sides<'s> {
    pub(super) each: &'s Selection,
    pub(super) key: &'s str,
    pub(super) within: &'s Selection,
    pub(super) within_key: &'s str,
    pub(super) per: Option<&'s str>,
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
    let other = phrase::population(bench, sides.within, 2);
    result.required = format!("each {} among the {other}", words::spoken(sides.key));
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
        words::spoken(sides.key),
        phrase::population(bench, sides.each, 1),
    );
    let verb = if found == "1" { "is" } else { "are" };
    let missed = match absent {
        0 => String::new(),
        _ => format!(", {} not", words::are(absent)),
    };
    let demand = format!("Every {one} must stand among the {other} by its {key}");
    result.sentence = match words::none(&result, sides.each.relation) {
        Some(none) => format!("{demand}. {none}"),
        None => format!("{demand}: {found} of {total} {verb} there{missed}."),
    };
    result
}

/// The field by which the second side may be silent, with the values that it says anything of.
fn spoken<'s, 'i>(sides: &Sides<'s>, right: &Selected<'i>) -> Option<(&'s str, BTreeSet<&'i str>)> {
    let per = sides.per?;
    let values = right
        .items
        .iter()
        .filter_map(|item| item.get(per).as_text());
    Some((per, values.collect()))
}

/// The gap that the second side says nothing of a value.
fn unspoken_of(sides: &Sides<'_>, value: &str, count: usize) -> Gap {
    let (each, within) = (sides.each.relation, sides.within.relation);
    let says = format!(
        "no {} whose {} is {}, for {} {}; looked for {}",
        within.noun.0,
        words::label(sides.per.unwrap_or_default()),
        excerpt(value),
        grouped(count as u64),
        each.noun_for(count),
        within.sought
    );
    Gap::missing(says, within.remedy)
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
    let spoken = spoken(sides, right);
    let silent = |item: &Item| match &spoken {
        Some((per, values)) => !item
            .get(per)
            .as_text()
            .is_some_and(|it| values.contains(it)),
        None => false,
    };
    let mut unsaid = Unsaid::default();
    let mut unspoken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = 0;
    for item in &left.items {
        match item.get(sides.key) {
            Value::Text(key) if there.contains(key.as_str()) => found += 1,
            Value::Text(_) if whole && silent(item) => {
                let value = sides.per.and_then(|per| item.get(per).as_text());
                *unspoken.entry(value.unwrap_or("not stated")).or_default() += 1;
            }
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
    for (value, count) in unspoken {
        let gap = unspoken_of(sides, value, count);
        add_gap(&mut result.gaps, &gap);
    }
    deviation::number_alike(&mut result.deviations);
    found
}
