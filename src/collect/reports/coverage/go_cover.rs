//! Go's coverage profile (`go test -coverprofile`).
//!
//! The share is that of statements, as `go tool cover` prints it: a profile says where blocks begin
//! and end and how many statements they hold, but not on which lines those stand. One block may
//! stand many times, once for each tested package (`-coverpkg`) or each profile that was appended;
//! it is one block, and ran if it ran anywhere.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::files::Files;
use super::measured::{self, Shares};
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::json::Hits;

/// Go's coverage profile.
pub(in crate::collect::reports) struct GoCover;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "go-cover",
    usual_names: &[
        "cover*.out",
        "c.out",
        "*.coverprofile",
        "cover*.txt",
        "profile.cov",
        "cover.prof*",
    ],
    about: "`go test -coverprofile=FILE` writes it, and `go tool covdata textfmt`.",
    sample: ("cover.out", "mode: set\nexample.com/a/a.go:3.14,5.2 2 1\n"),
};

/// First line and column, last line and column.
type Span = [u64; 4];

/// A block of statements.
#[derive(Debug, Default)]
struct Block {
    statements: u64,
    ran: bool,
}

/// What was gathered so far.
#[derive(Default)]
struct Profile {
    files: Files<BTreeMap<Span, Block>>,
    /// Lines that are no blocks, and the first of them.
    broken: u64,
    first_broken: u32,
    /// Blocks that are said to hold several numbers of statements.
    unlike: u64,
    /// How many profiles stand in the file.
    modes: u64,
}

impl Profile {
    fn take(&mut self, number: u32, line: &str) {
        if is_mode(line) {
            self.modes += 1;
        } else if !line.trim().is_empty() && self.block(number, line).is_none() {
            if self.broken == 0 {
                self.first_broken = number;
            }
            self.broken += 1;
        }
    }

    /// `example.com/a/a.go:3.14,5.2 2 1`: a name may hold blanks and colons.
    fn block(&mut self, number: u32, line: &str) -> Option<()> {
        let (rest, hits) = line.rsplit_once(' ')?;
        let (rest, statements) = rest.rsplit_once(' ')?;
        let (name, places) = rest.rsplit_once(':')?;
        let mut parts = places.split([',', '.']).map(str::parse);
        let mut next = || parts.next()?.ok();
        let span: Span = [next()?, next()?, next()?, next()?];
        let hits = Hits::parse(hits);
        if name.is_empty() || parts.next().is_some() || matches!(hits, Hits::Absent | Hits::Odd) {
            return None;
        }
        let statements: u64 = statements.parse().ok()?;
        let blocks = self.files.named(name, number)?;
        let block = blocks.entry(span).or_insert(Block {
            statements,
            ran: false,
        });
        self.unlike += u64::from(block.statements != statements);
        block.statements = block.statements.max(statements);
        block.ran |= hits.ran();
        Some(())
    }
}

fn is_mode(line: &str) -> bool {
    let mode = line.strip_prefix("mode: ").unwrap_or_default();
    ["set", "count", "atomic"].contains(&mode.trim())
}

impl Format for GoCover {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look == Look::Text && document.head().lines().next().is_some_and(is_mode)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut profile = Profile::default();
        let mut reader = document.reader();
        let mut line = String::new();
        let mut ended = true;
        for number in 1.. {
            line.clear();
            let length = reader
                .read_line(&mut line)
                .map_err(|error| ParseError::whole(format!("expected text, found {error}")))?;
            if length == 0 {
                break;
            }
            ended = line.ends_with('\n');
            profile.take(number, line.trim_end_matches(['\n', '\r']));
        }
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("go".to_owned());
        reading.note(
            "A profile has no mark at its end: one that was cut between two lines cannot be told \
             from a whole one.",
        );
        measure(profile, ended, document.path, &mut reading);
        Ok(reading)
    }
}

fn measure(profile: Profile, ended: bool, path: &str, reading: &mut Reading) {
    let files = profile.files.count();
    let mut sum = Shares {
        statements: Some(Ratio::new(0, 0)),
        ..Shares::default()
    };
    for entry in profile.files.into_list() {
        let mut statements = Ratio::new(0, 0);
        for block in entry.gathered.values() {
            statements.total = statements.total.saturating_add(block.statements);
            let covered = if block.ran { block.statements } else { 0 };
            statements.covered = statements.covered.saturating_add(covered);
        }
        let shares = Shares {
            statements: Some(statements),
            ..Shares::default()
        };
        sum.add(shares);
        let missing = entry.gathered.iter().filter(|(_, block)| !block.ran);
        let missing = measured::spans(missing.map(|([first, _, last, _], _)| (*first, *last)));
        let source = Source::line(path, entry.at);
        reading
            .items
            .push(measured::item(source, &entry.name, shares, missing));
    }
    measured::measure(reading, sum, files);
    if profile.modes > 1 {
        reading.note(format!(
            "The file holds {}; each block counts once.",
            counted(profile.modes, "profile", "profiles")
        ));
    }
    if profile.unlike > 0 {
        let why = format!(
            "The numbers of statements differ for {}: the profiles are of different sources.",
            counted(profile.unlike, "block that repeats", "blocks that repeat")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if profile.broken > 0 {
        let why = format!(
            "{} no block of statements, the first on line {}.",
            counted(profile.broken, "line is", "lines are"),
            profile.first_broken
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if !ended {
        let why = "The last line does not end: the profile was cut, or is still being written.";
        reading.lower(ReadingState::Incomplete, why);
    }
    measured::settle(reading, sum, &[]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(text: &str) -> Reading {
        let document = Document::new("cover.out", text.as_bytes());
        assert!(GoCover.recognises(&document));
        GoCover.read(&document).expect("a reading")
    }

    #[test]
    fn a_block_counts_once_and_ran_if_it_ran_anywhere() {
        let reading = read(
            "mode: set\na.go:1.1,5.2 3 0\na.go:7.1,9.2 2 0\nmode: atomic\na.go:1.1,5.2 3 18446744073709551616\n\
             c: d/b e.go:1.1,1.9 1 1\n",
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["statements"].to_string(), "4 of 6");
        assert!(!reading.measures.contains_key("lines"));
        assert_eq!(reading.measures["files"], Value::Int(2));
        assert_eq!(reading.items[0].get("missing"), &Value::from("7-9"));
        assert_eq!(reading.items[1].get("path"), &Value::from("c: d/b e.go"));
        assert!(reading.notes[1].contains("2 profiles"));
    }

    #[test]
    fn a_profile_that_breaks_off_or_contradicts_itself_is_incomplete() {
        for text in [
            "mode: set\na.go:1.1,5.2 3 1",
            "mode: set\na.go:1.1,5.2 3\n",
            "mode: set\na.go:1.1,5.2 3 -1\n",
            "mode: set\na.go:1.1,5.2 3 1\nFAIL\n",
            "mode: set\na.go:1.1,5.2 3 1\na.go:1.1,5.2 4 1\n",
        ] {
            assert_eq!(read(text).state, ReadingState::Incomplete, "{text}");
        }
        assert_eq!(read("mode: count\n").state, ReadingState::NothingMeasured);
        let other = Document::new("cover.out", b"mode: fast\n");
        assert!(!GoCover.recognises(&other));
    }
}
