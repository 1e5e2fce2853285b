//! The files of a report, each once however often it stands there, and the lines of a file.

use std::collections::HashMap;

use super::branches::Branches;
use super::marks::{Marks, key};
use super::measured::{Shares, ranges};
use crate::model::text::grouped;
use crate::model::value::Ratio;
use crate::parse::error::ParseError;

/// The most files of one report. The largest projects there are have half of it.
const MOST: usize = 1_000_000;

/// The files of a report in the order in which they first stand there.
#[derive(Debug)]
pub(super) struct Files<T> {
    list: Vec<Entry<T>>,
    /// By a number that stands for the name, so that no name is kept twice.
    by_key: HashMap<u64, usize>,
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
            by_key: HashMap::new(),
        }
    }
}

impl<T: Default> Files<T> {
    /// The place of a file, which is new if its name is.
    pub(super) fn place(&mut self, name: &str, at: u32) -> usize {
        // Two names may share a number; the second then has that of itself and a count.
        for more in 0_u64.. {
            let Some(place) = self.by_key.get(&key(&(name, more))) else {
                self.by_key.insert(key(&(name, more)), self.list.len());
                break;
            };
            if self
                .list
                .get(*place)
                .is_some_and(|entry| entry.name == name)
            {
                return *place;
            }
        }
        let place = self.list.len();
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

    /// Whether there are more than are kept, so that there is no use in reading on.
    pub(super) fn are_too_many(&self) -> bool {
        self.list.len() > MOST
    }

    /// Holds them to what is kept.
    ///
    /// # Errors
    /// More files.
    pub(super) fn hold(&self) -> Result<(), ParseError> {
        if !self.are_too_many() {
            return Ok(());
        }
        let most = grouped(MOST as u64);
        let says = format!("expected at most {most} files, found more");
        Err(ParseError::whole(says))
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
    branches: Branches,
}

impl Lines {
    /// Adds a line. It ran if any of its repetitions did.
    pub(super) fn add(&mut self, line: u64, ran: bool) {
        self.marks.add(line, ran);
    }

    /// Adds the branches of a line; where it repeats them, the most of each count.
    pub(super) fn branches(&mut self, line: u64, taken_of_all: (u64, u64)) {
        self.branches.add(line, taken_of_all);
    }

    /// Adds all of other lines.
    pub(super) fn add_all(&mut self, other: Self) {
        self.marks.add_all(other.marks);
        self.branches.add_all(other.branches);
    }

    /// Whether there is no line.
    pub(super) const fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The shares of lines and, where there are any, of branches.
    pub(super) fn shares(&mut self) -> Shares {
        let (ran, all) = self.marks.counts();
        Shares {
            lines: Some(Ratio::new(ran, all)),
            branches: self.branches.share(),
            ..Shares::default()
        }
    }

    /// The lines that did not run, as ranges.
    pub(super) fn missing(&mut self) -> String {
        ranges(self.marks.unmarked())
    }
}
