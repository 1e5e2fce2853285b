//! What runs write meets the schemas that are published, whatever was examined.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use crate::support::{
    AS_OF, Scratch, append, audit, bundles, commit_all, copy, ledger, package, read, write,
};

/// The one checker of schemas, which the unit tests use too.
#[path = "../../src/render/schema/check.rs"]
mod check;

fn json_file(path: &Path) -> Json {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a schema finds wrong.
pub(crate) fn faults(schema: &Json, value: &Json) -> Vec<String> {
    check::Schema::new(schema.clone()).faults(value)
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
    for name in ["report", "manifest", "inventory"] {
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
    let report = run_is_as_its_schemas_say(
        &scratch,
        &folder,
        &["--fail-on", "high", "--waivers-from", "HEAD"],
    );
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
    assert_eq!(report["waivers_from"]["found"], 0);
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
        "owners",
        "security_tests",
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
