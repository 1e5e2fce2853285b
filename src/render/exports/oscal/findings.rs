//! Findings: what the test of a control came to, where it came to something.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::relations::ATTESTATION_STATEMENT;
use crate::model::result::ControlResult;
use crate::model::run::Run;

use super::super::plain::compact;
use super::super::sayings;
use super::super::standing::{Standing, cause};
use super::observations::{Observations, of_control, of_deviation};
use super::risks::of_result;
use super::text::{prop, prose, token};
use super::{Names, titled};

/// The findings, in the order of the results.
pub(super) fn findings<'r>(names: &Names<'r>, observations: &Observations<'r>) -> Vec<Value> {
    let results = names.run.results.iter();
    results
        .filter_map(|result| finding(names, observations, result))
        .collect()
}

/// The state of a finding and why; `None` where there is none.
fn state(result: &ControlResult) -> Option<(&'static str, &'static str)> {
    match Standing::of(result) {
        Standing::NoneNoted => Some(("satisfied", "pass")),
        Standing::Attested => Some(("satisfied", "other")),
        Standing::Exceptions => Some(("not-satisfied", "fail")),
        Standing::Waived => Some(("not-satisfied", "other")),
        Standing::Untested | Standing::Unreadable => Some(("not-satisfied", cause(&result.gaps))),
        Standing::Pending | Standing::DidNotOccur | Standing::NotApplicable => None,
    }
}

fn finding<'r>(
    names: &Names<'r>,
    observations: &Observations<'r>,
    result: &'r ControlResult,
) -> Option<Value> {
    let run = names.run;
    let (state, reason) = state(result)?;
    let stands = Standing::of(result);
    let control = run.control(&result.control);
    let mut seen = vec![of_control(names, result)];
    seen.extend((0..result.deviations.len()).map(|at| of_deviation(names, result, at)));
    seen.extend(
        result
            .gaps
            .iter()
            .filter_map(|gap| observations.gap(gap))
            .cloned(),
    );
    let seen: Vec<Value> = seen
        .into_iter()
        .map(|uuid| json!({"observation-uuid": uuid}))
        .collect();
    let risks: Vec<Value> = of_result(names, result)
        .into_iter()
        .map(|uuid| json!({"risk-uuid": uuid}))
        .collect();
    let mut props = vec![prop("result", result.outcome.name(), None)];
    for (criterion, support) in control.map_or(&[][..], |it| it.criteria.as_slice()) {
        props.push(prop("criterion", criterion, Some(support.name())));
    }
    for (waiver, state) in sayings::waivers(run, &result.control) {
        props.push(prop("waiver", &waiver.id, Some(state.name())));
    }
    let persons = (stands == Standing::Attested).then(|| origins(names, result));
    Some(compact(json!({
        "uuid": names.of("finding", &result.control),
        "title": titled(run, result),
        "description": prose(&control.map_or_else(String::new, |it| sayings::sentence(&it.statement))),
        "props": props,
        "origins": persons,
        "target": {
            "type": "objective-id",
            "target-id": token(&result.control),
            "status": {"state": state, "reason": reason, "remarks": remarks(stands, result)},
        },
        "related-observations": seen,
        "related-risks": risks,
    })))
}

/// What the run says of it, in its own words.
fn remarks(stands: Standing, result: &ControlResult) -> String {
    let beside = if stands != Standing::Untested && !result.gaps.is_empty() {
        ", and not tested in full"
    } else {
        ""
    };
    format!("{}{beside}.", stands.words())
}

/// The persons who stated what a control asks for.
fn origins(names: &Names<'_>, result: &ControlResult) -> Vec<Value> {
    let persons = stated(names.run, Some(&result.control));
    let actor = |person: &&str| json!({"actors": [{"type": "party", "actor-uuid": names.of("person", person)}]});
    persons.iter().map(actor).collect()
}

/// Everyone who stated something.
pub(super) fn persons(run: &Run) -> BTreeSet<&str> {
    stated(run, None)
}

fn stated<'r>(run: &'r Run, control: Option<&str>) -> BTreeSet<&'r str> {
    let statements = run.facts.get(ATTESTATION_STATEMENT.name);
    let items = statements
        .into_iter()
        .flat_map(|population| &population.items);
    items
        .filter(|item| control.is_none_or(|id| item.get("control").as_text() == Some(id)))
        .filter_map(|item| item.get("person").as_text())
        .collect()
}
