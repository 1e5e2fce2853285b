//! JUnit XML, which nearly every test runner writes, and some tools that run no tests.
//!
//! Cases are counted; declared totals are not trusted, because `PHPUnit` repeats them in nested
//! suites, pytest counts subtests in them and Mocha's reporter counts what it leaves out.

use super::junit_cases::{Case, Cases, Ending, Gathering};
use super::junit_others;
use super::junit_types;
use super::junit_writers::{Writer, runner, writer};
use crate::collect::reports::listing::unlist;
use crate::collect::reports::words::{counted, length, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TESTS_CASE;
use crate::parse::error::ParseError;

/// JUnit XML.
pub(in crate::collect::reports) struct Junit;

pub(super) static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Tests,
    name: "junit",
    usual_names: &["junit*.xml", "test-*.xml", "*.junit.xml", "*-junit.xml"],
    about: "pytest, Surefire, Gradle, jest-junit, PHPUnit, gotestsum, nextest and many others \
            write it.",
    sample: (
        "junit.xml",
        r#"<testsuites tests="2" name="pytest tests"><testsuite name="pytest">
<testcase name="a" classname="t"/><testcase name="b"><failure message="m">t &amp; u</failure>
</testcase></testsuite></testsuites>"#,
    ),
};

impl Format for Junit {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document
            .look
            .xml()
            .is_some_and(|root| root.name == "testsuites" || root.name == "testsuite")
    }

    fn streams(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut gathering = Gathering::default();
        let seen = document.pieces(|piece| {
            gathering.take(piece);
            true
        });
        let cases = gathering.finish();
        let (writer, others) = writer(&cases);
        match (seen, writer) {
            // The reader of XML quotes what it stumbled over.
            (Err(_), writer) if junit_others::may_quote(&cases, writer) => {
                return Err(ParseError::whole("expected well-formed XML to the end"));
            }
            (seen, _) => seen?,
        }
        if writer != Writer::Tests {
            junit_others::are_all_listed(&cases)?;
        }
        let mut reading = match writer {
            Writer::Tests => tests(&cases, others, document),
            Writer::Mutation(tool) => junit_others::mutants(&cases, tool),
            Writer::Types(tool) => junit_types::types(&cases, tool, document)?,
            Writer::Analysis(tool) => junit_others::analysis(&cases, tool, document)?,
            Writer::Secrets(tool) => junit_others::secrets(&cases, tool, document)?,
        };
        let first = cases.totals.timestamp.as_deref();
        let root = cases
            .root
            .as_ref()
            .and_then(|root| root.attribute("timestamp"));
        set_produced(&mut reading, root.or(first).unwrap_or_default());
        Ok(reading)
    }
}

fn tests(cases: &Cases, others: u64, document: &Document<'_>) -> Reading {
    let mut reading = Reading::new(SPEC.kind, SPEC.name);
    let tool = runner(cases);
    reading.tool = tool.map(str::to_owned);
    // pytest's `line` (in its xunit1 dialect) counts from 0.
    let from_zero = tool == Some("pytest");
    let items = cases.all.iter().map(|case| item(case, from_zero, document));
    reading.items.extend(items);
    for outside in &cases.outside {
        let suite = outside.suite.as_ref();
        let item = Item::new(&TESTS_CASE, Source::line(document.path, outside.at))
            .with("suite", suite.map(|suite| suite.name.as_str()))
            .with("status", Ending::Error.name())
            .with("message", outside.says.as_str());
        reading.items.push(item);
    }
    measure(cases, &mut reading);
    unlist(&mut reading, unlisted(cases));
    if others > 0 {
        reading.note(format!(
            "{} written by tools that run no tests, and counted with the tests.",
            counted(others, "case was", "cases were")
        ));
    }
    notes(cases, &mut reading);
    if cases.count() == 0 {
        let why = "The report holds no test case: nothing ran.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
    reading
}

/// The cases that are not listed, by how they ended; errors outside of any case are errors.
fn unlisted(cases: &Cases) -> impl Iterator<Item = (u64, Item)> {
    let outside = cases.totals.outside.saturating_sub(length(&cases.outside));
    Ending::ALL.into_iter().map(move |ending| {
        let mut count = cases.unlisted(ending);
        if ending == Ending::Error {
            count = count.saturating_add(outside);
        }
        let each = Item::new(&TESTS_CASE, Source::default()).with("status", ending.name());
        (count, each)
    })
}

/// Records how the cases ended.
pub(super) fn measure(cases: &Cases, reading: &mut Reading) {
    reading.measure("total", cases.count());
    reading.measure("passed", cases.ended(Ending::Passed));
    reading.measure("failed", cases.ended(Ending::Failed));
    reading.measure("errors", cases.ended(Ending::Error));
    reading.measure("skipped", cases.ended(Ending::Skipped));
}

fn notes(cases: &Cases, reading: &mut Reading) {
    let count = cases.count();
    if let Some(declared) = cases.declared()
        && declared != count
    {
        reading.note(format!(
            "The report says {}; it holds {count}. Those it holds were counted.{}",
            counted(declared, "case", "cases"),
            known_difference(reading.tool.as_deref(), declared < count)
        ));
    }
    if cases.totals.retried > 0 {
        reading.note(format!(
            "{} more than once; the last attempt counts.",
            counted(cases.totals.retried, "case ran", "cases ran")
        ));
    }
    if cases.totals.outside > 0 {
        reading.note(format!(
            "{} outside any case, and in no count: a suite itself broke.",
            counted(cases.totals.outside, "error stands", "errors stand")
        ));
    }
}

/// What is known of a tool whose totals and cases differ.
fn known_difference(tool: Option<&str>, holds_more: bool) -> &'static str {
    match (tool, holds_more) {
        (Some("jest-junit"), true) => {
            " jest-junit writes a test that is still to do as one that passed."
        }
        (Some("mocha-junit-reporter"), false) => {
            " mocha-junit-reporter leaves out the cases that were skipped."
        }
        (Some("pytest"), false) => " pytest counts subtests, which have no case of their own.",
        (Some("pytest"), true) => {
            " pytest-rerunfailures writes each attempt as a case, and one that was run again as \
             passed."
        }
        _ => "",
    }
}

