//! How old the reports of tools were, against the limit that a control sets.

use serde::Serialize;

use crate::model::control::{Control, Operand};
use crate::model::exhibit::{Exhibit, Level};
use crate::model::relation::Origin;
use crate::model::run::Run;
use crate::model::time::Moment;
use crate::model::value::Value;

use super::anchors::{Anchors, ExhibitLink};
use super::index;
use super::words;

/// Where ages stand on the figure, in days and hundredths of a percent: wide where evidence is
/// young. Straight between two of them, so that no logarithm, and no float, is needed.
const SCALE: &[(i64, i64)] = &[
    (0, 0),
    (1, 1_500),
    (7, 4_000),
    (30, 6_800),
    (90, 8_500),
    (365, 10_000),
];

#[derive(Serialize)]
pub(super) struct Age {
    rows: Vec<Row>,
    total: String,
    scale: Vec<Tick>,
    committed: Option<String>,
}

#[derive(Serialize)]
struct Row {
    link: ExhibitLink,
    producer: String,
    produced: String,
    age: String,
    committed: Option<String>,
    limit: String,
    level: &'static str,
    bound: &'static str,
    why: Option<String>,
    strip: Option<Strip>,
}

#[derive(Serialize)]
struct Strip {
    age: String,
    limit: Option<String>,
    within: bool,
    label: String,
}

#[derive(Serialize)]
struct Tick {
    at: String,
    words: String,
    last: bool,
}

/// The ages of a run's reports.
pub(super) fn age(anchors: &Anchors<'_>) -> Age {
    let run = anchors.run();
    let rows: Vec<Row> = run
        .exhibits
        .iter()
        .filter(|exhibit| exhibit.format.is_some())
        .map(|exhibit| row(anchors, exhibit))
        .collect();
    Age {
        total: words::count(rows.len(), "report of a tool", "reports of tools"),
        rows,
        scale: SCALE
            .iter()
            .skip(1)
            .filter(|(days, _)| *days != 90)
            .map(|(days, at)| Tick {
                at: words::length(*at),
                words: format!("{days} d"),
                last: *at == 10_000,
            })
            .collect(),
        committed: run
            .subject
            .committed_at
            .map(|committed| days(run.as_of.days_since(committed))),
    }
}

fn row(anchors: &Anchors<'_>, exhibit: &Exhibit) -> Row {
    let run = anchors.run();
    let produced = exhibit.produced_at.as_deref();
    let limit = limit(run, &exhibit.path);
    let made = produced.and_then(Moment::earliest);
    let committed = limit.and_then(|limit| limit.committed);
    let age = made.map(|made| committed.unwrap_or(run.as_of).days_since(made));
    Row {
        link: anchors.exhibit(&exhibit.path),
        producer: index::producer(exhibit),
        produced: produced.map(words::time).unwrap_or_default(),
        age: age.map_or_else(|| "not stated".to_owned(), days),
        committed: committed.filter(|_| age.is_some()).map(words::moment),
        limit: limit.map_or_else(
            || "none set".to_owned(),
            |limit| format!("{} d", limit.days),
        ),
        level: exhibit.level.name(),
        bound: bound(exhibit),
        why: why(run, exhibit),
        strip: age.map(|age| strip(age, limit.map(|limit| limit.days))),
    }
}

/// How old a report was at the as-of time; empty where it states no time.
pub(super) fn at(run: &Run, exhibit: &Exhibit) -> String {
    let made = exhibit.produced_at.as_deref().and_then(Moment::earliest);
    made.map_or_else(String::new, |made| days(run.as_of.days_since(made)))
}

/// What the level says, in words.
pub(super) fn bound(exhibit: &Exhibit) -> &'static str {
    match exhibit.level {
        Level::L0 => "a report on disk, which names no commit",
        Level::L1 => "the report names the commit",
        Level::L2 => "its run was recorded at the commit by audit",
        Level::L3 => "attested by the identity of the CI",
        Level::Tree => "a file of the commit",
    }
}

/// Why a report is bound no further, where it or a record of its run says more than nothing.
fn why(run: &Run, exhibit: &Exhibit) -> Option<String> {
    let mut items = run.facts.values().flat_map(|population| &population.items);
    let item = items.find(|item| {
        item.source.path == exhibit.path && matches!(item.relation().origin, Origin::Report)
    })?;
    let told = exhibit.record.is_some() || !item.get("commit").is_empty();
    let lower = exhibit.level == Level::L0 && told;
    item.get("binding")
        .as_text()
        .filter(|_| lower)
        .map(words::prose)
}

fn strip(age: i64, limit: Option<i64>) -> Strip {
    let within = age >= 0 && limit.is_none_or(|limit| age <= limit);
    Strip {
        age: words::length(position(age)),
        limit: limit.map(|limit| words::length(position(limit))),
        within,
        label: match limit {
            Some(limit) => format!("Age {}, limit {limit} d", days(age)),
            None => format!("Age {}, no limit set", days(age)),
        },
    }
}

/// Days in words. Ages are counted up, so the youngest is one day.
fn days(days: i64) -> String {
    match days {
        ..0 => format!("{} d after the as-of time", -days),
        0 | 1 => "1 d or less".to_owned(),
        _ => format!("{days} d"),
    }
}

fn position(days: i64) -> i64 {
    SCALE
        .windows(2)
        .find_map(|pair| match pair {
            [(from, start), (to, end)] if days <= *to => {
                Some(start + (days - from).max(0) * (end - start) / (to - from))
            }
            _ => None,
        })
        .unwrap_or(10_000)
}

/// A limit, and the moment at which a report is held against it.
#[derive(Clone, Copy)]
struct Limit {
    days: i64,
    /// The commit that holds the report with the sources as they still are.
    committed: Option<Moment>,
}

/// The shortest limit that a control with a result sets for a report.
fn limit(run: &Run, path: &str) -> Option<Limit> {
    let evaluated = run
        .results
        .iter()
        .filter_map(|result| run.control(&result.control));
    evaluated
        .flat_map(|control| control.requires.iter().map(move |r| (control, r)))
        .filter_map(|(control, requirement)| {
            let facts = run.facts.get(requirement.report.name)?;
            facts.examined.iter().find(|examined| *examined == path)?;
            let item = facts.items.iter().find(|item| item.source.path == path);
            let since = item.and_then(|item| item.get("same_sources_since").as_text());
            Some(Limit {
                days: value(control, requirement.max_age.as_ref()?)?.as_int()?,
                committed: since
                    .and_then(Moment::parse)
                    .filter(|_| requirement.same_sources),
            })
        })
        .min_by_key(|limit| limit.days)
}

/// The value that an operand stands for.
pub(super) fn value<'c>(control: &'c Control, operand: &'c Operand) -> Option<&'c Value> {
    match operand {
        Operand::Literal(value) => Some(value),
        Operand::Parameter(name) => control.parameter(name).map(|parameter| &parameter.value),
        Operand::Field(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_is_monotonic_and_bounded() {
        let places: Vec<i64> = (-1..500).map(position).collect();
        assert!(places.is_sorted());
        assert_eq!((places[0], places[500]), (0, 10_000));
        assert_eq!(position(7), 4_000);
    }
}
