//! What the formats of coverage share: shares, the items of files, and the state they amount to.

use crate::collect::reports::listing::unlist;
use crate::collect::reports::words::{counted, some_of};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState};
use crate::model::relations::COVERAGE_FILE;
use crate::model::value::Ratio;
use crate::parse::limits;

/// What was covered of what there is, for each thing that was measured at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shares {
    pub(super) lines: Option<Ratio>,
    pub(super) branches: Option<Ratio>,
    pub(super) functions: Option<Ratio>,
    pub(super) statements: Option<Ratio>,
}

impl Shares {
    /// The shares by the names of their measures.
    fn named(self) -> [(&'static str, Option<Ratio>); 4] {
        [
            ("lines", self.lines),
            ("branches", self.branches),
            ("functions", self.functions),
            ("statements", self.statements),
        ]
    }

    /// Adds the counts of a file. Saturates: counts that large are of nothing real.
    pub(super) fn add(&mut self, other: Self) {
        add(&mut self.lines, other.lines);
        add(&mut self.branches, other.branches);
        add(&mut self.functions, other.functions);
        add(&mut self.statements, other.statements);
    }

    /// Whether more is covered than there is.
    pub(super) fn impossible(self) -> bool {
        let mut ratios = self.named().into_iter().filter_map(|(_, ratio)| ratio);
        ratios.any(|ratio| ratio.covered > ratio.total)
    }

    /// Whether there is no line and no statement in it.
    pub(super) fn nothing(self) -> bool {
        let things = [self.lines, self.statements];
        things.into_iter().flatten().all(|ratio| ratio.total == 0)
    }

    /// Without the shares that are of nothing.
    pub(super) fn of_something(self) -> Self {
        let some = |share: Option<Ratio>| share.filter(|ratio| ratio.total > 0);
        Self {
            lines: some(self.lines),
            branches: some(self.branches),
            functions: some(self.functions),
            statements: some(self.statements),
        }
    }

    /// Those of these shares that another has too and says something else of.
    fn differing(self, other: Self) -> Self {
        let differs = |own: Option<Ratio>, other: Option<Ratio>| {
            own.filter(|own| other.is_some_and(|other| other != *own))
        };
        Self {
            lines: differs(self.lines, other.lines),
            branches: differs(self.branches, other.branches),
            functions: differs(self.functions, other.functions),
            statements: differs(self.statements, other.statements),
        }
    }

    /// In words, for a sentence about a disagreement.
    fn words(self) -> String {
        let parts: Vec<String> = self
            .named()
            .into_iter()
            .filter_map(|(name, ratio)| {
                ratio.map(|ratio| format!("{} of {} {name}", ratio.covered, ratio.total))
            })
            .collect();
        crate::model::text::joined(&parts, "and")
    }
}

fn add(sum: &mut Option<Ratio>, more: Option<Ratio>) {
    if let Some(more) = more {
        let sum = sum.get_or_insert(Ratio::new(0, 0));
        sum.covered = sum.covered.saturating_add(more.covered);
        sum.total = sum.total.saturating_add(more.total);
    }
}

/// A ratio of two counts, where both are counts.
pub(super) fn ratio(covered: Option<u64>, total: Option<u64>) -> Option<Ratio> {
    Some(Ratio::new(covered?, total?))
}

/// Records the shares and the number of files.
pub(super) fn measure(reading: &mut Reading, shares: Shares, files: u64) {
    for (name, ratio) in shares.named() {
        if let Some(ratio) = ratio {
            reading.measure(name, ratio);
        }
    }
    reading.measure("files", files);
}

/// Says where the totals of a report are not the sum of its files. `None` are totals that cannot
/// be.
pub(super) fn compare(reading: &mut Reading, declared: Option<Shares>, counted: Shares) {
    match declared.filter(|declared| !declared.impossible()) {
        None => reading.note(format!(
            "The totals say counts that cannot be; the files add up to {}. The files were counted.",
            counted.words()
        )),
        Some(declared) => disagree(declared, counted, reading, |says, counted| {
            format!("The totals say {says}; the files add up to {counted}. The files were counted.")
        }),
    }
}

/// Says where the totals that each file declares are not what the report lists of it.
pub(super) fn compare_declared(reading: &mut Reading, declared: Shares, listed: Shares) {
    disagree(declared, listed, reading, |declared, listed| {
        format!(
            "The totals of the files declare {declared}; the lines listed for them say {listed}. \
             The lines were counted."
        )
    });
}

/// As [`compare`], for a format whose totals are what counts.
pub(super) fn compare_listed(reading: &mut Reading, declared: Shares, listed: Shares) {
    disagree(declared, listed, reading, |declared, listed| {
        format!(
            "The totals say {declared}; what the report lists adds up to {listed}. The totals were \
             taken."
        )
    });
}

/// Notes a sentence where two shares of the same thing differ.
fn disagree(
    one: Shares,
    other: Shares,
    reading: &mut Reading,
    sentence: impl Fn(String, String) -> String,
) {
    let says = one.differing(other);
    if says != Shares::default() {
        reading.note(sentence(says.words(), other.differing(one).words()));
    }
}

/// The state that the shares amount to; the last thing said of a report.
pub(super) fn settle(reading: &mut Reading, shares: Shares, unusable: &[String]) {
    if !unusable.is_empty() {
        let count = u64::try_from(unusable.len()).unwrap_or(u64::MAX);
        let why = format!(
            "The counts of {} cannot be used: {}.",
            counted(count, "file", "files"),
            some_of(unusable.iter().map(String::as_str))
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if shares.impossible() {
        let why = "The report says that more is covered than there is.";
        reading.lower(ReadingState::Incomplete, why);
    }
    if shares.nothing() && reading.state == ReadingState::Complete {
        let what = if shares.lines.is_none() && shares.statements.is_some() {
            "statement"
        } else {
            "line"
        };
        reading.lower(
            ReadingState::NothingMeasured,
            format!("Not one {what} was measured, so no share of {what}s exists."),
        );
    }
}

/// Says that some hits are below zero or no number.
pub(super) fn note_odd(reading: &mut Reading, odd: u64) {
    if odd > 0 {
        reading.note(format!(
            "The hits of {} are no count; such a line counts as not covered.",
            counted(odd, "line", "lines")
        ));
    }
}

/// The item of a file.
pub(super) fn item(source: Source, name: &str, shares: Shares, missing: String) -> Item {
    let mut item = Item::new(&COVERAGE_FILE, source).with("path", name);
    for (name, ratio) in shares.named() {
        item.set(name, ratio);
    }
    item.with("missing", missing)
}

/// The items of a report whose files may be more than are listed.
#[derive(Default)]
pub(super) struct Listed {
    items: Vec<Item>,
    unlisted: u64,
}

impl Listed {
    /// Adds the item of a file.
    pub(super) fn add(&mut self, item: Item) {
        if self.items.len() < limits::FILES {
            self.items.push(item);
        } else {
            self.unlisted += 1;
        }
    }

    /// Hands the items over, and says how many are not among them.
    pub(super) fn finish(self, reading: &mut Reading) {
        reading.items = self.items;
        let each = Item::new(&COVERAGE_FILE, Source::default());
        unlist(reading, [(self.unlisted, each)]);
    }
}

/// How many ranges of lines of one file are shown.
const RANGES: usize = 100;

/// Sorted lines as ranges: `118-121, 130`.
pub(super) fn ranges(lines: impl IntoIterator<Item = u64>) -> String {
    spans(lines.into_iter().map(|line| (line, line)))
}

/// Lines in any order as ranges.
pub(super) fn ranges_of(mut lines: Vec<u64>) -> String {
    lines.sort_unstable();
    ranges(lines)
}

/// First and last lines, sorted by the first, as ranges.
pub(super) fn spans(spans: impl IntoIterator<Item = (u64, u64)>) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    let mut more = 0_u64;
    for (first, last) in spans {
        let full = ranges.len() >= RANGES;
        match ranges.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ if full => more = more.saturating_add(1),
            _ => ranges.push((first, last)),
        }
    }
    let mut shown: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            }
        })
        .collect();
    if more > 0 {
        shown.push(format!("and {more} more after them"));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_lines_are_shown_as_ranges() {
        assert_eq!(
            ranges_of(vec![130, 118, 119, 121, 120, 118]),
            "118-121, 130"
        );
        assert_eq!(ranges([]), "");
        assert_eq!(ranges([0, u64::MAX]), format!("0, {}", u64::MAX));
        assert_eq!(spans([(1, 9), (3, 4), (8, 12), (14, 14)]), "1-12, 14");
        let many = ranges((0..300).map(|line| line * 2));
        assert!(many.starts_with("0, 2, 4,"));
        assert!(many.ends_with("198, and 200 more after them"), "{many}");
    }

    #[test]
    fn only_what_both_state_is_compared() {
        let mut reading = Reading::new(crate::model::reading::ReportKind::Coverage, "x");
        let shares = |lines, branches| Shares {
            lines: Some(lines),
            branches,
            ..Shares::default()
        };
        let counted = shares(Ratio::new(1, 2), None);
        compare(
            &mut reading,
            Some(shares(Ratio::new(1, 2), Some(Ratio::new(1, 1)))),
            counted,
        );
        assert_eq!(reading.notes, [""; 0]);
        compare(&mut reading, Some(shares(Ratio::new(2, 2), None)), counted);
        compare(&mut reading, Some(shares(Ratio::new(3, 2), None)), counted);
        assert_eq!(
            reading.notes,
            [
                "The totals say 2 of 2 lines; the files add up to 1 of 2 lines. The files were counted.",
                "The totals say counts that cannot be; the files add up to 1 of 2 lines. The files were counted.",
            ]
        );
    }
}
