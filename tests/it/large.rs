//! Reports that are too large to be held: they are read in little memory, get into the bundle as
//! they are, and what is not listed of them makes no result better.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare files and start the program; the rule is for the program itself"
)]

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use audit::tree::digest::sha256;
use serde_json::Value as Json;

use crate::support::{Scratch, audit, bundles, commit_all, files, read, write};

/// Writes a report of at least this size: a beginning, rows by their number, an end.
fn fill(path: &Path, size: usize, head: &str, row: impl Fn(u32) -> String, tail: &str) {
    let mut file = BufWriter::new(fs::File::create(path).expect("a file"));
    let mut put = |text: &str| {
        let written = file.write_all(text.as_bytes());
        written.expect("room for the report");
    };
    let mut length = head.len();
    put(head);
    for number in 0.. {
        let row = row(number);
        put(&row);
        length += row.len();
        if length > size {
            break;
        }
    }
    put(tail);
}

/// Cases that passed, each of which printed so many lines.
fn junit(path: &Path, size: usize, lines: usize) {
    let printed = "a line of output\n".repeat(lines);
    let case =
        |row| format!("<testcase name=\"t{row}\"><system-out>{printed}</system-out></testcase>\n");
    let head = "<testsuites><testsuite name=\"pytest\">\n";
    fill(path, size, head, case, "</testsuite></testsuites>\n");
}

/// Results that quote so many lines of source, of a rule that comes after them.
pub(crate) fn sarif(path: &Path, size: usize, lines: usize, tag: &str) {
    let quoted = r#"    value = \"planted-0007\"\n"#.repeat(lines);
    let result = |row| {
        format!(
            r#", {{"ruleId": "R", "locations": [{{"physicalLocation": {{"artifactLocation":
            {{"uri": "src/m{row}.py"}}, "region": {{"startLine": 7, "snippet": {{"text":
            "{quoted}"}}}}}}}}]}}"#
        )
    };
    let head = r#"{"version": "2.1.0", "runs": [{"results": [{"ruleId": "R"}"#;
    let tail = format!(
        r#"], "tool": {{"driver": {{"name": "T", "rules": [{{"id": "R", "properties":
        {{"tags": ["{tag}"]}}, "defaultConfiguration": {{"level": "note"}}}}]}}}}}}]}}"#
    );
    fill(path, size, head, result, &tail);
}

