//! `reconcile`: each item of one population stands in another, by a key.

use std::collections::BTreeSet;

use crate::model::control::{Empty, Selection, Test};
use crate::model::result::TestResult;
use crate::model::text::grouped;
use crate::model::value::Value;

use super::select::{nothing, select, unsaid_gap};
use super::{Bench, add_gap, outcome, words};

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
    let (left, right) = (select(bench, sides.each), select(bench, sides.within));
    let mut result = words::blank(test, Some(sides.each.relation));
    result.items = left.before;
    result.population = left.items.len();
    result.evidence = left
        .evidence
        .iter()
        .chain(&right.evidence)
        .cloned()
        .collect();
    result.gaps = left.gaps;
    let there: BTreeSet<&str> = right
        .items
        .iter()
        .filter_map(|item| item.get(sides.within_key).as_text())
        .collect();
    let other = words::population(bench, sides.within, 2);
    result.required = format!("each {} among the {other}", words::label(sides.key));
    result.logic = format!(
        "every {} has its {} in {} of {}",
        words::relation(bench, sides.each),
        sides.key,
        sides.within_key,
        words::relation(bench, sides.within)
    );
    let all = left.items.len();
    if all > 0 {
        right
            .gaps
            .iter()
            .for_each(|gap| add_gap(&mut result.gaps, gap));
        if right.absent && right.gaps.is_empty() {
            result
                .gaps
                .push(super::select::missing(sides.within.relation));
        }
    }
    // What cannot be read may be where the key stands: without the whole second side, a key that
    // is not found is a gap and no deviation.
    let whole = right.gaps.is_empty() && !right.absent;
    let mut found = 0;
    for item in &left.items {
        match item.get(sides.key) {
            Value::Text(key) if there.contains(key.as_str()) => found += 1,
            Value::Text(_) if whole => {
                let deviation =
                    words::deviation(bench, &test.attribute, item, &[sides.key], &result.required);
                result.deviations.push(deviation);
            }
            Value::Text(_) => {}
            _ => add_gap(
                &mut result.gaps,
                &unsaid_gap(sides.each.relation, sides.key, 1),
            ),
        }
    }
    words::number_alike(&mut result.deviations);
    let missing = result.deviations.len();
    result.outcome = outcome(missing, result.gaps.len());
    let population = words::population(bench, sides.each, all);
    result.observed = match missing {
        0 => format!(
            "{} of {} {population} among the {other}",
            grouped(found),
            grouped(all as u64)
        ),
        _ => format!(
            "{} of {} {population} not among the {other}",
            grouped(missing as u64),
            grouped(all as u64)
        ),
    };
    if all == 0 && result.gaps.is_empty() {
        let when = if left.absent {
            empty.when_absent
        } else {
            empty.when_empty
        };
        let nothing = nothing(bench, &test.attribute, sides.each, when, left.absent);
        result.outcome = nothing.outcome;
        result.observed = nothing.observed;
        result.deviations.extend(nothing.deviation);
        result.gaps.extend(nothing.gap);
    }
    result.sentence = format!(
        "Every {} must stand among the {} by {}: {} of {} do, {} not.",
        words::relation(bench, sides.each),
        words::relation(bench, sides.within),
        words::label(sides.key),
        grouped(found),
        grouped(all as u64),
        words::does(missing)
    );
    result
}
