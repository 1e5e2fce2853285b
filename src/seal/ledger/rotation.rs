//! Another key for the same ledger: the old one signs a note that names the new one.

use super::entry::{Kind, Read};
use super::note::{self, Note};
use super::{Checkpoint, History};
use crate::model::text::excerpt;
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

/// A key that may sign heads, with the first and the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The key.
    pub key: PublicKey,
    /// How many entries the first head covers that it may sign: the one over the entry that names
    /// it, which both sign.
    pub from: u64,
    /// The entry by which it handed the ledger on: the head over it is the last it may sign.
    pub until: Option<u64>,
}

impl Term {
    /// A key that is known from outside.
    pub const fn known(key: PublicKey) -> Self {
        Self {
            key,
            from: 0,
            until: None,
        }
    }

    /// Whether the key may sign a head over so many entries.
    pub fn covers(&self, size: u64) -> bool {
        self.from <= size && self.until.is_none_or(|entry| size <= entry + 1)
    }
}

/// An entry that hands the ledger on.
struct Rotation {
    index: u64,
    new: PublicKey,
    note: Note,
}

impl Rotation {
    fn is_by(&self, origin: &str, key: &PublicKey) -> bool {
        self.note.verify(&[(origin.to_owned(), *key)]).is_ok()
    }
}

/// The keys that known keys lead to, in the order of the entries. A key that handed the ledger on
/// cannot do so again. Where no key is known, none is found; the notes have to lead from each key to
/// the next all the same.
///
/// # Errors
/// A rotation whose note names another key, or that no key signed that had the ledger.
pub fn terms(
    origin: &str,
    known: &[PublicKey],
    entries: &[Result<Read, Fault>],
) -> Result<Vec<Term>, Fault> {
    let rotations = rotations(origin, entries)?;
    let earlier = earlier(origin, known, &rotations);
    let mut terms: Vec<Term> = known.iter().copied().map(Term::known).collect();
    for (rotation, is_earlier) in rotations.iter().zip(earlier) {
        let mut handed_on = false;
        for term in terms.iter_mut().filter(|term| term.until.is_none()) {
            if rotation.is_by(origin, &term.key) {
                term.until = Some(rotation.index);
                handed_on = true;
            }
        }
        let from = rotation.index + 1;
        let mut open = terms.iter_mut().filter(|term| term.until.is_none());
        match open.find(|term| term.key == rotation.new) {
            Some(term) if !handed_on && is_earlier => term.from = from,
            None if handed_on => terms.push(Term {
                key: rotation.new,
                from,
                until: None,
            }),
            _ if handed_on || is_earlier => {}
            _ => {
                let says = "hands the ledger on, and no key signed that which had it";
                return Err(Fault::new(format!("entry {} {says}", rotation.index)));
            }
        }
    }
    Ok(terms)
}

/// Whether a ledger was handed on by whoever had it, and its newest head is signed by whoever has it
/// now. Where no key is known from outside, each has to hand it to the next, and the head to be signed
/// by the last; who was the first is not known then.
///
/// # Errors
/// A rotation that does not hold, another ledger than was named, or a head by another key.
pub fn judged(history: &History, log: Option<&(String, PublicKey)>) -> Result<(), Fault> {
    let Some(head) = &history.head else {
        return Ok(());
    };
    if let Some((origin, _)) = log.filter(|(origin, _)| *origin != head.origin) {
        return Err(Fault::new(format!(
            "expected the ledger {}, found {}",
            excerpt(origin),
            excerpt(&head.origin)
        )));
    }
    let known: Vec<PublicKey> = log.iter().map(|(_, key)| *key).collect();
    let terms = terms(&head.origin, &known, &history.entries)?;
    let last = newest(&history.entries).filter(|(index, _)| *index < head.size);
    let keys: Vec<PublicKey> = match (log, last) {
        (Some(_), _) if terms.iter().all(|term| head.size < term.from) => return Ok(()),
        (Some(_), _) => {
            let terms = terms.iter().filter(|term| term.covers(head.size));
            terms.map(|term| term.key).collect()
        }
        (None, Some((_, key))) => vec![key],
        (None, None) => return Ok(()),
    };
    let signed = Checkpoint::verified(&history.signed, &keys);
    signed.map(|_| ()).map_err(|fault| {
        let says = "the newest head is not signed by the key that has the ledger";
        Fault::new(format!("{says}: {fault}"))
    })
}

