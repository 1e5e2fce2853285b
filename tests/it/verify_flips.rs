//! Each byte of a small bundle and of its ledger is changed, one at a time: verification fails every
//! time.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use audit::model::time::Moment;
use audit::seal::Manifest;
use audit::seal::ledger::entry::RunEntry;
use audit::seal::ledger::proof::Proof;
use audit::seal::ledger::store::go_on;
use audit::seal::ledger::{Kind, Ledger};
use audit::seal::sign::{AllowedSigners, NAMESPACE};
use audit::seal::verify::{Trust, Verdict, verify_files};
use audit::tree::digest::sha256;
use audit::tree::handed::{Handed, Held};
use rayon::prelude::*;

use crate::support::{Scratch, files};
use crate::verify_fixture::{NOW, bundle, key, sealed};
use crate::verify_insider::{Files, signed};

/// When it is sealed.
const SEALED: &str = "2026-11-22T14:03:07Z";

/// A bundle with few and short files, signed as any other.
fn small(from: &Path) -> (String, Manifest, Files) {
    let whole = files(from);
    let mut manifest = Manifest::parse(&whole["manifest.json"]).expect("a manifest");
    let mut controls = 0;
    manifest.files.retain(|file| {
        controls += usize::from(file.role == "definition");
        file.size < 900 && (file.role != "definition" || controls < 30)
    });
    (manifest.catalog.sha256, manifest.config_sha256) = manifest.definitions();
    manifest.results.controls.truncate(2);
    for result in &mut manifest.results.controls {
        result.evidence.clear();
    }
    manifest.ledger_before = None;
    SEALED.clone_into(&mut manifest.clock.finished);
    let mut kept: Files = manifest
        .files
        .iter()
        .map(|file| (file.path.clone(), whole[&file.path].clone()))
        .collect();
    kept.insert("manifest.json".to_owned(), manifest.bytes().expect("JSON"));
    let own = sha256(&kept["manifest.json"]);
    let around = signed(&kept, &manifest, &key());
    kept.extend(around);
    (format!("20261122T140307Z-{}", own.short()), manifest, kept)
}

/// Enters it in a ledger of its own, and adds the proof.
fn entered(scratch: &Scratch, name: &str, manifest: &Manifest, kept: &mut Files) -> Files {
    let out = scratch.path("small");
    fs::create_dir_all(&out).expect("a folder");
    let mut ledger = Ledger::open(&out, Duration::ZERO).expect("a ledger");
    let run = RunEntry {
        run_id: name.to_owned(),
        period: manifest.period.label.clone(),
        manifest_sha256: sha256(&kept["manifest.json"]),
        sums_sha256: sha256(&kept["SHA256SUMS"]),
        attestation_sha256: sha256(&kept["attestation.dsse.json"]),
        commit: manifest.subject.commit.clone(),
        catalog_sha256: manifest.catalog.sha256,
        result: manifest.result().to_owned(),
    };
    let time = Moment::parse(SEALED).expect("a moment");
    let kind = Kind::Run(Box::new(run));
    let added = ledger
        .append(kind, time, (&[&key()], "acme/w"), &go_on)
        .expect("an entry");
    let proof = Proof::of(&ledger.history.lines, 0, &added.checkpoint).expect("a proof");
    kept.insert("run.tlog-proof".to_owned(), proof.text().into_bytes());
    let mut ledger = files(&out);
    ledger.retain(|path, _| {
        ["entries.jsonl", "checkpoint", "00000001"].contains(&path.rsplit('/').next().unwrap_or(""))
    });
    ledger
}

fn handed(files: &Files) -> Handed {
    let held = |bytes: &Vec<u8>| Held {
        sha256: Some(sha256(bytes)),
        size: bytes.len() as u64,
        bytes: Some(bytes.clone()),
    };
    Handed {
        files: files
            .iter()
            .map(|(path, bytes)| (path.clone(), held(bytes)))
            .collect(),
    }
}

fn trust(ledger: &Files) -> Trust<'static> {
    let line = format!(
        "audit namespaces=\"{NAMESPACE}\" {}",
        key().public().ssh_line()
    );
    Trust {
        signers: Some(AllowedSigners::parse(&line)),
        signer: None,
        log: Some(("acme/w/audit-ledger".to_owned(), key().public())),
        tsa: None,
        since: Some(ledger["ledger/checkpoint"].clone()),
        catalogue: None,
        clone: None,
        expect: None,
        countersigned: None,
        without: BTreeSet::from([10]),
        now: Moment::parse(NOW).expect("a moment"),
    }
}

#[test]
fn every_change_of_a_byte_is_found() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let (name, manifest, mut kept) = small(&bundle(&root, 0));
    let ledger = entered(&scratch, &name, &manifest, &mut kept);
    let trust = trust(&ledger);
    let look = |kept: &Files, ledger: &Files| {
        verify_files(&name, handed(kept), Some(handed(ledger)), &trust)
    };
    let whole = look(&kept, &ledger);
    assert_eq!(whole.verdict, Verdict::Held, "{whole:?}");
    let alone = verify_files(&name, handed(&kept), None, &trust);
    assert_eq!(alone.verdict, Verdict::TrustNotEstablished, "{alone:?}");

    let all = kept.iter().chain(&ledger);
    let places: Vec<(&String, usize)> = all
        .flat_map(|(path, bytes)| (0..bytes.len()).map(move |at| (path, at)))
        .collect();
    assert!(
        (5_000..40_000).contains(&places.len()),
        "{} bytes",
        places.len()
    );
    let missed: Vec<&(&String, usize)> = places
        .par_iter()
        .filter(|(path, at)| {
            let (mut kept, mut ledger) = (kept.clone(), ledger.clone());
            let files = if kept.contains_key(*path) {
                &mut kept
            } else {
                &mut ledger
            };
            let bytes = files.get_mut(*path).expect("a file");
            bytes[*at] ^= 1 << (at % 8);
            look(&kept, &ledger).verdict != Verdict::Failed
        })
        .collect();
    assert!(
        missed.is_empty(),
        "{} not found, such as {:?}",
        missed.len(),
        missed.first()
    );
}
