//! The report schema of mutation-testing-elements, which the Strykers write, and others with them.
//!
//! The words for a status are those of the schema, in its case. A mutant with another word (old
//! versions of Stryker.NET wrote `BuildError` and `Skipped`) stands in the total alone, as in
//! mutation-testing-metrics.

use serde::Deserialize;

use super::tally::{Fate, Strange, Tally};
use crate::collect::reports::words::pointer_step;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::MUTATION_MUTANT;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Pairs, Text, nullable};

/// The schema of mutation-testing-elements.
pub(in crate::collect::reports) struct Elements;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: "mutation-testing-elements",
    usual_names: &[
        "mutation.json",
        "mutation-report*.json",
        "stryker-report*.json",
    ],
    about: "StrykerJS, Stryker.NET and Stryker4s write it with their `json` reporter; Infection and \
            others convert to it.",
    sample: (
        "mutation.json",
        r#"{"schemaVersion": "2", "thresholds": {"high": 80, "low": 60}, "files": {"a.js": {
"language": "js", "source": "a", "mutants": [{"id": "1", "mutatorName": "Block", "status": "Killed",
"location": {"start": {"line": 1, "column": 2}, "end": {"line": 1, "column": 3}}}]}}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    files: Pairs<File>,
    #[serde(default, deserialize_with = "nullable")]
    framework: Framework,
}

#[derive(Deserialize, Default)]
struct Framework {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    version: Text,
}

#[derive(Deserialize)]
struct File {
    mutants: Vec<Mutant>,
}

#[derive(Deserialize)]
struct Mutant {
    #[serde(default)]
    id: Text,
    #[serde(default, rename = "mutatorName")]
    mutator: Text,
    #[serde(default)]
    status: Text,
    #[serde(default, deserialize_with = "nullable")]
    location: Location,
}

#[derive(Deserialize, Default)]
struct Location {
    #[serde(default, deserialize_with = "nullable")]
    start: Position,
}

#[derive(Deserialize, Default)]
struct Position {
    #[serde(default)]
    line: Count,
}

impl Format for Elements {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let beside = ["thresholds", "framework", "projectRoot", "mutationScore"];
            shape.has(&["schemaVersion", "files"])
                && !shape.lists.contains("files")
                && (shape.broken.is_some() || beside.iter().any(|key| shape.has(&[key])))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = report.framework.name.0;
        reading.tool_version = report.framework.version.0;
        let mut tally = Tally::default();
        let mut strange = Strange::default();
        for (path, file) in &report.files.0 {
            for (at, mutant) in file.mutants.iter().enumerate() {
                let word = mutant.status.0.as_deref().unwrap_or_default();
                let fate = fate(word);
                tally.add(fate);
                if fate.is_none() {
                    strange.add(word);
                }
                let pointer = format!("/files/{}/mutants/{at}", pointer_step(path));
                let item = Item::new(&MUTATION_MUTANT, Source::pointer(document.path, pointer))
                    .with("path", path.as_str())
                    .with("line", mutant.location.start.line.0)
                    .with("name", name(mutant))
                    .with("status", fate.map(Fate::name));
                reading.items.push(item);
            }
        }
        strange.say(&mut reading);
        tally.settle(&mut reading);
        Ok(reading)
    }
}

/// How a mutant ended, by the schema's word.
fn fate(word: &str) -> Option<Fate> {
    Some(match word {
        "Killed" => Fate::Killed,
        "Survived" => Fate::Survived,
        "NoCoverage" => Fate::NoCoverage,
        "Timeout" => Fate::Timeout,
        "CompileError" | "RuntimeError" => Fate::Error,
        "Ignored" => Fate::Ignored,
        "Pending" => Fate::Pending,
        _ => return None,
    })
}

/// `BlockStatement (17)`.
fn name(mutant: &Mutant) -> Option<String> {
    match (mutant.mutator.said(), mutant.id.said()) {
        (Some(mutator), Some(id)) => Some(format!("{mutator} ({id})")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(mutants: &str) -> Reading {
        let text = format!(
            r#"{{"files": {{"src/a~b/c.js": {{"source": "x", "mutants": [{mutants}]}}}},
            "schemaVersion": 1, "thresholds": {{"break": null}},
            "framework": {{"name": "StrykerJS", "version": "8.7.1"}}}}"#
        );
        let document = Document::new("mutation.json", text.as_bytes());
        assert!(Elements.recognises(&document));
        Elements.read(&document).expect("a reading")
    }

    #[test]
    fn errors_and_ignored_mutants_are_outside_the_score() {
        let reading = read(
            r#"{"status": "Killed"}, {"status": "Timeout"}, {"status": "Survived"},
            {"status": "NoCoverage"}, {"status": "CompileError"}, {"status": "RuntimeError"},
            {"status": "Ignored", "id": 7, "mutatorName": "M", "location": {"start": {"line": 3}}}"#,
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["score"].to_string(), "2 of 4");
        assert_eq!(reading.measures["errors"].as_int(), Some(2));
        let last = &reading.items[6];
        assert_eq!(last.get("line").as_int(), Some(3));
        assert_eq!(last.get("name").as_text(), Some("M (7)"));
        assert_eq!(
            last.source.place_text(),
            "mutation.json#/files/src~1a~0b~1c.js/mutants/6"
        );
        assert_eq!(reading.tool_version.as_deref(), Some("8.7.1"));
    }

    #[test]
    fn a_word_in_another_case_is_not_killed_and_makes_the_report_incomplete() {
        let reading = read(r#"{"status": "killed"}, {"status": "Killed"}, {"id": "x"}"#);
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.measures["score"].to_string(), "1 of 1");
        assert_eq!(reading.measures["total"].as_int(), Some(3));
        assert!(reading.items[0].get("status").is_empty());
    }

    #[test]
    fn pending_mutants_and_no_mutants_are_no_result() {
        let pending = read(r#"{"status": "Pending"}, {"status": "Killed"}"#);
        assert_eq!(pending.state, ReadingState::Incomplete);
        assert_eq!(read("").state, ReadingState::NothingMeasured);
        let ignored = read(r#"{"status": "Ignored"}"#);
        assert_eq!(ignored.state, ReadingState::NothingMeasured);
    }

    #[test]
    fn what_has_no_files_or_no_mutants_is_not_this_report() {
        for text in [
            r#"{"schemaVersion": "1", "thresholds": {"high": 80, "low": 60}}"#,
            r#"{"schemaVersion": "1", "files": ["a"], "thresholds": {}}"#,
            r#"{"schemaVersion": "1", "files": {}}"#,
        ] {
            let document = Document::new("mutation.json", text.as_bytes());
            assert!(!Elements.recognises(&document), "{text}");
        }
        let text = r#"{"schemaVersion": "1", "files": {"a": {}}, "thresholds": {}}"#;
        let document = Document::new("mutation.json", text.as_bytes());
        assert!(Elements.read(&document).is_err());
    }
}
