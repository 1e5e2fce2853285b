//! Another commit that a report names: what it holds, and how far back it lies.

use super::refs::is_object_name;
use super::repository::{Repository, TreeEntry, header, stamp};
use crate::model::time::Moment;

/// A commit of the clone that is not the examined one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The entries of its tree.
    pub entries: Vec<TreeEntry>,
    /// When it was made, as its committer's clock said.
    pub committed_at: Option<Moment>,
    /// How many commits were made since, and how many of these change something that matters; where
    /// the examined commit comes after it and history is whole.
    pub since: Option<(u64, u64)>,
}

impl Repository {
    /// A commit by its whole name, which comes from outside. `None` where the clone has none of
    /// that name.
    pub fn past(&self, commit: &str, relevant: &[String]) -> Option<Past> {
        if !is_object_name(commit) {
            return None;
        }
        // The name of a tag, tree or file is no name of a commit.
        let raw = self.git.run("cat-file", &["commit", commit]).ok()?;
        let committed_at = header(&raw, b"committer ").as_deref().and_then(stamp);
        Some(Past {
            entries: self.entries_of(commit).ok()?,
            committed_at,
            since: self.since(commit, relevant),
        })
    }

    /// The tree of a commit by its whole name.
    pub fn tree_of(&self, commit: &str) -> Option<String> {
        if !is_object_name(commit) {
            return None;
        }
        let raw = self.git.run("cat-file", &["commit", commit]).ok()?;
        header(&raw, b"tree ")
    }

    /// The bytes of a file by the whole name of its object.
    pub fn blob(&self, object: &str) -> Option<Vec<u8>> {
        if !is_object_name(object) {
            return None;
        }
        self.git.run("cat-file", &["blob", object]).ok()
    }

    fn since(&self, commit: &str, relevant: &[String]) -> Option<(u64, u64)> {
        let head = &self.head.as_ref()?.commit;
        if self.shallow || self.grafts {
            return None;
        }
        let not_below = ["-1", commit, "--not", head.as_str()];
        if !self.git.text("rev-list", &not_below).ok()?.is_empty() {
            return None;
        }
        let count = |paths: &[String]| -> Option<u64> {
            let mut arguments = vec!["--count", head.as_str(), "--not", commit, "--"];
            arguments.extend(paths.iter().map(String::as_str));
            self.git.text("rev-list", &arguments).ok()?.parse().ok()
        };
        Some((count(&[])?, count(relevant)?))
    }
}
