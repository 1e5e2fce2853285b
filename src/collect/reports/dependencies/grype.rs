//! grype's JSON report (`grype -o json`).

use std::collections::BTreeSet;

use serde::Deserialize;

use super::rows::{Row, Status, Tally, note_database};
use crate::collect::reports::words::{counted, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Text, nullable};
use crate::parse::lists::{Members, Texts};

/// grype's JSON report.
pub(in crate::collect::reports) struct Grype;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "grype",
    usual_names: &["grype*.json", "*-grype.json", "*.grype.json"],
    about: "grype writes it with `-o json`.",
    sample: (
        "grype.json",
        r#"{"matches": [{"vulnerability": {"id": "CVE-1", "severity": "High", "fix": {"versions":
        ["2"], "state": "fixed"}}, "relatedVulnerabilities": [], "artifact": {"name": "a",
        "version": "1.0.0"}}], "source": {"type": "directory"}, "descriptor": {"name": "grype",
        "version": "0.94.0", "timestamp": "2025-06-19T11:43:35.523947199Z"}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(deserialize_with = "nullable")]
    matches: Vec<Match>,
    #[serde(default, rename = "ignoredMatches", deserialize_with = "nullable")]
    ignored: Vec<Match>,
    /// Packages of systems that are past the end of their support.
    #[serde(default, rename = "alertsByPackage")]
    alerts: Members,
    #[serde(default, deserialize_with = "nullable")]
    descriptor: Descriptor,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Match {
    #[serde(deserialize_with = "nullable")]
    vulnerability: Vulnerability,
    #[serde(rename = "relatedVulnerabilities", deserialize_with = "nullable")]
    related: Vec<Vulnerability>,
    #[serde(deserialize_with = "nullable")]
    artifact: Artifact,
    #[serde(rename = "appliedIgnoreRules", deserialize_with = "nullable")]
    rules: Vec<Rule>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    id: Text,
    severity: Text,
    #[serde(deserialize_with = "nullable")]
    fix: Fix,
    /// Where early versions had it.
    #[serde(rename = "fixedInVersion")]
    fixed_in: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Fix {
    versions: Texts,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Artifact {
    name: Text,
    version: Text,
}

/// A rule by which a match was ignored.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Rule {
    reason: Text,
    #[serde(rename = "vex-justification")]
    vex_justification: Text,
    #[serde(rename = "vex-status")]
    vex_status: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Descriptor {
    name: Text,
    version: Text,
    timestamp: Text,
    #[serde(deserialize_with = "nullable")]
    db: Database,
}

/// The database, whose state has stood one level deeper since its version 6.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Database {
    built: Text,
    error: Text,
    status: Option<Status6>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Status6 {
    built: Text,
    error: Text,
}

impl Format for Grype {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let found = shape.has_inner(&["matches.vulnerability"])
                && (shape.has_inner(&["matches.artifact"]) || shape.broken.is_some());
            // syft describes itself alike, and has no matches.
            let clean = shape.has_inner(&["descriptor.name"]) && shape.has(&["source"]);
            shape.lists.contains("matches") && (found || clean)
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let by = &report.descriptor;
        reading.tool = by.name.said().map(str::to_owned);
        reading.tool_version = by.version.said().map(str::to_owned);
        set_produced(&mut reading, by.timestamp.said().unwrap_or_default());
        let mut tally = Tally::default().with_severities().with_suppressed();
        let lists = [
            ("matches", &report.matches, Status::Active),
            ("ignoredMatches", &report.ignored, Status::Suppressed),
        ];
        for (name, list, status) in lists {
            for (at, found) in list.iter().enumerate() {
                let source = Source::pointer(document.path, format!("/{name}/{at}"));
                tally.add(&mut reading, source, &row(found, status));
            }
        }
        tally.measure(&mut reading);
        if report.alerts.0 > 0 {
            reading.note(format!(
                "{} from a system past the end of its support, so advisories may be missing.",
                counted(report.alerts.0, "package comes", "packages come")
            ));
        }
        settle(&by.db, &tally, &mut reading);
        Ok(reading)
    }
}

fn row(found: &Match, status: Status) -> Row<'_> {
    let vulnerability = &found.vulnerability;
    let id = vulnerability.id.said();
    let related = found.related.iter().filter_map(|related| related.id.said());
    let aliases: BTreeSet<&str> = related.filter(|name| Some(*name) != id).collect();
    let fixed = vulnerability
        .fix
        .versions
        .said()
        .chain(vulnerability.fixed_in.said());
    let because = |rule: &'_ Rule| -> bool {
        [&rule.reason, &rule.vex_justification, &rule.vex_status]
            .iter()
            .any(|text| text.said().is_some())
    };
    let rule = found.rules.iter().find(|rule| because(rule));
    Row {
        package: found.artifact.name.said(),
        version: found.artifact.version.said(),
        id,
        aliases: aliases.into_iter().map(str::to_owned).collect(),
        severity: vulnerability.severity.said(),
        fixed_in: fixed.map(str::to_owned).collect(),
        status,
        justification: rule.and_then(|rule| {
            let vex = rule.vex_justification.said().or(rule.vex_status.said());
            rule.reason.said().or(vex)
        }),
        ..Row::default()
    }
}

