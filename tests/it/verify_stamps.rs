//! Step 10: time stamps that are none of the head, that come too early or too late, or are gone.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests change files")]

use std::fs;
use std::path::{Path, PathBuf};

use audit::model::time::Moment;
use audit::seal::ledger::Kind;
use audit::seal::timestamp::reply::Stamp;
use audit::seal::timestamp::request::Request;
use audit::tree::digest::sha256;

use crate::bundle::shell;
use crate::support::{Scratch, audit_with, copy, read};
use crate::verify_fixture::{
    NOW, answer, authority, bundle, change, finds, ledger, run, sealed, verified,
};
use crate::verify_insider::{forged, resealed, rewritten, run_of};

fn head(root: &Path) -> PathBuf {
    root.join("out/ledger/checkpoints/00000003")
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
    finds(10, "an answer to another request", |root| {
        let request = Request::with(sha256(&fs::read(head(root)).expect("a head")), [9; 8]);
        let (asked, reply) = (root.join("q"), root.join("r"));
        fs::write(&asked, request.der()).expect("a request");
        answer(&root.join("tsa"), &asked, &reply);
        fs::copy(reply, stamp(root)).expect("a copy");
    });
    finds(10, "a time stamp of no head", |root| {
        let other = stamp(root).with_file_name("newest.tsr");
        fs::copy(stamp(root), other).expect("a copy");
    });
    finds(10, "a time stamp of a head that is gone", |root| {
        fs::remove_file(head(root)).expect("a file");
    });
    finds(10, "a time stamp of an older head", |root| {
        let older = root.join("out/ledger/checkpoints/00000002.tsr");
        fs::copy(stamp(root), older).expect("a copy");
    });
    finds(10, "a time stamp that was cut short", |root| {
        change(&stamp(root), |bytes| bytes[..bytes.len() / 2].to_vec());
    });
}

/// Makes a run of this time and has the head over it stamped now.
fn stamped(root: &Path, time: &str) -> Moment {
    run(root, time);
    let (request, reply) = (root.join("request4"), root.join("reply4"));
    let [asked, answered] = [&request, &reply].map(|path| path.display().to_string());
    ledger(root, &["stamp", "--tsq-out", &asked]);
    answer(&root.join("tsa"), &request, &reply);
    ledger(root, &["stamp", "--tsr-in", &answered]);
    let stamp = Stamp::parse(&fs::read(reply).expect("a reply")).expect("a stamp");
    stamp.time
}

#[test]
fn step_10_finds_a_stamp_from_before_the_run_was_over() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let asked = ["--as-of", "2096-01-01T00:00:00Z"];
    let time = stamped(&root, "2095-01-01T00:00:00Z");
    for place in [bundle(&root, 3), root.join("out")] {
        let (code, steps) = verified(&root, &place, &asked);
        let (state, says) = &steps[&10];
        assert_eq!((code, state.as_str()), (Some(4), "failed"), "{says}");
        let expected = format!("stamped at {time}, before the run says that it was sealed");
        assert!(says.ends_with(&expected), "{says}");
    }
}

#[test]
fn step_10_says_how_late_a_stamp_is_of_one_run_and_of_several() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let stamp = fs::read(head(&root).with_extension("tsr")).expect("a stamp");
    let time = Stamp::parse(&stamp).expect("a stamp").time;
    let days = |run: &str| {
        let sealed = Moment::parse(run).expect("a moment");
        (time.epoch() - sealed.epoch()) / 86_400
    };
    let late = |run: &str| {
        let days = days(run);
        format!("no later than {time}, which is {days} days after it says it was sealed")
    };
    let (_, steps) = verified(&root, &bundle(&root, 1), &[]);
    assert_eq!(
        steps[&10],
        ("held".to_owned(), late("2026-07-10T12:00:00Z"))
    );
    let (_, steps) = verified(&root, &root.join("out"), &[]);
    let first = bundle(&root, 0);
    let first = first
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let says = format!("3 of 3; {first}: {} · 2 more", late("2026-04-10T12:00:00Z"));
    assert_eq!(steps[&10], ("held".to_owned(), says));
    // One that was stamped in time is not said to be late.
    let now = Moment::from_epoch(chrono::Utc::now().timestamp()).expect("a moment");
    let time = stamped(&root, &now.to_string());
    let later = ["--as-of", "2096-01-01T00:00:00Z"];
    let (_, steps) = verified(&root, &bundle(&root, 3), &later);
    assert_eq!(
        steps[&10],
        ("held".to_owned(), format!("no later than {time}"))
    );
}

