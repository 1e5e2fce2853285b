//! Steps 1 and 12: who signed the list, and who else.

use std::collections::BTreeSet;

use super::target::Bundle;
use super::{Findings, Trust};
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::seal::sign::sshsig::{SshSignature, Unverified};
use crate::seal::sign::{NAMESPACE, PublicKey};
use crate::seal::store::{SIGNATURE, SUMS};

/// A signature that is one of the list by the key that it names.
#[derive(Debug)]
pub(super) struct Signed {
    /// The key.
    pub(super) key: Vec<u8>,
    /// Whose it is, as far as that is trusted.
    pub(super) who: String,
    /// Whether an allowed signer made it.
    pub(super) trusted: bool,
}

impl Signed {
    /// The key, where it is a plain one that signs statements, too.
    pub(super) fn public(&self) -> Option<PublicKey> {
        PublicKey::from_ssh_blob(&self.key)
    }
}

/// Step 1. Answers with the signature where it is one of the list, whoever made it.
pub(super) fn signed(
    bundle: &Bundle,
    trust: &Trust<'_>,
    at: Moment,
    findings: &mut Findings,
) -> Option<Signed> {
    let Some(sums) = bundle.bytes(SUMS) else {
        findings.failed(1, format!("there is no {SUMS}"));
        return None;
    };
    let Some(signature) = bundle.bytes(SIGNATURE) else {
        if trust.signers.is_some() {
            findings.failed(1, "unsigned: a signature is expected, and there is none");
        } else {
            findings.not_checked(1, "unsigned");
        }
        return None;
    };
    let read = match SshSignature::parse(signature) {
        Ok(read) => read,
        Err(fault) => {
            findings.failed(1, fault.0);
            return None;
        }
    };
    match read.verify(NAMESPACE, sums) {
        Ok(()) => {}
        Err(Unverified::Wrong(fault)) => {
            findings.failed(1, fault.0);
            return None;
        }
        Err(Unverified::Unknown(kind)) => {
            let says = format!("a key of the kind {kind}: ask ssh-keygen -Y verify");
            findings.not_checked(1, says);
            return None;
        }
    }
    let signed = Signed {
        key: read.key,
        who: String::new(),
        trusted: false,
    };
    Some(trusted(signed, trust, at, findings))
}

/// Whether an allowed signer made a signature of the list.
fn trusted(mut signed: Signed, trust: &Trust<'_>, at: Moment, findings: &mut Findings) -> Signed {
    let Some(signers) = &trust.signers else {
        let says = "give --trust; a key found inside proves nothing";
        findings.not_checked(1, says);
        return signed;
    };
    match signers.find(&signed.key, NAMESPACE, at) {
        Err(fault) => findings.failed(1, fault.0),
        Ok(found) => {
            signed.who = excerpt(&found.principals);
            let wanted = trust.signer.as_ref();
            let is_wanted = |name: &String| found.principals.split(',').any(|it| it == name);
            if wanted.is_some_and(|name| !is_wanted(name)) {
                let wanted = wanted.map_or("", |it| it);
                let says = format!("expected {wanted}, found {}", signed.who);
                findings.failed(1, says);
            } else {
                signed.trusted = true;
                findings.held(1, format!("{}, valid on {}", signed.who, at.day()));
            }
        }
    }
    signed
}

/// The names in a list of principals.
fn names(principals: &str) -> Vec<String> {
    principals.split(',').map(str::to_owned).collect()
}

/// Step 12.
pub(super) fn countersigned(
    bundle: &Bundle,
    trust: &Trust<'_>,
    (by, at): (Option<&Signed>, Moment),
    findings: &mut Findings,
) {
    let sums = bundle.bytes(SUMS).unwrap_or_default();
    // The key of somebody who signed, or a second key of theirs, is nobody else.
    let find = |key: &[u8]| {
        let signers = trust.signers.as_ref();
        signers.and_then(|it| it.find(key, NAMESPACE, at).ok())
    };
    let signer = by.and_then(|by| find(&by.key));
    // Of a signature by a kind of key that cannot be verified here, nobody knows whose it is.
    let nobody = by.is_none() && bundle.files.files.contains_key(SIGNATURE);
    let mut counted: BTreeSet<String> = signer
        .iter()
        .flat_map(|found| names(&found.principals))
        .collect();
    let mut who = Vec::new();
    let mut unknown = 0;
    let files = bundle.files.files.keys();
    for path in files.filter(|path| path.starts_with("countersign-")) {
        let bytes = bundle.bytes(path).unwrap_or_default();
        let read = match SshSignature::parse(bytes) {
            Ok(read) => read,
            Err(fault) => return findings.failed(12, format!("{}: {fault}", excerpt(path))),
        };
        match read.verify(NAMESPACE, sums) {
            Ok(()) => {}
            Err(Unverified::Wrong(fault)) => {
                return findings.failed(12, format!("{}: {fault}", excerpt(path)));
            }
            Err(Unverified::Unknown(_)) => {
                unknown += 1;
                continue;
            }
        }
        let Some(found) = find(&read.key) else {
            continue;
        };
        let principals = names(&found.principals);
        if !principals.iter().any(|name| counted.contains(name)) {
            who.push(excerpt(&found.principals));
            counted.extend(principals);
        }
    }
    let found = if unknown > 0 {
        format!(
            "{}, and {unknown} by keys of another kind: ask ssh-keygen -Y verify",
            who.len()
        )
    } else {
        who.len().to_string()
    };
    match trust.countersigned {
        None => findings.not_checked(12, "none asked for: --require-countersign N"),
        Some(wanted) if who.len() >= wanted && wanted > 0 && nobody => {
            let says = "whether it is another who signed the list is not established";
            findings.not_checked(12, format!("{}: {says}", who.join(", ")));
        }
        Some(wanted) if who.len() >= wanted && wanted > 0 => findings.held(12, who.join(", ")),
        Some(wanted) => findings.failed(
            12,
            format!("expected {wanted} by other signers, found {found}"),
        ),
    }
}
