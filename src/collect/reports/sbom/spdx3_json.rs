//! SPDX 3 as JSON-LD: elements of one graph that refer to each other by name.
//!
//! Packages of software are the components. What a package is licensed under stands in
//! relationships from it to an expression or to a licence of SPDX's list.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::bill::{Bill, Component};
use super::spdx::{set_tool, stated};
use crate::collect::reports::words::{counted, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Text, nullable};

/// SPDX 3 as JSON-LD.
pub(in crate::collect::reports) struct Spdx3Json;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Sbom,
    name: "spdx3-json",
    usual_names: &["*.spdx3.json", "*.spdx.json", "*spdx*.json"],
    about: "The tools of SPDX, sbom-tool, Yocto and others write it.",
    sample: (
        "sbom.spdx3.json",
        r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"type":
        "software_Package", "spdxId": "x:a", "name": "a", "software_packageVersion": "1"}]}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Outside {
    #[serde(rename = "@graph", deserialize_with = "nullable")]
    graph: Vec<Element>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Element {
    #[serde(rename = "type", alias = "@type")]
    kind: Text,
    #[serde(rename = "spdxId", alias = "@id")]
    id: Text,
    name: Text,
    #[serde(rename = "software_packageVersion")]
    version: Text,
    #[serde(rename = "software_packageUrl")]
    purl: Text,
    #[serde(rename = "software_primaryPurpose")]
    purpose: Text,
    #[serde(rename = "suppliedBy")]
    supplied_by: Text,
    #[serde(rename = "externalIdentifier", deserialize_with = "nullable")]
    identifiers: Vec<Identifier>,
    created: Text,
    #[serde(rename = "createdUsing", deserialize_with = "nullable")]
    created_using: Vec<Text>,
    #[serde(rename = "creationInfo")]
    creation: Text,
    #[serde(rename = "simplelicensing_licenseExpression")]
    expression: Text,
    #[serde(rename = "relationshipType")]
    relationship: Text,
    from: Text,
    #[serde(deserialize_with = "nullable")]
    to: Vec<Text>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identifier {
    #[serde(rename = "externalIdentifierType")]
    kind: Text,
    identifier: Text,
}

impl Element {
    fn is(&self, kind: &str) -> bool {
        self.kind.said() == Some(kind)
    }
}

/// What a licence of SPDX's own list is named by, before its id.
const LISTED: &str = "spdx.org/licenses/";

impl Format for Spdx3Json {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let context = |text: &String| text.starts_with("@context=https://spdx.org/rdf/3");
            shape.outer == Outer::Object && shape.texts.iter().any(context)
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let outside: Outside = document.json()?;
        let graph = &outside.graph;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let names = Names::of(graph);
        names.describe(graph, &mut reading);
        let mut bill = Bill::default();
        let mut others = 0;
        for (at, element) in graph.iter().enumerate() {
            if element.is("software_Package") {
                let source = Source::pointer(document.path, format!("/@graph/{at}"));
                bill.add(names.component(element), source, &mut reading);
            } else if element.is("ai_AIPackage") || element.is("dataset_DatasetPackage") {
                others += 1;
            }
        }
        let stated = |element: &&Element| element.is("security_Vulnerability");
        let vulnerabilities = graph.iter().filter(stated).count() as u64;
        bill.settle(
            (vulnerabilities > 0).then_some(vulnerabilities),
            &mut reading,
        );
        if others > 0 {
            let packages = counted(
                others,
                "package of a model or data set is",
                "packages of models or data sets are",
            );
            reading.note(format!("{packages} not counted among the components."));
        }
        Ok(reading)
    }
}

/// The elements by the names that others use for them.
struct Names<'g> {
    elements: BTreeMap<&'g str, &'g Element>,
    /// The licences of each element, concluded before declared.
    licences: BTreeMap<&'g str, Vec<&'g str>>,
}

impl<'g> Names<'g> {
    fn of(graph: &'g [Element]) -> Self {
        let named = graph.iter().filter_map(|it| Some((it.id.said()?, it)));
        let elements: BTreeMap<&str, &Element> = named.collect();
        let mut licences: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for kind in ["hasConcludedLicense", "hasDeclaredLicense"] {
            let related = graph
                .iter()
                .filter(|it| it.relationship.said() == Some(kind));
            for relationship in related {
                let Some(from) = relationship.from.said() else {
                    continue;
                };
                let to = relationship.to.iter().filter_map(Text::said);
                let texts = to.filter_map(|name| licence(name, &elements));
                licences.entry(from).or_default().extend(texts);
            }
        }
        Self { elements, licences }
    }

