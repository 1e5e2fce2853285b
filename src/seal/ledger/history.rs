//! What a ledger holds, as read: its lines, their root, and the head that was signed last.

use std::collections::BTreeSet;

use super::checkpoint::Checkpoint;
use super::entry::{Action, Entry, Kind, Read};
use super::tree;
use crate::model::exhibit::Digest;
use crate::seal::Fault;

/// A ledger as read.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The lines, without their ends.
    pub lines: Vec<Vec<u8>>,
    /// Their leaves.
    pub leaves: Vec<Digest>,
    /// What each of them says.
    pub entries: Vec<Result<Read, Fault>>,
    /// The newest head.
    pub head: Option<Checkpoint>,
    /// The same, as signed.
    pub signed: Vec<u8>,
}

/// How the lines stand to the newest head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The head is that of these lines; or there is nothing yet.
    Whole,
    /// There are lines that no head covers, after those of the head: a run was killed there.
    Unfinished {
        /// How many lines the head covers.
        covered: u64,
    },
    /// The head covers more lines than there are, or other lines.
    Broken(Fault),
}

impl History {
    /// Reads the two files of a ledger; a ledger that was not begun has neither.
    ///
    /// # Errors
    /// Files that are not those of a ledger.
    pub fn read(entries: Option<&[u8]>, checkpoint: Option<&[u8]>) -> Result<Self, Fault> {
        let mut history = Self::default();
        if let Some(bytes) = entries.filter(|bytes| !bytes.is_empty()) {
            let bytes = bytes.strip_suffix(b"\n").ok_or_else(|| {
                Fault::new("expected a line end after the last entry, found none")
            })?;
            history.lines = bytes
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::to_vec)
                .collect();
        }
        history.leaves = history.lines.iter().map(|line| tree::leaf(line)).collect();
        history.entries = history.lines.iter().map(|line| Entry::read(line)).collect();
        if let Some(bytes) = checkpoint {
            let (head, _) = Checkpoint::parse(bytes)?;
            history.head = Some(head);
            history.signed = bytes.to_vec();
        }
        Ok(history)
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        u64::try_from(self.lines.len()).unwrap_or(u64::MAX)
    }

    /// The root over all entries.
    pub fn root(&self) -> Digest {
        tree::root(&self.leaves)
    }

    /// The root over the first entries; `None` where there are not so many.
    pub fn root_of_first(&self, size: u64) -> Option<Digest> {
        let size = usize::try_from(size).ok()?;
        Some(tree::root(self.leaves.get(..size)?))
    }

    /// How the lines stand to the newest head.
    pub fn standing(&self) -> Standing {
        let Some(head) = &self.head else {
            return if self.lines.is_empty() {
                Standing::Whole
            } else {
                Standing::Unfinished { covered: 0 }
            };
        };
        match self.agrees(head) {
            Err(fault) => Standing::Broken(fault),
            Ok(()) if head.size < self.size() => Standing::Unfinished { covered: head.size },
            Ok(()) => Standing::Whole,
        }
    }

    /// Whether the first entries are those that a head covers.
    ///
    /// # Errors
    /// There are fewer, or others.
    pub fn agrees(&self, head: &Checkpoint) -> Result<(), Fault> {
        match self.root_of_first(head.size) {
            None => Err(Fault::new(format!(
                "expected the {} entries that the checkpoint covers, found {}",
                head.size,
                self.size()
            ))),
            Some(root) if root != head.root => Err(Fault::new(format!(
                "the first {} entries are not those that the checkpoint covers",
                head.size
            ))),
            Some(_) => Ok(()),
        }
    }

    /// Whether each entry is one, stands in its place and names the root over those before it.
    ///
    /// # Errors
    /// The first that does not.
    pub fn chained(&self) -> Result<(), Fault> {
        let mut growing = tree::Growing::default();
        for ((at, read), leaf) in (0_u64..).zip(&self.entries).zip(&self.leaves) {
            let read = read
                .as_ref()
                .map_err(|fault| Fault::new(format!("entry {at}: {fault}")))?;
            let (index, root) = read.place();
            if index != at {
                return Err(Fault::new(format!("expected entry {at}, found {index}")));
            }
            if root != super::checkpoint::root_text(growing.root()) {
                let says = format!("entry {at} names another root over those before it");
                return Err(Fault::new(says));
            }
            growing.push(*leaf);
        }
        Ok(())
    }

    /// The beginnings of runs that never came: each run ends one beginning before it, of the same
    /// commit and catalogue.
    pub fn begun_only(&self) -> Vec<u64> {
        let mut begun: Vec<(u64, Option<&str>, Digest)> = Vec::new();
        for read in self.entries.iter().flatten() {
            let Read::Known(entry) = read else { continue };
            let (commit, catalogue) = match &entry.kind {
                Kind::RunStarted {
                    commit,
                    catalog_sha256,
                    ..
                } => {
                    begun.push((entry.index, commit.as_deref(), *catalog_sha256));
                    continue;
                }
                Kind::Run(run) => (run.commit.as_deref(), run.catalog_sha256),
                Kind::Annotation { .. } | Kind::KeyRotation { .. } => continue,
            };
            let ended = begun
                .iter()
                .position(|it| (it.1, it.2) == (commit, catalogue));
            if let Some(at) = ended {
                begun.remove(at);
            }
        }
        begun.into_iter().map(|it| it.0).collect()
    }

    /// What annotations say of entries before them.
    fn annotated(&self) -> impl Iterator<Item = (Action, &[u64])> {
        self.entries.iter().filter_map(|read| match read {
            Ok(Read::Known(entry)) => match &entry.kind {
                Kind::Annotation { action, refs, .. } => Some((*action, refs.as_slice())),
                _ => None,
            },
            _ => None,
        })
    }

    /// The entries that were withdrawn, or for which a later run stands.
    pub fn withdrawn(&self) -> BTreeSet<u64> {
        self.annotated()
            .filter(|(action, _)| matches!(action, Action::Withdraw | Action::Supersede))
            .flat_map(|(_, refs)| refs.iter().copied())
            .collect()
    }

    /// The entries over which no head was signed, because a run was killed there.
    pub fn repaired(&self) -> BTreeSet<u64> {
        self.annotated()
            .filter(|(action, _)| *action == Action::Repair)
            .flat_map(|(_, refs)| refs.iter().copied())
            .collect()
    }

    /// The runs, with their places.
    pub fn runs(&self) -> impl Iterator<Item = (&Entry, &super::entry::RunEntry)> {
        self.entries
            .iter()
            .filter_map(|read| read.as_ref().ok()?.run())
    }
}
