//! SimpleCov's `.resultset.json`: what each command of the last minutes ran, not yet added up.
//!
//! A line is what any of the commands says of it: `null` is no line of code, and a line that one
//! command knows and none ran is not covered. Before version 0.18 a file was its bare list of lines.

use serde::Deserialize;

use super::files::{Entry, Files};
use super::marks::{Marks, key};
use super::measured::{self, Shares, ranges};
use crate::collect::reports::words::{counted, moment_of_epoch, pointer_step, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::json::{Hits, Outer, Pairs, Shape, Text, nullable};

/// SimpleCov's `.resultset.json`.
pub(in crate::collect::reports) struct Resultset;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "simplecov-resultset",
    usual_names: &[".resultset*.json", "resultset*.json"],
    about: "SimpleCov keeps it in `coverage/`.",
    sample: (
        ".resultset.json",
        r#"{"RSpec": {"coverage": {"/a.rb": {"lines": [1, null, 0], "branches": {"[:if, 0, 1]":
        {"[:then, 1, 1]": 1, "[:else, 2, 1]": 0}}}}, "timestamp": 1675424586}}"#,
    ),
};

#[derive(Deserialize)]
struct Command {
    #[serde(default, deserialize_with = "nullable")]
    coverage: Pairs<Raw>,
    #[serde(default, deserialize_with = "nullable")]
    timestamp: Text,
}

/// A file under one command.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected the lines of a file, as a list or under `lines`"
)]
pub(super) enum Raw {
    /// Before version 0.18.
    Lines(Vec<Hits>),
    /// With what else was measured.
    Parts(Parts),
}

/// What was measured of a file.
#[derive(Deserialize)]
pub(super) struct Parts {
    lines: Option<Vec<Hits>>,
    branches: Option<Arms>,
    methods: Option<Methods>,
}

/// Branches by their condition, or as the formatter for JSON lists them.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected branches by their condition, or a list"
)]
enum Arms {
    ByCondition(Pairs<Pairs<Hits>>),
    Listed(Vec<Row>),
}

/// Methods by their name and place, or as the formatter for JSON lists them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected methods by their name, or a list")]
enum Methods {
    ByName(Pairs<Hits>),
    Listed(Vec<Row>),
}

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    coverage: Hits,
}

/// A file under all commands.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    lines: Marks,
    branches: Option<Marks>,
    methods: Option<Marks>,
    /// Lines whose hits are below zero.
    odd: u64,
    /// Where it first stands.
    pub(super) pointer: String,
}

impl Gathered {
    /// Takes in what a command says of the file.
    pub(super) fn join(&mut self, raw: Raw) {
        match raw {
            Raw::Lines(lines) => self.lines(&lines),
            Raw::Parts(parts) => {
                self.lines(parts.lines.as_deref().unwrap_or_default());
                if let Some(arms) = parts.branches {
                    arms.join(self.branches.get_or_insert_default());
                }
                if let Some(methods) = parts.methods {
                    methods.join(self.methods.get_or_insert_default());
                }
            }
        }
    }

    fn lines(&mut self, lines: &[Hits]) {
        for (line, hits) in (1..).zip(lines) {
            // What is no number is no line of code, or one that `:nocov:` leaves out.
            if *hits != Hits::Absent {
                self.odd += u64::from(*hits == Hits::Odd);
                self.lines.add(line, hits.ran());
            }
        }
    }

    fn shares(&mut self) -> Shares {
        let share = |marks: &mut Marks| {
            let (ran, all) = marks.counts();
            Ratio::new(ran, all)
        };
        Shares {
            lines: Some(share(&mut self.lines)),
            branches: self.branches.as_mut().map(share),
            functions: self.methods.as_mut().map(share),
            statements: None,
        }
    }
}

fn join_rows(rows: Vec<Row>, marks: &mut Marks) {
    for (place, row) in (0..).zip(rows) {
        if row.coverage != Hits::Absent {
            marks.add(place, row.coverage.ran());
        }
    }
}

impl Arms {
    fn join(self, marks: &mut Marks) {
        match self {
            Self::ByCondition(conditions) => {
                for (condition, arms) in conditions.0 {
                    for (arm, hits) in arms.0 {
                        marks.add(key(&(&condition, arm)), hits.ran());
                    }
                }
            }
            Self::Listed(rows) => join_rows(rows, marks),
        }
    }
}

impl Methods {
    fn join(self, marks: &mut Marks) {
        match self {
            Self::ByName(methods) => {
                for (name, hits) in methods.0 {
                    marks.add(key(&name), hits.ran());
                }
            }
            Self::Listed(rows) => join_rows(rows, marks),
        }
    }
}

