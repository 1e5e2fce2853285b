//! pip-audit's JSON report (`pip-audit -f json`): an object since 2.0, a list before.
//!
//! A dependency with a `skip_reason` was not looked up: pip-audit ends with "No known
//! vulnerabilities found" even when it skipped all of them. The format has no severities.

use serde::Deserialize;

use super::advisories::Advisories;
use super::rows::{Row, examined, lists_examined};
use crate::collect::reports::inspect::usually_named;
use crate::collect::reports::words::{counted, length, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Outer, Shape, Text, nullable};

/// pip-audit's JSON report.
pub(in crate::collect::reports) struct PipAudit;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "pip-audit",
    usual_names: &["pip-audit*.json", "pip_audit*.json"],
    about: "pip-audit writes it with `-f json`.",
    sample: (
        "pip-audit.json",
        r#"{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "P", "aliases": ["C"],
        "fix_versions": []}]}], "fixes": []}"#,
    ),
};

#[derive(Deserialize)]
struct Report {
    #[serde(default, deserialize_with = "nullable")]
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    version: Text,
    skip_reason: Option<Text>,
    vulns: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Vulnerability {
    id: Text,
    #[serde(deserialize_with = "nullable")]
    fix_versions: Vec<Text>,
    #[serde(deserialize_with = "nullable")]
    aliases: Vec<Text>,
}

/// The members of a dependency, by which an unfinished list is known.
const MEMBERS: [&str; 4] = ["name", "version", "vulns", "skip_reason"];

fn is_object(shape: &Shape) -> bool {
    let ours = |key: &String| key == "dependencies" || key == "fixes";
    if !shape.lists.contains("dependencies") || !shape.keys.iter().all(ours) {
        return false;
    }
    let mut inner = shape
        .inner
        .iter()
        .filter_map(|key| key.strip_prefix("dependencies."));
    inner.all(|key| MEMBERS.contains(&key))
}

fn is_list(shape: &Shape) -> bool {
    shape.outer == Outer::Array
        && shape.has_inner(&["name"])
        && (shape.has_inner(&["vulns"]) || shape.has_inner(&["skip_reason"]))
        && shape
            .inner
            .iter()
            .all(|key| MEMBERS.contains(&key.as_str()))
}

/// An empty list is what pip-audit before 2.0 wrote when it was given no package. The content alone
/// does not say whose list it is.
fn is_empty(shape: &Shape) -> bool {
    shape.outer == Outer::Array && shape.length == 0 && shape.broken.is_none()
}

impl Format for PipAudit {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            is_object(shape)
                || is_list(shape)
                || (is_empty(shape) && usually_named(&SPEC, document.path))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let list = |shape: &Shape| shape.outer == Outer::Array;
        let (prefix, dependencies) = if document.look.json().is_some_and(list) {
            ("", document.json()?)
        } else {
            ("/dependencies", document.json::<Report>()?.dependencies)
        };
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("pip-audit".to_owned());
        let mut advisories = Advisories::default();
        for (at, dependency) in dependencies.iter().enumerate() {
            for (nth, vulnerability) in dependency.vulns.iter().flatten().enumerate() {
                let pointer = format!("{prefix}/{at}/vulns/{nth}");
                let source = Source::pointer(document.path, pointer);
                reading.items.push(item(source, dependency, vulnerability));
                let names = std::iter::once(&vulnerability.id).chain(&vulnerability.aliases);
                advisories.add(names.filter_map(Text::said));
            }
        }
        reading.measure("unique", advisories.count());
        reading.measure("entries", reading.items.len());
        lists_examined(&mut reading);
        for (at, dependency) in dependencies.iter().enumerate() {
            if was_audited(dependency) {
                let source = Source::pointer(document.path, format!("{prefix}/{at}"));
                let (name, version) = (dependency.name.said(), dependency.version.said());
                examined(&mut reading, source, "pypi", name, version);
            }
        }
        settle(&dependencies, &mut reading);
        Ok(reading)
    }
}

