//! Hand-built runs against the golden transcripts.

use std::collections::BTreeMap;

use super::{Closing, Detail, Style, render};
use crate::model::control::{Class, Control, Nature, Requirement, Severity};
use crate::model::exhibit::Digest;
use crate::model::fact::{Facts, Population};
use crate::model::gap::{Cause, Gap};
use crate::model::policy::Policy;
use crate::model::relations::{COVERAGE_REPORT, MUTATION_REPORT};
use crate::model::result::{ControlResult, Deviation, Outcome, TestResult, WaiverUse};
use crate::model::run::{CatalogueInfo, Clock, Run, Subject, Tool};
use crate::model::time::{Day, Moment};
use crate::model::waiver::{Waiver, WaiverScope, WaiverState};
use crate::seal::Bundle;

fn digest(first: [u8; 6]) -> Digest {
    let mut bytes = [0; 32];
    bytes[..6].copy_from_slice(&first);
    Digest(bytes)
}

fn control(id: &str, severity: Severity, title: &str, fix: &str) -> Control {
    Control {
        id: id.to_owned(),
        title: title.to_owned(),
        statement: String::new(),
        criteria: Vec::new(),
        references: BTreeMap::new(),
        severity,
        nature: Nature::Preventive,
        frequency: "per-change".to_owned(),
        class: Class::State,
        parameters: Vec::new(),
        procedure: String::new(),
        requires: Vec::new(),
        applies_when: None,
        tests: Vec::new(),
        remediation: fix.to_owned(),
        limitations: Vec::new(),
        waiver_days: 90,
        path: String::new(),
        sha256: digest([0; 6]),
        added: false,
    }
}

fn test(outcome: Outcome, observed: &str, required: &str) -> TestResult {
    TestResult {
        attribute: String::new(),
        sentence: String::new(),
        logic: String::new(),
        outcome,
        relation: None,
        items: 0,
        population: 0,
        observed: observed.to_owned(),
        required: required.to_owned(),
        measured: None,
        deviations: Vec::new(),
        gaps: Vec::new(),
        evidence: Vec::new(),
        parts: Vec::new(),
    }
}

fn result(id: &str, severity: Severity, outcome: Outcome, test: TestResult) -> ControlResult {
    ControlResult {
        control: id.to_owned(),
        severity,
        outcome,
        waived: false,
        tests: vec![test],
        deviations: Vec::new(),
        gaps: Vec::new(),
        waivers: Vec::new(),
        reason: None,
        evidence: Vec::new(),
    }
}

fn deviation(path: &str, line: u32, column: Option<u32>, item: &[&str]) -> Deviation {
    let place = column.map_or_else(
        || format!("{path}:{line}"),
        |column| format!("{path}:{line}:{column}"),
    );
    Deviation {
        attribute: String::new(),
        place,
        path: path.to_owned(),
        line: Some(line),
        column,
        item: item
            .iter()
            .map(|value| ("field".to_owned(), (*value).to_owned()))
            .collect(),
        observed: Vec::new(),
        required: String::new(),
        fingerprint: digest([0; 6]),
        waiver: None,
    }
}

fn gap(cause: Cause, place: &str, says: &str, remedy: &str) -> Gap {
    Gap {
        cause,
        place: place.to_owned(),
        path: place.split(':').next().unwrap_or("").to_owned(),
        says: says.to_owned(),
        remedy: remedy.to_owned(),
    }
}

fn run(controls: Vec<Control>, results: Vec<ControlResult>) -> Run {
    Run {
        tool: Tool {
            version: "1.0.0",
            sha256: None,
        },
        as_of: Moment::parse("2026-11-22T14:03:07Z").unwrap(),
        clock: Clock::Given,
        subject: Subject {
            name: "payments".to_owned(),
            git: true,
            commit: Some("9f2c1ab4d6e0c0ffee00c0ffee00c0ffee00c0ff".to_owned()),
            branch: Some("main".to_owned()),
            tracked_files: 1_214,
            ..Subject::default()
        },
        catalogue: CatalogueInfo {
            name: "soc2".to_owned(),
            version: "1.0.0".to_owned(),
            sha256: digest([0x5b, 0xe1, 0xc0, 0x9a, 0x77, 0xd2]),
        },
        criteria: Vec::new(),
        controls,
        policy: Policy::default(),
        waivers: Vec::new(),
        results,
        outside: vec!["CR-03".to_owned(), "OP-09".to_owned()],
        facts: Facts::new(),
        exhibits: Vec::new(),
        definitions: Vec::new(),
    }
}

