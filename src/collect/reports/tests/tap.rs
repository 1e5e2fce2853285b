//! The Test Anything Protocol, versions 12, 13 and 14.
//!
//! Test points at the margin count; what is indented is a subtest, whose outcome is the point that
//! follows it, or a diagnostic. A stream without a plan, or with fewer points than planned, did not
//! end.

use std::collections::BTreeSet;

use super::counts::{Counts, Status};
use super::tap_line::{Line, Point, parse};
use crate::collect::reports::words::{counted, message};
use crate::collect::reports::{Document, Format, FormatSpec, Look, lines};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TESTS_CASE;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;

/// The Test Anything Protocol.
pub(in crate::collect::reports) struct Tap;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Tests,
    name: "tap",
    usual_names: &["*.tap"],
    about: "Perl's Test::More, node-tap, tape, bats, node:test, pgTAP and Mocha's `tap` reporter \
            write it.",
    sample: (
        "tests.tap",
        "TAP version 13\nok 1 - adds\nnot ok 2 - divides\n  ---\n  message: by zero\n  ...\n\
         ok 3 - later # SKIP why\n1..3",
    ),
};

impl Format for Tap {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look == Look::Text && begins_like_tap(document.head())
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut stream = Stream::default();
        let ended = lines::each(document, |number, line| stream.take(number, line))?;
        Ok(stream.settle(ended, document.path))
    }
}

/// By the line that names the version, wherever it stands, or by the first line that is no comment:
/// a plan, or a point with its number. A bare `ok` begins many texts, such as that of `go test`.
fn begins_like_tap(head: &str) -> bool {
    let mut lines = head.lines().map(parse);
    let first = lines.find(|line| !matches!(line, Line::Empty | Line::Comment));
    match first {
        Some(Line::Plan(_) | Line::Version) => true,
        Some(Line::Point(point)) if point.number.is_some() => true,
        Some(Line::Point(_)) => lines.any(|line| matches!(line, Line::Plan(_))),
        _ => lines.any(|line| line == Line::Version),
    }
}

/// A YAML diagnostic that is open: how far it is indented, and whether its message comes next.
struct Diagnostic {
    indent: usize,
    message_follows: bool,
}

/// One point as it is kept.
struct Case {
    name: String,
    status: Status,
    message: String,
    at: u32,
}

#[derive(Default)]
struct Stream {
    counts: Counts,
    cases: Vec<Case>,
    plans: Vec<(u64, u64)>,
    skipped_all: Option<String>,
    bail: Option<String>,
    numbers: BTreeSet<u64>,
    repeated: u64,
    versions: u64,
    diagnostic: Option<Diagnostic>,
    strange: u64,
    /// Whether the last line is a point: if it has no end, it may not be whole.
    last_is_point: bool,
}

impl Stream {
    fn take(&mut self, number: u32, line: &str) {
        self.last_is_point = false;
        if self.in_diagnostic(line) {
            return;
        }
        match parse(line) {
            Line::Empty | Line::Comment | Line::Pragma | Line::Indented => {}
            Line::Version => self.versions += 1,
            Line::Plan(plan) => {
                self.plans.push((plan.first, plan.last));
                if plan.last < plan.first {
                    self.skipped_all = Some(plan.reason.to_owned());
                }
            }
            Line::Point(point) => self.point(&point, number),
            Line::Bail(reason) => self.bail = Some(reason.to_owned()),
            Line::Diagnostic(indent) => {
                self.diagnostic = Some(Diagnostic {
                    indent,
                    message_follows: false,
                });
            }
            Line::Strange => self.strange += 1,
        }
    }

    fn point(&mut self, point: &Point<'_>, at: u32) {
        self.last_is_point = true;
        self.counts.add(Some(point.status));
        let next = self.counts.total;
        let number = point.number.unwrap_or(next);
        self.repeated += u64::from(!self.numbers.insert(number));
        self.cases.push(Case {
            name: point.description.clone(),
            status: point.status,
            message: point.reason.to_owned(),
            at,
        });
    }

    /// Whether a line belongs to an open diagnostic, which may quote anything.
    fn in_diagnostic(&mut self, line: &str) -> bool {
        let Some(open) = &mut self.diagnostic else {
            return false;
        };
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if !text.is_empty() && indent < open.indent {
            // It was never closed; the margin ends it.
            self.diagnostic = None;
            return false;
        }
        if indent == open.indent && text == "..." {
            self.diagnostic = None;
            return true;
        }
        let said = ["message:", "error:"]
            .iter()
            .find_map(|key| text.strip_prefix(key))
            .map(str::trim);
        let value = match said {
            Some("" | "|" | "|-" | ">" | ">-") => {
                open.message_follows = true;
                None
            }
            Some(value) => Some(value),
            None if open.message_follows => Some(text),
            None => None,
        };
        if let Some((value, case)) = value.zip(self.cases.last_mut()) {
            open.message_follows = false;
            if case.message.is_empty() {
                case.message = message(value.trim_matches(['"', '\'']));
            }
        }
        true
    }

