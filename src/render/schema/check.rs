//! As much of JSON Schema as the published schemas use. A keyword it does not know is a failure,
//! so that nothing in a schema goes unchecked.

use serde_json::Value;

/// Keywords that say nothing about the value itself, or are looked at in [`Schema::inside`].
const ELSEWHERE: [&str; 10] = [
    "$schema",
    "$id",
    "$defs",
    "$ref",
    "title",
    "description",
    "required",
    "properties",
    "additionalProperties",
    "items",
];

/// A schema with its definitions.
pub(super) struct Schema(Value);

impl Schema {
    /// The schema that a document holds.
    pub(super) const fn new(document: Value) -> Self {
        Self(document)
    }

    /// What is not as the schema says, each with its place.
    pub(super) fn faults(&self, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(&self.0, value, "", &mut faults);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().expect("a schema is an object") {
            let says = match keyword.as_str() {
                "type" => (!typed(rule, value)).then(|| format!("not {}", shown(rule))),
                "const" => (rule != value).then(|| format!("not {}", shown(rule))),
                "enum" => (!list(rule).contains(value)).then(|| format!("not one of {rule}")),
                "minimum" => {
                    let small = value.as_i64().is_some_and(|n| Some(n) < rule.as_i64());
                    small.then(|| "too small".to_owned())
                }
                "minLength" => (value.as_str() == Some("")).then(|| "empty".to_owned()),
                "minItems" => (value.as_array() == Some(&Vec::new())).then(|| "empty".to_owned()),
                "pattern" => {
                    let unlike = value
                        .as_str()
                        .is_some_and(|text| !matches(shown(rule), text));
                    unlike.then(|| format!("not like {rule}"))
                }
                "anyOf" | "oneOf" => self.choice(keyword == "oneOf", rule, value, at),
                other => {
                    assert!(ELSEWHERE.contains(&other), "unknown keyword {other}");
                    None
                }
            };
            faults.extend(says.map(|says| format!("{at}: {says}")));
        }
        self.inside(schema, value, at, faults);
    }

    /// What stands below a value: members, entries, and the definition it refers to.
    fn inside(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.0.pointer(name.trim_start_matches('#'));
            self.check(target.expect(name), value, at, faults);
        }
        if let (Some(items), Some(members)) = (schema.get("items"), value.as_array()) {
            for (index, member) in members.iter().enumerate() {
                self.check(items, member, &format!("{at}/{index}"), faults);
            }
        }
        let Some(entries) = value.as_object() else {
            return;
        };
        for name in list(schema.get("required").unwrap_or(&Value::Null)) {
            if !entries.contains_key(shown(name)) {
                faults.push(format!("{at}: no {}", shown(name)));
            }
        }
        for (name, entry) in entries {
            let place = format!("{at}/{name}");
            match (
                schema["properties"].get(name),
                schema.get("additionalProperties"),
            ) {
                (Some(property), _) => self.check(property, entry, &place, faults),
                (None, Some(Value::Bool(false))) => faults.push(format!("{at}: unknown {name}")),
                (None, Some(rest)) if rest.is_object() => self.check(rest, entry, &place, faults),
                _ => {}
            }
        }
    }

    fn choice(&self, one: bool, rule: &Value, value: &Value, at: &str) -> Option<String> {
        let schemas = list(rule).iter();
        let held = schemas
            .filter(|schema| self.holds(schema, value, at))
            .count();
        (held == 0 || (one && held > 1)).then(|| format!("{held} of the choices hold"))
    }

    fn holds(&self, schema: &Value, value: &Value, at: &str) -> bool {
        let mut faults = Vec::new();
        self.check(schema, value, at, &mut faults);
        faults.is_empty()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn shown(value: &Value) -> &str {
    value.as_str().unwrap_or("as given")
}

fn typed(rule: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type {other}"),
    };
    rule.as_str()
        .map_or_else(|| list(rule).iter().any(|name| is(shown(name))), is)
}

/// Whole-text patterns made of characters and classes, each with an optional `{n}`, `{n,}` or `+`.
fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.trim_start_matches('^').trim_end_matches('$');
    let mut text = text;
    while !rest.is_empty() {
        let (class, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').expect("a class"),
            None => rest.split_at(1),
        };
        let (least, most, after) = times(after);
        let length = text
            .chars()
            .take(most)
            .take_while(|c| within(class, *c))
            .count();
        if length < least {
            return false;
        }
        (text, rest) = (&text[length..], after);
    }
    text.is_empty()
}

fn times(after: &str) -> (usize, usize, &str) {
    if let Some(after) = after.strip_prefix('+') {
        return (1, usize::MAX, after);
    }
    let Some((bounds, after)) = after.strip_prefix('{').and_then(|a| a.split_once('}')) else {
        return (1, 1, after);
    };
    let number = |text: &str| text.parse::<usize>().expect("a number");
    match bounds.strip_suffix(',') {
        Some(least) => (number(least), usize::MAX, after),
        None => (number(bounds), number(bounds), after),
    }
}

fn within(class: &str, character: char) -> bool {
    let parts: Vec<char> = class.chars().collect();
    let mut at = 0;
    while let Some(first) = parts.get(at) {
        if let (Some('-'), Some(last)) = (parts.get(at + 1), parts.get(at + 2)) {
            if (*first..=*last).contains(&character) {
                return true;
            }
            at += 3;
        } else {
            if *first == character {
                return true;
            }
            at += 1;
        }
    }
    false
}

#[test]
fn patterns_hold_over_the_whole_text() {
    assert!(matches("^[A-Z0-9]+-[0-9]{2,}$", "CI-01"));
    assert!(!matches("^[A-Z0-9]+-[0-9]{2,}$", "CI-1"));
    assert!(matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-10-01"));
    assert!(!matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-10-011"));
}
