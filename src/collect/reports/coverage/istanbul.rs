//! Istanbul's `coverage-final.json`, which nyc, jest, vitest and c8 write.
//!
//! The counts are those of istanbul-lib-coverage: a line is covered as often as the statement on it
//! that ran most. Reports made from V8's own coverage list each line as a statement.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::measured::{self, Shares, ranges};
use crate::collect::reports::document::Document;
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::words::{counted, pointer_step};
use crate::collect::reports::{Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Hits, Outer, Pairs, nullable};

use super::marks::Marks;

/// Istanbul's `coverage-final.json`.
pub(in crate::collect::reports) struct Istanbul;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "istanbul",
    usual_names: &["coverage-final.json"],
    about: "nyc, jest, vitest, c8 and karma write it with the reporter `json`.",
    sample: (
        "coverage-final.json",
        r#"{"/src/a.js": {"path": "/src/a.js", "statementMap": {"0": {"start": {"line": 1,
        "column": 0}}, "1": {"start": {"line": 2, "column": 0}}}, "fnMap": {"0": {}}, "branchMap":
        {"0": {}}, "s": {"0": 1, "1": 0}, "f": {"0": 1}, "b": {"0": [1, 0]}}}"#,
    ),
};

/// A file as it stands in the report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default, deserialize_with = "nullable")]
    statement_map: Pairs<Place>,
    s: Option<Pairs<Hits>>,
    f: Option<Pairs<Hits>>,
    b: Option<Pairs<Option<Vec<Hits>>>>,
    // Written only by what turns V8's coverage into Istanbul's.
    all: Option<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Place {
    #[serde(deserialize_with = "nullable")]
    start: Start,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Start {
    line: Count,
}

/// What a file amounts to. Nothing else of it is kept, since the maps are many times as large.
#[derive(Deserialize)]
#[serde(from = "Raw")]
struct Measured {
    /// `None` where the file does not say what ran.
    shares: Option<Shares>,
    missing: String,
    odd: u64,
    from_v8: bool,
}

impl From<Raw> for Measured {
    fn from(raw: Raw) -> Self {
        let odd = |hits: &Hits| matches!(hits, Hits::Odd | Hits::Absent);
        let statements = raw.s.as_ref().map_or(&[][..], |statements| &statements.0);
        let mut lines = lines_of(&raw.statement_map, statements);
        let (ran, all) = lines.counts();
        let branches = raw.b.map(|branches| {
            let arms = branches.0.into_iter().filter_map(|(_, arms)| arms);
            share(arms.flatten())
        });
        let shares = raw.s.as_ref().map(|statements| Shares {
            lines: Some(Ratio::new(ran, all)),
            branches,
            functions: raw.f.map(|calls| share(hits_of(&calls))),
            statements: Some(share(hits_of(statements))),
        });
        Self {
            shares,
            missing: ranges(lines.unmarked()),
            from_v8: raw.all.is_some(),
            odd: statements.iter().filter(|(_, hits)| odd(hits)).count() as u64,
        }
    }
}

/// The lines on which statements begin, covered where any of those did run.
fn lines_of(places: &Pairs<Place>, statements: &[(String, Hits)]) -> Marks {
    let ran: std::collections::HashMap<&str, bool> = statements
        .iter()
        .map(|(id, hits)| (id.as_str(), hits.ran()))
        .collect();
    let mut lines = Marks::default();
    for (id, place) in &places.0 {
        if let (Some(line), Some(ran)) = (place.start.line.0, ran.get(id.as_str())) {
            lines.add(line, *ran);
        }
    }
    lines
}

fn hits_of(pairs: &Pairs<Hits>) -> impl Iterator<Item = Hits> {
    pairs.0.iter().map(|(_, hits)| *hits)
}

fn share(hits: impl Iterator<Item = Hits>) -> Ratio {
    hits.fold(Ratio::new(0, 0), |sum, hits| {
        Ratio::new(sum.covered + u64::from(hits.ran()), sum.total + 1)
    })
}

impl Format for Istanbul {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// Files by their paths, each with a map of statements. Where no file was loaded, an empty
    /// object is left, which only the name can tell.
    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let mapped =
                |key: &String| key.ends_with(".statementMap") || key.ends_with(".branchMap");
            let empty = shape.outer == Outer::Object && shape.keys.is_empty();
            shape.inner.iter().any(mapped) || (empty && usually_named(&SPEC, document.path))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Pairs<Measured> = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let files = report.0.len() as u64;
        let mut sum = Shares::default();
        let (mut odd, mut unusable, mut from_v8) = (0, Vec::new(), false);
        for (path, file) in report.0 {
            from_v8 |= file.from_v8;
            let Some(shares) = file.shares else {
                unusable.push(path);
                continue;
            };
            sum.add(shares);
            odd += file.odd;
            let source = Source::pointer(document.path, format!("/{}", pointer_step(&path)));
            let item = measured::item(source, &path, shares, file.missing);
            reading.items.push(item);
        }
        measured::measure(&mut reading, sum, files);
        if from_v8 {
            reading
                .note("The report was made from V8's coverage, in which each line is a statement.");
        }
        if odd > 0 {
            reading.note(format!(
                "The hits of {} are no count; such a statement counts as not covered.",
                counted(odd, "statement", "statements")
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
        let document = Document::new("coverage-final.json", text.as_bytes());
        assert!(Istanbul.recognises(&document));
        Istanbul.read(&document).expect("a reading")
    }

    const FILE: &str = r#"{"statementMap": {"0": {"start": {"line": 3}}, "1": {"start": {"line": 3}},
        "2": {"start": {"line": 5}}, "9": {"start": {"line": 7}}}, "s": {"0": 0, "1": 4, "2": -1},
        "fnMap": {}, "f": {"0": 1, "1": 0}, "branchMap": {"0": {"locations": [{"start": {}}]}},
        "b": {"0": [1, 0], "1": [0]}}"#;

    #[test]
    fn a_line_is_covered_by_the_statement_on_it_that_ran_most() {
        let reading = read(&format!(r#"{{"/a/b.js": {FILE}}}"#));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.measures["statements"].to_string(), "1 of 3");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 2");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 3");
        assert_eq!(reading.items[0].get("missing"), &Value::from("5"));
        let place = reading.items[0].source.place_text();
        assert_eq!(place, "coverage-final.json#/~1a~1b.js");
        assert!(reading.notes[0].contains("1 statement are no count"));
    }

    #[test]
    fn files_that_do_not_say_what_ran_are_no_evidence() {
        let partly = read(&format!(
            r#"{{"a.js": {FILE}, "b.js": {{"path": "b.js"}}}}"#
        ));
        assert_eq!(partly.state, ReadingState::Incomplete);
        assert_eq!(partly.measures["lines"].to_string(), "1 of 2");
        assert!(
            partly
                .notes
                .last()
                .is_some_and(|note| note.contains("b.js"))
        );
        assert_eq!(read("{}").state, ReadingState::NothingMeasured);
        let v8 = read(r#"{"a.js": {"all": false, "statementMap": {}, "s": {"0": 1}}}"#);
        assert!(v8.notes[0].contains("V8"), "{:?}", v8.notes);
        let elsewhere = Document::new("a.json", b"{}");
        assert!(!Istanbul.recognises(&elsewhere));
    }
}
