//! What was handed over: which bundles, and which ledger with them.

use std::path::Path;

use crate::model::exhibit::Digest;
use crate::seal::Fault;
use crate::seal::ledger::store::{CHECKPOINT, CHECKPOINTS, ENTRIES, FOLDER, KEYS, LOCK, PROOF};
use crate::seal::store::{ATTESTATION, SIGNATURE, STAGING, SUMS, WRAPPED};
use crate::tree::file;
use crate::tree::handed::Handed;

/// The manifest.
pub(super) const MANIFEST: &str = "manifest.json";
/// How far above a bundle its ledger is looked for: beside it, or beside years and quarters.
const ABOVE: usize = 3;

/// A bundle.
#[derive(Debug)]
pub(super) struct Bundle {
    /// The name of its folder; empty where it has none.
    pub(super) name: String,
    /// Its files.
    pub(super) files: Handed,
}

/// Everything that was handed over.
#[derive(Debug)]
pub(super) struct Target {
    /// The bundles.
    pub(super) bundles: Vec<Bundle>,
    /// The ledger, by paths that begin with `ledger/`.
    pub(super) ledger: Option<Handed>,
    /// Whether it is a ledger with all its runs.
    pub(super) whole: bool,
    /// Files that are of no bundle, and not of the ledger.
    pub(super) beside: Vec<String>,
}

/// The files that are looked into.
fn looked_into(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    [MANIFEST, SUMS, SIGNATURE, ATTESTATION, WRAPPED, PROOF].contains(&last)
        || last.starts_with("countersign-")
        || path == "entries.jsonl"
        || path.starts_with("checkpoint")
        || path.starts_with("ledger/")
        || path.contains("/ledger/")
}

impl Target {
    pub(super) fn read(path: &Path) -> Result<Self, Fault> {
        let shown = || crate::model::text::from_bytes(path.as_os_str().as_encoded_bytes());
        let refused = |error: std::io::Error| {
            let reason = file::reason(&error);
            Fault::new(format!(
                "expected a bundle or a ledger, found {}: {reason}",
                shown()
            ))
        };
        if path.is_dir() {
            let full = path.canonicalize().map_err(refused)?;
            // The ledger itself may be named, too.
            let full = match full.file_name() {
                Some(name) if name == FOLDER && full.join("entries.jsonl").is_file() => {
                    full.parent().unwrap_or(&full).to_path_buf()
                }
                _ => full,
            };
            let files = Handed::of_folder(&full, looked_into).map_err(refused)?;
            let name = last_name(&full);
            let ledger = || beside(&full);
            return Self::of(files, name, ledger)
                .map_err(|fault| Fault::new(format!("{fault}, found {}", shown())));
        }
        let mut files = Handed::of_archive(path, looked_into).map_err(refused)?;
        let mut name = String::new();
        // An archive of one folder is that folder.
        while let Some(top) = only_folder(&files) {
            files = files.below(&top);
            name = top;
        }
        Self::of(files, name, || None)
            .map_err(|fault| Fault::new(format!("{fault}, found {}", shown())))
    }

    fn of(
        files: Handed,
        name: String,
        ledger: impl FnOnce() -> Option<Handed>,
    ) -> Result<Self, Fault> {
        if is_bundle(&files, "") {
            return Ok(Self {
                bundles: vec![Bundle { name, files }],
                ledger: ledger(),
                whole: false,
                beside: Vec::new(),
            });
        }
        let own = files.files.contains_key(ENTRIES).then(|| ledger_of(&files));
        let roots = roots(&files);
        let below = |path: &str, root: &str| {
            let rest = path.strip_prefix(root);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let is_of_one = |path: &String| {
            is_of_ledger(path) || is_staging(path) || roots.iter().any(|root| below(path, root))
        };
        let beside = files.files.keys().filter(|path| !is_of_one(path));
        let beside: Vec<String> = beside.cloned().collect();
        let bundles: Vec<Bundle> = roots
            .iter()
            .map(|root| Bundle {
                name: root.rsplit('/').next().unwrap_or(root).to_owned(),
                files: files.below(root),
            })
            .collect();
        if own.is_none() && bundles.is_empty() {
            return Err(Fault::new("expected a bundle or a ledger"));
        }
        Ok(Self {
            bundles,
            ledger: own,
            whole: true,
            beside,
        })
    }
}

impl Bundle {
    pub(super) fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.bytes(path)
    }

