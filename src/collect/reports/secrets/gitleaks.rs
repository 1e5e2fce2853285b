//! gitleaks' JSON report, versions 7 and 8.
//!
//! A report that was not made with `--redact` holds the secrets themselves: in `Secret`, `Match`,
//! `Line` and, when the commit message quotes it, `Message` (version 7: `offender`, `line`,
//! `commitMessage`). `--redact` leaves the message as it is, and `--redact=20` leaves a part of
//! the value, so a value counts as redacted only when it is exactly `REDACTED`.

use serde::Deserialize;

use crate::collect::reports::findings::Findings;
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::redact;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::SECRETS_FINDING;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Shape, Text};
use crate::parse::rewrite::{Scalar, Step};

/// gitleaks' JSON report.
pub(in crate::collect::reports) struct Gitleaks;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Secrets,
    name: "gitleaks",
    usual_names: &["gitleaks*.json", "*.gitleaks.json", "*-gitleaks.json"],
    about: "gitleaks writes it with `--report-format json`.",
    sample: (
        "gitleaks.json",
        r#"[{"RuleID": "aws", "Description": "d", "StartLine": 1, "Secret": "s", "File": "a.py"}]"#,
    ),
};

/// The fields that may hold a secret, in both versions and at any depth.
const SECRET_FIELDS: [&str; 7] = [
    "Secret",
    "Match",
    "Line",
    "Message",
    "offender",
    "line",
    "commitMessage",
];

/// The texts that say where a secret lies and not what it is, in both versions.
const HARMLESS_TEXTS: [&str; 16] = [
    "RuleID",
    "rule",
    "Description",
    "File",
    "SymlinkFile",
    "Commit",
    "Link",
    "Author",
    "Email",
    "Date",
    "Tags",
    "Fingerprint",
    "repo",
    "repoURL",
    "leakURL",
    "operation",
];

/// A finding of either version. The fields that hold the secret are not even read.
#[derive(Deserialize)]
struct Finding {
    #[serde(default, rename = "RuleID", alias = "rule")]
    rule: Text,
    #[serde(default, rename = "File", alias = "file")]
    file: Text,
    #[serde(default, rename = "StartLine", alias = "lineNumber")]
    line: Count,
    #[serde(default, rename = "Commit", alias = "commit")]
    commit: Text,
    #[serde(default, rename = "Fingerprint")]
    fingerprint: Text,
}

fn is_version_8(shape: &Shape) -> bool {
    let others = ["Description", "StartLine", "Match", "Secret", "Fingerprint"];
    shape.has_inner(&["RuleID"]) && others.iter().any(|key| shape.inner.contains(*key))
}

fn is_version_7(shape: &Shape) -> bool {
    shape.has_inner(&["offender"])
        || (shape.broken.is_some() && shape.has_inner(&["line", "lineNumber"]))
}

/// Whether nothing was found. The content alone does not say by whom.
fn is_clean(shape: &Shape) -> bool {
    shape.broken.is_none()
        && match shape.outer {
            Outer::Null => true,
            Outer::Array => shape.length == 0,
            Outer::Object | Outer::Scalar => false,
        }
}

impl Format for Gitleaks {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let listed = shape.outer == Outer::Array;
            (listed && (is_version_8(shape) || is_version_7(shape)))
                || (is_clean(shape) && usually_named(&SPEC, document.path))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let findings: Option<Vec<Finding>> = document
            .json()
            .map_err(|error| redact::neutral(&error, "a list of gitleaks findings"))?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("gitleaks".to_owned());
        let mut counts = Findings::default();
        for (at, finding) in findings.iter().flatten().enumerate() {
            counts.total += 1;
            counts.active += 1;
            let source = Source::pointer(document.path, format!("/{at}"));
            reading.items.push(item(source, finding));
        }
        if counts.total == 0 {
            reading.note(
                "A clean gitleaks report does not say what was scanned: neither which files nor \
                 whether the history was.",
            );
        }
        counts.measure(&mut reading);
        let redacted = redact::json("gitleaks-json/v1", document.text(), secret_field);
        if let Some((redaction, bytes)) = redacted {
            reading.note(redact::note(&redaction));
            reading.redacted = Some((redaction, bytes));
        }
        Ok(reading)
    }
}

/// The field to take a value out of: the outermost that may hold a secret, or one that is not
/// known to be harmless, since the next version of gitleaks may quote the secret in a new place.
fn secret_field(path: &[Step], scalar: Scalar) -> Option<&'static str> {
    let keys = || path.iter().filter_map(Step::key);
    let named = |fields: &[&'static str], key: &str| {
        let found = fields.iter().find(|field| field.eq_ignore_ascii_case(key));
        found.copied()
    };
    if let Some(field) = keys().find_map(|key| named(&SECRET_FIELDS, key)) {
        return Some(field);
    }
    let harmless = keys().all(|key| {
        named(&HARMLESS_TEXTS, key).is_some() || key.eq_ignore_ascii_case("requiredFindings")
    });
    (scalar == Scalar::Text && !harmless).then_some("other")
}

