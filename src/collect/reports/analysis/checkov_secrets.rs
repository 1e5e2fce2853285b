//! Takes out of a Checkov report what may quote a secret.

use super::checkov::{Check, Framework};
use crate::collect::reports::Document;
use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact::{self, Redacted};
use crate::parse::rewrite::{Scalar, Step};

/// Whether a check is about secrets.
pub(super) fn quotes(check: &Check) -> bool {
    let named = [check.id.said(), check.name.said()];
    named.into_iter().flatten().any(about_secrets)
}

/// The file without what its checks may quote.
pub(super) fn redacted(frameworks: &[Framework], document: &Document<'_>) -> Redacted {
    let all = frameworks
        .iter()
        .filter_map(|framework| framework.results.as_ref());
    let mut all =
        all.flat_map(|results| results.failed_checks.iter().chain(&results.skipped_checks));
    if !all.any(quotes) {
        return None;
    }
    redact::json("checkov-json/v1", document.text(), |path, scalar| {
        let (nth, path) = match path {
            [Step::Item(nth), rest @ ..] => (*nth, rest),
            path => (0, path),
        };
        let [
            _,
            Step::Key(list),
            Step::Item(at),
            Step::Key(field),
            rest @ ..,
        ] = path
        else {
            return None;
        };
        let results = frameworks.get(nth)?.results.as_ref();
        let checks = match list.as_str() {
            "failed_checks" => results.map(|results| &results.failed_checks),
            "skipped_checks" => results.map(|results| &results.skipped_checks),
            // What passed quotes lines as well, perhaps those beside a secret.
            _ => return (field == "code_block" && scalar == Scalar::Text).then_some("code_block"),
        };
        let quoting = checks.and_then(|checks| checks.get(*at)).is_none_or(quotes);
        match field.as_str() {
            "code_block" => (scalar == Scalar::Text).then_some("code_block"),
            field if quoting && !harmless(field, rest, scalar) => Some(name(field)),
            _ => None,
        }
    })
}

/// Values of a check that say which it is and where.
fn harmless(field: &str, rest: &[Step], scalar: Scalar) -> bool {
    const TEXTS: [&str; 9] = [
        "check_id",
        "bc_check_id",
        "check_name",
        "check_class",
        "check_type",
        "file_path",
        "repo_file_path",
        "severity",
        "guideline",
    ];
    match field {
        "file_line_range" => scalar == Scalar::Number,
        "check_result" => rest.first().and_then(Step::key) == Some("result"),
        field => TEXTS.contains(&field),
    }
}

/// The member a value is counted under.
fn name(field: &str) -> &'static str {
    const FIELDS: [&str; 5] = [
        "resource",
        "details",
        "evaluations",
        "fixed_definition",
        "check_result",
    ];
    FIELDS
        .into_iter()
        .find(|known| *known == field)
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};

    #[test]
    fn a_quoted_secret_reaches_nothing() {
        let planted = "planted-0007";
        let check = |id: &str| {
            format!(
                r#"{{"check_id": "{id}", "check_name": "n", "check_result": {{"result": "FAILED",
                "evaluated_keys": ["{planted}"], "suppress_comment": "{planted}"}},
                "code_block": [[7, "{planted}"]], "file_path": "/a.py", "file_line_range": [7, 8],
                "resource": "{planted}", "fingerprint": "{planted}", "details": ["{planted}"]}}"#
            )
        };
        let near = format!(r#"{{"check_id": "CKV_X", "code_block": [[6, "{planted}"]]}}"#);
        let object = format!(
            r#"{{"check_type": "secrets", "results": {{"passed_checks": [{near}],
            "failed_checks": [{}, {near}], "skipped_checks": [{}]}}, "summary": {{"failed": 2}}}}"#,
            check("CKV_SECRET_6"),
            check("CKV_SECRET_2"),
        );
        for text in [object.clone(), format!("[{object}]")] {
            let Outcome::Report(reading) = inspect("x.json", text.as_bytes()).outcome else {
                panic!("a report");
            };
            let bytes = reading.redacted.clone().expect("a redaction").1;
            let without = String::from_utf8(bytes).expect("text");
            let shown = format!("{:?} {:?} {without}", reading.items, reading.notes);
            assert!(!shown.contains(planted), "{shown}");
            assert_eq!(reading.items[0].get("line").as_int(), Some(7));
            let Outcome::Report(again) = inspect("x.json", without.as_bytes()).outcome else {
                panic!("a report");
            };
            assert_eq!((again.items, again.redacted), (reading.items, None));
        }
    }
}
