//! The ways to cheat that can be found, each of them tried: a sealed bundle or its ledger is
//! changed, and the step that is there for it fails.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests change files and start the stock tools"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use audit::model::time::Moment;
use audit::seal::ledger::store::go_on;
use audit::seal::ledger::{Kind, Ledger};
use audit::seal::sign::{Key, NAMESPACE, sshsig};
use audit::tree::digest::sha256;

use crate::bundle::shell;
use crate::support::{
    Scratch, audit, audit_with, copy, names, package, program, read, said, write,
};
use crate::verify_fixture::{
    NOW, RUNS, answer, authority, bundle, key, key_file, ledger, run, sealed, verified,
};

/// Changes a copy, and looks that this step fails on the second bundle, or on the whole ledger.
fn finds(step: u64, what: &str, change: impl FnOnce(&Path)) {
    finds_with(step, what, &[], change);
}

fn finds_with(step: u64, what: &str, more: &[&str], change: impl FnOnce(&Path)) {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    change(&root);
    let places = if one.exists() {
        vec![one, root.join("out")]
    } else {
        vec![root.join("out")]
    };
    for place in places {
        let (code, steps) = verified(&root, &place, more);
        let (state, says) = &steps[&step];
        assert_eq!(
            state, "failed",
            "{what}: step {step} says {says}; {steps:?}"
        );
        assert_eq!(code, Some(4), "{what}");
    }
}

/// Changes the bytes of a file.
fn change(path: &Path, with: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let bytes = fs::read(path).expect("a file");
    fs::write(path, with(bytes)).expect("a file");
}

fn flip(path: &Path) {
    change(path, |mut bytes| {
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        bytes
    });
}

fn entries(root: &Path) -> PathBuf {
    root.join("out/ledger/entries.jsonl")
}

fn lines(root: &Path, with: impl FnOnce(&mut Vec<&str>)) {
    let text = read(&entries(root));
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    with(&mut lines);
    write(&entries(root), &lines.concat());
}

/// A file of evidence of a bundle.
fn evidence(bundle: &Path) -> PathBuf {
    let folder = bundle.join("evidence");
    folder.join(names(&folder).remove(0))
}

#[test]
fn what_was_not_changed_holds_wherever_it_lies() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out");
    let clone = root.join("repository").display().to_string();
    let all = ["--repository", &*clone];
    for place in [
        bundle(&root, 0),
        bundle(&root, 2),
        out.clone(),
        out.join("ledger"),
    ] {
        let (code, steps) = verified(&root, &place, &all);
        assert_eq!(code, Some(0), "{steps:?}");
        for (step, (state, says)) in &steps {
            let asked = ![11, 12].contains(step);
            let expected = if asked { "held" } else { "not-checked" };
            assert_eq!(
                state,
                expected,
                "step {step} of {}: {says}",
                place.display()
            );
        }
    }
    // An archive holds the same; without the ledger, its proof still leads to a head.
    let tar = "tar --format=ustar -cf";
    assert!(
        shell(&root, &format!("{tar} whole.tar out"))
            .status
            .success()
    );
    let whole = root.join("whole.tar");
    let (code, steps) = verified(&root, &whole, &[]);
    assert_eq!(code, Some(0), "{steps:?}");
    // The runs say quarters in which no authority saw them.
    let quarters = ["--expect", "quarterly"];
    let (code, steps) = verified(&root, &whole, &quarters);
    assert_eq!(code, Some(5), "{steps:?}");
    let says = "2026-Q2 to 2026-Q4; 2 by a time that no stamp of the same period shows";
    assert_eq!(steps[&11], ("not-checked".to_owned(), says.to_owned()));
    // Bytes behind the end are seen by some programs and not by others.
    let mut bytes = fs::read(&whole).expect("an archive");
    bytes.extend(b"<b>All is well.</b>");
    fs::write(&whole, bytes).expect("an archive");
    let refused = audit(&root, &["verify", &whole.display().to_string()]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("behind its end"),
        "{}",
        refused.stderr
    );
    let name = bundle(&root, 1);
    let name = name.file_name().expect("a name").to_string_lossy();
    let line = format!("{tar} one.tar -C out {name}");
    assert!(shell(&root, &line).status.success());
    let (code, steps) = verified(&root, &root.join("one.tar"), &[]);
    assert_eq!((code, steps[&8].0.as_str()), (Some(5), "held"), "{steps:?}");
    let (code, _) = verified(&root, &root.join("one.tar"), &["--without", "9,10"]);
    assert_eq!(code, Some(0));
}