#[test]
fn step_10_holds_only_what_an_authority_says_whom_the_auditor_knows() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    let says = |place: &Path| {
        let (code, steps) = verified(&root, place, &[]);
        assert_eq!(
            (code, steps[&10].0.as_str()),
            (Some(5), "not-checked"),
            "{steps:?}"
        );
        steps[&10].1.clone()
    };
    // A request that is gone has a number that nobody can look for.
    let request = head(&root).with_extension("tsq");
    let kept = fs::read(&request).expect("a request");
    fs::remove_file(&request).expect("a file");
    for place in [&one, &root.join("out")] {
        let (code, steps) = verified(&root, place, &[]);
        let expected = "; the request for ledger/checkpoints/00000003 is not here";
        assert_eq!(code, Some(0), "{steps:?}");
        assert!(steps[&10].1.contains(expected), "{steps:?}");
    }
    fs::write(&request, kept).expect("a request");
    let roots = root.join("trust/tsa-ca.pem");
    let known = read(&roots);
    fs::remove_file(&roots).expect("a file");
    assert!(says(&one).ends_with(": give --tsa-ca"));
    fs::write(&roots, known).expect("a file");
    // Nobody verifies certificates where openssl is not.
    let [place, trust] = [&one, &root.join("trust")].map(|path| path.display().to_string());
    let without = [("PATH", "/nonexistent")];
    let said = audit_with(
        &root,
        &without,
        &["verify", &*place, "--trust", &*trust, "--as-of", NOW],
    );
    assert_eq!(said.code, Some(5), "{}", said.stdout);
    assert!(
        said.stdout.contains("openssl is not there"),
        "{}",
        said.stdout
    );
    fs::remove_file(head(&root).with_extension("tsr")).expect("a file");
    let expected = "no head over this run is stamped; the request for \
                    ledger/checkpoints/00000003 has no answer here";
    assert_eq!(says(&one), expected);
    fs::remove_file(head(&root).with_extension("tsq")).expect("a file");
    assert_eq!(says(&one), "no head over this run is stamped");
    let alone = root.join("alone").join(one.file_name().expect("a name"));
    copy(&one, &alone);
    assert_eq!(
        says(&alone),
        "the ledger, which is what is stamped, is not here"
    );
}

#[test]
fn step_10_needs_the_time_at_which_a_run_says_it_was_sealed() {
    let steps = forged(
        &[8],
        "no time",
        |_| {},
        |manifest| {
            "one day".clone_into(&mut manifest.clock.finished);
        },
    );
    assert_eq!(steps[&10].0, "not-checked", "{steps:?}");
    finds(10, "no time under a stamp", |root| {
        let new = resealed(&bundle(root, 1), |manifest| {
            "one day".clone_into(&mut manifest.clock.finished);
        });
        rewritten(root, |entries| {
            if let Kind::Run(run) = &mut entries[1].kind {
                **run = run_of(&new, &run.period);
            }
        });
        for ending in ["tsq", "tsr"] {
            fs::remove_file(head(root).with_extension(ending)).expect("a file");
        }
        let (request, reply) = (root.join("q"), root.join("r"));
        let [asked, answered] = [&request, &reply].map(|path| path.display().to_string());
        ledger(root, &["stamp", "--tsq-out", &asked]);
        answer(&root.join("tsa"), &request, &reply);
        ledger(root, &["stamp", "--tsr-in", &answered]);
    });
}
