//! A gap: evidence that should be there and cannot be relied on. A gap is never a pass.

use serde::{Deserialize, Serialize};

use super::fact::Source;

/// Why evidence cannot be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// It is not there.
    Missing,
    /// It could not be opened or parsed.
    Unreadable,
    /// The tool did not finish, or did not look at everything.
    Incomplete,
    /// It finished, and measured nothing.
    NothingMeasured,
    /// It is too old, or of an earlier commit.
    Stale,
    /// It belongs to another commit, tree or project.
    Foreign,
    /// It is bound to the commit less firmly than the control asks.
    Weak,
    /// It does not agree with a second source.
    Unreconciled,
    /// It is larger than what is read.
    TooLarge,
}

impl Cause {
    /// The label of a block on the terminal.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable | Self::TooLarge => "unreadable",
            Self::Incomplete => "incomplete",
            Self::NothingMeasured => "nothing in",
            Self::Stale => "stale",
            Self::Foreign => "foreign",
            Self::Weak => "unbound",
            Self::Unreconciled => "disagrees",
        }
    }
}

/// One gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Why.
    pub cause: Cause,
    /// Where: `path:line:column`, or empty when nothing is there to point at.
    pub place: String,
    /// The path of the evidence, empty when there is none.
    pub path: String,
    /// What was expected and found, without the place; a fragment without a full stop.
    pub says: String,
    /// What to do, a sentence that starts with a verb.
    pub remedy: String,
}

impl Gap {
    /// A gap at a place.
    pub fn at(
        cause: Cause,
        source: &Source,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            cause,
            place: source.place_text(),
            path: source.path.clone(),
            says: says.into(),
            remedy: remedy.into(),
        }
    }

    /// Evidence that is not there at all.
    pub fn missing(says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            cause: Cause::Missing,
            place: String::new(),
            path: String::new(),
            says: says.into(),
            remedy: remedy.into(),
        }
    }

    /// The place and what it says, in one line.
    pub fn line(&self) -> String {
        if self.place.is_empty() {
            self.says.clone()
        } else {
            format!("{}: {}", self.place, self.says)
        }
    }
}
