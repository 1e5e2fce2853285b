//! Another key for the same ledger: the old one signs a note that names the new one.

use super::entry::{Kind, Read};
use super::note::{self, Note};
use crate::seal::Fault;
use crate::seal::sign::{Key, PublicKey};

/// The text of the note. Its first line is no origin of a ledger, so that no head can be taken for
/// it, nor it for a head.
fn text(origin: &str, vkey: &str) -> String {
    format!("{origin}/key-rotation\n{vkey}\n")
}

/// The entry that hands a ledger from one key to another.
pub fn entry(origin: &str, old: &Key, new: &PublicKey) -> Kind {
    let vkey = new.vkey(origin);
    let note = note::sign(&[old], origin, &text(origin, &vkey));
    Kind::KeyRotation { vkey, note }
}

/// The key that the last rotation names, and the number of its entry.
pub fn newest(entries: &[Result<Read, Fault>]) -> Option<(u64, PublicKey)> {
    let mut last_first = entries.iter().rev().flatten();
    last_first.find_map(|read| match read {
        Read::Known(entry) => match &entry.kind {
            Kind::KeyRotation { vkey, .. } => {
                Some((entry.index, PublicKey::from_vkey(vkey).ok()?.1))
            }
            _ => None,
        },
        Read::Unknown { .. } => None,
    })
}

/// A key that may sign heads, and the entry by which it handed the ledger on: the head over that
/// entry is the last it may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The key.
    pub key: PublicKey,
    /// The entry.
    pub until: Option<u64>,
}

impl Term {
    /// Whether the key may sign a head over so many entries.
    pub fn covers(&self, size: u64) -> bool {
        self.until.is_none_or(|entry| size <= entry + 1)
    }
}

/// The keys that known keys lead to, in the order of the entries. A key that handed the ledger on
/// cannot do so again.
///
/// # Errors
/// A rotation whose note names another key.
pub fn terms(
    origin: &str,
    known: &[PublicKey],
    entries: &[Result<Read, Fault>],
) -> Result<Vec<Term>, Fault> {
    let begin = |key: PublicKey| Term { key, until: None };
    let mut terms: Vec<Term> = known.iter().copied().map(begin).collect();
    for read in entries.iter().flatten() {
        let Read::Known(entry) = read else { continue };
        let Kind::KeyRotation { vkey, note } = &entry.kind else {
            continue;
        };
        let (name, new) = PublicKey::from_vkey(vkey)?;
        let signed = Note::parse(note.as_bytes())?;
        if name != origin || signed.text != text(origin, vkey) {
            return Err(Fault::new(format!(
                "entry {} names a new key that its note does not",
                entry.index
            )));
        }
        // A key that is not known cannot hand on what it does not have.
        let mut handed_on = false;
        for term in terms.iter_mut().filter(|term| term.until.is_none()) {
            if signed.verify(&[(origin.to_owned(), term.key)]).is_ok() {
                term.until = Some(entry.index);
                handed_on = true;
            }
        }
        let is_new = |term: &Term| term.key == new && term.until.is_none();
        if handed_on && !terms.iter().any(is_new) {
            terms.push(begin(new));
        }
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::ledger::Entry;

    #[test]
    fn only_a_known_key_hands_on() {
        let [first, second, third] = [1, 2, 3].map(|seed| Key::from_seed(&[seed; 32]));
        let read = |index, kind| {
            let entry = Entry::new(index, String::new(), String::new(), None, kind);
            Entry::read(&entry.bytes().expect("JSON"))
        };
        let entries = [
            read(4, entry("o", &first, &second.public())),
            read(7, entry("o", &second, &third.public())),
        ];
        let found = |known: &Key| terms("o", &[known.public()], &entries).expect("keys");
        let term = |key: &Key, until| Term {
            key: key.public(),
            until,
        };
        let [of_first, of_second, of_third] = [
            term(&first, Some(4)),
            term(&second, Some(7)),
            term(&third, None),
        ];
        assert_eq!(found(&first), [of_first, of_second, of_third]);
        assert_eq!(found(&second), [of_second, of_third]);
        assert_eq!(found(&third), [of_third]);
        assert!(terms("p", &[first.public()], &entries).is_err());
        // The head over the rotation is signed by both.
        assert!(of_first.covers(5) && !of_first.covers(6) && of_third.covers(6));
    }

    #[test]
    fn a_key_that_handed_on_cannot_do_so_again() {
        let [first, second, thief] = [1, 2, 3].map(|seed| Key::from_seed(&[seed; 32]));
        let read = |index, kind| {
            let entry = Entry::new(index, String::new(), String::new(), None, kind);
            Entry::read(&entry.bytes().expect("JSON"))
        };
        let entries = [
            read(1, entry("o", &first, &second.public())),
            read(2, entry("o", &first, &thief.public())),
        ];
        let found = terms("o", &[first.public()], &entries).expect("keys");
        assert!(found.iter().all(|term| term.key != thief.public()));
        assert_eq!(newest(&entries), Some((2, thief.public())));
    }
}
