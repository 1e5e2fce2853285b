//! Files of their own for long lists: all deviations of a control, where the report prints some.

use serde::Serialize;

use crate::model::result::ControlResult;
use crate::tree::digest::sha256;

use super::anchors::{self, Anchors};
use super::cover;
use super::deviations::{self, PRINTED, Table};
use super::words::{self, Hash};

/// How many rows stand in one table: a browser lays out the tables that are looked at.
const ROWS: usize = 250;

/// A list of deviations as a page of its own.
#[derive(Serialize)]
pub(super) struct Sheet<'r> {
    pub(super) id: &'r str,
    title: &'r str,
    pub(super) entity: String,
    pub(super) repository: String,
    pub(super) commit: String,
    pub(super) as_of: String,
    pub(super) report_digest: Hash,
    back: String,
    total: String,
    chunks: Vec<Chunk<'r>>,
}

#[derive(Serialize)]
struct Chunk<'r> {
    first: usize,
    name: String,
    table: Table<'r>,
}

/// Where the list of a control lies, and its digest.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SheetLink {
    pub(super) path: String,
    digest: Hash,
    bytes: String,
}

impl SheetLink {
    /// The link to a list that was written.
    pub(super) fn to(path: String, bytes: &[u8]) -> Self {
        Self {
            path,
            digest: words::hash(&sha256(bytes), 16),
            bytes: words::grouped(bytes.len()),
        }
    }
}

/// Where the list of a control lies in the bundle.
pub(super) fn path(control: &str) -> String {
    format!("deviations/{}.html", anchors::plain(control))
}

/// The results whose deviations are too many for the report.
pub(super) fn long<'r>(anchors: &Anchors<'r>) -> impl Iterator<Item = &'r ControlResult> {
    let results = anchors.run().results.iter();
    results.filter(|result| result.deviations.len() > PRINTED)
}

/// The list of a result.
pub(super) fn sheet<'r>(
    anchors: &Anchors<'r>,
    result: &'r ControlResult,
    report_json_sha256: &str,
) -> Sheet<'r> {
    let run = anchors.run();
    let numbered: Vec<_> = result.deviations.iter().enumerate().collect();
    let mut chunks = Vec::new();
    for (attribute, group) in deviations::groups(&numbered) {
        for rows in group.chunks(ROWS) {
            let number = |at: Option<&(usize, _)>| at.map_or(0, |(number, _)| *number);
            let (first, last) = (number(rows.first()), number(rows.last()));
            chunks.push(Chunk {
                first,
                name: if first == last {
                    words::grouped(first)
                } else {
                    format!("{}–{}", words::grouped(first), words::grouped(last))
                },
                table: deviations::table(anchors, &result.control, attribute, rows),
            });
        }
    }
    Sheet {
        id: &result.control,
        title: run
            .control(&result.control)
            .map_or("", |control| control.title.as_str()),
        entity: cover::entity(run),
        repository: cover::repository(run),
        commit: cover::commit_short(run),
        as_of: words::moment(run.as_of),
        report_digest: words::cut(report_json_sha256, 16),
        back: anchors::control(&result.control),
        total: words::count(result.deviations.len(), "deviation", "deviations"),
        chunks,
    }
}
