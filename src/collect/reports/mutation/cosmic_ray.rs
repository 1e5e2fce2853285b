//! cosmic-ray's session as JSON Lines (`cosmic-ray dump`): on each line a job and its result, or
//! `null` where it has none yet.
//!
//! Killed and survived decide the score; cosmic-ray's own survival rate also counts incompetent
//! mutants, on which the tests could not run, as killed.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::tally::{Fate, Strange, Tally};
use crate::collect::reports::{Document, Format, FormatSpec, lines};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::MUTATION_MUTANT;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Text, nullable};

/// cosmic-ray's session.
pub(in crate::collect::reports) struct CosmicRay;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: "cosmic-ray",
    usual_names: &["cosmic-ray*.json", "cosmic-ray*.jsonl"],
    about: "cosmic-ray writes it with `cosmic-ray dump`.",
    // One line: a dump has no end mark, so one that was cut between lines is a shorter dump.
    sample: (
        "cosmic-ray.jsonl",
        "[{\"job_id\": \"1\", \"mutations\": [{\"module_path\": \"a.py\", \"operator_name\": \"core/Not\", \
         \"occurrence\": 0, \"start_pos\": [13, 32], \"end_pos\": [13, 33]}]}, {\"worker_outcome\": \"normal\", \
         \"output\": \"F\", \"test_outcome\": \"killed\", \"diff\": \"\"}]\n",
    ),
};

#[derive(Deserialize)]
struct Job {
    #[serde(default)]
    job_id: Text,
    mutations: Vec<Mutation>,
}

#[derive(Deserialize)]
struct Mutation {
    #[serde(default)]
    module_path: Text,
    #[serde(default)]
    operator_name: Text,
    #[serde(default)]
    occurrence: Text,
    /// Line and column.
    #[serde(default, deserialize_with = "nullable")]
    start_pos: Vec<Count>,
}

#[derive(Deserialize)]
struct Outcome {
    #[serde(default)]
    worker_outcome: Text,
    #[serde(default)]
    test_outcome: Text,
}

impl Format for CosmicRay {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.outer == Outer::Array
                && shape.length <= 2
                && shape.has_inner(&["job_id", "mutations"])
        })
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut session = Session::default();
        let mut broken = None;
        let ended = lines::each(document, |number, line| {
            if broken.is_none() && !line.trim().is_empty() {
                match lines::parse::<(Job, Option<Outcome>)>(number, line) {
                    Ok((job, outcome)) => session.take(&job, outcome.as_ref(), number, document),
                    Err(error) => broken = Some(error),
                }
            }
        })?;
        match broken {
            Some(error) => Err(error),
            None => Ok(session.settle(ended)),
        }
    }
}

#[derive(Default)]
struct Session {
    tally: Tally,
    strange: Strange,
    jobs: BTreeSet<String>,
    repeated: bool,
    items: Vec<Item>,
}

impl Session {
    fn take(&mut self, job: &Job, outcome: Option<&Outcome>, number: u32, document: &Document<'_>) {
        let fate = outcome.map_or(Some(Fate::Pending), fate);
        self.tally.add(fate);
        if fate.is_none() {
            let outcome = outcome.and_then(|outcome| outcome.test_outcome.said());
            self.strange.add(outcome.unwrap_or("no outcome"));
        }
        if let Some(id) = job.job_id.said() {
            self.repeated |= !self.jobs.insert(id.to_owned());
        }
        let first = job.mutations.first();
        let name = first.and_then(|first| {
            let operator = first.operator_name.said()?;
            Some(match first.occurrence.said() {
                Some(occurrence) => format!("{operator} {occurrence}"),
                None => operator.to_owned(),
            })
        });
        let line = first.and_then(|first| first.start_pos.first()?.0);
        let item = Item::new(&MUTATION_MUTANT, Source::line(document.path, number))
            .with("path", first.and_then(|first| first.module_path.0.clone()))
            .with("line", line)
            .with("name", name)
            .with("status", fate.map(Fate::name));
        self.items.push(item);
    }

    fn settle(self, ended: bool) -> Reading {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("cosmic-ray".to_owned());
        reading.items = self.items;
        reading.note(
            "A dump has no end mark: one that was cut between two lines looks like a shorter one.",
        );
        if !ended {
            let why = "The last line has no end: the dump may have been cut off.";
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.repeated {
            let why = "A job stands in the dump twice: two dumps were put together.";
            reading.lower(ReadingState::Incomplete, why);
        }
        self.strange.say(&mut reading);
        self.tally.settle(&mut reading);
        reading
    }
}

/// How a job ended. What the worker says comes first: a job that a filter left out has no outcome
/// of its tests.
fn fate(outcome: &Outcome) -> Option<Fate> {
    let tests = match outcome.test_outcome.said() {
        Some("killed") => Some(Fate::Killed),
        Some("survived") => Some(Fate::Survived),
        Some("incompetent") => Some(Fate::Error),
        _ => None,
    };
    match outcome.worker_outcome.said() {
        Some("skipped") => Some(Fate::Ignored),
        Some("no-test") => Some(Fate::NoCoverage),
        Some("timeout") => Some(Fate::Timeout),
        Some("exception" | "abnormal") => Some(Fate::Error),
        Some("normal") => tests,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("dump.jsonl", text.as_bytes());
        assert!(CosmicRay.recognises(&document));
        CosmicRay.read(&document).expect("a reading")
    }

    fn row(id: u32, result: &str) -> String {
        format!(
            "[{{\"job_id\": \"{id}\", \"mutations\": [{{\"module_path\": \"a.py\", \
             \"operator_name\": \"core/Not\", \"occurrence\": 2, \"start_pos\": [7, 1]}}]}}, {result}]\n"
        )
    }

    fn result(worker: &str, tests: &str) -> String {
        format!("{{\"worker_outcome\": \"{worker}\", \"test_outcome\": \"{tests}\"}}")
    }

    #[test]
    fn incompetent_mutants_are_not_killed_ones() {
        let text = [
            row(1, &result("normal", "killed")),
            row(2, &result("normal", "survived")),
            row(3, &result("normal", "incompetent")),
            row(4, &result("exception", "incompetent")),
            row(
                5,
                "{\"worker_outcome\": \"skipped\", \"test_outcome\": null}",
            ),
        ];
        let reading = read(&text.concat());
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["score"].to_string(), "1 of 2");
        assert_eq!(reading.measures["errors"].as_int(), Some(2));
        let item = &reading.items[1];
        assert_eq!(item.source, Source::line("dump.jsonl", 2));
        assert_eq!(item.get("line").as_int(), Some(7));
        assert_eq!(item.get("name").as_text(), Some("core/Not 2"));
    }

    #[test]
    fn a_job_without_a_result_is_pending() {
        let reading = read(&[row(1, &result("normal", "killed")), row(2, "null")].concat());
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.measures["pending"].as_int(), Some(1));
    }

    #[test]
    fn a_line_that_is_not_whole_and_a_job_twice_are_never_complete() {
        let killed = row(1, &result("normal", "killed"));
        assert_eq!(read(killed.trim_end()).state, ReadingState::Incomplete);
        let twice = read(&[killed.as_str(), killed.as_str()].concat());
        assert_eq!(twice.state, ReadingState::Incomplete);
        let odd = read(&row(1, &result("normal", "exploded")));
        assert_eq!(odd.state, ReadingState::Incomplete);
        let cut = [killed.as_str(), "[{\"job_id\""].concat();
        let document = Document::new("dump.jsonl", cut.as_bytes());
        let error = CosmicRay.read(&document).expect_err("half a line");
        assert_eq!(error.line, 2);
    }
}
