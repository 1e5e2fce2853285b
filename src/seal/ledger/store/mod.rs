//! The ledger on disk: held by a lock, read, appended to so that a run that is killed anywhere
//! leaves what it found or what can be finished.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::checkpoint::{Checkpoint, root_text};
use super::entry::{Entry, Kind};
use super::history::{History, Standing};
use super::proof::Proof;
use super::{origin, rotation, tree};
use crate::model::exhibit::Digest;
use crate::model::text;
use crate::model::time::Moment;
use crate::seal::Fault;
use crate::seal::disk::{self, Prepared};
use crate::seal::sign::sshsig::SshSignature;
use crate::seal::sign::{Key, NAMESPACE, PublicKey};
use crate::tree::{digest, file};

/// The folder of a ledger, beside the bundles.
pub const FOLDER: &str = "ledger";
/// The entries.
pub const ENTRIES: &str = "ledger/entries.jsonl";
/// The newest head.
pub const CHECKPOINT: &str = "ledger/checkpoint";
/// Every head that was ever signed, by the number of its entries.
pub const CHECKPOINTS: &str = "ledger/checkpoints";
/// The proof beside a run.
pub const PROOF: &str = "run.tlog-proof";
/// What a run holds while it writes.
pub const LOCK: &str = "ledger/.lock";
/// Copies of the public key, for convenience. Nobody who verifies trusts them.
pub const KEYS: [&str; 3] = [
    "ledger/log.vkey",
    "ledger/audit.pub",
    "ledger/allowed_signers",
];

/// Why a ledger was not written to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The place cannot be written to, or not be read.
    #[error("expected a ledger that can be written to, found {path}: {reason}")]
    Place {
        /// The file, from the folder of the bundles.
        path: String,
        /// Why.
        reason: String,
    },
    /// Another run has it.
    #[error("expected the ledger to be free, found it held by process {0}")]
    Busy(String),
    /// It is not what its heads say.
    #[error("{0}: the ledger was changed since its head was signed")]
    Broken(Fault),
    /// A run was killed while it wrote.
    #[error("expected a finished ledger, found {entries} entries and a head over {covered}")]
    Unfinished {
        /// How many entries there are.
        entries: u64,
        /// How many the head covers.
        covered: u64,
    },
    /// It is signed by another key.
    #[error("expected the key of this ledger, found another: {0}")]
    Key(Fault),
    /// It is finished.
    #[error("expected an unfinished ledger, found nothing to repair")]
    Nothing,
    /// A defect of serialisation.
    #[error("the entry cannot be written: {0}")]
    Entry(String),
}

/// The moments between the writes of an entry, in their order. Tests stop there, as a machine would
/// that loses its power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The bundle is in its place, and nothing of the ledger was written.
    Bundle,
    /// Everything lies beside its place.
    Prepared,
    /// The entries are in their place, and their head is not.
    Entries,
    /// The head is in its place among the heads, and not yet the newest.
    Head,
    /// The newest head is in its place, and the run has no proof.
    Newest,
}

/// What is done between two writes: nothing, but in tests.
pub type Between<'b> = &'b dyn Fn(Step) -> io::Result<()>;

/// Nothing.
///
/// # Errors
/// None.
pub const fn go_on(_: Step) -> io::Result<()> {
    Ok(())
}

/// A ledger that nobody else writes to.
#[derive(Debug)]
pub struct Ledger {
    out: PathBuf,
    /// What it holds.
    pub history: History,
    _held: File,
}

/// An entry that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Its place.
    pub index: u64,
    /// The head over it, as signed.
    pub checkpoint: String,
}

/// Reads the ledger beside bundles, without holding it; `None` where none was begun.
///
/// # Errors
/// Files that cannot be read, or are not those of a ledger.
pub fn read(out: &Path) -> Result<Option<History>, LedgerError> {
    let entries = bytes_at(out, ENTRIES)?;
    let checkpoint = bytes_at(out, CHECKPOINT)?;
    if entries.is_none() && checkpoint.is_none() {
        return Ok(None);
    }
    History::read(entries.as_deref(), checkpoint.as_deref())
        .map(Some)
        .map_err(LedgerError::Broken)
}

