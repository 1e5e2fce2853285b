//! The files of a report, each once however often it stands there, and the lines of a file.

use std::collections::{BTreeMap, HashMap};

use super::marks::Marks;
use super::measured::{Shares, ranges};
use crate::model::value::Ratio;

/// The files of a report in the order in which they first stand there.
#[derive(Debug)]
pub(super) struct Files<T> {
    list: Vec<Entry<T>>,
    by_name: HashMap<String, usize>,
}

/// A file of a report.
#[derive(Debug)]
pub(super) struct Entry<T> {
    /// As the report names it.
    pub(super) name: String,
    /// The line of the report on which it first stands.
    pub(super) at: u32,
    /// What was gathered of it.
    pub(super) gathered: T,
}

impl<T> Default for Files<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            by_name: HashMap::new(),
        }
    }
}

impl<T: Default> Files<T> {
    /// The place of a file, which is new if its name is.
    pub(super) fn place(&mut self, name: &str, at: u32) -> usize {
        if let Some(place) = self.by_name.get(name) {
            return *place;
        }
        let place = self.list.len();
        self.by_name.insert(name.to_owned(), place);
        self.list.push(Entry {
            name: name.to_owned(),
            at,
            gathered: T::default(),
        });
        place
    }

    /// What was gathered of the file at a place.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut T> {
        self.list.get_mut(place).map(|entry| &mut entry.gathered)
    }

    /// What was gathered of a file, which is new if its name is.
    pub(super) fn named(&mut self, name: &str, at: u32) -> Option<&mut T> {
        let place = self.place(name, at);
        self.at(place)
    }

    /// The files, in order.
    pub(super) fn into_list(self) -> Vec<Entry<T>> {
        self.list
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.list.len() as u64
    }
}

/// The lines of a file and the branches on them, each line once.
#[derive(Debug, Default)]
pub(super) struct Lines {
    marks: Marks,
    /// Branches taken and branches there are, for lines that have some.
    branches: BTreeMap<u64, (u64, u64)>,
}

impl Lines {
    /// Adds a line. It ran if any of its repetitions did.
    pub(super) fn add(&mut self, line: u64, ran: bool) {
        self.marks.add(line, ran);
    }

    /// Adds the branches of a line; where it repeats them, the most of each count.
    pub(super) fn branches(&mut self, line: u64, (taken, all): (u64, u64)) {
        let branches = self.branches.entry(line).or_default();
        branches.0 = branches.0.max(taken);
        branches.1 = branches.1.max(all);
    }

    /// Adds all of other lines.
    pub(super) fn add_all(&mut self, other: Self) {
        self.marks.add_all(other.marks);
        for (line, counts) in other.branches {
            self.branches(line, counts);
        }
    }

    /// Whether there is no line.
    pub(super) const fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The shares of lines and, where there are any, of branches.
    pub(super) fn shares(&mut self) -> Shares {
        let (ran, all) = self.marks.counts();
        let mut branches = Ratio::new(0, 0);
        for (taken, all) in self.branches.values() {
            branches.covered = branches.covered.saturating_add(*taken);
            branches.total = branches.total.saturating_add(*all);
        }
        Shares {
            lines: Some(Ratio::new(ran, all)),
            branches: Some(branches).filter(|branches| branches.total > 0),
            ..Shares::default()
        }
    }

    /// The lines that did not run, as ranges.
    pub(super) fn missing(&mut self) -> String {
        ranges(self.marks.unmarked())
    }
}
