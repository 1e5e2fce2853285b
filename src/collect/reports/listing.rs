//! Which rows of a report become items: at most so many, and those that matter first. The others
//! are in every count, and what is known of them is said.

use std::collections::BTreeMap;

use super::words::{counted, length};
use crate::model::fact::{Item, Source, Unlisted};
use crate::model::gap::{Cause, Gap};
use crate::model::reading::Reading;
use crate::model::relations::COVERAGE_FILE;
use crate::model::text::grouped;
use crate::model::value::Value;
use crate::parse::limits;

/// How much a row matters. The later of two is kept before the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// What is as it should be: a test that passed.
    Clean,
    /// What is not as it should be, and its tool calls no error.
    Minor,
    /// What was left out on purpose, which may need a reason each time: a test that was skipped, a
    /// finding that was suppressed.
    SetAside,
    /// What is not as it should be.
    Fault,
}

/// Rows in the order in which they came, as far as they are kept.
#[derive(Debug)]
pub(super) struct Listing<T> {
    most: usize,
    length: usize,
    next: u64,
    by_weight: BTreeMap<Weight, Vec<(u64, T)>>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self::of(limits::ITEMS)
    }
}

impl<T> Listing<T> {
    /// At most so many rows.
    pub(super) const fn of(most: usize) -> Self {
        Self {
            most,
            length: 0,
            next: 0,
            by_weight: BTreeMap::new(),
        }
    }

    /// Adds a row. Where there are too many, the last of those that matter least is dropped.
    pub(super) fn push(&mut self, weight: Weight, row: T) {
        self.next += 1;
        if self.length >= self.most {
            let lighter = self
                .by_weight
                .range_mut(..weight)
                .find(|(_, rows)| !rows.is_empty());
            let Some((_, rows)) = lighter else { return };
            rows.pop();
        } else {
            self.length += 1;
        }
        let rows = self.by_weight.entry(weight).or_default();
        rows.push((self.next, row));
    }

