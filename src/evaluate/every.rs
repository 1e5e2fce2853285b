//! `every`: each item of the population must meet every condition.

use crate::model::control::{Clause, Empty, Selection, Test};
use crate::model::fact::Item;
use crate::model::result::TestResult;
use crate::model::text::grouped;

use super::compare::{Truth, holds};
use super::select::{nothing, select, unsaid_gap};
use super::{Bench, add_gap, outcome, words};

pub(super) fn evaluate(
    bench: &Bench<'_>,
    test: &Test,
    of: &Selection,
    must: &[Clause],
    empty: Empty,
) -> TestResult {
    let selected = select(bench, of);
    let mut result = words::blank(test, Some(of.relation));
    result.required = words::required(bench, must);
    result.items = selected.before;
    result.population = selected.items.len();
    let mut failing: Vec<(&Item, Vec<&Clause>)> = Vec::new();
    let mut unsaid = 0;
    let gapped = !selected.gaps.is_empty();
    for item in &selected.items {
        let truths: Vec<(&Clause, Truth)> = must
            .iter()
            .map(|clause| (clause, holds(bench, clause, item, gapped)))
            .collect();
        let broken: Vec<&Clause> = truths
            .iter()
            .filter(|(_, truth)| *truth == Truth::No)
            .map(|(clause, _)| *clause)
            .collect();
        if !broken.is_empty() {
            failing.push((item, broken));
        } else if let Some((clause, _)) = truths.iter().find(|(_, truth)| *truth == Truth::Unknown)
        {
            unsaid += 1;
            add_gap(&mut result.gaps, &unsaid_gap(of.relation, &clause.field, 1));
        }
    }
    for (item, broken) in &failing {
        let fields: Vec<&str> = broken.iter().map(|clause| clause.field.as_str()).collect();
        let broken: Vec<Clause> = broken.iter().map(|clause| (*clause).clone()).collect();
        let required = words::required(bench, &broken);
        result.deviations.push(words::deviation(
            bench,
            &test.attribute,
            item,
            &fields,
            &required,
        ));
    }
    words::number_alike(&mut result.deviations);
    selected
        .gaps
        .iter()
        .for_each(|gap| add_gap(&mut result.gaps, gap));
    result.evidence = selected.evidence;

    let (all, bad) = (selected.items.len(), failing.len());
    result.outcome = outcome(bad, result.gaps.len());
    result.observed = observed(bench, of, all, &failing);
    if all == 0 && result.gaps.is_empty() {
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
    let counts = match (all, bad, unsaid) {
        (0, ..) if result.gaps.is_empty() => format!("there is none: {}", result.outcome.words()),
        (0, ..) => "none was found in what could be read".to_owned(),
        (_, bad, 0) => format!(
            "{} of {} do, {} not",
            grouped((all - bad) as u64),
            grouped(all as u64),
            words::does(bad)
        ),
        (_, bad, unsaid) => format!(
            "{} of {} do, {} not, and of {unsaid} the evidence does not say",
            grouped((all - bad - unsaid) as u64),
            grouped(all as u64),
            words::does(bad)
        ),
    };
    result.sentence = format!(
        "Every {} must have {}: {counts}.",
        words::relation(bench, of),
        words::must(bench, must)
    );
    result.logic = format!(
        "every {} must {}",
        words::relation(bench, of),
        result.required
    );
    result
}

/// `9 of 80 references from outside: pin is tag 7, branch 1, docker-tag 1`.
fn observed(
    bench: &Bench<'_>,
    of: &Selection,
    all: usize,
    failing: &[(&Item, Vec<&Clause>)],
) -> String {
    let population = words::population(bench, of, all);
    if failing.is_empty() {
        return format!("{} {population}, each as required", grouped(all as u64));
    }
    let head = format!(
        "{} of {} {population}",
        grouped(failing.len() as u64),
        grouped(all as u64)
    );
    let mut fields: Vec<(&str, usize)> = Vec::new();
    for clause in failing.iter().flat_map(|(_, broken)| broken) {
        match fields.iter_mut().find(|(field, _)| *field == clause.field) {
            Some((_, count)) => *count += 1,
            None => fields.push((&clause.field, 1)),
        }
    }
    let part = |(field, _): &(&str, usize)| {
        let broken = failing
            .iter()
            .filter(|(_, broken)| broken.iter().any(|clause| clause.field == *field));
        format!(
            "{} is {}",
            words::label(field),
            words::tally(broken.map(|(item, _)| item.get(field)))
        )
    };
    format!(
        "{head}: {}",
        fields.iter().map(part).collect::<Vec<_>>().join("; ")
    )
}
