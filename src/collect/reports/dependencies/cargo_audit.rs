//! cargo-audit's JSON report (`cargo audit --json`), which cargo-deny writes as well.
//!
//! Warnings (unmaintained, unsound, yanked) stand apart from the vulnerabilities. The database
//! knows packages from crates.io alone, and the count of dependencies includes the project itself.
//! `cargo audit bin` writes one report for each binary, one after the other.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::cvss;
use super::rows::{Row, Status, Tally, compare, note_database};
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Pairs, Text, nullable};
use crate::parse::lists::Texts;

/// cargo-audit's JSON report.
pub(in crate::collect::reports) struct CargoAudit;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "cargo-audit",
    usual_names: &["cargo-audit*.json", "cargo_audit*.json", "rustsec*.json"],
    about: "cargo-audit writes it with `--json`, cargo-deny with `--audit-compatible-output`.",
    sample: (
        "cargo-audit.json",
        r#"{"database": {"advisory-count": 9}, "lockfile": {"dependency-count": 4},
        "vulnerabilities": {"found": true, "count": 1, "list": [{"advisory": {"id": "R-1"},
        "versions": {"patched": [">=2"]}, "package": {"name": "a", "version": "1.0.0"}}]},
        "warnings": {"yanked": [{"kind": "yanked", "package": {"name": "b", "version": "3"}}]}}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, deserialize_with = "nullable")]
    database: Database,
    #[serde(default, deserialize_with = "nullable")]
    lockfile: Lockfile,
    #[serde(default, deserialize_with = "nullable")]
    settings: Settings,
    vulnerabilities: Vulnerabilities,
    warnings: Option<Warnings>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Database {
    #[serde(rename = "last-updated")]
    last_updated: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Lockfile {
    #[serde(rename = "dependency-count")]
    dependency_count: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Settings {
    severity: Text,
    ignore: Texts,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    #[serde(default)]
    count: Count,
    list: Vec<Vulnerability>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    #[serde(deserialize_with = "nullable")]
    advisory: Advisory,
    #[serde(deserialize_with = "nullable")]
    versions: Versions,
    #[serde(deserialize_with = "nullable")]
    package: Package,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Advisory {
    id: Text,
    package: Text,
    aliases: Texts,
    cvss: Text,
    /// Where early versions had them.
    patched_versions: Texts,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Versions {
    patched: Texts,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Package {
    name: Text,
    version: Text,
}

/// By kind, since 0.13; a list before.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected warnings as a list or by kind, found something else"
)]
enum Warnings {
    ByKind(BTreeMap<String, Vec<Vulnerability>>),
    List(Vec<Warning>),
}

#[derive(Deserialize)]
struct Warning {
    kind: Kind,
    #[serde(flatten)]
    about: Vulnerability,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a word for the kind of a warning, found something else"
)]
enum Kind {
    Word(String),
    Object(Pairs<IgnoredAny>),
}

impl Kind {
    fn name(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::Object(object) => object.0.first().map_or("unknown", |(key, _)| key),
        }
    }
}

impl Vulnerability {
    fn row(&self, status: Status) -> Row<'_> {
        let patched = [&self.versions.patched, &self.advisory.patched_versions];
        let patched = patched.iter().flat_map(|texts| texts.said());
        Row {
            package: self.package.name.said().or(self.advisory.package.said()),
            version: self.package.version.said(),
            id: self.advisory.id.said(),
            aliases: self.advisory.aliases.said().map(str::to_owned).collect(),
            // The only severity that the format has.
            rank: self.advisory.cvss.said().and_then(cvss::rank),
            fixed_in: patched.map(str::to_owned).collect(),
            status,
            ..Row::default()
        }
    }
}

impl Format for CargoAudit {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            shape.has_inner(&["database.advisory-count"])
                || shape.has_inner(&["lockfile.dependency-count"])
                || shape.has_inner(&["vulnerabilities.found", "vulnerabilities.list"])
        })
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        // cargo-deny writes the same, so the file does not say which tool it was.
        let mut tally = Tally::default();
        let mut reports: Vec<Report> = Vec::new();
        document.values(|report| reports.push(report))?;
        let several = reports.len() > 1;
        let mut packages = Some(0_u64);
        for (at, report) in reports.iter().enumerate() {
            let prefix = if several {
                format!("/{at}")
            } else {
                String::new()
            };
            rows(report, &prefix, document, &mut tally, &mut reading);
            let count = report.lockfile.dependency_count.0;
            packages = packages
                .zip(count)
                .map(|(sum, more)| sum.saturating_add(more));
        }
        if let Some(packages) = packages {
            reading.measure("packages", packages);
            reading.measure("audited", packages);
        }
        tally.measure(&mut reading);
        settle(&reports, packages, &tally, &mut reading);
        Ok(reading)
    }
}

fn rows(
    report: &Report,
    prefix: &str,
    document: &Document<'_>,
    tally: &mut Tally,
    reading: &mut Reading,
) {
    let source = |pointer: String| Source::pointer(document.path, format!("{prefix}{pointer}"));
    let found = &report.vulnerabilities;
    for (at, vulnerability) in found.list.iter().enumerate() {
        let source = source(format!("/vulnerabilities/list/{at}"));
        tally.add(reading, source, &vulnerability.row(Status::Active));
    }
    for (at, id) in report.settings.ignore.said().enumerate() {
        let row = Row {
            id: Some(id),
            status: Status::Suppressed,
            ..Row::default()
        };
        tally.add(reading, source(format!("/settings/ignore/{at}")), &row);
    }
    let mut warn = |kind: &str, about: &Vulnerability| {
        tally.warn(kind, about.row(Status::Active).package);
    };
    match &report.warnings {
        Some(Warnings::ByKind(kinds)) => {
            for (kind, list) in kinds {
                for about in list {
                    warn(kind, about);
                }
            }
        }
        Some(Warnings::List(list)) => {
            for warning in list {
                warn(warning.kind.name(), &warning.about);
            }
        }
        None => {}
    }
}

