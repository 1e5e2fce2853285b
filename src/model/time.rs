//! Moments and days. UTC only; whole seconds only; the clock is looked at once, by `cli`.

use std::fmt;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(DateTime<Utc>);

impl Moment {
    /// The moment a number of seconds after 1970-01-01T00:00:00Z; `None` beyond the calendar.
    pub fn from_epoch(seconds: i64) -> Option<Self> {
        DateTime::from_timestamp(seconds, 0).map(Self)
    }

    /// An RFC 3339 text with a zone. Fractions of a second are cut.
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = DateTime::parse_from_rfc3339(text.trim()).ok()?;
        Self::from_epoch(parsed.timestamp())
    }

    /// The earliest moment a text can mean: a text without a zone is read in the zone farthest
    /// east (UTC+14), so that an age computed from it is never too small.
    pub fn earliest(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| {
            let text = text.trim().replacen(' ', "T", 1);
            let naive = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
            Self::from_epoch((naive.and_utc() - Duration::hours(14)).timestamp())
        })
    }

    /// The latest moment a text can mean: one without a zone is read in the zone farthest west
    /// (UTC-12), so that nothing is said to be too old that may not be.
    pub fn latest(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| {
            let earliest = Self::earliest(text)?;
            Self::from_epoch(earliest.epoch() + 26 * 3_600)
        })
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn epoch(self) -> i64 {
        self.0.timestamp()
    }

    /// The day it falls on, UTC.
    pub fn day(self) -> Day {
        Day(self.0.date_naive())
    }

    /// Whole days from `earlier` to this moment, counted up: one second more than seven days is
    /// eight. Negative when `earlier` is later.
    pub fn days_since(self, earlier: Self) -> i64 {
        let seconds = self.epoch() - earlier.epoch();
        if seconds > 0 {
            (seconds + 86_399) / 86_400
        } else {
            seconds / 86_400
        }
    }

    /// For a directory name: `20261122T140307Z`.
    pub fn compact(self) -> String {
        self.0.format("%Y%m%dT%H%M%SZ").to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day, which begins and ends at 24:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(NaiveDate);

impl Day {
    /// Exactly `YYYY-MM-DD`; anything else is no day.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |range: std::ops::Range<usize>| {
            text.get(range)
                .is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()))
        };
        let shaped = text.len() == 10
            && digits(0..4)
            && digits(5..7)
            && digits(8..10)
            && text.get(4..5) == Some("-")
            && text.get(7..8) == Some("-");
        if !shaped {
            return None;
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Self)
    }

    /// Days from `earlier` to this day.
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// The day so many days later; this one where there is no such day.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        let later = TimeDelta::try_days(days).and_then(|days| self.0.checked_add_signed(days));
        later.map_or(self, Self)
    }
}

/// How often something is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Each week, from Monday.
    Week,
    /// Each month.
    Month,
    /// Each quarter of a year.
    Quarter,
}

impl Every {
    /// The words of a command line.
    pub const NAMES: &'static [&'static str] = &["weekly", "monthly", "quarterly"];

    /// The one of a word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "weekly" => Some(Self::Week),
            "monthly" => Some(Self::Month),
            "quarterly" => Some(Self::Quarter),
            _ => None,
        }
    }
}

impl Day {
    /// What the week, month or quarter is called that it falls into: `2026-W47`, `2026-11`,
    /// `2026-Q4`.
    pub fn label(self, every: Every) -> String {
        match every {
            Every::Week => {
                let week = self.0.iso_week();
                format!("{}-W{:02}", week.year(), week.week())
            }
            Every::Month => format!("{}-{:02}", self.0.year(), self.0.month()),
            Every::Quarter => format!("{}-Q{}", self.0.year(), self.0.quarter()),
        }
    }
}

impl Day {
    /// The first day of the week, month or quarter that it falls into.
    #[must_use]
    pub fn first_of(self, every: Every) -> Self {
        let back = match every {
            Every::Week => self.0.weekday().num_days_from_monday(),
            Every::Month => self.0.day0(),
            Every::Quarter => {
                let month = (self.0.month0() / 3) * 3 + 1;
                let first = NaiveDate::from_ymd_opt(self.0.year(), month, 1);
                return first.map_or(self, Self);
            }
        };
        self.plus(-i64::from(back))
    }

    /// The last day of it.
    #[must_use]
    pub fn last_of(self, every: Every) -> Self {
        // Somewhere in the next one, whatever day of its own this one begins with.
        let beyond = match every {
            Every::Week => 7,
            Every::Month => 31,
            Every::Quarter => 92,
        };
        let next = self.first_of(every).plus(beyond);
        next.first_of(every).plus(-1)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected a day as 2026-11-22"))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_iso_day_is_a_day() {
        assert!(Day::parse("2026-10-31").is_some());
        for bad in [
            "31/10/2026",
            "2026-2-3",
            "2026-02-30",
            "2026-10-31T00:00:00Z",
            "+026-10-31",
            "",
        ] {
            assert!(Day::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_age_is_never_too_small() {
        let now = Moment::parse("2026-11-22T14:00:00Z").expect("a moment");
        let week = Moment::parse("2026-11-15T14:00:00Z").expect("a moment");
        let more = Moment::parse("2026-11-15T13:59:59Z").expect("a moment");
        assert_eq!((now.days_since(week), now.days_since(more)), (7, 8));
        let zoneless = Moment::earliest("2026-11-22T14:00:00.123456").expect("a moment");
        assert_eq!(now.epoch() - zoneless.epoch(), 14 * 3600);
        let latest = Moment::latest("2026-11-22T14:00:00").expect("a moment");
        assert_eq!(latest.epoch() - now.epoch(), 12 * 3600);
        assert_eq!(Moment::latest("2026-11-22T14:00:00Z"), Some(now));
    }
}