    /// Tool and time of the document itself, else of the first that says when it was made.
    fn describe(&self, graph: &[Element], reading: &mut Reading) {
        let mut infos = graph.iter().filter(|it| it.is("CreationInfo"));
        let document = graph.iter().find(|it| it.is("SpdxDocument"));
        let of_document = document.and_then(|it| self.elements.get(it.creation.said()?).copied());
        let Some(info) = of_document.or_else(|| infos.next()) else {
            return;
        };
        let tool = info.created_using.iter().find_map(Text::said);
        let tool = tool.and_then(|name| self.elements.get(name)?.name.said());
        if let Some(tool) = tool {
            set_tool(reading, tool);
        }
        set_produced(reading, info.created.said().unwrap_or_default());
    }

    fn component(&self, element: &Element) -> Component {
        let said = |text: &Text| text.said().and_then(stated);
        let identifier = |kinds: &[&str]| {
            let of = |it: &&Identifier| it.kind.said().is_some_and(|kind| kinds.contains(&kind));
            element.identifiers.iter().find(of)
        };
        let purl = || identifier(&["packageUrl", "packageURL", "purl"]);
        let licences = element.id.said().and_then(|id| self.licences.get(id));
        let first = licences.into_iter().flatten().find_map(|text| stated(text));
        let supplier = element.supplied_by.said();
        Component {
            name: element.name.said().map(str::to_owned),
            group: None,
            version: said(&element.version),
            kind: said(&element.purpose),
            purl: said(&element.purl).or_else(|| said(&purl()?.identifier)),
            tagged: identifier(&["cpe22", "cpe23", "swid", "swhid", "gitoid"]).is_some(),
            supplier: supplier.and_then(|name| said(&self.elements.get(name)?.name)),
            licences: first.into_iter().collect(),
        }
    }
}

/// The text of a licence that a relationship names.
fn licence<'g>(name: &'g str, elements: &BTreeMap<&'g str, &'g Element>) -> Option<&'g str> {
    if let Some((_, id)) = name.split_once(LISTED) {
        return Some(id);
    }
    elements.get(name)?.expression.said()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(graph: &str) -> Reading {
        let text = format!(
            r#"{{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{graph}]}}"#
        );
        let document = Document::new("x.json", text.as_bytes());
        assert!(Spdx3Json.recognises(&document), "{text}");
        Spdx3Json.read(&document).expect("a reading")
    }

    #[test]
    fn a_package_is_described_by_what_refers_to_it() {
        let reading = read(
            r#"{"type": "CreationInfo", "@id": "_:1", "created": "2026-01-02T03:04:05Z", "createdUsing": ["x:t"]},
            {"type": "Tool", "spdxId": "x:t", "name": "maker"},
            {"type": "SpdxDocument", "spdxId": "x:d", "creationInfo": "_:1"},
            {"type": "Organization", "spdxId": "x:o", "name": "ACME"},
            {"type": "software_Package", "spdxId": "x:a", "name": "a", "software_packageVersion": "1",
             "suppliedBy": "x:o", "externalIdentifier": [{"externalIdentifierType": "packageUrl",
             "identifier": "pkg:npm/a@1"}]},
            {"type": "software_File", "spdxId": "x:f", "name": "f"},
            {"type": "simplelicensing_LicenseExpression", "spdxId": "x:l",
             "simplelicensing_licenseExpression": "MIT AND ISC"},
            {"type": "Relationship", "spdxId": "x:r", "relationshipType": "hasDeclaredLicense",
             "from": "x:a", "to": ["x:l"]}"#,
        );
        assert_eq!(reading.measures["components"].as_int(), Some(1));
        let package = &reading.items[0];
        assert_eq!(package.get("licences").to_string(), "MIT, ISC");
        assert_eq!(package.get("supplier").as_text(), Some("ACME"));
        assert_eq!(package.get("purl").as_text(), Some("pkg:npm/a@1"));
        assert_eq!(package.source.place_text(), "x.json#/@graph/4");
        assert_eq!(reading.tool.as_deref(), Some("maker"));
        assert_eq!(reading.produced_at.as_deref(), Some("2026-01-02T03:04:05Z"));
    }

    #[test]
    fn licences_of_the_list_are_named_by_their_address_and_models_do_not_count() {
        let reading = read(
            r#"{"type": "software_Package", "spdxId": "x:a", "name": "a"},
            {"type": "Relationship", "relationshipType": "hasConcludedLicense", "from": "x:a",
             "to": ["https://spdx.org/licenses/Apache-2.0"]}, {"type": "ai_AIPackage", "name": "m"}"#,
        );
        assert_eq!(
            reading.items[0].get("licence").as_text(),
            Some("Apache-2.0")
        );
        assert_eq!(
            reading.notes,
            ["1 package of a model or data set is not counted among the components."]
        );
        let none = read(r#"{"type": "software_File", "spdxId": "x:f"}"#);
        assert_eq!(none.state, ReadingState::NothingMeasured);
    }
}
