//! cargo-deny's JSON Lines (`cargo deny --format json check`), which it writes to standard error.
//!
//! One stream holds diagnostics of all four checks, and the code of a diagnostic tells which it is
//! of. The severity is the level of a lint and says nothing of the risk; an advisory that the
//! configuration allows or ignores stays in the stream with the level `note`. The last line is a
//! summary with the checks that ran, so a stream without it is no whole one.

mod model;

use self::model::{Fields, Line};
use super::cvss;
use super::rows::{Row, Status, Tally};
use crate::collect::reports::words::{counted, message};
use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::{excerpt, joined};
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape, parse};

/// cargo-deny's JSON Lines.
pub(in crate::collect::reports) struct CargoDeny;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "cargo-deny",
    usual_names: &[
        "cargo-deny*.json",
        "cargo-deny*.jsonl",
        "cargo_deny*.json",
        "cargo_deny*.jsonl",
    ],
    about: "cargo-deny writes it to standard error with `--format json check`.",
    sample: (
        "cargo-deny.jsonl",
        concat!(
            r#"{"fields":{"code":"vulnerability","severity":"error","advisory":{"id":"R-1"},"#,
            r#""graphs":[{"Krate":{"name":"a","version":"0.7.0"}}]},"type":"diagnostic"}"#,
            "\n",
            r#"{"fields":{"advisories":{"errors":1,"warnings":0}},"type":"summary"}"#,
        ),
    ),
};

/// The codes of the check of advisories that say something of a package and no vulnerability.
const WARNINGS: [&str; 4] = ["notice", "unmaintained", "unsound", "yanked"];

/// Its codes that speak of the configuration and not of a package.
const ABOUT_CONFIGURATION: [&str; 5] = [
    "advisory-ignored",
    "yanked-ignored",
    "advisory-not-detected",
    "yanked-not-detected",
    "unknown-advisory",
];

/// Its codes for a failure to look: whether packages were yanked is then not known.
const FAILURES: [&str; 2] = ["index-failure", "index-cache-load-failure"];

fn is_line(shape: &Shape) -> bool {
    let kind = |word: &str| shape.texts.contains(&format!("type={word}"));
    let has = |field: &str| shape.inner.contains(&format!("fields.{field}"));
    shape.outer == Outer::Object
        && shape
            .keys
            .iter()
            .all(|key| key == "type" || key == "fields")
        && ((kind("diagnostic") && has("severity"))
            || (kind("log") && has("level"))
            || (kind("summary") && ["advisories", "bans", "licenses", "sources"].iter().any(|it| has(it)))
            // The order of the two members differs between versions.
            || (!shape.has(&["type"]) && has("severity") && has("code")))
}

impl Format for CargoDeny {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        match &document.look {
            Look::Json(shape) => is_line(shape),
            // cargo may have said something on standard error before.
            Look::Text => {
                let first = document.head().lines().find(|line| line.starts_with('{'));
                first.is_some_and(|line| is_line(&Shape::of(line)))
            }
            _ => false,
        }
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("cargo-deny".to_owned());
        let mut stream = Stream {
            tally: Tally::default().with_severities().with_suppressed(),
            ..Stream::default()
        };
        document.lines(|number, line| {
            stream.line(number, line, document, &mut reading);
            true
        })?;
        stream.tally.measure(&mut reading);
        stream.settle(&mut reading);
        Ok(reading)
    }
}

/// What was read of the stream.
#[derive(Default)]
struct Stream {
    tally: Tally,
    /// The checks that each summary names, and the errors it counts for advisories.
    summaries: Vec<(Vec<&'static str>, Option<u64>)>,
    /// The diagnostics of the check of advisories that are errors.
    errors: u64,
    /// Diagnostics of the other checks.
    others: u64,
    failures: u64,
    /// Whether a line of the stream was read.
    begun: bool,
    /// Lines before the stream, and lines in it that are not of it.
    before: u64,
    foreign: u64,
    /// The first error of the log.
    logged: Option<String>,
}

impl Stream {
    fn line(&mut self, number: u32, line: &str, document: &Document<'_>, reading: &mut Reading) {
        if line.trim().is_empty() {
            return;
        }
        let Ok(Line { kind, fields }) = parse(line) else {
            // cargo says no line that begins so: it is one of the stream, and damaged.
            let count = if self.begun || line.trim_start().starts_with('{') {
                &mut self.foreign
            } else {
                &mut self.before
            };
            *count += 1;
            return;
        };
        self.begun = true;
        match kind.as_str() {
            "diagnostic" => {
                let source = Source::line(document.path, number);
                self.diagnostic(&fields, source, reading);
            }
            "summary" => self.summaries.push((checks(&fields), errors(&fields))),
            "log" => {
                let level = fields.level.said().unwrap_or_default();
                if level.eq_ignore_ascii_case("error") && self.logged.is_none() {
                    self.logged = Some(fields.message.said().unwrap_or("no message").to_owned());
                }
            }
            _ => self.foreign += 1,
        }
    }