/// Records the files and what they add up to.
pub(super) fn measure(files: Files<Gathered>, path: &str, reading: &mut Reading) {
    let count = files.count();
    let mut sum = Shares {
        lines: Some(Ratio::new(0, 0)),
        ..Shares::default()
    };
    let mut odd = 0;
    for entry in files.into_list() {
        let Entry {
            name, mut gathered, ..
        } = entry;
        let shares = gathered.shares();
        sum.add(shares);
        odd += gathered.odd;
        let missing = ranges(gathered.lines.unmarked());
        let source = Source::pointer(path, gathered.pointer);
        reading
            .items
            .push(measured::item(source, &name, shares, missing));
    }
    measured::measure(reading, sum, count);
    measured::note_odd(reading, odd);
    measured::settle(reading, sum, &[]);
}

impl Format for Resultset {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// Commands by their names, each with its coverage and its time. The time stands last, so that
    /// what was cut is known by the Ruby files in it.
    fn recognises(&self, document: &Document<'_>) -> bool {
        let commands = |shape: &Shape| {
            let cut = shape.broken.is_some() && document.head().contains(".rb\"");
            let mut keys = shape.keys.iter();
            keys.any(|command| {
                shape.inner.contains(&format!("{command}.coverage"))
                    && (cut || shape.inner.contains(&format!("{command}.timestamp")))
            })
        };
        let shape = document.look.json();
        shape.is_some_and(|shape| shape.outer == Outer::Object && commands(shape))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let commands: Pairs<Command> = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("SimpleCov".to_owned());
        let count = commands.0.len() as u64;
        let mut moments = Vec::new();
        let mut files: Files<Gathered> = Files::default();
        let mut empty = Vec::new();
        for (command, run) in commands.0 {
            moments.extend(run.timestamp.said().and_then(moment_of_epoch));
            if run.coverage.0.is_empty() {
                empty.push(command.clone());
            }
            for (path, raw) in run.coverage.0 {
                if let Some(gathered) = files.named(&path, 0) {
                    if gathered.pointer.is_empty() {
                        let (command, path) = (pointer_step(&command), pointer_step(&path));
                        gathered.pointer = format!("/{command}/coverage/{path}");
                    }
                    gathered.join(raw);
                }
            }
        }
        // The oldest run is what the whole is as old as.
        moments.sort_unstable();
        reading.produced_at = moments.first().map(ToString::to_string);
        if count > 1 {
            reading.note(format!(
                "The results of {} were added up; the time is that of the oldest.",
                counted(count, "command", "commands")
            ));
        }
        if !empty.is_empty() && empty.len() as u64 != count {
            let empty = some_of(empty.iter().map(String::as_str));
            let why = format!("Nothing was measured by the command {empty}.");
            reading.lower(ReadingState::Incomplete, why);
        }
        measure(files, document.path, &mut reading);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(text: &str) -> Reading {
        let document = Document::new(".resultset.json", text.as_bytes());
        assert!(Resultset.recognises(&document));
        Resultset.read(&document).expect("a reading")
    }

    #[test]
    fn commands_are_added_up_line_by_line() {
        let reading = read(
            r#"{"RSpec": {"coverage": {"/a/b.rb": {"lines": [1, null, 0, "ignored", 0],
            "branches": {"if": {"then": 0, "else": 1}}, "methods": {"[A, :b]": 2, "[A, :c]": 0}}},
            "timestamp": 1675424586}, "Cucumber": {"coverage": {"/a/b.rb": {"lines": [0, null, 2,
            null, null, 0], "branches": {"if": {"then": 3, "else": 0}}}, "/old.rb": [1, null, -1]},
            "timestamp": 1675424500}}"#,
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["lines"].to_string(), "3 of 6");
        assert_eq!(reading.measures["branches"].to_string(), "2 of 2");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 2");
        assert_eq!(reading.items[0].get("missing"), &Value::from("5-6"));
        let place = reading.items[1].source.place_text();
        assert_eq!(place, ".resultset.json#/Cucumber/coverage/~1old.rb");
        assert_eq!(reading.produced_at.as_deref(), Some("2023-02-03T11:41:40Z"));
        assert_eq!(reading.notes.len(), 2, "{:?}", reading.notes);
    }

    #[test]
    fn a_command_that_measured_nothing_is_said() {
        let one = r#""coverage": {"/a.rb": [1]}, "timestamp": 1"#;
        let partly = read(&format!(
            r#"{{"A": {{{one}}}, "B": {{"coverage": {{}}, "timestamp": 2}}}}"#
        ));
        assert_eq!(partly.state, ReadingState::Incomplete);
        let none = read(r#"{"A": {"coverage": {}, "timestamp": 2}}"#);
        assert_eq!(none.state, ReadingState::NothingMeasured);
        for other in [
            r#"{"scripts": {"coverage": "nyc"}}"#,
            r#"{"a": {"coverage": 1}, "b": {"timestamp": 1}}"#,
        ] {
            assert!(!Resultset.recognises(&Document::new("a.json", other.as_bytes())));
        }
    }
}
