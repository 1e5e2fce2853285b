//! Reports of tools: recognised by content, read by one file a format, each giving a [`Reading`](crate::model::reading::Reading).
//!
//! A format is one file under its kind and one line in [`FORMATS`].

mod binding;
pub mod document;
pub mod format;
pub mod inspect;
mod paths;
pub mod search;

mod analysis;
mod coverage;
mod dependencies;
mod findings;
#[cfg(test)]
mod hostile;
mod mutation;
mod redact;
mod secrets;
mod severity;
mod tests;
mod words;

pub use document::{Document, Look};
pub use format::{Format, FormatSpec};
pub use inspect::{Inspection, Outcome, inspect};

/// The registry. The first format that recognises a document reads it.
pub static FORMATS: &[&dyn Format] = &[
    &coverage::coverage_py::CoveragePy,
    &coverage::cobertura::Cobertura,
    &mutation::mutmut3::Mutmut3,
    &mutation::mutmut3_meta::Mutmut3Meta,
    &tests::junit::Junit,
    &analysis::sarif::Sarif,
    &analysis::bandit::Bandit,
    &secrets::gitleaks::Gitleaks,
    &dependencies::pip_audit::PipAudit,
];