fn item(case: &Case, from_zero: bool, document: &Document<'_>) -> Item {
    let suite = case.suite().map(|suite| suite.name.as_str());
    let class = Some(case.class.as_str()).filter(|class| !class.is_empty());
    let line = case
        .line
        .map(|line| line.saturating_add(u64::from(from_zero)));
    let said = Some(case.message.as_str()).filter(|message| !message.is_empty());
    Item::new(&TESTS_CASE, Source::line(document.path, case.at))
        .with("suite", class.or(suite))
        .with("name", case.name.as_str())
        .with("path", case.file.as_deref())
        .with("line", line.filter(|line| *line > 0))
        .with("status", case.ending.name())
        .with("message", said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("junit.xml", text.as_bytes());
        assert!(Junit.recognises(&document));
        Junit.read(&document).expect("a reading")
    }

    fn counts(reading: &Reading) -> String {
        ["total", "passed", "failed", "errors", "skipped"]
            .map(|name| reading.measures[name].to_string())
            .join(" ")
    }

    #[test]
    fn cases_are_counted_wherever_they_stand_and_error_comes_first() {
        let reading = read(
            "<testsuites tests='9' name='pytest tests'><testsuite name='pytest'>
               <testcase name='a' classname='t.A' file='t.py' line='4'/>
               <testcase name='b'><failure message='no'/><error message='worse'>x</error></testcase>
               <testsuite name='inner'><testcase name='c'><skipped/></testcase>
                 <testcase name='d'><flakyFailure message='once'/></testcase>
                 <testcase name='e'><properties><property name='error'/></properties>
                   <system-out>failure</system-out></testcase>
                 <testcase name='f'><failure>first line\nsecond</failure></testcase></testsuite>
             </testsuite></testsuites>",
        );
        assert_eq!(counts(&reading), "6 3 1 1 1");
        assert_eq!(reading.items[0].get("line").as_int(), Some(5));
        assert_eq!(reading.items[0].get("suite").as_text(), Some("t.A"));
        assert_eq!(reading.items[1].get("message").as_text(), Some("worse"));
        assert_eq!(
            reading.items[5].get("message").as_text(),
            Some("first line")
        );
        assert_eq!(reading.items[2].source, Source::line("junit.xml", 4));
        assert_eq!(reading.notes.len(), 2, "{:?}", reading.notes);
        assert_eq!(reading.state, ReadingState::Complete);
    }

    #[test]
    fn a_case_that_says_it_did_not_run_or_failed_has_not_passed() {
        let reading = read(
            "<testsuite><testcase name='a' status='notrun' result='suppressed'/>
             <testcase name='b' status='failed'/><testcase name='c' status='run'/></testsuite>",
        );
        assert_eq!(counts(&reading), "3 1 1 0 1");
    }

    #[test]
    fn no_case_is_nothing_measured_and_the_reason_is_the_last_note() {
        let reading = read("<testsuites><testsuite timestamp='2026-11-22T15:54:42'/></testsuites>");
        assert_eq!(reading.state, ReadingState::NothingMeasured);
        assert!(
            reading
                .notes
                .last()
                .expect("a note")
                .contains("no test case")
        );
        assert_eq!(reading.produced_at.as_deref(), Some("2026-11-22T15:54:42"));
    }

    #[test]
    fn an_error_of_a_suite_is_in_no_count_and_still_an_item() {
        let reading =
            read("<testsuite name='s'><error message='setup'/><testcase name='a'/></testsuite>");
        assert_eq!(counts(&reading), "1 1 0 0 0");
        assert_eq!(reading.items[1].get("status").as_text(), Some("error"));
        assert!(reading.notes[0].contains("outside"));
    }
}
