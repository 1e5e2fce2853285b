//! Reports of the kind `tests`, one file a format.

pub(super) mod junit;
mod junit_cases;
mod junit_others;
mod junit_writers;
