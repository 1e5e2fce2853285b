//! A baseline of detect-secrets (`.secrets.baseline`).
//!
//! What it lists was accepted when it was written: a person then judges each entry. Judged real or
//! not judged at all stays open; judged a false alarm is suppressed. `hashed_secret` is an unsalted
//! SHA-1 of the secret, from which a weak one can be guessed, and is taken out.

use serde::Deserialize;

use crate::collect::reports::findings::Findings;
use crate::collect::reports::redact;
use crate::collect::reports::words::{counted, pointer_step, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::SECRETS_FINDING;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Pairs, Text, nullable};
use crate::parse::rewrite::{Scalar, Step};

/// A baseline of detect-secrets.
pub(in crate::collect::reports) struct DetectSecrets;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Secrets,
    name: "detect-secrets",
    usual_names: &[
        "*.secrets.baseline",
        "detect-secrets*.json",
        "detect-secrets*.baseline",
    ],
    about: "detect-secrets writes it with `scan`, and `audit` notes in it what a person decided.",
    sample: (
        ".secrets.baseline",
        r#"{"version": "1.5.0", "plugins_used": [{"name": "AWSKeyDetector"}], "filters_used": [],
        "results": {"a.py": [{"type": "AWS Access Key", "filename": "a.py", "hashed_secret": "x",
        "is_verified": false, "line_number": 7}]}, "generated_at": "2026-11-22T15:51:53Z"}"#,
    ),
};

#[derive(Deserialize)]
struct Baseline {
    #[serde(default)]
    version: Text,
    #[serde(default, deserialize_with = "nullable")]
    plugins_used: Vec<serde::de::IgnoredAny>,
    results: Option<Pairs<Vec<Entry>>>,
    #[serde(default)]
    generated_at: Text,
}

/// The digest of the secret is not even read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    #[serde(rename = "type")]
    kind: Text,
    line_number: Count,
    is_verified: Option<bool>,
    is_secret: Option<bool>,
}

impl Format for DetectSecrets {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let whole = shape.has(&["plugins_used", "results"]);
            whole || (shape.broken.is_some() && shape.has(&["plugins_used"]))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let baseline: Baseline = document
            .json()
            .map_err(|error| redact::neutral(&error, "the values of a detect-secrets baseline"))?;
        let Some(Pairs(files)) = &baseline.results else {
            return Err(ParseError::whole("expected results by file, found none"));
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("detect-secrets".to_owned());
        reading.tool_version = baseline.version.said().map(str::to_owned);
        set_produced(
            &mut reading,
            baseline.generated_at.said().unwrap_or_default(),
        );
        take(files, document, &mut reading);
        let redacted = redact::json("detect-secrets/v1", document.text(), hidden);
        redact::apply(redacted, &mut reading);
        if baseline.plugins_used.is_empty() {
            let why = "The baseline names no detector, so nothing could be found.";
            reading.lower(ReadingState::NothingMeasured, why);
        }
        Ok(reading)
    }
}

fn take(files: &[(String, Vec<Entry>)], document: &Document<'_>, reading: &mut Reading) {
    let mut findings = Findings {
        suppressed: Some(0),
        ..Findings::default()
    };
    let (mut verified, mut unaudited) = (0_u64, 0_u64);
    for (file, entries) in files {
        for (at, entry) in entries.iter().enumerate() {
            let false_alarm = entry.is_secret == Some(false);
            findings.total += 1;
            if false_alarm {
                *findings.suppressed.get_or_insert_default() += 1;
            } else {
                findings.active += 1;
            }
            verified += u64::from(entry.is_verified == Some(true));
            unaudited += u64::from(entry.is_secret.is_none());
            let pointer = format!("/results/{}/{at}", pointer_step(file));
            let item = Item::new(&SECRETS_FINDING, Source::pointer(document.path, pointer))
                .with("path", file.as_str())
                .with("line", entry.line_number.0.filter(|line| *line > 0))
                .with("rule", entry.kind.said())
                .with("status", if false_alarm { "suppressed" } else { "active" });
            reading.items.push(item);
        }
    }
    reading.measure("verified", verified);
    reading.measure("unaudited", unaudited);
    if unaudited > 0 {
        reading.note(format!(
            "{} that nobody has judged.",
            counted(
                unaudited,
                "entry stands in the baseline",
                "entries stand in the baseline"
            )
        ));
    }
    findings.measure(reading);
}

/// The settings of the tool stay, and of an entry what says where it stands and what it is.
fn hidden(path: &[Step], scalar: Scalar) -> Option<&'static str> {
    const SETTINGS: [&str; 6] = [
        "version",
        "plugins_used",
        "filters_used",
        "generated_at",
        "exclude",
        "custom_plugin_paths",
    ];
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    match keys.as_slice() {
        ["results", _, "type" | "filename"] => None,
        ["results", _, "line_number"] if scalar == Scalar::Number => None,
        ["results", _, "hashed_secret", ..] => Some("hashed_secret"),
        [setting, ..] if SETTINGS.contains(setting) => None,
        _ => Some("other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(plugins: &str, entries: &str) -> Reading {
        let text = format!(
            r#"{{"version": "1.5.0", "plugins_used": [{plugins}], "results": {{"conf/a.py":
            [{entries}]}}, "generated_at": "2026-11-22T15:51:53Z"}}"#
        );
        let document = Document::new("x.json", text.as_bytes());
        assert!(DetectSecrets.recognises(&document));
        DetectSecrets.read(&document).expect("a reading")
    }

    const PLUGIN: &str = r#"{"name": "AWSKeyDetector"}"#;

    #[test]
    fn only_a_false_alarm_does_not_stand() {
        let entry = |more: &str| format!(r#"{{"type": "K", "line_number": 7{more}}}"#);
        let entries = [
            entry(""),
            entry(", \"is_secret\": true, \"is_verified\": true"),
            entry(", \"is_secret\": false"),
        ];
        let reading = read(PLUGIN, &entries.join(","));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!((measured("total"), measured("active")), (Some(3), Some(2)));
        assert_eq!(
            (measured("unaudited"), measured("verified")),
            (Some(1), Some(1))
        );
        assert_eq!(reading.items[2].get("status").as_text(), Some("suppressed"));
        assert_eq!(
            reading.items[2].source.place_text(),
            "x.json#/results/conf~1a.py/2"
        );
    }

    #[test]
    fn a_baseline_without_detectors_found_nothing() {
        assert_eq!(read("", "").state, ReadingState::NothingMeasured);
        assert_eq!(read(PLUGIN, "").state, ReadingState::Complete);
    }

    #[test]
    fn no_digest_of_a_secret_gets_through() {
        let planted = "planted-0013";
        let reading = read(
            PLUGIN,
            &format!(
                r#"{{"type": "K", "hashed_secret": "{planted}", "line_number": 1,
                "new": ["{planted}"]}}"#
            ),
        );
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(!format!("{:?} {without}", reading.items).contains(planted));
    }
}
