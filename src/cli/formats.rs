//! `--format NAME[:FILE]`: which formats go to which files, and which one takes standard output.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::load::Problem;
use crate::model::text::{joined, nearest, visible};
use crate::render::{Document, FORMATS, Format};
use crate::tree::file;

/// The format that is not a document: its look depends on where it goes.
const TABLE: &str = "table";

/// What formats are called elsewhere.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("annotations", "github"),
    ("excel", "csv"),
    ("heimdall", "hdf"),
    ("inspec", "hdf"),
    ("junit-xml", "junit"),
    ("junitxml", "junit"),
    ("md", "markdown"),
    ("ohdf", "hdf"),
    ("summary", "markdown"),
    ("terminal", "table"),
    ("text", "table"),
    ("txt", "table"),
    ("xlsx", "csv"),
    ("xml", "junit"),
    ("yaml", "json"),
];

/// How many files of the same name may be written beside each other at the same time.
const ATTEMPTS: u32 = 1_000;

/// One form of the result.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// The table.
    Table,
    /// A document, the same wherever it goes.
    Document(&'static Document),
}

/// What a name on the command line stands for.
#[derive(Debug, Clone, Copy)]
enum Named {
    /// One document.
    One(Form),
    /// Several, which need a folder.
    Several(&'static Format),
}

/// What goes where.
#[derive(Debug)]
pub(crate) struct Formats {
    /// What standard output carries: one thing.
    pub(crate) stdout: Form,
    /// The files, in the order given.
    pub(crate) files: Vec<(Form, PathBuf)>,
    /// Folders of these files that are not there yet.
    pub(crate) folders: Vec<PathBuf>,
}

impl Formats {
    /// Reads what the command line asks for, and looks whether each file can be written, before
    /// anything is examined. `summary` is where the summary of the job goes by itself.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn of(asked: &[String], summary: Option<&Path>) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut shown: Vec<(&str, Form)> = Vec::new();
        let mut files: Vec<(Form, PathBuf)> = Vec::new();
        let mut folders: Vec<PathBuf> = Vec::new();
        for asked in asked {
            let (name, path) = match asked.split_once(':') {
                Some((name, path)) => (name, Some(path)),
                None => (asked.as_str(), None),
            };
            match (named(name), path) {
                (None, _) => problems.push(unknown(name)),
                (Some(Named::Several(_)), None | Some("")) => problems.push(no_folder(name)),
                (Some(_), Some("")) => problems.push(no_file(name)),
                (Some(Named::One(form)), None) => shown.push((name, form)),
                (Some(Named::One(form)), Some(path)) => {
                    let wanted = Path::new(path);
                    if folders.iter().any(|folder| same(folder, wanted)) {
                        problems.push(twice(path));
                    } else {
                        problems.extend(in_the_way(path, &files, summary));
                    }
                    files.push((form, PathBuf::from(path)));
                }
                (Some(Named::Several(format)), Some(path)) => {
                    let found = folder(path, format, &mut files, &mut folders, summary);
                    problems.extend(found);
                }
            }
        }
        if let [_, (second, _), ..] = shown.as_slice() {
            problems.push(crowded(&shown, second));
        }
        if problems.is_empty() {
            let stdout = shown.first().map_or(Form::Table, |(_, form)| *form);
            Ok(Self {
                stdout,
                files,
                folders,
            })
        } else {
            Err(problems)
        }
    }
}

fn named(name: &str) -> Option<Named> {
    if name == TABLE {
        return Some(Named::One(Form::Table));
    }
    let format = FORMATS.iter().find(|format| format.name == name)?;
    let one = format.single().map(Form::Document).map(Named::One);
    Some(one.unwrap_or(Named::Several(format)))
}

fn names() -> Vec<&'static str> {
    let documents = FORMATS.iter().map(|format| format.name);
    std::iter::once(TABLE).chain(documents).collect()
}

fn unknown(name: &str) -> Problem {
    let names = names();
    let found = match name {
        "" => "none".into(),
        name => visible(name),
    };
    let title = format!(
        "expected {}, found {found} (--format)",
        joined(&names, "or")
    );
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
    let meant = other.map(|(_, meant)| *meant);
    let fix = meant.or_else(|| nearest(name, names)).map_or_else(
        || "See audit help main.".to_owned(),
        |near| format!("Write {near}."),
    );
    Problem::new("value", title, fix)
}

fn no_file(name: &str) -> Problem {
    Problem::new(
        "value",
        format!("expected a file after {name}:, found none (--format)"),
        format!("Give the file, or leave the colon out: --format {name}"),
    )
}

fn no_folder(name: &str) -> Problem {
    Problem::new(
        "value",
        format!("expected a folder after {name}:, found none (--format)"),
        format!("Give a folder, into which its files are written: --format {name}:DIR"),
    )
}

/// Adds the files of a folder, which is made where it is not there, and says what stands against
/// it.
fn folder(
    path: &str,
    format: &'static Format,
    files: &mut Vec<(Form, PathBuf)>,
    folders: &mut Vec<PathBuf>,
    summary: Option<&Path>,
) -> Vec<Problem> {
    let there = Path::new(path);
    let mut problems = Vec::new();
    let is_folder = there.symlink_metadata().is_ok_and(|about| about.is_dir());
    if !is_folder {
        problems.extend(in_the_way(path, files, summary));
        if there.symlink_metadata().is_ok() {
            let title = format!(
                "expected a folder to write to, found {}: it is no folder (--format)",
                visible(path)
            );
            let fix = "Give a folder, or a name that nothing has yet. (Looked at first: nothing \
                       was examined.)";
            return vec![Problem::new("format", title, fix)];
        }
        if folders.iter().all(|known| known != there) {
            folders.push(there.to_owned());
        }
    }
    for document in format.documents {
        let file = there.join(document.name);
        let taken = files.iter().any(|(_, other)| same(other, &file));
        if taken || is_folder {
            let shown = file.to_string_lossy();
            problems.extend(in_the_way(&shown, files, summary));
        }
        files.push((Form::Document(document), file));
    }
    problems
}

