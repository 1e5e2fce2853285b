//! Tests of the reader of SARIF.

use super::*;
use crate::collect::reports::{Outcome, inspect};
use crate::parse::limits;

fn read(text: &str) -> Reading {
    match inspect("x.sarif", text.as_bytes()).outcome {
        Outcome::Report(reading) => *reading,
        other => panic!("a report, not {other:?}"),
    }
}

/// A log of one run with these members.
fn run(members: &str) -> Reading {
    read(&format!(
        r#"{{"version": "2.1.0", "runs": [{{{members}}}]}}"#
    ))
}

fn cells(reading: &Reading, field: &str) -> Vec<String> {
    let cells = reading.items.iter().map(|item| item.get(field).to_string());
    cells.collect()
}

#[test]
fn a_level_is_explicit_or_overridden_or_the_rules_or_warning() {
    let reading = run(r#""tool": {"driver": {"name": "T", "rules": [
          {"id": "A", "defaultConfiguration": {"level": "note"}},
          {"id": "B", "properties": {"security-severity": "9.8"}},
          {"id": "C", "guid": "g-c", "defaultConfiguration": {"level": "note"}}]},
        "extensions": [{"name": "E", "rules": [
          {"id": "X", "defaultConfiguration": {"level": "error"}}]}]},
      "invocations": [{"executionSuccessful": true, "ruleConfigurationOverrides": [
        {"descriptor": {"index": 2}, "configuration": {"level": "error"}}]}],
      "results": [{"ruleId": "A", "level": "error"}, {"ruleId": "A/b/c"}, {"ruleId": "B"},
        {"ruleIndex": 2}, {"ruleId": "X", "rule": {"index": 0, "toolComponent": {"index": 0}}},
        {"ruleId": "X"}, {"ruleId": "unknown", "ruleIndex": -1},
        {"ruleId": "A", "kind": "pass", "level": "error"}, {"rule": {"guid": "g-c"}}]"#);
    assert_eq!(
        cells(&reading, "severity").join(" "),
        "error note warning error error error warning none error"
    );
    assert_eq!(cells(&reading, "rank")[2], "critical");
    assert_eq!(
        reading.measures["by_severity"].to_string(),
        "error: 5, note: 1, warning: 2"
    );
    assert_eq!(reading.measures["active"].as_int(), Some(8));
    assert_eq!(reading.state, ReadingState::Complete);
}

#[test]
fn only_accepted_suppressions_and_gone_results_do_not_stand() {
    let reading = run(r#""tool": {"driver": {"name": "T"}}, "results": [
        {"suppressions": []},
        {"suppressions": [{"kind": "inSource", "justification": "why"}]},
        {"suppressions": [{"kind": "external", "status": "accepted"}, {"kind": "inSource"}]},
        {"suppressions": [{"kind": "external", "status": "underReview"}]},
        {"suppressions": [{"kind": "inSource"}, {"kind": "external", "status": "rejected"}]},
        {"baselineState": "absent"}, {"baselineState": "unchanged"}, {"kind": "review"}]"#);
    assert_eq!(
        cells(&reading, "status").join(" "),
        "active suppressed suppressed active active absent active review"
    );
    assert_eq!(reading.measures["suppressed"].as_int(), Some(2));
    assert_eq!(reading.items[1].get("justification").as_text(), Some("why"));
}

