//! lcov tracefiles, which lcov, llvm-cov, gcovr, coverage.py, Istanbul, coverlet and others write.
//!
//! The records are those of geninfo(1). A file may have several of them, one for each test name, so
//! lines, branches and functions are joined over all records of a file before they are counted. The
//! totals a record declares are only compared, unless it lists no lines at all.

use super::files::{Entry, Files};
use super::lcov_record::{Record, Traced, is_detail};
use super::measured::{self, Listed, Shares};
use crate::collect::reports::words::{SHOWN, counted, some_of_many};
use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;

/// An lcov tracefile.
pub(in crate::collect::reports) struct Lcov;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "lcov",
    usual_names: &["lcov*.info", "*cover*.info", "*.lcov"],
    about: "lcov, llvm-cov, gcovr, coverage.py, nyc, jest, c8, coverlet and many others write it.",
    sample: (
        "lcov.info",
        "TN:\nSF:a.c\nFN:1,main\nFNDA:1,main\nDA:1,1\nDA:2,0\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nend_of_record",
    ),
};

/// What was gathered so far.
#[derive(Default)]
struct Tracefile {
    files: Files<Traced>,
    open: Option<Record>,
    /// The totals that records declare, and what those records list.
    declared: Shares,
    listed: Shares,
    /// Lines of a record that cannot be read, with the number of the first.
    broken: Tally,
    /// Lines of no kind that a tracefile has.
    foreign: Tally,
    /// Hits that are no count.
    odd: u64,
    /// How many records have no end, and the files of the first.
    unclosed: u64,
    unclosed_names: Vec<String>,
}

/// How many lines there are of something, and which is the first.
#[derive(Default)]
struct Tally {
    count: u64,
    first: u32,
}

impl Tally {
    fn add(&mut self, number: u32) {
        if self.count == 0 {
            self.first = number;
        }
        self.count += 1;
    }
}

impl Tracefile {
    fn take(&mut self, number: u32, line: &str) {
        let line = line.trim_end();
        if line == "end_of_record" {
            match self.open.take() {
                Some(record) => self.close(record),
                None => self.broken.add(number),
            }
        } else if let Some(name) = line.strip_prefix("SF:") {
            if let Some(record) = self.open.take() {
                self.leave(record);
            }
            let place = self.files.place(name, number);
            self.open = Some(Record::of(place, name));
        } else if is_detail(line) {
            let record = self.open.as_mut();
            if !record.is_some_and(|record| record.take(line, &mut self.odd)) {
                self.broken.add(number);
            }
        } else if !is_remark(line) {
            // Between two values of a record, this is what another process wrote into the file.
            match &self.open {
                Some(_) if !is_keyword(line) => self.broken.add(number),
                _ => self.foreign.add(number),
            }
        }
    }

    fn close(&mut self, mut record: Record) {
        let (declared, listed) = record.totals();
        if listed.lines.is_some() {
            self.declared.add(declared);
            self.listed.add(listed);
        }
        if let Some(traced) = self.files.at(record.place) {
            traced.join(record);
        }
    }

    /// Closes a record that has no end.
    fn leave(&mut self, record: Record) {
        self.unclosed += 1;
        if self.unclosed_names.len() < SHOWN {
            self.unclosed_names.push(record.name.clone());
        }
        self.close(record);
    }
}

/// Whether a line says nothing of coverage: a comment, the name of a test, nothing.
fn is_remark(line: &str) -> bool {
    line.is_empty() || line.starts_with('#') || line.starts_with("TN:")
}

/// Whether a line looks like a record's, of a kind that is not known.
fn is_keyword(line: &str) -> bool {
    line.split_once(':').is_some_and(|(word, _)| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase())
    })
}

