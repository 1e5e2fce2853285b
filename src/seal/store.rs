//! Writing a bundle so that it is there whole or not at all: staged, flushed, renamed. Nothing is
//! ever overwritten, and runs at the same time do not meet.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::manifest::{self, Member, Sealing};
use super::sign::sigstore::Wrapped;
use super::sign::{Key, NAMESPACE, dsse, sshsig};
use super::{Bundle, canonical, disk};
use crate::model::exhibit::{Content, Digest};
use crate::tree::digest::{self, sha256};
use crate::tree::file;

/// Why a bundle could not be written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The place cannot be written to.
    #[error("expected a directory to write to, found {path}: {reason}")]
    Out {
        /// The place as given.
        path: String,
        /// Why.
        reason: String,
    },
    /// Evidence that stays on disk is not what was read of it any more.
    #[error("expected {path} as it was read, found that it changed since")]
    Changed {
        /// The path of the exhibit.
        path: String,
    },
    /// A defect of serialisation.
    #[error("the manifest cannot be written: {0}")]
    Manifest(#[from] serde_json::Error),
}

/// A bundle on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The name of its directory: `20261122T140307Z-3f9c1a2b7d40`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Whether the very same bundle was there already.
    pub existed: bool,
    /// What was signed; nothing where there was no key.
    pub sealed: Option<Sealed>,
}

/// What was signed of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// The digest of `manifest.json`.
    pub manifest: Digest,
    /// The digest of `SHA256SUMS`.
    pub sums: Digest,
    /// The digest of `attestation.dsse.json`.
    pub attestation: Digest,
    /// What the attestation says in a word.
    pub result: &'static str,
}

/// The list of all files with their digests.
pub const SUMS: &str = "SHA256SUMS";
/// The signature over it.
pub const SIGNATURE: &str = "SHA256SUMS.sig";
/// The signed statement.
pub const ATTESTATION: &str = "attestation.dsse.json";
/// The same in another wrapper.
pub const WRAPPED: &str = "attestation.sigstore.json";

/// The prefix of directories that are still being written.
pub(super) const STAGING: &str = ".staging-";
/// How many runs may write at the same time.
const ATTEMPTS: u32 = 1_000;

/// Looks whether bundles can be written to `out`, before anything is examined.
///
/// # Errors
/// A place that cannot be made, or written to.
pub fn prepare(out: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(out).map_err(|error| refuse(out, &error))?;
    let staging = Staging::open(out)?;
    staging.abandon();
    sweep(out);
    Ok(())
}

/// Deletes what killed runs left behind; what a run holds that is still writing stays.
fn sweep(out: &Path) {
    for name in file::folders(out) {
        let number = name.strip_prefix(STAGING).map(str::parse::<u32>);
        if let Some(Ok(number)) = number
            && let Ok(Some(left)) = Staging::hold(out, number)
        {
            left.abandon();
        }
    }
}

/// Writes a bundle with these files, to which the manifest and the sums are added and, where there
/// is a key, signatures of them.
///
/// # Errors
/// A place that cannot be written to.
pub fn store(
    bundle: &Bundle,
    mut members: Vec<Member>,
    out: &Path,
    (sealing, key): (&Sealing, Option<&Key>),
) -> Result<Stored, StoreError> {
    members.sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()));
    let manifest = manifest::manifest(bundle, &members, sealing);
    let bytes = manifest.bytes()?;
    let own = sha256(&bytes);
    let name = format!("{}-{}", bundle.run().as_of.compact(), own.short());
    let listed = Member::new("manifest.json", bytes, "manifest", "application/json");
    members.push(listed);
    let sums = manifest::sums(&members);
    let mut beside = vec![(SUMS, sums.clone())];
    let mut sealed = None;
    if let Some(key) = key {
        let statement = manifest.statement(own, sha256(&sums));
        let envelope = dsse::sign(key, &canonical::bytes(&statement)?);
        let attestation = canonical::line(&envelope)?;
        sealed = Some(Sealed {
            manifest: own,
            sums: sha256(&sums),
            attestation: sha256(&attestation),
            result: manifest.result(),
        });
        let wrapped = canonical::line(&Wrapped::of(&envelope))?;
        beside.push((SIGNATURE, sshsig::sign(key, NAMESPACE, &sums).into_bytes()));
        beside.push((ATTESTATION, attestation));
        beside.push((WRAPPED, wrapped));
    }
    let (path, existed) = place(bundle, &members, &beside, (out, &name))?;
    Ok(Stored {
        name,
        path,
        existed,
        sealed,
    })
}

