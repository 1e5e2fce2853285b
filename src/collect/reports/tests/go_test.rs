//! The events of `go test -json` (and of `go tool test2json`), one JSON object a line.
//!
//! The last event that ends a test decides. A package ends with an event of its own, so one that
//! was cut off shows; packages behind it do not.

use super::counts::Counts;
use super::go_packages::Packages;
use crate::collect::reports::words::{counted, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec, Look, lines};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{self, Text};

use serde::Deserialize;

/// The events of `go test -json`.
pub(in crate::collect::reports) struct GoTest;

pub(super) static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Tests,
    name: "go-test-json",
    usual_names: &[
        "go-test*.json",
        "go-test*.jsonl",
        "gotest*.json",
        "gotestsum*.json",
    ],
    about: "`go test -json` prints it; gotestsum keeps it with `--jsonfile`.",
    sample: (
        "go-test.json",
        "{\"Time\":\"2026-01-02T03:04:05Z\",\"Action\":\"start\",\"Package\":\"m\"}\n\
         {\"Time\":\"2026-01-02T03:04:05Z\",\"Action\":\"run\",\"Package\":\"m\",\"Test\":\"TestA\"}\n\
         {\"Time\":\"2026-01-02T03:04:05Z\",\"Action\":\"output\",\"Package\":\"m\",\"Test\":\"TestA\",\
         \"Output\":\"=== RUN   TestA\\n\"}\n\
         {\"Time\":\"2026-01-02T03:04:06Z\",\"Action\":\"pass\",\"Package\":\"m\",\"Test\":\"TestA\",\"Elapsed\":1}\n\
         {\"Time\":\"2026-01-02T03:04:06Z\",\"Action\":\"pass\",\"Package\":\"m\",\"Elapsed\":1}\n",
    ),
};

/// What an event can be of.
const ACTIONS: [&str; 13] = [
    "start",
    "run",
    "pause",
    "cont",
    "pass",
    "bench",
    "fail",
    "output",
    "skip",
    "attr",
    "artifacts",
    "build-output",
    "build-fail",
];

/// One event.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Event {
    #[serde(default)]
    pub(super) time: Text,
    #[serde(default)]
    pub(super) action: Text,
    #[serde(default)]
    pub(super) package: Text,
    #[serde(default)]
    pub(super) test: Text,
    #[serde(default)]
    pub(super) output: Text,
    #[serde(default)]
    pub(super) import_path: Text,
    #[serde(default)]
    pub(super) failed_build: Text,
}

impl Event {
    /// Whether the line can have been written by `go test`.
    fn is_one(&self) -> bool {
        let of = [&self.package, &self.test, &self.output, &self.import_path];
        let known = self.action.said().is_some_and(|it| ACTIONS.contains(&it));
        known && of.iter().any(|text| text.0.is_some())
    }
}

impl Format for GoTest {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// By the first line that is an object: what the compiler prints may stand before it.
    fn recognises(&self, document: &Document<'_>) -> bool {
        if !matches!(document.look, Look::Json(_) | Look::Text) {
            return false;
        }
        let mut lines = document.head().lines().map(str::trim);
        let first = lines.find(|line| line.starts_with('{'));
        first.is_some_and(|line| json::parse::<Event>(line).is_ok_and(|event| event.is_one()))
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut stream = Stream::default();
        let ended = lines::each(document, |number, line| stream.take(number, line))?;
        if let Some(error) = stream.broken {
            return Err(error);
        }
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("go test".to_owned());
        set_produced(&mut reading, stream.time.as_deref().unwrap_or_default());
        reading.note("The stream has no end mark: a package that never began is not missed.");
        stream.say_text(&mut reading);
        if !ended {
            let why = "The last line has no end: the stream may have been cut off.";
            reading.lower(ReadingState::Incomplete, why);
        }
        let mut counts = Counts::default();
        stream
            .packages
            .settle(document.path, &mut counts, &mut reading);
        counts.settle(&mut reading);
        Ok(reading)
    }
}

#[derive(Default)]
struct Stream {
    packages: Packages,
    /// The time of the last event that has one.
    time: Option<String>,
    /// Lines that are no events.
    text: u64,
    /// Those of them that are not what `go` says while it fetches modules.
    trouble: u64,
    broken: Option<ParseError>,
}

impl Stream {
    fn take(&mut self, number: u32, line: &str) {
        let line = line.trim();
        if line.is_empty() || self.broken.is_some() {
            return;
        }
        if !line.starts_with('{') {
            self.text += 1;
            self.trouble += u64::from(!line.starts_with("go: "));
            return;
        }
        match lines::parse::<Event>(number, line) {
            Ok(event) if event.is_one() => {
                if event.time.said().is_some() {
                    self.time.clone_from(&event.time.0);
                }
                self.packages.take(&event, number);
            }
            Ok(_) => {
                let says = "expected an event of go test, found another object";
                self.broken = Some(ParseError {
                    line: number,
                    column: 1,
                    says: says.to_owned(),
                });
            }
            Err(error) => self.broken = Some(error),
        }
    }

