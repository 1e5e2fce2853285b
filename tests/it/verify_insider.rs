//! Whoever holds the key of a ledger and makes forgeries that agree with themselves: a bundle is
//! listed and signed anew, and the ledger is written anew around it.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests change files")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use audit::seal::ledger::checkpoint::root_text;
use audit::seal::ledger::entry::{Read, RunEntry};
use audit::seal::ledger::proof::Proof;
use audit::seal::ledger::{Checkpoint, Entry, History, Kind};
use audit::seal::sign::sigstore::Wrapped;
use audit::seal::sign::{Key, NAMESPACE, dsse, sshsig};
use audit::seal::{Manifest, canonical};
use audit::tree::digest::sha256;

use crate::support::{Scratch, read, write};
use crate::verify_fixture::{Steps, bundle, entries, key, sealed, verified};

/// The files of a bundle by their paths.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The list of the files of a bundle with its signature and its statement, in both wrappers.
pub(crate) fn signed(kept: &Files, manifest: &Manifest, key: &Key) -> Files {
    let mut sums = String::new();
    for (path, bytes) in kept {
        let _ = writeln!(sums, "{}  {path}", sha256(bytes));
    }
    let own = sha256(&kept["manifest.json"]);
    let statement = manifest.statement(own, sha256(sums.as_bytes()));
    let payload = canonical::bytes(&statement).expect("JSON");
    let mut files = attested(&payload, key);
    let signature = sshsig::sign(key, NAMESPACE, sums.as_bytes());
    files.insert("SHA256SUMS.sig".to_owned(), signature.into_bytes());
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    files
}

/// A statement, signed, in both wrappers.
pub(crate) fn attested(payload: &[u8], key: &Key) -> Files {
    let envelope = dsse::sign(key, payload);
    let line = canonical::line(&envelope).expect("JSON");
    let wrapped = canonical::line(&Wrapped::of(&envelope)).expect("JSON");
    Files::from([
        ("attestation.dsse.json".to_owned(), line),
        ("attestation.sigstore.json".to_owned(), wrapped),
    ])
}

/// Writes files into a folder.
pub(crate) fn place(folder: &Path, files: &Files) {
    for (path, bytes) in files {
        fs::write(folder.join(path), bytes).expect("a file");
    }
}

pub(crate) fn manifest_of(bundle: &Path) -> Manifest {
    Manifest::parse(read(&bundle.join("manifest.json")).as_bytes()).expect("a manifest")
}

/// Lists the files of a bundle anew as they lie there, evidence under its digest, and signs it all.
/// What `edit` makes of the manifest at the end stands as it is. The folder gets the name of its
/// digest.
pub(crate) fn resealed(bundle: &Path, edit: impl FnOnce(&mut Manifest)) -> PathBuf {
    let mut manifest = manifest_of(bundle);
    for file in &mut manifest.files {
        let bytes = fs::read(bundle.join(&file.path)).expect("a file");
        if sha256(&bytes) == file.sha256 {
            continue;
        }
        (file.sha256, file.size) = (sha256(&bytes), bytes.len() as u64);
        if file.role == "evidence" {
            let name = file.path.split_once('-').expect("a name of evidence").1;
            let digits: String = file.sha256.to_string().chars().take(16).collect();
            let path = format!("evidence/{digits}-{name}");
            fs::rename(bundle.join(&file.path), bundle.join(&path)).expect("a file");
            let results = manifest.results.controls.iter_mut();
            for named in results.flat_map(|it| &mut it.evidence) {
                if *named == file.path {
                    named.clone_from(&path);
                }
            }
            file.path = path;
        }
    }
    (manifest.catalog.sha256, manifest.config_sha256) = manifest.definitions();
    edit(&mut manifest);
    let mut kept = Files::new();
    for file in &manifest.files {
        let bytes = fs::read(bundle.join(&file.path)).expect("a file");
        kept.insert(file.path.clone(), bytes);
    }
    kept.insert("manifest.json".to_owned(), manifest.bytes().expect("JSON"));
    place(
        bundle,
        &Files::from([("manifest.json".to_owned(), kept["manifest.json"].clone())]),
    );
    place(bundle, &signed(&kept, &manifest, &key()));
    let old = name_of(bundle);
    let (time, _) = old.split_once('-').expect("a name of a run");
    let own = sha256(&kept["manifest.json"]);
    let into = bundle.with_file_name(format!("{time}-{}", own.short()));
    fs::rename(bundle, &into).expect("a folder");
    into
}

pub(crate) fn name_of(bundle: &Path) -> String {
    let name = bundle.file_name().expect("a name");
    name.to_string_lossy().into_owned()
}

/// What the entry of a bundle says, as it lies there.
pub(crate) fn run_of(bundle: &Path, period: &str) -> RunEntry {
    let manifest = manifest_of(bundle);
    let digest = |name: &str| sha256(&fs::read(bundle.join(name)).expect("a file"));
    RunEntry {
        run_id: name_of(bundle),
        period: period.to_owned(),
        manifest_sha256: digest("manifest.json"),
        sums_sha256: digest("SHA256SUMS"),
        attestation_sha256: digest("attestation.dsse.json"),
        commit: manifest.subject.commit.clone(),
        catalog_sha256: manifest.catalog.sha256,
        result: manifest.result().to_owned(),
    }
}