fn crowded(shown: &[(&str, Form)], second: &str) -> Problem {
    let names: Vec<&str> = shown.iter().map(|(name, _)| *name).collect();
    let title = format!(
        "expected one format on standard output, found {} (--format)",
        joined(&names, "and")
    );
    let fix = format!("Give the others a file: --format {second}:FILE");
    Problem::new("usage", title, fix)
}

/// What stands against writing to a path: an earlier format that goes there, or the place itself.
fn in_the_way(path: &str, files: &[(Form, PathBuf)], summary: Option<&Path>) -> Option<Problem> {
    let wanted = Path::new(path);
    let taken = |other: &Path| same(other, wanted);
    if files.iter().any(|(_, other)| taken(other)) {
        return Some(twice(path));
    }
    if summary.is_some_and(taken) {
        let title = format!(
            "expected a file other than that of GITHUB_STEP_SUMMARY, found {} (--format)",
            visible(path)
        );
        return Some(Problem::new(
            "usage",
            title,
            "Leave it out: the summary is added to that file without being asked for.",
        ));
    }
    let error = prepare(wanted).err()?;
    Some(refused(
        wanted,
        &error,
        "Give a file in a folder that is there and can be written to. (Looked at first: nothing \
         was examined.)",
    ))
}

/// A place that two formats would go to.
fn twice(path: &str) -> Problem {
    let title = format!(
        "expected a file of its own for each format, found {} twice (--format)",
        visible(path)
    );
    Problem::new("usage", title, "Give each of them another file.")
}

/// Whether two paths lead to one place.
fn same(left: &Path, right: &Path) -> bool {
    let full = |path: &Path| {
        let folder = fs::canonicalize(folder_of(path)).ok()?;
        Some(folder.join(path.file_name()?))
    };
    left == right || full(left).is_some_and(|it| full(right) == Some(it))
}

/// A file that cannot be written.
pub(crate) fn refused(path: &Path, error: &io::Error, fix: &str) -> Problem {
    let shown = path.to_string_lossy();
    let title = format!(
        "expected a file to write to, found {}: {} (--format)",
        visible(&shown),
        file::reason(error)
    );
    Problem::new("format", title, fix)
}

/// Looks whether a file can be written.
pub(crate) fn prepare(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        // A link would be followed out of the folder that was meant, or be replaced; a device
        // would be replaced.
        Ok(about) if !about.is_file() => return Err(io::Error::other("it is no regular file")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    if !folder_of(path).is_dir() {
        return Err(io::Error::other("there is no such folder"));
    }
    let (beside, _) = open_beside(path)?;
    fs::remove_file(beside)
}

/// Makes a folder; one that is there by now is as good.
///
/// # Errors
/// A place where none can be made.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// Writes a file so that it is there whole or not at all; what was there before is replaced.
///
/// # Errors
/// A place that cannot be written to.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (beside, mut handle) = open_beside(path)?;
    let written = handle
        .write_all(bytes)
        .and_then(|()| handle.sync_all())
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A new file in the same folder, so that it can be renamed into its place.
fn open_beside(path: &Path) -> io::Result<(PathBuf, fs::File)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other("it is no name of a file"))?;
    for number in 0..ATTEMPTS {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{number}", std::process::id()));
        let beside = path.with_file_name(hidden);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
        {
            Ok(handle) => return Ok((beside, handle)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many runs are writing there"))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusals(asked: &[&str]) -> Vec<String> {
        let asked: Vec<String> = asked.iter().map(|&it| it.to_owned()).collect();
        let problems = Formats::of(&asked, None).expect_err("a refusal");
        problems.into_iter().map(|problem| problem.title).collect()
    }

    #[test]
    fn standard_output_carries_the_table_unless_another_format_has_no_file() {
        let none = Formats::of(&[], None).expect("formats");
        assert!(matches!(none.stdout, Form::Table));
        let json = Formats::of(&["json".to_owned()], None).expect("formats");
        assert!(matches!(json.stdout, Form::Document(format) if format.name == "json"));
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        assert_eq!(
            refusals(&[
                "jsn",
                "json:",
                "table",
                "html",
                "json:no-such-folder/a.json"
            ]),
            [
                "expected table, json, html, markdown, github, sarif, code-scanning, junit, csv, oscal or hdf, found jsn (--format)",
                "expected a file after json:, found none (--format)",
                "expected a file to write to, found no-such-folder/a.json: there is no such folder \
                 (--format)",
                "expected one format on standard output, found table and html (--format)",
            ]
        );
    }

    #[test]
    fn two_formats_never_take_one_file() {
        assert_eq!(
            refusals(&["json:a.out", "html:./a.out"]),
            ["expected a file of its own for each format, found ./a.out twice (--format)"]
        );
    }

    #[test]
    fn every_format_stands_in_the_help() {
        let help =
            super::super::help::long(&super::super::root(), &crate::render::table::Style::plain());
        // Where the line ends is not what is looked at.
        let words: Vec<&str> = help.split_whitespace().collect();
        let named = format!("{};", names().join(" "));
        assert!(words.join(" ").contains(&named), "{help}");
    }
}
