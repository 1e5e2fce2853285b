//! What a report says, in one line for a table.

use std::collections::BTreeMap;

use crate::model::text::{excerpt, grouped, visible};
use crate::model::value::Value;

/// The measures of a kind of report in one line.
pub(crate) fn measures(kind: &str, measures: &BTreeMap<String, Value>) -> String {
    let parts = match kind {
        "coverage" => coverage(measures),
        "mutation" => mutation(measures),
        "analysis" | "types" | "secrets" => findings(measures),
        "dependencies" => dependencies(measures),
        "tests" => tests(measures),
        "licences" => licences(measures),
        "sbom" => sbom(measures),
        "forge" => forge(measures),
        _ => Vec::new(),
    };
    let parts = if parts.is_empty() {
        plain(measures)
    } else {
        parts
    };
    parts.join(" · ")
}

/// The last note as a fragment: what was inconsistent, skipped or assumed.
pub(crate) fn note(notes: &[String]) -> Option<String> {
    let last = notes.last()?;
    Some(excerpt(last.trim_end_matches('.')))
}

fn int(measures: &BTreeMap<String, Value>, name: &str) -> Option<u64> {
    u64::try_from(measures.get(name)?.as_int()?).ok()
}

/// `12 tests`, in the form for the count.
fn counted(count: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { more })
}

fn coverage(measures: &BTreeMap<String, Value>) -> Vec<String> {
    let mut parts: Vec<String> = ["lines", "branches", "functions", "statements"]
        .iter()
        .filter_map(|name| {
            let ratio = measures.get(*name)?.as_ratio()?;
            Some(format!(
                "{name} {} of {}",
                grouped(ratio.covered),
                grouped(ratio.total)
            ))
        })
        .collect();
    parts.extend(int(measures, "files").map(|files| counted(files, "file", "files")));
    parts
}

fn mutation(measures: &BTreeMap<String, Value>) -> Vec<String> {
    let mut parts = Vec::new();
    if let (Some(detected), Some(valid)) = (int(measures, "detected"), int(measures, "valid")) {
        parts.push(format!(
            "detected {} of {}",
            grouped(detected),
            grouped(valid)
        ));
    }
    for name in ["survived", "no_coverage", "suspicious", "errors", "pending"] {
        if let Some(count) = int(measures, name).filter(|count| *count > 0) {
            parts.push(format!("{} {}", name.replace('_', " "), grouped(count)));
        }
    }
    parts
}

/// `active 3 (1 high, 2 low)`.
fn findings(measures: &BTreeMap<String, Value>) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(active) = int(measures, "active").or_else(|| int(measures, "total")) {
        let severities = severities(measures);
        parts.push(format!("active {}{severities}", grouped(active)));
    }
    for name in ["suppressed", "verified", "unaudited"] {
        if let Some(count) = int(measures, name).filter(|count| *count > 0) {
            parts.push(format!("{name} {}", grouped(count)));
        }
    }
    parts
}

fn severities(measures: &BTreeMap<String, Value>) -> String {
    let Some(Value::Map(map)) = measures.get("by_severity") else {
        return String::new();
    };
    let rank = |name: &str| {
        [
            "critical", "high", "error", "medium", "moderate", "warning", "low", "note", "none",
        ]
        .iter()
        .position(|known| *known == name)
        .unwrap_or(usize::MAX)
    };
    let mut counts: Vec<(&String, u64)> = map
        .iter()
        .filter_map(|(name, value)| Some((name, u64::try_from(value.as_int()?).ok()?)))
        .filter(|(_, count)| *count > 0)
        .collect();
    counts.sort_by_key(|(name, _)| (rank(name), (*name).clone()));
    if counts.is_empty() {
        return String::new();
    }
    let words: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("{} {}", grouped(*count), excerpt(name)))
        .collect();
    format!(" ({})", words.join(", "))
}

fn dependencies(measures: &BTreeMap<String, Value>) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(unique) = int(measures, "unique") {
        let severities = severities(measures);
        let advisories = counted(unique, "advisory", "advisories");
        parts.push(format!("{advisories}{severities}"));
    }
    if let Some(called) = int(measures, "called") {
        parts.push(format!("called {}", grouped(called)));
    }
    for name in ["suppressed", "warnings"] {
        if let Some(count) = int(measures, name).filter(|count| *count > 0) {
            parts.push(format!("{name} {}", grouped(count)));
        }
    }
    match (int(measures, "audited"), int(measures, "packages")) {
        (Some(audited), Some(packages)) => parts.push(format!(
            "{} of {} packages looked at",
            grouped(audited),
            grouped(packages)
        )),
        (None, Some(packages)) => parts.push(counted(packages, "package", "packages")),
        _ => {}
    }
    if let Some(skipped) = int(measures, "skipped").filter(|skipped| *skipped > 0) {
        parts.push(format!("skipped {}", grouped(skipped)));
    }
    parts
}

