//! What a repository may hold and a run must survive, said and escaped.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare folders; the rule is for the program itself"
)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::support::{Said, Scratch, audit, commit_all, git, names, read, write};

fn run(scratch: &Scratch, folder: &Path) -> (Said, Json) {
    let out = scratch.path("out");
    let said = audit(
        scratch.path("").as_path(),
        &[
            folder.as_os_str(),
            OsStr::new("--controls"),
            OsStr::new("soc2"),
            OsStr::new("--out"),
            out.as_os_str(),
        ],
    );
    let bundle = names(&out).into_iter().find(|name| !name.starts_with('.'));
    let report = bundle.map_or(Json::Null, |name| {
        serde_json::from_str(&read(&out.join(name).join("report.json"))).expect("a report")
    });
    (said, report)
}

fn outcome<'r>(report: &'r Json, control: &str) -> &'r str {
    let results = report["results"].as_array().expect("results");
    results
        .iter()
        .find(|result| result["control"] == control)
        .and_then(|result| result["outcome"].as_str())
        .unwrap_or("none")
}

fn gaps_of(report: &Json, control: &str) -> String {
    let results = report["results"].as_array().expect("results");
    let result = results
        .iter()
        .find(|result| result["control"] == control)
        .expect("a result");
    result["gaps"].to_string()
}

fn workspace(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("work");
    fs::create_dir_all(folder.join(".github/workflows")).expect("a folder");
    write(
        &folder.join(".github/workflows/ci.yml"),
        "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo\n",
    );
    folder
}

#[test]
fn odd_paths_are_recorded_escaped_and_survived() {
    let scratch = Scratch::new();
    let folder = workspace(&scratch);
    write(&folder.join("line\nbreak.py"), "");
    write(&folder.join("\u{1b}[2Jescape.py"), "");
    write(&folder.join("\u{202e}gnp.py"), "");
    fs::write(folder.join(OsStr::from_bytes(b"bad\xff.py")), "").expect("a file");
    commit_all(&folder);
    symlink(&folder, folder.join("loop")).expect("a link");
    symlink("self", folder.join("self")).expect("a link");
    symlink("/etc/hostname", folder.join("SECURITY.md")).expect("a link");
    let made = Command::new("mkfifo")
        .arg(folder.join("coverage.json"))
        .status()
        .expect("mkfifo");
    assert!(made.success());
    let (said, report) = run(&scratch, &folder);
    assert!(matches!(said.code, Some(1 | 3)), "{}", said.stderr);
    for stream in [&said.stdout, &said.stderr] {
        assert!(
            !stream.contains('\u{1b}') && !stream.contains('\u{202e}'),
            "{stream}"
        );
    }
    // A link that leads out of the folder is not the repository's own file.
    assert_ne!(outcome(&report, "VD-01"), "no-exceptions-noted");
    let skipped = report["subject"]["skipped"].to_string();
    for expected in ["SECURITY.md", "loop", "self", "coverage.json"] {
        assert!(
            skipped.contains(expected),
            "{expected} is not recorded: {skipped}"
        );
    }
}

/// Someone who owns nothing, so that permissions hold for them too when the tests run as root.
const NOBODY: u32 = 65_534;

/// Runs a copy of the program as the owner of everything below the scratch folder: nobody, when the
/// tests run as root, and else who runs them.
fn run_as_nobody(scratch: &Scratch, folder: &Path) -> Json {
    let program = scratch.path("audit");
    fs::copy(env!("CARGO_BIN_EXE_audit"), &program).expect("a copy of the program");
    let out = scratch.path("out");
    fs::create_dir_all(&out).expect("a folder");
    let mut command = Command::new(&program);
    if fs::metadata("/proc/self").expect("a process").uid() == 0 {
        for entry in walkdir::WalkDir::new(scratch.path("")) {
            let entry = entry.expect("an entry");
            lchown(entry.path(), Some(NOBODY), Some(NOBODY)).expect("an owner");
        }
        command.uid(NOBODY).gid(NOBODY);
    }
    let closed = folder.join(".github/workflows");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("permissions");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", scratch.path(""))
        .current_dir(scratch.path(""))
        .arg(folder)
        .args(["--controls", "soc2", "--out"])
        .arg(&out)
        .stdin(std::process::Stdio::null());
    let ended = start(&mut command);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("permissions");
    assert!(
        matches!(ended.status.code(), Some(1 | 3)),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    let bundle = names(&out)
        .into_iter()
        .find(|name| !name.starts_with('.'))
        .expect("a bundle");
    serde_json::from_str(&read(&out.join(bundle).join("report.json"))).expect("a report")
}

/// Starts a program that was just written. Another test that forks at that moment holds it open for
/// writing until its own program starts, and the system refuses to run it for that long.
fn start(command: &mut Command) -> std::process::Output {
    loop {
        match command.output() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::yield_now();
            }
            other => return other.expect("the program starts"),
        }
    }
}

#[test]
fn an_unreadable_folder_is_a_gap_of_what_lay_in_it() {
    for committed in [true, false] {
        let scratch = Scratch::new();
        let folder = workspace(&scratch);
        if committed {
            commit_all(&folder);
        }
        let report = run_as_nobody(&scratch, &folder);
        assert_eq!(
            outcome(&report, "CI-01"),
            "not-tested",
            "committed: {committed}"
        );
        assert!(
            gaps_of(&report, "CI-01").contains("workflows"),
            "{}",
            gaps_of(&report, "CI-01")
        );
    }
}

