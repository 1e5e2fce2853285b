//! The register of waivers by itself: what each covers, whether it is sound, and drafts of entries.

use std::path::Path;

use crate::support::{Said, Scratch, append, audit, read, write};
use crate::transcripts::{AS_OF, examine, payments};

const REGISTER: &str = ".audit/waivers.yaml";

fn waivers(folder: &Path, flags: &[&str]) -> Said {
    let mut arguments = vec!["waivers", "--as-of", AS_OF];
    arguments.extend(flags);
    audit(folder, &arguments)
}

#[test]
fn every_waiver_is_listed_with_what_it_covers() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions", "waivers"]);
    let said = waivers(&folder, &[]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!("waivers", said.stdout);
    assert!(!folder.join("audit-evidence").exists(), "no bundle");
    let base = waivers(&folder, &["--waivers-from", "main~1"]);
    assert!(
        base.stdout
            .contains("  not on main~1, which cannot be read  ")
    );
    std::fs::remove_file(folder.join(REGISTER)).expect("the register");
    let none = waivers(&folder, &["--check"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), "0 waivers\n"));
}

#[test]
fn what_is_unsound_is_refused_with_its_place() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions", "waivers"]);
    append(
        &folder.join(REGISTER),
        "  - { id: W-005, control: CI-01, scope: { path: a }, reason: b, owner: m, approver: j, issued: 2026-11-01, expires: 31/10/2026 }\n",
    );
    let listed = waivers(&folder, &[]);
    assert_eq!(listed.code, Some(0));
    assert!(
        listed.stderr.starts_with("error[date] "),
        "{}",
        listed.stderr
    );
    let checked = waivers(&folder, &["--check"]);
    assert_eq!((checked.code, &checked.stdout), (Some(2), &listed.stdout));
    insta::assert_snapshot!("waivers_check", checked.stderr);
    // What could not be tested may have exceptions that a waiver covers.
    write(&folder.join("reports/coverage.xml"), "");
    let unknown = waivers(&folder, &["--check"]).stderr;
    assert!(!unknown.contains("waiver-unmatched"), "{unknown}");
    let sound = payments(&scratch, &["exceptions"]);
    std::fs::create_dir_all(sound.join(".audit")).expect("a folder");
    write(&sound.join(REGISTER), "apiVersion: audit/v1\nwaivers: []\n");
    let said = waivers(&sound, &["--check"]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "0 waivers\n"));
}

#[test]
fn a_draft_covers_nothing_until_a_person_has_filled_it_in() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions", "waivers"]);
    let drafted = waivers(&folder, &["--draft", "CI-01"]);
    assert_eq!((drafted.code, drafted.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!("waivers_draft", drafted.stdout);
    let before = read(&folder.join(REGISTER));
    write(
        &folder.join(REGISTER),
        &format!("{before}{}", drafted.stdout),
    );
    let empty = examine(&folder, &["--only", "CI-01"]);
    assert_eq!(empty.code, Some(1), "{}", empty.stdout);
    assert!(
        empty
            .stdout
            .contains("4 malformed: W-004 W-005 W-006 W-007")
    );
    let filled = drafted
        .stdout
        .replace("reason:", "reason: The vendor has no other release.")
        .replace("owner:", "owner: maria")
        .replace("approver:", "approver: jo");
    write(&folder.join(REGISTER), &format!("{before}{filled}"));
    let covered = examine(&folder, &["--only", "CI-01"]);
    assert_eq!(
        covered.code,
        Some(0),
        "{}{}",
        covered.stdout,
        covered.stderr
    );
    for (id, title) in [
        (
            "CI-05",
            "expected exceptions of CI-05 that no waiver covers, found none (--draft)",
        ),
        ("CI-1", "expected the id of a control, found CI-1 (--draft)"),
    ] {
        let refused = waivers(&folder, &["--draft", id]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
        assert!(refused.stderr.contains(title), "{}", refused.stderr);
    }
}
