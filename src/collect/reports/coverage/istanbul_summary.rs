//! Istanbul's `coverage-summary.json`.

use serde::Deserialize;

use super::measured::{self, Shares, ratio};
use crate::collect::reports::words::pointer_step;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Pairs, nullable};

/// Istanbul's `coverage-summary.json`.
pub(in crate::collect::reports) struct IstanbulSummary;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "istanbul-summary",
    usual_names: &["coverage-summary.json"],
    about: "nyc, jest, vitest, c8 and karma write it with the reporter `json-summary`.",
    sample: (
        "coverage-summary.json",
        r#"{"total": {"lines": {"total": 2, "covered": 1}, "statements": {"total": 3, "covered": 1},
        "functions": {"total": 1, "covered": 1}, "branches": {"total": 0, "covered": 0}},
        "/a.js": {"lines": {"total": 2, "covered": 1}, "statements": {"total": 3, "covered": 1},
        "functions": {"total": 1, "covered": 1}, "branches": {"total": 0, "covered": 0}}}"#,
    ),
};

// `pct` is the text "Unknown" where there is nothing, and is not needed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Summary {
    lines: Option<Part>,
    statements: Option<Part>,
    functions: Option<Part>,
    branches: Option<Part>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part {
    #[serde(deserialize_with = "nullable")]
    covered: Count,
    #[serde(deserialize_with = "nullable")]
    total: Count,
}

impl Summary {
    /// The shares, where every part that is there is a share.
    fn shares(&self) -> Option<Shares> {
        let share = |part: &Option<Part>| match part {
            Some(part) => ratio(part.covered.0, part.total.0).map(Some),
            None => Some(None),
        };
        let shares = Shares {
            lines: Some(share(&self.lines)??),
            statements: share(&self.statements)?,
            functions: share(&self.functions)?,
            branches: share(&self.branches)?,
        };
        (!shares.impossible()).then_some(shares)
    }
}

impl Format for IstanbulSummary {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let shape = document.look.json();
        shape.is_some_and(|shape| shape.has_inner(&["total.lines", "total.statements"]))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Pairs<Summary> = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let (mut sum, mut total, mut unusable) = (Shares::default(), None, Vec::new());
        let mut files = 0;
        for (name, summary) in &report.0 {
            let shares = summary.shares();
            if name == "total" {
                total = Some(shares);
                continue;
            }
            files += 1;
            let Some(shares) = shares else {
                unusable.push(name.clone());
                continue;
            };
            sum.add(shares);
            let source = Source::pointer(document.path, format!("/{}", pointer_step(name)));
            let item = measured::item(source, name, shares, String::new());
            reading.items.push(item);
        }
        if files == 0 {
            sum = total.flatten().unwrap_or_default();
        } else if let Some(total) = total
            && unusable.is_empty()
        {
            measured::compare(&mut reading, total, sum);
        }
        measured::measure(&mut reading, sum, files);
        if files == 0 && !sum.nothing() {
            let why = "The report names no file, so its totals cannot be counted again.";
            reading.lower(ReadingState::Incomplete, why);
        }
        measured::settle(&mut reading, sum, &unusable);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("coverage-summary.json", text.as_bytes());
        assert!(IstanbulSummary.recognises(&document));
        IstanbulSummary.read(&document).expect("a reading")
    }

    fn row(covered: u64, total: u64) -> String {
        let part = format!(r#"{{"total": {total}, "covered": {covered}, "pct": "Unknown"}}"#);
        format!(
            r#"{{"lines": {part}, "statements": {part}, "functions": {part}, "branches": {part}}}"#
        )
    }

    #[test]
    fn the_files_are_counted_and_a_disagreement_is_said() {
        let (total, one, two) = (row(9, 9), row(1, 3), row(2, 2));
        let reading = read(&format!(
            r#"{{"total": {total}, "/a.js": {one}, "/b.js": {two}}}"#
        ));
        assert_eq!(reading.state, ReadingState::Complete);
        assert_eq!(reading.measures["lines"].to_string(), "3 of 5");
        assert_eq!(reading.measures["branches"].to_string(), "3 of 5");
        assert!(
            reading.notes[0].contains("9 of 9 lines"),
            "{:?}",
            reading.notes
        );
    }

    #[test]
    fn totals_alone_nothing_at_all_and_impossible_counts_are_never_complete() {
        let alone = read(&format!(r#"{{"total": {}}}"#, row(9, 9)));
        assert_eq!(alone.state, ReadingState::Incomplete);
        let none = read(&format!(r#"{{"total": {}}}"#, row(0, 0)));
        assert_eq!(none.state, ReadingState::NothingMeasured);
        let odd = read(&format!(
            r#"{{"total": {}, "/a.js": {}}}"#,
            row(2, 2),
            row(3, 2)
        ));
        assert_eq!(odd.state, ReadingState::Incomplete);
        assert!(odd.notes.last().is_some_and(|note| note.contains("/a.js")));
    }
}
