//! Reports of the kind `tests`, one file a format and one line each in [`FORMATS`].

mod junit;
mod junit_cases;
mod junit_others;
mod junit_types;
mod junit_writers;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[&junit::Junit];
