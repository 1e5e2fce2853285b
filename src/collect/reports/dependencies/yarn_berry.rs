//! The JSON Lines of yarn since version 4 (`yarn npm audit --json`): one line for each advisory on a
//! package, deprecated packages among them.
//!
//! The stream has no beginning and no end of its own, and a clean audit writes nothing at all.
//! Unless it is told otherwise, yarn looks only at what one workspace depends on directly.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::npm_words::advisory_in;
use super::rows::{Row, Tally};
use crate::collect::reports::words::{counted, message, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape, Text, parse};
use crate::parse::lists::Texts;

/// The JSON Lines of yarn since version 4.
pub(in crate::collect::reports) struct YarnBerry;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "yarn-4",
    usual_names: &[
        "yarn-audit*.json",
        "yarn-audit*.jsonl",
        "yarn_audit*.json",
        "yarn-audit*.ndjson",
    ],
    about: "yarn writes it since version 4 with `yarn npm audit --json`.",
    // One line: the format has no end, and a stream cut between two lines is a shorter stream.
    sample: (
        "yarn-audit.jsonl",
        concat!(
            r#"{"value":"a","children":{"ID":7,"Issue":"i","Severity":"high","#,
            r#""Tree Versions":["1.0.0"],"URL":"https://github.com/advisories/GHSA-1"}}"#,
        ),
    ),
};

/// A row, or a message of yarn.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a row or a message of yarn, found something else"
)]
enum Line {
    Row {
        value: Text,
        children: Children,
    },
    Message {
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        data: Text,
    },
}

#[derive(Deserialize)]
struct Children {
    #[serde(rename = "ID")]
    id: Text,
    #[serde(default, rename = "URL")]
    url: Text,
    #[serde(default, rename = "Severity")]
    severity: Text,
    #[serde(default, rename = "Tree Versions")]
    versions: Texts,
}

fn is_row(shape: &Shape) -> bool {
    let ours = |key: &String| key == "value" || key == "children";
    shape.outer == Outer::Object
        && shape.keys.iter().all(ours)
        && shape.has_inner(&["children.ID"])
        && (shape.has_inner(&["children.Severity"]) || shape.has_inner(&["children.Issue"]))
}

impl Format for YarnBerry {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_row)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("yarn".to_owned());
        let mut stream = Stream {
            tally: Tally::default().with_severities(),
            ..Stream::default()
        };
        document.lines(|number, line| {
            stream.line(number, line, document, &mut reading);
            true
        })?;
        stream.tally.measure(&mut reading);
        stream.settle(&mut reading);
        Ok(reading)
    }
}

#[derive(Default)]
struct Stream {
    tally: Tally,
    /// The packages and advisories that stand in it; yarn writes each pair once.
    pairs: BTreeSet<(String, String)>,
    repeated: u64,
    /// The packages that are deprecated.
    deprecated: Vec<String>,
    foreign: u64,
    error: Option<String>,
}

impl Stream {
    fn line(&mut self, number: u32, line: &str, document: &Document<'_>, reading: &mut Reading) {
        if line.trim().is_empty() {
            return;
        }
        match parse(line) {
            Ok(Line::Row { value, children }) => {
                let source = Source::line(document.path, number);
                self.row(&value, &children, &source, reading);
            }
            Ok(Line::Message { kind, data }) if kind == "error" => {
                let says = message(data.said().unwrap_or("no message"));
                self.error.get_or_insert(says);
            }
            Ok(Line::Message { .. }) => {}
            Err(_) => self.foreign += 1,
        }
    }

    fn row(&mut self, value: &Text, children: &Children, source: &Source, reading: &mut Reading) {
        let number = children.id.said();
        let [package, id] = [value.said(), number].map(|it| it.unwrap_or_default().to_owned());
        self.tally.count(number, children.severity.said());
        // yarn makes an advisory of its own of a deprecated package.
        if id.ends_with("(deprecation)") {
            self.deprecated.push(package.clone());
        } else {
            self.show(value, children, source, reading);
        }
        self.repeated += u64::from(!self.pairs.insert((package, id)));
    }

