//! Reports of the kind `mutation`, one file a format and one line each in [`FORMATS`].

mod cargo_mutants;
mod cargo_outcome;
mod cosmic_ray;
mod elements;
mod gremlins;
mod infection;
mod mutmut3;
mod mutmut3_meta;
mod mutmut_results;
mod pit;
mod tally;

use super::Format;

pub(super) use mutmut_results::NAME as LISTING;
pub(super) use mutmut3::NAME as STATISTICS;
pub(super) use mutmut3_meta::{NAME as RECORDS, run_of};
pub(super) use tally::Tally;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &elements::Elements,
    &pit::Pit,
    &cargo_mutants::CargoMutants,
    &mutmut3::Mutmut3,
    &mutmut3_meta::Mutmut3Meta,
    &mutmut_results::MutmutResults,
    &cosmic_ray::CosmicRay,
    &infection::Infection,
    &gremlins::Gremlins,
];
