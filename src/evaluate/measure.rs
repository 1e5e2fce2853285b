//! `measure`: a field of the items against a bound. Ratios are never added or averaged: each report
//! stands on its own, and the weakest decides.

use std::cmp::Ordering;

use crate::model::control::{Aggregate, Bound, Comparator, Empty, Selection, Test};
use crate::model::fact::Item;
use crate::model::relation::Kind;
use crate::model::result::TestResult;
use crate::model::text::grouped;
use crate::model::value::{Ratio, Value};

use super::compare::{order, resolve};
use super::select::{nothing, select, unsaid_gap};
use super::{Bench, count, outcome, words};

pub(super) struct Measure<'m> {
    pub(super) of: &'m Selection,
    pub(super) field: &'m str,
    pub(super) aggregate: Aggregate,
    pub(super) bound: &'m Bound,
    pub(super) empty: Empty,
}

pub(super) fn evaluate(bench: &Bench<'_>, test: &Test, measure: &Measure<'_>) -> TestResult {
    let Measure {
        of,
        field,
        aggregate,
        bound,
        empty,
    } = *measure;
    let percent = aggregate == Aggregate::Ratio;
    let mut selected = select(bench, of);
    // A number of a report that did not finish is no number: its gap says why.
    selected.items.retain(|item| {
        item.get("state")
            .as_text()
            .is_none_or(|state| state == "complete")
    });
    let mut result = words::blank(test, Some(of.relation));
    result.items = selected.before;
    result.population = selected.items.len();
    result.evidence = selected.evidence;
    result.gaps = selected.gaps;
    result.required = words::bound(bench, bound.comparator, &bound.operand, percent);
    result.logic = format!(
        "{} of {field} of {} {}",
        aggregate.name(),
        words::relation(bench, of),
        result.required
    );
    let limit = resolve(bench, &bound.operand, None).clone();
    if limit == Value::Absent {
        return count::off(result);
    }
    if selected.items.is_empty() {
        if result.gaps.is_empty() {
            let when = if selected.absent {
                empty.when_absent
            } else {
                empty.when_empty
            };
            let nothing = nothing(bench, &test.attribute, of, when, selected.absent);
            result.outcome = nothing.outcome;
            result.observed = nothing.observed;
            result.deviations.extend(nothing.deviation);
            result.gaps.extend(nothing.gap);
        } else {
            result.observed = format!("no {} that can be relied on", of.relation.noun.0);
        }
        result.sentence = sentence(bench, measure, &result);
        return result;
    }
    let measured = measure_items(&selected.items, field, aggregate);
    let unsaid = selected.items.len() - measured.values;
    if unsaid > 0 {
        result.gaps.push(unsaid_gap(of.relation, field, unsaid));
    }
    if let Some((value, item)) = measured.decisive {
        let kind = if percent { Kind::Ratio } else { Kind::Int };
        let held = order(&value, &limit, kind).map(|order| {
            if bound.comparator == Comparator::AtLeast {
                order.is_ge()
            } else {
                order.is_le()
            }
        });
        result.measured = value.as_ratio();
        result.observed = format!("{} · {}", said(&value, field), words::report(item));
        if selected.items.len() > 1 {
            result.observed = format!(
                "{}, the weakest of {} reports",
                result.observed,
                selected.items.len()
            );
        }
        match held {
            Some(true) => {}
            Some(false) => {
                result.deviations = failing(
                    bench,
                    test,
                    measure,
                    &selected.items,
                    &limit,
                    kind,
                    &result.required,
                );
            }
            None => result.gaps.push(unsaid_gap(of.relation, field, 1)),
        }
    }
    result.outcome = outcome(result.deviations.len(), result.gaps.len());
    result.sentence = sentence(bench, measure, &result);
    result
}

