//! `count`: how many items match.

use crate::model::control::{Bound, Comparator, Selection, Test, WhenEmpty};
use crate::model::result::{Outcome, TestResult};
use crate::model::text::grouped;
use crate::model::value::Value;

use super::compare::resolve;
use super::select::{nothing, select};
use super::{Bench, outcome, words};

pub(super) fn evaluate(
    bench: &Bench<'_>,
    test: &Test,
    of: &Selection,
    bound: &Bound,
    when_absent: WhenEmpty,
) -> TestResult {
    let selected = select(bench, of);
    let mut result = words::blank(test, Some(of.relation));
    let count = selected.items.len();
    result.items = selected.before;
    result.population = count;
    result.evidence = selected.evidence;
    result.gaps = selected.gaps;
    result.required = words::bound(bench, bound.comparator, &bound.operand, false);
    result.observed = observed(bench, of, &selected.items);
    result.logic = format!("count {} {}", words::relation(bench, of), result.required);
    let Value::Int(limit) = resolve(bench, &bound.operand, None) else {
        return off(result);
    };
    let found = i64::try_from(count).unwrap_or(i64::MAX);
    let broken = match bound.comparator {
        Comparator::AtLeast => found < *limit,
        _ => found > *limit,
    };
    if selected.absent && result.gaps.is_empty() {
        let nothing = nothing(bench, &test.attribute, of, when_absent, true);
        result.outcome = nothing.outcome;
        result.observed = nothing.observed;
        result.deviations.extend(nothing.deviation);
        result.gaps.extend(nothing.gap);
    } else {
        if broken && bound.comparator == Comparator::AtLeast {
            // With a gap, what is missing may stand in what could not be read: that is no finding.
            if result.gaps.is_empty() {
                let short = words::shortfall(
                    bench,
                    &test.attribute,
                    of.relation,
                    &result.observed,
                    &result.required,
                );
                result.deviations.push(short);
            }
        } else if broken {
            let fields: Vec<&str> = of
                .filter
                .iter()
                .map(|clause| clause.field.as_str())
                .collect();
            result.deviations = selected
                .items
                .iter()
                .map(|item| {
                    words::deviation(bench, &test.attribute, item, &fields, &result.required)
                })
                .collect();
            words::number_alike(&mut result.deviations);
        }
        // Enough was found, whatever could not be read beside it.
        if !broken && bound.comparator == Comparator::AtLeast && count > 0 {
            result.gaps.clear();
        }
        result.outcome = outcome(result.deviations.len(), result.gaps.len());
    }
    let noun = words::relation(bench, of);
    result.sentence = format!(
        "There must be {} {noun}: there {} {}.",
        words::bound(bench, bound.comparator, &bound.operand, false)
            .split(" (")
            .next()
            .unwrap_or(""),
        if count == 1 { "is" } else { "are" },
        grouped(count as u64)
    );
    result
}

/// A bound that is off asks for nothing.
pub(super) fn off(mut result: TestResult) -> TestResult {
    result.outcome = Outcome::NotApplicable;
    result.observed = format!("not adopted: the bound is off ({})", result.required);
    result.sentence = "The bound of this test is off: nothing is asked.".to_owned();
    result.gaps.clear();
    result
}

/// `2 calls on the blocklist: pickle 1, yaml-load 1`.
fn observed(bench: &Bench<'_>, of: &Selection, items: &[&crate::model::fact::Item]) -> String {
    let count = items.len();
    let head = format!(
        "{} {}",
        grouped(count as u64),
        words::population(bench, of, count)
    );
    match of.relation.shown.first() {
        Some(field) if count > 0 => format!(
            "{head}: {}",
            words::tally(items.iter().map(|item| item.get(field)))
        ),
        _ => head,
    }
}
