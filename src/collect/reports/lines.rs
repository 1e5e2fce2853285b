//! Reading line by line, where it matters whether the last line was ended.

use std::io::BufRead;

use serde::de::DeserializeOwned;

use super::document::Document;
use crate::parse::error::ParseError;
use crate::parse::json;

/// Hands each line to `take` with its number from 1, without its end. Answers whether the last one
/// was ended: a stream whose last line was not may have been cut off inside it.
pub(super) fn each(
    document: &Document<'_>,
    mut take: impl FnMut(u32, &str),
) -> Result<bool, ParseError> {
    let mut reader = document.reader();
    let mut line = String::new();
    let mut ended = true;
    for number in 1.. {
        line.clear();
        let length = reader
            .read_line(&mut line)
            .map_err(|error| ParseError::at(number, 1, format!("expected text, found {error}")))?;
        if length == 0 {
            break;
        }
        ended = line.ends_with('\n');
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        take(number, line.trim_end_matches(['\n', '\r']));
    }
    Ok(ended)
}

/// Reads one line as JSON.
pub(super) fn parse<T: DeserializeOwned>(number: u32, line: &str) -> Result<T, ParseError> {
    json::parse(line).map_err(|error| ParseError {
        line: number,
        ..error
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(u32, String)>, bool) {
        let mut lines = Vec::new();
        let document = Document::new("x", text.as_bytes());
        let ended = each(&document, |number, line| {
            lines.push((number, line.to_owned()));
        });
        (lines, ended.expect("text"))
    }

    #[test]
    fn a_last_line_without_its_end_is_told_from_one_that_has_it() {
        let two = vec![(1, "a".to_owned()), (2, "b".to_owned())];
        assert_eq!(read("a\r\nb\n"), (two.clone(), true));
        assert_eq!(read("a\nb"), (two, false));
        assert_eq!(read(""), (Vec::new(), true));
    }

    #[test]
    fn an_error_names_the_line_of_the_file() {
        let error = parse::<u64>(7, "[").expect_err("no number");
        assert_eq!(error.line, 7);
    }
}
