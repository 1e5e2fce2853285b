//! The counts as a reader checks them: every addition printed in full, never a total mark.

use crate::model::result::{ControlResult, Outcome};
use crate::model::run::{Counts, Run};

/// The counts of a run and the additions behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Controls by result.
    pub counts: Counts,
    /// Controls that need a period, which the run has not.
    pub outside: usize,
    /// Controls that the policy leaves out.
    pub left_out: usize,
    /// Controls in force, with and without a result.
    pub catalogue: usize,
    /// Deviations of all controls.
    pub deviations: usize,
    /// Of those, the ones that a waiver in force covers.
    pub waived: usize,
}

impl Tally {
    /// Counts a run.
    pub fn of(run: &Run) -> Self {
        let counts = run.counts();
        let outside = run.outside.len();
        let deviations = sum(run, |result| result.deviations.len());
        Self {
            counts,
            outside,
            // The rest, so that the printed addition holds whatever the reason.
            left_out: run.controls.len().saturating_sub(counts.controls + outside),
            catalogue: run.controls.len().max(counts.controls + outside),
            deviations,
            waived: deviations - sum(run, ControlResult::unwaived),
        }
    }

    /// How many controls came to a result.
    pub const fn with(&self, outcome: Outcome) -> usize {
        match outcome {
            Outcome::ExceptionsNoted => self.counts.exceptions,
            Outcome::NotTested => self.counts.not_tested,
            Outcome::NoExceptionsNoted => self.counts.none_noted,
            Outcome::DidNotOccur => self.counts.did_not_occur,
            Outcome::NotApplicable => self.counts.not_applicable,
        }
    }

    /// The additions, one a line.
    pub fn formula(&self, run: &Run) -> Vec<String> {
        let mut lines = vec![self.by_result(), self.by_reach()];
        let noun = if self.deviations == 1 {
            "deviation"
        } else {
            "deviations"
        };
        if self.deviations > 0 {
            let parts: Vec<String> = run
                .results
                .iter()
                .filter(|result| !result.deviations.is_empty())
                .map(|result| format!("{} ({})", result.deviations.len(), result.control))
                .collect();
            lines.push(format!(
                "{} {noun} = {}",
                self.deviations,
                parts.join(" + ")
            ));
        }
        lines.push(format!(
            "{} waived + {} not waived = {} {noun}",
            self.waived,
            self.deviations - self.waived,
            self.deviations
        ));
        lines
    }

    /// The controls by result.
    fn by_result(&self) -> String {
        let parts: Vec<String> = Outcome::ALL
            .iter()
            .map(|outcome| format!("{} {}", self.with(*outcome), outcome.words()))
            .collect();
        format!(
            "{} = {} controls evaluated",
            parts.join(" + "),
            self.counts.controls
        )
    }

    /// The controls by whether this run could reach them.
    fn by_reach(&self) -> String {
        format!(
            "{} evaluated + {} outside a point-in-time run + {} left out by the policy = {} controls \
             in the catalogue",
            self.counts.controls, self.outside, self.left_out, self.catalogue
        )
    }
}

fn sum(run: &Run, count: impl Fn(&ControlResult) -> usize) -> usize {
    run.results.iter().map(count).sum()
}
