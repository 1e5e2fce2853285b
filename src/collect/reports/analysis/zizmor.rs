//! zizmor's JSON report (`--format json`).
//!
//! `feature` quotes the source of a finding, which for credentials in a workflow are these
//! themselves, and for other rules may be the whole file.

use serde::Deserialize;

use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact;
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::is_empty_list;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Text, nullable};
use crate::parse::rewrite::{Scalar, Step};

/// zizmor's JSON report.
pub(in crate::collect::reports) struct Zizmor;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "zizmor",
    usual_names: &["zizmor*.json", "*.zizmor.json", "*-zizmor.json"],
    about: "zizmor writes it with `--format json`.",
    sample: (
        "zizmor.json",
        r#"[{"ident": "hardcoded-container-credentials", "desc": "d", "determinations":
        {"confidence": "High", "severity": "High", "persona": "Regular"}, "locations": [
        {"symbolic": {"key": {"Local": {"verbatim_path": ".github/workflows/a.yml"}},
        "annotation": "a", "kind": "Primary"}, "concrete": {"location": {"start_point":
        {"row": 7, "column": 6}}, "feature": "x", "comments": []}}], "ignored": false}]"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Finding {
    ident: Text,
    desc: Text,
    #[serde(deserialize_with = "nullable")]
    determinations: Determinations,
    #[serde(deserialize_with = "nullable")]
    locations: Vec<Location>,
    ignored: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Determinations {
    severity: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Location {
    #[serde(deserialize_with = "nullable")]
    symbolic: Symbolic,
    #[serde(deserialize_with = "nullable")]
    concrete: Concrete,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Symbolic {
    #[serde(deserialize_with = "nullable")]
    key: Key,
    kind: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Key {
    #[serde(deserialize_with = "nullable")]
    local: Place,
    #[serde(deserialize_with = "nullable")]
    remote: Place,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Place {
    verbatim_path: Text,
    /// The name of older versions.
    given_path: Text,
    /// The name in another repository.
    path: Text,
}

impl Place {
    fn said(&self) -> Option<&str> {
        let named = [&self.verbatim_path, &self.given_path, &self.path];
        named.into_iter().find_map(Text::said)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Concrete {
    #[serde(deserialize_with = "nullable")]
    location: Span,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Span {
    #[serde(deserialize_with = "nullable")]
    start_point: Point,
}

/// Counted from 0.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Point {
    row: Count,
}

impl Finding {
    fn quotes(&self) -> bool {
        self.ident.said().is_some_and(about_secrets)
    }

    /// The place that is at fault; others only explain it.
    fn place(&self) -> Option<&Location> {
        let is_primary = |location: &&Location| location.symbolic.kind.said() == Some("Primary");
        let primary = self.locations.iter().find(is_primary);
        primary.or(self.locations.first())
    }
}

impl Location {
    fn path(&self) -> Option<&str> {
        let key = &self.symbolic.key;
        key.local.said().or(key.remote.said())
    }

    fn line(&self) -> Option<u64> {
        self.concrete.location.start_point.row.0?.checked_add(1)
    }
}

impl Format for Zizmor {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let known = document.look.json().is_some_and(|shape| {
            shape.outer == Outer::Array && shape.has_inner(&["ident", "determinations"])
        });
        known || (is_empty_list(document) && usually_named(&SPEC, document.path))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let findings: Vec<Finding> = document
            .json()
            .map_err(|error| redact::neutral(&error, "the findings of zizmor"))?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("zizmor".to_owned());
        let words = ["high", "medium", "low", "informational"];
        let mut rows = Rows::new(&ANALYSIS_FINDING, Some("zizmor"), &words).suppressing();
        for (at, finding) in findings.iter().enumerate() {
            let source = Source::pointer(document.path, format!("/{at}"));
            rows.take(source, &row(finding));
        }
        rows.finish(&mut reading);
        if findings.is_empty() {
            reading.note("A clean zizmor report does not say which workflows were looked at.");
        }
        hide(&findings, document, &mut reading);
        Ok(reading)
    }
}

fn hide(findings: &[Finding], document: &Document<'_>, reading: &mut Reading) {
    if !findings.iter().any(Finding::quotes) {
        return;
    }
    let redacted = redact::json("zizmor-json/v1", document.text(), |path, scalar| {
        let [Step::Item(at), rest @ ..] = path else {
            return None;
        };
        let keys: Vec<&str> = rest.iter().filter_map(Step::key).collect();
        let of_source = ["feature", "comments"].into_iter();
        // What another finding quotes may be the same lines.
        if let Some(field) = of_source.into_iter().find(|it| keys.contains(it)) {
            return Some(field);
        }
        let quotes = findings.get(*at).is_none_or(Finding::quotes);
        (quotes && !harmless(&keys, scalar)).then_some("other")
    });
    redact::apply(redacted, reading);
}

/// Values of a finding that say which rule found it and where.
fn harmless(keys: &[&str], scalar: Scalar) -> bool {
    match keys {
        ["ident" | "desc" | "url" | "determinations", ..] | ["locations", "symbolic", ..] => true,
        _ => scalar == Scalar::Number,
    }
}

fn row(finding: &Finding) -> Row<'_> {
    let place = finding.place();
    Row {
        path: place.and_then(Location::path),
        line: place.and_then(Location::line),
        rule: finding.ident.said(),
        severity: finding.determinations.severity.said(),
        standing: if finding.ignored == Some(true) {
            Standing::Suppressed
        } else {
            Standing::Active
        },
        // The description is that of the rule.
        message: finding.desc.said(),
        ..Row::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn finding(ident: &str, key: &str, ignored: bool, feature: &str) -> String {
        format!(
            r#"{{"ident": "{ident}", "desc": "d", "determinations": {{"severity": "Low"}},
            "locations": [{{"symbolic": {{"kind": "Related"}}}}, {{"symbolic": {{"key": {key},
            "kind": "Primary"}}, "concrete": {{"location": {{"start_point": {{"row": 17}}}},
            "feature": "{feature}", "comments": ["{feature}"]}}}}], "ignored": {ignored}}}"#
        )
    }

    fn read(text: &str) -> Reading {
        let document = Document::new("zizmor.json", text.as_bytes());
        assert!(Zizmor.recognises(&document), "{text}");
        Zizmor.read(&document).expect("a reading")
    }

    #[test]
    fn the_primary_place_is_that_of_the_finding() {
        for key in [
            r#"{"Local": {"verbatim_path": "a.yml"}}"#,
            r#"{"Local": {"prefix": ".", "given_path": "a.yml"}}"#,
            r#"{"Remote": {"slug": {"owner": "o", "repo": "r"}, "path": "a.yml"}}"#,
        ] {
            let reading = read(&format!("[{}]", finding("x", key, false, "f")));
            assert_eq!(
                reading.items[0].get("path").as_text(),
                Some("a.yml"),
                "{key}"
            );
            assert_eq!(reading.items[0].get("line").as_int(), Some(18));
        }
    }

    #[test]
    fn ignored_findings_are_suppressed_and_a_clean_report_is_known_by_name() {
        let text = [
            finding("x", "{}", true, "f"),
            finding("y", "{}", false, "f"),
        ];
        let reading = read(&format!("[{}]", text.join(",")));
        assert_eq!(reading.measures["suppressed"].as_int(), Some(1));
        assert_eq!(reading.measures["by_severity"].at("low").as_int(), Some(1));
        assert_eq!(read("[]").state, ReadingState::Complete);
        assert!(!Zizmor.recognises(&Document::new("x.json", b"[]")));
    }

    #[test]
    fn a_quoted_credential_reaches_nothing() {
        let planted = "planted-0008";
        let text = [
            finding("hardcoded-container-credentials", "{}", false, planted),
            finding("anonymous-definition", "{}", false, planted),
        ];
        let reading = read(&format!("[{}]", text.join(",")));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(!format!("{:?} {without}", reading.items).contains(planted));
        assert_eq!(read(&without).redacted, None);
    }
}
