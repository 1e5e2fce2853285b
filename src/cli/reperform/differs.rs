//! How two values differ, in places and values that a person can look up.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use crate::model::text::excerpt;

/// How many differences of one part are written down.
const MOST: usize = 20;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// Where.
    pub(super) at: String,
    /// What was sealed.
    pub(super) sealed: String,
    /// What was derived.
    pub(super) derived: String,
}

impl Difference {
    /// A difference between two texts.
    pub(super) fn new(at: &str, sealed: &str, derived: &str) -> Self {
        Self {
            at: at.to_owned(),
            sealed: excerpt(sealed),
            derived: excerpt(derived),
        }
    }
}

/// How two results of one control differ: first the result, then how many were counted, then what
/// deviates, then everything else.
pub(super) fn of_results(sealed: &Json, derived: &Json) -> Vec<Difference> {
    if sealed == derived {
        return Vec::new();
    }
    let mut found = Vec::new();
    for name in ["outcome", "waived", "reason", "severity"] {
        walk(name, &sealed[name], &derived[name], &mut found);
    }
    deviations(&sealed["deviations"], &derived["deviations"], &mut found);
    let known = ["outcome", "waived", "reason", "severity", "deviations"];
    let keys = |it: &Json| -> Vec<String> {
        let object = it.as_object();
        object.map_or_else(Vec::new, |it| it.keys().cloned().collect())
    };
    let mut names = keys(sealed);
    names.extend(keys(derived));
    names.sort();
    names.dedup();
    for name in names.iter().filter(|it| !known.contains(&it.as_str())) {
        walk(
            name,
            &sealed[name.as_str()],
            &derived[name.as_str()],
            &mut found,
        );
    }
    if found.is_empty() {
        // The same deviations in another order, or one of them twice.
        walk(
            "deviations",
            &sealed["deviations"],
            &derived["deviations"],
            &mut found,
        );
    }
    found.truncate(MOST);
    found
}

/// Deviations are the same by their fingerprints, wherever they stand in the list.
fn deviations(sealed: &Json, derived: &Json, found: &mut Vec<Difference>) {
    let count = |list: &Json| list.as_array().map_or(0, Vec::len);
    if count(sealed) != count(derived) {
        found.push(Difference::new(
            "number of deviations",
            &count(sealed).to_string(),
            &count(derived).to_string(),
        ));
    }
    let (sealed, derived) = (by_fingerprint(sealed), by_fingerprint(derived));
    for (print, deviation) in &sealed {
        match derived.get(print) {
            None => found.push(Difference::new(&place(deviation), "a deviation", "none")),
            Some(other) => walk(&place(deviation), deviation, other, found),
        }
    }
    for (print, deviation) in &derived {
        if !sealed.contains_key(print) {
            found.push(Difference::new(&place(deviation), "none", "a deviation"));
        }
    }
}

fn by_fingerprint(list: &Json) -> BTreeMap<&str, &Json> {
    let list = list.as_array().into_iter().flatten();
    list.map(|one| (one["fingerprint"].as_str().unwrap_or_default(), one))
        .collect()
}

fn place(deviation: &Json) -> String {
    let place = deviation["place"].as_str().filter(|it| !it.is_empty());
    format!("deviation at {}", excerpt(place.unwrap_or("no place")))
}

/// How two values differ, place by place.
pub(super) fn between(at: &str, sealed: &Json, derived: &Json) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(at, sealed, derived, &mut found);
    found
}

fn walk(at: &str, sealed: &Json, derived: &Json, found: &mut Vec<Difference>) {
    if sealed == derived || found.len() >= MOST {
        return;
    }
    match (sealed, derived) {
        (Json::Object(one), Json::Object(other)) => {
            let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let null = Json::Null;
                let (was, is) = (one.get(name), other.get(name));
                let at = format!("{at} {name}");
                walk(&at, was.unwrap_or(&null), is.unwrap_or(&null), found);
            }
        }
        (Json::Array(one), Json::Array(other)) => {
            if one.len() != other.len() {
                let (one, other) = (one.len().to_string(), other.len().to_string());
                found.push(Difference::new(&format!("{at}, how many"), &one, &other));
            }
            for (number, (was, is)) in one.iter().zip(other).enumerate() {
                walk(&format!("{at} {}", number + 1), was, is, found);
            }
        }
        _ => found.push(Difference::new(at, &said(sealed), &said(derived))),
    }
}

fn said(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => "none".to_owned(),
        Json::Object(_) | Json::Array(_) => "something".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn result(outcome: &str, prints: &[&str]) -> Json {
        let deviations: Vec<Json> = prints
            .iter()
            .map(|print| json!({ "fingerprint": print, "place": format!("a.py:{print}") }))
            .collect();
        json!({ "outcome": outcome, "deviations": deviations, "tests": [{ "items": prints.len() }] })
    }

    #[test]
    fn results_are_the_same_only_when_every_part_of_them_is() {
        let one = result("exceptions-noted", &["1", "2"]);
        assert_eq!(of_results(&one, &one), []);
        let places = |other: &Json| -> Vec<String> {
            of_results(&one, other)
                .into_iter()
                .map(|it| it.at)
                .collect()
        };
        let other = result("no-exceptions-noted", &[]);
        assert_eq!(places(&other).first().map(String::as_str), Some("outcome"));
        let swapped = result("exceptions-noted", &["1", "3"]);
        assert_eq!(
            places(&swapped),
            ["deviation at a.py:2", "deviation at a.py:3"]
        );
        // Nothing but the order, or a second one of the same.
        let turned = result("exceptions-noted", &["2", "1"]);
        assert!(!places(&turned).is_empty());
        let twice = result("exceptions-noted", &["1", "2", "2"]);
        assert_eq!(places(&twice)[0], "number of deviations");
        let mut worded = one.clone();
        worded["tests"][0]["sentence"] = json!("other words");
        assert_eq!(places(&worded), ["tests 1 sentence"]);
    }
}
