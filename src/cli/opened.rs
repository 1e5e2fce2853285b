//! A bundle that is looked into: whether it is what was sealed, and where its files lie.

use std::path::{Path, PathBuf};

use super::definitions::shown;
use super::held;
use crate::load::Problem;
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::seal::door::Private;
use crate::tree::file;
use crate::tree::handed::Handed;

/// The steps of verification that need nobody's trust.
const OWN: [u8; 6] = [1, 2, 3, 4, 5, 6];
/// The one that holds the files against the list.
const FILES: u8 = 2;

/// A bundle that is what was sealed.
pub(crate) struct Opened {
    /// Where its files lie.
    pub(crate) folder: PathBuf,
    /// How many of its files were held against its list, in words.
    pub(crate) held: String,
    /// The folder of our own that an archive was laid into.
    pub(crate) unpacked: Option<Private>,
}

/// Why there is a bundle was not opened.
pub(crate) enum Refused {
    /// What was given cannot be used.
    Problem(Problem),
    /// The bundle is not what was sealed.
    Broken(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Opened {
    /// Opens a bundle or an archive of one, once it is known to be what was sealed; `undone` says what
    /// was not done with one that is not.
    pub(crate) fn of(given: &Path, now: Moment, undone: &str) -> Result<Self, Refused> {
        let held = verified(given, now, undone)?;
        let (folder, unpacked) = if given.is_dir() {
            (given.to_path_buf(), None)
        } else {
            let (folder, private) = unpack(given)?;
            (folder, Some(private))
        };
        Ok(Self {
            folder,
            held,
            unpacked,
        })
    }
}

/// Verifies a bundle with nobody trusted. Answers with what is said of its files.
fn verified(given: &Path, now: Moment, undone: &str) -> Result<String, Refused> {
    let report = held::steps(given, now)?;
    let whole = given.is_dir() && !given.join("manifest.json").exists();
    if report.bundles != 1 || whole {
        let title = format!("expected one bundle, found a ledger at {}", shown(given));
        let fix = "Give one bundle: its directory, or an archive of it.";
        return Err(Problem::new("bundle", title, fix).into());
    }
    if let Some(step) = held::failed(&report, &OWN) {
        return Err(Refused::Broken(held::broken(step, undone)));
    }
    let mut steps = report.steps.into_iter();
    let held = steps.find(|step| step.number == FILES);
    Ok(held.map_or_else(String::new, |step| step.says))
}

/// Lays the files of an archive into a folder of our own, by the paths of its list, which verification
/// found to stay inside.
fn unpack(archive: &Path) -> Result<(PathBuf, Private), Refused> {
    let refused = |says: String| {
        let title = format!("expected an archive of a bundle: {says}");
        let fix = "Unpack it, and give the directory.";
        Refused::Problem(Problem::new("bundle", title, fix))
    };
    let mut files =
        Handed::of_archive(archive, |_| true).map_err(|error| refused(file::reason(&error)))?;
    let mut name = String::from("bundle");
    while !files.files.contains_key("manifest.json") {
        let top = files
            .files
            .keys()
            .next()
            .and_then(|path| path.split_once('/'));
        let Some((top, _)) = top else {
            return Err(refused("there is no manifest in it".to_owned()));
        };
        top.clone_into(&mut name);
        files = files.below(&name);
    }
    let private = Private::new().map_err(|fault| refused(fault.0))?;
    let folder = private.path().join(crate::model::text::last_name(&name));
    for (path, held) in &files.files {
        let Some(bytes) = &held.bytes else {
            return Err(refused(format!("{} is too large", excerpt(path))));
        };
        let full = folder.join(path);
        let parent = full.parent().unwrap_or(&folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| crate::seal::disk::write_new(&full, bytes))
            .map_err(|error| refused(file::reason(&error)))?;
    }
    Ok((folder, private))
}
