//! safety's JSON report of version 1 (`safety check --json`), which later versions write with
//! `--output json --json-version 0.5`: a list with a list for each vulnerability.
//!
//! A row is: package, the versions that are affected, the version found, text, number, and since
//! 1.9 two ratings. The report does not say which packages were looked at, and a clean one is an
//! empty list.

use serde::Deserialize;

use super::rows::{Row, Tally};
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape, Text};

/// safety's JSON report of version 1.
pub(in crate::collect::reports) struct Safety1;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "safety-1",
    usual_names: &["safety*.json"],
    about: "safety 1 writes it with `check --json`.",
    sample: (
        "safety.json",
        r#"[["django", "<2.2.3,>2.2", "2.2.1", "An issue.", "37261", null, null]]"#,
    ),
};

/// A cell of a row: a text, or a rating.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Rating(Rating),
    Text(Text),
}

#[derive(Deserialize)]
struct Rating {
    base_severity: Text,
}

impl Cell {
    fn said(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.said(),
            Self::Rating(_) => None,
        }
    }
}

/// Whether a document begins like this report: a list in a list, with a package, what is affected
/// of it, and a version.
fn begins_right(document: &Document<'_>) -> bool {
    let inner = document.head().trim_start().strip_prefix('[');
    let Some(mut rest) = inner.and_then(|inner| inner.trim_start().strip_prefix('[')) else {
        return false;
    };
    let mut cells = Vec::new();
    while cells.len() < 3
        && let Some((cell, after)) = text_at(rest.trim_start())
    {
        cells.push(cell);
        rest = after.trim_start().strip_prefix(',').unwrap_or_default();
    }
    match cells.as_slice() {
        [_, affected, version] => {
            affected.starts_with(['<', '>', '=', '!', '~'])
                && version.starts_with(|first: char| first.is_ascii_digit())
        }
        _ => false,
    }
}

/// A text of JSON without escapes, and what follows it.
fn text_at(json: &str) -> Option<(&str, &str)> {
    let (text, rest) = json.strip_prefix('"')?.split_once('"')?;
    (!text.contains('\\')).then_some((text, rest))
}

fn is_clean(shape: &Shape) -> bool {
    shape.outer == Outer::Array && shape.length == 0 && shape.broken.is_none()
}

impl Format for Safety1 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let rows = shape.outer == Outer::Array && shape.inner.is_empty();
            (rows && begins_right(document))
                || (is_clean(shape) && usually_named(&SPEC, document.path))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let rows: Vec<Vec<Cell>> = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("safety".to_owned());
        let rating = |cells: &[Cell]| {
            let mut ratings = cells.iter().filter_map(|cell| match cell {
                Cell::Rating(rating) => rating.base_severity.said().map(str::to_owned),
                Cell::Text(_) => None,
            });
            ratings.next()
        };
        let mut tally = Tally::default();
        if rows.iter().any(|cells| rating(cells).is_some()) {
            tally = tally.with_severities();
        }
        for (at, cells) in rows.iter().enumerate() {
            let cell = |nth: usize| cells.get(nth).and_then(Cell::said);
            let severity = rating(cells);
            let row = Row {
                package: cell(0),
                version: cell(2),
                id: cell(4),
                severity: severity.as_deref(),
                ..Row::default()
            };
            let source = Source::pointer(document.path, format!("/{at}"));
            tally.add(&mut reading, source, &row);
        }
        if rows.is_empty() {
            reading
                .note("Nothing was found; the report does not say which packages were looked at.");
        }
        tally.measure(&mut reading);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(path: &str, text: &str) -> Reading {
        let document = Document::new(path, text.as_bytes());
        assert!(Safety1.recognises(&document), "{text}");
        Safety1.read(&document).expect("a reading")
    }

    #[test]
    fn a_row_is_known_by_what_stands_in_it() {
        let reading = read(
            "x.json",
            r#"[ ["django", "<2.2.3,>2.2", "2.2.1", "An [issue].", "37261", null,
            {"base_score": 7.5, "base_severity": "HIGH"}],
            ["django", "==2.2.1", "2.2.1", "b", 37261], ["a", "<1", "0.9", "c", "1", null, null]]"#,
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(2), Some(3))
        );
        assert_eq!(
            reading.measures["by_severity"].to_string(),
            "high: 1, unknown: 2"
        );
        assert_eq!(reading.items[0].get("version").as_text(), Some("2.2.1"));
        assert_eq!(reading.items[1].source.place_text(), "x.json#/1");
    }

    #[test]
    fn an_empty_list_is_known_by_its_name_alone() {
        let clean = read("out/safety-report.json", "[]");
        assert_eq!(
            (clean.state, clean.notes.len()),
            (ReadingState::Complete, 1)
        );
        assert_eq!(clean.measures["entries"].as_int(), Some(0));
        for (path, other) in [
            ("x.json", "[]"),
            ("safety.json", r#"[["a", "b", "c"]]"#),
            ("safety.json", r#"[["a", "<1"]]"#),
            ("safety.json", "[[1, 2, 3]]"),
            ("safety.json", "[[]]"),
            ("safety.json", r#"[{"package": "a", "license": "MIT"}]"#),
        ] {
            let document = Document::new(path, other.as_bytes());
            assert!(!Safety1.recognises(&document), "{other}");
        }
    }
}
