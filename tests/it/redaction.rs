//! What binds a bundle to a report out of which secrets were taken: shown with openssl, on request,
//! and of no use to anybody before.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::bundle::shell;
use crate::large::{LARGE, sarif};
use crate::planted::gitleaks;
use crate::support::{
    AS_OF, Said, Scratch, append, audit, audit_with, bundles, commit_all, files, git, names, read,
    write,
};

const MASTER: &str = "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf";
/// A secret that is short enough to be guessed from a digest.
const PIN: &str = "271828";

/// A repository with two reports of other secrets, of which nothing but the secrets differs, and a
/// key for redaction beside it. The reports are not part of the commit.
fn repository(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("repository");
    for inner in [".audit", "a", "b"] {
        fs::create_dir_all(folder.join(inner)).expect("a folder");
    }
    let policy = "apiVersion: audit/v1\nreports:\n  secrets: [a/gitleaks.json, b/gitleaks.json]\n";
    write(&folder.join(".audit/policy.yaml"), policy);
    write(&folder.join(".gitignore"), "a/\nb/\n");
    commit_all(&folder);
    write(&folder.join("a/gitleaks.json"), &report(PIN));
    write(&folder.join("b/gitleaks.json"), &report("another"));
    let key = scratch.path("redaction.key");
    write(&key, &format!("{MASTER}\n"));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("a file");
    folder
}

fn report(secret: &str) -> String {
    serde_json::to_string_pretty(&gitleaks(secret)).expect("JSON") + "\n"
}

fn examined(scratch: &Scratch, out: &str, more: &[&str]) -> Said {
    let [folder, out] =
        [scratch.path("repository"), scratch.path(out)].map(|it| it.display().to_string());
    let flags = [&*folder, "--controls", "soc2", "--out", &out];
    let time: &[&str] = if more.contains(&"--as-of") {
        &[]
    } else {
        &["--as-of", AS_OF]
    };
    audit(&scratch.path(""), &[&flags[..], time, more].concat())
}

fn bundle(scratch: &Scratch, out: &str, more: &[&str]) -> PathBuf {
    let said = examined(scratch, out, more);
    assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
    bundles(&scratch.path(out)).remove(0)
}

fn key(scratch: &Scratch) -> String {
    scratch.path("redaction.key").display().to_string()
}

/// What the manifest says was taken out of a report.
fn redaction(bundle: &Path, source: &str) -> Json {
    let manifest: Json = serde_json::from_str(&read(&bundle.join("manifest.json"))).expect("JSON");
    let listed = manifest["files"].as_array().expect("files").iter();
    let mut listed = listed.filter(|file| file["origin"]["source"] == source);
    listed.next().expect("a file")["redaction"].clone()
}

fn revealed(scratch: &Scratch, bundle: &Path, more: &[&str]) -> Said {
    let bundle = bundle.display().to_string();
    let arguments = [&["keys", "reveal", &bundle], more].concat();
    audit(&scratch.path(""), &arguments)
}

#[test]
fn openssl_holds_an_original_against_its_bundle() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let bundle = bundle(&scratch, "out", &["--redaction-key", &key(&scratch)]);
    let said = revealed(&scratch, &bundle, &["--redaction-key", &key(&scratch)]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert!(!said.stdout.contains(MASTER), "{}", said.stdout);
    let lines: Vec<&str> = said.stdout.lines().collect();
    let commands: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| line.starts_with("openssl "))
        .collect();
    assert_eq!(commands.len(), 2, "{}", said.stdout);
    for (command, source) in commands.iter().zip(["a/gitleaks.json", "b/gitleaks.json"]) {
        let said = redaction(&bundle, source);
        assert_eq!(said["changed"], true, "{said}");
        assert_eq!(said["profile"], "gitleaks-json/v1", "{said}");
        assert_eq!(said["commitment"]["alg"], "HMAC-SHA256", "{said}");
        let value = said["commitment"]["value"].as_str().expect("a value");
        let prints = || String::from_utf8_lossy(&shell(&folder, command).stdout).into_owned();
        assert!(
            prints().trim_end().ends_with(&format!("= {value}")),
            "{command}"
        );
        assert!(
            lines.contains(&&*format!("# {source}: prints {value}")),
            "{lines:?}"
        );
        // The name of the key is its digest.
        let hex = command.split("hexkey:").nth(1).expect("a key");
        let hex = hex.split(' ').next().expect("a key");
        let id = format!("printf {hex} | perl -pe '$_ = pack \"H*\", $_' | sha256sum");
        let id = String::from_utf8_lossy(&shell(&folder, &id).stdout).into_owned();
        assert!(id.starts_with(said["commitment"]["keyId"].as_str().expect("a name")));
        // Another file, which is the same but for the secret, does not do.
        write(&folder.join(source), &report("271829"));
        assert!(!prints().contains(value));
    }
    let values = ["a", "b"].map(|it| redaction(&bundle, &format!("{it}/gitleaks.json")));
    assert_ne!(
        values[0]["commitment"]["value"],
        values[1]["commitment"]["value"]
    );
}

