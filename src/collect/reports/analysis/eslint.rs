//! ESLint's JSON report (`-f json`, `-f json-with-metadata`).
//!
//! One member a file, which also states how many errors and warnings it has. A fatal message is a
//! file that could not be parsed. `source` holds a whole file.

use serde::Deserialize;

use super::eslint_counts::FileCounts;
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::{counted, is_empty_list, length};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Shape, Text, nullable};
use crate::parse::rewrite::{Scalar, Step};

/// ESLint's JSON report.
pub(in crate::collect::reports) struct Eslint;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "eslint",
    // Not `*.eslint.json`, which is how settings for it are named.
    usual_names: &["eslint.json", "eslint-*.json", "eslint_*.json"],
    about: "ESLint writes it with `-f json` or `-f json-with-metadata`.",
    sample: (
        "eslint-report.json",
        r#"[{"filePath": "/a.js", "messages": [{"ruleId": "no-secrets/no-secrets", "severity": 2,
        "message": "m", "line": 1}], "suppressedMessages": [], "errorCount": 1,
        "fatalErrorCount": 0, "warningCount": 0, "source": "x"}]"#,
    ),
};

#[derive(Deserialize)]
struct WithMetadata {
    results: Option<Vec<Linted>>,
}

/// One file.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Linted {
    file_path: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) messages: Vec<Message>,
    #[serde(deserialize_with = "nullable")]
    suppressed_messages: Vec<Message>,
    pub(super) error_count: Count,
    fatal_error_count: Count,
    pub(super) warning_count: Count,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Message {
    rule_id: Text,
    severity: Count,
    #[serde(rename = "message")]
    says: Text,
    line: Count,
    fatal: Option<bool>,
    #[serde(deserialize_with = "nullable")]
    suppressions: Vec<Suppression>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Suppression {
    justification: Text,
}

impl Linted {
    fn is_unparsed(&self) -> bool {
        self.messages
            .iter()
            .any(|message| message.fatal == Some(true))
            || self.fatal_error_count.0.is_some_and(|count| count > 0)
    }

    fn all(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().chain(&self.suppressed_messages)
    }
}

impl Message {
    fn quotes(&self) -> bool {
        self.rule_id.said().is_some_and(about_secrets)
    }

    /// ESLint writes a number, and calls it so in its configuration.
    pub(super) const fn severity(&self) -> Option<&'static str> {
        match self.severity.0 {
            Some(2) => Some("error"),
            Some(1) => Some("warning"),
            _ => None,
        }
    }
}

fn is_eslint(shape: &Shape) -> bool {
    let cut = shape.broken.is_some();
    match shape.outer {
        Outer::Array => {
            shape.has_inner(&["filePath", "messages"])
                && (cut || shape.has_inner(&["errorCount", "warningCount"]))
        }
        Outer::Object => {
            shape.has_inner(&["results.filePath", "results.messages"])
                || (shape.lists.contains("results") && shape.has_inner(&["metadata.rulesMeta"]))
        }
        Outer::Null | Outer::Scalar => false,
    }
}

impl Format for Eslint {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_eslint)
            || (is_empty_list(document) && usually_named(&SPEC, document.path))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let neutral = |error: ParseError| redact::neutral(&error, "the files of an ESLint report");
        let listed = document
            .look
            .json()
            .is_some_and(|shape| shape.outer == Outer::Array);
        let (files, below) = if listed {
            (document.json().map_err(neutral)?, "")
        } else {
            let report: WithMetadata = document.json().map_err(neutral)?;
            let says = "expected a list of results, found none";
            let results = report.results.ok_or_else(|| ParseError::whole(says))?;
            (results, "/results")
        };
        let files: Vec<Linted> = files;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("eslint".to_owned());
        take(&files, below, document, &mut reading);
        hide(&files, document, &mut reading);
        settle(&files, &mut reading);
        Ok(reading)
    }
}

