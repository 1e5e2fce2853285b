//! The evidence index: every exhibit with its full digest, and who read it.

use serde::Serialize;

use crate::model::exhibit::{Exhibit, Redaction};

use crate::model::run::Run;
use crate::seal::sources;
use crate::tree::digest::sha256;

use super::super::register;
use super::anchors::{Anchors, ControlLink, address};
use super::words;

/// How many rows stand in one table: a browser lays out the tables that are looked at.
const ROWS: usize = 100;

#[derive(Serialize)]
pub(super) struct Index<'r> {
    blocks: Vec<Block<'r>>,
    total: String,
    sources: Option<Sources>,
    definitions: Vec<DefinitionRow>,
}

/// A table of the index.
#[derive(Serialize)]
struct Block<'r> {
    first: usize,
    last: usize,
    rows: Vec<Row<'r>>,
}

/// What is said of the files of source code that were read.
#[derive(Serialize)]
struct Sources {
    read: String,
    withheld: String,
    list: &'static str,
    digest: Vec<String>,
}

fn sources(run: &Run) -> Option<Sources> {
    let list = sources::list(run)?;
    Some(Sources {
        read: format!(
            "{} {} read",
            words::count(run.sources.len(), "source file", "source files"),
            words::was(run.sources.len())
        ),
        withheld: match run.withheld() {
            1 => "1 of them is not sealed here, because nothing was found in it".to_owned(),
            more => format!(
                "{} of them are not sealed here, because nothing was found in them",
                words::grouped(more)
            ),
        },
        list: sources::LIST,
        digest: parts(&sha256(&list).to_string()),
    })
}

/// A file of the catalogue or the policy.
#[derive(Serialize)]
struct DefinitionRow {
    path: String,
    href: String,
    bytes: String,
    digest: Vec<String>,
    /// The control that the file defines.
    control: Option<ControlLink>,
}

#[derive(Serialize)]
struct Row<'r> {
    path: &'r str,
    anchor: Option<String>,
    evidence: Option<&'r str>,
    /// The digest in parts of sixteen digits, between which a line may break.
    digest: Vec<String>,
    bytes: String,
    producer: String,
    produced: String,
    record: Option<&'r str>,
    level: &'static str,
    redaction: Option<String>,
    read_for: Vec<&'r str>,
    read_by: Vec<ControlLink>,
}

/// The index of a bundle.
pub(super) fn index<'r>(anchors: &Anchors<'r>) -> Index<'r> {
    let run = anchors.run();
    let mut read_by = register::read_by(run);
    let mut read_for = register::read_for(run);
    let rows = run.exhibits.iter();
    let rows: Vec<Row<'r>> = rows
        .map(|exhibit| Row {
            path: &exhibit.path,
            anchor: anchors.exhibit(&exhibit.path).anchor,
            evidence: anchors.bundle.evidence_path(&exhibit.path),
            digest: parts(&exhibit.sha256.to_string()),
            bytes: crate::model::text::grouped(exhibit.bytes),
            producer: producer(exhibit),
            produced: exhibit
                .produced_at
                .as_deref()
                .map(words::time)
                .unwrap_or_default(),
            record: exhibit.record.as_deref(),
            level: exhibit.level.name(),
            redaction: exhibit.redaction.as_ref().map(redaction),
            read_for: read_for.remove(exhibit.path.as_str()).unwrap_or_default(),
            read_by: read_by
                .remove(exhibit.path.as_str())
                .unwrap_or_default()
                .into_iter()
                .map(|id| anchors.control(id))
                .collect(),
        })
        .collect();
    Index {
        sources: sources(run),
        total: words::count(rows.len(), "exhibit", "exhibits"),
        blocks: blocks(rows),
        definitions: run
            .definitions
            .iter()
            .map(|definition| DefinitionRow {
                path: format!("controls/{}", definition.path),
                href: address(&definition.path),
                bytes: words::grouped(definition.bytes.len()),
                digest: parts(&sha256(&definition.bytes).to_string()),
                control: run
                    .controls
                    .iter()
                    .find(|control| control.path == definition.source)
                    .map(|control| anchors.control(&control.id)),
            })
            .collect(),
    }
}

fn blocks(rows: Vec<Row<'_>>) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for (at, row) in (1..).zip(rows) {
        match blocks.last_mut() {
            Some(block) if block.rows.len() < ROWS => {
                block.last = at;
                block.rows.push(row);
            }
            _ => blocks.push(Block {
                first: at,
                last: at,
                rows: vec![row],
            }),
        }
    }
    blocks
}

fn parts(digest: &str) -> Vec<String> {
    let digits: Vec<char> = digest.chars().collect();
    digits
        .chunks(16)
        .map(|part| part.iter().collect())
        .collect()
}

/// What made the file, as far as the file says.
pub(super) fn producer(exhibit: &Exhibit) -> String {
    match (&exhibit.tool, &exhibit.tool_version) {
        (Some(tool), Some(version)) => format!("{tool} {version}"),
        (Some(tool), None) => tool.clone(),
        (None, _) if exhibit.tracked => "committed file".to_owned(),
        (None, _) if exhibit.format.is_some() => "the file names no tool".to_owned(),
        (None, _) => "file in the work tree".to_owned(),
    }
}

fn redaction(redaction: &Redaction) -> String {
    let fields: Vec<String> = redaction
        .fields
        .iter()
        .map(|(field, number)| format!("{number} in {field}"))
        .collect();
    let committed = redaction.commitment.as_ref().map_or_else(
        || "nothing here commits to the file as it was".to_owned(),
        |it| {
            let (value, key) = (it.value.short(), it.key_id.short());
            format!("the file as it was has {} {value}, under key {key}", it.alg)
        },
    );
    format!("{}: {}; {committed}", redaction.profile, fields.join(", "))
}