fn closing() -> Closing {
    Closing {
        bundle: Some("audit-evidence/20261122T140307Z-3f9c1a2b7d40".to_owned()),
        signed: false,
        waivers_from: Some("origin/main".to_owned()),
    }
}

const CP: &str = "No unsafe deserialisation or XML parsing";
const CI: &str = "Third-party actions and images are pinned to an immutable digest";

fn unsafe_calls() -> (Control, ControlResult) {
    let fix = "Read the data with json, or with yaml.safe_load.";
    let test = test(
        Outcome::ExceptionsNoted,
        "2 calls on the blocklist: pickle 1, yaml-load 1 · 213 of 214 Python files read",
        "at most 0, outside tests",
    );
    let mut result = result("CP-02", Severity::Critical, Outcome::ExceptionsNoted, test);
    result.deviations = vec![
        deviation("src/ledger/cache.py", 41, Some(12), &["pickle.loads"]),
        deviation(
            "src/ledger/feed.py",
            88,
            Some(9),
            &["yaml.load without a safe loader"],
        ),
    ];
    result.gaps = vec![gap(
        Cause::Unreadable,
        "src/legacy/report.py:3:7",
        "not Python 3: this file is not tested",
        "",
    )];
    (control("CP-02", Severity::Critical, CP, fix), result)
}

fn pins() -> (Control, ControlResult) {
    let fix = "Replace the tag by the 40-character commit and keep the tag in a comment.";
    let test = test(
        Outcome::ExceptionsNoted,
        "9 of 80 references from outside: pin is tag 7, branch 1, docker-tag 1",
        "pin in sha, digest (accepted_pins, catalogue default)",
    );
    let mut result = result("CI-01", Severity::High, Outcome::ExceptionsNoted, test);
    result.deviations = vec![
        deviation(
            ".github/workflows/ci.yml",
            14,
            None,
            &["actions/checkout@v4", "tag"],
        ),
        deviation(
            ".github/workflows/release.yml",
            31,
            None,
            &["acme/publish@main", "branch"],
        ),
    ];
    for line in 40..47 {
        let uses = ["actions/cache@v4", "tag"];
        let deviation = deviation(".github/workflows/release.yml", line, None, &uses);
        result.deviations.push(deviation);
    }
    (control("CI-01", Severity::High, CI, fix), result)
}

fn coverage() -> (Control, ControlResult) {
    let test = test(
        Outcome::ExceptionsNoted,
        "9,994 of 10,000 lines, 99.94 % · coverage.xml, which names 9f2c1ab4d6e0 (L1)",
        "at least 100 % (line, catalogue default)",
    );
    let mut result = result("TQ-01", Severity::High, Outcome::ExceptionsNoted, test);
    result.deviations = (118..=121)
        .map(|line| ("src/ledger/post.py", line))
        .chain([("src/api/retry.py", 66), ("src/api/retry.py", 71)])
        .map(|(path, line)| deviation(path, line, None, &[]))
        .collect();
    let fix = "Test these 6 lines, or remove them.";
    (
        control("TQ-01", Severity::High, "Line coverage at threshold", fix),
        result,
    )
}

fn untested(id: &str, severity: Severity, gap: Gap) -> ControlResult {
    let mut result = result(
        id,
        severity,
        Outcome::NotTested,
        test(Outcome::NotTested, "", ""),
    );
    result.gaps = vec![gap];
    result
}

fn settled(id: &str, outcome: Outcome) -> ControlResult {
    result(id, Severity::Low, outcome, test(outcome, "", ""))
}

