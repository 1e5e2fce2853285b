//! pyright's JSON report (`--outputjson`), which basedpyright writes too. Its lines count from 0.

use serde::Deserialize;

use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::{compare, moment_of_epoch, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TYPES_FINDING;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// pyright's JSON report.
pub(in crate::collect::reports) struct Pyright;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Types,
    name: "pyright",
    // Not `pyright*.json`, as its settings are in `pyrightconfig.json`.
    usual_names: &[
        "pyright.json",
        "pyright-*.json",
        "pyright_*.json",
        "basedpyright.json",
        "basedpyright-*.json",
    ],
    about: "pyright and basedpyright write it with `--outputjson`.",
    sample: (
        "pyright.json",
        r#"{"version": "1.1.394", "time": "1705314600000", "generalDiagnostics": [{"file": "a.py",
        "severity": "error", "message": "m", "rule": "reportArgumentType", "range": {"start":
        {"line": 9, "character": 4}}}], "summary": {"filesAnalyzed": 3, "errorCount": 1,
        "warningCount": 0, "informationCount": 0, "timeInSec": 0.9}}"#,
    ),
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    #[serde(default)]
    version: Text,
    #[serde(default)]
    time: Text,
    general_diagnostics: Option<Vec<Diagnostic>>,
    #[serde(default, deserialize_with = "nullable")]
    summary: Summary,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Summary {
    files_analyzed: Count,
    error_count: Count,
    warning_count: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Diagnostic {
    file: Text,
    severity: Text,
    message: Text,
    rule: Text,
    #[serde(deserialize_with = "nullable")]
    range: Range,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Range {
    #[serde(deserialize_with = "nullable")]
    start: Start,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Start {
    line: Count,
}

impl Format for Pyright {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let shape = document.look.json();
        shape.is_some_and(|shape| shape.has(&["generalDiagnostics"]))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document
            .json()
            .map_err(|error| redact::neutral(&error, "the values of a pyright report"))?;
        let Some(diagnostics) = &report.general_diagnostics else {
            let says = "expected a list of diagnostics, found none";
            return Err(ParseError::whole(says));
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("pyright".to_owned());
        reading.tool_version = report.version.said().map(str::to_owned);
        let time = report.time.said().unwrap_or_default();
        let made = moment_of_epoch(time).map(|made| made.to_string());
        set_produced(&mut reading, made.as_deref().unwrap_or(time));
        let mut rows = Rows::new(&TYPES_FINDING, Some("pyright"), &["error", "warning"]);
        for (at, diagnostic) in diagnostics.iter().enumerate() {
            let source = Source::pointer(document.path, format!("/generalDiagnostics/{at}"));
            rows.take(source, &row(diagnostic));
        }
        let active = rows.active();
        rows.finish(&mut reading);
        settle(&report.summary, active, &mut reading);
        Ok(reading)
    }
}

fn row(diagnostic: &Diagnostic) -> Row<'_> {
    let severity = diagnostic.severity.said();
    Row {
        path: diagnostic.file.said(),
        line: diagnostic
            .range
            .start
            .line
            .0
            .and_then(|line| line.checked_add(1)),
        rule: diagnostic.rule.said(),
        severity,
        standing: match severity {
            Some("information" | "hint") => Standing::Other("information"),
            _ => Standing::Active,
        },
        message: diagnostic.message.said(),
        ..Row::default()
    }
}

fn settle(summary: &Summary, active: u64, reading: &mut Reading) {
    let stated = summary.error_count.0.zip(summary.warning_count.0);
    let stated = stated.and_then(|(errors, warnings)| errors.checked_add(warnings));
    let nouns = ("error or warning", "errors and warnings");
    compare(reading, "The summary counts", stated, active, nouns);
    match summary.files_analyzed.0 {
        Some(0) => reading.lower(ReadingState::NothingMeasured, "Not one file was analysed."),
        Some(_) => {}
        None => reading.lower(
            ReadingState::Incomplete,
            "The report does not say how many files were analysed.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(severity: &str, files: &str, errors: u32) -> Reading {
        let text = format!(
            r#"{{"version": "1.1", "time": "2024-01-15T10:30:00.000Z", "generalDiagnostics":
            [{{"file": "a.py", "severity": "{severity}", "message": "m", "range": {{"start":
            {{"line": 0}}}}}}], "summary": {{"filesAnalyzed": {files}, "errorCount": {errors},
            "warningCount": 0}}}}"#
        );
        let document = Document::new("x.json", text.as_bytes());
        assert!(Pyright.recognises(&document));
        Pyright.read(&document).expect("a reading")
    }

    #[test]
    fn errors_and_warnings_stand_and_information_does_not() {
        let error = read("error", "12", 1);
        assert_eq!(error.state, ReadingState::Complete, "{:?}", error.notes);
        assert_eq!(error.measures["active"].as_int(), Some(1));
        assert_eq!(error.items[0].get("line").as_int(), Some(1));
        assert_eq!(
            error.produced_at.as_deref(),
            Some("2024-01-15T10:30:00.000Z")
        );
        let told = read("information", "12", 0);
        assert_eq!(told.measures["active"].as_int(), Some(0));
        assert_eq!(told.measures["total"].as_int(), Some(1));
    }

    #[test]
    fn a_shorter_list_and_no_files_are_not_clean() {
        assert_eq!(read("error", "12", 7).state, ReadingState::Incomplete);
        assert_eq!(read("error", "null", 1).state, ReadingState::Incomplete);
        assert_eq!(read("error", "0", 1).state, ReadingState::NothingMeasured);
    }
}
