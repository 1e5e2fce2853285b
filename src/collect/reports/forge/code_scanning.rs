//! Code-scanning alerts: what GitHub answers to `code-scanning/alerts`.
//!
//! A scanner of secrets may have raised them, and its message may quote what it found. Messages are
//! not read, and those of such scanners are taken out of the file.

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{
    Account, account_or_none, is_named_empty, measure_states, repository, rows_have, said,
};
use crate::collect::reports::severity::rank;
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::collect::reports::{quoting, redact};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::FORGE_ALERT;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};
use crate::parse::rewrite::Step;

/// Code-scanning alerts.
pub(in crate::collect::reports) struct CodeScanningAlerts;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-code-scanning-alerts",
    usual_names: &["*code-scanning*.json", "*code_scanning*.json"],
    about: "`gh api --paginate repos/OWNER/REPO/code-scanning/alerts` writes it.",
    sample: (
        "code-scanning-alerts.json",
        r#"[{"number": 4, "state": "open", "rule": {"id": "py/x", "severity": "error"}, "tool": {"name":
        "CodeQL"}, "most_recent_instance": {"location": {"path": "a.py", "start_line": 7}}}]"#,
    ),
};

/// The states an alert can have.
const STATES: [&str; 3] = ["open", "dismissed", "fixed"];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Alert {
    number: Count,
    url: Text,
    state: Text,
    #[serde(deserialize_with = "nullable")]
    rule: Rule,
    #[serde(deserialize_with = "nullable")]
    tool: Account,
    #[serde(deserialize_with = "nullable")]
    most_recent_instance: Instance,
    created_at: Text,
    fixed_at: Text,
    dismissed_at: Text,
    #[serde(deserialize_with = "account_or_none")]
    dismissed_by: Account,
    dismissed_reason: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Rule {
    id: Text,
    name: Text,
    severity: Text,
    security_severity_level: Text,
    #[serde(deserialize_with = "nullable")]
    tags: Vec<Text>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Instance {
    #[serde(deserialize_with = "nullable")]
    location: Location,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Location {
    path: Text,
    start_line: Count,
}

impl Format for CodeScanningAlerts {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        rows_have(document, &["state", "rule", "tool", "most_recent_instance"])
            || is_named_empty(&SPEC, document)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Alert> = answer::read(document)
            .map_err(|error| redact::neutral(&error, "code-scanning alerts"))?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        reading.holds = vec![&FORGE_ALERT];
        for (pointer, alert) in &answers.rows {
            let source = Source::pointer(document.path, pointer.clone());
            reading.items.push(item(source, alert));
        }
        let rows = answers.rows.iter().map(|(_, alert)| alert);
        measure_states(
            &STATES,
            rows.clone().map(|it| it.state.said()),
            &mut reading,
        );
        let quotes = rows.clone().any(Alert::is_about_secrets);
        let keys: Vec<String> = rows.map(Alert::key).collect();
        let keys = keys.iter().map(|key| Some(key.as_str()));
        answers.settle(keys, length(&answers.rows), None, &mut reading);
        if quotes {
            let profile = "github-code-scanning/v1";
            let redacted = redact::json(profile, document.text(), |path, _| quoting(path));
            redact::apply(redacted, &mut reading);
        }
        Ok(reading)
    }
}

/// The member of an alert that may quote what was found.
fn quoting(path: &[Step]) -> Option<&'static str> {
    let mut keys = path.iter().filter_map(Step::key);
    keys.find_map(|key| match key {
        "message" => Some("message"),
        "dismissed_comment" => Some("dismissed_comment"),
        _ => None,
    })
}

impl Alert {
    fn key(&self) -> String {
        let number = self.number.0.unwrap_or_default();
        self.url
            .said()
            .map_or_else(|| format!("alert {number}"), str::to_owned)
    }

    fn is_about_secrets(&self) -> bool {
        let tool = self.tool.name.said().unwrap_or_default();
        let tags = self.rule.tags.iter().filter_map(Text::said);
        quoting::is_scanner(tool) || tags.into_iter().any(quoting::is_scanner)
    }
}

fn item(source: Source, alert: &Alert) -> Item {
    let rule = &alert.rule;
    let level = said(&rule.security_severity_level).or_else(|| said(&rule.severity));
    let level = level.map(str::to_lowercase);
    let location = &alert.most_recent_instance.location;
    Item::new(&FORGE_ALERT, source)
        .with("repository", repository(&alert.url))
        .with("source", "code-scanning")
        .with("tool", alert.tool.name.said())
        .with("number", alert.number.0)
        .with("rule", rule.id.said().or_else(|| rule.name.said()))
        .with("path", said(&location.path))
        .with("line", location.start_line.0)
        .with("rank", level.as_deref().map(rank))
        .with("severity", level)
        .with("state", alert.state.said().map(str::to_lowercase))
        .with("created_at", said(&alert.created_at))
        .with("fixed_at", said(&alert.fixed_at))
        .with("dismissed_at", said(&alert.dismissed_at))
        .with("dismissed_by", alert.dismissed_by.login.said())
        .with("dismissed_reason", said(&alert.dismissed_reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(tool: &str) -> Reading {
        let text = format!(
            r#"[{{"number": 35, "state": "open", "fixed_at": "None", "dismissed_by": "None", "dismissed_reason":
            "None", "rule": {{"id": "r", "severity": "error", "security_severity_level": "medium"}}, "tool":
            {{"name": "{tool}"}}, "most_recent_instance": {{"message": {{"text": "found s3cret"}}, "location":
            {{"path": "a.py", "start_line": 7}}}}}}]"#
        );
        let document = Document::new("x.json", text.as_bytes());
        assert!(CodeScanningAlerts.recognises(&document));
        CodeScanningAlerts.read(&document).expect("a reading")
    }

    #[test]
    fn an_alert_is_read_and_none_in_words_is_nothing() {
        let reading = alert("CodeQL");
        let shown = [
            "tool",
            "rule",
            "path",
            "line",
            "severity",
            "fixed_at",
            "dismissed_by",
        ];
        let shown: Vec<String> = shown
            .iter()
            .map(|field| reading.items[0].get(field).to_string())
            .collect();
        let expected = [
            "CodeQL",
            "r",
            "a.py",
            "7",
            "medium",
            "not stated",
            "not stated",
        ];
        assert_eq!(shown, expected);
        assert_eq!(
            reading.measures["by_state"].to_string(),
            "dismissed: 0, fixed: 0, open: 1"
        );
        assert!(reading.redacted.is_none());
    }

    #[test]
    fn what_a_scanner_of_secrets_says_is_taken_out() {
        let reading = alert("Gitleaks");
        assert!(!format!("{:?}", reading.items).contains("s3cret"));
        let (redaction, bytes) = reading.redacted.expect("a redaction");
        assert_eq!(redaction.fields.get("message"), Some(&1));
        assert!(!String::from_utf8_lossy(&bytes).contains("s3cret"));
    }
}