#[test]
fn the_same_run_under_the_same_key_is_the_same_and_another_time_has_another_key() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let flags = ["--redaction-key", &*key(&scratch)];
    let one = bundle(&scratch, "one", &flags);
    let [path, out] = [folder, scratch.path("two")].map(|it| it.display().to_string());
    let by_env = audit_with(
        &scratch.path(""),
        &[("AUDIT_REDACTION_KEY", MASTER)],
        &[
            &*path,
            "--controls",
            "soc2",
            "--out",
            &out,
            "--as-of",
            AS_OF,
        ],
    );
    assert!(matches!(by_env.code, Some(0 | 1 | 3)), "{}", by_env.stderr);
    let two = bundles(&scratch.path("two")).remove(0);
    assert_eq!(one.file_name(), two.file_name());
    assert_eq!(files(&one), files(&two));
    let later = [&flags[..], &["--as-of", "2027-01-01T00:00:00Z"]].concat();
    let later = bundle(&scratch, "later", &later);
    let id = |bundle: &Path| redaction(bundle, "a/gitleaks.json")["commitment"]["keyId"].clone();
    assert_ne!(id(&one), id(&later));
    // The work tree is another too.
    write(&scratch.path("repository/.gitignore"), "a/\nb/\nc/\n");
    let other = bundle(&scratch, "other", &flags);
    assert_ne!(id(&one), id(&other));
}

#[test]
fn without_a_key_nothing_commits_and_the_report_says_so() {
    let scratch = Scratch::new();
    repository(&scratch);
    let bundle = bundle(&scratch, "out", &[]);
    assert_eq!(
        redaction(&bundle, "a/gitleaks.json")["commitment"],
        Json::Null
    );
    let page = read(&bundle.join("report.html"));
    let says = "nothing here commits to the file as it was";
    assert!(page.contains(says));
    let refused = revealed(&scratch, &bundle, &["--redaction-key", &key(&scratch)]);
    assert_eq!(refused.code, Some(2));
    let found = "expected a bundle that commits to originals";
    assert!(refused.stderr.contains(found), "{}", refused.stderr);
    let committed = self::bundle(&scratch, "committed", &["--redaction-key", &key(&scratch)]);
    let page = read(&committed.join("report.html"));
    assert!(!page.contains(says) && page.contains("the file as it was has HMAC-SHA256"));
}

#[test]
fn a_key_that_others_can_read_or_are_handed_is_refused_before_anything_is_examined() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let refused = |path: &Path, says: &str| {
        let path = path.display().to_string();
        let said = examined(&scratch, "out", &["--redaction-key", &path]);
        assert_eq!(said.code, Some(2), "{says}: {}", said.stdout);
        let words: Vec<&str> = said.stderr.split_whitespace().collect();
        assert!(words.join(" ").contains(says), "{}", said.stderr);
        assert!(!said.stderr.contains("a0a1a2"), "{}", said.stderr);
        let written = names(&scratch.path("out"));
        assert!(written.iter().all(|name| name == "key"), "{written:?}");
    };
    let place = |name: &str, text: &str, mode: u32| {
        let path = scratch.path(name);
        write(&path, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a file");
        path
    };
    fs::create_dir_all(scratch.path("out")).expect("a folder");
    let outside = "expected a key outside of the repository";
    refused(&place("repository/a/key", MASTER, 0o600), outside);
    refused(&place("out/key", MASTER, 0o600), outside);
    std::os::unix::fs::symlink(folder.join("a/key"), scratch.path("link")).expect("a link");
    refused(&scratch.path("link"), outside);
    refused(&place("open", MASTER, 0o640), "found mode 640");
    refused(
        &place("short", &MASTER[2..], 0o600),
        "64 hexadecimal digits",
    );
    refused(&place("zeros", &"0".repeat(64), 0o600), "64 zeros");
    refused(&scratch.path("nowhere"), "expected a key");
    let env = [("AUDIT_REDACTION_KEY", "SECRET-a0a1a2")];
    let path = folder.display().to_string();
    let said = audit_with(&scratch.path(""), &env, &[&*path, "--controls", "soc2"]);
    assert_eq!(said.code, Some(2));
    assert!(!said.stderr.contains("SECRET"), "{}", said.stderr);
}

