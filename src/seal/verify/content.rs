//! Steps 4 to 7: what the manifest says, against the list, the attestation, the catalogue and a
//! clone of the repository.

use std::collections::BTreeSet;

use super::signature::Signed;
use super::target::{Bundle, MANIFEST};
use super::{Findings, Trust, sums};
use crate::git::{Repository, TreeEntry};
use crate::model::exhibit::Digest;
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::seal::sign::dsse::Envelope;
use crate::seal::sign::sigstore::Wrapped;
use crate::seal::sign::{NAMESPACE, PublicKey};
use crate::seal::store::{ATTESTATION, SUMS, WRAPPED};
use crate::seal::{Fault, Manifest, canonical};
use crate::tree::digest::sha256;

/// A manifest that was read, with the digest of its bytes and of the list.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) manifest: Manifest,
    pub(super) own: Digest,
    pub(super) sums: Digest,
}

/// Step 4. Answers with the manifest where it can be read.
pub(super) fn manifest(bundle: &Bundle, findings: &mut Findings) -> Option<Read> {
    let (Some(bytes), Some(list)) = (bundle.bytes(MANIFEST), bundle.bytes(SUMS)) else {
        findings.failed(
            4,
            format!("there is no {MANIFEST} or no {SUMS} that can be read"),
        );
        return None;
    };
    let manifest = match Manifest::parse(bytes) {
        Ok(manifest) => manifest,
        Err(fault) => {
            findings.failed(4, format!("{MANIFEST}: {fault}"));
            return None;
        }
    };
    let read = Read {
        manifest,
        own: sha256(bytes),
        sums: sha256(list),
    };
    match agrees(bundle, &read, list) {
        Ok(says) => findings.held(4, says),
        Err(fault) => findings.failed(4, fault.0),
    }
    Some(read)
}

fn agrees(bundle: &Bundle, read: &Read, list: &[u8]) -> Result<&'static str, Fault> {
    let listed = sums::parse(list)?;
    let mut names = BTreeSet::from([MANIFEST]);
    if listed.get(MANIFEST) != Some(&read.own) {
        return Err(Fault::new(format!("{SUMS} lists another {MANIFEST}")));
    }
    for file in &read.manifest.files {
        let path = file.path.as_str();
        let held = bundle.files.files.get(path);
        let same = listed.get(path) == Some(&file.sha256)
            && held.is_some_and(|held| held.size == file.size);
        if !same || !names.insert(path) {
            let says = format!("{} is not as the manifest has it", excerpt(path));
            return Err(Fault::new(says));
        }
        let start: String = file.sha256.to_string().chars().take(16).collect();
        if file.role == "evidence" && !path.starts_with(&format!("evidence/{start}-")) {
            let says = format!("{} is not named after its digest", excerpt(path));
            return Err(Fault::new(says));
        }
    }
    if let Some(more) = listed.keys().find(|path| !names.contains(*path)) {
        let says = format!("{} is listed and not in the manifest", excerpt(more));
        return Err(Fault::new(says));
    }
    let clock = &read.manifest.clock;
    let begun = Moment::parse(&clock.started);
    if !begun.is_some_and(|begun| read.manifest.period.is_of(begun)) {
        let says = format!(
            "the run of {} does not fall into its period, {}",
            excerpt(&clock.started),
            excerpt(&read.manifest.period.label)
        );
        return Err(Fault::new(says));
    }
    match suffix(&bundle.name) {
        Some(suffix) if suffix == read.own.short() => Ok("the directory's name ends in its digest"),
        Some(_) => Err(Fault::new("the directory has the name of another run")),
        None => Ok("the directory has a name of its own"),
    }
}

/// The digits in which the name of a run ends: `20261122T140307Z-3f9c1a2b7d40`.
fn suffix(name: &str) -> Option<&str> {
    let (time, digits) = name.split_once('-')?;
    let shaped = time.len() == 16
        && time.ends_with('Z')
        && digits.len() == 12
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    shaped.then_some(digits)
}

