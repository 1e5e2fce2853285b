//! npm's JSON report since version 7 (`npm audit --json`, `auditReportVersion` 2).
//!
//! It lists packages, not advisories: an entry of `via` that is an object is an advisory on the
//! package, one that is a text names another listed package through which this one is affected.
//! The totals in `metadata` count packages.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::npm_error;
use super::npm_words::{Severities, advisory_in, list_nothing};
use super::rows::{Row, Tally, compare};
use crate::collect::reports::words::{length, pointer_step};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Pairs, Shape, Text, nullable};

/// npm's JSON report since version 7, and what npm writes in its place when it fails.
pub(in crate::collect::reports) struct NpmAudit;

pub(super) static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "npm-audit-7",
    usual_names: &["npm-audit*.json", "npm_audit*.json"],
    about: "npm writes it since version 7 with `npm audit --json`.",
    sample: (
        "npm-audit.json",
        r#"{"auditReportVersion": 2, "vulnerabilities": {"a": {"name": "a", "severity": "high",
        "via": [{"source": 7, "name": "a", "severity": "high",
        "url": "https://github.com/advisories/GHSA-1"}], "fixAvailable": true}},
        "metadata": {"vulnerabilities": {"high": 1, "total": 1}, "dependencies": {"total": 9}}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, rename = "auditReportVersion")]
    version: Count,
    vulnerabilities: Pairs<Package>,
    #[serde(default, deserialize_with = "nullable")]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Package {
    #[serde(deserialize_with = "nullable")]
    via: Vec<Via>,
    #[serde(rename = "fixAvailable")]
    fix: Option<Fix>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Via {
    Advisory(Advisory),
    Package(IgnoredAny),
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Advisory {
    source: Text,
    name: Text,
    url: Text,
    severity: Text,
}

/// What has to be installed to mend it, often another package than the affected one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Fix {
    Install { name: Text, version: Text },
    Other(IgnoredAny),
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    #[serde(deserialize_with = "nullable")]
    vulnerabilities: Severities,
    #[serde(deserialize_with = "nullable")]
    dependencies: Dependencies,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Dependencies {
    total: Count,
}

impl Format for NpmAudit {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let report = |shape: &Shape| shape.has(&["auditReportVersion"]);
        document.look.json().is_some_and(report) || npm_error::is_error(document)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        if npm_error::is_error(document) {
            return npm_error::read(document);
        }
        let report: Report = document.json()?;
        if report.version.0 != Some(2) {
            let says = "expected an npm audit report of version 2, found another version";
            return Err(ParseError::whole(says));
        }
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("npm".to_owned());
        let mut tally = Tally::default().with_severities();
        for (name, package) in &report.vulnerabilities.0 {
            rows(name, package, document, &mut tally, &mut reading);
        }
        tally.measure(&mut reading);
        settle(&report, &tally, &mut reading);
        Ok(reading)
    }
}

fn rows(
    name: &str,
    package: &Package,
    document: &Document<'_>,
    tally: &mut Tally,
    reading: &mut Reading,
) {
    let fixed = match &package.fix {
        Some(Fix::Install { name: fix, version }) if fix.said() == Some(name) => version.said(),
        _ => None,
    };
    for (at, via) in package.via.iter().enumerate() {
        let Via::Advisory(advisory) = via else {
            continue;
        };
        let pointer = format!("/vulnerabilities/{}/via/{at}", pointer_step(name));
        // The number that npm's registry gives an advisory is its identity; people know it by the
        // name that GitHub gives it.
        let number = advisory.source.said();
        let named = advisory.url.said().and_then(advisory_in);
        let row = Row {
            package: advisory.name.said().or(Some(name)),
            id: named.or(number).or(advisory.url.said()),
            aliases: number
                .filter(|_| named.is_some())
                .map(str::to_owned)
                .into_iter()
                .collect(),
            severity: advisory.severity.said(),
            fixed_in: fixed.map(str::to_owned).into_iter().collect(),
            ..Row::default()
        };
        tally.count(number.or(row.id), row.severity);
        reading
            .items
            .push(row.item(Source::pointer(document.path, pointer)));
    }
}

fn settle(report: &Report, tally: &Tally, reading: &mut Reading) {
    let listed = length(&report.vulnerabilities.0);
    let packages = report.metadata.dependencies.total.0;
    if let Some(packages) = packages {
        reading.measure("packages", packages);
        reading.measure("audited", packages);
    }
    let declared = report.metadata.vulnerabilities.total();
    if listed == 0 {
        list_nothing(packages, declared, reading);
    }
    compare(reading, declared, listed, "affected packages");
    if listed > 0 && tally.entries() == 0 {
        let why = "The report lists affected packages, and for none of them an advisory.";
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(NpmAudit.recognises(&document), "{text}");
        NpmAudit.read(&document).expect("a reading")
    }

    #[test]
    fn packages_that_are_affected_through_another_are_no_advisories() {
        let reading = read(
            r#"{"auditReportVersion": 2, "vulnerabilities": {
            "@a/b": {"severity": "high", "via": ["d", "e"], "fixAvailable": false},
            "d": {"severity": "high", "via": [
              {"source": 10, "name": "d", "severity": "high",
               "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"},
              {"source": 11, "name": "d", "severity": "low", "url": "https://npmjs.com/advisories/11"}],
              "fixAvailable": {"name": "d", "version": "2.0.0", "isSemVerMajor": true}},
            "e": {"severity": "high", "via": [{"source": 10, "name": "d", "severity": "high"}]}},
            "metadata": {"vulnerabilities": {"info": 0, "high": 3, "total": 3},
              "dependencies": {"prod": 5, "total": 97}}}"#,
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(2), Some(3))
        );
        assert_eq!(
            (measured("packages"), measured("audited")),
            (Some(97), Some(97))
        );
        assert_eq!(reading.measures["by_severity"].at("high").as_int(), Some(2));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let ids: Vec<_> = reading
            .items
            .iter()
            .map(|it| it.get("id").to_string())
            .collect();
        assert_eq!(ids, ["GHSA-aaaa-bbbb-cccc", "11", "10"]);
        assert_eq!(reading.items[0].get("fixed_in").to_string(), "2.0.0");
        assert_eq!(
            reading.items[1].source.place_text(),
            "x.json#/vulnerabilities/d/via/1"
        );
    }

    #[test]
    fn a_report_without_packages_or_without_its_rows_is_not_clean() {
        let report = |total: u64, packages: u64| {
            read(&format!(
                r#"{{"auditReportVersion": 2, "vulnerabilities": {{}}, "metadata":
                {{"vulnerabilities": {{"high": {total}, "total": {total}}},
                "dependencies": {{"total": {packages}}}}}}}"#
            ))
        };
        assert_eq!(report(0, 0).state, ReadingState::NothingMeasured);
        assert_eq!(report(3, 9).state, ReadingState::Incomplete);
        let clean = report(0, 9);
        assert_eq!(
            (clean.state, clean.notes.len()),
            (ReadingState::Complete, 1)
        );
        let other = Document::new(
            "x.json",
            br#"{"auditReportVersion": 3, "vulnerabilities": {}}"#,
        );
        assert!(NpmAudit.read(&other).is_err());
    }
}
