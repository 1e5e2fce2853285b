//! How a key is made, and how a ledger is handed from one to the next.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use std::path::Path;
use std::time::Duration;

use audit::model::time::Moment;
use audit::seal::ledger::store::go_on;
use audit::seal::ledger::{Checkpoint, Kind, Ledger, note, rotation};
use audit::seal::sign::Key;
use serde_json::Value as Json;

use crate::bundle::shell;
use crate::support::{Scratch, audit, audit_with, read, write};
use crate::verify_fixture::{NOW, bundle, key, key_file, ledger, run, sealed, verified};
use crate::verify_insider::head_path;

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

/// Hands the ledger to a new key, and goes on with it.
fn handed_on(root: &Path, seed: u8) -> Key {
    let new = Key::from_seed(&[seed; 32]);
    key_file(&root.join("new.pem"), &new);
    let path = |name: &str| root.join(name).display().to_string();
    let (old, to) = (path("key.pem"), path("new.pem"));
    let by = ["rotate", "--sign", &old, "--to", &to, "--as-of", NOW];
    ledger(root, &by);
    fs::remove_file(root.join("key.pem")).expect("a file");
    fs::rename(root.join("new.pem"), root.join("key.pem")).expect("a file");
    new
}

#[test]
fn whoever_knows_the_newer_key_alone_can_verify_what_was_before_it() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    for seed in [9, 10] {
        handed_on(&root, seed);
    }
    run(&root, "2026-11-23T12:00:00Z");
    let trust = root.join("trust");
    fs::copy(root.join("out/ledger/log.vkey"), trust.join("log.vkey")).expect("a copy");
    for at in [0, 2] {
        let (code, steps) = verified(&root, &bundle(&root, at), &[]);
        assert_eq!(code, Some(0), "{steps:?}");
    }
    // An old head that is of other entries is found all the same.
    fs::copy(head_path(&root, 1), head_path(&root, 2)).expect("a copy");
    let (code, steps) = verified(&root, &bundle(&root, 0), &[]);
    assert_eq!(
        (code, steps[&9].0.as_str()),
        (Some(4), "failed"),
        "{steps:?}"
    );
}

#[test]
fn step_8_finds_a_rotation_that_nobody_signed_who_had_the_ledger() {
    let [thief, other] = [11, 12].map(|seed| Key::from_seed(&[seed; 32]));
    let nobody = "entry 3 hands the ledger on, and no key signed that which had it";
    let unnamed = "entry 3 names a new key that its note does not";
    let by_stranger = |origin: &str| rotation::entry(origin, &thief, &other.public());
    // The note has the name of the right key, over a text that this never signed.
    let under_its_name = |origin: &str| {
        let Kind::KeyRotation { vkey, note } = by_stranger(origin) else {
            panic!("no rotation");
        };
        let text = note.split("\n\n").next().expect("a text");
        let signed = note::sign(&[&key()], origin, "another text\n");
        let lines = signed.split_once("\n\n").expect("signatures").1;
        let note = format!("{text}\n\n{lines}");
        Kind::KeyRotation { vkey, note }
    };
    // The right key signed for another than the entry names.
    let for_another = |origin: &str| match rotation::entry(origin, &key(), &thief.public()) {
        Kind::KeyRotation { note, .. } => Kind::KeyRotation {
            vkey: other.public().vkey(origin),
            note,
        },
        kind => kind,
    };
    let by_the_old = "the newest head is not signed by the key that has the ledger";
    let made = |says: &str, says_alone: &str, kind: &dyn Fn(&str) -> Kind| {
        let scratch = Scratch::new();
        let root = sealed(&scratch);
        let out = root.join("out");
        let mut open = Ledger::open(&out, Duration::ZERO).expect("a ledger");
        let time = Moment::parse(NOW).expect("a moment");
        let kind = kind(&open.origin(""));
        open.append(kind, time, (&[&key()], ""), &go_on)
            .expect("an entry");
        drop(open);
        for place in [bundle(&root, 1), out] {
            let (code, steps) = verified(&root, &place, &[]);
            assert_eq!(code, Some(4), "{steps:?}");
            assert_eq!(steps[&8].0, "failed", "{steps:?}");
            assert!(steps[&8].1.contains(says), "{steps:?}");
        }
        // Whoever only looks at the ledger is told as well, with the key that is known from outside.
        let trusted = root.join("trust/log.vkey").display().to_string();
        for (known, told) in [(Some(&*trusted), says), (None, says_alone)] {
            let flags: Vec<&str> = known.iter().flat_map(|it| ["--log-vkey", it]).collect();
            let (code, json, text) = shown(&root, &flags);
            assert_eq!(
                (code, &json["standing"]),
                (Some(4), &Json::from("broken")),
                "{json}"
            );
            assert!(
                json["reason"].as_str().is_some_and(|it| it.contains(told)),
                "{json}"
            );
            assert!(text.contains(&format!("broken: {told}")), "{text}");
        }
    };
    made(nobody, by_the_old, &by_stranger);
    made(nobody, by_the_old, &under_its_name);
    made(unnamed, unnamed, &for_another);
}

