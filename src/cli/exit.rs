//! Exit codes. They are part of the interface: scripts and gates rely on them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing stands against the gate, or the command did what was asked.
    Clean,
    /// Exceptions noted that no waiver in force covers.
    Exceptions,
    /// Usage, policy or catalogue invalid.
    Usage,
    /// No exceptions noted, but something was not tested.
    NotTested,
    /// Verification failed.
    Failed,
    /// Verified, but trust not established.
    Untrusted,
    /// A defect of `audit`.
    Bug,
}

impl Exit {
    /// The number a shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Exceptions => 1,
            Self::Usage => 2,
            Self::NotTested => 3,
            Self::Failed => 4,
            Self::Untrusted => 5,
            Self::Bug => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
