//! Taking secrets out of reports before anything of them is hashed, shown or shipped:
//! whole values, never parts of them.

use std::collections::BTreeMap;

use crate::model::exhibit::Redaction;
use crate::model::reading::Reading;
use crate::parse::error::ParseError;
use crate::parse::rewrite::{self, Scalar, Step};

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
        let part = rewrite::redact(part, |path, scalar| match field(nth, path, scalar) {
            Some(name) => {
                *fields.entry(name.to_owned()).or_default() += 1;
                true
            }
            None => false,
        });
        without.push_str(&part);
    }
    (!fields.is_empty()).then(|| (Redaction { profile, fields }, without.into_bytes()))
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
