//! Steps 8, 9 and 11: the ledger of a sealed run is changed, or what it was compared with, and the step
//! that is there for it fails.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use audit::model::time::Moment;
use audit::seal::ledger::store::go_on;
use audit::seal::ledger::{Checkpoint, Kind, Ledger};
use audit::seal::sign::Key;

use crate::support::{Scratch, copy, names, read, write};
use crate::verify_fixture::{
    NOW, RUNS, bundle, entries, finds, finds_with, key, ledger, lines, run, sealed, verified,
};

#[test]
fn step_8_finds_a_run_that_does_not_stand_in_the_ledger() {
    finds(8, "an entry taken out", |root| {
        lines(root, |lines| {
            lines.remove(1);
        });
    });
    finds(8, "entries in another order", |root| {
        lines(root, |lines| lines.swap(0, 1));
    });
    finds(8, "the last entry taken away", |root| {
        lines(root, |lines| lines.truncate(2));
    });
    finds(8, "an entry more", |root| {
        lines(root, |lines| lines.push(lines[0]));
    });
    finds(8, "an entry that was changed", |root| {
        let text = read(&entries(root));
        write(&entries(root), &text.replace("FAILED", "PASSED"));
    });
    finds(8, "line ends of another system", |root| {
        let text = read(&entries(root));
        write(&entries(root), &text.replace('\n', "\r\n"));
    });
    finds(8, "a head of another key", |root| {
        let head = root.join("out/ledger/checkpoint");
        let (head_of, _) = Checkpoint::parse(read(&head).as_bytes()).expect("a head");
        write(&head, &head_of.signed(&[&Key::from_seed(&[8; 32])]));
    });
    let head = |root: &Path| root.join("out/ledger/checkpoint");
    finds(8, "no head", |root| {
        fs::remove_file(head(root)).expect("a file");
    });
    finds(8, "a head that is none", |root| write(&head(root), "4\n"));
    finds(8, "no end of the last line", |root| {
        let text = read(&entries(root));
        write(&entries(root), text.trim_end());
    });
    finds(8, "a proof that was cut short", |root| {
        let path = bundle(root, 1).join("run.tlog-proof");
        let text = read(&path);
        write(&path, &text[..text.len() / 2]);
    });
    finds(8, "the proof of another run", |root| {
        let name = "run.tlog-proof";
        fs::copy(bundle(root, 0).join(name), bundle(root, 1).join(name)).expect("a copy");
    });
    finds(8, "a run of another ledger", |root| {
        let elsewhere = root.join("elsewhere");
        copy(&root.join("repository"), &elsewhere.join("repository"));
        fs::copy(root.join("key.pem"), elsewhere.join("key.pem")).expect("a copy");
        run(&elsewhere, "2026-08-10T12:00:00Z");
        let planted = bundle(&elsewhere, 0);
        let into = root.join("out").join(planted.file_name().expect("a name"));
        copy(&planted, &into);
        fs::remove_dir_all(bundle(root, 1)).expect("a folder");
    });
}

#[test]
fn step_8_finds_a_folder_with_the_name_of_another_run() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    let name = one
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let (_, digest) = name.split_once('-').expect("a name of a run");
    let other = one.with_file_name(format!("20270101T000000Z-{digest}"));
    fs::rename(&one, &other).expect("another name");
    let (code, steps) = verified(&root, &other, &[]);
    assert_eq!(code, Some(4), "{steps:?}");
    assert!(steps[&8].1.contains("named as another run"), "{steps:?}");
}

#[test]
fn step_9_finds_a_ledger_that_was_written_anew() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    // The newest run is taken away with everything that knows of it: a whole ledger is left.
    fs::remove_dir_all(bundle(&root, 2)).expect("a folder");
    lines(&root, |lines| lines.truncate(2));
    let heads = root.join("out/ledger/checkpoints");
    for name in names(&heads)
        .iter()
        .filter(|name| name.starts_with("00000003"))
    {
        fs::remove_file(heads.join(name)).expect("a file");
    }
    fs::copy(heads.join("00000002"), root.join("out/ledger/checkpoint")).expect("a copy");
    let place = root.join("out");
    let (code, steps) = verified(&root, &place, &[]);
    assert_eq!(
        (code, steps[&9].0.as_str()),
        (Some(4), "failed"),
        "{steps:?}"
    );
    assert!(
        steps
            .iter()
            .all(|(step, (state, _))| *step == 9 || state != "failed")
    );
    // Nothing else finds it.
    let trust = root.join("trust");
    fs::remove_file(trust.join("checkpoint")).expect("a file");
    let (code, _) = verified(&root, &place, &["--without", "9,10"]);
    assert_eq!(code, Some(0));
}

