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
    let mut fields: BTreeMap<String, u64> = BTreeMap::new();
    let without = rewrite::redact(text, |path, scalar| match field(path, scalar) {
        Some(name) => {
            *fields.entry(name.to_owned()).or_default() += 1;
            true
        }
        None => false,
    });
    (!fields.is_empty()).then(|| (Redaction { profile, fields }, without.into_bytes()))
}

/// Records what was taken out of a report, where anything was, and says so.
pub(super) fn record(redacted: Redacted, reading: &mut Reading) {
    if let Some((redaction, bytes)) = redacted {
        reading.note(note(&redaction));
        reading.redacted = Some((redaction, bytes));
    }
}

/// Tools that look for secrets and nothing else, by a part of their name in lower case.
const SCANNERS: [&str; 12] = [
    "gitleaks",
    "betterleaks",
    "trufflehog",
    "detect-secrets",
    "ggshield",
    "gitguardian",
    "noseyparker",
    "nosey parker",
    "kingfisher",
    "credscan",
    "talisman",
    "secret",
];

/// Whether a name is that of a scanner of secrets, or of something about secrets.
pub(super) fn is_scanner(name: &str) -> bool {
    let name = name.to_lowercase();
    SCANNERS.iter().any(|scanner| name.contains(scanner))
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
