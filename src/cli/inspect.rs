//! `audit inspect FILE...`: what single report files say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::{Exit, output};
use crate::collect::reports::{Outcome, inspect};
use crate::model::value::Value;
use crate::tree::{digest, file};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// table or json.
    #[arg(long, default_value = "table")]
    format: String,
}

/// One line of the answer; the names are those of `facts.md`.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) sha256: Option<String>,
    pub(crate) bytes: Option<u64>,
    pub(crate) recognised: bool,
    pub(crate) kind: Option<&'static str>,
    pub(crate) format: Option<&'static str>,
    pub(crate) tool: Option<String>,
    pub(crate) tool_version: Option<String>,
    pub(crate) produced_at: Option<String>,
    pub(crate) commit: Option<String>,
    pub(crate) state: Option<&'static str>,
    pub(crate) notes: Vec<String>,
    pub(crate) measures: BTreeMap<String, Value>,
}

pub(crate) fn run(arguments: &Arguments) -> Exit {
    let rows: Vec<Row> = arguments.files.par_iter().map(|path| look(path)).collect();
    for row in rows {
        let mut line = serde_json::to_string(&row).unwrap_or_default();
        line.push('\n');
        output::out(&line);
    }
    Exit::Clean
}

fn look(path: &Path) -> Row {
    let shown = crate::model::text::from_bytes(path.as_os_str().as_encoded_bytes());
    let mut row = Row {
        path: shown.clone(),
        sha256: None,
        bytes: None,
        recognised: false,
        kind: None,
        format: None,
        tool: None,
        tool_version: None,
        produced_at: None,
        commit: None,
        state: None,
        notes: Vec::new(),
        measures: BTreeMap::new(),
    };
    let bytes = match file::read(path, &shown) {
        Ok(bytes) => bytes,
        Err(problem) => {
            row.state = Some("unreadable");
            row.notes.push(problem.says);
            return row;
        }
    };
    row.sha256 = Some(digest::sha256(&bytes).to_string());
    row.bytes = Some(bytes.len() as u64);
    match inspect(&shown, &bytes).outcome {
        Outcome::Report(reading) => {
            row.recognised = true;
            row.kind = Some(reading.kind.name());
            row.format = Some(reading.format);
            row.tool = reading.tool;
            row.tool_version = reading.tool_version;
            row.produced_at = reading.produced_at;
            row.commit = reading.commit;
            row.state = Some(reading.state.name());
            row.notes = reading.notes;
            row.measures = reading.measures;
        }
        Outcome::Unreadable {
            kind,
            format,
            error,
        } => {
            row.recognised = format.is_some();
            row.kind = kind.map(crate::model::reading::ReportKind::name);
            row.format = format;
            row.state = Some("unreadable");
            row.notes.push(if error.line == 0 {
                error.says
            } else {
                error.to_string()
            });
        }
        Outcome::Unrecognised => {}
    }
    row
}
