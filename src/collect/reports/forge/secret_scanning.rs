//! Secret-scanning alerts: what GitHub answers to `secret-scanning/alerts`.
//!
//! An alert holds the secret itself unless it was asked for with `hide_secret`, and comments may
//! quote it. Only what is known to say where and what kind it is stays in the file.

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{Account, is_named_empty, measure_states, repository, rows_have, said};
use crate::collect::reports::redact;
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::FORGE_ALERT;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};
use crate::parse::rewrite::{Scalar, Step};

/// Secret-scanning alerts.
pub(in crate::collect::reports) struct SecretScanningAlerts;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-secret-scanning-alerts",
    usual_names: &["*secret-scanning*.json", "*secret_scanning*.json"],
    about: "`gh api --paginate 'repos/OWNER/REPO/secret-scanning/alerts?hide_secret=true'` writes it.",
    sample: (
        "secret-scanning-alerts.json",
        r#"[{"number": 2, "state": "open", "secret_type": "aws", "secret": "s", "created_at":
        "2026-01-02T03:04:05Z", "first_location_detected": {"path": "a.py", "start_line": 7}}]"#,
    ),
};

/// The texts of an alert that say where and what kind a secret is, when, and who dealt with it.
const HARMLESS: [&str; 19] = [
    "state",
    "resolution",
    "secret_type",
    "secret_type_display_name",
    "provider",
    "provider_slug",
    "validity",
    "path",
    "type",
    "login",
    "node_id",
    "gravatar_id",
    "user_view_type",
    "blob_sha",
    "commit_sha",
    "name",
    "full_name",
    "email",
    "starred_at",
];

/// Members in which nothing is about the secret: people, and the repository.
const HARMLESS_WHOLE: [&str; 8] = [
    "repository",
    "resolved_by",
    "assigned_to",
    "push_protection_bypassed_by",
    "push_protection_bypass_request_reviewer",
    "closure_request_reviewer",
    "owner",
    "organization",
];

/// The states an alert can have.
const STATES: [&str; 2] = ["open", "resolved"];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Alert {
    number: Count,
    url: Text,
    state: Text,
    secret_type: Text,
    created_at: Text,
    resolution: Text,
    resolved_at: Text,
    #[serde(deserialize_with = "nullable")]
    resolved_by: Account,
    #[serde(deserialize_with = "nullable")]
    first_location_detected: Location,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Location {
    path: Text,
    start_line: Count,
}

impl Format for SecretScanningAlerts {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let others = ["state", "secret", "number"];
        let alerts = others
            .iter()
            .any(|member| rows_have(document, &["secret_type", member]));
        alerts || is_named_empty(&SPEC, document)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Alert> = answer::read(document)
            .map_err(|error| redact::neutral(&error, "secret-scanning alerts"))?;
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
        let redacted = redact::json("github-secret-scanning/v1", document.text(), secret_field);
        redact::apply(redacted, &mut reading);
        Ok(reading)
    }
}

impl Alert {
    fn key(&self) -> String {
        let number = self.number.0.unwrap_or_default();
        self.url
            .said()
            .map_or_else(|| format!("alert {number}"), str::to_owned)
    }
}

/// The member to take a value out of: the secret, what people wrote, and whatever the next version
/// of the interface may quote it in.
fn secret_field(path: &[Step], scalar: Scalar) -> Option<&'static str> {
    let mut keys = path.iter().filter_map(Step::key);
    if keys.clone().any(|key| HARMLESS_WHOLE.contains(&key)) {
        return None;
    }
    let last = keys.next_back()?;
    if keys.any(|key| key == "secret") || last == "secret" {
        return Some("secret");
    }
    if last.ends_with("comment") {
        return Some("comment");
    }
    let addressed = last == "url" || last.ends_with("_url") || last.ends_with("_at");
    let harmless = addressed || HARMLESS.contains(&last);
    (scalar == Scalar::Text && !harmless).then_some("other")
}

fn item(source: Source, alert: &Alert) -> Item {
    let location = &alert.first_location_detected;
    Item::new(&FORGE_ALERT, source)
        .with("repository", repository(&alert.url))
        .with("source", "secret-scanning")
        .with("tool", "secret-scanning")
        .with("number", alert.number.0)
        .with("rule", alert.secret_type.said())
        .with("path", said(&location.path))
        .with("line", location.start_line.0)
        .with("state", alert.state.said().map(str::to_lowercase))
        .with("created_at", said(&alert.created_at))
        .with("dismissed_at", said(&alert.resolved_at))
        .with("dismissed_by", alert.resolved_by.login.said())
        .with("dismissed_reason", said(&alert.resolution))
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};

    /// What is planted; it must come out nowhere.
    const PLANTED: &str = "aio_planted_0001";

    fn text() -> String {
        format!(
            r#"[{{"number": 2, "url": "https://api.github.com/repos/o/r/secret-scanning/alerts/2", "state":
            "resolved", "resolution": "revoked", "resolved_at": "2026-01-02T03:04:05Z", "resolved_by":
            {{"login": "mona", "url": "u"}}, "secret_type": "adafruit_io_key", "secret": "{PLANTED}",
            "resolution_comment": "was {PLANTED}", "some_new_quote": ["{PLANTED}"], "is_base64_encoded": false,
            "first_location_detected": {{"path": "/a.txt", "start_line": 1, "commit_sha": "c"}}}}]"#
        )
    }

    #[test]
    fn no_secret_gets_through_and_the_rest_stays() {
        let outcome = inspect("x.json", text().as_bytes()).outcome;
        let Outcome::Report(reading) = outcome else {
            panic!("a report: {outcome:?}");
        };
        assert!(!format!("{:?}{:?}", reading.items, reading.notes).contains(PLANTED));
        let shown = [
            "repository",
            "rule",
            "state",
            "dismissed_reason",
            "dismissed_by",
            "path",
        ];
        let shown: Vec<String> = shown
            .iter()
            .map(|field| reading.items[0].get(field).to_string())
            .collect();
        assert_eq!(
            shown,
            [
                "o/r",
                "adafruit_io_key",
                "resolved",
                "revoked",
                "mona",
                "/a.txt"
            ]
        );
        let (redaction, bytes) = reading.redacted.expect("a redaction");
        let kept = String::from_utf8(bytes).expect("text");
        assert!(
            !kept.contains(PLANTED) && kept.contains("adafruit_io_key"),
            "{kept}"
        );
        let fields: Vec<(&str, u64)> = redaction
            .fields
            .iter()
            .map(|(name, count)| (name.as_str(), *count))
            .collect();
        assert_eq!(fields, [("comment", 1), ("other", 1), ("secret", 1)]);
    }

    #[test]
    fn a_secret_is_quoted_by_no_error() {
        let whole = text();
        for broken in [
            format!("{whole}{PLANTED}"),
            whole.replacen(
                "\"number\": 2",
                &format!("\"number\": {{\"{PLANTED}\": 1}}"),
                1,
            ),
            whole.replacen("{\"login\"", &format!("\"{PLANTED}\", {{\"login\""), 1),
            format!("[\"{PLANTED}\", {}", &whole[1..]),
        ] {
            let outcome = inspect("secret-scanning.json", broken.as_bytes()).outcome;
            let shown = match outcome {
                Outcome::Report(reading) => format!("{:?}{:?}", reading.items, reading.notes),
                other => format!("{other:?}"),
            };
            assert!(!shown.contains(PLANTED), "{shown}");
        }
    }
}