/// The rotations, each with a note that names the same key.
fn rotations(origin: &str, entries: &[Result<Read, Fault>]) -> Result<Vec<Rotation>, Fault> {
    let mut rotations = Vec::new();
    for read in entries.iter().flatten() {
        let Read::Known(entry) = read else { continue };
        let Kind::KeyRotation { vkey, note } = &entry.kind else {
            continue;
        };
        let (name, new) = PublicKey::from_vkey(vkey)?;
        let note = Note::parse(note.as_bytes())?;
        if name != origin || note.text != text(origin, vkey) {
            return Err(Fault::new(format!(
                "entry {} names a new key that its note does not",
                entry.index
            )));
        }
        rotations.push(Rotation {
            index: entry.index,
            new,
            note,
        });
    }
    Ok(rotations)
}

/// Which rotations lead to a key that is known, or else to the last that is named: whoever knows a
/// newer key alone cannot verify the note of the first of them, and need not.
fn earlier(origin: &str, known: &[PublicKey], rotations: &[Rotation]) -> Vec<bool> {
    let mut leading = known.to_vec();
    if known.is_empty() {
        leading.extend(rotations.last().map(|rotation| rotation.new));
    }
    let mut found = Vec::new();
    for (at, rotation) in rotations.iter().enumerate().rev() {
        let leads = leading.contains(&rotation.new);
        if leads {
            let before = rotations.iter().take(at).map(|it| it.new);
            leading.extend(before.filter(|key| rotation.is_by(origin, key)));
        }
        found.push(leads);
    }
    found.reverse();
    found
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
        let term = |key: &Key, from, until| Term {
            key: key.public(),
            from,
            until,
        };
        let [of_first, of_second, of_third] = [
            term(&first, 0, Some(4)),
            term(&second, 5, Some(7)),
            term(&third, 8, None),
        ];
        assert_eq!(found(&first), [of_first, of_second, of_third]);
        assert_eq!(found(&second), [of_second, of_third]);
        assert_eq!(found(&third), [of_third]);
        assert_eq!(terms("o", &[], &entries), Ok(Vec::new()));
        assert!(terms("p", &[first.public()], &entries).is_err());
        // The head over the rotation is signed by both.
        assert!(of_first.covers(5) && !of_first.covers(6));
        assert!(!of_second.covers(4) && of_second.covers(5));
    }

    #[test]
    fn a_rotation_that_no_key_of_the_ledger_signed_is_named() {
        let [first, second, thief, other] = [1, 2, 3, 4].map(|seed| Key::from_seed(&[seed; 32]));
        let read = |index, kind| {
            let entry = Entry::new(index, String::new(), String::new(), None, kind);
            Entry::read(&entry.bytes().expect("JSON"))
        };
        let refused = |known: &[&Key], entries: &[Result<Read, Fault>]| {
            let known: Vec<PublicKey> = known.iter().map(|key| key.public()).collect();
            let found = terms("o", &known, entries);
            found.is_err_and(|it| it.0.contains("no key signed that which had it"))
        };
        let stolen = [read(4, entry("o", &thief, &other.public()))];
        assert!(refused(&[&first], &stolen));
        // What leads to a key that is known was before it.
        assert!(!refused(&[&other], &stolen) && !refused(&[], &stolen));
        // A key that handed on cannot do so again.
        let twice = [
            read(1, entry("o", &first, &second.public())),
            read(2, entry("o", &first, &thief.public())),
        ];
        assert!(refused(&[&first], &twice) && refused(&[&second], &twice));
        assert_eq!(newest(&twice), Some((2, thief.public())));
        // Without a known key, each has to be signed by the one before it.
        let broken = [
            read(1, entry("o", &first, &second.public())),
            read(2, entry("o", &thief, &other.public())),
        ];
        assert!(refused(&[], &broken));
    }
}
