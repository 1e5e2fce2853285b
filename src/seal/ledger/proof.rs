//! The proof beside a run that it stands in the ledger (c2sp.org/tlog-proof): where, what is needed
//! to come to the root, and the head at that time.

use std::fmt::Write as _;

use super::checkpoint::{decimal, parse_root, root_text};
use super::tree;
use crate::model::base64;
use crate::model::exhibit::Digest;
use crate::seal::Fault;

const HEAD: &str = "c2sp.org/tlog-proof@v1";
/// More than a tree of any size needs.
const STEPS: usize = 64;

/// A proof that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The place of the entry, from 0.
    pub index: u64,
    /// The entry itself, so that a bundle that is handed over alone brings it.
    pub extra: Vec<u8>,
    /// What is needed beside the entry to come to the root.
    pub path: Vec<Digest>,
    /// The head, as signed.
    pub checkpoint: String,
}

impl Proof {
    /// The proof for an entry of a tree.
    pub fn of(lines: &[Vec<u8>], index: usize, checkpoint: &str) -> Option<Self> {
        let leaves: Vec<Digest> = lines.iter().map(|line| tree::leaf(line)).collect();
        Some(Self {
            index: u64::try_from(index).ok()?,
            extra: lines.get(index)?.clone(),
            path: tree::path(&leaves, index)?,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// The file.
    pub fn text(&self) -> String {
        let extra = base64::encode(&self.extra);
        let mut text = format!("{HEAD}\nextra {extra}\nindex {}\n", self.index);
        for step in &self.path {
            // Writing to memory does not fail.
            let _ = writeln!(text, "{}", root_text(*step));
        }
        let _ = write!(text, "\n{}", self.checkpoint);
        text
    }

    /// Reads a proof. Nothing of it is verified yet.
    ///
    /// # Errors
    /// Anything that is not exactly what [`Proof::text`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let wrong = || Fault::new("expected a proof that the run stands in the ledger");
        let text = std::str::from_utf8(bytes).map_err(|_| wrong())?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(wrong)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEAD) {
            return Err(wrong());
        }
        let extra = lines.next().and_then(|line| line.strip_prefix("extra "));
        let extra = extra.and_then(base64::decode).ok_or_else(wrong)?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(decimal).ok_or_else(wrong)?;
        let path: Option<Vec<Digest>> = lines.take(STEPS + 1).map(parse_root).collect();
        let proof = Self {
            index,
            extra,
            path: path.filter(|path| path.len() <= STEPS).ok_or_else(wrong)?,
            checkpoint: checkpoint.to_owned(),
        };
        if proof.text() == text {
            Ok(proof)
        } else {
            Err(wrong())
        }
    }

    /// The root that an entry leads to in a tree of this size.
    pub fn root(&self, entry: &[u8], size: u64) -> Option<Digest> {
        tree::root_from(tree::leaf(entry), self.index, size, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_proof_is_read_back_and_leads_to_the_root() {
        let entries = [b"a", b"b", b"c", b"d", b"e"].map(|entry| entry.to_vec());
        let leaves: Vec<Digest> = entries.iter().map(|entry| tree::leaf(entry)).collect();
        let proof = Proof::of(&entries, 2, "o\n5\nx\n\n- a b\n").expect("a proof");
        let again = Proof::parse(proof.text().as_bytes()).expect("a proof");
        assert_eq!(again, proof);
        assert_eq!(again.root(b"c", 5), Some(tree::root(&leaves)));
        assert_ne!(again.root(b"d", 5), Some(tree::root(&leaves)));
        for wrong in [
            "",
            "x\n",
            &proof.text().replace("index 2", "index 02"),
            HEAD,
        ] {
            assert!(Proof::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Proof::parse(&bytes);
            let text = String::from_utf8_lossy(&bytes);
            let _ = Proof::parse(format!("{HEAD}\nextra AAAA\nindex 1\n{text}\n\n{text}").as_bytes());
        }
    }
}
