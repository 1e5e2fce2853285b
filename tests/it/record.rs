//! `audit run`: a tool is run as if nothing stood around it, and the record says what it did.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare folders and start programs; the rule is for the program itself"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::schema::faults;
use crate::support::{
    Said, Scratch, append, audit, audit_with, commit_all, git, names, package, program, read, write,
};

/// A small complete report, of which the number of mutants tells one from another.
fn mutants(killed: u32) -> String {
    format!(
        r#"{{"killed": {killed}, "survived": 0, "total": {killed}, "no_tests": 0, "skipped": 0, "timeout": 0}}"#
    )
}

const REPORT: &str = "reports/mutmut-cicd-stats.json";

/// A repository with a source, a report that was there before, and a tool that does as it is told.
fn repository(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("repository");
    for inside in ["src", "reports", "bin"] {
        fs::create_dir_all(folder.join(inside)).expect("a folder");
    }
    write(&folder.join("src/a.py"), "A = 1\n");
    write(&folder.join(".gitignore"), "build/\n");
    write(&folder.join("reports/old.json"), &mutants(1));
    write(
        &folder.join("bin/tool"),
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo tool 1.2; else eval \"$1\"; fi\n",
    );
    let tool = folder.join("bin/tool");
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("a tool");
    commit_all(&folder);
    folder
}

/// Runs a script as the tool.
fn run(folder: &Path, flags: &[&str], script: &str) -> Said {
    let words = [&["run"], flags, &["--", "bin/tool", script]].concat();
    audit(folder, &words)
}

/// The records there are, oldest first, each as the schema says.
fn records(folder: &Path) -> Vec<Json> {
    let schema = package("reports/schema/run.schema.json");
    let schema: Json = serde_json::from_str(&read(&schema)).expect("a schema");
    let runs = folder.join(".audit/runs");
    let parse = |name: &String| {
        let record: Json = serde_json::from_str(&read(&runs.join(name))).expect("a record");
        assert_eq!(faults(&schema, &record), Vec::<String>::new(), "{record:#}");
        record
    };
    names(&runs).iter().map(parse).collect()
}

/// The only record.
fn record(folder: &Path) -> Json {
    let [record] = records(folder).try_into().expect("one record");
    record
}

fn paths(record: &Json) -> Vec<&str> {
    let reports = record["reports"].as_array().expect("reports").iter();
    reports
        .map(|report| report["path"].as_str().expect("a path"))
        .collect()
}

/// A script that writes the report.
fn writes(killed: u32) -> String {
    format!("echo '{}' > {REPORT}", mutants(killed))
}

#[test]
fn a_tool_speaks_for_itself_and_its_exit_status_is_the_answer() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let script = format!("echo out; echo err >&2; {}; exit 7", writes(3));
    let said = run(&folder, &[], &script);
    assert_eq!((said.code, said.stdout.as_str()), (Some(7), "out\n"));
    let (first, rest) = said.stderr.split_once('\n').expect("lines");
    assert_eq!(first, "err");
    assert!(
        rest.starts_with("audit: 1 report recorded in .audit/runs/2"),
        "{rest}"
    );
    let record = record(&folder);
    assert_eq!(record["ended"], json!({ "code": 7, "signal": null }));
    assert_eq!(record["command"]["arguments"], json!(["bin/tool", script]));
    assert_eq!(record["command"]["program"], "bin/tool");
    assert_eq!(record["command"]["folder"], ".");
    assert_eq!(record["command"]["version"], Json::Null);
    let head = git(&folder, &["rev-parse", "HEAD"]);
    for when in ["before", "after"] {
        assert_eq!(record[when]["commit"], head.as_str(), "{when}");
        assert_eq!(record[when]["clean"], true, "{when}: {record:#}");
    }
    let report = &record["reports"][0];
    let sum = Command::new("sha256sum")
        .arg(folder.join(REPORT))
        .output()
        .expect("a sum");
    let sum = String::from_utf8_lossy(&sum.stdout).into_owned();
    assert_eq!(report["path"], REPORT);
    assert_eq!(report["before"], "absent");
    assert_eq!(report["sha256"], sum.split(' ').next().expect("a digest"));
    assert_eq!(report["state"], "complete");
    let tool = Command::new("sha256sum")
        .arg(folder.join("bin/tool"))
        .output()
        .expect("a sum");
    let digest = record["command"]["sha256"].as_str().expect("a digest");
    assert!(tool.stdout.starts_with(digest.as_bytes()));
}

