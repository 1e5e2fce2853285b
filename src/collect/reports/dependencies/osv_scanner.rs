//! osv-scanner's JSON report (`osv-scanner --format json`).
//!
//! The databases that it asks name one vulnerability several times; `groups` says which names mean
//! the same in a package, so the groups are the advisories and the vulnerabilities are the rows.
//! Unless all packages were asked for, those without a vulnerability are not listed, and a clean
//! report lists nothing at all.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::advisories::Advisories;
use super::cvss;
use super::rows::{Row, Tally, examined};
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::severity::rank_of_score;
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::flag::Flag;
use crate::parse::json::{Shape, Text, nullable};
use crate::parse::lists::{Members, Texts};

/// osv-scanner's JSON report.
pub(in crate::collect::reports) struct OsvScanner;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "osv-scanner",
    usual_names: &["osv*.json", "*-osv.json", "*.osv.json"],
    about: "osv-scanner writes it with `--format json`.",
    sample: (
        "osv-scanner.json",
        r#"{"results": [{"source": {"path": "a.lock", "type": "lockfile"}, "packages": [{"package":
        {"name": "a", "version": "1.0.0", "ecosystem": "npm"}, "vulnerabilities": [{"id": "G-1"}],
        "groups": [{"ids": ["G-1"], "aliases": ["C-1"], "max_severity": "7.5"}]}]}]}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(deserialize_with = "nullable")]
    results: Vec<Scanned>,
}

