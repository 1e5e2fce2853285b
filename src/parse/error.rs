//! An error with its place.

/// What a parser found instead of what it expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {says}")]
pub struct ParseError {
    /// The line, from 1; 0 when the place is not known.
    pub line: u32,
    /// The column in characters, from 1; 0 when it is not known.
    pub column: u32,
    /// What was expected and found; a fragment without a full stop.
    pub says: String,
}

impl ParseError {
    /// An error at a place.
    pub fn at(line: usize, column: usize, says: impl Into<String>) -> Self {
        Self {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            says: says.into(),
        }
    }

    /// An error of the document as a whole.
    pub fn whole(says: impl Into<String>) -> Self {
        Self {
            line: 0,
            column: 0,
            says: says.into(),
        }
    }
}
