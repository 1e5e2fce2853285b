//! The report of the npm registry's older endpoint, which npm 6 (`npm audit --json`) and yarn 2 and
//! 3 (`yarn npm audit --json`) pass on and pnpm (`pnpm audit --json`) writes alike.
//!
//! It lists advisories by number; the totals in `metadata` count each path that leads to an
//! affected package, in pnpm each advisory. pnpm leaves out of the list what is below its audit
//! level or ignored, and not out of the totals. yarn writes lines of its own behind the report.

use serde::Deserialize;

use super::npm_words::{Advisory, Metadata, list_nothing};
use super::rows::{Row, Tally};
use crate::collect::reports::words::{counted, length, message, pointer_step};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::{excerpt, grouped};
use crate::parse::error::ParseError;
use crate::parse::json::{Pairs, Shape, Text};
use crate::parse::lists::Members;

/// The report of npm 6, pnpm, yarn 2 and yarn 3.
pub(in crate::collect::reports) struct NpmAudit6;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Dependencies,
    name: "npm-audit-6",
    usual_names: &["npm-audit*.json", "pnpm-audit*.json", "pnpm_audit*.json"],
    about: "npm 6 writes it with `npm audit --json`, pnpm with `pnpm audit --json`, yarn 2 and 3 \
            with `yarn npm audit --json`.",
    sample: (
        "pnpm-audit.json",
        r#"{"advisories": {"7": {"id": 7, "module_name": "a", "severity": "high",
        "findings": [{"version": "1.0.0", "paths": ["a", "b>a"]}]}},
        "metadata": {"vulnerabilities": {"high": 2}, "totalDependencies": 9}}"#,
    ),
};

/// The report, or a line that yarn writes behind it.
#[derive(Deserialize)]
struct Value {
    advisories: Option<Pairs<Advisory>>,
    #[serde(default)]
    muted: Members,
    metadata: Option<Metadata>,
    #[serde(default, rename = "type")]
    kind: Text,
    #[serde(default)]
    data: Text,
}

/// The members of the report.
const MEMBERS: [&str; 5] = ["actions", "advisories", "muted", "metadata", "runId"];

fn is_report(shape: &Shape) -> bool {
    let ours = shape.keys.iter().all(|key| MEMBERS.contains(&key.as_str()));
    let whole = shape.has(&["advisories", "metadata"]) && !shape.lists.contains("advisories");
    // Nothing else has a list of actions that resolve something.
    let cut = shape.broken.is_some()
        && !shape.followed
        && (shape.has(&["advisories"]) || shape.has_inner(&["actions.resolves"]));
    ours && (whole || cut)
}

impl Format for NpmAudit6 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_report)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let mut tally = Tally::default().with_severities();
        let mut values: Vec<Value> = Vec::new();
        document.values(|value| values.push(value))?;
        let mut behind = values.into_iter();
        let Some(Value {
            advisories: Some(Pairs(advisories)),
            metadata: Some(metadata),
            muted,
            ..
        }) = behind.next()
        else {
            let says = "expected advisories and metadata, found a report without one of them";
            return Err(ParseError::whole(says));
        };
        rows(&advisories, document, &mut tally, &mut reading);
        tally.measure(&mut reading);
        settle(&advisories, &metadata, muted.0, &mut reading);
        for value in behind {
            follow(&value, &mut reading);
        }
        Ok(reading)
    }
}

/// Reads what stands behind the report: yarn writes a line such as `No audit suggestions` there.
fn follow(value: &Value, reading: &mut Reading) {
    match value.kind.said() {
        Some("info" | "warning") => {}
        Some("error") => {
            let says = excerpt(&message(value.data.said().unwrap_or("no message")));
            let why = format!("yarn ended with an error: {}.", says.trim_end_matches('.'));
            reading.lower(ReadingState::Incomplete, why);
        }
        _ => reading.lower(
            ReadingState::Incomplete,
            "Something stands behind the report that is no part of one.",
        ),
    }
}

fn rows(
    advisories: &[(String, Advisory)],
    document: &Document<'_>,
    tally: &mut Tally,
    reading: &mut Reading,
) {
    for (key, advisory) in advisories {
        let pointer = format!("/advisories/{}", pointer_step(key));
        let row = Row {
            package: advisory.package.said(),
            id: advisory.name(),
            aliases: advisory.aliases(),
            severity: advisory.severity.said(),
            fixed_in: advisory.fixed_in(),
            ..Row::default()
        };
        tally.count(advisory.id.said().or(Some(key)), row.severity);
        if advisory.findings.is_empty() {
            reading
                .items
                .push(row.item(Source::pointer(document.path, pointer.clone())));
        }
        for (at, finding) in advisory.findings.iter().enumerate() {
            let source = Source::pointer(document.path, format!("{pointer}/findings/{at}"));
            let row = Row {
                version: finding.version.said(),
                ..row.clone()
            };
            reading.items.push(row.item(source));
        }
    }
}

