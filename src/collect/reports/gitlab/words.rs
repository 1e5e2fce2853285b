//! What the texts of a GitLab report may quote.

use crate::parse::rewrite::{Scalar, Step};

/// The finding a value stands in, with the steps from there.
pub(in crate::collect::reports) fn in_row(path: &[Step]) -> Option<(usize, &[Step])> {
    match path {
        [Step::Key(list), Step::Item(at), rest @ ..] if list == "vulnerabilities" => {
            Some((*at, rest))
        }
        _ => None,
    }
}

/// Values of a finding about a secret that say which rule found it and where. `id` and `cve` are
/// digests of what was found, which can be guessed.
pub(in crate::collect::reports) fn harmless(path: &[Step], scalar: Scalar) -> bool {
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    match keys.as_slice() {
        ["category" | "severity" | "confidence"]
        | ["scanner" | "identifiers", ..]
        | ["location", "file"]
        | ["location", "commit", "sha" | "date"] => true,
        ["location", "start_line" | "end_line"] => scalar == Scalar::Number,
        _ => false,
    }
}

/// The member a value is counted under.
pub(in crate::collect::reports) fn field(path: &[Step]) -> &'static str {
    const FIELDS: [&str; 7] = [
        "raw_source_code_extract",
        "message",
        "description",
        "name",
        "details",
        "id",
        "cve",
    ];
    let first = path.iter().find_map(Step::key);
    let known = FIELDS.into_iter().find(|field| first == Some(field));
    known.unwrap_or("other")
}
