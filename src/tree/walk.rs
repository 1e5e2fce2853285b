//! The walk: every file below the root, in the order of its path's bytes, and what was skipped.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::again::Again;
use super::file::{self, Unreadable};
use crate::model::text;
use crate::parse::limits::Caps;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A link to a regular file inside the root.
    Link,
}

/// A file found by the walk.
#[derive(Debug, Clone)]
pub struct Entry {
    /// From the git root, with `/`.
    pub path: String,
    /// Where it lies on this machine. Never shown, never written.
    pub full: PathBuf,
    /// What it is.
    pub kind: EntryKind,
    /// Its size in bytes.
    pub size: u64,
}

/// Something the walk did not enter or take, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Skipped {
    /// From the git root.
    pub path: String,
    /// Why.
    pub reason: Cow<'static, str>,
    /// Whether something in there could have been evidence that nobody looked at.
    pub unread: bool,
}

/// The examined files.
#[derive(Debug, Default)]
pub struct Tree {
    /// The folder that is examined.
    pub root: PathBuf,
    /// Where the examined folder lies below the git root; empty or ending in `/`.
    pub scope: String,
    /// Files in the order of their path's bytes.
    pub entries: Vec<Entry>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// How large a file may be that is read.
    pub caps: Caps,
    /// What is known of the files from elsewhere, where they do not lie at their places.
    pub again: Option<Again>,
}

/// Why the folder of this run's bundles is passed over.
const OUT: &str = "where bundles are written";
/// Why a bundle is passed over.
const BUNDLE: &str = "a bundle of an earlier run";

/// Folders that hold what tools installed or cached, never the project's own files. They are
/// skipped only where git tracks nothing in them.
const CACHES: &[&str] = &[
    "node_modules",
    "__pycache__",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".eggs",
    ".gradle",
    ".terraform",
    ".cache",
];

/// What the walk has to know from outside.
pub struct WalkOptions<'w> {
    /// Where the examined folder lies below the git root; empty or ending in `/`.
    pub scope: &'w str,
    /// Whether git tracks anything below a folder, given from the git root without a trailing `/`.
    pub tracks_below: &'w dyn Fn(&str) -> bool,
    /// A folder that is never entered: where bundles are written.
    pub out: Option<&'w Path>,
}

impl Skipped {
    /// Whether the walk passed over everything below it on purpose, whatever git tracks there.
    pub fn holds_bundles(&self) -> bool {
        [OUT, BUNDLE].contains(&&*self.reason)
    }

    /// Whether a path lies below it.
    pub fn is_above(&self, path: &str) -> bool {
        let below = path.strip_prefix(&self.path);
        below.is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Tree {
    /// Walks `root`.
    pub fn walk(root: &Path, options: &WalkOptions<'_>) -> Self {
        let mut tree = Self {
            root: root.to_path_buf(),
            scope: options.scope.to_owned(),
            ..Self::default()
        };
        let canonical = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        let out = options.out.and_then(|out| out.canonicalize().ok());
        let mut walk = WalkDir::new(root)
            .follow_links(false)
            .sort_by_file_name()
            .into_iter();
        while let Some(step) = walk.next() {
            let entry = match step {
                Ok(entry) => entry,
                Err(error) => {
                    tree.skip_unreadable(error.path());
                    continue;
                }
            };
            if entry.depth() == 0 {
                continue;
            }
            let path = tree.shown(entry.path());
            let kind = entry.file_type();
            if kind.is_dir() {
                if let Some(reason) = leave_out(entry.path(), &path, options, out.as_deref()) {
                    walk.skip_current_dir();
                    if reason != GITS_OWN {
                        tree.skipped.push(Skipped {
                            path,
                            reason: reason.into(),
                            unread: false,
                        });
                    }
                }
            } else if kind.is_file() {
                tree.entries.push(Entry {
                    path,
                    full: entry.into_path(),
                    kind: EntryKind::File,
                    size: 0,
                });
            } else if kind.is_symlink() {
                tree.take_link(entry.path(), path, &canonical);
            } else {
                let reason = "a pipe, socket or device";
                tree.skipped.push(Skipped {
                    path,
                    reason: reason.into(),
                    unread: false,
                });
            }
        }
        tree.measure();
        tree.entries
            .sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()));
        tree.skipped.sort();
        tree
    }

    /// Asks for the sizes of all files at once, side by side.
    fn measure(&mut self) {
        let files = self.entries.par_iter_mut();
        files
            .filter(|entry| entry.kind == EntryKind::File)
            .for_each(|entry| {
                let about = entry.full.symlink_metadata();
                entry.size = about.map_or(0, |about| about.len());
            });
    }

