//! `manifest.json` as it is written and read back: the keys, and nothing that computes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::exhibit::Digest;
use crate::model::period::Period;
use crate::model::record::Claim;
use crate::seal::sign::statement::Status;

/// The whole manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The catalogue.
    pub catalog: Catalog,
    /// A word from the auditor, which shows that the bundle was not made before it was given.
    pub challenge: Option<String>,
    /// Which clock was looked at, and what it said.
    pub clock: Clock,
    /// The digest over policy, waivers and added controls, listed as `SHA256SUMS` lists files.
    pub config_sha256: Option<Digest>,
    /// The files of the bundle.
    pub files: Vec<Listed>,
    /// The head of the ledger before this run.
    pub ledger_before: Option<LedgerBefore>,
    /// The period that the run is evidence in.
    pub period: Period,
    /// What the controls came to.
    pub results: Results,
    /// Where the run was made, as it said itself.
    pub runner: Runner,
    /// [`super::SCHEMA`].
    pub schema: String,
    /// What was examined.
    pub subject: Subject,
    /// What made the bundle.
    pub tool: Tool,
}

/// The catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Its name.
    pub id: String,
    /// The digest over its files, listed as `SHA256SUMS` lists files.
    pub sha256: Digest,
    /// Its version.
    pub version: String,
}

/// The times of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clock {
    /// The time at which ages and expiries were judged.
    pub as_of: String,
    /// When the bundle was sealed, by the same clock.
    pub finished: String,
    /// `system`, `SOURCE_DATE_EPOCH` or `--as-of`.
    pub source: String,
    /// When the run began, by the same clock.
    pub started: String,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// The controls that looked at it; only of evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<Vec<String>>,
    /// The media type.
    pub media_type: String,
    /// Where it was read; only of evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Provenance>,
    /// Its path.
    pub path: String,
    /// What was taken out of it before it was hashed; only where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redaction: Option<Redacted>,
    /// What it is for.
    pub role: String,
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub size: u64,
}

/// Where evidence was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// How firmly it is bound to the commit.
    pub level: String,
    /// When it was made, as it says itself.
    pub produced_at: Option<String>,
    /// The record of the run that wrote it.
    pub record: Option<String>,
    /// Its path in the repository.
    pub source: String,
    /// The tool that made it, as it says itself.
    pub tool: Option<String>,
    /// The version of that tool.
    pub tool_version: Option<String>,
    /// Whether the commit holds it with these very bytes.
    pub tracked: bool,
}

/// What was taken out of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// Whether anything was: always, as nothing is written of other files.
    pub changed: bool,
    /// What shows later which file it was; nothing where the run had no key for it.
    pub commitment: Option<Committed>,
    /// How many values, by field.
    pub fields: BTreeMap<String, u64>,
    /// The rules.
    pub profile: String,
}

/// What binds a bundle to a file that it does not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Committed {
    /// `HMAC-SHA256`.
    pub alg: String,
    /// The SHA-256 of the key of the run.
    pub key_id: Digest,
    /// What the whole file comes to under that key.
    pub value: Digest,
}

/// The head of the ledger before a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerBefore {
    /// Whose ledger it is.
    pub origin: String,
    /// The root over its entries, in base64.
    pub root_hash: String,
    /// The digest of the time stamp of that head, where it had one.
    pub timestamp_sha256: Option<Digest>,
    /// How many entries it had.
    pub tree_size: u64,
}

/// What the controls came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Results {
    /// Each control.
    pub controls: Vec<ControlResult>,
    /// How many did not occur.
    pub did_not_occur: usize,
    /// How many noted exceptions, waived ones included.
    pub exceptions: usize,
    /// The least severity that closes the gate.
    pub fail_on: String,
    /// What the gate said.
    pub gate: String,
    /// How many noted none.
    pub none_noted: usize,
    /// How many do not apply.
    pub not_applicable: usize,
    /// How many were not tested.
    pub not_tested: usize,
    /// Of the exceptions, how many are wholly waived.
    pub waived: usize,
}

/// What one control came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlResult {
    /// The files that it looked at, by their paths in the bundle.
    pub evidence: Vec<String>,
    /// The control.
    pub id: String,
    /// How it ended.
    pub status: Status,
}

/// Where a run was made. Whoever starts a program decides what it is told, so that this is a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runner {
    /// What the environment said.
    pub claims: Vec<Claim>,
    /// `local`, `github-actions` or `gitlab`.
    pub kind: String,
    /// `self-asserted`, always.
    pub trust: String,
}

/// What was examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The branch.
    pub branch: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// What is known of the signature of the commit; nothing without a commit.
    pub commit_signature: Option<CommitSignature>,
    /// Whether the work tree was not the commit's.
    pub dirty: bool,
    /// The tree of the commit.
    pub head_tree: Option<String>,
    /// The hash function of these names.
    pub object_format: Option<String>,
    /// What the repository is called.
    pub repository: String,
    /// The examined folder.
    pub scope: String,
    /// Whether history was left out of the clone.
    pub shallow: bool,
    /// Other repositories inside, which were not examined.
    pub submodules: Vec<String>,
    /// The tree that git would make of the files as they were; that of the commit where the work
    /// tree was clean, nothing where it cannot be known.
    pub worktree_tree: Option<String>,
}

/// What is known of the signature of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitSignature {
    /// `none`, `pgp`, `ssh` or `x509`.
    pub kind: String,
    /// `none` or `not-checked`.
    pub status: String,
}

/// What made the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// The digest of the program, as it read itself.
    pub sha256: Option<Digest>,
    /// For which machines it was built.
    pub target: String,
    /// Its version.
    pub version: String,
}
