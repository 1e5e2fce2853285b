use std::collections::BTreeSet;

use crate::model::control::Severity;
use crate::render::sample;
use crate::render::sample::variants::every_state;

use super::*;

fn parsed(bundle: &Bundle) -> Value {
    let links = Links::new("https://github.com", "acme/ledger");
    let text = String::from_utf8(report(bundle, links.as_ref(), Told::Everything)).expect("UTF-8");
    text.parse().expect("JSON")
}

fn list(node: &Value) -> &Vec<Value> {
    node.as_array().expect("a list")
}

#[test]
fn the_sample_as_a_code_host_reads_it() {
    let text = String::from_utf8(report(&sample::bundle(), None, Told::Everything)).expect("UTF-8");
    insta::assert_snapshot!(text);
}

#[test]
fn a_fingerprint_stays_where_a_line_was_inserted_above() {
    let fingerprints = |shift: u32| -> Vec<Value> {
        let mut run = sample::run();
        for deviation in run.results.iter_mut().flat_map(|it| &mut it.deviations) {
            deviation.line = deviation.line.map(|line| line + shift);
        }
        let document = parsed(&Bundle::new(run, Severity::Low));
        let results = list(&document["runs"][0]["results"]).iter();
        results
            .map(|it| it["partialFingerprints"].clone())
            .collect()
    };
    assert_eq!(fingerprints(0), fingerprints(1));
    let distinct: BTreeSet<String> = fingerprints(0).iter().map(Value::to_string).collect();
    assert_eq!(distinct.len(), fingerprints(0).len(), "each its own");
}

#[test]
fn a_waiver_that_is_not_in_force_suppresses_nothing_and_is_said() {
    let document = parsed(&every_state());
    let run = &document["runs"][0];
    for result in list(&run["results"]) {
        if result["ruleId"] == "ST-15" {
            assert!(result["suppressions"].is_null(), "{result:#}");
        }
    }
    let notes = list(&run["invocations"][0]["toolConfigurationNotifications"]);
    let said = notes
        .iter()
        .map(|note| note["message"]["text"].as_str().expect("a text"));
    let said: Vec<&str> = said.collect();
    assert_eq!(said, ["Waiver W-ST-15 is expired and covers nothing."]);
}

#[test]
fn every_index_leads_to_what_it_names() {
    let document = parsed(&every_state());
    let run = &document["runs"][0];
    let mut located = 0;
    for result in list(&run["results"]) {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index"));
        let rule = &run["tool"]["driver"]["rules"][index.expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        if let Some(index) = location["index"].as_u64() {
            let artifact = &run["artifacts"][usize::try_from(index).expect("small")];
            assert_eq!(artifact["location"]["uri"], location["uri"]);
            located += 1;
        }
    }
    assert!(located > 10, "{located}");
    let taxonomies = list(&run["taxonomies"]);
    for rule in list(&run["tool"]["driver"]["rules"]) {
        for relation in list(&rule["relationships"]) {
            let target = &relation["target"];
            let named = taxonomies
                .iter()
                .find(|it| it["guid"] == target["toolComponent"]["guid"]);
            let taxa = list(&named.expect("a taxonomy")["taxa"]);
            assert!(taxa.iter().any(|it| it["id"] == target["id"]), "{target}");
        }
    }
}

#[test]
fn where_there_are_too_many_each_control_keeps_one_and_the_rest_is_counted() {
    let mut run = sample::run();
    let mut results = run.results.iter_mut();
    for (result, count) in [(results.next(), 6_000), (results.next_back(), 7)] {
        let result = result.expect("a result");
        result.deviations = (1..=count)
            .map(|line| sample::deviation(line, "a", None))
            .collect();
    }
    let document = parsed(&Bundle::new(run, Severity::Low));
    let run = &document["runs"][0];
    let of = |control: &str| {
        let results = list(&run["results"]).iter();
        results
            .filter(|it| it["ruleId"] == control && it["kind"] == "fail")
            .count()
    };
    assert_eq!((of("CI-01"), of("TQ-01")), (4_999, 1));
    let notes = list(&run["invocations"][0]["toolExecutionNotifications"]);
    let said = notes.last().expect("a note")["message"]["text"].as_str();
    assert!(
        said.expect("a text")
            .starts_with("5000 of 6007 deviations are listed here")
    );
}

#[test]
fn no_message_holds_a_link_or_a_place_for_an_argument() {
    for (raw, shown) in [
        ("[a](javascript:b)", "[a] (javascript:b)"),
        ("{0} ${{ a }} {b} {12", "{{0}} ${{ a }} {b} {12"),
    ] {
        assert_eq!(results::message(raw)["text"], shown);
    }
    let long = results::message(&"x".repeat(2_000));
    assert_eq!(
        long["text"].as_str().map(|it| it.chars().count()),
        Some(1_024)
    );
}

#[test]
fn a_deviation_of_the_whole_repository_stands_at_its_root() {
    let mut run = sample::run();
    let deviation = &mut run.results[0].deviations[0];
    deviation.path.clear();
    deviation.place.clear();
    deviation.line = None;
    deviation.waiver = None;
    let document = parsed(&Bundle::new(run, Severity::Low));
    let first = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(first["artifactLocation"]["uri"], ".");
    assert!(first["region"].is_null());
}

#[test]
fn every_result_has_a_place() {
    for bundle in [sample::bundle(), every_state()] {
        for result in list(&parsed(&bundle)["runs"][0]["results"]) {
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            assert!(
                place.as_str().is_some_and(|it| !it.is_empty()),
                "{result:#}"
            );
        }
    }
}
