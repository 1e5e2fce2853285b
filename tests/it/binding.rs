//! What a record of a run is worth: it binds a report to the commit, dates it, shows that it is of
//! another commit or was broken off, and never makes more of it than the bytes allow.

#![cfg(unix)]
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::support::{
    Scratch, append, audit, audit_with, bundles, commit_all, git, names, package, read, soon, write,
};

const REPORT: &str = "reports/mutmut-cicd-stats.json";

/// A complete mutation report.
fn mutants(killed: u32) -> String {
    format!(
        r#"{{"killed": {killed}, "survived": 0, "total": {killed}, "no_tests": 0, "skipped": 0, "timeout": 0}}"#
    )
}

/// A shell command that writes it.
fn writes(killed: u32) -> String {
    format!("mkdir -p reports; echo '{}' > {REPORT}", mutants(killed))
}

fn repository(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("repository");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    write(&folder.join("src/a.py"), "A = 1\n");
    write(&folder.join("README.md"), "# A\n");
    commit_all(&folder);
    folder
}

/// Has TQ-03 ask for a level.
fn ask_for(folder: &Path, level: &str) {
    fs::create_dir_all(folder.join(".audit")).expect("a folder");
    let policy = format!(
        "apiVersion: audit/v1\nparameters:\n  TQ-03: {{ min_origin: {level}, rationale: A test. }}\n"
    );
    write(&folder.join(".audit/policy.yaml"), &policy);
    commit(folder, "Ask for it");
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", message]);
}

/// Runs a shell command under `audit run`.
fn record(folder: &Path, script: &str) -> Option<i32> {
    audit(folder, &["run", "-q", "--", "sh", "-c", script]).code
}

/// What a run came to: the report of the run.
fn examine(folder: &Path) -> Json {
    examine_at(folder, &soon())
}

fn examine_at(folder: &Path, when: &str) -> Json {
    let scratch = Scratch::new();
    let out = scratch.path("out");
    let path = folder.display().to_string();
    let arguments = [&path, "--controls", "soc2", "--as-of", when, "--out"];
    let said = audit(
        folder,
        &[&arguments[..], &[&out.display().to_string()]].concat(),
    );
    let bundle = bundles(&out);
    let bundle = bundle.first().unwrap_or_else(|| panic!("{}", said.stderr));
    serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON")
}

/// The outcome of a control, and its gaps in one text.
fn result(report: &Json, control: &str) -> (String, String) {
    let results = report["results"].as_array().expect("results");
    let result = results.iter().find(|result| result["control"] == control);
    let result = result.expect("a result");
    let gaps = result["gaps"].as_array().expect("gaps").iter();
    let gaps: Vec<&str> = gaps.filter_map(|gap| gap["says"].as_str()).collect();
    (
        result["outcome"].as_str().unwrap_or("").to_owned(),
        gaps.join("; "),
    )
}

fn exhibit<'r>(report: &'r Json, path: &str) -> &'r Json {
    let exhibits = report["exhibits"].as_array().expect("exhibits");
    exhibits
        .iter()
        .find(|exhibit| exhibit["path"] == path)
        .unwrap_or(&Json::Null)
}

/// The item of the report in `audit facts`.
fn fact(folder: &Path) -> Json {
    let said = audit(folder, &["facts", "--format", "json", "--as-of", &soon()]);
    let facts: Json = serde_json::from_str(&said.stdout).expect("facts");
    let items = &facts["relations"]["mutation.report"]["items"];
    assert_eq!(items.as_array().map(Vec::len), Some(1), "{items:#}");
    items[0].clone()
}

#[test]
fn a_recorded_run_at_the_commit_binds_its_report() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    ask_for(&folder, "L2");
    assert_eq!(record(&folder, &writes(60)), Some(0));
    let report = examine(&folder);
    let (outcome, gaps) = result(&report, "TQ-03");
    assert_eq!(
        (outcome.as_str(), gaps.as_str()),
        ("no-exceptions-noted", "")
    );
    let exhibit = exhibit(&report, REPORT);
    let name = format!(".audit/runs/{}", names(&folder.join(".audit/runs"))[0]);
    assert_eq!(
        (&exhibit["level"], &exhibit["record"]),
        (&json!("L2"), &json!(name))
    );
    // The record is evidence of the control as well, and changes nothing of the commit.
    let results = report["results"].as_array().expect("results");
    let tested = results
        .iter()
        .find(|result| result["control"] == "TQ-03")
        .expect("TQ-03");
    assert_eq!(tested["evidence"], json!([name, REPORT]));
    assert_eq!(report["subject"]["dirty"], false, "{:#}", report["subject"]);
    // A format without a time gets that of its run.
    let fact = fact(&folder);
    let run: Json = serde_json::from_str(&read(&folder.join(&name))).expect("JSON");
    assert_eq!(fact["produced_at"], run["started_at"]);
    assert_eq!(exhibit["produced_at"], run["started_at"]);
    assert_eq!(fact["time_from"], "record");
    assert_eq!(fact["exit_code"], 0);
}

