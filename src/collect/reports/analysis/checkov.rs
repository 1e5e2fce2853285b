//! Checkov's JSON report (`-o json`): one object for a framework, a list of them for several, and
//! bare zeros when nothing was scanned.
//!
//! Its check for secrets quotes lines of source, and names a secret by an unsalted digest of it.

use serde::Deserialize;

use super::checkov_secrets::{quotes, redacted};
use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::{compare, counted, length};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Shape, Text, nullable};

/// Checkov's JSON report.
pub(in crate::collect::reports) struct Checkov;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "checkov",
    usual_names: &[
        "checkov*.json",
        "*.checkov.json",
        "*-checkov.json",
        "results_json.json",
    ],
    about: "Checkov writes it with `-o json`.",
    sample: (
        "checkov.json",
        r#"[{"check_type": "secrets", "results": {"passed_checks": [], "failed_checks": [
        {"check_id": "CKV_SECRET_2", "check_name": "AWS Access Key", "check_result":
        {"result": "FAILED"}, "code_block": [[7, "x"]], "file_path": "/a.py", "file_line_range":
        [7, 8], "resource": "y", "severity": null}], "skipped_checks": [], "parsing_errors": []},
        "summary": {"passed": 0, "failed": 1, "skipped": 0, "parsing_errors": 0,
        "checkov_version": "3.2.1"}}]"#,
    ),
};