fn item(source: Source, dependency: &Dependency, vulnerability: &Vulnerability) -> Item {
    let texts = |list: &[Text]| {
        list.iter()
            .filter_map(Text::said)
            .map(str::to_owned)
            .collect()
    };
    let row = Row {
        package: dependency.name.said(),
        version: dependency.version.said(),
        id: vulnerability.id.said(),
        aliases: texts(&vulnerability.aliases),
        fixed_in: texts(&vulnerability.fix_versions),
        ..Row::default()
    };
    row.item(source)
}

const fn was_audited(dependency: &Dependency) -> bool {
    dependency.vulns.is_some() && dependency.skip_reason.is_none()
}

fn settle(dependencies: &[Dependency], reading: &mut Reading) {
    let (audited, skipped): (Vec<&Dependency>, Vec<&Dependency>) =
        dependencies.iter().partition(|it| was_audited(it));
    let looked_up = audited.len();
    reading.measure("packages", dependencies.len());
    reading.measure("audited", looked_up);
    reading.measure("skipped", skipped.len());
    if dependencies.is_empty() {
        let why = "The report names no package, so nothing was looked up.";
        reading.lower(ReadingState::NothingMeasured, why);
    } else if let Some(first) = skipped.first() {
        let reason = first.skip_reason.as_ref().and_then(Text::said);
        let why = format!(
            "{} of {} not looked up: {}; the first reason: {}.",
            skipped.len(),
            counted(length(dependencies), "package was", "packages were"),
            some_of(
                skipped
                    .iter()
                    .map(|it| it.name.said().unwrap_or("not named"))
            ),
            excerpt(reason.unwrap_or("none given")).trim_end_matches('.')
        );
        reading.lower(ReadingState::Incomplete, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("audit.json", text.as_bytes());
        assert!(PipAudit.recognises(&document), "{text}");
        PipAudit.read(&document).expect("a reading")
    }

    #[test]
    fn advisories_that_share_an_alias_are_one() {
        let reading = read(
            r#"{"dependencies": [{"name": "a", "version": "1", "vulns": [
            {"id": "PYSEC-1", "fix_versions": ["2"], "aliases": ["CVE-1"]},
            {"id": "PYSEC-2", "fix_versions": [], "aliases": ["CVE-2"]},
            {"id": "GHSA-1", "fix_versions": [], "aliases": ["CVE-2", "CVE-1"]}]},
            {"name": "b", "version": "1", "vulns": [{"id": "PYSEC-3"}]}], "fixes": []}"#,
        );
        assert_eq!(reading.measures["unique"].as_int(), Some(2));
        assert_eq!(reading.measures["entries"].as_int(), Some(4));
        assert_eq!(reading.state, ReadingState::Complete);
        let examined = reading.items.iter().skip(4);
        let examined: Vec<_> = examined.map(|it| it.get("identity").to_string()).collect();
        assert_eq!(examined, ["pip a 1", "pip b 1"]);
        assert_eq!(
            reading.items[3].source.place_text(),
            "audit.json#/dependencies/1/vulns/0"
        );
    }

    #[test]
    fn a_skipped_package_is_not_a_clean_one() {
        let reading = read(
            r#"[{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "no."}]"#,
        );
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(
            reading.notes,
            ["1 of 2 packages were not looked up: b; the first reason: no."]
        );
        let none = read(r#"{"dependencies": []}"#);
        assert_eq!(none.state, ReadingState::NothingMeasured);
    }

    #[test]
    fn other_lists_and_manifests_are_not_taken_for_it() {
        for other in [
            r#"{"dependencies": {"a": "1"}}"#,
            r#"{"name": "x", "dependencies": []}"#,
            r#"{"dependencies": [{"name": "a", "scope": "b"}]}"#,
            r#"[{"name": "a", "version": "1"}]"#,
            "null",
        ] {
            let document = Document::new("pip-audit.json", other.as_bytes());
            assert!(!PipAudit.recognises(&document), "{other}");
        }
        let document = Document::new("audit.json", b"[]");
        assert!(!PipAudit.recognises(&document));
        let document = Document::new("pip-audit.json", b"[\n]");
        assert!(PipAudit.recognises(&document));
        let reading = PipAudit.read(&document).expect("a reading");
        assert_eq!(reading.state, ReadingState::NothingMeasured);
    }
}
