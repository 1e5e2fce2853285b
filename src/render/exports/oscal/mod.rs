//! OSCAL assessment results, for tools of governance. OSCAL knows two states of a finding: only what
//! was tested without exceptions is `satisfied`. What was not tested is `not-satisfied` with its own
//! reason; what did not occur, is not applicable or waits for a person has an observation and no
//! finding.

mod findings;
mod observations;
mod risks;
mod text;

use serde_json::{Map, Value, json};

use crate::model::result::ControlResult;
use crate::model::run::Run;
use crate::model::text::visible;
use crate::render::tally::Tally;
use crate::render::{json, register, verdict};
use crate::seal::Bundle;
use crate::tree::digest::sha256;

use super::plain::{compact, dense, reference};
use super::uuid::{AUDIT, Uuid};
use super::{HOME, NO_OPINION};
use observations::Observations;
use text::{prop, prose, token, value};

/// The version of OSCAL that the file is written for.
const VERSION: &str = "1.2.1";

/// What parts of one document are named by.
struct Names<'r> {
    bundle: &'r Bundle,
    run: &'r Run,
    root: Uuid,
}

impl Names<'_> {
    /// The UUID of a part of the document.
    fn of(&self, kind: &str, name: &str) -> String {
        self.root.of(&format!("{kind}\0{name}")).to_string()
    }

    /// The resource of an exhibit.
    fn exhibit(&self, path: &str) -> String {
        self.of("exhibit", path)
    }
}

/// The run as OSCAL assessment results.
pub fn report(bundle: &Bundle) -> Vec<u8> {
    let run = bundle.run();
    let sealed = sha256(&json::report(bundle)).to_string();
    let names = Names {
        bundle,
        run,
        // Whatever differs in the run gives the document and all its parts other names.
        root: AUDIT.of(&sealed),
    };
    dense(json!({"assessment-results": {
        "uuid": names.root.to_string(),
        "metadata": metadata(&names),
        "import-ap": {"href": format!("#{}", names.of("plan", ""))},
        "results": [result(&names)],
        "back-matter": {"resources": resources(&names, &sealed)},
    }}))
}

fn metadata(names: &Names<'_>) -> Value {
    let run = names.run;
    let mut parties: Vec<Value> = Vec::new();
    if let Some(entity) = &run.policy.entity {
        parties.push(json!({
            "uuid": names.of("entity", ""),
            "type": "organization",
            "name": value(entity),
        }));
    }
    let persons = findings::persons(run);
    parties.extend(persons.iter().map(|person| {
        json!({"uuid": names.of("person", person), "type": "person", "name": value(person)})
    }));
    compact(json!({
        "title": format!("audit of {}", prose(&run.subject.name)),
        "last-modified": run.as_of,
        "version": run.as_of.compact(),
        "oscal-version": VERSION,
        "parties": parties,
        "props": [
            prop("tool-version", run.tool.version, None),
            prop("catalogue", &format!("{} {}", run.catalogue.name, run.catalogue.version), None),
            prop("catalogue-sha256", &run.catalogue.sha256.to_string(), None),
        ],
        "remarks": NO_OPINION,
    }))
}

fn result(names: &Names<'_>) -> Value {
    let run = names.run;
    let observations = Observations::of(names);
    let counts = verdict::counts(&run.counts());
    let (exit, meaning) = verdict::exit(names.bundle);
    let mut props = vec![
        prop(
            "commit",
            run.subject.commit.as_deref().unwrap_or("none"),
            None,
        ),
        prop("exit", &exit.to_string(), Some(&meaning)),
    ];
    for line in Tally::of(run).formula(run) {
        props.push(prop("addition", &line, None));
    }
    for (waiver, state) in &run.waivers {
        props.push(prop("waiver", &waiver.id, Some(state.name())));
    }
    compact(json!({
        "uuid": names.of("result", ""),
        "title": "Tests of controls at a point in time",
        "description": format!("{counts}."),
        "start": run.as_of,
        "end": run.as_of,
        "props": props,
        "reviewed-controls": {"control-selections": [selection(run)]},
        "observations": observations.list,
        "risks": risks::risks(names),
        "findings": findings::findings(names, &observations),
        "remarks": only(run),
    }))
}

/// The controls that have a result, and those that have none.
fn selection(run: &Run) -> Value {
    let ids = |ids: Vec<&str>| -> Vec<Value> {
        ids.into_iter()
            .map(|id| json!({"control-id": token(id)}))
            .collect()
    };
    let mut without: Vec<&str> = run.outside.iter().map(String::as_str).collect();
    without.extend(register::left_out(run));
    let tested: Vec<&str> = run
        .results
        .iter()
        .map(|result| result.control.as_str())
        .collect();
    // Something has to be selected: without a result, it is all, of which none is left.
    let selected = if tested.is_empty() {
        ("include-all", json!({}))
    } else {
        ("include-controls", json!(ids(tested)))
    };
    let mut selection = Map::from_iter([(selected.0.to_owned(), selected.1)]);
    let said = "Those left out need a period, or the policy leaves them out.";
    selection.insert("description".to_owned(), json!(said));
    if !without.is_empty() {
        selection.insert("exclude-controls".to_owned(), json!(ids(without)));
    }
    Value::Object(selection)
}

fn only(run: &Run) -> Value {
    if run.only.is_empty() {
        return Value::Null;
    }
    json!(format!(
        "Only {} examined, so this is no evidence.",
        prose(&run.only.join(" "))
    ))
}

/// The plan, which is the catalogue, the report and every file that was read.
fn resources(names: &Names<'_>, sealed: &str) -> Vec<Value> {
    let run = names.run;
    let hashed = |href: &str, media_type: Option<&str>, digest: &str| {
        json!([compact(json!({
            "href": href,
            "media-type": media_type,
            "hashes": [{"algorithm": "SHA-256", "value": digest}],
        }))])
    };
    let mut list = vec![
        json!({
            "uuid": names.of("plan", ""),
            "title": "Catalogue of controls",
            "description": format!(
                "There is no plan in OSCAL. What was planned is the catalogue {} {}, whose files stand under controls/ of the bundle; the digest over all of them is {}. Its source: {HOME}",
                prose(&run.catalogue.name),
                prose(&run.catalogue.version),
                run.catalogue.sha256
            ),
        }),
        json!({
            "uuid": names.of("report", ""),
            "title": "The whole run",
            "rlinks": hashed("report.json", Some("application/json"), sealed),
        }),
    ];
    for exhibit in &run.exhibits {
        let shipped = names.bundle.evidence_path(&exhibit.path);
        let href = shipped.map_or_else(|| reference(&exhibit.path), str::to_owned);
        let digest = exhibit.sha256.to_string();
        let produced = exhibit.produced_at.as_deref();
        let mut props = vec![
            prop("path", &exhibit.path, None),
            prop("level", exhibit.level.name(), None),
            prop("bytes", &exhibit.bytes.to_string(), None),
        ];
        props.extend(exhibit.tool.as_deref().map(|tool| prop("tool", tool, None)));
        props.extend(produced.map(|at| prop("produced-at", at, None)));
        list.push(json!({
            "uuid": names.exhibit(&exhibit.path),
            "title": prose(&exhibit.path),
            "props": props,
            "rlinks": hashed(&href, None, &digest),
        }));
    }
    list
}

/// The title of a control behind its id.
fn titled(run: &Run, result: &ControlResult) -> String {
    let title = run
        .control(&result.control)
        .map_or("", |it| it.title.as_str());
    let named = format!("{} {}", visible(&result.control), visible(title));
    prose(named.trim_end())
}

#[cfg(test)]
mod tests;