#[test]
fn a_key_is_made_once_and_another_opens_no_bundle() {
    let scratch = Scratch::new();
    repository(&scratch);
    let bundle = bundle(&scratch, "out", &["--redaction-key", &key(&scratch)]);
    let home = scratch.path("");
    let made = audit(&home, &["keys", "redaction-new", "own.key"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let text = read(&scratch.path("own.key"));
    assert_eq!(text.trim_end().len(), 64);
    assert!(!made.stdout.contains(text.trim_end()));
    let rights = fs::metadata(scratch.path("own.key")).expect("a file");
    assert_eq!(rights.permissions().mode() & 0o777, 0o600);
    assert_eq!(
        audit(&home, &["keys", "redaction-new", "own.key"]).code,
        Some(2)
    );
    assert_eq!(read(&scratch.path("own.key")), text);
    let own = scratch.path("own.key").display().to_string();
    let refused = revealed(&scratch, &bundle, &["--redaction-key", &own]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
    assert!(
        refused.stderr.contains("found another"),
        "{}",
        refused.stderr
    );
    let none = revealed(&scratch, &bundle, &[]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(2), ""));
    // A bundle that is not what was sealed opens nothing.
    append(&bundle.join("report.json"), " ");
    let refused = revealed(&scratch, &bundle, &["--redaction-key", &key(&scratch)]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(4), ""));
}

#[test]
fn results_are_derived_again_from_a_bundle_that_commits() {
    let scratch = Scratch::new();
    repository(&scratch);
    let bundle = bundle(&scratch, "out", &["--redaction-key", &key(&scratch)]);
    let path = bundle.display().to_string();
    let said = audit(&scratch.path(""), &["reperform", &path, "--format", "json"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let verified = audit(&scratch.path(""), &["verify", &path, "--format", "json"]);
    assert_eq!(verified.code, Some(5), "{}", verified.stdout);
}

/// Digests and the size of a file, in each form in which somebody could write them.
fn traces(folder: &Path, path: &str) -> Vec<String> {
    let digests = format!("for it in sha256sum sha1sum md5sum sha512sum; do $it {path}; done");
    let printed = shell(folder, &digests).stdout;
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let first = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let mut traces: Vec<String> = printed.lines().map(first).collect();
    assert_eq!(traces.len(), 4, "{printed}");
    traces.push(git(folder, &["hash-object", path]).trim().to_owned());
    traces
}

#[test]
fn no_digest_and_no_size_of_an_original_is_in_a_bundle() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    // A report that cannot be read may hold as much as one that can.
    let cut = report(PIN);
    write(&folder.join("b/gitleaks.json"), &cut[..cut.len() / 2]);
    for (out, flags) in [
        ("plain", vec![]),
        ("bound", vec!["--redaction-key", &*key(&scratch)]),
    ] {
        let bundle = bundle(&scratch, out, &flags);
        for path in ["a/gitleaks.json", "b/gitleaks.json"] {
            let traces = traces(&folder, path);
            let size = fs::metadata(folder.join(path)).expect("a file").len();
            for (name, bytes) in files(&bundle) {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                for trace in &traces {
                    assert!(
                        !text.contains(trace.as_str()),
                        "{name} has {trace} of {path}"
                    );
                }
                if path.starts_with('b') {
                    continue;
                }
                let sizes = [format!("\"bytes\":{size},"), format!("\"bytes\": {size},")];
                let found = sizes.iter().any(|it| text.contains(it.as_str()));
                assert!(!found, "{name} has the size of {path}");
            }
        }
    }
}

/// The commands that `audit keys reveal` prints, each with what it prints.
fn commands(scratch: &Scratch, bundle: &Path) -> Vec<(String, String)> {
    let said = revealed(scratch, bundle, &["--redaction-key", &key(scratch)]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let lines: Vec<&str> = said.stdout.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| {
        let [says, command] = pair else { return None };
        let value = says.rsplit_once(": prints ")?.1;
        Some(((*command).to_owned(), value.to_owned()))
    });
    pairs.collect()
}

#[test]
fn a_report_that_is_too_large_to_be_held_is_committed_to_as_it_lies_there() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    // A name that a shell would read otherwise.
    let name = "a/it's $(a) report.sarif";
    sarif(&folder.join(name), LARGE, 20, "secrets");
    let policy = folder.join(".audit/policy.yaml");
    append(&policy, "  analysis: ['a/*.sarif']\n");
    let bundle = bundle(&scratch, "out", &["--redaction-key", &key(&scratch)]);
    let found = commands(&scratch, &bundle);
    assert_eq!(found.len(), 3, "{found:?}");
    for (command, value) in found {
        let printed = shell(&folder, &command).stdout;
        let printed = String::from_utf8_lossy(&printed).into_owned();
        assert!(
            printed.trim_end().ends_with(&format!("= {value}")),
            "{command}: {printed}"
        );
    }
    assert!(redaction(&bundle, name)["fields"]["snippet"].as_u64() > Some(10_000));
}

#[test]
fn reports_of_which_the_same_is_left_are_committed_to_one_by_one() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    // Nothing is left of the secrets, whatever their length.
    let same = report(PIN).replace("export key", "key");
    write(
        &folder.join("b/gitleaks.json"),
        &same.replace(PIN, "another"),
    );
    write(&folder.join("a/gitleaks.json"), &same);
    let plain = bundle(&scratch, "plain", &[]);
    let bound = bundle(&scratch, "bound", &["--redaction-key", &key(&scratch)]);
    let evidence = |bundle: &Path| {
        let files = names(&bundle.join("evidence")).into_iter();
        files.filter(|name| name.ends_with("gitleaks.json")).count()
    };
    assert_eq!((evidence(&plain), evidence(&bound)), (1, 2));
    let found = commands(&scratch, &bound);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_ne!(found[0].1, found[1].1);
    let path = bound.display().to_string();
    let said = audit(&scratch.path(""), &["reperform", &path]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
}