/// Puts all files of a bundle into their folder, in one step.
fn place(
    bundle: &Bundle,
    members: &[Member],
    beside: &[(&str, Vec<u8>)],
    (out, name): (&Path, &str),
) -> Result<(PathBuf, bool), StoreError> {
    fs::create_dir_all(out).map_err(|error| refuse(out, &error))?;
    let staging = Staging::open(out)?;
    let path = out.join(name);
    let written = write_all(&staging.folder, members, beside).and_then(|()| {
        let renamed = match fs::rename(&staging.folder, &path) {
            Ok(()) => disk::sync(out).map(|()| false),
            // The same bytes have the same name: the bundle is there already.
            Err(_) if is_there(&path, members, beside) => Ok(true),
            Err(_) if path.symlink_metadata().is_ok() => Err(io::Error::other(format!(
                "{name} is there already and is not this bundle any more"
            ))),
            Err(error) => Err(error),
        };
        renamed.map_err(Refusal::Out)
    });
    staging.abandon();
    let existed = written.map_err(|refusal| match refusal {
        Refusal::Out(error) => refuse(out, &error),
        Refusal::Changed(member) => StoreError::Changed {
            path: source_of(bundle, &member),
        },
    })?;
    Ok((path, existed))
}

/// Whether every file of a bundle lies in a folder, unchanged. Other signatures may lie beside them.
fn is_there(folder: &Path, members: &[Member], beside: &[(&str, Vec<u8>)]) -> bool {
    let same = |path: &str, expected: Digest| {
        digest::sha256_of(&folder.join(path)).is_ok_and(|found| found == expected)
    };
    let mut files = members.iter();
    let mut beside = beside.iter();
    files.all(|member| same(&member.path, member.sha256))
        && beside.all(|(path, bytes)| same(path, sha256(bytes)))
}

fn refuse(out: &Path, error: &io::Error) -> StoreError {
    let path = crate::model::text::from_bytes(out.as_os_str().as_encoded_bytes());
    StoreError::Out {
        path,
        reason: file::reason(error),
    }
}

/// Why the files of a bundle cannot be written.
enum Refusal {
    Out(io::Error),
    /// The member whose source is not what was hashed any more.
    Changed(String),
}

/// The path of the exhibit that lies at a place of a bundle.
fn source_of(bundle: &Bundle, member: &str) -> String {
    let exhibits = &bundle.run().exhibits;
    let exhibit = exhibits
        .iter()
        .find(|exhibit| bundle.evidence_path(&exhibit.path) == Some(member));
    exhibit.map_or_else(|| member.to_owned(), |exhibit| exhibit.path.clone())
}

fn write_all(folder: &Path, members: &[Member], beside: &[(&str, Vec<u8>)]) -> Result<(), Refusal> {
    let mut folders = vec![folder.to_path_buf()];
    for member in members {
        let full = folder.join(&member.path);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent).map_err(Refusal::Out)?;
            folders.push(parent.to_path_buf());
        }
        match &member.content {
            Content::Held(bytes) => disk::write_new(&full, bytes).map_err(Refusal::Out)?,
            _ => copy(member, &full)?,
        }
    }
    for (name, bytes) in beside {
        disk::write_new(&folder.join(name), bytes).map_err(Refusal::Out)?;
    }
    folders.sort();
    folders.dedup();
    let mut folders = folders.iter().rev();
    folders
        .try_for_each(|folder| disk::sync(folder))
        .map_err(Refusal::Out)
}

/// Copies evidence that is not held, and holds every byte that is written against the digest of
/// those that were read: neither more nor others get into a bundle.
fn copy(member: &Member, to: &Path) -> Result<(), Refusal> {
    let opened = OpenOptions::new().write(true).create_new(true).open(to);
    let mut file = opened.map_err(Refusal::Out)?;
    let mut written = Ok(());
    let mut left = member.size;
    let copied = digest::sha256_while(&member.content, |piece| {
        left = left.checked_sub(piece.len() as u64)?;
        written = file.write_all(piece);
        written.is_ok().then_some(())
    });
    written.map_err(Refusal::Out)?;
    match copied {
        Ok(digest) if digest == member.sha256 => file.sync_all().map_err(Refusal::Out),
        // What cannot be read any more has changed, too.
        Ok(_) | Err(_) => Err(Refusal::Changed(member.path.clone())),
    }
}

/// A folder that is being written, held by a lock beside it, so that what a killed run left behind
/// can be told from what another run is writing.
struct Staging {
    folder: PathBuf,
    _held: File,
}

impl Staging {
    fn open(out: &Path) -> Result<Self, StoreError> {
        for number in 0..ATTEMPTS {
            let held = Self::hold(out, number).map_err(|error| refuse(out, &error))?;
            let Some(staging) = held else { continue };
            if staging.folder.exists() {
                fs::remove_dir_all(&staging.folder).map_err(|error| refuse(out, &error))?;
            }
            fs::create_dir(&staging.folder).map_err(|error| refuse(out, &error))?;
            return Ok(staging);
        }
        let full = io::Error::other("too many runs are writing there");
        Err(refuse(out, &full))
    }

    /// The lock of a number, and with it the right to its folder; nothing while another has it.
    fn hold(out: &Path, number: u32) -> io::Result<Option<Self>> {
        let held = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(out.join(format!("{STAGING}{number}.lock")))?;
        let folder = out.join(format!("{STAGING}{number}"));
        Ok(held.try_lock().is_ok().then_some(Self {
            folder,
            _held: held,
        }))
    }

    /// Leaves nothing but the lock's empty file, which stays: a lock that is deleted can be held
    /// twice, by one run that opened it before and one that made it anew.
    fn abandon(self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
