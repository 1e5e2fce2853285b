//! The JSON of truffleHog 2 and of the old form of trufflehog3: an object a line, or a list.
//!
//! `stringsFound`, `diff`, `printDiff` and the message of the commit quote what was found.

use serde::Deserialize;

use crate::collect::reports::findings::Findings;
use crate::collect::reports::redact;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::SECRETS_FINDING;
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Text};
use crate::parse::rewrite::Step;

/// The JSON of truffleHog 2.
pub(in crate::collect::reports) struct Trufflehog2;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Secrets,
    name: "trufflehog-2",
    usual_names: &["trufflehog*.json", "trufflehog*.jsonl"],
    about: "truffleHog 2 writes it with `--json`, trufflehog3 before version 3 and Rusty Hog as a \
            list.",
    sample: (
        "trufflehog2.json",
        r#"[{"branch": "main", "commit": "m", "commitHash": "abc", "date": "2021-01-30 19:50:09",
        "diff": "x", "path": "a.py", "printDiff": "x", "reason": "High entropy", "stringsFound":
        ["x"]}]"#,
    ),
};

/// A finding; what quotes the secret is not even read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Finding {
    #[serde(rename = "commitHash")]
    commit: Text,
    path: Text,
    reason: Text,
    branch: Text,
}

impl Format for Trufflehog2 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let has = |keys: &[&str]| match shape.outer {
                Outer::Array => shape.has_inner(keys),
                Outer::Object => shape.has(keys),
                Outer::Null | Outer::Scalar => false,
            };
            let cut = shape.broken.is_some() && !shape.followed;
            has(&["reason", "stringsFound"]) || (cut && has(&["branch", "commitHash"]))
        })
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let neutral = |error| redact::neutral(&error, "the findings of truffleHog 2");
        let mut findings: Vec<Finding> = Vec::new();
        let shape = document.look.json();
        if shape.is_some_and(|shape| shape.outer == Outer::Array) {
            findings = document.json().map_err(neutral)?;
        } else {
            document
                .values(|finding| findings.push(finding))
                .map_err(neutral)?;
        }
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        // Rusty Hog follows the form, without branches.
        let of_truffle_hog = findings
            .iter()
            .any(|finding| finding.branch.said().is_some());
        reading.tool = of_truffle_hog.then(|| "trufflehog".to_owned());
        let mut counts = Findings::default();
        for (at, finding) in findings.iter().enumerate() {
            counts.total += 1;
            counts.active += 1;
            let source = Source::pointer(document.path, format!("/{at}"));
            let item = Item::new(&SECRETS_FINDING, source)
                .with("path", finding.path.said())
                .with("rule", finding.reason.said())
                .with("commit", finding.commit.said())
                .with("status", "active");
            reading.items.push(item);
        }
        counts.measure(&mut reading);
        // This version verified nothing.
        reading.measure("verified", 0_u64);
        let redacted = redact::json("trufflehog2-json/v1", document.text(), |path, _| {
            hidden(path)
        });
        redact::apply(redacted, &mut reading);
        Ok(reading)
    }
}

/// What is not known to say only where and why.
fn hidden(path: &[Step]) -> Option<&'static str> {
    const HARMLESS: [&str; 5] = ["branch", "commitHash", "date", "path", "reason"];
    const FIELDS: [&str; 4] = ["stringsFound", "diff", "printDiff", "commit"];
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    match keys.as_slice() {
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

    const PLANTED: &str = "planted-0014";

    fn finding() -> String {
        format!(
            r#"{{"branch": "main", "commit": "{PLANTED}", "commitHash": "abc", "date": "2021",
            "diff": "{PLANTED}", "path": "a.py", "printDiff": "{PLANTED}", "reason": "AWS",
            "stringsFound": ["{PLANTED}"], "new": {{"x": 1234567}}}}"#
        )
        .replace('\n', "")
    }

    #[test]
    fn lines_and_a_list_say_the_same_and_nothing_of_the_secret() {
        let one = finding();
        for text in [
            format!("[{one}, {one}]"),
            format!("{one}\n{one}\n"),
            format!("{one}{one}"),
        ] {
            let document = Document::new("x.json", text.as_bytes());
            assert!(Trufflehog2.recognises(&document));
            let reading = Trufflehog2.read(&document).expect("a reading");
            assert_eq!(reading.measures["total"].as_int(), Some(2), "{text}");
            assert_eq!(reading.items[1].get("rule").as_text(), Some("AWS"));
            assert_eq!(reading.tool.as_deref(), Some("trufflehog"));
            let bytes = reading.redacted.clone().expect("a redaction").1;
            let without = String::from_utf8(bytes).expect("text");
            let shown = format!("{:?} {without}", reading.items);
            assert!(
                !shown.contains(PLANTED) && !shown.contains("1234567"),
                "{shown}"
            );
        }
        let broken = format!("{}\n{{\"path\": \"{PLANTED}", finding());
        let document = Document::new("x.json", broken.as_bytes());
        let error = Trufflehog2.read(&document).expect_err("an error");
        assert!(!error.says.contains(PLANTED));
    }
}
