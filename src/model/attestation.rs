//! Statements of persons: what somebody says of what no file shows, for a time, under a signature.

use serde::Serialize;

use super::time::{Day, Moment};

/// What is known of the signature beside a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// There is none.
    Absent,
    /// There is one, and it was not verified: nobody said which signers are trusted.
    NotChecked,
    /// There is a file in its place that is no signature.
    Bad,
}

impl Signature {
    /// The word in facts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NotChecked => "not-checked",
            Self::Bad => "bad",
        }
    }
}

/// One statement, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The name by which a control asks for it.
    pub name: String,
    /// The control it is for.
    pub control: String,
    /// What is stated, in the person's words.
    pub says: String,
    /// Who states it.
    pub person: String,
    /// The first day it holds.
    pub issued: Option<Day>,
    /// The last day it holds, inclusive, UTC.
    pub expires: Option<Day>,
    /// The signature beside it.
    pub signature: Signature,
    /// The file it stands in.
    pub path: String,
    /// What makes it malformed; a malformed statement states nothing.
    pub faults: Vec<String>,
}

/// Whether a statement holds at a time, whatever its signature is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementState {
    /// It holds.
    InForce,
    /// Its first day has not come.
    NotYet,
    /// Its last day is over.
    Expired,
    /// It cannot be read, or breaks a rule.
    Malformed,
}

impl Statement {
    /// Its state at a time.
    pub fn state(&self, as_of: Moment) -> StatementState {
        let (Some(issued), Some(expires)) = (self.issued, self.expires) else {
            return StatementState::Malformed;
        };
        let today = as_of.day();
        if !self.faults.is_empty() {
            StatementState::Malformed
        } else if today > expires {
            StatementState::Expired
        } else if today < issued {
            StatementState::NotYet
        } else {
            StatementState::InForce
        }
    }
}
