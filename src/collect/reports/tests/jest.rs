//! Jest's JSON (`jest --json`), which Vitest's `json` reporter writes, too.

use serde::Deserialize;

use super::counts::{Counts, Status, compare};
use crate::collect::reports::words::{counted, message, moment_of_epoch, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TESTS_CASE;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// Jest's JSON.
pub(in crate::collect::reports) struct Jest;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Tests,
    name: "jest-json",
    usual_names: &["jest-*.json", "vitest-*.json"],
    about: "Jest writes it with `--json --outputFile`, Vitest with its reporter `json`.",
    sample: (
        "jest-results.json",
        r#"{"numTotalTests": 2, "numPassedTests": 1, "numFailedTests": 1, "numPendingTests": 0,
"numTodoTests": 0, "numRuntimeErrorTestSuites": 0, "startTime": 1795362950221, "success": false,
"testResults": [{"name": "/r/a.test.js", "status": "failed", "message": "", "assertionResults": [
{"ancestorTitles": ["a"], "title": "b", "fullName": "a b", "status": "passed"},
{"ancestorTitles": ["a"], "title": "c", "fullName": "a c", "status": "failed",
"failureMessages": ["Error: no"], "location": {"line": 5, "column": 1}}]}], "wasInterrupted": false}"#,
    ),
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    #[serde(default)]
    num_total_tests: Count,
    #[serde(default)]
    num_passed_tests: Count,
    #[serde(default)]
    num_failed_tests: Count,
    #[serde(default)]
    num_pending_tests: Count,
    #[serde(default)]
    num_todo_tests: Count,
    #[serde(default)]
    start_time: Text,
    #[serde(default, deserialize_with = "nullable")]
    was_interrupted: bool,
    #[serde(default, deserialize_with = "nullable")]
    test_results: Vec<File>,
}

/// A test file. What a reporter of Jest is handed has other names for the same.
#[derive(Deserialize)]
struct File {
    #[serde(default, alias = "testFilePath")]
    name: Text,
    #[serde(default)]
    status: Text,
    #[serde(default, alias = "failureMessage")]
    message: Text,
    #[serde(
        default,
        rename = "assertionResults",
        alias = "testResults",
        deserialize_with = "nullable"
    )]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    #[serde(default, deserialize_with = "nullable")]
    ancestor_titles: Vec<Text>,
    #[serde(default)]
    title: Text,
    status: Text,
    #[serde(default, deserialize_with = "nullable")]
    failure_messages: Vec<Text>,
    #[serde(default, deserialize_with = "nullable")]
    location: Location,
}

#[derive(Deserialize, Default)]
struct Location {
    #[serde(default)]
    line: Count,
}

impl Format for Jest {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let counts = ["numTotalTests", "numPassedTests", "numFailedTests"];
            shape.has(&counts)
                || (shape.broken.is_some() && shape.has(&["numFailedTestSuites", "numFailedTests"]))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let run: Run = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.produced_at = run
            .start_time
            .said()
            .and_then(moment_of_epoch)
            .map(|moment| moment.to_string());
        let counts = if run.test_results.is_empty() {
            run.own_counts(&mut reading)
        } else {
            run.count(document, &mut reading)
        };
        run.compare(&counts, &mut reading);
        run.say_broken_files(document, &mut reading);
        if run.was_interrupted {
            reading.lower(ReadingState::Incomplete, "The run was interrupted.");
        }
        counts.settle(&mut reading);
        Ok(reading)
    }
}

