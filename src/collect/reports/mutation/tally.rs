//! Mutants by how they ended, and the measures that follow from it.
//!
//! The words and the score are those of mutation-testing-metrics: detected is killed and timed
//! out, valid is detected, survived and not covered. mutmut's suspicious mutants stay in the
//! denominator, as in mutmut's own badge.

use std::collections::BTreeMap;

use crate::collect::reports::words::{counted, some_of};
use crate::model::reading::{Reading, ReadingState};
use crate::model::value::Ratio;

/// How one mutant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Killed,
    Survived,
    Timeout,
    NoCoverage,
    Ignored,
    Error,
    Pending,
    Suspicious,
}

impl Fate {
    /// The word in facts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Survived => "survived",
            Self::Timeout => "timeout",
            Self::NoCoverage => "no_coverage",
            Self::Ignored => "ignored",
            Self::Error => "error",
            Self::Pending => "pending",
            Self::Suspicious => "suspicious",
        }
    }
}

/// Mutants by how they ended.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::collect::reports) struct Tally {
    pub(in crate::collect::reports) killed: u64,
    pub(in crate::collect::reports) survived: u64,
    pub(in crate::collect::reports) timeout: u64,
    pub(in crate::collect::reports) no_coverage: u64,
    pub(in crate::collect::reports) ignored: u64,
    pub(in crate::collect::reports) errors: u64,
    pub(in crate::collect::reports) pending: u64,
    pub(in crate::collect::reports) suspicious: u64,
    /// Those that stand in the total alone: what became of them is not known.
    pub(in crate::collect::reports) unknown: u64,
}

impl Tally {
    /// Counts one more mutant.
    pub(super) fn add(&mut self, fate: Option<Fate>) {
        let count = match fate {
            Some(Fate::Killed) => &mut self.killed,
            Some(Fate::Survived) => &mut self.survived,
            Some(Fate::Timeout) => &mut self.timeout,
            Some(Fate::NoCoverage) => &mut self.no_coverage,
            Some(Fate::Ignored) => &mut self.ignored,
            Some(Fate::Error) => &mut self.errors,
            Some(Fate::Pending) => &mut self.pending,
            Some(Fate::Suspicious) => &mut self.suspicious,
            None => &mut self.unknown,
        };
        *count = count.saturating_add(1);
    }

    /// Killed and timed out.
    pub(super) fn detected(&self) -> u64 {
        self.killed.saturating_add(self.timeout)
    }

    /// Those that say something of the tests.
    pub(super) fn valid(&self) -> u64 {
        [self.survived, self.no_coverage, self.suspicious]
            .into_iter()
            .fold(self.detected(), u64::saturating_add)
    }

    /// All that there are. Saturates: counts that large are of nothing real.
    pub(in crate::collect::reports) fn total(&self) -> u64 {
        [
            self.killed,
            self.survived,
            self.timeout,
            self.no_coverage,
            self.ignored,
            self.errors,
            self.pending,
            self.suspicious,
            self.unknown,
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }

    /// Records the measures and the state they amount to; the last thing said of a report.
    pub(in crate::collect::reports) fn settle(self, reading: &mut Reading) {
        self.settle_as(self.detected(), self.valid(), reading);
    }

    /// As [`Tally::settle`], where the tool counts more as detected or as valid.
    pub(super) fn settle_as(self, detected: u64, valid: u64, reading: &mut Reading) {
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

/// Words for how a mutant ended that no version of the tool is known to write. What such a mutant
/// says of the tests is not known, so the report is not complete.
#[derive(Debug, Default)]
pub(super) struct Strange(BTreeMap<String, u64>);

impl Strange {
    /// Words beyond this number are only counted.
    const KEPT: usize = 16;

    /// Remembers one.
    pub(super) fn add(&mut self, word: &str) {
        if self.0.len() < Self::KEPT || self.0.contains_key(word) {
            *self.0.entry(word.to_owned()).or_default() += 1;
        } else {
            *self.0.entry("others".to_owned()).or_default() += 1;
        }
    }

    /// Says what was found, where anything was.
    pub(super) fn say(&self, reading: &mut Reading) {
        let count: u64 = self.0.values().sum();
        if count > 0 {
            let why = format!(
                "{} in the total alone, with a status that is not known: {}.",
                counted(count, "mutant stands", "mutants stand"),
                some_of(self.0.keys().map(String::as_str))
            );
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}

/// Says where what the report declares is not what it holds.
pub(super) fn compare(declared: &[(&str, Option<u64>, u64)], reading: &mut Reading) {
    let differ: Vec<String> = declared
        .iter()
        .filter_map(|(name, declared, counted)| {
            let declared = declared.filter(|declared| declared != counted)?;
            Some(format!("{name} {declared} and not {counted}"))
        })
        .collect();
    if !differ.is_empty() {
        reading.note(format!(
            "The report's own totals disagree with the mutants it holds, which were counted: {}.",
            differ.join(", ")
        ));
    }
}
