//! The program that a command names: where it lies, its digest and, where it was asked, its version.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::arguments::text_without_secrets;
use super::child;
use crate::model::text::{excerpt, from_bytes};
use crate::tree::digest;

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program that was found.
#[derive(Debug)]
pub(super) struct Program {
    /// The file.
    pub(super) full: PathBuf,
    /// Its digest.
    pub(super) sha256: String,
    /// Its size.
    pub(super) bytes: u64,
}

/// Why a command cannot be run, with the exit status that shells give it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// There is no such program: 127.
    NotFound,
    /// There is one, and it cannot be run or read: 126.
    NotRunnable(String),
}

impl Program {
    /// Finds a program as a shell does: a name with a slash is a path, any other is looked for in
    /// the folders of `PATH`.
    ///
    /// # Errors
    /// Nothing there, or nothing that can be run.
    pub(super) fn find(name: &OsStr) -> Result<Self, Missing> {
        let candidates = candidates(name, std::env::var_os("PATH"));
        let mut refused = None;
        for full in candidates {
            match is_runnable(&full) {
                Ok(true) => return Self::at(full),
                Ok(false) => {}
                Err(says) => refused = refused.or(Some(says)),
            }
        }
        Err(refused.map_or(Missing::NotFound, Missing::NotRunnable))
    }

    fn at(full: PathBuf) -> Result<Self, Missing> {
        let unreadable =
            |error: std::io::Error| Missing::NotRunnable(crate::tree::file::reason(&error));
        let bytes = full.metadata().map_err(unreadable)?.len();
        let sha256 = digest::sha256_of(&full).map_err(unreadable)?.to_string();
        Ok(Self {
            full,
            sha256,
            bytes,
        })
    }

    /// What it answers to `--version`: the first line that says anything.
    pub(super) fn version(&self) -> Option<String> {
        let said = child::ask(&self.full, "--version", PATIENCE)?;
        let said = from_bytes(&said);
        let line = said.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(excerpt(&text_without_secrets(line)))
    }

    /// Where it lies, as it is written down: from the examined folder, from the home folder, whole.
    pub(super) fn shown(&self, examined: &Path) -> String {
        let absolute = std::path::absolute(&self.full).unwrap_or_else(|_| self.full.clone());
        let home = std::env::home_dir().filter(|home| home.components().count() > 1);
        let whole = |path: &Path| from_bytes(path.as_os_str().as_encoded_bytes());
        let examined = examined.canonicalize().ok();
        let below = |folder: Option<PathBuf>| absolute.strip_prefix(folder?).ok().map(whole);
        let shown = match (below(examined), below(home)) {
            (Some(inside), _) => inside,
            (None, Some(inside)) => format!("~/{inside}"),
            (None, None) => whole(&absolute),
        };
        shown.replace('\\', "/")
    }
}

/// The files that a name may stand for, in the order in which they are tried.
fn candidates(name: &OsStr, path: Option<OsString>) -> Vec<PathBuf> {
    if Path::new(name).components().count() > 1 || name.as_encoded_bytes().contains(&b'/') {
        return with_endings(Path::new(name));
    }
    let folders = path.unwrap_or_default();
    std::env::split_paths(&folders)
        .filter(|folder| !folder.as_os_str().is_empty())
        .flat_map(|folder| with_endings(&folder.join(name)))
        .collect()
}

/// Windows finds `tool` as `tool.exe`.
fn with_endings(path: &Path) -> Vec<PathBuf> {
    let mut paths = vec![path.to_path_buf()];
    if cfg!(windows) {
        for ending in ["exe", "cmd", "bat"] {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".{ending}"));
            paths.push(PathBuf::from(name));
        }
    }
    paths
}

/// Whether a file can be started.
fn is_runnable(full: &Path) -> Result<bool, String> {
    let Ok(about) = full.metadata() else {
        return Ok(false);
    };
    if about.is_dir() {
        return Err("it is a folder".to_owned());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if about.permissions().mode() & 0o111 == 0 {
            return Err("it may not be executed".to_owned());
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_and_a_path_is_not() {
        let path = Some(OsString::from("/a:/b"));
        let found = |name: &str| candidates(OsStr::new(name), path.clone());
        if cfg!(unix) {
            assert_eq!(found("x"), [Path::new("/a/x"), Path::new("/b/x")]);
            assert_eq!(found("./x"), [Path::new("./x")]);
            assert_eq!(found("/c/x"), [Path::new("/c/x")]);
        }
        assert_eq!(candidates(OsStr::new("x"), None), Vec::<PathBuf>::new());
    }
}