fn take(files: &[Linted], below: &str, document: &Document<'_>, reading: &mut Reading) {
    let words = ["error", "warning"];
    let mut rows = Rows::new(&ANALYSIS_FINDING, Some("eslint"), &words).suppressing();
    let mut more = Vec::new();
    let mut missing = 0_u64;
    for (nth, file) in files.iter().enumerate() {
        let mut counts = FileCounts::of(file);
        let place = |list: &str, at: usize| {
            Source::pointer(document.path, format!("{below}/{nth}/{list}/{at}"))
        };
        for (at, message) in file.messages.iter().enumerate() {
            let severity = message.severity().or_else(|| counts.unsaid());
            let row = row(file, message, severity, Standing::Active);
            rows.take(place("messages", at), &row);
        }
        for (at, message) in file.suppressed_messages.iter().enumerate() {
            let row = row(file, message, message.severity(), Standing::Suppressed);
            rows.take(place("suppressedMessages", at), &row);
        }
        for (severity, count) in counts.unlisted() {
            rows.unlisted(count, severity);
            missing = missing.saturating_add(count);
            let source = Source::pointer(document.path, format!("{below}/{nth}"));
            more.push(unlisted(source, file, severity, count));
        }
    }
    rows.finish(reading);
    if !more.is_empty() {
        reading.note(format!(
            "The files state {} than the report lists; those were counted too.",
            counted(missing, "finding more", "findings more")
        ));
        reading.items.append(&mut more);
    }
}

fn row<'f>(
    file: &'f Linted,
    message: &'f Message,
    severity: Option<&'f str>,
    standing: Standing<'f>,
) -> Row<'f> {
    let quotes = message.quotes();
    let mut why = message.suppressions.iter();
    let why = why.find_map(|suppression| suppression.justification.said());
    let rule = message.rule_id.said();
    Row {
        path: file.file_path.said(),
        line: message.line.0,
        rule: rule.or_else(|| (message.fatal == Some(true)).then_some("fatal")),
        severity,
        standing,
        justification: why.filter(|_| !quotes),
        message: message.says.said().filter(|_| !quotes),
        ..Row::default()
    }
}

/// Stands for findings of a file that are counted and not listed, so that no control takes the
/// file for clean.
fn unlisted(source: Source, file: &Linted, severity: &'static str, count: u64) -> Item {
    Item::new(&ANALYSIS_FINDING, source)
        .with("path", file.file_path.said())
        .with("tool", "eslint")
        .with("severity", severity)
        .with("rank", crate::collect::reports::severity::rank(severity))
        .with("status", "active")
        .with(
            "message",
            format!("{count} more of this severity are counted and not listed"),
        )
}

fn hide(files: &[Linted], document: &Document<'_>, reading: &mut Reading) {
    if !files.iter().flat_map(Linted::all).any(Message::quotes) {
        return;
    }
    let redacted = redact::json("eslint-json/v1", document.text(), |path, scalar| {
        let path = match path {
            [Step::Key(results), rest @ ..] if results == "results" => rest,
            other => other,
        };
        match path {
            [Step::Item(_), Step::Key(field)] => ["source", "output"]
                .into_iter()
                .find(|hidden| hidden == field),
            [Step::Item(nth), Step::Key(list), Step::Item(at), rest @ ..] => {
                let file = files.get(*nth)?;
                let messages = match list.as_str() {
                    "messages" => &file.messages,
                    "suppressedMessages" => &file.suppressed_messages,
                    _ => return None,
                };
                let quotes = messages.get(*at).is_none_or(Message::quotes);
                in_message(rest, scalar, quotes)
            }
            _ => None,
        }
    });
    redact::apply(redacted, reading);
}

/// Of a message about a secret everything but its rule and place, and of any message the source
/// that a fix puts in.
fn in_message(path: &[Step], scalar: Scalar, quotes: bool) -> Option<&'static str> {
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    let first = *keys.first()?;
    let puts_in = keys.contains(&"fix") && keys.last() == Some(&"text");
    let harmless = scalar == Scalar::Number || ["ruleId", "messageId", "nodeType"].contains(&first);
    let hidden = puts_in || (quotes && !harmless);
    let field = if puts_in { "fix" } else { "message" };
    hidden.then_some(field)
}

