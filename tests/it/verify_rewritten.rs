//! Steps 9 and 11 of ledgers that whoever holds the key wrote anew, and of files that were put into a
//! ledger or taken out of it.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use audit::model::time::Moment;
use audit::seal::ledger::entry::Action;
use audit::seal::ledger::proof::Proof;
use audit::seal::ledger::store::go_on;
use audit::seal::ledger::{Entry, Kind, Ledger};
use audit::tree::digest::sha256;

use crate::support::{Scratch, copy, read, write};
use crate::verify_fixture::{NOW, bundle, key, ledger, run, sealed, verified};
use crate::verify_insider::{
    forged, head_path, headed, lines_of, name_of, newest, only, resealed, rewritten, run_of,
    unseen, written,
};

#[test]
fn step_9_finds_a_fork_and_says_which_heads_are_gone() {
    // From the second entry on there are two ledgers, both signed.
    for entered in [true, false] {
        let steps = only(&[9], "a fork", &[], |root| {
            let other = root.join("other");
            for name in ["out", "repository"] {
                copy(&root.join(name), &other.join(name));
            }
            fs::copy(root.join("key.pem"), other.join("key.pem")).expect("a copy");
            rewritten(&other, |entries| newest(entries).result.push('X'));
            // The auditor was shown the one, or it was left among the heads of the other.
            if entered {
                let kept = root.join("trust/checkpoint");
                fs::copy(head_path(&other, 3), kept).expect("a copy");
            } else {
                run(root, "2026-11-10T12:00:00Z");
                fs::copy(head_path(&other, 3), head_path(root, 3)).expect("a copy");
            }
        });
        let says = "the first 3 entries are not those that the checkpoint covers";
        assert!(steps[&9].1.ends_with(says), "{steps:?}");
    }
    let scratch = Scratch::new();
    let root = unseen(&scratch);
    let asked = ["--without", "10"];
    for (name, says) in [
        ("00000004", "it covers another number of entries"),
        ("3", "it covers another number of entries"),
    ] {
        let planted = root.join("out/ledger/checkpoints").join(name);
        fs::copy(head_path(&root, 3), &planted).expect("a copy");
        let (code, steps) = verified(&root, &root.join("out"), &asked);
        assert_eq!(
            (code, steps[&9].0.as_str()),
            (Some(4), "failed"),
            "{steps:?}"
        );
        assert!(steps[&9].1.ends_with(says), "{steps:?}");
        fs::remove_file(planted).expect("a file");
    }
    // A head that was there once and is not any more may have been one of another ledger.
    fs::remove_file(head_path(&root, 1)).expect("a file");
    for place in [root.join("out"), bundle(&root, 2)] {
        let (code, steps) = verified(&root, &place, &asked);
        let says = "1 of the heads are not here, such as ledger/checkpoints/00000001: a fork cannot \
                    be seen there";
        assert_eq!((code, steps[&9].1.as_str()), (Some(5), says), "{steps:?}");
        let (code, _) = verified(&root, &place, &["--without", "9,10"]);
        assert_eq!(code, Some(0));
    }
}

#[test]
fn a_head_that_a_killed_run_left_out_is_not_missed() {
    let scratch = Scratch::new();
    let root = unseen(&scratch);
    let head = root.join("out/ledger/checkpoint");
    let before = read(&head);
    run(&root, "2026-11-10T12:00:00Z");
    fs::remove_file(head_path(&root, 4)).expect("a file");
    write(&head, &before);
    let (_, steps) = verified(&root, &root.join("out"), &[]);
    assert!(
        steps[&8]
            .1
            .contains("4 entries, and the newest head covers 3"),
        "{steps:?}"
    );
    for step in [8, 9, 11] {
        assert_eq!(steps[&step].0, "failed", "{steps:?}");
    }
    let says = "it stands in no ledger that can be relied on";
    let (_, steps) = verified(&root, &bundle(&root, 2), &[]);
    assert_eq!(steps[&10], ("not-checked".to_owned(), says.to_owned()));
    let key = root.join("key.pem").display().to_string();
    ledger(&root, &["repair", "--sign", &key, "--as-of", NOW]);
    let (code, steps) = verified(&root, &root.join("out"), &["--without", "10"]);
    assert_eq!((code, steps[&9].0.as_str()), (Some(0), "held"), "{steps:?}");
}

#[test]
fn step_11_finds_a_chain_that_is_broken() {
    let steps = only(&[11], "another root before", &[], |root| {
        let kind = Kind::Annotation {
            action: Action::Note,
            refs: vec![0],
            reason: "read by a colleague".to_owned(),
        };
        let entry = Entry::new(3, NOW.to_owned(), String::new(), None, kind);
        written(
            root,
            |entries| entries.push(entry),
            |at, entry| {
                if at == 3 {
                    entry.prev_root = other_root();
                }
            },
        );
    });
    let says = "entry 3 names another root over those before it";
    assert_eq!(steps[&11].1, says);
    let steps = only(&[8, 11], "another place", &[], |root| {
        rewritten_raw(root, |line| line.replace("\"index\":2", "\"index\":7"));
    });
    assert_eq!(steps[&11].1, "expected entry 2, found 7");
    let steps = only(&[11], "a run made after another head", &[], |root| {
        let new = resealed(&bundle(root, 2), |manifest| {
            let before = manifest.ledger_before.as_mut().expect("a head");
            before.root_hash = other_root();
        });
        crate::verify_insider::reentered(root, &new);
    });
    let says = "the run was made after another entry than the one before its own";
    assert!(steps[&11].1.ends_with(says), "{steps:?}");
    forged(
        &[11],
        "a run that is said to be the first",
        |_| {},
        |manifest| {
            manifest.ledger_before = None;
        },
    );
    forged(
        &[11],
        "another time stamp before",
        |_| {},
        |manifest| {
            let before = manifest.ledger_before.as_mut().expect("a head");
            before.timestamp_sha256 = Some(sha256(b""));
        },
    );
    let steps = only(&[11], "an entry that is none", &[], |root| {
        let mut lines: Vec<Vec<u8>> = lines_of(root).into_iter().map(String::into_bytes).collect();
        lines.push(b"{}".to_vec());
        headed(root, &lines);
    });
    assert!(steps[&11].1.starts_with("entry 3: "), "{steps:?}");
}

