//! What a procedure inspected: reports and what deviates one by one, files of the commit as a list.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::exhibit::Level;
use crate::model::result::ControlResult;

use super::age;
use super::anchors::{Anchors, ExhibitLink};
use super::cover;
use super::index;
use super::words;

/// How many exhibits a page lists; all of them stand in the evidence index.
const EXHIBITS: usize = 60;

/// How many files of the commit it lists beside them, where nothing is to be said of each but its
/// digest.
const FILES: usize = 60;

/// The exhibits of a control.
#[derive(Serialize)]
pub(super) struct Evidence {
    total: String,
    /// Those of which more is to be said than that they are files of the commit.
    rows: Vec<EvidenceRow>,
    /// Files of the commit in which nothing deviates.
    files: Vec<ExhibitLink>,
    files_total: String,
    /// How many of both are not listed here.
    more: usize,
    commit: String,
}

#[derive(Serialize)]
struct EvidenceRow {
    link: ExhibitLink,
    evidence: Option<String>,
    producer: String,
    produced: String,
    age: String,
    level: &'static str,
    bound: &'static str,
}

/// The exhibits: reports and what deviates one by one, files of the commit as a list.
pub(super) fn evidence(anchors: &Anchors<'_>, result: &ControlResult) -> Evidence {
    let deviating: BTreeSet<&str> = result.deviations.iter().map(|d| d.path.as_str()).collect();
    let plain = |path: &&str| {
        let exhibit = anchors.bundle.exhibit(path);
        !deviating.contains(*path)
            && exhibit.is_some_and(|it| {
                it.level == Level::Tree && it.format.is_none() && it.produced_at.is_none()
            })
    };
    let paths = result.evidence.iter().map(String::as_str);
    let (files, mut told): (Vec<&str>, Vec<&str>) = paths.partition(plain);
    if told.len() > EXHIBITS {
        told.sort_by_key(|path| !deviating.contains(path));
    }
    let rows = told.iter().take(EXHIBITS);
    let rows: Vec<EvidenceRow> = rows.map(|path| evidence_row(anchors, path)).collect();
    let listed = files.iter().take(FILES);
    let listed: Vec<ExhibitLink> = listed.map(|path| anchors.exhibit(path)).collect();
    Evidence {
        total: words::count(result.evidence.len(), "exhibit", "exhibits"),
        more: result.evidence.len() - rows.len() - listed.len(),
        rows,
        files: listed,
        files_total: words::count(files.len(), "file", "files"),
        commit: cover::commit_short(anchors.run()),
    }
}

fn evidence_row(anchors: &Anchors<'_>, path: &str) -> EvidenceRow {
    let exhibit = anchors.bundle.exhibit(path);
    EvidenceRow {
        link: anchors.exhibit(path),
        evidence: anchors.sealed(path),
        producer: exhibit.map(index::producer).unwrap_or_default(),
        produced: exhibit
            .and_then(|e| e.produced_at.as_deref())
            .map(words::time)
            .unwrap_or_default(),
        age: exhibit.map_or_else(String::new, |e| age::at(anchors.run(), e)),
        level: exhibit.map_or("", |e| e.level.name()),
        bound: exhibit.map_or("", age::bound),
    }
}
