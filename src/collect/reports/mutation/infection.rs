//! Infection's JSON log and its summary, which is the log's `stats` alone.
//!
//! Infection's own indicator (MSI) counts mutants that ended in an error as found; here they are
//! outside, as everywhere. Mutants it skipped, because their tests take too long, are left out by
//! Infection as well.

use serde::Deserialize;

use super::tally::{Fate, Tally};
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::MUTATION_MUTANT;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// Infection's JSON.
pub(in crate::collect::reports) struct Infection;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: "infection",
    usual_names: &[
        "infection-log*.json",
        "infection-summary*.json",
        "infection-report*.json",
    ],
    about: "Infection writes it with the loggers `json` and `summaryJson`.",
    sample: (
        "infection-log.json",
        r#"{"stats": {"totalMutantsCount": 2, "killedCount": 1, "notCoveredCount": 0,
"escapedCount": 1, "errorCount": 0, "timeOutCount": 0, "msi": 50, "coveredCodeMsi": 50},
"escaped": [{"mutator": {"mutatorName": "M", "originalFilePath": "a.php",
"originalStartLine": 3}, "diff": ""}], "killed": [{"mutator": {}}]}"#,
    ),
};

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    stats: Option<Stats>,
    // The lists, which the summary does not have.
    #[serde(default, deserialize_with = "nullable")]
    escaped: Vec<Row>,
    #[serde(default, deserialize_with = "nullable")]
    timeouted: Vec<Row>,
    #[serde(default, deserialize_with = "nullable")]
    killed: Vec<Row>,
    #[serde(
        default,
        rename = "killedByStaticAnalysis",
        deserialize_with = "nullable"
    )]
    killed_by_analysis: Vec<Row>,
    #[serde(default, deserialize_with = "nullable")]
    errored: Vec<Row>,
    #[serde(default, rename = "syntaxErrors", deserialize_with = "nullable")]
    syntax_errors: Vec<Row>,
    #[serde(default, deserialize_with = "nullable")]
    uncovered: Vec<Row>,
    #[serde(default, deserialize_with = "nullable")]
    ignored: Vec<Row>,
}

#[derive(Deserialize)]
struct Stats {
    #[serde(rename = "totalMutantsCount")]
    total: Count,
    #[serde(rename = "killedCount")]
    killed: Count,
    #[serde(default, rename = "killedByStaticAnalysisCount")]
    killed_by_analysis: Count,
    #[serde(default, rename = "notCoveredCount")]
    not_covered: Count,
    #[serde(rename = "escapedCount")]
    escaped: Count,
    #[serde(default, rename = "errorCount")]
    errored: Count,
    #[serde(default, rename = "syntaxErrorCount")]
    syntax_errors: Count,
    #[serde(default, rename = "skippedCount")]
    skipped: Count,
    #[serde(default, rename = "ignoredCount")]
    ignored: Count,
    #[serde(default, rename = "timeOutCount")]
    timed_out: Count,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default, deserialize_with = "nullable")]
    mutator: Mutator,
}

#[derive(Deserialize, Default)]
struct Mutator {
    #[serde(default, rename = "mutatorName")]
    name: Text,
    #[serde(default, rename = "originalFilePath")]
    path: Text,
    #[serde(default, rename = "originalStartLine")]
    line: Count,
}