#[test]
fn a_head_by_a_key_that_was_handed_on_is_found() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    handed_on(&root, 9);
    let (_, steps) = verified(&root, &bundle(&root, 1), &[]);
    assert_eq!(steps[&8].0, "held", "{steps:?}");
    run(&root, "2026-11-23T12:00:00Z");
    let head = root.join("out/ledger/checkpoint");
    let (read_back, _) = Checkpoint::parse(read(&head).as_bytes()).expect("a head");
    write(&head, &read_back.signed(&[&key()]));
    let (code, steps) = verified(&root, &bundle(&root, 1), &[]);
    let found = (code, steps[&8].0.as_str());
    assert_eq!(found, (Some(4), "failed"), "{steps:?}");
}

/// How a ledger stands, for a program and for a person.
fn shown(root: &Path, flags: &[&str]) -> (Option<i32>, Json, String) {
    let out = root.join("out").display().to_string();
    let words = ["ledger", "show", "--out", &out, "--as-of", NOW];
    let json = audit(root, &[&words[..], &["--format", "json"], flags].concat());
    let text = audit(root, &[&words[..], &["--width", "120"], flags].concat());
    assert_eq!(json.code, text.code, "{}{}", json.stderr, text.stderr);
    let words: Vec<&str> = text.stdout.split_whitespace().collect();
    let parsed = serde_json::from_str(&json.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", json.stdout, json.stderr));
    (json.code, parsed, words.join(" "))
}

#[test]
fn a_ledger_that_was_handed_on_is_shown_with_what_is_known_of_its_keys() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let first = root.join("trust/log.vkey").display().to_string();
    let of = |flags: &[&str]| {
        let (code, json, text) = shown(&root, flags);
        assert_eq!(
            (code, &json["standing"]),
            (Some(0), &Json::from("whole")),
            "{json}"
        );
        (json["keys"].clone(), text)
    };
    let told = "by notes that lead from one to the next; whose the first was is not known";
    let (keys, text) = of(&[]);
    assert_eq!(keys, serde_json::json!({"handed_on": 0, "known": false}));
    assert!(!text.contains(told), "{text}");
    for seed in [9, 10] {
        handed_on(&root, seed);
    }
    let (keys, text) = of(&[]);
    assert_eq!(keys, serde_json::json!({"handed_on": 2, "known": false}));
    assert!(text.contains(told), "{text}");
    let (keys, text) = of(&["--log-vkey", &first]);
    assert_eq!(keys, serde_json::json!({"handed_on": 2, "known": true}));
    assert!(!text.contains(told), "{text}");
    let (_, text) = of(&["--log-vkey", read(Path::new(&first)).trim()]);
    assert!(!text.contains(told), "{text}");
    let newest = root.join("out/ledger/log.vkey").display().to_string();
    of(&["--log-vkey", &newest]);
    // Another's key, under the name of this ledger and under another.
    let origin = read(Path::new(&first));
    let origin = origin.split('+').next().expect("an origin");
    let thief = Key::from_seed(&[12; 32]).public();
    let nobody = "no key signed that which had it";
    let (code, json, _) = shown(&root, &["--log-vkey", &thief.vkey(origin)]);
    let reason = json["reason"].as_str().unwrap_or_default();
    assert!(code == Some(4) && reason.contains(nobody), "{json}");
    let (code, json, _) = shown(&root, &["--log-vkey", &thief.vkey("example.org/other")]);
    let reason = json["reason"].as_str().unwrap_or_default();
    assert!(
        code == Some(4) && reason.starts_with("expected the ledger"),
        "{json}"
    );
    let (code, stderr) = {
        let out = root.join("out").display().to_string();
        let said = audit(
            &root,
            &["ledger", "show", "--out", &out, "--log-vkey", "no+key"],
        );
        (said.code, said.stderr)
    };
    assert!(
        code == Some(2) && stderr.contains("(--log-vkey)"),
        "{stderr}"
    );
}
