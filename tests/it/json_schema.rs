//! As much of JSON Schema 2020-12 as the schemas of this project use. A keyword that is not known
//! here is refused, so that no schema says a thing that nobody checks.

use serde_json::{Map, Value as Json};

/// Keywords that say something to people and nothing about a value.
const SAYS: [&str; 6] = [
    "$schema",
    "$id",
    "$defs",
    "title",
    "description",
    "$comment",
];

/// Everything in a value that its schema does not allow, with the pointer to it.
pub(crate) fn faults(schema: &Json, value: &Json) -> Vec<String> {
    let mut faults = Vec::new();
    let checker = Checker { root: schema };
    checker.check(schema, value, "", &mut faults);
    faults
}

struct Checker<'s> {
    root: &'s Json,
}

impl Checker<'_> {
    fn check(&self, schema: &Json, value: &Json, at: &str, faults: &mut Vec<String>) {
        let Json::Object(keywords) = schema else {
            if schema == &Json::Bool(false) {
                faults.push(format!("{at}: not allowed"));
            }
            return;
        };
        for (keyword, operand) in keywords {
            match keyword.as_str() {
                "$ref" => self.check(self.definition(operand), value, at, faults),
                "anyOf" | "oneOf" => self.joined(keyword, operand, value, at, faults),
                "properties" | "additionalProperties" | "required" | "propertyNames" => {
                    self.members(keyword, keywords, value, at, faults);
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(operand, item, &format!("{at}/{index}"), faults);
                    }
                }
                known if SAYS.contains(&known) => {}
                _ => {
                    if !holds(keyword, operand, value) {
                        faults.push(format!("{at}: {value:.80} is not {keyword} {operand}"));
                    }
                }
            }
        }
    }

    fn definition(&self, reference: &Json) -> &Json {
        let pointer = reference.as_str().and_then(|it| it.strip_prefix('#'));
        let found = pointer.and_then(|pointer| self.root.pointer(pointer));
        found.unwrap_or_else(|| panic!("there is no {reference}"))
    }

    fn joined(
        &self,
        keyword: &str,
        schemas: &Json,
        value: &Json,
        at: &str,
        faults: &mut Vec<String>,
    ) {
        let each: Vec<Vec<String>> = schemas
            .as_array()
            .expect("a list of schemas")
            .iter()
            .map(|schema| {
                let mut faults = Vec::new();
                self.check(schema, value, at, &mut faults);
                faults
            })
            .collect();
        let met = each.iter().filter(|faults| faults.is_empty()).count();
        if met == 0 || (keyword == "oneOf" && met > 1) {
            faults.push(format!("{at}: {met} of {} are met: {each:?}", each.len()));
        }
    }

    fn members(
        &self,
        keyword: &str,
        keywords: &Map<String, Json>,
        value: &Json,
        at: &str,
        faults: &mut Vec<String>,
    ) {
        let (operand, Json::Object(members)) = (&keywords[keyword], value) else {
            return;
        };
        let declared = keywords.get("properties").and_then(Json::as_object);
        let declared = |name: &str| declared.and_then(|declared| declared.get(name));
        if keyword == "required" {
            for name in operand.as_array().expect("a list of names") {
                if !members.contains_key(name.as_str().expect("a name")) {
                    faults.push(format!("{at}: {name} is missing"));
                }
            }
            return;
        }
        for (name, member) in members {
            let at = format!("{at}/{name}");
            match keyword {
                "properties" => {
                    if let Some(schema) = declared(name) {
                        self.check(schema, member, &at, faults);
                    }
                }
                "propertyNames" => self.check(operand, &Json::from(name.as_str()), &at, faults),
                _ if declared(name).is_none() => self.check(operand, member, &at, faults),
                _ => {}
            }
        }
    }
}

/// Whether a value meets a keyword that needs no other schema.
fn holds(keyword: &str, operand: &Json, value: &Json) -> bool {
    let bound = || operand.as_u64().expect("a bound");
    let fits = |count: usize| match keyword {
        "minItems" | "minProperties" | "minLength" => count as u64 >= bound(),
        _ => count as u64 <= bound(),
    };
    match keyword {
        "const" => value == operand,
        "enum" => operand.as_array().expect("a list").contains(value),
        "type" => match operand {
            Json::Array(types) => types.iter().any(|one| is(one, value)),
            one => is(one, value),
        },
        "minimum" => value
            .as_i64()
            .is_none_or(|number| Some(number) >= operand.as_i64()),
        "maximum" => value
            .as_i64()
            .is_none_or(|number| Some(number) <= operand.as_i64()),
        "minItems" | "maxItems" => value.as_array().is_none_or(|items| fits(items.len())),
        "minProperties" | "maxProperties" => value.as_object().is_none_or(|it| fits(it.len())),
        "minLength" => value.as_str().is_none_or(|text| fits(text.chars().count())),
        "pattern" => {
            let pattern = operand.as_str().expect("a pattern");
            value.as_str().is_none_or(|text| matches(pattern, text))
        }
        _ => panic!("the keyword {keyword} is not known here"),
    }
}

