//! A bundle as an archive: the same bytes from everywhere, which others can read and we can verify.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests change bundles and start the program"
)]

use std::fs;
use std::path::Path;

use crate::bundle::{bundle_of, shell};
use crate::support::{Said, Scratch, append, audit, ledger, names, program, said};
use crate::verify_fixture::{bundle as run_of, sealed};

fn export(home: &Path, bundle: &str, file: &str) -> Said {
    fs::create_dir_all(home).expect("a folder");
    audit(home, &["export", bundle, "--tar", file])
}

#[test]
fn an_archive_has_the_same_bytes_from_everywhere_and_holds_the_bundle() {
    let scratch = Scratch::new();
    let bundle = bundle_of(&scratch, &ledger(&scratch), &[]);
    let place = bundle.display().to_string();
    let (one, other) = (scratch.path("one.tar"), scratch.path("b/other.tar"));
    fs::create_dir_all(scratch.path("b")).expect("a folder");
    let first = export(&scratch.path("a"), &place, &one.display().to_string());
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    // Another place, other times of the files, and by a name that is relative.
    let touched = shell(&bundle, "find . -type f -exec touch -d 2001-01-01 {} +");
    assert!(touched.status.success());
    let parent = bundle.parent().expect("a folder");
    let name = bundle
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let second = export(parent, &name, &other.display().to_string());
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    let bytes = fs::read(&one).expect("an archive");
    assert!(bytes == fs::read(&other).expect("an archive"));
    let piped = program(parent)
        .args(["export", &name, "--tar", "-"])
        .output();
    assert!(piped.expect("it runs").stdout == bytes);

    let listed = shell(&scratch.path(""), "tar -tvf one.tar");
    assert!(listed.status.success(), "{listed:?}");
    let listed = said(&listed).stdout;
    let files: Vec<&str> = listed.lines().collect();
    let owned = |line: &&str| line.starts_with("-rw-r--r-- 0/0");
    assert!(files.iter().all(owned), "{listed}");
    let unpacked = shell(
        &scratch.path("b"),
        &format!("tar -xf other.tar && cd '{name}' && sha256sum -c --strict --quiet SHA256SUMS"),
    );
    assert!(unpacked.status.success(), "{unpacked:?}");
    let archive = one.display().to_string();
    let verified = audit(&scratch.path(""), &["verify", &archive]);
    assert_eq!(verified.code, Some(5), "{}", verified.stdout);
    assert!(verified.stdout.contains("0 failed"), "{}", verified.stdout);
    let sources = scratch.path("ledger").display().to_string();
    let again = audit(
        &scratch.path(""),
        &["reperform", &archive, "--sources", &sources],
    );
    assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
}

#[test]
fn nothing_is_written_over_or_left_behind_and_what_does_not_hold_is_refused() {
    let scratch = Scratch::new();
    let bundle = bundle_of(&scratch, &ledger(&scratch), &[]);
    let place = bundle.display().to_string();
    let home = scratch.path("home");
    let first = export(&home, &place, "");
    assert_eq!(
        first.code,
        Some(2),
        "an empty name is none: {}",
        first.stderr
    );
    let first = audit(&home, &["export", &place, "--tar"]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let name = bundle
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let archive = format!("{name}.tar");
    assert_eq!(names(&home), std::slice::from_ref(&archive));
    let again = audit(&home, &["export", &place, "--tar"]);
    assert_eq!(again.code, Some(2), "{}", again.stderr);
    assert!(
        again.stderr.contains("it is there already"),
        "{}",
        again.stderr
    );

    let evidence = bundle.join("evidence");
    let one = names(&evidence).remove(0);
    append(&evidence.join(one), "More.\n");
    for file in ["changed.tar", "-"] {
        let changed = export(&home, &place, file);
        assert_eq!(changed.code, Some(4), "{}", changed.stderr);
        assert!(changed.stdout.is_empty());
        assert!(
            changed.stderr.contains("error[bundle-changed]"),
            "{}",
            changed.stderr
        );
    }
    assert_eq!(names(&home), [archive]);
}

#[test]
fn a_ledger_is_exported_with_its_runs_and_verifies_as_before() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let out = root.join("out").display().to_string();
    let archive = scratch.path("ledger.tar").display().to_string();
    let exported = export(&scratch.path("home"), &out, &archive);
    assert_eq!(exported.code, Some(0), "{}", exported.stderr);
    let verified = audit(&scratch.path("home"), &["verify", &archive]);
    assert!(verified.stdout.contains("0 failed"), "{}", verified.stdout);
    assert!(verified.stdout.contains("3 of 3"), "{}", verified.stdout);
    let listed = said(&shell(&scratch.path(""), "tar -tf ledger.tar")).stdout;
    assert!(listed.contains("out/ledger/entries.jsonl"), "{listed}");
    assert!(!listed.contains("/."), "{listed}");
    let name = run_of(&root, 0);
    assert!(
        listed.contains(
            &name
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        )
    );
}
