//! cargo-mutants' outcomes (`mutants.out/outcomes.json`), from the first version that wrote them.

use super::cargo_outcome::{End, Lab, Scenario};
use super::tally::{Strange, Tally, compare};
use crate::collect::reports::words::{counted, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;

/// cargo-mutants' outcomes.
pub(in crate::collect::reports) struct CargoMutants;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: "cargo-mutants",
    usual_names: &["outcomes.json", "cargo-mutants*.json"],
    about: "cargo-mutants writes it as `mutants.out/outcomes.json`.",
    sample: (
        "outcomes.json",
        r#"{"outcomes": [{"scenario": "Baseline", "summary": "Success", "phase_results": []},
{"scenario": {"Mutant": {"file": "src/a.rs", "function": {"function_name": "f"},
"span": {"start": {"line": 5, "column": 1}}, "replacement": "()"}}, "summary": "CaughtMutant",
"phase_results": [{"phase": "Test", "process_status": {"Failure": 101}}]}],
"total_mutants": 1, "caught": 1, "start_time": "2026-01-02T03:04:05Z",
"end_time": "2026-01-02T03:05:06Z", "cargo_mutants_version": "27.0.0"}"#,
    ),
};

impl Format for CargoMutants {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.lists.contains("outcomes")
                && (shape.has_inner(&["outcomes.scenario"]) || shape.has(&["total_mutants"]))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let lab: Lab = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("cargo-mutants".to_owned());
        reading.tool_version = lab.cargo_mutants_version.said().map(str::to_owned);
        let made = lab.end_time.said().or(lab.start_time.said());
        set_produced(&mut reading, made.unwrap_or_default());
        let (mut tally, mut built, mut strange) = (Tally::default(), 0, Strange::default());
        for (at, outcome) in lab.scenarios.iter().enumerate() {
            let Scenario::Mutant { mutant } = &outcome.scenario else {
                continue;
            };
            let end = outcome.end();
            let fate = match end {
                End::Of(fate) => Some(fate),
                End::Built | End::Unknown => None,
            };
            tally.add(fate);
            built += u64::from(end == End::Built);
            if end == End::Unknown {
                strange.add(outcome.summary.said().unwrap_or("no summary"));
            }
            let source = Source::pointer(document.path, format!("/outcomes/{at}"));
            reading.items.push(mutant.item(source, fate));
        }
        let ends = document
            .look
            .json()
            .is_some_and(|shape| shape.has(&["end_time"]));
        say_declared(&lab, &tally, &mut reading);
        say_end(&lab, ends, &mut reading);
        say_baseline(&lab, &tally, &mut reading);
        say_built(built, &tally, &mut reading);
        strange.say(&mut reading);
        tally.settle(&mut reading);
        Ok(reading)
    }
}

fn say_declared(lab: &Lab, tally: &Tally, reading: &mut Reading) {
    compare(
        &[
            ("total_mutants", lab.total_mutants.0, tally.total()),
            ("caught", lab.caught.0, tally.killed),
            ("missed", lab.missed.0, tally.survived),
            ("timeout", lab.timeout.0, tally.timeout),
            ("unviable", lab.unviable.0, tally.errors),
        ],
        reading,
    );
}

/// The file is written again after every mutant.
fn say_end(lab: &Lab, says_end: bool, reading: &mut Reading) {
    if !says_end {
        reading
            .note("This version of cargo-mutants does not write whether the run came to its end.");
    } else if lab.end_time.said().is_none() {
        let why = "The run has no time at which it ended: it was stopped, or still going on.";
        reading.lower(ReadingState::Incomplete, why);
    }
}

/// Tests that fail anyway find every mutant.
fn say_baseline(lab: &Lab, tally: &Tally, reading: &mut Reading) {
    let baselines = || {
        let named = lab.scenarios.iter();
        named.filter_map(|outcome| match &outcome.scenario {
            Scenario::Named(name) => Some((name, outcome)),
            Scenario::Mutant { .. } => None,
        })
    };
    if let Some((name, _)) = baselines().find(|(_, outcome)| !outcome.succeeded()) {
        let why = format!(
            "The scenario {} failed: without a mutant the code does not build or its tests do not \
             pass, so mutants say nothing.",
            excerpt(name)
        );
        reading.lower(ReadingState::Incomplete, why);
        return;
    }
    if baselines().next().is_some() {
        return;
    }
    if tally.survived == 0 && tally.detected() > 0 {
        let why = "Nothing shows that the tests pass at all: they were not run without a mutant, \
                   and passed with none.";
        reading.lower(ReadingState::Incomplete, why);
    } else {
        reading.note("The tests were not run without a mutant in this run.");
    }
}