#[test]
fn a_run_that_did_not_finish_is_incomplete() {
    let tool = r#""tool": {"driver": {"name": "T", "notifications": [
        {"id": "N", "defaultConfiguration": {"level": "error"}}]}}"#;
    for (members, state) in [
        (r#""results": []"#, ReadingState::Complete),
        (r#""results": null"#, ReadingState::Incomplete),
        ("\"columnKind\": \"x\"", ReadingState::Incomplete),
        (
            r#""results": [], "invocations": [{"executionSuccessful": false}]"#,
            ReadingState::Incomplete,
        ),
        (
            r#""results": [], "invocations": [{"executionSuccessful": true,
            "toolConfigurationNotifications": [{"level": "error"}]}]"#,
            ReadingState::Incomplete,
        ),
        (
            r#""results": [], "invocations": [{"toolExecutionNotifications":
            [{"descriptor": {"id": "N"}, "message": {"text": "broke."}}]}]"#,
            ReadingState::Incomplete,
        ),
        (
            r#""results": [], "invocations": [{"toolExecutionNotifications": [{}]}]"#,
            ReadingState::Complete,
        ),
        (
            r#""results": [], "externalPropertyFileReferences": {"results": [{}]}"#,
            ReadingState::Incomplete,
        ),
    ] {
        let reading = run(&format!("{tool}, {members}"));
        assert_eq!(reading.state, state, "{members}");
    }
    let none = read(r#"{"version": "2.1.0", "runs": []}"#);
    assert_eq!(none.state, ReadingState::NothingMeasured);
}

#[test]
fn runs_are_described_as_far_as_they_agree() {
    let reading = read(
        r#"{"runs": [{"tool": {"driver": {"name": "A", "semanticVersion": "1.2"}}, "results": [],
        "versionControlProvenance": [{"revisionId": "abc"}],
        "invocations": [{"startTimeUtc": "2026-01-01T00:00:00Z",
          "endTimeUtc": "2026-01-01T00:01:00Z"}]},
        {"tool": {"driver": {"name": "A", "version": "1.2"}}, "results": [{
          "message": {"id": "m", "arguments": ["x"]}, "ruleId": "R", "locations": [
          {"physicalLocation": {"artifactLocation": {"index": 0}, "region": {"startLine": 3}}}]}],
          "artifacts": [{"location": {"uri": "a.py"}}],
          "versionControlProvenance": [{"revisionId": "abc"}]}], "version": "2.1.0"}"#,
    );
    assert_eq!(reading.commit.as_deref(), Some("abc"));
    assert_eq!(reading.tool.as_deref(), Some("A"));
    assert_eq!(reading.tool_version.as_deref(), Some("1.2"));
    assert_eq!(reading.produced_at.as_deref(), Some("2026-01-01T00:01:00Z"));
    assert_eq!(reading.items[0].get("path").as_text(), Some("a.py"));
    assert_eq!(
        reading.items[0].source.place_text(),
        "x.sarif#/runs/1/results/0"
    );
}

#[test]
fn other_versions_and_schemas_are_not_read() {
    for (text, seen) in [
        (r#"{"version": "2.0.0", "runs": [{"tool": {}}]}"#, true),
        (r#"{"version": "2.1.0"}"#, false),
        (
            r#"{"$schema": "sarif-2.1.0.json", "properties": {"runs": {}}}"#,
            false,
        ),
    ] {
        let outcome = inspect("x.json", text.as_bytes()).outcome;
        let unreadable = matches!(
            outcome,
            Outcome::Unreadable {
                format: Some(_),
                ..
            }
        );
        assert_eq!(unreadable, seen, "{text}");
    }
}

/// The members of a run with something to find out in each of them.
const MEMBERS: [&str; 5] = [
    r#""tool": {"driver": {"name": "T", "rules": [{"id": "A", "defaultConfiguration": {"level":
        "note"}, "messageStrings": {"m": {"text": "says {0} {1}"}}}, {"id": "B"}]}}"#,
    r#""results": [{"ruleId": "A", "message": {"id": "m", "arguments": ["x", "{0}"]}, "locations":
        [{"physicalLocation": {"artifactLocation": {"index": 1}}}, 7]},
        {"ruleIndex": 1, "suppressions": [{"kind": "inSource"}]}, {"ruleId": "A/b"}]"#,
    r#""artifacts": [{}, {"location": {"uri": "a.py"}}]"#,
    r#""invocations": [{"executionSuccessful": true, "ruleConfigurationOverrides": [
        {"descriptor": {"id": "B"}, "configuration": {"level": "error"}}]}]"#,
    r#""versionControlProvenance": [{"revisionId": "abc"}]"#,
];

