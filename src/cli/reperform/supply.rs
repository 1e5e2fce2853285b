//! Files that the bundle names and does not hold, from somebody's clone or folder. Nothing is used
//! whose digest is not the sealed one.

use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::sync::Arc;

use super::bundle::Bundle;
use crate::cli::definitions::shown;
use crate::git::Objects;
use crate::load::Problem;
use crate::model::exhibit::Digest;
use crate::model::inventory::Row;
use crate::parse::limits;
use crate::tree::digest::sha256;
use crate::tree::file;

/// How many bytes git is asked for at once.
const AT_ONCE: u64 = 64 * 1024 * 1024;
/// How many bytes are held of all files together.
const HELD: u64 = 2 * 1024 * 1024 * 1024;

/// Bytes with the sealed digest, by path.
pub(super) type Supplied = BTreeMap<String, Arc<[u8]>>;

/// A file that is asked for.
pub(super) struct Wanted<'w> {
    /// What the inventory says of it.
    pub(super) row: &'w Row,
    /// The sealed digest.
    pub(super) digest: Digest,
}

/// What a clone says of the record beside the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Clone {
    /// No clone was given, or the run is of no commit.
    NotAsked,
    /// It holds the commit with that tree and those files.
    Agrees,
    /// It does not, and why.
    Differs(String),
}

/// Files from a clone, by the names of their objects.
pub(super) fn from_git(
    folder: &Path,
    program: Option<&Path>,
    bundle: &Bundle,
    wanted: &[Wanted<'_>],
) -> Result<(Supplied, Clone), Problem> {
    let refused = |error: crate::git::GitError| {
        let title = format!("expected a clone, found {}: {error} (--git)", shown(folder));
        Problem::new(
            "git",
            title,
            "Give a clone of yours, with or without a work tree.",
        )
    };
    let objects = Objects::of(folder, program).map_err(refused)?;
    let mut supplied = Supplied::new();
    let mut at_once: Vec<&Wanted<'_>> = Vec::new();
    let (mut size, mut held) = (0, 0);
    let small = |it: &&Wanted<'_>| it.row.bytes.is_none_or(|bytes| bytes <= limits::FILE_BYTES);
    let named = wanted.iter().filter(|it| it.row.object.is_some());
    for one in named.filter(small) {
        size += one.row.bytes.unwrap_or(0);
        at_once.push(one);
        if size > AT_ONCE {
            held += take(&objects, &at_once, &mut supplied).map_err(refused)?;
            at_once.clear();
            size = 0;
            if held > HELD {
                break;
            }
        }
    }
    take(&objects, &at_once, &mut supplied).map_err(refused)?;
    Ok((supplied, agrees(&objects, bundle)))
}

fn take(
    objects: &Objects,
    wanted: &[&Wanted<'_>],
    supplied: &mut Supplied,
) -> Result<u64, crate::git::GitError> {
    let names: Vec<&str> = wanted
        .iter()
        .filter_map(|it| it.row.object.as_deref())
        .collect();
    if names.is_empty() {
        return Ok(0);
    }
    let found = objects.blobs(&names)?;
    let mut taken = 0;
    for one in wanted {
        let bytes = one.row.object.as_ref().and_then(|name| found.get(name));
        if let Some(bytes) = bytes.filter(|bytes| sha256(bytes) == one.digest) {
            taken += bytes.len() as u64;
            supplied.insert(one.row.path.clone(), bytes.as_slice().into());
        }
    }
    Ok(taken)
}

/// Whether the clone holds the commit as the record has it.
fn agrees(objects: &Objects, bundle: &Bundle) -> Clone {
    let inventory = &bundle.inventory;
    let Some(head) = inventory.git.as_ref().and_then(|git| git.head.as_ref()) else {
        return Clone::NotAsked;
    };
    let (tree, entries) = match objects.commit(&head.commit) {
        Ok(found) => found,
        Err(error) => return Clone::Differs(format!("it does not hold the commit: {error}")),
    };
    if tree != head.tree {
        return Clone::Differs("the commit has another tree there".to_owned());
    }
    let recorded = inventory.files.iter().filter(|row| row.object.is_some());
    let recorded = recorded.map(|row| (&row.path, row.mode.as_ref(), row.object.as_ref()));
    let mut found: Vec<_> = entries
        .iter()
        .map(|entry| (&entry.path, Some(&entry.mode), Some(&entry.object)))
        .collect();
    found.sort();
    if recorded.eq(found) {
        Clone::Agrees
    } else {
        Clone::Differs("the commit has other files there".to_owned())
    }
}

/// Files from a folder, by their paths. A path that does not stay inside, or a link out of it, leads
/// nowhere.
pub(super) fn from_folder(folder: &Path, wanted: &[Wanted<'_>]) -> Result<Supplied, Problem> {
    let root = folder.canonicalize().ok().filter(|root| root.is_dir());
    let Some(root) = root else {
        let title = format!("expected a directory, found {} (--sources)", shown(folder));
        let fix = "Give a checkout of the commit.";
        return Err(Problem::new("directory", title, fix));
    };
    let mut supplied = Supplied::new();
    let mut held = 0;
    for one in wanted {
        let path = Path::new(&one.row.path);
        let inside = path
            .components()
            .all(|it| matches!(it, Component::Normal(_)));
        let full = root.join(path).canonicalize().ok();
        let Some(full) = full.filter(|full| inside && full.starts_with(&root)) else {
            continue;
        };
        let Ok(bytes) = file::read(&full, &one.row.path) else {
            continue;
        };
        if sha256(&bytes) == one.digest {
            held += bytes.len() as u64;
            supplied.insert(one.row.path.clone(), bytes.into());
        }
        if held > HELD {
            break;
        }
    }
    Ok(supplied)
}