/// What was found in one framework. Bare zeros stand at the top where nothing was scanned.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Framework {
    check_type: Text,
    pub(super) results: Option<Results>,
    summary: Option<Summary>,
    #[serde(flatten)]
    bare: Summary,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Results {
    #[serde(deserialize_with = "nullable")]
    pub(super) failed_checks: Vec<Check>,
    #[serde(deserialize_with = "nullable")]
    pub(super) skipped_checks: Vec<Check>,
    #[serde(deserialize_with = "nullable")]
    passed_checks: Vec<serde::de::IgnoredAny>,
    #[serde(deserialize_with = "nullable")]
    parsing_errors: Vec<Text>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Summary {
    passed: Count,
    failed: Count,
    skipped: Count,
    #[serde(alias = "parsingerrors")]
    parsing_errors: Count,
    checkov_version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Check {
    #[serde(rename = "check_id")]
    pub(super) id: Text,
    #[serde(rename = "check_name")]
    pub(super) name: Text,
    #[serde(rename = "check_result", deserialize_with = "nullable")]
    result: Outcome,
    file_path: Text,
    #[serde(deserialize_with = "nullable")]
    file_line_range: Vec<Count>,
    severity: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Outcome {
    suppress_comment: Text,
}

fn is_checkov(shape: &Shape) -> bool {
    let cut = shape.broken.is_some();
    match shape.outer {
        Outer::Array => {
            shape.has_inner(&["check_type", "results"])
                || shape.has_inner(&["checkov_version"])
                || (cut && shape.has_inner(&["check_type"]))
        }
        Outer::Object => {
            shape.has_inner(&["results.failed_checks"])
                || shape.has_inner(&["results.passed_checks"])
                || shape.has(&["checkov_version", "passed", "failed"])
                || (cut && shape.has(&["check_type"]))
        }
        Outer::Null | Outer::Scalar => false,
    }
}

impl Format for Checkov {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_checkov)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let neutral = |error: ParseError| redact::neutral(&error, "the values of Checkov");
        let shape = document.look.json();
        let listed = shape.is_some_and(|shape| shape.outer == Outer::Array);
        let frameworks: Vec<Framework> = if listed {
            document.json().map_err(neutral)?
        } else {
            vec![document.json().map_err(neutral)?]
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("checkov".to_owned());
        let mut summaries = frameworks.iter().map(Framework::summary);
        let version = summaries.find_map(|summary| summary.checkov_version.said());
        reading.tool_version = version.map(str::to_owned);
        take(&frameworks, listed, document, &mut reading);
        redact::apply(redacted(&frameworks, document), &mut reading);
        settle(&frameworks, &mut reading);
        Ok(reading)
    }
}

impl Framework {
    const fn summary(&self) -> &Summary {
        match &self.summary {
            Some(summary) => summary,
            None => &self.bare,
        }
    }

    /// How many failed checks it lists.
    fn failed(&self) -> u64 {
        let listed = self.results.as_ref();
        listed.map_or(0, |results| length(&results.failed_checks))
    }

    fn name(&self) -> &str {
        self.check_type.said().unwrap_or("a framework")
    }
}

fn take(frameworks: &[Framework], listed: bool, document: &Document<'_>, reading: &mut Reading) {
    let mut rows = Rows::new(&ANALYSIS_FINDING, Some("checkov"), &[]).suppressing();
    for (nth, framework) in frameworks.iter().enumerate() {
        let Some(results) = &framework.results else {
            continue;
        };
        let below = if listed {
            format!("/{nth}")
        } else {
            String::new()
        };
        let lists = [
            ("failed_checks", &results.failed_checks, Standing::Active),
            (
                "skipped_checks",
                &results.skipped_checks,
                Standing::Suppressed,
            ),
        ];
        for (list, checks, standing) in lists {
            for (at, check) in checks.iter().enumerate() {
                let pointer = format!("{below}/results/{list}/{at}");
                let source = Source::pointer(document.path, pointer);
                rows.take(source, &row(check, standing));
            }
        }
    }
    rows.finish(reading);
}

fn row<'f>(check: &'f Check, standing: Standing<'f>) -> Row<'f> {
    let quotes = quotes(check);
    let why = check.result.suppress_comment.said();
    Row {
        // Checkov writes a path from the folder it scanned with a slash before it.
        path: check
            .file_path
            .said()
            .map(|path| path.strip_prefix('/').unwrap_or(path)),
        line: check.file_line_range.first().and_then(|line| line.0),
        rule: check.id.said(),
        severity: check.severity.said(),
        standing,
        justification: why.filter(|_| !quotes),
        // The name is that of the check.
        message: check.name.said(),
        ..Row::default()
    }
}

fn settle(frameworks: &[Framework], reading: &mut Reading) {
    let mut passed = 0_u64;
    let mut looked_at = 0_u64;
    let mut unparsed = Vec::new();
    for framework in frameworks {
        let summary = framework.summary();
        let listed = framework.results.as_ref();
        let failed = framework.failed();
        let skipped = listed.map_or(0, |results| length(&results.skipped_checks));
        let listed_passed = listed.map_or(0, |results| length(&results.passed_checks));
        // `--quiet` leaves what passed out of the list.
        let framework_passed = summary.passed.0.unwrap_or(0).max(listed_passed);
        passed = passed.saturating_add(framework_passed);
        let framework_failed = summary.failed.0.unwrap_or(0).max(failed);
        looked_at = [framework_passed, framework_failed, skipped]
            .into_iter()
            .fold(looked_at, u64::saturating_add);
        let declared = summary.parsing_errors.0.unwrap_or(0);
        let errors = listed.map_or(&[][..], |results| &results.parsing_errors);
        if declared.max(length(errors)) > 0 {
            let first = errors.first().and_then(Text::said);
            unparsed.push((declared.max(length(errors)), first.unwrap_or("not named")));
        }
    }
    if passed > 0 {
        reading.note(format!("{} passed.", counted(passed, "check", "checks")));
    }
    for framework in frameworks {
        let stated = format!("The summary of {} counts", excerpt(framework.name()));
        let nouns = ("failed check", "failed checks");
        let failed = framework.summary().failed.0;
        compare(reading, &stated, failed, framework.failed(), nouns);
    }
    if let Some((_, first)) = unparsed.first() {
        let count = unparsed
            .iter()
            .fold(0_u64, |sum, (count, _)| sum.saturating_add(*count));
        let why = format!(
            "{} could not be parsed; the first: {}.",
            counted(count, "file", "files"),
            excerpt(first)
        );
        reading.lower(ReadingState::Incomplete, why);
    } else if looked_at == 0 {
        let why = "Not one check looked at anything.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Checkov.recognises(&document), "{text}");
        Checkov.read(&document).expect("a reading")
    }

    fn framework(failed: &str, skipped: &str, summary: &str) -> String {
        format!(
            r#"{{"check_type": "terraform", "results": {{"passed_checks": [],
            "failed_checks": [{failed}], "skipped_checks": [{skipped}], "parsing_errors": []}},
            "summary": {{{summary}, "checkov_version": "3.2.1"}}}}"#
        )
    }

    const CHECK: &str = r#"{"check_id": "CKV_AWS_20", "check_name": "n", "check_result":
        {"result": "FAILED"}, "file_path": "/infra/main.tf", "file_line_range": [12, 20],
        "severity": "HIGH"}"#;

    #[test]
    fn one_framework_and_several_are_counted_alike() {
        let skipped = CHECK.replace("\"FAILED\"", "\"SKIPPED\", \"suppress_comment\": \"why\"");
        let one = framework(
            CHECK,
            &skipped,
            "\"passed\": 3, \"failed\": 1, \"parsing_errors\": 0",
        );
        let single = read(&one);
        assert_eq!(single.state, ReadingState::Complete, "{:?}", single.notes);
        assert_eq!(single.notes, ["3 checks passed."]);
        assert_eq!(single.measures["by_severity"].to_string(), "high: 1");
        assert_eq!(single.items[0].get("path").as_text(), Some("infra/main.tf"));
        assert_eq!(single.items[1].get("justification").as_text(), Some("why"));
        let bare = CHECK.replace("\"HIGH\"", "null");
        let two = format!("[{one}, {}]", framework(&bare, "", "\"failed\": 1"));
        let both = read(&two);
        assert_eq!(both.measures["active"].as_int(), Some(2));
        assert_eq!(
            both.measures["by_severity"].to_string(),
            "high: 1, unknown: 1"
        );
        assert_eq!(
            both.items[2].source.place_text(),
            "x.json#/1/results/failed_checks/0"
        );
    }

    #[test]
    fn nothing_scanned_and_files_not_parsed_are_not_clean() {
        let zeros = r#"{"passed": 0, "failed": 0, "skipped": 0, "parsing_errors": 0,
            "resource_count": 0, "checkov_version": "2.1.269"}"#;
        let reading = read(zeros);
        assert_eq!(reading.state, ReadingState::NothingMeasured);
        assert_eq!(reading.tool_version.as_deref(), Some("2.1.269"));
        assert_eq!(
            read(&format!("[{zeros}]")).state,
            ReadingState::NothingMeasured
        );
        for summary in ["\"passed\": 3, \"parsing_errors\": 1", "\"failed\": 2"] {
            let reading = read(&framework("", "", summary));
            assert_eq!(reading.state, ReadingState::Incomplete, "{summary}");
            let last = reading.notes.last().expect("a reason");
            assert!(!last.ends_with("passed."), "{last}");
        }
        let fewer = read(&framework(CHECK, "", "\"failed\": 0"));
        assert_eq!(fewer.state, ReadingState::Complete);
        assert_eq!(fewer.measures["active"].as_int(), Some(1));
    }
}
