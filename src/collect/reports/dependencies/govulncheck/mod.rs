//! govulncheck's JSON (`govulncheck -format json`, `-json` before 1.1): messages that follow each
//! other as pretty-printed objects, or the same messages as a list.
//!
//! A message `osv` is an advisory for some version of a module in use and no finding. A finding is
//! repeated for each level that was reached and for each trace; the first frame of its trace names
//! a function when vulnerable code is called, a package when it is only imported, and a module
//! when it is only required. The stream has no end of its own.

mod model;

use std::collections::{BTreeMap, BTreeSet};

use self::model::{Config, Finding, Message, Module};
use super::rows::{Row, examined, note_database};
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape, Text};
use crate::parse::lists::Texts;

/// govulncheck's messages.
pub(in crate::collect::reports) struct Govulncheck;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "govulncheck",
    usual_names: &["govulncheck*.json", "*-govulncheck.json"],
    about: "govulncheck writes it with `-format json`, before 1.1 with `-json`.",
    // A list: the stream has no end, and one cut between two messages is a shorter stream.
    sample: (
        "govulncheck.json",
        r#"[{"config": {"protocol_version": "v1.0.0", "scanner_name": "govulncheck",
        "scan_level": "symbol"}}, {"osv": {"id": "GO-1", "aliases": ["CVE-1"]}},
        {"finding": {"osv": "GO-1", "fixed_version": "v1.9.3", "trace": [{"module": "m",
        "version": "v1.6.5", "package": "m/p", "function": "F"}]}}]"#,
    ),
};

/// How far a vulnerability was reached, the farthest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    Required,
    Imported,
    Called,
}

impl Reach {
    /// Its name in facts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Imported => "imported",
            Self::Called => "called",
        }
    }
}

/// The members of messages.
const MEMBERS: [&str; 5] = ["config", "progress", "SBOM", "osv", "finding"];

fn is_message(shape: &Shape) -> bool {
    let ours = |keys: &BTreeSet<String>| {
        !keys.is_empty() && keys.iter().all(|key| MEMBERS.contains(&key.as_str()))
    };
    match shape.outer {
        Outer::Object => {
            ours(&shape.keys)
                && [
                    "config.protocol_version",
                    "config.scanner_name",
                    "finding.osv",
                    "osv.id",
                ]
                .iter()
                .any(|key| shape.inner.contains(*key))
        }
        Outer::Array => ours(&shape.inner) && shape.inner.iter().any(|key| key != "progress"),
        Outer::Null | Outer::Scalar => false,
    }
}

impl Format for Govulncheck {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let speaks = || {
            let head = document.head();
            [
                "protocol_version",
                "scanner_name",
                "\"trace\"",
                "schema_version",
            ]
            .iter()
            .any(|word| head.contains(word))
        };
        document.look.json().is_some_and(is_message) && speaks()
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut stream = Stream::default();
        let list = document
            .look
            .json()
            .is_some_and(|shape| shape.outer == Outer::Array);
        if list {
            let messages: Vec<Message> = document.json()?;
            for message in messages {
                stream.take(message);
            }
        } else {
            document.values(|message| stream.take(message))?;
        }
        Ok(stream.reading(document, list))
    }
}

/// A vulnerability as gathered from its findings.
struct Found {
    reach: Reach,
    module: Text,
    version: Text,
    fixed: Text,
    /// The message of the farthest reach, from 0.
    at: usize,
}

#[derive(Default)]
struct Stream {
    messages: usize,
    configs: Vec<Config>,
    /// The modules that were looked up, each with the place of its message and its own in there.
    modules: Option<Vec<(usize, usize, Module)>>,
    aliases: BTreeMap<String, Texts>,
    found: BTreeMap<String, Found>,
    rows: u64,
    /// Findings without an advisory or a trace, and messages of no known member.
    odd: u64,
    last: Option<String>,
}

impl Stream {
    fn take(&mut self, message: Message) {
        let at = self.messages;
        self.messages += 1;
        if let Some(config) = message.config {
            self.configs.push(config);
        } else if let Some(sbom) = message.sbom {
            let listed = sbom.modules.into_iter().enumerate();
            let listed = listed.map(|(nth, module)| (at, nth, module));
            self.modules.get_or_insert_default().extend(listed);
        } else if let Some(advisory) = message.osv {
            let id = advisory.id.said().unwrap_or_default().to_owned();
            self.aliases.insert(id, advisory.aliases);
        } else if let Some(finding) = message.finding {
            self.finding(finding, at);
        } else if let Some(progress) = message.progress {
            self.last = progress
                .message
                .said()
                .map(str::to_owned)
                .or(self.last.take());
        } else {
            self.odd += 1;
        }
    }

