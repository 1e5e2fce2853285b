//! gcovr's JSON report (`gcovr --json`).
//!
//! Since version 8 a line stands once for each function it was compiled into; it is one line, and ran
//! if it ran in any of them. What markers in the source exclude is listed and not counted.

use std::collections::HashMap;

use serde::Deserialize;

use super::files::Lines;
use super::marks::{Marks, key};
use super::measured::{self, Shares};
use crate::collect::reports::words::{counted, length};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Hits, Text, nullable};

/// gcovr's JSON report.
pub(in crate::collect::reports) struct Gcovr;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "gcovr-json",
    usual_names: &["gcovr*.json", "coverage*.json"],
    about: "gcovr writes it with `--json`.",
    sample: (
        "coverage.json",
        r#"{"gcovr/format_version": "0.14", "files": [{"file": "a.c", "lines": [{"line_number": 1,
        "count": 1, "branches": [{"count": 1, "fallthrough": true, "throw": false,
        "source_block_id": 2}, {"count": 0, "source_block_id": 3}]}, {"line_number": 2, "count": 0,
        "branches": []}], "functions": [{"name": "main", "lineno": 1, "execution_count": 1}]}]}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    files: Vec<Measured>,
}

/// A file as it stands in the report.
#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    file: Text,
    #[serde(default, deserialize_with = "nullable")]
    lines: Vec<Line>,
    #[serde(default, deserialize_with = "nullable")]
    functions: Vec<Function>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default, rename = "line_number")]
    number: Count,
    #[serde(default)]
    count: Hits,
    #[serde(default, deserialize_with = "nullable")]
    branches: Vec<Branch>,
    #[serde(default, rename = "gcovr/excluded", deserialize_with = "nullable")]
    excluded: bool,
    // Until version 6.
    #[serde(default, rename = "gcovr/noncode", deserialize_with = "nullable")]
    noncode: bool,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    count: Hits,
    #[serde(default)]
    branchno: Count,
    #[serde(default)]
    source_block_id: Count,
    #[serde(default)]
    destination_block_id: Count,
    #[serde(default, rename = "gcovr/excluded", deserialize_with = "nullable")]
    excluded: bool,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    execution_count: Hits,
    #[serde(default, rename = "gcovr/excluded", deserialize_with = "nullable")]
    excluded: bool,
}

/// What a file amounts to.
#[derive(Deserialize)]
#[serde(from = "Raw")]
struct Measured {
    name: String,
    shares: Shares,
    missing: String,
    /// Lines that stand more than once.
    repeated: u64,
    /// Lines that cannot be counted.
    unusable: u64,
}

impl From<Raw> for Measured {
    fn from(raw: Raw) -> Self {
        let (mut lines, mut branches) = (Lines::default(), Marks::default());
        let (mut stand, mut unusable) = (0_u64, 0);
        for line in raw
            .lines
            .iter()
            .filter(|line| !line.excluded && !line.noncode)
        {
            match (line.number.0, line.count) {
                (Some(number), Hits::Never | Hits::Ran) => {
                    stand += 1;
                    lines.add(number, line.count.ran());
                    add_branches(number, &line.branches, &mut branches);
                }
                _ => unusable += 1,
            }
        }
        let mut shares = lines.shares();
        let (taken, all) = branches.counts();
        shares.branches = (all > 0).then_some(Ratio::new(taken, all));
        shares.functions = functions(&raw.functions);
        let all = shares.lines.map_or(0, |lines| lines.total);
        Self {
            name: raw.file.said().unwrap_or_default().to_owned(),
            shares,
            missing: lines.missing(),
            repeated: stand.saturating_sub(all),
            unusable,
        }
    }
}

/// Adds the branches of a line by what tells them apart, as gcovr joins them. Versions before 8.3
/// say nothing that does, so those of one line are also told apart by their order.
fn add_branches(line: u64, branches: &[Branch], marks: &mut Marks) {
    let mut seen: HashMap<[Option<u64>; 3], u64> = HashMap::new();
    for branch in branches.iter().filter(|branch| !branch.excluded) {
        let ids = [
            branch.branchno.0,
            branch.source_block_id.0,
            branch.destination_block_id.0,
        ];
        let nth = seen.entry(ids).or_default();
        marks.add(key(&(line, ids, *nth)), branch.count.ran());
        *nth += 1;
    }
}

