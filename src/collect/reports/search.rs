//! Finding reports: at the places the policy names, or by content under the examined folder.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use super::inspect::{self, Outcome, inspect, inspect_file, kind_of_head};
use super::{binding, forge, listing, matched, paths, redact, runs};
use crate::collect::sink::TOO_LARGE_REMEDY;
use crate::collect::{Collector, Input, Sink, Spec, Wants};
use crate::model::exhibit::{Content, Exhibit, Original, Redaction, Shipped};
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relation::Relation;
use crate::model::relations::{
    ANALYSIS_FINDING, ANALYSIS_REPORT, COVERAGE_FILE, COVERAGE_REPORT, DEPENDENCIES_EXAMINED,
    DEPENDENCIES_REPORT, DEPENDENCIES_VULNERABILITY, FORGE_ALERT, FORGE_BRANCH, FORGE_CHECK,
    FORGE_PROTECTION, FORGE_PULL, FORGE_REPORT, FORGE_REQUIRED_CHECK, FORGE_REVIEW,
    LICENCES_PACKAGE, LICENCES_REPORT, MUTATION_MUTANT, MUTATION_REPORT, SBOM_COMPONENT,
    SBOM_REPORT, SBOM_STATEMENT, SECRETS_FINDING, SECRETS_REPORT, TESTS_CASE, TESTS_MATCHED,
    TESTS_REPORT, TYPES_FINDING, TYPES_REPORT, report_of,
};
use crate::model::value::Value;
use crate::parse::error::ParseError;
use crate::tree::digest;
use crate::tree::file::{self, Body};
use crate::tree::glob::Globs;
use crate::tree::{File, Unreadable};

/// Fills the relations of all reports and of their items.
pub struct Reports;

static SPEC: Spec = Spec {
    name: "reports",
    reads: "reports named by the policy, or found by content outside tests, examples and vendored code",
    fills: &[
        &ANALYSIS_FINDING,
        &ANALYSIS_REPORT,
        &COVERAGE_FILE,
        &COVERAGE_REPORT,
        &DEPENDENCIES_EXAMINED,
        &DEPENDENCIES_REPORT,
        &DEPENDENCIES_VULNERABILITY,
        &FORGE_ALERT,
        &FORGE_BRANCH,
        &FORGE_CHECK,
        &FORGE_PROTECTION,
        &FORGE_PULL,
        &FORGE_REPORT,
        &FORGE_REQUIRED_CHECK,
        &FORGE_REVIEW,
        &LICENCES_PACKAGE,
        &LICENCES_REPORT,
        &MUTATION_MUTANT,
        &MUTATION_REPORT,
        &SBOM_COMPONENT,
        &SBOM_REPORT,
        &SBOM_STATEMENT,
        &SECRETS_FINDING,
        &SECRETS_REPORT,
        &TESTS_CASE,
        &TESTS_MATCHED,
        &TESTS_REPORT,
        &TYPES_FINDING,
        &TYPES_REPORT,
    ],
    about: "Reads the reports that tools left behind.",
};

/// The endings of files that are looked into when no policy says where reports lie; so are files
/// that have the usual name of a report.
const ENDINGS: &[&str] = &["json", "jsonl", "ndjson", "xml", "sarif", "info"];

/// What tools keep for themselves, and on which no result can rest: rounded percentages, raw data, a
/// listing that does not say how many there were. They are no evidence that somebody left, so that
/// they are looked at only where the policy names them.
pub(super) const KEPT_BY_TOOLS: [&str; 3] =
    ["simplecov-last-run", "coverage.py-data", "mutmut-results"];

/// How much of a file that is too large is looked at to tell what evidence is lost.
const HEAD: usize = 64 * 1024;

impl Collector for Reports {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        match input.inside(path) {
            Some(inside) if is_wanted(inside, input) => Wants::Stream,
            _ => Wants::No,
        }
    }

    fn visit(&self, file: &File, input: &Input<'_>, sink: &mut Sink) {
        let Some(inside) = input.inside(&file.path) else {
            return;
        };
        let named = named_kinds(inside, input);
        let wanted = |kind: ReportKind| {
            named.contains(&kind) || (named.is_empty() && !input.policy.reports.contains_key(&kind))
        };
        let inspection = inspect_file(file, input.out);
        match inspection.outcome {
            Outcome::Report(reading)
                if named.is_empty() && KEPT_BY_TOOLS.contains(&reading.format) => {}
            Outcome::Report(reading) if wanted(reading.kind) => take(file, *reading, input, sink),
            Outcome::Report(reading) => {
                let says = format!(
                    "expected a {} report, found {}",
                    words(&named),
                    reading.format
                );
                refuse(
                    file,
                    &named,
                    &ParseError::whole(says),
                    Cause::Unreadable,
                    sink,
                );
            }
            Outcome::Unreadable { kind, error, .. } => {
                let cause = if inspection.too_large {
                    Cause::TooLarge
                } else {
                    Cause::Unreadable
                };
                let seen: Vec<ReportKind> = kind.filter(|kind| wanted(*kind)).into_iter().collect();
                let kinds = if named.is_empty() { &seen } else { &named };
                refuse(file, kinds, &error, cause, sink);
            }
            Outcome::Unrecognised => {
                let says = format!(
                    "expected a {} report, found no format that is known",
                    words(&named)
                );
                refuse(
                    file,
                    &named,
                    &ParseError::whole(says),
                    Cause::Unreadable,
                    sink,
                );
            }
        }
    }

    /// Binds what was found to the commit, as far as history and the records of runs allow, and puts
    /// together what is of one run.
    fn revise(&self, changed: &[String], input: &Input<'_>, sink: &mut Sink) {
        say_branches(sink);
        binding::revise(changed, input, sink);
        runs::join(input, sink);
        matched::look(sink);
    }

    fn unread(&self, problem: &Unreadable, input: &Input<'_>, sink: &mut Sink) {
        let inside = input.inside(&problem.path).unwrap_or(&problem.path);
        let mut kinds = named_kinds(inside, input);
        if kinds.is_empty() {
            kinds = inspect::kinds_by_name(inside);
        }
        if kinds.is_empty()
            && problem.too_large
            && let Some(entry) = input.tree.entry(&problem.path)
        {
            let head = file::head(&entry.full, HEAD).unwrap_or_default();
            kinds.extend(kind_of_head(&problem.path, &head));
        }
        let relations: Vec<&'static Relation> = kinds.into_iter().filter_map(report_of).collect();
        sink.unreadable(&relations, problem);
    }
}

