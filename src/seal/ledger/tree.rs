//! The tree of RFC 6962 over the lines of a ledger.

use sha2::{Digest as _, Sha256};

use crate::model::exhibit::Digest;
use crate::tree::digest::sha256;

/// The digest of a leaf: of a zero byte and its data.
pub fn leaf(data: &[u8]) -> Digest {
    Digest(
        Sha256::new()
            .chain_update([0])
            .chain_update(data)
            .finalize()
            .into(),
    )
}

fn node(left: Digest, right: Digest) -> Digest {
    let hasher = Sha256::new().chain_update([1]);
    Digest(
        hasher
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// Where a tree of more than one leaf is divided: at the largest power of two below its size.
fn split(size: usize) -> usize {
    size.div_ceil(2).next_power_of_two()
}

/// The root over leaves; of no leaf, the digest of nothing.
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => sha256(b""),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len()));
            node(root(left), root(right))
        }
    }
}

/// What is needed beside a leaf to come to the root, its neighbour first; `None` where there is no
/// such leaf.
pub fn path(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut below, beside) = if index < left.len() {
        (path(left, index)?, root(right))
    } else {
        (path(right, index - left.len())?, root(left))
    };
    below.push(beside);
    Some(below)
}

/// The root that a leaf and its path lead to (RFC 9162 §2.1.3.2); `None` where the path has not the
/// length that the place of the leaf asks for.
pub fn root_from(data: Digest, index: u64, size: u64, path: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, data);
    for beside in path {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            hash = node(*beside, hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(hash, *beside);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// A tree that grows leaf by leaf, so that the root is known at each size.
#[derive(Debug, Clone, Default)]
pub struct Growing {
    /// The roots of whole trees, largest first, each with the number of its leaves.
    whole: Vec<(u64, Digest)>,
}

impl Growing {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut added = (1, leaf);
        while let Some((size, left)) = self.whole.pop_if(|(size, _)| *size == added.0) {
            added = (size * 2, node(left, added.1));
        }
        self.whole.push(added);
    }

    /// The root over the leaves so far.
    pub fn root(&self) -> Digest {
        let mut parts = self.whole.iter().rev().map(|(_, root)| *root);
        let Some(last) = parts.next() else {
            return root(&[]);
        };
        parts.fold(last, |right, left| node(left, right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: usize) -> Vec<Digest> {
        (0..count)
            .map(|at| leaf(at.to_string().as_bytes()))
            .collect()
    }

    #[test]
    fn the_vectors_of_the_rfc_hold() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(root(&[]).to_string(), empty);
        let nothing = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(leaf(b"").to_string(), nothing);
        // The eight inputs of the reference implementation, and the root over all of them.
        let inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let leaves: Vec<Digest> = inputs
            .iter()
            .map(|hex| {
                let pairs = hex.as_bytes().chunks(2);
                let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
                leaf(&pairs.map(|pair| byte(pair).unwrap()).collect::<Vec<u8>>())
            })
            .collect();
        for (size, expected) in [
            (
                1,
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            ),
            (
                2,
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            ),
            (
                3,
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            ),
            (
                8,
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ),
        ] {
            assert_eq!(root(&leaves[..size]).to_string(), expected, "{size}");
        }
    }

    #[test]
    fn a_tree_that_grows_has_the_same_roots() {
        let leaves = leaves(70);
        let mut growing = Growing::default();
        for (at, leaf) in leaves.iter().enumerate() {
            assert_eq!(growing.root(), root(&leaves[..at]), "{at}");
            growing.push(*leaf);
        }
    }

    #[test]
    fn every_leaf_leads_to_the_root_and_from_no_other_place() {
        for size in 1..=33_usize {
            let leaves = leaves(size);
            let root = root(&leaves);
            for (at, data) in leaves.iter().enumerate() {
                let path = path(&leaves, at).expect("a path");
                let from = |index: usize, size: usize, path: &[Digest]| {
                    root_from(*data, index as u64, size as u64, path)
                };
                assert_eq!(from(at, size, &path), Some(root));
                for other in (0..size).filter(|other| *other != at) {
                    assert_ne!(
                        from(other, size, &path),
                        Some(root),
                        "{at} as {other} of {size}"
                    );
                }
                assert_eq!(from(at, size, &[&path[..], &[root]].concat()), None);
                if !path.is_empty() {
                    assert_ne!(from(at, size, &path[1..]), Some(root));
                }
            }
            assert_eq!(path(&leaves, size), None);
            assert_eq!(root_from(root, size as u64, size as u64, &[]), None);
        }
    }
}
