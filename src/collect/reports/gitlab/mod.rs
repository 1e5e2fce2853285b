//! GitLab's security reports (`gl-*-report.json`), which all have one form and are of the kind that
//! their scan is of. The three formats that read them stand with their kinds.

pub(super) mod model;
pub(super) mod words;

use serde::Deserialize;

use self::model::{Location, Report};
use super::document::Document;
use super::redact;
use super::words::set_produced;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape, Text, nullable};

fn is_gitlab(shape: &Shape) -> bool {
    if shape.outer != Outer::Object || shape.has(&["bomFormat"]) || shape.has(&["spdxVersion"]) {
        return false;
    }
    let rows = shape.has_inner(&["vulnerabilities.identifiers", "vulnerabilities.location"]);
    let scan = shape.has(&["version"]) && shape.has_inner(&["scan.scanner", "scan.type"]);
    let listed = shape.has(&["version"]) && shape.lists.contains("vulnerabilities");
    let clean = listed && shape.lists.contains("remediations");
    rows || scan || clean || (listed && shape.broken.is_some())
}

/// Which kind of report a scan makes, by the names of GitLab.
fn kind_of(scan: &str) -> ReportKind {
    match scan {
        "secret_detection" => ReportKind::Secrets,
        "dependency_scanning" | "container_scanning" | "cluster_image_scanning" => {
            ReportKind::Dependencies
        }
        _ => ReportKind::Analysis,
    }
}

/// What tells the kind of scan: of all findings before version 15, of the scan since.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Head {
    #[serde(deserialize_with = "nullable")]
    scan: HeadScan,
    #[serde(deserialize_with = "nullable")]
    vulnerabilities: Vec<HeadRow>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct HeadScan {
    #[serde(rename = "type")]
    kind: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct HeadRow {
    category: Text,
    #[serde(deserialize_with = "nullable")]
    location: Location,
}

impl HeadRow {
    /// Only a vulnerability is found in a package, and only a secret in a commit.
    fn shown(&self) -> Option<&'static str> {
        let package = self.location.dependency.package.name.said();
        let commit = self.location.commit.sha.said();
        let found = package.map(|_| "dependency_scanning");
        found.or_else(|| commit.map(|_| "secret_detection"))
    }
}

/// The kind of a document, where it is a report of GitLab. Of one that is broken off, and of one
/// that does not say, the name decides.
pub(super) fn kind(document: &Document<'_>) -> Option<ReportKind> {
    let shape = document.look.json().filter(|shape| is_gitlab(shape))?;
    let head: Head = if shape.broken.is_none() {
        document.json().unwrap_or_default()
    } else {
        Head::default()
    };
    let rows = || head.vulnerabilities.iter();
    let stated = head
        .scan
        .kind
        .said()
        .or_else(|| rows().find_map(|row| row.category.said()))
        .or_else(|| rows().find_map(HeadRow::shown));
    Some(stated.map_or_else(|| kind_by_name(document.path), kind_of))
}

fn kind_by_name(path: &str) -> ReportKind {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    if name.contains("secret") {
        ReportKind::Secrets
    } else if name.contains("depend") || name.contains("container") {
        ReportKind::Dependencies
    } else {
        ReportKind::Analysis
    }
}

/// Reads the document, whatever its kind.
///
/// # Errors
/// Another document, or one without the list that every report has.
pub(super) fn read(document: &Document<'_>) -> Result<Report, ParseError> {
    let report: Report = document
        .json()
        .map_err(|error| redact::neutral(&error, "the values of a GitLab report"))?;
    if report.vulnerabilities.is_none() {
        let says = "expected a list of vulnerabilities, found none";
        return Err(ParseError::whole(says));
    }
    Ok(report)
}

/// Who made it and when, as far as the report says.
pub(super) fn describe(report: &Report, reading: &mut Reading) {
    let scanner = &report.scan.scanner;
    let mut tools: Vec<&str> = scanner
        .name
        .said()
        .or(scanner.id.said())
        .into_iter()
        .collect();
    if tools.is_empty() {
        // Before version 14 one report gathered those of several scanners.
        for tool in report
            .rows()
            .iter()
            .filter_map(|row| row.scanner.name.said())
        {
            if !tools.contains(&tool) {
                tools.push(tool);
            }
        }
    }
    reading.tool = (!tools.is_empty()).then(|| tools.join(", "));
    reading.tool_version = scanner.version.said().map(str::to_owned);
    set_produced(reading, report.scan.end_time.said().unwrap_or_default());
}

