//! An exhibit: a file's bytes as read, once, with where they come from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The first twelve hexadecimal digits, as texts show it.
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Digest {
    /// Reads 64 lower-case hexadecimal digits, which is the only form in which digests are written.
    pub fn parse(text: &str) -> Option<Self> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let value = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let byte = |[high, low]: &[u8; 2]| Some(value(*high)? << 4 | value(*low)?);
        let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
        let bytes = bytes.filter(|_| rest.is_empty())?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("expected 64 lower-case hexadecimal digits"))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How firmly a piece of evidence is bound to the examined commit. Ordered:
/// a later level is the firmer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Level {
    /// A report on disk, which names no commit.
    L0,
    /// The report itself names the commit.
    L1,
    /// Produced under `audit run`.
    L2,
    /// Attested by the identity of the CI.
    L3,
    /// A file of the commit itself.
    #[serde(rename = "tree")]
    Tree,
}

impl Level {
    /// All levels of reports, weakest first, as a control or policy writes them.
    pub const NAMES: &'static [&'static str] = &["L0", "L1", "L2", "L3", "tree"];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::L0 => "L0",
            Self::L1 => "L1",
            Self::L2 => "L2",
            Self::L3 => "L3",
            Self::Tree => "tree",
        }
    }

    /// The level of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::L0, Self::L1, Self::L2, Self::L3, Self::Tree]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

/// What was taken out of a file before it was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redaction {
    /// The rules that were applied, with their version: `gitleaks-json/v1`.
    pub profile: Cow<'static, str>,
    /// How many values were replaced, by field.
    pub fields: BTreeMap<String, u64>,
    /// What shows later of which file it was done, to whom is shown that file.
    pub commitment: Option<Commitment>,
    /// That file, until the run is sealed. Not part of any text.
    #[serde(skip)]
    pub original: Option<Original>,
}

impl Redaction {
    /// Values taken out by some rules, of a file to which nothing commits.
    pub fn new(profile: impl Into<Cow<'static, str>>, fields: BTreeMap<String, u64>) -> Self {
        Self {
            profile: profile.into(),
            fields,
            commitment: None,
            original: None,
        }
    }
}

/// What binds a run to a file that is not shown. A plain digest would let what was taken out be
/// guessed; this tells nothing without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Commitment {
    /// How it is computed: `HMAC-SHA256`.
    pub alg: Cow<'static, str>,
    /// The SHA-256 of the key.
    pub key_id: Digest,
    /// What it comes to.
    pub value: Digest,
}

/// A file as read, before anything was taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Its bytes, or where they are.
    pub content: Content,
    /// Their SHA-256, which is written nowhere.
    pub sha256: Digest,
}

/// A file's bytes as read, hashed, parsed and shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exhibit {
    /// Relative to the git root, with `/`.
    pub path: String,
    /// Of the bytes that are shipped.
    pub sha256: Digest,
    /// Their number.
    pub bytes: u64,
    /// How firmly it is bound to the commit.
    pub level: Level,
    /// Whether the file is in the commit with these very bytes.
    pub tracked: bool,
    /// Whether it was read as source code.
    #[serde(skip)]
    pub code: bool,
    /// Whether it is shipped in any case, and not only where a reader has to look at it.
    #[serde(skip)]
    pub needed: bool,
    /// The tool that made it, where the file says.
    pub tool: Option<String>,
    /// Its version, where the file says.
    pub tool_version: Option<String>,
    /// When it was made, where the file says, or else the record of the run that wrote it.
    pub produced_at: Option<String>,
    /// The record of the run that wrote it, by its path.
    pub record: Option<String>,
    /// The short name of its format, for a report.
    pub format: Option<&'static str>,
    /// What was taken out before hashing.
    pub redaction: Option<Redaction>,
    /// The bytes. Not part of any text.
    #[serde(skip)]
    pub content: Content,
}

/// A file of source code that was read, shipped or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the git root, with `/`.
    pub path: String,
    /// Of its bytes as read.
    pub sha256: Digest,
    /// Their number.
    pub bytes: u64,
    /// Whether it is in the commit with these very bytes.
    pub tracked: bool,
}

/// What is shipped of a file: the bytes as read, or without what was taken out of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// Of the bytes.
    pub sha256: Digest,
    /// Their number.
    pub bytes: u64,
    /// The bytes.
    pub content: Content,
}

/// The bytes of an exhibit, or where they are.
#[derive(Debug, Clone)]
pub enum Content {
    /// In memory, as read.
    Held(Arc<[u8]>),
    /// At a place on this machine, because they are too many. Whoever copies them from there holds
    /// them against the digest: they may have changed.
    OnDisk(PathBuf),
    /// In a file without a name, which this run wrote and which ends with it.
    Nameless(Arc<File>),
    /// Nowhere: there are too many, and this run writes no bundle.
    Nowhere,
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Held(one), Self::Held(other)) => one == other,
            (Self::OnDisk(one), Self::OnDisk(other)) => one == other,
            (Self::Nameless(one), Self::Nameless(other)) => Arc::ptr_eq(one, other),
            (Self::Nowhere, Self::Nowhere) => true,
            _ => false,
        }
    }
}

impl Eq for Content {}

impl Content {
    /// The bytes, where they are held.
    pub fn held(&self) -> Option<&[u8]> {
        match self {
            Self::Held(bytes) => Some(bytes),
            Self::OnDisk(_) | Self::Nameless(_) | Self::Nowhere => None,
        }
    }
}
