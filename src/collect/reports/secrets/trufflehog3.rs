//! The JSON of trufflehog3, which is another tool than TruffleHog 3: a list of findings with the
//! secret, the lines around it and the message of its commit.

use serde::Deserialize;

use crate::collect::reports::findings::Findings;
use crate::collect::reports::redact;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::SECRETS_FINDING;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Text, nullable};
use crate::parse::rewrite::Step;

/// The JSON of trufflehog3.
pub(in crate::collect::reports) struct Trufflehog3;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Secrets,
    name: "trufflehog3",
    usual_names: &["trufflehog3*.json"],
    about: "trufflehog3 writes it with `--format JSON`.",
    sample: (
        "trufflehog3.json",
        r#"[{"rule": {"id": "high-entropy", "message": "High Entropy", "severity": "HIGH"},
        "path": "a.py", "line": "3", "secret": "x", "context": {"3": "x"}, "id": "y", "branch":
        "main", "message": "m", "author": "a", "commit": "abc", "date": "2021-10-08"}]"#,
    ),
};

/// A finding; what quotes the secret is not even read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Finding {
    #[serde(deserialize_with = "nullable")]
    rule: Rule,
    path: Text,
    line: Count,
    commit: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Rule {
    id: Text,
    severity: Text,
}

impl Format for Trufflehog3 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.outer == Outer::Array
                && (shape.has_inner(&["rule", "secret", "path"])
                    || (shape.broken.is_some() && shape.has_inner(&["rule", "path", "line"])))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let findings: Vec<Finding> = document
            .json()
            .map_err(|error| redact::neutral(&error, "the findings of trufflehog3"))?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("trufflehog3".to_owned());
        let mut counts = Findings::with_severities(&["high", "medium", "low"]);
        for (at, finding) in findings.iter().enumerate() {
            counts.total += 1;
            counts.active += 1;
            counts.severity(finding.rule.severity.said().unwrap_or("unknown"));
            let source = Source::pointer(document.path, format!("/{at}"));
            let item = Item::new(&SECRETS_FINDING, source)
                .with("path", finding.path.said())
                .with("line", finding.line.0.filter(|line| *line > 0))
                .with("rule", finding.rule.id.said())
                .with("commit", finding.commit.said())
                .with("status", "active");
            reading.items.push(item);
        }
        counts.measure(&mut reading);
        // It verifies nothing.
        reading.measure("verified", 0_u64);
        let redacted = redact::json("trufflehog3-json/v1", document.text(), |path, _| {
            hidden(path)
        });
        redact::apply(redacted, &mut reading);
        Ok(reading)
    }
}

/// What is not known to say only where and why. `id` is a digest of what was found.
fn hidden(path: &[Step]) -> Option<&'static str> {
    const HARMLESS: [&str; 6] = ["path", "line", "branch", "author", "commit", "date"];
    const FIELDS: [&str; 4] = ["secret", "context", "message", "id"];
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    match keys.as_slice() {
        ["rule", "id" | "message" | "severity"] => None,
        [key] if HARMLESS.contains(key) => None,
        [key, ..] => FIELDS
            .into_iter()
            .find(|field| field == key)
            .or(Some("other")),
        [] => Some("other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_secret_gets_through() {
        let planted = "planted-0015";
        let text = format!(
            r#"[{{"rule": {{"id": "r", "message": "m", "severity": "HIGH", "pattern":
            "{planted}"}}, "path": "a.py", "line": "3", "secret": "{planted}", "context":
            {{"3": "{planted}"}}, "id": "{planted}", "message": "{planted}", "commit": "abc"}}]"#
        );
        let document = Document::new("x.json", text.as_bytes());
        assert!(Trufflehog3.recognises(&document));
        let reading = Trufflehog3.read(&document).expect("a reading");
        assert_eq!(reading.items[0].get("line").as_int(), Some(3));
        assert_eq!(reading.measures["by_severity"].at("high").as_int(), Some(1));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !format!("{:?} {without}", reading.items).contains(planted),
            "{without}"
        );
    }
}