/// Puts together what all rules of a forge demand of each branch, wherever they stand.
fn say_branches(sink: &mut Sink) {
    let protections: Vec<Item> = sink
        .items_mut(&FORGE_PROTECTION)
        .map(|it| it.clone())
        .collect();
    let checks = forge::required_checks(&protections);
    for item in forge::branches(&protections).into_iter().chain(checks) {
        sink.item(item);
    }
}

/// The relations of reports.
pub(super) fn report_relations() -> impl Iterator<Item = &'static Relation> {
    ReportKind::ALL.into_iter().filter_map(report_of)
}

/// Whether a file, by its path from the examined folder, is looked into for a report.
pub fn is_wanted(inside: &str, input: &Input<'_>) -> bool {
    let ending = inside
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_ascii_lowercase();
    // What has the usual name of reports that the policy says lie elsewhere is nobody's evidence.
    let sought = |kind: &ReportKind| !input.policy.reports.contains_key(kind);
    let likely =
        || ENDINGS.contains(&ending.as_str()) || inspect::kinds_by_name(inside).iter().any(sought);
    let searched = || likely() && input.globs.scope_of(&runs::judged(inside)) == "production";
    is_named(inside, input) || searched()
}

/// Whether the policy says that reports lie at a path.
pub fn is_named(inside: &str, input: &Input<'_>) -> bool {
    !named_kinds(inside, input).is_empty()
}

/// Whether a file is a report, or was meant to be one.
pub fn is_report(path: &str, bytes: &[u8]) -> bool {
    match inspect(path, bytes).outcome {
        Outcome::Report(_) => true,
        Outcome::Unreadable { kind, .. } => kind.is_some(),
        Outcome::Unrecognised => false,
    }
}

/// The kinds whose reports the policy says lie at a path.
fn named_kinds(inside: &str, input: &Input<'_>) -> Vec<ReportKind> {
    let matches =
        |globs: &Vec<String>| Globs::new(globs.clone()).is_ok_and(|globs| globs.matches(inside));
    input
        .policy
        .reports
        .iter()
        .filter(|(_, globs)| matches(globs))
        .map(|(kind, _)| *kind)
        .collect()
}

