//! What a verifier is handed: manifests, envelopes, signatures, ledgers, stamps and archives that
//! anybody can have written.

use std::collections::BTreeSet;

use audit::model::exhibit::Digest;
use audit::model::time::Moment;
use audit::seal::Manifest;
use audit::seal::canonical;
use audit::seal::ledger::note::{self, Note};
use audit::seal::ledger::proof::Proof;
use audit::seal::ledger::{Checkpoint, Entry, History, Kind, checkpoint, tree};
use audit::seal::sign::dsse::{self, Envelope};
use audit::seal::sign::sshsig::{self, SshSignature};
use audit::seal::sign::{AllowedSigners, Key, PublicKey, pem};
use audit::seal::timestamp::Stamp;
use audit::seal::timestamp::request::Request;
use audit::seal::verify::{Trust, Verdict, verify};
use audit::tree::digest::sha256;
use audit::tree::handed::Handed;

use crate::folder;

/// What the only key that is trusted here signed, for a purpose.
const SIGNED: &str = "signed\n";
const TEXT: &str = "text\n";
const NAMESPACE: &str = "audit-evidence";
const ORIGIN: &str = "acme.example/ledger";

fn key() -> Key {
    Key::from_seed(&[7; 32])
}

fn moment() -> Moment {
    Moment::from_epoch(1_795_000_000).expect("a moment")
}

/// Looks at a file; the first byte says as what.
pub fn look(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    match which % 10 {
        0 => manifest(bytes),
        1 => envelope(bytes),
        2 => signature(bytes),
        3 => signed_note(bytes),
        4 => ledger(bytes),
        5 => proof(bytes),
        6 => stamp(bytes),
        7 => archive(bytes),
        8 => keys(bytes),
        _ => signers(bytes),
    }
}

/// A manifest is written in one way only.
fn manifest(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert_eq!(
            manifest.bytes().expect("JSON"),
            bytes,
            "two ways to write a manifest"
        );
        let _ = (manifest.definitions(), manifest.result());
        let _ = manifest.statement(Digest([1; 32]), Digest([2; 32]));
    }
}

/// Nothing is verified but what was signed.
fn envelope(bytes: &[u8]) {
    if let Ok(envelope) = canonical::parsed::<Envelope>(bytes)
        && let Ok(payload) = envelope.verified(&key().public())
    {
        assert_eq!(payload, SIGNED.as_bytes(), "nobody signed this");
    }
}

fn signature(bytes: &[u8]) {
    if let Ok(signature) = SshSignature::parse(bytes) {
        let trusted = signature.public() == Some(key().public());
        let verified = signature.verify(NAMESPACE, SIGNED.as_bytes()).is_ok();
        assert!(
            signature.verify(NAMESPACE, b"other").is_err() || !trusted,
            "nobody signed this"
        );
        assert!(
            signature.verify("other", SIGNED.as_bytes()).is_err() || !trusted,
            "another purpose"
        );
        assert!(
            !verified || signature.namespace == NAMESPACE,
            "another purpose"
        );
    }
}

fn signed_note(bytes: &[u8]) {
    let known = [(ORIGIN.to_owned(), key().public())];
    if let Ok(note) = Note::parse(bytes) {
        assert!(
            bytes.starts_with(note.text.as_bytes()),
            "a text that nobody wrote"
        );
        if note.verify(&known).is_ok() {
            let signed = [head().text(), ledger_of_three().1.text(), TEXT.to_owned()];
            assert!(
                signed.contains(&note.text),
                "nobody signed this: {}",
                note.text
            );
        }
    }
    if let Ok((head, note)) = Checkpoint::parse(bytes) {
        assert!(
            note.text.starts_with(&head.text()),
            "another head than the one that is signed"
        );
    }
    if let Ok((found, by)) = Checkpoint::verified(bytes, &[key().public()]) {
        let signed = [head(), ledger_of_three().1];
        assert!(
            signed.contains(&found) && by == key().public(),
            "nobody signed this: {found:?}"
        );
    }
}

fn head() -> Checkpoint {
    Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 1,
        root: Digest([3; 32]),
    }
}

