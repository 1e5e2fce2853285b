//! Tables for a spreadsheet: every control with its result, the register of deviations, the index of
//! evidence, and the list of what has to be supplied.

mod table;

use std::collections::BTreeMap;

use crate::model::control::Severity;
use crate::model::result::ControlResult;
use crate::model::run::Run;
use crate::render::register;
use crate::seal::Bundle;

use super::sayings;
use super::standing::{Standing, cause};
use table::Table;

/// The columns of the table of results.
const RESULTS: [&str; 13] = [
    "control",
    "title",
    "severity",
    "criteria",
    "result",
    "waived",
    "observed",
    "required",
    "population",
    "deviations",
    "deviations_waived",
    "gaps",
    "exhibits",
];

/// Every control in force with its result; those without one say why.
pub fn results(bundle: &Bundle) -> Vec<u8> {
    let run = bundle.run();
    let mut table = Table::new(&RESULTS);
    let by_control: BTreeMap<&str, &ControlResult> = run
        .results
        .iter()
        .map(|result| (result.control.as_str(), result))
        .collect();
    // Results of controls that are not listed would be lost otherwise.
    let listed = run.controls.iter().map(|control| control.id.as_str());
    let mut ids: Vec<&str> = listed.chain(by_control.keys().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let row = by_control
            .get(id)
            .map_or_else(|| without_result(run, id), |result| result_row(run, result));
        table.row(&row);
    }
    table.written()
}

/// A control in force that has no result, and why.
fn without_result(run: &Run, id: &str) -> Vec<String> {
    let why = if run.outside.iter().any(|outside| outside == id) {
        "no result: needs a period"
    } else {
        "no result: left out by the policy"
    };
    let mut row = vec![id.to_owned()];
    row.extend(named(run, id));
    row.push(why.to_owned());
    row.resize(RESULTS.len(), String::new());
    row
}

fn result_row(run: &Run, result: &ControlResult) -> Vec<String> {
    let [title, severity, criteria] = named(run, &result.control);
    let telling = result.telling();
    let said = |pick: fn(&crate::model::result::TestResult) -> &String| {
        telling.map_or_else(String::new, |test| pick(test).clone())
    };
    let observed = if is_untested(result) {
        sayings::untested(result)
    } else {
        let reason = result.reason.clone();
        reason.unwrap_or_else(|| said(|it| &it.observed))
    };
    let population: usize = result.tests.iter().map(|test| test.population).sum();
    vec![
        result.control.clone(),
        title,
        severity,
        criteria,
        result.outcome.words().to_owned(),
        (if result.waived { "yes" } else { "no" }).to_owned(),
        observed,
        said(|it| &it.required),
        population.to_string(),
        result.deviations.len().to_string(),
        (result.deviations.len() - result.unwaived()).to_string(),
        result.gaps.len().to_string(),
        result.evidence.len().to_string(),
    ]
}

/// The title, severity and criteria of a control.
fn named(run: &Run, id: &str) -> [String; 3] {
    let Some(control) = run.control(id) else {
        return [String::new(), String::new(), String::new()];
    };
    let criteria: Vec<&str> = control.criteria.iter().map(|(id, _)| id.as_str()).collect();
    [
        control.title.clone(),
        control.severity.name().to_owned(),
        criteria.join(" "),
    ]
}

/// Every deviation, waived or not.
pub fn deviations(bundle: &Bundle) -> Vec<u8> {
    let run = bundle.run();
    let mut table = Table::new(&[
        "control",
        "title",
        "severity",
        "criteria",
        "attribute",
        "place",
        "path",
        "line",
        "column",
        "item",
        "observed",
        "required",
        "fingerprint",
        "state",
        "waiver",
        "waiver_expires",
        "waiver_owner",
        "waiver_approver",
        "waiver_reason",
        "remediation",
    ]);
    for result in &run.results {
        let head = named(run, &result.control);
        let fix = run
            .control(&result.control)
            .map_or("", |control| control.remediation.as_str());
        for deviation in &result.deviations {
            let number = |number: Option<u32>| number.map_or_else(String::new, |it| it.to_string());
            let waiver = deviation.waiver.as_deref();
            let known = waiver.and_then(|id| sayings::waiver_of(run, id));
            let of = |pick: fn(&crate::model::waiver::Waiver) -> String| {
                known.map_or_else(String::new, pick)
            };
            let state = if waiver.is_some() { "waived" } else { "open" };
            let mut row = vec![result.control.clone()];
            row.extend(head.iter().cloned());
            row.extend([
                deviation.attribute.clone(),
                deviation.place.clone(),
                deviation.path.clone(),
                number(deviation.line),
                number(deviation.column),
                fields(&deviation.item),
                fields(&deviation.observed),
                deviation.required.clone(),
                deviation.fingerprint.to_string(),
                state.to_owned(),
                waiver.unwrap_or_default().to_owned(),
                of(|it| it.expires.map_or_else(String::new, |day| day.to_string())),
                of(|it| it.owner.clone()),
                of(|it| it.approver.clone()),
                of(|it| it.reason.clone()),
                fix.to_owned(),
            ]);
            table.row(&row);
        }
    }
    table.written()
}

