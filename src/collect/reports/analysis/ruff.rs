//! ruff's JSON report, as a list (`--output-format json`) or a line for each finding
//! (`json-lines`).
//!
//! A file that cannot be parsed is a finding without a code, or with one of its own; what else is
//! wrong in it was not looked for.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows};
use crate::collect::reports::words::{
    counted, ends_its_last_line, is_empty_list, json_lines, length,
};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Shape, Text, nullable};
use crate::parse::rewrite::{Scalar, Step};

/// ruff's JSON report.
pub(in crate::collect::reports) struct Ruff;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "ruff",
    usual_names: &["ruff*.json", "ruff*.jsonl", "*.ruff.json", "*-ruff.json"],
    about: "ruff writes it with `--output-format json` or `json-lines`.",
    sample: (
        "ruff.json",
        r#"[{"code": "F401", "end_location": {"column": 10, "row": 1}, "filename": "a.py",
        "location": {"column": 8, "row": 1}, "message": "unused", "noqa_row": 1}]"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Finding {
    code: Text,
    filename: Text,
    #[serde(deserialize_with = "nullable")]
    location: Location,
    message: Text,
    severity: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Location {
    row: Count,
}

impl Finding {
    /// Whether it says that the file could not be looked at: an error of reading or of syntax, by
    /// the names of all versions.
    fn stops(&self) -> bool {
        match self.code.said() {
            None => true,
            Some(code) => ["E902", "E999", "invalid-syntax", "io-error"].contains(&code),
        }
    }

    fn quotes(&self) -> bool {
        self.code.said().is_some_and(about_secrets)
    }
}

/// Whether the keys are those of a finding. ruff writes them in alphabetical order, which is what
/// a document that was cut short shows.
fn is_finding(has: impl Fn(&[&str]) -> bool, cut: bool) -> bool {
    has(&["filename", "location", "end_location", "message"])
        || (cut && has(&["code", "end_location"]))
}

fn is_ruff(shape: &Shape) -> bool {
    let cut = shape.broken.is_some() && !shape.followed;
    match shape.outer {
        Outer::Array => is_finding(|keys| shape.has_inner(keys), cut),
        Outer::Object => is_finding(|keys| shape.has(keys), cut),
        Outer::Null | Outer::Scalar => false,
    }
}

impl Format for Ruff {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_ruff)
            || (is_empty_list(document) && usually_named(&SPEC, document.path))
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let listed = document
            .look
            .json()
            .is_some_and(|shape| shape.outer == Outer::Array);
        let findings = if listed {
            let findings: Vec<Finding> = document.json().map_err(|error| neutral(&error))?;
            (0..).zip(findings).collect()
        } else {
            lines(document)?
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("ruff".to_owned());
        take(&findings, listed, document, &mut reading);
        hide(&findings, listed, document, &mut reading);
        settle(&findings, listed, document, &mut reading);
        Ok(reading)
    }
}

fn neutral(error: &ParseError) -> ParseError {
    redact::neutral(error, "the findings of a ruff report")
}

/// The findings of a report of lines, each with its line from 0.
fn lines(document: &Document<'_>) -> Result<Vec<(usize, Finding)>, ParseError> {
    let mut findings = Vec::new();
    let mut broken = None;
    json_lines(document, |number, line| match line {
        Ok(finding) => findings.push((usize::try_from(number).unwrap_or(usize::MAX) - 1, finding)),
        Err(error) => broken = broken.take().or(Some(neutral(&error))),
    })?;
    broken.map_or(Ok(findings), Err)
}

fn take(
    findings: &[(usize, Finding)],
    listed: bool,
    document: &Document<'_>,
    reading: &mut Reading,
) {
    let mut rows = Rows::new(&ANALYSIS_FINDING, Some("ruff"), &[]);
    for (at, finding) in findings {
        let source = if listed {
            Source::pointer(document.path, format!("/{at}"))
        } else {
            let line = u32::try_from(*at).unwrap_or(u32::MAX).saturating_add(1);
            Source::line(document.path, line)
        };
        let row = Row {
            path: finding.filename.said(),
            line: finding.location.row.0,
            rule: finding.code.said(),
            severity: finding.severity.said(),
            message: finding.message.said().filter(|_| !finding.quotes()),
            ..Row::default()
        };
        rows.take(source, &row);
    }
    rows.finish(reading);
}

