//! trivy's JSON report (`trivy … --format json`): schema 2, the bare list before it, and `trivy k8s`.
//!
//! A target has a class: packages of a system or of a language, configuration, secrets, licences.
//! Only the first two are looked up for vulnerabilities, and whether they were, the report does not
//! say. A report without targets is one of a run that found nothing it could look at, or, in some
//! versions, only clean ones. What was suppressed stands apart, and only if it was asked for.

mod code;
mod model;

use self::model::{Report, Resource, Target};
use super::rows::{Row, Status, Tally, examined};
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::words::{counted, length, message, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::{excerpt, joined};
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape};

/// trivy's JSON report.
pub(in crate::collect::reports) struct Trivy;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "trivy",
    usual_names: &["trivy*.json", "*-trivy.json", "*.trivy.json"],
    about: "trivy writes it with `--format json`.",
    sample: (
        "trivy.json",
        r#"{"SchemaVersion": 2, "Trivy": {"Version": "0.69.0"}, "ArtifactName": ".", "Results":
        [{"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities":
        [{"VulnerabilityID": "CVE-1", "PkgName": "a", "InstalledVersion": "1.0.0", "FixedVersion":
        "2.0.0", "Severity": "HIGH"}]}]}"#,
    ),
};

fn is_object(shape: &Shape) -> bool {
    let schema = shape.has(&["SchemaVersion"])
        && [
            "ArtifactName",
            "ArtifactType",
            "Results",
            "ReportID",
            "Trivy",
        ]
        .iter()
        .any(|key| shape.has(&[key]));
    let cluster = shape.has(&["ClusterName"])
        && [
            "Resources",
            "Findings",
            "Vulnerabilities",
            "Misconfigurations",
        ]
        .iter()
        .any(|key| shape.has(&[key]));
    schema || cluster
}

/// The list that trivy wrote before it had a schema. Its members have nothing but these keys.
fn is_list(shape: &Shape) -> bool {
    const KEYS: [&str; 6] = [
        "Target",
        "Type",
        "Class",
        "Vulnerabilities",
        "Packages",
        "Misconfigurations",
    ];
    shape.outer == Outer::Array
        && shape.has_inner(&["Target"])
        && shape.inner.iter().all(|key| KEYS.contains(&key.as_str()))
        && (shape.inner.len() > 1 || shape.broken.is_some())
}

impl Format for Trivy {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let null = shape.outer == Outer::Null && shape.broken.is_none();
            is_object(shape) || is_list(shape) || (null && usually_named(&SPEC, document.path))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let outer = document
            .look
            .json()
            .map_or(Outer::Scalar, |shape| shape.outer);
        let report: Report = match outer {
            Outer::Object => document.json()?,
            _ => Report {
                results: document.json::<Option<Vec<Target>>>()?.unwrap_or_default(),
                ..Report::default()
            },
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("trivy".to_owned());
        let version = report
            .trivy
            .as_ref()
            .and_then(|program| program.version.said());
        reading.tool_version = version.map(str::to_owned);
        reading.commit = report.metadata.commit.said().map(str::to_owned);
        set_produced(&mut reading, report.created_at.said().unwrap_or_default());
        if report.metadata.system.ended.yes() {
            reading.note(
                "The system is past the end of its support, so advisories for it may be missing.",
            );
        }
        let mut run = Run {
            tally: Tally::default().with_severities().with_suppressed(),
            ..Run::default()
        };
        let place = if outer == Outer::Object {
            "/Results"
        } else {
            ""
        };
        run.targets(&report.results, place, document, &mut reading);
        for (name, resources) in [
            ("Resources", &report.resources),
            ("Findings", &report.findings),
            ("Vulnerabilities", &report.vulnerabilities),
            ("Misconfigurations", &report.misconfigurations),
        ] {
            for (at, resource) in resources.iter().enumerate() {
                run.errors.extend(error(resource));
                let place = format!("/{name}/{at}/Results");
                run.targets(&resource.results, &place, document, &mut reading);
            }
        }
        if run.quotes() {
            code::redact(document, &mut reading);
        }
        run.settle(&mut reading);
        Ok(reading)
    }
}

/// What went wrong with a resource.
fn error(resource: &Resource) -> Option<String> {
    let says = message(resource.error.said()?);
    let name = resource.name.said().unwrap_or("a resource without a name");
    Some(format!("{}: {}", excerpt(name), excerpt(&says)))
}

