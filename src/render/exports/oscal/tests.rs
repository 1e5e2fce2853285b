use std::collections::BTreeSet;

use crate::model::control::Severity;
use crate::render::sample;
use crate::render::sample::variants::every_state;

use super::*;

fn parsed(bundle: &Bundle) -> Value {
    let text = String::from_utf8(report(bundle)).expect("UTF-8");
    text.parse().expect("JSON")
}

fn list(node: &Value) -> &Vec<Value> {
    node.as_array().expect("a list")
}

#[test]
fn the_sample_as_a_tool_of_governance_reads_it() {
    let text = format!("{:#}", parsed(&sample::bundle()));
    insta::assert_snapshot!(text);
}

#[test]
fn only_what_was_tested_without_exceptions_is_satisfied() {
    let document = parsed(&every_state());
    let result = &document["assessment-results"]["results"][0];
    let mut said = Vec::new();
    for finding in list(&result["findings"]) {
        let (target, status) = (&finding["target"], &finding["target"]["status"]);
        let text = |node: &Value| node.as_str().unwrap_or_default().to_owned();
        said.push(format!(
            "{} {} {}",
            text(&target["target-id"]),
            text(&status["state"]),
            text(&status["reason"])
        ));
    }
    assert_eq!(
        said,
        [
            "ST-01 satisfied pass",
            "ST-04 not-satisfied evidence-missing",
            "ST-05 not-satisfied evidence-stale",
            "ST-06 not-satisfied error",
            "ST-07 not-satisfied evidence-unbound",
            "ST-08 not-satisfied error",
            "ST-10 not-satisfied fail",
            "ST-11 not-satisfied fail",
            "ST-12 not-satisfied other",
            "ST-13 not-satisfied fail",
            "ST-14 not-satisfied fail",
            "ST-15 not-satisfied fail",
        ]
    );
}

#[test]
fn a_risk_is_approved_by_a_waiver_in_force_and_by_nothing_else() {
    let document = parsed(&every_state());
    let result = &document["assessment-results"]["results"][0];
    let risks: Vec<String> = list(&result["risks"])
        .iter()
        .map(|risk| {
            format!(
                "{} {} {}",
                risk["title"]
                    .as_str()
                    .expect("a title")
                    .split(' ')
                    .next()
                    .expect("an id"),
                risk["status"].as_str().expect("a status"),
                list(&risk["related-observations"]).len()
            )
        })
        .collect();
    assert_eq!(
        risks,
        [
            "ST-10 open 4",
            "ST-11 open 2",
            "ST-11 deviation-approved 2",
            "ST-12 deviation-approved 4",
            "ST-13 deviation-approved 4",
            "ST-14 open 4",
            "ST-15 open 4",
        ]
    );
    assert_eq!(result["risks"][2]["deadline"], "2027-01-01T00:00:00Z");
}

#[test]
fn what_is_stale_was_over_when_the_run_was_made() {
    let document = parsed(&every_state());
    let result = &document["assessment-results"]["results"][0];
    let over: Vec<&Value> = list(&result["observations"])
        .iter()
        .filter(|observation| observation["expires"].is_string())
        .collect();
    assert_eq!(over.len(), 1);
    assert_eq!(over[0]["expires"], result["start"]);
    assert_eq!(over[0]["props"][0]["value"], "evidence-stale");
}

/// Every UUID that names something, and every one that points at something.
fn walk(node: &Value, names: &mut Vec<String>, points: &mut BTreeSet<String>) {
    match node {
        Value::Array(list) => list.iter().for_each(|it| walk(it, names, points)),
        Value::Object(map) => {
            for (key, value) in map {
                let text = value.as_str().unwrap_or_default();
                if key == "uuid" {
                    names.push(text.to_owned());
                } else if key.ends_with("-uuid") {
                    points.insert(text.to_owned());
                } else if let Some(uuid) = text.strip_prefix('#').filter(|_| key == "href") {
                    points.insert(uuid.to_owned());
                }
                walk(value, names, points);
            }
        }
        _ => {}
    }
}

#[test]
fn every_uuid_is_given_once_and_every_one_that_is_pointed_at_is_there() {
    for bundle in [sample::bundle(), every_state()] {
        let (mut names, mut points) = (Vec::new(), BTreeSet::new());
        walk(&parsed(&bundle), &mut names, &mut points);
        let known: BTreeSet<String> = names.iter().cloned().collect();
        assert_eq!(known.len(), names.len(), "given twice");
        assert!(points.len() > 10);
        let lost: Vec<&String> = points.difference(&known).collect();
        assert_eq!(lost, Vec::<&String>::new());
    }
}

#[test]
fn another_run_has_other_names() {
    let mut other = sample::run();
    other.subject.dirty = false;
    let root = |bundle: &Bundle| parsed(bundle)["assessment-results"]["uuid"].clone();
    let other = Bundle::new(other, Severity::Low);
    assert_ne!(root(&sample::bundle()), root(&other));
}
