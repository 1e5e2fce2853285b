//! What was examined, what was not, and every departure from the catalogue.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::control::Class;
use crate::model::run::{Run, Subject};

use super::super::register;
use super::anchors::{Anchors, ControlLink};
use super::words;

/// How many paths a list of the section prints; the rest is counted.
const LISTED: usize = 40;

#[derive(Serialize)]
pub(super) struct Scope<'r> {
    tree: Tree<'r>,
    claims: Vec<String>,
    exhibits: String,
    reports: String,
    skipped: Vec<Skipped<'r>>,
    skipped_total: String,
    skipped_cut: bool,
    exclusions: Vec<Exclusion<'r>>,
    outside: Vec<Outside<'r>>,
    outside_words: String,
    departures: Vec<Departure<'r>>,
    stricter: usize,
    looser: usize,
    adopted: bool,
    purposes: Vec<Purpose>,
    changed_scopes: Vec<ChangedScope>,
    criteria_total: usize,
    supported: Vec<Support>,
    unsupported: usize,
}

/// Which source files count as something other than production, and who decided it.
#[derive(Serialize)]
struct Purpose {
    name: &'static str,
    globs: String,
    by: &'static str,
}

/// A scope that the policy changes: what holds without it, and what holds.
#[derive(Serialize)]
struct ChangedScope {
    name: &'static str,
    usual: String,
    globs: String,
    direction: &'static str,
}

fn changed_scopes(run: &Run) -> Vec<ChangedScope> {
    let changed = run.policy.changed_scopes().into_iter();
    changed
        .map(|departure| ChangedScope {
            name: departure.scope,
            usual: departure.usual.join(" "),
            globs: departure.globs.join(" "),
            direction: if departure.stricter {
                "stricter: fewer files are kept from counting as production"
            } else {
                "looser: files are kept from counting as production that would count without it"
            },
        })
        .collect()
}

fn purposes(run: &Run) -> Vec<Purpose> {
    let changed = run.policy.changed_scopes();
    let purpose = |(name, globs): (&'static str, &[String])| {
        let departure = changed.iter().find(|it| it.scope == name);
        Purpose {
            name,
            globs: globs.join(" "),
            by: match departure.map(|it| it.stricter) {
                None => "default",
                Some(true) => "the policy, stricter",
                Some(false) => "the policy, looser",
            },
        }
    };
    run.policy.scopes.lists().map(purpose).into()
}

/// What was examined, and in which state it was.
#[derive(Serialize)]
struct Tree<'r> {
    git: bool,
    tracked: String,
    commit: Option<words::Hash>,
    below: &'r str,
    shallow: bool,
    dirty: bool,
    changed: List,
    submodules: List,
}

/// Some paths of a number of them.
#[derive(Serialize)]
struct List {
    shown: Vec<String>,
    total: String,
    cut: bool,
}

#[derive(Serialize)]
struct Skipped<'r> {
    path: &'r str,
    why: &'r str,
}

#[derive(Serialize)]
struct Exclusion<'r> {
    control: ControlLink,
    title: &'r str,
    reason: String,
    approver: &'r str,
    line: u32,
}

#[derive(Serialize)]
struct Outside<'r> {
    id: &'r str,
    title: &'r str,
    why: &'static str,
}

#[derive(Serialize)]
struct Departure<'r> {
    control: ControlLink,
    parameter: &'r str,
    meaning: &'r str,
    default: String,
    value: String,
    direction: &'static str,
    place: String,
    rationale: Option<String>,
}

#[derive(Serialize)]
struct Support {
    words: &'static str,
    number: usize,
}

/// The scope of a run.
pub(super) fn scope<'r>(anchors: &Anchors<'r>) -> Scope<'r> {
    let run = anchors.run();
    let subject = &run.subject;
    let (stricter, looser) = run.departures();
    let supported = supported(run);
    let reports = run.exhibits.iter().filter(|e| e.format.is_some()).count();
    Scope {
        tree: tree(subject),
        claims: run
            .environment
            .claims
            .iter()
            .map(|claim| format!("{}={}", claim.name, claim.value))
            .collect(),
        exhibits: words::count(run.exhibits.len() + run.withheld(), "file", "files"),
        reports: words::count(reports, "report of a tool", "reports of tools"),
        skipped: subject
            .skipped
            .iter()
            .take(LISTED)
            .map(|(path, why)| Skipped { path, why })
            .collect(),
        skipped_total: words::grouped(subject.skipped.len()),
        skipped_cut: subject.skipped.len() > LISTED,
        exclusions: exclusions(anchors),
        outside: outside(run),
        outside_words: match run.outside.len() {
            1 => "1 control needs a period and is".to_owned(),
            number => format!("{number} controls need a period and are"),
        },
        departures: departures(anchors),
        stricter,
        looser,
        adopted: run.policy.path.is_some(),
        purposes: purposes(run),
        changed_scopes: changed_scopes(run),
        criteria_total: run.criteria.len(),
        unsupported: run
            .criteria
            .len()
            .saturating_sub(supported.iter().map(|s| s.number).sum()),
        supported,
    }
}