fn settle(db: &Database, tally: &Tally, reading: &mut Reading) {
    let status = db.status.as_ref();
    let built = status.and_then(|status| status.built.said());
    note_database(reading, db.built.said().or(built));
    if tally.entries() == 0 {
        reading
            .note("Nothing was found; the report does not say how many packages were looked at.");
    }
    let error = status.and_then(|status| status.error.said());
    if let Some(error) = db.error.said().or(error) {
        let why = format!(
            "The database of advisories had an error: {}.",
            excerpt(error).trim_end_matches('.')
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Grype.recognises(&document), "{text}");
        Grype.read(&document).expect("a reading")
    }

    #[test]
    fn ignored_matches_are_suppressed_and_keep_their_reason() {
        let reading = read(
            r#"{"matches": [
            {"vulnerability": {"id": "GHSA-1", "severity": "Negligible", "fix": {"versions": ["2"]}},
             "relatedVulnerabilities": [{"id": "CVE-1"}, {"id": "CVE-1"}],
             "artifact": {"name": "a", "version": "1"}},
            {"vulnerability": {"id": "GHSA-1"}, "artifact": {"name": "b"}}],
            "ignoredMatches": [{"vulnerability": {"id": "GHSA-2", "severity": "High"},
             "artifact": {"name": "c"}, "appliedIgnoreRules": [{"namespace": ""},
             {"vex-status": "not_affected", "vex-justification": "code_not_present"}]}],
            "descriptor": {"name": "grype", "version": "0.94.0", "db": {"status":
             {"built": "2025-06-19T01:31:03Z"}}}}"#,
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(1), Some(2))
        );
        assert_eq!(measured("suppressed"), Some(1));
        assert_eq!(
            reading.measures["by_severity"].to_string(),
            "negligible: 1, unknown: 1"
        );
        assert_eq!(reading.items[0].get("aliases").to_string(), "CVE-1");
        assert_eq!(reading.items[0].get("rank").as_text(), Some("info"));
        assert_eq!(
            reading.items[2].get("justification").as_text(),
            Some("code_not_present")
        );
        assert_eq!(
            reading.items[2].source.place_text(),
            "x.json#/ignoredMatches/0"
        );
        assert!(reading.notes[0].contains("2025-06-19"));
    }

    #[test]
    fn a_broken_database_is_not_a_clean_report() {
        let clean = |db: &str| {
            read(&format!(
                r#"{{"matches": [], "source": {{}}, "descriptor": {{"name": "grype", "db": {db}}}}}"#
            ))
        };
        assert_eq!(clean("null").state, ReadingState::Complete);
        assert_eq!(clean(r#"{"error": null}"#).state, ReadingState::Complete);
        assert_eq!(
            clean(r#"{"error": "too old"}"#).state,
            ReadingState::Incomplete
        );
        assert_eq!(
            clean(r#"{"status": {"error": "too old"}}"#).state,
            ReadingState::Incomplete
        );
    }

    #[test]
    fn a_bill_of_materials_of_syft_is_not_taken_for_it() {
        for other in [
            r#"{"artifacts": [], "source": {}, "descriptor": {"name": "syft"}}"#,
            r#"{"matches": []}"#,
            r#"{"matches": [{"text": "a"}]}"#,
        ] {
            let document = Document::new("grype.json", other.as_bytes());
            assert!(!Grype.recognises(&document), "{other}");
        }
    }
}
