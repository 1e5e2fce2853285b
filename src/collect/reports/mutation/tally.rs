//! Mutants by how they ended, and the measures that follow from it.
//!
//! The words and the score are those of mutation-testing-metrics: detected is killed and timed
//! out, valid is detected, survived and not covered. mutmut's suspicious mutants stay in the
//! denominator, as in mutmut's own badge.

use crate::collect::reports::words::counted;
use crate::model::reading::{Reading, ReadingState};
use crate::model::value::Ratio;

/// Mutants by how they ended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) killed: u64,
    pub(super) survived: u64,
    pub(super) timeout: u64,
    pub(super) no_coverage: u64,
    pub(super) ignored: u64,
    pub(super) errors: u64,
    pub(super) pending: u64,
    pub(super) suspicious: u64,
}

impl Tally {
    /// All that are named. Saturates: counts that large are of nothing real.
    pub(super) fn total(&self) -> u64 {
        [
            self.killed,
            self.survived,
            self.timeout,
            self.no_coverage,
            self.ignored,
            self.errors,
            self.pending,
            self.suspicious,
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }

    /// Records the measures and the state they amount to; the last thing said of a report.
    pub(super) fn settle(self, reading: &mut Reading) {
        let detected = self.killed.saturating_add(self.timeout);
        let valid = [self.survived, self.no_coverage, self.suspicious]
            .into_iter()
            .fold(detected, u64::saturating_add);
        let measures = [
            ("killed", self.killed),
            ("survived", self.survived),
            ("timeout", self.timeout),
            ("no_coverage", self.no_coverage),
            ("ignored", self.ignored),
            ("errors", self.errors),
            ("pending", self.pending),
            ("suspicious", self.suspicious),
            ("total", self.total()),
            ("detected", detected),
            ("valid", valid),
        ];
        for (name, count) in measures {
            reading.measure(name, count);
        }
        if valid > 0 {
            reading.measure("score", Ratio::new(detected, valid));
        }
        if self.pending > 0 {
            let why = format!(
                "{} not tried, so the score of those that were says nothing of the rest.",
                counted(self.pending, "mutant was", "mutants were")
            );
            reading.lower(ReadingState::Incomplete, why);
        } else if valid == 0 && reading.state == ReadingState::Complete {
            reading.lower(
                ReadingState::NothingMeasured,
                "Not one mutant was tried, so no score exists.",
            );
        }
    }
}
