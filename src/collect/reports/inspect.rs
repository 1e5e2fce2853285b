//! Looking at one file: is it a report, and what does it say?

use std::path::Path;
use std::sync::LazyLock;

use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::DEPENDENCIES_EXAMINED;
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape};
use crate::tree::file::{Body, larger};
use crate::tree::glob::Globs;
use crate::tree::{File, Large};

use super::document::{Document, Look};
use super::{Format, FormatSpec, formats, listing};

/// What came of looking at a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The path as given.
    pub path: String,
    /// What it is.
    pub outcome: Outcome,
    /// Whether it is unreadable for no other reason than that it is larger than what is read.
    pub too_large: bool,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A report, read.
    Report(Box<Reading>),
    /// Evidence of some kind that cannot be read.
    Unreadable {
        /// The kind, as far as its content or its name shows it.
        kind: Option<ReportKind>,
        /// The format, as far as its content shows it.
        format: Option<&'static str>,
        /// The place and the reason.
        error: ParseError,
    },
    /// Not a report this tool knows.
    Unrecognised,
}

/// Looks at a file, wherever its bytes are. Where secrets are taken out of one that stays on disk,
/// the rest is written into this folder, if there is one.
pub fn inspect_file(file: &File, scratch: Option<&Path>) -> Inspection {
    match &file.body {
        Body::Held(bytes) => inspect(&file.path, bytes),
        Body::OnDisk(large) => inspect_large(large, scratch),
    }
}

/// Looks at the bytes of a file.
pub fn inspect(path: &str, bytes: &[u8]) -> Inspection {
    let document = Document::new(path, bytes);
    let outcome = match recognised(&document) {
        Some(format) => read(format, &document),
        None => unrecognised(path, &document.look),
    };
    Inspection {
        path: path.to_owned(),
        outcome,
        too_large: false,
    }
}

/// Looks at a file that stays on disk.
pub(super) fn inspect_large(file: &Large, scratch: Option<&Path>) -> Inspection {
    let mut document = Document::on_disk(file, scratch);
    let format = recognised(&document).or_else(|| {
        document.look_further();
        recognised(&document)
    });
    let refused = format.and_then(|format| refuse(format, file));
    let outcome = match (format, &refused) {
        (Some(format), None) => read_large(format, &document, file),
        (Some(format), Some(says)) => unreadable(format.spec(), says),
        (None, _) => unrecognised(&file.path, &document.look),
    };
    // A format may ask for the whole text only once it knows what stands in the document.
    let asked_for_all = document.refused().is_some() && file.size > file.whole;
    Inspection {
        path: file.path.clone(),
        outcome,
        too_large: refused.is_some() || asked_for_all,
    }
}

