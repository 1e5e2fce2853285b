//! The items and counts of a run.

use super::model::{Log, Outcome, Run};
use super::rules::{Rules, Standing, id_of, kind, standing, suppressed, text};
use super::secrets::Quoting;
use crate::collect::reports::Document;
use crate::collect::reports::findings::Findings;
use crate::collect::reports::severity::{rank, rank_of_score};
use crate::collect::reports::words::message;
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::{ANALYSIS_FINDING, SECRETS_FINDING};

/// Counts the results of all runs and makes their items.
pub(super) fn take(log: &Log, quoting: &Quoting, document: &Document<'_>, reading: &mut Reading) {
    let mut findings = Findings {
        suppressed: Some(0),
        ..Findings::with_severities(&["error", "warning", "note"])
    };
    for (nth, run) in log.runs.iter().flatten().enumerate() {
        let rules = Rules::new(run);
        for (at, outcome) in run.results.iter().flatten().enumerate() {
            let rule = rules.of(outcome);
            let level = rules.level(outcome, rule);
            findings.total += 1;
            findings.suppressed = findings
                .suppressed
                .map(|count| count + u64::from(suppressed(outcome)));
            if standing(outcome) == Standing::Active {
                findings.active += 1;
                findings.severity(&level);
            }
            let source = Source::pointer(document.path, format!("/runs/{nth}/results/{at}"));
            let item = if reading.kind == ReportKind::Secrets {
                secret(source, run, outcome)
            } else {
                let score = outcome.properties.security_severity.said();
                let score = score
                    .or_else(|| rule.and_then(|rule| rule.properties.security_severity.said()));
                let mut item = finding(source, run, outcome)
                    .with("rank", score.map_or_else(|| rank(&level), rank_of_score))
                    .with("severity", level);
                if !quoting.result(nth, at) {
                    item.set("justification", justification(outcome));
                    let says = text(&outcome.message, rule, run);
                    item.set("message", says.map(|says| message(&says)));
                }
                item
            };
            reading.items.push(item);
        }
    }
    findings.measure(reading);
}

fn finding(source: Source, run: &Run, outcome: &Outcome) -> Item {
    let (path, line) = place(run, outcome);
    Item::new(&ANALYSIS_FINDING, source)
        .with("path", path)
        .with("line", line)
        .with("tool", run.tool.driver.name.said())
        .with("rule", id_of(outcome))
        .with("status", status(outcome))
}

fn secret(source: Source, run: &Run, outcome: &Outcome) -> Item {
    let (path, line) = place(run, outcome);
    Item::new(&SECRETS_FINDING, source)
        .with("path", path)
        .with("line", line)
        .with("rule", id_of(outcome))
        .with("commit", outcome.partial_fingerprints.commit_sha.said())
        .with("status", status(outcome))
}

fn status(outcome: &Outcome) -> String {
    match standing(outcome) {
        Standing::Active => "active".to_owned(),
        Standing::Suppressed => "suppressed".to_owned(),
        Standing::Absent => "absent".to_owned(),
        Standing::Other => kind(outcome),
    }
}

fn justification(outcome: &Outcome) -> Option<String> {
    let said: Vec<&str> = outcome
        .suppressions
        .iter()
        .filter_map(|suppression| suppression.justification.said())
        .collect();
    (!said.is_empty()).then(|| message(&said.join("; ")))
}

/// The first place of a result; its file may stand in the list of artifacts (§3.4.5).
fn place(run: &Run, outcome: &Outcome) -> (Option<String>, Option<u64>) {
    let Some(location) = outcome.locations.first().map(|it| &it.physical_location) else {
        return (None, None);
    };
    let file = &location.artifact_location;
    let uri = file.uri.said().or_else(|| {
        let artifact = run.artifacts.get(usize::try_from(file.index.0?).ok()?)?;
        artifact.location.uri.said()
    });
    let line = location.region.start_line.0.filter(|line| *line > 0);
    (uri.map(path_of), line)
}

/// The path of a file that is named by a URI reference (§3.4.3): without the scheme, and with its
/// escapes resolved. What is no file stays as it is.
fn path_of(uri: &str) -> String {
    let local = uri.strip_prefix("file://").map(|rest| {
        // A host may stand before the path.
        let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(rest);
        let on_a_drive = path.get(2..3) == Some(":");
        path.strip_prefix('/')
            .filter(|_| on_a_drive)
            .unwrap_or(path)
    });
    if local.is_none() && uri.contains("://") {
        return uri.to_owned();
    }
    let path = local.unwrap_or(uri);
    unescaped(path).unwrap_or_else(|| path.to_owned())
}

/// The text with each `%` and two digits as the byte they stand for, where text comes out.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let (digits, behind) = after.split_at_checked(2)?;
        let digits = Some(digits).filter(|text| text.bytes().all(|it| it.is_ascii_hexdigit()));
        bytes.push(u8::from_str_radix(digits?, 16).ok()?);
        rest = behind;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn a_uri_leads_to_the_path_it_names() {
        for (uri, path) in [
            ("src/%C3%A9tat.py", "src/état.py"),
            ("file:///home/x/a%20b.sh", "/home/x/a b.sh"),
            ("file:///C:/code/a.c", "C:/code/a.c"),
            ("file://host/share/a.c", "/share/a.c"),
            ("https://host/a%20b", "https://host/a%20b"),
            ("100%/a.py", "100%/a.py"),
            ("a%+1.py", "a%+1.py"),
            ("%FF%00", "%FF%00"),
            ("file://", ""),
        ] {
            assert_eq!(path_of(uri), path, "{uri}");
        }
    }
}
