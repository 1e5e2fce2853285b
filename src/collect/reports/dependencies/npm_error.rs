//! What npm and pnpm write in the place of a report when they fail: `{"error": {"code", "summary",
//! "detail"}}`, of pnpm with a `message`, and since npm 7 the answer of the registry.

use serde::Deserialize;

use super::npm_audit::SPEC;
use crate::collect::reports::Document;
use crate::collect::reports::inspect::usually_named;
use crate::model::reading::{Reading, ReadingState};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Shape, Text, nullable};

#[derive(Deserialize)]
struct Failure {
    #[serde(default)]
    message: Text,
    #[serde(default, deserialize_with = "nullable")]
    error: Error,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Error {
    code: Text,
    summary: Text,
    message: Text,
}

/// The members of an answer of the registry that npm passes on.
const ANSWER: [&str; 6] = ["message", "method", "uri", "headers", "statusCode", "body"];

/// Whether a document is the error of a failed audit. npm words the errors of all its commands
/// alike; one is taken for an audit's when it speaks of one, or is named like one.
pub(super) fn is_error(document: &Document<'_>) -> bool {
    document.look.json().is_some_and(is_shaped) && {
        let said = document.head().to_ascii_lowercase();
        said.contains("audit") || said.contains("enolock") || usually_named(&SPEC, document.path)
    }
}

fn is_shaped(shape: &Shape) -> bool {
    let known = |key: &String| key == "error" || ANSWER.contains(&key.as_str());
    let error = ["error.code", "error.summary"]
        .iter()
        .any(|key| shape.inner.contains(*key));
    let answer = shape.has(&["message"])
        && ["method", "uri", "statusCode", "body"]
            .iter()
            .any(|key| shape.has(&[key]));
    !shape.keys.is_empty() && shape.keys.iter().all(known) && (error || answer)
}

/// Reads it: the audit did not take place.
pub(super) fn read(document: &Document<'_>) -> Result<Reading, ParseError> {
    let Failure { message, error } = document.json()?;
    let mut reading = Reading::new(SPEC.kind, SPEC.name);
    let code = error.code.said().map(|code| format!("{}: ", excerpt(code)));
    let says = message
        .said()
        .or(error.summary.said())
        .or(error.message.said());
    let why = format!(
        "The packages could not be audited: {}{}.",
        code.unwrap_or_default(),
        excerpt(says.unwrap_or("no reason is given")).trim_end_matches('.')
    );
    reading.lower(ReadingState::Incomplete, why);
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_audit_is_incomplete_and_says_why() {
        let read = |text: &str| {
            let document = Document::new("report.json", text.as_bytes());
            assert!(is_error(&document), "{text}");
            let reading = read(&document).expect("a reading");
            assert_eq!(reading.state, ReadingState::Incomplete);
            assert!(reading.measures.is_empty());
            reading.notes
        };
        assert_eq!(
            read(
                r#"{"error": {"code": "ENOAUDIT", "summary": "It may not do audits.", "detail": ""}}"#
            ),
            ["The packages could not be audited: ENOAUDIT: It may not do audits."]
        );
        assert_eq!(
            read(r#"{"error": {"code": "ERR_PNPM_AUDIT_NO_LOCKFILE", "message": "No lockfile"}}"#),
            ["The packages could not be audited: ERR_PNPM_AUDIT_NO_LOCKFILE: No lockfile."]
        );
        let passed_on = r#"{"message": "request to https://r/-/npm/v1/security/audits failed",
            "method": "POST", "uri": "https://r/", "error": {"summary": "s", "detail": ""}}"#;
        assert_eq!(
            read(passed_on),
            [
                "The packages could not be audited: request to https://r/-/npm/v1/security/audits failed."
            ]
        );
    }

    #[test]
    fn errors_of_other_commands_and_tools_are_not_taken_for_it() {
        for (path, other, is) in [
            (
                "view.json",
                r#"{"error": {"code": "E404", "summary": "Not found"}}"#,
                false,
            ),
            (
                "npm-audit.json",
                r#"{"error": {"code": "E404", "summary": "Not found"}}"#,
                true,
            ),
            (
                "npm-audit.json",
                r#"{"ok": false, "error": "audit"}"#,
                false,
            ),
            ("npm-audit.json", r#"{"message": "audit"}"#, false),
            ("npm-audit.json", "{}", false),
        ] {
            let document = Document::new(path, other.as_bytes());
            assert_eq!(is_error(&document), is, "{path} {other}");
        }
    }
}