impl Ledger {
    /// Waits for the ledger beside bundles, holds it and reads it. It need not have been begun.
    ///
    /// # Errors
    /// Another run that does not let it go, or a place that cannot be written to.
    pub fn open(out: &Path, patience: Duration) -> Result<Self, LedgerError> {
        fs::create_dir_all(out.join(CHECKPOINTS)).map_err(|error| refuse(CHECKPOINTS, &error))?;
        let held = hold(&out.join(LOCK), patience)?;
        let history = read(out)?.unwrap_or_default();
        Ok(Self {
            out: out.to_path_buf(),
            history,
            _held: held,
        })
    }

    /// Whether it is finished, and this key may sign its next head.
    ///
    /// # Errors
    /// It is not, or may not.
    pub fn is_ready(&self, key: &PublicKey) -> Result<(), LedgerError> {
        match self.history.standing() {
            Standing::Whole => self.is_of(key),
            Standing::Unfinished { covered } => Err(LedgerError::Unfinished {
                entries: self.history.size(),
                covered,
            }),
            Standing::Broken(fault) => Err(LedgerError::Broken(fault)),
        }
    }

    fn is_of(&self, key: &PublicKey) -> Result<(), LedgerError> {
        if self.history.head.is_none() {
            return Ok(());
        }
        Checkpoint::verified(&self.history.signed, &[*key]).map_err(LedgerError::Key)?;
        // The head over a rotation is signed by both.
        match rotation::newest(&self.history.entries) {
            Some((at, newest)) if newest != *key => Err(LedgerError::Key(Fault::new(format!(
                "entry {at} handed the ledger on to another"
            )))),
            _ => Ok(()),
        }
    }

    /// The digest of the time stamp of the newest head, where it has one.
    ///
    /// # Errors
    /// A time stamp that cannot be read.
    pub fn stamped(&self) -> Result<Option<Digest>, LedgerError> {
        let Some(head) = &self.history.head else {
            return Ok(None);
        };
        let bytes = bytes_at(&self.out, &stamp_path(head.size))?;
        Ok(bytes.map(|bytes| digest::sha256(&bytes)))
    }

    /// The same of the head over all entries that there are. One that was killed before it signed
    /// has no such head, and what repairs it names no time stamp.
    fn stamped_before(&self) -> Result<Option<Digest>, LedgerError> {
        let covers = |head: &Checkpoint| head.size == self.history.size();
        if self.history.head.as_ref().is_some_and(covers) {
            self.stamped()
        } else {
            Ok(None)
        }
    }

    /// The origin of its heads; for a ledger that is begun now, that of a repository.
    pub fn origin(&self, repository: &str) -> String {
        let head = self.history.head.as_ref();
        head.map_or_else(|| origin::of(repository), |head| head.origin.clone())
    }

    /// Adds an entry and signs the head over it, with the last of these keys and all others.
    ///
    /// # Errors
    /// A ledger that is not ready, or a place that cannot be written to.
    pub fn append(
        &mut self,
        kind: Kind,
        time: Moment,
        (keys, repository): (&[&Key], &str),
        between: Between<'_>,
    ) -> Result<Appended, LedgerError> {
        for key in keys.iter().take(1) {
            self.is_ready(&key.public())?;
        }
        self.write(kind, time, (keys, repository), between)
    }

