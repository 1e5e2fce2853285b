//! safety's JSON report since version 2 (`safety check --output json`).
//!
//! A package without a version is named by a requirement that admits several; which one runs was
//! not known, so it was not looked up as one.

use serde::Deserialize;

use super::rows::{Row, Status, Tally, compare, examined};
use crate::collect::reports::words::{counted, length, pointer_step, set_produced, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::flag::Flag;
use crate::parse::json::{Count, Pairs, Text, nullable};
use crate::parse::lists::Texts;

/// safety's JSON report since version 2.
pub(in crate::collect::reports) struct Safety2;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "safety-2",
    usual_names: &["safety*.json"],
    about: "safety writes it since version 2 with `check --output json`.",
    sample: (
        "safety.json",
        r#"{"report_meta": {"safety_version": "2.3.5", "timestamp": "2026-11-22 16:04:59",
        "packages_found": 1, "vulnerabilities_found": 1}, "scanned_packages": {"a": {"name": "a",
        "version": "1.0.0"}}, "vulnerabilities": [{"vulnerability_id": "7", "package_name": "a",
        "analyzed_version": "1.0.0"}], "ignored_vulnerabilities": []}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "report_meta", default, deserialize_with = "nullable")]
    meta: Meta,
    scanned_packages: Option<Pairs<Package>>,
    vulnerabilities: Vec<Vulnerability>,
    #[serde(
        rename = "ignored_vulnerabilities",
        default,
        deserialize_with = "nullable"
    )]
    ignored: Vec<Vulnerability>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Meta {
    safety_version: Text,
    timestamp: Text,
    packages_found: Count,
    vulnerabilities_found: Count,
    #[serde(deserialize_with = "nullable")]
    git: Git,
}

/// Where the files that were looked at stand in git.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Git {
    commit: Text,
    dirty: Flag,
}

