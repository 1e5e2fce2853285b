//! The period that a run is evidence in: one that was named, or the quarter in which it was made.

use serde::{Deserialize, Serialize};

use super::time::{Day, Every, Moment};

/// A period, from its first day to its last, both in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its last day.
    pub end: Day,
    /// Whether it was named; else it is the quarter in which the run was made.
    pub given: bool,
    /// What it is called: `2026-Q4`, `2026-11`, `2026-10-01..2026-12-31`.
    pub label: String,
    /// Its first day.
    pub start: Day,
}

impl Period {
    /// The quarter of a moment, where none was named.
    pub fn of(moment: Moment) -> Self {
        let day = moment.day();
        Self {
            end: day.last_of(Every::Quarter),
            given: false,
            label: day.label(Every::Quarter),
            start: day.first_of(Every::Quarter),
        }
    }

    /// A period as somebody names it: a quarter, a month, or its first and last day.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((from, to)) = text.split_once("..") {
            let (start, end) = (Day::parse(from)?, Day::parse(to)?);
            return (start <= end).then(|| Self {
                end,
                given: true,
                label: text.to_owned(),
                start,
            });
        }
        let (year, part) = text.split_once('-')?;
        let (month, every) = match part {
            "Q1" => ("01", Every::Quarter),
            "Q2" => ("04", Every::Quarter),
            "Q3" => ("07", Every::Quarter),
            "Q4" => ("10", Every::Quarter),
            month => (month, Every::Month),
        };
        let start = Day::parse(&format!("{year}-{month}-01"))?;
        Some(Self {
            end: start.last_of(every),
            given: true,
            label: text.to_owned(),
            start,
        })
    }

    /// Whether a moment falls into it.
    pub fn holds(&self, moment: Moment) -> bool {
        (self.start..=self.end).contains(&moment.day())
    }

    /// Whether it is one of a run that was begun at a moment: its days are those that its name says,
    /// and the moment falls into them.
    pub fn is_of(&self, begun: Moment) -> bool {
        let named = if self.given {
            Self::parse(&self.label)
        } else {
            Some(Self::of(begun))
        };
        named.as_ref() == Some(self) && self.holds(begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Option<(String, String)> {
        let period = Period::parse(text)?;
        assert_eq!(period.label, text);
        Some((period.start.to_string(), period.end.to_string()))
    }

    #[test]
    fn a_quarter_a_month_and_days_are_periods_and_nothing_else() {
        let both = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
        assert_eq!(days("2026-Q4"), both("2026-10-01", "2026-12-31"));
        assert_eq!(days("2026-Q1"), both("2026-01-01", "2026-03-31"));
        assert_eq!(days("2028-02"), both("2028-02-01", "2028-02-29"));
        assert_eq!(days("2026-12"), both("2026-12-01", "2026-12-31"));
        let own = "2026-11-15..2027-02-14";
        assert_eq!(days(own), both("2026-11-15", "2027-02-14"));
        let day = "2026-11-15..2026-11-15";
        assert_eq!(days(day), both("2026-11-15", "2026-11-15"));
        for wrong in [
            "",
            "2026",
            "2026-Q5",
            "2026-q4",
            "2026-13",
            "2026-1",
            "26-Q4",
            "2026-W47",
            "2026-11-15",
            "2026-11-15..",
            "2026-11-15..2026-11-14",
            "2026-Q3..2026-Q4",
            "2026-11-15...2026-11-20",
            " 2026-Q4",
        ] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_run_is_of_a_period_that_its_time_falls_into() {
        let at = |text: &str| Moment::parse(text).expect("a moment");
        let quarter = Period::of(at("2026-12-31T23:59:59Z"));
        assert_eq!(quarter.label, "2026-Q4");
        assert!(quarter.is_of(at("2026-10-01T00:00:00Z")));
        assert!(!quarter.is_of(at("2027-01-01T00:00:00Z")));
        let given = Period::parse("2026-11").expect("a period");
        assert!(given.is_of(at("2026-11-30T23:59:59Z")));
        assert!(!given.is_of(at("2026-12-01T00:00:00Z")));
        let stretched = Period {
            end: quarter.end,
            ..given
        };
        assert!(!stretched.is_of(at("2026-11-30T23:59:59Z")));
    }
}