    /// Before Go 1.24 a package that does not build says so in plain text.
    fn say_text(&self, reading: &mut Reading) {
        let says = format!(
            "{} text and no event.",
            counted(self.text, "line is", "lines are")
        );
        if self.trouble > 0 {
            let why = format!("{says} What failed to build or to start stands there alone.");
            reading.lower(ReadingState::Incomplete, why);
        } else if self.text > 0 {
            reading.note(says);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(rest: &str) -> String {
        format!("{{\"Time\":\"2026-01-02T03:04:05.5Z\",\"Package\":\"m\",{rest}}}\n")
    }

    fn test(name: &str, actions: &[&str]) -> String {
        let events = actions
            .iter()
            .map(|action| event(&format!("\"Action\":\"{action}\",\"Test\":\"{name}\"")));
        events.collect()
    }

    fn end(action: &str) -> String {
        event(&format!("\"Action\":\"{action}\",\"Elapsed\":0.1"))
    }

    fn read(lines: &[String]) -> Reading {
        let text = lines.concat();
        let document = Document::new("go-test.json", text.as_bytes());
        assert!(GoTest.recognises(&document), "{text}");
        GoTest.read(&document).expect("a reading")
    }

    fn counts(reading: &Reading) -> String {
        ["total", "passed", "failed", "errors", "skipped"]
            .map(|name| reading.measures[name].to_string())
            .join(" ")
    }

    #[test]
    fn the_last_end_of_a_test_counts_and_parents_count_too() {
        let reading = read(&[
            event("\"Action\":\"start\""),
            test("TestA", &["run"]),
            test("TestA/one", &["run", "fail"]),
            test("TestA", &["fail", "run", "pass"]),
            test("TestA/one", &["run", "pass"]),
            test("TestB", &["run", "pause", "cont"]),
            event("\"Action\":\"output\",\"Test\":\"TestB\",\"Output\":\"=== CONT TestB\\n\""),
            event("\"Action\":\"output\",\"Test\":\"TestB\",\"Output\":\"  b_test.go:5: bad\\n\""),
            test("TestB", &["fail"]),
            test("TestC", &["run", "skip"]),
            test("BenchmarkD", &["run", "bench"]),
            end("fail"),
        ]);
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(counts(&reading), "4 2 1 0 1");
        let bad = reading.items[2].get("message");
        assert_eq!(bad.as_text(), Some("b_test.go:5: bad"));
        let made = reading.produced_at.as_deref();
        assert_eq!(made, Some("2026-01-02T03:04:05.5Z"));
    }

    #[test]
    fn what_did_not_end_did_not_pass() {
        let cut = read(&[test("TestA", &["run", "pass"])]);
        assert_eq!(cut.state, ReadingState::Incomplete);
        let panicked = read(&[test("TestA", &["run"]), end("fail")]);
        assert_eq!(panicked.state, ReadingState::Incomplete);
        assert_eq!(counts(&panicked), "1 0 0 1 0");
        let no_end = [test("TestA", &["run", "pass"]), end("pass")].concat();
        assert_eq!(
            read(&[no_end.trim_end().to_owned()]).state,
            ReadingState::Incomplete
        );
        // Go before 1.16 left out the end of some subtests.
        let lost = read(&[
            test("TestA", &["run"]),
            test("TestA/x", &["run"]),
            test("TestA", &["pass"]),
            end("pass"),
        ]);
        assert_eq!(
            (lost.state, counts(&lost).as_str()),
            (ReadingState::Complete, "1 1 0 0 0")
        );
    }

    #[test]
    fn a_package_that_fails_without_a_test_is_an_error() {
        let built = event("\"Action\":\"fail\",\"Elapsed\":0,\"FailedBuild\":\"m\"");
        for failing in [built, end("fail")] {
            let reading = read(&[failing]);
            assert_eq!(reading.state, ReadingState::Incomplete);
            assert_eq!(reading.items[0].get("status").as_text(), Some("error"));
        }
        let untested = read(&[end("skip")]);
        assert_eq!(untested.state, ReadingState::NothingMeasured);
    }

    #[test]
    fn a_rerun_counts_and_two_runs_in_one_file_do_not() {
        let failed = [test("TestA", &["run", "fail"]), end("fail")].concat();
        let passed = [test("TestA", &["run", "pass"]), end("pass")].concat();
        let again = read(&[failed, passed.clone()]);
        assert_eq!(again.state, ReadingState::Complete, "{:?}", again.notes);
        assert_eq!(counts(&again), "1 1 0 0 0");
        let twice = read(&[passed.clone(), passed]);
        assert_eq!(twice.state, ReadingState::Incomplete);
    }

    #[test]
    fn text_between_events_is_lost_evidence_unless_it_is_harmless() {
        let passed = [test("TestA", &["run", "pass"]), end("pass")].concat();
        let fetched = read(&["go: downloading x v1.0.0\n".to_owned(), passed.clone()]);
        assert_eq!(fetched.state, ReadingState::Complete);
        let built = read(&["# m/x\n./x.go:3: undefined: y\n".to_owned(), passed.clone()]);
        assert_eq!(built.state, ReadingState::Incomplete);
        let text = format!("{passed}{{\"level\":\"info\"}}\n");
        let document = Document::new("go-test.json", text.as_bytes());
        assert!(GoTest.read(&document).is_err());
    }
}
