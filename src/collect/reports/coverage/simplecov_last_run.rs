//! SimpleCov's `.last_run.json`: rounded percentages, kept to compare the next run with.

use serde::Deserialize;

use crate::collect::reports::words::some_of;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Pairs, Shape, Text};

/// SimpleCov's `.last_run.json`.
pub(in crate::collect::reports) struct LastRun;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "simplecov-last-run",
    usual_names: &[".last_run.json"],
    about: "SimpleCov keeps it in `coverage/`; it holds no counts, so that no result rests on it.",
    sample: (
        ".last_run.json",
        r#"{"result": {"line": 85.71, "branch": 75.0}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    result: Pairs<Text>,
}

/// What a percentage may be of. Before version 0.19 there was but one.
const OF: [&str; 6] = [
    "line",
    "branch",
    "method",
    "oneshot_line",
    "eval",
    "covered_percent",
];

impl Format for LastRun {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let percentages = |shape: &Shape| {
            let known = |key: &String| {
                let of = key.strip_prefix("result.");
                of.is_some_and(|of| OF.contains(&of))
            };
            shape.keys.iter().eq(["result"])
                && !shape.inner.is_empty()
                && shape.inner.iter().all(known)
        };
        document.look.json().is_some_and(percentages)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("SimpleCov".to_owned());
        let said: Vec<String> = report
            .result
            .0
            .iter()
            .filter_map(|(of, percent)| Some(format!("{of} {} %", percent.said()?)))
            .collect();
        let why = format!(
            "The file holds rounded percentages and no counts ({}); SimpleCov's .resultset.json \
             holds the counts.",
            some_of(said.iter().map(String::as_str))
        );
        reading.lower(ReadingState::Incomplete, why);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_without_counts_measures_nothing_and_is_incomplete() {
        for text in [
            r#"{"result": {"line": 100.0, "branch": 75.0}}"#,
            r#"{"result": {"covered_percent": 100.0}}"#,
        ] {
            let document = Document::new("a.json", text.as_bytes());
            assert!(LastRun.recognises(&document));
            let reading = LastRun.read(&document).expect("a reading");
            assert_eq!(reading.state, ReadingState::Incomplete);
            assert!(reading.measures.is_empty());
            assert!(reading.notes[0].contains("100"), "{:?}", reading.notes);
        }
        for other in [
            r#"{"result": {"line": 1, "id": 2}}"#,
            r#"{"result": {}}"#,
            r#"{"result": {"line": 1}, "id": 2}"#,
        ] {
            assert!(
                !LastRun.recognises(&Document::new("a.json", other.as_bytes())),
                "{other}"
            );
        }
    }
}