/// Transcript (a), with fewer controls that need nothing said.
fn transcript_a() -> Run {
    let mut controls = Vec::new();
    let mut results = Vec::new();
    for (control, result) in [pins(), coverage(), unsafe_calls()] {
        controls.push(control);
        results.push(result);
    }
    let settings =
        "the platform's settings: no export of rules, checks, members or retention was found";
    for id in ["AC-02", "AC-03", "BP-01", "SE-04"] {
        let remedy = "gh api repos/{owner}/{repo}/rulesets > rules.json";
        let gap = gap(Cause::Missing, "", settings, remedy);
        results.push(untested(id, Severity::High, gap));
    }
    controls.push(control(
        "SE-03",
        Severity::Critical,
        "No unresolved credential in tree or history",
        "",
    ));
    results.push(untested(
        "SE-03",
        Severity::Critical,
        gap(
            Cause::Unreadable,
            "gitleaks.json:1:2049",
            "the file ends inside a string; nothing was taken from it",
            "Run gitleaks to its end, then run again.",
        ),
    ));
    controls.push(control(
        "TQ-03",
        Severity::High,
        "Mutation score at threshold",
        "",
    ));
    results.push(untested(
        "TQ-03",
        Severity::High,
        gap(
            Cause::Stale,
            "",
            "mutmut.json names 41d0e77a90c3, 14 commits back; 3 of the 14 change src/",
            "Run the mutation tests at 9f2c1ab4d6e0, then run again.",
        ),
    ));
    for id in ["CI-02", "CI-03", "CM-05", "DP-01"] {
        results.push(settled(id, Outcome::NoExceptionsNoted));
    }
    results.push(settled("DP-04", Outcome::DidNotOccur));
    results.push(settled("GV-01", Outcome::DidNotOccur));
    results.push(settled("TQ-05", Outcome::NotApplicable));
    results.sort_by(|a, b| a.control.cmp(&b.control));
    run(controls, results)
}

fn shown(run: Run, style: &Style) -> String {
    render(&Bundle::new(run, Severity::Low), style, &closing())
}

#[test]
fn exceptions_as_in_transcript_a() {
    insta::assert_snapshot!("exceptions", shown(transcript_a(), &Style::plain()));
}

#[test]
fn sixty_columns_wrap_values_and_cut_nothing() {
    let style = Style {
        width: 60,
        ..Style::plain()
    };
    insta::assert_snapshot!("sixty", shown(transcript_a(), &style));
}

#[test]
fn ascii_signs_replace_ours() {
    let style = Style {
        ascii: true,
        ..Style::plain()
    };
    let text = shown(transcript_a(), &style);
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("audit 1.0.0 - SOC 2(R) controls, point in time - "));
    assert!(text.contains("\nx CP-02  critical  "));
}

#[test]
fn quiet_keeps_titles_counts_and_the_end_and_verbose_shows_every_place() {
    let with = |detail| Style {
        detail,
        ..Style::plain()
    };
    insta::assert_snapshot!("quiet", shown(transcript_a(), &with(Detail::Quiet)));
    let text = shown(transcript_a(), &with(Detail::Full));
    assert_eq!(text.matches("actions/cache@v4").count(), 7);
    assert!(!text.contains("more places"));
}

#[test]
fn colour_changes_no_word() {
    let coloured = Style {
        colour: true,
        ..Style::plain()
    };
    let text = shown(transcript_a(), &coloured);
    assert!(text.contains("\u{1b}[31m✗\u{1b}[0m"));
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    assert_eq!(plain, shown(transcript_a(), &Style::plain()));
}

#[test]
fn no_evidence_as_in_transcript_b() {
    let mut controls = Vec::new();
    let mut results = Vec::new();
    for (id, relation) in [
        ("TQ-01", &COVERAGE_REPORT),
        ("TQ-02", &COVERAGE_REPORT),
        ("TQ-03", &MUTATION_REPORT),
    ] {
        let mut control = control(id, Severity::High, "Coverage", "");
        control.requires = vec![Requirement {
            same_sources: false,
            report: relation,
            origin: None,
            max_age: None,
            undated: None,
        }];
        controls.push(control);
        let gap = Gap::missing(
            format!("{}: none was found", relation.item),
            relation.remedy,
        );
        results.push(untested(id, Severity::High, gap));
    }
    results.push(settled("CI-02", Outcome::NoExceptionsNoted));
    let mut run = run(controls, results);
    for relation in [&COVERAGE_REPORT, &MUTATION_REPORT] {
        run.facts.insert(relation.name, Population::absent());
    }
    insta::assert_snapshot!("no_evidence", shown(run, &Style::plain()));
}

