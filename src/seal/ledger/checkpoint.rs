//! The head of a ledger (c2sp.org/tlog-checkpoint): whose it is, how many entries, and their root.

use super::note::{self, Note};
use crate::model::base64;
use crate::model::exhibit::Digest;
use crate::seal::Fault;
use crate::seal::sign::{Key, PublicKey};

/// A head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose ledger it is, which is also the name of the key.
    pub origin: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, root_text(self.root))
    }

    /// The text with the signatures of these keys.
    pub fn signed(&self, keys: &[&Key]) -> String {
        note::sign(keys, &self.origin, &self.text())
    }

    /// Reads a signed head. Its signatures are not verified yet.
    ///
    /// # Errors
    /// Anything that is not exactly such a head.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Note), Fault> {
        let note = Note::parse(bytes)?;
        let head = Self::of(&note.text)
            .ok_or_else(|| Fault::new("expected a checkpoint of three lines in the note"))?;
        Ok((head, note))
    }

    fn of(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let head = Self {
            origin: origin.to_owned(),
            size: decimal(size)?,
            root: parse_root(root)?,
        };
        (lines.next().is_none() && note::is_name(origin)).then_some(head)
    }

    /// Reads a signed head and verifies it by one of several keys of its origin.
    ///
    /// # Errors
    /// Anything else, or no signature by one of them.
    pub fn verified(bytes: &[u8], keys: &[PublicKey]) -> Result<(Self, PublicKey), Fault> {
        let (head, note) = Self::parse(bytes)?;
        let known: Vec<(String, PublicKey)> =
            keys.iter().map(|key| (head.origin.clone(), *key)).collect();
        let by = note.verify(&known)?;
        Ok((head, by))
    }
}

/// A root as heads and entries write it.
pub fn root_text(root: Digest) -> String {
    base64::encode(&root.0)
}

/// Reads what [`root_text`] writes.
pub fn parse_root(text: &str) -> Option<Digest> {
    Some(Digest(base64::decode(text)?.try_into().ok()?))
}

/// A number in the one way in which it is written.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seal::ledger::tree;

    fn head() -> Checkpoint {
        Checkpoint {
            origin: "acme.example/w".to_owned(),
            size: 3,
            root: tree::leaf(b"x"),
        }
    }

    #[test]
    fn a_head_is_read_back_and_verified_by_its_key() {
        let key = Key::from_seed(&[7; 32]);
        let text = head().signed(&[&key]);
        let keys = [Key::from_seed(&[8; 32]).public(), key.public()];
        assert_eq!(
            Checkpoint::verified(text.as_bytes(), &keys),
            Ok((head(), key.public()))
        );
        assert!(Checkpoint::verified(text.as_bytes(), &keys[..1]).is_err());
    }

    #[test]
    fn every_change_of_a_byte_is_found() {
        let key = Key::from_seed(&[7; 32]);
        let text = head().signed(&[&key]).into_bytes();
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone();
                changed[at] ^= 1 << bit;
                let found = Checkpoint::verified(&changed, &[key.public()]);
                assert!(found.is_err(), "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn no_other_form_is_a_head() {
        let text = head().text();
        for wrong in [
            text.replace("\n3\n", "\n03\n"),
            text.replace("\n3\n", "\n+3\n"),
            text.replace("\n3\n", "\n-3\n"),
            text.replace("\n3\n", "\n99999999999999999999\n"),
            text.replace("acme.example/w", "a b"),
            text.replace("acme.example/w", ""),
            format!("{text}more\n"),
            "a\n1\n".to_owned(),
        ] {
            assert_eq!(Checkpoint::of(&wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Checkpoint::parse(&bytes);
            let text = String::from_utf8_lossy(&bytes);
            let _ = Checkpoint::of(&format!("a\n{text}\n{text}\n"));
        }
    }
}
