//! OWASP dependency-check's JSON report.

use serde::Deserialize;

use super::dependency_check::{self as common};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::{Text, nullable};

/// OWASP dependency-check's JSON report.
pub(in crate::collect::reports) struct DependencyCheckJson;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "dependency-check-json",
    usual_names: &[
        "dependency-check*.json",
        "dependencycheck*.json",
        "depcheck*.json",
    ],
    about: "OWASP dependency-check writes it with `--format JSON`.",
    sample: (
        "dependency-check-report.json",
        r#"{"reportSchema": "1.1", "scanInfo": {"engineVersion": "6.5.0"}, "projectInfo":
        {"reportDate": "2021-11-16T07:22:43Z"}, "dependencies": [{"fileName": "a-1.0.0.jar",
        "vulnerabilities": [{"name": "CVE-1", "severity": "HIGH"}]}]}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "scanInfo", default, deserialize_with = "nullable")]
    scan: Scan,
    #[serde(rename = "projectInfo", default, deserialize_with = "nullable")]
    project: Project,
    #[serde(deserialize_with = "nullable")]
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Scan {
    engine_version: Text,
    #[serde(deserialize_with = "nullable")]
    analysis_exceptions: Vec<Analysis>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Analysis {
    #[serde(deserialize_with = "nullable")]
    exception: Exception,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Exception {
    message: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Project {
    report_date: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Dependency {
    file_name: Text,
    #[serde(deserialize_with = "nullable")]
    packages: Vec<Identifier>,
    /// In the place of packages, before version 5.
    #[serde(deserialize_with = "nullable")]
    identifiers: Vec<Identifier>,
    #[serde(deserialize_with = "nullable")]
    related_dependencies: Vec<Related>,
    #[serde(deserialize_with = "nullable")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(deserialize_with = "nullable")]
    suppressed_vulnerabilities: Vec<Vulnerability>,
}

/// What is the same as a dependency and stands in another place.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Related {
    #[serde(deserialize_with = "nullable")]
    package_ids: Vec<Identifier>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identifier {
    id: Text,
    name: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    name: Text,
    severity: Text,
    notes: Text,
}

impl Format for DependencyCheckJson {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let cut = shape.broken.is_some() && shape.has(&["reportSchema"]);
            shape.has_inner(&["scanInfo.engineVersion"]) && (shape.has(&["dependencies"]) || cut)
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let mut gathered = common::Report::new();
        gathered.version = said(&report.scan.engine_version);
        gathered.date = said(&report.project.report_date);
        let exceptions = report.scan.analysis_exceptions.iter();
        gathered.exceptions = exceptions
            .map(|it| said(&it.exception.message).unwrap_or_else(|| "no message".to_owned()))
            .collect();
        for (at, dependency) in report.dependencies.iter().enumerate() {
            gathered.dependencies += 1;
            let prefix = format!("/dependencies/{at}");
            add(dependency, &prefix, document, &mut gathered, &mut reading);
        }
        gathered.settle(&mut reading);
        Ok(reading)
    }
}

fn said(text: &Text) -> Option<String> {
    text.said().map(str::to_owned)
}

fn add(
    dependency: &Dependency,
    prefix: &str,
    document: &Document<'_>,
    gathered: &mut common::Report,
    reading: &mut Reading,
) {
    let mut identifiers = dependency.packages.iter().chain(&dependency.identifiers);
    let of = common::Dependency {
        file: said(&dependency.file_name),
        identifier: identifiers.find_map(|it| said(&it.id).or_else(|| said(&it.name))),
        packages: urls(dependency),
    };
    let source = Source::pointer(document.path, prefix);
    common::Report::looked_up(reading, &source, &of);
    let lists = [
        ("vulnerabilities", &dependency.vulnerabilities, false),
        (
            "suppressedVulnerabilities",
            &dependency.suppressed_vulnerabilities,
            true,
        ),
    ];
    for (name, list, suppressed) in lists {
        for (at, vulnerability) in list.iter().enumerate() {
            let found = common::Vulnerability {
                name: said(&vulnerability.name),
                severity: said(&vulnerability.severity),
                suppressed,
                notes: said(&vulnerability.notes),
            };
            let source = Source::pointer(document.path, format!("{prefix}/{name}/{at}"));
            gathered.add(reading, source, &of, &found);
        }
    }
}

/// The package URLs of a dependency and of what is the same.
fn urls(dependency: &Dependency) -> Vec<String> {
    let related = dependency.related_dependencies.iter();
    let related = related.flat_map(|related| &related.package_ids);
    let all = dependency.packages.iter().chain(related);
    all.filter_map(|it| said(&it.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(DependencyCheckJson.recognises(&document), "{text}");
        DependencyCheckJson.read(&document).expect("a reading")
    }

    #[test]
    fn suppressed_vulnerabilities_stand_apart() {
        let reading = read(
            r#"{"reportSchema": "1.1", "scanInfo": {"engineVersion": "6.5.0"},
            "dependencies": [{"fileName": "a.jar", "packages": [{"id": "pkg:maven/o/a@1"}],
              "vulnerabilities": [{"name": "CVE-1", "severity": "Medium", "cvssv2":
              {"severity": "HIGH"}}], "suppressedVulnerabilities": [{"name": "CVE-2"}]},
             {"fileName": "b.jar"}]}"#,
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("suppressed")),
            (Some(1), Some(1))
        );
        assert_eq!(measured("audited"), Some(2));
        assert_eq!(reading.measures["by_severity"].to_string(), "medium: 1");
        assert_eq!(reading.items[0].get("version").as_text(), Some("1"));
        assert_eq!(
            reading.items[1].source.place_text(),
            "x.json#/dependencies/0/suppressedVulnerabilities/0"
        );
    }

    #[test]
    fn packages_that_were_identified_can_be_agreed_to_a_lock_file() {
        let reading = read(
            r#"{"scanInfo": {"engineVersion": "12"}, "dependencies": [{"fileName": "a.jar"},
            {"fileName": "left-pad:1.0.0", "packages": [{"id": "pkg:npm/left-pad@1.0.0"}],
             "relatedDependencies": [{"packageIds": [{"id": "pkg:npm/left-pad@1.0.1"}]}]},
            {"packages": [{"id": "pkg:maven/o/a@1"}, {"id": "a:b:1"}]}]}"#,
        );
        let said = reading
            .items
            .iter()
            .map(|it| it.get("identity").to_string());
        let said: Vec<String> = said.collect();
        assert_eq!(said, ["npm left-pad 1.0.0", "npm left-pad 1.0.1"]);
        assert_eq!(
            reading.items[1].source.place_text(),
            "x.json#/dependencies/1"
        );
    }

    #[test]
    fn a_run_that_failed_or_found_nothing_to_look_at_is_not_clean() {
        let report = |exceptions: &str, dependencies: &str| {
            read(&format!(
                r#"{{"scanInfo": {{"engineVersion": "6.5.0", "analysisExceptions": {exceptions}}},
                "dependencies": {dependencies}}}"#
            ))
            .state
        };
        assert_eq!(report("[]", "[]"), ReadingState::NothingMeasured);
        assert_eq!(report("null", "[{}]"), ReadingState::Complete);
        let failed = r#"[{"exception": {"message": "no update", "stackTrace": ["a"]}}]"#;
        assert_eq!(report(failed, "[{}]"), ReadingState::Incomplete);
    }
}