fn recognised(document: &Document<'_>) -> Option<&'static dyn Format> {
    formats().find(|format| format.recognises(document))
}

/// The kinds whose reports are usually named like this file.
pub fn kinds_by_name(path: &str) -> Vec<ReportKind> {
    static NAMES: LazyLock<Vec<(ReportKind, Globs)>> = LazyLock::new(|| {
        let named = formats().map(|format| (format.spec().kind, names(format.spec())));
        named.collect()
    });
    let name = last_part(path);
    let mut kinds: Vec<ReportKind> = NAMES
        .iter()
        .filter(|(_, globs)| globs.matches(&name))
        .map(|(kind, _)| *kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Whether files of a format are usually named like this one.
pub fn usually_named(spec: &FormatSpec, path: &str) -> bool {
    names(spec).matches(&last_part(path))
}

/// The usual names of a format. One that is no pattern matches nothing; a test looks for such.
fn names(spec: &FormatSpec) -> Globs {
    Globs::new(spec.usual_names.to_vec()).unwrap_or_default()
}

fn last_part(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_lowercase()
}

/// The kind of a document of which only the beginning was read.
pub fn kind_of_head(path: &str, head: &[u8]) -> Option<ReportKind> {
    // A cut inside a character must not hide the rest.
    let whole = head
        .utf8_chunks()
        .next()
        .map_or(&[][..], |chunk| chunk.valid().as_bytes());
    recognised(&Document::new(path, whole)).map(|format| format.spec().kind)
}

fn read(format: &dyn Format, document: &Document<'_>) -> Outcome {
    let spec = format.spec();
    let unreadable = |error| Outcome::Unreadable {
        kind: Some(spec.kind),
        format: Some(spec.name),
        error,
    };
    // What stays on disk breaks off where the look at its beginning ends. What it was taken for
    // before a number that cannot be held may be wrong.
    if let Some(shape) = document.look.json()
        && let Some(broken) = &shape.broken
        && (document.is_held() || shape.meets_a_number_too_large())
        && !(shape.followed && format.is_sequence())
    {
        return unreadable(broken.clone());
    }
    match format.read(document) {
        Ok(mut reading) => {
            note_what_is_not_listed(&mut reading);
            listing::bound(&mut reading);
            reading.notes.dedup();
            debug_assert!(
                reading.state != ReadingState::Unreadable,
                "an unreadable document is an error"
            );
            Outcome::Report(Box::new(reading))
        }
        Err(error) => unreadable(error),
    }
}

/// Says of an audit that it does not name what it looked up, so that it cannot be agreed to a lock
/// file.
fn note_what_is_not_listed(reading: &mut Reading) {
    let audit = reading.kind == ReportKind::Dependencies;
    if audit && !reading.holds.contains(&&DEPENDENCIES_EXAMINED) {
        reading.note("It does not list every package that was looked up.");
    }
}

/// Reads a file that stays on disk. It counts only if it is text to its end, which every pass over
/// it found to be the same.
fn read_large(format: &dyn Format, document: &Document<'_>, file: &Large) -> Outcome {
    let spec = format.spec();
    let outcome = read(format, document);
    if let Some(says) = document.refused() {
        return unreadable(spec, &says);
    }
    if matches!(outcome, Outcome::Unreadable { .. }) {
        return outcome;
    }
    if let Some(broken) = broken_at_once(format, document, &outcome) {
        return Outcome::Unreadable {
            kind: Some(spec.kind),
            format: Some(spec.name),
            error: broken,
        };
    }
    let is_text = !matches!(document.look, Look::Binary(_));
    match file.read().map(|bytes| bytes.not_text) {
        Ok(Some(says)) if is_text => unreadable(spec, &says),
        Ok(_) => outcome,
        Err(says) => unreadable(spec, &says),
    }
}

/// Where the first value of a sequence is broken, which is no report in memory either. A list that
/// counts was read to its end, and is not read again for it.
fn broken_at_once(
    format: &dyn Format,
    document: &Document<'_>,
    outcome: &Outcome,
) -> Option<ParseError> {
    let shape = document.look.json().filter(|_| format.is_sequence())?;
    let counts = |reading: &Reading| reading.state == ReadingState::Complete;
    let is_read = matches!(outcome, Outcome::Report(reading) if counts(reading));
    if is_read && shape.outer == Outer::Array {
        return None;
    }
    let shape = Shape::of_stream(document.reader());
    shape.broken.filter(|_| !shape.followed)
}

/// Why a format is not asked to read a file of this size.
fn refuse(format: &dyn Format, file: &Large) -> Option<String> {
    let refused = file.size > file.whole && !format.streams();
    refused.then(|| larger(file.whole, file.size))
}

fn unreadable(spec: &FormatSpec, says: &str) -> Outcome {
    Outcome::Unreadable {
        kind: Some(spec.kind),
        format: Some(spec.name),
        error: ParseError::whole(says),
    }
}

fn unrecognised(path: &str, look: &Look) -> Outcome {
    let error = match look {
        Look::Empty => ParseError::whole("0 bytes"),
        Look::Binary(says) => ParseError::whole(says.clone()),
        Look::Json(shape) => match &shape.broken {
            Some(broken) => broken.clone(),
            None => return Outcome::Unrecognised,
        },
        Look::NotXml(broken) => broken.clone(),
        // A tool's last words where its report should be: a stack trace, a usage line.
        Look::Text => ParseError::whole("expected a report, found text of no format that is known"),
        Look::Xml(_) => return Outcome::Unrecognised,
    };
    let mut kinds = kinds_by_name(path);
    if *look == Look::Text && may_be_anything(path) {
        kinds.clear();
    }
    match (look, kinds.as_slice()) {
        // A broken file that is not even named like a report is nobody's evidence.
        (Look::Binary(_) | Look::NotXml(_) | Look::Text, []) => Outcome::Unrecognised,
        (_, kinds) => Outcome::Unreadable {
            kind: kinds.first().copied(),
            format: None,
            error,
        },
    }
}

/// Whether the ending of a name says no more than that it is text that somebody kept.
fn may_be_anything(path: &str) -> bool {
    let name = last_part(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["txt", "log", "out"].contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_names_of_every_format_are_patterns_and_match_its_sample() {
        for format in formats() {
            let spec = format.spec();
            assert!(
                Globs::new(spec.usual_names.to_vec()).is_ok(),
                "{}",
                spec.name
            );
            let unnamed = spec.usual_names.is_empty();
            assert!(
                unnamed || usually_named(spec, spec.sample.0),
                "{}",
                spec.name
            );
        }
    }
}