fn tests(measures: &BTreeMap<String, Value>) -> Vec<String> {
    let Some(total) = int(measures, "total") else {
        return Vec::new();
    };
    let rest: Vec<String> = ["failed", "errors", "skipped", "todo"]
        .iter()
        .filter_map(|name| Some(format!("{name} {}", grouped(int(measures, name)?))))
        .collect();
    let total = counted(total, "test", "tests");
    if rest.is_empty() {
        vec![total]
    } else {
        vec![format!("{total}: {}", rest.join(", "))]
    }
}

fn licences(measures: &BTreeMap<String, Value>) -> Vec<String> {
    let Some(packages) = int(measures, "packages") else {
        return Vec::new();
    };
    let mut parts = vec![counted(packages, "package", "packages")];
    if let Some(unknown) = int(measures, "unknown").filter(|unknown| *unknown > 0) {
        parts.push(format!("{} without a known licence", grouped(unknown)));
    }
    parts
}

fn sbom(measures: &BTreeMap<String, Value>) -> Vec<String> {
    let components = int(measures, "components");
    let components = components.map(|count| counted(count, "component", "components"));
    let mut parts: Vec<String> = components.into_iter().collect();
    for (name, words) in [
        ("versioned", "with a version"),
        ("identified", "identified"),
    ] {
        let ratio = measures.get(name).and_then(Value::as_ratio);
        let short = ratio.filter(|ratio| ratio.covered < ratio.total);
        parts.extend(short.map(|ratio| format!("{} {words}", grouped(ratio.covered))));
    }
    if let Some(count) = int(measures, "vulnerabilities").filter(|count| *count > 0) {
        parts.push(counted(count, "vulnerability", "vulnerabilities"));
    }
    parts
}

/// `3 rows: open 2, fixed 1`.
fn forge(measures: &BTreeMap<String, Value>) -> Vec<String> {
    let Some(items) = int(measures, "items") else {
        return Vec::new();
    };
    let rows = counted(items, "row", "rows");
    let Some(Value::Map(map)) = measures.get("by_state") else {
        return vec![rows];
    };
    let count = |value: &Value| {
        u64::try_from(value.as_int()?)
            .ok()
            .filter(|count| *count > 0)
    };
    let mut counts: Vec<(&String, u64)> = map
        .iter()
        .filter_map(|(name, value)| Some((name, count(value)?)))
        .collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), (*name).clone()));
    let states: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("{} {}", excerpt(name), grouped(*count)))
        .collect();
    if states.is_empty() {
        vec![rows]
    } else {
        vec![format!("{rows}: {}", states.join(", "))]
    }
}

/// Every measure by its name.
fn plain(measures: &BTreeMap<String, Value>) -> Vec<String> {
    measures
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let value = match value {
                Value::Int(number) => {
                    u64::try_from(*number).map_or_else(|_| number.to_string(), grouped)
                }
                other => other.to_string(),
            };
            format!("{} {}", visible(name).replace('_', " "), excerpt(&value))
        })
        .collect()
}

#[cfg(test)]
mod checks {
    use super::*;
    use crate::model::value::Ratio;

    fn said(kind: &str, pairs: &[(&str, Value)]) -> String {
        let map = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        measures(kind, &map)
    }

    #[test]
    fn each_kind_says_its_figures_in_one_line() {
        let lines = [
            ("lines", Value::Ratio(Ratio::new(9_994, 10_000))),
            ("files", Value::Int(88)),
        ];
        assert_eq!(said("coverage", &lines), "lines 9,994 of 10,000 · 88 files");
        let by: BTreeMap<String, Value> = [("low", 2), ("high", 1)]
            .map(|(name, count)| (name.to_owned(), Value::Int(count)))
            .into();
        let active = [("active", Value::Int(3)), ("by_severity", Value::Map(by))];
        assert_eq!(said("analysis", &active), "active 3 (1 high, 2 low)");
        let cases = [
            ("total", Value::Int(1)),
            ("failed", Value::Int(0)),
            ("skipped", Value::Int(0)),
        ];
        assert_eq!(said("tests", &cases), "1 test: failed 0, skipped 0");
    }

    #[test]
    fn what_others_list_is_counted_in_words() {
        let bill = [
            ("components", Value::Int(7)),
            ("versioned", Value::Ratio(Ratio::new(6, 7))),
            ("identified", Value::Ratio(Ratio::new(7, 7))),
            ("vulnerabilities", Value::Int(1)),
        ];
        let line = "7 components · 6 with a version · 1 vulnerability";
        assert_eq!(said("sbom", &bill), line);
        assert_eq!(
            said("sbom", &[("vulnerabilities", Value::Int(2))]),
            "2 vulnerabilities"
        );
        let packages = [("packages", Value::Int(62)), ("unknown", Value::Int(1))];
        assert_eq!(
            said("licences", &packages),
            "62 packages · 1 without a known licence"
        );
        let by = [("fixed", 1), ("open", 2), ("dismissed", 0)]
            .map(|(name, count)| (name.to_owned(), Value::Int(count)));
        let rows = [
            ("items", Value::Int(3)),
            ("by_state", Value::Map(by.into())),
        ];
        assert_eq!(said("forge", &rows), "3 rows: open 2, fixed 1");
        assert_eq!(said("forge", &[("items", Value::Int(1))]), "1 row");
        assert_eq!(said("other", &[("things", Value::Int(7))]), "things 7");
    }
}
