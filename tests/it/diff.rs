//! What changed from one bundle to another, said by `audit diff`.

#![cfg(unix)]

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::support::{Said, Scratch, audit, bundles, commit_all, read, write};

const POLICY: &str = "apiVersion: audit/v1\nrepository: payments\n";

/// A repository with two calls that have to be found, and the bundle of a run over it.
fn earlier(scratch: &Scratch) -> (PathBuf, PathBuf) {
    let folder = scratch.path("repository");
    for inner in ["src", ".audit"] {
        std::fs::create_dir_all(folder.join(inner)).expect("a folder");
    }
    write(&folder.join("src/a.py"), "eval(input())\n");
    write(&folder.join("src/b.py"), "exec(input())\n");
    write(&folder.join("src/c.py"), "import pickle\n");
    write(&folder.join(".audit/policy.yaml"), POLICY);
    commit_all(&folder);
    let bundle = examine(scratch, &folder, "first", "2026-11-23T12:00:00Z");
    (folder, bundle)
}

fn examine(scratch: &Scratch, folder: &Path, out: &str, as_of: &str) -> PathBuf {
    let out = scratch.path(out);
    let (path, into) = (folder.display().to_string(), out.display().to_string());
    let flags = ["--controls", "soc2", "--out", &into, "--as-of", as_of];
    let said = audit(&scratch.path(""), &[&[&*path], &flags[..]].concat());
    assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
    bundles(&out).remove(0)
}

fn diff(scratch: &Scratch, was: &Path, now: &Path, flags: &[&str]) -> Said {
    let (was, now) = (was.display().to_string(), now.display().to_string());
    audit(&scratch.path(""), &[&["diff", &was, &now], flags].concat())
}