impl Git {
    /// Takes the commit, unless files were changed since.
    pub(super) fn settle(&self, reading: &mut Reading) {
        let Some(named) = self.commit.said() else {
            return;
        };
        let clean = named.strip_suffix("-dirty");
        if clean.is_some() || self.dirty.yes() {
            reading.note(format!(
                "The report was made from commit {} with changes that were not committed.",
                excerpt(clean.unwrap_or(named))
            ));
        } else {
            reading.commit = Some(named.to_owned());
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Package {
    version: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    #[serde(rename = "vulnerability_id")]
    id: Text,
    package_name: Text,
    analyzed_version: Text,
    fixed_versions: Texts,
    ignored: Flag,
    ignored_reason: Text,
    #[serde(rename = "CVE")]
    cve: Text,
    #[serde(deserialize_with = "nullable")]
    severity: Severity,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Severity {
    #[serde(deserialize_with = "nullable")]
    cvssv3: Rating,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Rating {
    base_severity: Text,
}

impl Vulnerability {
    fn row(&self, listed: Status) -> Row<'_> {
        let ignored = self.ignored.yes();
        Row {
            package: self.package_name.said(),
            version: self.analyzed_version.said(),
            id: self.id.said(),
            aliases: self.cve.said().map(str::to_owned).into_iter().collect(),
            severity: self.severity.cvssv3.base_severity.said(),
            fixed_in: self.fixed_versions.said().map(str::to_owned).collect(),
            status: if ignored { Status::Suppressed } else { listed },
            justification: self.ignored_reason.said(),
            ..Row::default()
        }
    }
}

impl Format for Safety2 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            // A report of licences has the same head.
            let head = shape.has(&["report_meta"]) && !shape.has(&["licenses"]);
            let cut = shape.broken.is_some() && shape.has_inner(&["report_meta.scan_target"]);
            head && (shape.has(&["vulnerabilities"]) || shape.has(&["scanned_packages"]) || cut)
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("safety".to_owned());
        reading.tool_version = report.meta.safety_version.said().map(str::to_owned);
        set_produced(
            &mut reading,
            report.meta.timestamp.said().unwrap_or_default(),
        );
        report.meta.git.settle(&mut reading);
        let lists = [
            ("vulnerabilities", &report.vulnerabilities, Status::Active),
            (
                "ignored_vulnerabilities",
                &report.ignored,
                Status::Suppressed,
            ),
        ];
        let rated = |list: &[Vulnerability]| {
            let mut ratings = list
                .iter()
                .map(|it| it.severity.cvssv3.base_severity.said());
            ratings.any(|rating| rating.is_some())
        };
        let mut tally = Tally::default().with_suppressed();
        if lists.iter().any(|(_, list, _)| rated(list)) {
            tally = tally.with_severities();
        }
        for (name, list, status) in lists {
            for (at, vulnerability) in list.iter().enumerate() {
                let source = Source::pointer(document.path, format!("/{name}/{at}"));
                tally.add(&mut reading, source, &vulnerability.row(status));
            }
        }
        tally.measure(&mut reading);
        for (name, package) in report.scanned_packages.iter().flat_map(|it| &it.0) {
            if let Some(version) = package.version.said() {
                let source = Source::pointer(
                    document.path,
                    format!("/scanned_packages/{}", pointer_step(name)),
                );
                examined(&mut reading, source, "pypi", Some(name), Some(version));
            }
        }
        settle(&report, &mut reading);
        let declared = report.meta.vulnerabilities_found.0;
        compare(
            &mut reading,
            declared,
            length(&report.vulnerabilities),
            "vulnerabilities",
        );
        Ok(reading)
    }
}

fn settle(report: &Report, reading: &mut Reading) {
    let found = report.meta.packages_found.0;
    let Some(Pairs(packages)) = &report.scanned_packages else {
        if let Some(found) = found {
            reading.measure("packages", found);
        }
        return;
    };
    let named = |(name, package): &'_ (String, Package)| -> Option<String> {
        package.version.said().is_none().then(|| name.clone())
    };
    let skipped: Vec<String> = packages.iter().filter_map(named).collect();
    reading.measure("packages", packages.len());
    reading.measure("audited", packages.len() - skipped.len());
    reading.measure("skipped", skipped.len());
    // A package that was found in several versions is named once.
    if let Some(found) = found.filter(|found| *found != length(packages)) {
        reading.note(format!(
            "The report counts {} and names {}.",
            counted(found, "package", "packages"),
            packages.len()
        ));
    }
    if packages.is_empty() {
        let why = "The report names no package, so nothing was looked up.";
        reading.lower(ReadingState::NothingMeasured, why);
    } else if !skipped.is_empty() {
        let why = format!(
            "{} of {} no version, so it is not known which one runs: {}.",
            skipped.len(),
            counted(length(packages), "package has", "packages have"),
            some_of(skipped.iter().map(String::as_str))
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Safety2.recognises(&document), "{text}");
        Safety2.read(&document).expect("a reading")
    }

    fn report(packages: &str, git: &str) -> Reading {
        read(&format!(
            r#"{{"report_meta": {{"safety_version": "3.2", "timestamp": "2026-11-22 16:04:59",
            "git": {git}}}, "scanned_packages": {packages}, "vulnerabilities": [],
            "ignored_vulnerabilities": [], "remediations": {{}}}}"#
        ))
    }

    #[test]
    fn ignored_vulnerabilities_are_suppressed() {
        let reading = read(
            r#"{"report_meta": {"safety_version": "2.3.5", "vulnerabilities_found": 2},
            "scanned_packages": {"a": {"name": "a", "version": "1"}},
            "vulnerabilities": [{"vulnerability_id": "7", "package_name": "a", "CVE": "CVE-1",
              "analyzed_version": "1", "fixed_versions": ["2", ""],
              "severity": {"cvssv3": {"base_severity": "HIGH"}}},
              {"vulnerability_id": "8", "severity": null}],
            "ignored_vulnerabilities": [{"vulnerability_id": "9", "ignored": true,
              "ignored_reason": "not reached"}]}"#,
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("suppressed")),
            (Some(2), Some(1))
        );
        assert_eq!(
            (measured("audited"), measured("skipped")),
            (Some(1), Some(0))
        );
        assert_eq!(
            reading.measures["by_severity"].to_string(),
            "high: 1, unknown: 1"
        );
        assert_eq!(reading.items[0].get("fixed_in").to_string(), "2");
        assert_eq!(
            reading.items[2].get("justification").as_text(),
            Some("not reached")
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
    }

    #[test]
    fn a_package_without_a_version_was_not_looked_up() {
        let some = report(r#"{"a": {"version": "1"}, "b": {"version": null}}"#, "{}");
        assert_eq!(some.state, ReadingState::Incomplete);
        assert_eq!(
            some.notes.last().map(String::as_str),
            Some("1 of 2 packages have no version, so it is not known which one runs: b.")
        );
        assert_eq!(report("{}", "{}").state, ReadingState::NothingMeasured);
    }

    #[test]
    fn a_commit_is_taken_only_where_nothing_was_changed_since() {
        let commit = |git: &str| report(r#"{"a": {"version": "1"}}"#, git).commit;
        assert_eq!(
            commit(r#"{"commit": "abc", "dirty": false}"#).as_deref(),
            Some("abc")
        );
        assert_eq!(commit(r#"{"commit": "abc", "dirty": true}"#), None);
        assert_eq!(commit(r#"{"commit": "abc-dirty"}"#), None);
        assert_eq!(commit(r#"{"error": "not-git-repo"}"#), None);
    }

    #[test]
    fn a_report_of_licences_is_not_taken_for_it() {
        let other = r#"{"report_meta": {"scan_target": "files"}, "licenses": []}"#;
        assert!(!Safety2.recognises(&Document::new("safety.json", other.as_bytes())));
    }
}