    pub(super) fn digest(&self, path: &str) -> Option<Digest> {
        self.files.files.get(path)?.sha256
    }
}

fn is_bundle(files: &Handed, root: &str) -> bool {
    let at = |name: &str| match root {
        "" => files.files.contains_key(name),
        root => files.files.contains_key(&format!("{root}/{name}")),
    };
    at(MANIFEST) || at(SUMS)
}

fn last_name(full: &Path) -> String {
    let name = full.file_name().unwrap_or_default();
    crate::model::text::from_bytes(name.as_encoded_bytes())
}

/// The ledger beside a bundle.
fn beside(bundle: &Path) -> Option<Handed> {
    let above = bundle.ancestors().skip(1).take(ABOVE);
    let found = above
        .map(|folder| folder.join(FOLDER))
        .find(|folder| folder.join("entries.jsonl").is_file())?;
    let files = Handed::of_folder(&found, looked_into).ok()?.files;
    let files = files.into_iter();
    Some(Handed {
        files: files
            .map(|(path, held)| (format!("{FOLDER}/{path}"), held))
            .collect(),
    })
}

fn ledger_of(files: &Handed) -> Handed {
    let start = format!("{FOLDER}/");
    let own = files
        .files
        .iter()
        .filter(|(path, _)| path.starts_with(&start));
    Handed {
        files: own
            .map(|(path, held)| (path.clone(), held.clone()))
            .collect(),
    }
}

/// The folder in which everything lies, where that is one and it is neither bundle nor ledger.
fn only_folder(files: &Handed) -> Option<String> {
    if is_bundle(files, "") || files.files.contains_key(ENTRIES) {
        return None;
    }
    let first = files.files.keys().next()?.split_once('/')?.0.to_owned();
    let start = format!("{first}/");
    files
        .files
        .keys()
        .all(|path| path.starts_with(&start))
        .then_some(first)
}

/// Whether a path is of a run that has not ended.
fn is_staging(path: &str) -> bool {
    path.starts_with(STAGING)
}

/// Whether a path is one that a ledger has: its entries, its heads with their time stamps, its keys,
/// and what a killed run had not yet put in its place.
fn is_of_ledger(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let placed = name
        .strip_prefix('.')
        .and_then(|it| it.strip_suffix(".new"));
    let name = placed.unwrap_or(name);
    if folder != CHECKPOINTS {
        let path = format!("{folder}/{name}");
        let known = [ENTRIES, CHECKPOINT, LOCK];
        return known.contains(&&*path) || KEYS.contains(&&*path);
    }
    let (size, ending) = name.split_once('.').unwrap_or((name, "head"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let another = ending.strip_suffix(".tsr");
    digits(size) && (["head", "tsq", "tsr"].contains(&ending) || another.is_some_and(digits))
}

/// The folders that are bundles. One inside another is a part of that other.
fn roots(files: &Handed) -> Vec<String> {
    let mut candidates: Vec<&str> = files
        .files
        .keys()
        .filter_map(|path| path.rsplit_once('/'))
        .filter(|(folder, name)| [MANIFEST, SUMS].contains(name) && !is_staging(folder))
        .map(|(folder, _)| folder)
        .collect();
    candidates.sort_by_key(|folder| (folder.matches('/').count(), *folder));
    candidates.dedup();
    let mut roots: Vec<String> = Vec::new();
    for folder in candidates {
        let inside = |root: &String| folder.starts_with(&format!("{root}/"));
        if !roots.iter().any(inside) {
            roots.push(folder.to_owned());
        }
    }
    roots.sort();
    roots
}