    fn diagnostic(&mut self, fields: &Fields, source: Source, reading: &mut Reading) {
        let code = fields.code.said().unwrap_or_default();
        let level = fields.severity.said().unwrap_or_default();
        let warning = WARNINGS.contains(&code);
        let failure = FAILURES.contains(&code);
        let known = warning || failure || code == "vulnerability";
        if !known {
            self.others += u64::from(!ABOUT_CONFIGURATION.contains(&code));
            return;
        }
        self.errors += u64::from(level == "error");
        if failure {
            self.failures += 1;
            return;
        }
        let status = if matches!(level, "note" | "help") {
            Status::Suppressed
        } else {
            Status::Active
        };
        let row = row(fields, status);
        if warning {
            self.tally.warn(code, row.package);
        } else {
            self.tally.add(reading, source, &row);
        }
    }
}

fn row(fields: &Fields, status: Status) -> Row<'_> {
    let package = fields
        .graphs
        .first()
        .and_then(|graph| graph.package.as_ref());
    let span = fields.labels.first().and_then(|label| label.span.said());
    let mut span = span.unwrap_or_default().split(' ');
    let spanned = span.next().filter(|name| !name.is_empty());
    let advisory = fields.advisory.as_ref();
    Row {
        package: package
            .and_then(|package| package.name.said())
            .or(spanned)
            .or_else(|| advisory?.package.said()),
        version: package
            .and_then(|package| package.version.said())
            .or_else(|| span.next()),
        id: advisory.and_then(|advisory| advisory.id.said()),
        aliases: advisory
            .map(|advisory| advisory.aliases.said().map(str::to_owned).collect())
            .unwrap_or_default(),
        severity: fields.severity.said(),
        // The level of a lint is no rating of the risk.
        rank: advisory
            .and_then(|advisory| cvss::rank(advisory.cvss.said()?))
            .or(Some("unknown")),
        status,
        ..Row::default()
    }
}

fn checks(fields: &Fields) -> Vec<&'static str> {
    let ran = [
        ("advisories", fields.advisories.is_some()),
        ("bans", fields.bans.is_some()),
        ("licenses", fields.licenses.is_some()),
        ("sources", fields.sources.is_some()),
    ];
    ran.into_iter()
        .filter(|(_, ran)| *ran)
        .map(|(name, _)| name)
        .collect()
}

fn errors(fields: &Fields) -> Option<u64> {
    fields.advisories.as_ref().and_then(|stats| stats.errors.0)
}

impl Stream {
    fn settle(&self, reading: &mut Reading) {
        let ran = self
            .summaries
            .iter()
            .any(|(checks, _)| checks.contains(&"advisories"));
        if self.tally.entries() == 0 && ran {
            reading.note("No vulnerability stands; the stream does not say how many packages were looked at.");
        }
        if self.others > 0 {
            reading.note(format!(
                "The stream also holds {} of checks that are not about advisories.",
                counted(self.others, "diagnostic", "diagnostics")
            ));
        }
        let foreign = |count| counted(count, "line is", "lines are");
        if self.before > 0 {
            reading.note(format!(
                "{} not JSON before the stream begins.",
                foreign(self.before)
            ));
        }
        match self.summaries.as_slice() {
            [] => reading.lower(
                ReadingState::Incomplete,
                "The stream has no summary, with which cargo-deny ends; what came after the last \
                 line is not known.",
            ),
            [(checks, declared)] => {
                if !checks.contains(&"advisories") {
                    let ran = joined(checks, "and");
                    let why = format!("The run did not check advisories; it checked {ran}.");
                    reading.lower(ReadingState::NothingMeasured, why);
                }
                if checks.contains(&"advisories") && declared.is_none() {
                    let why = "The summary does not count the errors of advisories.";
                    reading.lower(ReadingState::Incomplete, why);
                }
                if let Some(declared) = declared.filter(|declared| *declared > self.errors) {
                    let why = format!(
                        "The summary counts {declared} errors of advisories, and {} in the stream.",
                        counted(self.errors, "stands", "stand")
                    );
                    reading.lower(ReadingState::Incomplete, why);
                }
            }
            several => {
                let why = format!("{} summaries stand in one stream.", several.len());
                reading.lower(ReadingState::Incomplete, why);
            }
        }
        self.settle_failures(reading);
    }

