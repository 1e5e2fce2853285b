//! How the work tree stands to the commit, for the record of a run: what was changed, which
//! sources lie beside the commit, and which sources the commit holds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Input;
use super::reports::search;
use super::repository::sources::is_relevant;
use crate::git::{Repository, TreeEntry};
use crate::model::record::{Paths, Sources, Stand};
use crate::tree::digest::{blob_name_of, sha256};
use crate::tree::ignore::Ignores;
use crate::tree::{Entry, EntryKind, file};

/// How the work tree below the examined folder stands to the commit. Reports of tools and records
/// are what a run is for, and do not count; a source never passes for one.
pub fn stand(input: &Input<'_>) -> Stand {
    let Some((repository, head)) = input
        .repository
        .and_then(|repository| Some((repository, repository.head.as_ref()?)))
    else {
        return Stand::default();
    };
    let changed = changed(input, repository);
    let untracked = untracked(input, repository);
    Stand {
        commit: Some(head.commit.clone()),
        tree: Some(head.tree.clone()),
        // A commit that cannot be listed has been compared with nothing.
        clean: changed.is_empty() && untracked.is_empty() && repository.unreadable.is_none(),
        changed: Paths::of(&changed),
        untracked: Paths::of(&untracked),
    }
}

/// The sources that the commit holds below the examined folder, as one digest: two commits with the
/// same one give a tool the same to look at.
pub fn sources(repository: &Repository) -> Option<Sources> {
    repository.head.as_ref()?;
    let whole = repository.unreadable.is_none();
    whole.then(|| sources_in(&repository.entries, &repository.scope))
}

/// The same of any listing of a commit.
pub(in crate::collect) fn sources_in(entries: &[TreeEntry], scope: &str) -> Sources {
    let mut lines: Vec<String> = entries
        .iter()
        .filter(|entry| is_relevant(&entry.path))
        .filter_map(|entry| {
            let path = entry.path.strip_prefix(scope)?;
            Some(format!("{} {} {path}\n", entry.mode, entry.object))
        })
        .collect();
    lines.sort_unstable();
    Sources {
        sha256: sha256(lines.concat().as_bytes()).to_string(),
        files: u64::try_from(lines.len()).unwrap_or(u64::MAX),
    }
}

/// Files of the commit that are not as it holds them, from the examined folder.
fn changed(input: &Input<'_>, repository: &Repository) -> Vec<String> {
    let entries: Vec<&TreeEntry> = repository
        .scoped_entries()
        .filter(|entry| entry.is_file())
        .collect();
    let differs = |entry: &&TreeEntry| {
        let there = input.tree.entry(&entry.path);
        let same = there.is_some_and(|there| is_same(there, entry, repository));
        !same && !passed_over(&entry.path, input) && !is_by_product(&entry.path, there, input)
    };
    let inside = |entry: &TreeEntry| input.inside(&entry.path).map(str::to_owned);
    entries
        .into_par_iter()
        .filter(differs)
        .filter_map(inside)
        .collect()
}

fn is_same(there: &Entry, entry: &TreeEntry, repository: &Repository) -> bool {
    let name = || blob_name_of(repository.object_format, &there.full);
    there.kind == EntryKind::File && name().is_ok_and(|name| name == entry.object)
}

/// Whether a file lies in a bundle, which the walk does not enter.
fn passed_over(path: &str, input: &Input<'_>) -> bool {
    let mut skipped = input.tree.skipped.iter();
    skipped.any(|folder| folder.holds_bundles() && folder.is_above(path))
}

/// Whether a file is what runs leave behind: a report, or a record. Where it is gone, only the
/// policy can say that a report was meant to lie there.
fn is_by_product(path: &str, there: Option<&Entry>, input: &Input<'_>) -> bool {
    let Some(inside) = input.inside(path).filter(|_| !is_relevant(path)) else {
        return false;
    };
    let report = |entry: &Entry| {
        let bytes = file::read(&entry.full, &entry.path);
        bytes.is_ok_and(|bytes| search::is_report(&entry.path, &bytes))
    };
    inside.starts_with(crate::model::record::FOLDER)
        || search::is_wanted(inside, input)
            && there.map_or_else(|| search::is_named(inside, input), report)
}

/// Sources of production and tests that lie in the work tree and that git neither tracks nor
/// ignores, from the examined folder: a tool may have used them, and the commit does not hold them.
fn untracked(input: &Input<'_>, repository: &Repository) -> Vec<String> {
    let tracked: BTreeSet<&str> = repository
        .entries
        .iter()
        .map(|entry| entry.path.as_str())
        .collect();
    let candidates: Vec<(&str, &str)> = input
        .tree
        .entries
        .iter()
        .filter(|entry| is_relevant(&entry.path) && !tracked.contains(entry.path.as_str()))
        .filter_map(|entry| Some((entry.path.as_str(), input.inside(&entry.path)?)))
        .filter(|(_, inside)| ["production", "tests"].contains(&input.globs.scope_of(inside)))
        .collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    let texts = ignore_files(input, repository);
    let files = texts
        .iter()
        .map(|(folder, text)| (folder.clone(), text.as_str()));
    let ignores = Ignores::new(files);
    candidates
        .into_iter()
        .filter(|(path, _)| !ignores.ignores(path))
        .map(|(_, inside)| inside.to_owned())
        .collect()
}

/// The files that tell git what to ignore, below the examined folder and above it, each with the
/// folder it speaks of; the weaker first.
fn ignore_files(input: &Input<'_>, repository: &Repository) -> Vec<(String, String)> {
    const NAME: &str = ".gitignore";
    let scope = input.tree.scope.as_str();
    let mut places: Vec<(String, PathBuf)> =
        vec![(String::new(), repository.top.join(".git/info/exclude"))];
    let starts = scope.match_indices('/').map(|(at, _)| at + 1);
    let above = std::iter::once(0)
        .chain(starts)
        .filter(|end| *end < scope.len());
    for folder in above.filter_map(|end| scope.get(..end)) {
        places.push((folder.to_owned(), repository.top.join(folder).join(NAME)));
    }
    for entry in &input.tree.entries {
        let folder = entry.path.strip_suffix(NAME);
        let whole = |folder: &&str| folder.is_empty() || folder.ends_with('/');
        if let Some(folder) = folder.filter(whole).filter(|it| it.starts_with(scope)) {
            places.push((folder.to_owned(), entry.full.clone()));
        }
    }
    let text = |full: &Path| file::decode(&file::read(full, NAME).ok()?).ok();
    let read = places.into_iter();
    read.filter_map(|(folder, full)| Some((folder, text(&full)?)))
        .collect()
}
