//! Times in prose: `within 48 hours`, `three (3) business days`, `1-2 weeks`, `the next day`.

/// A stretch of time and where it stands in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Duration {
    /// In hours; a day has 24 of them, a business day too.
    pub(super) hours: i64,
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Where it ends, in bytes.
    pub(super) end: usize,
}

/// Words that stand for numbers.
const NUMBERS: &[(&str, i64)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("fourteen", 14),
    ("fifteen", 15),
    ("twenty", 20),
    ("twenty-four", 24),
    ("thirty", 30),
    ("forty-eight", 48),
    ("forty-five", 45),
    ("sixty", 60),
    ("seventy-two", 72),
    ("ninety", 90),
];

/// Units in hours. A month counts 30 days.
const UNITS: &[(&str, i64)] = &[
    ("h", 1),
    ("hr", 1),
    ("hrs", 1),
    ("hour", 1),
    ("hours", 1),
    ("day", 24),
    ("days", 24),
    ("workday", 24),
    ("workdays", 24),
    ("weekday", 24),
    ("weekdays", 24),
    ("week", 168),
    ("weeks", 168),
    ("fortnight", 336),
    ("month", 720),
    ("months", 720),
];

/// Words that may stand between a number and its unit.
const BETWEEN: &[&str] = &["business", "working", "work", "calendar", "full", "clear"];

/// A word of a sentence, without marks around it, and its place.
#[derive(Debug, Clone, Copy)]
struct Word<'s> {
    text: &'s str,
    start: usize,
    end: usize,
}

/// Every stretch of time in a sentence in lower case, in order.
pub(super) fn of(sentence: &str) -> Vec<Duration> {
    let words = words(sentence);
    let mut found: Vec<Duration> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if found.last().is_some_and(|last| word.start < last.end) {
            continue;
        }
        let rest = words.get(index..).unwrap_or(&[]);
        found.extend(starting(rest));
    }
    found
}

/// The time that begins at the first word.
fn starting(words: &[Word<'_>]) -> Option<Duration> {
    let (first, mut rest) = words.split_first()?;
    let (mut count, unit) = amount(first.text)?;
    let mut end = first.end;
    let mut factor = unit;
    if factor.is_none() {
        // An upper bound: `24 to 48 hours`, `1 or 2 days`.
        if let [link, second, after @ ..] = rest
            && matches!(link.text, "to" | "or" | "and" | "-")
            && let Some((upper, unit)) = amount(second.text)
        {
            count = upper;
            factor = unit;
            end = second.end;
            rest = after;
        }
        // The figure after the word: `three (3) business days`.
        if let [again, after @ ..] = rest
            && factor.is_none()
            && again.text.parse::<i64>().is_ok()
        {
            rest = after;
        }
        while let [between, after @ ..] = rest
            && factor.is_none()
            && BETWEEN.contains(&between.text)
        {
            rest = after;
        }
    }
    if factor.is_none() {
        let (next, _) = rest.split_first()?;
        factor = Some(hours_of(next.text)?);
        end = next.end;
    }
    Some(Duration {
        hours: count.checked_mul(factor?)?,
        start: first.start,
        end,
    })
}

/// The number in a word, and the unit where the word holds it: `48`, `two`, `next`, `48h`,
/// `24-48`, `90-day`.
fn amount(word: &str) -> Option<(i64, Option<i64>)> {
    if word == "next" {
        return Some((1, None));
    }
    if let Some((_, number)) = NUMBERS.iter().find(|(name, _)| *name == word) {
        return Some((*number, None));
    }
    let digits = word.find(|c: char| !c.is_ascii_digit());
    let (number, rest) = word.split_at(digits.unwrap_or(word.len()));
    // Beyond five digits it is no time that anybody promises.
    let number: i64 = number.parse().ok().filter(|number| *number < 100_000)?;
    match rest.strip_prefix(['-', '\u{2011}']) {
        _ if rest.is_empty() => Some((number, None)),
        None => Some((number, Some(hours_of(rest)?))),
        Some(unit) if hours_of(unit).is_some() => Some((number, hours_of(unit))),
        Some(upper) => amount(upper).filter(|_| upper.starts_with(|c: char| c.is_ascii_digit())),
    }
}

fn hours_of(unit: &str) -> Option<i64> {
    let unit = unit.strip_suffix("(s)").unwrap_or(unit);
    UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, hours)| *hours)
}

/// Words without the marks around them. What stands in brackets after a word ends it: `day(s)`.
fn words(sentence: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut from = 0;
    for part in sentence.split_inclusive(char::is_whitespace) {
        let text = part.trim_matches(|c: char| !c.is_alphanumeric());
        let text = text.split(['(', '/']).next().unwrap_or(text);
        let dash = part.trim() == "-";
        if !text.is_empty() || dash {
            let start = from + part.find(text).unwrap_or(0);
            words.push(Word {
                text: if dash { "-" } else { text },
                start,
                end: start + text.len().max(1),
            });
        }
        from += part.len();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hours(sentence: &str) -> Vec<i64> {
        of(sentence).into_iter().map(|found| found.hours).collect()
    }

    #[test]
    fn times_are_read_however_they_are_written() {
        for (text, expected) in [
            ("within 48 hours", vec![48]),
            ("within 3 business days.", vec![72]),
            ("within one week", vec![168]),
            ("in a day", vec![24]),
            ("within three (3) business days", vec![72]),
            ("within two (2) working days, and 90 days", vec![48, 2160]),
            ("in 24 to 48 hours", vec![48]),
            ("in 24-48 hours", vec![48]),
            ("in 1 - 2 weeks", vec![336]),
            ("in 48h or 72hrs", vec![48, 72]),
            ("a 90-day window", vec![2160]),
            ("by the next business day", vec![24]),
            ("within 7 day(s)", vec![168]),
            ("a fortnight, six months", vec![336, 4320]),
            ("version 2 of the day", vec![]),
            ("in 2024 we had a vulnerability", vec![]),
            ("a few days", vec![]),
        ] {
            assert_eq!(hours(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_sentence_panics(sentence in ".{0,80}") {
            for found in of(&sentence) {
                prop_assert!(sentence.get(found.start..found.end).is_some() || found.hours > 0);
            }
        }

        #[test]
        fn a_figure_and_its_unit_are_their_product(count in 0_i64..1000) {
            prop_assert_eq!(hours(&format!("within {count} days")), vec![count * 24]);
        }
    }
}
