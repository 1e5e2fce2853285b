//! Where records are kept: `.audit/runs/` of the examined folder, each whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::formats;
use crate::load::Problem;
use crate::model::record::{FOLDER, Record};
use crate::model::text::{last_name, visible};
use crate::model::time::Moment;
use crate::tree::digest::sha256;
use crate::tree::file::reason;

/// Makes the folder of records and looks whether it can be written to, before anything is run.
///
/// # Errors
/// A place that cannot be written to, or that leads elsewhere.
pub(super) fn prepare(examined: &Path) -> Result<PathBuf, Problem> {
    let mut folder = examined.to_path_buf();
    let parts = FOLDER.split('/').filter(|part| !part.is_empty());
    let made = parts.into_iter().try_for_each(|part| {
        folder.push(part);
        make(&folder)
    });
    let probed = made.and_then(|()| formats::prepare(&folder.join("probe")));
    match probed {
        Ok(()) => Ok(folder),
        Err(error) => Err(refused(&error, "Nothing was run.")),
    }
}

/// A folder of the repository could be a link that leads out of it.
fn make(folder: &Path) -> io::Result<()> {
    match folder.symlink_metadata() {
        Ok(about) if about.is_dir() => Ok(()),
        Ok(_) => Err(io::Error::other("it is no folder of its own")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir(folder),
        Err(error) => Err(error),
    }
}

/// Writes a record under a name that says when, of what, and its own digest. Gives the name.
///
/// # Errors
/// A place that cannot be written to.
pub(super) fn keep(record: &Record, started: Moment, folder: &Path) -> Result<String, Problem> {
    let mut bytes = serde_json::to_vec_pretty(record).map_err(|error| {
        let title = format!("expected to write the record, found {error}");
        Problem::new("bug", title, "Report it with the command that was run.")
    })?;
    bytes.push(b'\n');
    let tool = record.command.arguments.first().map_or("", String::as_str);
    let tool: String = last_name(&tool.replace('\\', "/"))
        .chars()
        .take(40)
        .collect();
    let name = format!(
        "{}-{tool}-{}.json",
        started.compact(),
        sha256(&bytes).short()
    );
    match formats::write(&folder.join(&name), &bytes) {
        Ok(()) => Ok(format!("{FOLDER}{name}")),
        Err(error) => Err(refused(&error, "The tool was run, and nothing shows it.")),
    }
}

fn refused(error: &io::Error, so: &str) -> Problem {
    let title = format!(
        "expected to write records to {FOLDER}, found {}",
        visible(&reason(error))
    );
    Problem::new(
        "record",
        title,
        format!("Make it a folder that can be written to. {so}"),
    )
}
