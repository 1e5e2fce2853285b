//! The JSON of the pytest plugin pytest-json-report (and of its fork pytest-jtr).

use serde::Deserialize;

use super::counts::{Counts, Status, compare};
use crate::collect::reports::words::{counted, message, moment_of_epoch, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TESTS_CASE;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// pytest-json-report's JSON.
pub(in crate::collect::reports) struct PytestJson;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Tests,
    name: "pytest-json-report",
    usual_names: &[".report.json", "pytest*.json"],
    about: "pytest writes it with the plugin pytest-json-report and `--json-report`.",
    sample: (
        ".report.json",
        r#"{"created": 1795362325.8, "duration": 0.07, "exitcode": 1, "root": "/r",
"environment": {}, "summary": {"passed": 1, "failed": 1, "total": 2, "collected": 2}, "tests": [
{"nodeid": "t.py::test_a", "lineno": 3, "outcome": "passed", "call": {"outcome": "passed"}},
{"nodeid": "t.py::test_b", "lineno": 6, "outcome": "failed", "call": {"outcome": "failed",
"crash": {"path": "/r/t.py", "lineno": 8, "message": "no"}}}]}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    created: Text,
    exitcode: Count,
    summary: Summary,
    /// Not there with `--json-report-summary`.
    #[serde(default)]
    tests: Option<Vec<Test>>,
    #[serde(default, deserialize_with = "nullable")]
    collectors: Vec<Collector>,
}

#[derive(Deserialize)]
struct Summary {
    #[serde(default)]
    total: Count,
    /// Those found, the deselected ones included (before 1.5: without them).
    #[serde(default)]
    collected: Count,
    #[serde(default)]
    deselected: Count,
    #[serde(default)]
    passed: Count,
    #[serde(default)]
    failed: Count,
    #[serde(default)]
    error: Count,
    #[serde(default)]
    skipped: Count,
    #[serde(default)]
    xfailed: Count,
    #[serde(default)]
    xpassed: Count,
}

#[derive(Deserialize)]
struct Test {
    nodeid: Text,
    /// From 0.
    #[serde(default)]
    lineno: Count,
    outcome: Text,
    #[serde(default)]
    setup: Option<Stage>,
    #[serde(default)]
    call: Option<Stage>,
    #[serde(default)]
    teardown: Option<Stage>,
}

#[derive(Deserialize)]
struct Stage {
    #[serde(default)]
    outcome: Text,
    #[serde(default, deserialize_with = "nullable")]
    crash: Crash,
    #[serde(default)]
    longrepr: Text,
}

#[derive(Deserialize, Default)]
struct Crash {
    #[serde(default)]
    message: Text,
}

#[derive(Deserialize)]
struct Collector {
    #[serde(default)]
    nodeid: Text,
    #[serde(default)]
    outcome: Text,
    #[serde(default)]
    longrepr: Text,
}

impl Format for PytestJson {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.has(&["created", "exitcode"])
                && (shape.broken.is_some() || shape.has(&["summary"]))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("pytest".to_owned());
        reading.produced_at = report
            .created
            .said()
            .and_then(moment_of_epoch)
            .map(|moment| moment.to_string());
        let counts = match &report.tests {
            Some(tests) => count(tests, document, &mut reading),
            None => report.summary.counts(&mut reading),
        };
        say_collected(&report, &counts, &mut reading);
        say_broken_modules(&report.collectors, document, &mut reading);
        say_exit(report.exitcode, &mut reading);
        counts.settle(&mut reading);
        Ok(reading)
    }
}

