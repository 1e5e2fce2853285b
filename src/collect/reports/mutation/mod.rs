//! Reports of the kind `mutation`, one file a format.

pub(super) mod mutmut3;