/// Step 5.
pub(super) fn attestation(
    bundle: &Bundle,
    read: &Read,
    by: Option<&Signed>,
    (trust, at): (&Trust<'_>, Moment),
    findings: &mut Findings,
) {
    let Some(bytes) = bundle.bytes(ATTESTATION) else {
        if by.is_some() {
            findings.failed(5, format!("there is no {ATTESTATION}"));
        } else {
            findings.not_checked(5, "unsigned");
        }
        return;
    };
    match attested(bundle, bytes, read, by, (trust, at)) {
        Err(fault) => findings.failed(5, fault.0),
        Ok(Attested::Unknown) => {
            let says = "agrees with the manifest; whose key it is, is not established";
            findings.not_checked(5, says);
        }
        Ok(Attested::By(who)) => {
            let subject = &read.manifest.subject;
            let short = |name: &str| name.chars().take(12).collect::<String>();
            let binds = match (&subject.commit, &subject.worktree_tree) {
                (Some(commit), _) if !subject.dirty => format!("binds commit {}", short(commit)),
                (_, Some(tree)) => format!("binds tree {}", short(tree)),
                _ => "binds no commit".to_owned(),
            };
            let who = who.map_or_else(|| "same key".to_owned(), |who| format!("by {who}"));
            findings.held(5, format!("{who}, {binds}"));
        }
    }
}

/// Who signed a statement.
enum Attested {
    /// Somebody of whom nothing is known.
    Unknown,
    /// Whoever signed the list, with the same key, or another who may sign.
    By(Option<String>),
}

/// What a statement says is looked at in any case; whether the key that signed it is trusted, where
/// that is known.
fn attested(
    bundle: &Bundle,
    bytes: &[u8],
    read: &Read,
    by: Option<&Signed>,
    (trust, at): (&Trust<'_>, Moment),
) -> Result<Attested, Fault> {
    let envelope: Envelope = canonical::exact_line(bytes)?;
    let who = attestor(&envelope, by, (trust, at))?;
    let expected = canonical::bytes(&read.manifest.statement(read.own, read.sums));
    if expected.is_ok_and(|expected| envelope.unverified().as_ref() != Ok(&expected)) {
        return Err(Fault::new("the statement is not what the manifest says"));
    }
    let wrapped = bundle
        .bytes(WRAPPED)
        .ok_or_else(|| Fault::new(format!("there is no {WRAPPED}")))?;
    canonical::exact_line::<Wrapped>(wrapped)?.holds(&envelope)?;
    Ok(who)
}

/// Who signed an envelope: the key that signed the list, or else one that may sign.
fn attestor(
    envelope: &Envelope,
    by: Option<&Signed>,
    (trust, at): (&Trust<'_>, Moment),
) -> Result<Attested, Fault> {
    let trusted = by.is_some_and(|by| by.trusted);
    let known = |who| {
        if trusted {
            Attested::By(who)
        } else {
            Attested::Unknown
        }
    };
    let own = by.and_then(Signed::public);
    let verified = own.map(|key| envelope.verified(&key).map(|_| ()));
    if verified == Some(Ok(())) {
        return Ok(known(None));
    }
    // A person may sign the list with a key on a token: the statement is then by another key.
    if let Some(signers) = &trust.signers {
        let may = signers.signers.iter().filter_map(|signer| {
            let key = PublicKey::from_ssh_blob(&signer.key)?;
            let found = signers.find(&signer.key, NAMESPACE, at).ok()?;
            Some((key, found))
        });
        for (key, found) in may {
            if envelope.verified(&key).is_ok() {
                return Ok(known(Some(excerpt(&found.principals))));
            }
        }
    }
    match verified {
        Some(Err(fault)) => Err(fault),
        _ => Ok(Attested::Unknown),
    }
}

/// Step 6.
pub(super) fn catalogue(read: &Read, trust: &Trust<'_>, findings: &mut Findings) {
    let manifest = &read.manifest;
    let (catalogue, configuration) = manifest.definitions();
    let own = manifest.catalog.sha256;
    if catalogue != own || configuration != manifest.config_sha256 {
        let says = "the controls in the bundle are not those that the manifest names";
        return findings.failed(6, says);
    }
    match trust.catalogue {
        None => findings.not_checked(6, format!("{own}: give --catalogue SHA256")),
        Some(approved) if approved == own => {
            findings.held(6, format!("{}, the one you approved", own.short()));
        }
        Some(approved) => findings.failed(6, format!("expected {approved}, found {own}")),
    }
}

/// Step 7.
pub(super) fn commit(read: &Read, trust: &Trust<'_>, findings: &mut Findings) {
    let subject = &read.manifest.subject;
    let trees = (&subject.head_tree, &subject.worktree_tree);
    if !subject.dirty && matches!(trees, (Some(of_commit), Some(found)) if of_commit != found) {
        let says = "the manifest says that nothing was changed, and names another tree";
        return findings.failed(7, says);
    }
    let Some(clone) = trust.clone else {
        return findings.not_checked(7, "give --git CLONE");
    };
    let (Some(commit), Some(tree)) = (&subject.commit, &subject.head_tree) else {
        return findings.not_checked(7, "the run is of no commit");
    };
    match in_clone(read, clone, commit, tree) {
        Err(fault) => findings.failed(7, fault.0),
        Ok(_) if subject.dirty => {
            let says = "the files were changed: the commit is not what was examined";
            findings.not_checked(7, says);
        }
        Ok(files) => {
            let short: String = commit.chars().take(12).collect();
            let says = format!("{short} in your clone, with {files} files of it as sealed");
            findings.held(7, says);
        }
    }
}

/// Looks whether the commit has that tree, and the evidence that is said to be of the commit is.
fn in_clone(read: &Read, clone: &Repository, commit: &str, tree: &str) -> Result<usize, Fault> {
    let missing = || Fault::new(format!("your clone has no commit {}", excerpt(commit)));
    let past = clone.past(commit, &[]).ok_or_else(missing)?;
    if clone.tree_of(commit).as_deref() != Some(tree) {
        return Err(Fault::new("the commit has another tree in your clone"));
    }
    let subject = &read.manifest.subject;
    let mut files = 0;
    for file in &read.manifest.files {
        let Some(origin) = file.origin.as_ref().filter(|_| file.redaction.is_none()) else {
            continue;
        };
        let mut entries = past.entries.iter();
        let entry = entries.find(|entry| entry.path == origin.source);
        // Where nothing was changed, a file of the commit is as the commit has it, whatever is said.
        let clean = !subject.dirty && origin.source.starts_with(&subject.scope);
        let named = origin.tracked || clean && entry.is_some_and(TreeEntry::is_file);
        if !named {
            continue;
        }
        let bytes = entry.and_then(|entry| clone.blob(&entry.object));
        if bytes.is_none_or(|bytes| sha256(&bytes) != file.sha256) {
            let says = format!("{} is not as the commit has it", excerpt(&origin.source));
            return Err(Fault::new(says));
        }
        files += 1;
    }
    Ok(files)
}