#[test]
fn the_parts_of_a_run_may_stand_in_any_order() {
    let mut members = MEMBERS;
    let expected = run(&members.join(", "));
    assert_eq!(cells(&expected, "severity").join(" "), "note error note");
    assert_eq!(cells(&expected, "message")[0], "says x {0}");
    assert_eq!(cells(&expected, "path")[0], "a.py");
    for turn in 0..members.len() {
        members.rotate_left(1);
        assert_eq!(run(&members.join(", ")), expected, "{turn}");
        let mut swapped = members;
        swapped.reverse();
        assert_eq!(run(&swapped.join(", ")), expected, "{turn} reversed");
    }
}

#[test]
fn what_stands_twice_in_a_run_is_refused() {
    for member in MEMBERS {
        let text = format!(
            r#"{{"version": "2.1.0", "runs": [{{{}, {member}}}]}}"#,
            MEMBERS.join(", ")
        );
        let outcome = inspect("x.sarif", text.as_bytes()).outcome;
        assert!(matches!(outcome, Outcome::Unreadable { .. }), "{member}");
    }
    let log = r#"{"version": "2.1.0", "runs": [], "runs": []}"#;
    let outcome = inspect("x.sarif", log.as_bytes()).outcome;
    assert!(matches!(outcome, Outcome::Unreadable { .. }));
}

#[test]
fn results_beyond_those_listed_are_counted_by_what_is_known_of_them() {
    let results = |from: usize, to: usize, more: &str| -> Vec<String> {
        (from..to)
            .map(|at| format!(r#"{{"ruleId": "R{}", {more}}}"#, at % 3))
            .collect()
    };
    let notes = results(0, limits::ITEMS, r#""level": "note""#);
    let suppressed = results(0, 7, r#""suppressions": [{"kind": "inSource"}]"#);
    let errors = results(0, 5, r#""level": "error""#);
    let all = [notes, suppressed, errors].concat().join(", ");
    let reading = run(&format!(
        r#""results": [{all}], "tool": {{"driver": {{"name": "T"}}}}"#
    ));
    assert_eq!(reading.measures["total"].as_int(), Some(50_012));
    assert_eq!(
        reading.measures["by_severity"].to_string(),
        "error: 5, note: 50000, warning: 0"
    );
    assert_eq!(reading.items.len(), limits::ITEMS);
    let errors = cells(&reading, "severity");
    assert_eq!(errors.iter().filter(|level| *level == "error").count(), 5);
    let unlisted: Vec<(u64, String)> = reading
        .unlisted
        .iter()
        .map(|(count, each)| {
            (
                *count,
                format!("{} {}", each.get("status"), each.get("rank")),
            )
        })
        .collect();
    assert_eq!(unlisted, [(12, "active low".to_owned())]);
    assert!(reading.notes[0].contains("12 more are in every count and not listed"));
}

#[test]
fn errors_among_many_notifications_are_counted() {
    let notification =
        |level: &str| format!(r#"{{"level": "{level}", "message": {{"text": "m"}}}}"#);
    let mut all = vec![notification("warning"); 20_000];
    all.extend(vec![notification("error"); 12_000]);
    let reading = run(&format!(
        r#""tool": {{"driver": {{"name": "T"}}}}, "results": [], "invocations": [
        {{"toolExecutionNotifications": [{}]}}]"#,
        all.join(", ")
    ));
    assert_eq!(reading.state, ReadingState::Incomplete);
    assert!(
        reading.notes[0].contains("12,000 errors"),
        "{:?}",
        reading.notes
    );
}

const PLANTED: &str = "planted-0003";

fn planted(driver: &str) -> String {
    format!(
        r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "{driver}",
      "rules": [{{"id": "aws", "properties": {{"tags": ["Secret"]}}}}]}}}},
      "artifacts": [{{"contents": {{"text": "{PLANTED}"}}}}],
      "threadFlowLocations": [{{"location": {{"message": {{"text": "{PLANTED}"}}}}}}],
      "invocations": [{{"executionSuccessful": false, "toolExecutionNotifications": [
        {{"level": "warning", "message": {{"text": "{PLANTED}"}}}}]}}],
      "results": [{{"ruleId": "aws", "message": {{"text": "{PLANTED}", "markdown": "{PLANTED}",
        "arguments": ["{PLANTED}"]}},
        "locations": [{{"physicalLocation": {{"artifactLocation": {{"uri": "a.py"}},
          "region": {{"startLine": 7, "snippet": {{"text": "{PLANTED}"}}}},
          "contextRegion": {{"snippet": {{"rendered": {{"text": "{PLANTED}"}}}}}}}},
          "message": {{"text": "{PLANTED}"}}}}],
        "fixes": [{{"artifactChanges": [{{"replacements": [
          {{"insertedContent": {{"text": "{PLANTED}"}}}}]}}]}}],
        "codeFlows": [{{"threadFlows": [{{"locations": [{{"state": {{"x": "{PLANTED}"}}}}]}}]}}],
        "suppressions": [{{"kind": "inSource", "justification": "{PLANTED}"}}],
        "partialFingerprints": {{"commitSha": "abc", "email": "{PLANTED}",
          "commitMessage": "{PLANTED}"}}, "fingerprints": {{"v1": "{PLANTED}"}},
        "properties": {{"match": "{PLANTED}", "pin": 123456789}}}}]}}]}}"#
    )
}