/// A lock file, an image or another place that packages were found in.
#[derive(Deserialize)]
struct Scanned {
    #[serde(default, deserialize_with = "nullable")]
    packages: Vec<Packaged>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Packaged {
    #[serde(deserialize_with = "nullable")]
    package: Package,
    #[serde(deserialize_with = "nullable")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(deserialize_with = "nullable")]
    groups: Vec<Group>,
    license_violations: Members,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Package {
    name: Text,
    version: Text,
    ecosystem: Text,
    /// In the place of a version, of what comes from git.
    commit: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    id: Text,
    aliases: Texts,
    #[serde(deserialize_with = "nullable")]
    database_specific: Specific,
    #[serde(deserialize_with = "nullable")]
    severity: Vec<Score>,
    #[serde(deserialize_with = "nullable")]
    affected: Vec<Affected>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Specific {
    severity: Text,
}

/// A rating as a vector of CVSS.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Score {
    score: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Affected {
    #[serde(deserialize_with = "nullable")]
    package: Package,
    #[serde(deserialize_with = "nullable")]
    ranges: Vec<Range>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Range {
    #[serde(rename = "type")]
    kind: Text,
    #[serde(deserialize_with = "nullable")]
    events: Vec<Event>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Event {
    fixed: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Group {
    ids: Texts,
    aliases: Texts,
    /// The highest score of its vulnerabilities.
    max_severity: Text,
    /// What an analysis of calls found of each of them.
    experimental_analysis: Option<BTreeMap<String, Analysis>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Analysis {
    called: Flag,
}

/// The members of a report beside its results.
const MEMBERS: [&str; 4] = [
    "experimental_config",
    "experimental_generic_findings",
    "image_metadata",
    "license_summary",
];

/// Whether a report without results is this tool's: by a member that it alone writes, or its name.
fn is_clean(shape: &Shape, document: &Document<'_>) -> bool {
    let ours = |key: &String| key == "results" || MEMBERS.contains(&key.as_str());
    shape.has(&["results"])
        && shape.broken.is_none()
        && shape.keys.iter().all(ours)
        && !shape.inner.iter().any(|key| key.starts_with("results."))
        && (shape.keys.len() > 1 || usually_named(&SPEC, document.path))
}

impl Format for OsvScanner {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            let lists = shape.lists.contains("results");
            let found = shape.has_inner(&["results.packages"])
                || (shape.has_inner(&["results.source"]) && shape.broken.is_some());
            (lists && found) || is_clean(shape, document)
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let report: Report = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("osv-scanner".to_owned());
        let mut counts = Counts::default();
        for (at, scanned) in report.results.iter().enumerate() {
            for (nth, packaged) in scanned.packages.iter().enumerate() {
                let place = format!("/results/{at}/packages/{nth}");
                counts.add(packaged, &place, document, &mut reading);
            }
        }
        // One without a vulnerability stands there only where all were asked for.
        let clean = |it: &Packaged| it.vulnerabilities.is_empty() && it.license_violations.0 == 0;
        if report
            .results
            .iter()
            .any(|it| it.packages.iter().any(clean))
        {
            list(&report, document, &mut reading);
        }
        counts.settle(&mut reading);
        Ok(reading)
    }
}

/// Records every package as looked up.
fn list(report: &Report, document: &Document<'_>, reading: &mut Reading) {
    for (at, scanned) in report.results.iter().enumerate() {
        for (nth, packaged) in scanned.packages.iter().enumerate() {
            let source = Source::pointer(document.path, format!("/results/{at}/packages/{nth}"));
            let package = &packaged.package;
            let ecosystem = package.ecosystem.said().unwrap_or_default();
            let version = package.version.said();
            examined(reading, source, ecosystem, package.name.said(), version);
        }
    }
}

#[derive(Default)]
struct Counts {
    tally: Tally,
    packages: u64,
    /// The groups of all packages; the same one in two packages is two.
    unique: u64,
    licences: u64,
    /// Packages that name advisories and no vulnerability.
    without_rows: u64,
}

impl Counts {
    fn add(
        &mut self,
        packaged: &Packaged,
        place: &str,
        document: &Document<'_>,
        reading: &mut Reading,
    ) {
        self.packages += 1;
        self.licences += u64::from(packaged.license_violations.0 > 0);
        self.unique += groups(packaged);
        let unlisted = packaged.vulnerabilities.is_empty() && !packaged.groups.is_empty();
        self.without_rows += u64::from(unlisted);
        for (at, vulnerability) in packaged.vulnerabilities.iter().enumerate() {
            let source = Source::pointer(document.path, format!("{place}/vulnerabilities/{at}"));
            self.tally
                .add(reading, source, &row(packaged, vulnerability));
        }
    }

    fn settle(self, reading: &mut Reading) {
        if self.tally.entries() == 0 {
            reading.note(
                "Nothing was found; the report does not say which files and how many packages \
                 were looked at.",
            );
        }
        if self.licences > 0 {
            reading.note(format!(
                "The report also names {} with a licence that is not allowed, which is no \
                 vulnerability.",
                counted(self.licences, "package", "packages")
            ));
        }
        reading.measure("packages", self.packages);
        self.tally.measure_as(self.unique, reading);
        if self.without_rows > 0 {
            let why = format!(
                "The report names advisories of {}, and lists no vulnerability there.",
                counted(self.without_rows, "package", "packages")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}

/// How many different vulnerabilities the rows of a package are.
fn groups(packaged: &Packaged) -> u64 {
    let mut left = Advisories::default();
    for vulnerability in &packaged.vulnerabilities {
        if group(packaged, vulnerability).is_none() {
            left.add(
                vulnerability
                    .id
                    .said()
                    .into_iter()
                    .chain(vulnerability.aliases.said()),
            );
        }
    }
    let count = packaged.groups.len() + left.count();
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn group<'p>(packaged: &'p Packaged, vulnerability: &Vulnerability) -> Option<&'p Group> {
    let id = vulnerability.id.said()?;
    packaged
        .groups
        .iter()
        .find(|group| group.ids.0.iter().any(|it| it == id))
}

fn row<'p>(packaged: &'p Packaged, vulnerability: &'p Vulnerability) -> Row<'p> {
    let package = &packaged.package;
    let group = group(packaged, vulnerability);
    let id = vulnerability.id.said();
    let mut aliases: Vec<String> = vulnerability.aliases.said().map(str::to_owned).collect();
    for name in group
        .iter()
        .flat_map(|group| group.ids.said().chain(group.aliases.said()))
    {
        if Some(name) != id && !aliases.iter().any(|alias| alias == name) {
            aliases.push(name.to_owned());
        }
    }
    let word = vulnerability.database_specific.severity.said();
    // The group's score rates it as the tool does; the word is that of one database.
    let score = group.and_then(|group| group.max_severity.said());
    let analysis = group.and_then(|group| group.experimental_analysis.as_ref());
    Row {
        package: package.name.said(),
        version: package.version.said().or(package.commit.said()),
        id,
        aliases,
        severity: word,
        rank: score
            .map(rank_of_score)
            .or_else(|| highest(&vulnerability.severity)),
        fixed_in: fixed_in(package, vulnerability),
        reach: analysis.map(|analysis| {
            let called = analysis.values().any(|analysis| analysis.called.yes());
            if called { "called" } else { "not-called" }
        }),
        ..Row::default()
    }
}

/// The highest rank that the vectors of a vulnerability come to.
fn highest(scores: &[Score]) -> Option<&'static str> {
    let vectors = scores.iter().filter_map(|score| score.score.said());
    vectors
        .max_by_key(|vector| cvss::tenths(vector))
        .and_then(cvss::rank)
}

/// The versions of the package that mend it; of the other packages that it affects, none.
fn fixed_in(package: &Package, vulnerability: &Vulnerability) -> Vec<String> {
    let ours = |affected: &&Affected| affected.package.name == package.name;
    let mut fixed: Vec<String> = Vec::new();
    for affected in vulnerability.affected.iter().filter(ours) {
        let versions = |range: &&Range| range.kind.said() != Some("GIT");
        for event in affected
            .ranges
            .iter()
            .filter(versions)
            .flat_map(|range| &range.events)
        {
            if let Some(version) = event.fixed.said()
                && !fixed.iter().any(|it| it == version)
            {
                fixed.push(version.to_owned());
            }
        }
    }
    fixed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(OsvScanner.recognises(&document), "{text}");
        OsvScanner.read(&document).expect("a reading")
    }

    #[test]
    fn groups_are_the_advisories_and_vulnerabilities_the_rows() {
        let reading = read(
            r#"{"results": [{"source": {"path": "p"}, "packages": [
            {"package": {"name": "d", "version": "3.2", "ecosystem": "PyPI"}, "vulnerabilities": [
              {"id": "GHSA-1", "aliases": ["CVE-1"], "database_specific": {"severity": "MODERATE"},
               "affected": [{"package": {"name": "d"}, "ranges": [
                 {"type": "GIT", "events": [{"fixed": "abc"}]},
                 {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.3"}]}]},
                 {"package": {"name": "e"}, "ranges": [{"events": [{"fixed": "9"}]}]}]},
              {"id": "PYSEC-1"}],
             "groups": [{"ids": ["GHSA-1", "PYSEC-1"], "aliases": ["CVE-1"], "max_severity": "9.8",
               "experimental_analysis": {"GHSA-1": {"called": false}}}]},
            {"package": {"name": "", "version": "", "commit": "f5f3"},
             "vulnerabilities": [{"id": "A", "aliases": ["C"]}, {"id": "B", "aliases": ["C"]}]},
            {"package": {"name": "clean", "version": "1"}}]}],
            "experimental_config": {}}"#,
        );
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(2), Some(4))
        );
        assert_eq!(measured("packages"), Some(3));
        let item = &reading.items[0];
        let said = |field: &str| item.get(field).to_string();
        assert_eq!(
            (said("severity"), said("rank")),
            ("moderate".to_owned(), "critical".to_owned())
        );
        assert_eq!(
            (said("fixed_in"), said("reach")),
            ("3.3".to_owned(), "not-called".to_owned())
        );
        assert_eq!(said("aliases"), "CVE-1, PYSEC-1");
        assert_eq!(
            item.source.place_text(),
            "x.json#/results/0/packages/0/vulnerabilities/0"
        );
        assert_eq!(reading.items[2].get("version").as_text(), Some("f5f3"));
    }

    #[test]
    fn advisories_without_their_vulnerabilities_are_not_all() {
        let state = |found: &str| {
            read(&format!(
                r#"{{"results": [{{"packages": [{{"package": {{"name": "a"}}, {found}
                "groups": [{{"ids": ["G-1"]}}]}}]}}]}}"#
            ))
            .state
        };
        assert_eq!(
            state(r#""vulnerabilities": [{"id": "G-1"}],"#),
            ReadingState::Complete
        );
        assert_eq!(state(""), ReadingState::Incomplete);
    }

    #[test]
    fn a_clean_report_is_known_by_what_osv_scanner_alone_writes_or_by_its_name() {
        let known =
            |path: &str, text: &str| OsvScanner.recognises(&Document::new(path, text.as_bytes()));
        let config = r#"{"results": [], "experimental_config": {"licenses": {"summary": false}}}"#;
        assert!(known("report.json", config));
        for text in [r#"{"results": []}"#, r#"{"results": null}"#] {
            assert!(
                known("out/osv-scanner.json", text) && !known("report.json", text),
                "{text}"
            );
        }
        for other in [
            r#"{"results": [], "errors": []}"#,
            r#"{"results": [{"check_id": "a"}]}"#,
            r#"{"results": {"a.py": []}}"#,
            "{}",
        ] {
            assert!(!known("osv.json", other), "{other}");
        }
        let clean = read(config);
        assert_eq!(
            (clean.state, clean.notes.len()),
            (ReadingState::Complete, 1)
        );
    }
}