    fn write(
        &mut self,
        kind: Kind,
        time: Moment,
        (keys, repository): (&[&Key], &str),
        between: Between<'_>,
    ) -> Result<Appended, LedgerError> {
        let origin = self.origin(repository);
        let entry = Entry::new(
            self.history.size(),
            time.to_string(),
            root_text(self.history.root()),
            self.stamped_before()?,
            kind,
        );
        let line = entry
            .bytes()
            .map_err(|error| LedgerError::Entry(error.to_string()))?;
        let mut lines = self.history.lines.clone();
        lines.push(line);
        let mut leaves = self.history.leaves.clone();
        leaves.extend(lines.last().map(|line| tree::leaf(line)));
        let head = Checkpoint {
            origin,
            size: entry.index + 1,
            root: tree::root(&leaves),
        };
        let signed = head.signed(keys);
        self.place(&lines, &head, &signed, between)?;
        for key in keys.iter().rev().take(1) {
            self.copies(&key.public(), &head.origin)?;
        }
        let entries = joined(&lines);
        self.history =
            History::read(Some(&entries), Some(signed.as_bytes())).map_err(LedgerError::Broken)?;
        Ok(Appended {
            index: entry.index,
            checkpoint: signed,
        })
    }

    /// Everything is written beside its place before anything is put there, so that a full disk
    /// leaves the ledger as it was. The entries come first: a head over nothing could not be told
    /// from one whose entries were taken away.
    fn place(
        &self,
        lines: &[Vec<u8>],
        head: &Checkpoint,
        signed: &str,
        between: Between<'_>,
    ) -> Result<(), LedgerError> {
        let own = head_path(head.size);
        if let Some(found) = bytes_at(&self.out, &own)?
            && found != signed.as_bytes()
        {
            let says = format!("{own} is another head over {} entries", head.size);
            return Err(LedgerError::Broken(Fault::new(says)));
        }
        let files = [
            (ENTRIES, joined(lines), Step::Entries),
            (&own, signed.as_bytes().to_vec(), Step::Head),
            (CHECKPOINT, signed.as_bytes().to_vec(), Step::Newest),
        ];
        let mut prepared: Vec<(&str, Prepared, Step)> = Vec::new();
        for (path, bytes, step) in &files {
            match disk::prepare(&self.out.join(path), bytes) {
                Ok(file) => prepared.push((path, file, *step)),
                Err(error) => {
                    for (_, file, _) in prepared {
                        file.discard();
                    }
                    return Err(refuse(path, &error));
                }
            }
        }
        between(Step::Prepared).map_err(|error| refuse(FOLDER, &error))?;
        for (path, file, step) in prepared {
            file.place().map_err(|error| refuse(path, &error))?;
            between(step).map_err(|error| refuse(path, &error))?;
        }
        Ok(())
    }

    /// Copies of the key that signs, so that they can be handed on.
    fn copies(&self, key: &PublicKey, origin: &str) -> Result<(), LedgerError> {
        let texts = [
            format!("{}\n", key.vkey(origin)),
            key.pem(),
            format!("audit namespaces=\"{NAMESPACE}\" {}\n", key.ssh_line()),
        ];
        for (path, text) in KEYS.iter().zip(texts) {
            if bytes_at(&self.out, path)?.as_deref() != Some(text.as_bytes()) {
                let full = self.out.join(path);
                disk::replace(&full, text.as_bytes()).map_err(|error| refuse(path, &error))?;
            }
        }
        Ok(())
    }

    /// Writes the proof of an entry beside its run.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub fn prove(&self, index: u64, run: &Path) -> Result<(), LedgerError> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let signed = String::from_utf8_lossy(&self.history.signed);
        let Some(proof) = Proof::of(&self.history.lines, index, &signed) else {
            return Ok(());
        };
        disk::replace(&run.join(PROOF), proof.text().as_bytes())
            .map_err(|error| refuse(PROOF, &error))
    }

    /// Finishes what a killed run had begun: an annotation says so, and the head over all of it is
    /// signed. Answers with the number of entries that had no head.
    ///
    /// # Errors
    /// A ledger that is broken, has another key, or needs no repair.
    pub fn repair(
        &mut self,
        time: Moment,
        key: &Key,
        repository: &str,
    ) -> Result<u64, LedgerError> {
        let covered = match self.history.standing() {
            Standing::Whole => return Err(LedgerError::Nothing),
            Standing::Broken(fault) => return Err(LedgerError::Broken(fault)),
            Standing::Unfinished { covered } => covered,
        };
        self.is_of(&key.public())?;
        self.history.chained().map_err(LedgerError::Broken)?;
        self.are_own(covered, key)?;
        let uncovered = self.history.size() - covered;
        let kind = Kind::Annotation {
            action: super::entry::Action::Repair,
            refs: (covered..self.history.size()).collect(),
            reason: "a run ended before it had signed the head over these entries".to_owned(),
        };
        self.write(kind, time, (&[key], repository), &go_on)?;
        Ok(uncovered)
    }
}

