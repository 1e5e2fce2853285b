//! `fresh`: the age of each item against the as-of time.

use crate::model::control::{Empty, Operand, Selection, Test};
use crate::model::result::TestResult;
use crate::model::text::grouped;
use crate::model::time::Moment;
use crate::model::value::Value;

use super::compare::resolve;
use super::select::{nothing, select, unsaid_gap};
use super::{Bench, count, outcome, words};

pub(super) fn evaluate(
    bench: &Bench<'_>,
    test: &Test,
    of: &Selection,
    field: &str,
    within: &Operand,
    empty: Empty,
) -> TestResult {
    let selected = select(bench, of);
    let mut result = words::blank(test, Some(of.relation));
    result.items = selected.before;
    result.population = selected.items.len();
    result.evidence = selected.evidence;
    result.gaps = selected.gaps;
    result.required = words::bound(
        bench,
        crate::model::control::Comparator::AtMost,
        within,
        false,
    );
    result.logic = format!(
        "age of {field} of {} {}",
        words::relation(bench, of),
        result.required
    );
    let Value::Int(limit) = *resolve(bench, within, None) else {
        return count::off(result);
    };
    let mut oldest: Option<i64> = None;
    for item in &selected.items {
        let Some(moment) = item.get(field).as_text().and_then(Moment::earliest) else {
            result.gaps.push(unsaid_gap(of.relation, field, 1));
            continue;
        };
        let days = bench.context.as_of.days_since(moment);
        oldest = oldest.max(Some(days));
        if days > limit {
            result.deviations.push(words::deviation(
                bench,
                &test.attribute,
                item,
                &[field],
                &result.required,
            ));
        }
    }
    words::number_alike(&mut result.deviations);
    result.outcome = outcome(result.deviations.len(), result.gaps.len());
    result.observed = match oldest {
        Some(days) => format!(
            "{} {}, the oldest {days} d",
            grouped(selected.items.len() as u64),
            words::population(bench, of, selected.items.len())
        ),
        None => format!("no {} with a time", of.relation.noun.0),
    };
    if selected.items.is_empty() && result.gaps.is_empty() {
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
    }
    let bound = result.required.split(" (").next().unwrap_or("");
    result.sentence = format!(
        "The age of every {} by {} must be {bound}: {}.",
        words::relation(bench, of),
        words::label(field),
        result.observed
    );
    result
}
