//! What the formats of coverage share: sums over files, the items, and the state they amount to.

use crate::collect::reports::words::{counted, some_of};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState};
use crate::model::relations::COVERAGE_FILE;
use crate::model::value::Ratio;

/// Covered and coverable lines, and branches where they were measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum {
    pub(super) lines: (u64, u64),
    pub(super) branches: (u64, u64),
}

impl Sum {
    /// Adds the counts of a file. Saturates: counts that large are of nothing real.
    pub(super) const fn add(&mut self, other: Self) {
        self.lines.0 = self.lines.0.saturating_add(other.lines.0);
        self.lines.1 = self.lines.1.saturating_add(other.lines.1);
        self.branches.0 = self.branches.0.saturating_add(other.branches.0);
        self.branches.1 = self.branches.1.saturating_add(other.branches.1);
    }

    /// Whether more is covered than there is.
    pub(super) const fn impossible(self) -> bool {
        self.lines.0 > self.lines.1 || self.branches.0 > self.branches.1
    }

    /// In words, for a sentence about a disagreement.
    pub(super) fn words(self, branches: bool) -> String {
        let lines = format!("{} of {} lines", self.lines.0, self.lines.1);
        if branches {
            let branches = format!("{} of {} branches", self.branches.0, self.branches.1);
            format!("{lines} and {branches}")
        } else {
            lines
        }
    }
}

/// Records the sums.
pub(super) fn measure(reading: &mut Reading, sum: Sum, branches: bool, files: u64) {
    reading.measure("lines", Ratio::new(sum.lines.0, sum.lines.1));
    if branches {
        reading.measure("branches", Ratio::new(sum.branches.0, sum.branches.1));
    }
    reading.measure("files", files);
}

/// The state that the sums amount to; the last thing said of a report.
pub(super) fn settle(reading: &mut Reading, sum: Sum, unusable: &[String]) {
    if !unusable.is_empty() {
        let count = u64::try_from(unusable.len()).unwrap_or(u64::MAX);
        let why = format!(
            "The counts of {} cannot be used: {}.",
            counted(count, "file", "files"),
            some_of(unusable.iter().map(String::as_str))
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if sum.lines.1 == 0 && reading.state == ReadingState::Complete {
        reading.lower(
            ReadingState::NothingMeasured,
            "Not one line was measured, so no share of lines exists.",
        );
    }
}

/// The item of a file.
pub(super) fn item(source: Source, name: &str, sum: Sum, branches: bool, missing: &[u64]) -> Item {
    let mut item = Item::new(&COVERAGE_FILE, source)
        .with("path", name)
        .with("lines", Ratio::new(sum.lines.0, sum.lines.1))
        .with("missing", ranges(missing));
    if branches {
        item.set("branches", Ratio::new(sum.branches.0, sum.branches.1));
    }
    item
}

/// Lines as ranges: `118-121, 130`.
fn ranges(lines: &[u64]) -> String {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    lines.dedup();
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for line in lines {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(line) => *last = line,
            _ => ranges.push((line, line)),
        }
    }
    let shown: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            }
        })
        .collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_lines_are_shown_as_ranges() {
        assert_eq!(ranges(&[130, 118, 119, 121, 120, 118]), "118-121, 130");
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[u64::MAX, 0]), format!("0, {}", u64::MAX));
    }
}
