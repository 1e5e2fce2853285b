//! Puts together what one run of a tool leaves in many files.
//!
//! mutmut 3 keeps a record beside each mutated file, below `mutants/`. Each alone says nothing of
//! the run, and an empty one is no fault: the report is all of them together. Its path is their
//! folder, and its digest that of their list, as `sha256sum` prints it. The statistics that mutmut
//! exports of the same records are the same run once more, so they are compared and not counted;
//! so is its listing of what survived.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::mutation::{LISTING, RECORDS, STATISTICS, Tally, run_of};
use super::search::{say_state, set_measures};
use super::words::{counted, some_of};
use crate::collect::{Input, Sink};
use crate::model::exhibit::Level;
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::{MUTATION_MUTANT, MUTATION_REPORT};
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::model::value::Value;
use crate::tree::digest::sha256;

/// Where mutmut writes its statistics, below the folder of the run.
const EXPORTED: &str = "mutmut-cicd-stats.json";

/// Counts that records and statistics both have. What is pending and what is an error cannot be
/// told apart in the statistics.
const COMPARED: [&str; 7] = [
    "total",
    "killed",
    "survived",
    "timeout",
    "no_coverage",
    "ignored",
    "suspicious",
];

/// Whether a report of this format is only a part of its run.
pub(super) fn is_part(format: &str) -> bool {
    format == RECORDS
}

/// The path by which the scope of a file is judged: a record lies where its run lies, whatever the
/// names of the folders are that mutmut copied.
pub(super) fn judged(inside: &str) -> String {
    match run_of(inside).filter(|_| inside.strip_suffix(".meta").is_some()) {
        Some((folder, _)) => format!("{folder}/{EXPORTED}"),
        None => inside.to_owned(),
    }
}

/// Makes one report of the records of each run.
pub(super) fn join(input: &Input<'_>, sink: &mut Sink) {
    let parts = sink.take_items(&MUTATION_REPORT, |item| {
        item.get("format").as_text().is_some_and(is_part)
    });
    let mut runs: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for part in parts {
        runs.entry(folder_of(&part.source.path))
            .or_default()
            .push(part);
    }
    let alone = runs.len() == 1;
    for (folder, mut records) in runs {
        let gone = take_gone(&folder, &mut records, input, sink);
        let tally = sum(&records);
        let exports = take_exports(&folder, &tally, alone, sink);
        let mut reading = Reading::new(ReportKind::Mutation, RECORDS);
        describe(&records, &gone, &mut reading);
        compare(&exports, &tally, &mut reading);
        tally.settle(&mut reading);
        let mut item = item(&folder, &records, &reading);
        set_measures(&mut item, &reading.measures);
        say_state(
            &MUTATION_REPORT,
            &folder,
            reading.state,
            &reading.notes,
            sink,
        );
        sink.insert(item);
    }
    take_listings(sink);
}

/// Takes out the listings of the one run there is, where they list what it says: a listing is never
/// a result, and beside the result it shows nothing that is missing.
fn take_listings(sink: &mut Sink) {
    const LISTED: [&str; 2] = ["measures.survived", "measures.no_coverage"];
    let is = |item: &Item, formats: &[&str]| {
        let format = item.get("format").as_text();
        format.is_some_and(|format| formats.contains(&format))
    };
    let mut reports = sink.take_items(&MUTATION_REPORT, |item| is(item, &[RECORDS, STATISTICS]));
    if let [report] = reports.as_mut_slice() {
        let listings = sink.take_items(&MUTATION_REPORT, |item| {
            is(item, &[LISTING]) && LISTED.iter().all(|name| item.get(name) == report.get(name))
        });
        for listing in &listings {
            let path = &listing.source.path;
            sink.drop_gaps(&MUTATION_REPORT, path);
            // Statistics name no mutant, so those of the listing stay.
            if is(report, &[RECORDS]) {
                sink.take_items(&MUTATION_MUTANT, |item| item.source.path == *path);
            }
            let path = excerpt(path);
            let note = format!("{path} lists the same of this run, and was not counted again.");
            let notes = report.get("notes").as_list().iter().cloned();
            let notes: Vec<Value> = notes.chain([Value::from(note)]).collect();
            report.set("notes", Value::List(notes));
        }
    }
    for report in reports {
        sink.insert(report);
    }
}

/// The folder of the run a record belongs to; a record that lies in no `mutants` belongs to those
/// beside it.
fn folder_of(path: &str) -> String {
    let beside = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    run_of(path).map_or(beside, |(folder, _)| folder).to_owned()
}

/// Takes out the records of files that are no longer there, as mutmut does: it never removes one.
/// Where no file is found at all, the records lie apart from their project, and all count.
fn take_gone(
    folder: &str,
    records: &mut Vec<Item>,
    input: &Input<'_>,
    sink: &mut Sink,
) -> BTreeSet<String> {
    let project = folder.strip_suffix("mutants").unwrap_or_default();
    let there = |item: &mut Item| {
        let source = run_of(&item.source.path)
            .and_then(|(_, below)| below.strip_suffix(".meta"))
            .map(|below| format!("{project}{below}"));
        source.is_none_or(|source| input.tree.entry(&source).is_some())
    };
    if !records.iter_mut().any(there) {
        return BTreeSet::new();
    }
    let gone = records.extract_if(.., |item| !there(item));
    let gone: BTreeSet<String> = gone.map(|item| item.source.path).collect();
    sink.take_items(&MUTATION_MUTANT, |item| gone.contains(&item.source.path));
    gone
}

