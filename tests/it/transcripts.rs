//! What the program says on a terminal, held against the golden transcripts of the command line:
//! words, layout, order and exit codes, through the front door.

use std::path::{Path, PathBuf};

use crate::support::{Said, Scratch, append, audit, commit_all, copy, package, read, write};

pub(crate) const FIXTURES: &str = "tests/fixtures/transcripts";
pub(crate) const AS_OF: &str = "2026-11-22T14:03:07Z";

/// The fixture with some of its files replaced, committed as a repository called `payments`.
pub(crate) fn payments(scratch: &Scratch, overlays: &[&str]) -> PathBuf {
    let folder = plain(scratch, "payments", overlays);
    commit_all(&folder);
    folder
}

/// The same as plain files.
fn plain(scratch: &Scratch, name: &str, overlays: &[&str]) -> PathBuf {
    let folder = scratch.path(name);
    copy(&package(&format!("{FIXTURES}/payments")), &folder);
    for overlay in overlays {
        copy(&package(&format!("{FIXTURES}/{overlay}")), &folder);
    }
    folder
}

pub(crate) fn remove(folder: &Path, name: &str) {
    let path = folder.join(name);
    let gone = if path.is_dir() {
        std::fs::remove_dir_all(&path)
    } else {
        std::fs::remove_file(&path)
    };
    gone.expect("a file of the fixture");
}

/// The main job at the time of the transcripts, with more flags.
pub(crate) fn examine(folder: &Path, flags: &[&str]) -> Said {
    let mut arguments = vec!["--controls", "soc2", "--as-of", AS_OF];
    arguments.extend(flags);
    audit(folder, &arguments)
}

/// The text without what follows the version, the catalogue and the program that ran.
pub(crate) fn settled(text: &str) -> String {
    let mut settled = text.replace(
        &format!("audit {} ", env!("CARGO_PKG_VERSION")),
        "audit 1.0.0 ",
    );
    for before in ["catalogue 1.0.0, ", "20261122T140307Z-"] {
        let parts: Vec<&str> = settled.split(before).collect();
        let hidden: Vec<String> = parts
            .iter()
            .enumerate()
            .map(|(index, part)| match part.split_at_checked(12) {
                Some((digest, rest))
                    if index > 0 && digest.chars().all(|c| c.is_ascii_hexdigit()) =>
                {
                    format!("5be1c09a77d2{rest}")
                }
                _ => (*part).to_owned(),
            })
            .collect();
        settled = hidden.join(before);
    }
    settled
}

#[test]
fn a_exceptions_are_shown_by_severity_with_places_and_what_to_do() {
    let scratch = Scratch::new();
    let folder = plain(&scratch, "payments", &["exceptions", "gaps"]);
    remove(&folder, "reports/mutmut-cicd-stats.json");
    commit_all(&folder);
    let said = examine(&folder, &[]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    insta::assert_snapshot!("a_exceptions", settled(&said.stdout));
    assert_eq!(said.stderr, "");

    let narrow = examine(&folder, &["--width", "60"]);
    assert_eq!(narrow.code, Some(1));
    insta::assert_snapshot!("g_sixty_columns", settled(&narrow.stdout));

    let quiet = examine(&folder, &["-q"]);
    insta::assert_snapshot!("a_quiet", settled(&quiet.stdout));

    let full = examine(&folder, &["-v"]).stdout;
    assert_eq!(full.matches("actions/checkout@v4").count(), 2, "{full}");
    assert!(!full.contains("more place"), "{full}");

    let explained = audit(&folder, &["explain", "CI-01"]);
    assert_eq!(explained.code, Some(0), "{}", explained.stderr);
    insta::assert_snapshot!("explain", explained.stdout);
    let untested = audit(&folder, &["explain", "SE-03"]);
    insta::assert_snapshot!("explain_not_tested", untested.stdout);
}

#[test]
fn a_terminal_changes_no_word() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let plain = settled(&examine(&folder, &[]).stdout);
    assert!(!plain.contains('\u{1b}'));
    let coloured = examine(&folder, &["--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}[31m✗\u{1b}[0m"));
    assert!(!coloured.contains("\u{1b}[32m"), "nothing here is a pass");
    let mut stripped = String::new();
    for (index, part) in coloured.split('\u{1b}').enumerate() {
        let text = match part.split_once('m') {
            Some((_, text)) if index > 0 => text,
            _ => part,
        };
        stripped.push_str(text);
    }
    assert_eq!(settled(&stripped), plain);
    let ascii = examine(&folder, &["--ascii"]).stdout;
    assert!(ascii.is_ascii(), "{ascii}");
    assert!(ascii.contains("\nx DP-02  critical  "), "{ascii}");
}

