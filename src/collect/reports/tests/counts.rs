//! Cases by how they ended, for the formats that are not JUnit.

use crate::collect::reports::words::counted;
use crate::model::reading::{Reading, ReadingState};

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Passed,
    Failed,
    Error,
    Skipped,
    /// Marked as still to do: whatever came of it decides nothing. Such a case is a skipped one
    /// where cases are listed, and has a count of its own.
    Todo,
}

impl Status {
    /// The word in facts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Skipped | Self::Todo => "skipped",
        }
    }
}

/// Cases by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) total: u64,
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) errors: u64,
    pub(super) skipped: u64,
    pub(super) todo: u64,
}

impl Counts {
    /// Counts one more case; one whose end is not known stands in the total alone.
    pub(super) fn add(&mut self, status: Option<Status>) {
        self.total = self.total.saturating_add(1);
        let count = match status {
            Some(Status::Passed) => &mut self.passed,
            Some(Status::Failed) => &mut self.failed,
            Some(Status::Error) => &mut self.errors,
            Some(Status::Skipped) => &mut self.skipped,
            Some(Status::Todo) => &mut self.todo,
            None => return,
        };
        *count = count.saturating_add(1);
    }

    /// Records the measures and the state they amount to; the last thing said of a report.
    pub(super) fn settle(self, reading: &mut Reading) {
        let measures = [
            ("total", self.total),
            ("passed", self.passed),
            ("failed", self.failed),
            ("errors", self.errors),
            ("skipped", self.skipped),
        ];
        for (name, count) in measures {
            reading.measure(name, count);
        }
        if self.todo > 0 {
            reading.measure("todo", self.todo);
            reading.note(format!(
                "{} marked as still to do, and neither passed nor failed nor skipped.",
                counted(self.todo, "case is", "cases are")
            ));
        }
        let ended = [
            self.passed,
            self.failed,
            self.errors,
            self.skipped,
            self.todo,
        ];
        let ended = ended.into_iter().fold(0, u64::saturating_add);
        if ended != self.total && reading.state == ReadingState::Complete {
            let why = format!(
                "The report counts {}, and says of {ended} how they ended.",
                counted(self.total, "case", "cases")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.total == 0 && reading.state == ReadingState::Complete {
            let why = "The report holds no test case: nothing ran.";
            reading.lower(ReadingState::NothingMeasured, why);
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
            "The report's own totals disagree with the cases it holds, which were counted: {}.",
            differ.join(", ")
        ));
    }
}
