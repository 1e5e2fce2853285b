//! The key that commits to files out of which something was taken: a file that nobody else can read,
//! or the environment; how it is made, and how the key of one run is shown.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::examination::now;
use super::opened::{Opened, Refused};
use super::signing;
use crate::load::Problem;
use crate::model::run::Run;
use crate::model::text::{from_bytes, visible};
use crate::seal::redaction::{Master, commit};
use crate::seal::{Manifest, disk};
use crate::tree::file;

/// The variable that holds a key, as hexadecimal digits.
pub(crate) const VARIABLE: &str = "AUDIT_REDACTION_KEY";
/// The kind of problem.
const KIND: &str = "redaction-key";
/// What makes a key.
const MAKE: &str = "audit keys redaction-new FILE makes one, and so does openssl rand -hex 32.";

/// A key, and the file that it was read from.
#[derive(Debug)]
pub(crate) struct Given {
    master: Master,
    path: Option<PathBuf>,
}

/// The key that the command line or else the environment names; nothing where neither does.
pub(crate) fn key(given: Option<&Path>) -> Result<Option<Given>, Problem> {
    if let Some(path) = given {
        let master = signing::secret(path, (KIND, "--redaction-key", MAKE), Master::parse)?;
        let path = Some(path.to_path_buf());
        return Ok(Some(Given { master, path }));
    }
    let Some(text) = std::env::var_os(VARIABLE).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let text = Zeroizing::new(text.into_string().unwrap_or_default());
    // A message never repeats what stands there: it may be a key with a fault.
    let master = Master::parse(&text)
        .map_err(|fault| Problem::new(KIND, format!("{fault} ({VARIABLE})"), MAKE))?;
    Ok(Some(Given { master, path: None }))
}

impl Given {
    /// Refuses a key that lies in one of these folders: it would be examined, committed or handed
    /// over with them.
    pub(crate) fn outside(&self, folders: &[&Path]) -> Result<(), Problem> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let full = |path: &Path| path.canonicalize();
        let within = |folder: &&Path| match (full(path), full(folder)) {
            (Ok(path), Ok(folder)) => path.starts_with(folder),
            _ => false,
        };
        if !folders.iter().any(within) {
            return Ok(());
        }
        let title = format!(
            "expected a key outside of the repository and of the bundles, found {} \
             (--redaction-key)",
            shown(path)
        );
        let fix = "Keep it where nobody looks who is handed a bundle or a clone.";
        Err(Problem::new(KIND, title, fix))
    }
}

/// Commits to the files of a run out of which something was taken, where there is a key.
pub(crate) fn bind(run: &mut Run, key: Option<&Given>) -> Result<(), Problem> {
    commit(run, key.map(|given| &given.master)).map_err(|left| {
        let title = format!(
            "expected {} as it was read, found: {}",
            visible(&left.path),
            left.fault
        );
        let fix = "Let the tool that writes it end, then run again. (No bundle was written.)";
        Problem::new("evidence-changed", title, fix)
    })
}

/// Makes a key. The file is made for its owner alone before anything is in it.
pub(crate) fn make(path: &Path) -> Result<String, Problem> {
    let master = Master::generate().map_err(|fault| Problem::new(KIND, fault.0, "Try again."))?;
    disk::write_secret(path, master.text().as_bytes()).map_err(|error| {
        let reason = file::reason(&error);
        let title = format!("expected a new file, found {}: {reason}", shown(path));
        let fix = "Give a file that is not there yet; no key is ever written over.";
        Problem::new(KIND, title, fix)
    })?;
    Ok(format!(
        "{} holds a key for redaction; keep it where nobody looks who is handed a bundle. Without \
         it nobody can show later which files a bundle was made of.\n",
        shown(path)
    ))
}

/// Shows the key of the run that made a bundle, with the command that holds an original against it.
pub(crate) fn reveal(bundle: &Path, given: Option<&Path>) -> Result<String, Refused> {
    let key = key(given)?.ok_or_else(|| {
        let title = format!("expected --redaction-key FILE or {VARIABLE}, found none");
        Problem::new(KIND, title, "Give the key that the run had.")
    })?;
    let clock = Problem::new("time", "expected a clock, found none", "Set the clock.");
    let opened = Opened::of(bundle, now().ok_or(clock)?, "No key was shown.")?;
    let manifest = manifest(&opened.folder)?;
    let subject = &manifest.subject;
    let tree = subject.worktree_tree.as_deref();
    let run = key
        .master
        .of_run(&manifest.clock.started, tree)
        .map_err(|fault| Problem::new(KIND, fault.0, "Report this with the command."))?;
    let files = manifest.files.iter();
    let committed = files.filter_map(|file| {
        let commitment = file.redaction.as_ref()?.commitment.as_ref()?;
        Some((file.origin.as_ref()?.source.as_str(), commitment))
    });
    let mut committed: Vec<_> = committed.collect();
    committed.sort_by_key(|(source, _)| *source);
    if committed.is_empty() {
        let title = "expected a bundle that commits to originals, found none in its manifest";
        let fix = "The run had no key, or took nothing out: there is nothing to show.";
        return Err(Problem::new(KIND, title, fix).into());
    }
    if committed.iter().any(|(_, it)| it.key_id != run.id()) {
        let title = "expected the key that the run had, found another";
        let fix = "Give the file that was given as --redaction-key then. (No key was shown.)";
        return Err(Problem::new(KIND, title, fix).into());
    }
    let digits = run.hex();
    let mut text = format!(
        "# The key of the run of {} on tree {}. It opens every run of that time on that tree, and \
         no other.\n",
        visible(&manifest.clock.started),
        tree.map_or_else(|| "none".into(), visible)
    );
    for (source, commitment) in committed {
        let _ = writeln!(
            text,
            "# {}: prints {}\nopenssl dgst -sha256 -mac HMAC -macopt hexkey:{} {}",
            visible(source),
            commitment.value,
            *digits,
            quoted(&visible(source))
        );
    }
    Ok(text)
}

/// A path as a word of a shell.
fn quoted(path: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"/._-+=@:".contains(&it);
    if path.bytes().all(plain) && !path.starts_with('-') {
        return path.to_owned();
    }
    format!("'./{}'", path.replace('\'', "'\\''"))
}

fn manifest(folder: &Path) -> Result<Manifest, Problem> {
    const MOST: u64 = 256 * 1024 * 1024;
    let wrong = |says: &str| {
        let title = format!("expected manifest.json of a bundle: {says}");
        Problem::new("bundle", title, "Give a bundle.")
    };
    let bytes = file::read_up_to(&folder.join("manifest.json"), "manifest.json", MOST)
        .map_err(|unread| wrong(&unread.says))?;
    Manifest::parse(&bytes).map_err(|fault| wrong(&fault.0))
}

fn shown(path: &Path) -> String {
    visible(&from_bytes(path.as_os_str().as_encoded_bytes())).into_owned()
}
