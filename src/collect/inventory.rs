//! Writes down what a run took for given: what lay there, what git said, what was found of earlier
//! bundles. Who has that and the evidence can derive everything else again.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLLECTORS, Collected, Input, Wants};
use crate::model::exhibit::Exhibit;
use crate::model::fact::{Facts, Population};
use crate::model::inventory::{Earlier, Inventory, Most, Row, SCHEMA, Skipped, Unread};
use crate::model::relations::{ANALYSIS_REPORT, EVIDENCE_BUNDLE, FORGE_REPORT, SECRETS_REPORT};
use crate::tree::EntryKind;

/// What a run took for given, as far as its examination knows.
pub fn inventory(input: &Input<'_>, collected: &Collected) -> Inventory {
    let skipped = input.tree.skipped.iter().map(|skipped| Skipped {
        path: skipped.path.clone(),
        reason: skipped.reason.clone().into_owned(),
        unread: skipped.unread,
    });
    Inventory {
        changed: collected.changed.clone(),
        check_objects: input.check_objects,
        definitions: Vec::new(),
        earlier: earlier(collected.facts.get(EVIDENCE_BUNDLE.name)),
        files: rows(input, collected),
        git: input.repository.map(crate::git::Repository::said),
        most: Most {
            streamed: input.tree.caps.streamed,
            whole: input.tree.caps.whole,
        },
        schema: SCHEMA.to_owned(),
        skipped: skipped.collect(),
        waivers_from: None,
    }
}

/// The bundles of earlier runs: they lie outside of what is examined, so that all of what was found is
/// written down.
fn earlier(found: Option<&Population>) -> Earlier {
    let Some(found) = found else {
        return Earlier::default();
    };
    let fields = |item: &crate::model::fact::Item| {
        let fields = item.fields().map(|(name, value)| {
            let value = serde_json::to_value(value).unwrap_or_default();
            (name.to_owned(), value)
        });
        fields.collect()
    };
    Earlier {
        bundles: found.items.iter().map(fields).collect(),
        gaps: found.gaps.clone(),
    }
}

/// The row of a file, which is made where there is none yet.
fn row<'r, 'p>(rows: &'r mut BTreeMap<&'p str, Row>, path: &'p str) -> &'r mut Row {
    rows.entry(path).or_insert_with(|| Row {
        path: path.to_owned(),
        ..Row::default()
    })
}

/// What a file is that is a report of a kind that quotes what it found, and could not be read. Nothing
/// can be taken out of it, and a digest of all of it would let a secret in it be guessed.
const MAY_QUOTE: [&str; 3] = [SECRETS_REPORT.name, ANALYSIS_REPORT.name, FORGE_REPORT.name];

/// Every file that the commit holds or that lay there.
fn rows(input: &Input<'_>, collected: &Collected) -> Vec<Row> {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for entry in input.repository.iter().flat_map(|it| &it.entries) {
        let row = row(&mut rows, &entry.path);
        row.mode = Some(entry.mode.clone());
        row.object = Some(entry.object.clone());
    }
    for entry in &input.tree.entries {
        let row = row(&mut rows, &entry.path);
        row.bytes = Some(entry.size);
        row.link = entry.kind == EntryKind::Link;
    }
    let exhibits = collected.exhibits.iter();
    let exhibits: BTreeMap<&str, &Exhibit> = exhibits.map(|it| (it.path.as_str(), it)).collect();
    for (path, exhibit) in &exhibits {
        let row = row(&mut rows, path);
        row.redacted = exhibit.redaction.is_some();
        if row.redacted {
            // The size of what was taken out tells something of it.
            row.bytes = Some(exhibit.bytes);
        }
        // The list of sources has the digests of those.
        row.sha256 = (!exhibit.code).then_some(exhibit.sha256);
    }
    let gives = gives(&collected.facts);
    for read in &collected.read {
        let path = read.path.as_str();
        let (Some(sha256), false) = (read.sha256, exhibits.contains_key(path)) else {
            continue;
        };
        let row = row(&mut rows, path);
        let naming = gives.get(path).map_or(&[][..], Vec::as_slice);
        let may_quote = naming.iter().any(|it| MAY_QUOTE.contains(&it.as_str()));
        // The commit has a digest of it in any case.
        let committed = row.object.is_some() && !collected.changed.iter().any(|it| it == path);
        row.sha256 = (committed || !may_quote).then_some(sha256);
        row.gives = read_for(path, naming, input);
    }
    for problem in &collected.unread {
        let row = row(&mut rows, &problem.path);
        row.unread = Some(Unread {
            says: problem.says.clone(),
            too_large: problem.too_large,
        });
    }
    rows.into_values().collect()
}

/// The relations that whoever looks into a file fills: others name it without knowing what is in it.
fn read_for(path: &str, relations: &[String], input: &Input<'_>) -> Vec<String> {
    let wanting = COLLECTORS
        .iter()
        .filter(|it| it.wants(path, input) != Wants::No);
    let filled: BTreeSet<&str> = wanting
        .flat_map(|collector| collector.spec().fills)
        .map(|relation| relation.name)
        .collect();
    let read = relations
        .iter()
        .filter(|name| filled.contains(name.as_str()));
    read.cloned().collect()
}

/// The relations that name each file.
fn gives(facts: &Facts) -> BTreeMap<&str, Vec<String>> {
    let mut gives: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, population) in facts {
        let items = population.items.iter().map(|item| &item.source.path);
        let gaps = population.all_gaps().map(|gap| &gap.path);
        let paths: BTreeSet<&str> = items
            .chain(gaps)
            .chain(&population.examined)
            .map(String::as_str)
            .collect();
        for path in paths {
            gives.entry(path).or_default().push((*name).to_owned());
        }
    }
    gives
}
