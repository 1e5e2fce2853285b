//! An entry: one line of the ledger, and the data of one leaf of its tree.

use serde::{Deserialize, Serialize};

use crate::model::exhibit::Digest;
use crate::model::text::excerpt;
use crate::seal::{Fault, canonical};

/// The version of the form of an entry.
const VERSION: u64 = 1;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    v: u64,
    /// The place of the line, from 0.
    pub index: u64,
    /// When it was written, as the clock of the run said.
    pub time: String,
    /// The root over the lines before it, in base64.
    pub prev_root: String,
    /// The digest of the time stamp of the head before it, where that had one.
    pub prev_tsr_sha256: Option<Digest>,
    /// What it says.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Kind {
    /// A run and its bundle.
    Run(Box<RunEntry>),
    /// A run is about to begin: one that is begun until it comes out well leaves its beginnings.
    RunStarted {
        /// A word from the auditor.
        challenge: Option<String>,
        /// The commit that will be examined.
        commit: Option<String>,
        /// The catalogue that it will be held against.
        catalog_sha256: Digest,
    },
    /// A remark on entries before it. Nothing is ever taken out: what is withdrawn is marked.
    Annotation {
        /// What is done to them.
        action: Action,
        /// Their places.
        refs: Vec<u64>,
        /// Why.
        reason: String,
    },
    /// From here on, another key signs.
    KeyRotation {
        /// The new key.
        vkey: String,
        /// What the old key signed: a note that names the new one.
        note: String,
    },
}

/// What an annotation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Remarks on them.
    Note,
    /// Withdraws them.
    Withdraw,
    /// Puts a later run in their place.
    Supersede,
    /// Finishes what a killed run had begun to write.
    Repair,
}

/// A run, by the digests of what was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunEntry {
    /// The name of its directory.
    pub run_id: String,
    /// The period that it is evidence in, as its manifest has it.
    pub period: String,
    /// The digest of `manifest.json`.
    pub manifest_sha256: Digest,
    /// The digest of `SHA256SUMS`.
    pub sums_sha256: Digest,
    /// The digest of `attestation.dsse.json`.
    pub attestation_sha256: Digest,
    /// The examined commit.
    pub commit: Option<String>,
    /// The digest of the catalogue.
    pub catalog_sha256: Digest,
    /// What the attestation says in a word.
    pub result: String,
}

/// An entry that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// One whose kind is known.
    Known(Box<Entry>),
    /// One of another kind. It is counted, hashed and shown like any other.
    Unknown {
        /// Its kind.
        kind: String,
        /// The place it gives itself.
        index: u64,
        /// The root over the lines before it.
        prev_root: String,
    },
}

/// What entries of every kind have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    v: u64,
    #[serde(rename = "type")]
    kind: String,
    index: u64,
    prev_root: String,
}

const KINDS: &[&str] = &["run", "run-started", "annotation", "key-rotation"];

impl Entry {
    /// An entry for a place.
    pub fn new(
        index: u64,
        time: String,
        prev_root: String,
        prev_tsr_sha256: Option<Digest>,
        kind: Kind,
    ) -> Self {
        Self {
            v: VERSION,
            index,
            time,
            prev_root,
            prev_tsr_sha256,
            kind,
        }
    }

    /// The line, without its end.
    ///
    /// # Errors
    /// None that outside input can cause; a defect of serialisation.
    pub fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        canonical::bytes(self)
    }

    /// Reads a line, without its end.
    ///
    /// # Errors
    /// Anything that is not an entry in the form in which entries are written.
    pub fn read(line: &[u8]) -> Result<Read, Fault> {
        let head: Head = canonical::parsed(line)?;
        if head.v != VERSION {
            return Err(Fault::new(format!(
                "expected an entry of version {VERSION}, found {}",
                head.v
            )));
        }
        if KINDS.contains(&head.kind.as_str()) {
            let entry = canonical::exactly(line)?;
            return Ok(Read::Known(Box::new(entry)));
        }
        Ok(Read::Unknown {
            kind: excerpt(&head.kind),
            index: head.index,
            prev_root: head.prev_root,
        })
    }
}

impl Read {
    /// The place it gives itself, and the root over the lines before it.
    pub fn place(&self) -> (u64, &str) {
        match self {
            Self::Known(entry) => (entry.index, &entry.prev_root),
            Self::Unknown {
                index, prev_root, ..
            } => (*index, prev_root),
        }
    }

    /// The run, where it is one.
    pub fn run(&self) -> Option<(&Entry, &RunEntry)> {
        match self {
            Self::Known(entry) => match &entry.kind {
                Kind::Run(run) => Some((entry, run)),
                _ => None,
            },
            Self::Unknown { .. } => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::digest::sha256;

    pub(crate) fn run(name: &str) -> Kind {
        Kind::Run(Box::new(RunEntry {
            run_id: name.to_owned(),
            period: "2026-Q4".to_owned(),
            manifest_sha256: sha256(name.as_bytes()),
            sums_sha256: sha256(b"s"),
            attestation_sha256: sha256(b"a"),
            commit: Some("c0ffee".to_owned()),
            catalog_sha256: sha256(b"c"),
            result: "FAILED".to_owned(),
        }))
    }

    fn line(kind: Kind) -> String {
        let entry = Entry::new(7, "2026-11-22T14:03:07Z".into(), "root".into(), None, kind);
        String::from_utf8(entry.bytes().expect("JSON")).expect("text")
    }

    #[test]
    fn every_kind_is_read_back_and_no_other_form_is() {
        let annotation = Kind::Annotation {
            action: Action::Withdraw,
            refs: vec![1, 2],
            reason: "a secret was in it".to_owned(),
        };
        let started = Kind::RunStarted {
            challenge: None,
            commit: None,
            catalog_sha256: sha256(b"c"),
        };
        let rotation = Kind::KeyRotation {
            vkey: "a+b+c".to_owned(),
            note: "n\n".to_owned(),
        };
        for kind in [run("r"), annotation, started, rotation] {
            let text = line(kind.clone());
            assert!(
                text.contains("\"index\":7") && !text.contains('\n'),
                "{text}"
            );
            let Ok(Read::Known(entry)) = Entry::read(text.as_bytes()) else {
                panic!("{text}");
            };
            assert_eq!(entry.kind, kind);
            for wrong in [
                text.replace("\"v\":1", "\"v\":1,\"w\":1"),
                text.replace("\"v\":1", "\"v\":2"),
                text.replace(':', ": "),
                format!("{text}\r"),
                text.replace("\"index\":7", "\"index\":7,\"index\":7"),
            ] {
                assert!(Entry::read(wrong.as_bytes()).is_err(), "{wrong}");
            }
        }
    }

    #[test]
    fn a_kind_that_is_not_known_is_kept() {
        let text = line(run("r")).replace("\"type\":\"run\"", "\"type\":\"later\"");
        let Ok(Read::Unknown { kind, index, .. }) = Entry::read(text.as_bytes()) else {
            panic!("{text}");
        };
        assert_eq!((kind.as_str(), index), ("later", 7));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Entry::read(&bytes);
        }
    }
}
