//! CycloneDX in JSON, versions 1.2 to 1.7.
//!
//! Components nest. The component in the metadata is the project itself and is not counted.

use serde::Deserialize;

use super::bill::{Bill, Component, Statement};
use super::cyclonedx::{add_severity, is_incomplete, say_incomplete, set_tool};
use crate::collect::reports::words::set_produced;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape, Text, nullable};

/// CycloneDX in JSON.
pub(in crate::collect::reports) struct CycloneDxJson;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Sbom,
    name: "cyclonedx-json",
    usual_names: &["*.cdx.json", "bom.json", "sbom*.json", "*cyclonedx*.json"],
    about: "cyclonedx-py, cdxgen, syft, trivy, grype, Dependency-Track and many others write it.",
    sample: (
        "bom.json",
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library",
        "name": "a", "version": "1", "purl": "pkg:pypi/a@1"}]}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Bom {
    #[serde(deserialize_with = "nullable")]
    metadata: Metadata,
    #[serde(deserialize_with = "nullable")]
    components: Vec<Part>,
    #[serde(deserialize_with = "nullable")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(deserialize_with = "nullable")]
    compositions: Vec<Composition>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    timestamp: Text,
    #[serde(deserialize_with = "nullable")]
    tools: Tools,
    #[serde(deserialize_with = "nullable")]
    component: Subject,
}

/// The project that the document is about.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Subject {
    #[serde(rename = "bom-ref")]
    reference: Text,
}

/// A list until 1.4; since 1.5 an object of components and services.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tools {
    List(Vec<Tool>),
    Object {
        #[serde(default, deserialize_with = "nullable")]
        components: Vec<Tool>,
        #[serde(default, deserialize_with = "nullable")]
        services: Vec<Tool>,
    },
}

