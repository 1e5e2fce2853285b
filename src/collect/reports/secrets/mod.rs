//! Reports of the kind `secrets`, one file a format and one line each in [`FORMATS`].

mod gitleaks;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[&gitleaks::Gitleaks];
