//! bandit's JSON report (`bandit -f json`).
//!
//! `results` lists what stands; a line with `nosec` leaves no trace but a count. A file that could
//! not be read or parsed is in `errors`, and the scan is then not a scan of everything.

use serde::Deserialize;

use crate::collect::reports::findings::Findings;
use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact;
use crate::collect::reports::severity::rank;
use crate::collect::reports::words::{counted, length, message, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Pairs, Text, nullable};
use crate::parse::rewrite::{Scalar, Step};

/// bandit's JSON report.
pub(in crate::collect::reports) struct Bandit;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "bandit",
    usual_names: &["bandit*.json"],
    about: "bandit writes it with `-f json`.",
    sample: (
        "bandit.json",
        r#"{"errors": [], "generated_at": "2026-11-22T15:50:22Z", "metrics": {"_totals":
        {"loc": 9, "nosec": 0}}, "results": [{"filename": "a.py", "issue_severity": "LOW",
        "issue_text": "'x'", "line_number": 1, "test_id": "B105"}]}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, deserialize_with = "nullable")]
    errors: Vec<Failure>,
    #[serde(default)]
    generated_at: Text,
    #[serde(default, deserialize_with = "nullable")]
    metrics: Pairs<Metrics>,
    results: Option<Vec<Finding>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Failure {
    filename: Text,
    reason: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metrics {
    loc: Count,
    nosec: Count,
    skipped_tests: Count,
    #[serde(rename = "SEVERITY.HIGH")]
    high: Count,
    #[serde(rename = "SEVERITY.MEDIUM")]
    medium: Count,
    #[serde(rename = "SEVERITY.LOW")]
    low: Count,
    #[serde(rename = "SEVERITY.UNDEFINED")]
    undefined: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Finding {
    filename: Text,
    issue_severity: Text,
    issue_text: Text,
    line_number: Count,
    more_info: Text,
    test_id: Text,
}

impl Finding {
    fn quotes(&self) -> bool {
        self.test_id.said().is_some_and(about_secrets)
    }
}

impl Format for Bandit {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.has(&["errors", "generated_at"])
                && (shape.has(&["metrics"]) || shape.broken.is_some())
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document
            .json()
            .map_err(|error| redact::neutral(&error, "the values of a bandit report"))?;
        let Some(results) = &report.results else {
            let says = "expected a list of results, found none";
            return Err(ParseError::whole(says));
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("bandit".to_owned());
        reading.tool_version = results.iter().find_map(version).map(str::to_owned);
        set_produced(&mut reading, report.generated_at.said().unwrap_or(""));
        take(results, document, &mut reading);
        hide(results, document, &mut reading);
        settle(&report, results, &mut reading);
        Ok(reading)
    }
}

/// The version stands in the links to the rules' descriptions, unless they say `latest`.
fn version(finding: &Finding) -> Option<&str> {
    let (_, rest) = finding.more_info.said()?.split_once("/en/")?;
    let version = rest.split('/').next()?;
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(version)
}

fn take(results: &[Finding], document: &Document<'_>, reading: &mut Reading) {
    let mut findings = Findings::with_severities(&["low", "medium", "high", "undefined"]);
    for (at, finding) in results.iter().enumerate() {
        let severity = finding.issue_severity.said().unwrap_or("undefined");
        findings.total += 1;
        findings.active += 1;
        findings.severity(severity);
        let says = finding.issue_text.said().filter(|_| !finding.quotes());
        let source = Source::pointer(document.path, format!("/results/{at}"));
        let item = Item::new(&ANALYSIS_FINDING, source)
            .with("path", finding.filename.said())
            .with("line", finding.line_number.0)
            .with("tool", "bandit")
            .with("rule", finding.test_id.said())
            .with("severity", severity.to_lowercase())
            .with("rank", rank(severity))
            .with("status", "active")
            .with("message", says.map(message));
        reading.items.push(item);
    }
    findings.measure(reading);
}

/// Takes out the passwords that the rules for hard-coded passwords quote, and the lines of all
/// findings, as those around another may be the same.
fn hide(results: &[Finding], document: &Document<'_>, reading: &mut Reading) {
    if !results.iter().any(Finding::quotes) {
        return;
    }
    let redacted = redact::json(
        "bandit-json/v1",
        document.text(),
        |path, scalar| match path {
            [Step::Key(list), Step::Item(at), Step::Key(field), ..] if list == "results" => {
                let quotes = results.get(*at).is_none_or(Finding::quotes);
                match field.as_str() {
                    "code" => Some("code"),
                    "issue_text" if quotes => Some("issue_text"),
                    field if quotes && !harmless(field, scalar) => Some("other"),
                    _ => None,
                }
            }
            _ => None,
        },
    );
    redact::apply(redacted, reading);
}

/// Values of a finding that say which rule found it and where.
fn harmless(field: &str, scalar: Scalar) -> bool {
    const FIELDS: [&str; 7] = [
        "filename",
        "issue_confidence",
        "issue_cwe",
        "issue_severity",
        "more_info",
        "test_id",
        "test_name",
    ];
    scalar == Scalar::Number || FIELDS.contains(&field)
}

fn settle(report: &Report, results: &[Finding], reading: &mut Reading) {
    let totals = report
        .metrics
        .0
        .iter()
        .find(|(name, _)| name == "_totals")
        .map(|(_, totals)| totals);
    if let Some(totals) = totals {
        compare(totals, length(results), reading);
    }
    let scanned = totals.and_then(|totals| totals.loc.0);
    if let Some(first) = report.errors.first() {
        let why = format!(
            "{} not scanned; the first, {}: {}.",
            counted(length(&report.errors), "file was", "files were"),
            excerpt(first.filename.said().unwrap_or("not named")),
            excerpt(first.reason.said().unwrap_or("no reason")).trim_end_matches('.')
        );
        reading.lower(ReadingState::Incomplete, why);
    } else if scanned == Some(0) && results.is_empty() {
        let why = "Not one line of code was scanned.";
        reading.lower(ReadingState::NothingMeasured, why);
    } else if scanned.is_none() {
        let why = "The report does not say how many lines were scanned.";
        reading.lower(ReadingState::Incomplete, why);
    }
}

/// Says where the totals disagree with the results, and what was left out on purpose.
fn compare(totals: &Metrics, results: u64, reading: &mut Reading) {
    let declared = [totals.high, totals.medium, totals.low, totals.undefined]
        .into_iter()
        .map(|count| count.0)
        .try_fold(0_u64, |sum, count| sum.checked_add(count?));
    if let Some(declared) = declared
        && declared != results
    {
        reading.note(format!(
            "The totals say {}; the report lists {results}. The list was counted.",
            counted(declared, "finding", "findings")
        ));
    }
    for (count, what) in [
        (totals.nosec, "nosec"),
        (totals.skipped_tests, "nosec with a rule"),
    ] {
        if let Some(count) = count.0.filter(|count| *count > 0) {
            reading.note(format!(
                "{} left out by {what}.",
                counted(count, "line was", "lines were")
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(errors: &str, loc: &str, results: &str) -> Reading {
        let text = format!(
            r#"{{"errors": [{errors}], "generated_at": "2026-11-22T15:50:22Z",
            "metrics": {{"_totals": {{"loc": {loc}, "nosec": 1}}}}, "results": [{results}]}}"#
        );
        let document = Document::new("bandit.json", text.as_bytes());
        assert!(Bandit.recognises(&document));
        Bandit.read(&document).expect("a reading")
    }

    const FINDING: &str = r#"{"filename": "a.py", "issue_severity": "HIGH", "line_number": 7,
        "issue_text": "Bad.", "test_id": "B602", "code": "7 run()",
        "more_info": "https://bandit.readthedocs.io/en/1.9.4/plugins/b602.html"}"#;

    #[test]
    fn findings_are_counted_by_severity() {
        let reading = read("", "12", FINDING);
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["by_severity"].at("high").as_int(), Some(1));
        assert_eq!(reading.tool_version.as_deref(), Some("1.9.4"));
        assert_eq!(reading.items[0].get("rank").as_text(), Some("high"));
        assert!(reading.redacted.is_none());
    }

    #[test]
    fn a_file_that_was_not_scanned_makes_it_incomplete() {
        let error = r#"{"filename": "b.py", "reason": "syntax error while parsing AST"}"#;
        assert_eq!(read(error, "12", "").state, ReadingState::Incomplete);
        assert_eq!(read("", "0", "").state, ReadingState::NothingMeasured);
        assert_eq!(read("", "null", "").state, ReadingState::Incomplete);
    }

    #[test]
    fn a_quoted_password_reaches_nothing() {
        let planted = "hunter2-planted";
        let finding = FINDING
            .replace("B602", "B105")
            .replace("Bad.", &format!("Possible hardcoded password: '{planted}'"))
            .replace("run()", planted);
        let near = FINDING.replace("run()", planted);
        let reading = read("", "12", &format!("{finding}, {near}"));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        assert!(!String::from_utf8(bytes).expect("text").contains(planted));
        assert!(!format!("{:?} {:?}", reading.items, reading.notes).contains(planted));
        assert_eq!(reading.measures["total"].as_int(), Some(2));
    }
}
