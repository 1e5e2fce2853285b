//! Reports of the kind `coverage`, one file a format.

pub(super) mod cobertura;
pub(super) mod coverage_py;
mod measured;
