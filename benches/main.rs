//! How long the program takes, as a multiple of what stock tools take to read the same bytes on the
//! same machine in the same minute. Run by `cargo bench`; a time alone would say more about the
//! machine than about the program, and so nothing is asserted.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prepares folders, starts programs and prints; it stops at the first surprise"
)]

mod formats;
mod inputs;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

/// The files of the repository.
const FILES: usize = 10_000;
/// How often each command is run; the quickest run counts.
const RUNS: usize = 5;
/// The size of each report: less than what is read at most.
const REPORT: usize = 50 * 1024 * 1024;

fn main() {
    // `cargo test --all-targets` starts benches too, without this flag; there is nothing to test.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    // `cargo bench -- formats` stops here.
    formats::all(&[25_000, 50_000]);
    if env::args().any(|argument| argument == "formats") {
        return;
    }
    let root = env::temp_dir().join(format!("audit-bench-{}", std::process::id()));
    fs::create_dir_all(&root).expect("a folder");
    println!("quickest of {RUNS} runs; × is the multiple of the first line of a table\n");
    repository(&root);
    reports(&root);
    fs::remove_dir_all(&root).expect("the folder");
}

/// A repository of many files: the facts, and the main job with its bundle.
fn repository(root: &Path) {
    let folder = root.join("repository");
    let bytes = inputs::repository(&folder, FILES);
    let size = bytes >> 20;
    println!("{FILES} files, {size} MiB, one commit");
    let audit = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_audit"));
        command.args(arguments).current_dir(&folder);
        command
    };
    let table = Table::against(
        "git ls-tree -r, sha256sum",
        &shell(
            &folder,
            "git ls-tree -r --name-only -z HEAD | xargs -0 sha256sum",
        ),
    );
    table.row("audit facts", &audit(&["facts", "--format", "json"]));
    let out = root.join("out").display().to_string();
    table.row(
        "audit --controls soc2",
        &audit(&["--controls", "soc2", "--out", &out]),
    );
    println!();
}

/// Single reports, nearly as large as a report may be.
fn reports(root: &Path) {
    for (name, python, make) in inputs::REPORTS {
        let file = root.join(name);
        fs::write(&file, make(REPORT)).expect("a report");
        let path = file.display().to_string();
        let size = REPORT >> 20;
        println!("{name}, {size} MiB");
        let mut sha256sum = Command::new("sha256sum");
        sha256sum.arg(&path);
        let table = Table::against("sha256sum", &sha256sum);
        let mut reader = Command::new("python3");
        reader.args(["-c", python, &path]);
        table.row("python3, only parsed", &reader);
        let mut audit = Command::new(env!("CARGO_BIN_EXE_audit"));
        audit.args(["inspect", &path, "--format", "json"]);
        table.row("audit inspect", &audit);
        println!();
        fs::remove_file(&file).expect("the report");
    }
}

fn shell(folder: &Path, line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder);
    command
}

/// Lines that are compared with their first.
struct Table {
    first: Duration,
}

impl Table {
    fn against(label: &str, command: &Command) -> Self {
        let first = quickest(command).expect("the stock tool runs");
        let table = Self { first };
        table.print(label, command, first);
        table
    }

    fn row(&self, label: &str, command: &Command) {
        match quickest(command) {
            Some(taken) => self.print(label, command, taken),
            None => println!("  {label:<28} not there"),
        }
    }

    fn print(&self, label: &str, command: &Command, taken: Duration) {
        let ratio = taken.as_secs_f64() / self.first.as_secs_f64();
        let peak = peak(command).map_or_else(
            || "peak not measured".to_owned(),
            |kibibytes| format!("{:>5} MiB peak", kibibytes >> 10),
        );
        println!(
            "  {label:<28} {:>8.3} s {ratio:>7.2} × {peak}",
            taken.as_secs_f64()
        );
    }
}

/// The command once more.
fn again(command: &Command) -> Command {
    let mut again = Command::new(command.get_program());
    again
        .args(command.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        again.current_dir(folder);
    }
    again
}

/// The time of the quickest run; nothing where the program is not there.
fn quickest(command: &Command) -> Option<Duration> {
    let timed = |_| {
        let started = Instant::now();
        let ended = again(command).status().ok()?;
        // 1 and 3 are results of the main job, not failures.
        let worked = matches!(ended.code(), Some(0 | 1 | 3));
        worked.then(|| started.elapsed())
    };
    (0..RUNS)
        .map(timed)
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .min()
}

/// The most memory that a process of the command held at once, in KiB, as GNU time says.
fn peak(command: &Command) -> Option<u64> {
    let mut timed = Command::new("/usr/bin/time");
    timed
        .args(["--format", "%M"])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let here = PathBuf::from(".");
    timed.current_dir(command.get_current_dir().unwrap_or(&here));
    let ended = timed.output().ok()?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    said.lines().last()?.trim().parse().ok()
}
