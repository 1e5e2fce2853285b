//! Files of tests that could not be read, though a report has cases of them.

use std::collections::BTreeMap;

use super::matched::{Case, Root, last, module_of};
use crate::model::fact::{Item, Unlisted};
use crate::model::relations::TESTS_MATCHED;

/// Files of Python that could not be read, so that nobody knows of which of their tests a case is, or
/// what such a test is declared to be.
pub(super) struct Unread<'s> {
    /// By the last part of their modules.
    by_module: BTreeMap<String, Vec<(String, &'s Unlisted)>>,
}

impl<'s> Unread<'s> {
    pub(super) fn of(unlisted: &'s [Unlisted]) -> Self {
        let mut by_module: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for one in unlisted {
            if let Some(module) = one.each.get("path").as_text().map(module_of) {
                let files = by_module.entry(last(&module).to_owned()).or_default();
                files.push((module, one));
            }
        }
        Self { by_module }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_module.is_empty()
    }

    /// Those of the files that a report has cases of, each once.
    pub(super) fn with_cases(&self, cases: &[Case<'_>]) -> Vec<Unlisted> {
        let mut found: BTreeMap<&str, &Unlisted> = BTreeMap::new();
        if self.is_empty() {
            return Vec::new();
        }
        for case in cases {
            // A case names its module, and perhaps classes behind it.
            let ends = case.place.match_indices('.').map(|(at, _)| at);
            for end in ends.chain([case.place.len()]) {
                let named = case.place.get(..end).unwrap_or_default();
                let files = self.by_module.get(last(named)).into_iter().flatten();
                let fits = files.filter(|(module, _)| Root::of(module, named).is_some());
                found.extend(fits.map(|(module, one)| (module.as_str(), *one)));
            }
        }
        let tests = found.into_values().map(|one| Unlisted {
            count: 0,
            each: Item::new(&TESTS_MATCHED, one.each.source.clone())
                .with("path", one.each.get("path").clone())
                .with("language", "python"),
            gap: one.gap.clone(),
        });
        tests.collect()
    }
}
