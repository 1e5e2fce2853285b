//! Taking code out of trivy's reports, which quote what a finding is about.
//!
//! trivy masks the secrets that it finds by its own rules. A secret that it does not know may stand
//! beside one, or in the configuration that it checks, so every quoted line goes.

use crate::collect::reports::{Document, redact};
use crate::model::reading::Reading;
use crate::parse::rewrite::{Scalar, Step};

/// The members that quote code, wherever they stand.
const QUOTING: [&str; 3] = ["Match", "Content", "Highlighted"];

/// The texts of a secret that say where it lies and not what it is.
const HARMLESS: [&str; 10] = [
    "Secrets", "RuleID", "Category", "Severity", "Title", "Layer", "Digest", "DiffID", "Code",
    "Lines",
];

/// Replaces every value of the document that quotes code.
pub(super) fn redact(document: &Document<'_>, reading: &mut Reading) {
    if let Some((redaction, bytes)) = redact::json("trivy-json/v1", document.text(), field) {
        reading.note(redact::note(&redaction));
        reading.redacted = Some((redaction, bytes));
    }
}

/// The field to take a value out of: one that quotes code, or a text of a secret that is not known
/// to be harmless, since the next version of trivy may quote it in a new place.
fn field(path: &[Step], scalar: Scalar) -> Option<&'static str> {
    let keys = || path.iter().filter_map(Step::key);
    if let Some(field) = QUOTING
        .into_iter()
        .find(|field| keys().any(|key| key == *field))
    {
        return Some(field);
    }
    let mut inside = keys().skip_while(|key| *key != "Secrets").peekable();
    let secret = inside.peek().is_some() && scalar == Scalar::Text;
    (secret && !inside.all(|key| HARMLESS.contains(&key))).then_some("other")
}

#[cfg(test)]
mod tests {
    use crate::collect::reports::{Outcome, inspect};

    #[test]
    fn no_quoted_line_gets_through() {
        const PLANTED: &str = "AKIA-planted-0001";
        let text = format!(
            r#"{{"SchemaVersion": 2, "ArtifactName": ".", "Results": [
            {{"Target": "r.txt", "Class": "lang-pkgs", "Vulnerabilities": [{{"VulnerabilityID":
              "CVE-1", "Severity": "HIGH", "Title": "kept"}}]}},
            {{"Target": "s", "Class": "secret", "Secrets": [{{"RuleID": "aws", "Title": "AWS",
              "StartLine": 7, "Match": "key={PLANTED}", "New": "{PLANTED}", "Code": {{"Lines":
              [{{"Number": 7, "Content": "{PLANTED}", "Highlighted": "{PLANTED}"}}]}}}}]}},
            {{"Target": "m.tf", "Class": "config", "Misconfigurations": [{{"Status": "FAIL",
              "CauseMetadata": {{"Code": {{"Lines": [{{"Content": "{PLANTED}"}}]}}}}}}],
              "ExperimentalModifiedFindings": [{{"Type": "secret", "Finding": {{"Match":
              "{PLANTED}"}}}}]}}]}}"#
        );
        let read = |bytes: &[u8]| match inspect("x.json", bytes).outcome {
            Outcome::Report(reading) => *reading,
            other => panic!("{other:?}"),
        };
        let reading = read(text.as_bytes());
        let (redaction, bytes) = reading.redacted.as_ref().expect("a redaction");
        assert_eq!(redaction.fields.get("Content"), Some(&2));
        assert_eq!(redaction.fields.get("other"), Some(&1));
        let without = String::from_utf8(bytes.clone()).expect("text");
        assert!(without.contains("kept") && without.contains("\"aws\""));
        assert!(!without.contains(PLANTED) && !format!("{reading:?}").contains(PLANTED));
        let again = read(bytes);
        assert!(again.redacted.is_none());
        assert_eq!(
            (&again.items, &again.measures),
            (&reading.items, &reading.measures)
        );
    }
}
