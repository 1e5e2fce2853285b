//! Waivers: management's time-limited acceptance of a deviation. A waiver never changes a result;
//! it changes whether the gate lets it through.

use serde::Serialize;

use super::time::{Day, Moment};

/// Which deviations a waiver covers. Every part that is given has to match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaiverScope {
    /// A glob over the path, from the git root.
    pub path: Option<String>,
    /// A line.
    pub line: Option<u32>,
    /// The fingerprint of one deviation.
    pub fingerprint: Option<String>,
}

/// One entry of the register, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// Its id.
    pub id: String,
    /// The control.
    pub control: String,
    /// What it covers.
    pub scope: WaiverScope,
    /// Why, in management's words.
    pub reason: String,
    /// What reduces the risk instead, in management's words.
    pub compensating: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it; another person.
    pub approver: String,
    /// The ticket.
    pub ticket: Option<String>,
    /// The first day it holds.
    pub issued: Option<Day>,
    /// The last day it holds, inclusive, UTC.
    pub expires: Option<Day>,
    /// The file it stands in.
    pub path: String,
    /// The line of the entry, from 1.
    pub line: u32,
    /// What makes it malformed; a malformed waiver covers nothing.
    pub faults: Vec<String>,
    /// Whether it stands on the branch that waivers count from; `None` where that was not asked.
    pub on_base: Option<bool>,
}

/// The register that waivers count from, where it is not the one of the work tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaiversFrom {
    /// What it was asked for by, as it is shown: `origin/main`.
    #[serde(rename = "ref")]
    pub name: String,
    /// The commit that was found there.
    pub commit: Option<String>,
    /// How many entries its register has; `None` where it cannot be known, and then no waiver
    /// counts.
    pub found: Option<usize>,
    /// Why it cannot be known.
    pub fault: Option<String>,
}

/// Whether a waiver counts at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverState {
    /// It counts.
    InForce,
    /// Its first day has not come.
    NotYet,
    /// Its last day is over.
    Expired,
    /// It cannot be read, or breaks a rule.
    Malformed,
    /// It does not stand on the branch that waivers count from.
    NotOnBase,
}

impl WaiverState {
    /// The word in facts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::NotYet => "not-yet",
            Self::Expired => "expired",
            Self::Malformed => "malformed",
            Self::NotOnBase => "not-on-base",
        }
    }
}

impl Waiver {
    /// Whether another entry has the same id and says the same in every field. Every field is named
    /// here, so that a new one cannot be forgotten.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let Self {
            id,
            control,
            scope,
            reason,
            compensating,
            owner,
            approver,
            ticket,
            issued,
            expires,
            // Where an entry stands and what was made of it is not what it says.
            path: _,
            line: _,
            faults: _,
            on_base: _,
        } = self;
        *id == other.id
            && *control == other.control
            && *scope == other.scope
            && *reason == other.reason
            && *compensating == other.compensating
            && *owner == other.owner
            && *approver == other.approver
            && *ticket == other.ticket
            && *issued == other.issued
            && *expires == other.expires
    }

    /// Its state at a time. This is the only place that decides it.
    pub fn state(&self, as_of: Moment) -> WaiverState {
        let (Some(issued), Some(expires)) = (self.issued, self.expires) else {
            return WaiverState::Malformed;
        };
        if !self.faults.is_empty() {
            return WaiverState::Malformed;
        }
        let today = as_of.day();
        if today > expires {
            WaiverState::Expired
        } else if today < issued {
            WaiverState::NotYet
        } else if self.on_base == Some(false) {
            WaiverState::NotOnBase
        } else {
            WaiverState::InForce
        }
    }
}