#[test]
fn only_what_was_written_is_claimed() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    write(&folder.join(REPORT), &mutants(3));
    assert_eq!(run(&folder, &[], "true").code, Some(0));
    assert_eq!(paths(&record(&folder)), Vec::<&str>::new());
    fs::remove_dir_all(folder.join(".audit")).expect("no record");

    // A file that is no report is nobody's claim, and a source never is.
    let script = format!(
        "{}; echo '{{}}' > reports/other.json; echo B=1 > src/b.py",
        writes(4)
    );
    assert_eq!(run(&folder, &[], &script).code, Some(0));
    let there = record(&folder);
    assert_eq!(paths(&there), [REPORT]);
    assert_eq!(there["reports"][0]["before"], "other-bytes");
    fs::remove_dir_all(folder.join(".audit")).expect("no record");

    // The same bytes, written anew.
    let script = format!("cp {REPORT} again; mv again {REPORT}");
    assert_eq!(run(&folder, &[], &script).code, Some(0));
    let there = record(&folder);
    assert_eq!(paths(&there), [REPORT]);
    assert_eq!(there["reports"][0]["before"], "same-bytes");
}

#[test]
fn named_reports_and_no_others_are_claimed_and_a_missing_one_is_said() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let script = format!("{}; mkdir -p out; echo text > out/notes.txt", writes(3));
    let flags = ["--report", "out/notes.txt", "--report", "./reports/x.json"];
    let said = run(&folder, &flags, &script);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let record = record(&folder);
    assert_eq!(paths(&record), ["out/notes.txt"]);
    assert_eq!(record["reports"][0]["kind"], Json::Null);
    assert_eq!(record["not_written"], json!(["reports/x.json"]));
    assert!(
        said.stderr
            .contains("audit: reports/x.json was not written by it\n")
    );
}

#[test]
fn what_lay_beside_the_commit_is_said() {
    let cases: [(&str, &str, [bool; 2]); 8] = [
        ("true", "echo A=2 > src/a.py", [true, false]),
        ("echo A=2 > src/a.py", "true", [false, false]),
        ("echo B=1 > src/b.py", "true", [false, false]),
        ("rm src/a.py", "true", [false, false]),
        (
            "rm src/a.py; ln -s ../bin/tool src/a.py",
            "true",
            [false, false],
        ),
        // Ignored files, reports and what is no source change nothing.
        (
            "mkdir build; echo B=1 > build/b.py; touch notes.txt",
            "true",
            [true, true],
        ),
        (
            "true",
            "echo '{\"killed\": 9, \"survived\": 0, \"total\": 9, \"no_tests\": 0, \
          \"skipped\": 0, \"timeout\": 0}' > reports/old.json",
            [true, true],
        ),
        (
            "true",
            "git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x",
            [true, true],
        ),
    ];
    for (before, script, clean) in cases {
        let scratch = Scratch::new();
        let folder = repository(&scratch);
        let status = Command::new("sh")
            .args(["-c", before])
            .current_dir(&folder)
            .status();
        assert!(status.expect("sh").success(), "{before}");
        let said = run(&folder, &[], &format!("{}; {script}", writes(3)));
        let record = record(&folder);
        let found = ["before", "after"].map(|when| record[when]["clean"] == true);
        assert_eq!(found, clean, "{before}; {script}: {record:#}");
        let moved = record["before"]["commit"] != record["after"]["commit"];
        let bound = !said.stderr.contains("audit: it binds them to no commit: ");
        assert_eq!(
            bound,
            clean == [true, true] && !moved,
            "{before}; {script}: {}",
            said.stderr
        );
    }
}

