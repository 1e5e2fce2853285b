//! What is known of the repository and its examined commit.

use std::path::{Path, PathBuf};

use super::command::{Git, GitError};
use super::history::History;
use crate::model::text;
use crate::model::time::Moment;
use crate::tree::digest::ObjectFormat;

/// An entry of the examined commit's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// From the git root, with `/`; invalid bytes are shown as `\xff`.
    pub path: String,
    /// The git mode: `100644`, `100755`, `120000` (a link), `160000` (a submodule).
    pub mode: String,
    /// The name of its object.
    pub object: String,
}

impl TreeEntry {
    /// Whether it is a file with content of its own.
    pub fn is_file(&self) -> bool {
        self.mode.starts_with("100")
    }
}

/// The repository around an examined folder.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The door to git.
    pub git: Git,
    /// The top of the work tree on this machine. Never shown, never written.
    pub top: PathBuf,
    /// Where the examined folder lies below the top; empty or ending in `/`.
    pub scope: String,
    /// The hash function of object names.
    pub object_format: ObjectFormat,
    /// The examined commit; `None` before the first commit.
    pub head: Option<Head>,
    /// Why the examined commit cannot be read, though there is one.
    pub unreadable: Option<String>,
    /// The branch that is checked out; `None` when detached.
    pub branch: Option<String>,
    /// Whether older history was left out of the clone.
    pub shallow: bool,
    /// How many refs replace objects by others.
    pub replaced_objects: usize,
    /// Whether a grafts file rewrites parents.
    pub grafts: bool,
    /// All entries of the commit's tree, in git's order.
    pub entries: Vec<TreeEntry>,
    /// Where what is asked later is answered from.
    pub(super) history: History,
}

/// The examined commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its name.
    pub commit: String,
    /// The name of its tree.
    pub tree: String,
    /// When it was committed, as its committer's clock said.
    pub committed_at: Option<Moment>,
    /// The kind of signature in it, which was not verified: `none`, `pgp`, `ssh`, `x509`.
    pub signature: &'static str,
}

impl Repository {
    /// The repository around `folder`; `None` when there is none.
    ///
    /// # Errors
    /// No git to run while there is a `.git`, or a refusal of git (`safe.directory`).
    pub fn discover(folder: &Path, program: Option<&Path>) -> Result<Option<Self>, GitError> {
        let git = Git::at(folder, program);
        let top = match git.text("rev-parse", &["--show-toplevel"]) {
            Ok(top) => PathBuf::from(top),
            Err(error) if has_git_folder(folder) => return Err(error),
            Err(_) => return Ok(None),
        };
        let prefix = git.text("rev-parse", &["--show-prefix"])?;
        let object_format = match git.text("rev-parse", &["--show-object-format"])?.as_str() {
            "sha256" => ObjectFormat::Sha256,
            _ => ObjectFormat::Sha1,
        };
        let mut repository = Self {
            git,
            top,
            scope: prefix,
            object_format,
            head: None,
            unreadable: None,
            branch: None,
            shallow: false,
            replaced_objects: 0,
            grafts: false,
            entries: Vec::new(),
            history: History::default(),
        };
        repository.read_refs()?;
        if let Err(error) = repository.read_head() {
            repository.unreadable = Some(error.to_string());
        }
        Ok(Some(repository))
    }

    /// The entries below the examined folder.
    pub fn scoped_entries(&self) -> impl Iterator<Item = &TreeEntry> {
        self.entries
            .iter()
            .filter(|entry| entry.path.starts_with(&self.scope))
    }

    pub(super) fn count_missing(&self) -> Result<usize, GitError> {
        let Some(head) = &self.head else { return Ok(0) };
        let output = self.git.run(
            "rev-list",
            &[
                "--objects",
                "--missing=print",
                "--no-walk",
                head.commit.as_str(),
            ],
        )?;
        Ok(output
            .split(|byte| *byte == b'\n')
            .filter(|line| line.first() == Some(&b'?'))
            .count())
    }

    pub(super) fn find_newest_change(&self, relevant: &[String]) -> Option<String> {
        let head = self.head.as_ref()?;
        if self.shallow || self.grafts {
            return None;
        }
        let mut arguments = vec!["-1", head.commit.as_str(), "--"];
        arguments.extend(relevant.iter().map(String::as_str));
        let newest = self.git.text("rev-list", &arguments).ok()?;
        (!newest.is_empty()).then_some(newest)
    }

