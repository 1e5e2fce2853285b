//! gcovr's JSON summary (`gcovr --json-summary`).

use serde::Deserialize;

use super::measured::{self, Shares, ratio};
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// gcovr's JSON summary.
pub(in crate::collect::reports) struct GcovrSummary;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "gcovr-summary",
    usual_names: &[
        "gcovr*.json",
        "summary_coverage*.json",
        "coverage_summary*.json",
    ],
    about: "gcovr writes it with `--json-summary`.",
    sample: (
        "summary_coverage.json",
        r#"{"root": ".", "gcovr/summary_format_version": "0.6", "files": [{"filename": "a.c",
        "line_total": 2, "line_covered": 1, "branch_total": 0, "branch_covered": 0,
        "function_total": 1, "function_covered": 1}], "line_total": 2, "line_covered": 1,
        "branch_total": 0, "branch_covered": 0, "function_total": 1, "function_covered": 1}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, deserialize_with = "nullable")]
    files: Vec<File>,
    #[serde(flatten)]
    totals: Summary,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    filename: Text,
    #[serde(flatten)]
    summary: Summary,
}

// Functions are there since version 5.2, conditions and decisions have no measure.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Summary {
    line_covered: Count,
    line_total: Count,
    branch_covered: Count,
    branch_total: Count,
    function_covered: Option<Count>,
    function_total: Option<Count>,
}

impl Summary {
    fn shares(&self) -> Option<Shares> {
        let some = |ratio: &Ratio| ratio.total > 0;
        let functions = match (self.function_covered, self.function_total) {
            (Some(covered), Some(total)) => Some(ratio(covered.0, total.0)?),
            _ => None,
        };
        let shares = Shares {
            lines: Some(ratio(self.line_covered.0, self.line_total.0)?),
            // Branches are written as 0 of 0 where the compiler was not asked for them.
            branches: ratio(self.branch_covered.0, self.branch_total.0).filter(some),
            functions: functions.filter(some),
            statements: None,
        };
        (!shares.impossible()).then_some(shares)
    }
}

impl Format for GcovrSummary {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// Before version 8 the keys were sorted, so that the files stood before the version.
    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.has(&["gcovr/summary_format_version"])
                || (shape.broken.is_some()
                    && shape.has_inner(&["files.branch_covered", "files.filename"]))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("gcovr".to_owned());
        let files = length(&report.files);
        let (mut sum, mut unusable) = (Shares::default(), Vec::new());
        for (index, file) in report.files.iter().enumerate() {
            let name = file.filename.said().unwrap_or_default();
            let Some(shares) = file.summary.shares() else {
                unusable.push(name.to_owned());
                continue;
            };
            sum.add(shares);
            let source = Source::pointer(document.path, format!("/files/{index}"));
            let item = measured::item(source, name, shares, String::new());
            reading.items.push(item);
        }
        let totals = report.totals.shares();
        if files == 0 {
            sum = totals.unwrap_or_default();
        } else if unusable.is_empty() {
            measured::compare(&mut reading, totals, sum);
        }
        measured::measure(&mut reading, sum, files);
        if files == 0 && !sum.nothing() {
            let why = "The summary names no file, so its totals cannot be counted again.";
            reading.lower(ReadingState::Incomplete, why);
        }
        measured::settle(&mut reading, sum, &unusable);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &str, totals: &str) -> Reading {
        let text =
            format!(r#"{{"gcovr/summary_format_version": "0.2", "files": [{files}], {totals}}}"#);
        let document = Document::new("summary.json", text.as_bytes());
        assert!(GcovrSummary.recognises(&document));
        GcovrSummary.read(&document).expect("a reading")
    }

    const FILE: &str = r#"{"filename": "a.c", "line_total": 4, "line_covered": 3, "line_percent":
        75.0, "branch_total": 2, "branch_covered": 1}"#;

    #[test]
    fn the_files_are_counted_and_a_disagreement_is_said() {
        let totals =
            r#""line_total": 4, "line_covered": 4, "branch_total": 2, "branch_covered": 1"#;
        let reading = read(FILE, totals);
        assert_eq!(reading.state, ReadingState::Complete);
        assert_eq!(reading.measures["lines"].to_string(), "3 of 4");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 2");
        assert!(!reading.measures.contains_key("functions"));
        assert!(
            reading.notes[0].contains("4 of 4 lines"),
            "{:?}",
            reading.notes
        );
    }

    #[test]
    fn totals_alone_nothing_and_impossible_counts_are_never_complete() {
        let some = r#""line_total": 4, "line_covered": 3"#;
        assert_eq!(read("", some).state, ReadingState::Incomplete);
        let none = r#""line_total": 0, "line_covered": 0"#;
        assert_eq!(read("", none).state, ReadingState::NothingMeasured);
        let odd = read(&FILE.replace('3', "5"), some);
        assert_eq!(odd.state, ReadingState::Incomplete);
    }
}