/// What is done, in order, and what is said of the report then.
type Case = (Vec<fn(&Path)>, &'static str);

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_report_is_bound_by_no_other_record_and_it_is_said_why() {
    let run: fn(&Path) = |folder| {
        record(folder, &writes(60));
    };
    let cases: [Case; 8] = [
        (
            vec![|folder| {
                fs::create_dir_all(folder.join("reports")).expect("a folder");
                write(&folder.join(REPORT), &mutants(60));
            }],
            "it names no commit, and no record of a run is about it",
        ),
        (
            vec![run, |folder| write(&folder.join(REPORT), &mutants(61))],
            "is of other bytes than these",
        ),
        (
            vec![run, |folder| {
                append(&folder.join("README.md"), "More.\n");
                commit(folder, "Go on");
            }],
            "which is not the examined commit",
        ),
        (
            vec![|folder| append(&folder.join("src/a.py"), "B = 2\n"), run],
            "1 file of the commit, src/a.py, was changed before the tool was started",
        ),
        (
            vec![
                |folder| write(&folder.join("src/b.py"), "B = 2\n"),
                run,
                |folder| {
                    fs::remove_file(folder.join("src/b.py")).expect("it goes");
                },
            ],
            "1 source file, src/b.py, lay beside the commit before the tool was started",
        ),
        (
            vec![|folder| {
                record(folder, &format!("{}; echo B = 2 >> src/a.py", writes(60)));
                git(folder, &["checkout", "--quiet", "src/a.py"]);
            }],
            "was changed when the tool had ended",
        ),
        (
            vec![run, |folder| append(&folder.join("src/a.py"), "B = 2\n")],
            "src/a.py is changed since",
        ),
        (
            vec![|folder| {
                fs::remove_dir_all(folder.join(".git")).expect("it goes");
                record(folder, &writes(60));
                commit_all(folder);
            }],
            "it was made without a commit",
        ),
    ];
    for (steps, says) in cases {
        let scratch = Scratch::new();
        let folder = repository(&scratch);
        ask_for(&folder, "L2");
        for step in &steps {
            step(&folder);
        }
        let report = examine(&folder);
        let (outcome, gaps) = result(&report, "TQ-03");
        assert_eq!(outcome, "not-tested", "{says}");
        assert!(gaps.contains("expected L2 or better"), "{says}: {gaps}");
        assert!(gaps.contains(says), "{says}: {gaps}");
        assert_eq!(exhibit(&report, REPORT)["level"], "L0", "{says}");
    }
}

#[test]
fn a_tool_that_was_killed_has_not_finished_its_report() {
    for (script, says) in [
        (
            "kill -KILL $$",
            "the tool that wrote it was ended by signal 9",
        ),
        (
            "exit 137",
            "the tool that wrote it ended with exit status 137, as a shell says of signal 9",
        ),
    ] {
        let scratch = Scratch::new();
        let folder = repository(&scratch);
        assert_eq!(
            record(&folder, &format!("{}; {script}", writes(60))),
            Some(137)
        );
        let (outcome, gaps) = result(&examine(&folder), "TQ-03");
        assert_eq!(outcome, "not-tested", "{gaps}");
        assert!(gaps.contains(says), "{gaps}");
        assert_eq!(fact(&folder)["state"], "incomplete");
        // A later run to the end is the one that counts, though its bytes are the same.
        let runs = folder.join(".audit/runs");
        let first = runs.join(&names(&runs)[0]);
        let earlier = read(&first).replacen("\"started_at\": \"2", "\"started_at\": \"1", 1);
        write(&first, &earlier);
        assert_eq!(record(&folder, &writes(60)), Some(0));
        let (outcome, gaps) = result(&examine(&folder), "TQ-03");
        assert_eq!(outcome, "no-exceptions-noted", "{gaps}");
    }
}

#[test]
fn a_run_of_another_commit_counts_where_the_sources_are_the_same_and_the_control_allows_it() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let gitleaks = "echo '[]' > reports/gitleaks.json";
    assert_eq!(
        record(&folder, &format!("{}; {gitleaks}", writes(60))),
        Some(0)
    );
    append(&folder.join("README.md"), "More.\n");
    commit(&folder, "No source");
    let report = examine(&folder);
    assert_eq!(result(&report, "TQ-03").0, "no-exceptions-noted");
    let (outcome, gaps) = result(&report, "SE-03");
    assert_eq!(outcome, "not-tested");
    assert!(gaps.contains("its run was recorded at "), "{gaps}");

    // The commit holds the report now, and its sources are those of the run no more: what is known
    // counts for more than where the report lies.
    append(&folder.join("src/a.py"), "B = 2\n");
    commit(&folder, "A source");
    let (outcome, gaps) = result(&examine(&folder), "TQ-03");
    assert_eq!(outcome, "not-tested");
    assert!(
        gaps.contains(", 2 commits back; 1 of the 2 changes a source"),
        "{gaps}"
    );
}