/// Looks at a report in so much memory, in KiB, everything included.
#[cfg(target_os = "linux")]
fn inspect_within(kibibytes: usize, report: &Path) -> Json {
    let line = format!("ulimit -v {kibibytes}; exec \"$0\" inspect \"$1\" --format json");
    let output = std::process::Command::new("sh")
        .args(["-c", &line, env!("CARGO_BIN_EXE_audit")])
        .arg(report)
        // Each thread, and each arena of the allocator, takes room that nobody uses.
        .env("RAYON_NUM_THREADS", "1")
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .expect("a shell");
    let said = crate::support::said(&output);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    serde_json::from_str(&said.stdout).expect("one line of JSON")
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_is_read_in_less_memory_than_it_has_bytes() {
    const MEMORY: usize = 72 * 1024;
    let scratch = Scratch::new();
    let path = scratch.path("report");
    for measure in ["passed", "active"] {
        match measure {
            "passed" => junit(&path, MEMORY * 1024, 300),
            _ => sarif(&path, MEMORY * 1024, 180, "t"),
        }
        let look = inspect_within(MEMORY, &path);
        assert_eq!(look["state"], "complete", "{look}");
        assert!(
            look["bytes"].as_u64() > Some(MEMORY as u64 * 1024),
            "{look}"
        );
        assert!(look["measures"][measure].as_u64() > Some(10_000), "{look}");
    }
}

/// More than a report may have to be held in memory.
pub(crate) const LARGE: usize = 9 * 1024 * 1024;

/// Runs the main job on a folder: the bundle.
fn run(scratch: &Scratch, folder: &Path) -> PathBuf {
    let (here, out) = (folder.display().to_string(), scratch.path("out"));
    let out_text = out.display().to_string();
    let said = audit(folder, &[&here, "--controls", "soc2", "--out", &out_text]);
    assert!(matches!(said.code, Some(1 | 3)), "{}", said.stderr);
    let [bundle] = bundles(&out).try_into().expect("one bundle");
    bundle
}

fn report(bundle: &Path) -> Json {
    serde_json::from_str(&read(&bundle.join("report.json"))).expect("a report")
}

/// The exhibit of a path, and its bytes in the bundle, which have to be those it names.
fn exhibit(bundle: &Path, path: &str) -> (Json, Vec<u8>) {
    let report = report(bundle);
    let exhibits = report["exhibits"].as_array().expect("exhibits");
    let exhibit = exhibits.iter().find(|exhibit| exhibit["path"] == path);
    let exhibit = exhibit.expect("an exhibit").clone();
    let place = exhibit["evidence"].as_str().expect("a place");
    let bytes = files(bundle).remove(place).expect("its bytes");
    assert_eq!(exhibit["sha256"], sha256(&bytes).to_string());
    assert_eq!(exhibit["bytes"], bytes.len());
    (exhibit, bytes)
}

#[test]
fn a_large_report_lies_in_the_bundle_as_it_was_read() {
    let scratch = Scratch::new();
    let folder = scratch.path("work");
    fs::create_dir_all(&folder).expect("a folder");
    for name in ["junit.xml", "later-junit.xml"] {
        junit(&folder.join(name), LARGE, 20);
        if name == "junit.xml" {
            commit_all(&folder);
        }
    }
    let bundle = run(&scratch, &folder);
    for (name, tracked) in [("junit.xml", true), ("later-junit.xml", false)] {
        let (exhibit, bytes) = exhibit(&bundle, name);
        assert_eq!(exhibit["tracked"], tracked, "{name}");
        assert!(bytes.len() > LARGE && bytes == fs::read(folder.join(name)).expect("a file"));
    }
    let subject = &report(&bundle)["subject"];
    assert_eq!(subject["dirty"], false, "{subject}");
}

#[test]
fn a_large_report_that_quotes_secrets_is_shipped_without_them() {
    let scratch = Scratch::new();
    let folder = scratch.path("work");
    fs::create_dir_all(&folder).expect("a folder");
    sarif(&folder.join("scan.sarif"), LARGE, 20, "secrets");
    commit_all(&folder);
    let bundle = run(&scratch, &folder);
    let (exhibit, bytes) = exhibit(&bundle, "scan.sarif");
    let taken_out = exhibit["redaction"]["fields"]["snippet"].as_u64();
    assert!(taken_out > Some(10_000), "{exhibit}");
    let text = String::from_utf8(bytes).expect("text");
    assert!(text.contains("REDACTED") && text.contains("src/m9000.py"));
    for (path, bytes) in files(&bundle) {
        let found = bytes.windows(12).any(|window| window == b"planted-0007");
        assert!(!found, "{path}");
    }
    let hidden = files(&scratch.path("out")).into_keys();
    let left: Vec<String> = hidden.filter(|path| path.contains(".scratch")).collect();
    assert_eq!(left, [""; 0]);
}

/// What became of the control of passing tests, where these cases ran and so many skips are
/// allowed.
fn tests_pass(cases: &[(usize, &str)], skips: usize) -> (String, String) {
    let scratch = Scratch::new();
    let folder = scratch.path("work");
    fs::create_dir_all(folder.join(".audit")).expect("a folder");
    let policy = format!(
        "apiVersion: audit/v1\nparameters:\n  TQ-04:\n    undated: accept\n    max_skips: {skips}\n    \
         rationale: A test.\n"
    );
    write(&folder.join(".audit/policy.yaml"), &policy);
    let cases: Vec<String> = cases
        .iter()
        .map(|(count, child)| format!("<testcase name=\"t\">{child}</testcase>\n").repeat(*count))
        .collect();
    let text = format!("<testsuite name=\"s\">\n{}</testsuite>\n", cases.concat());
    write(&folder.join("junit.xml"), &text);
    commit_all(&folder);
    let report = report(&run(&scratch, &folder));
    let results = report["results"].as_array().expect("results");
    let result = results.iter().find(|result| result["control"] == "TQ-04");
    let result = result.expect("the control");
    let outcome = result["outcome"].as_str().expect("an outcome");
    (outcome.to_owned(), result["gaps"].to_string())
}

#[test]
fn what_is_not_listed_of_a_report_makes_no_result_better() {
    // Every case that did not pass is listed, so that those that are not listed change nothing.
    let passed = tests_pass(&[(60_000, ""), (3, "<skipped/>")], 3);
    assert_eq!(passed, ("no-exceptions-noted".to_owned(), "[]".to_owned()));
    // As many as are allowed are listed, and there are more.
    let (outcome, gaps) = tests_pass(&[(50_002, "<skipped/>"), (10, "")], 50_001);
    assert_eq!(outcome, "not-tested", "{gaps}");
    assert!(
        gaps.contains("2 test cases (status skipped) are counted and not listed"),
        "{gaps}"
    );
    let (outcome, gaps) = tests_pass(&[(50_002, "<failure/>"), (10, "")], 0);
    assert_eq!(outcome, "exceptions-noted", "{gaps}");
    assert!(gaps.contains("2 test cases (status failed)"), "{gaps}");
}
