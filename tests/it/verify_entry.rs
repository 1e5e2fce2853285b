//! Step 8: an entry that is not one of its bundle, and proofs that came with a bundle alone.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use audit::seal::ledger::Checkpoint;
use audit::seal::ledger::proof::Proof;
use audit::seal::sign::Key;
use audit::tree::digest::sha256;

use crate::support::{Scratch, copy, read, write};
use crate::verify_fixture::{bundle, key, sealed, verified};
use crate::verify_insider::{forged, head_path, lines_of, name_of, newest, only, rewritten};

#[test]
fn step_8_finds_an_entry_that_says_other_things_than_its_bundle() {
    let steps = only(&[8], "another result", &[], |root| {
        rewritten(root, |entries| {
            "PASSED".clone_into(&mut newest(entries).result);
        });
    });
    assert!(
        steps[&8].1.contains("its entry is not one of this bundle"),
        "{steps:?}"
    );
    only(&[8], "another commit", &[], |root| {
        rewritten(root, |entries| newest(entries).commit = None);
    });
    only(&[8], "other controls", &[], |root| {
        rewritten(root, |entries| newest(entries).catalog_sha256 = sha256(b""));
    });
    // Two runs of a day, of which one is given to a quarter that has none.
    let says = "its entry has another time than 2026-10-10T12:00:00Z";
    let steps = only(&[8], "another time", &[], |root| {
        rewritten(root, |entries| {
            let last = entries.last_mut().expect("an entry");
            "2026-09-30T12:00:00Z".clone_into(&mut last.time);
        });
    });
    assert!(steps[&8].1.contains(says), "{steps:?}");
    let steps = only(&[8], "another quarter", &[], |root| {
        rewritten(root, |entries| {
            "2026-Q3".clone_into(&mut newest(entries).period);
        });
    });
    let says = "its entry has another period than 2026-Q4";
    assert!(steps[&8].1.contains(says), "{steps:?}");
    // The same for a bundle that was sealed at another time than it was entered.
    forged(
        &[8],
        "another end",
        |_| {},
        |manifest| {
            "2026-10-09T12:00:00Z".clone_into(&mut manifest.clock.finished);
        },
    );
}

/// A bundle in a folder of its own, without its ledger.
fn alone(root: &Path) -> PathBuf {
    let one = bundle(root, 2);
    let place = root.join("alone").join(name_of(&one));
    copy(&one, &place);
    place
}

#[test]
fn step_8_finds_a_proof_that_does_not_lead_to_the_head() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let place = alone(&root);
    let path = place.join("run.tlog-proof");
    let text = read(&path);
    let says = |with: &str| {
        write(&path, with);
        let (code, steps) = verified(&root, &place, &["--without", "9,10"]);
        (code, steps[&8].0.clone(), steps[&8].1.clone())
    };
    assert_eq!(
        says(&text),
        (Some(0), "held".to_owned(), "entry 2 of 3".to_owned())
    );
    let proof = || Proof::parse(text.as_bytes()).expect("a proof");
    let mut other = proof();
    other.path[0] = sha256(b"");
    let mut moved = proof();
    moved.index = 1;
    let mut short = proof();
    short.path.pop();
    for wrong in [other, moved, short] {
        let found = says(&wrong.text());
        let expected = "its proof does not lead to the head".to_owned();
        assert_eq!(found, (Some(4), "failed".to_owned(), expected));
    }
    let head = read(&head_path(&root, 3));
    let signed_by = |seed: u8, origin: &str| {
        let (head, _) = Checkpoint::parse(head.as_bytes()).expect("a head");
        let head = Checkpoint {
            origin: origin.to_owned(),
            ..head
        };
        let mut proof = proof();
        proof.checkpoint = head.signed(&[&Key::from_seed(&[seed; 32])]);
        proof.text()
    };
    let own = head.lines().next().expect("an origin");
    for (with, expected) in [
        (
            signed_by(8, own),
            "expected a signature by a known key, found none",
        ),
        (signed_by(7, "acme.example/other"), "expected the ledger "),
        (text.replace("extra ", "extra AAAA"), "expected other JSON"),
        (text.replace("index 2", "index 02"), "expected a proof"),
    ] {
        let (code, state, says) = says(&with);
        assert_eq!((code, state.as_str()), (Some(4), "failed"), "{says}");
        assert!(says.starts_with(expected), "{says}");
    }
}

#[test]
fn step_8_finds_a_proof_of_something_else_or_none() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let place = alone(&root);
    let path = place.join("run.tlog-proof");
    let mut proof = Proof::parse(read(&path).as_bytes()).expect("a proof");
    let mut says = |extra: &str| {
        proof.extra = extra.as_bytes().to_vec();
        write(&path, &proof.text());
        let (code, steps) = verified(&root, &place, &["--without", "9,10"]);
        assert_eq!((code, steps[&8].0.as_str()), (Some(4), "failed"));
        steps[&8].1.clone()
    };
    let first = &lines_of(&root)[0];
    let later = first.replace("\"type\":\"run\"", "\"type\":\"later\"");
    assert_eq!(says(&later), "its proof is of an entry that is no run");
    assert!(says(first).contains("named as another run"));
    fs::remove_file(&path).expect("a file");
    symlink(root.join("nowhere"), &path).expect("a link");
    let (_, steps) = verified(&root, &place, &[]);
    let states = [3, 8].map(|step| steps[&step].0.as_str());
    assert_eq!(
        (states, steps[&8].1.as_str()),
        (["failed"; 2], "its proof cannot be read")
    );
    fs::remove_file(&path).expect("a link");
    let (code, steps) = verified(&root, &place, &["--without", "9,10"]);
    let says = "neither a ledger nor a proof came with it";
    assert_eq!(
        (code, &steps[&8]),
        (Some(5), &("not-checked".to_owned(), says.to_owned()))
    );
    for step in [9, 10, 11] {
        assert_eq!(steps[&step].0, "not-checked", "{steps:?}");
    }
}

#[test]
fn a_run_is_of_the_ledger_that_was_named() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let other = key().public().vkey("other.example/ledger");
    write(&root.join("trust/log.vkey"), &format!("{other}\n"));
    for place in [alone(&root), bundle(&root, 1), root.join("out")] {
        let (code, steps) = verified(&root, &place, &[]);
        assert_eq!(code, Some(4), "{steps:?}");
        let (state, says) = &steps[&8];
        assert_eq!(state, "failed");
        assert!(
            says.contains("expected the ledger other.example/ledger"),
            "{says}"
        );
    }
}
