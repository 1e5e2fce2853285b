//! GitLab's reports of static, dynamic and infrastructure analysis.

use crate::collect::reports::gitlab::model::Row as Found;
use crate::collect::reports::gitlab::words::{field, harmless, in_row};
use crate::collect::reports::gitlab::{describe, kind, read, settle};
use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::parse::error::ParseError;

/// GitLab's reports of an analysis.
pub(in crate::collect::reports) struct GitlabAnalysis;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "gitlab-analysis",
    usual_names: &["gl-sast*.json", "gl-dast*.json", "gl-*fuzzing*.json"],
    about: "The SAST, DAST, IaC and fuzzing jobs of GitLab write it.",
    sample: (
        "gl-sast-report.json",
        r#"{"version": "15.0.4", "vulnerabilities": [{"id": "x", "name":
        "Possible hardcoded password: 'y'", "severity": "Medium", "location": {"file": "a.py", "start_line": 7},
        "identifiers": [{"type": "bandit_test_id", "name": "Bandit Test ID B105", "value":
        "B105"}]}], "scan": {"scanner": {"id": "bandit", "name": "Bandit", "version": "1.7"},
        "type": "sast", "end_time": "2024-01-30T18:00:00", "status": "success"}}"#,
    ),
};

impl Format for GitlabAnalysis {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        kind(document) == Some(SPEC.kind)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report = read(document)?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        describe(&report, &mut reading);
        let tool = reading.tool.clone();
        let words = ["critical", "high", "medium", "low", "info", "unknown"];
        let mut rows = Rows::new(&ANALYSIS_FINDING, tool.as_deref(), &words);
        for (at, found) in report.rows().iter().enumerate() {
            let source = Source::pointer(document.path, format!("/vulnerabilities/{at}"));
            rows.take(source, &row(found));
        }
        rows.finish(&mut reading);
        hide(report.rows(), document, &mut reading);
        settle(&report, &mut reading);
        Ok(reading)
    }
}

fn row(found: &Found) -> Row<'_> {
    let says = [&found.name, &found.message, &found.description];
    let says = says.into_iter().find_map(|text| text.said());
    Row {
        path: found.location.file.said(),
        line: found.location.start_line.0,
        rule: found.rule(),
        tool: found.scanner.name.said(),
        severity: found.severity.said(),
        message: says.filter(|_| !found.quotes()),
        ..Row::default()
    }
}

fn hide(rows: &[Found], document: &Document<'_>, reading: &mut Reading) {
    if !rows.iter().any(Found::quotes) {
        return;
    }
    let redacted = redact::json("gitlab-analysis/v1", document.text(), |path, scalar| {
        let (at, rest) = in_row(path)?;
        let quotes = rows.get(at).is_none_or(Found::quotes);
        // The lines of another finding may be those of the secret.
        let hidden = if quotes {
            !harmless(rest, scalar)
        } else {
            field(rest) == "raw_source_code_extract"
        };
        hidden.then(|| field(rest))
    });
    redact::apply(redacted, reading);
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};
    use crate::model::reading::Reading;

    fn read(rows: &str) -> Reading {
        let text = format!(
            r#"{{"version": "15.0.4", "vulnerabilities": [{rows}], "scan": {{"scanner": {{"id":
            "semgrep", "name": "Semgrep", "version": "1.9"}}, "type": "sast", "end_time":
            "2024-01-30T18:00:00", "status": "success"}}}}"#
        );
        match inspect("x.json", text.as_bytes()).outcome {
            Outcome::Report(reading) => *reading,
            other => panic!("a report, not {other:?}"),
        }
    }

    #[test]
    fn findings_have_the_rule_of_their_first_identifier() {
        let reading = read(
            r#"{"name": "XSS", "severity": "High", "location": {"file": "a.py", "start_line": 7},
            "identifiers": [{"type": "semgrep_id", "name": "n", "value": "r.x"}]},
            {"name": "Y", "location": {}, "identifiers": []}"#,
        );
        assert_eq!(reading.tool.as_deref(), Some("Semgrep"));
        assert_eq!(reading.produced_at.as_deref(), Some("2024-01-30T18:00:00"));
        assert_eq!(reading.items[0].get("rule").as_text(), Some("r.x"));
        assert_eq!(reading.items[0].get("message").as_text(), Some("XSS"));
        let counts = reading.measures["by_severity"].clone();
        assert_eq!(counts.at("high").as_int(), Some(1));
        assert_eq!(counts.at("unknown").as_int(), Some(1));
    }

    #[test]
    fn a_quoted_password_reaches_nothing() {
        let planted = "planted-0011";
        let row = |identifier: &str| {
            format!(
                r#"{{"id": "{planted}", "name": "{planted}", "message": "{planted}",
                "description": "{planted}", "cve": "{planted}", "severity": "Low",
                "raw_source_code_extract": "{planted}", "location": {{"file": "a.py",
                "start_line": 3}}, "identifiers": [{{"value": "{identifier}"}}]}}"#
            )
        };
        let near = format!(
            r#"{{"name": "n", "raw_source_code_extract": "{planted}", "location": {{}},
            "identifiers": []}}"#
        );
        let reading = read(&format!("{}, {near}", row("B105")));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !format!("{:?} {without}", reading.items).contains(planted),
            "{without}"
        );
        let Outcome::Report(again) = inspect("x.json", without.as_bytes()).outcome else {
            panic!("a report");
        };
        assert_eq!((again.items, again.redacted), (reading.items, None));
    }
}
