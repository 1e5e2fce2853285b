//! A run built by hand for the tests of the renderers: every result, every kind of text that
//! could do harm, and numbers that can be checked by eye.

mod controls;
mod results;
pub(super) mod states;
pub(super) mod variants;

use std::sync::Arc;

use crate::model::control::Severity;
use crate::model::criterion::Criterion;
use crate::model::exhibit::{Content, Digest, Exhibit, Level, Redaction};
use crate::model::fact::{Facts, Item, Population, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::inventory::Inventory;
use crate::model::period::Period;
use crate::model::policy::{Exclusion, Policy, Setting};
use crate::model::record::{Claim, Environment};
use crate::model::relations::{WORKFLOW_USES, relation};
use crate::model::run::{CatalogueInfo, Clock, DefinitionFile, Run, Subject, Tool};
use crate::model::time::{Day, Moment};
use crate::model::value::Value;
use crate::model::waiver::{Waiver, WaiverScope, WaiversFrom};
use crate::seal::Bundle;
use crate::tree::digest::sha256;

pub(super) use results::{deviation, results};

/// Texts that would steer a page, a terminal or a reader, if they were let through.
pub(super) const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "\u{1b}[2Jgone",
    "safe\u{202e}txt.exe",
    "'; } body { display: none } /*",
];

/// The commit of the sample.
pub(super) const COMMIT: &str = "5d1f0c7e88a94b21b7d6c3a0f4e2918877665544";

/// The workflow that the sample's deviations stand in.
pub(super) const WORKFLOW: &str = ".github/workflows/nightly.yml";

/// A file whose name tries to leave its place in the page.
pub(super) const HOSTILE_PATH: &str = "docs/\"><img src=x onerror=alert(1)>.md";

/// The sample, sealed.
pub(super) fn bundle() -> Bundle {
    Bundle::new(run(), Severity::Low)
}

/// The sample.
pub(super) fn run() -> Run {
    let policy = policy();
    Run {
        inventory: Inventory::default(),
        environment: Environment::of(vec![Claim {
            name: "GITHUB_REF".to_owned(),
            value: format!("refs/heads/{}", HOSTILE[0]),
        }]),
        tool: Tool {
            version: "0.0.0-test",
            sha256: Some(sha256(b"the program")),
        },
        as_of: moment("2026-10-02T06:30:00Z"),
        clock: Clock::Given,
        period: Period::of(moment("2026-10-02T06:30:00Z")),
        subject: subject(),
        catalogue: CatalogueInfo {
            name: "soc2".to_owned(),
            version: "1.0.0".to_owned(),
            sha256: sha256(b"the catalogue"),
        },
        criteria: criteria(),
        controls: controls::controls(),
        policy,
        waivers: waivers(),
        waivers_from: Some(WaiversFrom {
            name: format!("origin/main{}", HOSTILE[1]),
            commit: Some(COMMIT.to_owned()),
            found: Some(3),
            fault: None,
        }),
        only: Vec::new(),
        results: results(),
        outside: vec!["CM-01".to_owned()],
        facts: facts(),
        exhibits: exhibits(),
        sources: Vec::new(),
        definitions: vec![DefinitionFile {
            path: "soc2/CI-01-pinned.yaml".to_owned(),
            source: "controls/soc2/CI-01-pinned.yaml".to_owned(),
            bytes: b"id: CI-01\n".to_vec(),
        }],
    }
}

pub(super) fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

fn subject() -> Subject {
    Subject {
        worktree_tree: Some("9f8e7d6c5b4a39281706f5e4d3c2b1a098765432".to_owned()),
        commit_signature: Some("none"),
        name: format!("acme/ledger {}", HOSTILE[5]),
        git: true,
        commit: Some(COMMIT.to_owned()),
        tree: Some("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567".to_owned()),
        branch: Some(format!("main{}", HOSTILE[1])),
        committed_at: Some(moment("2026-10-01T16:12:09Z")),
        object_format: Some("sha1"),
        scope: String::new(),
        dirty: true,
        changed: vec!["src/ledger/settle.py".to_owned()],
        shallow: true,
        submodules: vec!["third/party".to_owned()],
        tracked_files: 214,
        skipped: vec![
            (
                "third/party".to_owned(),
                "a submodule, another repository".to_owned(),
            ),
            ("node_modules".to_owned(), "not tracked".to_owned()),
        ],
    }
}

fn criteria() -> Vec<Criterion> {
    [
        ("CC6.8", "Unwanted software", "CC6"),
        ("CC7.1", "Vulnerability detection", "CC7"),
        ("CC8.1", "Change management", "CC8"),
        ("CC9.2", "Vendors and partners", "CC9"),
    ]
    .into_iter()
    .map(|(id, title, series)| Criterion {
        id: id.to_owned(),
        title: title.to_owned(),
        series: series.to_owned(),
        category: "security".to_owned(),
    })
    .collect()
}

fn policy() -> Policy {
    Policy {
        path: Some(".audit/policy.yaml".to_owned()),
        entity: Some(format!("Acme {}", HOSTILE[0])),
        repository: Some("acme/ledger".to_owned()),
        protected_branch: Some("main".to_owned()),
        owners: [("TQ-01", HOSTILE[0]), ("default", "Platform team")]
            .map(|(key, owner)| (key.to_owned(), owner.to_owned()))
            .into(),
        parameters: vec![Setting {
            control: "TQ-01".to_owned(),
            parameter: "line".to_owned(),
            value: Value::Int(9_000),
            rationale: format!("Settled with the team. {}", HOSTILE[1]),
            line: 12,
        }],
        exclusions: vec![Exclusion {
            control: "OP-01".to_owned(),
            reason: "Kept in another repository.".to_owned(),
            approver: "R. Approver".to_owned(),
            line: 20,
        }],
        ..Policy::default()
    }
}

