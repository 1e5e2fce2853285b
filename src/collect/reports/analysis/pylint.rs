//! pylint's JSON reports: a list of messages (`json`), or messages with statistics (`json2`).

use serde::Deserialize;

use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::{compare, counted, is_empty_list, length};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Pairs, Shape, Text, nullable};

/// pylint's JSON reports.
pub(in crate::collect::reports) struct Pylint;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "pylint",
    usual_names: &["pylint*.json", "*.pylint.json", "*-pylint.json"],
    about: "pylint writes it with `--output-format=json` or `json2`.",
    sample: (
        "pylint.json",
        r#"[{"type": "warning", "module": "a", "obj": "f", "line": 7, "column": 4,
        "path": "a.py", "symbol": "unused-variable", "message": "m", "message-id": "W0612"}]"#,
    ),
};

#[derive(Deserialize)]
struct WithStatistics {
    messages: Option<Vec<Message>>,
    #[serde(default, deserialize_with = "nullable")]
    statistics: Statistics,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Statistics {
    #[serde(deserialize_with = "nullable")]
    message_type_count: Pairs<Count>,
    modules_linted: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message {
    #[serde(rename = "type")]
    severity: Text,
    path: Text,
    line: Count,
    symbol: Text,
    #[serde(rename = "message-id", alias = "messageId")]
    id: Text,
    #[serde(rename = "message")]
    says: Text,
}

impl Message {
    /// Whether it says that a module was not looked at.
    fn stops(&self) -> bool {
        self.severity.said() == Some("fatal")
            || ["syntax-error", "parse-error", "astroid-error"]
                .iter()
                .any(|symbol| self.symbol.said() == Some(symbol))
    }

    /// Informational messages are about the run, and one of them is about what was suppressed.
    fn standing(&self) -> Standing<'_> {
        match (self.severity.said(), self.symbol.said()) {
            (Some("info"), Some("suppressed-message")) => Standing::Suppressed,
            (Some("info"), _) => Standing::Other("information"),
            _ => Standing::Active,
        }
    }
}

fn is_pylint(shape: &Shape) -> bool {
    match shape.outer {
        Outer::Array => {
            shape.has_inner(&["symbol", "message-id"])
                || (shape.broken.is_some() && shape.has_inner(&["module", "obj"]))
        }
        Outer::Object => {
            shape.has_inner(&["messages.symbol", "messages.messageId"])
                || shape.has_inner(&["statistics.messageTypeCount"])
                || (shape.broken.is_some() && shape.has_inner(&["messages.symbol"]))
        }
        Outer::Null | Outer::Scalar => false,
    }
}

impl Format for Pylint {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_pylint)
            || (is_empty_list(document) && usually_named(&SPEC, document.path))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let neutral = |error: ParseError| redact::neutral(&error, "the messages of pylint");
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("pylint".to_owned());
        let shape = document.look.json();
        if shape.is_some_and(|shape| shape.outer == Outer::Array) {
            let messages: Vec<Message> = document.json().map_err(neutral)?;
            take(&messages, "", document, &mut reading);
            if messages.is_empty() {
                reading.note("A clean pylint report of this kind does not say what was linted.");
            }
            settle(&messages, &mut reading);
            return Ok(reading);
        }
        let report: WithStatistics = document.json().map_err(neutral)?;
        let Some(messages) = &report.messages else {
            return Err(ParseError::whole("expected a list of messages, found none"));
        };
        take(messages, "/messages", document, &mut reading);
        compare_statistics(&report.statistics, length(messages), &mut reading);
        settle(messages, &mut reading);
        Ok(reading)
    }
}

fn take(messages: &[Message], below: &str, document: &Document<'_>, reading: &mut Reading) {
    let words = ["fatal", "error", "warning", "refactor", "convention"];
    let mut rows = Rows::new(&ANALYSIS_FINDING, Some("pylint"), &words);
    for (at, message) in messages.iter().enumerate() {
        let row = Row {
            path: message.path.said(),
            line: message.line.0,
            rule: message.symbol.said().or(message.id.said()),
            severity: message.severity.said(),
            standing: message.standing(),
            message: message.says.said(),
            ..Row::default()
        };
        let source = Source::pointer(document.path, format!("{below}/{at}"));
        rows.take(source, &row);
    }
    rows.finish(reading);
}

