//! Results that may quote a secret, and the file without what they quote.
//!
//! gitleaks puts the secret into `region.snippet`, and the commit's message and e-mail address
//! into `partialFingerprints`; other scanners quote it in messages, fixes, code flows or a
//! property of their own. So of a result about a secret only what is known to be harmless stays.

use super::model::{Descriptor, Log, Outcome, Run};
use super::rules::{Rules, id_of};
use crate::collect::reports::quoting;
use crate::collect::reports::redact::{self, Redacted};
use crate::parse::rewrite::{Scalar, Step};

/// Whether a run is one of a secret scanner.
pub(super) fn is_scanner(run: &Run) -> bool {
    run.tool.driver.name.said().is_some_and(quoting::is_scanner)
}

/// Whether a rule of another tool is about secrets, by its name, its tags and those of the result.
fn about_secrets(outcome: &Outcome, rule: Option<&Descriptor>) -> bool {
    let tags = rule.map(|rule| rule.properties.tags.as_slice());
    let tags = tags
        .unwrap_or_default()
        .iter()
        .chain(&outcome.properties.tags);
    let rule = rule.and_then(|rule| rule.id.said());
    tags.filter_map(|tag| tag.said())
        .chain(id_of(outcome))
        .chain(rule)
        .any(quoting::about_secrets)
}

/// Which results may quote a secret: by run, then by result.
pub(super) struct Quoting(Vec<(bool, Vec<bool>)>);

impl Quoting {
    pub(super) fn of(log: &Log) -> Self {
        let runs = log.runs.iter().flatten().map(|run| {
            let scanner = is_scanner(run);
            let rules = Rules::new(run);
            let results = run.results.iter().flatten();
            let each = results
                .map(|outcome| scanner || about_secrets(outcome, rules.of(outcome)))
                .collect();
            (scanner, each)
        });
        Self(runs.collect())
    }

    /// Whether a result may quote a secret.
    pub(super) fn result(&self, run: usize, at: usize) -> bool {
        let of_run = self.0.get(run);
        of_run.is_some_and(|(_, results)| results.get(at).copied().unwrap_or(false))
    }

    /// Whether anything in a run may.
    fn run(&self, run: usize) -> bool {
        let of_run = self.0.get(run);
        of_run.is_some_and(|(scanner, results)| *scanner || results.contains(&true))
    }

    fn any(&self) -> bool {
        (0..self.0.len()).any(|run| self.run(run))
    }
}

/// The file without what its results may quote.
pub(super) fn redacted(text: &str, quoting: &Quoting) -> Redacted {
    if !quoting.any() {
        return None;
    }
    redact::json("sarif-secrets/v1", text, |path, scalar| match path {
        [Step::Key(runs), Step::Item(run), rest @ ..] if runs == "runs" => {
            in_run(quoting, *run, rest, scalar)
        }
        [Step::Key(other), ..] if other == "inlineExternalProperties" => Some("other"),
        _ => None,
    })
}

fn in_run(quoting: &Quoting, run: usize, path: &[Step], scalar: Scalar) -> Option<&'static str> {
    let Some(Step::Key(first)) = path.first() else {
        return None;
    };
    if let ("results", [_, Step::Item(at), rest @ ..]) = (first.as_str(), path) {
        let hidden = if quoting.result(run, *at) {
            !harmless(rest, scalar)
        } else {
            // The lines around another result may be those of the secret.
            quoting.run(run) && scalar == Scalar::Text && is_snippet(rest)
        };
        return hidden.then(|| field(rest));
    }
    if !quoting.run(run) {
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
