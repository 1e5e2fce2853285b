//! The value of a secret comes out nowhere: not in a bundle, not on the terminal, in no report of
//! any command.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::support::{AS_OF, Scratch, audit, bundles, commit_all, files, read, write};

/// What is planted. Its halves are looked for too, since a part of a secret is one.
const PLANTED: &str = "Zq7-planted-value-Xw3";

/// Every field of gitleaks 8 that holds a text, filled with the secret or with text around it. The
/// fields that say where the secret lies stay as they are, except the texts in them that nothing
/// but the scanner's own configuration decides.
fn gitleaks(secret: &str) -> Json {
    let finding = |at: u64| {
        json!({
            "RuleID": "generic-api-key", "Description": "Detected a key",
            "StartLine": at, "EndLine": at, "StartColumn": 1, "EndColumn": 40,
            "Match": format!("key = \"{secret}\""), "Secret": secret,
            "Line": format!("export key = \"{secret}\""),
            "File": "conf.py", "SymlinkFile": "", "Commit": "a".repeat(40), "Entropy": 3.5,
            "Author": "A. Person", "Email": "person@acme.example",
            "Date": "2026-11-22T09:00:00Z", "Message": format!("Add {secret}\n\nand more"),
            "Link": "", "Tags": ["key"], "Fingerprint": format!("a:conf.py:generic-api-key:{at}"),
            "requiredFindings": [{"RuleID": "r", "Secret": secret, "Match": secret,
                "Line": [secret], "Context": {"deep": [secret]}}],
            "Attributes": {"context": secret, "list": [secret, {"x": secret}]},
            "NewFieldOfTheNextVersion": secret,
        })
    };
    json!([finding(3), finding(7), finding(9)])
}

/// The same of a scanner that writes SARIF.
fn sarif(secret: &str) -> Json {
    let said = json!({"text": secret, "markdown": format!("**{secret}**"), "arguments": [secret]});
    let result = |line: u64| {
        json!({
            "ruleId": "aws", "message": said,
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "conf.py"},
                "region": {"startLine": line, "snippet": said},
                "contextRegion": {"startLine": line, "snippet": {"text": secret,
                    "rendered": {"text": secret}}}}, "message": said}],
            "relatedLocations": [{"message": said}],
            "fixes": [{"description": said, "artifactChanges": [{"artifactLocation":
                {"uri": "conf.py"}, "replacements": [{"deletedRegion": {"startLine": line,
                "snippet": said}, "insertedContent": {"text": secret}}]}]}],
            "codeFlows": [{"message": said, "threadFlows": [{"locations": [{"state":
                {"x": said}}]}]}],
            "stacks": [{"message": said, "frames": [{"location": {"message": said}}]}],
            "attachments": [{"description": said}],
            "suppressions": [],
            "partialFingerprints": {"commitSha": "a".repeat(40), "email": secret,
                "commitMessage": secret, "secret/v1": secret},
            "fingerprints": {"v1": secret},
            "properties": {"match": secret, "deep": {"list": [secret]}},
        })
    };
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "gitleaks", "version": "8.30.1",
            "rules": [{"id": "aws", "shortDescription": {"text": "A key"}}]}},
        "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [
            {"level": "note", "message": said}]}],
        "artifacts": [{"location": {"uri": "conf.py"}, "contents": {"text": secret}}],
        "threadFlowLocations": [{"location": {"message": said}}],
        "graphs": [{"description": said}],
        "webRequests": [{"target": secret, "headers": {"x": secret}}],
        "results": [result(3), result(7), result(9)],
    }]})
}

/// A repository whose only secret scanner's report is this one.
fn repository(scratch: &Scratch, name: &str, report: &str) -> PathBuf {
    let folder = scratch.path("repository");
    fs::create_dir_all(folder.join(".audit")).expect("a folder");
    write(
        &folder.join(".audit/policy.yaml"),
        &format!(
            "apiVersion: audit/v1\nreports:\n  secrets: [{name}]\n\
             parameters:\n  SE-03: {{ undated: accept, rationale: Time is not the matter here. }}\n"
        ),
    );
    write(&folder.join("README.md"), "Nothing to hide.\n");
    write(&folder.join(name), report);
    commit_all(&folder);
    folder
}

/// Whether anything of the secret stands in some bytes, as it is or as JSON, HTML, hex or base64
/// would write it. Base64 is looked for at each of its three alignments.
fn holds(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let plain = ["Zq7-planted", "planted-value", "value-Xw3"];
    let hex = ["706c616e746564", "706C616E746564"];
    let base64 = [
        "LXBsYW50ZWQtdmFsdWUt",
        "Ny1wbGFudGVkLXZhbHVl",
        "cTctcGxhbnRlZC12YWx1",
    ];
    let mut forms = plain.iter().chain(&hex).chain(&base64);
    forms.any(|form| text.contains(form))
}

