//! `every`: each item of the population must meet every condition.

use crate::model::control::{Clause, Empty, Selection, Test};
use crate::model::fact::Item;
use crate::model::result::TestResult;
use crate::model::text::grouped;
use crate::model::value::Value;

use super::compare::{Truth, ready};
use super::select::{Unsaid, select, settle_nothing};
use super::{Bench, deviation, outcome, phrase, predicate, words};

/// The items that break a condition, each with the conditions it breaks.
type Failing<'f> = Vec<(&'f Item, Vec<&'f Clause>)>;

pub(super) fn evaluate(
    bench: &Bench<'_>,
    test: &Test,
    of: &Selection,
    must: &[Clause],
    empty: Empty,
) -> TestResult {
    let mut selected = select(bench, of);
    let mut result = selected.begin(test, of);
    result.required = words::required(bench, must);
    let (failing, unsaid) = look(bench, &selected.items, must, !result.gaps.is_empty());
    unsaid.say(of.relation, &mut result.gaps);
    for (item, broken) in &failing {
        let fields: Vec<&str> = broken.iter().map(|clause| clause.field.as_str()).collect();
        let required = words::required(bench, broken.iter().copied());
        let deviation = deviation::of(bench, &test.attribute, item, &fields, &required);
        result.deviations.push(deviation);
    }
    deviation::number_alike(&mut result.deviations);
    result.outcome = outcome(failing.len(), result.gaps.len());
    result.observed = observed(bench, of, selected.items.len(), &failing);
    settle_nothing(bench, of, empty, selected.absent, &mut result);

    let one = phrase::population(bench, of, 1);
    let demand = format!("For every {one}, {}", words::must(bench, must));
    let counts = || counts(&result, failing.len(), unsaid.count());
    result.sentence = match words::none(&result, of.relation) {
        Some(none) => format!("{demand}. {none}"),
        None => format!("{demand}: {}.", counts()),
    };
    result
}

fn look<'f>(
    bench: &Bench<'_>,
    items: &[&'f Item],
    must: &'f [Clause],
    gapped: bool,
) -> (Failing<'f>, Unsaid) {
    let conditions = ready(bench, must);
    let mut failing = Vec::new();
    let mut unsaid = Unsaid::default();
    for item in items {
        let truths = conditions
            .iter()
            .map(|it| (it.clause, it.holds(bench, item, gapped)));
        let truths: Vec<(&Clause, Truth)> = truths.collect();
        let broken = truths.iter().filter(|(_, truth)| *truth == Truth::No);
        let broken: Vec<&Clause> = broken.map(|(clause, _)| *clause).collect();
        let open = truths.iter().find(|(_, truth)| *truth == Truth::Unknown);
        match (broken.is_empty(), open) {
            (false, _) => failing.push((*item, broken)),
            (true, Some((clause, _))) => unsaid.add(&clause.field),
            (true, None) => {}
        }
    }
    (failing, unsaid)
}

/// `71 of 80 are so, 9 are not`.
fn counts(result: &TestResult, bad: usize, unsaid: usize) -> String {
    let all = result.population;
    let good = all - bad - unsaid;
    let verb = if good == 1 { "is" } else { "are" };
    let said = format!(
        "{} of {} {verb} so",
        grouped(good as u64),
        grouped(all as u64)
    );
    match (bad, unsaid) {
        (0, 0) => said,
        (_, 0) => format!("{said}, {} not", words::are(bad)),
        (0, _) => format!("{said}, and of {unsaid} the evidence does not say"),
        _ => format!(
            "{said}, {} not, and of {unsaid} the evidence does not say",
            words::are(bad)
        ),
    }
}

/// `9 of 80 references from outside: pin is tag 7, branch 1, docker-tag 1`, `8 of 9 manifests are not
/// covered`.
fn observed(bench: &Bench<'_>, of: &Selection, all: usize, failing: &Failing<'_>) -> String {
    let population = phrase::population(bench, of, all);
    let all = grouped(all as u64);
    if failing.is_empty() {
        return format!("{all} {population}, each as required");
    }
    let mut fields: Vec<&str> = Vec::new();
    for clause in failing.iter().flat_map(|(_, broken)| broken) {
        if !fields.contains(&clause.field.as_str()) {
            fields.push(&clause.field);
        }
    }
    // Whether it is a sentence by itself, and what it says.
    let part = |field: &&str| {
        let breaks = |clause: &&Clause| clause.field == *field;
        let broken = |(_, broken): &&(&Item, Vec<&Clause>)| broken.iter().any(&breaks);
        let values = failing
            .iter()
            .filter(broken)
            .map(|(item, _)| item.get(field));
        let values: Vec<&Value> = values.collect();
        let all_are = |so: bool| values.iter().all(|value| **value == Value::Bool(so));
        let so = [true, false].into_iter().find(|so| all_are(*so));
        if let Some(said) = so.and_then(|so| predicate::says(field, so, values.len())) {
            return (true, said);
        }
        let values = words::tally(values.into_iter());
        (false, format!("{} is {values}", words::spoken(field)))
    };
    let parts: Vec<(bool, String)> = fields.iter().map(part).collect();
    let failing = grouped(failing.len() as u64);
    if let [(true, predicate)] = parts.as_slice() {
        return format!("{failing} of {all} {population} {predicate}");
    }
    let parts: Vec<String> = parts.into_iter().map(|(_, said)| said).collect();
    format!("{failing} of {all} {population}: {}", parts.join("; "))
}