#[test]
fn nothing_is_established_by_what_lies_in_the_bundle() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1).display().to_string();
    let alone = audit(&root, &["verify", &*one]);
    assert_eq!(alone.code, Some(5), "{}", alone.stdout);
    let says = "3 held, 0 failed, 9 not checked. Consistent with itself; who made it, and when, is";
    assert!(alone.stdout.contains(says), "{}", alone.stdout);
    for what in ["nowhere", "trust", "key.pem"] {
        let refused = audit(&root, &["verify", what]);
        assert_eq!(refused.code, Some(2), "{what}: {}", refused.stdout);
    }
    write(
        &root.join("trust/allowed_signers"),
        "audit ssh-ed25519 AAAA\n",
    );
    let refused = audit(&root, &["verify", &one, "--trust", "trust"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stdout);
}

#[test]
fn step_1_finds_a_list_that_is_not_the_signers() {
    let of = |root: &Path| bundle(root, 1);
    finds(1, "a byte of the list", |root| {
        flip(&of(root).join("SHA256SUMS"));
    });
    finds(1, "a byte of the signature", |root| {
        flip(&of(root).join("SHA256SUMS.sig"));
    });
    finds(1, "no signature", |root| {
        fs::remove_file(of(root).join("SHA256SUMS.sig")).expect("a file");
    });
    let signs = |root: &Path, key: &Key, namespace: &str| {
        let sums = fs::read(of(root).join("SHA256SUMS")).expect("a list");
        write(
            &of(root).join("SHA256SUMS.sig"),
            &sshsig::sign(key, namespace, &sums),
        );
    };
    finds(1, "a stranger", |root| {
        signs(root, &Key::from_seed(&[8; 32]), NAMESPACE);
    });
    finds(1, "another purpose", |root| signs(root, &key(), "file"));
    finds(1, "a key that is over", |root| {
        let line = key().public().ssh_line();
        let signers = format!("audit valid-before=\"20260101Z\" {line}\n");
        write(&root.join("trust/allowed_signers"), &signers);
    });
    finds_with(1, "another signer", &["--signer", "someone"], |_| {});
}

#[test]
fn a_key_that_is_over_now_was_good_when_it_was_stamped() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let line = key().public().ssh_line();
    write(
        &root.join("trust/allowed_signers"),
        &format!("audit valid-before=\"20270101Z\" {line}\n"),
    );
    let later = ["--as-of", "2031-01-01T00:00:00Z"];
    let (code, steps) = verified(&root, &bundle(&root, 1), &later);
    assert_eq!((code, steps[&1].0.as_str()), (Some(0), "held"), "{steps:?}");
    fs::remove_file(root.join("trust/tsa-ca.pem")).expect("a file");
    let (_, steps) = verified(&root, &bundle(&root, 1), &later);
    assert_eq!(steps[&1].0, "failed", "{steps:?}");
}

#[test]
fn steps_2_to_4_find_files_that_are_not_as_listed() {
    let of = |root: &Path| bundle(root, 1);
    finds(2, "a byte of evidence", |root| flip(&evidence(&of(root))));
    finds(2, "a byte of the report", |root| {
        flip(&of(root).join("report.html"));
    });
    finds(2, "a file that is gone", |root| {
        fs::remove_file(of(root).join("VERIFY.md")).expect("a file");
    });
    finds(2, "evidence of another run", |root| {
        let [one, other] = [0, 1].map(|at| bundle(root, at).join("report.json"));
        fs::copy(one, other).expect("a copy");
    });
    finds(2, "a link in the place of a file", |root| {
        let path = evidence(&of(root));
        fs::rename(&path, root.join("moved")).expect("a file");
        symlink(root.join("moved"), &path).expect("a link");
    });
    finds(3, "a file more", |root| {
        write(&of(root).join("evidence/more"), "");
    });
    finds(3, "a signature in the wrong place", |root| {
        write(&of(root).join("evidence/SHA256SUMS.sig"), "");
    });
    finds(3, "a link more", |root| {
        symlink("/etc/hostname", of(root).join("more")).expect("a link");
    });
    finds(4, "the name of another run", |root| {
        let [one, other] = [bundle(root, 0), bundle(root, 1)];
        fs::remove_dir_all(&other).expect("a folder");
        fs::rename(one, other).expect("a folder");
    });
    // Whoever holds the key can sign a list that the manifest does not agree with.
    finds(4, "a list with a file more", |root| {
        let list = of(root).join("SHA256SUMS");
        write(&of(root).join("zz"), "");
        let sums = format!("{}{}  zz\n", read(&list), sha256(b""));
        write(
            &of(root).join("SHA256SUMS.sig"),
            &sshsig::sign(&key(), NAMESPACE, sums.as_bytes()),
        );
        write(&list, &sums);
    });
}

