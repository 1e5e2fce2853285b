//! A repository decides nothing about how it is read.

#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare folders; the rule is for the program itself"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use audit::git::{RefError, Repository};
use serde_json::Value as Json;

use crate::support::{Said, Scratch, append, audit, commit_all, git, write};

fn facts(folder: &Path) -> Json {
    let said = audit(
        folder,
        &["facts", &folder.display().to_string(), "--format", "json"],
    );
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    serde_json::from_str(&said.stdout).expect("facts")
}

fn small(scratch: &Scratch) -> std::path::PathBuf {
    let folder = scratch.path("small");
    fs::create_dir_all(folder.join(".github/workflows")).expect("a folder");
    write(
        &folder.join("SECURITY.md"),
        "Write to security@acme.example.\n",
    );
    write(&folder.join("tracked.txt"), "one\n");
    commit_all(&folder);
    folder
}

/// A script that leaves a mark when it is run.
fn trap(scratch: &Scratch) -> (std::path::PathBuf, std::path::PathBuf) {
    let (script, mark) = (scratch.path("trap.sh"), scratch.path("it-ran"));
    write(
        &script,
        &format!("#!/bin/sh\ntouch {}\ncat\n", mark.display()),
    );
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a script");
    (script, mark)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn no_program_that_the_repository_names_is_run() {
    let scratch = Scratch::new();
    let folder = small(&scratch);
    let (script, mark) = trap(&scratch);
    let script = script.display();
    append(
        &folder.join(".git/config"),
        &format!(
            "[core]\n fsmonitor = {script}\n hooksPath = {hooks}\n pager = {script}\n editor = {script}\n \
             sshCommand = {script}\n askPass = {script}\n alternateRefsCommand = {script}\n gitProxy = {script}\n\
             [gpg]\n program = {script}\n[gpg \"ssh\"]\n program = {script}\n[log]\n showSignature = true\n\
             [diff]\n external = {script}\n[filter \"evil\"]\n clean = {script}\n smudge = {script}\n process = {script}\n\
             required = true\n[diff \"evil\"]\n textconv = {script}\n command = {script}\n[credential]\n helper = {script}\n\
             [pager]\n log = {script}\n ls-tree = {script}\n rev-list = {script}\n[uploadpack]\n packObjectsHook = {script}\n",
            hooks = folder.join("hooks").display()
        ),
    );
    fs::create_dir_all(folder.join("hooks")).expect("a folder");
    for hook in [
        "post-checkout",
        "pre-commit",
        "fsmonitor-watchman",
        "reference-transaction",
        "post-index-change",
    ] {
        fs::copy(scratch.path("trap.sh"), folder.join("hooks").join(hook)).expect("a hook");
        fs::copy(
            scratch.path("trap.sh"),
            folder.join(".git/hooks").join(hook),
        )
        .expect("a hook");
    }
    write(&folder.join(".gitattributes"), "* filter=evil diff=evil\n");
    append(&folder.join("tracked.txt"), "two\n");
    let out = scratch.path("out").display().to_string();
    let path = folder.display().to_string();
    for arguments in [
        vec!["facts", &path, "--format", "json"],
        vec![&*path, "--controls", "soc2", "--out", &out],
        vec![
            &*path,
            "--controls",
            "soc2",
            "--out",
            &out,
            "--check-objects",
            "--waivers-from",
            "HEAD",
        ],
    ] {
        let said: Said = audit(&folder, &arguments);
        assert!(
            matches!(said.code, Some(0 | 1 | 3)),
            "{arguments:?}: {}",
            said.stderr
        );
        assert!(
            !mark.exists(),
            "{arguments:?} ran a program of the repository"
        );
    }
    // The trap is live: porcelain falls into it.
    let _ = std::process::Command::new("git")
        .arg("-C")
        .arg(&folder)
        .arg("status")
        .output();
    assert!(
        mark.exists(),
        "the trap does not work, so that the test proves nothing"
    );
}

#[test]
fn a_name_from_outside_leads_to_one_commit_or_to_none() {
    let scratch = Scratch::new();
    let folder = small(&scratch);
    let first = git(&folder, &["rev-parse", "HEAD"]);
    git(&folder, &["tag", "--annotate", "--message", "One", "v1"]);
    append(&folder.join("tracked.txt"), "two\n");
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "More"],
    );
    let second = git(&folder, &["rev-parse", "HEAD"]);
    let repository = Repository::discover(&folder, None).expect("git");
    let repository = repository.expect("a repository");
    for (name, commit) in [
        ("main", &second),
        ("refs/heads/main", &second),
        ("HEAD~1", &first),
        ("v1", &first),
        (&first, &first),
        (&first[..12], &first),
    ] {
        assert_eq!(repository.commit_of(name).as_ref(), Ok(commit), "{name}");
    }
    for name in [
        "",
        "dev",
        "main..v1",
        "main^{tree}",
        "HEAD:tracked.txt",
        "v1\n",
    ] {
        assert_eq!(repository.commit_of(name), Err(RefError::Unknown), "{name}");
    }
    for name in ["-h", "--all", "--output=x"] {
        assert_eq!(repository.commit_of(name), Err(RefError::Hyphen), "{name}");
    }
    git(&folder, &["branch", "v1", "main"]);
    assert_eq!(repository.commit_of("v1"), Err(RefError::Ambiguous));
    assert_eq!(repository.commit_of("refs/tags/v1"), Ok(first.clone()));
    // A branch that is called as a commit is.
    git(
        &folder,
        &["update-ref", &format!("refs/heads/{first}"), &second],
    );
    assert_eq!(repository.commit_of(&first), Err(RefError::Ambiguous));
    let file = |commit: &str, path: &str| repository.file_at(commit, path);
    assert_eq!(file(&first, "tracked.txt"), Ok(Some(b"one\n".to_vec())));
    assert_eq!(
        file(&second, "tracked.txt"),
        Ok(Some(b"one\ntwo\n".to_vec()))
    );
    for absent in ["none", "tracked.*", ":/", "-z", "../small/tracked.txt"] {
        assert_eq!(file(&second, absent), Ok(None), "{absent}");
    }
}

