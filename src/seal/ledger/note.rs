//! A signed note (c2sp.org/signed-note): a text, a blank line, and who signed it.

use std::fmt::Write as _;

use crate::model::base64;
use crate::seal::Fault;
use crate::seal::sign::{Key, PublicKey};

/// What a line of a signature begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";
/// The longest note that is looked at.
const LONGEST: usize = 256 * 1024;
/// The most signatures that are looked at.
const SIGNATURES: usize = 64;

/// A note that was read. Nothing of it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, with its last line end.
    pub text: String,
    signatures: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// Signs a text, which ends in a line end, under a name, with each of these keys.
pub fn sign(keys: &[&Key], name: &str, text: &str) -> String {
    let mut note = format!("{text}\n");
    for key in keys {
        let blob = [&key.public().note_id(name)[..], &key.sign(text.as_bytes())].concat();
        // Writing to memory does not fail.
        let _ = writeln!(note, "{DASH}{name} {}", base64::encode(&blob));
    }
    note
}

/// Whether a text can be the name of a key.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(char::is_whitespace)
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// Anything that is not exactly a note.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let wrong = |says: &str| Fault::new(format!("expected a signed note, found {says}"));
        if bytes.len() > LONGEST {
            return Err(wrong("more than one can be"));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| wrong("bytes that are no text"))?;
        if whole.chars().any(|c| c < ' ' && c != '\n') {
            return Err(wrong("control characters"));
        }
        let at = whole.rfind("\n\n").ok_or_else(|| wrong("no blank line"))?;
        let (text, rest) = whole.split_at(at + 1);
        let lines = rest
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'))
            .ok_or_else(|| wrong("no line end at its end"))?;
        let signatures: Option<Vec<Line>> = lines.split('\n').map(line).collect();
        match signatures {
            Some(signatures) if signatures.len() <= SIGNATURES => Ok(Self {
                text: text.to_owned(),
                signatures,
            }),
            _ => Err(wrong("a line that is no signature")),
        }
    }

    /// Verifies what known keys signed. Signatures of others are passed over; one that is wrong under
    /// the name and number of a known key makes the note worthless.
    ///
    /// # Errors
    /// A wrong signature, or none by a known key.
    pub fn verify(&self, known: &[(String, PublicKey)]) -> Result<PublicKey, Fault> {
        let mut by = None;
        for line in &self.signatures {
            let key = known
                .iter()
                .find(|(name, key)| *name == line.name && key.note_id(name) == line.id);
            let Some((name, key)) = key else { continue };
            if !key.verifies(self.text.as_bytes(), &line.signature) {
                return Err(Fault::new(format!(
                    "the signature of {} is not one of this text",
                    crate::model::text::excerpt(name)
                )));
            }
            by = by.or(Some(*key));
        }
        by.ok_or_else(|| Fault::new("expected a signature by a known key, found none"))
    }
}

fn line(line: &str) -> Option<Line> {
    let (name, blob) = line.strip_prefix(DASH)?.split_once(' ')?;
    let blob = base64::decode(blob)?;
    let (id, signature) = blob.split_first_chunk::<4>()?;
    (is_name(name) && !signature.is_empty()).then(|| Line {
        name: name.to_owned(),
        id: *id,
        signature: signature.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: &str = "acme.example/ledger";

    fn known(key: &Key) -> Vec<(String, PublicKey)> {
        vec![(NAME.to_owned(), key.public())]
    }

    #[test]
    fn the_published_example_is_verified() {
        let note = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n\n\
                    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let known = [PublicKey::from_vkey(vkey).expect("a key")];
        let read = Note::parse(note.as_bytes()).expect("a note");
        assert_eq!(read.verify(&known), Ok(known[0].1));
    }

    #[test]
    fn a_note_of_a_known_key_is_verified_and_strangers_are_passed_over() {
        let (key, other) = (Key::from_seed(&[7; 32]), Key::from_seed(&[8; 32]));
        let mut text = sign(&[&key], NAME, "a\n\nb\n");
        text.push_str("\u{2014} witness.example AAAAAAAA\n");
        let note = Note::parse(text.as_bytes()).expect("a note");
        assert_eq!(note.text, "a\n\nb\n");
        assert_eq!(note.verify(&known(&key)), Ok(key.public()));
        assert!(
            note.verify(&known(&other))
                .is_err_and(|it| it.0.contains("found none"))
        );
    }

    #[test]
    fn a_wrong_signature_of_a_known_key_spoils_the_note() {
        let key = Key::from_seed(&[7; 32]);
        let right = sign(&[&key], NAME, "a\n");
        let wrong = sign(&[&key], NAME, "b\n");
        let both = format!("{right}{}", wrong.split_once("\n\n").expect("a note").1);
        let note = Note::parse(both.as_bytes()).expect("a note");
        assert!(
            note.verify(&known(&key))
                .is_err_and(|it| it.0.contains("not one of this"))
        );
    }

    #[test]
    fn what_is_not_exactly_a_note_is_refused() {
        let right = sign(&[&Key::from_seed(&[7; 32])], NAME, "a\n");
        for wrong in [
            "",
            "a\n",
            "a\n\n",
            &right.replace('\n', "\r\n"),
            right.trim_end(),
            &format!("{right}x"),
            &right.replace('\u{2014}', "-"),
            &right.replace(NAME, "a+b"),
        ] {
            assert!(Note::parse(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Note::parse(&bytes);
            let _ = Note::parse(&[b"a\n\n\xe2\x80\x94 b ".as_slice(), &bytes, b"\n"].concat());
        }
    }
}
