//! Reports of the kind `secrets`, one file a format.

pub(super) mod gitleaks;
