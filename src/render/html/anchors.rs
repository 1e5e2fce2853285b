//! Anchors that stay the same from run to run, and links that only point where something is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::model::run::{DefinitionFile, Run};
use crate::seal::Bundle;

use crate::tree::digest::sha256;

use crate::model::result::Deviation;

use super::super::register;
use super::sheet::SheetLink;
use super::words::{Hash, hash};

/// A link to a control's page, or only its name where it has none.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ControlLink {
    pub(super) id: String,
    pub(super) anchor: Option<String>,
}

/// A link to the entry of an exhibit in the evidence index.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ExhibitLink {
    pub(super) path: String,
    pub(super) anchor: Option<String>,
    pub(super) hash: Option<Hash>,
}

/// Everything that links need to know of a bundle.
pub(super) struct Anchors<'r> {
    /// The bundle.
    pub(super) bundle: &'r Bundle,
    /// The gaps of the run, numbered.
    pub(super) gaps: Vec<register::GapEntry<'r>>,
    exhibits: BTreeMap<&'r str, String>,
    waivers: Vec<String>,
    sheets: BTreeMap<&'r str, SheetLink>,
}

impl<'r> Anchors<'r> {
    /// The anchors of a bundle.
    pub(super) fn of(bundle: &'r Bundle) -> Self {
        let run = bundle.run();
        let mut names = Names::default();
        let exhibits = run
            .exhibits
            .iter()
            .map(|exhibit| {
                let name = format!("e-{}", hash(&exhibit.sha256, 16).short);
                (exhibit.path.as_str(), names.unique(name))
            })
            .collect();
        let waivers = run
            .waivers
            .iter()
            .map(|(waiver, _)| names.unique(format!("w-{}", plain(&waiver.id))))
            .collect();
        Self {
            bundle,
            gaps: register::gaps(run),
            exhibits,
            waivers,
            sheets: BTreeMap::new(),
        }
    }

    /// Says where all deviations of a control are printed.
    pub(super) fn add_sheet(&mut self, control: &'r str, link: SheetLink) {
        self.sheets.insert(control, link);
    }

    /// Where all deviations of a control are printed, where the report prints only some.
    pub(super) fn sheet(&self, control: &str) -> Option<&SheetLink> {
        self.sheets.get(control)
    }

    /// The run.
    pub(super) fn run(&self) -> &'r Run {
        self.bundle.run()
    }

    /// The link to a control: it has a page when it has a result.
    pub(super) fn control(&self, id: &str) -> ControlLink {
        let has_page = self.run().results.iter().any(|r| r.control == id);
        ControlLink {
            id: id.to_owned(),
            anchor: has_page.then(|| control(id)),
        }
    }

    /// The link to an exhibit.
    pub(super) fn exhibit(&self, path: &str) -> ExhibitLink {
        ExhibitLink {
            path: path.to_owned(),
            anchor: self.exhibits.get(path).cloned(),
            hash: self
                .bundle
                .exhibit(path)
                .map(|exhibit| exhibit.sha256)
                .or_else(|| self.definition(path).map(|d| sha256(&d.bytes)))
                .map(|digest| hash(&digest, 16)),
        }
    }

    /// The definition that was read from a path.
    pub(super) fn definition(&self, path: &str) -> Option<&'r DefinitionFile> {
        let mut definitions = self.run().definitions.iter();
        definitions.find(|definition| definition.source == path)
    }

    /// Where the sealed copy of a file lies in the bundle.
    pub(super) fn sealed(&self, path: &str) -> Option<String> {
        let evidence = self.bundle.evidence_path(path).map(ToOwned::to_owned);
        evidence.or_else(|| self.definition(path).map(|d| address(&d.path)))
    }

    /// The anchor of a waiver by its place in the register.
    pub(super) fn waiver_at(&self, at: usize) -> String {
        self.waivers.get(at).cloned().unwrap_or_default()
    }

    /// The anchor of the first waiver with an id.
    pub(super) fn waiver(&self, id: &str) -> Option<String> {
        let at = self.run().waivers.iter().position(|(w, _)| w.id == id)?;
        self.waivers.get(at).cloned()
    }

    /// The title of a criterion; empty when the catalogue does not list it.
    pub(super) fn criterion_title(&self, id: &str) -> &'r str {
        self.run()
            .criteria
            .iter()
            .find(|criterion| criterion.id == id)
            .map_or("", |criterion| criterion.title.as_str())
    }
}

/// The address of a definition, relative to the page: a name may hold any character.
pub(super) fn address(path: &str) -> String {
    let mut address = String::from("controls/");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/') {
            address.push(char::from(byte));
        } else {
            // Writing to memory does not fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// The anchor of a control's page.
pub(super) fn control(id: &str) -> String {
    format!("c-{}", plain(id))
}

/// The anchor of a deviation: the same wherever its line moved.
pub(super) fn deviation(control: &str, deviation: &Deviation) -> String {
    format!(
        "d-{}-{}",
        plain(control),
        hash(&deviation.fingerprint, 12).short
    )
}

/// The anchor of a criterion's row.
pub(super) fn criterion(id: &str) -> String {
    format!("x-{}", plain(id))
}

/// Only characters that need no escape in an attribute, an address or a style sheet.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => character,
            _ => '_',
        })
        .collect()
}

/// Names given out so far.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    /// The name, or the name with a number where it is taken: two files may hold the same bytes.
    fn unique(&mut self, name: String) -> String {
        let taken = self.0.entry(name.clone()).or_insert(0);
        *taken += 1;
        if *taken == 1 {
            name
        } else {
            format!("{name}-{taken}")
        }
    }
}
