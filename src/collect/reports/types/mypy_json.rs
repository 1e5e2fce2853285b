//! mypy's JSON (`--output json`): one object a line, and no closing line.
//!
//! A clean run writes an empty file, which is also what a run leaves that never wrote anything: its
//! name alone shows what it should be, and it is not complete. What kept mypy from running stands
//! in the file as text.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::mypy_text::is_text_of_mypy;
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::rows::{Row, Rows};
use crate::collect::reports::words::{counted, ends_its_last_line, json_lines};
use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TYPES_FINDING;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Shape, Text};

/// mypy's JSON.
pub(in crate::collect::reports) struct MypyJson;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Types,
    name: "mypy-json",
    usual_names: &["mypy*.json", "mypy*.jsonl", "mypy*.ndjson", "*-mypy.json"],
    about: "mypy writes it with `--output json`.",
    sample: (
        "mypy.jsonl",
        concat!(
            r#"{"file": "a.py", "line": 7, "column": 4, "message": "m", "hint": null, "#,
            r#""code": "misc", "severity": "error"}"#,
            "\n"
        ),
    ),
};

#[derive(Deserialize, Default, PartialEq, Eq, PartialOrd, Ord)]
#[serde(default)]
struct Finding {
    file: Text,
    line: Count,
    column: Count,
    message: Text,
    code: Text,
    severity: Text,
}

fn is_mypy(shape: &Shape) -> bool {
    let cut = shape.broken.is_some() && !shape.followed;
    shape.outer == Outer::Object
        && shape.has(&["file", "line"])
        && (shape.has(&["message", "code", "severity"]) || cut)
}

impl Format for MypyJson {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        match &document.look {
            Look::Json(shape) => is_mypy(shape),
            Look::Empty => usually_named(&SPEC, document.path),
            // What kept mypy from running, where the JSON should be.
            Look::Text => usually_named(&SPEC, document.path) && is_text_of_mypy(document),
            _ => false,
        }
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("mypy".to_owned());
        let mut rows = Rows::new(&TYPES_FINDING, Some("mypy"), &["error"]);
        let mut others = 0_u64;
        let mut seen = Seen::default();
        json_lines(
            document,
            |number, line: Result<Finding, ParseError>| match line {
                Ok(finding) if finding.severity.said() == Some("error") => {
                    rows.take(Source::line(document.path, number), &row(&finding));
                    seen.take(finding);
                }
                Ok(_) => {}
                Err(_) => others += 1,
            },
        )?;
        rows.finish(&mut reading);
        settle(document, others, &seen, &mut reading);
        Ok(reading)
    }
}

/// What the errors together tell of the run.
#[derive(Default)]
struct Seen {
    all: BTreeSet<Finding>,
    /// mypy writes no error twice.
    repeated: bool,
    /// An error of syntax ends a run: nothing else was checked.
    syntax: bool,
}

impl Seen {
    fn take(&mut self, finding: Finding) {
        self.syntax |= finding.code.said() == Some("syntax");
        self.repeated |= !self.all.insert(finding);
    }
}

fn row(finding: &Finding) -> Row<'_> {
    Row {
        path: finding.file.said(),
        line: finding.line.0,
        rule: finding.code.said(),
        severity: finding.severity.said(),
        message: finding.message.said(),
        ..Row::default()
    }
}

fn settle(document: &Document<'_>, others: u64, seen: &Seen, reading: &mut Reading) {
    if document.look == Look::Empty {
        let why = "The file is empty, which a clean run of mypy leaves as well as one that never \
                   ran; its text report says which.";
        reading.lower(ReadingState::Incomplete, why);
        return;
    }
    reading.note(
        "mypy's JSON has no closing line: one that was cut off behind a line cannot be told from \
         a whole one.",
    );
    if others > 0 {
        let why = format!(
            "{} no JSON: mypy writes so when it cannot go on.",
            counted(others, "line is", "lines are")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if !ends_its_last_line(document) {
        let why = "The last line has no end: the report was cut off.";
        reading.lower(ReadingState::Incomplete, why);
    }
    if seen.repeated {
        let why = "An error stands twice, so this is not one run.";
        reading.lower(ReadingState::Incomplete, why);
    }
    if seen.syntax {
        let why = "A file could not be parsed, which keeps mypy from checking further.";
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Reading {
        let document = Document::new(path, text.as_bytes());
        assert!(MypyJson.recognises(&document), "{text}");
        MypyJson.read(&document).expect("a reading")
    }

    fn line(number: u32, code: &str) -> String {
        format!(
            r#"{{"file": "a.py", "line": {number}, "column": 0, "end_line": 9, "message": "m",
            "hint": null, "code": "{code}", "severity": "error"}}"#
        )
        .replace('\n', "")
            + "\n"
    }

    #[test]
    fn lines_are_errors_and_whatever_else_stands_there_is_not_clean() {
        let two = line(3, "misc") + &line(7, "arg-type");
        let note = line(8, "misc").replace("\"error\"", "\"note\"");
        let reading = read("x.json", &format!("{two}{note}"));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["active"].as_int(), Some(2));
        assert_eq!(reading.items[1].source.place_text(), "x.json:2");
        for damaged in [
            two.trim_end().to_owned(),
            format!("{two}{two}"),
            format!("{two}Found 1 error in 1 file (errors prevented further checking)\n"),
            line(1, "syntax"),
        ] {
            let reading = read("x.json", &damaged);
            assert_eq!(reading.state, ReadingState::Incomplete, "{damaged}");
        }
    }

    #[test]
    fn text_in_the_place_of_json_is_a_run_that_could_not_go_on() {
        let text = "nope.py: error: Cannot read file\nFound 1 error in 1 file (errors prevented \
                    further checking)\n";
        let reading = read("mypy.jsonl", text);
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.measures["active"].as_int(), Some(0));
        assert!(!MypyJson.recognises(&Document::new("mypy.txt", text.as_bytes())));
    }

    #[test]
    fn an_empty_file_is_known_by_its_name_and_proves_nothing() {
        for text in ["", "\n"] {
            let reading = read("out/mypy-report.jsonl", text);
            assert_eq!(reading.state, ReadingState::Incomplete);
            assert_eq!(reading.measures["active"].as_int(), Some(0));
            assert!(!MypyJson.recognises(&Document::new("x.jsonl", text.as_bytes())));
        }
    }
}