    /// The regular files that lie directly in a folder, named as at the git root.
    pub fn top_files(folder: &Path) -> Vec<Entry> {
        let walk = WalkDir::new(folder)
            .follow_links(false)
            .min_depth(1)
            .max_depth(1);
        walk.into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| Entry {
                path: text::from_bytes(entry.file_name().as_encoded_bytes()),
                size: entry.metadata().map_or(0, |about| about.len()),
                full: entry.into_path(),
                kind: EntryKind::File,
            })
            .collect()
    }

    /// Adds files of a folder above the scope, of which only its governance is read. Paths that
    /// are there already stay.
    pub fn extend(&mut self, entries: Vec<Entry>) {
        self.entries.extend(entries);
        self.entries
            .sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()));
        self.entries.dedup_by(|left, right| left.path == right.path);
    }

    /// The entry at a path.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let at = self
            .entries
            .binary_search_by(|entry| entry.path.as_bytes().cmp(path.as_bytes()))
            .ok()?;
        self.entries.get(at)
    }

    /// Reads an entry whole.
    ///
    /// # Errors
    /// As [`file::read`].
    pub fn read(&self, entry: &Entry) -> Result<Vec<u8>, Unreadable> {
        match &self.again {
            Some(again) => again.read(entry, self.caps),
            None => file::read_up_to(&entry.full, &entry.path, self.caps.whole),
        }
    }

    /// Records a path that the walk could not enter.
    fn skip_unreadable(&mut self, path: Option<&Path>) {
        let path = path.map_or_else(String::new, |path| self.shown(path));
        self.skipped.push(Skipped {
            path,
            reason: "it cannot be read".into(),
            unread: true,
        });
    }

    /// A link counts as the file it leads to, when that lies inside the root.
    fn take_link(&mut self, full: &Path, path: String, root: &Path) {
        let target = full.canonicalize();
        let skipped = |path, reason: &'static str| Skipped {
            path,
            reason: reason.into(),
            unread: false,
        };
        match target {
            Ok(target) if !target.starts_with(root) => {
                self.skipped.push(skipped(
                    path,
                    "a link that leads out of the examined folder",
                ));
            }
            Ok(target) if target.components().any(|part| part.as_os_str() == ".git") => {
                self.skipped
                    .push(skipped(path, "a link into git's own folder"));
            }
            Ok(target) => match target.metadata() {
                Ok(about) if about.is_file() => {
                    self.entries.push(Entry {
                        path,
                        full: target,
                        kind: EntryKind::Link,
                        size: about.len(),
                    });
                }
                Ok(about) if about.is_dir() => {
                    self.skipped.push(skipped(
                        path,
                        "a link to a folder, which is read in its own place",
                    ));
                }
                _ => self
                    .skipped
                    .push(skipped(path, "a link to a pipe, socket or device")),
            },
            Err(_) => self
                .skipped
                .push(skipped(path, "a link that leads nowhere, or to itself")),
        }
    }

    /// A path as it is shown: from the git root, `/`, invalid bytes as escapes.
    fn shown(&self, full: &Path) -> String {
        let below = full.strip_prefix(&self.root).unwrap_or(full);
        let mut shown = self.scope.clone();
        for (index, part) in below.components().enumerate() {
            if index > 0 {
                shown.push('/');
            }
            shown.push_str(&text::from_bytes(part.as_os_str().as_encoded_bytes()));
        }
        shown
    }
}

/// The reason that is not worth a word.
const GITS_OWN: &str = "git's own";

/// Why a folder is not entered.
fn leave_out(
    full: &Path,
    path: &str,
    options: &WalkOptions<'_>,
    out: Option<&Path>,
) -> Option<&'static str> {
    let name = full.file_name().unwrap_or_default();
    if name == ".git" {
        return Some(GITS_OWN);
    }
    if out.is_some_and(|out| full.canonicalize().is_ok_and(|full| full == out)) {
        return Some(OUT);
    }
    if is_named_as_bundle(&name.to_string_lossy())
        && full.join("SHA256SUMS").is_file()
        && full.join("manifest.json").is_file()
    {
        return Some(BUNDLE);
    }
    if (options.tracks_below)(path) {
        return None;
    }
    if full.join(".git").exists() {
        return Some("another repository");
    }
    if name.to_string_lossy().starts_with(".staging-") && full.with_extension("lock").is_file() {
        return Some("a bundle that is being written, or was when its run ended");
    }
    let cached = CACHES.iter().any(|cache| name == *cache) || full.join("CACHEDIR.TAG").is_file();
    cached.then_some("what a tool installed or cached")
}

/// Whether a name is that of a bundle, `20261122T140307Z-3f9c1a2b7d40`: a folder that the project
/// needs under another name cannot be kept from being examined by what lies in it.
fn is_named_as_bundle(name: &str) -> bool {
    let shape = "00000000T000000Z-xxxxxxxxxxxx";
    name.len() == shape.len()
        && name
            .bytes()
            .zip(shape.bytes())
            .all(|(found, expected)| match expected {
                b'0' => found.is_ascii_digit(),
                b'x' => matches!(found, b'0'..=b'9' | b'a'..=b'f'),
                other => found == other,
            })
}
