//! GitLab's reports of dependency and container scanning.
//!
//! A vulnerability stands once for each version of a package it is found in; its first identifier
//! is the advisory, the others are names of the same.

use std::collections::BTreeSet;

use super::rows::examined;
use crate::collect::reports::findings::Findings;
use crate::collect::reports::gitlab::model::{Dependency, Identifier, Report, Row};
use crate::collect::reports::gitlab::{describe, kind, read, settle};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::DEPENDENCIES_VULNERABILITY;
use crate::model::value::Value;
use crate::parse::error::ParseError;

/// GitLab's reports of dependency and container scanning.
pub(in crate::collect::reports) struct GitlabDependencies;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "gitlab-dependency-scanning",
    usual_names: &["gl-dependency*.json", "gl-container*.json"],
    about: "The dependency and container scanning jobs of GitLab write it.",
    sample: (
        "gl-dependency-scanning-report.json",
        r#"{"version": "15.0.4", "vulnerabilities": [{"id": "x", "name": "n", "severity": "High",
        "location": {"file": "go.sum", "dependency": {"package": {"name": "p"}, "version": "1"}},
        "identifiers": [{"type": "gemnasium", "name": "G-1", "value": "1"}, {"type": "cve",
        "name": "CVE-2020-1", "value": "CVE-2020-1"}]}], "dependency_files": [{"path": "go.sum",
        "dependencies": [{"package": {"name": "p"}, "version": "1"}]}], "scan": {"scanner": {"id":
        "g", "name": "Gemnasium", "version": "2"}, "type": "dependency_scanning", "end_time":
        "2024-01-30T18:00:00", "status": "success"}}"#,
    ),
};

impl Format for GitlabDependencies {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        kind(document) == Some(SPEC.kind)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report = read(document)?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        describe(&report, &mut reading);
        let words = ["critical", "high", "medium", "low", "info", "unknown"];
        let mut findings = Findings::with_severities(&words);
        let mut unique = BTreeSet::new();
        for (at, row) in report.rows().iter().enumerate() {
            findings.total += 1;
            findings.active += 1;
            findings.severity(row.severity.said().unwrap_or("unknown"));
            let primary = row.identifiers.first();
            unique.insert(primary.map_or((None, row.name.said()), |primary| {
                (primary.kind.said(), primary.value.said())
            }));
            let source = Source::pointer(document.path, format!("/vulnerabilities/{at}"));
            reading.items.push(item(source, row));
        }
        reading.measure("unique", unique.len());
        reading.measure("entries", findings.total);
        // All reports of GitLab share this name for their rows.
        findings.measure(&mut reading);
        reading.measures.remove("active");
        settle(&report, &mut reading);
        packages(&report, document, &mut reading);
        Ok(reading)
    }
}

/// Names of advisories that are known beyond GitLab, the best known first.
fn known_name(row: &Row) -> Option<&str> {
    let named = |kind: &str| {
        let mut of_kind = row.identifiers.iter();
        let found = of_kind.find(|identifier| {
            identifier
                .kind
                .said()
                .is_some_and(|it| it.eq_ignore_ascii_case(kind))
        });
        found.and_then(|identifier| identifier.value.said())
    };
    named("cve")
        .or_else(|| named("ghsa"))
        .or_else(|| row.rule())
}

fn item(source: Source, row: &Row) -> Item {
    let id = known_name(row).or(row.name.said());
    let is_alias = |identifier: &&Identifier| {
        let kind = identifier.kind.said().unwrap_or_default();
        !["cwe", "owasp"].contains(&kind.to_lowercase().as_str()) && identifier.value.said() != id
    };
    let aliases = row.identifiers.iter().filter(is_alias);
    let aliases = aliases.filter_map(|identifier| identifier.value.said());
    let dependency = &row.location.dependency;
    Item::new(&DEPENDENCIES_VULNERABILITY, source)
        .with("package", dependency.package.name.said())
        .with("version", dependency.version.said())
        .with("id", id)
        .with("aliases", Value::texts(aliases.map(str::to_owned)))
        .with(
            "severity",
            row.severity.said().unwrap_or("unknown").to_lowercase(),
        )
        .with("status", "active")
}

