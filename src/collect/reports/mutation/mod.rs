//! Reports of the kind `mutation`, one file a format and one line each in [`FORMATS`].

mod mutmut3;
mod mutmut3_meta;
mod tally;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[&mutmut3::Mutmut3, &mutmut3_meta::Mutmut3Meta];