    fn finding(&mut self, finding: Finding, at: usize) {
        self.rows += 1;
        let Some((id, frame)) = finding.osv.said().zip(finding.trace.into_iter().next()) else {
            self.odd += 1;
            return;
        };
        let reach = match (frame.function.said(), frame.package.said()) {
            (Some(_), _) => Reach::Called,
            (None, Some(_)) => Reach::Imported,
            (None, None) => Reach::Required,
        };
        let found = Found {
            reach,
            module: frame.module,
            version: frame.version,
            fixed: finding.fixed_version,
            at,
        };
        let id = id.to_owned();
        match self.found.get(&id) {
            Some(known) if known.reach >= reach => {}
            _ => drop(self.found.insert(id, found)),
        }
    }

    fn reading(self, document: &Document<'_>, list: bool) -> Reading {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let config = self.configs.first();
        let said = |text: fn(&Config) -> &Text| config.and_then(|config| text(config).said());
        reading.tool = said(|config| &config.scanner_name).map(str::to_owned);
        reading.tool_version = said(|config| &config.scanner_version).map(str::to_owned);
        note_database(&mut reading, said(|config| &config.db_last_modified));
        let level = said(|config| &config.scan_level);
        let mut called = 0_u64;
        for (id, found) in &self.found {
            called += u64::from(found.reach == Reach::Called);
            let aliases = self.aliases.get(id);
            let row = Row {
                package: found.module.said(),
                version: found.version.said(),
                id: Some(id),
                aliases: aliases
                    .map(|texts| texts.said().map(str::to_owned).collect())
                    .unwrap_or_default(),
                fixed_in: found.fixed.said().map(str::to_owned).into_iter().collect(),
                reach: Some(found.reach.name()),
                ..Row::default()
            };
            let pointer = format!("/{}/finding", found.at);
            reading
                .items
                .push(row.item(Source::pointer(document.path, pointer)));
        }
        reading.measure("unique", length(&reading.items));
        reading.measure("entries", self.rows);
        match level {
            Some(level) if level != "symbol" => reading.note(format!(
                "The scan went down to {}, so it does not say which vulnerable code is called.",
                excerpt(level)
            )),
            _ => reading.measure("called", called),
        }
        if let Some(modules) = &self.modules {
            reading.measure("packages", modules.len());
            reading.measure("audited", modules.len());
            for (at, nth, module) in modules {
                let pointer = format!("/{at}/SBOM/modules/{nth}");
                let source = Source::pointer(document.path, pointer);
                let (path, version) = (module.path.said(), module.version.said());
                examined(&mut reading, source, "go", path, version);
            }
        }
        self.settle(list, &mut reading);
        reading
    }

    fn settle(&self, list: bool, reading: &mut Reading) {
        if self.found.is_empty() && self.modules.is_none() {
            reading
                .note("Nothing was found; the report does not say which modules were looked at.");
        }
        if !list {
            let said = self
                .last
                .as_deref()
                .map(|said| format!(" It last says: {}", excerpt(said)));
            reading.note(format!(
                "The stream has no end of its own: had it been cut off between two messages, this \
                 could not be seen.{}",
                said.unwrap_or_default()
            ));
        }
        match self.configs.as_slice() {
            [] => reading.lower(
                ReadingState::Incomplete,
                "The stream does not begin with its configuration; its beginning is missing.",
            ),
            [config] => {
                let mode = config.scan_mode.said().unwrap_or("source");
                if !["source", "binary"].contains(&mode) {
                    let why = format!(
                        "In the mode {} govulncheck looks for no vulnerabilities in code.",
                        excerpt(mode)
                    );
                    reading.lower(ReadingState::NothingMeasured, why);
                }
            }
            several => {
                let why = format!("{} runs stand in the file.", several.len());
                reading.lower(ReadingState::Incomplete, why);
            }
        }
        if self.odd > 0 {
            let why =
                "Messages stand in the stream that are none of govulncheck's, or say nothing.";
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    const CONFIG: &str = r#"{"config": {"protocol_version": "v1.0.0", "scanner_name": "govulncheck",
        "scanner_version": "v1.1.4", "db_last_modified": "2024-01-04T18:39:51Z",
        "scan_level": "symbol", "scan_mode": "source"}}"#;

