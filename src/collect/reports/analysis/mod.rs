//! Reports of the kind `analysis`, one file a format.

pub(super) mod bandit;
pub(super) mod sarif;