#[test]
fn steps_5_to_7_find_statements_controls_and_commits_of_something_else() {
    let of = |root: &Path| bundle(root, 1);
    let other = |root: &Path, name: &str| {
        fs::copy(bundle(root, 0).join(name), of(root).join(name)).expect("a copy");
    };
    finds(5, "the statement of another run", |root| {
        other(root, "attestation.dsse.json");
    });
    finds(5, "the wrapper of another run", |root| {
        other(root, "attestation.sigstore.json");
    });
    finds(5, "no statement", |root| {
        fs::remove_file(of(root).join("attestation.dsse.json")).expect("a file");
    });
    finds(5, "a byte of the statement", |root| {
        flip(&of(root).join("attestation.dsse.json"));
    });
    finds(6, "controls that were not approved", |root| {
        write(
            &root.join("trust/catalogue.sha256"),
            &sha256(b"").to_string(),
        );
    });
    let scratch = Scratch::new();
    let stranger = scratch.path("stranger");
    fs::create_dir_all(&stranger).expect("a folder");
    crate::support::commit_all(&stranger);
    let clone = stranger.display().to_string();
    finds_with(
        7,
        "a commit that is not in the clone",
        &["--repository", &clone],
        |_| {},
    );
}

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
        let (head_of, _) =
            audit::seal::ledger::Checkpoint::parse(read(&head).as_bytes()).expect("a head");
        write(&head, &head_of.signed(&[&Key::from_seed(&[8; 32])]));
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

    finds(9, "a second ledger of the same name", |root| {
        let elsewhere = root.join("elsewhere");
        copy(&root.join("repository"), &elsewhere.join("repository"));
        fs::copy(root.join("key.pem"), elsewhere.join("key.pem")).expect("a copy");
        run(&elsewhere, RUNS[1]);
        let head = elsewhere.join("out/ledger/checkpoint");
        fs::copy(head, root.join("trust/checkpoint")).expect("a copy");
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
fn step_10_finds_a_time_stamp_that_is_none_of_the_head() {
    let stamp = |root: &Path| root.join("out/ledger/checkpoints/00000003.tsr");
    finds(10, "a time stamp of another file", |root| {
        let (request, reply) = (root.join("q"), root.join("r"));
        let made = shell(root, "openssl ts -query -data key.pem -sha256 -cert -out q");
        assert!(made.status.success());
        answer(&root.join("tsa"), &request, &reply);
        fs::copy(reply, stamp(root)).expect("a copy");
    });
    finds(10, "an answer that rejects", |root| {
        let (request, reply) = (root.join("q"), root.join("r"));
        let made = shell(root, "openssl ts -query -data key.pem -md5 -out q");
        assert!(made.status.success());
        answer(&root.join("tsa"), &request, &reply);
        fs::copy(reply, stamp(root)).expect("a copy");
    });
    finds(10, "an authority that is not trusted", |root| {
        authority(&root.join("other"));
        fs::copy(root.join("other/ca.crt"), root.join("trust/tsa-ca.pem")).expect("a copy");
    });
    finds(10, "a byte of the time stamp", |root| {
        change(&stamp(root), |mut bytes| {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            bytes
        });
    });
    finds(10, "a time stamp that was cut short", |root| {
        change(&stamp(root), |bytes| bytes[..bytes.len() / 2].to_vec());
    });
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
        let mut ledger = Ledger::open(&out, std::time::Duration::ZERO).expect("a ledger");
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
fn what_lies_beside_the_bundles_of_a_ledger_is_named() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out");
    let (code, steps) = verified(&root, &out, &[]);
    assert_eq!(code, Some(0), "{steps:?}");
    let fake = out.join("20261123T090000Z-aaaaaaaaaaaa");
    fs::create_dir(&fake).expect("a folder");
    write(&fake.join("report.html"), "All is well.");
    let (code, steps) = verified(&root, &out, &[]);
    assert_eq!(code, Some(5), "{steps:?}");
    let says =
        "1 beside the bundles that belong to none: 20261123T090000Z-aaaaaaaaaaaa/report.html";
    assert_eq!(steps[&3], ("not-checked".to_owned(), says.to_owned()));
    // A bundle is looked at in any folder.
    fs::remove_dir_all(&fake).expect("a folder");
    let hidden = out.join(".hidden");
    copy(&bundle(&root, 1), &hidden);
    fs::write(hidden.join("report.html"), "All is well.").expect("a file");
    let (code, _) = verified(&root, &out, &[]);
    assert_eq!(code, Some(4));
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
fn step_12_counts_others_and_nobody_twice() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    let asked = ["--require-countersign", "1"];
    let failed = |what: &str| {
        let (code, steps) = verified(&root, &one, &asked);
        assert_eq!(
            (code, steps[&12].0.as_str()),
            (Some(4), "failed"),
            "{what}: {steps:?}"
        );
    };
    failed("nobody");
    let sums = fs::read(one.join("SHA256SUMS")).expect("a list");
    let own = sshsig::sign(&key(), NAMESPACE, &sums);
    write(&one.join("countersign-self.sig"), &own);
    failed("the signer");
    let second = Key::from_seed(&[77; 32]);
    let signers = root.join("trust/allowed_signers");
    let before = read(&signers);
    let public = second.public().ssh_line();
    write(
        &signers,
        &format!("{before}audit namespaces=\"audit-evidence\" {public}\n"),
    );
    write(
        &one.join("countersign-self.sig"),
        &sshsig::sign(&second, NAMESPACE, &sums),
    );
    failed("another key of the signer");
    write(&signers, &before);
    write(&one.join("countersign-self.sig"), &own);
    let line = "ssh-keygen -q -t ed25519 -N '' -f grc && ssh-keygen -q -Y sign -f grc -n \
        audit-evidence < SUMS > SIG";
    let sums_path = one.join("SHA256SUMS").display().to_string();
    let into = one.join("countersign-grc.sig").display().to_string();
    let signed = shell(
        &root,
        &line.replace("SUMS", &sums_path).replace("SIG", &into),
    );
    assert!(signed.status.success(), "{signed:?}");
    failed("a stranger");
    let public = read(&root.join("grc.pub"));
    let signers = root.join("trust/allowed_signers");
    let line = format!(
        "{}grc@acme namespaces=\"audit-evidence\" {public}",
        read(&signers)
    );
    write(&signers, &line);
    let (code, steps) = verified(&root, &one, &asked);
    assert_eq!(code, Some(0), "{steps:?}");
    assert_eq!(steps[&12], ("held".to_owned(), "grc@acme".to_owned()));
    let two = ["--require-countersign", "2"];
    fs::copy(&into, one.join("countersign-again.sig")).expect("a copy");
    let (code, _) = verified(&root, &one, &two);
    assert_eq!(code, Some(4));
    flip(&one.join("countersign-grc.sig"));
    failed("a changed one");
}

#[test]
fn a_bundle_that_is_gone_is_withheld_and_one_without_an_entry_is_named() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let before = scratch.path("before");
    copy(&root.join("out/ledger"), &before);
    // A run that was killed after its bundle was in place and before the ledger was written.
    run(&root, "2026-11-10T12:00:00Z");
    fs::remove_dir_all(root.join("out/ledger")).expect("a folder");
    copy(&before, &root.join("out/ledger"));
    fs::remove_file(bundle(&root, 3).join("run.tlog-proof")).expect("a file");
    let (code, steps) = verified(&root, &bundle(&root, 3), &[]);
    assert_eq!(
        (code, steps[&8].1.as_str()),
        (Some(4), "it stands in no entry")
    );
    let shown = ledger(&root, &["show", "--as-of", NOW]).stdout;
    assert!(shown.contains("stands in no entry"), "{shown}");
    fs::remove_dir_all(bundle(&root, 3)).expect("a folder");
    fs::remove_dir_all(bundle(&root, 0)).expect("a folder");
    let (code, steps) = verified(&root, &root.join("out"), &[]);
    assert_eq!(code, Some(5), "{steps:?}");
    assert!(steps[&2].1.starts_with("1 withheld"), "{steps:?}");
}

#[test]
fn a_run_that_was_announced_and_never_came_is_named() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out");
    let mut open = Ledger::open(&out, std::time::Duration::ZERO).expect("a ledger");
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

#[test]
fn eight_runs_at_once_are_eight_entries() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let path = |name: &str| root.join(name).display().to_string();
    let children: Vec<_> = (0..8)
        .map(|at| {
            program(&root)
                .args([
                    &*path("repository"),
                    "--controls",
                    "soc2",
                    "--sign",
                    &*path("key.pem"),
                ])
                .args([
                    "--as-of",
                    &format!("2026-11-20T12:00:0{at}Z"),
                    "--out",
                    &*path("out"),
                ])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program starts")
        })
        .collect();
    for child in children {
        let said = said(&child.wait_with_output().expect("the program ends"));
        assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
    }
    let (code, steps) = verified(&root, &root.join("out"), &["--without", "10"]);
    assert_eq!(code, Some(0), "{steps:?}");
    assert_eq!(steps[&9].1, "3 entries then, 11 now, the first 3 the same");
}

