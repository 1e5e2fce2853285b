//! Controls as they were in force.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::control::{Class, Control, Nature, Operand, Parameter, Severity, Test};
use crate::model::criterion::Support;
use crate::model::exhibit::Digest;
use crate::model::result::TestResult;
use crate::model::run::Run;
use crate::model::value::Value;

/// A control in force.
#[derive(Serialize)]
pub(super) struct ControlView<'r> {
    id: &'r str,
    title: &'r str,
    statement: &'r str,
    criteria: BTreeMap<&'r str, Support>,
    references: &'r BTreeMap<String, Vec<String>>,
    severity: Severity,
    /// Who answers for it, as the policy says.
    owner: Option<&'r str>,
    nature: Nature,
    frequency: &'r str,
    class: Class,
    parameters: &'r [Parameter],
    procedure: &'r str,
    requires: Vec<RequirementView<'r>>,
    applies_when: Option<&'static str>,
    relations: Vec<&'static str>,
    tests: Vec<TestView<'r>>,
    remediation: &'r str,
    limitations: &'r [String],
    waiver_days: i64,
    path: &'r str,
    sha256: &'r Digest,
    added: bool,
}

#[derive(Serialize)]
struct RequirementView<'r> {
    report: &'static str,
    origin: Option<&'r Operand>,
    max_age: Option<&'r Operand>,
    undated: Option<&'r Operand>,
    files_elsewhere: Option<&'r Operand>,
    same_sources: bool,
}

/// A test as written and, where the run could reach it, as the engine read it.
#[derive(Serialize)]
struct TestView<'r> {
    attribute: &'r str,
    line: u32,
    logic: Option<&'r str>,
}

/// A parameter that the policy set to something other than the catalogue's default.
#[derive(Serialize)]
pub(super) struct Departure<'r> {
    control: &'r str,
    parameter: &'r str,
    default: &'r Value,
    value: &'r Value,
    direction: &'static str,
    rationale: Option<&'r str>,
    path: &'r str,
    line: u32,
}

impl<'r> ControlView<'r> {
    /// The view of a control.
    pub(super) fn of(run: &'r Run, control: &'r Control) -> Self {
        let result = run.results.iter().find(|r| r.control == control.id);
        let tested = result.map_or(&[][..], |result| result.tests.as_slice());
        Self {
            id: &control.id,
            title: &control.title,
            statement: &control.statement,
            criteria: control
                .criteria
                .iter()
                .map(|(id, support)| (id.as_str(), *support))
                .collect(),
            references: &control.references,
            severity: control.severity,
            owner: run.policy.owner(&control.id),
            nature: control.nature,
            frequency: &control.frequency,
            class: control.class,
            parameters: &control.parameters,
            procedure: &control.procedure,
            requires: control
                .requires
                .iter()
                .map(|requirement| RequirementView {
                    report: requirement.report.name,
                    origin: requirement.origin.as_ref(),
                    max_age: requirement.max_age.as_ref(),
                    undated: requirement.undated.as_ref(),
                    files_elsewhere: requirement.files_elsewhere.as_ref(),
                    same_sources: requirement.same_sources,
                })
                .collect(),
            applies_when: control.applies_when.map(|relation| relation.name),
            relations: control.relations().iter().map(|r| r.name).collect(),
            tests: tests(&control.tests, tested),
            remediation: &control.remediation,
            limitations: &control.limitations,
            waiver_days: control.waiver_days,
            path: &control.path,
            sha256: &control.sha256,
            added: control.added,
        }
    }
}

/// The tests with their logic; the engine gives its results in the order of the tests.
fn tests<'r>(written: &'r [Test], tested: &'r [TestResult]) -> Vec<TestView<'r>> {
    let logic = tested.iter().map(|test| Some(test.logic.as_str()));
    written
        .iter()
        .zip(logic.chain(std::iter::repeat(None)))
        .map(|(test, logic)| TestView {
            attribute: &test.attribute,
            line: test.line,
            logic,
        })
        .collect()
}

/// A scope that the policy changes.
#[derive(Serialize)]
pub(super) struct ScopeView<'r> {
    scope: &'static str,
    default: Vec<String>,
    value: &'r [String],
    direction: &'static str,
}

/// Every scope that the policy changes.
pub(super) fn scopes(run: &Run) -> Vec<ScopeView<'_>> {
    let changed = run.policy.changed_scopes().into_iter();
    changed
        .map(|departure| ScopeView {
            scope: departure.scope,
            default: departure.usual,
            value: departure.globs,
            direction: if departure.stricter {
                "stricter"
            } else {
                "looser"
            },
        })
        .collect()
}

/// Every departure from the catalogue, in the order of controls and parameters.
pub(super) fn departures(run: &Run) -> Vec<Departure<'_>> {
    let mut departures = Vec::new();
    for control in &run.controls {
        for parameter in &control.parameters {
            if let Some(set_by) = &parameter.set_by
                && parameter.value != parameter.default
            {
                departures.push(Departure {
                    control: &control.id,
                    parameter: &parameter.name,
                    default: &parameter.default,
                    value: &parameter.value,
                    direction: match parameter.departure() {
                        Some(true) => "stricter",
                        Some(false) => "looser",
                        None => "different",
                    },
                    rationale: set_by.rationale.as_deref(),
                    path: &set_by.path,
                    line: set_by.line,
                });
            }
        }
    }
    departures
}