/// Runs every command that reads reports and looks for the secret in all they write. Gives the
/// report of the main job.
fn nothing_comes_out(scratch: &Scratch, folder: &Path, name: &str) -> Json {
    let out = scratch.path("out");
    let path = folder.display().to_string();
    let file = folder.join(name).display().to_string();
    let into = out.display().to_string();
    let main = [
        &*path,
        "--controls",
        "soc2",
        "--as-of",
        AS_OF,
        "--out",
        &into,
    ];
    let more = |flags: &[&'static str]| [&main[..], flags].concat();
    let runs = [
        more(&[]),
        more(&["-v"]),
        more(&["-vv"]),
        more(&["--only", "SE-03", "-vv"]),
        more(&["--check-objects"]),
        vec!["facts", &path],
        vec!["facts", &path, "--format", "json"],
        vec!["inspect", &file],
        vec!["inspect", &file, "--format", "json"],
        vec!["explain", "SE-03", "--out", &into],
        vec!["explain", "SE-03", "--out", &into, "-vv"],
    ];
    for arguments in runs {
        let said = audit(folder, &arguments);
        assert!(
            matches!(said.code, Some(0 | 1 | 3)),
            "{arguments:?}: {}",
            said.stderr
        );
        for stream in [&said.stdout, &said.stderr] {
            assert!(!holds(stream.as_bytes()), "{arguments:?}: {stream}");
        }
    }
    for (path, bytes) in files(&out) {
        assert!(!holds(&bytes), "{path} of the bundle holds the secret");
        assert!(!holds(path.as_bytes()), "{path}");
    }
    let bundle = bundles(&out).remove(0);
    serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON")
}

/// What SE-03 came to, and how many places it names.
fn credentials(report: &Json) -> (&str, usize) {
    let results = report["results"].as_array().expect("results");
    let result = results
        .iter()
        .find(|result| result["control"] == "SE-03")
        .expect("SE-03");
    let outcome = result["outcome"].as_str().expect("an outcome");
    (
        outcome,
        result["deviations"].as_array().expect("a list").len(),
    )
}

/// What is shipped of a report, and whether the bundle says that it was changed.
fn shipped(scratch: &Scratch, report: &Json, name: &str) -> (String, bool) {
    let exhibits = report["exhibits"].as_array().expect("exhibits");
    let exhibit = exhibits.iter().find(|exhibit| exhibit["path"] == name);
    let exhibit = exhibit.expect("the report is an exhibit");
    let place = exhibit["evidence"].as_str().expect("a path");
    let text = read(&bundles(&scratch.path("out"))[0].join(place));
    (text, exhibit["redaction"]["fields"].is_object())
}

#[test]
fn a_secret_in_a_report_comes_out_nowhere_and_is_still_counted() {
    for (name, report) in [
        ("gitleaks.json", gitleaks(PLANTED)),
        ("gitleaks.sarif", sarif(PLANTED)),
    ] {
        let scratch = Scratch::new();
        let text = serde_json::to_string_pretty(&report).expect("JSON");
        let folder = repository(&scratch, name, &text);
        let with = nothing_comes_out(&scratch, &folder, name);
        assert_eq!(with["facts"]["secrets.finding"]["items"], 3, "{name}");
        let found = credentials(&with);
        assert_eq!(found.0, "exceptions-noted", "{name}");
        let (text, redacted) = shipped(&scratch, &with, name);
        assert!(redacted && text.contains("REDACTED"), "{name}: {text}");

        // The auditor, who has only what is shipped, comes to the same result.
        let again = Scratch::new();
        let folder = repository(&again, name, &text);
        let without = nothing_comes_out(&again, &folder, name);
        assert_eq!(credentials(&without), found, "{name}");
        assert_eq!(shipped(&again, &without, name), (text, false), "{name}");
    }
}

#[test]
fn a_damaged_report_gives_no_secret_away() {
    let whole = serde_json::to_string_pretty(&gitleaks(PLANTED)).expect("JSON");
    let number = whole.replace("\"StartLine\": 7", &format!("\"StartLine\": \"{PLANTED}\""));
    let damaged = [
        (whole[..whole.len() * 2 / 3].to_owned(), "not-tested"),
        (format!("{whole}\n{PLANTED}"), "not-tested"),
        (
            whole.replacen("[\n", &format!("[\n\"{PLANTED}\",\n"), 1),
            "not-tested",
        ),
        // A line that is no number is not known; the finding is one all the same.
        (number, "exceptions-noted"),
    ];
    for (text, outcome) in damaged {
        let scratch = Scratch::new();
        let folder = repository(&scratch, "gitleaks.json", &text);
        let report = nothing_comes_out(&scratch, &folder, "gitleaks.json");
        assert_eq!(credentials(&report).0, outcome, "{text}");
    }
}
