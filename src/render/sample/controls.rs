//! The controls of the sample.

use crate::model::control::{
    Aggregate, Bound, Check, Class, Clause, Comparator, Control, Empty, Nature, Operand, Parameter,
    Requirement, Selection, SetBy, Severity, Stricter, Test, Unit, WhenEmpty,
};
use crate::model::criterion::Support;
use crate::model::relation::{Kind, Relation};
use crate::model::relations::{COVERAGE_REPORT, WORKFLOW_USES};
use crate::model::value::Value;

use super::{HOSTILE, digest};

pub(super) fn controls() -> Vec<Control> {
    vec![
        pinned(),
        control("CM-01", "Every change is reviewed", Class::Population),
        control("CP-05", "Events are logged", Class::State),
        control(
            "DP-02",
            "Dependencies have no known vulnerability",
            Class::Artifact,
        ),
        control("OP-01", "Recovery is rehearsed", Class::Document),
        control(
            "SA-03",
            "Static analysis finds nothing severe",
            Class::Artifact,
        ),
        control("SE-03", "Leaked secrets are revoked", Class::Artifact),
        covered(),
    ]
}

/// A control with nothing particular about it.
fn control(id: &str, title: &str, class: Class) -> Control {
    Control {
        id: id.to_owned(),
        title: title.to_owned(),
        statement: format!("{title}, always."),
        criteria: vec![("CC8.1".to_owned(), Support::Partial)],
        references: [("nist-ssdf".to_owned(), vec!["PO.3.2".to_owned()])].into(),
        severity: Severity::Medium,
        nature: Nature::Detective,
        frequency: "per-change".to_owned(),
        class,
        parameters: Vec::new(),
        procedure: "Inspected the evidence to determine whether it is as required.".to_owned(),
        requires: Vec::new(),
        applies_when: None,
        tests: vec![test("as required", every(&WORKFLOW_USES))],
        remediation: "Mend it.".to_owned(),
        limitations: vec!["The mutation score depends on the operators.".to_owned()],
        waiver_days: 180,
        path: format!("controls/soc2/{id}-sample.yaml"),
        sha256: digest(id),
        added: false,
    }
}

/// The one with deviations, and with hostile words in every place that a repository can write.
fn pinned() -> Control {
    Control {
        statement: format!("Every action is pinned. {}", HOSTILE[0]),
        criteria: vec![
            ("CC6.8".to_owned(), Support::Direct),
            ("CC8.1".to_owned(), Support::Partial),
            ("CC9.2".to_owned(), Support::Indirect),
        ],
        severity: Severity::High,
        nature: Nature::Preventive,
        parameters: vec![Parameter {
            name: "accepted_pins".to_owned(),
            meaning: "kinds of reference that cannot change".to_owned(),
            unit: Unit::Words,
            default: Value::texts(["sha", "digest"]),
            floor: None,
            stricter: Stricter::Fewer,
            value: Value::texts(["sha", "digest"]),
            set_by: None,
            line: 14,
        }],
        limitations: vec![format!("What the action does is not read. {}", HOSTILE[1])],
        added: true,
        ..control("CI-01", "Actions are pinned to a digest", Class::State)
    }
}

/// A measure with a parameter that the policy made stricter.
fn covered() -> Control {
    let of = selection(&COVERAGE_REPORT);
    let check = Check::Measure {
        of,
        field: "measures.lines".to_owned(),
        aggregate: Aggregate::Ratio,
        bound: Bound {
            comparator: Comparator::AtLeast,
            operand: Operand::Parameter("line".to_owned()),
        },
        empty: EMPTY,
    };
    Control {
        criteria: vec![("CC7.1".to_owned(), Support::Direct)],
        parameters: vec![Parameter {
            name: "line".to_owned(),
            meaning: "share of lines that the tests run".to_owned(),
            unit: Unit::Percent,
            default: Value::Int(8_000),
            floor: Some(Value::Int(5_000)),
            stricter: Stricter::Higher,
            value: Value::Int(9_000),
            set_by: Some(SetBy {
                path: ".audit/policy.yaml".to_owned(),
                line: 12,
                rationale: Some(format!("Settled with the team. {}", HOSTILE[1])),
            }),
            line: 12,
        }],
        requires: vec![Requirement {
            same_sources: true,
            report: &COVERAGE_REPORT,
            origin: Some(Operand::Literal(Value::from("L0"))),
            max_age: Some(Operand::Literal(Value::Int(7))),
            undated: None,
            files_elsewhere: None,
        }],
        applies_when: Some(&COVERAGE_REPORT),
        tests: vec![test("lines are covered", check)],
        ..control("TQ-01", "Tests run the code", Class::Artifact)
    }
}

const EMPTY: Empty = Empty {
    when_empty: WhenEmpty::NotApplicable,
    when_absent: WhenEmpty::NotTested,
};

fn selection(relation: &'static Relation) -> Selection {
    Selection {
        relation,
        filter: vec![Clause {
            field: "pin".to_owned(),
            kind: Kind::Text,
            comparator: Comparator::NotIn,
            operand: Operand::Literal(Value::texts(["local", "self"])),
        }],
    }
}

fn every(relation: &'static Relation) -> Check {
    Check::Every {
        of: selection(relation),
        must: Vec::new(),
        empty: EMPTY,
    }
}

fn test(attribute: &str, check: Check) -> Test {
    Test {
        attribute: attribute.to_owned(),
        check,
        line: 20,
    }
}
