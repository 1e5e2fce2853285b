//! Reports of the kind `coverage`, one file a format and one line each in [`FORMATS`].

mod cobertura;
mod coverage_py;
mod measured;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[&coverage_py::CoveragePy, &cobertura::Cobertura];
