//! A control: a population, the attribute each item must have, and what an empty population means.

use std::collections::BTreeMap;

use serde::Serialize;

use super::criterion::Support;
use super::exhibit::Digest;
use super::relation::{Kind, Relation};
use super::value::Value;

pub use super::parameter::{Parameter, SetBy, Stricter, shown, stricter};
pub use super::words::{Aggregate, Class, Comparator, Nature, Severity, Unit, WhenEmpty};

/// The right side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operand {
    /// A value written in the control.
    Literal(Value),
    /// A parameter, by name.
    Parameter(String),
    /// Another field of the same item.
    Field(String),
}

/// One condition on a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// The field.
    pub field: String,
    /// What it holds.
    #[serde(skip)]
    pub kind: Kind,
    /// How it is compared.
    pub comparator: Comparator,
    /// With what.
    pub operand: Operand,
}

/// A relation with a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The relation.
    pub relation: &'static Relation,
    /// What an item must meet to belong to the population.
    pub filter: Vec<Clause>,
}

/// What nothing means, once for an empty population and once for evidence that is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Empty {
    /// The population is there and has no item.
    pub when_empty: WhenEmpty,
    /// There is nothing of the kind to read.
    pub when_absent: WhenEmpty,
}

/// One bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// At least or at most.
    pub comparator: Comparator,
    /// With what.
    pub operand: Operand,
}

/// What is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Each item must meet every condition.
    Every {
        /// The population.
        of: Selection,
        /// The attribute.
        must: Vec<Clause>,
        /// What nothing means.
        empty: Empty,
    },
    /// How many items there are.
    Count {
        /// The population.
        of: Selection,
        /// The bound.
        bound: Bound,
        /// What it means that there is nothing to read.
        when_absent: WhenEmpty,
    },
    /// A field of the items against a bound.
    Measure {
        /// The population.
        of: Selection,
        /// The field.
        field: String,
        /// How several become one.
        aggregate: Aggregate,
        /// The bound.
        bound: Bound,
        /// What nothing means.
        empty: Empty,
    },
    /// The age of each item against the as-of time.
    Fresh {
        /// The population.
        of: Selection,
        /// The field that holds the time.
        field: String,
        /// The greatest age in days.
        within: Operand,
        /// What nothing means.
        empty: Empty,
    },
    /// Each item of one population stands in another.
    Reconcile {
        /// What has to be found.
        each: Selection,
        /// Its key.
        key: String,
        /// Where it has to be found.
        within: Selection,
        /// The key there.
        within_key: String,
        /// A field of both, by whose values the second population may be silent: where it says
        /// nothing of one, a key is not missed but unknown.
        per: Option<String>,
        /// What nothing to find means.
        empty: Empty,
    },
    /// A person stated something, signed it, and the statement is in force.
    Attested {
        /// The name of the statement.
        statement: String,
    },
    /// Every one of these.
    AllOf(Vec<Test>),
    /// At least one of these.
    AnyOf(Vec<Test>),
}

/// One test of a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The attribute in the author's words.
    pub attribute: String,
    /// What is tested.
    pub check: Check,
    /// The line of the control's file, from 1.
    pub line: u32,
}

/// A report that has to exist, be complete, fresh and bound before a test may say anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The relation of the reports.
    pub report: &'static Relation,
    /// How firmly it has to be bound to the commit: `L0` to `L3`.
    pub origin: Option<Operand>,
    /// The greatest age in days.
    pub max_age: Option<Operand>,
    /// Whether the age of a report is counted to the commit that holds it, where no source changed
    /// since.
    pub same_sources: bool,
    /// What a report means that does not say when it was made: `accept` or `refuse`.
    pub undated: Option<Operand>,
    /// How many files it may have measured that are not in the examined tree.
    pub files_elsewhere: Option<Operand>,
}

/// A control as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its identifier: `CI-01`.
    pub id: String,
    /// What it is about; no full stop.
    pub title: String,
    /// Management's statement.
    pub statement: String,
    /// The criteria it may support, and how strongly.
    pub criteria: Vec<(String, Support)>,
    /// Identifiers of other frameworks.
    pub references: BTreeMap<String, Vec<String>>,
    /// How much it matters.
    pub severity: Severity,
    /// What it does about the risk.
    pub nature: Nature,
    /// How often it operates, in words: `per-change`.
    pub frequency: String,
    /// What kind of evidence it rests on.
    pub class: Class,
    /// Its parameters, by name.
    pub parameters: Vec<Parameter>,
    /// The procedure in an auditor's words.
    pub procedure: String,
    /// Reports its tests rest on.
    pub requires: Vec<Requirement>,
    /// The relation without which the control is not applicable: where nothing of the kind is
    /// there, nothing is tested.
    pub applies_when: Option<&'static Relation>,
    /// Its tests; all have to hold.
    pub tests: Vec<Test>,
    /// What to do about a deviation; a sentence that starts with a verb.
    pub remediation: String,
    /// What the tests cannot show.
    pub limitations: Vec<String>,
    /// The longest a waiver may last, in days.
    pub waiver_days: i64,
    /// The file it was read from.
    pub path: String,
    /// The digest of that file.
    pub sha256: Digest,
    /// Whether the repository's policy added it to the catalogue.
    pub added: bool,
}

impl Control {
    /// The family: the letters before the hyphen.
    pub fn family(&self) -> &str {
        self.id
            .split_once('-')
            .map_or(self.id.as_str(), |(family, _)| family)
    }

    /// A parameter by name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
    }

    /// Every relation its tests and requirements read, once, in order of first use.
    pub fn relations(&self) -> Vec<&'static Relation> {
        let mut relations: Vec<&'static Relation> = Vec::new();
        let mut add = |relation: &'static Relation| {
            if !relations.contains(&relation) {
                relations.push(relation);
            }
        };
        self.requires
            .iter()
            .for_each(|requirement| add(requirement.report));
        self.tests.iter().for_each(|test| test.relations(&mut add));
        relations
    }

    /// The statements of persons that its tests ask for, once each.
    pub fn statements(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for test in &self.tests {
            test.statements(&mut names);
        }
        names
    }
}

impl Test {
    fn statements<'t>(&'t self, names: &mut Vec<&'t str>) {
        match &self.check {
            Check::Attested { statement } if !names.contains(&statement.as_str()) => {
                names.push(statement);
            }
            Check::AllOf(tests) | Check::AnyOf(tests) => {
                for test in tests {
                    test.statements(names);
                }
            }
            _ => {}
        }
    }

    /// Every relation the test reads.
    pub fn relations(&self, add: &mut dyn FnMut(&'static Relation)) {
        match &self.check {
            Check::Every { of, .. }
            | Check::Count { of, .. }
            | Check::Measure { of, .. }
            | Check::Fresh { of, .. } => {
                add(of.relation);
            }
            Check::Reconcile { each, within, .. } => {
                add(each.relation);
                add(within.relation);
            }
            Check::Attested { .. } => add(&super::relations::ATTESTATION_STATEMENT),
            Check::AllOf(tests) | Check::AnyOf(tests) => {
                for test in tests {
                    test.relations(add);
                }
            }
        }
    }
}
