//! SARIF 2.1.0, as code hosts and editors read it. A deviation is a failed result with a fingerprint
//! that its line is no part of; every other control has one result that says how it stands.

mod results;
mod rules;

use serde_json::{Value, json};

use crate::model::run::Run;
use crate::model::text::last_name;
use crate::model::waiver::WaiverState;
use crate::render::markdown::Links;
use crate::render::{register, verdict};
use crate::seal::Bundle;

use super::plain::{compact, reference, written};
use super::uuid::AUDIT;
use super::{HOME, NO_OPINION, sayings};
use results::Results;

/// The schema that the file meets.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What paths are relative to: the git root of what was examined.
const ROOT: &str = "%SRCROOT%";

/// The root itself, where nothing more exact can be named. GitHub refuses a file as a whole in which
/// one result has no place.
const WHOLE: &str = ".";

/// Which controls have results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// All of them, each of a kind of its own.
    Everything,
    /// Those with exceptions and those that were not tested: GitHub takes every result for a
    /// problem, whatever its kind.
    Problems,
}

/// The run as SARIF. `links` says where a forge shows the repository, where that is known.
pub fn report(bundle: &Bundle, links: Option<&Links>, told: Told) -> Vec<u8> {
    let run = bundle.run();
    let results = Results::of(bundle, told);
    let (taxonomies, supported) = rules::taxonomies(run);
    written(json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [compact(json!({
            "tool": {"driver": compact(json!({
                "name": "audit",
                "fullName": "audit, evidence for a SOC 2® examination",
                "version": run.tool.version,
                "semanticVersion": run.tool.version,
                "informationUri": HOME,
                "shortDescription": {"text": NO_OPINION},
                "rules": rules::rules(run),
                "supportedTaxonomies": supported,
            }))},
            // One category for each catalogue, so that two of them stand beside each other.
            "automationDetails": {"id": format!("audit/{}/", last_name(&run.catalogue.name))},
            "taxonomies": taxonomies,
            "invocations": [invocation(bundle, &results)],
            "originalUriBaseIds": {ROOT: {
                "description": {"text": "The git root of the repository that was examined."},
            }},
            "versionControlProvenance": provenance(run, links),
            "artifacts": artifacts(bundle),
            "results": results.list,
            "columnKind": "unicodeCodePoints",
            "properties": properties(bundle, &results),
        }))],
    }))
}

/// Where a file is.
fn location(path: &str) -> Value {
    json!({"uri": reference(path), "uriBaseId": ROOT})
}

/// The run of the program. It counts as a success only where everything could be tested, so that
/// nobody takes what is listed for all there is.
fn invocation(bundle: &Bundle, results: &Results) -> Value {
    let run = bundle.run();
    let (code, meaning) = verdict::exit(bundle);
    let whole = !run.results.is_empty() && run.results.iter().all(|result| result.gaps.is_empty());
    compact(json!({
        "executionSuccessful": whole && run.counts().not_tested == 0,
        "exitCode": code,
        "exitCodeDescription": meaning,
        "startTimeUtc": run.as_of,
        "toolExecutionNotifications": notifications(run, results),
        "toolConfigurationNotifications": configuration(run),
    }))
}

/// Every gap: an error where a control could not be tested over it, else a warning.
fn notifications(run: &Run, results: &Results) -> Vec<Value> {
    let mut list: Vec<Value> = register::gaps(run)
        .into_iter()
        .map(|entry| {
            let place = &entry.gap.path;
            let located = (!place.is_empty())
                .then(|| json!([{"physicalLocation": {"artifactLocation": location(place)}}]));
            let rules: Vec<&str> = entry.controls.clone();
            compact(json!({
                "descriptor": {"id": entry.id},
                "level": if rules.is_empty() { "warning" } else { "error" },
                "message": results::message(&sayings::gap(entry.gap)),
                "locations": located,
                "properties": {
                    "cause": entry.gap.cause,
                    "controls": rules,
                    "relations": entry.relations,
                },
            }))
        })
        .collect();
    if results.left > 0 {
        let said = format!(
            "{} of {} deviations are listed here, at least one of each control. All of them stand in report.json.",
            results.listed,
            results.listed + results.left
        );
        list.push(json!({
            "descriptor": {"id": "results-left-out"},
            "level": "warning",
            "message": results::message(&said),
        }));
    }
    list
}

/// What was not examined by decision, and waivers that cover nothing.
fn configuration(run: &Run) -> Vec<Value> {
    let note = |id: &str, level: &str, said: &str| json!({"descriptor": {"id": id}, "level": level, "message": results::message(said)});
    let mut list = Vec::new();
    if !run.only.is_empty() {
        let said = format!(
            "Only {} examined, so this is no evidence.",
            run.only.join(" ")
        );
        list.push(note("only", "warning", &said));
    }
    for id in &run.outside {
        let said = format!("{id} needs a period, which this run has not; it has no result.");
        list.push(note("outside", "note", &said));
    }
    for id in register::left_out(run) {
        let said = format!("{id} is left out by the policy; it has no result.");
        list.push(note("left-out", "note", &said));
    }
    for (waiver, state) in &run.waivers {
        if *state != WaiverState::InForce {
            list.push(note("waiver", "warning", &sayings::void(waiver, *state)));
        }
    }
    list
}

/// The commit. SARIF asks for an address of the repository, which only a forge knows; without one,
/// a name that leads nowhere stands there.
fn provenance(run: &Run, links: Option<&Links>) -> Vec<Value> {
    let subject = &run.subject;
    if subject.commit.is_none() {
        return Vec::new();
    }
    let name = run.policy.repository.as_deref().unwrap_or(&subject.name);
    let address = links.map_or_else(
        || format!("urn:uuid:{}", AUDIT.of(&format!("repository {name}"))),
        |links| links.base().to_owned(),
    );
    vec![compact(json!({
        "repositoryUri": address,
        "revisionId": subject.commit,
        "branch": subject.branch,
        "mappedTo": {"uriBaseId": ROOT},
        "properties": {"name": name, "tree": subject.tree, "dirty": subject.dirty},
    }))]
}

/// The files that were read, with their digests.
fn artifacts(bundle: &Bundle) -> Vec<Value> {
    let one = |exhibit: &crate::model::exhibit::Exhibit| {
        compact(json!({
            "location": location(&exhibit.path),
            "length": exhibit.bytes,
            "hashes": {"sha-256": exhibit.sha256},
            "properties": compact(json!({
                "evidence": bundle.evidence_path(&exhibit.path),
                "level": exhibit.level,
                "tracked": exhibit.tracked,
                "redacted": exhibit.redaction.as_ref().map(|it| &it.profile),
            })),
        }))
    };
    bundle.run().exhibits.iter().map(one).collect()
}

fn properties(bundle: &Bundle, results: &Results) -> Value {
    let run = bundle.run();
    json!({
        "subject": run.subject.name,
        "catalogue": run.catalogue,
        "counts": run.counts(),
        "gate": bundle.gate(),
        "failOn": bundle.fail_on(),
        "deviations": results.listed + results.left,
    })
}

#[cfg(test)]
mod tests;
