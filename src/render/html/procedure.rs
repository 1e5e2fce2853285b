//! What was done for a control: parameters, requirements and tests, in words and in logic.

use serde::Serialize;

use crate::model::control::{Aggregate, Check, Control};
use crate::model::relations::relation;
use crate::model::result::{ControlResult, Outcome, TestResult};
use crate::model::value::Ratio;

use super::age::value;
use super::words::{self, Mark, mark};

#[derive(Serialize)]
pub(super) struct ParameterRow<'r> {
    name: &'r str,
    meaning: &'r str,
    value: String,
    default: String,
    floor: String,
    place: Option<String>,
    direction: &'static str,
    rationale: Option<String>,
}

#[derive(Serialize)]
pub(super) struct TestPart<'r> {
    number: String,
    attribute: &'r str,
    mark: Mark,
    sentence: &'r str,
    logic: &'r str,
    relation: &'r str,
    noun: &'static str,
    items: String,
    left_out: String,
    population: String,
    observed: &'r str,
    required: &'r str,
    deviations: usize,
    gaps: usize,
    exhibits: String,
    strip: Option<Strip>,
}

/// Where the items of a relation come from.
#[derive(Serialize)]
pub(super) struct Sought {
    relation: &'static str,
    item: &'static str,
    places: &'static str,
}

/// A measured share against its bound, as lengths of a figure.
#[derive(Serialize)]
struct Strip {
    at: String,
    limit: String,
    label: String,
}

pub(super) fn parameters(control: &Control) -> Vec<ParameterRow<'_>> {
    control
        .parameters
        .iter()
        .map(|parameter| ParameterRow {
            name: &parameter.name,
            meaning: &parameter.meaning,
            value: words::parameter(parameter, &parameter.value),
            default: words::parameter(parameter, &parameter.default),
            floor: parameter
                .floor
                .as_ref()
                .map(|floor| words::parameter(parameter, floor))
                .unwrap_or_default(),
            place: parameter
                .set_by
                .as_ref()
                .map(|by| format!("{}:{}", by.path, by.line)),
            direction: match parameter.departure() {
                Some(true) => "stricter",
                Some(false) => "looser",
                None => "",
            },
            rationale: parameter
                .set_by
                .as_ref()
                .and_then(|by| by.rationale.as_deref())
                .map(words::prose),
        })
        .collect()
}

/// What must hold of the reports before a test may say anything.
pub(super) fn requires(control: &Control) -> Vec<String> {
    control
        .requires
        .iter()
        .map(|requirement| {
            let mut parts = vec!["complete".to_owned()];
            let text = |operand| value(control, operand).map(ToString::to_string);
            if let Some(level) = requirement.origin.as_ref().and_then(text) {
                parts.push(format!(
                    "bound to the commit at level {level} or more firmly"
                ));
            }
            if let Some(days) = requirement.max_age.as_ref().and_then(text) {
                let same = ", or of any age while no source changed since its commit";
                let same = if requirement.same_sources { same } else { "" };
                let unit = if days == "1" { "day" } else { "days" };
                parts.push(format!("at most {days} {unit} old{same}"));
            }
            if let Some(undated) = requirement.undated.as_ref().and_then(text) {
                parts.push(format!("undated ones: {undated}"));
            }
            if let Some(most) = requirement.files_elsewhere.as_ref().and_then(text) {
                parts.push(format!(
                    "files measured outside of the tree: at most {most}"
                ));
            }
            format!("{}: {}", requirement.report.name, parts.join("; "))
        })
        .collect()
}

/// The tests and the tests they join, numbered `1`, `1.1`.
pub(super) fn tests<'r>(control: &'r Control, result: &'r ControlResult) -> Vec<TestPart<'r>> {
    let mut parts = Vec::new();
    for (at, test) in result.tests.iter().enumerate() {
        let check = control.tests.get(at).map(|test| &test.check);
        let number = (at + 1).to_string();
        flatten(control, test, check, (&number, mark), &mut parts);
    }
    parts
}

/// The relations that the tests read, each once.
pub(super) fn sources(result: &ControlResult) -> Vec<Sought> {
    fn add(test: &TestResult, sources: &mut Vec<Sought>) {
        let known = |name: &str, sources: &[Sought]| sources.iter().any(|it| it.relation == name);
        if let Some(found) = test.relation.and_then(relation)
            && !known(found.name, sources)
        {
            sources.push(Sought {
                relation: found.name,
                item: found.item,
                places: found.sought,
            });
        }
        test.parts.iter().for_each(|part| add(part, sources));
    }
    let mut sources = Vec::new();
    result.tests.iter().for_each(|test| add(test, &mut sources));
    sources
}

fn flatten<'r>(
    control: &'r Control,
    test: &'r TestResult,
    check: Option<&'r Check>,
    (number, mark): (&str, fn(Outcome) -> Mark),
    parts: &mut Vec<TestPart<'r>>,
) {
    let relation = test.relation.and_then(relation);
    parts.push(TestPart {
        number: number.to_owned(),
        attribute: &test.attribute,
        mark: mark(test.outcome),
        sentence: &test.sentence,
        logic: &test.logic,
        relation: test.relation.unwrap_or_default(),
        noun: relation.map_or("items", |relation| relation.noun_for(test.population)),
        items: words::grouped(test.items),
        left_out: words::grouped(test.items.saturating_sub(test.population)),
        population: words::grouped(test.population),
        observed: &test.observed,
        required: &test.required,
        deviations: test.deviations.len(),
        gaps: test.gaps.len(),
        exhibits: words::grouped(test.evidence.len() + test.sources),
        strip: test
            .measured
            .and_then(|ratio| strip(control, check?, ratio)),
    });
    let joined = match check {
        Some(Check::AllOf(tests) | Check::AnyOf(tests)) => tests.as_slice(),
        _ => &[],
    };
    let settled =
        matches!(check, Some(Check::AnyOf(_))) && test.outcome == Outcome::NoExceptionsNoted;
    let mark: fn(Outcome) -> Mark = if settled { words::way } else { mark };
    for (at, part) in test.parts.iter().enumerate() {
        let check = joined.get(at).map(|test| &test.check);
        let number = format!("{number}.{}", at + 1);
        flatten(control, part, check, (&number, mark), parts);
    }
}

/// A picture of a share, where the bound is a share too.
fn strip(control: &Control, check: &Check, ratio: Ratio) -> Option<Strip> {
    let Check::Measure {
        aggregate: Aggregate::Ratio,
        bound,
        ..
    } = check
    else {
        return None;
    };
    let limit = value(control, &bound.operand)?.as_int()?;
    let measured = u128::from(ratio.covered) * 10_000 / u128::from(ratio.total.max(1));
    let measured = i64::try_from(measured.min(10_000)).unwrap_or(10_000);
    Some(Strip {
        at: words::length(measured),
        limit: words::length(limit),
        label: format!(
            "{} of {} measured; the bound stands at {}",
            ratio.covered,
            ratio.total,
            words::length(limit)
        ),
    })
}
