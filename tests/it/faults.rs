//! Signed runs that a machine stops: killed at any moment, or on a disk that takes no more. Whatever
//! is left is a whole ledger, or one that says what repairs it; it never verifies wrongly.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests start the program in order to kill it, or under a limit of the shell"
)]

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use audit::model::time::Moment;
use audit::seal::ledger::Ledger;
use audit::seal::ledger::entry::{Entry, Read};
use audit::seal::ledger::store::Step;

use crate::bundle::shell;
use crate::support::{Scratch, audit, copy, files, names, program, read};
use crate::verify_fixture::{bundle, key, ledger, run, sealed, verified};

const TIME: &str = "2026-11-20T12:00:00Z";

fn start(root: &Path, time: &str) -> Child {
    let path = |name: &str| root.join(name).display().to_string();
    program(root)
        .arg(path("repository"))
        .args(["--controls", "soc2", "--as-of", time])
        .args(["--sign", &path("key.pem"), "--out", &path("out")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// How far a run has come that nobody else is beside: the files it has staged, its bundle, and what
/// it has written of the ledger.
fn progress(out: &Path) -> usize {
    let there = |name: &str| usize::from(out.join(name).exists());
    let lines = |name: &str| fs::read(out.join(name)).map_or(0, |bytes| bytes.len());
    let staged = walkdir::WalkDir::new(out.join(".staging-0"))
        .into_iter()
        .flatten();
    let bundles = names(out).into_iter().filter(|name| name.starts_with("20"));
    let proofs = bundles
        .clone()
        .filter(|name| out.join(name).join("run.tlog-proof").exists());
    // Each of these grows or comes in its turn; the weights keep a later one above all before it.
    staged.count()
        + bundles.count() * 1_000
        + there("ledger/.entries.jsonl.new") * 500
        + lines("ledger/entries.jsonl")
        + names(&out.join("ledger/checkpoints")).len() * 10_000
        + proofs.count() * 100_000
}

/// What lies in `--out` has to be whole, or to say what it needs; in the end all of it verifies but
/// for runs that stand in no entry, which are named.
fn set_right(root: &Path) {
    let out = root.join("out");
    let shown = audit(
        root,
        &["ledger", "show", "--out", &out.display().to_string()],
    );
    if shown.stdout.contains("audit ledger repair") || shown.stderr.contains("audit ledger repair")
    {
        let (code, steps) = verified(root, &out, &[]);
        assert_eq!(code, Some(4), "an unfinished ledger verifies: {steps:?}");
        let key = root.join("key.pem").display().to_string();
        ledger(root, &["repair", "--sign", &key]);
    } else {
        assert_eq!(shown.code, Some(0), "{}{}", shown.stdout, shown.stderr);
    }
    let entries = read(&out.join("ledger/entries.jsonl"));
    let bundles = names(&out);
    if let Some(name) = bundles.iter().rfind(|name| name.starts_with("20")) {
        let entered = entries.contains(&format!("\"runId\":\"{name}\""));
        let (code, steps) = verified(root, &out.join(name), &["--without", "10"]);
        if entered {
            assert_eq!(code, Some(0), "{name}: {steps:?}");
        } else {
            assert_eq!(code, Some(4), "{name}: {steps:?}");
            assert_eq!(steps[&8].1, "it stands in no entry");
            let told = ledger(root, &["show"]).stdout;
            assert!(told.contains("stands in no entry"), "{told}");
            fs::remove_dir_all(out.join(name)).expect("a folder");
        }
    }
}

#[test]
fn a_signed_run_that_is_killed_at_any_moment_leaves_what_can_be_set_right() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out");
    let mut kinds = std::collections::BTreeSet::new();
    let mut wait = 0;
    for round in 0..14_u32 {
        let before = progress(&out);
        let size = read(&out.join("ledger/entries.jsonl")).len();
        let mut child = start(&root, &format!("2026-11-20T12:00:{round:02}Z"));
        // Kill after one more change than the round before, and from the beginning again once a run
        // has come to its end.
        let (mut changes, mut last) = (0, before);
        let ended = loop {
            if changes >= wait {
                break false;
            }
            if child.try_wait().expect("a child").is_some() {
                break true;
            }
            let now = progress(&out);
            changes += usize::from(now != last);
            last = now;
            thread::yield_now();
        };
        let _ = child.kill();
        child.wait().expect("the program ends");
        wait = if ended { 0 } else { wait + 1 };
        kinds.insert((
            out.join(".staging-0").exists(),
            read(&out.join("ledger/entries.jsonl")).len() > size,
        ));
        set_right(&root);
    }
    assert!(kinds.len() > 1, "every run was killed at the same moment");
    run(&root, "2026-11-21T12:00:00Z");
    let (code, steps) = verified(&root, &out, &["--without", "10"]);
    assert_eq!(code, Some(0), "{steps:?}");
}

#[test]
fn a_signed_run_that_is_killed_between_two_writes_of_the_ledger_is_repaired_or_reported() {
    for stop in [
        Step::Bundle,
        Step::Prepared,
        Step::Entries,
        Step::Head,
        Step::Newest,
    ] {
        let scratch = Scratch::new();
        let root = sealed(&scratch);
        let out = root.join("out");
        let before = scratch.path("before");
        copy(&out.join("ledger"), &before);
        run(&root, TIME);
        let name = bundle(&root, 3).file_name().expect("a name").to_owned();
        let line = read(&out.join("ledger/entries.jsonl"));
        let entry = Entry::read(line.lines().last().expect("an entry").as_bytes());
        let Ok(Read::Known(entry)) = entry else {
            panic!("{entry:?}")
        };
        // Back to when the bundle was in its place, and on from there as far as this step.
        fs::remove_dir_all(out.join("ledger")).expect("a folder");
        copy(&before, &out.join("ledger"));
        fs::remove_file(out.join(&name).join("run.tlog-proof")).expect("a proof");
        if stop != Step::Bundle {
            let mut book = Ledger::open(&out, Duration::ZERO).expect("a ledger");
            let time = Moment::parse(TIME).expect("a moment");
            let killed = |step| {
                if step == stop {
                    Err(io::Error::other("killed"))
                } else {
                    Ok(())
                }
            };
            let stopped = book.append(entry.kind, time, (&[&key()], "w"), &killed);
            assert!(stopped.is_err(), "{stop:?}");
        }
        let (code, steps) = verified(&root, &out.join(&name), &["--without", "10"]);
        // Nothing was entered; entered, and no head covers it; entered and covered, without a proof,
        // which whoever has the ledger can do without.
        match stop {
            Step::Bundle | Step::Prepared => {
                assert_eq!(code, Some(4), "{stop:?}: {steps:?}");
                assert_eq!(steps[&8].1, "it stands in no entry");
            }
            Step::Entries | Step::Head => {
                assert_eq!(code, Some(4), "{stop:?}: {steps:?}");
                assert!(
                    steps[&8].1.contains("the newest head covers 3"),
                    "{steps:?}"
                );
            }
            Step::Newest => assert_eq!(code, Some(0), "{stop:?}: {steps:?}"),
        }
        set_right(&root);
        run(&root, "2026-11-21T12:00:00Z");
        let (code, steps) = verified(&root, &out, &["--without", "10"]);
        assert_eq!(code, Some(0), "{stop:?}: {steps:?}");
    }
}

/// What was said, in one line.
fn unwrapped(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_disk_that_takes_no_more_ends_with_its_reason_and_a_whole_ledger() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out");
    // Long reasons make the ledger larger than any file of a bundle, so that one limit lets the
    // bundle through and the ledger not.
    let reason = "x".repeat(100_000);
    let key = root.join("key.pem").display().to_string();
    for _ in 0..12 {
        let remark = [
            "annotate", "--entry", "0", "--action", "note", "--reason", &reason,
        ];
        ledger(&root, &[&remark[..], &["--sign", &key]].concat());
    }
    let book = || {
        let mut all = files(&out.join("ledger"));
        // Who holds it.
        all.remove(".lock");
        all
    };
    let before = book();
    let largest = files(&bundle(&root, 2)).values().map(Vec::len).max();
    let blocks = largest.expect("a file") / 512 + 200;
    let line = |blocks: usize| {
        format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec '{}' repository --controls soc2 --sign key.pem \
             --out out --as-of {TIME}",
            env!("CARGO_BIN_EXE_audit")
        )
    };
    for few in [0, 1, 3, 20, blocks / 3] {
        let ended = shell(&root, &line(few));
        let says = unwrapped(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{few} blocks: {says}");
        assert!(says.contains("file too large"), "{few} blocks: {says}");
        assert!(
            says.contains("No bundle was written"),
            "{few} blocks: {says}"
        );
        assert!(book() == before, "{few} blocks: another ledger");
        assert!(!out.join(".staging-0").exists(), "{few} blocks");
    }
    let ended = shell(&root, &line(blocks));
    let says = unwrapped(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{says}");
    assert!(
        says.contains("ledger/entries.jsonl: file too large"),
        "{says}"
    );
    assert!(says.contains("no entry names it yet"), "{says}");
    assert!(book() == before, "another ledger");
    assert!(
        ledger(&root, &["show"])
            .stdout
            .contains("stands in no entry")
    );
    // The same run once there is room: the bundle is there already, and it is entered.
    run(&root, TIME);
    let (code, steps) = verified(&root, &out, &["--without", "10"]);
    assert_eq!(code, Some(0), "{steps:?}");
}
