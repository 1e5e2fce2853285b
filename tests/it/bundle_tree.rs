//! Bundles beside and within what is examined, and what of a repository goes into one under which
//! name.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::bundle::{bundle_of, motley, shell};
use crate::support::{
    AS_OF, Scratch, audit, bundles, copy, files, git, ledger, package, read, write,
};

/// What a run comes to, without the list of what it passed over.
fn results(bundle: &Path) -> (Json, Json, Json) {
    let mut report: Json = serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON");
    let mut take = |key: &str| report[key].take();
    let (results, exhibits, facts) = (take("results"), take("exhibits"), take("facts"));
    (results, exhibits, facts)
}

#[test]
fn a_bundle_in_the_repository_changes_nothing() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let into = folder.join("audit-evidence");
    let run = || {
        let said = audit(&folder, &[".", "--controls", "soc2", "--as-of", AS_OF]);
        assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
        (said.code, said.stdout, files(&into))
    };
    let first = run();
    assert_eq!(run(), first);
    // Written elsewhere, the bundle in the repository is not where bundles are written any more.
    let inside = results(&bundles(&into)[0]);
    // A run that was killed leaves a half of one.
    let half = into.join(".staging-7");
    copy(&bundles(&into)[0].join("evidence"), &half.join("evidence"));
    write(&into.join(".staging-7.lock"), "");
    assert_eq!(results(&bundle_of(&scratch, &folder, &[])), inside);
}

#[test]
fn a_committed_bundle_is_no_change_and_hides_nothing() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let said = audit(&folder, &[".", "--controls", "soc2", "--as-of", AS_OF]);
    assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
    git(&folder, &["add", "--all", "--force"]);
    git(
        &folder,
        &["commit", "--quiet", "--message", "Keep evidence"],
    );
    let bundle = bundle_of(&scratch, &folder, &[]);
    let report: Json = serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON");
    assert_eq!(
        report["subject"]["dirty"], false,
        "{}",
        report["subject"]["changed"]
    );
    assert!(
        report["subject"]["skipped"]
            .to_string()
            .contains("a bundle of an earlier run")
    );
}

#[test]
fn a_folder_is_no_bundle_because_it_says_so() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let before = results(&bundle_of(&scratch, &folder, &[]));
    for below in ["src/ledger", ".github/workflows"] {
        write(&folder.join(below).join("manifest.json"), "{}");
        write(&folder.join(below).join("SHA256SUMS"), "");
    }
    fs::remove_dir_all(scratch.path("out")).expect("a folder");
    let after = results(&bundle_of(&scratch, &folder, &[]));
    for relation in ["source.file", "workflow.file", "workflow.uses"] {
        assert_eq!(after.2[relation], before.2[relation], "{relation}");
    }
}

#[test]
fn a_folder_that_became_a_link_is_a_change() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    fs::rename(folder.join("src"), scratch.path("elsewhere")).expect("a folder");
    std::os::unix::fs::symlink(scratch.path("elsewhere"), folder.join("src")).expect("a link");
    let bundle = bundle_of(&scratch, &folder, &[]);
    let report: Json = serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON");
    let changed = report["subject"]["changed"].to_string();
    assert!(changed.contains("src/ledger/api.py"), "{changed}");
}

/// A control of the repository's own.
const OWN: &str = "apiVersion: audit/v1\nid: OWN-01\ntitle: t\nstatement: s\n\
    criteria: { CC8.1: direct }\nseverity: low\nnature: preventive\nfrequency: always\n\
    class: state\nprocedure: p\nremediation: r\ntests:\n  - attribute: a\n    \
    every: workflow.uses\n    must: { pin: { eq: sha } }\n    when_empty: not-applicable\n";

const WAIVERS: &str = "apiVersion: audit/v1\nwaivers: []\n";

/// A repository whose definitions have names that want care.
fn oddly_named(scratch: &Scratch) -> PathBuf {
    let folder = motley(scratch);
    fs::create_dir_all(folder.join(".audit/controls")).expect("a folder");
    for (name, id) in [
        ("policy.yaml", "OWN-01"),
        ("waivers.yaml", "OWN-02"),
        ("a b\nc.yaml", "OWN-03"),
        ("a_b_c.yaml", "OWN-04"),
        ("A_B_C.yaml", "OWN-05"),
    ] {
        write(
            &folder.join(".audit/controls").join(name),
            &OWN.replace("OWN-01", id),
        );
    }
    write(&folder.join(".audit/waivers.yaml"), WAIVERS);
    folder
}

#[test]
fn definitions_of_any_name_are_shipped_under_names_that_are_safe_and_their_own() {
    let scratch = Scratch::new();
    let odd = oddly_named(&scratch);
    let place = scratch.path("own cat\nalogue");
    copy(&package("controls/soc2"), &place);
    // From within the catalogue, and from below it: a path without a name of its own.
    fs::create_dir_all(place.join("below")).expect("a folder");
    let mut first = None;
    for (from, given) in [
        (place.clone(), "."),
        (place.join("below"), ".."),
        (scratch.path(""), "soc2"),
    ] {
        let out = scratch.path("out");
        let path = odd.display().to_string();
        let into = out.display().to_string();
        let said = audit(
            &from,
            &[
                &*path,
                "--controls",
                given,
                "--as-of",
                AS_OF,
                "--out",
                &into,
            ],
        );
        assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
        let bundle = bundles(&out).remove(0);
        let strict = shell(&bundle, "sha256sum -c --strict --quiet SHA256SUMS");
        assert!(strict.status.success(), "{strict:?}");
        let mut definitions = files(&bundle.join("controls"));
        let text = |path: &str| String::from_utf8_lossy(&definitions[path]).into_owned();
        assert!(text("policy/policy.yaml").contains("acme/kůň"));
        assert_eq!(text("policy/waivers.yaml"), WAIVERS);
        assert!(text("policy/controls/policy.yaml").contains("OWN-01"));
        assert!(text("policy/controls/waivers.yaml").contains("OWN-02"));
        let all: String = definitions.keys().map(|path| text(path)).collect();
        for own in 1..=5 {
            assert!(
                all.contains(&format!("id: OWN-0{own}")),
                "OWN-0{own} is not shipped"
            );
        }
        let folded: BTreeSet<String> = definitions.keys().map(|it| it.to_lowercase()).collect();
        assert_eq!(folded.len(), definitions.len());
        definitions.retain(|path, _| path.starts_with("soc2/"));
        // The same catalogue is the same, wherever it lies.
        let manifest: Json =
            serde_json::from_str(&read(&bundle.join("manifest.json"))).expect("JSON");
        let shipped = (definitions, manifest["catalog"].clone());
        assert!(
            *first.get_or_insert(shipped.clone()) == shipped,
            "--controls {given}"
        );
        fs::remove_dir_all(&out).expect("a folder");
    }
}
