//! Which reports a tool wrote: the files in which reports are looked for, before and after.
//!
//! A file that was there and was not written again is not claimed. Times on disk only tell here
//! that something was written; they prove nothing about when.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::collect::Input;
use crate::collect::reports::{Outcome, inspect, search};
use crate::model::exhibit::Digest;
use crate::model::reading::ReportKind;
use crate::model::record::{Before, Written};
use crate::model::text::excerpt;
use crate::tree::{Entry, digest, file};

/// The files in which reports are looked for, as they were at one moment.
pub(super) struct Watched(BTreeMap<String, Stamp>);

/// What tells that a file was written.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    sha256: Option<Digest>,
    bytes: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

impl Watched {
    /// Looks at the files that are named, from the examined folder; where none is, at all in which
    /// `audit` would look for reports.
    pub(super) fn look(input: &Input<'_>, named: &[String]) -> Self {
        let stamps = watched(input, named).map(|(inside, entry)| (inside.to_owned(), stamp(entry)));
        Self(stamps.collect())
    }

    /// The reports that were written since, by path. A named file is claimed whatever it holds;
    /// of others, those that are reports.
    pub(super) fn written(&self, input: &Input<'_>, named: &[String]) -> Vec<Written> {
        watched(input, named)
            .filter_map(|(inside, entry)| {
                let now = stamp(entry);
                let before = match self.0.get(inside) {
                    None => Before::Absent,
                    Some(was) if *was == now => return None,
                    Some(was) if was.sha256 == now.sha256 => Before::SameBytes,
                    Some(_) => Before::OtherBytes,
                };
                let written = describe(inside, before, entry);
                (!named.is_empty() || written.kind.is_some()).then_some(written)
            })
            .collect()
    }
}

fn watched<'i>(
    input: &'i Input<'_>,
    named: &'i [String],
) -> impl Iterator<Item = (&'i str, &'i Entry)> {
    let inside = input.tree.entries.iter();
    let inside = inside.filter_map(|entry| Some((input.inside(&entry.path)?, entry)));
    inside.filter(move |(inside, _)| {
        if named.is_empty() {
            search::is_wanted(inside, input)
        } else {
            named.iter().any(|name| name == inside)
        }
    })
}

fn stamp(entry: &Entry) -> Stamp {
    let about = entry.full.metadata().ok();
    #[cfg(unix)]
    let inode = about
        .as_ref()
        .map_or(0, std::os::unix::fs::MetadataExt::ino);
    #[cfg(not(unix))]
    let inode = 0;
    Stamp {
        sha256: digest::sha256_of(&entry.full).ok(),
        bytes: about.as_ref().map_or(entry.size, std::fs::Metadata::len),
        modified: about.and_then(|about| about.modified().ok()),
        inode,
    }
}

/// What is written down of a report. A digest of bytes that hold a secret would let it be guessed,
/// so that the digest is of what is left without them, as it is in a bundle.
fn describe(inside: &str, before: Before, entry: &Entry) -> Written {
    let mut written = Written {
        path: inside.to_owned(),
        before,
        sha256: None,
        bytes: None,
        kind: None,
        format: None,
        state: None,
        tool: None,
        tool_version: None,
        redaction: None,
    };
    let Ok(bytes) = file::read(&entry.full, &entry.path) else {
        written.state = Some("unreadable".to_owned());
        return written;
    };
    let kind = |kind: ReportKind| Some(kind.name().to_owned());
    match inspect(&entry.path, &bytes).outcome {
        Outcome::Report(reading) => {
            written.kind = kind(reading.kind);
            written.format = Some(reading.format.to_owned());
            written.state = Some(reading.state.name().to_owned());
            written.tool = reading.tool.as_deref().map(excerpt);
            written.tool_version = reading.tool_version.as_deref().map(excerpt);
            let (redaction, kept) = match reading.redacted {
                Some((redaction, without)) => (Some(redaction.profile.into_owned()), without),
                None => (None, bytes),
            };
            written.redaction = redaction;
            seal(&mut written, &kept);
        }
        Outcome::Unreadable {
            kind: of, format, ..
        } => {
            written.kind = of.and_then(kind);
            written.format = format.map(str::to_owned);
            written.state = Some("unreadable".to_owned());
        }
        Outcome::Unrecognised => seal(&mut written, &bytes),
    }
    written
}

fn seal(written: &mut Written, bytes: &[u8]) {
    written.sha256 = Some(digest::sha256(bytes).to_string());
    written.bytes = Some(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
}