impl Default for Tools {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Tool {
    name: Text,
    version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part {
    #[serde(rename = "type")]
    kind: Text,
    name: Text,
    group: Text,
    version: Text,
    purl: Text,
    cpe: Text,
    #[serde(deserialize_with = "nullable")]
    swid: Option<Subject>,
    #[serde(deserialize_with = "nullable")]
    supplier: Tool,
    #[serde(deserialize_with = "nullable")]
    licenses: Vec<Choice>,
    #[serde(deserialize_with = "nullable")]
    components: Vec<Part>,
}

/// A licence, or an expression of several.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Choice {
    #[serde(deserialize_with = "nullable")]
    license: Licence,
    expression: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Licence {
    id: Text,
    name: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    id: Text,
    #[serde(deserialize_with = "nullable")]
    references: Vec<Licence>,
    #[serde(deserialize_with = "nullable")]
    ratings: Vec<Rating>,
    #[serde(deserialize_with = "nullable")]
    analysis: Analysis,
    #[serde(deserialize_with = "nullable")]
    affects: Vec<Affects>,
    updated: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Rating {
    severity: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Analysis {
    state: Text,
    justification: Text,
    detail: Text,
    #[serde(rename = "lastUpdated")]
    last_updated: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Affects {
    #[serde(rename = "ref")]
    reference: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Composition {
    aggregate: Text,
    #[serde(deserialize_with = "nullable")]
    assemblies: Vec<Text>,
    #[serde(deserialize_with = "nullable")]
    dependencies: Vec<Text>,
}

fn is_bom(shape: &Shape) -> bool {
    let named = shape.texts.contains("bomFormat=CycloneDX");
    let schema = || {
        let of_bom = |text: &String| text.starts_with("$schema=http") && text.contains("cyclonedx");
        shape.texts.iter().any(of_bom) && shape.has(&["specVersion"])
    };
    // Some tools write the format last, where a document that broke off does not have it.
    let begun = || {
        shape.broken.is_some()
            && (shape.has_inner(&["components.bom-ref"]) || shape.has_inner(&["components.purl"]))
    };
    shape.outer == Outer::Object && (named || schema() || begun())
}

impl Format for CycloneDxJson {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_bom)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let bom: Bom = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        describe(&bom.metadata, &mut reading);
        let mut bill = Bill::default();
        add_parts(
            bom.components,
            "/components",
            document,
            &mut bill,
            &mut reading,
        );
        for (at, vulnerability) in bom.vulnerabilities.iter().enumerate() {
            let source = Source::pointer(document.path, format!("/vulnerabilities/{at}"));
            reading.items.push(statement(vulnerability).item(source));
        }
        let statements = u64::try_from(bom.vulnerabilities.len()).unwrap_or(u64::MAX);
        bill.settle(Some(statements), &mut reading);
        let subject = bom.metadata.component.reference.said();
        if bom.compositions.iter().any(|it| missing_rules(it, subject)) {
            say_incomplete(&mut reading);
        }
        Ok(reading)
    }
}

fn describe(metadata: &Metadata, reading: &mut Reading) {
    let tools = match &metadata.tools {
        Tools::List(list) => list.iter().chain(&[]),
        Tools::Object {
            components,
            services,
        } => components.iter().chain(services),
    };
    for tool in tools {
        set_tool(reading, tool.name.said(), tool.version.said());
    }
    set_produced(reading, metadata.timestamp.said().unwrap_or_default());
}

/// Whether a composition says that what is listed of the project itself is incomplete.
fn missing_rules(composition: &Composition, subject: Option<&str>) -> bool {
    let about = composition
        .assemblies
        .iter()
        .chain(&composition.dependencies);
    let aggregate = composition.aggregate.said().unwrap_or_default();
    is_incomplete(aggregate)
        && subject.is_some()
        && about
            .into_iter()
            .any(|reference| reference.said() == subject)
}

/// Nesting is bounded by the reader of JSON.
fn add_parts(
    parts: Vec<Part>,
    pointer: &str,
    document: &Document<'_>,
    bill: &mut Bill,
    reading: &mut Reading,
) {
    for (at, part) in parts.into_iter().enumerate() {
        let pointer = format!("{pointer}/{at}");
        let source = Source::pointer(document.path, pointer.clone());
        let said = |text: &Text| text.said().map(str::to_owned);
        let licences = part.licenses.iter().filter_map(|choice| {
            let of = [&choice.expression, &choice.license.id, &choice.license.name];
            of.into_iter().find_map(Text::said).map(str::to_owned)
        });
        let component = Component {
            name: said(&part.name),
            group: said(&part.group),
            version: said(&part.version),
            kind: said(&part.kind),
            purl: said(&part.purl),
            tagged: part.cpe.said().is_some() || part.swid.is_some(),
            supplier: said(&part.supplier.name),
            licences: licences.collect(),
        };
        bill.add(component, source, reading);
        let below = format!("{pointer}/components");
        add_parts(part.components, &below, document, bill, reading);
    }
}

fn statement(vulnerability: &Vulnerability) -> Statement {
    let said = |text: &Text| text.said().map(str::to_owned);
    let texts = |list: &mut dyn Iterator<Item = &Text>| -> Vec<String> {
        list.filter_map(|text| text.said().map(str::to_owned))
            .collect()
    };
    let analysis = &vulnerability.analysis;
    let mut statement = Statement {
        id: said(&vulnerability.id),
        aliases: texts(&mut vulnerability.references.iter().map(|it| &it.id)),
        affects: texts(&mut vulnerability.affects.iter().map(|it| &it.reference)),
        status: said(&analysis.state),
        justification: said(&analysis.justification).or_else(|| said(&analysis.detail)),
        severity: None,
        stated_at: said(&analysis.last_updated).or_else(|| said(&vulnerability.updated)),
    };
    for severity in vulnerability
        .ratings
        .iter()
        .filter_map(|it| it.severity.said())
    {
        add_severity(&mut statement, severity);
    }
    statement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;
    use crate::model::value::Value;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(CycloneDxJson.recognises(&document), "{text}");
        CycloneDxJson.read(&document).expect("a reading")
    }

    #[test]
    fn nested_components_count_and_the_project_does_not() {
        let reading = read(
            r#"{"bomFormat": "CycloneDX", "metadata": {"timestamp": "2026-01-02T03:04:05Z",
            "tools": {"components": [{"name": "syft", "version": "1.2"}]},
            "component": {"name": "app", "components": [{"name": "inner"}]}},
            "components": [{"type": "Container", "name": "c", "purl": "pkg:oci/c",
            "components": [{"type": "library", "group": "g", "name": "l", "version": "2", "licenses":
            [{"license": {"id": "MIT"}}, {"expression": "ISC OR 0BSD"}], "cpe": "cpe:2.3:a"}]}]}"#,
        );
        assert_eq!(reading.measures["components"].as_int(), Some(2));
        let ratio = |name: &str| reading.measures[name].to_string();
        assert_eq!(
            (ratio("versioned"), ratio("identified")),
            ("1 of 2".into(), "2 of 2".into())
        );
        let inner = &reading.items[1];
        assert_eq!(
            inner.source.place_text(),
            "x.json#/components/0/components/0"
        );
        assert_eq!(inner.get("licences").to_string(), "MIT, ISC, 0BSD");
        assert_eq!(reading.items[0].get("type").as_text(), Some("container"));
        assert_eq!(reading.tool.as_deref(), Some("syft"));
        assert_eq!(reading.produced_at.as_deref(), Some("2026-01-02T03:04:05Z"));
        assert_eq!(reading.state, ReadingState::Complete);
    }

