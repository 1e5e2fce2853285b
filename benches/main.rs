//! How long the program takes, as a multiple of what stock tools take to read the same bytes on the
//! same machine in the same minute. Run by `cargo bench`; a time alone would say more about the
//! machine than about the program, and so nothing is asserted.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prepares folders, starts programs and prints; it stops at the first surprise"
)]

mod bundle;
mod formats;
mod inputs;
mod repository;
mod source;

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use inputs::Report;

/// The files of the repository.
const FILES: usize = 10_000;
/// How often each command is run; the quickest run counts.
const RUNS: usize = 5;
/// The size of a report of a format that is read whole: less than what is read at most.
const HELD: usize = 50 * 1024 * 1024;
/// The size of a report of a format that is read row by row, and how often it is read.
const STREAMED: usize = 500 * 1024 * 1024;
const RUNS_STREAMED: usize = 2;

fn main() {
    // `cargo test --all-targets` starts benches too, without this flag; there is nothing to test.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    // `cargo bench -- formats`, `-- source` and `-- verify` make one of them.
    let only = |name: &str| env::args().any(|argument| argument == name);
    if !only("verify") && !only("source") {
        formats::all(&[25_000, 50_000]);
    }
    if only("formats") {
        return;
    }
    let root = env::temp_dir().join(format!("audit-bench-{}", std::process::id()));
    fs::create_dir_all(&root).expect("a folder");
    if !only("verify") {
        source::beside_ruff(&root);
    }
    if only("source") {
        fs::remove_dir_all(&root).expect("the folder");
        return;
    }
    println!("quickest of {RUNS} runs, of {RUNS_STREAMED} for reports that are read row by row;");
    println!("× is the multiple of the first line of a table\n");
    bundle::verify(&root);
    if !only("verify") {
        whole(&root);
        for report in &inputs::HELD {
            single(&root, report, HELD, RUNS);
        }
        for report in &inputs::STREAMED {
            single(&root, report, STREAMED, RUNS_STREAMED);
        }
    }
    fs::remove_dir_all(&root).expect("the folder");
}

/// A repository of many files: the facts, and the main job with its bundle.
fn whole(root: &Path) {
    let folder = root.join("repository");
    let bytes = repository::make(&folder, FILES);
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
        RUNS,
    );
    table.row("audit facts", &audit(&["facts", "--format", "json"]));
    let out = root.join("out").display().to_string();
    table.row(
        "audit --controls soc2",
        &audit(&["--controls", "soc2", "--out", &out]),
    );
    println!();
}

/// A single report: hashed, read by stock readers, and looked at.
fn single(root: &Path, report: &Report, size: usize, runs: usize) {
    let file = root.join(report.name);
    let mut out = BufWriter::new(fs::File::create(&file).expect("a report"));
    (report.make)(size, &mut out);
    out.flush().expect("room for a report");
    let path = file.display().to_string();
    println!("{}, {} MiB", report.name, size >> 20);
    let mut sha256sum = Command::new("sha256sum");
    sha256sum.arg(&path);
    let table = Table::against("sha256sum", &sha256sum, runs);
    for (label, command) in report.readers {
        let mut words = command.iter();
        let mut reader = Command::new(words.next().expect("a program"));
        reader.args(words).arg(&path);
        table.row(label, &reader);
    }
    let mut audit = Command::new(env!("CARGO_BIN_EXE_audit"));
    audit.args(["inspect", &path, "--format", "json"]);
    table.row("audit inspect", &audit);
    println!();
    fs::remove_file(&file).expect("the report");
}

fn shell(folder: &Path, line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder);
    command
}

/// Lines that are compared with their first.
struct Table {
    first: Duration,
    runs: usize,
}

impl Table {
    fn against(label: &str, command: &Command, runs: usize) -> Self {
        let first = quickest(command, runs).expect("the stock tool runs");
        let table = Self { first, runs };
        table.print(label, command, first);
        table
    }

    fn row(&self, label: &str, command: &Command) {
        match quickest(command, self.runs) {
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
fn quickest(command: &Command, runs: usize) -> Option<Duration> {
    let timed = |_| {
        let started = Instant::now();
        let ended = again(command).status().ok()?;
        // 1 and 3 are results of the main job, not failures.
        let worked = matches!(ended.code(), Some(0 | 1 | 3));
        worked.then(|| started.elapsed())
    };
    (0..runs)
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
