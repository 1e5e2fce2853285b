//! TruffleHog 3's JSON (`--json`): an object for each finding, on a line of its own, or a list that
//! somebody made of them. Its log may stand between them.
//!
//! `Raw`, `RawV2` and `Redacted`, which is often a whole key id, hold the secret; so may whatever a
//! detector adds. Only what says where a finding lies stays.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::trufflehog_log::Log;
use crate::collect::reports::findings::Findings;
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::redact;
use crate::collect::reports::words::{counted, is_empty_list};
use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::SECRETS_FINDING;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Pairs, Shape, Text, nullable};
use crate::parse::rewrite::{Scalar, Step};

/// TruffleHog 3's JSON.
pub(in crate::collect::reports) struct Trufflehog;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Secrets,
    name: "trufflehog",
    usual_names: &[
        "trufflehog*.json",
        "trufflehog*.jsonl",
        "trufflehog*.ndjson",
        "*-trufflehog.json",
    ],
    about: "TruffleHog 3 writes it with `--json`.",
    // A list, since a stream that was cut off behind a finding cannot be told from a whole one.
    sample: (
        "trufflehog.json",
        r#"[{"SourceMetadata": {"Data": {"Git": {"commit": "abc", "file": "a.py", "line": 7}}},
        "SourceID": 1, "SourceType": 16, "SourceName": "trufflehog - git", "DetectorType": 2,
        "DetectorName": "AWS", "DecoderName": "PLAIN", "Verified": true, "Raw": "x",
        "Redacted": "y", "ExtraData": {"account": "z"}}]"#,
    ),
};

/// A finding, or a line of the log. What holds the secret is not even read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Value {
    #[serde(rename = "SourceMetadata", deserialize_with = "nullable")]
    source: Metadata,
    #[serde(rename = "DetectorName")]
    detector: Text,
    #[serde(rename = "Verified")]
    verified: Option<bool>,
    #[serde(rename = "VerificationError")]
    verification_error: Text,
    level: Text,
    #[serde(rename = "msg")]
    message: Text,
    ts: Text,
    trufflehog_version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Metadata {
    /// By the name of the source: `Git`, `Filesystem`, `Docker`.
    #[serde(deserialize_with = "nullable")]
    data: Pairs<Place>,
}

#[derive(Deserialize, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[serde(default)]
struct Place {
    commit: Text,
    file: Text,
    line: Count,
}

fn is_finding(shape: &Shape) -> bool {
    let cut = shape.broken.is_some() && !shape.followed;
    match shape.outer {
        Outer::Array => {
            shape.has_inner(&["SourceMetadata", "DetectorName"])
                || (cut && shape.has_inner(&["SourceMetadata"]))
        }
        Outer::Object => {
            shape.has(&["SourceMetadata", "DetectorName"])
                || (cut && shape.has(&["SourceMetadata"]))
        }
        Outer::Null | Outer::Scalar => false,
    }
}

/// A file that begins with the log.
fn is_log(shape: &Shape) -> bool {
    shape.has(&["level", "msg"]) && shape.texts.contains("logger=trufflehog")
}

impl Format for Trufflehog {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let named = || usually_named(&SPEC, document.path);
        match &document.look {
            Look::Json(shape) => {
                is_finding(shape) || is_log(shape) || (is_empty_list(document) && named())
            }
            Look::Empty => named(),
            _ => false,
        }
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let neutral = |error| redact::neutral(&error, "the findings of TruffleHog");
        let mut gathered = Gathered {
            path: document.path,
            reading: Reading::new(SPEC.kind, SPEC.name),
            counts: Findings::default(),
            verified: 0,
            unverifiable: 0,
            others: 0,
            read: 0,
            log: Log::default(),
            places: BTreeSet::new(),
        };
        gathered.reading.tool = Some("trufflehog".to_owned());
        let shape = document.look.json();
        if shape.is_some_and(|shape| shape.outer == Outer::Array) {
            let values: Vec<Value> = document.json().map_err(neutral)?;
            for value in &values {
                gathered.take(value);
            }
        } else {
            document
                .values(|value: Value| gathered.take(&value))
                .map_err(neutral)?;
        }
        let mut reading = gathered.finish(document.look == Look::Empty);
        let redacted = redact::json("trufflehog-json/v1", document.text(), hidden);
        redact::apply(redacted, &mut reading);
        Ok(reading)
    }
}

