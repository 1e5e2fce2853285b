//! Whoever holds the key alters a bundle, lists and signs it anew and enters it: verification holds,
//! and what is derived again names the control.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use audit::tree::digest::sha256;
use serde_json::{Value as Json, json};

use crate::planted::gitleaks;
use crate::support::{Scratch, audit, names, read, write};
use crate::verify_fixture::{bundle, run, sealed, verified};
use crate::verify_insider::{head_path, reentered, resealed};

/// The control that looks at reports of secret scanners.
const SECRETS: &str = "SE-03";

/// A ledger whose newest run read a report that git does not track and that has three findings.
fn with_a_report(scratch: &Scratch) -> PathBuf {
    let root = sealed(scratch);
    let report = serde_json::to_string(&gitleaks("REDACTED")).expect("JSON");
    write(&root.join("repository/gitleaks.json"), &report);
    run(&root, "2026-11-22T12:00:00Z");
    root
}

/// What re-performing says of the newest run once it was changed, sealed and entered anew. To whoever
/// verifies, nothing shows.
fn reperformed(root: &Path, change: impl FnOnce(&Path)) -> Json {
    let newest = bundle(root, 3);
    change(&newest);
    let altered = resealed(&newest, |_| {});
    reentered(root, &altered);
    let _ = fs::remove_file(head_path(root, 4).with_extension("tsr"));
    let (code, steps) = verified(root, &altered, &["--without", "10"]);
    assert_eq!(code, Some(0), "{steps:?}");
    let path = altered.display().to_string();
    let said = audit(root, &["reperform", &path, "--format", "json"]);
    let answer: Json = serde_json::from_str(&said.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", said.stdout, said.stderr));
    assert_eq!(answer["exit"].as_i64(), said.code.map(i64::from));
    answer
}

/// The controls in a state.
fn controls(answer: &Json, state: &str) -> Vec<String> {
    let all = answer["controls"].as_array().expect("controls").iter();
    let found = all.filter(|it| it["state"] == state);
    let name = |it: &Json| it["control"].as_str().expect("a control").to_owned();
    found.map(name).collect()
}

fn edit(path: &Path, change: impl FnOnce(&mut Json)) {
    let mut json: Json = serde_json::from_str(&read(path)).expect("JSON");
    change(&mut json);
    write(
        path,
        &(serde_json::to_string_pretty(&json).expect("JSON") + "\n"),
    );
}

#[test]
fn a_bundle_that_is_only_signed_anew_comes_out_the_same() {
    let scratch = Scratch::new();
    let root = with_a_report(&scratch);
    let answer = reperformed(&root, |_| {});
    assert_eq!(
        (answer["exit"].as_i64(), controls(&answer, "differs")),
        (Some(0), Vec::new())
    );
    assert!(
        controls(&answer, "same").iter().any(|it| it == SECRETS),
        "{answer:#}"
    );
}

#[test]
fn a_result_that_the_holder_of_the_key_altered_is_named() {
    let scratch = Scratch::new();
    let root = with_a_report(&scratch);
    let answer = reperformed(&root, |bundle| {
        edit(&bundle.join("report.json"), |report| {
            let results = report["results"]
                .as_array_mut()
                .expect("results")
                .iter_mut();
            let mut results = results.filter(|it| it["control"] == SECRETS);
            let result = results.next().expect("a result");
            assert_ne!(result["outcome"], "no-exceptions-noted");
            result["outcome"] = json!("no-exceptions-noted");
            result["deviations"] = json!([]);
        });
    });
    assert_eq!(answer["exit"], 4, "{answer:#}");
    assert_eq!(controls(&answer, "differs"), [SECRETS], "{answer:#}");
}

#[test]
fn facts_that_the_holder_of_the_key_altered_are_named() {
    let scratch = Scratch::new();
    let root = with_a_report(&scratch);
    let answer = reperformed(&root, |bundle| {
        edit(&bundle.join("report.json"), |report| {
            let fact = &mut report["facts"]["secrets.finding"]["items"];
            assert_eq!(*fact, 3);
            *fact = json!(0);
        });
    });
    assert_eq!(answer["exit"], 4, "{answer:#}");
    let beside = answer["beside"].as_array().expect("differences");
    let place = "report.json facts secrets.finding";
    let named = |it: &Json| it["at"].as_str().is_some_and(|at| at.starts_with(place));
    assert!(beside.iter().any(named), "{beside:?}");
}

#[test]
fn a_report_of_a_tool_that_the_holder_of_the_key_put_in_names_the_control() {
    let scratch = Scratch::new();
    let root = with_a_report(&scratch);
    let answer = reperformed(&root, |bundle| {
        // The report of one that found nothing, under every name that the bundle has for it.
        let evidence = names(&bundle.join("evidence"));
        let old = evidence.iter().find(|it| it.ends_with("-gitleaks.json"));
        let old = old.expect("a report").clone();
        let place = bundle.join("evidence").join(&old);
        let was = sha256(read(&place).as_bytes()).to_string();
        write(&place, "[]\n");
        let is = sha256(b"[]\n").to_string();
        let new = format!("{}-gitleaks.json", &is[..16]);
        for name in ["report.json", "inventory.json"] {
            let text = read(&bundle.join(name));
            let text = text.replace(&was, &is).replace(&old, &new);
            write(&bundle.join(name), &text);
        }
    });
    assert_eq!(answer["exit"], 4, "{answer:#}");
    let found = controls(&answer, "differs");
    assert!(found.iter().any(|it| it == SECRETS), "{answer:#}");
}
