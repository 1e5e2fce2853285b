//! The rules about source beside ruff's, on the same Python files in the same run.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::again;

/// How many files are made up, where no folder is named.
const FILES: usize = 3_000;
/// How often each command is run; the median counts.
const RUNS: usize = 5;

/// Reads all Python files of a folder with every rule, and lets ruff do the same. The folder is made
/// up, or that which `AUDIT_BENCH_PYTHON` names; ruff is found by `PATH`, or is what `RUFF` names.
pub(crate) fn beside_ruff(root: &Path) {
    let named = std::env::var_os("AUDIT_BENCH_PYTHON").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| {
        let folder = root.join("python");
        make(&folder);
        folder
    });
    let ruff = std::env::var_os("RUFF").unwrap_or_else(|| "ruff".into());
    let mut audit = Command::new(env!("CARGO_BIN_EXE_audit"));
    audit.args(["facts", "--format", "json"]);
    let mut other = Command::new(ruff);
    other.args(["check", "--isolated", "--no-cache", "--exit-zero"]);
    other.args(["--select", "S,E722,FIX", "."]);
    audit.current_dir(&folder);
    other.current_dir(&folder);
    println!("Python in {}, median of {RUNS} runs", folder.display());
    // One after the other, so that what slows the machine down slows down both.
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.extend(timed(&audit));
        theirs.extend(timed(&other));
    }
    let ours = median(ours).expect("audit runs");
    println!("  {:<28} {:>8.3} s", "audit facts", ours.as_secs_f64());
    match median(theirs) {
        Some(theirs) => {
            let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
            println!("  {:<28} {:>8.3} s", "ruff check", theirs.as_secs_f64());
            println!("  audit takes {ratio:.2} × as long as ruff");
        }
        None => println!("  {:<28} not there", "ruff check"),
    }
    println!();
}

fn timed(command: &Command) -> Option<Duration> {
    let started = Instant::now();
    let ended = again(command).status().ok()?;
    ended.success().then(|| started.elapsed())
}

fn median(mut all: Vec<Duration>) -> Option<Duration> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

/// Writes a project: modules with classes, handlers, queries and logs, and a test for each third.
fn make(folder: &Path) {
    for number in 0..FILES {
        let (path, text) = if number % 3 == 0 {
            (
                format!("tests/part_{}/test_m{number}.py", number % 50),
                tests(number),
            )
        } else {
            (
                format!("app/part_{}/m{number}.py", number % 50),
                module(number),
            )
        };
        let full = folder.join(path);
        fs::create_dir_all(full.parent().unwrap_or(folder)).expect("a folder");
        fs::write(full, text).expect("a file");
    }
}

fn module(number: usize) -> String {
    let mut text = format!(
        "\"\"\"Module {number}.\"\"\"\nfrom __future__ import annotations\n\nimport hashlib\nimport \
         json\nimport logging\nimport random\nimport subprocess\nfrom dataclasses import dataclass, \
         field\nfrom typing import Any\n\nlogger = logging.getLogger(__name__)\n\n\n@dataclass\nclass \
         Record{number}:\n    name: str\n    count: int = 0\n    tags: list[str] = \
         field(default_factory=list)\n"
    );
    for method in 0..number % 14 + 2 {
        let _ = write!(
            text,
            "\n    def step_{method}(self, cursor: Any, values: dict[str, int], path: str) -> int:\n\
             \x20       \"\"\"Take step {method} with every value that is large enough.\"\"\"\n\
             \x20       chosen = [key for key, value in values.items() if value > {method}]\n\
             \x20       try:\n            with open(path, encoding=\"utf-8\") as file:\n\
             \x20               read = json.load(file)\n        except (OSError, ValueError) as error:\n\
             \x20           logger.warning(\"%s cannot be read: %s\", path, error)\n            return 0\n\
             \x20       cursor.execute(\"SELECT a FROM b WHERE c = ?\", (self.name,))\n\
             \x20       for row in cursor.fetchall():\n            key = f\"{{self.name}}-{{row[0]}}\"\n\
             \x20           if key in read and row[0] not in chosen:\n\
             \x20               self.tags.append(str(row[0]).strip().lower())\n\
             \x20               self.count += sum(values.get(tag, {method}) for tag in self.tags)\n\
             \x20       return self.count + len(chosen)  # the caller adds the rest\n"
        );
    }
    if number.is_multiple_of(10) {
        text.push_str(
            "\n\ndef digest(data: bytes) -> str:\n    # TODO: another digest\n    \
             subprocess.run(data, shell=True)\n    random.choice(data)\n    return \
             hashlib.md5(data).hexdigest()  # noqa: S324\n",
        );
    }
    text
}

fn tests(number: usize) -> String {
    let mut text = format!(
        "\"\"\"Tests of module {number}.\"\"\"\nimport pytest\n\nfrom app import m{number} as \
         module\n\n\n@pytest.fixture\ndef record():\n    return module.Record(name=\"a\")\n"
    );
    for test in 0..number % 18 + 2 {
        let _ = write!(
            text,
            "\n\n@pytest.mark.parametrize(\"value\", [1, 2, {test}])\ndef test_{test}(record, value, \
             tmp_path):\n    path = tmp_path / \"a.json\"\n    path.write_text('{{\"a\": 1}}')\n    \
             total = record.step_{test}(None, {{\"a\": value, \"b\": {test}}}, str(path))\n    assert \
             total == value + {test}\n    assert record.tags == [\"a\", \"b\"]\n    with \
             pytest.raises(ValueError, match=\"large\"):\n        record.step_{test}(None, {{}}, \
             str(path))\n"
        );
    }
    text
}
