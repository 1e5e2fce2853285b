//! The period that a run is evidence in: named or the quarter of its time, the same in the manifest,
//! the entry of the ledger and the report.

#![cfg(unix)]

use std::path::Path;

use audit::model::period::Period;
use serde_json::{Value as Json, json};

use crate::support::{Said, Scratch, audit, bundles, commit_all, read, write};
use crate::verify_fixture::{bundle, entries, key, key_file, sealed, verified};
use crate::verify_insider::{forged, manifest_of, newest, reentered, resealed, rewritten};

/// The last second of a quarter.
const LAST: &str = "2026-12-31T23:59:59Z";

fn examined(scratch: &Scratch, out: &str, as_of: &str, more: &[&str]) -> Said {
    let folder = scratch.path("repository");
    if !folder.exists() {
        std::fs::create_dir_all(&folder).expect("a folder");
        write(&folder.join("README.md"), "Nothing.\n");
        commit_all(&folder);
        key_file(&scratch.path("key.pem"), &key());
    }
    let [folder, out, key] =
        [folder, scratch.path(out), scratch.path("key.pem")].map(|it| it.display().to_string());
    let flags = [
        &*folder,
        "--controls",
        "soc2",
        "--out",
        &out,
        "--as-of",
        as_of,
    ];
    audit(
        &scratch.path(""),
        &[&flags[..], &["--sign", &key], more].concat(),
    )
}

/// The period as the manifest, the report and the ledger have it; it is the same in all of them.
fn period(scratch: &Scratch, out: &str, as_of: &str, more: &[&str]) -> (Json, String) {
    let said = examined(scratch, out, as_of, more);
    assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
    let mut found = bundles(&scratch.path(out));
    found.retain(|path| path.join("manifest.json").exists());
    let found = found.remove(0);
    let json =
        |name: &str| -> Json { serde_json::from_str(&read(&found.join(name))).expect("JSON") };
    let period = json("manifest.json")["period"].clone();
    assert_eq!(json("report.json")["period"], period);
    let entry = read(&scratch.path(out).join("ledger/entries.jsonl"));
    let label = format!("\"period\":{}", period["label"]);
    assert!(entry.contains(&label), "{entry}");
    let path = found.display().to_string();
    let said = audit(&scratch.path(""), &["reperform", &path]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let page = read(&found.join("report.html"));
    let row = page.split("<dt>Falls into</dt>").nth(1).expect("a row");
    let row = row.split("</dd>").next().expect("a row");
    (period, row.replace("<dd>", ""))
}

#[test]
fn a_period_is_recorded_and_the_quarter_stands_where_none_was_named() {
    let scratch = Scratch::new();
    let (quarter, row) = period(&scratch, "quarter", LAST, &[]);
    let expected = json!({"end": "2026-12-31", "given": false, "label": "2026-Q4",
        "start": "2026-10-01"});
    assert_eq!(quarter, expected);
    let says =
        "2026-Q4 (2026-10-01 to 2026-12-31), the quarter of that moment; no other was given.";
    assert_eq!(row, says);
    for (named, start, end) in [
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-11-15..2027-02-14", "2026-11-15", "2027-02-14"),
    ] {
        let (given, row) = period(&scratch, named, LAST, &["--period", named]);
        let expected = json!({"end": end, "given": true, "label": named, "start": start});
        assert_eq!(given, expected);
        assert_eq!(
            row,
            format!("{named} ({start} to {end}), given by --period.")
        );
    }
}

#[test]
fn a_period_into_which_the_run_does_not_fall_is_refused_before_anything_is_examined() {
    let scratch = Scratch::new();
    for (named, says) in [
        (
            "2026-Q3",
            "expected a period into which the run falls, which is of 2026-12-31T23:59:59Z",
        ),
        ("2027-01", "expected a period into which the run falls"),
        (
            "2026-Q5",
            "expected a period as 2026-Q4, 2026-11 or 2026-10-01..2026-12-31",
        ),
        ("2026-12-31..2026-12-01", "expected a period as 2026-Q4"),
        ("", "expected a period as 2026-Q4"),
    ] {
        let said = examined(&scratch, "out", LAST, &["--period", named]);
        let words: Vec<&str> = said.stderr.split_whitespace().collect();
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{named}");
        assert!(words.join(" ").contains(says), "{named}: {}", said.stderr);
        assert!(!scratch.path("out").exists(), "{named}");
    }
}

#[test]
fn steps_4_and_8_find_a_period_that_is_not_that_of_the_run() {
    let other = |label: &str| Period::parse(label).expect("a period");
    let steps = forged(
        &[4],
        "a quarter before",
        |_| {},
        |manifest| {
            manifest.period = other("2026-Q3");
        },
    );
    let says = "the run of 2026-10-10T12:00:00Z does not fall into its period, 2026-Q3";
    assert!(steps[&4].1.contains(says), "{steps:?}");
    // Named after a quarter with other days.
    forged(
        &[4],
        "other days",
        |_| {},
        |manifest| {
            manifest.period.start = other("2026-07").start;
        },
    );
    // A period that it does fall into is another than that of its entry, which is left as it was.
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 2);
    let was = manifest_of(&one).period.label;
    let made = resealed(&one, |manifest| manifest.period = other("2026-10"));
    reentered(&root, &made);
    rewritten(&root, |entries| was.clone_into(&mut newest(entries).period));
    let (code, steps) = verified(&root, &made, &["--without", "10"]);
    assert_eq!(
        (code, steps[&8].0.as_str()),
        (Some(4), "failed"),
        "{steps:?}"
    );
    let says = "its entry has another period than 2026-10, in which it says it was made";
    assert!(steps[&8].1.contains(says), "{steps:?}");
    assert!(Path::new(&entries(&root)).exists());
}