fn settle(files: &[Linted], reading: &mut Reading) {
    let unparsed: Vec<&Linted> = files.iter().filter(|file| file.is_unparsed()).collect();
    if let Some(first) = unparsed.first() {
        let why = format!(
            "{} could not be parsed; the first: {}.",
            counted(length(&unparsed), "file", "files"),
            excerpt(first.file_path.said().unwrap_or("not named"))
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if files.is_empty() {
        let why = "Not one file was linted.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("eslint.json", text.as_bytes());
        assert!(Eslint.recognises(&document), "{text}");
        Eslint.read(&document).expect("a reading")
    }

    fn file(messages: &str, suppressed: &str, errors: u64, warnings: u64) -> String {
        format!(
            r#"{{"filePath": "/w/a.js", "messages": [{messages}], "suppressedMessages":
            [{suppressed}], "errorCount": {errors}, "fatalErrorCount": 0, "warningCount":
            {warnings}, "source": "x = planted-0006"}}"#
        )
    }

    const WARNING: &str = r#"{"ruleId": "eqeqeq", "severity": 1, "message": "m", "line": 3}"#;

    #[test]
    fn files_are_read_with_and_without_metadata() {
        let suppressed = r#"{"ruleId": "no-eval", "severity": 2, "message": "m", "line": 4,
            "suppressions": [{"kind": "directive", "justification": "why"}]}"#;
        let file = file(WARNING, suppressed, 0, 1);
        let list = read(&format!("[{file}]"));
        assert_eq!(list.state, ReadingState::Complete, "{:?}", list.notes);
        assert_eq!(list.measures["total"].as_int(), Some(2));
        assert_eq!(list.measures["suppressed"].as_int(), Some(1));
        assert_eq!(list.items[1].get("justification").as_text(), Some("why"));
        let with = format!(r#"{{"results": [{file}], "metadata": {{"rulesMeta": {{}}}}}}"#);
        let with = read(&with);
        assert_eq!(with.measures, list.measures);
        assert_eq!(
            with.items[0].source.place_text(),
            "eslint.json#/results/0/messages/0"
        );
    }

    #[test]
    fn what_is_counted_and_not_listed_counts() {
        let reading = read(&format!("[{}]", file(WARNING, "", 6, 0)));
        assert_eq!(
            reading.measures["by_severity"].to_string(),
            "error: 6, warning: 1"
        );
        assert_eq!(reading.measures["active"].as_int(), Some(7));
        assert_eq!(reading.items[1].get("rank").as_text(), Some("high"));
        assert!(
            reading.notes[0].contains("6 findings more"),
            "{:?}",
            reading.notes
        );
        let huge = read(&format!("[{}]", file("", "", u64::MAX / 2, 0)));
        assert_eq!(huge.items.len(), 1);
    }

    #[test]
    fn files_that_were_not_parsed_or_not_there_are_no_clean_run() {
        let fatal = r#"{"ruleId": null, "fatal": true, "severity": 2, "message": "Parsing"}"#;
        let reading = read(&format!("[{}]", file(fatal, "", 1, 0)));
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.items[0].get("rule").as_text(), Some("fatal"));
        assert_eq!(read("[]").state, ReadingState::NothingMeasured);
        assert!(!Eslint.recognises(&Document::new("x.json", b"[]")));
        let textlint = br#"[{"filePath": "a.md", "messages": []}]"#;
        assert!(!Eslint.recognises(&Document::new("x.json", textlint)));
    }

    #[test]
    fn a_quoted_secret_reaches_nothing() {
        let planted = "planted-0006";
        let message = format!(
            r#"{{"ruleId": "no-secrets/no-secrets", "severity": 2, "message": "{planted}",
            "line": 1, "suggestions": [{{"desc": "{planted}", "messageId": "m",
            "data": {{"x": "{planted}"}}}}]}}, {{"ruleId": "quotes", "severity": 1,
            "message": "m", "fix": {{"text": "{planted}"}}}}"#
        );
        let reading = read(&format!("[{}]", file(&message, "", 1, 1)));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !format!("{:?} {without}", reading.items).contains(planted),
            "{without}"
        );
        let again = read(&without);
        assert_eq!((again.items, again.redacted), (reading.items, None));
    }
}