fn say_built(built: u64, tally: &Tally, reading: &mut Reading) {
    if built == 0 {
        return;
    }
    let says = format!(
        "{} built, and no test ran against what was built.",
        counted(built, "mutant was only", "mutants were only")
    );
    if tally.valid() > 0 {
        reading.lower(ReadingState::Incomplete, says);
    } else {
        reading.note(says);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASELINE: &str = r#"{"scenario": "Baseline", "summary": "Success"}"#;

    fn read(outcomes: &str, rest: &str) -> Reading {
        let text = format!(r#"{{"outcomes": [{outcomes}]{rest}}}"#);
        let document = Document::new("outcomes.json", text.as_bytes());
        assert!(CargoMutants.recognises(&document));
        CargoMutants.read(&document).expect("a reading")
    }

    fn mutant(rest: &str) -> String {
        format!(
            r#"{{"scenario": {{"Mutant": {{"file": "a.rs", "function": null, "replacement": "0",
            "span": {{"start": {{"line": 4}}}}}}}}, {rest}}}"#
        )
    }

    fn summaries(words: &[&str]) -> String {
        let rows = words
            .iter()
            .map(|word| mutant(&format!(r#""summary": "{word}""#)));
        rows.collect::<Vec<_>>().join(",")
    }

    #[test]
    fn unviable_mutants_are_outside_and_timeouts_are_found() {
        let words = ["CaughtMutant", "MissedMutant", "Timeout", "Unviable"];
        let rows = format!("{BASELINE},{}", summaries(&words));
        let reading = read(
            &rows,
            r#", "total_mutants": 4, "end_time": "2026-01-02T03:04:05Z""#,
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["score"].to_string(), "2 of 3");
        assert_eq!(reading.items[0].get("line").as_int(), Some(4));
        assert_eq!(reading.produced_at.as_deref(), Some("2026-01-02T03:04:05Z"));
        assert!(reading.notes.is_empty(), "{:?}", reading.notes);
    }

    #[test]
    fn the_oldest_versions_are_read_by_their_phases() {
        let phases = |build: &str, test: &str| {
            format!(
                r#"{{"scenario": {{"Mutant": {{"mutation": {{"file": "src/lib.rs", "line": 52,
                "function": "f", "replacement": "()"}}}}}}, "phase_results": [
                {{"phase": "Build", "cargo_result": {build}, "duration": {{"secs": 1}}}}{test}]}}"#
            )
        };
        let ran = |exit: &str| format!(r#", {{"phase": "Test", "cargo_result": {exit}}}"#);
        let base = r#"{"scenario": "SourceTree", "phase_results": [{"phase": "Check",
            "cargo_result": "Success"}]}"#;
        let rows = [
            base.to_owned(),
            phases(r#""Failure""#, ""),
            phases(r#"{"Failure": 101}"#, ""),
            phases(r#""Success""#, &ran(r#""Failure""#)),
            phases(r#""Success""#, &ran(r#""Timeout""#)),
            phases(r#""Success""#, &ran(r#""Success""#)),
        ];
        let reading = read(&rows.join(","), "");
        assert_eq!(reading.measures["score"].to_string(), "2 of 3");
        assert_eq!(reading.measures["errors"].as_int(), Some(2));
        assert_eq!(reading.items[0].get("line").as_int(), Some(52));
        let odd = phases(r#""Success""#, &ran(r#"{"Signalled": 9}"#));
        let reading = read(&format!("{base},{odd}"), "");
        assert_eq!(reading.state, ReadingState::Incomplete);
    }

    #[test]
    fn a_failed_or_missing_baseline_is_never_complete() {
        let failed = r#"{"scenario": "Baseline", "summary": "Failure"}"#;
        let caught = summaries(&["CaughtMutant"]);
        let reading = read(&format!("{failed},{caught}"), "");
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(read(failed, "").state, ReadingState::Incomplete);
        assert_eq!(read(&caught, "").state, ReadingState::Incomplete);
        let missed = summaries(&["CaughtMutant", "MissedMutant"]);
        assert_eq!(read(&missed, "").state, ReadingState::Complete);
    }

    #[test]
    fn a_run_that_only_built_or_did_not_end_is_no_result() {
        let rows = format!("{BASELINE},{}", summaries(&["Success", "Unviable"]));
        let reading = read(&rows, "");
        assert_eq!(reading.state, ReadingState::NothingMeasured);
        assert!(!reading.measures.contains_key("score"));
        let rows = format!("{BASELINE},{}", summaries(&["CaughtMutant"]));
        let going = read(&rows, r#", "total_mutants": 9, "end_time": null"#);
        assert_eq!(going.state, ReadingState::Incomplete);
        assert!(going.notes[0].contains("total_mutants 9 and not 1"));
    }
}