#[test]
fn no_secret_gets_through_wherever_a_scanner_put_it() {
    for driver in ["gitleaks", "TruffleHog", "Semgrep"] {
        let text = planted(driver);
        let reading = read(&text);
        let (redaction, bytes) = reading.redacted.clone().expect("a redaction");
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !without.contains(PLANTED) && !without.contains("123456789"),
            "{without}"
        );
        assert!(redaction.fields.contains_key("snippet"), "{redaction:?}");
        if driver == "Semgrep" {
            assert_eq!(reading.kind.name(), "analysis");
        } else {
            assert_eq!(reading.kind.name(), "secrets");
            assert_eq!(reading.items[0].get("commit").as_text(), Some("abc"));
        }
        assert!(!format!("{:?}{:?}", reading.items, reading.notes).contains(PLANTED));
        assert_eq!(reading.items[0].get("line").as_int(), Some(7));
        let again = read(&without);
        assert_eq!(
            (again.measures, again.items),
            (reading.measures, reading.items)
        );
        for end in (0..text.len()).step_by(7) {
            let outcome = inspect("x.sarif", &text.as_bytes()[..end]).outcome;
            assert!(!format!("{outcome:?}").contains(PLANTED), "{end}");
        }
        let odd = text.replace("\"message\": {", "\"message\": \"planted-0003\", \"m\": {");
        let outcome = inspect("x.sarif", odd.as_bytes()).outcome;
        assert!(matches!(outcome, Outcome::Unreadable { .. }));
        assert!(!format!("{outcome:?}").contains(PLANTED));
    }
    let near = planted("Semgrep").replacen(
        "\"results\": [",
        &format!(
            "\"results\": [{{\"ruleId\": \"other\", \"locations\": [{{\"physicalLocation\": \
             {{\"contextRegion\": {{\"snippet\": {{\"text\": \"{PLANTED}\"}}}}}}}}]}}, "
        ),
        1,
    );
    let (_, bytes) = read(&near).redacted.expect("a redaction");
    assert!(!String::from_utf8(bytes).expect("text").contains(PLANTED));
    let mut other = planted("Semgrep").replace("\"Secret\"", "\"security\"");
    other = other.replace("false", "true");
    let reading = read(&other);
    assert!(reading.redacted.is_none() && reading.state == ReadingState::Complete);
    assert_eq!(reading.items[0].get("message").as_text(), Some(PLANTED));
}
