//! The times for which runs count, where one is expected in every week, month or quarter.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::stamps::{LATE, Stamps};
use crate::model::time::{Every, Moment};
use crate::seal::ledger::History;

/// When runs were made, as their entries say.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// The times that count.
    pub(super) counted: Vec<Moment>,
    /// How many of them no time stamp of the same period shows.
    pub(super) claimed: usize,
    /// How many count for nothing, because an older entry has a later time.
    behind: usize,
}

impl Times {
    /// The times of the runs that count for their periods. One whose time is long before that of an
    /// older entry was given it afterwards, and counts for none.
    pub(super) fn of(
        history: &History,
        stamps: &Stamps,
        withdrawn: &BTreeSet<u64>,
        every: Every,
    ) -> Self {
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
                continue;
            }
            let in_time = |seen: Moment| {
                seen.epoch() - time.epoch() <= LATE
                    || seen.day().label(every) == time.day().label(every)
            };
            let shown = stamps.held(entry.index).is_some_and(in_time);
            times.claimed += usize::from(!shown);
            times.counted.push(time);
        }
        times
    }

    /// What has to be said of them.
    pub(super) fn told(&self) -> String {
        let mut told = String::new();
        if self.claimed > 0 {
            let _ = write!(
                told,
                "; {} by a time that no stamp of the same period shows",
                self.claimed
            );
        }
        if self.behind > 0 {
            let _ = write!(
                told,
                "; {} with a time before an older entry's count for none",
                self.behind
            );
        }
        told
    }
}