#[test]
fn a_secret_on_the_command_line_is_written_nowhere() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let words = [
        "run",
        "--",
        "bin/tool",
        "true",
        "--api-key",
        "hunter2hunter2",
        "https://me:hunter2hunter2@acme.example/x",
        "DB_PASSWORD=hunter2hunter2",
    ];
    let environment = [
        ("TOOL_TOKEN", "hunter2hunter2"),
        ("GITHUB_TOKEN", "hunter2hunter2"),
    ];
    let said = audit_with(&folder, &environment, &words);
    assert_eq!(said.code, Some(0));
    let record = record(&folder);
    assert_eq!(record["command"]["redacted"], 3);
    for text in [
        record.to_string(),
        said.stderr,
        said.stdout,
        names(&folder.join(".audit/runs")).join(" "),
    ] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn a_tool_does_not_get_the_keys() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let environment = [
        ("AUDIT_SIGNING_KEY", "hunter2hunter2"),
        ("AUDIT_REDACTION_KEY", "hunter2hunter2"),
        ("TOOL_TOKEN", "its own"),
    ];
    let script = "echo \"$AUDIT_SIGNING_KEY:$AUDIT_REDACTION_KEY:$TOOL_TOKEN\"";
    let said = audit_with(&folder, &environment, &["run", "--", "sh", "-c", script]);
    assert_eq!(said.stdout, "::its own\n", "{}", said.stderr);
}

#[test]
fn the_digest_of_a_report_with_secrets_is_of_what_is_shipped_of_it() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let found = |secret: &str| {
        format!(
            r#"[{{"RuleID": "pin", "Description": "d", "StartLine": 1, "Secret": "{secret}", "File": "a.py"}}]"#
        )
    };
    let mut digests = Vec::new();
    for secret in ["123456", "654321"] {
        let script = format!("echo '{}' > reports/gitleaks.json", found(secret));
        assert_eq!(run(&folder, &["-q"], &script).code, Some(0));
        let record = record(&folder);
        assert_eq!(record["reports"][0]["redaction"], "gitleaks-json/v1");
        digests.push(record["reports"][0]["sha256"].clone());
        fs::remove_dir_all(folder.join(".audit")).expect("no record");
    }
    assert_eq!(
        digests[0], digests[1],
        "a digest tells one secret from another"
    );
}

#[test]
fn claims_of_a_pipeline_are_kept_as_claims() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let environment = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SHA", "0123"),
        ("GITHUB_ACTOR", "a-person"),
        ("CI_JOB_ID", "7"),
    ];
    audit_with(&folder, &environment, &["run", "--", "bin/tool", "true"]);
    assert_eq!(
        record(&folder)["environment"],
        json!({ "trust": "self-asserted", "claims": [
            { "name": "GITHUB_ACTIONS", "value": "true" },
            { "name": "GITHUB_SHA", "value": "0123" },
        ]})
    );
}

#[test]
fn a_version_is_asked_for_only_on_demand() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let said = run(&folder, &["--ask-version"], "echo out");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "out\n"));
    assert_eq!(record(&folder)["command"]["version"], "tool 1.2");
}

#[test]
fn a_tool_that_is_not_there_is_said_as_a_shell_says_it_and_leaves_no_record() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    for (name, code) in [("no-such-tool", 127), ("./src/a.py", 126), ("./src", 126)] {
        let said = audit(&folder, &["run", "--", name]);
        assert_eq!(said.code, Some(code), "{name}: {}", said.stderr);
        assert!(
            said.stderr
                .starts_with("error[tool] expected a program called "),
            "{name}"
        );
        assert!(!folder.join(".audit").exists(), "{name}");
    }
    for words in [
        &["run"][..],
        &[
            "run",
            "--report",
            "/etc/hostname",
            "--",
            "bin/tool",
            "touch ran",
        ],
        &[
            "run",
            "--report",
            "../x.json",
            "--",
            "bin/tool",
            "touch ran",
        ],
        &["run", "--path", "nowhere", "--", "bin/tool", "touch ran"],
    ] {
        let said = audit(&folder, words);
        assert_eq!(said.code, Some(2), "{words:?}: {}", said.stderr);
    }
    assert!(!folder.join("ran").exists());
}

