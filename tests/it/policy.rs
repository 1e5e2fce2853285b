//! What a policy says of the controls, seen in what a run leaves.

use std::fs;

use serde_json::Value as Json;

use crate::support::{Scratch, audit, bundles, commit_all, read, write};

const POLICY: &str = "apiVersion: audit/v1\nowners:\n";

/// A repository with these owners in its policy.
fn repository(scratch: &Scratch, owners: &str) -> String {
    let folder = scratch.path("repository");
    fs::create_dir_all(folder.join(".audit")).expect("a folder");
    write(&folder.join("README.md"), "# A\n");
    write(
        &folder.join(".audit/policy.yaml"),
        &format!("{POLICY}{owners}"),
    );
    commit_all(&folder);
    folder.display().to_string()
}

#[test]
fn the_owner_of_a_control_is_who_stands_nearest_to_it() {
    let scratch = Scratch::new();
    let owners = "  default: Platform <b>team</b>\n  CP: Jo Lindqvist\n  CP-02: Security team\n";
    let folder = repository(&scratch, owners);
    let out = scratch.path("out");
    let shown = out.display().to_string();
    audit(
        &scratch.path(""),
        &[&folder, "--controls", "soc2", "--out", &shown],
    );
    let bundle = bundles(&out).remove(0);
    let report: Json = serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON");
    let owner = |id: &str| {
        let mut controls = report["controls"].as_array().expect("controls").iter();
        let control = controls.find(|control| control["id"] == id);
        control.expect("the control")["owner"].clone()
    };
    assert_eq!(owner("CP-01"), "Jo Lindqvist");
    assert_eq!(owner("CP-02"), "Security team");
    assert_eq!(owner("DP-01"), "Platform <b>team</b>");
    let page = read(&bundle.join("report.html"));
    for name in [
        "Jo Lindqvist",
        "Security team",
        "Platform &lt;b&gt;team&lt;",
    ] {
        assert!(page.contains(name), "{name}");
    }
    assert!(!page.contains("not named in the policy"));
}

#[test]
fn an_owner_of_nothing_that_is_known_is_refused() {
    let scratch = Scratch::new();
    let folder = repository(&scratch, "  CP-99: Somebody\n");
    let said = audit(&scratch.path(""), &[&folder, "--controls", "soc2"]);
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(
        said.stderr.contains("policy.yaml:3:3") && said.stderr.contains("CP-99"),
        "{}",
        said.stderr
    );
}
