//! Dependabot alerts: what GitHub answers to `dependabot/alerts`.

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{Account, is_named_empty, measure_states, repository, rows_have, said};
use crate::collect::reports::severity::rank;
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::FORGE_ALERT;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// Dependabot alerts.
pub(in crate::collect::reports) struct DependabotAlerts;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-dependabot-alerts",
    usual_names: &["*dependabot-alerts*.json", "*dependabot_alerts*.json"],
    about: "`gh api --paginate repos/OWNER/REPO/dependabot/alerts` writes it.",
    sample: (
        "dependabot-alerts.json",
        r#"[{"number": 2, "state": "open", "dependency": {"package": {"name": "a"}}, "security_advisory":
        {"ghsa_id": "G", "severity": "high"}, "created_at": "2026-01-02T03:04:05Z"}]"#,
    ),
};

/// The states an alert can have.
const STATES: [&str; 4] = ["open", "dismissed", "auto_dismissed", "fixed"];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Alert {
    number: Count,
    url: Text,
    state: Text,
    #[serde(deserialize_with = "nullable")]
    dependency: Dependency,
    #[serde(deserialize_with = "nullable")]
    security_advisory: Advisory,
    #[serde(deserialize_with = "nullable")]
    security_vulnerability: Advisory,
    created_at: Text,
    fixed_at: Text,
    dismissed_at: Text,
    auto_dismissed_at: Text,
    #[serde(deserialize_with = "nullable")]
    dismissed_by: Account,
    dismissed_reason: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Dependency {
    #[serde(deserialize_with = "nullable")]
    package: Package,
    manifest_path: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Package {
    name: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Advisory {
    ghsa_id: Text,
    cve_id: Text,
    severity: Text,
}

impl Format for DependabotAlerts {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        rows_have(document, &["state", "dependency", "security_advisory"])
            || is_named_empty(&SPEC, document)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Alert> = answer::read(document)?;
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
        let keys: Vec<String> = rows.map(Alert::key).collect();
        let keys = keys.iter().map(|key| Some(key.as_str()));
        answers.settle(keys, length(&answers.rows), None, &mut reading);
        Ok(reading)
    }
}

impl Alert {
    /// Alerts of an organisation are numbered in each of its repositories.
    fn key(&self) -> String {
        let number = self.number.0.unwrap_or_default();
        self.url
            .said()
            .map_or_else(|| format!("alert {number}"), str::to_owned)
    }
}

fn item(source: Source, alert: &Alert) -> Item {
    let advisory = &alert.security_advisory;
    let severities = [&alert.security_vulnerability.severity, &advisory.severity];
    let severity = severities.into_iter().find_map(said).map(str::to_lowercase);
    let rule = advisory.ghsa_id.said().or_else(|| advisory.cve_id.said());
    let dismissed = said(&alert.dismissed_at).or_else(|| said(&alert.auto_dismissed_at));
    Item::new(&FORGE_ALERT, source)
        .with("repository", repository(&alert.url))
        .with("source", "dependabot")
        .with("tool", "dependabot")
        .with("number", alert.number.0)
        .with("rule", rule)
        .with("package", alert.dependency.package.name.said())
        .with("path", alert.dependency.manifest_path.said())
        .with("rank", severity.as_deref().map(rank))
        .with("severity", severity)
        .with("state", alert.state.said().map(str::to_lowercase))
        .with("created_at", said(&alert.created_at))
        .with("fixed_at", said(&alert.fixed_at))
        .with("dismissed_at", dismissed)
        .with("dismissed_by", alert.dismissed_by.login.said())
        .with("dismissed_reason", said(&alert.dismissed_reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    #[test]
    fn states_are_counted_apart_and_an_empty_list_is_known_by_its_name() {
        let alert = |number: u32, state: &str| {
            format!(
                r#"{{"number": {number}, "state": "{state}", "dependency": {{"package": {{"name": "a"}},
                "manifest_path": "requirements.txt"}}, "security_advisory": {{"ghsa_id": "GHSA-1", "severity":
                "high"}}, "security_vulnerability": {{"severity": "Moderate"}}, "created_at":
                "2026-01-02T03:04:05Z", "dismissed_reason": null}}"#
            )
        };
        let text = format!(
            "[{},{},{}]",
            alert(1, "open"),
            alert(2, "fixed"),
            alert(3, "open")
        );
        let document = Document::new("x.json", text.as_bytes());
        assert!(DependabotAlerts.recognises(&document));
        let reading = DependabotAlerts.read(&document).expect("a reading");
        assert_eq!(
            reading.measures["by_state"].to_string(),
            "auto_dismissed: 0, dismissed: 0, fixed: 1, open: 2"
        );
        let shown = ["rule", "path", "severity", "rank", "dismissed_reason"];
        let shown: Vec<String> = shown
            .iter()
            .map(|field| reading.items[0].get(field).to_string())
            .collect();
        assert_eq!(
            shown,
            [
                "GHSA-1",
                "requirements.txt",
                "moderate",
                "medium",
                "not stated"
            ]
        );
        let empty = Document::new("out/dependabot-alerts.json", b"[]");
        assert!(DependabotAlerts.recognises(&empty));
        let reading = DependabotAlerts.read(&empty).expect("a reading");
        assert_eq!(reading.measures["items"].as_int(), Some(0));
        assert_eq!(reading.state, ReadingState::Complete);
        assert!(!DependabotAlerts.recognises(&Document::new("x.json", b"[]")));
    }
}