    pub(super) fn find_committed_since(&self, path: &str, change: &str) -> Option<Moment> {
        let head = self.head.as_ref()?;
        let literal = format!(":(top,literal){path}");
        let parents = format!("{change}^@");
        let arguments = [
            "-1",
            head.commit.as_str(),
            "--not",
            &parents,
            "--",
            &literal,
        ];
        let holds = self.git.text("rev-list", &arguments).ok()?;
        if holds.is_empty() {
            return None;
        }
        let raw = self.git.run("cat-file", &["commit", holds.as_str()]).ok()?;
        header(&raw, b"committer ").as_deref().and_then(stamp)
    }

    pub(super) fn fsck(&self) -> Result<String, GitError> {
        match self
            .git
            .run("fsck", &["--full", "--no-dangling", "--no-progress"])
        {
            Ok(_) => Ok("clean".to_owned()),
            Err(GitError::Failed { says, .. }) => Ok(format!("faults: {says}")),
            Err(other) => Err(other),
        }
    }

    fn read_refs(&mut self) -> Result<(), GitError> {
        self.shallow = self.git.text("rev-parse", &["--is-shallow-repository"])? == "true";
        let replaced = self
            .git
            .run("for-each-ref", &["--format=%(refname)", "refs/replace/"])?;
        self.replaced_objects = replaced
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .count();
        let common = PathBuf::from(
            self.git
                .text("rev-parse", &["--path-format=absolute", "--git-common-dir"])?,
        );
        self.grafts = common.join("info/grafts").is_file();
        self.branch = self
            .git
            .text("symbolic-ref", &["--quiet", "--short", "HEAD"])
            .ok();
        Ok(())
    }

    fn read_head(&mut self) -> Result<(), GitError> {
        // An unborn branch has no commit, which is a fact and no error.
        let Ok(commit) = self.git.text("rev-parse", &["--verify", "--quiet", "HEAD"]) else {
            return Ok(());
        };
        let raw = self.git.run("cat-file", &["commit", commit.as_str()])?;
        let tree = header(&raw, b"tree ").unwrap_or_default();
        let committed_at = header(&raw, b"committer ").as_deref().and_then(stamp);
        self.head = Some(Head {
            commit: commit.clone(),
            tree,
            committed_at,
            signature: signature(&raw),
        });
        self.entries = self.entries_of(&commit)?;
        Ok(())
    }

    /// All entries of a commit's tree, in git's order.
    pub(super) fn entries_of(&self, commit: &str) -> Result<Vec<TreeEntry>, GitError> {
        let arguments = ["-r", "-z", "--full-tree", commit];
        let listing = self.git.run("ls-tree", &arguments)?;
        Ok(listing
            .split(|byte| *byte == 0)
            .filter_map(tree_entry)
            .collect())
    }
}

/// Whether a folder or one above it claims to be a repository, so that a refusal of git is said
/// and not taken for "no repository".
fn has_git_folder(folder: &Path) -> bool {
    let folder = folder
        .canonicalize()
        .unwrap_or_else(|_| folder.to_path_buf());
    folder.ancestors().any(|above| above.join(".git").exists())
}

/// A header of a raw commit.
pub(super) fn header(raw: &[u8], name: &[u8]) -> Option<String> {
    raw.split(|byte| *byte == b'\n')
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix(name))
        .map(text::from_bytes)
}

/// The kind of signature in a raw commit.
fn signature(raw: &[u8]) -> &'static str {
    let begins = header(raw, b"gpgsig ").or_else(|| header(raw, b"gpgsig-sha256 "));
    match begins.as_deref() {
        None => "none",
        Some("-----BEGIN SSH SIGNATURE-----") => "ssh",
        Some("-----BEGIN SIGNED MESSAGE-----") => "x509",
        Some(_) => "pgp",
    }
}

/// The seconds in `Name <mail> 1763834587 +0000`.
pub(super) fn stamp(identity: &str) -> Option<Moment> {
    let seconds = identity.rsplit(' ').nth(1)?;
    Moment::from_epoch(seconds.parse().ok()?)
}

/// One record of `ls-tree -z`: `<mode> SP <type> SP <object> TAB <path>`.
pub(super) fn tree_entry(record: &[u8]) -> Option<TreeEntry> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let (about, path) = (record.get(..tab)?, record.get(tab + 1..)?);
    let about = std::str::from_utf8(about).ok()?;
    let mut words = about.split(' ');
    let mode = words.next()?.to_owned();
    let object = words.nth(1)?.to_owned();
    Some(TreeEntry {
        path: text::from_bytes(path),
        mode,
        object,
    })
}
