//! What the tests share: a place of their own, a repository that is the same on every machine, and
//! the program run as a stranger would run it.

#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare folders and start the program; the rule is for the program itself"
)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;
use std::{env, fs, process};

use audit::model::time::Moment;
use audit::parse::yaml::{self, Node};
use walkdir::WalkDir;

/// The time of every commit.
const COMMITTED: &str = "2026-02-28T09:00:00+00:00";

/// A folder of one test, removed with what is in it when the test is over.
pub(crate) struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// An empty folder that no other test has.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = env::temp_dir().join(format!("audit-it-{}-{number}", process::id()));
        fs::create_dir_all(&root).expect("a scratch folder");
        Self { root }
    }

    /// A path below it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// How the program ended and what it said.
#[derive(Debug)]
pub(crate) struct Said {
    /// The exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it wrote to standard output.
    pub(crate) stdout: String,
    /// What it wrote to standard error.
    pub(crate) stderr: String,
}

/// A path below the root of this package.
pub(crate) fn package(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Runs the program with nothing of this machine's settings.
pub(crate) fn audit<A: AsRef<OsStr>>(home: &Path, arguments: &[A]) -> Said {
    audit_with(home, &[], arguments)
}

/// The same with these settings and no others.
pub(crate) fn audit_with<A: AsRef<OsStr>>(
    home: &Path,
    environment: &[(&str, &str)],
    arguments: &[A],
) -> Said {
    let output = program(home)
        .envs(environment.iter().copied())
        .args(arguments)
        .output()
        .expect("the program starts");
    said(&output)
}

/// The program with nothing of this machine's settings, to be given arguments and started.
pub(crate) fn program(home: &Path) -> Command {
    scrubbed(Command::new(env!("CARGO_BIN_EXE_audit")), home)
}

/// Runs git with a fixed identity and nothing of this machine's settings; it has to succeed.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    git_at(folder, COMMITTED, arguments)
}

/// Runs git as at a moment.
pub(crate) fn git_at(folder: &Path, moment: &str, arguments: &[&str]) -> String {
    let output = scrubbed(Command::new("git"), folder)
        .arg("-C")
        .arg(folder)
        .args([
            "-c",
            "protocol.file.allow=always",
            "-c",
            "commit.gpgSign=false",
        ])
        .args(arguments)
        .env("GIT_AUTHOR_NAME", "A. Person")
        .env("GIT_AUTHOR_EMAIL", "person@acme.example")
        .env("GIT_AUTHOR_DATE", moment)
        .env("GIT_COMMITTER_NAME", "A. Person")
        .env("GIT_COMMITTER_EMAIL", "person@acme.example")
        .env("GIT_COMMITTER_DATE", moment)
        .output()
        .expect("git starts");
    let said = said(&output);
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        said.stderr
    );
    said.stdout.trim_end().to_owned()
}

fn scrubbed(mut command: Command, home: &Path) -> Command {
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .current_dir(home);
    command
}

/// What a program that ended has said.
pub(crate) fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// Makes a folder a repository with one commit of everything in it.
pub(crate) fn commit_all(folder: &Path) {
    commit_all_at(folder, COMMITTED);
}

fn commit_all_at(folder: &Path, moment: &str) {
    for arguments in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all", "--force"],
        &["commit", "--quiet", "--allow-empty", "--message", "Begin"],
    ] {
        git_at(folder, moment, arguments);
    }
}

/// The moment at which the tests judge the example.
pub(crate) const AS_OF: &str = "2026-11-23T12:00:00Z";

/// A copy of the example as a repository of its own, with one commit. What the example's own
/// tools leave behind is not copied.
pub(crate) fn ledger(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("ledger");
    copy(&package("examples/ledger"), &folder);
    for left in ["audit-evidence", ".venv", ".mypy_cache", ".ruff_cache"] {
        let _ = fs::remove_dir_all(folder.join(left));
    }
    commit_all_at(&folder, "2026-11-23T09:00:00+00:00");
    folder
}

/// The bundles below a folder, sorted: all that is not hidden, so that what should not lie there
/// is taken for a bundle and found out.
pub(crate) fn bundles(out: &Path) -> Vec<PathBuf> {
    names(out)
        .into_iter()
        .filter(|name| !name.starts_with('.'))
        .map(|name| out.join(name))
        .collect()
}

/// Every file below a folder, by its path from there.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let inside = entry.path().strip_prefix(folder).expect("below the folder");
            let bytes = fs::read(entry.path()).expect("a readable file");
            (inside.to_string_lossy().into_owned(), bytes)
        })
        .collect()
}

/// Copies a tree of files.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in WalkDir::new(from).min_depth(1) {
        let entry = entry.expect("a readable fixture");
        let inside = entry
            .path()
            .strip_prefix(from)
            .expect("a path below the fixture");
        let there = to.join(inside);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&there).expect("a folder");
        } else {
            fs::copy(entry.path(), &there).expect("a copy");
        }
    }
}

/// A moment after everything that a test did so far.
pub(crate) fn soon() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = i64::try_from(now.expect("a clock").as_secs()).expect("a time");
    Moment::from_epoch(now + 60).expect("a moment").to_string()
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Writes a file.
pub(crate) fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Adds to the end of a file.
pub(crate) fn append(path: &Path, text: &str) {
    write(path, &format!("{}{text}", read(path)));
}

/// A YAML file.
pub(crate) fn read_yaml(path: &Path) -> Node {
    yaml::parse(&read(path)).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()))
}

/// The names of what lies directly in a folder, sorted; none where there is no such folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    WalkDir::new(folder)
        .min_depth(1)
        .max_depth(1)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
