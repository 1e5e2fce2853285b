//! What the benches read: made up, the same in every run.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A report to be made: its name, a program by which Python reads it, and how it is made.
pub(crate) type Report = (&'static str, &'static str, fn(usize) -> String);

/// One report of each parser.
pub(crate) const REPORTS: [Report; 5] = [
    ("coverage.json", JSON, coverage_json),
    ("scan.sarif", JSON, sarif),
    ("gitleaks.json", JSON, gitleaks),
    ("coverage.xml", XML, cobertura),
    ("junit.xml", XML, junit),
];

const JSON: &str = "import json, sys; json.load(open(sys.argv[1], 'rb'))";
const XML: &str = "import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])";

/// Writes and commits a repository of so many files, and gives their size together.
pub(crate) fn repository(folder: &Path, files: usize) -> usize {
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
    put("reports/coverage.json", &coverage_json(1 << 20));
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
    size
}

/// A head, numbered parts with a comma between until the size is reached, and a tail.
fn filled(
    size: usize,
    head: &str,
    part: impl Fn(usize) -> String,
    comma: &str,
    tail: &str,
) -> String {
    let mut text = String::with_capacity(size + 4096);
    text.push_str(head);
    let mut number = 0;
    while text.len() < size {
        if number > 0 {
            text.push_str(comma);
        }
        text.push_str(&part(number));
        number += 1;
    }
    text.push_str(tail);
    text
}

fn coverage_json(size: usize) -> String {
    let lines: Vec<String> = (1..=120).map(|line| line.to_string()).collect();
    let lines = lines.join(", ");
    let summary = "{\"covered_lines\": 120, \"num_statements\": 120, \"percent_covered\": 100.0, \
        \"percent_covered_display\": \"100\", \"missing_lines\": 0, \"excluded_lines\": 0}";
    filled(
        size,
        "{\"meta\": {\"format\": 3, \"version\": \"7.17.3\", \"timestamp\": \
         \"2026-11-22T18:08:08.241062\", \"branch_coverage\": false, \"show_contexts\": false}, \
         \"files\": {",
        |number| {
            format!(
                "\"src/part/m{number}.py\": {{\"executed_lines\": [{lines}], \"summary\": {summary}, \
                 \"missing_lines\": [], \"excluded_lines\": []}}"
            )
        },
        ", ",
        &format!("}}, \"totals\": {summary}}}"),
    )
}

fn sarif(size: usize) -> String {
    filled(
        size,
        "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": \"Bandit\", \
         \"version\": \"1.9.1\", \"rules\": [{\"id\": \"B101\"}]}}, \"invocations\": \
         [{\"executionSuccessful\": true}], \"results\": [",
        |number| {
            format!(
                "{{\"ruleId\": \"B101\", \"level\": \"note\", \"message\": {{\"text\": \"Use of assert \
                 detected, number {number}.\"}}, \"locations\": [{{\"physicalLocation\": \
                 {{\"artifactLocation\": {{\"uri\": \"src/part/m{number}.py\"}}, \"region\": \
                 {{\"startLine\": {line}, \"snippet\": {{\"text\": \"assert x == {number}\"}}}}}}}}]}}",
                line = number % 900 + 1
            )
        },
        ", ",
        "]}]}",
    )
}

fn gitleaks(size: usize) -> String {
    filled(
        size,
        "[",
        |number| {
            format!(
                "{{\"RuleID\": \"generic-api-key\", \"Description\": \"A key\", \"StartLine\": {line}, \
                 \"Match\": \"key = made-up-{number}\", \"Secret\": \"made-up-{number}\", \"File\": \
                 \"src/m{number}.py\", \"Commit\": \"\", \"Entropy\": 3.5, \"Message\": \"\", \"Tags\": [], \
                 \"Fingerprint\": \"src/m{number}.py:generic-api-key:{line}\"}}",
                line = number % 900 + 1
            )
        },
        ",\n",
        "]",
    )
}

fn cobertura(size: usize) -> String {
    let lines: String = (1..=120).fold(String::new(), |mut lines, line| {
        let _ = writeln!(lines, "<line number=\"{line}\" hits=\"1\"/>");
        lines
    });
    filled(
        size,
        "<?xml version=\"1.0\" ?>\n<coverage version=\"7.17.3\" timestamp=\"1795370888653\" \
         line-rate=\"1\" branch-rate=\"0\" complexity=\"0\"><packages><package name=\"src\" \
         line-rate=\"1\" branch-rate=\"0\" complexity=\"0\"><classes>\n",
        |number| {
            format!(
                "<class name=\"m{number}.py\" filename=\"src/m{number}.py\" complexity=\"0\" \
                 line-rate=\"1\" branch-rate=\"0\"><methods/><lines>\n{lines}</lines></class>\n"
            )
        },
        "",
        "</classes></package></packages></coverage>\n",
    )
}

fn junit(size: usize) -> String {
    filled(
        size,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites name=\"pytest tests\">\
         <testsuite name=\"pytest\" timestamp=\"2026-11-22T18:07:44.531895+00:00\">\n",
        |number| {
            format!(
                "<testcase classname=\"tests.test_part\" name=\"test_number_{number}\" \
                 time=\"0.001\"><system-out>line {number} &amp; more</system-out></testcase>\n"
            )
        },
        "",
        "</testsuite></testsuites>\n",
    )
}