fn waivers() -> Vec<(Waiver, crate::model::waiver::WaiverState)> {
    let as_of = moment("2026-10-02T06:30:00Z");
    let waiver = |id: &str, control: &str, issued: &str, expires: &str| Waiver {
        id: id.to_owned(),
        control: control.to_owned(),
        scope: WaiverScope {
            path: Some(".github/workflows/*.yml".to_owned()),
            line: None,
            fingerprint: None,
        },
        reason: format!("The vendor publishes no digest yet. {}", HOSTILE[0]),
        compensating: Some("The job has no secret and a read-only token.".to_owned()),
        owner: "R. Owner".to_owned(),
        approver: "R. Approver".to_owned(),
        ticket: Some(HOSTILE[2].to_owned()),
        issued: Day::parse(issued),
        expires: Day::parse(expires),
        path: ".audit/waivers.yaml".to_owned(),
        line: 3,
        faults: Vec::new(),
        on_base: Some(true),
    };
    let mut malformed = waiver("W-003", "CI-01", "", "2026-12-31");
    malformed.faults = vec!["issued is not a day".to_owned()];
    [
        waiver("W-001", "CI-01", "2026-08-01", "2026-12-31"),
        waiver("W-002", "TQ-01", "2026-01-01", "2026-09-30"),
        malformed,
    ]
    .into_iter()
    .map(|waiver| {
        let state = waiver.state(as_of);
        (waiver, state)
    })
    .collect()
}

/// The content of the workflow: sixty lines, two of which deviate.
fn workflow() -> Vec<u8> {
    let lines: Vec<String> = (1..=60)
        .map(|line| match line {
            22 => "        uses: actions/setup-python@v5\n".to_owned(),
            40 => format!("        uses: evil/{}@main\n", HOSTILE[0]),
            41 => format!("        run: echo '{}{}'\n", HOSTILE[3], HOSTILE[4]),
            _ => format!("      # line {line}\n"),
        })
        .collect();
    lines.concat().into_bytes()
}

pub(super) fn exhibits() -> Vec<Exhibit> {
    let exhibit = |path: &str, content: Vec<u8>, level: Level| Exhibit {
        path: path.to_owned(),
        sha256: sha256(&content),
        bytes: u64::try_from(content.len()).expect("a size"),
        level,
        tracked: level == Level::Tree,
        code: false,
        needed: true,
        tool: None,
        tool_version: None,
        produced_at: None,
        record: None,
        format: None,
        redaction: None,
        content: Content::Held(Arc::from(content)),
    };
    let code = |path: &str| Exhibit {
        code: true,
        needed: false,
        ..exhibit(path, b"import os\n".to_vec(), Level::Tree)
    };
    let mut coverage = exhibit("out/coverage.xml", b"<coverage/>\n".to_vec(), Level::L0);
    coverage.tool = Some(format!("coverage.py {}", HOSTILE[1]));
    coverage.tool_version = Some("7.6.1".to_owned());
    coverage.produced_at = Some("2026-09-28T06:30:00Z".to_owned());
    coverage.format = Some("cobertura");
    let mut secrets = exhibit("out/gitleaks.json", b"[]\n".to_vec(), Level::L1);
    secrets.format = Some("gitleaks-json");
    let fields = [("Match".to_owned(), 2), ("Secret".to_owned(), 2)];
    secrets.redaction = Some(Redaction::new("gitleaks-json/v1", fields.into()));
    vec![
        exhibit(WORKFLOW, workflow(), Level::Tree),
        exhibit(HOSTILE_PATH, HOSTILE[4].as_bytes().to_vec(), Level::Tree),
        coverage,
        secrets,
        exhibit("pip.lock", vec![0xff, 0xfe, b'\n'], Level::Tree),
        code("src/clean.py"),
    ]
}

fn facts() -> Facts {
    let mut uses = Population::absent();
    uses.items = (1..=80)
        .map(|line| {
            Item::new(&WORKFLOW_USES, Source::line(WORKFLOW, line))
                .with("uses", "actions/checkout@v4")
        })
        .collect();
    uses.examined = vec![WORKFLOW.to_owned(), HOSTILE_PATH.to_owned()];
    uses.settle();
    let mut analysis = Population::absent();
    analysis.gaps = vec![missing_analysis(), unreadable()];
    analysis.settle();
    let mut facts = Facts::new();
    facts.insert("workflow.uses", uses);
    facts.insert("analysis.report", analysis);
    facts.insert("secrets.finding", Population::absent());
    assert!(facts.keys().all(|name| relation(name).is_some()));
    facts
}

pub(super) fn missing_analysis() -> Gap {
    Gap::missing(
        "no report of a static analysis",
        "Run the analyser in CI and keep its report.",
    )
}

/// A gap that no control of the sample reads.
fn unreadable() -> Gap {
    Gap::at(
        Cause::Unreadable,
        &Source::line(HOSTILE_PATH, 1),
        format!("not a report: {}", HOSTILE[0]),
        "Remove the file.",
    )
}

pub(super) fn digest(text: &str) -> Digest {
    sha256(text.as_bytes())
}
