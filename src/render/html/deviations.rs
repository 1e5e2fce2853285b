//! Deviations as tables: one for each attribute, with the columns that its test used.

use serde::Serialize;

use crate::model::result::{ControlResult, Deviation};

use super::anchors::{self, Anchors, ExhibitLink};
use super::axis::{Axis, axis};
use super::sheet::SheetLink;
use super::words::{self, Hash, hash};

/// How many deviations of a control the report prints. More of them fill a file of their own, and
/// all stand in `report.json`.
pub(super) const PRINTED: usize = 200;

/// How many files the summary of a long list names.
const FILES: usize = 30;

/// How many fields have a column of their own; the others share one.
const COLUMNS: usize = 4;

#[derive(Serialize)]
pub(super) struct Deviations<'r> {
    total: String,
    shown: String,
    cut: bool,
    tables: Vec<Table<'r>>,
    axis: Option<Axis>,
    files: Vec<FileCount>,
    files_more: usize,
    /// Where all of them are printed.
    sheet: Option<SheetLink>,
}

#[derive(Serialize)]
pub(super) struct Table<'r> {
    attribute: &'r str,
    number: String,
    /// The same for every row, or empty.
    required: String,
    columns: Vec<Column>,
    rest: bool,
    rows: Vec<Row<'r>>,
}

#[derive(Serialize)]
struct Column {
    name: String,
    observed: bool,
}

#[derive(Serialize)]
struct Row<'r> {
    number: usize,
    anchor: String,
    place: &'r str,
    link: Option<ExhibitLink>,
    sealed: Option<String>,
    cells: Vec<&'r str>,
    rest: Vec<String>,
    required: &'r str,
    fingerprint: Hash,
    waiver: Option<WaiverLink>,
}

#[derive(Serialize)]
struct WaiverLink {
    id: String,
    anchor: Option<String>,
}

#[derive(Serialize)]
struct FileCount {
    link: ExhibitLink,
    number: usize,
    /// Its share of the largest number, as a length.
    bar: String,
}

/// Deviations with their numbers in the list of their control.
type Numbered<'r> = (usize, &'r Deviation);

/// The deviations of a result.
pub(super) fn deviations<'r>(anchors: &Anchors<'r>, result: &'r ControlResult) -> Deviations<'r> {
    let total = result.deviations.len();
    let printed: Vec<_> = result.deviations.iter().enumerate().take(PRINTED).collect();
    let cut = total > PRINTED;
    let (files, files_more) = if cut {
        files(anchors, result)
    } else {
        (Vec::new(), 0)
    };
    Deviations {
        total: words::grouped(total),
        shown: words::grouped(total.min(PRINTED)),
        cut,
        tables: groups(&printed)
            .into_iter()
            .map(|(attribute, group)| table(anchors, &result.control, attribute, &group))
            .collect(),
        axis: axis(anchors, result),
        files,
        files_more,
        sheet: anchors.sheet(&result.control).cloned(),
    }
}

/// Deviations of one attribute together, in the order in which the attributes first occur; numbers
/// count from 1.
pub(super) fn groups<'r>(list: &[Numbered<'r>]) -> Vec<(&'r str, Vec<Numbered<'r>>)> {
    let mut groups: Vec<(&str, Vec<Numbered<'r>>)> = Vec::new();
    for (at, deviation) in list {
        let attribute = deviation.attribute.as_str();
        let entry = (at + 1, *deviation);
        match groups.iter_mut().find(|(name, _)| *name == attribute) {
            Some((_, group)) => group.push(entry),
            None => groups.push((attribute, vec![entry])),
        }
    }
    groups
}

/// One table: the columns are the fields that its test used.
pub(super) fn table<'r>(
    anchors: &Anchors<'r>,
    control: &str,
    attribute: &'r str,
    group: &[Numbered<'r>],
) -> Table<'r> {
    let all = columns(group);
    let common = group.first().map(|(_, first)| first.required.as_str());
    let required = common
        .filter(|common| group.iter().all(|(_, d)| d.required == **common))
        .unwrap_or_default();
    let rest = all.get(COLUMNS..).unwrap_or_default();
    let columns = all.get(..COLUMNS).unwrap_or(&all);
    let rows = group
        .iter()
        .map(|(number, deviation)| Row {
            number: *number,
            anchor: anchors::deviation(control, deviation),
            sealed: anchors.sealed(&deviation.path),
            place: &deviation.place,
            link: (!deviation.path.is_empty()).then(|| anchors.exhibit(&deviation.path)),
            cells: columns
                .iter()
                .map(|column| cell(deviation, column))
                .collect(),
            rest: rest
                .iter()
                .map(|column| (column, cell(deviation, column)))
                .filter(|(_, value)| !value.is_empty())
                .map(|(column, value)| format!("{}: {value}", column.name))
                .collect(),
            required: &deviation.required,
            fingerprint: hash(&deviation.fingerprint, 12),
            waiver: deviation.waiver.as_ref().map(|id| WaiverLink {
                id: id.clone(),
                anchor: anchors.waiver(id),
            }),
        })
        .collect();
    Table {
        attribute,
        number: words::count(group.len(), "deviation", "deviations"),
        required: required.to_owned(),
        rest: !rest.is_empty(),
        columns: all.into_iter().take(COLUMNS).collect(),
        rows,
    }
}

/// What the test looked at first, then what tells one item from another.
fn columns(group: &[(usize, &Deviation)]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut add = |name: &str, observed: bool| {
        // The place says it already.
        let placed = matches!(name, "path" | "line" | "column");
        if !placed && columns.iter().all(|column| column.name != name) {
            columns.push(Column {
                name: name.to_owned(),
                observed,
            });
        }
    };
    for (_, deviation) in group {
        deviation
            .observed
            .iter()
            .for_each(|(name, _)| add(name, true));
    }
    for (_, deviation) in group {
        deviation.item.iter().for_each(|(name, _)| add(name, false));
    }
    columns
}

fn cell<'r>(deviation: &'r Deviation, column: &Column) -> &'r str {
    let fields = if column.observed {
        &deviation.observed
    } else {
        &deviation.item
    };
    fields
        .iter()
        .find(|(name, _)| *name == column.name)
        .map_or("", |(_, value)| value.as_str())
}

/// Deviations by file, most first: what a list too long to print looks like as a whole.
fn files(anchors: &Anchors<'_>, result: &ControlResult) -> (Vec<FileCount>, usize) {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for deviation in &result.deviations {
        *counts.entry(&deviation.path).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(path, number)| (std::cmp::Reverse(*number), *path));
    let most = counts.first().map_or(1, |(_, number)| *number);
    let more = counts.len().saturating_sub(FILES);
    let files = counts
        .into_iter()
        .take(FILES)
        .map(|(path, number)| FileCount {
            link: anchors.exhibit(path),
            number,
            bar: words::length(i64::try_from(number * 10_000 / most).unwrap_or(10_000)),
        })
        .collect();
    (files, more)
}
