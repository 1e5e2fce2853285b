//! Looking at one file: is it a report, and what does it say?

use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::tree::glob::Globs;

use super::document::{Document, Look};
use super::{FORMATS, Format, FormatSpec};

/// What came of looking at a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The path as given.
    pub path: String,
    /// What it is.
    pub outcome: Outcome,
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

/// Looks at the bytes of a file.
pub fn inspect(path: &str, bytes: &[u8]) -> Inspection {
    let document = Document::new(path, bytes);
    let outcome = match FORMATS.iter().find(|format| format.recognises(&document)) {
        Some(format) => read(*format, &document),
        None => unrecognised(path, &document.look),
    };
    Inspection {
        path: path.to_owned(),
        outcome,
    }
}

/// The kinds whose reports are usually named like this file.
pub fn kinds_by_name(path: &str) -> Vec<ReportKind> {
    let mut kinds: Vec<ReportKind> = FORMATS
        .iter()
        .filter(|format| usually_named(format.spec(), path))
        .map(|format| format.spec().kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Whether files of a format are usually named like this one.
pub fn usually_named(spec: &FormatSpec, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    Globs::new(spec.usual_names.to_vec()).is_ok_and(|globs| globs.matches(&name))
}

/// The kind of a document of which only the beginning was read.
pub fn kind_of_head(path: &str, head: &[u8]) -> Option<ReportKind> {
    // A cut inside a character must not hide the rest.
    let whole = head
        .utf8_chunks()
        .next()
        .map_or(&[][..], |chunk| chunk.valid().as_bytes());
    let document = Document::new(path, whole);
    FORMATS
        .iter()
        .find(|format| format.recognises(&document))
        .map(|format| format.spec().kind)
}

fn read(format: &dyn Format, document: &Document<'_>) -> Outcome {
    let spec = format.spec();
    let unreadable = |error| Outcome::Unreadable {
        kind: Some(spec.kind),
        format: Some(spec.name),
        error,
    };
    if let Some(broken) = document.look.json().and_then(|shape| shape.broken.clone()) {
        return unreadable(broken);
    }
    match format.read(document) {
        Ok(mut reading) => {
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
        Look::Text => ParseError::whole("expected JSON or XML, found other text"),
        Look::Xml(_) => return Outcome::Unrecognised,
    };
    let kinds = kinds_by_name(path);
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