/// Old versions quote the password in the message, and every version quotes source in its fixes.
fn hide(
    findings: &[(usize, Finding)],
    listed: bool,
    document: &Document<'_>,
    reading: &mut Reading,
) {
    const PROFILE: &str = "ruff-json/v1";
    let quoting = findings.iter().filter(|(_, finding)| finding.quotes());
    let quoting: BTreeSet<usize> = quoting.map(|(at, _)| *at).collect();
    if quoting.is_empty() {
        return;
    }
    let field = |at: usize, path: &[Step], scalar: Scalar| {
        const HARMLESS: [&str; 5] = ["code", "filename", "name", "severity", "url"];
        let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
        let first = *keys.first()?;
        let harmless = scalar == Scalar::Number || HARMLESS.contains(&first);
        match first {
            "fix" if keys.contains(&"content") => Some("fix"),
            "message" if quoting.contains(&at) => Some("message"),
            _ if quoting.contains(&at) && !harmless => Some("other"),
            _ => None,
        }
    };
    let redacted = if listed {
        redact::json(PROFILE, document.text(), |path, scalar| match path {
            [Step::Item(at), rest @ ..] => field(*at, rest, scalar),
            _ => None,
        })
    } else {
        redact::json_lines(PROFILE, document.text(), field)
    };
    redact::apply(redacted, reading);
}

fn settle(
    findings: &[(usize, Finding)],
    listed: bool,
    document: &Document<'_>,
    reading: &mut Reading,
) {
    if findings.is_empty() {
        reading.note("A clean ruff report does not say which files were looked at.");
    }
    if !listed {
        reading.note(
            "A report of one finding a line has no end of its own: one that was cut off behind a \
             line cannot be told from a whole one.",
        );
        if !ends_its_last_line(document) {
            reading.lower(
                ReadingState::Incomplete,
                "The last line has no end: the report was cut off.",
            );
        }
    }
    let mut stopped: Vec<&str> = findings
        .iter()
        .filter(|(_, finding)| finding.stops())
        .map(|(_, finding)| finding.filename.said().unwrap_or("not named"))
        .collect();
    stopped.sort_unstable();
    stopped.dedup();
    if let Some(first) = stopped.first() {
        let why = format!(
            "{} could not be read or parsed; the first: {}.",
            counted(length(&stopped), "file", "files"),
            excerpt(first)
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Reading {
        let document = Document::new(path, text.as_bytes());
        assert!(Ruff.recognises(&document), "{text}");
        Ruff.read(&document).expect("a reading")
    }

    fn finding(code: &str, message: &str) -> String {
        format!(
            r#"{{"cell": null, "code": {code}, "end_location": {{"column": 6, "row": 3}},
            "filename": "a.py", "fix": {{"edits": [{{"content": "{message}"}}]}},
            "location": {{"column": 5, "row": 3}}, "message": "{message}", "noqa_row": 3}}"#
        )
        .replace('\n', "")
    }

    #[test]
    fn a_list_and_lines_say_the_same() {
        let (a, b) = (finding("\"F401\"", "m"), finding("\"E501\"", "n"));
        let list = read("x.json", &format!("[{a},\n{b}]"));
        let lines = read("x.json", &format!("{a}\n{b}\n"));
        assert_eq!(
            (list.state, lines.state),
            (ReadingState::Complete, list.state)
        );
        assert_eq!(list.measures, lines.measures);
        assert_eq!(list.measures["total"].as_int(), Some(2));
        assert_eq!(lines.items[1].source.place_text(), "x.json:2");
        assert_eq!(list.items[1].get("line").as_int(), Some(3));
        let cut = read("x.json", &format!("{a}\n{b}"));
        assert_eq!(cut.state, ReadingState::Incomplete);
    }

    #[test]
    fn a_file_that_cannot_be_parsed_makes_it_incomplete() {
        for code in ["null", "\"invalid-syntax\"", "\"E902\"", "\"E999\""] {
            let reading = read("x.json", &format!("[{}]", finding(code, "m")));
            assert_eq!(reading.state, ReadingState::Incomplete, "{code}");
        }
        let clean = read("out/ruff-report.json", "[]");
        assert_eq!(clean.state, ReadingState::Complete);
        assert!(!Ruff.recognises(&Document::new("report.json", b"[]")));
    }

    #[test]
    fn a_quoted_password_reaches_nothing() {
        let planted = "hunter2-planted";
        let (a, b) = (finding("\"S105\"", planted), finding("\"Q000\"", "quotes"));
        for text in [format!("[{a},{b}]"), format!("{a}\n{b}\n")] {
            let reading = read("x.json", &text);
            let bytes = reading.redacted.clone().expect("a redaction").1;
            let without = String::from_utf8(bytes).expect("text");
            assert!(!format!("{:?} {without}", reading.items).contains(planted));
        }
    }
}
