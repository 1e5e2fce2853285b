//! `count`: how many items match.

use crate::model::control::{Bound, Comparator, Empty, Selection, Test, WhenEmpty};
use crate::model::fact::Item;
use crate::model::result::{Outcome, TestResult};
use crate::model::text::grouped;
use crate::model::value::Value;

use super::compare::resolve;
use super::select::{select, settle_nothing};
use super::{Bench, deviation, outcome, phrase, words};

pub(super) fn evaluate(
    bench: &Bench<'_>,
    test: &Test,
    of: &Selection,
    bound: &Bound,
    when_absent: WhenEmpty,
) -> TestResult {
    let mut selected = select(bench, of);
    let mut result = selected.begin(test, of);
    let count = selected.items.len();
    let bound_words = words::bound(bench, bound.comparator, &bound.operand, false);
    result.required = match bound.comparator {
        // What is asked for is named; what is refused stands in what was observed.
        Comparator::AtLeast => format!("{bound_words} {}", of.relation.noun.0),
        _ => bound_words.clone(),
    };
    result.observed = observed(bench, of, &selected.items);
    let Value::Int(limit) = resolve(bench, &bound.operand, None) else {
        return off(result);
    };
    if selected.absent && result.gaps.is_empty() {
        let empty = Empty {
            when_empty: when_absent,
            when_absent,
        };
        settle_nothing(bench, of, empty, true, &mut result);
    } else {
        judge(bench, of, bound, *limit, &selected.items, &mut result);
    }
    result.sentence = sentence(bench, of, bound, *limit, count);
    result
}

/// `There must be no hazard: there are 2.`
fn sentence(bench: &Bench<'_>, of: &Selection, bound: &Bound, limit: i64, count: usize) -> String {
    let amount = match bound.comparator {
        Comparator::AtMost if limit == 0 => "no".to_owned(),
        Comparator::AtMost => format!("at most {limit}"),
        _ => format!("at least {limit}"),
    };
    let population = phrase::population(bench, of, if limit > 1 { 2 } else { 1 });
    let there = match count {
        0 => "there is none".to_owned(),
        1 => "there is 1".to_owned(),
        _ => format!("there are {}", grouped(count as u64)),
    };
    format!("There must be {amount} {population}: {there}.")
}

/// Compares the count with the bound. Too much is shown item by item; too little is one shortfall,
/// and no finding at all where what is missed may stand in what could not be read.
fn judge(
    bench: &Bench<'_>,
    of: &Selection,
    bound: &Bound,
    limit: i64,
    items: &[&Item],
    result: &mut TestResult,
) {
    let found = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let attribute = result.attribute.clone();
    match bound.comparator {
        Comparator::AtLeast if found >= limit && found > 0 => {
            // Enough was found, whatever could not be read beside it.
            result.gaps.clear();
        }
        Comparator::AtLeast if found < limit && result.gaps.is_empty() => {
            let (observed, required) = (&result.observed, &result.required);
            let short =
                deviation::of_population(bench, &attribute, of.relation, observed, required);
            result.deviations.push(short);
        }
        Comparator::AtMost if found > limit => {
            let fields: Vec<&str> = of
                .filter
                .iter()
                .map(|clause| clause.field.as_str())
                .collect();
            let required = &result.required;
            let one = |item: &&Item| deviation::of(bench, &attribute, item, &fields, required);
            result.deviations = items.iter().map(one).collect();
            deviation::number_alike(&mut result.deviations);
        }
        _ => {}
    }
    result.outcome = outcome(result.deviations.len(), result.gaps.len());
}

/// A bound that is off asks for nothing.
pub(super) fn off(mut result: TestResult) -> TestResult {
    result.outcome = Outcome::NotApplicable;
    result.observed = format!("not adopted: the bound is off ({})", result.required);
    result
        .sentence
        .push_str("The bound of this test is off: nothing is asked.");
    result.gaps.clear();
    result
}

/// `2 calls on the blocklist: pickle 1, yaml-load 1`.
fn observed(bench: &Bench<'_>, of: &Selection, items: &[&Item]) -> String {
    let count = items.len();
    let head = format!(
        "{} {}",
        grouped(count as u64),
        phrase::population(bench, of, count)
    );
    match of.relation.shown.first() {
        Some(field) if count > 0 => {
            format!(
                "{head}: {}",
                words::tally(items.iter().map(|item| item.get(field)))
            )
        }
        _ => head,
    }
}
