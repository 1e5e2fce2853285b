//! Reports of the kind `mutation`, one file a format.

pub(super) mod mutmut3;
pub(super) mod mutmut3_meta;
mod tally;