#[test]
fn b_no_evidence_is_a_gap_and_not_a_good_result() {
    let scratch = Scratch::new();
    let folder = plain(&scratch, "payments", &[]);
    remove(&folder, "reports");
    remove(&folder, ".audit");
    commit_all(&folder);
    let said = examine(&folder, &[]);
    assert_eq!(said.code, Some(3), "{}", said.stderr);
    insta::assert_snapshot!("b_no_evidence", settled(&said.stdout));
}

#[test]
fn c_a_clean_run_says_what_to_do_with_the_bundle() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["clean"]);
    let said = examine(&folder, &[]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    insta::assert_snapshot!("c_clean", settled(&said.stdout));
}

#[test]
fn d_a_waiver_covers_while_it_is_in_force_and_each_is_accounted_for() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions", "waivers"]);
    let said = examine(&folder, &[]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    insta::assert_snapshot!("d_waivers", settled(&said.stdout));
}

#[test]
fn e_without_git_nothing_is_bound_to_a_commit() {
    let scratch = Scratch::new();
    let folder = plain(&scratch, "payments-1.4.0", &[]);
    let said = examine(&folder, &[]);
    assert_eq!(said.code, Some(3), "{}{}", said.stdout, said.stderr);
    insta::assert_snapshot!("e_no_git", settled(&said.stdout));
}

#[test]
fn some_controls_alone_leave_no_bundle_and_say_so() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let said = examine(&folder, &["--only", "CI-01"]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(!folder.join("audit-evidence").exists());
    let end = said.stdout.lines().rev().take(4).collect::<Vec<_>>();
    assert_eq!(
        end,
        [
            "next      audit explain CI-01",
            "exit 1    exceptions noted that no waiver in force covers",
            "bundle    none: only some controls were examined, so this is no evidence",
            "1 control: 1 exception, 0 not tested, 0 none noted, 0 did not occur, 0 not applicable",
        ]
    );
    let partial = "Partial: only CI-01 was examined.";
    for (format, says) in [
        ("json", "\"only\": [\n    \"CI-01\"\n  ]"),
        ("html", partial),
        (
            "markdown",
            "Only some controls were examined, so this is no evidence.",
        ),
    ] {
        let some = examine(&folder, &["--only", "CI-01", "--format", format]);
        assert!(some.stdout.contains(says), "{format}");
        let all = examine(&folder, &["--format", format]);
        assert!(!all.stdout.contains(says), "{format}");
    }
    assert!(
        examine(&folder, &["--format", "json"])
            .stdout
            .contains("\"only\": []")
    );
}

