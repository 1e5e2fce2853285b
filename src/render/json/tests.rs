use serde_json::Value;

use super::super::sample;
use super::*;

fn parsed() -> Value {
    serde_json::from_slice(&report(&sample::bundle())).expect("JSON")
}

#[test]
fn the_same_run_gives_the_same_bytes_and_they_end_in_a_newline() {
    let bytes = report(&sample::bundle());
    assert_eq!(bytes, report(&sample::bundle()));
    assert!(bytes.ends_with(b"}\n"));
}

#[test]
fn no_number_is_a_float() {
    fn walk(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.is_i64() || number.is_u64(),
            Value::Array(list) => list.iter().all(walk),
            Value::Object(map) => map.values().all(walk),
            _ => true,
        }
    }
    assert!(walk(&parsed()));
}

#[test]
fn the_printed_additions_hold() {
    let counts = &parsed()["counts"];
    assert_eq!(
        counts["formula"],
        serde_json::json!([
            "2 exceptions noted + 1 not tested + 1 no exceptions noted + 1 did not occur + 1 not \
             applicable = 6 controls evaluated",
            "6 evaluated + 1 outside a point-in-time run + 1 left out by the policy = 8 controls \
             in the catalogue",
            "5 deviations = 4 (CI-01) + 1 (TQ-01)",
            "1 waived + 4 not waived = 5 deviations"
        ])
    );
}

#[test]
fn a_waiver_names_what_it_covers_and_one_not_in_force_covers_nothing() {
    let report = parsed();
    let covers = |at: usize| report["waivers"][at]["covers"].as_array().map(Vec::len);
    assert_eq!(
        (covers(0), covers(1), covers(2)),
        (Some(1), Some(0), Some(0))
    );
    assert_eq!(report["waivers"][1]["state"], "expired");
    assert_eq!(report["waivers"][2]["state"], "malformed");
}

#[test]
fn each_gap_stands_once_with_all_it_stood_in_the_way_of() {
    let report = parsed();
    let gaps = report["gaps"].as_array().expect("a register");
    assert_eq!(gaps.len(), 3);
    assert_eq!(gaps[0]["controls"], serde_json::json!(["CI-01"]));
    assert_eq!(gaps[1]["controls"], serde_json::json!(["SA-03"]));
    assert_eq!(gaps[1]["relations"], serde_json::json!(["analysis.report"]));
    assert_eq!(gaps[2]["controls"], serde_json::json!([]));
}

#[test]
fn an_exhibit_and_its_readers_point_at_each_other() {
    let report = parsed();
    let exhibit = &report["exhibits"][0];
    assert_eq!(exhibit["path"], sample::WORKFLOW);
    assert_eq!(exhibit["read_by"], serde_json::json!(["CI-01"]));
    assert_eq!(exhibit["read_for"], serde_json::json!(["workflow.uses"]));
    let evidence = exhibit["evidence"].as_str().expect("a path in the bundle");
    assert!(evidence.starts_with("evidence/") && evidence.ends_with("-nightly.yml"));
}

#[test]
fn a_departure_is_stated_with_its_direction_and_reason() {
    let departures = &parsed()["policy"]["departures"];
    assert_eq!(departures.as_array().map(Vec::len), Some(1));
    assert_eq!(departures[0]["direction"], "stricter");
    assert_eq!(departures[0]["control"], "TQ-01");
}

#[test]
fn what_steers_is_escaped_and_reads_as_it_was() {
    let text = "a\u{9b}\u{202e}\u{7f}\u{e0001}b";
    let written = escaped(format!("\"{text}\"\n"));
    assert_eq!(written, "\"a\\u009b\\u202e\\u007f\\udb40\\udc01b\"\n");
    let read: String = serde_json::from_str(&written).expect("JSON");
    assert_eq!(read, text);
}
