//! SimpleCov's `coverage.json`, as its formatter for JSON writes it.

use serde::Deserialize;

use super::files::Files;
use super::simplecov::{self, Gathered, Raw};
use crate::collect::reports::words::{pointer_step, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Pairs, Text};

/// SimpleCov's `coverage.json`.
pub(in crate::collect::reports) struct SimpleCovJson;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "simplecov-json",
    usual_names: &["coverage*.json"],
    about: "SimpleCov writes it with its formatter for JSON.",
    sample: (
        "coverage.json",
        r#"{"meta": {"simplecov_version": "1.1.1", "timestamp": "2026-01-02T03:04:05.678Z"},
        "coverage": {"a.rb": {"source": ["a"], "lines": [1, null, 0, "ignored"], "branches":
        [{"type": "then", "coverage": 1}, {"type": "else", "coverage": 0}]}}, "groups": {}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    meta: Meta,
    coverage: Pairs<Raw>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Meta {
    simplecov_version: Text,
    timestamp: Text,
    commit: Text,
}

impl Format for SimpleCovJson {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let shape = document.look.json();
        shape.is_some_and(|shape| shape.has_inner(&["meta.simplecov_version"]))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("SimpleCov".to_owned());
        reading.tool_version = report.meta.simplecov_version.said().map(str::to_owned);
        reading.commit = report.meta.commit.said().map(str::to_owned);
        set_produced(&mut reading, report.meta.timestamp.said().unwrap_or(""));
        let mut files: Files<Gathered> = Files::default();
        for (path, raw) in report.coverage.0 {
            if let Some(gathered) = files.named(&path, 0) {
                gathered.pointer = format!("/coverage/{}", pointer_step(&path));
                gathered.join(raw);
            }
        }
        simplecov::measure(files, document.path, &mut reading);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("coverage.json", text.as_bytes());
        assert!(SimpleCovJson.recognises(&document));
        SimpleCovJson.read(&document).expect("a reading")
    }

    #[test]
    fn lines_branches_and_methods_that_are_left_out_are_not_counted() {
        let reading = read(
            r#"{"meta": {"simplecov_version": "1.1.1", "commit": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            "timestamp": "2026-01-02T03:04:05.678Z"}, "coverage": {"a.rb": {"lines": [2, null,
            "ignored", 0], "branches": [{"coverage": "ignored"}, {"coverage": 0}, {"coverage": 4}],
            "methods": [{"name": "A#b", "coverage": 1}]}}}"#,
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 2");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 1");
        assert_eq!(
            reading.commit.as_deref(),
            Some("4b825dc642cb6eb9a060e54bf8d69288fbee4904")
        );
        assert_eq!(
            reading.produced_at.as_deref(),
            Some("2026-01-02T03:04:05.678Z")
        );
        let none = read(r#"{"meta": {"simplecov_version": "0.22.0"}, "coverage": {}}"#);
        assert_eq!(none.state, ReadingState::NothingMeasured);
    }
}
