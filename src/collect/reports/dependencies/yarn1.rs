//! yarn 1's JSON Lines (`yarn audit --json`).
//!
//! An advisory stands once for each path that leads to the package. The last line is a summary,
//! which counts everything; `--level` leaves advisories out of the list and `--summary` all of
//! them. All commands of yarn write lines of this shape.

use serde::Deserialize;

use super::npm_words::{Advisory, Metadata, list_nothing};
use super::rows::{Row, Tally, compare};
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::words::{counted, message};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape, Text, parse};

/// yarn 1's JSON Lines.
pub(in crate::collect::reports) struct Yarn1;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "yarn-1",
    usual_names: &[
        "yarn-audit*.json",
        "yarn-audit*.jsonl",
        "yarn_audit*.json",
        "yarn-audit*.ndjson",
    ],
    about: "yarn 1 writes it with `yarn audit --json`.",
    sample: (
        "yarn-audit.json",
        concat!(
            r#"{"type":"auditAdvisory","data":{"resolution":{"id":7,"path":"a"},"advisory":{"id":7,"#,
            r#""module_name":"a","severity":"high","findings":[{"version":"1.0.0"}]}}}"#,
            "\n",
            r#"{"type":"auditSummary","data":{"vulnerabilities":{"high":1},"totalDependencies":9}}"#,
        ),
    ),
};

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Option<Data>,
}

/// An object of an advisory or of the summary, or what yarn says.
#[derive(Deserialize)]
#[serde(untagged)]
enum Data {
    Object(Box<Object>),
    Text(Text),
}

#[derive(Deserialize)]
struct Object {
    advisory: Option<Advisory>,
    #[serde(flatten)]
    summary: Metadata,
}

/// The words by which messages of yarn are known.
const MESSAGES: [&str; 3] = ["info", "warning", "error"];

fn is_line(shape: &Shape) -> bool {
    let ours = |key: &String| key == "type" || key == "data";
    shape.outer == Outer::Object && shape.has(&["type"]) && shape.keys.iter().all(ours)
}

fn is_message(shape: &Shape) -> bool {
    let is = |word: &&str| shape.texts.contains(&format!("type={word}"));
    MESSAGES.iter().any(is)
}

impl Format for Yarn1 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_line) && {
            let head = document.head();
            // An audit that failed holds only messages, and other commands write such as well.
            let failed = || document.look.json().is_some_and(is_message);
            let named = || head.contains("audit") || usually_named(&SPEC, document.path);
            head.contains("\"auditAdvisory\"")
                || head.contains("\"auditSummary\"")
                || (failed() && named())
        }
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

/// What a line of yarn says.
fn says(data: Option<Data>) -> String {
    match data {
        Some(Data::Text(text)) => message(text.said().unwrap_or("no message")),
        _ => "no message".to_owned(),
    }
}

/// What was read of the stream.
#[derive(Default)]
struct Stream {
    tally: Tally,
    summaries: Vec<Metadata>,
    /// What yarn said, and its errors.
    said: Vec<String>,
    errors: Vec<String>,
    /// Lines that are no line of yarn.
    foreign: u64,
}

impl Stream {
    fn line(&mut self, number: u32, line: &str, document: &Document<'_>, reading: &mut Reading) {
        if line.trim().is_empty() {
            return;
        }
        let Ok(Line { kind, data }) = parse(line) else {
            self.foreign += 1;
            return;
        };
        match (kind.as_str(), data) {
            ("auditAdvisory", Some(Data::Object(object))) => match object.advisory {
                Some(found) => self.found(&found, &Source::line(document.path, number), reading),
                None => self.foreign += 1,
            },
            ("auditSummary", Some(Data::Object(object))) => {
                self.summaries.push(object.summary);
            }
            ("auditAdvisory" | "auditSummary", _) => self.foreign += 1,
            ("error", data) => self.errors.push(says(data)),
            ("info", data) => self.said.push(says(data)),
            _ => {}
        }
    }

    fn found(&mut self, advisory: &Advisory, source: &Source, reading: &mut Reading) {
        let row = Row {
            package: advisory.package.said(),
            version: advisory
                .findings
                .first()
                .and_then(|finding| finding.version.said()),
            id: advisory.name(),
            aliases: advisory.aliases(),
            severity: advisory.severity.said(),
            fixed_in: advisory.fixed_in(),
            ..Row::default()
        };
        self.tally.add_path(reading, source.clone(), &row);
        // The other versions of the package in the tree, which the line lists as well.
        for finding in advisory.findings.iter().skip(1) {
            let row = Row {
                version: finding.version.said(),
                ..row.clone()
            };
            self.tally.show(reading, source.clone(), &row);
        }
    }

