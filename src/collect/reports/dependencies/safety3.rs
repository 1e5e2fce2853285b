//! safety's JSON report of `safety scan --output json`, since version 3.
//!
//! It lists the files in which something was found, so a clean one says only where was looked. A
//! scan of a whole system names its projects and not what was found in them.

use serde::Deserialize;

use super::rows::{Row, Status, Tally};
use super::safety2::Git;
use crate::collect::reports::words::{counted, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Text, nullable};

/// safety's JSON report of a scan.
pub(in crate::collect::reports) struct Safety3;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "safety-3",
    usual_names: &["safety*.json"],
    about: "safety writes it since version 3 with `scan --output json`.",
    sample: (
        "safety-scan.json",
        r#"{"meta": {"scan_type": "scan", "timestamp": "2023-03-28T15:30:24", "schema_version":
        "3.0"}, "scan_results": {"files": [], "projects": [{"id": "p", "files": [{"location": "r.txt",
        "results": {"dependencies": [{"name": "a", "specifications": [{"raw": "a==1.0.0",
        "vulnerabilities": {"known_vulnerabilities": [{"id": "7", "ignored": null}]}}]}]}}]}]}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, deserialize_with = "nullable")]
    meta: Meta,
    scan_results: Results,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Meta {
    scan_type: Text,
    timestamp: Text,
    #[serde(deserialize_with = "nullable")]
    telemetry: Telemetry,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Telemetry {
    safety_version: Text,
}

#[derive(Deserialize)]
struct Results {
    #[serde(default, deserialize_with = "nullable")]
    files: Vec<File>,
    #[serde(default, deserialize_with = "nullable")]
    projects: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    files: Option<Vec<File>>,
    #[serde(default, deserialize_with = "nullable")]
    git: Git,
}

#[derive(Deserialize)]
struct File {
    results: Option<Found>,
}

#[derive(Deserialize)]
struct Found {
    dependencies: Option<Vec<Dependency>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Dependency {
    name: Text,
    specifications: Option<Vec<Specification>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Specification {
    raw: Text,
    vulnerabilities: Option<Vulnerabilities>,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    #[serde(rename = "known_vulnerabilities")]
    known: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    id: Text,
    ignored: Option<Ignored>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ignored {
    reason: Text,
}

impl Format for Safety3 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let cut = shape.broken.is_some() && shape.has_inner(&["meta.schema_version"]);
            shape.has_inner(&["meta.scan_type"]) && (shape.has(&["scan_results"]) || cut)
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("safety".to_owned());
        let version = report.meta.telemetry.safety_version.said();
        reading.tool_version = version.map(str::to_owned);
        set_produced(
            &mut reading,
            report.meta.timestamp.said().unwrap_or_default(),
        );
        let results = &report.scan_results;
        if let [project] = results.projects.as_slice() {
            project.git.settle(&mut reading);
        }
        let mut tally = Tally::default().with_suppressed();
        let mut silent = 0_u64;
        let mut files = |files: &[File], place: &str| {
            for (at, file) in files.iter().enumerate() {
                let place = format!("{place}/files/{at}/results/dependencies");
                let found = file.results.as_ref();
                match found.and_then(|found| found.dependencies.as_deref()) {
                    Some(found) => {
                        silent += rows(found, &place, document, &mut tally, &mut reading);
                    }
                    None => silent += 1,
                }
            }
        };
        files(&results.files, "/scan_results");
        for (at, project) in results.projects.iter().enumerate() {
            let place = format!("/scan_results/projects/{at}");
            files(project.files.as_deref().unwrap_or_default(), &place);
        }
        tally.measure(&mut reading);
        settle(&report, &tally, &mut reading);
        if silent > 0 {
            let why = format!(
                "The report says nothing of what was found in {} that it names.",
                counted(silent, "place", "places")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        Ok(reading)
    }
}

/// Records what was found of these, and answers of how many the report does not say it.
fn rows(
    dependencies: &[Dependency],
    place: &str,
    document: &Document<'_>,
    tally: &mut Tally,
    reading: &mut Reading,
) -> u64 {
    let mut silent = 0;
    for (at, dependency) in dependencies.iter().enumerate() {
        let Some(specifications) = &dependency.specifications else {
            silent += 1;
            continue;
        };
        for (nth, specification) in specifications.iter().enumerate() {
            let found = specification.vulnerabilities.as_ref();
            let Some(known) = found.and_then(|found| found.known.as_ref()) else {
                silent += 1;
                continue;
            };
            let place = format!("{place}/{at}/specifications/{nth}/vulnerabilities");
            for (last, known) in known.iter().enumerate() {
                let pointer = format!("{place}/known_vulnerabilities/{last}");
                let source = Source::pointer(document.path, pointer);
                tally.add(reading, source, &row(dependency, specification, known));
            }
        }
    }
    silent
}

fn row<'r>(
    dependency: &'r Dependency,
    specification: &'r Specification,
    known: &'r Vulnerability,
) -> Row<'r> {
    let raw = specification.raw.said().unwrap_or_default();
    let ignored = known.ignored.as_ref();
    Row {
        package: dependency.name.said(),
        // Only what pins a version names the one that runs.
        version: raw.split_once("==").map(|(_, version)| version.trim()),
        id: known.id.said(),
        status: ignored.map_or(Status::Active, |_| Status::Suppressed),
        justification: ignored.and_then(|ignored| ignored.reason.said()),
        ..Row::default()
    }
}

fn settle(report: &Report, tally: &Tally, reading: &mut Reading) {
    let results = &report.scan_results;
    let unread = results
        .projects
        .iter()
        .filter(|project| project.files.is_none())
        .count();
    if report.meta.scan_type.said() == Some("system-scan") || unread > 0 {
        let why = "The report names projects, and not what was found in them.";
        reading.lower(ReadingState::Incomplete, why);
    } else if results.projects.is_empty() && results.files.is_empty() {
        let why = "The report names no project and no file, so nothing was looked at.";
        reading.lower(ReadingState::NothingMeasured, why);
    } else if tally.entries() == 0 {
        reading.note("Nothing was found; the report does not say which packages were looked at.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, results: &str) -> Reading {
        let text = format!(
            r#"{{"meta": {{"scan_type": "{kind}", "timestamp": "2023-03-28T15:30:24", "telemetry":
            {{"safety_version": "3.0"}}}}, "scan_results": {results}}}"#
        );
        let document = Document::new("x.json", text.as_bytes());
        assert!(Safety3.recognises(&document), "{text}");
        Safety3.read(&document).expect("a reading")
    }

    #[test]
    fn vulnerabilities_are_found_below_files_and_projects() {
        let file = |raw: &str, known: &str| {
            format!(
                r#"{{"results": {{"dependencies": [{{"name": "a", "specifications": [{{"raw":
                "{raw}", "vulnerabilities": {{"known_vulnerabilities": [{known}]}}}}]}}]}}}}"#
            )
        };
        let reading = read(
            "scan",
            &format!(
                r#"{{"files": [{}], "projects": [{{"git": {{"commit": "abc"}}, "files": [{}]}}]}}"#,
                file("a>=1", r#"{"id": "7"}"#),
                file(
                    "a==1.0",
                    r#"{"id": "7"}, {"id": "8", "ignored": {"reason": "r"}}"#
                )
            ),
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(1), Some(2))
        );
        assert_eq!(measured("suppressed"), Some(1));
        assert_eq!(reading.items[0].get("version").as_text(), None);
        assert_eq!(reading.items[1].get("version").as_text(), Some("1.0"));
        assert_eq!(
            reading.items[2].source.place_text(),
            "x.json#/scan_results/projects/0/files/0/results/dependencies/0/specifications/0/\
             vulnerabilities/known_vulnerabilities/1"
        );
        assert_eq!(reading.commit.as_deref(), Some("abc"));
        assert_eq!(
            (reading.state, reading.notes.len()),
            (ReadingState::Complete, 1)
        );
    }

    #[test]
    fn a_scan_that_does_not_say_what_it_found_is_not_clean() {
        let state = |kind, results| read(kind, results).state;
        assert_eq!(
            state("scan", r#"{"projects": []}"#),
            ReadingState::NothingMeasured
        );
        assert_eq!(
            state("scan", r#"{"projects": [{"files": []}]}"#),
            ReadingState::Complete
        );
        assert_eq!(
            state("scan", r#"{"projects": [{"id": "p"}]}"#),
            ReadingState::Incomplete
        );
        assert_eq!(
            state("system-scan", r#"{"projects": [{"id": "p", "files": []}]}"#),
            ReadingState::Incomplete
        );
    }

    #[test]
    fn what_nothing_is_said_of_is_not_clean() {
        let state = |files: &str| read("scan", &format!(r#"{{"files": [{files}]}}"#)).state;
        let of = |inside: &str| {
            let found = format!(r#"{{"results": {{"dependencies": [{{"name": "a"{inside}}}]}}}}"#);
            state(&found)
        };
        let clean = r#", "specifications": [{"vulnerabilities": {"known_vulnerabilities": []}}]"#;
        assert_eq!(of(clean), ReadingState::Complete);
        for silent in ["", r#", "specifications": [{}]"#] {
            assert_eq!(of(silent), ReadingState::Incomplete, "{silent}");
        }
        for silent in ["{}", r#"{"results": {}}"#] {
            assert_eq!(state(silent), ReadingState::Incomplete, "{silent}");
        }
    }
}
