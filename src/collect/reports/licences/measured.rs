//! What the formats of licences share: items, counts, and what an empty list means.

use super::names;
use crate::collect::reports::words::message;
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState};
use crate::model::relations::LICENCES_PACKAGE;
use crate::model::value::Value;

/// A package as a report lists it; a row of a summary is several.
pub(super) struct Package<'p> {
    pub(super) source: Source,
    pub(super) name: Option<&'p str>,
    pub(super) version: Option<&'p str>,
    /// The licences as written: several where the format has a list of them.
    pub(super) licences: Vec<&'p str>,
    /// Whether the tool guessed, where the format says so.
    pub(super) guessed: Option<bool>,
    /// How many packages the row stands for.
    pub(super) count: u64,
}

/// The packages so far.
#[derive(Default)]
pub(super) struct Packages {
    packages: u64,
    unknown: u64,
}

impl Packages {
    /// Counts a package and makes its item.
    pub(super) fn add(&mut self, package: Package<'_>, reading: &mut Reading) {
        let said: Vec<&str> = package
            .licences
            .into_iter()
            .filter(|licence| !names::is_unknown(licence))
            .collect();
        let named = names::of_all(&said);
        let known = !named.is_empty();
        self.packages = self.packages.saturating_add(package.count);
        if !known {
            self.unknown = self.unknown.saturating_add(package.count);
        }
        let licence = known.then(|| message(&said.join("; ")));
        reading.items.push(
            Item::new(&LICENCES_PACKAGE, package.source)
                .with("name", package.name)
                .with("version", package.version)
                .with("licence", licence)
                .with("licences", Value::texts(named))
                .with("known", known)
                .with("guessed", package.guessed),
        );
    }

    /// Records the counts, and what they amount to.
    pub(super) fn settle(self, reading: &mut Reading) {
        reading.measure("packages", self.packages);
        reading.measure("unknown", self.unknown);
        if self.packages == 0 {
            let why = "The report names no package, so no licence was looked at.";
            reading.lower(ReadingState::NothingMeasured, why);
        }
    }
}
