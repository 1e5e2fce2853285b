//! The schemas say what the files are: what a run writes, and what a control may hold. The schema
//! of a control is made from the types; `UPDATE=1 cargo test schema` writes it anew.

#![expect(
    clippy::disallowed_methods,
    reason = "tests prepare folders; the rule is for the program itself"
)]

use std::path::Path;
use std::{env, fs};

use audit::load::CONTROL_FIELDS;
use audit::model::criterion::Support;
use audit::model::relation::Origin;
use audit::model::relations::RELATIONS;
use audit::model::words::{Aggregate, Class, Comparator, Nature, Severity, Unit, WhenEmpty};
use audit::parse::yaml::{Data, Node};
use serde_json::{Map, Value as Json, json};

use crate::json_schema::faults;
use crate::support::{
    AS_OF, Scratch, append, audit, bundles, commit_all, copy, ledger, names, package, read,
    read_yaml, write,
};

fn json_file(path: &Path) -> Json {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The two files of a run, checked against their schemas. Gives the report.
fn run_is_as_its_schemas_say(scratch: &Scratch, folder: &Path, more: &[&str]) -> Json {
    let out = scratch.path("out").display().to_string();
    let path = folder.display().to_string();
    let main = [
        &*path,
        "--controls",
        "soc2",
        "--as-of",
        AS_OF,
        "--out",
        &out,
    ];
    let said = audit(&scratch.path(""), &[&main[..], more].concat());
    let bundle = bundles(&scratch.path("out"));
    let bundle = bundle.first().unwrap_or_else(|| panic!("{}", said.stderr));
    for name in ["report", "manifest"] {
        let schema = json_file(&package(&format!("reports/schema/{name}.schema.json")));
        let found = faults(&schema, &json_file(&bundle.join(format!("{name}.json"))));
        assert!(found.is_empty(), "{name}.json: {}", found.join("\n"));
    }
    json_file(&bundle.join("report.json"))
}

#[test]
fn what_a_run_writes_meets_its_schemas() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    run_is_as_its_schemas_say(&scratch, &folder, &[]);
}

#[test]
fn a_run_with_everything_in_it_meets_its_schemas() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    write(
        &folder.join("reports/gitleaks.json"),
        r#"[{"RuleID": "r", "Description": "d", "StartLine": 1, "Match": "m", "Secret": "s",
            "File": "a.py"}, {"RuleID": "q", "Description": "d", "Secret": "s", "File": "b.py"}]"#,
    );
    write(&folder.join("reports/junit.xml"), "<testsuites><testsuite");
    write(&folder.join("reports/coverage.json"), "{}");
    append(
        &folder.join(".audit/policy.yaml"),
        "exclude:\n  - { control: VD-01, reason: Another place, approver: B. Person }\n",
    );
    write(
        &folder.join(".audit/waivers.yaml"),
        "apiVersion: audit/v1\nwaivers:\n  - id: W-1\n    control: SE-03\n    scope: { path: a.py }\n    \
         reason: It is made up\n    owner: A. Person\n    approver: B. Person\n    \
         issued: 2026-11-20\n    expires: 2026-11-30\n  - { id: W-2, control: SE-03 }\n",
    );
    let report = run_is_as_its_schemas_say(&scratch, &folder, &["--fail-on", "high"]);
    for part in ["gaps", "waivers", "left_out", "exhibits"] {
        let part = report[part].as_array().expect("a list");
        assert!(
            !part.is_empty(),
            "the run does not hold what it was made for: {part:?}"
        );
    }
    let deviations = report["results"].as_array().expect("results").iter();
    let deviations = deviations.map(|it| it["deviations"].as_array().map_or(0, Vec::len));
    assert!(deviations.sum::<usize>() > 1);
    assert_eq!(report["subject"]["dirty"], true);
}

#[test]
fn a_folder_that_is_no_repository_meets_its_schemas() {
    let scratch = Scratch::new();
    let folder = scratch.path("plain");
    copy(&package("tests/fixtures/controls/TQ-01/none"), &folder);
    run_is_as_its_schemas_say(&scratch, &folder, &[]);
    let scratch = Scratch::new();
    let folder = scratch.path("empty");
    fs::create_dir_all(&folder).expect("a folder");
    commit_all(&folder);
    run_is_as_its_schemas_say(&scratch, &folder, &[]);
}

