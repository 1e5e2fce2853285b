//! `report.json`: the whole run for a machine, in the order of the report. Integers, texts and
//! booleans only; the same run gives the same bytes.

mod definition;
mod outcome;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::model::control::Severity;
use crate::model::criterion::Criterion;
use crate::model::exhibit::{Digest, Level, Redaction};
use crate::model::fact::State;
use crate::model::orders::{Written, made_inert};
use crate::model::period::Period;
use crate::model::policy::Policy;
use crate::model::record::Environment;
use crate::model::run::{CatalogueInfo, Clock, Gate, Run, Subject};
use crate::model::text::steers;
use crate::model::time::Moment;
use crate::model::waiver::{Waiver, WaiverState, WaiversFrom};
use crate::seal::{Bundle, sources};
use crate::tree::digest::sha256;

use super::register::{self, GapEntry};
use super::tally::Tally;
use definition::{ControlView, Departure, ScopeView};
use outcome::ResultView;

/// The version of the format. A change that a reader would notice changes it.
pub const API_VERSION: &str = "audit/report/v1";

/// The schema that the file meets, in the source of the tool.
const SCHEMA: &str = "reports/schema/report.schema.json";

/// The report as JSON, one value a line, with a newline at the end.
pub fn report(bundle: &Bundle) -> Vec<u8> {
    // Every key is a text and nothing here can refuse to be written, so there is no error to
    // hand on; an empty file would not pass for a report anywhere.
    let mut text = serde_json::to_string_pretty(&view(bundle)).unwrap_or_default();
    text.push('\n');
    made_inert(escaped(text), Written::Json).into_bytes()
}

/// The same text, in which what would steer whoever looks at it is escaped. JSON asks for that only
/// of the first 32 characters, and of none that turn a line around.
fn escaped(text: String) -> String {
    let raw = |c: char| c != '\n' && steers(c);
    if !text.contains(raw) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut units = [0; 2];
    for character in text.chars() {
        if raw(character) {
            for unit in character.encode_utf16(&mut units) {
                // Writing to memory does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[derive(Serialize)]
struct Report<'r> {
    schema: &'static str,
    #[serde(rename = "apiVersion")]
    api_version: &'static str,
    tool: ToolView<'r>,
    as_of: Moment,
    clock: Clock,
    period: &'r Period,
    subject: &'r Subject,
    environment: &'r Environment,
    catalogue: &'r CatalogueInfo,
    policy: PolicyView<'r>,
    /// The controls that were asked for; empty where all were examined.
    only: &'r [String],
    counts: CountsView,
    gate: GateView,
    criteria: &'r [Criterion],
    results: Vec<ResultView<'r>>,
    gaps: Vec<GapEntry<'r>>,
    waivers: Vec<WaiverView<'r>>,
    waivers_from: Option<&'r WaiversFrom>,
    outside: &'r [String],
    left_out: Vec<&'r str>,
    controls: Vec<ControlView<'r>>,
    facts: BTreeMap<&'r str, FactsView>,
    exhibits: Vec<ExhibitView<'r>>,
    sources: Option<SourcesView>,
}

/// Files of source code that were read.
#[derive(Serialize)]
struct SourcesView {
    files: usize,
    bytes: u64,
    shipped: usize,
    list: &'static str,
    sha256: Digest,
}

#[derive(Serialize)]
struct ToolView<'r> {
    name: &'static str,
    version: &'static str,
    sha256: Option<&'r Digest>,
}

#[derive(Serialize)]
struct PolicyView<'r> {
    #[serde(flatten)]
    adopted: &'r Policy,
    departures: Vec<Departure<'r>>,
    scope_departures: Vec<ScopeView<'r>>,
}

/// The counts, and the additions that a reader can follow.
#[derive(Serialize)]
struct CountsView {
    controls: usize,
    exceptions_noted: usize,
    exceptions_all_waived: usize,
    not_tested: usize,
    no_exceptions_noted: usize,
    did_not_occur: usize,
    not_applicable: usize,
    outside: usize,
    left_out: usize,
    catalogue: usize,
    deviations: usize,
    deviations_waived: usize,
    formula: Vec<String>,
}

#[derive(Serialize)]
struct GateView {
    state: Gate,
    fail_on: Severity,
}

#[derive(Serialize)]
struct WaiverView<'r> {
    #[serde(flatten)]
    waiver: &'r Waiver,
    state: WaiverState,
    /// Deviations it covers; nothing, unless it is in force.
    covers: Vec<Covered<'r>>,
}

#[derive(Serialize)]
struct Covered<'r> {
    control: &'r str,
    fingerprints: Vec<&'r Digest>,
}