fn item(source: Source, finding: &Finding) -> Item {
    Item::new(&SECRETS_FINDING, source)
        .with("path", finding.file.said())
        .with("line", finding.line.0)
        .with("rule", finding.rule.said())
        .with("commit", finding.commit.said())
        .with("fingerprint", finding.fingerprint.said())
        .with("status", "active")
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};

    /// What is planted; it must come out nowhere.
    const PLANTED: &str = "AKIA-planted-0001";

    fn shown(path: &str, text: &str) -> (Outcome, String) {
        let outcome = inspect(path, text.as_bytes()).outcome;
        let mut all = format!("{outcome:?}");
        if let Outcome::Report(reading) = &outcome
            && let Some((_, bytes)) = &reading.redacted
        {
            all.push_str(&String::from_utf8_lossy(bytes));
        }
        (outcome, all)
    }

    fn version_8(secret: &str) -> String {
        format!(
            r#"[{{"RuleID": "aws-key", "Description": "AWS", "StartLine": 7,
              "Match": "key={secret}", "Secret": "{secret}", "Line": "export key={secret}",
              "File": "conf.py", "Commit": "abc", "Message": "add {secret}", "Entropy": 3.1,
              "requiredFindings": [{{"Secret": "{secret}", "Line": ["{secret}"]}}],
              "Fingerprint": "abc:conf.py:aws-key:7"}}]"#
        )
    }

    #[test]
    fn no_secret_of_version_8_or_7_gets_through() {
        let version_7 = format!(
            r#"[{{"line": "key={PLANTED}", "lineNumber": 3, "offender": "{PLANTED}",
            "commit": "abc", "rule": "AWS", "commitMessage": "{PLANTED}", "file": "a.py"}}]"#
        );
        for (text, line) in [(version_8(PLANTED), 7), (version_7, 3)] {
            let (outcome, all) = shown("x.json", &text);
            assert!(!all.contains(PLANTED), "{all}");
            let Outcome::Report(reading) = outcome else {
                panic!("a report");
            };
            assert_eq!(reading.measures["total"].as_int(), Some(1));
            assert_eq!(reading.items[0].get("line").as_int(), Some(line));
            let (_, bytes) = reading.redacted.expect("a redaction");
            let again = inspect("x.json", &bytes).outcome;
            let Outcome::Report(again) = again else {
                panic!("a report");
            };
            assert_eq!(
                (again.measures, again.items),
                (reading.measures, reading.items)
            );
            assert!(again.redacted.is_none());
        }
    }

    #[test]
    fn a_secret_is_quoted_by_no_error() {
        let whole = version_8(PLANTED);
        for broken in [
            format!("{whole}{PLANTED}"),
            whole.replace("]}]", "]"),
            whole.replacen('{', &format!("\"{PLANTED}\", {{"), 1),
            whole.replace("\"StartLine\": 7", &format!("\"StartLine\": \"{PLANTED}\"")),
            whole.replace(
                "\"Line\": ",
                &format!("\"RuleID\": {{\"{PLANTED}\": 1}}, \"Line\": "),
            ),
        ] {
            let (_, all) = shown("gitleaks.json", &broken);
            assert!(!all.contains(PLANTED), "{all}");
        }
        for end in 0..whole.len() {
            let (outcome, all) = shown("gitleaks.json", &whole[..end]);
            assert!(!all.contains(PLANTED), "{end}: {all}");
            assert!(!matches!(outcome, Outcome::Report(_)), "{end}");
        }
    }

    #[test]
    fn only_a_whole_redaction_by_gitleaks_is_left_as_it_is() {
        let all = version_8("REDACTED")
            .replace("key=REDACTED", "REDACTED")
            .replace("export REDACTED", "REDACTED")
            .replace("add REDACTED", "");
        let Outcome::Report(reading) = shown("x.json", &all).0 else {
            panic!("a report");
        };
        assert!(reading.redacted.is_none(), "{:?}", reading.notes);
        let part = all.replacen("\"Secret\": \"REDACTED\"", "\"Secret\": \"AKI...\"", 1);
        let Outcome::Report(reading) = shown("x.json", &part).0 else {
            panic!("a report");
        };
        let (redaction, bytes) = reading.redacted.expect("a redaction");
        assert_eq!(redaction.fields.get("Secret"), Some(&1));
        assert_eq!(String::from_utf8(bytes).expect("text"), all);
    }

    #[test]
    fn a_clean_report_is_known_by_its_name_alone() {
        for text in ["[]", "null", " [ ]\n"] {
            let (outcome, _) = shown("out/Gitleaks-report.json", text);
            let Outcome::Report(reading) = outcome else {
                panic!("a report");
            };
            assert_eq!(reading.measures["total"].as_int(), Some(0));
            assert_eq!(reading.notes.len(), 1);
            assert_eq!(shown("report.json", text).0, Outcome::Unrecognised);
        }
    }
}
