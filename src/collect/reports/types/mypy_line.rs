//! One line of what mypy says: `a.py:7:5: error: Message  [code]`.

/// How bad a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collect::reports) enum Level {
    Error,
    Warning,
    Note,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::collect::reports) struct Said<'l> {
    pub(in crate::collect::reports) path: &'l str,
    pub(in crate::collect::reports) line: Option<u64>,
    pub(in crate::collect::reports) level: Level,
    pub(in crate::collect::reports) message: &'l str,
    pub(in crate::collect::reports) code: Option<&'l str>,
}

/// The line, if it is one of a diagnostic.
pub(in crate::collect::reports) fn said(line: &str) -> Option<Said<'_>> {
    const LEVELS: [(&str, Level); 3] = [
        (": error: ", Level::Error),
        (": warning: ", Level::Warning),
        (": note: ", Level::Note),
    ];
    // The first of them is the one of the line; a message may quote another.
    let (at, mark, level) = LEVELS
        .into_iter()
        .filter_map(|(mark, level)| Some((line.find(mark)?, mark, level)))
        .min_by_key(|(at, ..)| *at)?;
    let (place, rest) = line.split_at_checked(at)?;
    let rest = rest.strip_prefix(mark)?;
    // `--pretty` quotes source below a message, indented.
    if place.is_empty() || place.starts_with([' ', '\t']) {
        return None;
    }
    let (path, number) = without_numbers(place);
    let (message, code) = without_code(rest.trim());
    Some(Said {
        path,
        line: number,
        level,
        message,
        code,
    })
}

/// Takes up to four numbers off the end of a place: line, column, and the same of its end.
fn without_numbers(place: &str) -> (&str, Option<u64>) {
    let mut path = place;
    let mut number = None;
    for _ in 0..4 {
        let Some((rest, last)) = path.rsplit_once(':') else {
            break;
        };
        let Ok(value) = last.parse::<u64>() else {
            break;
        };
        path = rest;
        number = Some(value);
    }
    (path, number)
}

/// Takes the code off the end of a message.
fn without_code(message: &str) -> (&str, Option<&str>) {
    let code = message
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once("  ["));
    match code {
        Some((says, code)) if !code.is_empty() && !code.contains([' ', '[', ']']) => {
            (says.trim_end(), Some(code))
        }
        _ => (message, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart() {
        let said = |line| said(line).map(|said| (said.path, said.line, said.level, said.code));
        for (line, expected) in [
            (
                "a.py:7: error: Bad \"x: note: y\"  [misc]",
                ("a.py", Some(7), Level::Error, Some("misc")),
            ),
            (
                "a.py:7:5:8:9: error: No code [here]",
                ("a.py", Some(7), Level::Error, None),
            ),
            (
                "a.py: note: In function:",
                ("a.py", None, Level::Note, None),
            ),
            (
                r"C:\w\a.py:3: warning: unused  [w]",
                (r"C:\w\a.py", Some(3), Level::Warning, Some("w")),
            ),
        ] {
            assert_eq!(said(line), Some(expected), "{line}");
        }
        for line in [
            "",
            ": error: x",
            "Found 1 error",
            "    log(\"a: error: b\")",
        ] {
            assert_eq!(said(line), None, "{line}");
        }
    }
}
