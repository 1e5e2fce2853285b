//! Semgrep's JSON report (`--json`), which Opengrep writes too.
//!
//! `errors` names what could not be looked at, warnings included: a file that was parsed in part was
//! searched in part. Rules about secrets quote them in `extra.lines`, in metavariables, messages and
//! fixes.

use serde::Deserialize;

use super::semgrep_secrets::redacted;
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::{counted, length};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Shape, Text, nullable};
use crate::parse::lists::Texts;

/// Semgrep's JSON report.
pub(in crate::collect::reports) struct Semgrep;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "semgrep",
    usual_names: &["semgrep*.json", "*.semgrep.json", "*-semgrep.json"],
    about: "Semgrep and Opengrep write it with `--json`.",
    sample: (
        "semgrep.json",
        r#"{"version": "1.97.0", "results": [{"check_id": "generic.secrets.a", "path": "a.py",
        "start": {"line": 1, "col": 1}, "end": {"line": 1, "col": 9}, "extra": {"message": "m",
        "severity": "ERROR", "lines": "x", "metadata": {"cwe": ["CWE-798: y"]}}}], "errors": [],
        "paths": {"scanned": ["a.py"]}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    version: Text,
    results: Option<Vec<Finding>>,
    #[serde(default, deserialize_with = "nullable")]
    errors: Vec<Failure>,
    #[serde(default, deserialize_with = "nullable")]
    paths: Paths,
    #[serde(default, deserialize_with = "nullable")]
    skipped_rules: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Paths {
    scanned: Option<Vec<serde::de::IgnoredAny>>,
    /// Only there with `--verbose`.
    #[serde(deserialize_with = "nullable")]
    skipped: Vec<Skipped>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Skipped {
    path: Text,
    reason: Text,
}

impl Skipped {
    /// Whether somebody decided so, or it is no source. Anything else was to be scanned and was
    /// not.
    fn is_meant(&self) -> bool {
        const REASONS: [&str; 11] = [
            "always_skipped",
            "binary",
            "cli_exclude_flags_match",
            "cli_include_flags_do_not_match",
            "dotfile",
            "excluded_by_config",
            "gitignore_patterns_match",
            "irrelevant_rule",
            "minified",
            "semgrepignore_patterns_match",
            "wrong_language",
        ];
        self.reason.said().is_some_and(|it| REASONS.contains(&it))
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Failure {
    /// A word, or a list that begins with one.
    #[serde(rename = "type")]
    what: Texts,
    path: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Finding {
    check_id: Text,
    path: Text,
    #[serde(deserialize_with = "nullable")]
    start: Start,
    #[serde(deserialize_with = "nullable")]
    extra: Extra,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Start {
    line: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Extra {
    message: Text,
    severity: Text,
    is_ignored: Option<bool>,
    #[serde(deserialize_with = "nullable")]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    cwe: Texts,
    technology: Texts,
}

impl Finding {
    fn quotes(&self) -> bool {
        let metadata = &self.extra.metadata;
        let mut words = metadata.cwe.0.iter().chain(&metadata.technology.0);
        self.check_id.said().is_some_and(about_secrets) || words.any(|word| about_secrets(word))
    }
}

fn is_semgrep(shape: &Shape) -> bool {
    let listed = shape.has_inner(&["results.check_id"])
        && (shape.has_inner(&["results.extra"]) || shape.broken.is_some());
    let clean = shape.has(&["results", "errors"]) && shape.has_inner(&["paths.scanned"]);
    listed || clean
}

/// Early versions wrote nothing but two lists, which are empty when clean.
fn is_bare(shape: &Shape) -> bool {
    shape.broken.is_none()
        && shape.keys.len() == 2
        && shape.lists.contains("results")
        && shape.lists.contains("errors")
}

impl Format for Semgrep {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            is_semgrep(shape) || (is_bare(shape) && usually_named(&SPEC, document.path))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document
            .json()
            .map_err(|error| redact::neutral(&error, "the values of a Semgrep report"))?;
        let Some(results) = &report.results else {
            return Err(ParseError::whole("expected a list of results, found none"));
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("semgrep".to_owned());
        reading.tool_version = report.version.said().map(str::to_owned);
        take(results, document, &mut reading);
        let quoting: Vec<bool> = results.iter().map(Finding::quotes).collect();
        redact::apply(redacted(&quoting, document), &mut reading);
        settle(&report, results, &mut reading);
        Ok(reading)
    }
}

fn take(results: &[Finding], document: &Document<'_>, reading: &mut Reading) {
    let words = ["error", "warning", "info"];
    let mut rows = Rows::new(&ANALYSIS_FINDING, Some("semgrep"), &words).suppressing();
    for (at, finding) in results.iter().enumerate() {
        let ignored = finding.extra.is_ignored == Some(true);
        let row = Row {
            path: finding.path.said(),
            line: finding.start.line.0,
            rule: finding.check_id.said(),
            severity: finding.extra.severity.said(),
            standing: if ignored {
                Standing::Suppressed
            } else {
                Standing::Active
            },
            message: finding.extra.message.said().filter(|_| !finding.quotes()),
            ..Row::default()
        };
        let source = Source::pointer(document.path, format!("/results/{at}"));
        rows.take(source, &row);
    }
    rows.finish(reading);
}

/// Files that were to be scanned and were not.
fn not_scanned(others: &[&Skipped], reading: &mut Reading) {
    if let Some(first) = others.first() {
        let why = format!(
            "{} not scanned; the first: {}, {}.",
            counted(length(others), "file was", "files were"),
            excerpt(first.path.said().unwrap_or("not named")),
            excerpt(first.reason.said().unwrap_or("without a reason"))
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

fn settle(report: &Report, results: &[Finding], reading: &mut Reading) {
    let skipped = report.paths.skipped.iter();
    let (meant, others): (Vec<_>, Vec<_>) = skipped.partition(|skipped| skipped.is_meant());
    if !meant.is_empty() {
        reading.note(format!(
            "{} left out, as the tool was told.",
            counted(length(&meant), "file was", "files were")
        ));
    }
    if results.is_empty() && report.paths.scanned.is_none() {
        reading.note("The report does not say which files were scanned.");
    }
    not_scanned(&others, reading);
    let rules = length(&report.skipped_rules);
    if rules > 0 {
        let why = format!(
            "{} not run, as this version of the tool does not know what they need.",
            counted(rules, "rule was", "rules were")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if let Some(first) = report.errors.first() {
        let what = first.what.0.first().map_or("not named", String::as_str);
        let place = first.path.said().unwrap_or("no file");
        let why = format!(
            "The tool reports {} of its own; the first: {} in {}.",
            counted(length(&report.errors), "error", "errors"),
            excerpt(what),
            excerpt(place)
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    let scanned = report.paths.scanned.as_ref();
    let finished = reading.state == ReadingState::Complete;
    if finished && results.is_empty() && scanned.is_some_and(Vec::is_empty) {
        let why = "Not one file was scanned.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(members: &str) -> Reading {
        let text = format!("{{\"version\": \"1.9\", {members}}}");
        let document = Document::new("x.json", text.as_bytes());
        assert!(Semgrep.recognises(&document), "{text}");
        Semgrep.read(&document).expect("a reading")
    }

    const FINDING: &str = r#"{"check_id": "a.b", "path": "a.py", "start": {"line": 7},
        "extra": {"message": "m", "severity": "WARNING", "lines": "near()", "metadata": {}}}"#;

    #[test]
    fn errors_skipped_rules_and_nothing_scanned_are_no_clean_scan() {
        let scanned = r#""paths": {"scanned": ["a.py"]}"#;
        let skipped = |reason: &str| {
            format!(
                "\"results\": [], \"errors\": [], \"paths\": {{\"scanned\": [\"a.py\"], \
                 \"skipped\": [{{\"path\": \"b.py\", \"reason\": \"{reason}\"}}]}}"
            )
        };
        for (members, state) in [
            (
                format!("\"results\": [], \"errors\": [], {scanned}"),
                ReadingState::Complete,
            ),
            (
                "\"results\": [], \"errors\": [], \"paths\": {\"scanned\": []}".to_owned(),
                ReadingState::NothingMeasured,
            ),
            (
                format!(
                    "\"results\": [], {scanned}, \"errors\": [{{\"level\": \"warn\", \"type\": \
                     [\"PartialParsing\", [{{\"path\": \"x\"}}]], \"path\": \"a.py\"}}]"
                ),
                ReadingState::Incomplete,
            ),
            (
                format!("\"results\": [], \"errors\": [], {scanned}, \"skipped_rules\": [{{}}]"),
                ReadingState::Incomplete,
            ),
            (
                "\"results\": [], \"errors\": [{\"type\": \"SemgrepError\"}], \"paths\": \
                 {\"scanned\": []}"
                    .to_owned(),
                ReadingState::Incomplete,
            ),
            (skipped("dotfile"), ReadingState::Complete),
            (skipped("exceeded_size_limit"), ReadingState::Incomplete),
        ] {
            assert_eq!(read(&members).state, state, "{members}");
        }
        let early = Document::new("semgrep.json", b"{\"results\": [], \"errors\": []}");
        assert!(Semgrep.recognises(&early));
        let reading = Semgrep.read(&early).expect("a reading");
        assert_eq!(
            (reading.state, reading.notes.len()),
            (ReadingState::Complete, 1)
        );
        let nobody = Document::new("x.json", b"{\"results\": [], \"errors\": []}");
        assert!(!Semgrep.recognises(&nobody));
    }

    #[test]
    fn what_is_ignored_in_the_source_is_suppressed() {
        let ignored = FINDING.replace("\"metadata\"", "\"is_ignored\": true, \"metadata\"");
        let reading = read(&format!(
            "\"results\": [{FINDING}, {ignored}], \"errors\": []"
        ));
        assert_eq!(reading.measures["total"].as_int(), Some(2));
        assert_eq!(reading.measures["active"].as_int(), Some(1));
        assert_eq!(reading.measures["suppressed"].as_int(), Some(1));
        assert_eq!(
            reading.measures["by_severity"].at("warning").as_int(),
            Some(1)
        );
        assert_eq!(reading.items[0].get("message").as_text(), Some("m"));
    }
}
