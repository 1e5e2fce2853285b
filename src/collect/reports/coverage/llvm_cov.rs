//! llvm-cov's JSON export, which `cargo llvm-cov --json` writes too.
//!
//! Each file has a summary. Its regions and instantiations have no measure here. The version the
//! file states is that of the format.

use serde::Deserialize;

use super::measured::{self, Shares, ratio};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Shape, Text, nullable};

/// llvm-cov's JSON export.
pub(in crate::collect::reports) struct LlvmCov;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "llvm-cov-json",
    usual_names: &["llvm-cov*.json", "cov.json", "coverage*.json"],
    about: "`llvm-cov export` writes it, and `cargo llvm-cov --json`.",
    sample: (
        "llvm-cov.json",
        r#"{"data": [{"files": [{"filename": "a.c", "segments": [], "summary": {"branches": {"count":
        2, "covered": 1}, "functions": {"count": 1, "covered": 1}, "lines": {"count": 5, "covered":
        4}}}], "totals": {"branches": {"count": 2, "covered": 1}, "functions": {"count": 1,
        "covered": 1}, "lines": {"count": 5, "covered": 4}}}], "type": "llvm.coverage.json.export",
        "version": "2.0.1"}"#,
    ),
};

/// What the file says it is.
const TYPE: &str = "llvm.coverage.json.export";

#[derive(Deserialize)]
struct Export {
    data: Vec<Data>,
    cargo_llvm_cov: Option<Wrapper>,
}

#[derive(Deserialize)]
struct Wrapper {
    #[serde(default)]
    version: Text,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default, deserialize_with = "nullable")]
    files: Vec<File>,
    totals: Option<Summary>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    filename: Text,
    #[serde(default, deserialize_with = "nullable")]
    summary: Summary,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Summary {
    lines: Option<Part>,
    functions: Option<Part>,
    branches: Option<Part>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part {
    covered: Count,
    count: Count,
}

impl Summary {
    /// The shares, where every part that is there is a share. Before version 12 there are no
    /// branches, and without `-Zcoverage-options=branch` Rust writes 0 of 0.
    fn shares(&self) -> Option<Shares> {
        let share = |part: &Option<Part>| match part {
            Some(part) => ratio(part.covered.0, part.count.0).map(Some),
            None => Some(None),
        };
        let shares = Shares {
            lines: Some(share(&self.lines)??),
            functions: share(&self.functions)?,
            branches: share(&self.branches)?.filter(|branches| branches.total > 0),
            statements: None,
        };
        (!shares.impossible()).then_some(shares)
    }
}

impl Format for LlvmCov {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// The type stands behind the data, so it is not there in what was cut.
    fn recognises(&self, document: &Document<'_>) -> bool {
        let cut = |shape: &Shape| {
            let signs = ["\"segments\"", "\"instantiations\""];
            shape.broken.is_some()
                && shape.has_inner(&["data.files"])
                && signs.iter().any(|sign| document.head().contains(sign))
        };
        document
            .look
            .json()
            .is_some_and(|shape| shape.texts.contains(&format!("type={TYPE}")) || cut(shape))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let export: Export = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("llvm-cov".to_owned());
        if let Some(wrapper) = export.cargo_llvm_cov {
            reading.tool = Some("cargo-llvm-cov".to_owned());
            reading.tool_version = wrapper.version.said().map(str::to_owned);
        }
        take(&export.data, document.path, &mut reading);
        Ok(reading)
    }
}

fn take(data: &[Data], path: &str, reading: &mut Reading) {
    let (mut sum, mut files, mut unusable) = (Shares::default(), 0, Vec::new());
    let mut totals = Some(Shares::default());
    for (at, export) in data.iter().enumerate() {
        for (index, file) in export.files.iter().enumerate() {
            files += 1;
            let name = file.filename.said().unwrap_or_default();
            let Some(shares) = file.summary.shares() else {
                unusable.push(name.to_owned());
                continue;
            };
            sum.add(shares);
            let source = Source::pointer(path, format!("/data/{at}/files/{index}"));
            let item = measured::item(source, name, shares, String::new());
            reading.items.push(item);
        }
        let declared = export.totals.as_ref().map(Summary::shares);
        if let (Some(totals), Some(Some(declared))) = (&mut totals, declared) {
            totals.add(declared);
        } else if declared.is_some() {
            totals = None;
        }
    }
    if files == 0 {
        sum = totals.unwrap_or_default();
    } else if unusable.is_empty() {
        measured::compare(reading, totals, sum);
    }
    measured::measure(reading, sum, files);
    if files == 0 && !sum.nothing() {
        let why = "The export names no file, so its totals cannot be counted again.";
        reading.lower(ReadingState::Incomplete, why);
    }
    measured::settle(reading, sum, &unusable);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(data: &str) -> Reading {
        let text = format!(
            r#"{{"data": [{data}], "type": "llvm.coverage.json.export", "version": "3.1.0",
            "cargo_llvm_cov": {{"version": "0.6.16"}}}}"#
        );
        let document = Document::new("cov.json", text.as_bytes());
        assert!(LlvmCov.recognises(&document));
        LlvmCov.read(&document).expect("a reading")
    }

    fn summary(covered: u64, count: u64) -> String {
        format!(
            r#"{{"lines": {{"count": {count}, "covered": {covered}}}, "functions": {{"count": 1,
            "covered": 1}}, "branches": {{"count": 0, "covered": 0}}}}"#
        )
    }

    #[test]
    fn the_files_are_counted_and_branches_that_were_not_measured_are_absent() {
        let (one, total) = (summary(4, 5), summary(5, 5));
        let reading = read(&format!(
            r#"{{"files": [{{"filename": "a.rs", "summary": {one}}}], "totals": {total}}}"#
        ));
        assert_eq!(reading.state, ReadingState::Complete);
        assert_eq!(reading.measures["lines"].to_string(), "4 of 5");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 1");
        assert!(!reading.measures.contains_key("branches"));
        assert_eq!(reading.items[0].get("path"), &Value::from("a.rs"));
        assert_eq!(reading.tool_version.as_deref(), Some("0.6.16"));
        assert!(
            reading.notes[0].contains("5 of 5 lines"),
            "{:?}",
            reading.notes
        );
    }

    #[test]
    fn an_export_without_files_or_with_impossible_counts_is_never_complete() {
        let none = read(&format!(r#"{{"files": [], "totals": {}}}"#, summary(0, 0)));
        assert_eq!(none.state, ReadingState::NothingMeasured);
        let alone = read(&format!(r#"{{"totals": {}}}"#, summary(3, 4)));
        assert_eq!(alone.state, ReadingState::Incomplete);
        let odd = read(&format!(
            r#"{{"files": [{{"filename": "a", "summary": {}}}]}}"#,
            summary(5, 4)
        ));
        assert_eq!(odd.state, ReadingState::Incomplete);
        let cut = Document::new(
            "c.json",
            br#"{"data": [{"files": [{"filename": "a", "segments": ["#,
        );
        assert!(LlvmCov.recognises(&cut));
        let other = Document::new("c.json", br#"{"data": [{"files": [{"filename": "a"}]}]}"#);
        assert!(!LlvmCov.recognises(&other));
    }
}
