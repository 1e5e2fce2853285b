//! The items and counts of a log.

use std::collections::BTreeMap;

use super::gather::{Class, Classes, Gathered, Row, Standing};
use super::model::{Descriptor, Run};
use super::rules::Rules;
use super::secrets::{self, Quoting};
use super::uri::path_of;
use crate::collect::reports::Document;
use crate::collect::reports::findings::Findings;
use crate::collect::reports::listing::unlist;
use crate::collect::reports::severity::{rank, rank_of_score};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::{ANALYSIS_FINDING, SECRETS_FINDING};
use crate::parse::error::ParseError;

/// A class of results with what its rule says of it.
pub(super) struct Resolved<'r> {
    pub(super) class: &'r Class,
    pub(super) run: &'r Run,
    pub(super) rule: Option<&'r Descriptor>,
    level: String,
    rank: &'static str,
}

/// The classes with their rules.
fn resolve<'r>(classes: &'r Classes, runs: &'r [Run], rules: &[Rules<'r>]) -> Vec<Resolved<'r>> {
    let resolved = classes.list().filter_map(|class| {
        let (run, rules) = runs.get(class.run).zip(rules.get(class.run))?;
        let rule = rules.of(class);
        let level = rules.level(class, rule);
        let of_rule = || rule.and_then(|rule| rule.properties.security_severity.said());
        let score = class.security_severity.said().or_else(of_rule);
        Some(Resolved {
            class,
            run,
            rule,
            rank: score.map_or_else(|| rank(&level), rank_of_score),
            level,
        })
    });
    resolved.collect()
}

/// Counts the results of all runs, makes their items and takes out what may quote a secret.
///
/// # Errors
/// A log that cannot be read again, where something has to be taken out of it.
pub(super) fn take(
    runs: &[Run],
    gathered: Gathered,
    document: &Document<'_>,
    reading: &mut Reading,
) -> Result<(), ParseError> {
    let rules: Vec<Rules<'_>> = runs.iter().map(Rules::new).collect();
    let Gathered {
        classes,
        counts,
        rows,
    } = gathered;
    let resolved = resolve(&classes, runs, &rules);
    let quoting = Quoting::of(runs, &resolved);
    count(&resolved, &counts, reading);
    let mut left = counts;
    for row in rows.into_rows() {
        let of = resolved.get(row.class);
        let Some((of, rules)) = of.and_then(|of| Some((of, rules.get(of.class.run)?))) else {
            continue;
        };
        if let Some(count) = left.get_mut(row.class) {
            *count = count.saturating_sub(1);
        }
        let pointer = format!("/runs/{}/results/{}", of.class.run, row.at);
        let source = Source::pointer(document.path, pointer);
        let quotes = quoting.class(row.class);
        let item = item(of.item(source, reading.kind), of, rules, row, quotes);
        reading.items.push(item);
    }
    let kinds = unlisted(&resolved, left, reading.kind);
    unlist(reading, kinds);
    secrets::take_out(quoting, &classes, document, reading)
}

fn count(classes: &[Resolved<'_>], counts: &[u64], reading: &mut Reading) {
    let mut findings = Findings {
        suppressed: Some(0),
        ..Findings::with_severities(&["error", "warning", "note"])
    };
    for (resolved, count) in classes.iter().zip(counts) {
        findings.total += count;
        if resolved.class.suppressed {
            findings.suppressed = findings.suppressed.map(|suppressed| suppressed + count);
        }
        if resolved.class.standing() == Standing::Active {
            findings.active += count;
            findings.severities(&resolved.level, *count);
        }
    }
    findings.measure(reading);
}

/// How many results are not listed, by what is known of them.
fn unlisted(
    resolved: &[Resolved<'_>],
    counts: Vec<u64>,
    kind: ReportKind,
) -> impl Iterator<Item = (u64, Item)> {
    let mut kinds: BTreeMap<(String, &str), (u64, Item)> = BTreeMap::new();
    for (of, count) in resolved.iter().zip(counts) {
        let key = (format!("{} {}", of.class.status(), of.level), of.rank);
        let known = kinds.entry(key);
        let known = known.or_insert_with(|| (0, of.item(Source::default(), kind)));
        known.0 = known.0.saturating_add(count);
    }
    kinds.into_values()
}

impl Resolved<'_> {
    /// What is known of each of its results.
    fn item(&self, source: Source, kind: ReportKind) -> Item {
        if kind == ReportKind::Secrets {
            return Item::new(&SECRETS_FINDING, source).with("status", self.class.status());
        }
        Item::new(&ANALYSIS_FINDING, source)
            .with("severity", self.level.as_str())
            .with("rank", self.rank)
            .with("status", self.class.status())
    }
}

/// The item of a result, of which that of its class is the beginning.
fn item(begun: Item, of: &Resolved<'_>, rules: &Rules<'_>, row: Row, quotes: bool) -> Item {
    let mut item = begun
        .with("path", path(of.run, &row))
        .with("line", row.line)
        .with("rule", of.class.id());
    if *item.relation() == SECRETS_FINDING {
        item.set("commit", row.commit);
        return item;
    }
    item.set("tool", of.run.tool.driver.name.said());
    if !quotes {
        item.set("justification", row.justification);
        item.set("message", rules.text(row.says, of.rule));
    }
    item
}

/// The file of the first place of a result, which may stand in the list of artifacts (§3.4.5).
fn path(run: &Run, row: &Row) -> Option<String> {
    let uri = row.uri.as_deref().or_else(|| {
        let artifact = run.artifacts.0.get(usize::try_from(row.artifact?).ok()?)?;
        artifact.location.uri.said()
    });
    uri.map(path_of)
}