impl Format for Infection {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let counts = ["totalMutantsCount", "killedCount"];
        document.look.json().is_some_and(|shape| {
            shape.has(&counts)
                || counts
                    .iter()
                    .all(|key| shape.inner.contains(&format!("stats.{key}")))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let log: Log = document.json()?;
        let at_root;
        let stats = if let Some(stats) = &log.stats {
            stats
        } else {
            at_root = document.json()?;
            &at_root
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("Infection".to_owned());
        log.items(document, &mut reading);
        let tally = tally(stats, &log, &mut reading)?;
        tally.settle(&mut reading);
        Ok(reading)
    }
}

impl Log {
    /// Each list with its name and how its mutants ended.
    fn each(&self) -> [(&'static str, &[Row], Fate); 8] {
        [
            ("escaped", &self.escaped, Fate::Survived),
            ("timeouted", &self.timeouted, Fate::Timeout),
            ("killed", &self.killed, Fate::Killed),
            (
                "killedByStaticAnalysis",
                &self.killed_by_analysis,
                Fate::Killed,
            ),
            ("errored", &self.errored, Fate::Error),
            ("syntaxErrors", &self.syntax_errors, Fate::Error),
            ("uncovered", &self.uncovered, Fate::NoCoverage),
            ("ignored", &self.ignored, Fate::Ignored),
        ]
    }

    fn items(&self, document: &Document<'_>, reading: &mut Reading) {
        for (list, rows, fate) in self.each() {
            for (at, row) in rows.iter().enumerate() {
                let source = Source::pointer(document.path, format!("/{list}/{at}"));
                let item = Item::new(&MUTATION_MUTANT, source)
                    .with("path", row.mutator.path.0.clone())
                    .with("line", row.mutator.line.0)
                    .with("name", row.mutator.name.0.clone())
                    .with("status", fate.name());
                reading.items.push(item);
            }
        }
    }
}

/// The counts, from the lists where they hold anything and else from the stats: the summary has no
/// lists, and the log leaves out those that its options leave out.
fn tally(stats: &Stats, log: &Log, reading: &mut Reading) -> Result<Tally, ParseError> {
    let must = |count: Count, name: &str| {
        let says = format!("expected a count under {name}, found none");
        count.0.ok_or_else(|| ParseError::whole(says))
    };
    let may = |count: Count| count.0.unwrap_or(0);
    let mut counts = Counts::default();
    let killed = must(stats.killed, "killedCount")?;
    let escaped = must(stats.escaped, "escapedCount")?;
    let killed_by_analysis = may(stats.killed_by_analysis);
    let errored = counts.of("errored", may(stats.errored), &log.errored);
    let syntax = counts.of("syntaxErrors", may(stats.syntax_errors), &log.syntax_errors);
    let ignored = counts.of("ignored", may(stats.ignored), &log.ignored);
    let mut tally = Tally {
        killed: counts
            .of("killed", killed, &log.killed)
            .saturating_add(counts.of(
                "killedByStaticAnalysis",
                killed_by_analysis,
                &log.killed_by_analysis,
            )),
        survived: counts.of("escaped", escaped, &log.escaped),
        timeout: counts.of("timeouted", may(stats.timed_out), &log.timeouted),
        no_coverage: counts.of("uncovered", may(stats.not_covered), &log.uncovered),
        ignored: ignored.saturating_add(may(stats.skipped)),
        errors: errored.saturating_add(syntax),
        ..Tally::default()
    };
    counts.say(reading);
    let total = must(stats.total, "totalMutantsCount")?;
    let named = tally.total();
    if named > total {
        let why = format!("The outcomes add up to {named}, but the total says {total}.");
        reading.lower(ReadingState::Incomplete, why);
    }
    tally.pending = total.saturating_sub(named);
    Ok(tally)
}

/// What the stats and the lists say of the same mutants.
#[derive(Default)]
struct Counts {
    differ: Vec<String>,
}

impl Counts {
    /// The length of a list that holds anything, else what the stats say.
    fn of(&mut self, list: &str, declared: u64, rows: &[Row]) -> u64 {
        let counted = length(rows);
        if counted == 0 || counted == declared {
            return declared;
        }
        self.differ
            .push(format!("{list} {declared} and not {counted}"));
        counted
    }

    fn say(&self, reading: &mut Reading) {
        if !self.differ.is_empty() {
            reading.note(format!(
                "The stats disagree with the lists, which were counted: {}.",
                self.differ.join(", ")
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Reading, ParseError> {
        let document = Document::new("infection-log.json", text.as_bytes());
        assert!(Infection.recognises(&document));
        Infection.read(&document)
    }

    const STATS: &str = r#""totalMutantsCount": 10, "killedCount": 3,
        "killedByStaticAnalysisCount": 1, "notCoveredCount": 1, "escapedCount": 1, "errorCount": 1,
        "syntaxErrorCount": 1, "skippedCount": 1, "ignoredCount": 0, "timeOutCount": 1, "msi": 75"#;

    #[test]
    fn errors_are_outside_though_the_msi_counts_them() {
        for text in [
            format!("{{\"stats\": {{{STATS}}}}}"),
            format!("{{{STATS}}}"),
        ] {
            let reading = read(&text).expect("a reading");
            assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
            assert_eq!(reading.measures["score"].to_string(), "5 of 7");
            assert_eq!(reading.measures["errors"].as_int(), Some(2));
            assert_eq!(reading.measures["ignored"].as_int(), Some(1));
        }
    }

    #[test]
    fn the_lists_win_over_the_stats_and_what_is_missing_is_pending() {
        let row = r#"{"mutator": {"mutatorName": "Plus", "originalFilePath": "src/A.php",
            "originalStartLine": 9}, "diff": "", "processOutput": ""}"#;
        let text = format!("{{\"stats\": {{{STATS}}}, \"killed\": [{row}]}}");
        let reading = read(&text).expect("a reading");
        assert_eq!(reading.measures["killed"].as_int(), Some(2));
        assert_eq!(reading.measures["pending"].as_int(), Some(2));
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert!(reading.notes[0].contains("killed 3 and not 1"));
        assert_eq!(reading.items[0].get("line").as_int(), Some(9));
    }

    #[test]
    fn counts_that_cannot_be_are_never_complete() {
        let more = r#"{"stats": {"totalMutantsCount": 1, "killedCount": 2, "escapedCount": 0}}"#;
        assert_eq!(
            read(more).expect("a reading").state,
            ReadingState::Incomplete
        );
        let none = r#"{"stats": {"totalMutantsCount": 0, "killedCount": 0, "escapedCount": 0}}"#;
        assert_eq!(
            read(none).expect("a reading").state,
            ReadingState::NothingMeasured
        );
        let odd = r#"{"stats": {"totalMutantsCount": 1, "killedCount": -2, "escapedCount": 0}}"#;
        assert!(read(odd).is_err());
    }
}
