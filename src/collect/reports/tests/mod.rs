//! Reports of the kind `tests`, one file a format and one line each in [`FORMATS`].

mod counts;
mod go_packages;
mod go_test;
mod jest;
mod junit;
mod junit_cases;
mod junit_others;
mod junit_types;
mod junit_writers;
mod mocha;
mod pytest_json;
mod tap;
mod tap_line;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &junit::Junit,
    &pytest_json::PytestJson,
    &jest::Jest,
    &mocha::Mocha,
    &go_test::GoTest,
    &tap::Tap,
];
