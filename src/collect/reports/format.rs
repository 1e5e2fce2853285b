//! What a format is.

use super::document::Document;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;

/// What a format is, for the registry and the documentation.
pub struct FormatSpec {
    /// The kind of its reports.
    pub kind: ReportKind,
    /// Its short stable name: `cobertura`.
    pub name: &'static str,
    /// The names its files commonly have, as globs over the last part of the path. They never
    /// decide what a file is; they only tell which evidence is lost when it cannot be read. None
    /// where no evidence is lost with it.
    pub usual_names: &'static [&'static str],
    /// Which tools write it, one sentence.
    pub about: &'static str,
    /// A small complete report: the name it usually has, and its text. The tests damage it in every
    /// way they know.
    pub sample: (&'static str, &'static str),
}

/// One report format.
pub trait Format: Sync {
    /// What it is.
    fn spec(&self) -> &'static FormatSpec;

    /// Whether a document is of this format, by its content. Must hold for a document that was cut
    /// short, as far as what is left shows it. The path may only decide what no content can: an
    /// empty list is a clean report of some tools and nothing at all of others.
    fn recognises(&self, document: &Document<'_>) -> bool;

    /// Whether its documents may be JSON values that follow each other: JSON Lines, or what a tool
    /// concatenates. What follows the first value is then no damage, and [`Format::read`] has to
    /// find the damage there is.
    fn is_sequence(&self) -> bool {
        false
    }

    /// Whether it keeps no more than the rows that become items, so that it may read documents of
    /// any size there is. Any other format is not asked to read more than
    /// [`FILE_BYTES`](crate::parse::limits::FILE_BYTES).
    fn streams(&self) -> bool {
        false
    }

    /// Reads a document it recognised. Not called for JSON that is broken off, as far as that was
    /// seen: of a large document it was not, and [`Format::read`] finds it.
    ///
    /// # Errors
    /// A document that is not what it seemed; it is then unreadable.
    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError>;
}