fn is(name: &Json, value: &Json) -> bool {
    match name.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("there is no type {other}"),
    }
}

/// A regular expression of literals and classes, each with a count: `^[0-9a-f]{64}$`. Each takes as
/// much as it can and gives nothing back.
fn matches(pattern: &str, text: &str) -> bool {
    let inner = pattern
        .strip_prefix('^')
        .and_then(|it| it.strip_suffix('$'));
    let mut pattern = inner.unwrap_or_else(|| panic!("{pattern} is not anchored"));
    let mut text = text.chars().peekable();
    while let Some(first) = pattern.chars().next() {
        let class = match pattern.strip_prefix('[') {
            Some(rest) => rest.split_once(']').expect("an end of the class").0,
            None => &pattern[..first.len_utf8()],
        };
        pattern = &pattern[class.len() + if first == '[' { 2 } else { 0 }..];
        let (least, most) = count(&mut pattern);
        let taken = std::iter::from_fn(|| text.next_if(|it| within(class, *it)));
        let taken = taken.take(most).count();
        if taken < least {
            return false;
        }
    }
    text.next().is_none()
}

fn within(class: &str, character: char) -> bool {
    let class: Vec<char> = class.chars().collect();
    let mut at = 0;
    while let Some(from) = class.get(at) {
        let range = class.get(at + 1) == Some(&'-');
        let to = class.get(at + 2).filter(|_| range);
        if (*from..=*to.unwrap_or(from)).contains(&character) {
            return true;
        }
        at += if to.is_some() { 3 } else { 1 };
    }
    false
}

/// Takes a count from the front of a pattern.
fn count(pattern: &mut &str) -> (usize, usize) {
    if let Some(rest) = pattern.strip_prefix('+') {
        *pattern = rest;
        return (1, usize::MAX);
    }
    let Some((inside, rest)) = pattern.strip_prefix('{').and_then(|it| it.split_once('}')) else {
        return (1, 1);
    };
    *pattern = rest;
    let number = |text: &str| text.parse().expect("a number");
    match inside.split_once(',') {
        None => (number(inside), number(inside)),
        Some((least, "")) => (number(least), usize::MAX),
        Some((least, most)) => (number(least), number(most)),
    }
}

#[test]
fn every_keyword_refuses_what_it_is_there_to_refuse() {
    let cases = [
        (r#"{"type": "integer"}"#, "1", "1.0"),
        (r#"{"type": ["string", "null"]}"#, "null", "true"),
        (r#"{"const": "a"}"#, "\"a\"", "\"b\""),
        (r#"{"enum": ["a", null]}"#, "null", "\"b\""),
        (r#"{"minimum": 0}"#, "0", "-1"),
        (r#"{"maximum": 7}"#, "7", "8"),
        (
            r#"{"items": {"type": "string"}, "minItems": 1}"#,
            "[\"\"]",
            "[]",
        ),
        (r#"{"items": {"type": "string"}}"#, "[]", "[1]"),
        (r#"{"maxItems": 1}"#, "[1]", "[1, 2]"),
        (
            r#"{"minProperties": 1, "maxProperties": 1}"#,
            r#"{"a": 1}"#,
            "{}",
        ),
        (r#"{"minLength": 1}"#, "\"a\"", "\"\""),
        (r#"{"required": ["a"]}"#, r#"{"a": 1}"#, "{}"),
        (
            r#"{"properties": {"a": {"type": "null"}}, "additionalProperties": false}"#,
            r#"{"a": null}"#,
            r#"{"b": null}"#,
        ),
        (
            r#"{"additionalProperties": {"type": "null"}}"#,
            r#"{"a": null}"#,
            r#"{"a": 1}"#,
        ),
        (
            r#"{"propertyNames": {"enum": ["a"]}}"#,
            r#"{"a": 1}"#,
            r#"{"b": 1}"#,
        ),
        (r#"{"anyOf": [{"type": "null"}, {"const": 1}]}"#, "1", "2"),
        (
            r#"{"oneOf": [{"type": "integer"}, {"const": 1}]}"#,
            "2",
            "1",
        ),
        (
            r##"{"$ref": "#/$defs/x", "$defs": {"x": {"const": 1}}}"##,
            "1",
            "2",
        ),
        (
            r#"{"pattern": "^[A-Z0-9]+-[0-9]{2,}$"}"#,
            "\"CI-01\"",
            "\"CI-1\"",
        ),
        (
            r#"{"pattern": "^[a-z]+[.][a-z]{1,3}$"}"#,
            "\"ab.cde\"",
            "\"ab.cdef\"",
        ),
    ];
    for (schema, good, bad) in cases {
        let read = |text: &str| -> Json { serde_json::from_str(text).expect("JSON") };
        let found = |value: &str| faults(&read(schema), &read(value));
        assert_eq!(found(good), Vec::<String>::new(), "{schema}");
        assert_eq!(found(bad).len(), 1, "{schema} lets {bad} pass");
    }
}
