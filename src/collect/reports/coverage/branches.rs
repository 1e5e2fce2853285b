//! The branches on the lines of a file: how many there are and how many were taken, in little
//! memory.

use crate::model::value::Ratio;

/// How many new lines wait at least before they are put in order.
const HEAP: usize = 1 << 10;

/// The branches of lines, each line once.
#[derive(Debug, Default)]
pub(super) struct Branches {
    /// Line, branches taken, branches there are. In order and each once up to `settled`.
    list: Vec<(u64, u32, u32)>,
    settled: usize,
}

impl Branches {
    /// Adds the branches of a line; where it repeats them, the most of each count. Counts are held
    /// to 32 bits: no line has so many branches.
    pub(super) fn add(&mut self, line: u64, (taken, all): (u64, u64)) {
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        self.push((line, count(taken), count(all)));
    }

    /// Adds all of another set.
    pub(super) fn add_all(&mut self, mut other: Self) {
        other.settle();
        if self.list.is_empty() {
            *self = other;
        } else {
            other.list.into_iter().for_each(|entry| self.push(entry));
        }
        self.settle();
        self.list.shrink_to_fit();
    }

    /// All branches together, where there are any.
    pub(super) fn share(&mut self) -> Option<Ratio> {
        self.settle();
        let mut sum = Ratio::new(0, 0);
        for (_, taken, all) in &self.list {
            sum.covered = sum.covered.saturating_add(u64::from(*taken));
            sum.total = sum.total.saturating_add(u64::from(*all));
        }
        Some(sum).filter(|sum| sum.total > 0)
    }

    fn push(&mut self, entry: (u64, u32, u32)) {
        self.list.push(entry);
        if self.list.len() >= HEAP.max(self.settled.saturating_mul(2)) {
            self.settle();
        }
    }

    fn settle(&mut self) {
        if self.settled == self.list.len() {
            return;
        }
        self.list.sort_unstable();
        self.list.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                *kept = (kept.0, kept.1.max(next.1), kept.2.max(next.2));
            }
            same
        });
        self.settled = self.list.len();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_and_no_branches_have_no_share() {
        assert_eq!(Branches::default().share(), None);
        let mut none = Branches::default();
        none.add(1, (0, 0));
        assert_eq!(none.share(), None);
        none.add(u64::MAX, (u64::MAX, u64::MAX));
        let most = u64::from(u32::MAX);
        assert_eq!(none.share(), Some(Ratio::new(most, most)));
    }

    proptest! {
        #[test]
        fn a_line_counts_once_with_the_most_of_each_count(
            added in proptest::collection::vec((0..3_000_u64, 0..9_u64, 0..9_u64), 0..4_000),
            cut in any::<proptest::sample::Index>(),
        ) {
            let mut model: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
            let (mut one, mut other) = (Branches::default(), Branches::default());
            let cut = cut.index(added.len() + 1);
            for (at, (line, taken, all)) in added.iter().enumerate() {
                let known = model.entry(*line).or_default();
                *known = (known.0.max(*taken), known.1.max(*all));
                let half = if at < cut { &mut one } else { &mut other };
                half.add(*line, (*taken, *all));
            }
            one.add_all(other);
            let sum = model.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
            let expected = Some(Ratio::new(sum.0, sum.1)).filter(|sum| sum.total > 0);
            prop_assert_eq!(one.share(), expected);
        }
    }
}
