//! Controls as rules, criteria and other frameworks as taxonomies. Criteria have our own titles,
//! and a relation says how strongly a control may support one; the auditor decides.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::model::control::Control;
use crate::model::run::Run;
use crate::model::text::visible;

use super::super::plain::compact;
use super::super::sayings::sentence;
use super::super::uuid::AUDIT;

/// The name of the taxonomy of the criteria.
const CRITERIA: &str = "trust-services-criteria";

/// The controls in force, in their order; results name them by it.
pub(super) fn rules(run: &Run) -> Vec<Value> {
    run.controls.iter().map(rule).collect()
}

fn rule(control: &Control) -> Value {
    let mut relations: Vec<Value> = Vec::new();
    for (id, support) in &control.criteria {
        let said = format!("May support it: {}.", support.name());
        relations.push(relation(CRITERIA, id, Some(said)));
    }
    for (framework, ids) in &control.references {
        relations.extend(ids.iter().map(|id| relation(framework, id, None)));
    }
    let criteria: Vec<&str> = control.criteria.iter().map(|(id, _)| id.as_str()).collect();
    compact(json!({
        "id": control.id,
        "shortDescription": {"text": visible(&control.title)},
        "fullDescription": {"text": sentence(&control.statement)},
        "help": {"text": help(control)},
        "defaultConfiguration": {"level": "error"},
        "relationships": relations,
        "properties": {
            "severity": control.severity,
            "nature": control.nature.name(),
            "frequency": control.frequency,
            "tags": criteria,
            "definition": control.path,
            "sha256": control.sha256,
        },
    }))
}

/// What to do, how it is tested, and what that cannot show.
fn help(control: &Control) -> String {
    let mut parts = vec![
        sentence(&control.remediation),
        format!("Procedure: {}", sentence(&control.procedure)),
    ];
    if !control.limitations.is_empty() {
        let said: Vec<String> = control.limitations.iter().map(|it| sentence(it)).collect();
        parts.push(format!("Limitations: {}", said.join(" ")));
    }
    parts.join(" ")
}

fn relation(framework: &str, id: &str, said: Option<String>) -> Value {
    compact(json!({
        "target": {"id": id, "toolComponent": component(framework)},
        "kinds": ["relevant"],
        "description": said.map(|text| json!({"text": text})),
    }))
}

fn component(framework: &str) -> Value {
    json!({"name": framework, "guid": guid(framework)})
}

fn guid(framework: &str) -> String {
    AUDIT.of(&format!("taxonomy {framework}")).to_string()
}

/// The taxonomies, and the references by which the tool names them.
pub(super) fn taxonomies(run: &Run) -> (Vec<Value>, Vec<Value>) {
    let mut frameworks: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for control in &run.controls {
        for (framework, ids) in &control.references {
            let known = frameworks.entry(framework).or_default();
            known.extend(ids.iter().map(String::as_str));
        }
    }
    let criteria: Vec<Value> = run
        .criteria
        .iter()
        .map(|it| json!({"id": it.id, "shortDescription": {"text": visible(&it.title)}}))
        .collect();
    let said = "Identifiers of the Trust Services Criteria, with titles of our own. A mapping says \
                that a control may support a criterion; the auditor decides.";
    let mut list = vec![taxonomy(CRITERIA, Some(said), &criteria)];
    for (framework, ids) in frameworks {
        let taxa: Vec<Value> = ids.into_iter().map(|id| json!({"id": id})).collect();
        list.push(taxonomy(framework, None, &taxa));
    }
    let supported = list
        .iter()
        .enumerate()
        .map(|(index, it)| json!({"name": it["name"], "guid": it["guid"], "index": index}))
        .collect();
    (list, supported)
}

fn taxonomy(name: &str, said: Option<&str>, taxa: &[Value]) -> Value {
    compact(json!({
        "name": name,
        "guid": guid(name),
        "shortDescription": said.map(|text| json!({"text": text})),
        "isComprehensive": false,
        "taxa": taxa,
    }))
}
