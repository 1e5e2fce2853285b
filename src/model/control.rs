//! A control: a population, the attribute each item must have, and what an empty population means.

use std::collections::BTreeMap;

use serde::Serialize;

use super::criterion::Support;
use super::exhibit::Digest;
use super::relation::{Kind, Relation};
use super::value::Value;

/// Writes an enum of plain words with its names in one place.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$variant_about:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_about])* $variant),+ }

        impl $name {
            /// The words a control may use.
            pub const NAMES: &'static [&'static str] = &[$($word),+];
            /// The word.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// The meaning of a word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

words! {
    /// How much a missing control matters. Ordered: the first is the gravest.
    Severity {
        /// Stops a release.
        Critical = "critical",
        /// Is mended first.
        High = "high",
        /// Is planned.
        Medium = "medium",
        /// Is noted.
        Low = "low",
    }
}

words! {
    /// What the control does about a risk.
    Nature {
        /// Keeps it from happening.
        Preventive = "preventive",
        /// Finds it.
        Detective = "detective",
        /// Mends it.
        Corrective = "corrective",
    }
}

words! {
    /// What kind of evidence the control rests on, which decides when it can be tested.
    Class {
        /// A configuration, read at the commit.
        State = "state",
        /// A report of a tool.
        Artifact = "artifact",
        /// A document.
        Document = "document",
        /// Everything that happened in a period.
        Population = "population",
        /// A person's act in a period.
        Manual = "manual",
    }
}

impl Class {
    /// Whether it can only be tested over a period.
    pub const fn needs_period(self) -> bool {
        matches!(self, Self::Population | Self::Manual)
    }
}

words! {
    /// What an empty population means.
    WhenEmpty {
        /// Nothing to find was found, and it was looked for.
        NoExceptions = "no-exceptions",
        /// Something had to be there.
        Exceptions = "exceptions",
        /// The control is per occurrence, and none occurred.
        DidNotOccur = "did-not-occur",
        /// There is nothing here that the control is about.
        NotApplicable = "not-applicable",
        /// Without it, nothing can be said.
        NotTested = "not-tested",
    }
}

words! {
    /// How a value is compared.
    Comparator {
        /// The same.
        Eq = "eq",
        /// Not the same.
        Ne = "ne",
        /// One of these; of a list, every member.
        In = "in",
        /// None of these; of a list, no member.
        NotIn = "not-in",
        /// This or more.
        AtLeast = "at-least",
        /// This or less.
        AtMost = "at-most",
        /// A glob over the whole text; of a list, any member.
        Matches = "matches",
        /// Whether there is a value at all.
        Exists = "exists",
    }
}

words! {
    /// How a field of several items becomes one number.
    Aggregate {
        /// All together.
        Sum = "sum",
        /// The smallest: the weakest report decides.
        Min = "min",
        /// The largest.
        Max = "max",
        /// Covered of total, each item on its own; the smallest decides.
        Ratio = "ratio",
    }
}

words! {
    /// What a parameter counts.
    Unit {
        /// A share in percent; kept in hundredths of a percent.
        Percent = "percent",
        /// Whole days.
        Days = "days",
        /// Whole hours.
        Hours = "hours",
        /// Things.
        Count = "count",
        /// Words.
        Words = "words",
        /// Yes or no.
        Flag = "flag",
    }
}

/// Which way a parameter gets stricter, derived from the tests that use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stricter {
    /// A higher value asks for more.
    Higher,
    /// A lower value asks for more.
    Lower,
    /// A shorter list allows less.
    Fewer,
    /// A longer list forbids more.
    More,
    /// It is not stricter or looser, only different.
    Neither,
}

/// Who set the value in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetBy {
    /// The file, or `catalogue`.
    pub path: String,
    /// The line, from 1; 0 for the catalogue.
    pub line: u32,
    /// Why it departs from the default.
    pub rationale: Option<String>,
}

/// A parameter of a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// What it counts.
    pub unit: Unit,
    /// The catalogue's value.
    pub default: Value,
    /// The loosest value a policy may set.
    pub floor: Option<Value>,
    /// Which way it gets stricter.
    pub stricter: Stricter,
    /// The value in force.
    pub value: Value,
    /// Who set it; `None` where the default holds.
    pub set_by: Option<SetBy>,
    /// The line of the control's file, from 1.
    pub line: u32,
}

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
}

impl Test {
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
                tests.iter().for_each(|test| test.relations(add))
            }
        }
    }
}

impl Parameter {
    /// Whether the value in force is stricter (`true`) or looser (`false`) than the default; `None`
    /// when it is the same, or merely different.
    pub fn departure(&self) -> Option<bool> {
        stricter(self.stricter, &self.value, &self.default)
    }
}

/// Whether `value` asks for more than `other` (`true`) or for less (`false`); `None` when the two
/// cannot be ordered or are equal. Two lists of which neither holds the other count as looser.
pub fn stricter(direction: Stricter, value: &Value, other: &Value) -> Option<bool> {
    if value == other {
        return None;
    }
    // A parameter that is off asks for nothing.
    match (value, other) {
        (Value::Absent, _) => return Some(false),
        (_, Value::Absent) => return Some(true),
        _ => {}
    }
    let holds = |outer: &Value, inner: &Value| {
        inner
            .as_list()
            .iter()
            .all(|member| outer.as_list().contains(member))
    };
    if matches!(direction, Stricter::Fewer | Stricter::More)
        && holds(value, other)
        && holds(other, value)
    {
        return None;
    }
    match direction {
        Stricter::Higher => ordered(value, other).map(std::cmp::Ordering::is_gt),
        Stricter::Lower => ordered(value, other).map(std::cmp::Ordering::is_lt),
        Stricter::Fewer => Some(holds(other, value) && !holds(value, other)),
        Stricter::More => Some(holds(value, other) && !holds(other, value)),
        Stricter::Neither => None,
    }
}

fn ordered(value: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    match (value, other) {
        (Value::Int(value), Value::Int(other)) => Some(value.cmp(other)),
        (Value::Bool(value), Value::Bool(other)) => Some(value.cmp(other)),
        (Value::Text(value), Value::Text(other)) => Some(value.cmp(other)),
        _ => None,
    }
}

/// How a value of a unit is shown: `100 %`, `7 d`, `sha, digest`, `off`.
pub fn shown(value: &Value, unit: Unit) -> String {
    match (value, unit) {
        (Value::Absent, _) => "off".to_owned(),
        (Value::Int(number), Unit::Percent) => {
            super::value::percent_of_hundredths(u128::try_from(*number).unwrap_or(0))
        }
        (Value::Int(number), Unit::Days) => format!("{number} d"),
        (Value::Int(number), Unit::Hours) => format!("{number} h"),
        (Value::Int(number), _) => super::text::grouped(u64::try_from(*number).unwrap_or(0)),
        (Value::Bool(flag), _) => if *flag { "true" } else { "false" }.to_owned(),
        (Value::List(list), _) if list.is_empty() => "none".to_owned(),
        (other, _) => other.to_string(),
    }
}