#[derive(Serialize)]
struct FactsView {
    state: State,
    items: usize,
    gaps: usize,
    exhibits: usize,
}

#[derive(Serialize)]
struct ExhibitView<'r> {
    path: &'r str,
    evidence: Option<&'r str>,
    sha256: &'r Digest,
    bytes: u64,
    level: Level,
    tracked: bool,
    tool: Option<&'r str>,
    tool_version: Option<&'r str>,
    produced_at: Option<&'r str>,
    record: Option<&'r str>,
    format: Option<&'static str>,
    redaction: Option<&'r Redaction>,
    read_for: Vec<&'r str>,
    read_by: Vec<&'r str>,
}

fn view(bundle: &Bundle) -> Report<'_> {
    let run = bundle.run();
    Report {
        schema: SCHEMA,
        api_version: API_VERSION,
        tool: ToolView {
            name: "audit",
            version: run.tool.version,
            sha256: run.tool.sha256.as_ref(),
        },
        as_of: run.as_of,
        clock: run.clock,
        period: &run.period,
        subject: &run.subject,
        environment: &run.environment,
        catalogue: &run.catalogue,
        policy: PolicyView {
            adopted: &run.policy,
            departures: definition::departures(run),
            scope_departures: definition::scopes(run),
        },
        only: &run.only,
        counts: counts(run),
        gate: GateView {
            state: bundle.gate(),
            fail_on: bundle.fail_on(),
        },
        criteria: &run.criteria,
        results: run.results.iter().map(ResultView::of).collect(),
        gaps: register::gaps(run),
        waivers: waivers(run),
        waivers_from: run.waivers_from.as_ref(),
        outside: &run.outside,
        left_out: register::left_out(run),
        controls: run
            .controls
            .iter()
            .map(|control| ControlView::of(run, control))
            .collect(),
        facts: facts(run),
        exhibits: exhibits(bundle),
        sources: sources(run),
    }
}

fn sources(run: &Run) -> Option<SourcesView> {
    let list = sources::list(run)?;
    Some(SourcesView {
        files: run.sources.len(),
        bytes: run.sources.iter().map(|file| file.bytes).sum(),
        shipped: run.sources.len() - run.withheld(),
        list: sources::LIST,
        sha256: sha256(&list),
    })
}

fn counts(run: &Run) -> CountsView {
    let tally = Tally::of(run);
    CountsView {
        controls: tally.counts.controls,
        exceptions_noted: tally.counts.exceptions,
        exceptions_all_waived: tally.counts.waived,
        not_tested: tally.counts.not_tested,
        no_exceptions_noted: tally.counts.none_noted,
        did_not_occur: tally.counts.did_not_occur,
        not_applicable: tally.counts.not_applicable,
        outside: tally.outside,
        left_out: tally.left_out,
        catalogue: tally.catalogue,
        deviations: tally.deviations,
        deviations_waived: tally.waived,
        formula: tally.formula(run),
    }
}

fn waivers(run: &Run) -> Vec<WaiverView<'_>> {
    run.waivers
        .iter()
        .map(|(waiver, state)| WaiverView {
            waiver,
            state: *state,
            covers: register::covered(run, waiver)
                .into_iter()
                .map(|(control, deviations)| Covered {
                    control,
                    fingerprints: deviations.iter().map(|d| &d.fingerprint).collect(),
                })
                .collect(),
        })
        .collect()
}

fn facts(run: &Run) -> BTreeMap<&str, FactsView> {
    run.facts
        .iter()
        .map(|(relation, population)| {
            let summary = FactsView {
                state: population.state,
                items: population.count(),
                gaps: population.all_gaps().count(),
                exhibits: population.examined.len(),
            };
            (*relation, summary)
        })
        .collect()
}

fn exhibits(bundle: &Bundle) -> Vec<ExhibitView<'_>> {
    let run = bundle.run();
    let mut read_by = register::read_by(run);
    let mut read_for = register::read_for(run);
    run.exhibits
        .iter()
        .map(|exhibit| ExhibitView {
            path: &exhibit.path,
            evidence: bundle.evidence_path(&exhibit.path),
            sha256: &exhibit.sha256,
            bytes: exhibit.bytes,
            level: exhibit.level,
            tracked: exhibit.tracked,
            tool: exhibit.tool.as_deref(),
            tool_version: exhibit.tool_version.as_deref(),
            produced_at: exhibit.produced_at.as_deref(),
            record: exhibit.record.as_deref(),
            format: exhibit.format,
            redaction: exhibit.redaction.as_ref(),
            read_for: read_for.remove(exhibit.path.as_str()).unwrap_or_default(),
            read_by: read_by.remove(exhibit.path.as_str()).unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