    fn finding(id: &str, frame: &str) -> String {
        format!(
            r#"{{"finding": {{"osv": "{id}", "fixed_version": "v2", "trace":
            [{{"module": "m", "version": "v1"{frame}}}]}}}}"#
        )
    }

    fn read(messages: &[&str]) -> Reading {
        let stream = messages.join("\n");
        let reading = read_text(&stream);
        let list = read_text(&format!("[{}]", messages.join(",")));
        assert_eq!(
            (&list.measures, list.state),
            (&reading.measures, reading.state)
        );
        assert_eq!(list.items, reading.items);
        reading
    }

    fn read_text(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Govulncheck.recognises(&document), "{text}");
        Govulncheck.read(&document).expect("a reading")
    }

    #[test]
    fn a_vulnerability_counts_once_with_its_farthest_reach() {
        let reading = read(&[
            CONFIG,
            r#"{"SBOM": {"modules": [{"path": "a"}, {"path": "b", "version": "v1.2.0"}]}}"#,
            r#"{"osv": {"id": "GO-1", "aliases": ["CVE-1"]}}"#,
            r#"{"osv": {"id": "GO-9", "aliases": []}}"#,
            &finding("GO-1", ""),
            &finding("GO-1", r#", "package": "p", "function": "F""#),
            &finding("GO-1", r#", "package": "p""#),
            &finding("GO-2", r#", "package": "p""#),
            &finding("GO-3", ""),
        ]);
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!((measured("unique"), measured("called")), (Some(3), Some(1)));
        assert_eq!(
            (measured("entries"), measured("audited")),
            (Some(5), Some(2))
        );
        let reaches: Vec<_> = reading
            .items
            .iter()
            .map(|it| it.get("reach").to_string())
            .collect();
        let none = Value::Absent.to_string();
        let all = ["called", "imported", "required", &none, &none];
        assert_eq!(reaches, all);
        let looked_up = &reading.items[4];
        assert_eq!(looked_up.get("identity").as_text(), Some("gomod b 1.2.0"));
        assert_eq!(looked_up.source.place_text(), "x.json#/1/SBOM/modules/1");
        assert_eq!(reading.items[3].get("identity"), &Value::Absent);
        assert_eq!(reading.items[0].get("aliases").to_string(), "CVE-1");
        assert_eq!(reading.items[0].source.place_text(), "x.json#/5/finding");
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.tool_version.as_deref(), Some("v1.1.4"));
    }

    #[test]
    fn a_stream_without_its_beginning_or_of_two_runs_is_incomplete() {
        assert_eq!(
            read(&[&finding("GO-1", "")]).state,
            ReadingState::Incomplete
        );
        assert_eq!(read(&[CONFIG, CONFIG]).state, ReadingState::Incomplete);
        assert_eq!(read(&[CONFIG, "{}"]).state, ReadingState::Incomplete);
        let untraced = r#"{"finding": {"osv": "GO-1", "trace": []}}"#;
        assert_eq!(read(&[CONFIG, untraced]).state, ReadingState::Incomplete);
        assert_eq!(read(&[CONFIG]).state, ReadingState::Complete);
    }

    #[test]
    fn a_scan_that_does_not_look_at_calls_or_at_code_says_so() {
        let modules = CONFIG.replace("\"symbol\"", "\"module\"");
        let reading = read(&[&modules, &finding("GO-1", "")]);
        assert!(!reading.measures.contains_key("called"));
        let query = CONFIG.replace("\"source\"", "\"query\"");
        assert_eq!(read(&[&query]).state, ReadingState::NothingMeasured);
    }

    #[test]
    fn other_streams_are_not_taken_for_it() {
        for other in [
            r#"{"config": {"version": 1}}"#,
            r#"{"progress": {"message": "protocol_version"}}"#,
            r#"[{"config": {}, "other": 1}]"#,
            r#"[{"config": "a"}]"#,
            "[]",
        ] {
            let document = Document::new("govulncheck.json", other.as_bytes());
            assert!(!Govulncheck.recognises(&document), "{other}");
        }
    }
}
