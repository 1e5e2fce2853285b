//! Invariants that hold for a run as a whole, seen in the bundle it leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::Value as Json;
use walkdir::WalkDir;

use crate::states::{ATTENTION, State, States, WHOLE, attention};
use crate::support::{Scratch, audit, commit_all, copy, names, package, read, write};

/// The time of the fixtures, and that of the example's reports.
const FIXTURES: &str = "2026-03-01T12:00:00Z";
const EXAMPLE: &str = "2026-11-23T12:00:00Z";

/// A run: what it printed, and what it left behind.
struct Left {
    table: String,
    summary: String,
    annotations: String,
    /// Every format but the table, by its name.
    formats: BTreeMap<&'static str, String>,
    bundle: PathBuf,
    report: Json,
}

/// The formats of one file.
const SINGLE: [&str; 9] = [
    "json",
    "html",
    "markdown",
    "github",
    "sarif",
    "code-scanning",
    "junit",
    "oscal",
    "hdf",
];

/// Examines a copy of a fixture, committed.
fn examine(scratch: &Scratch, fixture: &str, as_of: &str) -> Left {
    let folder = scratch.path("repository");
    copy(&package(fixture), &folder);
    examine_here(scratch, as_of)
}

/// Examines the repository of a scratch folder.
fn examine_here(scratch: &Scratch, as_of: &str) -> Left {
    let folder = scratch.path("repository");
    commit_all(&folder);
    let out = scratch.path("out");
    let place = out.display().to_string();
    let formats = scratch.path("formats");
    fs::create_dir_all(&formats).expect("a folder");
    let mut arguments: Vec<String> = ["--controls", "soc2", "--as-of", as_of, "-v", "--out"]
        .map(str::to_owned)
        .to_vec();
    arguments.extend([place, format!("--format=csv:{}", formats.display())]);
    for name in SINGLE {
        arguments.push(format!("--format={name}:{}", formats.join(name).display()));
    }
    let said = audit(&folder, &arguments);
    let name = names(&out)
        .into_iter()
        .find(|name| name.starts_with("2026"))
        .unwrap_or_else(|| panic!("no bundle: {}", said.stderr));
    let bundle = out.join(name);
    let mut written: BTreeMap<&str, String> = SINGLE
        .iter()
        .map(|name| (*name, read(&formats.join(name))))
        .collect();
    let table = |name: &str| read(&formats.join(format!("{name}.csv")));
    written.insert("results.csv", table("results"));
    written.insert("csv", table("deviations") + &table("requests"));
    written.insert("table", said.stdout.clone());
    assert_eq!(written["json"], read(&bundle.join("report.json")));
    Left {
        table: said.stdout,
        summary: written["markdown"].clone(),
        annotations: written["github"].clone(),
        report: serde_json::from_str(&written["json"]).expect("a report"),
        formats: written,
        bundle,
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
                    let found = deviation["observed"].to_string();
                    let sources = result["sources"].as_u64() > Some(0)
                        && left.bundle.join("sources.sha256").is_file();
                    assert!(
                        found.contains("looked for") || !evidence.is_empty() || sources,
                        "{control}: {found}"
                    );
                    continue;
                }
                seen.insert(text(&result["control"]).to_owned());
                let own = digests.contains_key(path);
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

/// Whether every format says of every control what the report says.
fn assert_same_states(name: &str, left: &Left) -> States {
    let (_, json) = WHOLE[0];
    let told = json(&left.formats["json"]);
    for (format, read) in WHOLE {
        assert_eq!(read(&left.formats[format]), told, "{name}: {format}");
    }
    for (format, read) in ATTENTION {
        assert_eq!(
            read(&left.formats[format]),
            attention(&told),
            "{name}: {format}"
        );
    }
    told
}

/// A register with one waiver, for all workflows.
fn register(expires: &str) -> String {
    format!(
        "apiVersion: audit/v1\nwaivers:\n  - id: W-001\n    control: CI-01\n    scope: {{ path: \
         .github/workflows/** }}\n    reason: The vendor <b>has</b> no other release.\n    owner: \
         maria\n    approver: jo\n    issued: 2026-02-01\n    expires: {expires}\n"
    )
}

#[test]
fn every_format_tells_the_same_story_of_waivers() {
    for (expires, state) in [
        ("2026-04-30", State::Waived),
        ("2026-02-20", State::Exceptions),
    ] {
        let scratch = Scratch::new();
        let folder = scratch.path("repository");
        copy(
            &package("tests/fixtures/controls/CI-01/exceptions"),
            &folder,
        );
        fs::create_dir_all(folder.join(".audit")).expect("a folder");
        write(&folder.join(".audit/waivers.yaml"), &register(expires));
        let left = examine_here(&scratch, FIXTURES);
        let told = assert_same_states(expires, &left);
        assert_eq!(told.get("CI-01"), Some(&state), "{}", left.table);
        let found: BTreeSet<String> = told.values().map(|state| format!("{state:?}")).collect();
        assert!(found.len() >= 4, "{found:?}");
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
        assert_same_states(fixture, &left);
        // Where a path may break is no part of it.
        let page = read(&left.bundle.join("report.html")).replace("<wbr>", "");
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
        assert!(left.summary.contains(&line), "{fixture}: {line}");
        for result in list(&left.report["results"]) {
            let control = text(&result["control"]);
            assert!(page.contains(control), "{fixture}: {control} in the page");
            let blocks = ["exceptions-noted", "not-tested"];
            if blocks.contains(&text(&result["outcome"])) {
                for (text, of) in [
                    (&left.table, "on the terminal"),
                    (&left.summary, "in the summary"),
                    (&left.annotations, "among the annotations"),
                ] {
                    assert!(text.contains(control), "{fixture}: {control} {of}");
                }
            }
            for deviation in list(&result["deviations"]) {
                let place = text(&deviation["place"]);
                assert!(page.contains(place), "{fixture}: {place} in the page");
                assert!(
                    left.table.contains(place),
                    "{fixture}: {place} on the terminal"
                );
                assert!(
                    left.summary.contains(place),
                    "{fixture}: {place} in the summary"
                );
            }
        }
    }
}