/// Named values in one cell: `pin = tag; in = step`.
fn fields(fields: &[(String, String)]) -> String {
    let shown: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    shown.join("; ")
}

/// Every file that was read, with its digest and who read it.
pub fn evidence(bundle: &Bundle) -> Vec<u8> {
    let run = bundle.run();
    let mut table = Table::new(&[
        "path",
        "in_bundle",
        "sha256",
        "bytes",
        "level",
        "tracked",
        "tool",
        "tool_version",
        "produced_at",
        "record",
        "format",
        "redacted",
        "read_for",
        "read_by",
    ]);
    let read_by = register::read_by(run);
    let read_for = register::read_for(run);
    let listed = |names: Option<&Vec<&str>>| names.map_or_else(String::new, |it| it.join(" "));
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    for exhibit in &run.exhibits {
        let path = exhibit.path.as_str();
        table.row(&[
            path.to_owned(),
            bundle.evidence_path(path).unwrap_or_default().to_owned(),
            exhibit.sha256.to_string(),
            exhibit.bytes.to_string(),
            exhibit.level.name().to_owned(),
            (if exhibit.tracked { "yes" } else { "no" }).to_owned(),
            given(&exhibit.tool),
            given(&exhibit.tool_version),
            given(&exhibit.produced_at),
            given(&exhibit.record),
            exhibit.format.unwrap_or_default().to_owned(),
            exhibit
                .redaction
                .as_ref()
                .map_or_else(String::new, |it| it.profile.clone().into_owned()),
            listed(read_for.get(path)),
            listed(read_by.get(path)),
        ]);
    }
    table.written()
}

/// Every gap as a request: what is missing, for which controls, and what to supply.
pub fn requests(bundle: &Bundle) -> Vec<u8> {
    let run = bundle.run();
    let mut table = Table::new(&[
        "request",
        "controls",
        "severity",
        "criteria",
        "cause",
        "place",
        "what_was_found",
        "what_to_supply",
        "relations",
    ]);
    for entry in register::gaps(run) {
        let mut severities: Vec<Severity> = Vec::new();
        let mut criteria: Vec<&str> = Vec::new();
        for control in entry.controls.iter().filter_map(|id| run.control(id)) {
            severities.push(control.severity);
            criteria.extend(control.criteria.iter().map(|(id, _)| id.as_str()));
        }
        criteria.sort_unstable();
        criteria.dedup();
        table.row(&[
            entry.id.clone(),
            entry.controls.join(" "),
            severities
                .iter()
                .min()
                .map_or_else(String::new, |it| it.name().to_owned()),
            criteria.join(" "),
            cause(std::slice::from_ref(entry.gap)).to_owned(),
            entry.gap.place.clone(),
            entry.gap.says.clone(),
            entry.gap.remedy.clone(),
            entry.relations.join(" "),
        ]);
    }
    // A control that was not tested asks for something even where no gap says what.
    for (at, result) in run.results.iter().filter(|it| without_gap(it)).enumerate() {
        let [_, severity, criteria] = named(run, &result.control);
        table.row(&[
            format!("U-{:02}", at + 1),
            result.control.clone(),
            severity,
            criteria,
            cause(&[]).to_owned(),
            String::new(),
            sayings::untested(result),
            "Supply the evidence that the procedure of the control reads.".to_owned(),
            String::new(),
        ]);
    }
    table.written()
}

fn without_gap(result: &ControlResult) -> bool {
    is_untested(result) && result.gaps.is_empty()
}

fn is_untested(result: &ControlResult) -> bool {
    matches!(
        Standing::of(result),
        Standing::Untested | Standing::Unreadable | Standing::Pending
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn the_tables_of_the_sample() {
        let bundle = sample::bundle();
        let mut all = String::new();
        for (name, write) in [
            ("results", results as fn(&Bundle) -> Vec<u8>),
            ("deviations", deviations),
            ("evidence", evidence),
            ("requests", requests),
        ] {
            let text = String::from_utf8(write(&bundle)).expect("UTF-8");
            all.extend([name, ".csv\n", &text.replace("\r\n", "\n")]);
        }
        insta::assert_snapshot!(all);
    }
}
