//! What a job on GitHub Actions is told beside the output: annotations, a summary, links to lines.
//! None of it changes a result; what cannot be written is said.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::output;
use crate::model::text::visible;
use crate::render::markdown::{Links, SUMMARY, render};
use crate::render::{Closing, github, table};
use crate::seal::Bundle;
use crate::tree::file;

/// The forge around a run, as the environment says.
#[derive(Debug, Default)]
pub(crate) struct Forge {
    /// Whether a runner reads the output.
    pub(crate) annotates: bool,
    /// Where the summary of the job is appended to. The runner chose the file, so that it is taken
    /// as it is.
    pub(crate) summary: Option<PathBuf>,
    /// Where lines are shown.
    pub(crate) links: Option<Links>,
}

impl Forge {
    /// What the environment says.
    pub(crate) fn here() -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).and_then(|value| value.into_string().ok());
        Self {
            annotates: set("GITHUB_ACTIONS").as_deref() == Some(OsStr::new("true")),
            summary: set("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            links: text("GITHUB_SERVER_URL")
                .zip(text("GITHUB_REPOSITORY"))
                .and_then(|(server, repository)| Links::new(&server, &repository)),
        }
    }

    /// Writes the summary and, where they do not stand on standard output already, the annotations;
    /// says on standard error what went where.
    pub(crate) fn tell(&self, bundle: &Bundle, closing: &Closing, annotated: bool) {
        let annotations = (self.annotates && !annotated).then(|| github::annotations(bundle));
        let mut told = Vec::new();
        if let Some(made) = &annotations {
            let count = table::count(made.count, "annotation", "annotations");
            told.push(format!("{count} to GITHUB_ACTIONS"));
        }
        let summary = self.summary.as_deref();
        let summary = summary.map(|path| append(path, |room| render(bundle, closing, room)));
        if let Some(Ok(())) = &summary {
            told.push("job summary to GITHUB_STEP_SUMMARY".to_owned());
        }
        if !told.is_empty() {
            output::err(&format!("audit: {}\n", told.join(", ")));
        }
        if let Some(Err(error)) = &summary {
            let found = file::reason(error);
            output::err(&format!(
                "audit: no job summary: GITHUB_STEP_SUMMARY cannot be added to: {}\n",
                visible(&found)
            ));
        }
        output::orders(&annotations.unwrap_or_default().text);
    }
}

/// Adds to a file what fits beside what stands there already, all of it or nothing.
fn append(path: &Path, written: impl FnOnce(usize) -> String) -> io::Result<()> {
    // What is not there yet is made; a pipe would keep the run waiting for a reader.
    match fs::metadata(path) {
        Ok(about) if !about.is_file() => return Err(io::Error::other("it is no regular file")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(_) | Err(_) => {}
    }
    let mut handle = OpenOptions::new().append(true).create(true).open(path)?;
    let before = handle.metadata()?.len();
    let taken = usize::try_from(before).unwrap_or(usize::MAX);
    let apart = if taken > 0 { "\n\n" } else { "" };
    let room = SUMMARY.saturating_sub(taken).saturating_sub(apart.len());
    let text = written(room);
    if text.len() > room {
        return Err(io::Error::other(
            "it holds so much already that all of it would be dropped",
        ));
    }
    let done = handle.write_all(format!("{apart}{text}").as_bytes());
    if done.is_err() {
        let _ = handle.set_len(before);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_added_to_what_is_there_and_never_overflows_it() {
        let path = env::temp_dir().join(format!("audit-summary-{}", std::process::id()));
        let read = || String::from_utf8(file::read(&path, "x").expect("bytes"));
        append(&path, |_| "first".to_owned()).expect("a new file");
        append(&path, |room| {
            assert_eq!(room, SUMMARY - 7);
            "second".to_owned()
        })
        .expect("room");
        assert_eq!(read().as_deref(), Ok("first\n\nsecond"));
        let full = append(&path, |room| "x".repeat(room + 1));
        assert!(full.is_err());
        assert_eq!(read().as_deref(), Ok("first\n\nsecond"), "unchanged");
        fs::remove_file(&path).expect("the file");
        assert!(append(&env::temp_dir(), |_| String::new()).is_err());
        assert!(append(Path::new("/no/such/folder"), |_| String::new()).is_err());
    }
}