#[test]
fn a_changed_scope_is_a_departure_wherever_departures_are_named() {
    let scratch = Scratch::new();
    let folder = plain(&scratch, "payments", &[]);
    std::fs::create_dir_all(folder.join(".audit")).expect("a folder");
    write(
        &folder.join(".audit/policy.yaml"),
        "apiVersion: audit/v1\nscopes: { tests: [\"**\"], vendored: [] }\n",
    );
    commit_all(&folder);
    let said = examine(&folder, &[]);
    assert!(
        said.stdout.contains(
            ".audit/policy.yaml: 0 parameters stricter, 0 looser; 1 scope stricter, 1 looser · "
        ),
        "{}",
        said.stdout
    );
    let json = examine(&folder, &["--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let changed = json["policy"]["scope_departures"]
        .as_array()
        .expect("a list");
    let told: Vec<_> = changed
        .iter()
        .map(|it| (it["scope"].as_str(), it["direction"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("tests"), Some("looser")),
            (Some("vendored"), Some("stricter"))
        ]
    );
    let page = examine(&folder, &["--format", "html"]).stdout;
    assert!(page.contains("Scopes that differ from the usual ones"));
    assert!(page.contains("the policy, looser") && page.contains("the policy, stricter"));
}

#[test]
fn fail_on_narrows_the_gate_and_hides_no_line() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions"]);
    let all = examine(&folder, &[]);
    let narrowed = examine(&folder, &["--fail-on", "critical"]);
    let blocks = |text: &str| text.matches('✗').count();
    assert_eq!(blocks(&all.stdout), blocks(&narrowed.stdout));
    remove(&folder, "reports/pip-audit.json");
    copy(
        &package(&format!("{FIXTURES}/payments/reports")),
        &folder.join("reports"),
    );
    let open = examine(&folder, &["--fail-on", "critical"]);
    assert_eq!(open.code, Some(0), "{}", open.stdout);
    assert!(
        open.stdout.contains(
            "exit 0    nothing stands against the gate, which exceptions below critical do not close\n"
        ),
        "{}",
        open.stdout
    );
}

/// What the program says when it refuses, on standard error alone.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let said = audit(folder, arguments);
    assert_eq!(said.code, Some(2), "{}{}", said.stdout, said.stderr);
    assert_eq!(said.stdout, "");
    said.stderr
}

#[test]
fn a_wrong_command_line_names_the_one_nearest_word() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &[]);
    let mut said = String::new();
    for arguments in [
        &["--colour", "never"][..],
        &["--controls"],
        &[],
        &["exlpain"],
        &["explain", "CI-01", "CI-02"],
        &["controls", "lst"],
        &["controls"],
        &["inspect"],
        &["facts", "--format", "yaml"],
        &["--color", "alway"],
        &["--controls", "soc3"],
        &["--controls", "soc2", "--fail-on", "hgih"],
        &["--controls", "soc2", "--only", "CI-1"],
        &["--controls", "soc2", "--as-of", "yesterday"],
        &["--controls", "soc2", "--out", "README.md"],
        &["--controls", "soc2", "--git", "no-such-git"],
        &["--controls", "soc2", "--policy", "no-such-policy.yaml"],
        &["explain", "CI-01"],
        &["controls", "show", "ci-01"],
        &["help", "expalin"],
        &["--controls", "soc2", "explain", "CI-01"],
        &["-q", "-v", "relations"],
    ] {
        said.push_str("$ audit ");
        said.push_str(&arguments.join(" "));
        said.push('\n');
        said.push_str(&refused(&folder, arguments));
    }
    insta::assert_snapshot!("usage", said);
}

#[test]
fn every_problem_of_policy_controls_and_waivers_is_said_at_once_with_its_place() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["waivers"]);
    write(
        &folder.join(".audit/policy.yaml"),
        "apiVersion: audit/v1\nparameters:\n  TQ-01: { line: 50, rationale: For now. }\n  TQ-03: { scores: 90, rationale: More. }\n",
    );
    let control = read(&package("controls/soc2/CI-01-pinned-references.yaml"));
    let control = control
        .replace("id: CI-01", "id: ACME-01")
        .replace("severity:", "severty:");
    std::fs::create_dir_all(folder.join(".audit/controls")).expect("a folder");
    write(&folder.join(".audit/controls/ACME-01-pins.yaml"), &control);
    let said = refused(&folder, &["controls", "check"]);
    insta::assert_snapshot!("problems", said);
    assert_eq!(
        refused(&folder, &["--controls", "soc2", "--as-of", AS_OF]) + "4 problems\n",
        said,
        "the main job refuses with the same words"
    );
    remove(&folder, ".audit/controls");
    remove(&folder, ".audit/policy.yaml");
    append(
        &folder.join(".audit/waivers.yaml"),
        "  - { id: W-005, control: CI-01, scope: { path: a }, reason: b, owner: m, approver: j, issued: 2026-11-01, expires: 31/10/2026 }\n",
    );
    let refused = refused(&folder, &["controls", "check"]);
    insta::assert_snapshot!("waiver_problems", refused);
    // In a run they are said beside the table: a waiver that cannot be read covers nothing, and
    // takes nothing else down with it.
    let run = examine(&folder, &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(format!("{}1 problem\n", run.stderr), refused);
    assert!(run.stdout.contains("1 malformed: W-005"), "{}", run.stdout);
}

