//! coverage.py's JSON report (`coverage json`).
//!
//! Definitions are those of coverage.py's own `reporting.py`: a line ratio is
//! `covered_lines / num_statements`. `percent_covered` is never used: with branches measured it is
//! a mixture of lines and branches.

use serde::Deserialize;

use super::measured::{self, Shares, ratio};
use crate::collect::reports::words::{length, pointer_step, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Pairs, Text, nullable};

/// coverage.py's JSON report.
pub(in crate::collect::reports) struct CoveragePy;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "coverage.py-json",
    usual_names: &["coverage*.json"],
    about: "coverage.py writes it with `coverage json`, pytest-cov with `--cov-report=json`.",
    sample: (
        "coverage.json",
        r#"{"meta": {"version": "7.6", "timestamp": "2026-01-02T03:04:05Z", "branch_coverage": true},
        "files": {"a.py": {"summary": {"covered_lines": 1, "num_statements": 2,
        "covered_branches": 1, "num_branches": 2}, "missing_lines": [2]}},
        "totals": {"covered_lines": 1, "num_statements": 2, "covered_branches": 1,
        "num_branches": 2}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, deserialize_with = "nullable")]
    meta: Meta,
    #[serde(default, deserialize_with = "nullable")]
    files: Pairs<Measured>,
    totals: Option<Summary>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Meta {
    version: Text,
    timestamp: Text,
    branch_coverage: Option<bool>,
}

// The `functions` and `classes` of format 3 repeat the lines of their file and are left alone.
#[derive(Deserialize)]
struct Measured {
    #[serde(default, deserialize_with = "nullable")]
    summary: Summary,
    #[serde(default, deserialize_with = "nullable")]
    missing_lines: Vec<Count>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Summary {
    covered_lines: Count,
    num_statements: Count,
    missing_lines: Count,
    covered_branches: Count,
    num_branches: Count,
}

impl Summary {
    /// The counts, where they are counts and possible.
    fn shares(&self, branches: bool) -> Option<Shares> {
        let shares = Shares {
            lines: Some(ratio(self.covered_lines.0, self.num_statements.0)?),
            branches: if branches {
                Some(ratio(self.covered_branches.0, self.num_branches.0)?)
            } else {
                None
            },
            ..Shares::default()
        };
        let lines = shares.lines?;
        let adds_up = self
            .missing_lines
            .0
            .is_none_or(|missing| lines.covered.checked_add(missing) == Some(lines.total));
        (adds_up && !shares.impossible()).then_some(shares)
    }
}

impl Format for CoveragePy {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.has_inner(&["meta.version"])
                && (shape.has_inner(&["meta.branch_coverage"])
                    || shape.has_inner(&["meta.show_contexts"]))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        if report.files.0.is_empty() && report.totals.is_none() {
            let says = "expected the files or the totals of a coverage report, found neither";
            return Err(ParseError::whole(says));
        }
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("coverage.py".to_owned());
        reading.tool_version = report.meta.version.said().map(str::to_owned);
        set_produced(&mut reading, report.meta.timestamp.said().unwrap_or(""));
        take(&report, document, &mut reading);
        Ok(reading)
    }
}

fn take(report: &Report, document: &Document<'_>, reading: &mut Reading) {
    let branches = report.meta.branch_coverage == Some(true);
    let mut sum = Shares::default();
    let mut unusable = Vec::new();
    for (name, file) in &report.files.0 {
        let Some(shares) = file.summary.shares(branches) else {
            unusable.push(name.clone());
            continue;
        };
        sum.add(shares);
        let pointer = format!("/files/{}", pointer_step(name));
        let missing = file.missing_lines.iter().filter_map(|line| line.0);
        reading.items.push(measured::item(
            Source::pointer(document.path, pointer),
            name,
            shares,
            measured::ranges_of(missing.collect()),
        ));
    }
    let declared = report.totals.as_ref().map(|totals| totals.shares(branches));
    let files = length(&report.files.0);
    if files == 0 {
        sum = declared.flatten().unwrap_or_default();
    } else if let Some(declared) = declared
        && unusable.is_empty()
    {
        measured::compare(reading, declared, sum);
    }
    measured::measure(reading, sum, files);
    if files == 0 && !sum.nothing() {
        let why = "The report names no file, so its totals cannot be counted again.";
        reading.lower(ReadingState::Incomplete, why);
    }
    measured::settle(reading, sum, &unusable);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(text: &str) -> Reading {
        let document = Document::new("coverage.json", text.as_bytes());
        assert!(CoveragePy.recognises(&document));
        CoveragePy.read(&document).expect("a reading")
    }

    const HEAD: &str = r#"{"meta": {"version": "7.6.1", "branch_coverage": true,
        "timestamp": "2026-11-22T15:45:16.065001"}, "files": "#;

    #[test]
    fn lines_and_branches_keep_their_own_denominators() {
        let reading = read(&format!(
            r#"{HEAD}{{"src/a/b.py": {{"missing_lines": [4, 2, 3], "summary": {{"covered_lines": 5,
            "num_statements": 8, "missing_lines": 3, "covered_branches": 1, "num_branches": 2}}}}}},
            "totals": {{"covered_lines": 5, "num_statements": 8, "covered_branches": 1,
            "num_branches": 2, "percent_covered": 60.0}}}}"#
        ));
        assert_eq!(reading.state, ReadingState::Complete);
        assert_eq!(reading.measures["lines"].to_string(), "5 of 8");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 2");
        assert_eq!(reading.items[0].get("missing"), &Value::from("2-4"));
        let place = reading.items[0].source.place_text();
        assert_eq!(place, "coverage.json#/files/src~1a~1b.py");
        assert_eq!(
            reading.notes.len(),
            1,
            "the missing zone: {:?}",
            reading.notes
        );
    }

    #[test]
    fn the_files_are_counted_and_a_disagreement_is_said() {
        let reading = read(&format!(
            r#"{HEAD}{{"a.py": {{"summary": {{"covered_lines": 5, "num_statements": 8,
            "covered_branches": 0, "num_branches": 0}}}}}},
            "totals": {{"covered_lines": 8, "num_statements": 8, "covered_branches": 0,
            "num_branches": 0}}}}"#
        ));
        assert_eq!(reading.measures["lines"].to_string(), "5 of 8");
        assert!(reading.notes[1].contains("8 of 8 lines"));
    }

    #[test]
    fn nothing_measured_and_impossible_counts_are_never_complete() {
        let none = read(&format!(
            r#"{HEAD}{{}}, "totals": {{"covered_lines": 0,
            "num_statements": 0, "covered_branches": 0, "num_branches": 0}}}}"#
        ));
        assert_eq!(none.state, ReadingState::NothingMeasured);
        for counts in [
            r#""covered_lines": 9, "num_statements": 8"#,
            r#""covered_lines": -1, "num_statements": 8"#,
            r#""covered_lines": 1, "num_statements": 8, "missing_lines": 1"#,
        ] {
            let odd = read(&format!(
                r#"{HEAD}{{"a.py": {{"summary": {{{counts}, "covered_branches": 0,
                "num_branches": 0}}}}}}}}"#
            ));
            assert_eq!(odd.state, ReadingState::Incomplete, "{counts}");
            assert!(odd.notes.last().expect("a note").contains("a.py"));
        }
    }
}