fn settle(
    advisories: &[(String, Advisory)],
    metadata: &Metadata,
    muted: u64,
    reading: &mut Reading,
) {
    let listed = length(advisories);
    let paths = advisories
        .iter()
        .flat_map(|(_, advisory)| &advisory.findings);
    let paths = paths.fold(0, |sum: u64, finding| sum.saturating_add(finding.paths.0));
    if muted > 0 {
        reading.measure("suppressed", muted);
        reading.note(format!(
            "{} muted.",
            counted(muted, "advisory is", "advisories are")
        ));
    }
    if let Some(packages) = metadata.total.0 {
        reading.measure("packages", packages);
        reading.measure("audited", packages);
    }
    let declared = metadata.vulnerabilities.total();
    if listed == 0 {
        list_nothing(metadata.total.0, declared, reading);
    }
    compare(declared, listed, paths, reading);
}

/// Compares the declared total with both things that tools count in it.
fn compare(declared: Option<u64>, listed: u64, paths: u64, reading: &mut Reading) {
    let Some(declared) = declared.filter(|declared| *declared != listed && *declared != paths)
    else {
        return;
    };
    if listed == 0 {
        let why = format!(
            "The report counts {} vulnerabilities and lists none: a level or a list of exceptions \
             left them out.",
            grouped(declared)
        );
        reading.lower(ReadingState::Incomplete, why);
    } else {
        reading.note(format!(
            "The report counts {} vulnerabilities and lists {} by {}. What it lists was counted.",
            grouped(declared),
            counted(listed, "advisory", "advisories"),
            counted(paths, "path", "paths")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(NpmAudit6.recognises(&document), "{text}");
        NpmAudit6.read(&document).expect("a reading")
    }

    fn report(counts: &str, packages: u64) -> String {
        format!(
            r#"{{"actions": [], "advisories": {{"1179": {{"id": 1179, "module_name": "minimist",
            "severity": "low", "cves": ["CVE-1"], "patched_versions": ">=1.2.3", "findings": [
            {{"version": "0.0.10", "paths": ["a>minimist", "b>minimist"]}},
            {{"version": "1.2.0", "paths": ["minimist"]}}]}}, "7": {{"id": 7, "severity": null}}}},
            "muted": [], "metadata": {{"vulnerabilities": {{{counts}}},
            "totalDependencies": {packages}}}}}"#
        )
    }

    #[test]
    fn advisories_are_counted_once_and_paths_only_compared() {
        let reading = read(&report(r#""low": 3"#, 159));
        let measured = |name: &str| reading.measures[name].as_int();
        assert_eq!(
            (measured("unique"), measured("entries")),
            (Some(2), Some(2))
        );
        assert_eq!(measured("audited"), Some(159));
        assert_eq!(
            reading.measures["by_severity"].to_string(),
            "low: 1, unknown: 1"
        );
        assert_eq!(
            (reading.state, reading.notes.len()),
            (ReadingState::Complete, 0)
        );
        assert_eq!(reading.items.len(), 3);
        assert_eq!(reading.items[1].get("version").as_text(), Some("1.2.0"));
        assert_eq!(
            reading.items[1].source.place_text(),
            "x.json#/advisories/1179/findings/1"
        );
        let other = read(&report(r#""low": 9, "high": 1"#, 159));
        assert_eq!(
            (other.state, other.notes.len()),
            (ReadingState::Complete, 1)
        );
    }

    #[test]
    fn what_is_counted_and_not_listed_is_not_clean() {
        let none = |high: u64, packages: u64| {
            read(&format!(
                r#"{{"advisories": {{}}, "metadata": {{"vulnerabilities": {{"high": {high}}},
                "totalDependencies": {packages}}}}}"#
            ))
        };
        assert_eq!(none(18, 10).state, ReadingState::Incomplete);
        assert_eq!(none(0, 0).state, ReadingState::NothingMeasured);
        assert_eq!(none(0, 10).state, ReadingState::Complete);
    }

    #[test]
    fn a_line_of_yarn_may_follow_and_nothing_else() {
        let report = report(r#""low": 3"#, 159);
        let info = r#"{"type":"info","name":null,"displayName":"","data":"No audit suggestions"}"#;
        let error = r#"{"type":"error","name":1,"data":"it broke"}"#;
        assert_eq!(
            read(&format!("{report}\n{info}\n")).state,
            ReadingState::Complete
        );
        for more in [error, "{}", &report] {
            let reading = read(&format!("{report}\n{more}\n"));
            assert_eq!(reading.state, ReadingState::Incomplete, "{more}");
        }
    }

    #[test]
    fn an_audit_of_composer_is_not_taken_for_it() {
        for other in [
            r#"{"advisories": [], "abandoned": []}"#,
            r#"{"advisories": []}"#,
            r#"{"advisories": [], "metadata": {}}"#,
            r#"{"advisories": {"a/b": [{"advisoryId": "P"}]}, "abandoned": {}}"#,
        ] {
            let document = Document::new("npm-audit.json", other.as_bytes());
            assert!(!NpmAudit6.recognises(&document), "{other}");
        }
    }
}