#[test]
fn a_report_that_cannot_be_read_is_not_tested_and_hurts_nothing_else() {
    let cases: &[(&str, Vec<u8>)] = &[
        ("empty", Vec::new()),
        (
            "cut off",
            b"[{\"RuleID\": \"x\", \"Description\": \"y\", \"Secret\": \"hunter2hunter2".to_vec(),
        ),
        ("brackets", "[".repeat(100_000).into_bytes()),
        ("nul", b"\0\0\0\0".to_vec()),
        ("another format", b"<?xml version='1.0'?><rss/>".to_vec()),
        ("not json", b"[{]}".to_vec()),
    ];
    for (name, bytes) in cases {
        let scratch = Scratch::new();
        let folder = workspace(&scratch);
        fs::create_dir_all(folder.join(".audit")).expect("a folder");
        write(
            &folder.join(".audit/policy.yaml"),
            "apiVersion: audit/v1\nreports:\n  secrets: [gitleaks.json]\n",
        );
        fs::write(folder.join("gitleaks.json"), bytes).expect("a file");
        commit_all(&folder);
        let (said, report) = run(&scratch, &folder);
        assert_eq!(
            outcome(&report, "SE-03"),
            "not-tested",
            "{name}: {}",
            said.stderr
        );
        assert!(
            gaps_of(&report, "SE-03").contains("gitleaks.json"),
            "{name}: {}",
            gaps_of(&report, "SE-03")
        );
        assert_ne!(said.code, Some(0), "{name}");
        let everything = format!("{}{}{report}", said.stdout, said.stderr);
        assert!(
            !everything.contains("hunter2hunter2"),
            "{name} repeats a secret"
        );
    }
}

#[test]
fn a_report_larger_than_what_is_read_is_said_and_the_rest_goes_on() {
    let scratch = Scratch::new();
    let folder = workspace(&scratch);
    commit_all(&folder);
    let huge = fs::File::create(folder.join("coverage.json")).expect("a file");
    huge.set_len(2 * 1024 * 1024 * 1024).expect("a sparse file");
    let (said, report) = run(&scratch, &folder);
    assert_eq!(outcome(&report, "TQ-01"), "not-tested", "{}", said.stderr);
    let gaps = gaps_of(&report, "TQ-01");
    assert!(
        gaps.contains("coverage.json") && gaps.contains("2,147,483,648"),
        "{gaps}"
    );
    assert_eq!(
        outcome(&report, "CI-03"),
        "no-exceptions-noted",
        "{}",
        said.stdout
    );
}

#[test]
fn a_repository_within_and_a_bundle_within_are_not_this_repository() {
    let scratch = Scratch::new();
    let folder = workspace(&scratch);
    commit_all(&folder);
    let inner = folder.join("clone");
    fs::create_dir_all(&inner).expect("a folder");
    git(&inner, &["init", "--quiet"]);
    write(&inner.join("gitleaks.json"), "[]");
    let bundle = folder.join("old/20260101T000000Z-000000000000");
    fs::create_dir_all(bundle.join("evidence")).expect("a folder");
    write(&bundle.join("manifest.json"), "{}");
    write(&bundle.join("SHA256SUMS"), "");
    write(&bundle.join("evidence/gitleaks.json"), "[]");
    let (_, report) = run(&scratch, &folder);
    assert_eq!(outcome(&report, "SE-03"), "not-tested");
    let skipped = report["subject"]["skipped"].to_string();
    assert!(
        skipped.contains("another repository") && skipped.contains("a bundle of an earlier run"),
        "{skipped}"
    );
}

#[test]
fn a_waiver_whose_scope_cannot_be_covers_nothing() {
    let scratch = Scratch::new();
    let folder = workspace(&scratch);
    write(
        &folder.join(".github/workflows/tag.yml"),
        "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: a/b@v1\n",
    );
    fs::create_dir_all(folder.join(".audit")).expect("a folder");
    let register = |scope: &str| {
        format!(
            "apiVersion: audit/v1\nwaivers:\n  - id: W-1\n    control: CI-01\n    scope: {scope}\n    reason: Later.\n    \
             owner: maria\n    approver: jo\n    issued: 2026-11-01\n    expires: 2027-01-01\n"
        )
    };
    let waived = |text: &str| {
        let out = scratch.path(&format!("out-{}", text.len()));
        write(&folder.join(".audit/waivers.yaml"), text);
        let (here, out) = (folder.display().to_string(), out.display().to_string());
        let when = "2026-11-22T00:00:00Z";
        let said = audit(
            &folder,
            &[&here, "--controls", "soc2", "--out", &out, "--as-of", when],
        );
        assert!(matches!(said.code, Some(1 | 3)), "{}", said.stderr);
        let bundle = names(Path::new(&out))
            .into_iter()
            .find(|name| !name.starts_with('.'));
        let report = Path::new(&out)
            .join(bundle.expect("a bundle"))
            .join("report.json");
        let report: Json = serde_json::from_str(&read(&report)).expect("a report");
        (
            outcome(&report, "CI-01") == "exceptions-noted",
            report["counts"]["exceptions_all_waived"].clone(),
        )
    };
    commit_all(&folder);
    let path = ".github/workflows/tag.yml";
    assert_eq!(
        waived(&register(&format!("{{ path: {path} }}"))),
        (true, Json::from(1))
    );
    for scope in [
        format!("{{ path: {path}, line: -3 }}"),
        format!("{{ path: {path}, line: 0 }}"),
        format!("{{ path: {path}, line: 99999999999 }}"),
        format!("{{ path: {path}, fingerprint: ab }}"),
        "{}".to_owned(),
        "{ line: 8 }".to_owned(),
    ] {
        assert_eq!(waived(&register(&scope)), (true, Json::from(0)), "{scope}");
    }
    for whole in [
        "apiVersion: audit/v1\nwaivers: none\n",
        "waivers:\n  W-1: { control: CI-01 }\n",
        "- [\n",
    ] {
        assert_eq!(waived(whole), (true, Json::from(0)), "{whole}");
    }
}
