//! What a run took for given before it read a file: what lay there, and what git answered. With it and
//! the bytes of the evidence, everything else can be derived again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::exhibit::Digest;
use super::gap::Gap;

/// The version of the format.
pub const SCHEMA: &str = "audit/inventory/v1";

/// Everything that a run took for given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// Files of the commit that were not as it holds them, and files that it does not hold.
    pub changed: Vec<String>,
    /// Whether `git fsck` was asked for.
    pub check_objects: bool,
    /// Where the files of catalogue and policy were read.
    pub definitions: Vec<Defined>,
    /// Bundles of earlier runs.
    pub earlier: Earlier,
    /// The files that the commit holds or that lay there, by the bytes of their paths.
    pub files: Vec<Row>,
    /// What git said; nothing where there is no repository.
    pub git: Option<Said>,
    /// How large a file could be.
    pub most: Most,
    /// [`SCHEMA`].
    pub schema: String,
    /// What was not entered or taken.
    pub skipped: Vec<Skipped>,
    /// Where waivers counted from, where that was not the work tree.
    pub waivers_from: Option<From>,
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its size, where it lay there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The relations in which something stands that came of it; only of a file that was looked into and
    /// is no evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gives: Vec<String>,
    /// Whether it was a link.
    #[serde(default, skip_serializing_if = "is_false")]
    pub link: bool,
    /// Its mode in the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The name of its object in the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Its path from the git root.
    pub path: String,
    /// Whether something was taken out of it before it was hashed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub redacted: bool,
    /// The digest of its bytes, or of what is shipped of them; only of a file that was looked into and
    /// does not stand in the list of sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<Unread>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// What was expected and found.
    pub says: String,
    /// Whether it is merely larger than what is read.
    pub too_large: bool,
}

/// How large a file could be, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Most {
    /// One that was read piece by piece.
    pub streamed: u64,
    /// One that was held whole.
    pub whole: u64,
}

/// Where a file of catalogue or policy was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defined {
    /// Its path in the bundle, below `controls/`.
    pub path: String,
    /// The path by which results name it.
    pub source: String,
}

/// Something that was not entered or taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// Its path.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Whether something in there could have been evidence that nobody looked at.
    pub unread: bool,
}

/// Bundles of earlier runs, as they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Each of them, by the fields of its relation.
    pub bundles: Vec<BTreeMap<String, serde_json::Value>>,
    /// Those that could not be read.
    pub gaps: Vec<Gap>,
}

/// The register that waivers counted from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The commit that was found there.
    pub commit: Option<String>,
    /// Why it could not be known.
    pub fault: Option<String>,
    /// How many entries it had.
    pub found: Option<usize>,
    /// What it was asked for by.
    #[serde(rename = "ref")]
    pub name: String,
}

/// What git said of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// What it answered to the questions that evidence gave rise to.
    pub answers: Answers,
    /// The branch that was checked out.
    pub branch: Option<String>,
    /// Whether a grafts file rewrote parents.
    pub grafts: bool,
    /// The examined commit.
    pub head: Option<Head>,
    /// The hash function of the names of objects.
    pub object_format: String,
    /// How many refs replaced objects by others.
    pub replaced_objects: usize,
    /// Whether older history was left out of the clone.
    pub shallow: bool,
    /// Why the commit could not be read.
    pub unreadable: Option<String>,
}

/// The examined commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its name.
    pub commit: String,
    /// When it was committed, as its committer's clock said.
    pub committed_at: Option<String>,
    /// The kind of signature in it.
    pub signature: String,
    /// The name of its tree.
    pub tree: String,
}

/// What git was asked, and what it answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// What `git fsck` said.
    pub checked_objects: Option<Answer<String>>,
    /// When a file was committed, where that was after the newest change of the sources.
    pub committed_since: BTreeMap<String, Option<String>>,
    /// How many objects of the commit are missing.
    pub missing_objects: Option<Answer<usize>>,
    /// The newest commit that changed the sources.
    pub newest_change: Option<Answer<String>>,
    /// Other commits that reports name; nothing for one that the clone does not hold.
    pub past: BTreeMap<String, Option<Past>>,
}

/// An answer: one of the two, or neither where there was nothing to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer<T> {
    /// Why there is none.
    pub fault: Option<String>,
    /// The answer.
    pub found: Option<T>,
}

/// Another commit than the examined one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// When it was made.
    pub committed_at: Option<String>,
    /// How many commits were made since, and how many of them change sources.
    pub since: Option<(u64, u64)>,
    /// The digest over its sources.
    pub sources: String,
}
