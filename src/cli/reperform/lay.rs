//! Lays the files of a bundle out again under the paths at which they were read. Nothing is copied: a
//! path of the record is only a label, and the bytes are read where the bundle, or whoever supplies
//! them, has them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::bundle::Bundle;
use super::supply::{Supplied, Wanted};
use crate::git::{Repository, TreeEntry};
use crate::model::exhibit::{Commitment, Digest, Redaction};
use crate::model::inventory::Row;
use crate::parse::limits::Caps;
use crate::tree::again::Known;
use crate::tree::{Again, Entry, EntryKind, Skipped, Tree, Unreadable, Whence};

/// The files that the bundle names with a digest and does not hold.
pub(super) fn wanting(bundle: &Bundle) -> Vec<Wanted<'_>> {
    let evidence = bundle.evidence();
    let rows = bundle.inventory.files.iter();
    rows.filter(|row| row.bytes.is_some())
        .filter_map(|row| {
            let digest = bundle.digest(row)?;
            (!evidence.contains_key(&digest)).then_some(Wanted { row, digest })
        })
        .collect()
}

/// The files as they lay there, with what is known of those that are not here.
pub(super) fn tree(bundle: &Bundle, supplied: &Supplied) -> Tree {
    let inventory = &bundle.inventory;
    let evidence = bundle.evidence();
    let changed: BTreeSet<&str> = inventory.changed.iter().map(String::as_str).collect();
    let mut tree = Tree {
        scope: bundle.manifest.subject.scope.clone(),
        caps: Caps {
            whole: inventory.most.whole,
            streamed: inventory.most.streamed,
        },
        ..Tree::default()
    };
    let mut known = BTreeMap::new();
    let redactions = redactions(bundle);
    for row in &inventory.files {
        let Some(size) = row.bytes else { continue };
        let there = bundle.digest(row).and_then(|digest| evidence.get(&digest));
        let whence = whence(row, there, supplied);
        let tells = matches!(whence, Whence::There | Whence::Held(_)) && !row.redacted;
        let differs = changed.contains(row.path.as_str());
        known.insert(
            row.path.clone(),
            Known {
                changed: (!tells).then_some(differs),
                redaction: redactions.of(row),
                whence,
            },
        );
        tree.entries.push(Entry {
            path: row.path.clone(),
            full: there.cloned().unwrap_or_else(PathBuf::new),
            kind: if row.link {
                EntryKind::Link
            } else {
                EntryKind::File
            },
            size,
        });
    }
    tree.skipped = inventory.skipped.iter().map(skipped).collect();
    tree.again = Some(Again::new(known));
    tree
}

/// What was taken out of evidence before it was sealed. Files whose rest is the same are one file of
/// the bundle, unless the bundle commits to what they were.
struct Redactions<'b> {
    by_source: BTreeMap<&'b str, Redaction>,
    by_digest: BTreeMap<Digest, Redaction>,
}

impl Redactions<'_> {
    fn of(&self, row: &Row) -> Option<Redaction> {
        if !row.redacted {
            return None;
        }
        let by_source = self.by_source.get(row.path.as_str());
        let found = by_source.or_else(|| self.by_digest.get(&row.sha256?));
        found.cloned()
    }
}

fn redactions(bundle: &Bundle) -> Redactions<'_> {
    let files = bundle.manifest.files.iter();
    let redacted = files.filter_map(|file| Some((file, file.redaction.as_ref()?)));
    let mut redactions = Redactions {
        by_source: BTreeMap::new(),
        by_digest: BTreeMap::new(),
    };
    for (file, said) in redacted {
        let mut redaction = Redaction::new(said.profile.clone(), said.fields.clone());
        redaction.commitment = said.commitment.as_ref().map(|it| Commitment {
            alg: it.alg.clone().into(),
            key_id: it.key_id,
            value: it.value,
        });
        if let Some(origin) = &file.origin {
            let source = origin.source.as_str();
            redactions.by_source.insert(source, redaction.clone());
        }
        redactions.by_digest.insert(file.sha256, redaction);
    }
    redactions
}

fn whence(row: &Row, there: Option<&PathBuf>, supplied: &Supplied) -> Whence {
    if let Some(unread) = &row.unread {
        return Whence::Unread(Unreadable {
            path: row.path.clone(),
            says: unread.says.clone(),
            too_large: unread.too_large,
        });
    }
    match (there, supplied.get(&row.path)) {
        (Some(_), _) => Whence::There,
        (None, Some(bytes)) => Whence::Held(bytes.clone()),
        (None, None) => Whence::Away,
    }
}

fn skipped(skipped: &crate::model::inventory::Skipped) -> Skipped {
    Skipped {
        path: skipped.path.clone(),
        reason: skipped.reason.clone().into(),
        unread: skipped.unread,
    }
}

/// The repository as the record has it; nothing where the run was of a folder.
///
/// # Errors
/// A record that is none.
pub(super) fn repository(bundle: &Bundle) -> Result<Option<Repository>, String> {
    let Some(said) = &bundle.inventory.git else {
        return Ok(None);
    };
    let entries = bundle.inventory.files.iter().filter_map(|row| {
        Some(TreeEntry {
            path: row.path.clone(),
            mode: row.mode.clone()?,
            object: row.object.clone()?,
        })
    });
    let scope = &bundle.manifest.subject.scope;
    Repository::recorded(said, entries.collect(), scope)
        .map(Some)
        .ok_or_else(|| "what it says of git is not understood".to_owned())
}