fn words(kinds: &[ReportKind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    crate::model::text::joined(&names, "or")
}

/// Records evidence that was expected to be a report of these kinds and is not.
fn refuse(file: &File, kinds: &[ReportKind], error: &ParseError, cause: Cause, sink: &mut Sink) {
    let relations: Vec<&'static Relation> = kinds.iter().copied().filter_map(report_of).collect();
    for relation in relations {
        let source = match (error.line, error.column) {
            (0, _) => Source::file(&file.path),
            (line, column) => Source::place(&file.path, line, column.max(1)),
        };
        let says = format!("{}; nothing was taken from it", error.says);
        let remedy = if cause == Cause::TooLarge {
            TOO_LARGE_REMEDY
        } else {
            relation.remedy
        };
        sink.gap(relation, Gap::at(cause, &source, says, remedy));
    }
}

/// Turns a reading into its report item, its inner items and its exhibit.
fn take(file: &File, mut reading: Reading, input: &Input<'_>, sink: &mut Sink) {
    let Some(relation) = report_of(reading.kind) else {
        return;
    };
    let (shipped, redaction) = match shipped(file, &mut reading) {
        Ok(shipped) => shipped,
        Err(says) => {
            let error = ParseError::whole(says);
            return refuse(file, &[reading.kind], &error, Cause::Unreadable, sink);
        }
    };
    let redaction = redaction.or_else(|| taken_out_before(&mut reading, file, input));
    let (level, why) = binding::by_itself(reading.commit.as_deref(), input);
    let time_from = reading.produced_at.as_ref().map(|_| "report");

    let mut item = Item::new(relation, Source::file(&file.path))
        .with("path", file.path.as_str())
        .with("sha256", shipped.sha256.to_string())
        .with("bytes", shipped.bytes)
        .with("format", reading.format)
        .with("tool", reading.tool.clone())
        .with("tool_version", reading.tool_version.clone())
        .with("produced_at", reading.produced_at.clone())
        .with("time_from", time_from)
        .with("commit", reading.commit.clone())
        .with("state", reading.state.name())
        .with("origin", level.name())
        .with("binding", why)
        .with("notes", Value::texts(reading.notes.clone()));
    if relation.position("holds").is_some() {
        let names = reading.holds.iter().map(|held| held.name);
        item.set("holds", Value::texts(names));
    }
    set_measures(&mut item, &reading.measures);
    sink.item(item);
    put_inside(reading.items, &file.path, input, sink);
    if !runs::is_part(reading.format) {
        say_state(relation, &file.path, reading.state, &reading.notes, sink);
    }
    for (count, mut each) in reading.unlisted {
        each.source = Source::file(&file.path);
        each.set("report", file.path.as_str());
        sink.unlisted(listing::unlisted(count, each, &file.path));
    }
    sink.put(Exhibit {
        path: file.path.clone(),
        sha256: shipped.sha256,
        bytes: shipped.bytes,
        level,
        tracked: file.is_tracked(),
        code: false,
        needed: true,
        tool: reading.tool,
        tool_version: reading.tool_version,
        produced_at: reading.produced_at,
        record: None,
        format: Some(reading.format),
        redaction,
        content: shipped.content,
    });
    sink.examined(relation, file);
}

/// What was taken out of a report before it was sealed: what is left of it no longer shows that.
fn taken_out_before(reading: &mut Reading, file: &File, input: &Input<'_>) -> Option<Redaction> {
    let redaction = input.tree.again.as_ref()?.redaction(&file.path)?;
    reading.notes.insert(0, redact::note(redaction));
    Some(redaction.clone())
}

/// What is shipped of a report, and what was taken out of it.
fn shipped(file: &File, reading: &mut Reading) -> Result<(Shipped, Option<Redaction>), String> {
    if let Some((mut redaction, shipped)) = reading.redacted_large.take() {
        redaction.original = Some(original(file)?);
        return Ok((shipped, Some(redaction)));
    }
    if let Some((mut redaction, bytes)) = reading.redacted.take() {
        redaction.original = Some(original(file)?);
        let shipped = Shipped {
            sha256: digest::sha256(&bytes),
            bytes: bytes.len() as u64,
            content: Content::Held(bytes.into()),
        };
        return Ok((shipped, Some(redaction)));
    }
    let Original { content, sha256 } = original(file)?;
    let shipped = Shipped {
        sha256,
        bytes: file.size(),
        content,
    };
    Ok((shipped, None))
}

/// A file as it was read, with nothing taken out.
fn original(file: &File) -> Result<Original, String> {
    let content = match &file.body {
        Body::Held(bytes) => Content::Held(bytes.clone()),
        Body::OnDisk(large) => Content::OnDisk(large.full()),
    };
    Ok(Original {
        content,
        sha256: file.sha256()?,
    })
}

/// Puts the items of a report, each with the report it stands in and the file it is about.
fn put_inside(items: Vec<Item>, report: &str, input: &Input<'_>, sink: &mut Sink) {
    let modules = LazyCell::new(|| paths::go_modules(input));
    for mut inner in items {
        report.clone_into(&mut inner.source.path);
        inner.set("report", report);
        if let Some(named) = inner.get("path").as_text() {
            let of_go = || paths::is_of_go(named).then(|| paths::of_module(named, &modules, input));
            let path = of_go().flatten();
            let path = path.unwrap_or_else(|| paths::resolve(named, input));
            inner.set("path", path);
        }
        sink.item(inner);
    }
}

/// Sets the measures that are declared.
pub(super) fn set_measures(item: &mut Item, measures: &BTreeMap<String, Value>) {
    for (name, value) in measures {
        let field = format!("measures.{name}");
        if item.relation().position(&field).is_some() {
            item.set(&field, value.clone());
        }
    }
}

/// A report that did not finish is a gap beside its item: no result may rest on it alone.
pub(super) fn say_state(
    relation: &'static Relation,
    path: &str,
    state: ReadingState,
    notes: &[String],
    sink: &mut Sink,
) {
    let (cause, default) = match state {
        ReadingState::Complete => return,
        ReadingState::Incomplete => (
            Cause::Incomplete,
            "the tool did not finish, or did not look at everything",
        ),
        ReadingState::NothingMeasured => (
            Cause::NothingMeasured,
            "the tool finished and measured 0 of 0",
        ),
        ReadingState::Unreadable => (Cause::Unreadable, "it cannot be read"),
    };
    let says = notes.last().map_or_else(
        || default.to_owned(),
        |note| note.trim_end_matches('.').to_owned(),
    );
    sink.gap(
        relation,
        Gap::at(cause, &Source::file(path), says, relation.remedy),
    );
}