#[derive(Default)]
struct Run {
    tally: Tally,
    targets: u64,
    /// Targets that hold packages, and packages where they are listed.
    with_packages: u64,
    packages: u64,
    misconfigurations: u64,
    secrets: u64,
    licences: u64,
    /// Modified findings that are no vulnerabilities.
    modified: u64,
    errors: Vec<String>,
}

impl Run {
    fn targets(
        &mut self,
        targets: &[Target],
        place: &str,
        document: &Document<'_>,
        reading: &mut Reading,
    ) {
        for (at, target) in targets.iter().enumerate() {
            self.targets += 1;
            self.with_packages += u64::from(target.holds_packages());
            self.packages += length(&target.packages);
            self.misconfigurations += target.misconfigurations.0;
            self.secrets += target.secrets.0;
            self.licences += target.licenses.0;
            let source = |list: &str, nth: usize| {
                Source::pointer(document.path, format!("{place}/{at}/{list}/{nth}"))
            };
            for (nth, vulnerability) in target.vulnerabilities.iter().enumerate() {
                let source = source("Vulnerabilities", nth);
                self.tally
                    .add(reading, source, &vulnerability.row(Status::Active));
            }
            for (nth, modified) in target.modified.iter().enumerate() {
                if modified.kind.said() != Some("vulnerability") {
                    self.modified += 1;
                    continue;
                }
                let row = Row {
                    justification: modified.statement.said().or(modified.status.said()),
                    ..modified.finding.row(Status::Suppressed)
                };
                let source = source("ExperimentalModifiedFindings", nth);
                self.tally.add(reading, source, &row);
            }
            let kind = target.kind.said().unwrap_or_default();
            for (nth, listed) in target.packages.iter().enumerate() {
                let (name, version) = (listed.name.said(), listed.version.said());
                examined(reading, source("Packages", nth), kind, name, version);
            }
        }
    }

    /// Whether the report may quote the code that a finding is about.
    const fn quotes(&self) -> bool {
        self.secrets > 0 || self.misconfigurations > 0 || self.modified > 0
    }

