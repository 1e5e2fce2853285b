//! What the readers of reports share: sentences, pointers, times and counts by name.

use std::collections::BTreeMap;
use std::io::BufRead as _;

use serde::de::DeserializeOwned;

use super::document::Document;
use crate::model::reading::{Reading, ReadingState};
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::model::value::Value;
use crate::parse::error::ParseError;
use crate::parse::json::{self, Outer};

/// The longest message that is taken from a report, in characters. A tool that prints a whole
/// stack into it would otherwise be kept in memory once for every case.
const MESSAGE: usize = 1_000;

/// A message as far as it is kept.
pub(super) fn message(text: &str) -> String {
    let text = text.trim();
    // No text has more characters than bytes.
    if text.len() <= MESSAGE {
        return text.to_owned();
    }
    match text.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// `1 file`, `7 files`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", crate::model::text::grouped(count))
}

/// How many names of a list are shown.
pub(super) const SHOWN: usize = 3;

/// The first names of a list, and how many more there are.
pub(super) fn some_of<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let count = length(&names);
    some_of_many(names, count)
}

/// The same of so many names, of which no more than those that are shown have to be there.
pub(super) fn some_of_many<'t>(names: impl IntoIterator<Item = &'t str>, count: u64) -> String {
    let shown: Vec<String> = names.into_iter().take(SHOWN).map(excerpt).collect();
    match count.saturating_sub(SHOWN as u64) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A key as a step of a pointer (RFC 6901).
pub(super) fn pointer_step(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Compares a count that a report states with what it lists. A report that lists less than it
/// counts does not show everything, and is incomplete.
pub(super) fn compare(
    reading: &mut Reading,
    where_stated: &str,
    stated: Option<u64>,
    listed: u64,
    (one, many): (&str, &str),
) {
    let Some(stated) = stated.filter(|stated| *stated != listed) else {
        return;
    };
    let says = format!(
        "{where_stated} {}; the report lists {}.",
        counted(stated, one, many),
        crate::model::text::grouped(listed)
    );
    if stated > listed {
        reading.lower(ReadingState::Incomplete, says);
    } else {
        reading.note(says);
    }
}

/// The length of a list as a count.
pub(super) fn length<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

/// Named counts as a value.
pub(super) fn counts(by_name: BTreeMap<String, u64>) -> Value {
    Value::Map(
        by_name
            .into_iter()
            .map(|(name, count)| (name, Value::from(count)))
            .collect(),
    )
}

/// Whether a document is an empty list, which is the clean report of many tools: its content does
/// not say of which.
pub(super) fn is_empty_list(document: &Document<'_>) -> bool {
    document.look.json().is_some_and(|shape| {
        shape.broken.is_none() && shape.outer == Outer::Array && shape.length == 0
    })
}

/// Hands each line that is not empty to `take` with its number from 1: the JSON it holds, or the
/// place at which it is none.
///
/// # Errors
/// What cannot be read.
pub(super) fn json_lines<T: DeserializeOwned>(
    document: &Document<'_>,
    mut take: impl FnMut(u32, Result<T, ParseError>),
) -> Result<(), ParseError> {
    document.lines(|number, line| {
        if !line.trim().is_empty() {
            let at_line = |error| ParseError {
                line: number,
                ..error
            };
            take(number, json::parse(line).map_err(at_line));
        }
        true
    })
}

/// Whether the last line is ended. Tools that write line by line end each; a line without its end
/// was cut off.
pub(super) fn ends_its_last_line(document: &Document<'_>) -> bool {
    let mut reader = document.reader();
    let mut last = None;
    loop {
        let length = match reader.fill_buf() {
            Ok([]) | Err(_) => break,
            Ok(buffer) => {
                last = buffer.last().copied();
                buffer.len()
            }
        };
        reader.consume(length);
    }
    last.is_none_or(|byte| byte == b'\n')
}

/// Records when a report says it was made. A time without a zone keeps none and is marked.
pub(super) fn set_produced(reading: &mut Reading, text: &str) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let stated = text.replacen(' ', "T", 1);
    if Moment::parse(&stated).is_some() {
        reading.produced_at = Some(stated);
    } else if Moment::earliest(&stated).is_some() {
        reading.produced_at = Some(stated);
        reading.note(format!(
            "The time that the report gives, {text}, has no zone."
        ));
    } else {
        reading.note(format!(
            "The time that the report gives, {}, is not one that can be read.",
            excerpt(text)
        ));
    }
}

/// The moment of a count of seconds or milliseconds since 1970. Tools differ; a count beyond
/// 10^11 would be later than the year 5000 in seconds, so it is in milliseconds.
pub(super) fn moment_of_epoch(text: &str) -> Option<Moment> {
    const MILLISECONDS_FROM: i64 = 100_000_000_000;
    let whole = text.trim().split('.').next().unwrap_or_default();
    let count: i64 = whole.parse().ok().filter(|count| *count > 0)?;
    Moment::from_epoch(if count >= MILLISECONDS_FROM {
        count / 1_000
    } else {
        count
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReportKind;

    fn produced(text: &str) -> (Option<String>, usize) {
        let mut reading = Reading::new(ReportKind::Tests, "x");
        set_produced(&mut reading, text);
        (reading.produced_at, reading.notes.len())
    }

    #[test]
    fn a_time_keeps_the_zone_it_has_and_gets_none() {
        let kept = |text: &str| Some(text.to_owned());
        assert_eq!(
            produced("2026-11-22T15:50:22Z"),
            (kept("2026-11-22T15:50:22Z"), 0)
        );
        assert_eq!(
            produced("2026-11-22 15:50:22.5+02:00"),
            (kept("2026-11-22T15:50:22.5+02:00"), 0)
        );
        assert_eq!(
            produced("2026-11-22T15:50:22.123456"),
            (kept("2026-11-22T15:50:22.123456"), 1)
        );
        assert_eq!(produced("yesterday"), (None, 1));
        assert_eq!(produced(" "), (None, 0));
    }

    #[test]
    fn an_epoch_is_read_in_seconds_and_in_milliseconds() {
        let read = |text| moment_of_epoch(text).map(|moment| moment.to_string());
        assert_eq!(read("1675424586").as_deref(), Some("2023-02-03T11:43:06Z"));
        assert_eq!(
            read("1675424586000").as_deref(),
            Some("2023-02-03T11:43:06Z")
        );
        for odd in ["0", "-5", "now", "", "99999999999999999999"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        assert_eq!(message(&"é".repeat(1_001)).chars().count(), 1_001);
        assert!(message(&"é".repeat(1_001)).ends_with('…'));
        assert_eq!(some_of(["a", "b", "c", "d"]), "a, b, c and 1 more");
    }
}
