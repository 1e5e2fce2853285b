//! Runs built by hand, as the golden transcripts have them.

use std::collections::BTreeMap;

use super::super::super::Closing;
use super::{Style, render};
use crate::model::control::{Class, Control, Nature, Severity};
use crate::model::exhibit::Digest;
use crate::model::fact::Facts;
use crate::model::gap::{Cause, Gap};
use crate::model::inventory::Inventory;
use crate::model::period::Period;
use crate::model::policy::Policy;
use crate::model::record::Environment;
use crate::model::result::{ControlResult, Deviation, Outcome, TestResult};
use crate::model::run::{CatalogueInfo, Clock, Run, Subject, Tool};
use crate::model::time::{Day, Moment};
use crate::model::waiver::{Waiver, WaiverScope};
use crate::seal::Bundle;

fn digest(first: [u8; 6]) -> Digest {
    let mut bytes = [0; 32];
    bytes[..6].copy_from_slice(&first);
    Digest(bytes)
}

pub(crate) fn control(id: &str, severity: Severity, title: &str, fix: &str) -> Control {
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
        sources: 0,
        examples: Vec::new(),
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
        sources: 0,
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

pub(crate) fn gap(cause: Cause, place: &str, says: &str, remedy: &str) -> Gap {
    Gap {
        cause,
        place: place.to_owned(),
        path: place.split(':').next().unwrap_or("").to_owned(),
        says: says.to_owned(),
        remedy: remedy.to_owned(),
    }
}

pub(crate) fn run(controls: Vec<Control>, results: Vec<ControlResult>) -> Run {
    Run {
        inventory: Inventory::default(),
        environment: Environment::of(Vec::new()),
        tool: Tool {
            version: "1.0.0",
            sha256: None,
        },
        as_of: Moment::parse("2026-11-22T14:03:07Z").unwrap(),
        clock: Clock::Given,
        period: Period::of(Moment::parse("2026-11-22T14:03:07Z").unwrap()),
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
        waivers_from: None,
        only: Vec::new(),
        results,
        outside: vec!["CR-03".to_owned(), "OP-09".to_owned()],
        facts: Facts::new(),
        exhibits: Vec::new(),
        sources: Vec::new(),
        definitions: Vec::new(),
    }
}

pub(crate) fn closing() -> Closing {
    Closing {
        bundle: Some("audit-evidence/20261122T140307Z-3f9c1a2b7d40".to_owned()),
        signed: false,
        ledger: None,
        waivers_from: Some("origin/main".to_owned()),
        links: None,
    }
}

const CP: &str = "No unsafe deserialisation or XML parsing";
const CI: &str = "Third-party actions and images are pinned to an immutable digest";

pub(crate) fn unsafe_calls() -> (Control, ControlResult) {
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

pub(crate) fn pins() -> (Control, ControlResult) {
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

pub(crate) fn untested(id: &str, severity: Severity, gap: Gap) -> ControlResult {
    let mut result = result(
        id,
        severity,
        Outcome::NotTested,
        test(Outcome::NotTested, "", ""),
    );
    result.gaps = vec![gap];
    result
}

pub(crate) fn settled(id: &str, outcome: Outcome) -> ControlResult {
    result(id, Severity::Low, outcome, test(outcome, "", ""))
}

/// Transcript (a), with fewer controls that need nothing said.
pub(crate) fn transcript_a() -> Run {
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

pub(crate) fn shown(run: Run, style: &Style) -> String {
    render(&Bundle::new(run, Severity::Low), style, &closing())
}

pub(crate) fn waiver(id: &str, control: &str, expires: &str, line: u32) -> Waiver {
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