#[test]
fn replace_refs_and_grafts_change_nothing_that_is_read() {
    let scratch = Scratch::new();
    let folder = small(&scratch);
    let first = git(&folder, &["rev-parse", "HEAD"]);
    let before = facts(&folder);
    write(&folder.join("SECURITY.md"), "Write to nobody.\n");
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message", "Another"]);
    let second = git(&folder, &["rev-parse", "HEAD"]);
    git(&folder, &["reset", "--quiet", "--hard", &first]);
    git(&folder, &["replace", &first, &second]);
    fs::create_dir_all(folder.join(".git/info")).expect("a folder");
    write(
        &folder.join(".git/info/grafts"),
        &format!("{first} {second}\n"),
    );
    let after = facts(&folder);
    assert_eq!(before["repository"]["tree"], after["repository"]["tree"]);
    assert_eq!(before["repository"]["dirty"], after["repository"]["dirty"]);
    let integrity = &after["relations"]["repository.integrity"]["items"][0];
    assert_eq!(integrity["replaced_objects"], 1);
    assert_eq!(integrity["grafts"], true);
}

#[test]
fn what_is_not_a_whole_clone_is_a_plain_fact_or_a_gap() {
    let scratch = Scratch::new();
    let folder = small(&scratch);
    append(&folder.join("tracked.txt"), "two\n");
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "More"],
    );
    let shallow = scratch.path("shallow");
    let from = format!("file://{}", folder.display());
    git(
        &folder,
        &[
            "clone",
            "--quiet",
            "--depth=1",
            &from,
            &shallow.display().to_string(),
        ],
    );
    let read = facts(&shallow);
    assert_eq!(read["repository"]["shallow"], true);
    assert_eq!(
        read["relations"]["repository.integrity"]["items"][0]["shallow"],
        true
    );

    // A blob that the commit names and the clone does not hold.
    let blob = git(&folder, &["rev-parse", "HEAD:tracked.txt"]);
    let (head, rest) = blob.split_at(2);
    fs::remove_file(folder.join(".git/objects").join(head).join(rest)).expect("the object");
    let read = facts(&folder);
    assert_eq!(
        read["relations"]["repository.integrity"]["items"][0]["missing_objects"],
        1
    );

    // The commit itself.
    let commit = git(&folder, &["rev-parse", "HEAD"]);
    let (head, rest) = commit.split_at(2);
    fs::remove_file(folder.join(".git/objects").join(head).join(rest)).expect("the object");
    let read = facts(&folder);
    let population = &read["relations"]["repository.integrity"];
    assert_eq!(population["state"], "unreadable", "{population}");
    assert!(!population["gaps"].as_array().expect("gaps").is_empty());
}

#[test]
fn no_repository_and_no_commit_are_no_errors() {
    let scratch = Scratch::new();
    let plain = scratch.path("plain");
    fs::create_dir_all(&plain).expect("a folder");
    write(&plain.join("a.py"), "print()\n");
    let read = facts(&plain);
    assert_eq!(read["repository"]["commit"], Json::Null);
    assert_eq!(read["relations"]["repository.integrity"]["state"], "absent");
    assert_eq!(read["relations"]["source.file"]["items"][0]["path"], "a.py");

    git(&plain, &["init", "--quiet", "--initial-branch=main"]);
    let read = facts(&plain);
    assert_eq!(read["repository"]["commit"], Json::Null);
    assert_eq!(read["repository"]["branch"], "main");
}

