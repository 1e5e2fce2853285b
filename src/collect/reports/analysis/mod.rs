//! Reports of the kind `analysis`, one file a format and one line each in [`FORMATS`].

mod bandit;
mod sarif;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[&sarif::Sarif, &bandit::Bandit];