/// Every object of a value, by its pointer.
fn objects(value: &Json, at: &str, found: &mut Vec<String>) {
    match value {
        Json::Object(entries) => {
            found.push(at.to_owned());
            for (name, entry) in entries {
                let name = name.replace('~', "~0").replace('/', "~1");
                objects(entry, &format!("{at}/{name}"), found);
            }
        }
        Json::Array(members) => {
            for (index, member) in members.iter().enumerate().take(3) {
                objects(member, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_schemas_refuse_what_is_missing_added_or_of_another_type() {
    // Objects whose names are the user's, or a relation's, may have any.
    let open = [
        "criteria",
        "references",
        "reports",
        "facts",
        "item",
        "observed",
        "fields",
    ];
    for name in ["report", "manifest"] {
        let schema = json_file(&package(&format!("reports/schema/{name}.schema.json")));
        let whole = json_file(&package(&format!("reports/sample/{name}.json")));
        assert!(faults(&schema, &whole).is_empty());
        let mut places = Vec::new();
        objects(&whole, "", &mut places);
        for place in places
            .iter()
            .filter(|place| !open.iter().any(|it| place.ends_with(it)))
        {
            let changed = |change: &dyn Fn(&mut Map<String, Json>)| {
                let mut value = whole.clone();
                let there = value.pointer_mut(place).expect("a place");
                change(there.as_object_mut().expect("an object"));
                !faults(&schema, &value).is_empty()
            };
            let added = |it: &mut Map<String, Json>| {
                it.insert("added".to_owned(), Json::Null);
            };
            assert!(changed(&added), "{name}{place} may have more");
            let of_another_type = |it: &mut Map<String, Json>| {
                it.iter_mut().for_each(|(_, value)| *value = json!(0.5));
            };
            assert!(
                changed(&of_another_type),
                "{name}{place} may have any value"
            );
        }
        for key in whole.as_object().expect("an object").keys() {
            let mut less = whole.clone();
            less.as_object_mut().expect("an object").remove(key);
            assert!(!faults(&schema, &less).is_empty(), "{name} may lack {key}");
        }
    }
}

/// The schema of a control, from the types that the loader reads it into.
fn control_schema() -> Json {
    let text = json!({ "type": "string", "minLength": 1 });
    let texts = json!({ "type": "array", "items": { "type": ["string", "number"] } });
    let relations: Vec<&str> = RELATIONS.iter().map(|relation| relation.name).collect();
    let reports: Vec<&str> = RELATIONS
        .iter()
        .filter(|relation| relation.origin == Origin::Report)
        .map(|relation| relation.name)
        .collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "controls/schema/control.schema.json",
        "title": "A control",
        "description": "For editors. audit controls check says more: it knows the fields of each relation, their types, and the floors.",
        "type": "object",
        "required": ["apiVersion", "id", "title", "statement", "criteria", "severity", "nature",
            "frequency", "class", "procedure", "tests", "remediation"],
        "properties": {
            "apiVersion": { "const": "audit/v1" },
            "id": { "type": "string", "pattern": "^[A-Z0-9]+-[0-9]{2,}$" },
            "title": text, "statement": text, "frequency": text, "procedure": text,
            "remediation": text,
            "criteria": { "description": "How strongly it supports each criterion.",
                "type": "object", "minProperties": 1,
                "additionalProperties": { "enum": Support::NAMES } },
            "references": { "description": "Identifiers in other frameworks.",
                "type": "object", "additionalProperties": texts },
            "severity": { "enum": Severity::NAMES },
            "nature": { "enum": Nature::NAMES },
            "class": { "enum": Class::NAMES },
            "applies_when": { "$ref": "#/$defs/relation" },
            "parameters": { "type": "object", "additionalProperties": { "$ref": "#/$defs/parameter" } },
            "requires": { "type": "array", "items": { "$ref": "#/$defs/requirement" } },
            "tests": { "$ref": "#/$defs/tests" },
            "limitations": texts,
            "waiver_days": { "type": "integer", "minimum": 0 },
        },
        "additionalProperties": false,
        "$defs": {
            "relation": { "enum": relations },
            "report": { "enum": reports },
            "when": { "enum": WhenEmpty::NAMES },
            "value": { "description": "A value, a $parameter, or { field: another field }.",
                "type": ["string", "number", "boolean", "array", "object"] },
            "parameter": {
                "type": "object", "required": ["default", "meaning"],
                "properties": { "default": { "$ref": "#/$defs/value" }, "meaning": text,
                    "unit": { "enum": Unit::NAMES },
                    "floor": { "$ref": "#/$defs/value" } },
                "additionalProperties": false,
            },
            "requirement": {
                "type": "object", "required": ["report"],
                "properties": { "report": { "$ref": "#/$defs/report" },
                    "origin": { "$ref": "#/$defs/value" }, "max_age": { "$ref": "#/$defs/value" },
                    "undated": { "$ref": "#/$defs/value" },
                    "same_sources": { "enum": ["accept", "refuse"] } },
                "additionalProperties": false,
            },
            "clauses": { "description": "Fields of the relation, each with conditions.",
                "type": "object", "minProperties": 1,
                "additionalProperties": { "type": "object", "minProperties": 1,
                    "propertyNames": { "enum": Comparator::NAMES },
                    "additionalProperties": { "$ref": "#/$defs/value" } } },
            "tests": { "type": "array", "minItems": 1, "items": { "oneOf": kinds() } },
        },
    });
    let known = schema["properties"].as_object_mut().expect("an object");
    for field in CONTROL_FIELDS {
        assert!(
            known.contains_key(*field),
            "the schema does not know {field}"
        );
    }
    assert_eq!(known.len(), CONTROL_FIELDS.len());
    schema
}

/// One schema a kind of test: the field that names it, what else it needs, what else it may have.
fn kinds() -> Vec<Json> {
    let kinds: [(&str, &[&str], &[&str]); 8] = [
        ("every", &["must"], &["where", "when_empty", "when_absent"]),
        (
            "count",
            &[],
            &["where", "at-least", "at-most", "when_absent"],
        ),
        (
            "measure",
            &["of", "as"],
            &["where", "at-least", "at-most", "when_empty", "when_absent"],
        ),
        (
            "fresh",
            &["at", "within"],
            &["where", "when_empty", "when_absent"],
        ),
        (
            "reconcile",
            &["key", "with", "with_key"],
            &["where", "with_where", "when_empty", "when_absent"],
        ),
        ("attested", &[], &[]),
        ("all-of", &[], &[]),
        ("any-of", &[], &[]),
    ];
    let property = |name: &str| match name {
        "every" | "count" | "measure" | "fresh" | "reconcile" | "with" => {
            json!({ "$ref": "#/$defs/relation" })
        }
        "all-of" | "any-of" => json!({ "$ref": "#/$defs/tests" }),
        "where" | "with_where" | "must" => json!({ "$ref": "#/$defs/clauses" }),
        "when_empty" | "when_absent" => json!({ "$ref": "#/$defs/when" }),
        "as" => json!({ "enum": Aggregate::NAMES }),
        "at-least" | "at-most" | "within" => json!({ "$ref": "#/$defs/value" }),
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    let kind = |(name, needs, may): &(&str, &[&str], &[&str])| {
        let required = [&["attribute", *name][..], needs].concat();
        let fields = [&required[..], may].concat();
        let properties: Map<String, Json> = fields
            .iter()
            .map(|field| ((*field).to_owned(), property(field)))
            .collect();
        json!({ "type": "object", "required": required, "properties": properties,
            "additionalProperties": false })
    };
    kinds.iter().map(kind).collect()
}

/// A YAML document as the JSON that an editor checks.
fn as_json(node: &Node) -> Json {
    match &node.data {
        Data::Scalar(_, true) if node.is_null() => Json::Null,
        Data::Scalar(text, plain) => {
            let number = plain.then(|| serde_json::from_str(text).ok()).flatten();
            number.unwrap_or_else(|| Json::from(text.as_str()))
        }
        Data::Sequence(members) => members.iter().map(|member| as_json(member)).collect(),
        Data::Mapping(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|entry| (entry.name().to_owned(), as_json(&entry.value)));
            Json::Object(entries.collect())
        }
    }
}

#[test]
fn every_control_meets_the_schema_and_a_wrong_one_does_not() {
    let place = package("controls/schema/control.schema.json");
    let schema = control_schema();
    let text = format!("{schema:#}\n");
    if env::var_os("UPDATE").is_some_and(|update| update == "1") {
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        write(&place, &text);
    }
    let same = place.exists() && read(&place) == text;
    assert!(
        same,
        "controls/schema/ is not what the types say; UPDATE=1 cargo test schema"
    );
    let folder = package("controls/soc2");
    let about = ["catalogue.yaml", "criteria.yaml"];
    let files = names(&folder).into_iter();
    for name in files.filter(|name| !about.contains(&name.as_str())) {
        let control = as_json(&read_yaml(&folder.join(&name)));
        assert_eq!(faults(&schema, &control), Vec::<String>::new(), "{name}");
        let mut wrong = control.clone();
        wrong["tests"][0]["whenempty"] = json!("not-tested");
        assert_ne!(faults(&schema, &wrong), Vec::<String>::new(), "{name}");
        let mut wrong = control;
        wrong["severity"] = json!("urgent");
        assert_eq!(faults(&schema, &wrong).len(), 1, "{name}");
    }
}