impl Run {
    fn count(&self, document: &Document<'_>, reading: &mut Reading) -> Counts {
        let mut counts = Counts::default();
        let mut strange: Vec<&str> = Vec::new();
        for (at, file) in self.test_results.iter().enumerate() {
            for (nth, case) in file.cases.iter().enumerate() {
                let status = case.status();
                counts.add(status);
                if status.is_none() {
                    strange.push(case.status.said().unwrap_or("none"));
                }
                let pointer = format!("/testResults/{at}/assertionResults/{nth}");
                let item = case
                    .item(Source::pointer(document.path, pointer), status)
                    .with("path", file.name.0.clone());
                reading.items.push(item);
            }
        }
        if !strange.is_empty() {
            strange.sort_unstable();
            strange.dedup();
            let why = format!(
                "Cases have a status that is not known, and count in the total alone: {}.",
                some_of(strange)
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        counts
    }

    /// What the report says of itself, where it lists no file.
    fn own_counts(&self, reading: &mut Reading) -> Counts {
        let of = |count: Count| count.0.unwrap_or(0);
        let counts = Counts {
            total: of(self.num_total_tests),
            passed: of(self.num_passed_tests),
            failed: of(self.num_failed_tests),
            errors: 0,
            skipped: of(self.num_pending_tests),
            todo: of(self.num_todo_tests),
        };
        if counts.total > 0 {
            reading.note("The report lists no case; its own counts were taken.");
        }
        counts
    }

    fn compare(&self, counts: &Counts, reading: &mut Reading) {
        compare(
            &[
                ("numTotalTests", self.num_total_tests.0, counts.total),
                ("numPassedTests", self.num_passed_tests.0, counts.passed),
                ("numFailedTests", self.num_failed_tests.0, counts.failed),
                ("numPendingTests", self.num_pending_tests.0, counts.skipped),
                ("numTodoTests", self.num_todo_tests.0, counts.todo),
            ],
            reading,
        );
    }

    /// A file that failed without a case could not be run: its cases are in no count.
    fn say_broken_files(&self, document: &Document<'_>, reading: &mut Reading) {
        let mut broken: Vec<&str> = Vec::new();
        for (at, file) in self.test_results.iter().enumerate() {
            if !file.could_not_run() {
                continue;
            }
            broken.push(file.name.said().unwrap_or("no name"));
            let said = file.message.said();
            let said =
                said.and_then(|text| text.lines().map(str::trim).find(|line| !line.is_empty()));
            let source = Source::pointer(document.path, format!("/testResults/{at}"));
            let item = Item::new(&TESTS_CASE, source)
                .with("suite", file.name.0.clone())
                .with("path", file.name.0.clone())
                .with("status", Status::Error.name())
                .with("message", said.map(message));
            reading.items.push(item);
        }
        if !broken.is_empty() {
            let why = format!(
                "{} not be run, so its cases are in no count: {}.",
                counted(
                    u64::try_from(broken.len()).unwrap_or(u64::MAX),
                    "test file could",
                    "test files could"
                ),
                some_of(broken)
            );
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}

impl File {
    fn could_not_run(&self) -> bool {
        let fails = |case: &Case| case.status() == Some(Status::Failed);
        match self.status.said() {
            Some(status) => status == "failed" && !self.cases.iter().any(fails),
            // What a reporter is handed has no status.
            None => self.cases.is_empty() && self.message.said().is_some(),
        }
    }
}

impl Case {
    fn status(&self) -> Option<Status> {
        Some(match self.status.said()? {
            "passed" => Status::Passed,
            "failed" => Status::Failed,
            "pending" | "skipped" | "disabled" => Status::Skipped,
            "todo" => Status::Todo,
            _ => return None,
        })
    }

    fn item(&self, source: Source, status: Option<Status>) -> Item {
        let titles: Vec<&str> = self.ancestor_titles.iter().filter_map(Text::said).collect();
        let suite = Some(titles.join(" ")).filter(|suite| !suite.is_empty());
        let said = self.failure_messages.iter().find_map(Text::said);
        let said = said.and_then(|text| text.lines().next());
        let marked = (status == Some(Status::Todo)).then_some("todo");
        Item::new(&TESTS_CASE, source)
            .with("suite", suite)
            .with("name", self.title.0.clone())
            .with("line", self.location.line.0)
            .with("status", status.map(Status::name))
            .with("message", said.or(marked).map(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str, files: &str) -> Reading {
        let text = format!(
            r#"{{"numTotalTests": 5, "numPassedTests": 2, "numFailedTests": 1{head},
            "startTime": 1795362950221, "testResults": [{files}]}}"#
        );
        let document = Document::new("jest.json", text.as_bytes());
        assert!(Jest.recognises(&document));
        Jest.read(&document).expect("a reading")
    }

    fn file(status: &str, cases: &[&str]) -> String {
        let rows = cases.iter().map(|status| {
            format!(
                r#"{{"ancestorTitles": ["calc", "add"], "title": "t", "status": "{status}",
                "failureMessages": ["Error: no\n  at x"], "location": null}}"#
            )
        });
        format!(
            r#"{{"name": "/r/a.test.js", "status": "{status}", "message": "\n ● Test suite failed\n",
            "assertionResults": [{}]}}"#,
            rows.collect::<Vec<_>>().join(",")
        )
    }

    #[test]
    fn todo_is_neither_passed_nor_skipped_in_the_counts() {
        let cases = ["passed", "passed", "failed", "pending", "todo"];
        let reading = read(
            r#", "numPendingTests": 1, "numTodoTests": 1"#,
            &file("failed", &cases),
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let counts = ["total", "passed", "failed", "skipped", "todo"];
        let counts = counts
            .map(|name| reading.measures[name].to_string())
            .join(" ");
        assert_eq!(counts, "5 2 1 1 1");
        assert_eq!(reading.items[4].get("status").as_text(), Some("skipped"));
        assert_eq!(reading.items[2].get("suite").as_text(), Some("calc add"));
        assert_eq!(reading.items[2].get("message").as_text(), Some("Error: no"));
        assert_eq!(reading.produced_at.as_deref(), Some("2026-11-22T15:55:50Z"));
    }

    #[test]
    fn a_file_that_could_not_run_is_an_error_and_the_run_incomplete() {
        let reading = read(
            "",
            &[file("passed", &["passed"]), file("failed", &[])].join(","),
        );
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.items[1].get("status").as_text(), Some("error"));
        let said = reading.items[1].get("message").as_text();
        assert_eq!(said, Some("● Test suite failed"));
        assert!(reading.notes[0].contains("numTotalTests 5 and not 1"));
        let after = read("", &file("failed", &["passed"]));
        assert_eq!(after.state, ReadingState::Incomplete);
    }

    #[test]
    fn counts_of_which_one_cannot_be_read_are_not_complete() {
        let read = |failed: &str| {
            let text = format!(
                r#"{{"numTotalTests": 2, "numPassedTests": 1, "numFailedTests": {failed}}}"#
            );
            Jest.read(&Document::new("x", text.as_bytes()))
                .expect("a reading")
        };
        assert_eq!(read("1").state, ReadingState::Complete);
        let half = read("\"a\"");
        assert_eq!(half.state, ReadingState::Incomplete);
        let why = "The report counts 2 cases, and says of 1 how they ended.";
        assert_eq!(half.notes.last().map(String::as_str), Some(why));
        assert_eq!(read("7").state, ReadingState::Incomplete);
    }

    #[test]
    fn an_interrupted_run_and_an_unknown_status_are_incomplete() {
        let passed = file("passed", &["passed"]);
        let stopped = read(r#", "wasInterrupted": true"#, &passed);
        assert_eq!(stopped.state, ReadingState::Incomplete);
        let odd = read("", &file("passed", &["perhaps"]));
        assert_eq!(odd.state, ReadingState::Incomplete);
    }
}