fn compare_statistics(statistics: &Statistics, listed: u64, reading: &mut Reading) {
    let counts = &statistics.message_type_count.0;
    let stated = counts
        .iter()
        .map(|(_, count)| count.0)
        .try_fold(0_u64, |sum, count| sum.checked_add(count?));
    let stated = stated.filter(|_| !counts.is_empty());
    let nouns = ("message", "messages");
    compare(reading, "The statistics count", stated, listed, nouns);
    match statistics.modules_linted.0 {
        Some(0) if listed == 0 => {
            reading.lower(ReadingState::NothingMeasured, "Not one module was linted.");
        }
        Some(_) => {}
        None => reading.lower(
            ReadingState::Incomplete,
            "The statistics do not say how many modules were linted.",
        ),
    }
}

fn settle(messages: &[Message], reading: &mut Reading) {
    let stopped: Vec<&Message> = messages.iter().filter(|message| message.stops()).collect();
    if let Some(first) = stopped.first() {
        let why = format!(
            "{} not linted; the first: {}.",
            counted(length(&stopped), "module was", "modules were"),
            excerpt(first.path.said().unwrap_or("not named"))
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Reading {
        let document = Document::new(path, text.as_bytes());
        assert!(Pylint.recognises(&document), "{text}");
        Pylint.read(&document).expect("a reading")
    }

    fn message(severity: &str, symbol: &str, id: &str) -> String {
        format!(
            r#"{{"type": "{severity}", "path": "a.py", "line": 3, "symbol": "{symbol}",
            "message": "m", "{id}": "X1"}}"#
        )
    }

    fn json2(messages: &str, modules: &str) -> Reading {
        read(
            "x.json",
            &format!(
                r#"{{"messages": [{messages}], "statistics": {{"messageTypeCount":
                {{"warning": 1, "error": 0}}, "modulesLinted": {modules}, "score": 9.5}}}}"#
            ),
        )
    }

    #[test]
    fn both_reports_say_the_same() {
        let list = read(
            "x.json",
            &format!("[{}]", message("warning", "unused", "message-id")),
        );
        let with = json2(&message("warning", "unused", "messageId"), "3");
        assert_eq!(
            (list.state, with.state),
            (ReadingState::Complete, list.state)
        );
        assert_eq!(list.measures, with.measures);
        assert_eq!(list.items[0].get("rank").as_text(), Some("medium"));
        assert!(with.notes.is_empty(), "{:?}", with.notes);
    }

    #[test]
    fn what_was_not_linted_is_not_clean() {
        for (severity, symbol) in [("fatal", "fatal"), ("error", "syntax-error")] {
            let reading = json2(&message(severity, symbol, "messageId"), "3");
            assert_eq!(reading.state, ReadingState::Incomplete, "{symbol}");
        }
        assert_eq!(json2("", "0").state, ReadingState::NothingMeasured);
        assert_eq!(json2("", "null").state, ReadingState::Incomplete);
        assert_eq!(
            json2("", "2").state,
            ReadingState::Incomplete,
            "fewer listed"
        );
        assert_eq!(
            read("pylint-report.json", "[]").state,
            ReadingState::Complete
        );
    }

    #[test]
    fn information_is_no_fault() {
        let text = [
            message("info", "suppressed-message", "message-id"),
            message("info", "file-ignored", "message-id"),
        ];
        let reading = read("x.json", &format!("[{}]", text.join(",")));
        assert_eq!(reading.measures["total"].as_int(), Some(2));
        assert_eq!(reading.measures["active"].as_int(), Some(0));
        assert_eq!(reading.measures["suppressed"].as_int(), Some(1));
    }
}