    fn settle(&self, reading: &mut Reading) {
        match self.summaries.as_slice() {
            [] => reading.lower(
                ReadingState::Incomplete,
                "The stream has no summary, with which an audit ends; what came after the last \
                 line is not known.",
            ),
            [summary] => self.compare(summary, reading),
            several => {
                let why = format!("{} summaries stand in one stream.", several.len());
                reading.lower(ReadingState::Incomplete, why);
            }
        }
        if let Some(error) = self.errors.first() {
            let says = excerpt(error);
            let why = format!("yarn ended with an error: {}.", says.trim_end_matches('.'));
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.foreign > 0 {
            let lines = counted(self.foreign, "line is", "lines are");
            let why = format!("{lines} no part of an audit of yarn.");
            reading.lower(ReadingState::Incomplete, why);
        }
    }

    fn compare(&self, summary: &Metadata, reading: &mut Reading) {
        let rows = self.tally.entries();
        let declared = summary.vulnerabilities.total();
        if let Some(packages) = summary.total.0 {
            reading.measure("packages", packages);
            reading.measure("audited", packages);
        }
        if rows == 0 {
            if let Some(said) = self.said.first() {
                reading.note(format!(
                    "yarn says: {}.",
                    excerpt(said).trim_end_matches('.')
                ));
            }
            list_nothing(summary.total.0, declared, reading);
        }
        compare(reading, declared, rows, "paths to vulnerabilities");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"type":"auditAdvisory","data":{"resolution":{"id":7,"path":"a>b"},
        "advisory":{"id":7,"module_name":"b","severity":"low","findings":[{"version":"1.0"},
        {"version":"2.0"}]}}}"#;

    fn summary(low: u64, packages: u64) -> String {
        format!(
            r#"{{"type":"auditSummary","data":{{"vulnerabilities":{{"info":0,"low":{low}}},
            "totalDependencies":{packages}}}}}"#
        )
    }

    fn read(lines: &[&str]) -> Reading {
        let lines: Vec<String> = lines.iter().map(|line| line.replace('\n', " ")).collect();
        let text = lines.join("\n");
        let document = Document::new("x.json", text.as_bytes());
        assert!(Yarn1.recognises(&document), "{text}");
        Yarn1.read(&document).expect("a reading")
    }

    #[test]
    fn a_row_for_each_path_is_one_advisory() {
        let reading = read(&[ROW, ROW, &summary(2, 47)]);
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(1), Some(2))
        );
        assert_eq!(measured("audited"), Some(47));
        let versions: Vec<_> = reading
            .items
            .iter()
            .map(|it| it.get("version").to_string())
            .collect();
        assert_eq!(versions, ["1.0", "2.0"]);
        assert_eq!(reading.items[0].source, Source::line("x.json", 1));
    }

    #[test]
    fn an_audit_that_ended_early_or_looked_at_nothing_is_not_clean() {
        assert_eq!(read(&[ROW]).state, ReadingState::Incomplete);
        assert_eq!(read(&[&summary(3, 47)]).state, ReadingState::Incomplete);
        assert_eq!(read(&[&summary(0, 47)]).state, ReadingState::Complete);
        let uncounted = r#"{"type":"auditSummary","data":{"totalDependencies":47}}"#;
        assert_eq!(read(&[uncounted]).state, ReadingState::Incomplete);
        let none = read(&[
            r#"{"type":"info","data":"No lockfile found."}"#,
            &summary(0, 0),
        ]);
        assert_eq!(none.state, ReadingState::NothingMeasured);
        assert_eq!(
            none.notes,
            [
                "yarn says: No lockfile found.",
                "Nothing is listed; the report does not say whether packages were left out of the \
                 audit, such as those for development.",
                "The report counts no package, so nothing was looked up."
            ]
        );
        let failed = read(&[
            r#"{"type":"warning","data":"No license field"}"#,
            r#"{"type":"error","data":"https://r/security/audits: ECONNREFUSED"}"#,
        ]);
        assert_eq!(failed.state, ReadingState::Incomplete);
        assert!(failed.notes[1].contains("ECONNREFUSED"));
        assert_eq!(failed.notes.len(), 2, "a warning is no foreign line");
        assert_eq!(
            read(&[ROW, "}", &summary(1, 47)]).state,
            ReadingState::Incomplete
        );
        assert_eq!(
            read(&[ROW, &summary(1, 47), &summary(1, 47)]).state,
            ReadingState::Incomplete
        );
    }

    #[test]
    fn lines_of_other_commands_are_not_taken_for_it() {
        for other in [
            r#"{"type":"info","data":"Visit https://yarnpkg.com/en/docs"}"#,
            r#"{"type":"tree","data":{"type":"audit","trees":[]}}"#,
            r#"{"type":"info","name":1,"data":"audit"}"#,
        ] {
            let document = Document::new("x.json", other.as_bytes());
            assert!(!Yarn1.recognises(&document), "{other}");
        }
    }
}
