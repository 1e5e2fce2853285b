//! SARIF 2.1.0, the OASIS standard that most static analysers can write. Paragraphs (§) are those
//! of the standard.

mod gather;
mod items;
mod model;
mod read;
mod rules;
mod secrets;
#[cfg(test)]
mod tests;
mod uri;

use self::gather::Gathered;
use self::model::{Log, Notification, Run};
use self::read::LogSeed;
use self::rules::Descriptors;
use self::secrets::is_scanner;
use crate::collect::reports::words::{counted, length, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec, redact};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::text::excerpt;
use crate::model::time::Moment;
use crate::parse::error::ParseError;
use crate::parse::json::Shape;

/// SARIF 2.1.0.
pub(in crate::collect::reports) struct Sarif;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "sarif-2.1.0",
    usual_names: &["*.sarif", "*.sarif.json"],
    about: "CodeQL, Semgrep, ruff, bandit, zizmor, gitleaks, Trivy and many others write it.",
    sample: (
        "x.sarif",
        r#"{"$schema": "sarif", "runs": [{"tool": {"driver": {"name": "gitleaks", "rules": [
        {"id": "A", "properties": {"tags": ["t"]}}]}}, "results": [{"ruleId": "A/b", "ruleIndex": 0,
        "message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation":
        {"uri": "a.py"}, "region": {"startLine": 1}}}], "suppressions": []}],
        "invocations": [{"executionSuccessful": true}]}], "version": "2.1.0"}"#,
    ),
};

/// The version a document states, where it has runs.
fn version(shape: &Shape) -> Option<&str> {
    let stated = shape.texts.iter();
    let mut versions = stated.filter_map(|text| text.strip_prefix("version="));
    versions.next().filter(|_| shape.has(&["runs"]))
}

/// Some writers put the version last, where a document that was cut short does not show it.
fn looks_cut(shape: &Shape) -> bool {
    shape.broken.is_some()
        && shape.lists.contains("runs")
        && (shape.has_inner(&["runs.tool"])
            || shape.has_inner(&["runs.results"])
            || shape
                .texts
                .iter()
                .any(|text| text.starts_with("$schema=") && text.contains("sarif")))
}

/// Drafts and version 1, which are not read but must not be taken for nothing.
fn is_older(shape: &Shape) -> bool {
    version(shape).is_some_and(|version| version.starts_with("1.0.") || version.starts_with("2."))
        && shape.has_inner(&["runs.tool"])
}

impl Format for Sarif {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(|shape| {
            version(shape) == Some("2.1.0") || looks_cut(shape) || is_older(shape)
        })
    }

    fn streams(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut gathered = Gathered::default();
        let mut take = |run, at, outcome| gathered.take(run, at, outcome);
        // The error may stand in the run of a secret scanner, which is not known before it is read.
        let log = document
            .json_with(LogSeed(&mut take))
            .map_err(|error| redact::neutral(&error, "the values of SARIF 2.1.0"))?;
        let stated = log.version.said().unwrap_or("no version");
        if stated != "2.1.0" {
            let says = format!("expected SARIF 2.1.0, found {}", excerpt(stated));
            return Err(ParseError::whole(says));
        }
        let runs = log.runs.as_deref().unwrap_or_default();
        let scanners = runs.iter().filter(|run| is_scanner(run)).count();
        let secrets = scanners > 0 && scanners == runs.len();
        let kind = if secrets {
            ReportKind::Secrets
        } else {
            SPEC.kind
        };
        let mut reading = Reading::new(kind, SPEC.name);
        describe(runs, &mut reading);
        items::take(runs, gathered, document, &mut reading)?;
        settle(&log, &mut reading);
        Ok(reading)
    }
}

