//! Snyk's JSON report (`snyk test --json`, `snyk container test --json`): an object for a project,
//! or a list of them.
//!
//! A vulnerability stands once for each path that leads to the package. Licences that a policy does
//! not allow stand in the same list. The applications of a container are projects inside its own.
//! A project that could not be tested is `{"ok": false, "error": …}`.

mod model;

use std::collections::BTreeSet;

use self::model::{Project, Vulnerability};
use super::rows::{Status, Tally};
use crate::collect::reports::words::{counted, message};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::{excerpt, grouped};
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape};

/// Snyk's JSON report.
pub(in crate::collect::reports) struct Snyk;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "snyk",
    usual_names: &["snyk*.json", "*-snyk.json", "*.snyk.json"],
    about: "Snyk writes it with `snyk test --json` and `snyk container test --json`.",
    sample: (
        "snyk.json",
        r#"{"ok": false, "dependencyCount": 9, "packageManager": "npm", "uniqueCount": 1,
        "vulnerabilities": [{"id": "SNYK-1", "severity": "high", "packageName": "a",
        "version": "1.0.0", "from": ["p@1", "a@1.0.0"], "identifiers": {"CVE": ["CVE-1"]}}]}"#,
    ),
};

/// Whether these are the members of a project: keys at the top of an object, or those that the
/// objects of a list have.
fn is_project(shape: &Shape) -> bool {
    let list = shape.outer == Outer::Array;
    let has = |key: &str| {
        if list {
            shape.inner.contains(key)
        } else {
            shape.keys.contains(key)
        }
    };
    // A test of infrastructure as code has no packages, and an empty list of vulnerabilities.
    if has("infrastructureAsCodeIssues") {
        return false;
    }
    let counted = has("dependencyCount") || has("packageManager") || has("uniqueCount");
    let failed = has("ok") && has("error") && has("path");
    let rows = shape.has_inner(&["vulnerabilities.packageName", "vulnerabilities.from"]);
    (has("vulnerabilities") && has("ok") && counted) || failed || (!list && rows)
}

impl Format for Snyk {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_project)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("snyk".to_owned());
        let mut run = Run {
            tally: Tally::default().with_severities().with_suppressed(),
            ..Run::default()
        };
        if document
            .look
            .json()
            .is_some_and(|shape| shape.outer == Outer::Array)
        {
            let projects: Vec<Project> = document.json()?;
            for (at, project) in projects.iter().enumerate() {
                run.project(project, &format!("/{at}"), document, &mut reading);
            }
        } else {
            run.project(&document.json()?, "", document, &mut reading);
        }
        run.settle(&mut reading);
        Ok(reading)
    }
}

#[derive(Default)]
struct Run {
    tally: Tally,
    projects: u64,
    /// The dependencies of all projects; nothing where one does not say.
    dependencies: u64,
    uncounted: bool,
    licences: u64,
    /// What went wrong with a project.
    errors: Vec<String>,
    thresholds: Vec<String>,
    /// What projects count and do not list, in part or at all.
    compared: Vec<String>,
    unlisted: Vec<String>,
    unknown_versions: u64,
}

impl Run {
    fn project(
        &mut self,
        project: &Project,
        place: &str,
        document: &Document<'_>,
        reading: &mut Reading,
    ) {
        self.projects += 1;
        let Some(vulnerabilities) = &project.vulnerabilities else {
            let says = project
                .error
                .said()
                .unwrap_or("it lists no vulnerabilities");
            self.errors.push(message(says));
            return;
        };
        if let Some(error) = project.error.said() {
            self.errors.push(message(error));
        }
        self.thresholds
            .extend(project.severity_threshold.said().map(str::to_owned));
        self.unknown_versions += u64::from(project.has_unknown_versions.yes());
        match project.dependency_count.0 {
            Some(count) => self.dependencies = self.dependencies.saturating_add(count),
            None => self.uncounted = true,
        }
        let filtered = &project.filtered;
        for (list, rows, status) in [
            ("vulnerabilities", vulnerabilities, Status::Active),
            ("filtered/ignore", &filtered.ignore, Status::Suppressed),
            ("filtered/patch", &filtered.patch, Status::Suppressed),
        ] {
            for (at, vulnerability) in rows.iter().enumerate() {
                if vulnerability.is_licence() {
                    self.licences += 1;
                    continue;
                }
                let source = Source::pointer(document.path, format!("{place}/{list}/{at}"));
                self.tally
                    .add_path(reading, source, &vulnerability.row(status));
            }
        }
        self.compare(project, vulnerabilities);
        for (at, application) in project.applications.iter().enumerate() {
            let place = format!("{place}/applications/{at}");
            self.project(application, &place, document, reading);
        }
    }