    /// The rows that are kept, in the order in which they came.
    pub(super) fn into_rows(self) -> Vec<T> {
        let mut rows: Vec<(u64, T)> = self.by_weight.into_values().flatten().collect();
        rows.sort_unstable_by_key(|(order, _)| *order);
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

/// How many kinds of unlisted rows are told apart. A report has few words for how a row ended.
const KINDS: usize = 100;

/// Records how many rows of each kind are not listed, and says so in a note.
pub(super) fn unlist(reading: &mut Reading, kinds: impl IntoIterator<Item = (u64, Item)>) {
    let mut kinds: Vec<(u64, Item)> = kinds.into_iter().filter(|(count, _)| *count > 0).collect();
    let count = |kinds: &[(u64, Item)]| {
        kinds
            .iter()
            .map(|(count, _)| *count)
            .fold(0, u64::saturating_add)
    };
    let Some((_, first)) = kinds.first() else {
        return;
    };
    let relation = first.relation();
    let (listed, unlisted) = (length(&reading.items), count(&kinds));
    let (one, many) = relation.noun;
    let note = format!(
        "{} listed, those that matter first; {} more are in every count and not listed.",
        counted(listed, &format!("{one} is"), &format!("{many} are")),
        grouped(unlisted),
    );
    // The last note of a reading is the reason of its state.
    reading.notes.insert(0, note);
    // Of those beyond, nothing is said but what they are.
    let beyond = kinds.split_off(kinds.len().min(KINDS));
    if !beyond.is_empty() {
        kinds.push((count(&beyond), Item::new(relation, Source::default())));
    }
    reading.unlisted.extend(kinds);
}

/// Holds the items of a reading to what is kept of one report. A format that [streams] has done so
/// itself.
///
/// [streams]: super::Format::streams
pub(super) fn bound(reading: &mut Reading) {
    let Some(relation) = reading.items.first().map(Item::relation) else {
        return;
    };
    let most = if *relation == COVERAGE_FILE {
        limits::FILES
    } else {
        limits::ITEMS
    };
    bound_to(most, reading);
}

fn bound_to(most: usize, reading: &mut Reading) {
    if reading.items.len() <= most {
        return;
    }
    let mut listing = Listing::of(most);
    let mut kinds: BTreeMap<(&str, String), (u64, Item)> = BTreeMap::new();
    for item in std::mem::take(&mut reading.items) {
        let kind = kinds
            .entry(kind_of(&item))
            .or_insert_with(|| (0, like(&item)));
        kind.0 += 1;
        listing.push(weight_of(&item), item);
    }
    reading.items = listing.into_rows();
    for item in &reading.items {
        if let Some((count, _)) = kinds.get_mut(&kind_of(item)) {
            *count -= 1;
        }
    }
    unlist(reading, kinds.into_values());
}

/// What is told apart of items that are not listed: how they ended.
const STATUS: &str = "status";

fn kind_of(item: &Item) -> (&'static str, String) {
    (item.relation().name, item.get(STATUS).to_string())
}

/// An item of which nothing is known but how it ended.
fn like(item: &Item) -> Item {
    let each = Item::new(item.relation(), Source::default());
    match item.relation().position(STATUS) {
        Some(_) => each.with(STATUS, item.get(STATUS).clone()),
        None => each,
    }
}

fn weight_of(item: &Item) -> Weight {
    match item.get(STATUS).as_text() {
        None | Some("passed" | "killed" | "timeout") => Weight::Clean,
        Some("skipped" | "suppressed" | "absent" | "ignored") => Weight::SetAside,
        Some(_) => Weight::Fault,
    }
}

/// What a test has to say of rows of a report that are not listed, if it is about them.
pub(super) fn unlisted(count: u64, each: Item, path: &str) -> Unlisted {
    let relation = each.relation();
    let known: Vec<String> = each
        .fields()
        .filter(|(name, value)| *name != "report" && **value != Value::Absent)
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let known = match known.as_slice() {
        [] => String::new(),
        known => format!(" ({})", known.join(", ")),
    };
    let (one, many) = relation.noun;
    let says = format!(
        "{}{known} are counted and not listed: more than are kept of one report",
        counted(count, one, many)
    );
    let remedy = "Have the tool write several smaller reports.";
    Unlisted {
        count,
        gap: Gap::at(Cause::TooLarge, &Source::file(path), says, remedy),
        each,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReportKind;
    use crate::model::relations::TESTS_CASE;

    #[test]
    fn what_matters_is_kept_and_order_stays() {
        let mut listing = Listing::of(4);
        for (row, weight) in [
            Weight::Clean,
            Weight::SetAside,
            Weight::Clean,
            Weight::Clean,
            Weight::Clean,
            Weight::Fault,
            Weight::SetAside,
            Weight::Fault,
            Weight::Clean,
        ]
        .into_iter()
        .enumerate()
        {
            listing.push(weight, row);
        }
        assert_eq!(listing.into_rows(), [1, 5, 6, 7]);
        let mut faults = Listing::of(2);
        (0..5).for_each(|row| faults.push(Weight::Fault, row));
        assert_eq!(faults.into_rows(), [0, 1]);
        let mut none = Listing::of(0);
        none.push(Weight::Fault, ());
        assert!(none.into_rows().is_empty());
    }

    fn case(status: &str) -> Item {
        Item::new(&TESTS_CASE, Source::default()).with("status", status)
    }

    #[test]
    fn what_is_not_listed_is_counted_by_how_it_ended() {
        let mut reading = Reading::new(ReportKind::Tests, "x");
        let statuses = ["passed", "error", "passed", "skipped", "failed", "passed"];
        reading.items = statuses.map(case).to_vec();
        bound_to(6, &mut reading);
        assert_eq!((reading.items.len(), reading.notes.len()), (6, 0));
        bound_to(3, &mut reading);
        let kept: Vec<String> = reading
            .items
            .iter()
            .map(|item| item.get("status").to_string())
            .collect();
        assert_eq!(kept, ["error", "skipped", "failed"]);
        assert_eq!(reading.unlisted, [(3, case("passed"))]);
        assert!(reading.notes[0].starts_with("3 test cases are listed"));
        let unlisted = unlisted(3, case("passed"), "a.xml");
        assert_eq!(
            unlisted.gap.line(),
            "a.xml: 3 test cases (status passed) are counted and not listed: more than are kept of \
             one report"
        );
    }

    #[test]
    fn kinds_without_end_are_one() {
        let mut reading = Reading::new(ReportKind::Tests, "x");
        reading.items = (0..300).map(|at| case(&at.to_string())).collect();
        bound_to(10, &mut reading);
        assert_eq!(reading.unlisted.len(), KINDS + 1);
        assert_eq!(
            reading.unlisted.iter().map(|(count, _)| count).sum::<u64>(),
            290
        );
        let (count, each) = &reading.unlisted[KINDS];
        assert_eq!((*count, each.get("status")), (190, &Value::Absent));
    }
}