    /// Records the item of an advisory, for each version of the package in the tree.
    fn show(&mut self, value: &Text, children: &Children, source: &Source, reading: &mut Reading) {
        let number = children.id.said();
        let named = children.url.said().and_then(advisory_in);
        let aliases = number.filter(|_| named.is_some()).map(str::to_owned);
        let mut versions: Vec<Option<&str>> = children.versions.said().map(Some).collect();
        if versions.is_empty() {
            versions.push(None);
        }
        for version in versions {
            let row = Row {
                package: value.said(),
                version,
                id: named.or(number),
                aliases: aliases.iter().cloned().collect(),
                severity: children.severity.said(),
                ..Row::default()
            };
            self.tally.show(reading, source.clone(), &row);
        }
    }

    fn settle(&self, reading: &mut Reading) {
        if !self.deprecated.is_empty() {
            reading.measure("warnings", self.deprecated.len());
            reading.note(format!(
                "{} of the {} say that a package is deprecated ({}), which is no vulnerability; \
                 yarn counts them, and so do the counts.",
                self.deprecated.len(),
                counted(self.tally.entries(), "row", "rows"),
                some_of(self.deprecated.iter().map(String::as_str))
            ));
        }
        reading.note(
            "The stream has no end of its own: had it been cut off between two lines, this could \
             not be seen. Nor does it say whether more than direct dependencies were looked up.",
        );
        if let Some(error) = &self.error {
            let says = excerpt(error);
            let why = format!("yarn ended with an error: {}.", says.trim_end_matches('.'));
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.repeated > 0 {
            let why = format!(
                "{} twice, which yarn does not write; more than one audit may stand in the file.",
                counted(self.repeated, "row stands", "rows stand")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.foreign > 0 {
            let lines = counted(self.foreign, "line is", "lines are");
            let why = format!("{lines} no part of an audit of yarn.");
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = concat!(
        r#"{"value":"t","children":{"ID":1096536,"URL":"https://github.com/advisories/GHSA-37q5","#,
        r#""Severity":"low","Vulnerable Versions":"< 4","Tree Versions":["4.38","5.0"]}}"#
    );
    const DEPRECATED: &str = concat!(
        r#"{"value":"p","children":{"ID":"p (deprecation)","Issue":"use q","#,
        r#""Severity":"moderate","Tree Versions":["7.18.6"]}}"#
    );

    fn read(lines: &[&str]) -> Reading {
        let text = lines.join("\n");
        let document = Document::new("x.json", text.as_bytes());
        assert!(YarnBerry.recognises(&document), "{text}");
        YarnBerry.read(&document).expect("a reading")
    }

    #[test]
    fn a_deprecation_is_a_row_and_no_vulnerability() {
        let reading = read(&[DEPRECATED, ROW]);
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(2), Some(2))
        );
        assert_eq!(measured("warnings"), Some(1));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let shown: Vec<_> = reading
            .items
            .iter()
            .map(|it| format!("{} {}", it.get("id"), it.get("version")))
            .collect();
        assert_eq!(shown, ["GHSA-37q5 4.38", "GHSA-37q5 5.0"]);
        assert!(reading.notes[0].starts_with("1 of the 2 rows say"));
        assert_eq!(reading.items[1].source, Source::line("x.json", 2));
    }

    #[test]
    fn what_yarn_does_not_write_makes_the_stream_incomplete() {
        let error = r#"{"type":"error","name":35,"data":"ECONNREFUSED"}"#;
        let info = r#"{"type":"info","name":null,"data":"done"}"#;
        for (more, state) in [
            (info, ReadingState::Complete),
            (error, ReadingState::Incomplete),
            (ROW, ReadingState::Incomplete),
            ("{\"value\":\"t\"", ReadingState::Incomplete),
            ("{\"value\":\"t\"}", ReadingState::Incomplete),
        ] {
            assert_eq!(read(&[ROW, more]).state, state, "{more}");
        }
    }
}
