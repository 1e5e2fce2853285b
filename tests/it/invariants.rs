//! Invariants that hold for a run as a whole, seen in the bundle it leaves.

#![expect(
    clippy::disallowed_methods,
    reason = "bundles are compared byte by byte; the rule is for the program itself"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use walkdir::WalkDir;

use crate::support::{Scratch, audit_with, commit_all, copy, names, package, read};

/// The time of the fixtures, and that of the example's reports.
const FIXTURES: &str = "2026-03-01T12:00:00Z";
const EXAMPLE: &str = "2026-11-22T20:00:00Z";

/// The one file that is read as a definition and not shipped as an exhibit.
const REGISTER: &str = ".audit/waivers.yaml";

/// A run: what it printed, and what it left behind.
struct Left {
    table: String,
    bundle: PathBuf,
    report: Json,
}

/// Examines a copy of a fixture, committed.
fn examine(scratch: &Scratch, fixture: &str, as_of: &str) -> Left {
    let folder = scratch.path("repository");
    copy(&package(fixture), &folder);
    commit_all(&folder);
    run(&folder, &scratch.path("out"), as_of, &[])
}

fn run(folder: &Path, out: &Path, as_of: &str, environment: &[(&str, &str)]) -> Left {
    let place = out.display().to_string();
    let arguments = [
        "--controls",
        "soc2",
        "--as-of",
        as_of,
        "-v",
        "--out",
        &place,
    ];
    let said = audit_with(folder, environment, &arguments);
    let name = names(out)
        .into_iter()
        .find(|name| name.starts_with("2026"))
        .unwrap_or_else(|| panic!("no bundle: {}", said.stderr));
    let bundle = out.join(name);
    let report = serde_json::from_str(&read(&bundle.join("report.json"))).expect("a report");
    Left {
        table: said.stdout,
        bundle,
        report,
    }
}

fn list(node: &Json) -> &[Json] {
    node.as_array().map_or(&[], Vec::as_slice)
}

fn text(node: &Json) -> &str {
    node.as_str().unwrap_or_default()
}

/// The exceptions of every control, one run for each.
fn exceptions() -> Vec<(String, Scratch, Left)> {
    names(&package("tests/fixtures/controls"))
        .into_iter()
        .filter(|control| control != "CM-05" && control != "GV-03")
        .map(|control| {
            let scratch = Scratch::new();
            let fixture = format!("tests/fixtures/controls/{control}/exceptions");
            let left = examine(&scratch, &fixture, FIXTURES);
            (control, scratch, left)
        })
        .collect()
}

/// The digests of the exhibits, each of them that of the bytes in the bundle.
fn exhibits(left: &Left) -> BTreeMap<&str, &str> {
    let mut digests = BTreeMap::new();
    let sums = read(&left.bundle.join("SHA256SUMS"));
    for exhibit in list(&left.report["exhibits"]) {
        let (path, sha256) = (text(&exhibit["path"]), text(&exhibit["sha256"]));
        let shipped = text(&exhibit["evidence"]);
        assert!(
            sums.lines()
                .any(|line| line == format!("{sha256}  {shipped}")),
            "{path} is not shipped with its digest"
        );
        digests.insert(path, sha256);
    }
    digests
}

