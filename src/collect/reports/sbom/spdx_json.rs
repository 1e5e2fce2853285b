//! SPDX 2 in JSON, as it is or as GitHub exports it: inside a member `sbom`.

use serde::Deserialize;

use super::bill::{Bill, Component};
use super::spdx::{add_reference, agent, set_creator, set_licence, stated};
use crate::collect::reports::words::set_produced;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Text, nullable};

/// SPDX 2 in JSON.
pub(in crate::collect::reports) struct SpdxJson;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Sbom,
    name: "spdx-json",
    usual_names: &["*.spdx.json", "*spdx*.json", "sbom*.json"],
    about: "syft, trivy, GitHub's dependency graph, Microsoft's sbom-tool and others write it.",
    sample: (
        "sbom.spdx.json",
        r#"{"spdxVersion": "SPDX-2.3", "creationInfo": {"created": "2026-01-02T03:04:05Z"},
        "packages": [{"name": "a", "versionInfo": "1", "SPDXID": "SPDXRef-a"}]}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Bom {
    /// The document itself, where GitHub wraps it.
    sbom: Option<Box<Bom>>,
    #[serde(rename = "creationInfo", deserialize_with = "nullable")]
    creation: Creation,
    #[serde(deserialize_with = "nullable")]
    packages: Vec<Package>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Creation {
    created: Text,
    #[serde(deserialize_with = "nullable")]
    creators: Vec<Text>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Package {
    name: Text,
    version_info: Text,
    supplier: Text,
    license_concluded: Text,
    license_declared: Text,
    primary_package_purpose: Text,
    #[serde(deserialize_with = "nullable")]
    external_refs: Vec<Reference>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Reference {
    reference_type: Text,
    reference_locator: Text,
}

impl Format for SpdxJson {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let version = |text: &String| text.starts_with("spdxVersion=SPDX-2");
            shape.texts.iter().any(version) || shape.has_inner(&["sbom.spdxVersion"])
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut bom: Bom = document.json()?;
        let mut prefix = "/packages";
        if let Some(inner) = bom.sbom.take() {
            prefix = "/sbom/packages";
            bom = *inner;
        }
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        for creator in bom.creation.creators.iter().filter_map(Text::said) {
            set_creator(&mut reading, creator);
        }
        set_produced(
            &mut reading,
            bom.creation.created.said().unwrap_or_default(),
        );
        let mut bill = Bill::default();
        for (at, package) in bom.packages.iter().enumerate() {
            let source = Source::pointer(document.path, format!("{prefix}/{at}"));
            bill.add(component(package), source, &mut reading);
        }
        bill.settle(None, &mut reading);
        Ok(reading)
    }
}

fn component(package: &Package) -> Component {
    let said = |text: &Text| text.said().and_then(stated);
    let mut component = Component {
        name: package.name.said().map(str::to_owned),
        version: said(&package.version_info),
        kind: said(&package.primary_package_purpose),
        supplier: package.supplier.said().and_then(agent),
        ..Component::default()
    };
    for reference in &package.external_refs {
        let texts = (
            reference.reference_type.said(),
            reference.reference_locator.said(),
        );
        if let (Some(kind), Some(locator)) = texts {
            add_reference(&mut component, kind, locator);
        }
    }
    let text = |text: &Text| text.said().unwrap_or_default().to_owned();
    let (concluded, declared) = (
        text(&package.license_concluded),
        text(&package.license_declared),
    );
    set_licence(&mut component, &concluded, &declared);
    component
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(SpdxJson.recognises(&document), "{text}");
        SpdxJson.read(&document).expect("a reading")
    }

    const BARE: &str = r#"{"spdxVersion": "SPDX-2.3", "creationInfo": {"created": "2026-01-02T03:04:05Z",
        "creators": ["Organization: x", "Tool: syft-1.2.0"]}, "packages": [{"name": "a", "versionInfo": "1",
        "licenseConcluded": "NOASSERTION", "licenseDeclared": "MIT AND ISC", "supplier": "Organization: ACME",
        "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}]},
        {"name": "b", "versionInfo": "NOASSERTION", "licenseConcluded": "NONE"}]}"#;

    #[test]
    fn packages_are_components_and_no_assertion_is_no_licence() {
        let reading = read(BARE);
        assert_eq!(reading.measures["components"].as_int(), Some(2));
        assert_eq!(reading.measures["versioned"].to_string(), "1 of 2");
        let first = &reading.items[0];
        assert_eq!(first.get("licences").to_string(), "MIT, ISC");
        assert_eq!(first.get("supplier").as_text(), Some("ACME"));
        assert_eq!(first.get("purl").as_text(), Some("pkg:npm/a@1"));
        assert!(reading.items[1].get("licence").is_empty());
        let tool = (reading.tool.as_deref(), reading.tool_version.as_deref());
        assert_eq!(tool, (Some("syft"), Some("1.2.0")));
    }

    #[test]
    fn githubs_export_is_read_through_its_wrapper() {
        let reading = read(&format!("{{\"sbom\": {BARE}}}"));
        assert_eq!(reading.measures["components"].as_int(), Some(2));
        assert_eq!(
            reading.items[1].source.place_text(),
            "x.json#/sbom/packages/1"
        );
        let empty = read(r#"{"spdxVersion": "SPDX-2.2", "packages": []}"#);
        assert_eq!(empty.state, ReadingState::NothingMeasured);
    }
}