    fn settle(&self, reading: &mut Reading) {
        self.tally.measure(reading);
        if self.licences > 0 {
            reading.note(format!(
                "The report also lists {} with licences, which are no vulnerabilities.",
                counted(self.licences, "issue", "issues")
            ));
        }
        if self.unknown_versions > 0 {
            reading.note("Some packages have a version that Snyk does not know.");
        }
        self.compared
            .iter()
            .for_each(|said| reading.note(said.as_str()));
        if !self.uncounted && self.errors.is_empty() && self.projects > 0 {
            reading.measure("packages", self.dependencies);
            reading.measure("audited", self.dependencies);
            if self.dependencies == 0 && self.tally.entries() == 0 {
                let why = "Snyk counts no dependency, so nothing was looked up.";
                reading.lower(ReadingState::NothingMeasured, why);
            }
        }
        if self.projects == 0 {
            let why = "The report names no project, so nothing was tested.";
            reading.lower(ReadingState::NothingMeasured, why);
        }
        if let Some(unlisted) = self.unlisted.first() {
            reading.lower(ReadingState::Incomplete, unlisted.as_str());
        }
        if let Some(threshold) = self.thresholds.first() {
            let why = format!(
                "Snyk was told to leave out what is less severe than {}.",
                excerpt(threshold)
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        if let Some(first) = self.errors.first() {
            let why = format!(
                "{} of {} could not be tested; the first reason: {}.",
                self.errors.len(),
                counted(self.projects, "project", "projects"),
                excerpt(first).trim_end_matches('.')
            );
            reading.lower(ReadingState::Incomplete, why);
        }
    }

    /// Compares the issues that a project counts with those it lists, by their identifiers.
    fn compare(&mut self, project: &Project, vulnerabilities: &[Vulnerability]) {
        let ids: BTreeSet<_> = vulnerabilities.iter().map(|it| it.id.said()).collect();
        let listed = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        let Some(declared) = project
            .unique_count
            .0
            .filter(|declared| *declared != listed)
        else {
            return;
        };
        let name = [&project.name, &project.display_target_file, &project.path];
        let name = name
            .iter()
            .find_map(|text| text.said())
            .unwrap_or("the project");
        let says = format!(
            "Snyk counts {} in {} and lists {}",
            counted(declared, "issue", "issues"),
            excerpt(name),
            grouped(listed)
        );
        if listed == 0 {
            self.unlisted.push(format!("{says}."));
        } else {
            self.compared
                .push(format!("{says}. What it lists was counted."));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Snyk.recognises(&document), "{text}");
        Snyk.read(&document).expect("a reading")
    }

    fn project(rows: &str, more: &str) -> String {
        format!(
            r#"{{"ok": true, "vulnerabilities": [{rows}], "dependencyCount": 9,
            "packageManager": "npm", "path": "p"{more}}}"#
        )
    }

    fn row(id: &str) -> String {
        format!(
            r#"{{"id": "{id}", "severity": "high", "severityWithCritical": "critical",
            "packageName": "a", "version": "1", "from": ["p", "a@1"], "fixedIn": ["2"],
            "identifiers": {{"CVE": ["CVE-1"]}}}}"#
        )
    }

    #[test]
    fn a_row_for_each_path_is_one_vulnerability_and_a_licence_is_none() {
        let licence = r#"{"id": "snyk:lic:npm:a:GPL", "type": "license", "severity": "high"}"#;
        let ignored = format!(
            r#", "filtered": {{"ignore": [{}], "patch": []}}"#,
            row("SNYK-9")
        );
        let rows = [
            row("SNYK-1"),
            row("SNYK-1"),
            row("SNYK-2"),
            licence.to_owned(),
        ]
        .join(",");
        let reading = read(&format!(
            "[{}, {}]",
            project(&rows, &ignored),
            project("", "")
        ));
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(2), Some(3))
        );
        assert_eq!(
            (measured("suppressed"), measured("audited")),
            (Some(1), Some(18))
        );
        assert_eq!(reading.measures["by_severity"].to_string(), "high: 3");
        assert_eq!(reading.items[0].get("rank").as_text(), Some("critical"));
        assert_eq!(reading.items.len(), 3);
        assert_eq!(
            reading.items[1].source.place_text(),
            "x.json#/0/vulnerabilities/2"
        );
        assert_eq!(
            reading.items[2].source.place_text(),
            "x.json#/0/filtered/ignore/0"
        );
        assert_eq!(
            (reading.state, reading.notes.len()),
            (ReadingState::Complete, 1)
        );
    }

    #[test]
    fn applications_of_a_container_are_projects() {
        let inside = format!(r#", "applications": [{}]"#, project(&row("SNYK-2"), ""));
        let reading = read(&project(&row("SNYK-1"), &inside));
        assert_eq!(reading.measures["unique"].as_int(), Some(2));
        assert_eq!(reading.measures["audited"].as_int(), Some(18));
        assert_eq!(
            reading.items[1].source.place_text(),
            "x.json#/applications/0/vulnerabilities/0"
        );
    }

    #[test]
    fn what_was_not_tested_or_not_listed_is_not_clean() {
        let failed = r#"{"ok": false, "error": "Missing node_modules.", "path": "p"}"#;
        let reading = read(failed);
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(
            reading.notes,
            ["1 of 1 project could not be tested; the first reason: Missing node_modules."]
        );
        let one = format!("[{}, {failed}]", project("", ""));
        assert_eq!(read(&one).state, ReadingState::Incomplete);
        let threshold = project("", r#", "severityThreshold": "high""#);
        assert_eq!(read(&threshold).state, ReadingState::Incomplete);
        let unlisted = project("", r#", "uniqueCount": 3"#);
        assert_eq!(read(&unlisted).state, ReadingState::Incomplete);
        let none = project("", "").replace("9,", "0,");
        assert_eq!(read(&none).state, ReadingState::NothingMeasured);
    }

    #[test]
    fn a_test_of_infrastructure_is_not_taken_for_it() {
        for other in [
            r#"{"ok": true, "vulnerabilities": [], "packageManager": "k8sconfig",
            "infrastructureAsCodeIssues": []}"#,
            r#"{"ok": true, "error": "x"}"#,
            r#"{"vulnerabilities": []}"#,
            "[]",
        ] {
            let document = Document::new("snyk.json", other.as_bytes());
            assert!(!Snyk.recognises(&document), "{other}");
        }
    }
}