fn functions(functions: &[Function]) -> Option<Ratio> {
    let counted = functions.iter().filter(|function| !function.excluded);
    let ratio = counted.fold(Ratio::new(0, 0), |sum, function| {
        let ran = u64::from(function.execution_count.ran());
        Ratio::new(sum.covered + ran, sum.total + 1)
    });
    (ratio.total > 0).then_some(ratio)
}

impl Format for Gcovr {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// Before version 8 the keys were sorted, so that the files stood before the version.
    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.has(&["gcovr/format_version"])
                || (shape.broken.is_some()
                    && shape.has_inner(&["files.file"])
                    && document.head().contains("\"gcovr/"))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("gcovr".to_owned());
        let files = length(&report.files);
        let mut sum = Shares {
            lines: Some(Ratio::new(0, 0)),
            ..Shares::default()
        };
        let (mut repeated, mut unusable) = (0, 0);
        for (index, file) in report.files.into_iter().enumerate() {
            sum.add(file.shares);
            repeated += file.repeated;
            unusable += file.unusable;
            let source = Source::pointer(document.path, format!("/files/{index}"));
            let item = measured::item(source, &file.name, file.shares, file.missing);
            reading.items.push(item);
        }
        measured::measure(&mut reading, sum, files);
        if repeated > 0 {
            reading.note(format!(
                "{} another: code that was compiled more than once. Each line counts once.",
                counted(
                    repeated,
                    "entry repeats the line of",
                    "entries repeat the line of"
                )
            ));
        }
        if unusable > 0 {
            let why = format!(
                "{} what cannot be counted.",
                counted(unusable, "line says", "lines say")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        measured::settle(&mut reading, sum, &[]);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(files: &str) -> Reading {
        let text = format!(r#"{{"gcovr/format_version": "0.15", "files": [{files}]}}"#);
        let document = Document::new("coverage.json", text.as_bytes());
        assert!(Gcovr.recognises(&document));
        Gcovr.read(&document).expect("a reading")
    }

    #[test]
    fn a_line_of_several_functions_is_one_line_and_what_is_excluded_none() {
        let reading = read(
            r#"{"file": "a.cpp", "lines": [
            {"line_number": 3, "function_name": "f", "count": 0, "branches": [
              {"count": 0, "source_block_id": 2, "destination_block_id": 3},
              {"count": 0, "source_block_id": 2, "destination_block_id": 4}]},
            {"line_number": 3, "function_name": "g", "count": 18446744073709551615, "branches": [
              {"count": 7, "source_block_id": 2, "destination_block_id": 3},
              {"count": 0, "source_block_id": 5, "destination_block_id": 6, "gcovr/excluded": true}]},
            {"line_number": 4, "count": 0, "branches": []},
            {"line_number": 5, "count": 0, "branches": [{"count": 1}], "gcovr/excluded": true},
            {"line_number": 6, "count": 0, "branches": [{"count": 0}], "gcovr/noncode": true}],
            "functions": [{"name": "f", "execution_count": 0}, {"name": "g", "execution_count": 2},
            {"name": "h", "execution_count": 2, "gcovr/excluded": true}]}"#,
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 2");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 2");
        assert_eq!(reading.items[0].get("missing"), &Value::from("4"));
        assert!(
            reading.notes[0].starts_with("1 entry repeats"),
            "{:?}",
            reading.notes
        );
    }

    #[test]
    fn branches_without_anything_that_tells_them_apart_are_told_apart_by_their_order() {
        let reading = read(
            r#"{"file": "a.c", "lines": [{"line_number": 1, "count": 1, "branches": [
            {"count": 1, "fallthrough": false}, {"count": 0, "throw": true}, {"count": 2}]}]}"#,
        );
        assert_eq!(reading.measures["branches"].to_string(), "2 of 3");
        assert!(!reading.measures.contains_key("functions"));
        assert_eq!(read("").state, ReadingState::NothingMeasured);
        let odd = read(r#"{"file": "a.c", "lines": [{"line_number": 1, "count": -1}]}"#);
        assert_eq!(odd.state, ReadingState::Incomplete);
    }
}
