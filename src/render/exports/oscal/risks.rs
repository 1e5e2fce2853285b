//! Risks: what management accepted for a time, and what it did not. A waiver in force is an approved
//! deviation; any other waiver approves nothing.

use serde_json::{Value, json};

use crate::model::result::ControlResult;

use super::super::plain::compact;
use super::super::sayings;
use super::observations::of_deviation;
use super::text::{prop, prose};
use super::{Names, titled};

/// The risks of all controls with exceptions.
pub(super) fn risks(names: &Names<'_>) -> Vec<Value> {
    let results = names.run.results.iter();
    results
        .flat_map(|result| of_control(names, result))
        .collect()
}

/// The names of the risks of a control.
pub(super) fn of_result(names: &Names<'_>, result: &ControlResult) -> Vec<String> {
    let open = (result.unwaived() > 0).then(|| open_name(names, result));
    let accepted = result
        .waivers
        .iter()
        .map(|used| accepted_name(names, result, &used.id));
    open.into_iter().chain(accepted).collect()
}

fn open_name(names: &Names<'_>, result: &ControlResult) -> String {
    names.of("risk", &result.control)
}

fn accepted_name(names: &Names<'_>, result: &ControlResult, waiver: &str) -> String {
    names.of("risk", &format!("{}\0{waiver}", result.control))
}

fn of_control(names: &Names<'_>, result: &ControlResult) -> Vec<Value> {
    let mut list = Vec::new();
    if result.unwaived() > 0 {
        list.push(open(names, result));
    }
    list.extend(
        result
            .waivers
            .iter()
            .map(|used| accepted(names, result, &used.id)),
    );
    list
}

/// The deviations of a control that one waiver covers, or none.
fn related(names: &Names<'_>, result: &ControlResult, waiver: Option<&str>) -> Vec<Value> {
    let deviations = result.deviations.iter().enumerate();
    deviations
        .filter(|(_, deviation)| deviation.waiver.as_deref() == waiver)
        .map(|(at, _)| json!({"observation-uuid": of_deviation(names, result, at)}))
        .collect()
}

fn open(names: &Names<'_>, result: &ControlResult) -> Value {
    let control = names.run.control(&result.control);
    let remediation = control.map_or("", |it| it.remediation.as_str());
    compact(json!({
        "uuid": open_name(names, result),
        "title": titled(names.run, result),
        "description": prose(&sayings::observed(result)),
        "statement": format!("No waiver in force covers it. {}", prose(&sayings::sentence(remediation))),
        "props": [prop("severity", result.severity.name(), None)],
        "status": "open",
        "related-observations": related(names, result, None),
    }))
}

fn accepted(names: &Names<'_>, result: &ControlResult, id: &str) -> Value {
    let waiver = sayings::waiver_of(names.run, id);
    let statement = waiver.map_or_else(|| format!("Waived by {id}."), sayings::accepted);
    let factors = waiver
        .and_then(|it| it.compensating.as_deref())
        .map(|text| {
            json!([{
                "uuid": names.of("factor", &format!("{}\0{id}", result.control)),
                "description": prose(text),
            }])
        });
    let mut props = vec![
        prop("severity", result.severity.name(), None),
        prop("waiver", id, Some("in-force")),
    ];
    if let Some(waiver) = waiver {
        props.push(prop("owner", &waiver.owner, None));
        props.push(prop("approver", &waiver.approver, None));
        props.extend(waiver.ticket.as_deref().map(|it| prop("ticket", it, None)));
    }
    compact(json!({
        "uuid": accepted_name(names, result, id),
        "title": titled(names.run, result),
        "description": prose(&sayings::observed(result)),
        "statement": prose(&statement),
        "props": props,
        "status": "deviation-approved",
        "mitigating-factors": factors,
        // The last day is inclusive and ends at 24:00 UTC.
        "deadline": waiver.and_then(|it| it.expires).map(|day| format!("{}T00:00:00Z", day.plus(1))),
        "related-observations": related(names, result, Some(id)),
    }))
}
