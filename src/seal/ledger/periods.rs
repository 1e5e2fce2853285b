//! The times for which runs count, where one is expected in every week, month or quarter.

use std::fmt::Write as _;

use super::History;
use crate::model::time::{Every, Moment};

/// How much later than a run its time stamp, or its place behind a younger entry, may be: a day, in
/// seconds.
pub const LATE: i64 = 86_400;

/// When runs were made, as their entries say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    /// The times that count.
    pub counted: Vec<Moment>,
    /// How many of them no time stamp of the same period shows.
    pub claimed: usize,
    /// How many count for nothing, because they were withdrawn.
    pub withdrawn: usize,
    /// How many count for nothing, because an older entry has a later time.
    pub behind: usize,
}

impl Times {
    /// The times of the runs that count for their periods. One whose time is long before that of an
    /// older entry was given it afterwards, and counts for none. `seen` says when an authority saw an
    /// entry.
    pub fn of(history: &History, seen: impl Fn(u64) -> Option<Moment>, every: Every) -> Self {
        let withdrawn = history.withdrawn();
        let mut times = Self::default();
        let mut newest: Option<Moment> = None;
        for (entry, _) in history.runs() {
            let Some(time) = Moment::parse(&entry.time) else {
                continue;
            };
            // Runs that go on side by side are entered as they end.
            if newest.is_some_and(|newest| newest.epoch() - time.epoch() > LATE) {
                times.behind += 1;
                continue;
            }
            newest = newest.max(Some(time));
            if withdrawn.contains(&entry.index) {
                times.withdrawn += 1;
                continue;
            }
            let in_time = |seen: Moment| {
                seen.epoch() - time.epoch() <= LATE
                    || seen.day().label(every) == time.day().label(every)
            };
            let shown = seen(entry.index).is_some_and(in_time);
            times.claimed += usize::from(!shown);
            times.counted.push(time);
        }
        times
    }

    /// What has to be said of them; empty where all count, and an authority saw each in its period.
    pub fn told(&self) -> String {
        let mut told = String::new();
        for (count, says) in [
            (
                self.claimed,
                "by a time that no stamp of the same period shows",
            ),
            (self.withdrawn, "withdrawn"),
            (
                self.behind,
                "with a time before an older entry's count for none",
            ),
        ] {
            if count > 0 {
                let _ = write!(told, "; {count} {says}");
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::super::Entry;
    use super::super::entry::tests::run;
    use super::super::entry::{Action, Kind};
    use super::*;

    fn of(entries: Vec<(&str, Kind)>) -> Times {
        let entries = (0_u64..).zip(entries).map(|(index, (time, kind))| {
            let entry = Entry::new(index, time.to_owned(), String::new(), None, kind);
            Entry::read(&entry.bytes().expect("JSON"))
        });
        let history = History {
            entries: entries.collect(),
            ..History::default()
        };
        let seen = |index| (index == 0).then(|| Moment::parse("2026-03-31T00:00:00Z"))?;
        Times::of(&history, seen, Every::Quarter)
    }

    #[test]
    fn a_run_counts_unless_it_was_withdrawn_or_dated_back() {
        let withdrawal = Kind::Annotation {
            action: Action::Withdraw,
            refs: vec![1],
            reason: "a report was wrong".to_owned(),
        };
        let times = of(vec![
            ("2026-01-31T00:00:00Z", run("a")),
            ("2026-05-02T00:00:00Z", run("b")),
            ("2026-05-01T12:00:00Z", run("c")),
            ("2026-02-01T00:00:00Z", run("d")),
            ("2026-06-01T00:00:00Z", withdrawal),
        ]);
        let counted: Vec<String> = times.counted.iter().map(ToString::to_string).collect();
        assert_eq!(counted, ["2026-01-31T00:00:00Z", "2026-05-01T12:00:00Z"]);
        assert_eq!((times.claimed, times.withdrawn, times.behind), (1, 1, 1));
        assert_eq!(
            times.told(),
            "; 1 by a time that no stamp of the same period shows; 1 withdrawn; 1 with a \
             time before an older entry's count for none"
        );
        assert_eq!(of(Vec::new()).told(), "");
    }
}
