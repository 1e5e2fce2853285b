//! Results that may quote a secret, and the file without what they quote.
//!
//! gitleaks puts the secret into `region.snippet`, and the commit's message and e-mail address
//! into `partialFingerprints`; other scanners quote it in messages, fixes, code flows or a
//! property of their own. So of a result about a secret only what is known to be harmless stays.

use super::gather::{Class, Classes, split};
use super::items::Resolved;
use super::model::{Descriptor, Outcome, Run};
use super::read::LogSeed;
use crate::collect::reports::{Document, quoting, redact};
use crate::model::reading::Reading;
use crate::parse::error::ParseError;
use crate::parse::rewrite::{Scalar, Step};

/// Whether a run is one of a secret scanner.
pub(super) fn is_scanner(run: &Run) -> bool {
    run.tool.driver.name.said().is_some_and(quoting::is_scanner)
}

/// Whether a rule of another tool is about secrets, by its name, its tags and those of the result.
fn about_secrets(class: &Class, rule: Option<&Descriptor>) -> bool {
    let tags = rule.map(|rule| rule.properties.tags.0.as_slice());
    let tags = tags.unwrap_or_default().iter().chain(&class.tags);
    let rule = rule.and_then(|rule| rule.id.said());
    tags.filter_map(|tag| tag.said())
        .chain(class.id())
        .chain(rule)
        .any(quoting::about_secrets)
}

/// Which results may quote a secret: by their class.
pub(super) struct Quoting {
    classes: Vec<bool>,
    /// Whether anything in a run may.
    runs: Vec<bool>,
}

impl Quoting {
    pub(super) fn of(runs: &[Run], classes: &[Resolved<'_>]) -> Self {
        let mut quoting = Self {
            classes: Vec::with_capacity(classes.len()),
            runs: runs.iter().map(is_scanner).collect(),
        };
        for resolved in classes {
            let run = quoting.runs.get_mut(resolved.class.run);
            let mut quotes = about_secrets(resolved.class, resolved.rule);
            if let Some(run) = run {
                quotes |= is_scanner(resolved.run);
                *run |= quotes;
            }
            quoting.classes.push(quotes);
        }
        quoting
    }

    /// Whether the results of a class may quote a secret.
    pub(super) fn class(&self, place: usize) -> bool {
        self.classes.get(place).copied().unwrap_or(false)
    }

    /// Whether anything in a run may.
    fn run(&self, run: usize) -> bool {
        self.runs.get(run).copied().unwrap_or(false)
    }
}

/// Which results may quote a secret, by run and by their place in it.
struct Places {
    quoting: Quoting,
    results: Vec<Vec<bool>>,
}

impl Places {
    /// Looks at every result again. Only a log that holds any of these is read twice.
    fn of(
        quoting: Quoting,
        classes: &Classes,
        document: &Document<'_>,
    ) -> Result<Self, ParseError> {
        let mut results: Vec<Vec<bool>> = vec![Vec::new(); quoting.runs.len()];
        let mut take = |run: usize, at: u64, outcome: Outcome| {
            let (class, _) = split(run, at, outcome);
            // A result that was not there before may be anything.
            let quotes = classes
                .place(&class)
                .is_none_or(|place| quoting.class(place));
            if let Some(results) = results.get_mut(run) {
                results.push(quotes);
            }
            Ok(())
        };
        document.json_with(LogSeed(&mut take))?;
        Ok(Self { quoting, results })
    }

    fn result(&self, run: usize, at: usize) -> bool {
        let results = self.results.get(run);
        results.is_none_or(|results| results.get(at).copied().unwrap_or(true))
    }
}

/// Takes what its results may quote out of a log.
///
/// # Errors
/// A log that cannot be read again.
pub(super) fn take_out(
    quoting: Quoting,
    classes: &Classes,
    document: &Document<'_>,
    reading: &mut Reading,
) -> Result<(), ParseError> {
    if !quoting.runs.contains(&true) {
        return Ok(());
    }
    let places = Places::of(quoting, classes, document)?;
    let field = |path: &[Step], scalar| match path {
        [Step::Key(runs), Step::Item(run), rest @ ..] if runs == "runs" => {
            in_run(&places, *run, rest, scalar)
        }
        [Step::Key(other), ..] if other == "inlineExternalProperties" => Some("other"),
        _ => None,
    };
    redact::json_of("sarif-secrets/v1", document, reading, field)
}

fn in_run(places: &Places, run: usize, path: &[Step], scalar: Scalar) -> Option<&'static str> {
    let Some(Step::Key(first)) = path.first() else {
        return None;
    };
    if let ("results", [_, Step::Item(at), rest @ ..]) = (first.as_str(), path) {
        let hidden = if places.result(run, *at) {
            !harmless(rest, scalar)
        } else {
            // The lines around another result may be those of the secret.
            places.quoting.run(run) && scalar == Scalar::Text && is_snippet(rest)
        };
        return hidden.then(|| field(rest));
    }
    if !places.quoting.run(run) {
        return None;
    }
    let within = |name: &str| path.iter().any(|step| step.key() == Some(name));
    match first.as_str() {
        "artifacts" if within("contents") => Some("contents"),
        "invocations" if within("message") || within("exception") => Some("message"),
        "threadFlowLocations" | "graphs" | "webRequests" | "webResponses" => Some("codeFlows"),
        _ => None,
    }
}

/// Texts of a result that name a rule, a place, a state or a commit, and numbers that count.
fn harmless(path: &[Step], scalar: Scalar) -> bool {
    const TEXTS: [&str; 8] = [
        "ruleId",
        "kind",
        "level",
        "guid",
        "correlationGuid",
        "baselineState",
        "hostedViewerUri",
        "workItemUris",
    ];
    const OPAQUE: [&str; 4] = ["snippet", "properties", "message", "insertedContent"];
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    if keys.iter().any(|key| OPAQUE.contains(key)) {
        return false;
    }
    match (keys.as_slice(), scalar) {
        (["fingerprints" | "partialFingerprints", name], _) => {
            ["commitSha", "date", "author"].contains(name)
        }
        (["fingerprints" | "partialFingerprints", ..], _) => false,
        (_, Scalar::Number) | (["rule", ..], Scalar::Text) => true,
        ([first, ..], Scalar::Text) if TEXTS.contains(first) => true,
        (["suppressions", name], Scalar::Text) => {
            ["kind", "status", "state", "guid"].contains(name)
        }
        ([.., "artifactLocation", name], Scalar::Text) => ["uri", "uriBaseId"].contains(name),
        (_, Scalar::Text) => false,
    }
}

/// Whether a value quotes source: the lines of a region, or what a fix puts in.
fn is_snippet(path: &[Step]) -> bool {
    let quotes = |key: &str| ["snippet", "insertedContent"].contains(&key);
    path.iter().filter_map(Step::key).any(quotes)
}

/// The member a value is counted under.
fn field(path: &[Step]) -> &'static str {
    const FIELDS: [&str; 9] = [
        "snippet",
        "insertedContent",
        "codeFlows",
        "message",
        "partialFingerprints",
        "fingerprints",
        "properties",
        "fixes",
        "suppressions",
    ];
    let keys = || path.iter().filter_map(Step::key);
    FIELDS
        .into_iter()
        .find(|field| keys().any(|key| key == *field))
        .unwrap_or("other")
}
