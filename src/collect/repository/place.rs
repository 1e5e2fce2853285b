//! Where files of governance lie, and their text.

use crate::collect::{Input, Scene, Sink};
use crate::git::Repository;
use crate::model::fact::Source;
use crate::model::gap::{Cause, Gap};
use crate::model::relation::Relation;
use crate::parse::error::ParseError;
use crate::tree::File;

/// Whether a path is one of `candidates`, seen from the examined folder or from the git root.
pub(super) fn is_candidate(path: &str, candidates: &[&str], input: &Input<'_>) -> bool {
    input.bases().into_iter().any(|base| {
        path.strip_prefix(base)
            .is_some_and(|rest| candidates.contains(&rest))
    })
}

/// A kept file and its text. What cannot be read is a gap of every relation that depends on it.
pub(super) fn text<'s>(
    scene: &'s Scene<'_>,
    path: &str,
    relations: &[&'static Relation],
    sink: &mut Sink,
) -> Option<(&'s File, String)> {
    match scene.file(path)? {
        Err(problem) => {
            sink.unreadable(relations, problem);
            None
        }
        Ok(file) => match file.text() {
            Ok(text) => Some((file, text)),
            Err(says) => {
                sink.unparsable(relations, file, &ParseError::whole(says));
                None
            }
        },
    }
}

/// What stands at a path of the examined folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entries {
    /// Everything the commit holds: files, links and submodules.
    All,
    /// Files with content of their own.
    Files,
}

/// The paths of the examined folder in the commit's order; without a commit, those of the walk.
/// A commit whose tree cannot be listed is a gap of `relation`: its files are not known.
pub(super) fn tracked<'s>(
    scene: &'s Scene<'_>,
    entries: Entries,
    relation: &'static Relation,
    sink: &mut Sink,
) -> Vec<&'s str> {
    let committed =
        |repository: &&Repository| repository.head.is_some() || repository.unreadable.is_some();
    let Some(repository) = scene.input.repository.filter(committed) else {
        let walked = scene.input.tree.entries.iter();
        return walked
            .map(|entry| entry.path.as_str())
            .filter(|path| scene.input.inside(path).is_some())
            .collect();
    };
    if let Some(says) = &repository.unreadable {
        let gap = Gap::at(
            Cause::Unreadable,
            &Source::object("HEAD"),
            format!("the files of the commit cannot be listed: {says}"),
            "Fetch the missing objects, or clone again.",
        );
        sink.gap(relation, gap);
    }
    repository
        .scoped_entries()
        .filter(|entry| entries == Entries::All || entry.is_file())
        .map(|entry| entry.path.as_str())
        .collect()
}

/// A line number as facts hold it.
pub(super) fn line_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}
