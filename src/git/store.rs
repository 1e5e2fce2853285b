//! The objects of somebody's clone, by their names: nothing of its work tree or its refs is looked at.

use std::collections::BTreeMap;
use std::path::Path;

use super::command::{Git, GitError};
use super::refs::is_object_name;
use super::repository::{TreeEntry, header, tree_entry};

/// A clone, with or without a work tree.
#[derive(Debug, Clone)]
pub struct Objects {
    git: Git,
}

impl Objects {
    /// The objects of the clone at a folder.
    ///
    /// # Errors
    /// No git, or no repository there.
    pub fn of(folder: &Path, program: Option<&Path>) -> Result<Self, GitError> {
        let git = Git::at(folder, program);
        git.text("rev-parse", &["--git-dir"])?;
        Ok(Self { git })
    }

    /// The name of a commit's tree, and its entries in git's order.
    ///
    /// # Errors
    /// A clone that has no such commit, or not all of its trees.
    pub fn commit(&self, commit: &str) -> Result<(String, Vec<TreeEntry>), GitError> {
        if !is_object_name(commit) {
            let says = "expected the name of a commit".to_owned();
            return Err(GitError::Recorded(says));
        }
        let raw = self.git.run("cat-file", &["commit", commit])?;
        let arguments = ["-r", "-z", "--full-tree", commit];
        let listing = self.git.run("ls-tree", &arguments)?;
        let entries = listing
            .split(|byte| *byte == 0)
            .filter_map(tree_entry)
            .collect();
        Ok((header(&raw, b"tree ").unwrap_or_default(), entries))
    }

    /// The bytes of files by the names of their objects. What the clone does not hold, or is no file, is
    /// left out.
    ///
    /// # Errors
    /// git's own.
    pub fn blobs(&self, names: &[&str]) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
        let mut asked = String::new();
        for name in names.iter().filter(|name| is_object_name(name)) {
            asked.push_str(name);
            asked.push('\n');
        }
        let said = self.git.fed("cat-file", &["--batch"], asked.into_bytes())?;
        Ok(blobs(&said))
    }
}

/// Reads what `cat-file --batch` writes: a line for each object, its bytes, a line end.
fn blobs(said: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut rest = said;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned();
        rest = rest.get(end + 1..).unwrap_or_default();
        let words: Vec<&str> = line.split(' ').collect();
        let [name, kind, size] = words.as_slice() else {
            // `NAME missing`
            continue;
        };
        let Some(bytes) = size.parse().ok().and_then(|size: usize| rest.get(..size)) else {
            break;
        };
        if *kind == "blob" {
            found.insert((*name).to_owned(), bytes.to_vec());
        }
        rest = rest.get(bytes.len() + 1..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::blobs;

    #[test]
    fn objects_are_read_from_one_answer_and_a_broken_one_ends_it() {
        let said = b"aa blob 3\na\nb\nbb missing\ncc tree 2\nxx\ndd blob 0\n\nee blob 9\nshort\n";
        let found = blobs(said);
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["aa", "dd"]);
        assert_eq!(found["aa"], b"a\nb");
        assert!(blobs(b"").is_empty());
    }
}