/// A ledger, and its head behind an empty line of three dashes.
fn ledger(bytes: &[u8]) {
    let at = bytes.windows(5).position(|part| part == b"\n---\n");
    let (lines, head) = match at {
        Some(at) => (&bytes[..=at], Some(&bytes[at + 5..])),
        None => (bytes, None),
    };
    for line in lines.split(|byte| *byte == b'\n') {
        if let Ok(read) = Entry::read(line) {
            let _ = (read.place(), read.run());
        }
    }
    if let Ok(history) = History::read(Some(lines), head) {
        assert_eq!(history.lines.len(), history.leaves.len());
        let size = history.size();
        assert_eq!(
            history.root_of_first(size),
            Some(history.root()),
            "the root over all"
        );
        assert_eq!(
            history.root_of_first(size + 1),
            None,
            "a root over what is not there"
        );
        let _ = (
            history.standing(),
            history.chained().is_ok(),
            history.begun_only(),
        );
        let _ = history.runs().count();
        for at in 0..history.lines.len().min(4) {
            let proof = Proof::of(&history.lines, at, "x\n").expect("an entry that is there");
            let root = proof.root(&history.lines[at], size);
            assert_eq!(root, Some(history.root()), "a proof that leads elsewhere");
        }
    }
}

fn proof(bytes: &[u8]) {
    if let Ok(proof) = Proof::parse(bytes) {
        assert_eq!(proof.text().as_bytes(), bytes, "two ways to write a proof");
        for size in [0, 1, proof.index, proof.index.saturating_add(1), u64::MAX] {
            let root = proof.root(&proof.extra, size);
            assert!(
                root.is_none() || size > proof.index,
                "a proof of an entry that is not there"
            );
        }
    }
}

fn stamp(bytes: &[u8]) {
    if let Ok(stamp) = Stamp::parse(bytes) {
        let other = Digest(stamp.imprint.0.map(|byte| !byte));
        assert!(stamp.is_of(stamp.imprint, None).is_ok() && stamp.is_of(other, None).is_err());
    }
    if let Some(request) = Request::parse(bytes) {
        assert_eq!(request.der(), bytes, "two ways to write a request");
    }
}

/// No name leads out of an archive, digests are those of the bytes, and nothing that was made up is
/// believed.
fn archive(bytes: &[u8]) {
    let path = folder::write("handed.tar", bytes);
    if let Ok(handed) = Handed::of_archive(&path, |_| true) {
        for (name, held) in &handed.files {
            let leads_out = name.split('/').any(|part| matches!(part, "" | "." | ".."));
            assert!(!leads_out && !name.contains('\\'), "{name}");
            if let (Some(bytes), Some(digest)) = (&held.bytes, held.sha256) {
                assert_eq!(sha256(bytes), digest, "{name}");
                assert_eq!(bytes.len() as u64, held.size, "{name}");
            }
        }
    }
    let line = format!(
        "a@b.example namespaces=\"{NAMESPACE}\" {}\n",
        key().public().ssh_line()
    );
    let trust = Trust {
        signers: Some(AllowedSigners::parse(&line)),
        signer: None,
        log: Some((ORIGIN.to_owned(), key().public())),
        tsa: None,
        since: None,
        catalogue: None,
        clone: None,
        expect: None,
        countersigned: None,
        without: BTreeSet::from([10]),
        now: moment(),
    };
    if let Ok(report) = verify(&path, &trust) {
        assert_ne!(report.verdict, Verdict::Held, "{report:?}");
    }
}

fn keys(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        if let Some(key) = PublicKey::from_ssh_blob(bytes) {
            assert_eq!(key.ssh_blob(), bytes, "two ways to write a key");
        }
        return;
    };
    if let Ok(key) = PublicKey::from_pem(text) {
        assert_eq!(PublicKey::from_pem(&key.pem()), Ok(key));
    }
    if let Ok((name, key)) = PublicKey::from_vkey(text) {
        assert_eq!(PublicKey::from_vkey(&key.vkey(&name)), Ok((name, key)));
    }
    if let Ok(key) = Key::from_pem(text) {
        let again = Key::from_pem(&key.pem()).map(|key| key.public());
        assert_eq!(again, Ok(key.public()));
    }
    if let Some(label) = pem::label(text)
        && let Ok(bytes) = pem::read(text, label)
    {
        let again = pem::write(label, &bytes);
        assert_eq!(pem::read(&again, label), Ok(bytes));
    }
}

fn signers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let allowed = AllowedSigners::parse(&text);
    for signer in &allowed.signers {
        let _ = allowed.find(&signer.key, NAMESPACE, moment());
    }
    assert!(
        allowed.find(&[9; 51], NAMESPACE, moment()).is_err(),
        "a key that nobody allowed"
    );
    let _ = audit::seal::sources::read(&text).count();
}

