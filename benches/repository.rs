//! The repository that the benches read: made up, the same in every run.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::inputs;

/// Writes and commits a repository of so many files, and gives their size together.
pub(crate) fn make(folder: &Path, files: usize) -> usize {
    let mut size = 0;
    let mut put = |path: &str, text: &str| {
        let full = folder.join(path);
        fs::create_dir_all(full.parent().unwrap_or(folder)).expect("a folder");
        fs::write(full, text).expect("a file");
        size += text.len();
    };
    put(
        ".github/CODEOWNERS",
        "* @acme/everyone\n/src/part-07/ @acme/seven\n*.md @acme/docs\n",
    );
    put(
        ".github/workflows/ci.yml",
        "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: a/b@v1\n",
    );
    put("SECURITY.md", "Write to security@acme.example.\n");
    put(
        "pyproject.toml",
        "[project]\nname = \"bench\"\nversion = \"1\"\ndependencies = []\n",
    );
    let mut coverage = Vec::new();
    inputs::coverage_json(1 << 20, &mut coverage);
    put("reports/coverage.json", &String::from_utf8_lossy(&coverage));
    put("reports/gitleaks.json", "[]\n");
    for number in 0..files - 6 {
        let mut text = format!("\"\"\"Module {number}.\"\"\"\n\n");
        for function in 0..number % 60 {
            let _ = write!(
                text,
                "\ndef f{function}(x: int) -> int:\n    return x + {number}\n\n"
            );
        }
        let ending = match number % 5 {
            3 => "md",
            4 => "ts",
            _ => "py",
        };
        put(
            &format!("src/part-{:02}/m{number}.{ending}", number % 100),
            &text,
        );
    }
    commit(folder);
    size
}

fn commit(folder: &Path) {
    for arguments in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "Begin"],
    ] {
        let ended = Command::new("git")
            .args([
                "-c",
                "user.name=A. Person",
                "-c",
                "user.email=person@acme.example",
            ])
            .args(["-c", "commit.gpgSign=false", "-c", "gc.auto=0"])
            .args(arguments)
            .current_dir(folder)
            .status()
            .expect("git starts");
        assert!(ended.success(), "git {arguments:?}");
    }
}