    fn settle(&self, reading: &mut Reading) {
        self.tally.measure(reading);
        if self.packages > 0 {
            reading.measure("packages", self.packages);
        }
        let others: Vec<String> = [
            (
                self.misconfigurations,
                "check of configuration",
                "checks of configuration",
            ),
            (self.secrets, "secret", "secrets"),
            (self.licences, "licence", "licences"),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
        if !others.is_empty() {
            reading.note(format!(
                "The report also lists {}. They are no vulnerabilities and are not read.",
                joined(&others, "and")
            ));
        }
        if self.with_packages > 0 && self.tally.entries() == 0 {
            reading.note(
                "Nothing was found; trivy does not say whether it was asked to look for \
                 vulnerabilities.",
            );
        }
        if self.targets == 0 {
            let why = "The report names no target: trivy found nothing that it could look at, or \
                       left out what was clean.";
            reading.lower(ReadingState::NothingMeasured, why);
        } else if self.with_packages == 0 {
            let why =
                "No target of the report holds packages, so no vulnerabilities were looked for.";
            reading.lower(ReadingState::NothingMeasured, why);
        }
        if let Some(first) = self.errors.first() {
            let count = u64::try_from(self.errors.len()).unwrap_or(u64::MAX);
            let why = format!(
                "{} could not be scanned; the first: {}.",
                counted(count, "resource", "resources"),
                first.trim_end_matches('.')
            );
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Reading {
        let document = Document::new(path, text.as_bytes());
        assert!(Trivy.recognises(&document), "{text}");
        Trivy.read(&document).expect("a reading")
    }

    fn results(results: &str) -> Reading {
        let text = format!(r#"{{"SchemaVersion": 2, "ArtifactName": ".", "Results": {results}}}"#);
        read("x.json", &text)
    }

    #[test]
    fn only_vulnerabilities_are_counted_and_the_suppressed_apart() {
        let reading = results(
            r#"[{"Target": "p", "Class": "lang-pkgs", "Packages": [{}, {}, {}], "Vulnerabilities":
            [{"VulnerabilityID": "CVE-1", "PkgName": "a", "InstalledVersion": "1", "Severity":
              "HIGH", "FixedVersion": "1.1, 2.0"}, {"VulnerabilityID": "CVE-1", "PkgName": "b"}],
            "ExperimentalModifiedFindings": [{"Type": "vulnerability", "Status": "ignored",
              "Statement": "Accepted", "Finding": {"VulnerabilityID": "CVE-2"}}]},
            {"Target": "D", "Class": "config", "Misconfigurations": [{"Status": "PASS"}]}]"#,
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(1), Some(2))
        );
        assert_eq!(
            (measured("suppressed"), measured("packages")),
            (Some(1), Some(3))
        );
        assert_eq!(
            reading.measures["by_severity"].to_string(),
            "high: 1, unknown: 1"
        );
        assert_eq!(reading.items[0].get("fixed_in").to_string(), "1.1, 2.0");
        assert_eq!(
            reading.items[2].get("justification").as_text(),
            Some("Accepted")
        );
        assert_eq!(
            reading.items[2].source.place_text(),
            "x.json#/Results/0/ExperimentalModifiedFindings/0"
        );
        assert_eq!(reading.state, ReadingState::Complete);
        assert!(
            reading.notes[0].contains("1 check of configuration"),
            "{:?}",
            reading.notes
        );
    }

    #[test]
    fn a_report_without_packages_measured_no_vulnerabilities() {
        for none in [
            "null",
            "[]",
            r#"[{"Target": "D", "Class": "config"}]"#,
            r#"[{"Target": "s", "Class": "secret", "Secrets": [{}]}]"#,
            r#"[{"Target": "O", "Class": "license", "Licenses": [{}]}]"#,
        ] {
            assert_eq!(results(none).state, ReadingState::NothingMeasured, "{none}");
        }
        let clean = results(r#"[{"Target": "a", "Class": "os-pkgs", "Type": "alpine"}]"#);
        assert_eq!(
            (clean.state, clean.notes.len()),
            (ReadingState::Complete, 1)
        );
    }

    #[test]
    fn a_list_and_null_came_before_the_schema() {
        let old = read(
            "x.json",
            r#"[{"Target": "a", "Type": "npm", "Vulnerabilities": [{"VulnerabilityID": "CVE-1",
            "Severity": "LOW"}]}, {"Target": "b", "Type": "pip", "Vulnerabilities": null}]"#,
        );
        assert_eq!(old.measures["entries"].as_int(), Some(1));
        assert_eq!(
            old.items[0].source.place_text(),
            "x.json#/0/Vulnerabilities/0"
        );
        let null = read("trivy.json", "null");
        assert_eq!(null.state, ReadingState::NothingMeasured);
        for (path, other) in [
            ("x.json", "null"),
            ("trivy.json", "[]"),
            ("trivy.json", r#"[{"Target": "a", "Sources": []}]"#),
            ("trivy.json", r#"{"SchemaVersion": 2}"#),
        ] {
            let document = Document::new(path, other.as_bytes());
            assert!(!Trivy.recognises(&document), "{other}");
        }
    }

    #[test]
    fn a_cluster_has_resources_and_each_its_targets() {
        let target = r#"[{"Target": "i", "Class": "os-pkgs", "Vulnerabilities":
            [{"VulnerabilityID": "CVE-1", "Severity": "LOW"}]}]"#;
        for (name, place) in [("Resources", 1), ("Vulnerabilities", 1), ("Findings", 1)] {
            let reading = read(
                "x.json",
                &format!(
                    r#"{{"ClusterName": "c", "{name}": [{{"Kind": "Service"}},
                    {{"Kind": "Pod", "Name": "p", "Results": {target}}}]}}"#
                ),
            );
            assert_eq!(reading.measures["entries"].as_int(), Some(1));
            assert_eq!(
                reading.items[0].source.place_text(),
                format!("x.json#/{name}/{place}/Results/0/Vulnerabilities/0")
            );
        }
        let failed = read(
            "x.json",
            &format!(
                r#"{{"ClusterName": "c", "Resources": [{{"Name": "p", "Results": {target}}},
                {{"Name": "q", "Error": "no image."}}]}}"#
            ),
        );
        assert_eq!(failed.state, ReadingState::Incomplete);
        assert_eq!(
            failed.notes,
            ["1 resource could not be scanned; the first: q: no image."]
        );
    }
}
