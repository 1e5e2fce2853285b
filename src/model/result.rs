//! Results: what the engine says of a control, item by item.

use serde::Serialize;

use super::control::Severity;
use super::exhibit::Digest;
use super::fact::Source;
use super::gap::Gap;
use super::value::Ratio;

/// One of five results, never averaged, never turned into a mark. Ordered: what needs attention
/// comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// At least one item is not as required.
    ExceptionsNoted,
    /// Evidence is missing, stale, unreadable, incomplete, foreign or too weak.
    NotTested,
    /// Every item is as required.
    NoExceptionsNoted,
    /// The population is complete and empty, and the control is per occurrence.
    DidNotOccur,
    /// There is nothing here that the control is about.
    NotApplicable,
}

impl Outcome {
    /// All five, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::ExceptionsNoted,
        Self::NotTested,
        Self::NoExceptionsNoted,
        Self::DidNotOccur,
        Self::NotApplicable,
    ];

    /// The words of the report.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ExceptionsNoted => "exceptions noted",
            Self::NotTested => "not tested",
            Self::NoExceptionsNoted => "no exceptions noted",
            Self::DidNotOccur => "did not occur",
            Self::NotApplicable => "not applicable",
        }
    }

    /// The name in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExceptionsNoted => "exceptions-noted",
            Self::NotTested => "not-tested",
            Self::NoExceptionsNoted => "no-exceptions-noted",
            Self::DidNotOccur => "did-not-occur",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// One item that is not as required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deviation {
    /// The attribute it lacks.
    pub attribute: String,
    /// Where it stands: `path:line:column`; empty when nothing is there to point at.
    pub place: String,
    /// The path alone.
    pub path: String,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
    /// What tells it from its neighbours: the fields the relation shows, with their values.
    pub item: Vec<(String, String)>,
    /// The fields the test looked at, with the values found.
    pub observed: Vec<(String, String)>,
    /// What was required, in words.
    pub required: String,
    /// The same for the same deviation in another run, wherever its line moved.
    pub fingerprint: Digest,
    /// The waiver in force that covers it.
    pub waiver: Option<String>,
}

impl Deviation {
    /// Where it was read.
    pub fn source(&self) -> Source {
        match (self.line, self.column) {
            (Some(line), Some(column)) => Source::place(&self.path, line, column),
            (Some(line), None) => Source::line(&self.path, line),
            _ => Source::file(&self.path),
        }
    }
}

/// What one test came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestResult {
    /// The attribute in the author's words.
    pub attribute: String,
    /// The test as the engine reads it, with what it found: one or two sentences.
    pub sentence: String,
    /// The same as logic: the relation, the filter, the attribute, with values in force.
    pub logic: String,
    /// What it came to.
    pub outcome: Outcome,
    /// The relation; `None` for a test that joins others.
    pub relation: Option<&'static str>,
    /// Items of the relation before the filter.
    pub items: usize,
    /// Items of the population: after the filter.
    pub population: usize,
    /// What was observed, in one line.
    pub observed: String,
    /// What was required, in one line, with the parameter and who set it.
    pub required: String,
    /// The exact share, for a measure.
    pub measured: Option<Ratio>,
    /// What is not as required.
    pub deviations: Vec<Deviation>,
    /// What could not be relied on.
    pub gaps: Vec<Gap>,
    /// Exhibits that were looked at, by path.
    pub evidence: Vec<String>,
    /// Once the run is sealed: how many source files were looked at that are not shipped.
    pub sources: usize,
    /// The files of the first items of the population, by path: what a reader looks at to see what was
    /// tested, whatever came of it.
    #[serde(skip)]
    pub examples: Vec<String>,
    /// The tests it joins.
    pub parts: Vec<TestResult>,
}

/// What a waiver did for a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaiverUse {
    /// The waiver.
    pub id: String,
    /// How many deviations it covers.
    pub covers: usize,
}

/// What the engine says of a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlResult {
    /// The control.
    pub control: String,
    /// Its severity.
    pub severity: Severity,
    /// One of five.
    pub outcome: Outcome,
    /// Whether every deviation is covered by a waiver in force, and nothing is untested.
    pub waived: bool,
    /// Its tests.
    pub tests: Vec<TestResult>,
    /// All deviations, in the order of place.
    pub deviations: Vec<Deviation>,
    /// All gaps, once each.
    pub gaps: Vec<Gap>,
    /// Waivers in force that cover some of it.
    pub waivers: Vec<WaiverUse>,
    /// Why it is not applicable or did not occur.
    pub reason: Option<String>,
    /// Exhibits that were looked at, by path.
    pub evidence: Vec<String>,
    /// Once the run is sealed: how many source files were looked at that are not shipped.
    pub sources: usize,
}

impl ControlResult {
    /// How many files were looked at, shipped or not.
    pub const fn looked_at(&self) -> usize {
        self.evidence.len() + self.sources
    }

    /// Deviations that no waiver in force covers.
    pub fn unwaived(&self) -> usize {
        self.deviations
            .iter()
            .filter(|deviation| deviation.waiver.is_none())
            .count()
    }

    /// The first test that stands for the result, to say what was observed and required.
    pub fn telling(&self) -> Option<&TestResult> {
        self.tests
            .iter()
            .find(|test| test.outcome == self.outcome)
            .or_else(|| self.tests.first())
    }
}
