//! What the record of the run that wrote a report says of it.
//!
//! A record is worth what the machine is worth that it was written on. It can raise a level, date
//! what has no date, and show that a report is of another commit or was broken off.

use std::collections::BTreeMap;

use super::{World, is_of_a_commit, note, set_distance, short, text};
use crate::collect::Sink;
use crate::collect::reports::search::report_relations;
use crate::model::exhibit::Level;
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::reading::ReadingState;
use crate::model::relation::Relation;
use crate::model::relations::{RUN_RECORD, RUN_REPORT};
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::model::value::Value;

/// How far the time in a report may lie outside of the run that wrote it, in seconds: times are
/// written down in whole seconds, and not all of them in the same moment.
const SLACK: i64 = 60;

/// One report that a record says a run wrote, with what the record says of the run.
struct Claim {
    sha256: Option<String>,
    run: Item,
}

/// Binds every report of which a record speaks.
pub(super) fn bind(world: &World<'_>, sink: &mut Sink) {
    let claims = claims(sink);
    if claims.is_empty() {
        return;
    }
    for relation in report_relations() {
        let mut bound = Vec::new();
        for item in sink.items_mut(relation) {
            if let Some(claims) = claims.get(&item.source.path) {
                bound.push(bind_one(item, claims, world));
            }
        }
        for bound in bound {
            keep(bound, relation, sink);
        }
    }
}

/// The claims of all records, by the path of the report.
fn claims(sink: &Sink) -> BTreeMap<String, Vec<Claim>> {
    let runs: BTreeMap<&str, &Item> = sink
        .items(&RUN_RECORD)
        .iter()
        .map(|run| (run.source.path.as_str(), run))
        .collect();
    let mut claims: BTreeMap<String, Vec<Claim>> = BTreeMap::new();
    for report in sink.items(&RUN_REPORT) {
        let run = runs.get(report.source.path.as_str());
        if let (Some(path), Some(run)) = (report.get("path").as_text(), run) {
            claims.entry(path.to_owned()).or_default().push(Claim {
                sha256: report.get("sha256").as_text().map(str::to_owned),
                run: Item::clone(run),
            });
        }
    }
    claims
}

/// What became of a report, for what lies beside its item.
struct Bound {
    path: String,
    record: String,
    level: Option<Level>,
    produced_at: Option<String>,
    broken_off: Option<String>,
}

fn bind_one(item: &mut Item, claims: &[Claim], world: &World<'_>) -> Bound {
    let sha256 = item.get("sha256").as_text().map(str::to_owned);
    let of_these = claims.iter().filter(|claim| claim.sha256 == sha256);
    // Of two that began in one second the one that did not finish counts.
    let newest = of_these.max_by_key(|claim| {
        let started = text(&claim.run, "started_at").and_then(Moment::parse);
        let broken = *claim.run.get("finished") == Value::Bool(false);
        (started, broken, claim.run.source.path.clone())
    });
    let mut bound = Bound {
        path: item.source.path.clone(),
        record: String::new(),
        level: None,
        produced_at: None,
        broken_off: None,
    };
    let Some(Claim { run, .. }) = newest else {
        let other = claims
            .first()
            .map_or("", |claim| claim.run.source.path.as_str());
        let says = format!("{} is of other bytes than these", excerpt(other));
        stays(item, &says);
        other.clone_into(&mut bound.record);
        return bound;
    };
    run.source.path.clone_into(&mut bound.record);
    item.set("record", run.source.path.as_str());
    item.set("exit_code", run.get("exit_code").clone());
    bound.produced_at = date(item, run);
    bound.broken_off = broken_off(item, run);
    bound.level = Some(level(item, run, world));
    bound
}

/// Gives a report the time of its run where it has none of its own. The run's start: the report was
/// written after it, and an age is never too small.
fn date(item: &mut Item, run: &Item) -> Option<String> {
    if !item.get("produced_at").is_empty() {
        return None;
    }
    let started = text(run, "started_at")?.to_owned();
    item.set("produced_at", started.as_str());
    item.set("time_from", "record");
    Some(started)
}

