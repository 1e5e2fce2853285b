//! TOML as a table of values.

pub use toml::{Table, Value};

use super::error::ParseError;

/// Reads a document.
///
/// # Errors
/// Anything that is not TOML, with its line and column.
pub fn parse(text: &str) -> Result<Table, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.parse::<Table>().map_err(|error| {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |last| last.chars().count())
            + 1;
        ParseError::at(line, column, format!("not TOML: {}", error.message()))
    })
}