fn failing(
    bench: &Bench<'_>,
    test: &Test,
    measure: &Measure<'_>,
    items: &[&Item],
    limit: &Value,
    kind: Kind,
    required: &str,
) -> Vec<crate::model::result::Deviation> {
    let broken = |item: &&&Item| {
        let order = order(item.get(measure.field), limit, kind);
        order.is_some_and(|order| {
            if measure.bound.comparator == Comparator::AtLeast {
                order.is_lt()
            } else {
                order.is_gt()
            }
        })
    };
    let one =
        |item: &&Item| words::deviation(bench, &test.attribute, item, &[measure.field], required);
    let mut deviations: Vec<_> = items.iter().filter(broken).map(one).collect();
    // A sum can break its bound though no part does.
    if deviations.is_empty() {
        deviations = items.iter().map(one).collect();
    }
    words::number_alike(&mut deviations);
    deviations
}

struct Measured<'i> {
    values: usize,
    decisive: Option<(Value, &'i Item)>,
}

fn measure_items<'i>(items: &[&'i Item], field: &str, aggregate: Aggregate) -> Measured<'i> {
    let values: Vec<(&Value, &Item)> = items
        .iter()
        .map(|item| (item.get(field), *item))
        .filter(|(value, _)| **value != Value::Absent)
        .collect();
    let by_int = |(left, _): &&(&Value, &Item), (right, _): &&(&Value, &Item)| {
        left.as_int().cmp(&right.as_int())
    };
    let decisive = match aggregate {
        Aggregate::Sum => values.first().map(|(_, item)| {
            let sum = values
                .iter()
                .filter_map(|(value, _)| value.as_int())
                .fold(0_i64, i64::saturating_add);
            (Value::Int(sum), *item)
        }),
        Aggregate::Min => values
            .iter()
            .min_by(by_int)
            .map(|(value, item)| ((*value).clone(), *item)),
        Aggregate::Max => values
            .iter()
            .max_by(by_int)
            .map(|(value, item)| ((*value).clone(), *item)),
        Aggregate::Ratio => values
            .iter()
            .min_by(|(left, _), (right, _)| weaker(left.as_ratio(), right.as_ratio()))
            .map(|(value, item)| ((*value).clone(), *item)),
    };
    Measured {
        values: values.len(),
        decisive,
    }
}

/// Orders ratios by their share; 0 of 0 is the weakest, as nothing was measured.
fn weaker(left: Option<Ratio>, right: Option<Ratio>) -> Ordering {
    match (
        left.filter(|it| it.total > 0),
        right.filter(|it| it.total > 0),
    ) {
        (Some(left), Some(right)) => {
            let cross =
                |one: Ratio, other: Ratio| u128::from(one.covered) * u128::from(other.total);
            cross(left, right).cmp(&cross(right, left))
        }
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

/// `9,994 of 10,000 lines, 99.94 %`, or `valid 50`.
fn said(value: &Value, field: &str) -> String {
    match value {
        Value::Ratio(ratio) => {
            let percent = ratio
                .percent()
                .map_or_else(|| "nothing measured".to_owned(), |percent| percent);
            format!(
                "{} of {} {}, {percent}",
                grouped(ratio.covered),
                grouped(ratio.total),
                unit(field)
            )
        }
        other => format!("{} {}", words::label(field), words::value(other)),
    }
}

/// What a ratio counts: its own name, but for a score, which counts mutants.
fn unit(field: &str) -> String {
    match field {
        "measures.score" => "mutants detected".to_owned(),
        other => words::label(other),
    }
}

fn sentence(bench: &Bench<'_>, measure: &Measure<'_>, result: &TestResult) -> String {
    let bound = result.required.split(" (").next().unwrap_or("");
    format!(
        "The {} of {} in every {} must be {bound}: {}.",
        if measure.aggregate == Aggregate::Ratio {
            "share"
        } else {
            "number"
        },
        words::label(measure.field),
        words::relation(bench, measure.of),
        if result.observed.is_empty() {
            "nothing was measured"
        } else {
            &result.observed
        }
    )
}