#[test]
fn a_run_is_as_before_beside_itself() {
    let scratch = Scratch::new();
    let (_, bundle) = earlier(&scratch);
    let said = diff(&scratch, &bundle, &bundle, &["--gate"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    let last = said.stdout.lines().last().expect("a line");
    assert_eq!(last, "40 controls: 40 as before");
}

#[test]
fn what_is_worse_stands_first_and_closes_the_gate() {
    let scratch = Scratch::new();
    let (folder, first) = earlier(&scratch);
    // One call is gone, one stands in a file that is not there any more, and there is a new one.
    write(&folder.join("src/a.py"), "print(input())\n");
    std::fs::remove_file(folder.join("src/b.py")).expect("a file");
    write(
        &folder.join("src/c.py"),
        "import pickle\npickle.loads(input())\n",
    );
    write(
        &folder.join(".audit/policy.yaml"),
        &format!(
            "{POLICY}parameters:\n  TQ-04:\n    max_skips: 3\n    rationale: Three are left.\n"
        ),
    );
    commit_all(&folder);
    let second = examine(&scratch, &folder, "second", "2026-11-24T12:00:00Z");
    let said = diff(&scratch, &first, &second, &["-v"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!("diff", masked(&said.stdout));
    let gated = diff(&scratch, &first, &second, &["--gate", "-v"]);
    assert_eq!((gated.code, gated.stdout), (Some(1), said.stdout));
    let back = diff(&scratch, &second, &first, &["--gate"]);
    assert!(
        back.stdout
            .contains("note      The first run is the later one"),
        "{}",
        back.stdout
    );
    let json = diff(&scratch, &first, &second, &["--format", "json"]);
    let json: Json = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(json["results"][0]["way"], "worse", "{json}");
    assert_eq!(json["parameters"][0]["looser"], true, "{json}");
}

/// Without the names of commits.
fn masked(text: &str) -> String {
    let hex = |word: &str| word.len() == 12 && word.bytes().all(|it| it.is_ascii_hexdigit());
    let line = |line: &str| -> String {
        let words = line.split(' ').map(|word| {
            let (word, comma) = word
                .strip_suffix(',')
                .map_or((word, ""), |word| (word, ","));
            format!("{}{comma}", if hex(word) { "<commit>" } else { word })
        });
        words.collect::<Vec<String>>().join(" ")
    };
    text.lines().map(line).collect::<Vec<String>>().join("\n")
}

#[test]
fn what_is_no_bundle_is_refused_with_both_places() {
    let scratch = Scratch::new();
    let (folder, bundle) = earlier(&scratch);
    let said = diff(&scratch, &folder, &scratch.path("nowhere"), &[]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""));
    assert_eq!(
        said.stderr.matches("error[bundle]").count(),
        2,
        "{}",
        said.stderr
    );
    write(&folder.join("report.json"), "{\"results\": 7}");
    let said = diff(&scratch, &folder, &bundle, &[]);
    assert_eq!(said.code, Some(2), "{}", said.stderr);
}

#[test]
fn a_bundle_that_is_not_what_was_sealed_is_not_compared() {
    let scratch = Scratch::new();
    let (_, bundle) = earlier(&scratch);
    let other = scratch
        .path("other")
        .join(bundle.file_name().expect("a name"));
    crate::support::copy(&bundle, &other);
    let report = other.join("report.json");
    let text = read(&report);
    let edited = text.replace("exceptions-noted", "no-exceptions-noted");
    assert_ne!(text, edited);
    write(&report, &edited);
    for (was, now) in [(&bundle, &other), (&other, &bundle)] {
        let said = diff(&scratch, was, now, &["--gate"]);
        assert_eq!((said.code, said.stdout.as_str()), (Some(4), ""));
        let told = "step 2 of audit verify failed";
        assert!(said.stderr.contains(told), "{}", said.stderr);
    }
}

#[test]
fn an_archive_is_compared_as_its_bundle_is() {
    let scratch = Scratch::new();
    let (folder, first) = earlier(&scratch);
    // A file that has other bytes.
    write(&folder.join("src/a.py"), "print(input())\n");
    commit_all(&folder);
    let second = examine(&scratch, &folder, "second", "2026-11-24T12:00:00Z");
    let archive = scratch.path("second.tar");
    let (from, to) = (second.display().to_string(), archive.display().to_string());
    let exported = audit(&scratch.path(""), &["export", &from, "--tar", &to]);
    assert_eq!(exported.code, Some(0), "{}", exported.stderr);
    let json = ["--format", "json"];
    let plain = diff(&scratch, &first, &second, &json);
    let packed = diff(&scratch, &first, &archive, &json);
    assert_eq!((packed.code, packed.stderr.as_str()), (Some(0), ""));
    assert_eq!(packed.stdout, plain.stdout);
    let json: Json = serde_json::from_str(&packed.stdout).expect("JSON");
    let changed = json["evidence"]["changed"].as_array().expect("files");
    assert!(changed.contains(&"src/a.py".into()), "{json}");
}

/// An entry of the register, with the words that change in these tests.
fn waiver(id: &str, path: &str, expires: &str, reason: &str) -> String {
    format!(
        "  - id: {id}\n    control: CP-01\n    scope: {{ path: {path} }}\n    reason: {reason}\n    \
         owner: Maria Okafor\n    approver: Jo Lindqvist\n    issued: 2026-11-01\n    \
         expires: {expires}\n"
    )
}

const REASON: &str = "The call is replaced with the next release.";

/// Writes a register with these entries, commits and examines it.
fn registered(scratch: &Scratch, folder: &Path, out: &str, entries: &[String]) -> PathBuf {
    let text = format!("apiVersion: audit/v1\nwaivers:\n{}", entries.concat());
    write(&folder.join(".audit/waivers.yaml"), &text);
    commit_all(folder);
    examine(scratch, folder, out, "2026-11-24T12:00:00Z")
}

/// What `audit diff` says of waivers, for a program and for a person.
fn of_waivers(scratch: &Scratch, was: &Path, now: &Path) -> (Vec<Json>, String) {
    let json = diff(scratch, was, now, &["--format", "json"]);
    assert_eq!((json.code, json.stderr.as_str()), (Some(0), ""));
    let json: Json = serde_json::from_str(&json.stdout).expect("JSON");
    let text = diff(scratch, was, now, &["--width", "120"]).stdout;
    let words: Vec<&str> = text.split_whitespace().collect();
    (
        json["waivers"].as_array().expect("waivers").clone(),
        words.join(" "),
    )
}

#[test]
fn a_waiver_that_came_went_or_was_written_anew_is_told() {
    let scratch = Scratch::new();
    let (folder, _) = earlier(&scratch);
    let a = "src/a.py";
    let one = waiver("W-001", a, "2026-12-31", REASON);
    let none = registered(&scratch, &folder, "none", &[]);
    let first = registered(&scratch, &folder, "one", std::slice::from_ref(&one));
    let at = |place: &str| format!("in force to {place}, covers 1, approved by Jo Lindqvist");
    // Added, and taken away.
    let (changes, text) = of_waivers(&scratch, &none, &first);
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(
        (&changes[0]["id"], &changes[0]["was"]),
        (&"W-001".into(), &Json::Null)
    );
    assert_eq!(changes[0]["now"], at("2026-12-31"));
    let says = format!("! W-001 waiver of CP-01: added: {}", at("2026-12-31"));
    assert!(text.contains(&says), "{text}");
    let (changes, text) = of_waivers(&scratch, &first, &none);
    assert_eq!(changes[0]["now"], Json::Null, "{changes:?}");
    assert!(
        text.contains("waiver of CP-01: taken away: in force"),
        "{text}"
    );
    assert!(text.contains("that no waiver covers any more"), "{text}");
    // Extended.
    let longer = waiver("W-001", a, "2027-01-15", REASON);
    let longer = registered(&scratch, &folder, "longer", &[longer]);
    let (changes, text) = of_waivers(&scratch, &first, &longer);
    let [was, now] = [at("2026-12-31"), at("2027-01-15")];
    assert_eq!(
        (&changes[0]["was"], &changes[0]["now"]),
        (&was.clone().into(), &now.clone().into())
    );
    assert_eq!(changes[0]["fields"], serde_json::json!([]));
    assert!(
        text.contains(&format!("W-001 waiver of CP-01: {now}; was {was}")),
        "{text}"
    );
}

#[test]
fn a_waiver_that_says_other_things_than_before_is_told_though_no_result_shows_it() {
    let scratch = Scratch::new();
    let (folder, _) = earlier(&scratch);
    let [a, b] = ["src/a.py", "src/b.py"];
    let one = waiver("W-001", a, "2026-12-31", REASON);
    let first = registered(&scratch, &folder, "one", &[one]);
    // Said in other words, and nothing else.
    let words = "Nobody calls it from outside.";
    let reworded = waiver("W-001", a, "2026-12-31", words);
    let reworded = registered(&scratch, &folder, "reworded", &[reworded]);
    let (changes, text) = of_waivers(&scratch, &first, &reworded);
    assert_eq!(
        (changes.len(), &changes[0]["was"]),
        (1, &changes[0]["now"]),
        "{changes:?}"
    );
    let field = serde_json::json!([{"field": "reason", "was": REASON, "now": words}]);
    assert_eq!(changes[0]["fields"], field);
    assert!(
        text.contains(&format!("reason: {words}, was {REASON}")),
        "{text}"
    );
    // The same count of deviations, and another one of them.
    let moved = waiver("W-001", b, "2026-12-31", REASON);
    let moved = registered(&scratch, &folder, "moved", &[moved]);
    let (changes, text) = of_waivers(&scratch, &first, &moved);
    let fields = changes[0]["fields"].as_array().expect("fields");
    let names: Vec<&Json> = fields.iter().map(|it| &it["field"]).collect();
    assert_eq!(
        names,
        [&Json::from("scope"), &Json::from("covers")],
        "{changes:?}"
    );
    assert!(text.contains("scope: src/b.py, was src/a.py"), "{text}");
    // And one that is as it was is not told.
    let (changes, _) = of_waivers(&scratch, &first, &first);
    assert!(changes.is_empty(), "{changes:?}");
}
