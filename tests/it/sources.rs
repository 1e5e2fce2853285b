//! Source code in a bundle: what a reader has to look at, and a list of everything that was read.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::bundle::{bundle_of, shell};
use crate::support::{Scratch, append, commit_all, files, read, write};

/// A repository with a finding, a file that cannot be read, thirty tests and as many clean files.
fn repository(scratch: &Scratch) -> PathBuf {
    let folder = scratch.path("repository");
    for inner in ["src", "tests", ".audit"] {
        fs::create_dir_all(folder.join(inner)).expect("a folder");
    }
    for number in 10..40 {
        let clean = folder.join(format!("src/clean{number}.py"));
        write(&clean, &format!("def add(a):\n    return a + {number}\n"));
        let test = folder.join(format!("tests/test_{number}.py"));
        write(
            &test,
            &format!("def test_{number}():\n    assert {number}\n"),
        );
    }
    write(&folder.join("src/found.py"), "eval(input())\n");
    write(&folder.join("src/old.py"), "print 'x'\n");
    write(
        &folder.join("src/odd \\ name.py"),
        "# a name that is escaped\n",
    );
    write(&folder.join("setup.py"), "import setuptools\n");
    commit_all(&folder);
    folder
}

fn shipped(bundle: &Path) -> Vec<String> {
    let report: Json = serde_json::from_str(&read(&bundle.join("report.json"))).expect("a report");
    let exhibits = report["exhibits"].as_array().expect("exhibits");
    let paths = exhibits
        .iter()
        .filter_map(|exhibit| exhibit["path"].as_str());
    paths
        .filter(|path| Path::new(path).extension().is_some_and(|it| it == "py"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_bundle_holds_the_sources_a_reader_looks_at_and_names_all_that_were_read() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let bundle = bundle_of(&scratch, &folder, &[]);
    let paths = shipped(&bundle);
    assert!(paths.contains(&"src/found.py".to_owned()), "{paths:?}");
    assert!(paths.contains(&"src/old.py".to_owned()), "{paths:?}");
    let clean = paths.iter().filter(|path| path.contains("clean"));
    assert_eq!(clean.count(), 0, "{paths:?}");

    let list = bundle.join("sources.sha256");
    assert_eq!(read(&list).lines().count(), 64);
    let check = format!("sha256sum -c --strict --quiet '{}'", list.display());
    let held = shell(&folder, &check);
    assert!(held.status.success(), "{held:?}");
    append(&folder.join("src/clean17.py"), "# changed\n");
    let held = shell(&folder, &check);
    assert!(!held.status.success(), "{held:?}");

    let sums = shell(&bundle, "sha256sum -c --strict --quiet SHA256SUMS");
    assert!(sums.status.success(), "{sums:?}");
    let page = read(&bundle.join("report.html"));
    assert!(page.contains("64 source files were read."), "{page}");
}

#[test]
fn a_policy_may_ask_for_all_sources() {
    let scratch = Scratch::new();
    let folder = repository(&scratch);
    let policy = "apiVersion: audit/v1\nevidence:\n  sources: all\n";
    write(&folder.join(".audit/policy.yaml"), policy);
    let bundle = bundle_of(&scratch, &folder, &[]);
    assert_eq!(shipped(&bundle).len(), 64);
    let kept = files(&bundle);
    assert!(kept.keys().any(|path| path.contains("clean39")));
    assert!(kept.contains_key("sources.sha256"));
}