    fn settle(self, ended: bool, path: &str) -> Reading {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        if self.strange > 0 {
            reading.note(format!(
                "{} neither a point nor a plan, and said nothing here.",
                counted(self.strange, "line was", "lines were")
            ));
        }
        if self.repeated > 0 {
            reading.note(format!(
                "{} a number that an earlier one has.",
                counted(self.repeated, "point has", "points have")
            ));
        }
        self.say_plan(&mut reading);
        if !ended && self.last_is_point {
            let why = "The last line has no end: the stream may have been cut off.";
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.diagnostic.is_some() {
            let why = "The stream ends inside a diagnostic: it was cut off.";
            reading.lower(ReadingState::Incomplete, why);
        }
        if let Some(reason) = &self.bail {
            let why = match reason.as_str() {
                "" => "The tests bailed out.".to_owned(),
                reason => format!("The tests bailed out: {}.", excerpt(reason)),
            };
            reading.lower(ReadingState::Incomplete, why);
        }
        let items = self.cases.into_iter().map(|case| case.item(path));
        reading.items.extend(items);
        self.counts.settle(&mut reading);
        reading
    }

    fn say_plan(&self, reading: &mut Reading) {
        let count = self.counts.total;
        let why = match self.plans.as_slice() {
            [] => "The stream has no plan: it was cut off, or the tests did not end.".to_owned(),
            [_, _, ..] => {
                "The stream has more than one plan: streams were put together.".to_owned()
            }
            [_] if self.versions > 1 => {
                "The stream begins more than once: streams were put together.".to_owned()
            }
            [(first, last)] if last < first && count == 0 => {
                let reason = self.skipped_all.as_deref().unwrap_or_default();
                let word = reason
                    .get(..4)
                    .filter(|word| word.eq_ignore_ascii_case("skip"));
                let reason = reason
                    .get(word.map_or(0, str::len)..)
                    .unwrap_or_default()
                    .trim();
                if !reason.is_empty() {
                    reading.note(format!("All was skipped: {}.", excerpt(reason)));
                }
                return;
            }
            [(first, last)] => {
                let planned = last
                    .saturating_sub(*first)
                    .saturating_add(u64::from(last >= first));
                let outside = self.numbers.iter().find(|it| **it < *first || **it > *last);
                match outside {
                    _ if planned != count => format!(
                        "The plan is of {}; the stream holds {count}.",
                        counted(planned, "point", "points")
                    ),
                    Some(number) => format!("The point {number} is outside the plan."),
                    None => return,
                }
            }
        };
        reading.lower(ReadingState::Incomplete, why);
    }
}

impl Case {
    fn item(self, path: &str) -> Item {
        let said = |text: String| Some(text).filter(|text| !text.is_empty());
        Item::new(&TESTS_CASE, Source::line(path, self.at))
            .with("name", said(self.name))
            .with("status", self.status.name())
            .with("message", said(self.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.tap", text.as_bytes());
        assert!(Tap.recognises(&document), "{text}");
        Tap.read(&document).expect("a reading")
    }

    fn counts(reading: &Reading) -> String {
        ["total", "passed", "failed", "skipped"]
            .map(|name| reading.measures[name].to_string())
            .join(" ")
    }

    #[test]
    fn points_at_the_margin_count_and_directives_are_no_failures() {
        let reading = read(
            "TAP version 14\n1..6\n# Subtest: inner\n    ok 1 - x\n    not ok 2 - y\n    1..2\n\
             not ok 1 - inner\n  ---\n  message: 'two of them'\n  at: ok 9\n  ...\n\
             ok 2 - a \\# SKIP no directive\nok 3 b # skip: not here\nnot ok 4 - c # TODO later\n\
             ok 5 # Skipped\nok 6 - page.html#todo is a link\n",
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(counts(&reading), "6 2 1 2");
        assert_eq!(reading.measures["todo"].as_int(), Some(1));
        let first = &reading.items[0];
        assert_eq!(first.get("message").as_text(), Some("two of them"));
        assert_eq!(first.source, Source::line("x.tap", 7));
        let name = reading.items[1].get("name");
        assert_eq!(name.as_text(), Some("a # SKIP no directive"));
    }

    #[test]
    fn a_stream_that_did_not_end_is_incomplete() {
        for text in [
            "ok 1 - a\nok 2 - b\n",
            "1..3\nok 1\nok 2\n",
            "1..2\nok 1\nok 3\n",
            "1..2\nok 1 - a\nok 2 - b",
            "1..1\nok 1\nBail out! no database\n",
            "1..1\nok 1\n    bail out!\n",
            "1..1\nnot ok 1\n  ---\n  message: x\n",
            "1..1\nok 1\n1..1\nok 1\n",
        ] {
            assert_eq!(read(text).state, ReadingState::Incomplete, "{text}");
        }
        let all_skipped = read("1..0 # SKIP no display\n");
        assert_eq!(all_skipped.state, ReadingState::NothingMeasured);
    }

    #[test]
    fn points_without_numbers_are_counted_where_there_is_a_plan() {
        let reading = read("ok\nnot ok - b\n\n# 2 tests\n1..2\n");
        assert_eq!(counts(&reading), "2 1 1 0");
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let npm = read("\n> pkg@1.0.0 test\n> tape x.js\n\nTAP version 13\nok 1 a\n1..1\n");
        assert_eq!(npm.state, ReadingState::Complete, "{:?}", npm.notes);
        for text in [
            "ok  \texample.com/m\t0.01s\n",
            "okay 1\n",
            "ok\n",
            "# a comment\n",
        ] {
            let document = Document::new("x.tap", text.as_bytes());
            assert!(!Tap.recognises(&document), "{text}");
        }
    }
}
