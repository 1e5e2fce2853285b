//! GitLab's reports of secret detection. What is not known to be harmless is taken out.

use crate::collect::reports::findings::Findings;
use crate::collect::reports::gitlab::words::{field, harmless, in_row};
use crate::collect::reports::gitlab::{describe, kind, read, settle};
use crate::collect::reports::redact;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::SECRETS_FINDING;
use crate::parse::error::ParseError;

/// GitLab's reports of secret detection.
pub(in crate::collect::reports) struct GitlabSecrets;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Secrets,
    name: "gitlab-secret-detection",
    usual_names: &["gl-secret*.json"],
    about: "The secret detection job of GitLab writes it.",
    sample: (
        "gl-secret-detection-report.json",
        r#"{"version": "15.0.4", "vulnerabilities": [{"id": "x", "name": "AWS token", "severity":
        "Critical", "raw_source_code_extract": "y", "location": {"file": "a.py", "start_line": 7,
        "commit": {"sha": "abc"}}, "identifiers": [{"type": "gitleaks_rule_id", "name":
        "Gitleaks rule ID AWS", "value": "AWS"}]}], "scan": {"scanner": {"id": "gitleaks", "name":
        "Gitleaks", "version": "8"}, "type": "secret_detection", "end_time":
        "2024-01-30T18:00:00", "status": "success"}}"#,
    ),
};

impl Format for GitlabSecrets {
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
        let words = ["critical", "high", "medium", "low", "info", "unknown"];
        let mut findings = Findings::with_severities(&words);
        for (at, found) in report.rows().iter().enumerate() {
            findings.total += 1;
            findings.active += 1;
            findings.severity(found.severity.said().unwrap_or("unknown"));
            let source = Source::pointer(document.path, format!("/vulnerabilities/{at}"));
            let item = Item::new(&SECRETS_FINDING, source)
                .with("path", found.location.file.said())
                .with("line", found.location.start_line.0.filter(|line| *line > 0))
                .with("rule", found.rule())
                .with("commit", found.location.commit.sha.said())
                .with("status", "active");
            reading.items.push(item);
        }
        findings.measure(&mut reading);
        let redacted = redact::json("gitlab-secrets/v1", document.text(), |path, scalar| {
            // What mends a finding is a change of the lines that hold the secret.
            let Some((_, rest)) = in_row(path) else {
                let first = path.iter().find_map(|step| step.key());
                return (first == Some("remediations")).then_some("remediations");
            };
            (!harmless(rest, scalar)).then(|| field(rest))
        });
        redact::apply(redacted, &mut reading);
        settle(&report, &mut reading);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};

    #[test]
    fn a_detected_secret_is_counted_and_reaches_nothing() {
        let planted = "planted-0012";
        let text = format!(
            r#"{{"version": "14.0.0", "vulnerabilities": [{{"id": "{planted}", "category":
            "secret_detection", "name": "{planted}", "message": "{planted}", "cve": "{planted}",
            "severity": "Critical", "raw_source_code_extract": "{planted}", "location": {{"file":
            "README.md", "commit": {{"author": "{planted}", "message": "{planted}", "sha": "abc"}},
            "start_line": 5}}, "identifiers": [{{"type": "gitleaks_rule_id", "name": "n",
            "value": "AWS"}}]}}], "remediations": [{{"diff": "{planted}"}}]}}"#
        );
        let Outcome::Report(reading) = inspect("x.json", text.as_bytes()).outcome else {
            panic!("a report");
        };
        assert_eq!(reading.kind.name(), "secrets");
        let counts = &reading.measures["by_severity"];
        assert_eq!(counts.at("critical").as_int(), Some(1));
        assert_eq!(reading.items[0].get("commit").as_text(), Some("abc"));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !format!("{:?} {without}", reading.items).contains(planted),
            "{without}"
        );
    }
}
