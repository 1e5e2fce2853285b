//! Steps 2 and 3: the files against the list of their digests.

use std::collections::BTreeMap;

use super::Findings;
use super::target::Bundle;
use crate::model::exhibit::Digest;
use crate::model::text::excerpt;
use crate::seal::Fault;
use crate::seal::ledger::store::PROOF;
use crate::seal::store::{ATTESTATION, SIGNATURE, SUMS, WRAPPED};

/// Reads `SHA256SUMS`, in the one form in which it is written.
///
/// # Errors
/// Any other form.
pub(in crate::seal) fn parse(bytes: &[u8]) -> Result<BTreeMap<&str, Digest>, Fault> {
    let wrong = |says: String| Fault::new(format!("{SUMS}: {says}"));
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("expected text".to_owned()))?;
    let text = text
        .strip_suffix('\n')
        .ok_or_else(|| wrong("expected a line end at its end".to_owned()))?;
    let mut listed = BTreeMap::new();
    let mut last = "";
    for (at, line) in text.split('\n').enumerate() {
        let parts = line.split_once("  ");
        let parts = parts.and_then(|(digest, path)| Some((Digest::parse(digest)?, path)));
        let Some((digest, path)) = parts.filter(|(_, path)| is_plain(path)) else {
            let says = format!("line {}: expected a digest, two spaces and a path", at + 1);
            return Err(wrong(says));
        };
        if path <= last {
            return Err(wrong(format!(
                "line {}: expected paths in their order",
                at + 1
            )));
        }
        last = path;
        listed.insert(path, digest);
    }
    Ok(listed)
}

/// Whether a path is one that stays inside and that every shell writes as it is.
fn is_plain(path: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.bytes()
        .all(|byte| byte >= b' ' && byte != b'\\' && byte != 0x7f)
        && path.split('/').all(part)
}

/// What may lie beside the list: what was made from it later, and nothing else.
fn may_lie_beside(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    let who = path
        .strip_prefix("countersign-")
        .and_then(|rest| rest.strip_suffix(".sig"));
    [SUMS, SIGNATURE, ATTESTATION, WRAPPED, PROOF].contains(&path)
        || who.is_some_and(|who| !who.is_empty() && who.chars().all(plain))
}

/// Looks whether all that is listed is there, unchanged, and nothing else.
pub(super) fn listed(bundle: &Bundle, findings: &mut Findings) {
    let listed = match bundle.bytes(SUMS).map(parse) {
        None => {
            let says = format!("there is no {SUMS} that can be read");
            findings.failed(2, says.clone());
            return findings.failed(3, says);
        }
        Some(Err(fault)) => {
            findings.failed(2, fault.0.clone());
            return findings.failed(3, fault.0);
        }
        Some(Ok(listed)) => listed,
    };
    let mut changed = Vec::new();
    for (path, expected) in &listed {
        match bundle.files.files.get(*path) {
            None => changed.push(format!("{} is missing", excerpt(path))),
            Some(held) if held.sha256 == Some(*expected) => {}
            Some(held) => changed.push(match held.sha256 {
                None => format!("{} is no plain file", excerpt(path)),
                Some(found) => {
                    format!("{}: expected {expected}, found {found}", excerpt(path))
                }
            }),
        }
    }
    match changed.as_slice() {
        [] => findings.held(2, format!("{} of {}", listed.len(), listed.len())),
        [first, ..] => {
            let says = format!("{} of {}: {first}", changed.len(), listed.len());
            findings.failed(2, says);
        }
    }
    let files = bundle.files.files.iter();
    let added: Vec<String> = files
        .filter(|(path, held)| {
            let beside = may_lie_beside(path) && held.sha256.is_some();
            !beside && !listed.contains_key(path.as_str())
        })
        .map(|(path, _)| excerpt(path))
        .collect();
    match added.as_slice() {
        [] => findings.held(3, "nothing beside the list but what may stand there"),
        [first, ..] => findings.failed(3, format!("{} added: {first}", added.len())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_is_read_in_one_form_only() {
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let right = format!("{digest}  a/b\n{digest}  c d\n");
        assert_eq!(parse(right.as_bytes()).map(|it| it.len()), Ok(2));
        for wrong in [
            "",
            "\n",
            right.trim_end(),
            &right.replace("  a", " *a"),
            &right.replace("a/b", "../b"),
            &right.replace("a/b", "/b"),
            &right.replace("a/b", "c d"),
            &right.replace("a/b", "z"),
            &right.replace("a/b", "a\\b"),
            &right.replace("a/b", "a\rb"),
            &right.to_uppercase(),
            &format!("\\{right}"),
        ] {
            assert!(parse(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn only_what_was_made_from_the_list_may_lie_beside_it() {
        for right in [
            "SHA256SUMS.sig",
            "attestation.dsse.json",
            "countersign-a@b.example.sig",
        ] {
            assert!(may_lie_beside(right), "{right}");
        }
        for wrong in [
            "x.sig",
            "evidence/SHA256SUMS.sig",
            "attestation.x",
            "countersign-.sig",
            "countersign-a/b.sig",
        ] {
            assert!(!may_lie_beside(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