#[test]
fn every_deviation_leads_to_bytes_with_a_digest() {
    let mut seen = BTreeSet::new();
    for (control, _scratch, left) in exceptions() {
        let digests = exhibits(&left);
        for result in list(&left.report["results"]) {
            let evidence: Vec<&str> = list(&result["evidence"]).iter().map(text).collect();
            for deviation in list(&result["deviations"]) {
                let (path, place) = (text(&deviation["path"]), text(&deviation["place"]));
                assert!(place.starts_with(path), "{control}: {place}");
                // What is nowhere has no place; then it is said what was looked for.
                if path.is_empty() {
                    let found = deviation["item"].to_string();
                    assert!(
                        found.contains("looked for") || !evidence.is_empty(),
                        "{control}: {found}"
                    );
                    continue;
                }
                seen.insert(text(&result["control"]).to_owned());
                let own = digests.contains_key(path) || path == REGISTER;
                let read_in = evidence.iter().any(|path| digests.contains_key(path));
                assert!(own || read_in, "{control}: {place} leads to no exhibit");
            }
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
}

#[test]
fn every_number_leads_to_an_exhibit() {
    let scratch = Scratch::new();
    let left = examine(&scratch, "examples/ledger", EXAMPLE);
    let digests = exhibits(&left);
    let mut measured = 0;
    for result in list(&left.report["results"]) {
        let evidence: Vec<&str> = list(&result["evidence"]).iter().map(text).collect();
        for path in &evidence {
            assert!(digests.contains_key(path), "{path} has no digest");
        }
        for test in list(&result["tests"]) {
            if !test["measured"].is_null() {
                measured += 1;
                assert!(!evidence.is_empty(), "{result:#}");
                assert!(test["exhibits"].as_u64() > Some(0), "{test:#}");
            }
        }
    }
    assert!(measured >= 3, "{measured} numbers");
}

/// The code of the renderers, without their tests.
fn renderers() -> Vec<(String, String)> {
    WalkDir::new(package("src/render"))
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.expect("a readable source").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| (path.display().to_string(), read(&path)))
        .filter(|(path, _)| !path.contains("/sample/") && !path.contains("tests"))
        .collect()
}

#[test]
fn renderers_know_a_bundle_and_nothing_that_made_it() {
    for (path, code) in renderers() {
        let body = code.split("#[cfg(test)]\nmod tests").next().unwrap_or("");
        for used in body.split("crate::").skip(1) {
            let known = ["model::", "render::", "seal::", "tree::digest"]
                .iter()
                .any(|allowed| used.starts_with(allowed));
            let name = used.lines().next().unwrap_or("");
            assert!(known, "{path} uses crate::{name}");
        }
    }
}

#[test]
fn every_format_tells_the_same_story() {
    for fixture in ["SA-03/exceptions", "TQ-01/stale", "GV-01/exceptions"] {
        let scratch = Scratch::new();
        let left = examine(
            &scratch,
            &format!("tests/fixtures/controls/{fixture}"),
            FIXTURES,
        );
        let page = read(&left.bundle.join("report.html"));
        let counts = &left.report["counts"];
        let said = |name: &str| counts[name].as_u64().expect("a count");
        let line = format!(
            "{} none noted, {} did not occur, {} not applicable",
            said("no_exceptions_noted"),
            said("did_not_occur"),
            said("not_applicable")
        );
        let table = left.table.replace('\n', " ");
        assert!(table.contains(&line), "{fixture}: {line}\n{}", left.table);
        for result in list(&left.report["results"]) {
            let control = text(&result["control"]);
            assert!(page.contains(control), "{fixture}: {control} in the page");
            let blocks = ["exceptions-noted", "not-tested"];
            if blocks.contains(&text(&result["outcome"])) {
                assert!(
                    left.table.contains(control),
                    "{fixture}: {control} on the terminal"
                );
            }
            for deviation in list(&result["deviations"]) {
                let place = text(&deviation["place"]);
                assert!(page.contains(place), "{fixture}: {place} in the page");
                assert!(
                    left.table.contains(place),
                    "{fixture}: {place} on the terminal"
                );
            }
        }
    }
}

/// Every file of a bundle with its bytes, by its path in it.
fn bytes(bundle: &Path) -> BTreeMap<String, Vec<u8>> {
    WalkDir::new(bundle)
        .into_iter()
        .map(|entry| entry.expect("a readable bundle").into_path())
        .filter(|path| path.is_file())
        .map(|path| {
            let inside = path.strip_prefix(bundle).expect("below the bundle");
            let bytes = std::fs::read(&path).expect("a file of the bundle");
            (inside.display().to_string(), bytes)
        })
        .collect()
}

#[test]
fn the_same_input_gives_the_same_bundle_on_another_machine() {
    let here = Scratch::new();
    let first = examine(&here, "examples/ledger", EXAMPLE);
    // The same files, laid down in the opposite order, elsewhere, under other settings.
    let there = Scratch::new();
    let folder = there.path("repository");
    let from = package("examples/ledger");
    let files: Vec<PathBuf> = WalkDir::new(&from)
        .sort_by(|left, right| right.file_name().cmp(left.file_name()))
        .into_iter()
        .map(|entry| entry.expect("a readable example").into_path())
        .filter(|path| path.is_file())
        .collect();
    for file in files {
        let to = folder.join(file.strip_prefix(&from).expect("below the example"));
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(&file, &to).expect("a copy");
    }
    commit_all(&folder);
    let settings = [
        ("TZ", "Pacific/Kiritimati"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LANG", "de_DE.ISO-8859-1"),
        ("COLUMNS", "60"),
        ("RAYON_NUM_THREADS", "1"),
    ];
    let second = run(&folder, &there.path("out"), EXAMPLE, &settings);
    assert_eq!(first.bundle.file_name(), second.bundle.file_name());
    let (left, right) = (bytes(&first.bundle), bytes(&second.bundle));
    let paths: Vec<&String> = left.keys().collect();
    assert_eq!(paths, right.keys().collect::<Vec<_>>());
    for (path, content) in &left {
        assert!(right[path] == *content, "{path} differs");
    }
}
