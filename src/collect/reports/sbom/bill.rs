//! What the formats of SBOMs share: components, statements, counts, and what they amount to.

use crate::collect::package;
use crate::collect::reports::dependencies::purl;
use crate::collect::reports::licences::names;
use crate::collect::reports::severity::rank;
use crate::collect::reports::words::message;
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState};
use crate::model::relations::{SBOM_COMPONENT, SBOM_STATEMENT};
use crate::model::value::{Ratio, Value};

/// A component as a document lists it.
#[derive(Default)]
pub(super) struct Component {
    pub(super) name: Option<String>,
    pub(super) group: Option<String>,
    pub(super) version: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) purl: Option<String>,
    /// Whether a CPE or SWID tag names it.
    pub(super) tagged: bool,
    pub(super) supplier: Option<String>,
    /// The licences as written; SPDX's words for none are none.
    pub(super) licences: Vec<String>,
}

/// A text, where it says something.
pub(super) fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// What a document says of a vulnerability.
#[derive(Default)]
pub(super) struct Statement {
    pub(super) id: Option<String>,
    pub(super) aliases: Vec<String>,
    pub(super) affects: Vec<String>,
    pub(super) status: Option<String>,
    pub(super) justification: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) stated_at: Option<String>,
}

impl Statement {
    /// Makes its item.
    pub(super) fn item(self, source: Source) -> Item {
        // CycloneDX and OpenVEX: the words that say no harm is done here.
        let harmless = |status: &String| ["not_affected", "false_positive"].contains(&&**status);
        let status = self.status.map(|status| status.trim().to_lowercase());
        let severity = self.severity.map(|severity| severity.trim().to_lowercase());
        Item::new(&SBOM_STATEMENT, source)
            .with("id", self.id)
            .with("aliases", Value::texts(self.aliases))
            .with("affects", Value::texts(self.affects))
            .with("dismissed", status.as_ref().map(harmless))
            .with("status", status)
            .with("justification", self.justification.map(|why| message(&why)))
            .with("rank", severity.as_deref().map(rank))
            .with("severity", severity)
            .with("stated_at", self.stated_at)
    }
}

/// The components so far.
#[derive(Default)]
pub(super) struct Bill {
    components: u64,
    versioned: u64,
    identified: u64,
    unnamed: u64,
}

impl Bill {
    /// Counts a component and makes its item.
    pub(super) fn add(&mut self, component: Component, source: Source, reading: &mut Reading) {
        self.components += 1;
        self.versioned += u64::from(component.version.is_some());
        self.identified += u64::from(component.purl.is_some() || component.tagged);
        self.unnamed += u64::from(component.name.is_none());
        let written: Vec<&str> = component
            .licences
            .iter()
            .map(String::as_str)
            .filter(|licence| !names::is_unknown(licence))
            .collect();
        let named = names::of_all(&written);
        let licence = (!named.is_empty()).then(|| message(&written.join("; ")));
        let of = component.purl.as_deref().and_then(purl::package);
        let identity = of.as_ref().and_then(|(ecosystem, name, version)| {
            Some(package::identity(ecosystem, name, version.as_deref()?))
        });
        reading.items.push(
            Item::new(&SBOM_COMPONENT, source)
                .with("ecosystem", of.map(|(ecosystem, ..)| ecosystem))
                .with("identity", identity)
                .with("name", component.name)
                .with("group", component.group)
                .with("version", component.version)
                .with("type", component.kind.map(|kind| kind.to_lowercase()))
                .with("purl", component.purl)
                .with("supplier", component.supplier)
                .with("licence", licence)
                .with("licences", Value::texts(named)),
        );
    }

    /// Records the counts of a document that also has statements, or cannot have any.
    pub(super) fn settle(self, statements: Option<u64>, reading: &mut Reading) {
        let ratio = |part: u64| Ratio::new(part, self.components);
        reading.measure("components", self.components);
        reading.measure("versioned", ratio(self.versioned));
        reading.measure("identified", ratio(self.identified));
        if let Some(statements) = statements {
            reading.measure("vulnerabilities", statements);
        }
        // A bill of materials without statements says that it makes none.
        reading.holds = vec![&SBOM_COMPONENT, &SBOM_STATEMENT];
        if self.components == 0 && statements.unwrap_or_default() > 0 {
            reading.holds = vec![&SBOM_STATEMENT];
            reading.note(
                "It lists vulnerabilities and no component, so that it is no bill of materials.",
            );
        } else if self.components == 0 {
            let why =
                "It lists no component, so that nothing is known of what the project is made of.";
            reading.lower(ReadingState::NothingMeasured, why);
        }
        if self.unnamed > 0 {
            reading.lower(
                ReadingState::Incomplete,
                "A component has no name, so that the list is not what its format demands.",
            );
        }
    }
}