#[test]
fn step_9_finds_heads_that_are_none_of_the_ledger() {
    finds(9, "a second ledger of the same name", |root| {
        let elsewhere = root.join("elsewhere");
        copy(&root.join("repository"), &elsewhere.join("repository"));
        fs::copy(root.join("key.pem"), elsewhere.join("key.pem")).expect("a copy");
        run(&elsewhere, RUNS[1]);
        let head = elsewhere.join("out/ledger/checkpoint");
        fs::copy(head, root.join("trust/checkpoint")).expect("a copy");
    });
    let second = |root: &Path| root.join("out/ledger/checkpoints/00000002");
    let signed = |root: &Path, seed: u8, origin: Option<&str>| {
        let text = read(&second(root));
        let (mut head, _) = Checkpoint::parse(text.as_bytes()).expect("a head");
        if let Some(origin) = origin {
            origin.clone_into(&mut head.origin);
        }
        head.signed(&[&Key::from_seed(&[seed; 32])])
    };
    finds(9, "a head of another ledger among the heads", |root| {
        write(&second(root), &signed(root, 7, Some("acme.example/other")));
    });
    finds(9, "a head by another key among the heads", |root| {
        write(&second(root), &signed(root, 8, None));
    });
    let kept = |root: &Path| root.join("trust/checkpoint");
    finds(9, "a checkpoint of another ledger", |root| {
        write(&kept(root), &signed(root, 7, Some("acme.example/other")));
    });
    finds(9, "a checkpoint by another key", |root| {
        write(&kept(root), &signed(root, 8, None));
    });
    finds(9, "a checkpoint that is none", |root| {
        write(&kept(root), "2\n");
    });
    finds(
        9,
        "a head among the heads that is of other entries",
        |root| {
            let heads = root.join("out/ledger/checkpoints");
            fs::copy(heads.join("00000001"), heads.join("00000002")).expect("a copy");
        },
    );
}

#[test]
fn step_11_finds_periods_without_a_run_and_runs_that_stand_twice() {
    let later = ["--expect", "quarterly", "--as-of", "2027-02-01T00:00:00Z"];
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let (code, steps) = verified(&root, &root.join("out"), &later);
    assert_eq!(code, Some(4));
    let says = "no run in 2027-Q1; 2 by a time that no stamp of the same period shows";
    assert_eq!(steps[&11].1, says);
    // Who does without time stamps takes the runs at their word.
    let (code, steps) = verified(
        &root,
        &root.join("out"),
        &["--expect", "quarterly", "--without", "10"],
    );
    assert_eq!(
        (code, steps[&11].0.as_str()),
        (Some(0), "held"),
        "{steps:?}"
    );
    finds_with(
        11,
        "a quarter that was withdrawn",
        &["--expect", "quarterly"],
        |root| {
            let key = root.join("key.pem").display().to_string();
            let reason = ["--reason", "a report was wrong", "--action", "withdraw"];
            let by = ["annotate", "--sign", &key, "--entry", "1", "--as-of", NOW];
            ledger(root, &[&by[..], &reason].concat());
        },
    );
    finds(11, "a run that stands twice", |root| {
        let out = root.join("out");
        let mut ledger = Ledger::open(&out, Duration::ZERO).expect("a ledger");
        let run = ledger.history.runs().next().expect("a run").1.clone();
        let time = Moment::parse(NOW).expect("a moment");
        let kind = Kind::Run(Box::new(run));
        ledger
            .append(kind, time, (&[&key()], ""), &go_on)
            .expect("an entry");
    });
    finds(
        11,
        "a time stamp that an entry names and that is gone",
        |root| {
            run(root, "2026-11-10T12:00:00Z");
            for ending in ["tsr", "tsq"] {
                let path = format!("out/ledger/checkpoints/00000003.{ending}");
                fs::remove_file(root.join(path)).expect("a file");
            }
        },
    );
}

#[test]
fn step_11_counts_no_run_that_was_given_an_earlier_time() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    run(&root, "2026-01-15T12:00:00Z");
    let asked = ["--expect", "quarterly"];
    let (code, steps) = verified(&root, &root.join("out"), &asked);
    assert_ne!(code, Some(0));
    let says = &steps[&11].1;
    assert!(
        says.contains("1 with a time before an older entry's"),
        "{says}"
    );
    assert!(!says.contains("2026-Q1"), "{says}");
}

#[test]
fn a_run_that_was_announced_and_never_came_is_named() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out");
    let mut open = Ledger::open(&out, Duration::ZERO).expect("a ledger");
    let (_, last) = open.history.runs().last().expect("a run");
    let started = Kind::RunStarted {
        challenge: None,
        commit: last.commit.clone(),
        catalog_sha256: last.catalog_sha256,
    };
    let time = Moment::parse(NOW).expect("a moment");
    for _ in 0..2 {
        open.append(started.clone(), time, (&[&key()], ""), &go_on)
            .expect("an entry");
    }
    drop(open);
    run(&root, "2026-11-23T12:00:01Z");
    let shown = ledger(&root, &["show", "--as-of", NOW]).stdout;
    assert!(shown.contains("entry 4 announces a run"), "{shown}");
    let later = ["--expect", "quarterly", "--as-of", "2026-11-24T12:00:00Z"];
    let (_, steps) = verified(&root, &out, &later);
    assert_eq!(
        steps[&11].1,
        "2026-Q2 to 2026-Q4; 3 by a time that no stamp of the same period shows; 1 announced and \
         never entered"
    );
}
