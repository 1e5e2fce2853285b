//! The results of the sample.

use crate::model::control::Severity;
use crate::model::fact::Source;
use crate::model::gap::{Cause, Gap};
use crate::model::result::{ControlResult, Deviation, Outcome, TestResult, WaiverUse};
use crate::model::value::Ratio;

use super::{HOSTILE, WORKFLOW, digest, missing_analysis};

pub(in crate::render) fn results() -> Vec<ControlResult> {
    vec![
        pinned(),
        with_reason("CP-05", Outcome::NotApplicable, "there is no service here"),
        result("DP-02", Outcome::NoExceptionsNoted),
        untested(),
        with_reason("SE-03", Outcome::DidNotOccur, "no secret was found"),
        covered(),
    ]
}

fn result(control: &str, outcome: Outcome) -> ControlResult {
    ControlResult {
        control: control.to_owned(),
        severity: Severity::Medium,
        outcome,
        waived: false,
        tests: vec![test(outcome)],
        deviations: Vec::new(),
        gaps: Vec::new(),
        waivers: Vec::new(),
        reason: None,
        evidence: ["out/gitleaks.json", "pip.lock", "src/clean.py"]
            .map(str::to_owned)
            .to_vec(),
        sources: 0,
    }
}

fn with_reason(control: &str, outcome: Outcome, reason: &str) -> ControlResult {
    ControlResult {
        reason: Some(reason.to_owned()),
        ..result(control, outcome)
    }
}

fn test(outcome: Outcome) -> TestResult {
    TestResult {
        attribute: "as required".to_owned(),
        sentence: "Every item must be as required: 3 of 3 are.".to_owned(),
        logic: "every workflow.uses where pin not-in [local, self] must pin in [sha, digest]"
            .to_owned(),
        outcome,
        relation: Some("workflow.uses"),
        items: 3,
        population: 3,
        observed: "3 of 3".to_owned(),
        required: "all".to_owned(),
        measured: None,
        deviations: Vec::new(),
        gaps: Vec::new(),
        evidence: vec!["pip.lock".to_owned(), "src/clean.py".to_owned()],
        sources: 0,
        examples: Vec::new(),
        parts: Vec::new(),
    }
}

/// A deviation of the workflow on a line.
pub(in crate::render) fn deviation(line: u32, uses: &str, waiver: Option<&str>) -> Deviation {
    Deviation {
        attribute: "reference is immutable".to_owned(),
        place: format!("{WORKFLOW}:{line}:9"),
        path: WORKFLOW.to_owned(),
        line: Some(line),
        column: Some(9),
        item: vec![
            ("uses".to_owned(), uses.to_owned()),
            ("in".to_owned(), "step".to_owned()),
        ],
        observed: vec![("pin".to_owned(), "tag".to_owned())],
        required: "pin of sha or digest".to_owned(),
        fingerprint: digest(&format!("{uses}{line}")),
        waiver: waiver.map(ToOwned::to_owned),
    }
}

fn pinned() -> ControlResult {
    let deviations = vec![
        deviation(22, "actions/setup-python@v5", Some("W-001")),
        deviation(40, &format!("evil/{}@main", HOSTILE[0]), None),
        deviation(41, HOSTILE[4], None),
        deviation(58, HOSTILE[3], None),
    ];
    let gap = Gap::at(
        Cause::Incomplete,
        &Source::line(WORKFLOW, 60),
        format!("the file ends in {}", HOSTILE[1]),
        "Restore the end of the file.",
    );
    let part = TestResult {
        attribute: "one of two".to_owned(),
        ..test(Outcome::ExceptionsNoted)
    };
    ControlResult {
        severity: Severity::High,
        tests: vec![TestResult {
            attribute: "reference is immutable".to_owned(),
            sentence: "Every workflow.uses whose pin is not local or self must have a pin of sha \
                       or digest: 71 of 75 do, 4 do not."
                .to_owned(),
            items: 80,
            population: 75,
            deviations: deviations.clone(),
            gaps: vec![gap.clone()],
            evidence: vec![WORKFLOW.to_owned()],
            parts: vec![part],
            ..test(Outcome::ExceptionsNoted)
        }],
        deviations,
        gaps: vec![gap],
        waivers: vec![WaiverUse {
            id: "W-001".to_owned(),
            covers: 1,
        }],
        evidence: vec![WORKFLOW.to_owned()],
        ..result("CI-01", Outcome::ExceptionsNoted)
    }
}

fn untested() -> ControlResult {
    ControlResult {
        tests: vec![TestResult {
            gaps: vec![missing_analysis()],
            items: 0,
            population: 0,
            relation: Some("analysis.report"),
            ..test(Outcome::NotTested)
        }],
        gaps: vec![missing_analysis()],
        evidence: Vec::new(),
        ..result("SA-03", Outcome::NotTested)
    }
}

/// A measure below its bound: one deviation without a line.
fn covered() -> ControlResult {
    let deviations = vec![Deviation {
        place: "out/coverage.xml".to_owned(),
        path: "out/coverage.xml".to_owned(),
        line: None,
        column: None,
        item: Vec::new(),
        observed: vec![("measures.lines".to_owned(), "8 of 10".to_owned())],
        required: "at least 90 %".to_owned(),
        ..deviation(0, "lines", None)
    }];
    ControlResult {
        tests: vec![TestResult {
            measured: Some(Ratio::new(8, 10)),
            deviations: deviations.clone(),
            relation: Some("coverage.report"),
            items: 1,
            population: 1,
            ..test(Outcome::ExceptionsNoted)
        }],
        deviations,
        evidence: vec!["out/coverage.xml".to_owned()],
        ..result("TQ-01", Outcome::ExceptionsNoted)
    }
}