    #[test]
    fn a_document_of_statements_is_no_bill_of_materials() {
        let reading = read(
            r#"{"bomFormat": "CycloneDX", "vulnerabilities": [{"id": "CVE-1", "ratings":
            [{"severity": "low"}, {"severity": "High"}, {"score": 1}], "analysis":
            {"state": "not_affected", "detail": "not called"}, "affects": [{"ref": "a"}]}]}"#,
        );
        assert_eq!(reading.state, ReadingState::Complete);
        let held: Vec<&str> = reading.holds.iter().map(|held| held.name).collect();
        assert_eq!(held, ["sbom.statement"]);
        let statement = &reading.items[0];
        assert_eq!(statement.get("dismissed"), &Value::Bool(true));
        assert_eq!(statement.get("rank").as_text(), Some("high"));
        assert_eq!(statement.get("justification").as_text(), Some("not called"));
        let empty = read(r#"{"bomFormat": "CycloneDX", "components": null}"#);
        assert_eq!(empty.state, ReadingState::NothingMeasured);
    }

    #[test]
    fn a_document_that_calls_itself_incomplete_is() {
        let text = |subject: &str| {
            format!(
                r#"{{"bomFormat": "CycloneDX", "metadata": {{"component": {{"bom-ref": "app"}}}},
                "components": [{{"name": "a"}}], "compositions":
                [{{"aggregate": "incomplete_first_party_only", "assemblies": ["{subject}"]}}]}}"#
            )
        };
        assert_eq!(read(&text("app")).state, ReadingState::Incomplete);
        assert_eq!(read(&text("other")).state, ReadingState::Complete);
        let unnamed = r#"{"bomFormat": "CycloneDX", "components": [{"version": "1"}]}"#;
        assert_eq!(read(unnamed).state, ReadingState::Incomplete);
    }

    #[test]
    fn the_schema_and_other_documents_are_not_taken_for_it() {
        for other in [
            r#"{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"bomFormat": {}}}"#,
            r#"{"components": {"a": 1}}"#,
            r#"[{"bomFormat": "CycloneDX"}]"#,
        ] {
            let document = Document::new("bom.json", other.as_bytes());
            assert!(!CycloneDxJson.recognises(&document), "{other}");
        }
    }
}
