//! Sealing a run under a key: the bundle, its entry in the ledger beside it, the head over it and
//! the proof. The ledger is held all the while, because the bundle names the head before it.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::ledger::checkpoint::root_text;
use super::ledger::entry::RunEntry;
use super::ledger::store::{Between, Step};
use super::ledger::{Checkpoint, Kind, Ledger, LedgerError};
use super::manifest::LedgerBefore;
use super::sign::Key;
use super::{Bundle, Member, Sealing, StoreError, Stored, store};
use crate::model::run::Run;
use crate::model::time::Moment;

/// How long a run waits for others that write to the same ledger.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// A run that stands in the ledger.
#[derive(Debug)]
pub struct Entered {
    /// The bundle.
    pub stored: Stored,
    /// The place of its entry, from 0.
    pub index: u64,
    /// The head over it, as signed.
    pub checkpoint: String,
}

/// Why a run was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// The bundle.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger, before anything was written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The ledger, once the bundle was in its place.
    #[error("{error}; bundle {bundle} is there and stands in no entry")]
    Unentered {
        /// The name of the bundle.
        bundle: String,
        /// Why it was not entered.
        error: LedgerError,
    },
}

/// What a run is sealed with.
#[derive(Debug)]
pub struct Terms<'t> {
    /// The key.
    pub key: &'t Key,
    /// A word from the auditor.
    pub challenge: Option<String>,
    /// When it is sealed; nothing where the run has no clock but the time it was given.
    pub finished: Option<Moment>,
}

/// Looks whether a run can be entered, before anything is examined.
///
/// # Errors
/// A ledger that is broken, unfinished, held by another run, or of another key.
pub fn prepare(out: &Path, key: &Key) -> Result<(), LedgerError> {
    Ledger::open(out, PATIENCE)?.is_ready(&key.public())
}

/// Adds an entry that says that a run begins, before anything is examined.
///
/// # Errors
/// As [`prepare`], or a place that cannot be written to.
pub fn announce(
    out: &Path,
    (key, repository): (&Key, &str),
    started: Kind,
    time: Moment,
) -> Result<u64, LedgerError> {
    let mut ledger = Ledger::open(out, PATIENCE)?;
    let between = super::ledger::store::go_on;
    let added = ledger.append(started, time, (&[key], repository), &between)?;
    Ok(added.index)
}

/// Seals a run and enters it.
///
/// # Errors
/// A place that cannot be written to, or a ledger that is not ready.
pub fn enter(
    bundle: &Bundle,
    members: Vec<Member>,
    out: &Path,
    terms: &Terms<'_>,
    between: Between<'_>,
) -> Result<Entered, EnterError> {
    let run = bundle.run();
    let mut ledger = Ledger::open(out, PATIENCE)?;
    ledger.is_ready(&terms.key.public())?;
    let stamped = ledger.stamped()?;
    let before = |head: &Checkpoint| LedgerBefore {
        origin: head.origin.clone(),
        root_hash: root_text(head.root),
        timestamp_sha256: stamped,
        tree_size: head.size,
    };
    let sealing = Sealing {
        finished: terms.finished,
        challenge: terms.challenge.clone(),
        ledger_before: ledger.history.head.as_ref().map(before),
    };
    let stored = store(bundle, members, out, (&sealing, Some(terms.key)))?;
    let (index, checkpoint) =
        entry_of(&stored, run, &mut ledger, (terms, between)).map_err(|error| {
            EnterError::Unentered {
                bundle: stored.name.clone(),
                error,
            }
        })?;
    Ok(Entered {
        stored,
        index,
        checkpoint,
    })
}

/// Enters a bundle that is in its place: the place of its entry, and the head over it.
fn entry_of(
    stored: &Stored,
    run: &Run,
    ledger: &mut Ledger,
    (terms, between): (&Terms<'_>, Between<'_>),
) -> Result<(u64, String), LedgerError> {
    let stopped = |error: io::Error| LedgerError::Place {
        path: stored.name.clone(),
        reason: error.to_string(),
    };
    between(Step::Bundle).map_err(stopped)?;
    let Some(sealed) = stored.sealed else {
        let says = "the bundle was not signed".to_owned();
        return Err(LedgerError::Entry(says));
    };
    let time = terms.finished.unwrap_or(run.as_of);
    let kind = Kind::Run(Box::new(RunEntry {
        run_id: stored.name.clone(),
        period: run.period.label.clone(),
        manifest_sha256: sealed.manifest,
        sums_sha256: sealed.sums,
        attestation_sha256: sealed.attestation,
        commit: run.subject.commit.clone(),
        catalog_sha256: run.catalogue.sha256,
        result: sealed.result.to_owned(),
    }));
    let added = ledger.append(kind, time, (&[terms.key], &run.subject.name), between)?;
    ledger.prove(added.index, &stored.path)?;
    Ok((added.index, added.checkpoint))
}
