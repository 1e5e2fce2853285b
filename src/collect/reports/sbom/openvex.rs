//! OpenVEX: statements about vulnerabilities of products. Before 0.2 a vulnerability and a product
//! were texts; since then they are objects.

use serde::Deserialize;

use super::bill::Statement;
use crate::collect::reports::words::set_produced;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::SBOM_STATEMENT;
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Text, nullable};

/// OpenVEX.
pub(in crate::collect::reports) struct OpenVex;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Sbom,
    name: "openvex",
    usual_names: &["*openvex*.json", "*.vex.json", "vex*.json"],
    about: "vexctl and others write it.",
    sample: (
        "openvex.json",
        r#"{"@context": "https://openvex.dev/ns/v0.2.0", "author": "A", "statements": [{"vulnerability":
        {"name": "CVE-1"}, "products": [{"@id": "pkg:a/b"}], "status": "fixed"}]}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vex {
    timestamp: Text,
    last_updated: Text,
    tooling: Text,
    #[serde(deserialize_with = "nullable")]
    statements: Vec<Row>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Row {
    #[serde(deserialize_with = "nullable")]
    vulnerability: Named,
    #[serde(deserialize_with = "nullable")]
    products: Vec<Named>,
    status: Text,
    justification: Text,
    impact_statement: Text,
    timestamp: Text,
    last_updated: Text,
}

/// A name as a text, or an object that has one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Object {
        #[serde(default)]
        name: Text,
        #[serde(default, rename = "@id")]
        id: Text,
        #[serde(default, deserialize_with = "nullable")]
        aliases: Vec<Text>,
    },
    Bare(Text),
}

impl Default for Named {
    fn default() -> Self {
        Self::Bare(Text::default())
    }
}

impl Named {
    fn said(&self) -> Option<&str> {
        match self {
            Self::Object { name, id, .. } => name.said().or_else(|| id.said()),
            Self::Bare(text) => text.said(),
        }
    }

    fn aliases(&self) -> &[Text] {
        match self {
            Self::Object { aliases, .. } => aliases,
            Self::Bare(_) => &[],
        }
    }
}

impl Format for OpenVex {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let context = |text: &String| text.starts_with("@context=https://openvex.dev/ns");
            let rows = shape.has_inner(&["statements.vulnerability", "statements.status"]);
            shape.outer == Outer::Object && (shape.texts.iter().any(context) || rows)
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let vex: Vex = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.holds = vec![&SBOM_STATEMENT];
        reading.tool = vex.tooling.said().map(str::to_owned);
        let made = vex.last_updated.said().or_else(|| vex.timestamp.said());
        set_produced(&mut reading, made.unwrap_or_default());
        for (at, row) in vex.statements.iter().enumerate() {
            let source = Source::pointer(document.path, format!("/statements/{at}"));
            reading.items.push(statement(row, made).item(source));
        }
        reading.measure("vulnerabilities", vex.statements.len());
        let says_nothing =
            |row: &&Row| row.vulnerability.said().is_none() || row.status.said().is_none();
        if vex.statements.iter().any(|row| says_nothing(&row)) {
            let why = "A statement names no vulnerability, or says nothing of it.";
            reading.lower(ReadingState::Incomplete, why);
        }
        if vex.statements.is_empty() {
            reading.note("The document makes no statement.");
        }
        Ok(reading)
    }
}

fn statement(row: &Row, made: Option<&str>) -> Statement {
    let said = |text: &Text| text.said().map(str::to_owned);
    Statement {
        id: row.vulnerability.said().map(str::to_owned),
        aliases: row
            .vulnerability
            .aliases()
            .iter()
            .filter_map(said)
            .collect(),
        affects: row
            .products
            .iter()
            .filter_map(|it| it.said().map(str::to_owned))
            .collect(),
        status: said(&row.status),
        justification: said(&row.justification).or_else(|| said(&row.impact_statement)),
        severity: None,
        stated_at: said(&row.last_updated)
            .or_else(|| said(&row.timestamp))
            .or_else(|| made.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(OpenVex.recognises(&document), "{text}");
        OpenVex.read(&document).expect("a reading")
    }

    #[test]
    fn both_ways_to_name_things_are_read() {
        let reading = read(
            r#"{"@context": "https://openvex.dev/ns", "timestamp": "2026-01-02T03:04:05Z", "statements": [
            {"vulnerability": "CVE-1", "products": ["pkg:a/b"], "status": "not_affected",
             "impact_statement": "not built in"},
            {"vulnerability": {"name": "CVE-2", "aliases": ["GHSA-2"]}, "products": [{"@id": "pkg:c/d"}],
             "status": "affected", "timestamp": "2026-01-03T00:00:00Z"}]}"#,
        );
        let texts = |at: usize, field: &str| reading.items[at].get(field).to_string();
        assert_eq!(
            (texts(0, "id"), texts(1, "id")),
            ("CVE-1".into(), "CVE-2".into())
        );
        assert_eq!(
            (texts(0, "affects"), texts(1, "affects")),
            ("pkg:a/b".into(), "pkg:c/d".into())
        );
        assert_eq!(texts(0, "justification"), "not built in");
        assert_eq!(
            (texts(0, "dismissed"), texts(1, "dismissed")),
            ("yes".into(), "no".into())
        );
        assert_eq!(texts(0, "stated_at"), "2026-01-02T03:04:05Z");
        assert_eq!(reading.state, ReadingState::Complete);
    }

    #[test]
    fn a_statement_without_a_status_is_none() {
        let reading = read(
            r#"{"@context": "https://openvex.dev/ns/v0.2.0", "statements": [{"vulnerability": "CVE-1"}]}"#,
        );
        assert_eq!(reading.state, ReadingState::Incomplete);
        let empty = read(r#"{"@context": "https://openvex.dev/ns/v0.2.0", "statements": []}"#);
        assert_eq!(
            (empty.state, empty.notes.len()),
            (ReadingState::Complete, 1)
        );
    }
}
