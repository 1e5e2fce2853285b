//! cargo-tarpaulin's JSON report (`--out Json`).
//!
//! Older versions write the files alone, newer ones totals beside them.

use serde::Deserialize;

use super::marks::Marks;
use super::measured::{self, Shares, ranges, ratio};
use crate::collect::reports::document::Document;
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::words::{counted, length};
use crate::collect::reports::{Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Hits, nullable};

/// cargo-tarpaulin's JSON report.
pub(in crate::collect::reports) struct Tarpaulin;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "tarpaulin-json",
    usual_names: &["tarpaulin-report*.json"],
    about: "cargo-tarpaulin writes it with `--out Json`.",
    sample: (
        "tarpaulin-report.json",
        r#"{"files": [{"path": ["/", "w", "src", "lib.rs"], "content": "fn a() {}", "traces": [
        {"line": 1, "address": [], "length": 0, "stats": {"Line": 1}}, {"line": 2, "address": [],
        "length": 0, "stats": {"Line": 0}}], "covered": 1, "coverable": 2}], "coverage": 50.0,
        "covered": 1, "coverable": 2}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    files: Vec<Measured>,
    covered: Option<Count>,
    coverable: Option<Count>,
}

/// A file as it stands in the report, without its source text.
#[derive(Deserialize)]
struct Raw {
    path: Path,
    #[serde(default, deserialize_with = "nullable")]
    traces: Vec<Trace>,
    #[serde(default, deserialize_with = "nullable")]
    covered: Count,
    #[serde(default, deserialize_with = "nullable")]
    coverable: Count,
}

/// The parts of a path, the root or the drive first; or a path.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a path, or a list of its parts")]
enum Path {
    Parts(Vec<String>),
    Whole(String),
}

impl Path {
    fn joined(self) -> String {
        match self {
            Self::Whole(path) => path,
            Self::Parts(parts) => {
                let names = parts
                    .iter()
                    .filter(|part| !["/", "\\"].contains(&part.as_str()));
                let names: Vec<&str> = names.map(String::as_str).collect();
                let root = if parts.first().is_some_and(|first| first == "/") {
                    "/"
                } else {
                    ""
                };
                format!("{root}{}", names.join("/"))
            }
        }
    }
}

#[derive(Deserialize)]
struct Trace {
    #[serde(default, deserialize_with = "nullable")]
    line: Count,
    #[serde(default, deserialize_with = "nullable")]
    stats: Stats,
}

// Branches and conditions are declared by the tool and never written.
#[derive(Deserialize, Default)]
struct Stats {
    #[serde(default, rename = "Line")]
    line: Hits,
}

/// What a file amounts to.
#[derive(Deserialize)]
#[serde(from = "Raw")]
struct Measured {
    path: String,
    shares: Option<Shares>,
    /// Whether its traces are the lines it says are coverable.
    traced: bool,
    missing: String,
}

impl From<Raw> for Measured {
    fn from(raw: Raw) -> Self {
        let mut lines = Marks::default();
        for trace in &raw.traces {
            if let Some(line) = trace.line.0 {
                lines.add(line, trace.stats.line.ran());
            }
        }
        let declared = ratio(raw.covered.0, raw.coverable.0);
        let (ran, all) = lines.counts();
        let shares = Shares {
            lines: declared,
            ..Shares::default()
        };
        Self {
            path: raw.path.joined(),
            shares: (declared.is_some() && !shares.impossible()).then_some(shares),
            traced: declared.is_some_and(|lines| (lines.covered, lines.total) == (ran, all)),
            missing: ranges(lines.unmarked()),
        }
    }
}

impl Format for Tarpaulin {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let files = shape.has_inner(&["files.traces"])
                || (shape.broken.is_some() && shape.has_inner(&["files.path", "files.content"]));
            // Without a file, a report of an older version is an empty list under a name that many
            // formats have.
            let empty = shape.lists.contains("files")
                && shape.inner.is_empty()
                && (shape.has(&["covered", "coverable"]) || usually_named(&SPEC, document.path));
            files || empty
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("cargo-tarpaulin".to_owned());
        let files = length(&report.files);
        let (mut sum, mut unusable, mut untraced) = (Shares::default(), Vec::new(), 0);
        for (index, file) in report.files.into_iter().enumerate() {
            let Some(shares) = file.shares else {
                unusable.push(file.path);
                continue;
            };
            sum.add(shares);
            untraced += u64::from(!file.traced);
            let source = Source::pointer(document.path, format!("/files/{index}"));
            let item = measured::item(source, &file.path, shares, file.missing);
            reading.items.push(item);
        }
        if let (Some(covered), Some(coverable)) = (report.covered, report.coverable)
            && unusable.is_empty()
            && files > 0
        {
            let totals = ratio(covered.0, coverable.0).map(|lines| Shares {
                lines: Some(lines),
                ..Shares::default()
            });
            measured::compare(&mut reading, totals, sum);
        }
        measured::measure(&mut reading, sum, files);
        if untraced > 0 {
            reading.note(format!(
                "The lines listed for {} are not those it counts; its counts were taken.",
                counted(untraced, "file", "files")
            ));
        }
        measured::settle(&mut reading, sum, &unusable);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;
    use crate::model::value::Value;

    fn read(text: &str) -> Reading {
        let document = Document::new("tarpaulin-report.json", text.as_bytes());
        assert!(Tarpaulin.recognises(&document));
        Tarpaulin.read(&document).expect("a reading")
    }

    #[test]
    fn files_are_counted_with_and_without_totals() {
        let files = r#"[{"path": ["C:", "\\", "w", "a.rs"], "content": "x", "traces": [
            {"line": 3, "stats": {"Line": 0}}, {"line": 4, "stats": {"Line": 18446744073709551615}}],
            "covered": 1, "coverable": 2}, {"path": "b.rs", "content": "", "traces": [],
            "covered": 0, "coverable": 1}]"#;
        let reading = read(&format!(r#"{{"files": {files}}}"#));
        assert_eq!(reading.state, ReadingState::Complete);
        assert_eq!(reading.measures["lines"].to_string(), "1 of 3");
        assert_eq!(reading.items[0].get("path"), &Value::from("C:/w/a.rs"));
        assert_eq!(reading.items[0].get("missing"), &Value::from("3"));
        assert_eq!(reading.notes.len(), 1, "{:?}", reading.notes);
        let totals = read(&format!(
            r#"{{"files": {files}, "coverage": 100.0, "covered": 3, "coverable": 3}}"#
        ));
        assert!(
            totals.notes[0].contains("3 of 3 lines"),
            "{:?}",
            totals.notes
        );
    }

    #[test]
    fn no_files_and_impossible_counts_are_never_complete() {
        let none = read(r#"{"files": [], "coverage": 0.0, "covered": 0, "coverable": 0}"#);
        assert_eq!(none.state, ReadingState::NothingMeasured);
        assert_eq!(
            read(r#"{"files": []}"#).state,
            ReadingState::NothingMeasured
        );
        let odd = read(r#"{"files": [{"path": "a", "traces": [], "covered": 2, "coverable": 1}]}"#);
        assert_eq!(odd.state, ReadingState::Incomplete);
        let other = Document::new("package.json", br#"{"files": []}"#);
        assert!(!Tarpaulin.recognises(&other));
    }
}