#[test]
fn what_the_pages_say_to_run_is_run_as_it_stands() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    for name in ["allowed_signers", "audit.pub"] {
        let from = root.join("out/ledger").join(name);
        fs::copy(from, root.join("out").join(name)).expect("a copy");
    }
    let page = read(&package("docs/verifying.md"));
    let shown: Vec<&str> = page
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().expect("an end"))
        .collect();
    assert_eq!(shown.len(), 5);
    let guide = read(&one.join("VERIFY.md"));
    for block in shown {
        let ended = shell(&one, block);
        assert!(ended.status.success(), "{block}: {ended:?}");
        for line in block.lines().filter(|line| !line.contains("\"$T/listed\"")) {
            let in_guide = guide.lines().any(|it| it.trim() == line);
            assert!(
                in_guide || line.contains("$T/found"),
                "VERIFY.md has not {line}"
            );
        }
    }
    let said = |block: &str| String::from_utf8_lossy(&shell(&one, block).stdout).into_owned();
    let signature = page
        .lines()
        .find(|line| line.starts_with("ssh-keygen -Y verify"));
    let signature = signature.expect("a command");
    assert!(said(signature).starts_with("Good \"audit-evidence\" signature"));
    flip(&one.join("report.json"));
    assert!(
        !shell(&one, "sha256sum -c --strict --quiet SHA256SUMS")
            .status
            .success()
    );
    flip(&one.join("SHA256SUMS"));
    assert!(!shell(&one, signature).status.success());
}