#[test]
fn a_report_that_says_it_is_older_than_its_run_was_copied() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let coverage = |when: &str| {
        format!(
            "mkdir -p reports; echo '{{\"meta\": {{\"version\": \"7.6\", \"timestamp\": \"{when}\", \"branch_coverage\": false}}, \
             \"files\": {{\"src/a.py\": {{\"summary\": {{\"covered_lines\": 1, \"num_statements\": 1}}, \
             \"missing_lines\": []}}}}, \"totals\": {{\"covered_lines\": 1, \"num_statements\": 1}}}}' \
             > reports/coverage.json"
        )
    };
    let level = |script: &str| {
        assert_eq!(record(&folder, script), Some(0));
        let report = examine(&folder);
        exhibit(&report, "reports/coverage.json")["level"].clone()
    };
    assert_eq!(level(&coverage("2026-01-02T03:04:05Z")), "L0");
    assert_eq!(level(&coverage("2999-01-02T03:04:05")), "L0");
    let now = soon();
    assert_eq!(level(&coverage(now.trim_end_matches('Z'))), "L2");
}

#[test]
fn a_record_that_cannot_be_read_or_was_made_up_badly_binds_nothing() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    assert_eq!(record(&folder, &writes(60)), Some(0));
    let runs = folder.join(".audit/runs");
    let path = runs.join(&names(&runs)[0]);
    let whole = read(&path);
    let broken = [
        whole[..whole.len() / 2].to_owned(),
        whole.replace("audit/run/v1", "audit/run/v2"),
        whole.replace("\"reports/mutmut", "\"/reports/mutmut"),
        whole.replace("\"reports/mutmut", "\"../reports/mutmut"),
        whole.replacen("\"scope\"", "\"more\": 1,\n  \"scope\"", 1),
        whole.replacen("\"started_at\": \"", "\"started_at\": \"not on ", 1),
        "[]".to_owned(),
        String::new(),
    ];
    for text in broken {
        write(&path, &text);
        let said = audit(&folder, &["facts", "--format", "json"]);
        let facts: Json = serde_json::from_str(&said.stdout).expect("facts");
        let records = &facts["relations"]["run.record"];
        assert_eq!(records["gaps"].as_array().map(Vec::len), Some(1), "{text}");
        assert_eq!(fact(&folder)["origin"], "L0", "{text}");
    }
    // One that names a commit of its own choice is believed no further than the commit.
    let head = git(&folder, &["rev-parse", "HEAD"]);
    write(&path, &whole.replace(&head, &"0".repeat(40)));
    assert_eq!(fact(&folder)["origin"], "L0");
    write(&path, &whole);
    assert_eq!(fact(&folder)["origin"], "L2");
}

/// A SARIF file that names a commit, and says when it was made.
fn sarif(commit: &str) -> String {
    format!(
        r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "Checker"}}}}, "results": [],
        "versionControlProvenance": [{{"repositoryUri": "https://acme.example/a", "revisionId": "{commit}"}}],
        "invocations": [{{"executionSuccessful": true, "endTimeUtc": "2026-11-20T10:00:00Z"}}]}}]}}"#
    )
}

/// What SA-03 comes to where this SARIF lies beside the commit.
fn analysed(folder: &Path, commit: &str) -> (String, String) {
    write(&folder.join("checker.sarif"), &sarif(commit));
    result(&examine_at(folder, "2026-11-21T00:00:00Z"), "SA-03")
}

#[test]
fn a_report_that_names_another_commit_says_how_far_back_it_lies() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let first = git(&folder, &["rev-parse", "HEAD"]);
    let none = ("no-exceptions-noted".to_owned(), String::new());
    assert_eq!(analysed(&folder, &first), none);
    // The same sources are the same sources.
    append(&folder.join("README.md"), "More.\n");
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "No source"],
    );
    assert_eq!(analysed(&folder, &first), none);
    // But not while one is changed in the work tree.
    append(&folder.join("src/a.py"), "B = 2\n");
    let (outcome, gaps) = analysed(&folder, &first);
    assert_eq!(outcome, "not-tested");
    let short = &first[..12];
    assert_eq!(
        gaps,
        format!("names {short}, 1 commit back; none of them changes a source")
    );
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "A source"],
    );
    let (outcome, gaps) = analysed(&folder, &first);
    assert_eq!(outcome, "not-tested");
    assert_eq!(
        gaps,
        format!("names {short}, 2 commits back; 1 of the 2 changes a source")
    );
    // A commit that nobody knows, one of another line, and what is no commit.
    let tree = git(&folder, &["rev-parse", "HEAD^{tree}"]);
    git(&folder, &["checkout", "--quiet", "--orphan", "other"]);
    git(&folder, &["commit", "--quiet", "--message", "Another line"]);
    for named in [&first, &tree, &"0".repeat(40), "HEAD", "--all", "v1.0"] {
        let (outcome, gaps) = analysed(&folder, named);
        assert_eq!(outcome, "not-tested", "{named}");
        assert!(
            gaps.ends_with("which is not the examined commit"),
            "{named}: {gaps}"
        );
    }
}

