//! gosec's JSON report (`-fmt json`).
//!
//! `Golang errors` lists packages that could not be type-checked, and were not searched. `code`
//! quotes the source around a finding, hard-coded credentials included.

use serde::Deserialize;

use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::{compare, counted, length};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Pairs, Text, nullable};
use crate::parse::rewrite::{Scalar, Step};

/// gosec's JSON report.
pub(in crate::collect::reports) struct Gosec;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "gosec",
    usual_names: &["gosec*.json", "*.gosec.json", "*-gosec.json"],
    about: "gosec writes it with `-fmt json`.",
    sample: (
        "gosec.json",
        r#"{"Golang errors": {}, "Issues": [{"severity": "HIGH", "confidence": "LOW",
        "rule_id": "G101", "details": "Potential hardcoded credentials", "file": "a.go",
        "code": "7: x", "line": "7", "suppressions": null}], "Stats": {"files": 3, "lines": 90,
        "nosec": 0, "found": 1}, "GosecVersion": "2.22.3"}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, rename = "Golang errors")]
    errors: Errors,
    /// `null` when there are none.
    #[serde(default, rename = "Issues", deserialize_with = "nullable")]
    issues: Vec<Issue>,
    #[serde(rename = "Stats")]
    stats: Option<Stats>,
    #[serde(default, rename = "GosecVersion")]
    version: Text,
}

/// By file; anything else says nothing.
#[derive(Deserialize)]
#[serde(untagged)]
enum Errors {
    ByFile(Pairs<serde::de::IgnoredAny>),
    Other(serde::de::IgnoredAny),
}

