//! Why something signed, logged or stamped cannot be relied on.

/// What was expected and what was found, as a fragment of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

impl Fault {
    /// A fault in words.
    pub fn new(says: impl Into<String>) -> Self {
        Self(says.into())
    }
}
