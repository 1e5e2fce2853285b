//! Reports of tools: recognised by content, read by one file a format, each giving a [`Reading`](crate::model::reading::Reading).
//!
//! A format is one file under its kind and one line in the `FORMATS` of that kind.

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
mod forge;
mod gitlab;
#[cfg(test)]
mod hostile;
mod licences;
mod lines;
mod listing;
mod matched;
mod mutation;
mod quoting;
mod redact;
mod redact_xml;
mod rows;
mod runs;
mod sbom;
mod secrets;
mod severity;
mod streamed;
mod tests;
mod types;
mod unmatched;
mod words;

pub use document::{Document, Look};
pub use format::{Format, FormatSpec};
pub use inspect::{Inspection, Outcome, inspect, inspect_file};

/// The registry: the formats of every kind. The first that recognises a document reads it.
pub fn formats() -> impl Iterator<Item = &'static dyn Format> {
    let kinds = [
        coverage::FORMATS,
        mutation::FORMATS,
        tests::FORMATS,
        analysis::FORMATS,
        types::FORMATS,
        secrets::FORMATS,
        dependencies::FORMATS,
        licences::FORMATS,
        sbom::FORMATS,
        forge::FORMATS,
    ];
    kinds.into_iter().flatten().copied()
}