/// A root that is none of these.
fn other_root() -> String {
    audit::seal::ledger::checkpoint::root_text(sha256(b"another"))
}

/// Changes the newest line, and signs the head over it.
fn rewritten_raw(root: &Path, with: impl Fn(String) -> String) {
    let mut lines = lines_of(root);
    let last = lines.pop().expect("a line");
    lines.push(with(last));
    let lines: Vec<Vec<u8>> = lines.into_iter().map(String::into_bytes).collect();
    headed(root, &lines);
    let proof = Proof::of(
        &lines,
        lines.len() - 1,
        &read(&head_path(root, lines.len())),
    );
    let place = bundle(root, 2).join("run.tlog-proof");
    write(&place, &proof.expect("a proof").text());
}

#[test]
fn step_11_finds_an_old_run_that_is_entered_late() {
    // A run that came out well was kept back, and is entered when one that did not has been.
    let scratch = Scratch::new();
    let root = unseen(&scratch);
    let other = root.join("other");
    for name in ["out", "repository"] {
        copy(&root.join(name), &other.join(name));
    }
    fs::copy(root.join("key.pem"), other.join("key.pem")).expect("a copy");
    run(&other, "2026-11-01T12:00:00Z");
    let kept = bundle(&other, 3);
    run(&root, "2026-11-10T12:00:00Z");
    let into = root.join("out").join(name_of(&kept));
    copy(&kept, &into);
    rewritten(&root, |entries| {
        let mut entry = entries[3].clone();
        entry.kind = Kind::Run(Box::new(run_of(&into, "2026-Q4")));
        "2026-11-01T12:00:00Z".clone_into(&mut entry.time);
        entries.push(entry);
    });
    for place in [into, root.join("out")] {
        let (code, steps) = verified(&root, &place, &["--without", "10"]);
        let failed = steps.iter().filter(|(_, (state, _))| state == "failed");
        let failed: Vec<u64> = failed.map(|(step, _)| *step).collect();
        assert_eq!((code, failed), (Some(4), vec![11]), "{steps:?}");
        let says = "the run was made after another entry than the one before its own";
        assert!(steps[&11].1.ends_with(says), "{steps:?}");
    }
}

#[test]
fn step_11_counts_no_withdrawn_run_and_neither_does_the_ledger() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let mut open = Ledger::open(&root.join("out"), Duration::ZERO).expect("a ledger");
    let time = Moment::parse(NOW).expect("a moment");
    let kind = Kind::Annotation {
        action: Action::Withdraw,
        refs: vec![1],
        reason: "a report was wrong".to_owned(),
    };
    open.append(kind, time, (&[&key()], ""), &go_on)
        .expect("an entry");
    drop(open);
    run(&root, "2026-01-15T12:00:00Z");
    let asked = ["--expect", "quarterly", "--as-of", NOW];
    let (code, steps) = verified(&root, &root.join("out"), &asked);
    assert_eq!(code, Some(4));
    let says = "no run in 2026-Q3; 1 by a time that no stamp of the same period shows; 1 withdrawn; 1 \
                with a time before an older entry's count for none";
    assert_eq!(steps[&11].1, says);
    let shown = ledger(&root, &[&["show"][..], &asked].concat()).stdout;
    for line in [
        "periods with a run: 2 of 3 · none in 2026-Q3",
        "1 withdrawn, for no period",
        "1 with a time before an older entry's, for no period",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let json = ledger(&root, &[&["show", "--format", "json"][..], &asked].concat()).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        json["uncounted"],
        serde_json::json!({"behind": 1, "withdrawn": 1})
    );
    // Where none is left, there is nothing that could have been expected.
    let key = root.join("key.pem").display().to_string();
    for entry in ["0", "2"] {
        let by = ["annotate", "--sign", &key, "--entry", entry, "--as-of", NOW];
        let reason = ["--reason", "wrong", "--action", "withdraw"];
        ledger(&root, &[&by[..], &reason].concat());
    }
    let (code, steps) = verified(&root, &root.join("out"), &asked);
    assert_eq!(code, Some(4));
    assert!(
        steps[&11]
            .1
            .starts_with("there is no run; 3 withdrawn; 1 with"),
        "{steps:?}"
    );
}

#[test]
fn what_lies_in_a_ledger_and_is_none_of_it_is_named() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out");
    for name in ["ledger/report.html", "ledger/checkpoints/00000003.html"] {
        let planted = out.join(name);
        write(&planted, "All is well.");
        let (code, steps) = verified(&root, &out, &[]);
        let says = format!("1 beside the bundles that belong to none: {name}");
        assert_eq!(
            (code, &steps[&3]),
            (Some(5), &("not-checked".to_owned(), says))
        );
        fs::remove_file(planted).expect("a file");
    }
    for name in [
        ".lock",
        "checkpoints/.00000004.new",
        "checkpoints/00000003.2.tsq",
    ] {
        write(&out.join("ledger").join(name), "");
    }
    let (_, steps) = verified(&root, &out, &[]);
    assert!(
        steps[&3].1.ends_with("ledger/checkpoints/00000003.2.tsq"),
        "{steps:?}"
    );
}