impl Format for Lcov {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// A line `SF:` after the name of a test or before the details of a file; what a tool printed
    /// may stand before it.
    fn recognises(&self, document: &Document<'_>) -> bool {
        if document.look != Look::Text {
            return false;
        }
        let mut before = "";
        let lines = document.head().lines().map(str::trim_end);
        lines.filter(|line| !line.is_empty()).any(|line| {
            let begins = line.starts_with("SF:") && before.starts_with("TN:");
            let follows = before.starts_with("SF:") && (is_detail(line) || line == "end_of_record");
            before = line;
            begins || follows
        })
    }

    fn streams(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut tracefile = Tracefile::default();
        document.lines(|number, line| {
            tracefile.take(number, line);
            !tracefile.files.are_too_many()
        })?;
        tracefile.files.hold()?;
        if let Some(record) = tracefile.open.take() {
            tracefile.leave(record);
        }
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.note(
            "A tracefile has no mark at its end: one that was cut between two files cannot be told \
             from a whole one.",
        );
        measure(tracefile, document.path, &mut reading);
        Ok(reading)
    }
}

fn measure(mut tracefile: Tracefile, path: &str, reading: &mut Reading) {
    let files = tracefile.files.count();
    let mut sum = Shares {
        lines: Some(Ratio::new(0, 0)),
        ..Shares::default()
    };
    let (mut repeated, mut unlisted, mut unusable) = (0, 0, Vec::new());
    let mut listed = Listed::default();
    for entry in std::mem::take(&mut tracefile.files).into_list() {
        let Entry {
            name,
            at,
            gathered: mut traced,
        } = entry;
        let shares = traced.shares();
        if shares.impossible() {
            unusable.push(name);
            continue;
        }
        repeated += u64::from(traced.records > 1);
        unlisted += u64::from(!traced.lists_lines() && !shares.nothing());
        sum.add(shares);
        let source = Source::line(path, at);
        listed.add(measured::item(source, &name, shares, traced.missing()));
    }
    listed.finish(reading);
    measured::measure(reading, sum, files);
    if repeated > 0 {
        reading.note(format!(
            "{} in several records; each line counts once.",
            counted(repeated, "file stands", "files stand")
        ));
    }
    if unlisted > 0 {
        reading.note(format!(
            "The records of {} list no lines; the totals they declare were taken.",
            counted(unlisted, "file", "files")
        ));
    }
    measured::compare_declared(reading, tracefile.declared, tracefile.listed);
    measured::note_odd(reading, tracefile.odd);
    say_damage(&tracefile, reading);
    measured::settle(reading, sum, &unusable);
}

