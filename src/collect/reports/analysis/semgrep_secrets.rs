//! Takes out of a Semgrep report what may quote a secret.

use crate::collect::reports::Document;
use crate::collect::reports::redact::{self, Redacted};
use crate::parse::rewrite::{Scalar, Step};

/// The file without what its findings may quote, where one of them is about secrets.
pub(super) fn redacted(quoting: &[bool], document: &Document<'_>) -> Redacted {
    if !quoting.contains(&true) {
        return None;
    }
    redact::json("semgrep-json/v1", document.text(), |path, scalar| {
        let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
        match path {
            [Step::Key(list), Step::Item(at), ..] if list == "results" => {
                let hidden = if quoting.get(*at).copied().unwrap_or(true) {
                    !harmless(&keys, scalar)
                } else {
                    // The lines around another finding may be those of the secret.
                    quotes_source(&keys)
                };
                hidden.then(|| field(&keys))
            }
            [Step::Key(list), ..] if list == "errors" => {
                let message = |key: &str| key.contains("message") || key.contains("msg");
                keys.iter().any(|key| message(key)).then_some("errors")
            }
            _ => None,
        }
    })
}

/// Values of a finding that name the rule, the place and the weakness, as the rule has them.
fn harmless(keys: &[&str], scalar: Scalar) -> bool {
    const METADATA: [&str; 5] = ["cwe", "owasp", "category", "technology", "confidence"];
    match keys {
        ["results", "check_id" | "path", ..]
        | [
            "results",
            "extra",
            "severity" | "engine_kind" | "validation_state",
        ] => true,
        ["results", "extra", "metadata", name] => METADATA.contains(name),
        [.., "line" | "col" | "offset"] => scalar == Scalar::Number,
        _ => false,
    }
}

fn quotes_source(keys: &[&str]) -> bool {
    const FIELDS: [&str; 6] = [
        "lines",
        "metavars",
        "fix",
        "rendered_fix",
        "fixed_lines",
        "dataflow_trace",
    ];
    let place = keys
        .last()
        .is_some_and(|key| ["line", "col", "offset", "path"].contains(key));
    matches!(keys, ["results", "extra", name, ..] if FIELDS.contains(name)) && !place
}

/// The member a value is counted under.
fn field(keys: &[&str]) -> &'static str {
    const FIELDS: [&str; 5] = ["lines", "message", "metavars", "fix", "dataflow_trace"];
    let found = FIELDS.into_iter().find(|field| keys.contains(field));
    found.unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};
    use crate::model::reading::Reading;

    fn read(text: &str) -> Reading {
        match inspect("x.json", text.as_bytes()).outcome {
            Outcome::Report(reading) => *reading,
            other => panic!("a report, not {other:?}"),
        }
    }

    #[test]
    fn a_quoted_secret_reaches_nothing() {
        let planted = "planted-0004";
        let secret = format!(
            r#"{{"check_id": "x", "path": "a.py", "start": {{"line": 7}}, "extra": {{
            "message": "{planted}", "severity": "ERROR", "lines": "{planted}",
            "metavars": {{"$X": {{"abstract_content": "{planted}", "start": {{"line": 7}}}}}},
            "fix": "{planted}", "fingerprint": "{planted}", "is_ignored": false,
            "metadata": {{"cwe": "CWE-798: Use of Hard-coded Credentials", "n": "{planted}"}}}}}}"#
        );
        let near = format!(
            r#"{{"check_id": "a.b", "path": "a.py", "start": {{"line": 7}}, "extra": {{
            "message": "m", "severity": "WARNING", "lines": "{planted}", "metadata": {{}}}}}}"#
        );
        let reading = read(&format!(
            "{{\"results\": [{secret}, {near}], \"errors\": [{{\"message\": \"{planted}\", \
             \"long_msg\": \"{planted}\", \"type\": \"Syntax error\"}}]}}"
        ));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !format!("{:?} {:?} {without}", reading.items, reading.notes).contains(planted),
            "{without}"
        );
        let again = read(&without);
        assert_eq!((again.items, again.redacted), (reading.items, None));
    }
}
