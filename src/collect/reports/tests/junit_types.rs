//! JUnit XML of a type checker, which writes a case for a whole run or for a file: its errors stand
//! in the text of those that failed.

use std::collections::BTreeSet;

use super::junit_cases::{Cases, Ending};
use super::junit_others::{begin, empty};
use crate::collect::reports::Document;
use crate::collect::reports::rows::{Row, Rows};
use crate::collect::reports::types::mypy_line::{Level, said};
use crate::collect::reports::words::counted;
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TYPES_FINDING;
use crate::model::text::grouped;
use crate::parse::error::ParseError;
use crate::parse::limits;
use crate::parse::xml::Part;

/// The errors that stand in the texts of cases.
pub(super) fn types(
    cases: &Cases,
    tool: &str,
    document: &Document<'_>,
) -> Result<Reading, ParseError> {
    let mut reading = begin(ReportKind::Types, tool);
    let mut rows = Rows::new(&TYPES_FINDING, Some(tool), &["error"]);
    let mut telling = BTreeSet::new();
    let mut texts = Texts::default();
    let seen = document.xml(|part| {
        if let Some(text) = texts.take(part) {
            let before = rows.total();
            errors(&text, &Source::line(document.path, texts.line), &mut rows);
            if rows.total() > before {
                telling.insert(texts.line);
            }
        }
        !texts.endless
    });
    if texts.endless {
        let most = grouped(limits::PIECE_BYTES as u64);
        let says = format!("expected at most {most} bytes in one text, found more");
        return Err(ParseError::whole(says));
    }
    seen?;
    let mut untold = 0;
    for case in cases
        .all
        .iter()
        .filter(|case| case.ending >= Ending::Failed)
    {
        if !telling.contains(&case.at) {
            untold += 1;
            let row = Row {
                severity: Some("error"),
                message: Some(&case.message),
                ..Row::default()
            };
            rows.take(Source::line(document.path, case.at), &row);
        }
    }
    rows.finish(&mut reading);
    reading.note(format!(
        "{tool} writes a case for a run or a file, so its errors were counted in the text."
    ));
    if untold > 0 {
        let why = format!(
            "{} without naming one error: the check itself broke.",
            counted(untold, "case failed", "cases failed")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    empty(cases, &mut reading);
    Ok(reading)
}

fn errors(text: &str, source: &Source, rows: &mut Rows) {
    let lines = text.lines().filter_map(|line| said(line.trim_start()));
    for said in lines.filter(|said| said.level == Level::Error) {
        let row = Row {
            path: Some(said.path),
            line: said.line,
            rule: said.code,
            severity: Some("error"),
            message: Some(said.message),
            ..Row::default()
        };
        rows.take(source.clone(), &row);
    }
}

/// Puts the pieces of a text together, which come apart at entities.
#[derive(Default)]
struct Texts {
    /// Where the case begins that was read last.
    line: u32,
    open: Option<String>,
    /// Whether a text is longer than is read.
    endless: bool,
}

impl Texts {
    /// A whole text of a failure, when it ends.
    fn take(&mut self, part: Part) -> Option<String> {
        match part {
            Part::Start(element) => match element.name.as_str() {
                "testcase" => self.line = element.line,
                "failure" | "error" => {
                    let says = element.attribute("message").unwrap_or_default();
                    self.open = Some(format!("{says}\n"));
                }
                _ => {}
            },
            Part::Text(text) => {
                if let Some(open) = &mut self.open {
                    self.endless |= open.len().saturating_add(text.len()) > limits::PIECE_BYTES;
                    open.push_str(&text);
                }
            }
            Part::End(name) if name == "failure" || name == "error" => {
                return self.open.take();
            }
            Part::End(_) => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};
    use crate::model::reading::{Reading, ReadingState};

    fn read(text: &str) -> Reading {
        match inspect("junit.xml", text.as_bytes()).outcome {
            Outcome::Report(reading) => *reading,
            other => panic!("a report, not {other:?}"),
        }
    }

    #[test]
    fn errors_of_a_type_checker_are_found_in_its_text() {
        let reading = read(
            "<testsuite name='mypy' tests='1'><testcase classname='mypy' name='mypy-py3'>
             <failure message='mypy produced messages'>a.py:1: error: &quot;x&quot; [misc]
a.py:2: note: hint\na.py:3: error: y  [arg-type]</failure></testcase></testsuite>",
        );
        assert_eq!(
            (reading.kind.name(), reading.state),
            ("types", ReadingState::Complete)
        );
        assert_eq!(reading.measures["active"].as_int(), Some(2));
        assert_eq!(reading.items[1].get("line").as_int(), Some(3));
        assert_eq!(reading.items[1].get("rule").as_text(), Some("arg-type"));
    }

    #[test]
    fn a_check_that_broke_is_a_finding_and_incomplete() {
        let reading = read(
            "<testsuite name='mypy' tests='1'><testcase name='mypy-py3'><error message='crash'/>
             </testcase></testsuite>",
        );
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.measures["active"].as_int(), Some(1));
        assert_eq!(reading.items[0].get("message").as_text(), Some("crash"));
    }
}