fn tree(subject: &Subject) -> Tree<'_> {
    Tree {
        git: subject.git,
        tracked: words::count(subject.tracked_files, "tracked file", "tracked files"),
        commit: subject.commit.as_deref().map(|c| words::cut(c, 12)),
        below: &subject.scope,
        shallow: subject.shallow,
        dirty: subject.dirty,
        changed: list(&subject.changed, "file", "files"),
        submodules: list(&subject.submodules, "submodule", "submodules"),
    }
}

fn list(paths: &[String], one: &str, many: &str) -> List {
    List {
        shown: paths.iter().take(LISTED).cloned().collect(),
        total: words::count(paths.len(), one, many),
        cut: paths.len() > LISTED,
    }
}

/// Controls that the policy leaves out: with its reason, or without one where there is none.
fn exclusions<'r>(anchors: &Anchors<'r>) -> Vec<Exclusion<'r>> {
    let run = anchors.run();
    register::left_out(run)
        .into_iter()
        .map(|id| {
            let excluded = run.policy.exclusions.iter().find(|e| e.control == id);
            Exclusion {
                control: anchors.control(id),
                title: run.control(id).map_or("", |c| c.title.as_str()),
                reason: excluded.map_or_else(String::new, |e| words::prose(&e.reason)),
                approver: excluded.map_or("", |e| e.approver.as_str()),
                line: excluded.map_or(0, |e| e.line),
            }
        })
        .collect()
}

fn outside(run: &Run) -> Vec<Outside<'_>> {
    run.outside
        .iter()
        .map(|id| {
            let control = run.control(id);
            Outside {
                id,
                title: control.map_or("", |c| c.title.as_str()),
                why: match control.map(|c| c.class) {
                    Some(Class::Manual) => "a person's act in a period",
                    _ => "everything that happened in a period",
                },
            }
        })
        .collect()
}

fn departures<'r>(anchors: &Anchors<'r>) -> Vec<Departure<'r>> {
    let run = anchors.run();
    let set = run.controls.iter().flat_map(|control| {
        let parameters = control.parameters.iter();
        parameters.map(move |parameter| (control, parameter))
    });
    set.filter_map(|(control, parameter)| {
        let set_by = parameter.set_by.as_ref()?;
        (parameter.value != parameter.default).then(|| Departure {
            control: anchors.control(&control.id),
            parameter: &parameter.name,
            meaning: &parameter.meaning,
            default: words::parameter(parameter, &parameter.default),
            value: words::parameter(parameter, &parameter.value),
            direction: match parameter.departure() {
                Some(true) => "stricter",
                Some(false) => "looser",
                None => "different",
            },
            place: format!("{}:{}", set_by.path, set_by.line),
            rationale: set_by.rationale.as_deref().map(words::prose),
        })
    })
    .collect()
}

/// How many criteria have support of each strength, each counted once at its strongest.
fn supported(run: &Run) -> Vec<Support> {
    use crate::model::criterion::Support as Strength;
    let mut left: BTreeSet<&str> = run.criteria.iter().map(|c| c.id.as_str()).collect();
    let evaluated: Vec<_> = run
        .results
        .iter()
        .filter_map(|result| run.control(&result.control))
        .collect();
    [Strength::Direct, Strength::Partial, Strength::Indirect]
        .into_iter()
        .map(|strength| {
            let held: BTreeSet<&str> = evaluated
                .iter()
                .flat_map(|control| &control.criteria)
                .filter(|(id, support)| *support == strength && left.contains(id.as_str()))
                .map(|(id, _)| id.as_str())
                .collect();
            left.retain(|id| !held.contains(id));
            Support {
                words: strength.name(),
                number: held.len(),
            }
        })
        .collect()
}
