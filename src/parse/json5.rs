//! JSON5 (comments, trailing commas, unquoted keys), as Renovate's configuration may be written.

use serde_json::Value;

use super::error::ParseError;
use super::limits;

/// Reads a document.
///
/// # Errors
/// Anything that is not JSON5, with its line and column where the reader gives them, and nesting
/// beyond the limit, which is counted before the reader recurses.
pub fn parse(text: &str) -> Result<Value, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    guard_depth(text)?;
    json5::from_str(text).map_err(|error| {
        let (line, column) = error
            .position()
            .map_or((0, 0), |position| (position.line + 1, position.column + 1));
        ParseError::at(line, column, format!("not JSON5: {error}"))
    })
}

/// Counts brackets, those in texts and comments too: a configuration that nests brackets beyond
/// the limit in its comments is refused with the rest.
fn guard_depth(text: &str) -> Result<(), ParseError> {
    let mut depth = 0_usize;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limits::DEPTH {
            let line = text.get(..index).unwrap_or("").matches('\n').count() + 1;
            return Err(ParseError::at(
                line,
                0,
                format!("expected at most {} levels, found more", limits::DEPTH),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_read() {
        let value = parse("// why\n{ extends: ['config:base',], /* x */ }").expect("json5");
        assert_eq!(value["extends"][0], "config:base");
    }

    #[test]
    fn deep_nesting_is_refused_before_it_recurses() {
        assert!(parse(&"[".repeat(1_000_000)).is_err());
        assert!(parse("{ a: ").is_err());
    }
}