impl Default for Errors {
    fn default() -> Self {
        Self::Other(serde::de::IgnoredAny)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Stats {
    files: Count,
    nosec: Count,
    found: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Issue {
    severity: Text,
    rule_id: Text,
    details: Text,
    file: Text,
    /// A line, or the first and last of several: `82-84`.
    line: Text,
    nosec: Option<bool>,
    #[serde(deserialize_with = "nullable")]
    suppressions: Vec<Suppression>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Suppression {
    justification: Text,
}

impl Issue {
    fn quotes(&self) -> bool {
        self.is_of_a_rule_that_quotes() || self.details.said().is_some_and(about_secrets)
    }

    fn is_of_a_rule_that_quotes(&self) -> bool {
        self.rule_id.said().is_some_and(about_secrets)
    }

    fn is_suppressed(&self) -> bool {
        !self.suppressions.is_empty() || self.nosec == Some(true)
    }
}

impl Format for Gosec {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let whole = shape.has(&["Issues", "Stats"]) && shape.has_inner(&["Stats.found"]);
            let cut = shape.broken.is_some()
                && (shape.has(&["Golang errors"]) || shape.has_inner(&["Issues.rule_id"]));
            whole || cut
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document
            .json()
            .map_err(|error| redact::neutral(&error, "the values of a gosec report"))?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("gosec".to_owned());
        reading.tool_version = report.version.said().map(str::to_owned);
        let active = take(&report.issues, document, &mut reading);
        hide(&report.issues, document, &mut reading);
        settle(&report, active, &mut reading);
        Ok(reading)
    }
}

fn take(issues: &[Issue], document: &Document<'_>, reading: &mut Reading) -> u64 {
    let words = ["high", "medium", "low"];
    let mut rows = Rows::new(&ANALYSIS_FINDING, Some("gosec"), &words).suppressing();
    for (at, issue) in issues.iter().enumerate() {
        let quotes = issue.quotes();
        let line = issue.line.said().and_then(|line| line.split('-').next());
        let mut why = issue.suppressions.iter();
        let why = why.find_map(|suppression| suppression.justification.said());
        let row = Row {
            path: issue.file.said(),
            line: line.and_then(|line| line.trim().parse().ok()),
            rule: issue.rule_id.said(),
            severity: issue.severity.said(),
            standing: if issue.is_suppressed() {
                Standing::Suppressed
            } else {
                Standing::Active
            },
            justification: why.filter(|_| !quotes),
            message: issue.details.said().filter(|_| !quotes),
            ..Row::default()
        };
        rows.take(
            Source::pointer(document.path, format!("/Issues/{at}")),
            &row,
        );
    }
    let active = rows.active();
    rows.finish(reading);
    active
}

fn hide(issues: &[Issue], document: &Document<'_>, reading: &mut Reading) {
    if !issues.iter().any(Issue::quotes) {
        return;
    }
    let redacted = redact::json(
        "gosec-json/v1",
        document.text(),
        |path, scalar| match path {
            [Step::Key(list), Step::Item(at), Step::Key(field), rest @ ..] if list == "Issues" => {
                let issue = issues.get(*at);
                // The lines around another finding may be those of the secret.
                let hidden = field == "code"
                    || (issue.is_none_or(Issue::quotes) && !harmless(issue, field, rest, scalar));
                hidden.then(|| name(field))
            }
            _ => None,
        },
    );
    redact::apply(redacted, reading);
}

/// Values of an issue that say which rule found it and where. `details` names the rule, unless the
/// rule is one that quotes.
fn harmless(issue: Option<&Issue>, field: &str, rest: &[Step], scalar: Scalar) -> bool {
    const FIELDS: [&str; 7] = [
        "severity",
        "confidence",
        "cwe",
        "rule_id",
        "file",
        "line",
        "column",
    ];
    let names_the_rule = || issue.is_some_and(|issue| !issue.is_of_a_rule_that_quotes());
    scalar == Scalar::Number
        || FIELDS.contains(&field)
        || (field == "details" && names_the_rule())
        || (field == "suppressions" && rest.last().and_then(Step::key) == Some("kind"))
}

/// The member a value is counted under.
fn name(field: &str) -> &'static str {
    let known = ["code", "details", "autofix", "suppressions"].into_iter();
    known.into_iter().find(|it| *it == field).unwrap_or("other")
}

fn settle(report: &Report, active: u64, reading: &mut Reading) {
    let Some(stats) = &report.stats else {
        let why = "The report does not say how many files were looked at.";
        reading.lower(ReadingState::Incomplete, why);
        return;
    };
    if let Some(nosec) = stats.nosec.0.filter(|nosec| *nosec > 0) {
        reading.note(format!(
            "{} left out by nosec.",
            counted(nosec, "line was", "lines were")
        ));
    }
    let nouns = ("finding that stands", "findings that stand");
    let stated = "The statistics count";
    compare(reading, stated, stats.found.0, active, nouns);
    if let Errors::ByFile(Pairs(files)) = &report.errors
        && let Some((first, _)) = files.first()
    {
        let why = format!(
            "{} could not be loaded as Go; the first: {}.",
            counted(length(files), "file", "files"),
            excerpt(first)
        );
        reading.lower(ReadingState::Incomplete, why);
    } else if stats.files.0 == Some(0) && report.issues.is_empty() {
        let why = "Not one file was looked at.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(errors: &str, issues: &str, files: u32) -> Reading {
        let text = format!(
            r#"{{"Golang errors": {errors}, "Issues": {issues}, "Stats": {{"files": {files},
            "lines": 9, "nosec": 1, "found": 0}}, "GosecVersion": "dev"}}"#
        );
        let document = Document::new("x.json", text.as_bytes());
        assert!(Gosec.recognises(&document));
        Gosec.read(&document).expect("a reading")
    }

    #[test]
    fn suppressed_issues_are_counted_apart() {
        let reading = read(
            "{}",
            r#"[{"severity": "LOW", "rule_id": "G104", "details": "d", "file": "a.go",
             "line": "8-9"}, {"severity": "HIGH", "rule_id": "G204", "details": "d",
             "line": 3, "suppressions": [{"kind": "inSource", "justification": "why"}]},
             {"rule_id": "G1", "nosec": true}]"#,
            1,
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["suppressed"].as_int(), Some(2));
        assert_eq!(reading.measures["by_severity"].at("low").as_int(), Some(1));
        assert_eq!(reading.items[0].get("line").as_int(), Some(8));
        assert_eq!(reading.items[1].get("justification").as_text(), Some("why"));
    }

    #[test]
    fn packages_that_were_not_loaded_make_it_incomplete() {
        let broken = r#"{"/a.go": [{"line": 1, "error": "expected"}]}"#;
        let reading = read(broken, "[]", 2);
        assert_eq!(reading.state, ReadingState::Incomplete);
        let last = reading.notes.last().expect("a reason");
        assert!(last.contains("could not be loaded"), "{last}");
        assert_eq!(read("{}", "null", 0).state, ReadingState::NothingMeasured);
        assert_eq!(read("\"\"", "null", 4).state, ReadingState::Complete);
        let text = br#"{"Issues": null, "Stats": {"files": 4, "found": 2}}"#;
        let document = Document::new("x.json", text);
        let fewer = Gosec.read(&document).expect("a reading");
        assert_eq!(fewer.state, ReadingState::Incomplete);
    }

    #[test]
    fn a_quoted_credential_reaches_nothing() {
        let planted = "planted-0005";
        let issues = format!(
            r#"[{{"severity": "HIGH", "rule_id": "G101", "details": "Potential hardcoded
             credentials", "code": "{planted}", "autofix": "{planted}", "line": "1",
             "suppressions": [{{"kind": "inSource", "justification": "{planted}"}}]}},
             {{"rule_id": "G104", "severity": "LOW", "details": "d", "code": "{planted}"}}]"#
        )
        .replace('\n', " ");
        let reading = read("{}", &issues, 1);
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(!format!("{:?} {without}", reading.items).contains(planted));
        assert_eq!(reading.items[1].get("message").as_text(), Some("d"));
    }
}
