//! The formats of other tools: each says what a run came to in its own words, and none of them may
//! say more than the run did.

pub mod csv;
pub mod hdf;
pub mod junit;
pub mod oscal;
pub mod sarif;

mod plain;
mod sayings;
mod standing;
mod uuid;

#[cfg(test)]
mod tests;

/// Where the source of the tool is.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// What every export says of itself.
const NO_OPINION: &str = "Evidence prepared by management for its auditors, not an opinion. It does \
                          not show that any Trust Services Criterion is met.";