struct Gathered<'d> {
    path: &'d str,
    reading: Reading,
    counts: Findings,
    verified: u64,
    unverifiable: u64,
    others: u64,
    read: u64,
    log: Log,
    /// Detector and place, by which repetitions are known without the secret.
    places: BTreeSet<(Option<String>, Place)>,
}

impl Gathered<'_> {
    fn take(&mut self, value: &Value) {
        let nth = self.read;
        self.read += 1;
        let Some(detector) = value.detector.said() else {
            match (value.level.said(), value.message.said()) {
                (Some(level), Some(message)) => {
                    self.log
                        .take(level, message, &value.ts, &value.trufflehog_version);
                }
                _ => self.others += 1,
            }
            return;
        };
        self.counts.total += 1;
        self.counts.active += 1;
        self.verified += u64::from(value.verified == Some(true));
        self.unverifiable += u64::from(value.verification_error.said().is_some());
        let place = value.source.data.0.first().map(|(_, place)| place);
        let place = place.cloned().unwrap_or_default();
        let source = Source::pointer(self.path, format!("/{nth}"));
        let item = Item::new(&SECRETS_FINDING, source)
            .with("path", place.file.said())
            .with("line", place.line.0.filter(|line| *line > 0))
            .with("rule", detector)
            .with("commit", place.commit.said())
            .with("status", "active");
        self.reading.items.push(item);
        self.places.insert((Some(detector.to_owned()), place));
    }

    fn finish(self, empty: bool) -> Reading {
        let mut reading = self.reading;
        let total = self.counts.total;
        self.counts.measure(&mut reading);
        reading.measure("verified", self.verified);
        let distinct = u64::try_from(self.places.len()).unwrap_or(u64::MAX);
        if distinct < total {
            reading.note(format!(
                "{} the detector and the place of another.",
                counted(total - distinct, "finding repeats", "findings repeat")
            ));
        }
        if self.unverifiable > 0 {
            reading.note(format!(
                "{} not be tried out, so that they are not verified says nothing.",
                counted(self.unverifiable, "finding could", "findings could")
            ));
        }
        if empty {
            let why = "The file is empty, which a clean scan leaves as well as one that never ran.";
            reading.lower(ReadingState::Incomplete, why);
        } else if total == 0 {
            reading.note("A clean TruffleHog report does not say what was scanned.");
        }
        self.log.settle(&mut reading);
        if self.others > 0 {
            let why = format!(
                "{} neither a finding nor a line of the log.",
                counted(self.others, "value is", "values are")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        reading
    }
}

/// What is not known to say only where a finding lies, or how the scan went.
fn hidden(path: &[Step], scalar: Scalar) -> Option<&'static str> {
    const TEXTS: [&str; 9] = [
        "SourceName",
        "DetectorName",
        "DetectorDescription",
        "DecoderName",
        "level",
        "ts",
        "logger",
        "msg",
        "trufflehog_version",
    ];
    const NUMBERS: [&str; 7] = [
        "SourceID",
        "SourceType",
        "DetectorType",
        "chunks",
        "bytes",
        "verified_secrets",
        "unverified_secrets",
    ];
    // Links and repositories may have a password in them.
    const PLACES: [&str; 9] = [
        "commit",
        "file",
        "line",
        "timestamp",
        "email",
        "image",
        "layer",
        "tag",
        "visibility",
    ];
    const FIELDS: [&str; 6] = [
        "Raw",
        "RawV2",
        "Redacted",
        "ExtraData",
        "StructuredData",
        "VerificationError",
    ];
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    let harmless = match keys.as_slice() {
        ["SourceMetadata", "Data", _, place] => PLACES.contains(place),
        [key] if scalar == Scalar::Number => NUMBERS.contains(key),
        [key] => TEXTS.contains(key),
        _ => false,
    };
    let first = keys.first();
    let known = || FIELDS.into_iter().find(|field| first == Some(field));
    (!harmless).then(|| known().unwrap_or("other"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANTED: &str = "planted-0016";

    fn finding(line: u32, verified: bool) -> String {
        format!(
            r#"{{"SourceMetadata": {{"Data": {{"Github": {{"commit": "abc", "file": "a.py",
            "link": "https://x:{PLANTED}@h/", "repository": "{PLANTED}", "line": {line}}}}}}},
            "SourceName": "trufflehog - github", "DetectorType": 2, "DetectorName": "AWS",
            "Verified": {verified}, "VerificationError": "{PLANTED}", "Raw": "{PLANTED}",
            "RawV2": "{PLANTED}", "Redacted": "{PLANTED}", "ExtraData": {{"account": "{PLANTED}",
            "n": 1234567}}, "StructuredData": null}}"#
        )
        .replace('\n', "")
    }

    const LOG: &str = r#"{"level": "info-0", "ts": "2024-01-15T10:30:00Z", "logger": "trufflehog",
        "msg": "finished scanning", "trufflehog_version": "3.63.0", "chunks": 6}"#;

    fn read(text: &str) -> Reading {
        let document = Document::new("trufflehog.json", text.as_bytes());
        assert!(Trufflehog.recognises(&document), "{text}");
        Trufflehog.read(&document).expect("a reading")
    }

    #[test]
    fn lines_lists_and_concatenated_objects_say_the_same() {
        let (a, b) = (finding(7, true), finding(7, false));
        for text in [
            format!("{a}\n{b}\n"),
            format!("{a}\n{b}"),
            format!("[{a},\n{b}]"),
            format!("{a}{b}").replace(", ", ",\n  "),
        ] {
            let reading = read(&text);
            assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
            assert_eq!(reading.measures["total"].as_int(), Some(2), "{text}");
            assert_eq!(reading.measures["verified"].as_int(), Some(1));
            assert!(
                reading.notes[1].starts_with("1 finding repeats"),
                "{:?}",
                reading.notes
            );
            assert_eq!(reading.items[1].get("line").as_int(), Some(7));
            let bytes = reading.redacted.clone().expect("a redaction").1;
            let without = String::from_utf8(bytes).expect("text");
            let shown = format!("{:?} {:?} {without}", reading.items, reading.notes);
            assert!(
                !shown.contains(PLANTED) && !shown.contains("1234567"),
                "{shown}"
            );
            let again = read(&without);
            assert_eq!((again.items, again.redacted), (reading.items, None));
        }
    }

    #[test]
    fn the_log_says_how_the_scan_ended() {
        let ended = read(&format!("{}\n{LOG}\n", finding(7, false)));
        assert_eq!(ended.state, ReadingState::Complete, "{:?}", ended.notes);
        assert_eq!(ended.tool_version.as_deref(), Some("3.63.0"));
        assert_eq!(ended.produced_at.as_deref(), Some("2024-01-15T10:30:00Z"));
        let clean = read(LOG);
        assert_eq!(
            (clean.state, clean.measures["total"].as_int()),
            (ended.state, Some(0))
        );
        let running = LOG.replace("finished", "started");
        let error = LOG
            .replace("info-0", "error")
            .replace("finished", "could not");
        for text in [
            running,
            format!("{LOG}\n{error}"),
            format!("{LOG}\n{{\"x\": 1}}"),
        ] {
            assert_eq!(read(&text).state, ReadingState::Incomplete, "{text}");
        }
    }

    #[test]
    fn nothing_found_is_known_by_its_name() {
        assert_eq!(read("[]").state, ReadingState::Complete);
        assert_eq!(read("").state, ReadingState::Incomplete);
        for text in ["[]", ""] {
            assert!(!Trufflehog.recognises(&Document::new("x.json", text.as_bytes())));
        }
    }

    #[test]
    fn a_secret_is_quoted_by_no_error() {
        let whole = finding(7, true);
        for broken in [
            format!("{whole}\n{PLANTED}"),
            format!("{whole}\n{{\"Raw\": \"{PLANTED}"),
            whole.replace(
                "\"Verified\": true",
                &format!("\"Verified\": \"{PLANTED}\""),
            ),
        ] {
            let document = Document::new("x.json", broken.as_bytes());
            let error = Trufflehog.read(&document).expect_err("an error");
            assert!(!error.says.contains(PLANTED), "{error}");
        }
    }
}
