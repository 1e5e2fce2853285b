//! Mocha's JSON (`mocha --reporter json`).

use serde::Deserialize;

use super::counts::{Counts, Status, compare};
use crate::collect::reports::words::{counted, length, message, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TESTS_CASE;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// Mocha's JSON.
pub(in crate::collect::reports) struct Mocha;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Tests,
    name: "mocha-json",
    usual_names: &["mocha.json", "mocha-*.json"],
    about: "Mocha writes it with its reporter `json`.",
    sample: (
        "mocha.json",
        r#"{"stats": {"suites": 1, "tests": 2, "passes": 1, "pending": 0, "failures": 1,
"start": "2026-01-02T03:04:05.000Z", "end": "2026-01-02T03:04:06.000Z", "duration": 1000},
"tests": [{"title": "a", "fullTitle": "s a"}, {"title": "b", "fullTitle": "s b"}], "pending": [],
"failures": [{"title": "b", "fullTitle": "s b", "file": "/r/b.js", "err": {"message": "no"}}],
"passes": [{"title": "a", "fullTitle": "s a", "file": "/r/b.js", "err": {}}]}"#,
    ),
};

#[derive(Deserialize)]
struct Run {
    stats: Stats,
    #[serde(default, deserialize_with = "nullable")]
    tests: Vec<Test>,
    #[serde(default, deserialize_with = "nullable")]
    pending: Vec<Test>,
    failures: Vec<Test>,
    passes: Vec<Test>,
}

#[derive(Deserialize)]
struct Stats {
    #[serde(default)]
    tests: Count,
    #[serde(default)]
    passes: Count,
    #[serde(default)]
    pending: Count,
    #[serde(default)]
    failures: Count,
    #[serde(default)]
    start: Text,
    #[serde(default)]
    end: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    #[serde(default)]
    title: Text,
    #[serde(default)]
    full_title: Text,
    #[serde(default)]
    file: Text,
    #[serde(default, deserialize_with = "nullable")]
    err: Fault,
}

#[derive(Deserialize, Default)]
struct Fault {
    #[serde(default)]
    message: Text,
}

impl Format for Mocha {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.has_inner(&["stats.tests", "stats.passes", "stats.failures"])
                && (shape.broken.is_some() || shape.has(&["passes", "failures"]))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let run: Run = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("mocha".to_owned());
        let made = run.stats.end.said().or(run.stats.start.said());
        set_produced(&mut reading, made.unwrap_or_default());
        run.items(document, &mut reading);
        let (passed, failed, skipped) = (
            length(&run.passes),
            length(&run.failures),
            length(&run.pending),
        );
        let counts = Counts {
            total: length(&run.tests),
            passed,
            failed,
            skipped,
            ..Counts::default()
        };
        compare(
            &[
                ("tests", run.stats.tests.0, counts.total),
                ("passes", run.stats.passes.0, passed),
                ("failures", run.stats.failures.0, failed),
                ("pending", run.stats.pending.0, skipped),
            ],
            &mut reading,
        );
        run.say_ends(&counts, &mut reading);
        counts.settle(&mut reading);
        Ok(reading)
    }
}

impl Run {
    fn items(&self, document: &Document<'_>, reading: &mut Reading) {
        let lists = [
            ("passes", &self.passes, Status::Passed),
            ("failures", &self.failures, Status::Failed),
            ("pending", &self.pending, Status::Skipped),
        ];
        for (list, tests, status) in lists {
            for (at, test) in tests.iter().enumerate() {
                let source = Source::pointer(document.path, format!("/{list}/{at}"));
                let said = test.err.message.said().and_then(|text| text.lines().next());
                let item = Item::new(&TESTS_CASE, source)
                    .with("suite", test.suite())
                    .with("name", test.title.0.clone())
                    .with("path", test.file.0.clone())
                    .with("status", status.name())
                    .with("message", said.map(message));
                reading.items.push(item);
            }
        }
    }