/// All records together.
fn sum(records: &[Item]) -> Tally {
    let of = |name: &str| {
        let field = format!("measures.{name}");
        let counts = records
            .iter()
            .filter_map(|item| u64::try_from(item.get(&field).as_int()?).ok());
        counts.fold(0, u64::saturating_add)
    };
    Tally {
        killed: of("killed"),
        survived: of("survived"),
        timeout: of("timeout"),
        no_coverage: of("no_coverage"),
        ignored: of("ignored"),
        errors: of("errors"),
        pending: of("pending"),
        suspicious: of("suspicious"),
        unknown: 0,
    }
}

/// Takes out the statistics of the same run: those that lie in its folder, whatever they say, and a
/// copy elsewhere that says the same, where there is but one run.
fn take_exports(folder: &str, tally: &Tally, alone: bool, sink: &mut Sink) -> Vec<Item> {
    let own = format!("{folder}/{EXPORTED}");
    let exports = sink.take_items(&MUTATION_REPORT, |item| {
        item.get("format").as_text() == Some(STATISTICS)
            && (item.source.path == own || (alone && same(item, tally)))
    });
    for export in &exports {
        sink.drop_gaps(&MUTATION_REPORT, &export.source.path);
    }
    exports
}

/// Whether statistics say what the records come to.
fn same(export: &Item, tally: &Tally) -> bool {
    let measures = measures(tally);
    COMPARED
        .iter()
        .all(|name| Some(export.get(&format!("measures.{name}"))) == measures.get(*name))
}

fn measures(tally: &Tally) -> BTreeMap<String, Value> {
    let mut reading = Reading::new(ReportKind::Mutation, RECORDS);
    tally.settle(&mut reading);
    reading.measures
}

fn describe(records: &[Item], gone: &BTreeSet<String>, reading: &mut Reading) {
    let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
    let empty = records
        .iter()
        .filter(|item| item.get("measures.total").as_int() == Some(0));
    let empty = u64::try_from(empty.count()).unwrap_or(u64::MAX);
    reading.note(format!(
        "The run is {}, {empty} of them without a mutant; its digest is that of their list.",
        counted(count, "record", "records")
    ));
    if !gone.is_empty() {
        reading.note(format!(
            "{} left out, because the file that was mutated is gone: {}.",
            counted(
                u64::try_from(gone.len()).unwrap_or(u64::MAX),
                "record was",
                "records were"
            ),
            some_of(gone.iter().map(String::as_str))
        ));
    }
}

fn compare(exports: &[Item], tally: &Tally, reading: &mut Reading) {
    for export in exports {
        let path = excerpt(&export.source.path);
        if same(export, tally) {
            reading.note(format!(
                "{path} says the same of this run, and was not counted again."
            ));
        } else {
            let why = format!(
                "{path} says {}, and the records come to {}: one of them is of another run.",
                figures(export),
                of_tally(tally)
            );
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}

fn figures(export: &Item) -> String {
    let of = |name: &str| {
        export
            .get(&format!("measures.{name}"))
            .as_int()
            .unwrap_or(0)
    };
    format!("{} killed of {}", of("killed"), of("total"))
}

fn of_tally(tally: &Tally) -> String {
    format!("{} killed of {}", tally.killed, tally.total())
}

/// What all that say anything agree on; where they do not, that there are several, which is nothing
/// that could be the examined commit.
fn one<'i>(said: impl Iterator<Item = Option<&'i str>>) -> Option<&'i str> {
    let said: BTreeSet<&str> = said.flatten().collect();
    match said.len() {
        0 | 1 => said.into_iter().next(),
        _ => Some("several"),
    }
}

/// The report of the run: as the records are, and bound no firmer than the weakest of them.
fn item(folder: &str, records: &[Item], reading: &Reading) -> Item {
    let texts = |field: &'static str| records.iter().map(move |item| item.get(field).as_text());
    let bytes = records.iter().filter_map(|item| item.get("bytes").as_int());
    let level = texts("origin").map(|level| level.and_then(Level::parse).unwrap_or(Level::L0));
    // All of them were committed with these sources only from the last one on.
    let since: Option<Vec<&str>> = texts("same_sources_since").collect();
    let since = since.and_then(|since| since.into_iter().max());
    let mut list = String::new();
    for item in records {
        let digest = item.get("sha256").as_text().unwrap_or_default();
        let _ = writeln!(list, "{digest}  {}", item.source.path);
    }
    let path = if folder.is_empty() { "." } else { folder };
    let weakest = records.iter().min_by_key(|item| {
        let level = item.get("origin").as_text().and_then(Level::parse);
        level.unwrap_or(Level::L0)
    });
    let binding = weakest.and_then(|item| item.get("binding").as_text());
    // A run is dated only where every record is, and then by the oldest.
    let made: Option<Vec<&str>> = texts("produced_at").collect();
    let made = made.and_then(|made| made.into_iter().min_by_key(|made| Moment::earliest(made)));
    let older: Option<&str> = texts("older_than_commit").flatten().max();
    Item::new(&MUTATION_REPORT, Source::file(path))
        .with("produced_at", made)
        .with("time_from", made.and_then(|_| one(texts("time_from"))))
        .with("binding", binding)
        .with("record", one(texts("record")))
        .with("recorded_commit", one(texts("recorded_commit")))
        .with("older_than_commit", older)
        .with("path", path)
        .with("sha256", sha256(list.as_bytes()).to_string())
        .with("bytes", bytes.fold(0_i64, i64::saturating_add))
        .with("format", RECORDS)
        .with("tool", "mutmut")
        .with("state", reading.state.name())
        .with("origin", level.min().unwrap_or(Level::L0).name())
        .with("same_sources_since", since)
        .with("notes", Value::texts(reading.notes.clone()))
}