/// The packages that were looked up, where the report lists them.
fn packages(report: &Report, document: &Document<'_>, reading: &mut Reading) {
    let Some(files) = &report.dependency_files else {
        if report.rows().is_empty() && reading.state == ReadingState::Complete {
            reading.note("The report does not say which packages were looked up.");
        }
        return;
    };
    let all = files.iter().flat_map(|file| &file.dependencies);
    let named = |it: &Dependency| Some((it.package.name.said()?.to_owned(), it.version.0.clone()));
    let packages: BTreeSet<_> = all.filter_map(named).collect();
    reading.measure("packages", packages.len());
    reading.measure("audited", packages.len());
    for (at, file) in files.iter().enumerate() {
        for (nth, it) in file.dependencies.iter().enumerate() {
            let pointer = format!("/dependency_files/{at}/dependencies/{nth}");
            let source = Source::pointer(document.path, pointer);
            let manager = file.package_manager.said().unwrap_or_default();
            examined(
                reading,
                source,
                manager,
                it.package.name.said(),
                it.version.said(),
            );
        }
    }
    let finished = reading.state == ReadingState::Complete;
    if finished && packages.is_empty() && report.rows().is_empty() {
        let why = "The report lists not one package that was looked up.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reports::{Outcome, inspect};
    use crate::model::relations::DEPENDENCIES_EXAMINED;

    fn read(members: &str) -> Reading {
        let text = format!(
            r#"{{"version": "15.0.4", {members}, "scan": {{"scanner": {{"id": "g", "name": "G"}},
            "type": "dependency_scanning", "status": "success"}}}}"#
        );
        match inspect("x.json", text.as_bytes()).outcome {
            Outcome::Report(reading) => *reading,
            other => panic!("a report, not {other:?}"),
        }
    }

    #[test]
    fn an_advisory_of_two_versions_is_one() {
        let row = |version: &str| {
            format!(
                r#"{{"severity": "High", "location": {{"dependency": {{"package": {{"name":
                "p"}}, "version": "{version}"}}}}, "identifiers": [{{"type": "gemnasium", "value":
                "g-1"}}, {{"type": "cve", "value": "CVE-2020-1"}}, {{"type": "cwe", "value":
                "79"}}]}}"#
            )
        };
        let reading = read(&format!(
            "\"vulnerabilities\": [{}, {}]",
            row("1"),
            row("2")
        ));
        assert_eq!(reading.measures["unique"].as_int(), Some(1));
        assert_eq!(reading.measures["entries"].as_int(), Some(2));
        assert_eq!(reading.items[0].get("id").as_text(), Some("CVE-2020-1"));
        assert_eq!(reading.items[0].get("aliases").to_string(), "g-1");
        assert!(!reading.measures.contains_key("audited"));
        assert_eq!(reading.state, ReadingState::Complete);
    }

    #[test]
    fn every_package_of_every_file_was_looked_up() {
        let reading = read(
            r#""vulnerabilities": [], "dependency_files": [
            {"path": "go.sum", "package_manager": "go", "dependencies": [
              {"package": {"name": "m.example/a"}, "version": "v1.2.0"}, {"version": "1"}]},
            {"path": "Gemfile.lock", "package_manager": "bundler", "dependencies": [
              {"package": {"name": "rake"}, "version": "13"}]},
            {"path": "package-lock.json", "package_manager": "npm", "dependencies": null}]"#,
        );
        assert!(reading.holds.contains(&&DEPENDENCIES_EXAMINED));
        let said: Vec<String> = reading
            .items
            .iter()
            .map(|it| format!("{} {}", it.get("ecosystem"), it.get("identity")))
            .collect();
        let none = Value::Absent.to_string();
        let others = [format!("gomod {none}"), format!("bundler {none}")];
        assert_eq!(
            said,
            [&["gomod gomod m.example/a 1.2.0".to_owned()], &others[..]].concat()
        );
        let place = reading.items[2].source.place_text();
        assert_eq!(place, "x.json#/dependency_files/1/dependencies/0");
        let unlisted = read(r#""vulnerabilities": []"#);
        assert!(!unlisted.holds.contains(&&DEPENDENCIES_EXAMINED));
    }

    #[test]
    fn a_scan_that_found_no_package_is_no_clean_one() {
        let none = read(r#""vulnerabilities": [], "dependency_files": [{"dependencies": []}]"#);
        assert_eq!(none.state, ReadingState::NothingMeasured);
        let some = read(
            r#""vulnerabilities": [], "dependency_files": [{"dependencies": [
            {"package": {"name": "p"}, "version": "1"}, {"package": {"name": "p"}, "version": "1"}
            ]}]"#,
        );
        assert_eq!(some.state, ReadingState::Complete);
        assert_eq!(some.measures["audited"].as_int(), Some(1));
    }
}
