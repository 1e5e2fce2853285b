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

/// The keys that known keys lead to, in the order of the entries.
///
/// # Errors
/// A rotation that the key before it did not sign.
pub fn keys(
    origin: &str,
    known: &[PublicKey],
    entries: &[Result<Read, Fault>],
) -> Result<Vec<PublicKey>, Fault> {
    let mut keys = known.to_vec();
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
        let named: Vec<(String, PublicKey)> =
            keys.iter().map(|key| (origin.to_owned(), *key)).collect();
        match signed.verify(&named) {
            Ok(_) if !keys.contains(&new) => keys.push(new),
            // A key that is not known cannot hand on what it does not have.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::ledger::Entry;

    #[test]
    fn only_a_known_key_hands_on() {
        let [first, second, third] = [1, 2, 3].map(|seed| Key::from_seed(&[seed; 32]));
        let read = |kind| {
            let entry = Entry::new(0, String::new(), String::new(), None, kind);
            Entry::read(&entry.bytes().expect("JSON"))
        };
        let entries = [
            read(entry("o", &first, &second.public())),
            read(entry("o", &second, &third.public())),
        ];
        let found = |known: &Key| keys("o", &[known.public()], &entries).expect("keys");
        assert_eq!(found(&first), [&first, &second, &third].map(Key::public));
        assert_eq!(found(&second), [&second, &third].map(Key::public));
        assert_eq!(found(&third), [third.public()]);
        assert!(keys("p", &[first.public()], &entries).is_err());
    }
}
