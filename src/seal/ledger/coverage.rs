//! Whether runs were made as often as they were meant to be: which weeks, months or quarters have
//! one, which have none, and the longest time between two.

use serde::Serialize;

use crate::model::time::{Day, Every, Moment};

/// How runs cover the time from the first of them to now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Each period with the number of its runs, in order.
    pub periods: Vec<(String, usize)>,
    /// The longest time between two runs, or from the last to now, in days.
    pub longest_gap: i64,
    /// Where it begins and ends.
    pub gap: Option<(Day, Day)>,
}

/// The most days that are looked at: a hundred years.
const DAYS: i64 = 36_525;

impl Coverage {
    /// Looks at the times of runs, in any order.
    pub fn of(times: &[Moment], now: Moment, every: Every) -> Self {
        let mut days: Vec<Day> = times.iter().map(|time| time.day()).collect();
        days.sort_unstable();
        let (Some(first), today) = (days.first().copied(), now.day()) else {
            return Self::default();
        };
        let last = days.last().copied().unwrap_or(first).max(today);
        let mut coverage = Self::default();
        for at in 0..=last.days_since(first).min(DAYS) {
            let label = first.plus(at).label(every);
            if coverage
                .periods
                .last()
                .is_none_or(|(name, _)| *name != label)
            {
                let runs = days.iter().filter(|day| day.label(every) == label);
                let runs = runs.count();
                coverage.periods.push((label, runs));
            }
        }
        days.push(last);
        for pair in days.windows(2) {
            if let [from, to] = pair
                && to.days_since(*from) > coverage.longest_gap
            {
                coverage.longest_gap = to.days_since(*from);
                coverage.gap = Some((*from, *to));
            }
        }
        coverage
    }

    /// The periods without a run.
    pub fn missing(&self) -> Vec<&str> {
        let missing = self.periods.iter().filter(|(_, runs)| *runs == 0);
        missing.map(|(label, _)| label.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).expect("a moment")
    }

    #[test]
    fn periods_without_a_run_are_found_the_current_one_included() {
        let times = [
            "2026-05-02T00:00:00Z",
            "2026-01-31T00:00:00Z",
            "2026-02-01T00:00:00Z",
        ];
        let times = times.map(at);
        let of = |every| Coverage::of(&times, at("2026-11-22T00:00:00Z"), every);
        let quarters = of(Every::Quarter);
        let expected = [
            ("2026-Q1", 2),
            ("2026-Q2", 1),
            ("2026-Q3", 0),
            ("2026-Q4", 0),
        ];
        let expected: Vec<(String, usize)> = expected
            .iter()
            .map(|(label, runs)| ((*label).to_owned(), *runs))
            .collect();
        assert_eq!(quarters.periods, expected);
        assert_eq!(quarters.missing(), ["2026-Q3", "2026-Q4"]);
        assert_eq!(quarters.longest_gap, 204);
        assert_eq!(of(Every::Month).missing().len(), 8);
        assert_eq!(
            of(Every::Week).periods.first().map(|it| it.0.as_str()),
            Some("2026-W05")
        );
        let none = Coverage::of(&[], at("2026-11-22T00:00:00Z"), Every::Week);
        assert_eq!(none, Coverage::default());
    }
}
