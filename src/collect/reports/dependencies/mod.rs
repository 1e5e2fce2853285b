//! Reports of the kind `dependencies`, one file a format.

pub(super) mod pip_audit;
