//! How the reading is followed from outside: nothing in here looks at a clock or a terminal.

use crate::model::exhibit::Digest;

/// Whoever follows the reading.
pub trait Watch: Sync {
    /// Microseconds since a moment of its choice.
    fn now(&self) -> u64 {
        0
    }

    /// So many of all files were looked at.
    fn looked(&self, _done: usize, _all: usize) {}
}

/// Nobody.
impl Watch for () {}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// From the git root.
    pub path: String,
    /// How many bytes it had when it was found.
    pub bytes: u64,
    /// The digest of its bytes, where a collector looked into it and it was held.
    pub sha256: Option<Digest>,
    /// How long it took to read it and to look at it, in microseconds, as the watch says.
    pub micros: u64,
}
