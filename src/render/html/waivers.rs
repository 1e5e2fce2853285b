//! The register of waivers, each with the deviations it covers and a strip of its days.

use serde::Serialize;

use crate::model::run::Run;
use crate::model::time::Day;
use crate::model::waiver::{Waiver, WaiverScope, WaiverState};

use super::super::register;
use super::anchors::{self, Anchors, ControlLink};
use super::deviations::PRINTED;
use super::{sheet, words};

/// How many covered places a record names.
const NAMED: usize = 12;

#[derive(Serialize)]
pub(super) struct WaiverRecord<'r> {
    pub(super) id: &'r str,
    pub(super) anchor: String,
    pub(super) state: &'static str,
    pub(super) control: ControlLink,
    pub(super) scope: Vec<String>,
    pub(super) reason: String,
    pub(super) compensating: Option<String>,
    pub(super) issued: String,
    pub(super) expires: String,
    pub(super) owner: &'r str,
    pub(super) approver: &'r str,
    ticket: Option<&'r str>,
    place: String,
    faults: &'r [String],
    on_base: Option<bool>,
    pub(super) covers: usize,
    places: Vec<Place<'r>>,
    more: usize,
    strip: Option<Strip>,
}

/// A covered deviation, and where its row is printed.
#[derive(Serialize)]
struct Place<'r> {
    place: &'r str,
    href: String,
}

/// The days of a waiver against the as-of time, as lengths of a figure.
#[derive(Serialize)]
struct Strip {
    from: String,
    width: String,
    as_of: String,
    hollow: bool,
    label: String,
    first: String,
    last: String,
}

/// The register that waivers count from.
#[derive(Serialize)]
pub(super) struct CountedFrom<'r> {
    name: &'r str,
    commit: Option<&'r str>,
    entries: Option<String>,
    fault: Option<&'r str>,
}

/// Where waivers count from; nothing where the register of the work tree counts.
pub(super) fn counted_from<'r>(anchors: &Anchors<'r>) -> Option<CountedFrom<'r>> {
    let from = anchors.run().waivers_from.as_ref()?;
    Some(CountedFrom {
        name: &from.name,
        commit: from.commit.as_deref(),
        entries: from
            .found
            .map(|found| words::count(found, "entry", "entries")),
        fault: from.fault.as_deref(),
    })
}

/// All records, in the order of the register.
pub(super) fn records<'r>(anchors: &Anchors<'r>) -> Vec<WaiverRecord<'r>> {
    let run = anchors.run();
    let span = span(run);
    run.waivers
        .iter()
        .enumerate()
        .map(|(at, (waiver, state))| record(anchors, at, waiver, *state, span))
        .collect()
}

fn record<'r>(
    anchors: &Anchors<'r>,
    at: usize,
    waiver: &'r Waiver,
    state: WaiverState,
    span: (Day, Day),
) -> WaiverRecord<'r> {
    let run = anchors.run();
    let covers = register::covered(run, waiver)
        .iter()
        .map(|(_, deviations)| deviations.len())
        .sum();
    let day = |day: Option<Day>| day.map_or_else(|| "not a day".to_owned(), |day| day.to_string());
    WaiverRecord {
        id: &waiver.id,
        anchor: anchors.waiver_at(at),
        state: words::waiver(state),
        control: anchors.control(&waiver.control),
        scope: scope(&waiver.scope),
        reason: words::prose(&waiver.reason),
        compensating: waiver.compensating.as_deref().map(words::prose),
        owner: &waiver.owner,
        approver: &waiver.approver,
        ticket: waiver.ticket.as_deref(),
        issued: day(waiver.issued),
        expires: day(waiver.expires),
        place: format!("{}:{}", waiver.path, waiver.line),
        faults: &waiver.faults,
        on_base: waiver.on_base,
        covers,
        more: covers.saturating_sub(NAMED),
        places: places(anchors, waiver),
        strip: strip(waiver, state, run.as_of.day(), span),
    }
}

/// The first places that a waiver covers, each with the address of its row.
fn places<'r>(anchors: &Anchors<'r>, waiver: &Waiver) -> Vec<Place<'r>> {
    let results = anchors.run().results.iter();
    results
        .flat_map(|result| {
            let numbered = result.deviations.iter().enumerate();
            numbered.map(move |(at, deviation)| (&result.control, at, deviation))
        })
        .filter(|(.., deviation)| deviation.waiver.as_deref() == Some(&waiver.id))
        .take(NAMED)
        .map(|(control, at, deviation)| {
            let anchor = anchors::deviation(control, deviation);
            let file = if at < PRINTED {
                String::new()
            } else {
                sheet::path(control)
            };
            Place {
                place: &deviation.place,
                href: format!("{file}#{anchor}"),
            }
        })
        .collect()
}

/// What a waiver covers, in words; every part has to match.
fn scope(scope: &WaiverScope) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(path) = &scope.path {
        parts.push(format!("path {path}"));
    }
    if let Some(line) = scope.line {
        parts.push(format!("line {line}"));
    }
    if let Some(fingerprint) = &scope.fingerprint {
        parts.push(format!("fingerprint {fingerprint}"));
    }
    parts
}

/// The first and last day of the figure: all waivers and the as-of day stand in it.
fn span(run: &Run) -> (Day, Day) {
    let today = run.as_of.day();
    let days = run
        .waivers
        .iter()
        .flat_map(|(waiver, _)| [waiver.issued, waiver.expires])
        .flatten();
    days.fold((today, today), |(first, last), day| {
        (first.min(day), last.max(day))
    })
}

fn strip(
    waiver: &Waiver,
    state: WaiverState,
    today: Day,
    (first, last): (Day, Day),
) -> Option<Strip> {
    let (issued, expires) = (waiver.issued?, waiver.expires?);
    // The last day is included, so the figure ends a day after it.
    let days = last.days_since(first) + 1;
    let at = |day: i64| day * 10_000 / days;
    let from = at(issued.days_since(first));
    let until = at(expires.days_since(first) + 1);
    Some(Strip {
        from: words::length(from),
        width: words::length(until - from),
        as_of: words::length(at(today.days_since(first))),
        hollow: state != WaiverState::InForce,
        label: format!(
            "From {issued} to {expires}, {}; the as-of day is {today}",
            words::waiver(state)
        ),
        first: first.to_string(),
        last: last.to_string(),
    })
}
