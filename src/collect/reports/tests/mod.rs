//! Reports of the kind `tests`, one file a format.

pub(super) mod junit;
