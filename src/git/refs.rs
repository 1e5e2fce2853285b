//! Another commit than the examined one, by a name from outside, and single files of it.

use super::command::GitError;
use super::repository::{Repository, tree_entry};

/// The places in which git looks for a short name.
const PLACES: [&str; 4] = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];

/// Why a name leads to no commit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefError {
    /// It would be taken for an option.
    #[error("it begins with a hyphen, as no ref does")]
    Hyphen,
    /// Nothing here is called so.
    #[error("it is not in this clone")]
    Unknown,
    /// Several things are called so.
    #[error("several refs of that name lead to different commits")]
    Ambiguous,
    /// git does not answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Repository {
    /// The commit that a name leads to. A short name of which there are several is refused: git
    /// would prefer a tag to the branch that was meant, and whoever can push can make a tag.
    ///
    /// # Errors
    /// A name that leads to no commit, or to more than one.
    pub fn commit_of(&self, name: &str) -> Result<String, RefError> {
        if name.starts_with('-') {
            return Err(RefError::Hyphen);
        }
        let mut found: Vec<String> = Vec::new();
        let full = name.starts_with("refs/");
        let elsewhere = PLACES.iter().filter(|_| !full);
        let names =
            std::iter::once(name.to_owned()).chain(elsewhere.map(|place| format!("{place}{name}")));
        for name in names {
            found.extend(self.resolve(&name)?);
        }
        found.sort();
        found.dedup();
        match found.as_slice() {
            [] => Err(RefError::Unknown),
            [commit] => Ok(commit.clone()),
            _ => Err(RefError::Ambiguous),
        }
    }

    fn resolve(&self, name: &str) -> Result<Option<String>, GitError> {
        let commit = format!("{name}^{{commit}}");
        let arguments = ["--verify", "--quiet", "--end-of-options", &commit];
        match self.git.text("rev-parse", &arguments) {
            // Nothing but the name of an object is handed on, whatever a git makes of the words.
            Ok(found) => Ok(Some(found).filter(|it| is_object_name(it))),
            Err(GitError::Failed { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The bytes of a file of a commit; `None` where the commit has nothing at that path.
    ///
    /// # Errors
    /// Objects that cannot be read, and anything at that path that is no file.
    pub fn file_at(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let literal = format!(":(top,literal){path}");
        let arguments = ["-z", "--full-tree", "--", commit, &literal];
        let listing = self.git.run("ls-tree", &arguments)?;
        let entry = listing
            .split(|byte| *byte == 0)
            .filter_map(tree_entry)
            .find(|entry| entry.path == path);
        let Some(entry) = entry else { return Ok(None) };
        if !entry.is_file() {
            return Err(GitError::Failed {
                command: "ls-tree".to_owned(),
                says: "expected a regular file, found something else".to_owned(),
            });
        }
        let object = entry.object.as_str();
        self.git.run("cat-file", &["blob", object]).map(Some)
    }
}

pub(super) fn is_object_name(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
