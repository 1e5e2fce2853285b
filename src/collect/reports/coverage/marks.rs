//! Numbers, each with a mark, in little memory: which lines of a file there are and which ran.
//!
//! A report of a large project lists tens of millions of lines. They are kept sorted as distances
//! from one to the next, which takes about one byte a line, and new ones are taken in by the heap.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The greatest number that can be kept.
pub(super) const GREATEST: u64 = u64::MAX >> 2;

/// How many new numbers wait at least before they are merged into the others; more do where there
/// are many others, so that each is not packed again too often.
const HEAP: usize = 1 << 16;

/// A set of numbers up to [`GREATEST`], each marked or not. A number that is added twice is there
/// once, and marked if it was marked either time.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Sorted: the distance to the number before, doubled, plus one if marked; seven bits a byte.
    packed: Vec<u8>,
    /// Not merged yet: the number, doubled, plus one if marked.
    fresh: Vec<u64>,
}

impl Marks {
    /// Adds a number; one beyond [`GREATEST`] is kept as that.
    pub(super) fn add(&mut self, number: u64, marked: bool) {
        self.fresh.push(joined(number.min(GREATEST), marked));
        if self.fresh.len() >= HEAP.max(self.packed.len() / 8) {
            self.settle();
        }
    }

    /// Adds all of another set.
    pub(super) fn add_all(&mut self, mut other: Self) {
        other.settle();
        self.settle();
        self.packed = if self.packed.is_empty() {
            other.packed
        } else if other.packed.is_empty() {
            return;
        } else {
            pack(Merge::of(
                Unpack::of(&self.packed),
                Unpack::of(&other.packed),
            ))
        };
        self.packed.shrink_to_fit();
    }

    /// Whether nothing was ever added.
    pub(super) const fn is_empty(&self) -> bool {
        self.packed.is_empty() && self.fresh.is_empty()
    }

    /// How many are marked, and how many there are.
    pub(super) fn counts(&mut self) -> (u64, u64) {
        self.settle();
        Unpack::of(&self.packed).fold((0, 0), |(marked, all), entry| {
            (marked + (entry & 1), all + 1)
        })
    }

    /// Those that are not marked, in order.
    pub(super) fn unmarked(&mut self) -> impl Iterator<Item = u64> {
        self.settle();
        Unpack::of(&self.packed)
            .filter(|entry| entry & 1 == 0)
            .map(|entry| entry >> 1)
    }

    /// Merges what is new into what is packed.
    fn settle(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        self.fresh.sort_unstable();
        let fresh = std::mem::take(&mut self.fresh);
        self.packed = pack(Merge::of(Unpack::of(&self.packed), fresh.into_iter()));
    }
}

/// A name as a number. Two names of one file share one with a chance that 62 bits give.
pub(super) fn key(name: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish() >> 2
}

const fn joined(number: u64, marked: bool) -> u64 {
    number << 1 | marked as u64
}

/// Two sorted sequences of entries as one, each number once.
struct Merge<L: Iterator<Item = u64>, R: Iterator<Item = u64>> {
    left: std::iter::Peekable<L>,
    right: std::iter::Peekable<R>,
}

impl<L: Iterator<Item = u64>, R: Iterator<Item = u64>> Merge<L, R> {
    fn of(left: L, right: R) -> Self {
        Self {
            left: left.peekable(),
            right: right.peekable(),
        }
    }

    /// The smaller of the two next entries, if it satisfies this.
    fn next_if(&mut self, wanted: impl Fn(u64) -> bool) -> Option<u64> {
        let from_left = match (self.left.peek(), self.right.peek()) {
            (Some(left), Some(right)) => left <= right,
            (left, _) => left.is_some(),
        };
        if from_left {
            self.left.next_if(|entry| wanted(*entry))
        } else {
            self.right.next_if(|entry| wanted(*entry))
        }
    }
}

impl<L: Iterator<Item = u64>, R: Iterator<Item = u64>> Iterator for Merge<L, R> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut entry = self.next_if(|_| true)?;
        while let Some(again) = self.next_if(|next| next >> 1 == entry >> 1) {
            entry |= again;
        }
        Some(entry)
    }
}

/// Packs entries that are sorted, each number once.
fn pack(entries: impl Iterator<Item = u64>) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut before = 0;
    for entry in entries {
        let number = entry >> 1;
        let mut rest = joined(number - before, entry & 1 == 1);
        before = number;
        while rest > 0x7f {
            packed.push(low_bits(rest) | 0x80);
            rest >>= 7;
        }
        packed.push(low_bits(rest));
    }
    packed
}

const fn low_bits(value: u64) -> u8 {
    (value & 0x7f) as u8
}

/// The entries of a packed sequence.
struct Unpack<'p> {
    bytes: std::slice::Iter<'p, u8>,
    before: u64,
}

impl<'p> Unpack<'p> {
    fn of(packed: &'p [u8]) -> Self {
        Self {
            bytes: packed.iter(),
            before: 0,
        }
    }
}

impl Iterator for Unpack<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut entry = 0;
        for shift in (0..).step_by(7) {
            let byte = *self.bytes.next()?;
            entry |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        self.before += entry >> 1;
        Some(joined(self.before, entry & 1 == 1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn model(added: &[(u64, bool)]) -> BTreeMap<u64, bool> {
        let mut model = BTreeMap::new();
        for (number, marked) in added {
            *model.entry(*number).or_default() |= marked;
        }
        model
    }

    fn marks(added: &[(u64, bool)]) -> Marks {
        let mut marks = Marks::default();
        for (number, marked) in added {
            marks.add(*number, *marked);
        }
        marks
    }

    #[test]
    fn lines_that_follow_each_other_take_a_byte_each() {
        let mut marks = Marks::default();
        for line in 1..=200_000 {
            marks.add(line, line % 3 == 0);
        }
        assert_eq!(marks.counts(), (66_666, 200_000));
        assert_eq!(marks.packed.len(), 200_000);
        assert_eq!(marks.unmarked().take(3).collect::<Vec<_>>(), [1, 2, 4]);
    }

    proptest! {
        #[test]
        fn a_set_is_what_was_added_in_any_order_and_in_any_parts(
            one in proptest::collection::vec((0..40_u64, any::<bool>()), 0..60),
            more in proptest::collection::vec((0..=GREATEST, any::<bool>()), 0..60),
        ) {
            let all = [one.clone(), more.clone()].concat();
            let model = model(&all);
            let mut set = marks(&one);
            prop_assert_eq!(set.is_empty(), one.is_empty());
            set.add_all(marks(&more));
            for (number, marked) in &one {
                set.add(*number, *marked);
            }
            let marked = model.values().filter(|marked| **marked).count() as u64;
            prop_assert_eq!(set.counts(), (marked, model.len() as u64));
            let unmarked: Vec<u64> = set.unmarked().collect();
            let expected: Vec<u64> = model.iter().filter(|(_, m)| !**m).map(|(n, _)| *n).collect();
            prop_assert_eq!(unmarked, expected);
        }
    }
}