fn settle(reports: &[Report], packages: Option<u64>, tally: &Tally, reading: &mut Reading) {
    note_database(
        reading,
        reports
            .iter()
            .find_map(|it| it.database.last_updated.said()),
    );
    // The lock file of a project without dependencies names the project itself.
    let clean = tally.entries() == 0;
    let alone = clean && packages.is_some_and(|packages| packages <= 1);
    if clean && !alone {
        reading.note(
            "Nothing was found; packages that do not come from crates.io are counted and not \
             looked up, and the report does not say how many these are.",
        );
    }
    if tally.suppressed() > 0 {
        reading.note(
            "The tool was told to leave these advisories out; whether they apply, the report does \
             not say. They count as suppressed.",
        );
    }
    for found in reports.iter().map(|report| &report.vulnerabilities) {
        compare(
            reading,
            found.count.0,
            length(&found.list),
            "vulnerabilities",
        );
    }
    if let Some(threshold) = reports.iter().find_map(|it| it.settings.severity.said()) {
        let why = format!(
            "The tool was told to leave out what is less severe than {}.",
            excerpt(threshold)
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if alone {
        let why = "The lock file names no package beside the project, so nothing was looked up.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
    if reports.len() > 1 {
        let why = format!(
            "{} reports stand in the file, one after the other, and none says what it is of.",
            reports.len()
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(CargoAudit.recognises(&document), "{text}");
        CargoAudit.read(&document).expect("a reading")
    }

    const FOUND: &str = r#"{"database": {"advisory-count": 9, "last-updated": "2021-05-12T01:59:58Z"},
        "lockfile": {"dependency-count": 44}, "settings": {"severity": null, "ignore": ["R-9"]},
        "vulnerabilities": {"found": true, "count": 2, "list": [
          {"advisory": {"id": "R-1", "aliases": ["CVE-1"], "package": "a",
            "cvss": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"},
           "versions": {"patched": [">=2", "^1.4"]}, "package": {"name": "a", "version": "1.0"}},
          {"advisory": {"id": "R-1", "package": "a"}, "package": {"name": "a", "version": "1.1"}}]},
        "warnings": {"unmaintained": [{"kind": "unmaintained", "package": {"name": "b"},
          "advisory": {"id": "R-2"}}], "yanked": [{"kind": "yanked", "advisory": null}]}}"#;

    #[test]
    fn warnings_and_ignored_advisories_are_no_vulnerabilities_and_are_shown() {
        let reading = read(FOUND);
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("entries"), measured("unique")),
            (Some(2), Some(1))
        );
        assert_eq!(
            (measured("warnings"), measured("suppressed")),
            (Some(2), Some(1))
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        let item = &reading.items[0];
        assert_eq!(item.get("fixed_in").to_string(), ">=2, ^1.4");
        assert_eq!(item.get("rank").as_text(), Some("high"));
        assert_eq!(item.source.place_text(), "x.json#/vulnerabilities/list/0");
        let statuses: Vec<_> = reading
            .items
            .iter()
            .map(|it| it.get("status").to_string())
            .collect();
        assert_eq!(statuses, ["active", "active", "suppressed"]);
        assert!(
            reading.notes[0].ends_with("1 unmaintained (b); 1 yanked (a package without a name).")
        );
        assert!(reading.notes[1].contains("2021-05-12T01:59:58Z"));
    }

    #[test]
    fn what_was_left_out_is_never_clean() {
        let threshold = FOUND.replace("\"severity\": null", "\"severity\": \"high\"");
        assert_eq!(read(&threshold).state, ReadingState::Incomplete);
        let cut = r#"{"lockfile": {"dependency-count": 44}, "vulnerabilities": {"found": true,
            "count": 2, "list": []}}"#;
        assert_eq!(read(cut).state, ReadingState::Incomplete);
        let twice = read(&format!("{FOUND}\n{FOUND}\n"));
        assert_eq!(twice.state, ReadingState::Incomplete);
        assert_eq!(twice.measures["packages"].as_int(), Some(88));
        assert_eq!(
            twice.items[3].source.place_text(),
            "x.json#/1/vulnerabilities/list/0"
        );
    }

    #[test]
    fn a_lock_file_with_nothing_but_the_project_measures_nothing() {
        let reading = |count: u64| {
            read(&format!(
                r#"{{"lockfile": {{"dependency-count": {count}}}, "vulnerabilities": {{"list": []}}}}"#
            ))
        };
        assert_eq!(reading(1).state, ReadingState::NothingMeasured);
        assert_eq!(reading(2).state, ReadingState::Complete);
    }

    #[test]
    fn early_versions_list_their_warnings() {
        let reading = read(
            r#"{"database": {"advisory-count": 9}, "vulnerabilities": {"found": false, "count": 0,
            "list": []}, "warnings": [{"kind": "yanked", "package": {"name": "b"}},
            {"kind": {"unmaintained": {}}, "package": {"name": "c"}}]}"#,
        );
        assert_eq!(reading.measures["warnings"].as_int(), Some(2));
        assert!(reading.notes[0].ends_with("1 unmaintained (c); 1 yanked (b)."));
        let missing = Document::new("x.json", br#"{"database": {"advisory-count": 9}}"#);
        assert!(CargoAudit.read(&missing).is_err());
    }
}