/// Enters a bundle in the place of the newest run.
pub(crate) fn reentered(root: &Path, bundle: &Path) {
    rewritten(root, |entries| {
        let entry = entries.last_mut().expect("an entry");
        if let Kind::Run(run) = &mut entry.kind {
            **run = run_of(bundle, &manifest_of(bundle).period.label);
        }
    });
}

/// Writes the ledger anew with other entries: each names the root over those before it.
pub(crate) fn rewritten(root: &Path, edit: impl FnOnce(&mut Vec<Entry>)) {
    written(root, edit, |_, _| {});
}

/// The same, with what is done to each entry once it stands in its place.
pub(crate) fn written(
    root: &Path,
    edit: impl FnOnce(&mut Vec<Entry>),
    placed: impl Fn(u64, &mut Entry),
) {
    let text = read(&entries(root));
    let mut list: Vec<Entry> = text
        .lines()
        .map(|line| match Entry::read(line.as_bytes()) {
            Ok(Read::Known(entry)) => *entry,
            other => panic!("{other:?}"),
        })
        .collect();
    edit(&mut list);
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for (at, entry) in (0_u64..).zip(&mut list) {
        let before = history(&lines);
        (entry.index, entry.prev_root) = (at, root_text(before.root()));
        placed(at, entry);
        lines.push(entry.bytes().expect("JSON"));
        headed(root, &lines);
    }
    for (at, entry) in list.iter().enumerate() {
        let Kind::Run(run) = &entry.kind else {
            continue;
        };
        let head = read(&head_path(root, at + 1));
        let proof = Proof::of(&lines[..=at], at, &head).expect("a proof");
        let folder = root.join("out").join(&run.run_id);
        if folder.exists() {
            write(&folder.join("run.tlog-proof"), &proof.text());
        }
    }
}

fn history(lines: &[Vec<u8>]) -> History {
    let mut bytes = lines.join(&b'\n');
    if !bytes.is_empty() {
        bytes.push(b'\n');
    }
    History::read(Some(&bytes), None).expect("entries")
}

/// Where a head lies.
pub(crate) fn head_path(root: &Path, size: usize) -> PathBuf {
    root.join(format!("out/ledger/checkpoints/{size:08}"))
}

/// Writes entries and signs the head over them.
pub(crate) fn headed(root: &Path, lines: &[Vec<u8>]) {
    let (old, _) = Checkpoint::parse(read(&root.join("out/ledger/checkpoint")).as_bytes())
        .expect("the head of a ledger");
    let head = Checkpoint {
        origin: old.origin,
        size: lines.len() as u64,
        root: history(lines).root(),
    };
    let text = head.signed(&[&key()]);
    write(&head_path(root, lines.len()), &text);
    write(&root.join("out/ledger/checkpoint"), &text);
    let mut bytes = lines.join(&b'\n');
    bytes.push(b'\n');
    fs::write(entries(root), bytes).expect("entries");
}

/// A sealed ledger of an auditor who looked last when there were two entries, so that the third is
/// news, and nobody has stamped it.
pub(crate) fn unseen(scratch: &Scratch) -> PathBuf {
    let root = sealed(scratch);
    fs::copy(head_path(&root, 2), root.join("trust/checkpoint")).expect("a copy");
    for ending in ["tsr", "tsq"] {
        fs::remove_file(head_path(&root, 3).with_extension(ending)).expect("a file");
    }
    root
}

/// Forges the newest run of such a ledger, and looks that these steps fail, and no others, on its
/// bundle and on the whole ledger.
pub(crate) fn only(steps: &[u64], what: &str, more: &[&str], forge: impl FnOnce(&Path)) -> Steps {
    let scratch = Scratch::new();
    let root = unseen(&scratch);
    forge(&root);
    let newest = bundle(&root, 2);
    let mut found = Steps::new();
    for place in [root.join("out"), newest] {
        let more = [&["--without", "10"], more].concat();
        let (code, all) = verified(&root, &place, &more);
        let failed: Vec<u64> = all
            .iter()
            .filter(|(_, (state, _))| state == "failed")
            .map(|(step, _)| *step)
            .collect();
        assert_eq!(failed, steps, "{what}: {}: {all:?}", place.display());
        let expected = if steps.is_empty() { Some(0) } else { Some(4) };
        assert_eq!(code, expected, "{what}: {all:?}");
        found = all;
    }
    found
}

/// The same for a bundle that is listed and signed anew, and entered.
pub(crate) fn forged(
    steps: &[u64],
    what: &str,
    change: impl FnOnce(&Path),
    edit: impl FnOnce(&mut Manifest),
) -> Steps {
    only(steps, what, &[], |root| {
        let newest = bundle(root, 2);
        change(&newest);
        reentered(root, &resealed(&newest, edit));
    })
}

/// The run of the newest entry.
pub(crate) fn newest(entries: &mut [Entry]) -> &mut RunEntry {
    match entries.last_mut().map(|entry| &mut entry.kind) {
        Some(Kind::Run(run)) => run,
        other => panic!("{other:?}"),
    }
}

/// The lines of a ledger.
pub(crate) fn lines_of(root: &Path) -> Vec<String> {
    read(&entries(root)).lines().map(str::to_owned).collect()
}
