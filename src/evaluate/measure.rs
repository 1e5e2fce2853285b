//! `measure`: a field of the items against a bound. Ratios are never added or averaged: each report
//! stands on its own, and the weakest decides.

use std::cmp::Ordering;

use crate::model::control::{Aggregate, Bound, Comparator, Empty, Selection, Test};
use crate::model::fact::Item;
use crate::model::relation::{Kind, Relation};
use crate::model::result::{Deviation, TestResult};
use crate::model::text::grouped;
use crate::model::value::{Ratio, Value};

use super::compare::{order, resolve};
use super::select::{Unsaid, select, settle_nothing};
use super::{Bench, count, deviation, outcome, phrase, words};

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
    let mut selected = select(bench, of);
    // A number of a report that did not finish is no number: its gap says why.
    let complete = |state: &str| state == "complete";
    selected
        .items
        .retain(|item| item.get("state").as_text().is_none_or(complete));
    let mut result = selected.begin(test, of);
    let percent = aggregate == Aggregate::Ratio;
    result.required = words::bound(bench, bound.comparator, &bound.operand, percent);
    let limit = resolve(bench, &bound.operand, None).clone();
    if limit == Value::Absent {
        return count::off(result);
    }
    if selected.items.is_empty() {
        result.observed = format!("no {} that can be relied on", of.relation.noun.0);
        settle_nothing(bench, of, empty, selected.absent, &mut result);
    } else {
        judge(bench, measure, &selected.items, &limit, &mut result);
        result.outcome = outcome(result.deviations.len(), result.gaps.len());
    }
    let share = if percent { "share" } else { "number" };
    let one = phrase::population(bench, of, 1);
    let (unit, bound) = (unit(of.relation, field), words::short(&result.required));
    let demand = format!("In every {one}, the {share} of {unit} must be {bound}");
    result.sentence = match words::none(&result, of.relation) {
        Some(none) => format!("{demand}. {none}"),
        None => format!("{demand}: {}.", result.observed),
    };
    result
}

fn judge(
    bench: &Bench<'_>,
    measure: &Measure<'_>,
    items: &[&Item],
    limit: &Value,
    result: &mut TestResult,
) {
    let kind = if measure.aggregate == Aggregate::Ratio {
        Kind::Ratio
    } else {
        Kind::Int
    };
    let measured = measure_items(items, measure.field, measure.aggregate);
    let mut unsaid = Unsaid::default();
    (measured.values..items.len()).for_each(|_| unsaid.add(measure.field));
    if let Some((value, item)) = measured.decisive {
        result.measured = value.as_ratio();
        result.observed = format!(
            "{} · {}",
            said(&value, measure.of.relation, measure.field),
            words::report(item)
        );
        if items.len() > 1 {
            let weakest = format!(", the weakest of {} reports", items.len());
            result.observed.push_str(&weakest);
        }
        let held = order(&value, limit, kind).map(|order| match measure.bound.comparator {
            Comparator::AtLeast => order.is_ge(),
            _ => order.is_le(),
        });
        match held {
            Some(true) => {}
            Some(false) => result.deviations = failing(bench, measure, items, limit, kind, result),
            None => unsaid.add(measure.field),
        }
    }
    unsaid.say(measure.of.relation, &mut result.gaps);
}

fn failing(
    bench: &Bench<'_>,
    measure: &Measure<'_>,
    items: &[&Item],
    limit: &Value,
    kind: Kind,
    result: &TestResult,
) -> Vec<Deviation> {
    let broken = |item: &&&Item| {
        let order = order(item.get(measure.field), limit, kind);
        order.is_some_and(|order| match measure.bound.comparator {
            Comparator::AtLeast => order.is_lt(),
            _ => order.is_gt(),
        })
    };
    let (attribute, required) = (&result.attribute, &result.required);
    let one = |item: &&Item| deviation::of(bench, attribute, item, &[measure.field], required);
    let mut deviations: Vec<Deviation> = items.iter().filter(broken).map(one).collect();
    // A sum can break its bound though no part does.
    if deviations.is_empty() {
        deviations = items.iter().map(one).collect();
    }
    deviation::number_alike(&mut deviations);
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

/// `9,994 of 10,000 lines, 99.94 %`, or `test cases: 229`.
fn said(value: &Value, relation: &Relation, field: &str) -> String {
    let unit = unit(relation, field);
    match value {
        Value::Ratio(ratio) => {
            let percent = ratio
                .percent()
                .unwrap_or_else(|| "nothing measured".to_owned());
            let (covered, total) = (grouped(ratio.covered), grouped(ratio.total));
            format!("{covered} of {total} {unit}, {percent}")
        }
        other => format!("{unit}: {}", words::value(other)),
    }
}

/// What a measure counts: its own name, where that says it.
fn unit(relation: &Relation, field: &str) -> String {
    let unit = match (relation.name, field) {
        ("dependencies.report", "measures.audited") => "packages looked up",
        ("dependencies.report", "measures.skipped") => "packages left out",
        ("mutation.report", "measures.score") => "mutants detected",
        ("mutation.report", "measures.valid") => "mutants tried",
        ("sbom.report", "measures.identified") => "components that can be identified",
        ("sbom.report", "measures.versioned") => "components with a version",
        ("tests.report", "measures.total") => "test cases",
        ("types.report", "measures.active") => "errors",
        (_, "measures.active") => "open findings",
        (_, other) => return words::label(other),
    };
    unit.to_owned()
}
