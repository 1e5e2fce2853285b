//! A bundle that is looked into: whether it is what was sealed, and where its files lie.

use std::io;
use std::path::{Path, PathBuf};

use super::definitions::shown;
use super::held;
use crate::load::Problem;
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::seal::disk;
use crate::seal::door::Private;
use crate::tree::file;
use crate::tree::handed::each_member;

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

/// Lays the files of an archive into a folder of our own, one after another.
fn unpack(archive: &Path) -> Result<(PathBuf, Private), Refused> {
    let refused = |says: String| {
        let title = format!("expected an archive of a bundle: {says}");
        let fix = "Unpack it, and give the directory.";
        Refused::Problem(Problem::new("bundle", title, fix))
    };
    let private = Private::new().map_err(|fault| refused(fault.0))?;
    let mut folder = private.path().join("bundle");
    // A file may lie where another has its folder: then writing it ends this.
    each_member(archive, |member| {
        let full = folder.join(member.path);
        let parent = full.parent().unwrap_or(&folder);
        std::fs::create_dir_all(parent)?;
        let content = member.content.ok_or_else(|| {
            io::Error::other(format!("{} is no plain file", excerpt(member.path)))
        })?;
        disk::pour_new(&full, content)
    })
    .map_err(|error| refused(file::reason(&error)))?;
    while !folder.join("manifest.json").is_file() {
        let mut below = file::folders(&folder).into_iter();
        let (Some(only), None) = (below.next(), below.next()) else {
            return Err(refused("there is no manifest in it".to_owned()));
        };
        folder.push(only);
    }
    Ok((folder, private))
}