#[test]
fn a_sha_256_repository_is_read_as_it_is() {
    let scratch = Scratch::new();
    let folder = scratch.path("long");
    fs::create_dir_all(&folder).expect("a folder");
    git(
        &folder,
        &[
            "init",
            "--quiet",
            "--initial-branch=main",
            "--object-format=sha256",
        ],
    );
    write(&folder.join("a.py"), "print()\n");
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message", "Begin"]);
    let read = facts(&folder);
    assert_eq!(read["repository"]["object_format"], "sha256");
    assert_eq!(read["repository"]["dirty"], false);
    assert_eq!(
        read["repository"]["commit"].as_str().map(str::len),
        Some(64)
    );
}

#[test]
fn a_changed_or_deleted_tracked_file_makes_the_work_tree_dirty() {
    let scratch = Scratch::new();
    let folder = small(&scratch);
    assert_eq!(facts(&folder)["repository"]["dirty"], false);
    write(&folder.join("report.json"), "{}");
    assert_eq!(
        facts(&folder)["repository"]["dirty"],
        false,
        "an untracked report changes no commit"
    );
    // Governance that was read and never committed is not the commit's.
    write(&folder.join(".pre-commit-config.yaml"), "repos: []\n");
    assert_eq!(facts(&folder)["repository"]["dirty"], true);
    fs::remove_file(folder.join(".pre-commit-config.yaml")).expect("a file");
    assert_eq!(facts(&folder)["repository"]["dirty"], false);
    append(&folder.join("tracked.txt"), "two\n");
    assert_eq!(facts(&folder)["repository"]["dirty"], true);
    git(&folder, &["checkout", "--quiet", "tracked.txt"]);
    fs::remove_file(folder.join("tracked.txt")).expect("a file");
    assert_eq!(facts(&folder)["repository"]["dirty"], true);
}

#[test]
fn a_folder_inside_a_repository_is_its_own_scope() {
    let scratch = Scratch::new();
    let folder = small(&scratch);
    fs::create_dir_all(folder.join("services/a")).expect("a folder");
    write(&folder.join("services/a/main.py"), "print()\n");
    write(&folder.join("other.py"), "print()\n");
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message", "A service"]);
    let read = facts(&folder.join("services/a"));
    assert_eq!(read["repository"]["tracked_files"], 1);
    let sources = read["relations"]["source.file"]["items"]
        .as_array()
        .expect("items");
    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0]["path"], "services/a/main.py");
    // What governs the repository governs its folders: the policy at the root is in force.
    let policy = &read["relations"]["security.policy"];
    if policy["state"] != Json::Null {
        assert_eq!(policy["items"][0]["path"], "SECURITY.md");
    }
}

#[test]
fn a_commit_whose_files_cannot_be_listed_says_nothing_about_them() {
    let scratch = Scratch::new();
    let folder = small(&scratch);
    write(&folder.join("main.py"), "print()\n");
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message", "A program"]);
    let tree = git(&folder, &["rev-parse", "HEAD^{tree}"]);
    let (head, rest) = tree.split_at(2);
    fs::remove_file(folder.join(".git/objects").join(head).join(rest)).expect("the object");
    let read = facts(&folder);
    for relation in [
        "source.file",
        "ownership.file",
        "manifest.file",
        "repository.integrity",
    ] {
        let population = &read["relations"][relation];
        let gaps = population["gaps"].as_array().expect("gaps");
        assert!(
            population["state"] == "absent" || !gaps.is_empty(),
            "{relation}: {population}"
        );
    }
    assert_eq!(read["relations"]["source.file"]["state"], "unreadable");
}

#[test]
fn a_tracked_file_too_large_to_be_read_is_compared_all_the_same() {
    let scratch = Scratch::new();
    let folder = small(&scratch);
    let large = fs::File::create(folder.join("large.bin")).expect("a file");
    large.set_len(65 * 1024 * 1024).expect("a sparse file");
    git(&folder, &["add", "--all"]);
    git(
        &folder,
        &["commit", "--quiet", "--message", "Something large"],
    );
    assert_eq!(facts(&folder)["repository"]["dirty"], false);
    large.set_len(66 * 1024 * 1024).expect("a longer file");
    assert_eq!(facts(&folder)["repository"]["dirty"], true);
}
