//! From a path to everything that can be read there.

use std::path::{Path, PathBuf};

use super::progress::{self, Progress};
use super::style::Show;
use super::{Examined, output};
use crate::collect::scene::ScopeGlobs;
use crate::collect::{Collected, Input, collect};
use crate::git::{GitError, Repository};
use crate::load::Problem;
use crate::model::policy::Policy;
use crate::model::run::Clock;
use crate::model::time::Moment;
use crate::parse::limits::Caps;
use crate::tree::walk::WalkOptions;
use crate::tree::{Entry, Tree};

/// What was examined and what was read.
pub(crate) struct Examination {
    /// The repository around the folder.
    pub(crate) repository: Option<Repository>,
    /// The files.
    pub(crate) tree: Tree,
    /// The facts.
    pub(crate) collected: Collected,
}

/// What an examination needs beside the path.
pub(crate) struct Terms<'t> {
    /// The adopted policy.
    pub(crate) policy: &'t Policy,
    /// The moment at which ages are judged.
    pub(crate) as_of: Moment,
    /// Where bundles are written.
    pub(crate) out: Option<&'t Path>,
    /// Whether `git fsck` was asked for.
    pub(crate) check_objects: bool,
    /// How large a file may be.
    pub(crate) caps: Caps,
    /// How it is shown what is going on.
    pub(crate) show: &'t Show,
}

/// The repository around the examined folder.
pub(crate) fn open(examined: &Examined) -> Result<(PathBuf, Option<Repository>), Problem> {
    let root = &examined.path;
    if !root.is_dir() {
        return Err(super::usage::not_a_directory(root, &super::root()));
    }
    let repository = Repository::discover(root, examined.git.as_deref()).map_err(|error| {
        let (title, fix) = match &error {
            GitError::NotInstalled => (
                format!("{error}; without it the commit cannot be read"),
                "Install git, or give its place: --git FILE",
            ),
            _ => (
                error.to_string(),
                "Mend what git names; it is not bypassed.",
            ),
        };
        Problem::new("git", title, fix)
    })?;
    Ok((root.clone(), repository))
}

/// Walks, reads and collects.
pub(crate) fn examine(
    root: &Path,
    repository: Option<Repository>,
    terms: &Terms<'_>,
) -> Result<Examination, Problem> {
    let tree = walk(root, repository.as_ref(), terms);
    let input = input(&tree, repository.as_ref(), terms)?;
    let progress = Progress::new(terms.show);
    let collected = collect(&input, &progress);
    progress.end();
    if terms.show.verbose > 1 {
        output::err(&progress::files(&collected.read));
    }
    Ok(Examination {
        repository,
        tree,
        collected,
    })
}

/// The files of the examined folder, and the governance files of the repository's root above it.
pub(crate) fn walk(root: &Path, repository: Option<&Repository>, terms: &Terms<'_>) -> Tree {
    let scope = repository.map_or("", |repository| repository.scope.as_str());
    let folders = tracked_folders(repository);
    let tracks_below = |folder: &str| folders.contains(folder);
    let options = WalkOptions {
        scope,
        tracks_below: &tracks_below,
        out: terms.out,
    };
    let mut tree = Tree::walk(root, &options);
    tree.caps = terms.caps;
    if let Some(repository) = repository.filter(|_| !scope.is_empty()) {
        tree.extend(governance_above(repository, &tracks_below, terms.out));
    }
    tree
}

/// What collectors know before any file is read.
pub(crate) fn input<'i>(
    tree: &'i Tree,
    repository: Option<&'i Repository>,
    terms: &Terms<'i>,
) -> Result<Input<'i>, Problem> {
    Ok(Input {
        tree,
        repository,
        policy: terms.policy,
        globs: ScopeGlobs::new(terms.policy)
            .map_err(|says| Problem::new("policy-field", says, "Mend the glob."))?,
        as_of: terms.as_of,
        check_objects: terms.check_objects,
        out: terms.out,
        earlier: None,
    })
}

/// Every folder in which git tracks something.
fn tracked_folders(repository: Option<&Repository>) -> std::collections::BTreeSet<String> {
    let mut folders = std::collections::BTreeSet::new();
    for entry in repository.iter().flat_map(|repository| &repository.entries) {
        let mut path = entry.path.as_str();
        while let Some((folder, _)) = path.rsplit_once('/') {
            if !folders.insert(folder.to_owned()) {
                break;
            }
            path = folder;
        }
    }
    folders
}

/// For a folder inside a repository: the governance files of the repository's root, which hold for
/// the folder too.
fn governance_above(
    repository: &Repository,
    tracks_below: &dyn Fn(&str) -> bool,
    out: Option<&Path>,
) -> Vec<Entry> {
    let options = WalkOptions {
        scope: "",
        tracks_below,
        out,
    };
    let mut found = Vec::new();
    for folder in [".github", ".gitlab", "docs"] {
        let full = repository.top.join(folder);
        if full.is_dir() {
            let scope = format!("{folder}/");
            let options = WalkOptions {
                scope: &scope,
                ..options
            };
            found.extend(Tree::walk(&full, &options).entries);
        }
    }
    found.extend(Tree::top_files(&repository.top));
    found
}

/// The as-of time: `--as-of`, else `SOURCE_DATE_EPOCH`, else the clock.
pub(crate) fn as_of(asked: Option<&str>) -> Result<(Moment, Clock), Problem> {
    let wrong = |expected: &str, found: &str, whence: &str| {
        let title = format!(
            "expected {expected}, found {} ({whence})",
            crate::model::text::excerpt(found)
        );
        Problem::new(
            "time",
            title,
            "Write a time in UTC as 2026-11-22T14:03:07Z.",
        )
    };
    if let Some(text) = asked {
        let moment = Moment::parse(text)
            .ok_or_else(|| wrong("a time as 2026-11-22T14:03:07Z", text, "--as-of"))?;
        return Ok((moment, Clock::Given));
    }
    if let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let text = text.to_string_lossy().into_owned();
        let moment = text.parse().ok().and_then(Moment::from_epoch);
        let moment =
            moment.ok_or_else(|| wrong("seconds since 1970", &text, "SOURCE_DATE_EPOCH"))?;
        return Ok((moment, Clock::SourceDateEpoch));
    }
    let moment = now().ok_or_else(|| wrong("a clock", "none", "the system"))?;
    Ok((moment, Clock::System))
}

/// What the machine's clock says.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that looks at the clock"
)]
pub(crate) fn now() -> Option<Moment> {
    Moment::from_epoch(chrono::Utc::now().timestamp())
}
