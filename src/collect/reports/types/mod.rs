//! Reports of the kind `types`, one file a format and one line each in [`FORMATS`]. JUnit XML of
//! type checkers is read with the tests.

mod mypy_json;
pub(super) mod mypy_line;
mod mypy_text;
mod pyright;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &pyright::Pyright,
    &mypy_json::MypyJson,
    &mypy_text::MypyText,
];
