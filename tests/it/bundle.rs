//! A bundle can be checked without us, says nothing of the machine, and is the same on every one.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare folders and run the commands that an auditor would run"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use audit::tree::digest::sha256;
use serde_json::Value as Json;
use walkdir::WalkDir;

use crate::support::{
    AS_OF, Scratch, append, audit, bundles, commit_all, copy, files, git, ledger, package, program,
    read, write,
};

/// [`AS_OF`] as `SOURCE_DATE_EPOCH`.
const EPOCH: &str = "1795435200";

/// Runs the main job on a folder and gives the only bundle.
pub(crate) fn bundle_of(scratch: &Scratch, folder: &Path, more: &[&str]) -> PathBuf {
    let out = scratch.path("out");
    let (path, into) = (folder.display().to_string(), out.display().to_string());
    let mut arguments = vec![&*path, "--controls", "soc2", "--out", &into];
    arguments.extend(more);
    if !more.contains(&"--as-of") {
        arguments.extend(["--as-of", AS_OF]);
    }
    let said = audit(&scratch.path(""), &arguments);
    assert!(
        matches!(said.code, Some(0 | 1 | 3)),
        "{arguments:?}: {}",
        said.stderr
    );
    let mut found = bundles(&out);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Runs a line of shell in a folder, as someone with a terminal would.
pub(crate) fn shell(folder: &Path, line: &str) -> Output {
    Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .output()
        .expect("a shell")
}

/// The commands that a guide shows: its indented lines, by paragraph.
fn commands(guide: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = guide.lines().collect();
    lines
        .split(|line| !line.starts_with("       "))
        .filter(|block| !block.is_empty())
        .map(|block| block.iter().map(|line| line.trim()).collect())
        .collect()
}

/// A repository that brings everything into a manifest that it can hold: texts beyond ASCII, a
/// secret to be taken out, a link, two files of one name.
pub(crate) fn motley(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("motley");
    for below in [".audit", ".github/workflows", "a", "b"] {
        fs::create_dir_all(folder.join(below)).expect("a folder");
    }
    write(
        &folder.join(".audit/policy.yaml"),
        "apiVersion: audit/v1\nentity: Žluťoučký 🐎\nrepository: acme/kůň\n",
    );
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: a/b@v1\n";
    write(&folder.join(".github/workflows/ci 🐎.yml"), workflow);
    write(&folder.join(".github/workflows/-rf.yaml"), workflow);
    let finding =
        r#"[{"RuleID": "r", "Description": "d", "StartLine": 1, "Match": "m", "Secret": "s"}]"#;
    write(&folder.join("a/gitleaks.json"), finding);
    write(&folder.join("b/gitleaks.json"), finding);
    write(&folder.join("SECURITY.md"), "Write to a@acme.example.\n");
    commit_all(&folder);
    git(&folder, &["branch", "--move", "kůň/🐎"]);
    folder
}

#[test]
fn what_the_guide_says_holds_and_finds_every_change() {
    for make in [ledger, motley] {
        let scratch = Scratch::new();
        let bundle = bundle_of(&scratch, &make(&scratch), &[]);
        let guide = read(&bundle.join("VERIFY.md"));
        let steps = commands(&guide);
        let [unchanged, nothing_added, named] = steps.as_slice() else {
            panic!("three steps, found {steps:?}");
        };
        let is_unchanged = || {
            let ended = shell(&bundle, unchanged[0]);
            ended.status.success() && ended.stdout.is_empty() && ended.stderr.is_empty()
        };
        let nothing_is_added = || {
            let ended = shell(&bundle, &nothing_added.join("\n"));
            assert_eq!(ended.status.success(), ended.stdout.is_empty(), "{ended:?}");
            ended.status.success()
        };
        assert!(is_unchanged() && nothing_is_added());
        let strict = shell(&bundle, "sha256sum -c --strict SHA256SUMS");
        assert!(strict.status.success(), "{strict:?}");
        let sum = shell(&bundle, named[0]);
        let name = bundle.file_name().expect("a name").to_string_lossy();
        let (_, suffix) = name.split_once('-').expect("a moment and a digest");
        assert_eq!(suffix.len(), 12);
        assert!(String::from_utf8_lossy(&sum.stdout).starts_with(suffix));

        write(&bundle.join("evidence/added"), "");
        assert!(is_unchanged() && !nothing_is_added());
        fs::remove_file(bundle.join("evidence/added")).expect("a file");
        for name in ["attestation.html", "evidence/SHA256SUMS-final.html"] {
            write(&bundle.join(name), "");
            assert!(is_unchanged() && !nothing_is_added(), "{name}");
            fs::remove_file(bundle.join(name)).expect("a file");
        }
        // A link leads elsewhere tomorrow, also by a name that may lie there, and in the place of a
        // listed file.
        for name in ["link.html", "countersign-jo.sig", "VERIFY.md"] {
            let beside = bundle.with_extension("beside");
            if bundle.join(name).exists() {
                fs::rename(bundle.join(name), &beside).expect("a file");
            } else {
                write(&beside, "");
            }
            std::os::unix::fs::symlink(&beside, bundle.join(name)).expect("a link");
            assert!(is_unchanged() && !nothing_is_added(), "{name}");
            fs::rename(&beside, bundle.join(name)).expect("a file");
            if name != "VERIFY.md" {
                fs::remove_file(bundle.join(name)).expect("a file");
            }
        }
        assert!(is_unchanged() && nothing_is_added());
        append(&bundle.join("report.html"), " ");
        assert!(!is_unchanged() && nothing_is_added());
        fs::remove_file(bundle.join("report.html")).expect("a file");
        assert!(!is_unchanged() && !nothing_is_added());
    }
}

#[test]
fn the_list_and_the_manifest_name_every_file_and_nothing_else() {
    for make in [ledger, motley] {
        let scratch = Scratch::new();
        let bundle = bundle_of(&scratch, &make(&scratch), &[]);
        let mut present = files(&bundle);
        let sums = present.remove("SHA256SUMS").expect("the list");
        let sums = String::from_utf8(sums).expect("text");
        let expected: Vec<String> = present
            .iter()
            .map(|(path, bytes)| format!("{}  {path}", sha256(bytes)))
            .collect();
        assert_eq!(sums.lines().collect::<Vec<_>>(), expected);
        assert!(sums.ends_with('\n'));

        let manifest = present.remove("manifest.json").expect("the manifest");
        let manifest: Json = serde_json::from_slice(&manifest).expect("JSON");
        let listed: Vec<(&str, &str, u64)> = manifest["files"]
            .as_array()
            .expect("files")
            .iter()
            .map(|file| {
                (
                    file["path"].as_str().expect("a path"),
                    file["sha256"].as_str().expect("a digest"),
                    file["size"].as_u64().expect("a size"),
                )
            })
            .collect();
        let digests: Vec<String> = present
            .values()
            .map(|bytes| sha256(bytes).to_string())
            .collect();
        let expected: Vec<(&str, &str, u64)> = present
            .iter()
            .zip(&digests)
            .map(|((path, bytes), digest)| (path.as_str(), digest.as_str(), bytes.len() as u64))
            .collect();
        assert_eq!(listed, expected);
        for path in present.keys() {
            assert!(
                path.bytes().all(|byte| byte.is_ascii_graphic()),
                "{path:?} is not a name for every file system"
            );
        }
        let folded: BTreeSet<String> = present.keys().map(|path| path.to_lowercase()).collect();
        assert_eq!(folded.len(), present.len());
    }
}

/// RFC 8785 for what the manifest may hold: no number but an integer that is exact everywhere.
fn canonical(value: &Json) -> String {
    match value {
        Json::Object(entries) => {
            let mut keys: Vec<&String> = entries.keys().collect();
            keys.sort_by(|left, right| left.encode_utf16().cmp(right.encode_utf16()));
            let entries: Vec<String> = keys
                .into_iter()
                .map(|key| {
                    assert!(key.is_ascii(), "{key:?}");
                    format!("{}:{}", Json::from(key.as_str()), canonical(&value[key]))
                })
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        Json::Array(members) => {
            let members: Vec<String> = members.iter().map(canonical).collect();
            format!("[{}]", members.join(","))
        }
        Json::Number(number) => {
            let whole = number.as_u64().expect("an integer");
            assert!(whole < 1 << 53, "{whole}");
            whole.to_string()
        }
        Json::Null | Json::Bool(_) | Json::String(_) => value.to_string(),
    }
}

#[test]
fn the_manifest_is_its_own_canonical_form() {
    for make in [ledger, motley] {
        let scratch = Scratch::new();
        let bundle = bundle_of(&scratch, &make(&scratch), &[]);
        let text = read(&bundle.join("manifest.json"));
        let value: Json = serde_json::from_str(&text).expect("JSON");
        let same = text == format!("{}\n", canonical(&value));
        assert!(same, "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}

#[test]
fn no_number_of_the_report_is_a_float() {
    fn look(value: &Json) {
        match value {
            Json::Number(number) => assert!(!number.is_f64(), "{number}"),
            Json::Array(members) => members.iter().for_each(look),
            Json::Object(entries) => entries.values().for_each(look),
            Json::Null | Json::Bool(_) | Json::String(_) => {}
        }
    }
    let scratch = Scratch::new();
    let bundle = bundle_of(&scratch, &ledger(&scratch), &[]);
    look(&serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON"));
}

#[test]
fn no_file_names_the_run_or_the_machine() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let (catalogue, policy) = (scratch.path("own/soc2"), scratch.path("own/policy.yaml"));
    copy(&package("controls/soc2"), &catalogue);
    fs::copy(folder.join(".audit/policy.yaml"), &policy).expect("a copy");
    let given = [&catalogue, &policy].map(|path| path.display().to_string());
    let host = read(Path::new("/proc/sys/kernel/hostname"));
    for more in [
        &[][..],
        &["--controls", &given[0]],
        &["--policy", &given[1]],
    ] {
        let out = scratch.path(&format!("out-{}", more.first().map_or("", |it| &it[2..])));
        let mut command = program(&scratch.path(""));
        command
            .env("USER", "user-of-this-machine")
            .env("LOGNAME", "user-of-this-machine")
            .env("HOSTNAME", "name-of-this-machine")
            .arg(&folder)
            .arg("--out")
            .arg(&out)
            .args(["--as-of", AS_OF])
            .args(more);
        if !more.contains(&"--controls") {
            command.args(["--controls", "soc2"]);
        }
        let ended = command.output().expect("the program starts");
        let found = bundles(&out);
        assert_eq!(found.len(), 1, "{ended:?}");
        let run = found[0].file_name().expect("a name").to_string_lossy();
        let root = scratch.path("");
        let root = root.to_string_lossy();
        let root = root.trim_end_matches('/');
        for (path, bytes) in files(&found[0]) {
            let text = String::from_utf8_lossy(&bytes);
            for forbidden in [
                &*run,
                root,
                host.trim(),
                "user-of-this-machine",
                "name-of-this-machine",
            ] {
                // A host may have a name so short that it is part of other words.
                let found = forbidden.len() > 4 && text.contains(forbidden);
                assert!(!found, "{more:?}: {path} holds {forbidden}");
            }
        }
    }
}

/// Copies a tree so that its files are made in the opposite order.
fn copy_backwards(from: &Path, to: &Path) {
    let mut entries: Vec<walkdir::DirEntry> = WalkDir::new(from)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_type().is_file())
        .collect();
    entries.reverse();
    for entry in entries {
        let there = to.join(entry.path().strip_prefix(from).expect("below"));
        fs::create_dir_all(there.parent().expect("a folder")).expect("a folder");
        fs::copy(entry.path(), there).expect("a copy");
    }
    for empty in [".git/refs/heads", ".git/objects"] {
        fs::create_dir_all(to.join(empty)).expect("a folder");
    }
}

/// Where from, on what, and with which settings.
type Run<'r> = (&'r Path, &'r Path, &'r [(&'r str, &'r str)]);

#[test]
fn place_language_zone_and_order_change_no_byte() {
    for make in [ledger, motley] {
        let scratch = Scratch::new();
        let here = make(&scratch);
        let name = here.file_name().expect("a name");
        let there = scratch.path("some/where else").join(name);
        copy_backwards(&here, &there);
        let outside = scratch.path("");
        let runs: [Run<'_>; 5] = [
            (&outside, &here, &[]),
            (
                &here,
                Path::new("."),
                &[("TZ", "Asia/Tokyo"), ("LANG", "tr_TR.UTF-8")],
            ),
            (
                &here.join(".git"),
                Path::new(".."),
                &[
                    ("TZ", "America/St_Johns"),
                    ("LC_ALL", "C"),
                    ("COLUMNS", "40"),
                ],
            ),
            (
                &outside,
                &there,
                &[("RAYON_NUM_THREADS", "1"), ("HOME", "/nowhere")],
            ),
            (
                &there,
                Path::new("."),
                &[("LC_ALL", "de_DE.UTF-8"), ("TERM", "xterm")],
            ),
        ];
        let mut first = None;
        for (at, (from, path, settings)) in runs.into_iter().enumerate() {
            let out = scratch.path(&format!("out-{at}"));
            let ended = program(from)
                .env("SOURCE_DATE_EPOCH", EPOCH)
                .envs(settings.iter().copied())
                .arg(path)
                .args(["--controls", "soc2", "--out"])
                .arg(&out)
                .output()
                .expect("the program starts");
            let all = files(&out);
            assert!(all.len() > 20, "{ended:?}");
            let (code, expected) = first.get_or_insert_with(|| (ended.status, all.clone()));
            assert_eq!(ended.status, *code);
            for (path, bytes) in expected.iter() {
                assert!(all.get(path) == Some(bytes), "run {at}: {path} differs");
            }
            assert_eq!(all.len(), expected.len());
        }
    }
}
