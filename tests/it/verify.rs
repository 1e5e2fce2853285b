//! What was not changed holds, and how it is asked: of a bundle, a ledger, an archive of either, with
//! our program and with the tools that everybody has.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests change files and start the stock tools"
)]

use std::fs;
use std::process::Stdio;

use crate::bundle::shell;
use crate::support::{Scratch, audit, copy, package, program, read, said, write};
use crate::verify_fixture::{NOW, bundle, flip, ledger, run, sealed, verified};

#[test]
fn what_was_not_changed_holds_wherever_it_lies() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out");
    let clone = root.join("repository").display().to_string();
    let all = ["--git", &*clone];
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
