//! How far a report is bound to the examined commit: by what it says itself, by the commit that
//! holds it, and by the record of the run that wrote it.

mod other_commit;
mod other_files;
mod records;

use super::search::report_relations;
use crate::collect::repository::sources::{is_relevant, relevant};
use crate::collect::worktree::{sources, sources_in};
use crate::collect::{Input, Sink};
use crate::git::{Known, Repository, TreeEntry};
use crate::model::exhibit::Level;
use crate::model::fact::Item;
use crate::model::relation::Relation;
use crate::model::relations::FORGE_REPORT;
use crate::model::text::excerpt;
use crate::model::value::Value;

/// The level of a report by itself, and why.
pub(super) fn by_itself(named: Option<&str>, input: &Input<'_>) -> (Level, String) {
    let head = input.repository.and_then(|it| it.head.as_ref());
    match (named, head) {
        (Some(named), Some(head)) if named == head.commit => {
            (Level::L1, "it names the examined commit".to_owned())
        }
        (Some(named), _) => {
            let named = short(named);
            let says = format!("it names {named}, which is not the examined commit");
            (Level::L0, says)
        }
        (None, _) => {
            let says = "it names no commit, and no record of a run is about it";
            (Level::L0, says.to_owned())
        }
    }
}

/// Binds what was found, once it is known which tracked files differ from the commit.
pub(super) fn revise(changed: &[String], input: &Input<'_>, sink: &mut Sink) {
    let world = World::of(changed, input);
    same_sources(&world, sink);
    other_commit::named(&world, sink);
    records::bind(&world, sink);
    other_commit::older(&world, sink);
    other_files::count(input, sink);
}

/// What is known beside the reports.
struct World<'w> {
    repository: Option<&'w Repository>,
    /// The pathspecs of what decides what a tool finds.
    relevant: Vec<String>,
    /// A source that is changed in the work tree now.
    changed: Option<&'w str>,
}

impl<'w> World<'w> {
    fn of(changed: &'w [String], input: &'w Input<'_>) -> Self {
        let mut changed = changed.iter().map(String::as_str);
        Self {
            repository: input.repository,
            relevant: relevant(&input.tree.scope),
            changed: changed.find(|path| is_relevant(path)),
        }
    }

    /// The examined commit.
    fn head(&self) -> Option<&'w str> {
        let head = self.repository?.head.as_ref()?;
        Some(head.commit.as_str())
    }

    /// Whether the sources with this digest are those of the examined commit, and of the work tree.
    fn has_sources(&self, digest: Option<&str>) -> bool {
        let here = self.repository.filter(|_| self.changed.is_none());
        let here = here.and_then(sources);
        here.is_some_and(|here| digest == Some(here.sha256.as_str()))
    }

    /// A commit of the clone that is not the examined one.
    fn past(&self, commit: &str) -> Option<Known> {
        let repository = self.repository?;
        let sources = |entries: &[TreeEntry]| sources_in(entries, &repository.scope).sha256;
        repository.known(commit, &self.relevant, sources)
    }

    /// Whether another commit has the sources of the examined one.
    fn is_same(&self, past: &Known) -> bool {
        self.has_sources(Some(&past.sources))
    }
}

/// Whether reports of a relation are of a commit at all: the settings and records of a forge are
/// what they are at a time, whatever is checked out.
fn is_of_a_commit(relation: &Relation) -> bool {
    *relation != FORGE_REPORT
}

/// Says how far back another commit lies, where that is known.
fn set_distance(item: &mut Item, past: Option<&Known>) {
    if let Some((commits, changes)) = past.and_then(|past| past.since) {
        item.set("commits_back", commits);
        item.set("changes_back", changes);
    }
}

/// Says of each report that a commit holds whether the sources are still those it was committed
/// with. History only says what was committed: where a source is changed in the work tree, no
/// report is about these sources.
fn same_sources(world: &World<'_>, sink: &mut Sink) {
    let Some(repository) = world.repository else {
        return;
    };
    if world.changed.is_some() || !sink.holds_tracked_reports() {
        return;
    }
    let Some(change) = repository.newest_change(&world.relevant) else {
        return;
    };
    for relation in report_relations() {
        for path in sink.tracked_paths(relation) {
            let since = repository
                .committed_since(&path, &change)
                .map(|moment| moment.to_string());
            sink.items_mut(relation)
                .filter(|item| item.source.path == path)
                .for_each(|item| item.set("same_sources_since", since.clone()));
        }
    }
}

/// Adds a sentence to what was inconsistent, skipped or assumed.
fn note(item: &mut Item, says: String) {
    let mut notes = item.get("notes").as_list().to_vec();
    notes.push(Value::from(says));
    item.set("notes", Value::List(notes));
}

fn text<'i>(item: &'i Item, field: &str) -> Option<&'i str> {
    item.get(field).as_text()
}

fn short(commit: &str) -> String {
    excerpt(commit).chars().take(12).collect()
}
