//! A bundle in memory: a run that nothing can change any more. Renderers see only this.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::control::Severity;
use crate::model::exhibit::Exhibit;
use crate::model::run::{Gate, Run};
use crate::model::text::last_name;

use super::sources;

/// A sealed run.
#[derive(Debug)]
pub struct Bundle {
    run: Run,
    fail_on: Severity,
    names: BTreeMap<String, String>,
    signed: bool,
}

impl Bundle {
    /// Seals a run. The gate is part of what is sealed.
    pub fn new(mut run: Run, fail_on: Severity) -> Self {
        sources::divide(&mut run);
        Self {
            names: names(&run.exhibits),
            run,
            fail_on,
            signed: false,
        }
    }

    /// The same, of which the sums will be signed. What is inside can say so, and nothing more: the
    /// signature is made last.
    #[must_use]
    pub const fn to_be_signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// Whether the sums will be signed.
    pub const fn signed(&self) -> bool {
        self.signed
    }

    /// What was examined and found.
    pub const fn run(&self) -> &Run {
        &self.run
    }

    /// The least severity that closes the gate.
    pub const fn fail_on(&self) -> Severity {
        self.fail_on
    }

    /// The gate.
    pub fn gate(&self) -> Gate {
        self.run.gate(self.fail_on)
    }

    /// The exhibit of a path.
    pub fn exhibit(&self, path: &str) -> Option<&Exhibit> {
        let at = self
            .run
            .exhibits
            .binary_search_by(|exhibit| exhibit.path.as_str().cmp(path))
            .ok()?;
        self.run.exhibits.get(at)
    }

    /// Where an exhibit lies in the bundle: `evidence/<16 hex>-<name>`.
    pub fn evidence_path(&self, path: &str) -> Option<&str> {
        self.names.get(path).map(String::as_str)
    }
}

/// Where each exhibit lies. Two of one name and one content are one file, but for what was taken out
/// of a file to which the bundle commits: the list of files has one commitment for each.
fn names(exhibits: &[Exhibit]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for exhibit in exhibits {
        let redaction = exhibit.redaction.as_ref();
        let committed = redaction.is_some_and(|it| it.commitment.is_some());
        let mut name = evidence_name(exhibit, None);
        let mut copy = 1_u32;
        while committed && taken.contains(&name) {
            copy += 1;
            name = evidence_name(exhibit, Some(copy));
        }
        taken.insert(name.clone());
        names.insert(exhibit.path.clone(), name);
    }
    names
}

/// Content-addressed and readable: the first 16 digits of the digest and the file's own name,
/// reduced to characters that are safe in every file system and shell.
fn evidence_name(exhibit: &Exhibit, copy: Option<u32>) -> String {
    let digest: String = exhibit.sha256.to_string().chars().take(16).collect();
    let copy = copy.map(|it| format!("{it}-")).unwrap_or_default();
    format!("evidence/{digest}-{copy}{}", last_name(&exhibit.path))
}
