//! A run: everything that goes into a bundle.

use serde::Serialize;

use super::control::{Control, Severity};
use super::criterion::Criterion;
use super::exhibit::{Digest, Exhibit, SourceFile};
use super::fact::Facts;
use super::inventory::Inventory;
use super::period::Period;
use super::policy::Policy;
use super::record::Environment;
use super::result::{ControlResult, Outcome};
use super::time::Moment;
use super::waiver::{Waiver, WaiverState, WaiversFrom};

/// The repository, or folder, that was examined.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// What it is called.
    pub name: String,
    /// Whether it is a git repository.
    pub git: bool,
    /// The examined commit.
    pub commit: Option<String>,
    /// Its tree.
    pub tree: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// When it was committed, as the committer's clock said.
    pub committed_at: Option<Moment>,
    /// The hash function of object names.
    pub object_format: Option<&'static str>,
    /// The examined folder below the git root; empty or ending in `/`.
    pub scope: String,
    /// Whether files of the commit are changed or gone in the work tree.
    pub dirty: bool,
    /// Those files.
    pub changed: Vec<String>,
    /// The tree that git would make of the files of the commit as they lay in the work tree.
    pub worktree_tree: Option<String>,
    /// The kind of signature in the commit, which was not verified.
    #[serde(skip)]
    pub commit_signature: Option<&'static str>,
    /// Whether history was left out of the clone.
    pub shallow: bool,
    /// Submodules, which are other repositories and were not examined.
    pub submodules: Vec<String>,
    /// Entries of the commit's tree below the examined folder.
    pub tracked_files: usize,
    /// What the walk left out, and why.
    pub skipped: Vec<(String, String)>,
}

/// The catalogue that was evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueInfo {
    /// Its name: `soc2`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest over all its files, as `SHA256SUMS` would list them.
    pub sha256: Digest,
}

/// A file of the catalogue or policy as evaluated, shipped with the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionFile {
    /// The path in the bundle, below `controls/`.
    pub path: String,
    /// The path it was read from, as it is shown elsewhere.
    pub source: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The tool that made the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// Its version.
    pub version: &'static str,
    /// The digest of the program that ran; `None` where it cannot be read.
    pub sha256: Option<Digest>,
}

/// Where the as-of time came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Clock {
    /// The machine's clock.
    #[serde(rename = "system")]
    System,
    /// `SOURCE_DATE_EPOCH`.
    #[serde(rename = "SOURCE_DATE_EPOCH")]
    SourceDateEpoch,
    /// `--as-of`.
    #[serde(rename = "--as-of")]
    Given,
}

/// Everything that goes into a bundle.
#[derive(Debug, Clone)]
pub struct Run {
    /// The tool.
    pub tool: Tool,
    /// The moment at which ages and expiries were judged.
    pub as_of: Moment,
    /// Where it came from.
    pub clock: Clock,
    /// The period that it is evidence in. Nothing but the state at that moment is examined.
    pub period: Period,
    /// What was examined.
    pub subject: Subject,
    /// The catalogue.
    pub catalogue: CatalogueInfo,
    /// The criteria.
    pub criteria: Vec<Criterion>,
    /// The controls in force, by id; those left out and those that need a period included.
    pub controls: Vec<Control>,
    /// The adopted policy.
    pub policy: Policy,
    /// The waivers, with their states at the as-of time.
    pub waivers: Vec<(Waiver, WaiverState)>,
    /// Where they count from; `None` where the register of the work tree counts.
    pub waivers_from: Option<WaiversFrom>,
    /// The controls that were asked for; empty where all were examined. A run of some controls is
    /// no evidence.
    pub only: Vec<String>,
    /// Results, by control id.
    pub results: Vec<ControlResult>,
    /// Controls that need a period, which this run has not.
    pub outside: Vec<String>,
    /// All facts.
    pub facts: Facts,
    /// The files they were read from, by path. Once the run is sealed: those of them that are shipped.
    pub exhibits: Vec<Exhibit>,
    /// Once the run is sealed: every file of source code that was read, shipped or not, by path.
    pub sources: Vec<SourceFile>,
    /// Catalogue, policy and waivers as evaluated.
    pub definitions: Vec<DefinitionFile>,
    /// What the environment of the pipeline said of this run.
    pub environment: Environment,
    /// What was taken for given: what lay there, and what git said.
    pub inventory: Inventory,
}

/// How many controls came to each result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Controls with a result.
    pub controls: usize,
    /// Exceptions noted, waived ones included.
    pub exceptions: usize,
    /// Of those, with every deviation waived.
    pub waived: usize,
    /// Not tested.
    pub not_tested: usize,
    /// No exceptions noted.
    pub none_noted: usize,
    /// Did not occur.
    pub did_not_occur: usize,
    /// Not applicable.
    pub not_applicable: usize,
}

/// What the gate says, and the exit code that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Nothing stands against it.
    Open,
    /// Exceptions noted that no waiver in force covers.
    Exceptions,
    /// No such exceptions, but something was not tested.
    NotTested,
}

impl Clock {
    /// The name in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::SourceDateEpoch => "SOURCE_DATE_EPOCH",
            Self::Given => "--as-of",
        }
    }
}

impl Gate {
    /// The name in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Exceptions => "exceptions",
            Self::NotTested => "not-tested",
        }
    }
}

impl Run {
    /// Once it is sealed: how many source files were read that are not shipped.
    pub fn withheld(&self) -> usize {
        let shipped = self.exhibits.iter().filter(|exhibit| exhibit.code).count();
        self.sources.len().saturating_sub(shipped)
    }

    /// The counts.
    pub fn counts(&self) -> Counts {
        let count = |outcome| {
            self.results
                .iter()
                .filter(|result| result.outcome == outcome)
                .count()
        };
        Counts {
            controls: self.results.len(),
            exceptions: count(Outcome::ExceptionsNoted),
            waived: self.results.iter().filter(|result| result.waived).count(),
            not_tested: count(Outcome::NotTested),
            none_noted: count(Outcome::NoExceptionsNoted),
            did_not_occur: count(Outcome::DidNotOccur),
            not_applicable: count(Outcome::NotApplicable),
        }
    }

    /// The gate: exceptions below `fail_on` do not close it; a gap always does. No result at all
    /// is a gap.
    pub fn gate(&self, fail_on: Severity) -> Gate {
        let unwaived =
            |result: &&ControlResult| result.severity <= fail_on && result.unwaived() > 0;
        let untested = |result: &ControlResult| {
            result.outcome == Outcome::NotTested || !result.gaps.is_empty()
        };
        if self.results.iter().any(|result| unwaived(&result)) {
            Gate::Exceptions
        } else if self.results.is_empty() || self.results.iter().any(untested) {
            Gate::NotTested
        } else {
            Gate::Open
        }
    }

    /// The control of a result.
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.id == id)
    }

    /// Parameters that the policy made stricter and looser.
    pub fn departures(&self) -> (usize, usize) {
        let set = self
            .controls
            .iter()
            .flat_map(|control| &control.parameters)
            .filter(|p| p.set_by.is_some());
        set.fold((0, 0), |(stricter, looser), parameter| {
            match parameter.departure() {
                Some(true) => (stricter + 1, looser),
                Some(false) => (stricter, looser + 1),
                None => (stricter, looser),
            }
        })
    }
}