/// One of each, as they are written by the program.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let key = key();
    let envelope = dsse::sign(&key, SIGNED.as_bytes());
    let envelope = canonical::line(&envelope).expect("JSON");
    let (all, newest) = ledger_of_three();
    let ledger: Vec<u8> = all
        .iter()
        .flat_map(|line| [line.as_slice(), b"\n"].concat())
        .collect();
    let signed = newest.signed(&[&key]);
    let whole = [ledger.as_slice(), b"---\n", signed.as_bytes()].concat();
    let proof = Proof::of(&all, 1, &signed).expect("an entry").text();
    let request = Request::with(Digest([5; 32]), [6; 8]);
    let ssh = format!(
        "a@b.example namespaces=\"{NAMESPACE}\" {}\n",
        key.public().ssh_line()
    );
    let seeds: Vec<(u8, &str, Vec<u8>)> = vec![
        (1, "envelope", envelope),
        (
            2,
            "signature",
            sshsig::sign(&key, NAMESPACE, SIGNED.as_bytes()).into_bytes(),
        ),
        (3, "head", head().signed(&[&key]).into_bytes()),
        (3, "note", note::sign(&[&key], ORIGIN, TEXT).into_bytes()),
        (4, "ledger", whole),
        (5, "proof", proof.into_bytes()),
        (6, "request", request.der()),
        (6, "reply", reply(&request)),
        (
            7,
            "archive",
            tar(&[("x/SHA256SUMS", b"a"), ("x/manifest.json", b"{}")]),
        ),
        (8, "key", key.pem().as_bytes().to_vec()),
        (8, "public", key.public().pem().into_bytes()),
        (8, "vkey", key.public().vkey(ORIGIN).into_bytes()),
        (8, "blob", key.public().ssh_blob()),
        (9, "signers", ssh.into_bytes()),
    ];
    seeds
        .into_iter()
        .map(|(which, name, bytes)| (name.to_owned(), [&[which], bytes.as_slice()].concat()))
        .collect()
}

/// The lines of a small ledger, and its head.
fn ledger_of_three() -> (Vec<Vec<u8>>, Checkpoint) {
    let (mut lines, mut leaves) = (Vec::new(), Vec::new());
    for index in 0..3 {
        let started = Kind::RunStarted {
            challenge: None,
            commit: Some("abc".to_owned()),
            catalog_sha256: Digest([4; 32]),
        };
        let before = checkpoint::root_text(tree::root(&leaves));
        let entry = Entry::new(
            index,
            "2026-11-22T14:05:31Z".to_owned(),
            before,
            None,
            started,
        );
        let line = entry.bytes().expect("JSON");
        let line = line.strip_suffix(b"\n").unwrap_or(&line).to_vec();
        leaves.push(tree::leaf(&line));
        lines.push(line);
    }
    let head = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 3,
        root: tree::root(&leaves),
    };
    (lines, head)
}

/// What lies in a folder of evidence, each with the byte that says what it is.
pub fn seed(path: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let which: u8 = match path.rsplit('/').next()? {
        "manifest.json" => 0,
        "attestation.dsse.json" => 1,
        name if name.ends_with(".sig") => 2,
        name if name.ends_with(".tar") => 7,
        name if name.ends_with(".tsr") || name.ends_with(".tsq") => 6,
        _ => return None,
    };
    Some([&[which], bytes].concat())
}

/// An answer to a request, without anybody's signature.
fn reply(request: &Request) -> Vec<u8> {
    use audit::seal::timestamp::der::{tag, value};
    const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    const TST_INFO: &[u8] = &[
        0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04,
    ];
    const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let list = |parts: &[Vec<u8>]| value(tag::SEQUENCE, &parts.concat());
    let number = |bytes: &[u8]| value(tag::INTEGER, bytes);
    let imprint = list(&[
        list(&[value(tag::OID, SHA256)]),
        value(tag::OCTETS, &request.imprint.0),
    ]);
    let info = list(&[
        number(&[1]),
        value(tag::OID, &[0x2a, 3]),
        imprint,
        number(&[9]),
        value(tag::TIME, b"20261122140531Z"),
        number(&request.nonce),
    ]);
    let content = list(&[
        value(tag::OID, TST_INFO),
        value(tag::EXPLICIT, &value(tag::OCTETS, &info)),
    ]);
    let signed = list(&[number(&[3]), value(0x31, &[]), content]);
    let token = list(&[value(tag::OID, SIGNED_DATA), value(tag::EXPLICIT, &signed)]);
    list(&[list(&[number(&[0])]), token])
}

/// A small archive: of each file a header with its sum, and its bytes, in blocks.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in files {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[136..147].copy_from_slice(b"00000000000");
        header[148..156].copy_from_slice(b"        ");
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = header.iter().copied().map(u32::from).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        archive.extend_from_slice(&header);
        archive.extend_from_slice(bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}
