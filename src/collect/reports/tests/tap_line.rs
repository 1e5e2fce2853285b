//! One line of the Test Anything Protocol.

use super::counts::Status;

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'l> {
    Empty,
    Comment,
    Pragma,
    Version,
    Plan(Plan<'l>),
    Point(Point<'l>),
    /// The tests were given up, and why.
    Bail(&'l str),
    /// A YAML block begins, indented so far.
    Diagnostic(usize),
    /// Part of a subtest, or of what a program printed.
    Indented,
    Strange,
}

/// `1..5`, or `1..0 # why`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan<'l> {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) reason: &'l str,
}

/// `not ok 3 - description # TODO why`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Point<'l> {
    pub(super) number: Option<u64>,
    pub(super) description: String,
    pub(super) status: Status,
    /// Why it was skipped or is still to do.
    pub(super) reason: &'l str,
}

/// What a line is.
pub(super) fn parse(line: &str) -> Line<'_> {
    let text = line.trim();
    let indent = line.len() - line.trim_start().len();
    if text.is_empty() {
        Line::Empty
    } else if let Some(reason) = bail(text) {
        Line::Bail(reason)
    } else if indent > 0 && text == "---" {
        Line::Diagnostic(indent)
    } else if text.starts_with('#') {
        Line::Comment
    } else if indent > 0 {
        Line::Indented
    } else if let Some(plan) = plan(text) {
        Line::Plan(plan)
    } else if let Some(point) = point(text) {
        Line::Point(point)
    } else if is_version(text) {
        Line::Version
    } else if text.starts_with("pragma ") {
        Line::Pragma
    } else {
        Line::Strange
    }
}

fn is_version(text: &str) -> bool {
    let number = text
        .get(..12)
        .filter(|start| start.eq_ignore_ascii_case("TAP version "))
        .and_then(|_| text.get(12..));
    number.is_some_and(|number| number.trim().parse::<u32>().is_ok())
}

fn bail(text: &str) -> Option<&str> {
    const WORDS: &str = "bail out!";
    let start = text.get(..WORDS.len())?;
    let rest = text.get(WORDS.len()..)?;
    start.eq_ignore_ascii_case(WORDS).then(|| rest.trim())
}

fn plan(text: &str) -> Option<Plan<'_>> {
    let (range, reason) = text.split_once('#').unwrap_or((text, ""));
    let (first, last) = range.trim().split_once("..")?;
    Some(Plan {
        first: first.parse().ok()?,
        last: last.parse().ok()?,
        reason: reason.trim(),
    })
}

fn point(text: &str) -> Option<Point<'_>> {
    let (failed, rest) = match text.strip_prefix("not ") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let rest = rest.strip_prefix("ok")?;
    if rest.starts_with(|next: char| next.is_alphanumeric() || next == '_') {
        return None;
    }
    let rest = rest.trim_start();
    let digits = rest.len()
        - rest
            .trim_start_matches(|sign: char| sign.is_ascii_digit())
            .len();
    let (number, after) = rest.split_at_checked(digits).unwrap_or(("", rest));
    let ends = !after.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    let (number, after) = match number.parse() {
        Ok(number) if ends => (Some(number), after),
        _ => (None, rest),
    };
    let (description, directive) = directive(after);
    let description = description.trim();
    let description = description.strip_prefix('-').unwrap_or(description);
    let status = match directive {
        Some((status, _)) => status,
        None if failed => Status::Failed,
        None => Status::Passed,
    };
    Some(Point {
        number,
        description: unescape(description.trim()),
        status,
        reason: directive.map_or("", |(_, reason)| reason),
    })
}

/// The directive of a point: after a `#` that is not escaped and that stands apart from what is
/// before it, so that a link with a fragment makes no failure go away.
fn directive(text: &str) -> (&str, Option<(Status, &str)>) {
    let mut before = ' ';
    let mut escaped = false;
    for (at, sign) in text.char_indices() {
        let here = sign == '#' && !escaped && before.is_whitespace();
        escaped = sign == '\\' && !escaped;
        before = sign;
        let Some(rest) = text.get(at + 1..).filter(|_| here) else {
            continue;
        };
        let rest = rest.trim_start();
        let word = rest.get(..4).unwrap_or_default();
        let status = if word.eq_ignore_ascii_case("skip") {
            Status::Skipped
        } else if word.eq_ignore_ascii_case("todo") {
            Status::Todo
        } else {
            continue;
        };
        let reason = rest
            .split_once(char::is_whitespace)
            .map_or("", |(_, reason)| reason);
        return (
            text.get(..at).unwrap_or_default(),
            Some((status, reason.trim())),
        );
    }
    (text, None)
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match signs.peek() {
            Some(next @ ('\\' | '#')) if sign == '\\' => {
                out.push(*next);
                signs.next();
            }
            _ => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(line: &str) -> Option<(Option<u64>, Status, String)> {
        match parse(line) {
            Line::Point(point) => Some((point.number, point.status, point.description)),
            _ => None,
        }
    }

    #[test]
    fn a_point_is_told_from_what_looks_like_one() {
        let point = |number, status, text: &str| Some((number, status, text.to_owned()));
        assert_eq!(status("ok"), point(None, Status::Passed, ""));
        assert_eq!(status("ok 12abc"), point(None, Status::Passed, "12abc"));
        assert_eq!(status("not ok 3-x"), point(Some(3), Status::Failed, "x"));
        assert_eq!(
            status("not ok 3 a \\\\ b # todo"),
            point(Some(3), Status::Todo, "a \\ b")
        );
        assert_eq!(
            status("ok 1 \\# skip"),
            point(Some(1), Status::Passed, "# skip")
        );
        assert_eq!(
            status("not ok 2 é# todo"),
            point(Some(2), Status::Failed, "é# todo")
        );
        assert_eq!((status("okay"), status("  ok 1")), (None, None));
        let huge = "ok 99999999999999999999999";
        assert_eq!(status(huge), point(None, Status::Passed, &huge[3..]));
    }

    #[test]
    fn other_lines_are_what_they_are() {
        assert_eq!(parse("TAP version 13"), Line::Version);
        assert_eq!(parse("BAIL OUT!  why "), Line::Bail("why"));
        assert_eq!(parse("  ---"), Line::Diagnostic(2));
        let plan = Plan {
            first: 1,
            last: 0,
            reason: "skip all",
        };
        assert_eq!(parse("1..0 # skip all"), Line::Plan(plan));
        assert_eq!(
            (parse("1..x"), parse("1...3")),
            (Line::Strange, Line::Strange)
        );
    }
}