fn count(tests: &[Test], document: &Document<'_>, reading: &mut Reading) -> Counts {
    let mut counts = Counts::default();
    let mut strange: Vec<&str> = Vec::new();
    for (at, test) in tests.iter().enumerate() {
        let status = test.status();
        counts.add(status);
        if status.is_none() {
            strange.push(test.outcome.said().unwrap_or("none"));
        }
        let source = Source::pointer(document.path, format!("/tests/{at}"));
        reading.items.push(test.item(source, status));
    }
    if !strange.is_empty() {
        strange.sort_unstable();
        strange.dedup();
        let why = format!(
            "Tests have an outcome that is not known, and count in the total alone: {}.",
            some_of(strange)
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    counts
}

impl Test {
    /// `xfailed` and `xpassed` were expected to fail, so neither shows that something works: both
    /// count as skipped. A test that a plugin ran again keeps `rerun` where it passed in the end.
    fn status(&self) -> Option<Status> {
        let called = self.call.as_ref().and_then(|call| call.outcome.said());
        match self.outcome.said()? {
            "passed" => Some(Status::Passed),
            "failed" => Some(Status::Failed),
            "error" => Some(Status::Error),
            "skipped" | "xfailed" | "xpassed" => Some(Status::Skipped),
            "rerun" if called == Some("passed") => Some(Status::Passed),
            _ => None,
        }
    }

    fn item(&self, source: Source, status: Option<Status>) -> Item {
        let nodeid = self.nodeid.0.as_deref().unwrap_or_default();
        let (path, name) = nodeid.split_once("::").unwrap_or((nodeid, nodeid));
        let stages = [&self.setup, &self.call, &self.teardown];
        let said = stages.into_iter().flatten().find_map(Stage::message);
        Item::new(&TESTS_CASE, source)
            .with("suite", path)
            .with("name", name)
            .with("path", path)
            .with("line", self.lineno.0.map(|line| line.saturating_add(1)))
            .with("status", status.map(Status::name))
            .with("message", said)
    }
}

impl Stage {
    /// What it says, where it did not pass.
    fn message(&self) -> Option<String> {
        if self.outcome.said() == Some("passed") {
            return None;
        }
        let said = self.crash.message.said().or(self.longrepr.said())?;
        said.lines().next().map(message)
    }
}

impl Summary {
    fn counts(&self, reading: &mut Reading) -> Counts {
        reading.note("The report is a summary, which lists no test; its own counts were taken.");
        let of = |count: Count| count.0.unwrap_or(0);
        let expected = of(self.xfailed).saturating_add(of(self.xpassed));
        Counts {
            total: of(self.total),
            passed: of(self.passed),
            failed: of(self.failed),
            errors: of(self.error),
            skipped: of(self.skipped).saturating_add(expected),
            todo: 0,
        }
    }
}

fn say_collected(report: &Report, counts: &Counts, reading: &mut Reading) {
    compare(&[("total", report.summary.total.0, counts.total)], reading);
    let deselected = report.summary.deselected.0.unwrap_or(0);
    if deselected > 0 {
        reading.note(format!(
            "{} deselected before the run.",
            counted(deselected, "test was", "tests were")
        ));
    }
    let collected = report.summary.collected.0.unwrap_or(0);
    let unrun = collected
        .saturating_sub(deselected)
        .saturating_sub(counts.total);
    if unrun > 0 {
        let why = format!(
            "{} collected and did not run.",
            counted(unrun, "test was", "tests were")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

/// A module that cannot be imported holds tests that nobody counted.
fn say_broken_modules(collectors: &[Collector], document: &Document<'_>, reading: &mut Reading) {
    let mut broken: Vec<&str> = Vec::new();
    for (at, collector) in collectors.iter().enumerate() {
        if collector.outcome.said() != Some("failed") {
            continue;
        }
        let path = collector.nodeid.said().unwrap_or("no name");
        broken.push(path);
        let said = collector
            .longrepr
            .said()
            .and_then(|text| text.lines().last());
        let source = Source::pointer(document.path, format!("/collectors/{at}"));
        let item = Item::new(&TESTS_CASE, source)
            .with("suite", path)
            .with("path", path)
            .with("status", Status::Error.name())
            .with("message", said.map(message));
        reading.items.push(item);
    }
    if !broken.is_empty() {
        let why = format!(
            "{} not be collected, so its tests did not run: {}.",
            counted(
                u64::try_from(broken.len()).unwrap_or(u64::MAX),
                "module could",
                "modules could"
            ),
            some_of(broken)
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

/// pytest's exit codes: 0 all passed, 1 some failed, 5 none collected; the others say that pytest
/// did not come to its end.
fn say_exit(exit: Count, reading: &mut Reading) {
    let why = match exit.0 {
        Some(0 | 1 | 5) => return,
        Some(2) => "pytest was interrupted (exit code 2).".to_owned(),
        Some(3) => "pytest broke (exit code 3).".to_owned(),
        Some(4) => "pytest was called in a wrong way (exit code 4).".to_owned(),
        Some(code) => format!("pytest ended with the exit code {code}."),
        None => "The report does not say how pytest ended.".to_owned(),
    };
    reading.lower(ReadingState::Incomplete, why);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(exit: &str, summary: &str, rest: &str) -> Reading {
        let text = format!(
            r#"{{"created": 1795362325.8, "exitcode": {exit}, "root": "/r", "summary": {{{summary}}}
            {rest}}}"#
        );
        let document = Document::new("report.json", text.as_bytes());
        assert!(PytestJson.recognises(&document));
        PytestJson.read(&document).expect("a reading")
    }

    fn tests(outcomes: &[&str]) -> String {
        let rows = outcomes.iter().map(|outcome| {
            format!(
                r#"{{"nodeid": "t.py::T::test[a::b]", "lineno": 0, "outcome": "{outcome}",
                "call": {{"outcome": "passed"}}, "teardown": {{"outcome": "failed",
                "crash": {{"message": "first\nsecond"}}}}}}"#
            )
        });
        format!(r#", "tests": [{}]"#, rows.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn what_was_expected_to_fail_is_skipped() {
        let outcomes = [
            "passed", "failed", "error", "skipped", "xfailed", "xpassed", "rerun",
        ];
        let reading = read(
            "1",
            r#""total": 7, "collected": 9, "deselected": 2"#,
            &tests(&outcomes),
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let counts = ["total", "passed", "failed", "errors", "skipped"];
        let counts = counts
            .map(|name| reading.measures[name].to_string())
            .join(" ");
        assert_eq!(counts, "7 2 1 1 3");
        let item = &reading.items[1];
        assert_eq!(item.get("name").as_text(), Some("T::test[a::b]"));
        assert_eq!(item.get("line").as_int(), Some(1));
        assert_eq!(item.get("message").as_text(), Some("first"));
        assert_eq!(reading.produced_at.as_deref(), Some("2026-11-22T15:45:25Z"));
    }

    #[test]
    fn a_run_that_did_not_come_to_its_end_is_incomplete() {
        let one = tests(&["passed"]);
        for exit in ["2", "3", "4", "null"] {
            let reading = read(exit, r#""total": 1"#, &one);
            assert_eq!(reading.state, ReadingState::Incomplete, "{exit}");
        }
        let stopped = read("1", r#""total": 1, "collected": 5"#, &one);
        assert!(stopped.notes[0].contains("4 tests were collected"));
        assert_eq!(stopped.state, ReadingState::Incomplete);
        let odd = read("0", r#""total": 1"#, &tests(&["maybe"]));
        assert_eq!(odd.state, ReadingState::Incomplete);
        let broken = format!(
            r#"{one}, "collectors": [{{"nodeid": "b.py", "outcome": "failed",
            "longrepr": "x\nImportError: y"}}]"#
        );
        let broken = read("1", r#""total": 1, "collected": 1"#, &broken);
        assert_eq!(broken.state, ReadingState::Incomplete);
        assert_eq!(
            broken.items[1].get("message").as_text(),
            Some("ImportError: y")
        );
    }

    #[test]
    fn a_summary_has_counts_and_no_tests_ran_is_nothing_measured() {
        let summary = read(
            "0",
            r#""total": 3, "passed": 2, "xfailed": 1, "collected": 3"#,
            "",
        );
        assert_eq!(summary.state, ReadingState::Complete, "{:?}", summary.notes);
        assert_eq!(summary.measures["skipped"].as_int(), Some(1));
        let none = read("5", r#""total": 0, "collected": 0"#, r#", "tests": []"#);
        assert_eq!(none.state, ReadingState::NothingMeasured);
    }
}