#[test]
fn a_key_is_made_for_its_owner_alone_and_never_written_over() {
    let scratch = Scratch::new();
    let home = scratch.path("");
    let made = audit(&home, &["keys", "new", "own.pem", "--repository", "acme/w"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let file = scratch.path("own.pem");
    let rights = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(rights & 0o777, 0o600);
    let text = read(&file);
    assert!(!made.stdout.contains(text.lines().nth(1).expect("a line")));
    assert_eq!(audit(&home, &["keys", "new", "own.pem"]).code, Some(2));
    assert_eq!(read(&file), text);
    let shown = audit(
        &home,
        &["keys", "show", "own.pem", "--repository", "acme/w"],
    );
    assert_eq!(shown.stdout, made.stdout);
    let env = [("AUDIT_SIGNING_KEY", &*text)];
    let from_env = audit_with(&home, &env, &["keys", "show", "--repository", "acme/w"]);
    assert_eq!(from_env.stdout, made.stdout);
    // openssl agrees on the public half.
    let public = shell(&home, "openssl pkey -in own.pem -pubout").stdout;
    assert!(made.stdout.ends_with(&*String::from_utf8_lossy(&public)));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("a file");
    let refused = audit(&home, &["keys", "show", "own.pem"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("found mode 640"),
        "{}",
        refused.stderr
    );
    let broken = [(
        "AUDIT_SIGNING_KEY",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDSECRET",
    )];
    let refused = audit_with(&home, &broken, &["keys", "show"]);
    assert_eq!(refused.code, Some(2));
    assert!(!refused.stderr.contains("SECRET"), "{}", refused.stderr);
}

#[test]
fn a_ledger_is_handed_from_key_to_key() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let new = Key::from_seed(&[9; 32]);
    key_file(&root.join("new.pem"), &new);
    let path = |name: &str| root.join(name).display().to_string();
    let by = [
        "rotate",
        "--sign",
        &path("key.pem"),
        "--to",
        &path("new.pem"),
        "--as-of",
        NOW,
    ];
    ledger(&root, &by);
    fs::remove_file(root.join("key.pem")).expect("a file");
    fs::rename(root.join("new.pem"), root.join("key.pem")).expect("a file");
    run(&root, "2026-11-10T12:00:00Z");
    // Whoever knows the old key of the ledger follows to the new one; who signs is another matter.
    let (code, steps) = verified(&root, &bundle(&root, 0), &[]);
    assert_eq!(code, Some(0), "{steps:?}");
    let (_, steps) = verified(&root, &bundle(&root, 3), &[]);
    assert_eq!(
        (steps[&1].0.as_str(), steps[&8].0.as_str()),
        ("failed", "held"),
        "{steps:?}"
    );
}
