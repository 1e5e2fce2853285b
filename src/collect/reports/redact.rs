//! Taking secrets out of reports before anything of them is hashed, shown or shipped:
//! whole values, never parts of them.

use std::collections::BTreeMap;

use super::Document;
use crate::model::exhibit::Redaction;
use crate::model::reading::Reading;
use crate::parse::error::ParseError;
use crate::parse::rewrite::{self, Scalar, Step};
use crate::tree::file::reason;

/// What was taken out, and the document without it; nothing where there was nothing to take out.
pub(super) type Redacted = Option<(Redaction, Vec<u8>)>;

/// Replaces the values of a JSON document that `field` gives a name to.
pub(super) fn json<'t>(
    profile: &'static str,
    text: &str,
    field: impl Fn(&[Step], Scalar) -> Option<&'t str>,
) -> Redacted {
    in_parts(profile, [text], |_, path, scalar| field(path, scalar))
}

/// The same of JSON Lines, where `field` is told the line as well, from 0.
pub(super) fn json_lines<'t>(
    profile: &'static str,
    text: &str,
    field: impl Fn(usize, &[Step], Scalar) -> Option<&'t str>,
) -> Redacted {
    in_parts(profile, text.split_inclusive('\n'), field)
}

fn in_parts<'d, 't>(
    profile: &'static str,
    parts: impl IntoIterator<Item = &'d str>,
    field: impl Fn(usize, &[Step], Scalar) -> Option<&'t str>,
) -> Redacted {
    let mut fields: BTreeMap<String, u64> = BTreeMap::new();
    let mut without = String::new();
    for (nth, part) in parts.into_iter().enumerate() {
        let part = rewrite::redact(part, |path, scalar| {
            count(&mut fields, field(nth, path, scalar))
        });
        without.push_str(&part);
    }
    (!fields.is_empty()).then(|| (Redaction::new(profile, fields), without.into_bytes()))
}

/// Takes values out of a JSON document of any size, and says so in its reading.
///
/// # Errors
/// A document that cannot be read again, or written anew.
pub(super) fn json_of<'t>(
    profile: &'static str,
    document: &Document<'_>,
    reading: &mut Reading,
    field: impl Fn(&[Step], Scalar) -> Option<&'t str>,
) -> Result<(), ParseError> {
    let Some(scratch) = document.scratch() else {
        apply(json(profile, document.text(), field), reading);
        return Ok(());
    };
    let mut fields: BTreeMap<String, u64> = BTreeMap::new();
    let written = scratch.and_then(|mut scratch| {
        rewrite::redact_stream(document.reader(), &mut scratch, |path, scalar| {
            count(&mut fields, field(path, scalar))
        })?;
        scratch.finish()
    });
    let shipped = written.map_err(|error| {
        ParseError::whole(format!(
            "expected to write it without its secrets, found: {}",
            reason(&error)
        ))
    })?;
    if !fields.is_empty() {
        let redaction = Redaction::new(profile, fields);
        reading.notes.insert(0, note(&redaction));
        reading.redacted_large = Some((redaction, shipped));
    }
    Ok(())
}

/// Counts a value that has to be taken out; answers whether it is one.
fn count(fields: &mut BTreeMap<String, u64>, name: Option<&str>) -> bool {
    if let Some(name) = name {
        *fields.entry(name.to_owned()).or_default() += 1;
    }
    name.is_some()
}

/// Hands over what was taken out, if anything, and says so first: the last note is the reason of a
/// state.
pub(super) fn apply(redacted: Redacted, reading: &mut Reading) {
    if let Some((redaction, bytes)) = redacted {
        reading.notes.insert(0, note(&redaction));
        reading.redacted = Some((redaction, bytes));
    }
}

/// The sentence that says what was taken out.
pub(super) fn note(redaction: &Redaction) -> String {
    let fields: Vec<String> = redaction
        .fields
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    format!(
        "Values that may hold a secret were replaced by REDACTED before hashing: {}.",
        fields.join(", ")
    )
}

/// An error in a document that may hold secrets. The reader of JSON quotes the value it stumbled
/// over, so nothing but its place is kept.
pub(super) fn neutral(error: &ParseError, what: &str) -> ParseError {
    ParseError {
        line: error.line,
        column: error.column,
        says: format!("expected {what}, found another type of value"),
    }
}