#[test]
fn records_go_nowhere_else() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let elsewhere = scratch.path("elsewhere");
    fs::create_dir_all(&elsewhere).expect("a folder");
    symlink(&elsewhere, folder.join(".audit")).expect("a link");
    let said = run(&folder, &[], "touch ran");
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(
        said.stderr
            .contains("expected to write records to .audit/runs/, found it is no folder")
    );
    assert!(!folder.join("ran").exists() && names(&elsewhere).is_empty());
    fs::remove_file(folder.join(".audit")).expect("no link");

    // A tool that takes the place away leaves its status, and a loud word.
    let said = run(&folder, &[], "rm -r .audit; exit 3");
    assert_eq!(said.code, Some(3));
    assert!(said.stderr.contains("error[record]"), "{}", said.stderr);
    assert_eq!(run(&folder, &[], "rm -r .audit").code, Some(2));
}

#[test]
fn a_folder_below_or_without_a_repository_is_recorded_as_what_it_is() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    fs::create_dir_all(folder.join("part")).expect("a folder");
    let said = audit(
        &folder,
        &[
            "run",
            "--path",
            "part",
            "--",
            "bin/tool",
            "echo 1 > part/x.xml",
        ],
    );
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let below = record(&folder.join("part"));
    assert_eq!(
        (&below["scope"], &below["command"]["folder"]),
        (&json!("part/"), &Json::Null)
    );

    fs::remove_dir_all(folder.join(".git")).expect("no repository");
    assert_eq!(run(&folder, &[], &writes(3)).code, Some(0));
    let plain = record(&folder);
    assert_eq!(plain["before"]["commit"], Json::Null);
    assert_eq!(plain["before"]["clean"], false);
    assert_eq!(plain["sources"], Json::Null);
    assert_eq!(paths(&plain), [REPORT]);
}

#[test]
fn the_digest_of_the_sources_is_theirs_wherever_they_lie() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let digest = |folder: &Path| {
        assert_eq!(run(folder, &["-q"], "true").code, Some(0));
        let sources = record(folder)["sources"].clone();
        fs::remove_dir_all(folder.join(".audit")).expect("no record");
        sources
    };
    let first = digest(&folder);
    assert_eq!(first["files"], 1);
    git(
        &folder,
        &["commit", "--quiet", "--allow-empty", "--message", "Go on"],
    );
    append(&folder.join(".gitignore"), "x\n");
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "Not a source"],
    );
    assert_eq!(digest(&folder), first);
    append(&folder.join("src/a.py"), "B = 2\n");
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "A source"],
    );
    assert_ne!(digest(&folder), first);
}

/// Starts a tool under `audit run`, waits for its first line, and sends `audit` a signal.
fn signalled(folder: &Path, signal: &str, script: &str) -> Option<i32> {
    let mut child = program(folder)
        .args(["run", "-q", "--", "bin/tool", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("its output");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    let sent = Command::new("kill")
        .arg(signal)
        .arg(child.id().to_string())
        .status();
    assert!(sent.expect("kill").success());
    child.wait().expect("it ends").code()
}

#[test]
fn what_is_sent_to_end_it_reaches_the_tool_which_decides_how_it_ends() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let scratch = Scratch::new();
        let folder = repository(&scratch);
        // The tool waits for nothing but the signal, and finishes its report in peace.
        let script = format!(
            "trap '{}; exit 9' TERM INT HUP; mkfifo wait; exec 3<>wait; echo up; read x <&3",
            writes(5).replace('\'', "'\\''")
        );
        assert_eq!(signalled(&folder, signal, &script), Some(9), "{signal}");
        let record = record(&folder);
        assert_eq!(
            record["ended"],
            json!({ "code": 9, "signal": null }),
            "{signal}"
        );
        assert_eq!(paths(&record), [REPORT], "{signal}");
    }
}

#[test]
fn a_tool_that_is_killed_is_recorded_as_killed() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let said = run(&folder, &[], &format!("{}; kill -KILL $$", writes(5)));
    assert_eq!(said.code, Some(137));
    assert_eq!(
        record(&folder)["ended"],
        json!({ "code": null, "signal": 9 })
    );
}

#[test]
fn standard_input_is_the_tools() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let mut child = program(&folder)
        .args(["run", "-q", "--", "cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input");
    std::io::Write::write_all(&mut stdin, b"through\n").expect("a line");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.stdout, b"through\n");
}