#[test]
fn clean_as_in_transcript_c() {
    let ids = ["AC-01", "AC-02", "CI-01", "TQ-01"];
    let mut run = run(
        Vec::new(),
        ids.map(|id| settled(id, Outcome::NoExceptionsNoted)).into(),
    );
    run.policy.path = Some(".audit/policy.yaml".to_owned());
    run.outside.clear();
    insta::assert_snapshot!("clean", shown(run, &Style::plain()));
}

fn waiver(id: &str, control: &str, expires: &str, line: u32) -> Waiver {
    Waiver {
        id: id.to_owned(),
        control: control.to_owned(),
        scope: WaiverScope {
            path: None,
            line: None,
            fingerprint: None,
        },
        reason: String::new(),
        compensating: None,
        owner: "maria".to_owned(),
        approver: "jo".to_owned(),
        ticket: None,
        issued: Day::parse("2026-10-01"),
        expires: Day::parse(expires),
        path: ".audit/waivers.yaml".to_owned(),
        line,
        faults: Vec::new(),
        on_base: Some(true),
    }
}

#[test]
fn waivers_as_in_transcript_d() {
    let (pinned, mut pins) = pins();
    pins.deviations.truncate(1);
    let (called, mut calls) = unsafe_calls();
    calls.gaps.clear();
    calls.waived = true;
    for deviation in &mut calls.deviations {
        deviation.waiver = Some("W-001".to_owned());
    }
    calls.waivers = vec![WaiverUse {
        id: "W-001".to_owned(),
        covers: 2,
    }];
    let mut run = run(
        vec![pinned, called],
        vec![pins, calls, settled("DP-04", Outcome::DidNotOccur)],
    );
    let mut first = waiver("W-001", "CP-02", "2026-12-31", 2);
    first.ticket = Some("SEC-88".to_owned());
    first.compensating = Some(
        "Cache files are signed, and the signature is checked before they are read.".to_owned(),
    );
    let mut foreign = waiver("W-004", "TQ-01", "2026-12-31", 40);
    foreign.on_base = Some(false);
    run.waivers = [
        first,
        waiver("W-002", "CI-01", "2026-10-31", 14),
        waiver("W-003", "DP-04", "2026-12-31", 27),
        foreign,
    ]
    .into_iter()
    .map(|waiver| {
        let state = waiver.state(run.as_of);
        (waiver, state)
    })
    .collect();
    assert_eq!(run.waivers[1].1, WaiverState::Expired);
    insta::assert_snapshot!("waivers", shown(run, &Style::plain()));
}

#[test]
fn not_a_git_repository_as_in_transcript_e() {
    let missing = gap(
        Cause::Missing,
        "",
        "a commit: there is no .git in payments-1.4.0 nor in a directory above it",
        "Run audit in a clone; an archive has no history, and may leave files out.",
    );
    let results = ["CM-05", "CR-02"].map(|id| untested(id, Severity::High, missing.clone()));
    let mut run = run(Vec::new(), results.into());
    run.subject = Subject {
        name: "payments-1.4.0".to_owned(),
        ..Subject::default()
    };
    insta::assert_snapshot!("no_git", shown(run, &Style::plain()));
}

#[test]
fn a_file_name_cannot_steer_the_terminal() {
    let (control, mut result) = unsafe_calls();
    result.gaps.clear();
    for (index, deviation) in result.deviations.iter_mut().enumerate() {
        deviation.place = format!("a\u{1b}[2J{index}.py:1:1");
        deviation.item = vec![("symbol".to_owned(), "x\u{202e}y\n✗".to_owned())];
    }
    let text = shown(run(vec![control], vec![result]), &Style::plain());
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    assert!(text.contains("a\\u{1b}[2J0.py:1:1  x\\u{202e}y\\u{a}✗"));
}