/// Whether the scan finished.
pub(super) fn settle(report: &Report, reading: &mut Reading) {
    let fatal = report.scan.messages.iter();
    let fatal = fatal.filter(|message| message.level.said() == Some("fatal"));
    if let Some(status) = report.scan.status.said().filter(|it| *it != "success") {
        let why = format!("The status of the scan is {}.", excerpt(status));
        reading.lower(ReadingState::Incomplete, why);
    } else if fatal.count() > 0 {
        let why = "The scan ended with a message that it calls fatal.";
        reading.lower(ReadingState::Incomplete, why);
    } else if report.scan.status.said().is_none() {
        reading.note("The report does not say how the scan ended.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reports::{Outcome, inspect};

    fn outcome(path: &str, text: &str) -> Outcome {
        inspect(path, text.as_bytes()).outcome
    }

    fn kind_and_state(path: &str, text: &str) -> (ReportKind, ReadingState) {
        match outcome(path, text) {
            Outcome::Report(reading) => (reading.kind, reading.state),
            other => panic!("a report, not {other:?}"),
        }
    }

    fn report(scan: &str) -> String {
        format!(r#"{{"version": "15.0.4", "vulnerabilities": [], "scan": {{{scan}}}}}"#)
    }

    const SCANNER: &str = r#""scanner": {"id": "x", "name": "X", "version": "1"}"#;

    #[test]
    fn the_scan_decides_the_kind_and_the_name_only_where_it_is_silent() {
        for (scan, kind) in [
            ("sast", ReportKind::Analysis),
            ("dast", ReportKind::Analysis),
            ("secret_detection", ReportKind::Secrets),
            ("dependency_scanning", ReportKind::Dependencies),
            ("container_scanning", ReportKind::Dependencies),
        ] {
            let text = report(&format!(
                r#"{SCANNER}, "type": "{scan}", "status": "success""#
            ));
            let read = kind_and_state("gl-secret-detection-report.json", &text);
            assert_eq!(read, (kind, ReadingState::Complete), "{scan}");
        }
        let old = r#"{"version": "2.3", "vulnerabilities": [], "remediations": []}"#;
        let sast = kind_and_state("gl-sast-report.json", old);
        assert_eq!(sast.0, ReportKind::Analysis);
        let secrets = kind_and_state("gl-secret-detection-report.json", old);
        assert_eq!(secrets.0, ReportKind::Secrets);
        let each = r#"{"version": "14.0", "vulnerabilities": [{"category": "secret_detection",
            "identifiers": [], "location": {}}]}"#;
        assert_eq!(kind_and_state("x.json", each).0, ReportKind::Secrets);
        for (location, kind) in [
            (r#""commit": {"sha": "abc"}"#, ReportKind::Secrets),
            (
                r#""dependency": {"package": {"name": "p"}}"#,
                ReportKind::Dependencies,
            ),
            (r#""dependency": {"package": {}}"#, ReportKind::Analysis),
        ] {
            let text = format!(
                r#"{{"version": "15.0", "vulnerabilities": [{{"identifiers": [], "location":
                {{{location}}}}}]}}"#
            );
            assert_eq!(kind_and_state("x.json", &text).0, kind, "{location}");
        }
    }

    #[test]
    fn a_scan_that_did_not_end_well_is_incomplete() {
        for end in [
            r#""status": "failure""#,
            r#""status": "success", "messages": [{"level": "fatal", "value": "x"}]"#,
        ] {
            let text = report(&format!(r#"{SCANNER}, "type": "sast", {end}"#));
            let read = kind_and_state("x.json", &text);
            assert_eq!(read.1, ReadingState::Incomplete, "{end}");
        }
        let without = format!(r#"{{"version": "15", "scan": {{{SCANNER}, "type": "sast"}}}}"#);
        let outcome = outcome("x.json", &without);
        assert!(matches!(outcome, Outcome::Unreadable { .. }), "{outcome:?}");
    }

    #[test]
    fn neighbours_are_not_taken_for_it() {
        for text in [
            r#"{"bomFormat": "CycloneDX", "version": 1, "vulnerabilities": [], "remediations": []}"#,
            r#"{"vulnerabilities": {}, "auditReportVersion": 2}"#,
            r#"[{"description": "d", "check_name": "c", "fingerprint": "f", "severity": "minor",
            "location": {"path": "a", "lines": {"begin": 1}}}]"#,
        ] {
            let document = Document::new("gl-code-quality-report.json", text.as_bytes());
            assert_eq!(kind(&document), None, "{text}");
        }
    }
}
