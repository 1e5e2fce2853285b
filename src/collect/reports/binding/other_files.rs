//! Reports of coverage that measured other files than those of the examined tree: their figures are
//! of another tree, or of what was installed.

use std::collections::{BTreeMap, BTreeSet};

use super::{note, text};
use crate::collect::reports::words::{counted, length, some_of};
use crate::collect::{Input, Sink};
use crate::model::relations::{COVERAGE_FILE, COVERAGE_REPORT};

/// Counts for each report the files that it measured and that are nowhere in the examined tree.
pub(super) fn count(input: &Input<'_>, sink: &mut Sink) {
    let tracked: BTreeSet<&str> = input
        .repository
        .iter()
        .flat_map(|repository| &repository.entries)
        .map(|entry| entry.path.as_str())
        .collect();
    let is_here = |path: &str| input.tree.entry(path).is_some() || tracked.contains(path);
    let mut elsewhere: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in sink.items(&COVERAGE_FILE) {
        let Some(report) = text(file, "report") else {
            continue;
        };
        let missing = elsewhere.entry(report.to_owned()).or_default();
        let path = text(file, "path");
        missing.extend(path.filter(|path| !is_here(path)).map(str::to_owned));
    }
    for item in sink.items_mut(&COVERAGE_REPORT) {
        let Some(missing) = elsewhere.get(&item.source.path) else {
            continue;
        };
        item.set("files_elsewhere", missing.len());
        if !missing.is_empty() {
            let names = some_of(missing.iter().map(String::as_str));
            let files = counted(length(missing), "file", "files");
            note(
                item,
                format!("Not in the examined tree: {files} it measured, {names}."),
            );
        }
    }
}
