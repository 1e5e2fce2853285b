//! The tree that git would make of the files as they are, computed without git: `git add` runs the
//! filters that a repository names.

use std::collections::BTreeMap;

use super::repository::Repository;
use crate::tree::digest::{self, ObjectFormat};

/// What stands under a name of a folder.
enum Node {
    Leaf { mode: String, object: String },
    Folder(Folder),
}

/// A folder by the bytes of its names.
#[derive(Default)]
struct Folder(BTreeMap<Vec<u8>, Node>);

impl Repository {
    /// The name of the tree of the examined commit in which some files are as they lie in the work
    /// tree: with other bytes, gone, or new. `None` where it cannot be known.
    pub fn tree_with(&self, changed: &[String]) -> Option<String> {
        let head = self.head.as_ref()?;
        let mut leaves: BTreeMap<&str, (&str, String)> = self
            .entries
            .iter()
            .map(|entry| {
                (
                    entry.path.as_str(),
                    (entry.mode.as_str(), entry.object.clone()),
                )
            })
            .collect();
        // A name that cannot be written as text would be hashed as another.
        if name_of(&leaves, self.object_format)? != head.tree {
            return None;
        }
        for path in changed {
            let full = self.top.join(path);
            match full.symlink_metadata() {
                Err(_) => {
                    leaves.remove(path.as_str());
                }
                Ok(about) if about.is_file() => {
                    let object = digest::blob_name_of(self.object_format, &full).ok()?;
                    let mode = leaves.get(path.as_str()).map_or("100644", |it| it.0);
                    leaves.insert(path, (mode, object));
                }
                Ok(_) => return None,
            }
        }
        name_of(&leaves, self.object_format)
    }
}

fn name_of(leaves: &BTreeMap<&str, (&str, String)>, format: ObjectFormat) -> Option<String> {
    let mut root = Folder::default();
    for (path, (mode, object)) in leaves {
        let mut folder = &mut root;
        let mut parts = path.split('/');
        let name = parts.next_back()?;
        for part in parts {
            let below = folder.0.entry(part.as_bytes().to_vec());
            let Node::Folder(below) = below.or_insert_with(|| Node::Folder(Folder::default()))
            else {
                return None;
            };
            folder = below;
        }
        let leaf = Node::Leaf {
            mode: (*mode).to_owned(),
            object: object.clone(),
        };
        folder.0.insert(name.as_bytes().to_vec(), leaf);
    }
    root.name(format)
}

impl Folder {
    /// The name of the object that git would write for it.
    fn name(&self, format: ObjectFormat) -> Option<String> {
        let mut rows: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for (name, node) in &self.0 {
            // git sorts a folder as if its name ended in a slash.
            let (mode, object, ending) = match node {
                Node::Leaf { mode, object } => (mode.as_str(), object.clone(), &b""[..]),
                Node::Folder(folder) => ("40000", folder.name(format)?, &b"/"[..]),
            };
            let row = [mode.as_bytes(), b" ", name, b"\0", &digest::unhex(&object)?].concat();
            rows.push(([name.as_slice(), ending].concat(), row));
        }
        rows.sort();
        let body: Vec<u8> = rows.into_iter().flat_map(|(_, row)| row).collect();
        Some(digest::object_name(format, "tree", &body))
    }
}