    /// A hook that fails is a failure and no test; the tests behind it do not run. A test that calls
    /// back twice both passes and fails.
    fn say_ends(&self, counts: &Counts, reading: &mut Reading) {
        let hooks = self.failures.iter().filter(|test| test.is_hook()).count();
        let hooks = u64::try_from(hooks).unwrap_or(u64::MAX);
        if hooks > 0 {
            reading.note(format!(
                "{} a hook and not of a test; tests that need the hook may not have run.",
                counted(hooks, "failure is of", "failures are each of")
            ));
        }
        let ended = [counts.passed, counts.failed, counts.skipped]
            .into_iter()
            .fold(0, u64::saturating_add)
            .saturating_sub(hooks);
        if ended < counts.total {
            let why = format!(
                "{} neither passed nor failed nor was left out.",
                counted(counts.total.saturating_sub(ended), "test", "tests")
            );
            reading.lower(ReadingState::Incomplete, why);
        } else if ended > counts.total {
            reading.note("Some tests ended more than once.");
        }
    }
}

impl Test {
    /// The full title without the title of the test.
    fn suite(&self) -> Option<&str> {
        let full = self.full_title.said()?;
        let suite = full.strip_suffix(self.title.said()?)?.trim_end();
        (!suite.is_empty()).then_some(suite)
    }

    /// Mocha names a hook `"before each" hook for "test"`.
    fn is_hook(&self) -> bool {
        let title = self.title.said().unwrap_or_default();
        ["\"before", "\"after"]
            .iter()
            .any(|start| title.starts_with(start))
            && title.contains("\" hook")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stats: &str, lists: &str) -> Reading {
        let text = format!(
            r#"{{"stats": {{"suites": 1, {stats}, "start": "2026-01-02T03:04:05.678Z"}}, {lists}}}"#
        );
        let document = Document::new("mocha.json", text.as_bytes());
        assert!(Mocha.recognises(&document));
        Mocha.read(&document).expect("a reading")
    }

    const A: &str = r#"{"title": "adds", "fullTitle": "calc adds", "file": "/r/t.js",
        "err": {"message": "one\ntwo"}}"#;

    #[test]
    fn the_lists_are_counted() {
        let reading = read(
            r#""tests": 3, "passes": 1, "pending": 1, "failures": 1"#,
            &format!(
                r#""tests": [{A},{A},{A}], "pending": [{A}], "failures": [{A}], "passes": [{A}]"#
            ),
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let counts = ["total", "passed", "failed", "skipped"];
        let counts = counts
            .map(|name| reading.measures[name].to_string())
            .join(" ");
        assert_eq!(counts, "3 1 1 1");
        assert_eq!(reading.items[1].get("suite").as_text(), Some("calc"));
        assert_eq!(reading.items[1].get("message").as_text(), Some("one"));
        assert!(reading.notes.is_empty(), "{:?}", reading.notes);
    }

    #[test]
    fn a_hook_that_fails_is_no_test_and_a_test_without_an_end_no_pass() {
        let hook = r#"{"title": "\"before each\" hook for \"adds\"", "fullTitle": "x"}"#;
        let reading = read(
            r#""tests": 1, "passes": 1, "pending": 0, "failures": 1"#,
            &format!(r#""tests": [{A}], "pending": [], "failures": [{hook}], "passes": [{A}]"#),
        );
        assert_eq!(reading.measures["failed"].as_int(), Some(1));
        assert!(reading.notes[0].contains("hook"));
        let lost = read(
            r#""tests": 2, "passes": 1, "pending": 0, "failures": 0"#,
            &format!(r#""tests": [{A},{A}], "pending": [], "failures": [], "passes": [{A}]"#),
        );
        assert_eq!(lost.state, ReadingState::Incomplete);
        let none = read(
            r#""tests": 0, "passes": 0, "pending": 0, "failures": 0"#,
            r#""tests": [], "pending": [], "failures": [], "passes": []"#,
        );
        assert_eq!(none.state, ReadingState::NothingMeasured);
    }
}
