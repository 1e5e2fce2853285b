//! Runs that leave many files behind are one report each, and none is counted twice.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::{Scratch, audit};

const A: &str = r#"{"exit_code_by_key": {"a": 1, "b": 1, "c": 0, "d": 33}}"#;
const B: &str = r#"{"exit_code_by_key": {"e": 1, "f": 37}}"#;
const EMPTY: &str = r#"{"exit_code_by_key": {}, "hash_by_function_name": {}}"#;
const STATS: &str = r#"{"killed": 3, "survived": 1, "total": 6, "no_tests": 1, "skipped": 0,
    "suspicious": 0, "timeout": 0, "segfault": 0}"#;

/// Writes a file and the folders above it.
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    crate::support::write(path, text);
}

/// A project with a run of mutmut 3: two files with mutants, one without.
fn project(scratch: &Scratch) -> std::path::PathBuf {
    let folder = scratch.path("project");
    for (name, record) in [
        ("src/shop/cart.py", A),
        ("src/shop/vendor/money.py", B),
        ("src/shop/__init__.py", EMPTY),
    ] {
        write(&folder.join(name), "");
        write(&folder.join(format!("mutants/{name}.meta")), record);
    }
    folder
}

/// The reports of mutation testing: path, state, killed and total, in order; and the gaps.
fn reports(folder: &Path) -> (Json, String) {
    let said = audit(folder, &["facts", ".", "--format", "json"]);
    let facts: Json = serde_json::from_str(&said.stdout).expect("facts");
    let population = &facts["relations"]["mutation.report"];
    let items = population["items"].as_array().expect("items");
    let rows = items.iter().map(|item| {
        let measures = &item["measures"];
        json!([
            item["path"],
            item["state"],
            measures["killed"],
            measures["total"]
        ])
    });
    (rows.collect(), population["gaps"].to_string())
}

#[test]
fn the_records_of_a_run_are_one_report_and_an_empty_one_is_no_fault() {
    let scratch = Scratch::new();
    let folder = project(&scratch);
    let (found, gaps) = reports(&folder);
    assert_eq!(found, json!([["mutants", "complete", 3, 6]]));
    assert_eq!(gaps, "[]");
    // mutmut never removes a record, and leaves those of files that are gone out itself.
    write(&folder.join("mutants/src/shop/gone.py.meta"), A);
    assert_eq!(reports(&folder).0, json!([["mutants", "complete", 3, 6]]));
    write(
        &folder.join("mutants/src/shop/cart.py.meta"),
        r#"{"exit_code_by_key": {"a": 1, "b": null}}"#,
    );
    let (stopped, gaps) = reports(&folder);
    assert_eq!(stopped, json!([["mutants", "incomplete", 2, 4]]));
    assert!(gaps.contains("1 mutant was not tried"), "{gaps}");
}

#[test]
fn statistics_and_listings_of_the_same_run_are_not_counted_again() {
    for place in ["mutants/mutmut-cicd-stats.json", "reports/stats.json"] {
        let scratch = Scratch::new();
        let folder = project(&scratch);
        write(&folder.join(place), STATS);
        let listing = "src.shop.cart.x_f__mutmut_3: survived\nsrc.shop.x_g__mutmut_1: no tests\n";
        write(&folder.join("mutmut-results.txt"), listing);
        let (found, gaps) = reports(&folder);
        assert_eq!(found, json!([["mutants", "complete", 3, 6]]), "{place}");
        assert_eq!(gaps, "[]");
    }
}

#[test]
fn statistics_that_say_something_else_are_never_a_result() {
    let scratch = Scratch::new();
    let folder = project(&scratch);
    let other = STATS.replace("\"killed\": 3", "\"killed\": 4");
    write(&folder.join("mutants/mutmut-cicd-stats.json"), &other);
    let (found, gaps) = reports(&folder);
    assert_eq!(found, json!([["mutants", "incomplete", 3, 6]]));
    assert!(gaps.contains("one of them is of another run"), "{gaps}");
    // A record that cannot be read is missing from the sum, whatever the statistics say.
    write(&folder.join("mutants/mutmut-cicd-stats.json"), STATS);
    write(
        &folder.join("mutants/src/shop/cart.py.meta"),
        "{\"exit_code_by_key\": {",
    );
    let (_, gaps) = reports(&folder);
    assert!(gaps.contains("mutants/src/shop/cart.py.meta"), "{gaps}");
}

#[test]
fn records_are_not_read_where_the_policy_says_what_the_reports_are() {
    let scratch = Scratch::new();
    let folder = project(&scratch);
    write(&folder.join("mutants/mutmut-cicd-stats.json"), STATS);
    let read = || audit(&folder, &["facts", ".", "--format", "json", "-vv"]).stderr;
    assert!(read().contains("cart.py.meta"), "{}", read());
    write(
        &folder.join(".audit/policy.yaml"),
        "apiVersion: audit/v1\nreports: { mutation: [mutants/mutmut-cicd-stats.json] }\n",
    );
    assert!(!read().contains(".meta"), "{}", read());
    let (found, _) = reports(&folder);
    let paths: Vec<&Json> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| &it[0])
        .collect();
    assert_eq!(paths, ["mutants/mutmut-cicd-stats.json"]);
}
