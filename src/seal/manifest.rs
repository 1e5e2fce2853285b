//! `manifest.json` and `SHA256SUMS`: what is in a bundle, by digest.
//!
//! The manifest holds integers, texts and ASCII keys only, in one line, so that its bytes are the
//! canonical form of RFC 8785 as well. It never holds the run's own name, which is computed from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::Bundle;
use crate::model::exhibit::{Content, Digest, Exhibit, Redaction};
use crate::model::run::{Clock, Counts};
use crate::tree::digest::sha256;

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path in the bundle, with `/`.
    pub path: String,
    /// Its bytes, or where they are copied from.
    pub content: Content,
    /// Their SHA-256.
    pub sha256: Digest,
    /// Their number.
    pub size: u64,
    /// What it is for: `report`, `definition`, `evidence`, `sources`, `guide`.
    pub role: &'static str,
    /// The media type.
    pub media_type: &'static str,
}

impl Member {
    /// A file with its bytes.
    pub fn new(
        path: impl Into<String>,
        bytes: Vec<u8>,
        role: &'static str,
        media_type: &'static str,
    ) -> Self {
        Self {
            path: path.into(),
            sha256: sha256(&bytes),
            size: bytes.len() as u64,
            content: Content::Held(bytes.into()),
            role,
            media_type,
        }
    }

    /// An exhibit at its place in the bundle.
    pub fn evidence(path: &str, exhibit: &Exhibit) -> Self {
        Self {
            path: path.to_owned(),
            content: exhibit.content.clone(),
            sha256: exhibit.sha256,
            size: exhibit.bytes,
            role: "evidence",
            media_type: "application/octet-stream",
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'m> {
    catalog: Catalog<'m>,
    challenge: Option<()>,
    clock: ClockSays,
    files: Vec<Listed>,
    ledger_before: Option<()>,
    results: Counts,
    schema: &'static str,
    subject: Subject<'m>,
    tool: Tool,
}

#[derive(Serialize)]
struct Catalog<'m> {
    id: &'m str,
    sha256: Digest,
    version: &'m str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClockSays {
    as_of: String,
    source: Clock,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(skip_serializing_if = "Option::is_none")]
    control: Option<Vec<String>>,
    media_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Provenance>,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    redaction: Option<Redaction>,
    role: &'static str,
    sha256: Digest,
    size: u64,
}

#[derive(Serialize)]
struct Provenance {
    level: &'static str,
    source: String,
    tracked: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subject<'m> {
    branch: Option<&'m str>,
    commit: Option<&'m str>,
    dirty: bool,
    head_tree: Option<&'m str>,
    object_format: Option<&'m str>,
    repository: &'m str,
    scope: &'m str,
    shallow: bool,
    submodules: &'m [String],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    sha256: Option<Digest>,
    version: &'static str,
}

/// The schema of the manifest.
pub const SCHEMA: &str = "audit/manifest/v1";

/// The bytes of `manifest.json` for a bundle and its files.
///
/// # Errors
/// None that outside input can cause; a defect of serialisation.
pub fn manifest(bundle: &Bundle, members: &[Member]) -> Result<Vec<u8>, serde_json::Error> {
    let run = bundle.run();
    let subject = &run.subject;
    let manifest = Manifest {
        catalog: Catalog {
            id: &run.catalogue.name,
            sha256: run.catalogue.sha256,
            version: &run.catalogue.version,
        },
        challenge: None,
        clock: ClockSays {
            as_of: run.as_of.to_string(),
            source: run.clock,
        },
        files: listing(bundle, members),
        ledger_before: None,
        results: run.counts(),
        schema: SCHEMA,
        subject: Subject {
            branch: subject.branch.as_deref(),
            commit: subject.commit.as_deref(),
            dirty: subject.dirty,
            head_tree: subject.tree.as_deref(),
            object_format: subject.object_format,
            repository: &subject.name,
            scope: &subject.scope,
            shallow: subject.shallow,
            submodules: &subject.submodules,
        },
        tool: Tool {
            name: "audit",
            sha256: run.tool.sha256,
            version: run.tool.version,
        },
    };
    // A value keeps its keys sorted, whatever the order of the fields of what it was made from.
    let mut bytes = serde_json::to_vec(&serde_json::to_value(&manifest)?)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The files of a bundle, each with the exhibit it is, where it is one.
fn listing(bundle: &Bundle, members: &[Member]) -> Vec<Listed> {
    let readers = readers(bundle);
    let exhibits = &bundle.run().exhibits;
    let by_path: BTreeMap<&str, &Exhibit> = exhibits
        .iter()
        .rev()
        .filter_map(|exhibit| Some((bundle.evidence_path(&exhibit.path)?, exhibit)))
        .collect();
    let listed = |member: &Member| {
        let exhibit = by_path.get(member.path.as_str()).copied();
        let controls = |exhibit: &Exhibit| readers.get(exhibit.path.as_str()).cloned();
        Listed {
            control: exhibit.map(|exhibit| controls(exhibit).unwrap_or_default()),
            media_type: member.media_type,
            origin: exhibit.map(|exhibit| Provenance {
                level: exhibit.level.name(),
                source: exhibit.path.clone(),
                tracked: exhibit.tracked,
            }),
            path: member.path.clone(),
            redaction: exhibit.and_then(|exhibit| exhibit.redaction.clone()),
            role: member.role,
            sha256: member.sha256,
            size: member.size,
        }
    };
    members.iter().map(listed).collect()
}

/// The controls that looked at each exhibit.
fn readers(bundle: &Bundle) -> BTreeMap<&str, Vec<String>> {
    let mut readers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for result in &bundle.run().results {
        for path in &result.evidence {
            readers
                .entry(path)
                .or_default()
                .push(result.control.clone());
        }
    }
    readers
}

/// The bytes of `SHA256SUMS`: what `sha256sum -c` reads, sorted by the bytes of the path.
pub fn sums(members: &[Member]) -> Vec<u8> {
    let mut lines: Vec<(&str, Digest)> = members
        .iter()
        .map(|member| (member.path.as_str(), member.sha256))
        .collect();
    lines.sort_by(|left, right| left.0.as_bytes().cmp(right.0.as_bytes()));
    let mut list = String::new();
    for (path, digest) in lines {
        let _ = writeln!(list, "{digest}  {path}");
    }
    list.into_bytes()
}