/// Tool, version, commit and time, as far as the runs agree.
fn describe(runs: &[Run], reading: &mut Reading) {
    let mut tools: Vec<&str> = Vec::new();
    let mut commits: Vec<&str> = Vec::new();
    for run in runs {
        let driver = &run.tool.driver;
        let name = driver.name.said().unwrap_or("a tool without a name");
        if !tools.contains(&name) {
            tools.push(name);
        }
        let revisions = run.version_control_provenance.0.iter();
        for revision in revisions.filter_map(|it| it.revision_id.said()) {
            if !commits.contains(&revision) {
                commits.push(revision);
            }
        }
        if runs.len() > 1 {
            let results = counted(run.results.unwrap_or(0), "result", "results");
            reading.note(format!("A run of {} with {results}.", excerpt(name)));
        }
    }
    reading.tool = (!tools.is_empty()).then(|| tools.join(", "));
    if let ([_], Some(run)) = (tools.as_slice(), runs.first()) {
        let driver = &run.tool.driver;
        let version = driver.version.said().or(driver.semantic_version.said());
        reading.tool_version = version.map(str::to_owned);
    }
    match commits.as_slice() {
        [] => {}
        [commit] => reading.commit = Some((*commit).to_owned()),
        [..] => reading.note("The runs name several commits, so the report is of none of them."),
    }
    if let Some(made) = made(runs) {
        set_produced(reading, made);
    }
}

/// When the report was made: the end of a run, or its start. Of several the earliest, so that no
/// run passes for younger than it is.
fn made(runs: &[Run]) -> Option<&str> {
    runs.iter()
        .filter_map(|run| {
            let ends = run
                .invocations
                .0
                .iter()
                .filter_map(|it| it.end_time_utc.said());
            let starts = run
                .invocations
                .0
                .iter()
                .filter_map(|it| it.start_time_utc.said());
            ends.max_by_key(|text| Moment::earliest(text))
                .or_else(|| starts.min_by_key(|text| Moment::earliest(text)))
        })
        .min_by_key(|text| Moment::earliest(text))
}

fn settle(log: &Log, reading: &mut Reading) {
    let Some(runs) = &log.runs else {
        let why = "The runs are null: the tool could not gather them (§3.13.4).";
        reading.lower(ReadingState::Incomplete, why);
        return;
    };
    for run in runs {
        settle_run(run, reading);
    }
    if runs.is_empty() {
        // Legal, and no evidence that any tool looked at anything.
        let why = "The file holds no run of any tool.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

fn settle_run(run: &Run, reading: &mut Reading) {
    let tool = excerpt(run.tool.driver.name.said().unwrap_or("the tool"));
    let external = &run.external_property_file_references;
    let elsewhere = external.results.0.is_some();
    if elsewhere {
        let why = format!("Results of {tool} stand in other files, which were not read.");
        reading.lower(ReadingState::Incomplete, why);
    } else if run.results.is_none() {
        let why = format!("The run of {tool} has no results: it did not look for any.");
        reading.lower(ReadingState::Incomplete, why);
    }
    let failed = run
        .invocations
        .0
        .iter()
        .any(|invocation| invocation.execution_successful == Some(false));
    if failed {
        let why = format!("{tool} says that its run did not succeed.");
        reading.lower(ReadingState::Incomplete, why);
    }
    settle_notifications(run, &tool, reading);
}

/// Whether the tool says that something went wrong.
fn settle_notifications(run: &Run, tool: &str, reading: &mut Reading) {
    let known = Descriptors::of(run, |component| &component.notifications.0);
    let lists = || {
        run.invocations.0.iter().flat_map(|it| {
            [
                &it.tool_execution_notifications,
                &it.tool_configuration_notifications,
            ]
        })
    };
    let errors: Vec<&Notification> = lists()
        .flat_map(|list| &list.kept)
        .filter(|notification| is_error(&known, notification))
        .collect();
    let more = lists().map(|list| list.more).fold(0, u64::saturating_add);
    if !errors.is_empty() || more > 0 {
        let count = length(&errors).saturating_add(more);
        let count = counted(count, "error", "errors");
        let says = errors
            .first()
            .and_then(|first| first.message.text.said())
            .filter(|_| !is_scanner(run));
        let why = match says {
            Some(says) => format!(
                "{tool} reports {count} of its own; the first: {}.",
                excerpt(says).trim_end_matches('.')
            ),
            None => format!("{tool} reports {count} of its own."),
        };
        reading.lower(ReadingState::Incomplete, why);
    }
}

/// The level of a notification: its own, else that of its descriptor, else warning (§3.58.6).
fn is_error(known: &Descriptors<'_>, notification: &Notification) -> bool {
    let kept = || {
        let descriptor = known.meant(&notification.descriptor)?;
        descriptor.default_configuration.level.said()
    };
    notification.level.said().or_else(kept) == Some("error")
}
