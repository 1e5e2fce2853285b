//! `audit inspect FILE...`: what single report files say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::style::Show;
use super::{Exit, output, problems, says, size};
use crate::collect::reports::{Outcome, inspect_file};
use crate::model::text::{excerpt, visible};
use crate::model::value::Value;
use crate::parse::limits::Caps;
use crate::render::table::grid::{Fit, Grid};
use crate::render::table::{Style, Text, count, layout, number};
use crate::tree::File;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// table or json [table].
    #[arg(long, value_name = "NAME", default_value = "table", hide_default_value = true, value_parser = ["table", "json"], hide_possible_values = true)]
    format: String,
    /// The longest single value that is read [64 MiB].
    #[arg(long, value_name = "SIZE")]
    max_value: Option<String>,
}

/// One line of the answer.
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

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    let caps = match size::caps(arguments.max_value.as_deref()) {
        Ok(caps) => caps,
        Err(problem) => return problems::refuse(&[problem], &show.err()),
    };
    let files = arguments.files.par_iter();
    let rows: Vec<Row> = files.map(|path| look(path, caps)).collect();
    if arguments.format == "json" {
        for row in rows {
            let mut line = serde_json::to_string(&row).unwrap_or_default();
            line.push('\n');
            output::json(&line);
        }
    } else {
        output::out(&table(&rows, &show.out()));
    }
    Exit::Clean
}

/// One row a file, and how many of each state there are.
fn table(rows: &[Row], style: &Style) -> String {
    let mut grid = Grid::new(&[
        ("FILE", Fit::Fixed),
        ("STATE", Fit::Fixed),
        ("FORMAT", Fit::Fixed),
        ("TOOL", Fit::Fixed),
        ("SAYS", Fit::Wrap),
    ]);
    for row in rows {
        grid.row([
            visible(&row.path).into_owned(),
            row.state.unwrap_or("no report").to_owned(),
            row.format.unwrap_or("-").to_owned(),
            tool(row),
            style.own(&says(row)),
        ]);
    }
    let mut out = grid.render(style);
    let states = ["complete", "incomplete", "nothing-measured", "unreadable"];
    let mut counts: Vec<String> = states
        .iter()
        .map(|state| {
            (
                rows.iter().filter(|row| row.state == Some(state)).count(),
                *state,
            )
        })
        .chain([(
            rows.iter().filter(|row| row.state.is_none()).count(),
            "no report",
        )])
        .filter(|(count, _)| *count > 0)
        .map(|(count, state)| format!("{} {}", number(count), state.replace('-', " ")))
        .collect();
    if counts.is_empty() {
        counts.push("none".to_owned());
    }
    let sentence = format!(
        "{}: {}. Only a complete report can support a result.",
        count(rows.len(), "file", "files"),
        counts.join(", ")
    );
    layout::write(&mut out, &Text::new(sentence), style, 0, 0);
    out
}

/// `coverage.py 7.17.3`, or `bandit, no version`.
fn tool(row: &Row) -> String {
    match (&row.tool, &row.tool_version) {
        (Some(tool), Some(version)) => format!("{} {}", excerpt(tool), excerpt(version)),
        (Some(tool), None) => format!("{}, no version", excerpt(tool)),
        (None, _) => "-".to_owned(),
    }
}

fn says(row: &Row) -> String {
    let note = says::note(&row.notes);
    let Some(kind) = row.kind.filter(|_| !row.measures.is_empty()) else {
        let unknown = "not a report of a known format".to_owned();
        return note.unwrap_or(unknown);
    };
    let measures = says::measures(kind, &row.measures);
    match note.filter(|_| row.state != Some("complete")) {
        Some(note) => format!("{measures}; {note}"),
        None => measures,
    }
}

fn look(path: &Path, caps: Caps) -> Row {
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
    let file = match File::alone(path, &shown, caps) {
        Ok(file) => file,
        Err(problem) => {
            row.state = Some("unreadable");
            row.notes.push(problem.says);
            return row;
        }
    };
    row.bytes = Some(file.size());
    let outcome = inspect_file(&file, None).outcome;
    // Asked after it was looked at, so that a large file is read once.
    row.sha256 = file.sha256().ok().map(|sha256| sha256.to_string());
    match outcome {
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
