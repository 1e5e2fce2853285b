//! The cover: what was examined, when, by what, and the five counts.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::period::Period;
use crate::model::result::Outcome;
use crate::model::run::{Clock, Run};
use crate::model::text::joined;

use crate::tree::digest::sha256;

use super::super::tally::Tally;
use super::anchors::{Anchors, address};
use super::words::{self, Hash, Mark, mark};

#[derive(Serialize)]
pub(super) struct Cover {
    pub(super) entity: String,
    pub(super) repository: String,
    /// The commit in short, with its word; or what stands in its place.
    pub(super) commit_short: String,
    pub(super) as_of: String,
    pub(super) report_digest: Hash,
    /// Whether the sums will be signed.
    signed: bool,
    /// The controls that were asked for; empty where all were examined.
    only: String,
    only_were: &'static str,
    only_these: &'static str,
    evaluated: String,
    tally: Vec<Count>,
    facts: Vec<Fact>,
    tool_version: String,
    clock: &'static str,
    period: String,
    categories: String,
    claims: usize,
    policy: Option<PolicyFile>,
    tool_digest: Option<Hash>,
    catalogue: String,
    catalogue_digest: Hash,
}

#[derive(Serialize)]
pub(super) struct Count {
    pub(super) mark: Mark,
    pub(super) number: usize,
}

/// A line of the cover in the face of evidence.
#[derive(Serialize)]
struct Fact {
    label: &'static str,
    value: String,
    code: bool,
}

#[derive(Serialize)]
struct PolicyFile {
    path: String,
    digest: Option<Hash>,
    href: Option<String>,
}

/// The cover of a run.
pub(super) fn cover(anchors: &Anchors<'_>, report_json_sha256: &str) -> Cover {
    let run = anchors.run();
    let tally = Tally::of(run);
    let alone = run.only.len() == 1;
    Cover {
        only: joined(&run.only, "and"),
        only_were: if alone { "was" } else { "were" },
        only_these: if alone {
            "this control"
        } else {
            "these controls"
        },
        entity: entity(run),
        repository: repository(run),
        commit_short: commit_short(run),
        as_of: words::moment(run.as_of),
        report_digest: words::cut(report_json_sha256, 16),
        signed: anchors.bundle.signed(),
        evaluated: words::count(tally.counts.controls, "control", "controls"),
        tally: counts(&tally),
        facts: facts(run),
        tool_version: run.tool.version.to_owned(),
        clock: clock(run.clock),
        period: period(&run.period),
        categories: categories(run),
        claims: run.environment.claims.len(),
        policy: run.policy.path.as_ref().map(|path| {
            let definition = anchors.definition(path);
            PolicyFile {
                path: path.clone(),
                digest: definition.map(|d| words::hash(&sha256(&d.bytes), 16)),
                href: definition.map(|d| address(&d.path)),
            }
        }),
        tool_digest: run.tool.sha256.as_ref().map(|d| words::hash(d, 16)),
        catalogue: format!(
            "{} {}, {}",
            run.catalogue.name,
            run.catalogue.version,
            words::count(tally.catalogue, "control", "controls")
        ),
        catalogue_digest: words::hash(&run.catalogue.sha256, 16),
    }
}

/// The five counts in the order of attention.
pub(super) fn counts(tally: &Tally) -> Vec<Count> {
    Outcome::ALL
        .iter()
        .map(|outcome| Count {
            mark: mark(*outcome),
            number: tally.with(*outcome),
        })
        .collect()
}

/// Whose repository it is.
pub(super) fn entity(run: &Run) -> String {
    run.policy
        .entity
        .clone()
        .unwrap_or_else(|| "an entity that the policy does not name".to_owned())
}

/// What the repository is called.
pub(super) fn repository(run: &Run) -> String {
    let named = run.policy.repository.clone();
    named.unwrap_or_else(|| run.subject.name.clone())
}

/// The commit as a sentence names it.
pub(super) fn commit_short(run: &Run) -> String {
    run.subject.commit.as_deref().map_or_else(
        || "no commit".to_owned(),
        |commit| format!("commit {}", words::cut(commit, 12).short),
    )
}

fn facts(run: &Run) -> Vec<Fact> {
    let subject = &run.subject;
    let line = |label, value: Option<String>, code| Fact {
        label,
        code: code && value.is_some(),
        value: value.unwrap_or_else(|| "not stated".to_owned()),
    };
    let mut facts = vec![
        line("Entity", Some(words::capital(&entity(run))), false),
        line("Repository", Some(subject.name.clone()), true),
        line("Branch", subject.branch.clone(), true),
        line("Commit", subject.commit.clone(), true),
        line("Tree", subject.tree.clone(), true),
        line("Committed", subject.committed_at.map(words::moment), false),
    ];
    if subject.dirty && subject.worktree_tree.is_some() {
        let label = "Tree as examined";
        facts.insert(5, line(label, subject.worktree_tree.clone(), true));
    }
    if !subject.scope.is_empty() {
        facts.push(line("Folder", Some(subject.scope.clone()), true));
    }
    facts
}

/// The categories of criteria that a control with a result may support, with how many of each.
fn categories(run: &Run) -> String {
    let evaluated = run.results.iter().filter_map(|r| run.control(&r.control));
    let supported: BTreeSet<&str> = evaluated
        .flat_map(|control| &control.criteria)
        .map(|(id, _)| id.as_str())
        .collect();
    let mut categories: Vec<(&str, usize, usize)> = Vec::new();
    for criterion in &run.criteria {
        let here = usize::from(supported.contains(criterion.id.as_str()));
        match categories
            .iter_mut()
            .find(|(name, ..)| *name == criterion.category)
        {
            Some((_, held, all)) => (*held, *all) = (*held + here, *all + 1),
            None => categories.push((&criterion.category, here, 1)),
        }
    }
    let held = categories.iter().filter(|(_, held, _)| *held > 0);
    let words: Vec<String> = held
        .map(|(name, held, all)| format!("{} {held} of {all}", name.replace('-', " ")))
        .collect();
    if words.is_empty() {
        return "none".to_owned();
    }
    joined(&words, "and")
}

/// The period with its days, and who named it.
fn period(period: &Period) -> String {
    let Period {
        start, end, label, ..
    } = period;
    if period.given {
        format!("{label} ({start} to {end}), given by --period.")
    } else {
        format!("{label} ({start} to {end}), the quarter of that moment; no other was given.")
    }
}

const fn clock(clock: Clock) -> &'static str {
    match clock {
        Clock::System => "by the clock of the machine",
        Clock::SourceDateEpoch => "set by SOURCE_DATE_EPOCH, not by a clock",
        Clock::Given => "given by --as-of, not by a clock",
    }
}