/// A run that was ended from outside, or broke down, cannot have finished its report.
fn broken_off(item: &mut Item, run: &Item) -> Option<String> {
    if *run.get("finished") != Value::Bool(false) {
        return None;
    }
    if text(item, "state") == Some(ReadingState::Complete.name()) {
        item.set("state", ReadingState::Incomplete.name());
    }
    let ended = text(run, "ended").unwrap_or("did not finish");
    Some(format!("the tool that wrote it {ended}"))
}

/// The level that the record of its run gives a report.
fn level(item: &mut Item, run: &Item, world: &World<'_>) -> Level {
    let by_itself = text(item, "origin")
        .and_then(Level::parse)
        .unwrap_or(Level::L0);
    let commit = text(run, "commit").map(str::to_owned);
    let of_head = commit.is_some() && commit.as_deref() == world.head();
    let of_another = is_of_a_commit(item.relation()) && !of_head;
    if of_head || of_another {
        item.set("recorded_commit", commit.clone());
    }
    if let Some(commit) = commit.as_deref().filter(|_| of_another) {
        // It is known what it was made from: what the commit that holds it says does not count.
        let since = run.get("started_at").clone();
        let same = world.has_sources(text(run, "sources"));
        let since = if same { since } else { Value::Absent };
        item.set("same_sources_since", since);
        set_distance(item, world.past(commit).as_ref());
    }
    match against(item, run, world, of_head) {
        None => {
            let says = "its run was recorded at the examined commit, with nothing beside it";
            item.set("origin", Level::L2.name());
            item.set("binding", says);
            Level::L2
        }
        Some(why) => {
            let record = excerpt(&run.source.path);
            stays(item, &format!("{record} does not bind it: {why}"));
            by_itself
        }
    }
}

/// What stands against binding a report by its record.
fn against(item: &Item, run: &Item, world: &World<'_>, of_head: bool) -> Option<String> {
    if !of_head {
        let unbound = text(run, "unbound").map(str::to_owned);
        return Some(unbound.unwrap_or_else(|| {
            let commit = text(run, "commit").unwrap_or("no commit");
            format!(
                "it was made at {}, which is not the examined commit",
                short(commit)
            )
        }));
    }
    if let Some(changed) = world.changed {
        return Some(format!("{} is changed since", excerpt(changed)));
    }
    let named = text(item, "commit");
    if let Some(named) = named.filter(|named| Some(*named) != world.head()) {
        return Some(format!("the report itself names {}", short(named)));
    }
    outside_of_run(item, run)
}

/// A time in the report that lies before the run or after it: then the run copied what was there.
fn outside_of_run(item: &Item, run: &Item) -> Option<String> {
    let stated = text(item, "produced_at").filter(|_| text(item, "time_from") == Some("report"))?;
    let start = Moment::parse(text(run, "started_at")?)?.epoch();
    let seconds = run.get("duration_ms").as_int()?.saturating_div(1_000);
    let end = start.saturating_add(seconds);
    let too_early = Moment::latest(stated)?.epoch() < start.saturating_sub(SLACK);
    let too_late = Moment::earliest(stated)?.epoch() > end.saturating_add(SLACK);
    (too_early || too_late).then(|| {
        let (when, run) = (excerpt(stated), Moment::from_epoch(start));
        let run = run.map(|run| run.to_string()).unwrap_or_default();
        format!("the report says that it was made on {when}, and the run began on {run}")
    })
}

/// Says why a report stays where it is.
fn stays(item: &mut Item, why: &str) {
    item.set("binding", why);
    note(item, format!("Bound no further: {why}."));
}

/// Carries what became of a report to its exhibit and its gaps.
fn keep(bound: Bound, relation: &'static Relation, sink: &mut Sink) {
    sink.also_examined(relation, &bound.record);
    if let Some(says) = bound.broken_off {
        let source = Source::file(&bound.path);
        let gap = Gap::at(Cause::Incomplete, &source, says, relation.remedy);
        sink.gap(relation, gap);
    }
    let Some(exhibit) = sink.exhibit_mut(&bound.path) else {
        return;
    };
    if let Some(level) = bound.level {
        exhibit.level = level;
        exhibit.record = Some(bound.record);
    }
    if bound.produced_at.is_some() {
        exhibit.produced_at = bound.produced_at;
    }
}