#[test]
fn help_names_what_there_is() {
    let scratch = Scratch::new();
    let home = scratch.path("");
    let said = audit(&home, &["--help"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!("help", said.stdout);
    assert_eq!(audit(&home, &["-h"]).stdout, said.stdout);
    assert_eq!(audit(&home, &["help"]).stdout, said.stdout);
    insta::assert_snapshot!("help_main", audit(&home, &["help", "main"]).stdout);
    let one = audit(&home, &["controls", "show", "--help"]);
    assert_eq!(one.code, Some(0));
    insta::assert_snapshot!("help_controls_show", one.stdout);
}

#[test]
fn the_other_commands_answer_in_tables() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["gaps"]);
    write(&folder.join("reports/empty.json"), "");
    let files = [
        "inspect",
        "reports/coverage.xml",
        "reports/bandit.json",
        "reports/gitleaks.json",
        "reports/empty.json",
        "README.md",
    ];
    let said = audit(&folder, &files);
    assert_eq!(said.code, Some(0));
    insta::assert_snapshot!("inspect", said.stdout);
    remove(&folder, "reports/empty.json");
    let facts = audit(&folder, &["facts", "--as-of", AS_OF]);
    assert_eq!(facts.code, Some(0), "{}", facts.stderr);
    let row = |name: &str| {
        let line = facts.stdout.lines().find(|line| line.starts_with(name));
        line.unwrap_or("")
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(row("RELATION"), "RELATION STATE ITEMS GAPS FROM");
    assert_eq!(
        row("secrets.report"),
        "secrets.report unreadable 0 1 reports/gitleaks.json:4:49: the file ends"
    );
    let listed = audit(&folder, &["controls", "list"]);
    assert!(
        listed
            .stdout
            .starts_with("ID     SEVERITY  CLASS     MAY SUPPORT")
    );
    assert!(listed.stdout.ends_with(
        "40 controls: 40 point in time, 0 need a period · 0 left out, 0 added by the policy\n"
    ));
    let source = audit(&folder, &["controls", "show", "CI-01", "--source"]);
    assert_eq!(
        source.stdout,
        read(&package("controls/soc2/CI-01-pinned-references.yaml"))
    );
    let relations = audit(&folder, &["--width", "120", "relations"]);
    assert!(relations.stdout.starts_with("RELATION"));
    let json = audit(&folder, &["relations", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let uses = json
        .as_array()
        .into_iter()
        .flatten()
        .find(|relation| relation["name"] == "workflow.uses")
        .expect("a relation");
    assert_eq!(uses["used_by"], serde_json::json!(["CI-01"]));
    let checked = audit(&folder, &["controls", "check"]);
    assert_eq!(
        (checked.code, checked.stdout.as_str()),
        (Some(0), "40 controls, 0 problems\n")
    );
}

#[test]
fn no_word_is_said_that_only_an_auditor_may_say() {
    let scratch = Scratch::new();
    let folder = payments(&scratch, &["exceptions", "gaps", "waivers"]);
    let mut said = examine(&folder, &["-v"]).stdout;
    for arguments in [
        &["controls", "list"][..],
        &["relations"],
        &["explain", "CI-01"],
        &["--help"],
        &["help", "main"],
    ] {
        said.push_str(&audit(&folder, arguments).stdout);
    }
    let said = said.to_lowercase();
    for word in ["compliant", "certified", "passed", "all good", "✓", "✔"] {
        assert!(!said.contains(word), "{word}");
    }
    let words = || said.split(|c: char| !c.is_alphanumeric());
    assert!(!words().any(|word| word == "ready"), "ready");
    for line in said.lines().filter(|line| line.contains("score")) {
        assert!(
            line.contains("mutation") || line.contains("mutant"),
            "{line}"
        );
    }
}
