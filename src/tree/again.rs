//! Files that do not lie at their places any more: what is known of each, and where its bytes are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::file::{self, Unreadable};
use super::walk::Entry;
use crate::model::exhibit::Redaction;
use crate::parse::limits::Caps;

/// Where the bytes of a file are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whence {
    /// Where the entry says, under another name.
    There,
    /// In memory.
    Held(Arc<[u8]>),
    /// Nowhere: they could not be read in the first place, and this is why.
    Unread(Unreadable),
    /// Not here.
    Away,
}

/// What is known of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Where its bytes are.
    pub whence: Whence,
    /// Whether it was as the commit has it, where its bytes cannot tell: there are none, or something
    /// was taken out of them.
    pub changed: Option<bool>,
    /// What was taken out of its bytes before they were sealed.
    pub redaction: Option<Redaction>,
}

/// What is known of files that are looked at again.
#[derive(Debug, Default)]
pub struct Again {
    known: BTreeMap<String, Known>,
    missed: Mutex<BTreeSet<String>>,
}

impl Again {
    /// What is known of each file, by path.
    pub fn new(known: BTreeMap<String, Known>) -> Self {
        Self {
            known,
            missed: Mutex::default(),
        }
    }

    /// What is known of a file.
    pub fn known(&self, path: &str) -> Option<&Known> {
        self.known.get(path)
    }

    /// What was taken out of the bytes of a file before they were sealed.
    pub fn redaction(&self, path: &str) -> Option<&Redaction> {
        self.known.get(path)?.redaction.as_ref()
    }

    /// Records that the bytes of a file were asked for and are not here.
    pub fn miss(&self, path: &str) {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        missed.insert(path.to_owned());
    }

    /// The files whose bytes were asked for and are not here.
    pub fn missed(&self) -> BTreeSet<String> {
        let missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        missed.clone()
    }

    /// Reads a file whole.
    pub(super) fn read(&self, entry: &Entry, caps: Caps) -> Result<Vec<u8>, Unreadable> {
        match self.known.get(&entry.path).map(|known| &known.whence) {
            Some(Whence::There) => file::read_up_to(&entry.full, &entry.path, caps.whole),
            Some(Whence::Held(bytes)) if bytes.len() as u64 > caps.whole => {
                let found = bytes.len() as u64;
                Err(Unreadable::larger(&entry.path, caps.whole, found))
            }
            Some(Whence::Held(bytes)) => Ok(bytes.to_vec()),
            Some(Whence::Unread(why)) => Err(why.clone()),
            Some(Whence::Away) | None => {
                self.miss(&entry.path);
                Err(Unreadable {
                    path: entry.path.clone(),
                    says: "its bytes are not here".to_owned(),
                    too_large: false,
                })
            }
        }
    }
}
