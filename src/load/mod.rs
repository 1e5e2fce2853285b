//! Loading: catalogue, policy and waivers, type-checked against the declared relations, with file,
//! line and column in every error.

pub mod problem;

pub use problem::{Place, Problem};