#[test]
fn a_report_that_is_older_than_the_commit_is_not_of_it() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let report = |made: &str| {
        write(
            &folder.join("bandit.json"),
            &format!(
                r#"{{"errors": [], "generated_at": "{made}", "metrics": {{"_totals": {{"loc": 1, "nosec": 0}}}},
                "results": []}}"#
            ),
        );
        result(&examine_at(&folder, "2026-03-01T00:00:00Z"), "SA-03")
    };
    // The commit is of 2026-02-28T09:00:00Z.
    assert_eq!(report("2026-02-28T09:00:01Z").0, "no-exceptions-noted");
    let (outcome, gaps) = report("2026-02-28T08:59:59Z");
    assert_eq!(outcome, "not-tested");
    assert_eq!(
        gaps,
        "made on 2026-02-28T08:59:59Z, before the examined commit of 2026-02-28T09:00:00Z"
    );
    // Without a zone it may be younger than it looks.
    assert_eq!(report("2026-02-27T22:00:00").0, "no-exceptions-noted");
    assert_eq!(report("2026-02-27T20:00:00").0, "not-tested");
    // Committed with the sources it was made from, it counts as before.
    write(
        &folder.join("bandit.json"),
        &read(&folder.join("bandit.json")),
    );
    git(&folder, &["add", "--all"]);
    git(
        &folder,
        &["commit", "--quiet", "--message", "Keep the report"],
    );
    let kept = result(&examine_at(&folder, "2026-03-01T00:00:00Z"), "SA-03");
    assert_eq!(kept.0, "no-exceptions-noted", "{}", kept.1);
}

#[test]
fn what_the_environment_claims_stands_in_the_run_as_a_claim() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let head = git(&folder, &["rev-parse", "HEAD"]);
    for (sha, agrees) in [(head.as_str(), true), ("0123", false)] {
        let environment = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SHA", sha),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_TOKEN", "hunter2"),
            ("GITHUB_ACTOR", "a-person"),
        ];
        let said = audit_with(&folder, &environment, &["facts", "--format", "json"]);
        let facts: Json = serde_json::from_str(&said.stdout).expect("facts");
        let claims = &facts["relations"]["environment.claim"]["items"];
        assert_eq!(claims.as_array().map(Vec::len), Some(3), "{claims}");
        assert_eq!(claims[0]["agrees"], Json::Null);
        assert_eq!(
            claims[2],
            json!({ "name": "GITHUB_SHA", "value": sha, "trust": "self-asserted", "agrees": agrees })
        );
        let notice = format!("audit: GITHUB_SHA names {sha}, which is not the examined commit\n");
        assert_eq!(said.stderr.contains(&notice), !agrees, "{}", said.stderr);

        let out = scratch.path(sha);
        let (path, out_text) = (folder.display().to_string(), out.display().to_string());
        let arguments = [&*path, "--controls", "soc2", "--out", &out_text];
        let said = audit_with(&folder, &environment, &arguments);
        let bundle = bundles(&out).remove(0);
        let report: Json = serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON");
        assert_eq!(report["environment"]["trust"], "self-asserted");
        assert_eq!(report["environment"]["claims"][1]["value"], "7");
        let page = read(&bundle.join("report.html"));
        assert!(page.contains("self-asserted: <code>GITHUB_ACTIONS=true</code>"));
        for text in [report.to_string(), page, said.stdout, said.stderr] {
            assert!(
                !text.contains("hunter2") && !text.contains("a-person"),
                "{text}"
            );
        }
    }
}

#[test]
fn what_a_forge_answered_is_of_no_commit() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let saved = package("tests/fixtures/controls/BP-03/none");
    let script = format!("cp -R {}/. .", saved.display());
    assert_eq!(record(&folder, &script), Some(0));
    append(&folder.join("src/a.py"), "B = 2\n");
    commit(&folder, "A source");
    let (outcome, gaps) = result(&examine(&folder), "BP-03");
    assert_eq!(outcome, "no-exceptions-noted", "{gaps}");
}
