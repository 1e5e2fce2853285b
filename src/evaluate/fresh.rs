//! `fresh`: the age of each item against the as-of time.

use crate::model::control::{Comparator, Empty, Operand, Selection, Test};
use crate::model::result::TestResult;
use crate::model::text::grouped;
use crate::model::time::Moment;
use crate::model::value::Value;

use super::compare::resolve;
use super::select::{Unsaid, select, settle_nothing};
use super::{Bench, count, deviation, outcome, phrase, words};

pub(super) fn evaluate(
    bench: &Bench<'_>,
    test: &Test,
    of: &Selection,
    field: &str,
    within: &Operand,
    empty: Empty,
) -> TestResult {
    let mut selected = select(bench, of);
    let mut result = selected.begin(test, of);
    result.required = words::bound(bench, Comparator::AtMost, within, false);
    let Value::Int(limit) = *resolve(bench, within, None) else {
        return count::off(result);
    };
    let mut unsaid = Unsaid::default();
    let mut oldest: Option<i64> = None;
    for item in &selected.items {
        let Some(moment) = item.get(field).as_text().and_then(Moment::earliest) else {
            unsaid.add(field);
            continue;
        };
        let days = bench.context.as_of.days_since(moment);
        oldest = oldest.max(Some(days));
        if days > limit {
            let required = &result.required;
            let deviation = deviation::of(bench, &test.attribute, item, &[field], required);
            result.deviations.push(deviation);
        }
    }
    unsaid.say(of.relation, &mut result.gaps);
    deviation::number_alike(&mut result.deviations);
    result.outcome = outcome(result.deviations.len(), result.gaps.len());
    let count = result.population;
    let population = phrase::population(bench, of, count);
    result.observed = match oldest {
        Some(days) => format!(
            "{} {population}, the oldest {days} d",
            grouped(count as u64)
        ),
        None => format!("no {} with a time", of.relation.noun.0),
    };
    settle_nothing(bench, of, empty, selected.absent, &mut result);
    let (bound, observed) = (words::short(&result.required), &result.observed);
    let since = words::spoken(field);
    let one = phrase::population(bench, of, 1);
    let demand = format!("For every {one}, the age by the {since} must be {bound}");
    result.sentence = match words::none(&result, of.relation) {
        Some(none) => format!("{demand}. {none}"),
        None => format!("{demand}: {observed}."),
    };
    result
}