    fn settle_failures(&self, reading: &mut Reading) {
        if self.failures > 0 {
            reading.lower(
                ReadingState::Incomplete,
                "The index could not be read, so it is not known which packages were yanked.",
            );
        }
        if let Some(logged) = &self.logged {
            let why = format!("cargo-deny logged an error: {}.", excerpt(&message(logged)));
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.foreign > 0 {
            let lines = counted(self.foreign, "line is", "lines are");
            let why = format!("{lines} no part of a stream of cargo-deny.");
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &str =
        r#"{"type":"summary","fields":{"advisories":{"errors":1},"bans":{"errors":0}}}"#;

    fn line(code: &str, level: &str, id: &str) -> String {
        format!(
            r#"{{"type":"diagnostic","fields":{{"code":"{code}","severity":"{level}","message":"m",
            "advisory":{{"id":"{id}","aliases":["CVE-1"]}},"labels":[{{"span":"b 2.0 registry"}}]}}}}"#
        )
        .replace('\n', " ")
    }

    fn read(lines: &[&str]) -> Reading {
        let text = lines.join("\n");
        let document = Document::new("deny.jsonl", text.as_bytes());
        assert!(CargoDeny.recognises(&document), "{text}");
        CargoDeny.read(&document).expect("a reading")
    }

    #[test]
    fn an_advisory_that_the_configuration_allows_is_suppressed() {
        let reading = read(&[
            &line("vulnerability", "error", "R-1"),
            &line("vulnerability", "note", "R-2"),
            &line("advisory-ignored", "note", ""),
            &line("yanked", "warning", ""),
            &line("rejected", "error", ""),
            SUMMARY,
        ]);
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let statuses: Vec<_> = reading
            .items
            .iter()
            .map(|it| it.get("status").to_string())
            .collect();
        assert_eq!(statuses, ["active", "suppressed"]);
        assert!(
            reading.notes[0].ends_with("1 yanked (b)."),
            "{:?}",
            reading.notes
        );
        assert_eq!(reading.measures["unique"].as_int(), Some(1));
        assert_eq!(reading.items[0].get("package").as_text(), Some("b"));
        assert_eq!(reading.items[0].get("version").as_text(), Some("2.0"));
        assert_eq!(reading.items[0].get("rank").as_text(), Some("unknown"));
        assert_eq!(reading.items[1].source, Source::line("deny.jsonl", 2));
        assert!(reading.notes[1].contains("1 diagnostic of checks"));
    }

    #[test]
    fn a_stream_without_its_end_is_incomplete() {
        let found = line("vulnerability", "error", "R-1");
        assert_eq!(read(&[&found]).state, ReadingState::Incomplete);
        assert_eq!(
            read(&[SUMMARY]).state,
            ReadingState::Incomplete,
            "an error is missing"
        );
        assert_eq!(
            read(&[&found, SUMMARY, SUMMARY]).state,
            ReadingState::Incomplete
        );
        let log = r#"{"type":"log","fields":{"level":"ERROR","message":"no database"}}"#;
        let failed = read(&[log]);
        assert!(failed.notes.iter().any(|note| note.contains("no database")));
        let foreign = read(&[&found, "thread 'main' panicked", SUMMARY]);
        assert_eq!(foreign.state, ReadingState::Incomplete);
        let damaged = found.replacen("\"id\":", "\"id\":,", 1);
        let uncounted = SUMMARY.replacen("errors", "mistakes", 1);
        let log = r#"{"type":"log","fields":{"level":"INFO","message":"m"}}"#;
        for summary in [SUMMARY, &uncounted] {
            let text = [log, &damaged, summary].join("\n");
            let inside = CargoDeny.read(&Document::new("x", text.as_bytes()));
            let first = [damaged.as_str(), log, summary].join("\n");
            let first = CargoDeny.read(&Document::new("x", first.as_bytes()));
            for reading in [inside, first] {
                let state = reading.expect("a reading").state;
                assert_eq!(
                    state,
                    ReadingState::Incomplete,
                    "a finding that cannot be read"
                );
            }
        }
        let uncounted = read(&[&found, &uncounted]);
        assert_eq!(uncounted.state, ReadingState::Incomplete);
        let before = read(&["    Updating crates.io index", &found, SUMMARY]);
        assert_eq!(before.state, ReadingState::Complete, "{:?}", before.notes);
    }

    #[test]
    fn a_run_without_the_check_of_advisories_measures_nothing() {
        let reading = read(&[r#"{"type":"summary","fields":{"bans":{"errors":0}}}"#]);
        assert_eq!(reading.state, ReadingState::NothingMeasured);
        assert_eq!(
            reading.notes,
            ["The run did not check advisories; it checked bans."]
        );
    }
}