impl Ledger {
    /// Whether the runs that no head covers are of bundles that this key signed. Whoever can write
    /// to the ledger could have added others, and a repair would vouch for them.
    fn are_own(&self, covered: u64, key: &Key) -> Result<(), LedgerError> {
        let runs = self.history.runs();
        for (entry, run) in runs.filter(|(entry, _)| entry.index >= covered) {
            let foreign = || {
                let says = format!("entry {} is of no bundle that this key signed", entry.index);
                LedgerError::Broken(Fault::new(says))
            };
            if text::last_name(&run.run_id) != run.run_id {
                return Err(foreign());
            }
            let file = |name: &str| bytes_at(&self.out, &format!("{}/{name}", run.run_id));
            let sums = file("SHA256SUMS")?.ok_or_else(foreign)?;
            let signature = file("SHA256SUMS.sig")?.ok_or_else(foreign)?;
            let signature = SshSignature::parse(&signature).map_err(|_| foreign())?;
            let signed = signature.public() == Some(key.public())
                && signature.verify(NAMESPACE, &sums).is_ok()
                && digest::sha256(&sums) == run.sums_sha256;
            if !signed {
                return Err(foreign());
            }
        }
        Ok(())
    }
}

/// Where a head lies among the heads.
pub fn head_path(size: u64) -> String {
    format!("{CHECKPOINTS}/{size:08}")
}

/// Where its time stamp lies.
pub fn stamp_path(size: u64) -> String {
    format!("{CHECKPOINTS}/{size:08}.tsr")
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = lines.join(&b'\n');
    bytes.push(b'\n');
    bytes
}

/// The bytes of a file of the ledger; `None` where it is not there.
///
/// # Errors
/// A file that is there and cannot be read.
pub fn bytes_at(out: &Path, path: &str) -> Result<Option<Vec<u8>>, LedgerError> {
    let full = out.join(path);
    if full.symlink_metadata().is_err() {
        return Ok(None);
    }
    file::read(&full, path)
        .map(Some)
        .map_err(|found| LedgerError::Place {
            path: found.path,
            reason: found.says,
        })
}

fn refuse(path: &str, error: &io::Error) -> LedgerError {
    LedgerError::Place {
        path: path.to_owned(),
        reason: file::reason(error),
    }
}

/// How long to wait before the lock is tried again.
const AGAIN: Duration = Duration::from_millis(20);

/// Holds the lock, and writes who has it for those who wait in vain.
fn hold(path: &Path, patience: Duration) -> Result<File, LedgerError> {
    let mut held = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| refuse(LOCK, &error))?;
    let started = Instant::now();
    while held.try_lock().is_err() {
        if started.elapsed() >= patience {
            let mut holder = String::new();
            let _ = (&held).take(20).read_to_string(&mut holder);
            let holder = text::excerpt(holder.trim());
            let unknown = "that is not known".to_owned();
            return Err(LedgerError::Busy(match holder.as_str() {
                "" => unknown,
                _ => holder,
            }));
        }
        thread::sleep(AGAIN);
    }
    // Whom it names is only said, never relied on.
    let _ = held.set_len(0);
    let _ = held.rewind();
    let _ = write!(held, "{}", std::process::id());
    Ok(held)
}

#[cfg(test)]
mod tests;
