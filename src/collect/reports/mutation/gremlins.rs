//! gremlins' JSON (`gremlins unleash --output`).
//!
//! `mutants_total` leaves out what no test covers, and gremlins' own efficacy what ran out of time
//! as well. The mutants are counted instead: a status that the totals do not name, such as
//! `TIMED OUT`, stands with the mutants alone.

use serde::Deserialize;

use super::tally::{Fate, Strange, Tally, compare};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::MUTATION_MUTANT;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// gremlins' JSON.
pub(in crate::collect::reports) struct Gremlins;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: "gremlins",
    usual_names: &["gremlins*.json"],
    about: "gremlins writes it with `gremlins unleash --output`.",
    sample: (
        "gremlins.json",
        r#"{"go_module": "example.com/m", "files": [{"file_name": "a.go", "mutations": [
{"type": "ARITHMETIC_BASE", "status": "KILLED", "line": 20, "column": 8},
{"type": "INVERT_LOGICAL", "status": "LIVED", "line": 40, "column": 7}]}],
"test_efficacy": 50, "mutations_coverage": 100, "mutants_total": 2, "mutants_killed": 1,
"mutants_lived": 1, "mutants_not_viable": 0, "mutants_not_covered": 0, "elapsed_time": 1.5}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, deserialize_with = "nullable")]
    files: Vec<File>,
    #[serde(default)]
    mutants_killed: Count,
    #[serde(default)]
    mutants_lived: Count,
    #[serde(default)]
    mutants_not_viable: Count,
    #[serde(default)]
    mutants_not_covered: Count,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    file_name: Text,
    #[serde(default, deserialize_with = "nullable")]
    mutations: Vec<Mutation>,
}

#[derive(Deserialize)]
struct Mutation {
    #[serde(default, rename = "type")]
    kind: Text,
    #[serde(default)]
    status: Text,
    #[serde(default)]
    line: Count,
}

impl Format for Gremlins {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.has(&["test_efficacy", "mutants_total"])
                || (shape.broken.is_some()
                    && shape.has(&["go_module", "files"])
                    && shape.has_inner(&["files.mutations"]))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("gremlins".to_owned());
        let (mut tally, mut strange) = (Tally::default(), Strange::default());
        for (at, file) in report.files.iter().enumerate() {
            for (nth, mutation) in file.mutations.iter().enumerate() {
                let word = mutation.status.0.as_deref().unwrap_or_default();
                let fate = fate(word);
                tally.add(fate);
                if fate.is_none() {
                    strange.add(word);
                }
                let pointer = format!("/files/{at}/mutations/{nth}");
                let item = Item::new(&MUTATION_MUTANT, Source::pointer(document.path, pointer))
                    .with("path", file.file_name.0.clone())
                    .with("line", mutation.line.0)
                    .with("name", mutation.kind.0.clone())
                    .with("status", fate.map(Fate::name));
                reading.items.push(item);
            }
        }
        compare(
            &[
                ("killed", report.mutants_killed.0, tally.killed),
                ("lived", report.mutants_lived.0, tally.survived),
                ("not viable", report.mutants_not_viable.0, tally.errors),
                (
                    "not covered",
                    report.mutants_not_covered.0,
                    tally.no_coverage,
                ),
            ],
            &mut reading,
        );
        strange.say(&mut reading);
        tally.settle(&mut reading);
        Ok(reading)
    }
}

/// How a mutant ended, by gremlins' word. `RUNNABLE` is what a dry run calls those it did not try.
fn fate(word: &str) -> Option<Fate> {
    Some(match word {
        "KILLED" => Fate::Killed,
        "LIVED" => Fate::Survived,
        "NOT COVERED" => Fate::NoCoverage,
        "TIMED OUT" => Fate::Timeout,
        "NOT VIABLE" => Fate::Error,
        "SKIPPED" => Fate::Ignored,
        "RUNNABLE" => Fate::Pending,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(statuses: &[&str]) -> Reading {
        let rows = statuses
            .iter()
            .map(|status| format!(r#"{{"type": "T", "status": "{status}", "line": 3}}"#));
        let text = format!(
            r#"{{"test_efficacy": 50.0, "mutants_total": 2, "mutants_killed": 1, "mutants_lived": 1,
            "files": [{{"file_name": "a.go", "mutations": [{}]}}]}}"#,
            rows.collect::<Vec<_>>().join(",")
        );
        let document = Document::new("gremlins.json", text.as_bytes());
        assert!(Gremlins.recognises(&document));
        Gremlins.read(&document).expect("a reading")
    }

    #[test]
    fn what_no_test_covers_stays_in_the_denominator() {
        let reading = read(&["KILLED", "LIVED", "NOT COVERED", "TIMED OUT", "NOT VIABLE"]);
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["score"].to_string(), "2 of 4");
        assert_eq!(
            reading.items[2].get("status").as_text(),
            Some("no_coverage")
        );
        assert!(reading.notes.is_empty(), "{:?}", reading.notes);
    }

    #[test]
    fn a_dry_run_is_no_run_and_totals_without_mutants_are_not_believed() {
        assert_eq!(read(&["RUNNABLE"]).state, ReadingState::Incomplete);
        let empty = read(&[]);
        assert_eq!(empty.state, ReadingState::NothingMeasured);
        assert!(empty.notes[0].contains("killed 1 and not 0"));
    }
}
