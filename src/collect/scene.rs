//! What a collector may look at.

use std::collections::BTreeMap;
use std::path::Path;

use super::source::categories::Categories;
use crate::git::Repository;
use crate::model::inventory::Earlier;
use crate::model::policy::Policy;
use crate::model::time::Moment;
use crate::tree::glob::Globs;
use crate::tree::{File, Tree, Unreadable};

/// What is known before any file is read.
pub struct Input<'i> {
    /// The files of the examined folder.
    pub tree: &'i Tree,
    /// The repository around it, where there is one.
    pub repository: Option<&'i Repository>,
    /// The adopted policy.
    pub policy: &'i Policy,
    /// The policy's globs, compiled.
    pub globs: ScopeGlobs,
    /// The moment at which ages are judged.
    pub as_of: Moment,
    /// Whether `git fsck` was asked for.
    pub check_objects: bool,
    /// Where bundles of earlier runs lie.
    pub out: Option<&'i Path>,
    /// What another run found of them, where there is only the record of it.
    pub earlier: Option<&'i Earlier>,
}

/// The scopes of the policy, compiled.
#[derive(Debug, Clone)]
pub struct ScopeGlobs {
    tests: Globs,
    vendored: Globs,
    generated: Globs,
    examples: Globs,
    categories: Categories,
}

impl ScopeGlobs {
    /// Compiles the scopes of a policy.
    ///
    /// # Errors
    /// The first glob that is not one.
    pub fn new(policy: &Policy) -> Result<Self, String> {
        Ok(Self {
            tests: Globs::new(policy.scopes.tests.clone())?,
            vendored: Globs::new(policy.scopes.vendored.clone())?,
            generated: Globs::new(policy.scopes.generated.clone())?,
            examples: Globs::new(policy.scopes.examples.clone())?,
            categories: Categories::new(policy)?,
        })
    }

    /// How the security category of a test is known.
    pub(super) const fn categories(&self) -> &Categories {
        &self.categories
    }

    /// What a file is for; `path` is given from the examined folder.
    pub fn scope_of(&self, path: &str) -> &'static str {
        if self.vendored.matches(path) {
            "vendored"
        } else if self.tests.matches(path) {
            "tests"
        } else if self.generated.matches(path) {
            "generated"
        } else if self.examples.matches(path) {
            "examples"
        } else {
            "production"
        }
    }
}

impl Input<'_> {
    /// A path as the examined folder sees it: without the scope before it.
    pub fn inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.tree.scope.as_str())
    }

    /// Where governance files may lie: the examined folder, then the git root above it.
    pub fn bases(&self) -> Vec<&str> {
        if self.tree.scope.is_empty() {
            vec![""]
        } else {
            vec![self.tree.scope.as_str(), ""]
        }
    }

    /// The first of `candidates` that is there, in the examined folder or else at the git root:
    /// its base and its path.
    pub fn in_force(&self, candidates: &[&str]) -> Option<(&str, String)> {
        self.bases().into_iter().find_map(|base| {
            let mut paths = candidates
                .iter()
                .map(|candidate| format!("{base}{candidate}"));
            Some((base, paths.find(|path| self.tree.entry(path).is_some())?))
        })
    }

    /// The base at which any file is below a folder: the examined folder, or else the git root.
    pub fn base_with(&self, folder: &str) -> &str {
        let bases = self.bases();
        let found = bases.iter().find(|base| {
            let start = format!("{base}{folder}");
            // They are sorted, and this is asked for every file.
            let entries = &self.tree.entries;
            let at = entries.partition_point(|entry| entry.path.as_bytes() < start.as_bytes());
            entries
                .get(at)
                .is_some_and(|entry| entry.path.starts_with(&start))
        });
        found.or(bases.first()).copied().unwrap_or("")
    }
}

/// What is known once every file was read.
pub struct Scene<'s> {
    /// What was known before.
    pub input: &'s Input<'s>,
    /// The files that collectors asked to keep, or why they cannot be read, by path.
    pub(in crate::collect) kept: BTreeMap<String, Result<File, Unreadable>>,
}

impl Scene<'_> {
    /// A kept file.
    pub fn file(&self, path: &str) -> Option<&Result<File, Unreadable>> {
        self.kept.get(path)
    }

    /// The kept files in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Result<File, Unreadable>)> {
        self.kept.iter().map(|(path, file)| (path.as_str(), file))
    }
}
