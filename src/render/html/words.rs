//! Values as the report words them.

use serde::Serialize;

use crate::model::control::{Parameter, Unit};
use crate::model::criterion::Support;
use crate::model::exhibit::Digest;
use crate::model::gap::Cause;
use crate::model::result::Outcome;
use crate::model::time::Moment;
use crate::model::value::{Value, percent_of_hundredths};
use crate::model::waiver::WaiverState;

/// One of five results: its shape and its words.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Mark {
    /// The class and the symbol.
    pub(super) kind: &'static str,
    /// With a capital letter.
    pub(super) word: &'static str,
    /// As it stands in a sentence.
    pub(super) words: &'static str,
}

/// The mark of a result.
pub(super) const fn mark(outcome: Outcome) -> Mark {
    let (kind, word) = match outcome {
        Outcome::ExceptionsNoted => ("ex", "Exceptions noted"),
        Outcome::NotTested => ("nt", "Not tested"),
        Outcome::NoExceptionsNoted => ("ok", "No exceptions noted"),
        Outcome::DidNotOccur => ("zo", "Did not occur"),
        Outcome::NotApplicable => ("na", "Not applicable"),
    };
    Mark {
        kind,
        word,
        words: outcome.words(),
    }
}

/// The mark of one way among several, where another way holds: that this one does not is no
/// exception.
pub(super) const fn way(outcome: Outcome) -> Mark {
    match outcome {
        Outcome::ExceptionsNoted => Mark {
            kind: "na",
            word: "Does not hold",
            words: "does not hold, and another way does",
        },
        other => mark(other),
    }
}

/// A digest in short and in full.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Hash {
    /// All of it.
    pub(super) full: String,
    /// Enough to tell it from others.
    pub(super) short: String,
}

/// The first digits of a digest and all of them.
pub(super) fn hash(digest: &Digest, digits: usize) -> Hash {
    cut(&digest.to_string(), digits)
}

/// The same for the name of an object, or a digest that is a text already.
pub(super) fn cut(full: &str, digits: usize) -> Hash {
    Hash {
        full: full.to_owned(),
        short: full.chars().take(digits).collect(),
    }
}

/// A moment with its zone in words.
pub(super) fn moment(moment: Moment) -> String {
    time(&moment.to_string())
}

/// A time as evidence gives it, in UTC; one without a zone stays without one, and says so.
pub(super) fn time(text: &str) -> String {
    let spaced = |text: &str| text.replacen('T', " ", 1);
    Moment::parse(text).map_or_else(
        || {
            let (whole, _) = text.split_once('.').unwrap_or((text, ""));
            format!("{} (no zone)", spaced(whole))
        },
        |parsed| spaced(&parsed.to_string()).replace('Z', " UTC"),
    )
}

/// Words of a person on one line: lines of a file are no sentence's end.
pub(super) fn prose(text: &str) -> String {
    text.trim().replace("\r\n", " ").replace('\n', " ")
}

/// With a capital letter, as a line begins.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// A number of things: `1 deviation`, `2 deviations`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    let grouped = grouped(number);
    format!("{grouped} {}", if number == 1 { one } else { many })
}

/// The verb of a number of things that happened to them.
pub(super) const fn was(number: usize) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

/// A count with thousands separators.
pub(super) fn grouped(number: usize) -> String {
    crate::model::text::grouped(u64::try_from(number).unwrap_or(u64::MAX))
}

/// A value of a parameter, with its unit.
pub(super) fn parameter(parameter: &Parameter, value: &Value) -> String {
    match (parameter.unit, value) {
        (_, Value::Absent) => "off".to_owned(),
        (Unit::Percent, Value::Int(hundredths)) => {
            percent_of_hundredths(u128::try_from(*hundredths).unwrap_or(0))
        }
        (Unit::Days, Value::Int(1)) => "1 day".to_owned(),
        (Unit::Days, Value::Int(days)) => format!("{days} days"),
        (Unit::Hours, Value::Int(1)) => "1 hour".to_owned(),
        (Unit::Hours, Value::Int(hours)) => format!("{hours} hours"),
        (_, Value::List(list)) if list.is_empty() => "none".to_owned(),
        _ => value.to_string(),
    }
}

/// The letter of a strength, for a cell too small for the word.
pub(super) const fn letter(support: Support) -> &'static str {
    match support {
        Support::Direct => "D",
        Support::Partial => "P",
        Support::Indirect => "I",
    }
}

/// Why evidence could not be relied on.
pub(super) const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Missing => "Missing",
        Cause::Unreadable => "Unreadable",
        Cause::Incomplete => "Incomplete",
        Cause::NothingMeasured => "Nothing measured",
        Cause::Stale => "Stale",
        Cause::Foreign => "Of another commit or project",
        Cause::Weak => "Not bound firmly enough",
        Cause::Unreconciled => "Disagrees with a second source",
        Cause::TooLarge => "Too large to read",
    }
}

/// Whether a waiver counts.
pub(super) const fn waiver(state: WaiverState) -> &'static str {
    match state {
        WaiverState::InForce => "in force",
        WaiverState::NotYet => "not yet in force",
        WaiverState::Expired => "expired",
        WaiverState::Malformed => "malformed",
        WaiverState::NotOnBase => "not on the base branch",
    }
}

/// What the letters before the hyphen stand for in the shipped catalogue.
pub(super) fn family(code: &str) -> &'static str {
    match code {
        "AC" => "Access",
        "BP" => "Branch protection",
        "CI" => "Delivery pipeline",
        "CM" => "Change management",
        "CP" => "Code patterns",
        "CR" => "Review and ownership",
        "DP" => "Dependencies",
        "GV" => "Governance of evidence",
        "OP" => "Operations documents",
        "SA" => "Static analysis",
        "SE" => "Secrets",
        "TQ" => "Tests and quality",
        "VD" => "Vulnerability disclosure",
        _ => "",
    }
}

/// Hundredths of a percent as an SVG length: `57.70%`.
pub(super) fn length(hundredths: i64) -> String {
    let bounded = hundredths.clamp(0, 10_000);
    format!("{}.{:02}%", bounded / 100, bounded % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_keeps_the_zone_it_has_and_gets_none() {
        assert_eq!(time("2026-10-02T06:30:00Z"), "2026-10-02 06:30:00 UTC");
        assert_eq!(
            time("2026-10-02T08:30:00.25+02:00"),
            "2026-10-02 06:30:00 UTC"
        );
        assert_eq!(
            time("2026-10-02T06:30:00.12"),
            "2026-10-02 06:30:00 (no zone)"
        );
    }

    #[test]
    fn a_length_never_leaves_its_figure() {
        assert_eq!(length(5_770), "57.70%");
        assert_eq!(length(-3), "0.00%");
        assert_eq!(length(10_001), "100.00%");
    }
}
