//! cargo-mutants' outcomes as they are written, and what each of them came to.
//!
//! Newer versions say of each scenario what it came to. Where a file does not, it follows from the
//! phases as cargo-mutants itself derives it: what does not check or build is unviable, then a phase
//! that ran out of time decides, then whether the tests failed.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::tally::Fate;
use crate::model::fact::{Item, Source};
use crate::model::relations::MUTATION_MUTANT;
use crate::parse::json::{Count, Text, nullable};

/// The whole file.
#[derive(Deserialize)]
pub(super) struct Lab {
    #[serde(rename = "outcomes")]
    pub(super) scenarios: Vec<Outcome>,
    #[serde(default)]
    pub(super) total_mutants: Count,
    #[serde(default)]
    pub(super) missed: Count,
    #[serde(default)]
    pub(super) caught: Count,
    #[serde(default)]
    pub(super) timeout: Count,
    #[serde(default)]
    pub(super) unviable: Count,
    #[serde(default)]
    pub(super) start_time: Text,
    #[serde(default)]
    pub(super) end_time: Text,
    #[serde(default)]
    pub(super) cargo_mutants_version: Text,
}

/// A scenario and what came of it.
#[derive(Deserialize)]
pub(super) struct Outcome {
    pub(super) scenario: Scenario,
    #[serde(default)]
    pub(super) summary: Text,
    #[serde(default, deserialize_with = "nullable")]
    phase_results: Vec<PhaseResult>,
}

/// What was tried: a mutant, or the tree as it is (`Baseline`, in old versions also `SourceTree`).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Scenario {
    Mutant {
        #[serde(rename = "Mutant")]
        mutant: Box<Mutant>,
    },
    Named(String),
}

/// A mutant, as any version describes it.
#[derive(Deserialize)]
pub(super) struct Mutant {
    /// Where the oldest versions keep the rest.
    #[serde(default)]
    mutation: Option<Box<Mutant>>,
    #[serde(default)]
    name: Text,
    #[serde(default)]
    file: Text,
    #[serde(default)]
    line: Count,
    #[serde(default, deserialize_with = "nullable")]
    span: Span,
    #[serde(default, deserialize_with = "nullable")]
    function: Function,
    #[serde(default)]
    replacement: Text,
}

#[derive(Deserialize, Default)]
struct Span {
    #[serde(default, deserialize_with = "nullable")]
    start: Position,
}

#[derive(Deserialize, Default)]
struct Position {
    #[serde(default)]
    line: Count,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Function {
    Name(String),
    Described {
        #[serde(default)]
        function_name: Text,
    },
}

impl Default for Function {
    fn default() -> Self {
        Self::Described {
            function_name: Text::default(),
        }
    }
}

#[derive(Deserialize)]
struct PhaseResult {
    #[serde(default)]
    phase: Text,
    #[serde(default, alias = "cargo_result")]
    process_status: Exit,
}

/// `"Success"`, `"Failure"` or `{"Failure": 101}`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Exit {
    Word(String),
    Failure {
        #[serde(rename = "Failure")]
        _code: IgnoredAny,
    },
    Other(IgnoredAny),
}

impl Default for Exit {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

/// What a scenario came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Of(Fate),
    /// It was checked or built, and no test was to run.
    Built,
    Unknown,
}

impl Outcome {
    /// What a mutant came to.
    pub(super) fn end(&self) -> End {
        match self.summary.said() {
            Some("CaughtMutant") => End::Of(Fate::Killed),
            Some("MissedMutant") => End::Of(Fate::Survived),
            Some("Timeout") => End::Of(Fate::Timeout),
            Some("Unviable") => End::Of(Fate::Error),
            Some("Success") => End::Built,
            Some(_) => End::Unknown,
            None => self.end_of_phases(),
        }
    }

    fn end_of_phases(&self) -> End {
        let tests = |result: &PhaseResult| result.phase.said() == Some("Test");
        let Some(last) = self.phase_results.last() else {
            return End::Unknown;
        };
        let mut results = self.phase_results.iter();
        if results.any(|result| !tests(result) && result.process_status.failed()) {
            End::Of(Fate::Error)
        } else if self
            .phase_results
            .iter()
            .any(|result| result.process_status.is("Timeout"))
        {
            End::Of(Fate::Timeout)
        } else if tests(last) && last.process_status.failed() {
            End::Of(Fate::Killed)
        } else if tests(last) && last.process_status.is("Success") {
            End::Of(Fate::Survived)
        } else if last.process_status.is("Success") {
            End::Built
        } else {
            End::Unknown
        }
    }

    /// Whether a scenario without a mutant succeeded.
    pub(super) fn succeeded(&self) -> bool {
        match self.summary.said() {
            Some(summary) => summary == "Success",
            None => {
                !self.phase_results.is_empty()
                    && self
                        .phase_results
                        .iter()
                        .all(|result| result.process_status.is("Success"))
            }
        }
    }
}

impl Exit {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(said) if said == word)
    }

    fn failed(&self) -> bool {
        self.is("Failure") || matches!(self, Self::Failure { .. })
    }
}

impl Mutant {
    /// Its item.
    pub(super) fn item(&self, source: Source, fate: Option<Fate>) -> Item {
        let mutant = self.mutation.as_deref().unwrap_or(self);
        Item::new(&MUTATION_MUTANT, source)
            .with("path", mutant.file.0.clone())
            .with("line", mutant.span.start.line.0.or(mutant.line.0))
            .with("name", mutant.name())
            .with("status", fate.map(Fate::name))
    }

    fn name(&self) -> Option<String> {
        if let Some(name) = self.name.said() {
            return Some(name.to_owned());
        }
        let function = match &self.function {
            Function::Name(name) => Some(name.as_str()),
            Function::Described { function_name } => function_name.said(),
        };
        let replacement = self.replacement.said()?;
        Some(match function {
            Some(function) => format!("replace with {replacement} in {function}"),
            None => format!("replace with {replacement}"),
        })
    }
}