/// Says what of the tracefile could not be read.
fn say_damage(tracefile: &Tracefile, reading: &mut Reading) {
    let Tally { count, first } = tracefile.foreign;
    if count > 0 {
        reading.note(format!(
            "{} left out, the first on line {first}.",
            counted(
                count,
                "line that is no part of a tracefile was",
                "lines that are no part of a tracefile were"
            )
        ));
    }
    let Tally { count, first } = tracefile.broken;
    if count > 0 {
        let why = format!(
            "{} be read as what a record says, the first on line {first}.",
            counted(count, "line cannot", "lines cannot")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if tracefile.unclosed > 0 {
        let names = tracefile.unclosed_names.iter().map(String::as_str);
        let why = format!(
            "The record has no end_of_record for {}: the file was cut, or its writer stopped.",
            some_of_many(names, tracefile.unclosed)
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(text: &str) -> Reading {
        let document = Document::new("lcov.info", text.as_bytes());
        assert!(Lcov.recognises(&document));
        Lcov.read(&document).expect("a reading")
    }

    #[test]
    fn records_of_one_file_are_joined_before_they_are_counted() {
        let reading = read(
            "TN:one\nSF:a.c\nFN:1,f(int,char)\nFNDA:0,f(int,char)\nDA:1,0,x/y+z\nDA:2,1\nLF:2\nLH:1\n\
             BRDA:1,0,0,-\nBRDA:1,0,a > b, c,0\nend_of_record\n\
             TN:two\nSF:a.c\nFN:1,9,f(int,char)\nFNDA:3,f(int,char)\nDA:1,18446744073709551616\n\
             DA:3,-2\nLF:2\nLH:1\nBRDA:1,e0,0,7\nBRDA:1,U0,9,0\nend_of_record\n",
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["lines"].to_string(), "2 of 3");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 2");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 1");
        assert_eq!(reading.measures["files"], Value::Int(1));
        assert_eq!(reading.items[0].get("missing"), &Value::from("3"));
        assert_eq!(reading.items[0].source, Source::line("lcov.info", 2));
        let notes = reading.notes.join(" ");
        assert!(
            notes.contains("1 file stands in several records"),
            "{notes}"
        );
        assert!(notes.contains("hits of 1 line are no count"), "{notes}");
        assert!(!notes.contains("declare"), "{notes}");
    }

    #[test]
    fn functions_of_lcov_2_are_counted_by_group() {
        let reading = read(
            "SF:a.cpp\nFNL:0,3,9\nFNA:0,0,C1\nFNA:0,2,C2\nFNL:1,12\nFNA:1,0,g,h\nFNF:2\nFNH:1\nDA:3,2\n\
             end_of_record\n",
        );
        assert_eq!(reading.measures["functions"].to_string(), "1 of 2");
        assert_eq!(reading.state, ReadingState::Complete);
        let orphan = read("SF:a.cpp\nFNA:7,1,f\nDA:3,2\nend_of_record\n");
        assert_eq!(orphan.state, ReadingState::Incomplete);
    }

    #[test]
    fn declared_totals_stand_in_for_lines_that_are_not_listed_and_are_compared_where_they_are() {
        let bare = read("SF:a.rs\nFNF:2\nFNH:1\nBRF:0\nBRH:0\nLF:7\nLH:5\nend_of_record");
        assert_eq!(bare.measures["lines"].to_string(), "5 of 7");
        assert_eq!(bare.measures["functions"].to_string(), "1 of 2");
        assert!(!bare.measures.contains_key("branches"));
        assert_eq!(bare.state, ReadingState::Complete);
        assert!(
            bare.notes[1].contains("1 file list no lines"),
            "{:?}",
            bare.notes
        );
        let odd = read("SF:a.rs\nLF:5\nLH:7\nend_of_record");
        assert_eq!(odd.state, ReadingState::Incomplete);
        let wrong = read("SF:a.py\nDA:1,1\nDA:1,1\nDA:2,0\nLF:3\nLH:2\nend_of_record\n");
        assert_eq!(wrong.measures["lines"].to_string(), "1 of 2");
        assert!(wrong.notes[1].contains("2 of 3 lines"), "{:?}", wrong.notes);
    }

    #[test]
    fn a_record_without_its_end_or_with_a_broken_line_is_incomplete() {
        for text in [
            "TN:\nSF:a.c\nDA:1,1\n",
            "TN:\nSF:a.c\nDA:1,1\nSF:b.c\nDA:1,1\nend_of_record\n",
            "TN:\nSF:a.c\nDA:1,1\nDA:x\nend_of_record\n",
            "TN:\nSF:a.c\nDA:1,1\nkilled\nend_of_record\n",
            "TN:\nSF:a.c\nDA:1,1\nend_of_record\nDA:2,1\n",
        ] {
            assert_eq!(read(text).state, ReadingState::Incomplete, "{text}");
        }
        let late = read("> run\nTN:\nSF:a.c\nDA:1,1\nNEW:1\nend_of_record\nEOF\n");
        assert_eq!(late.state, ReadingState::Complete, "{:?}", late.notes);
        assert!(
            late.notes[1].contains("3 lines that are no part"),
            "{:?}",
            late.notes
        );
        let empty = read("SF:nothing.py\nend_of_record\n");
        assert_eq!(empty.state, ReadingState::NothingMeasured);
        let prose = Document::new("a.info", b"SF: a city\nTN: a state\n");
        assert!(!Lcov.recognises(&prose));
    }
}
