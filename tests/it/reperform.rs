//! Facts and results are derived again from what a bundle holds, and held against what was sealed.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests change bundles and start the program"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use audit::seal::canonical;
use audit::tree::digest::sha256;
use serde_json::{Value as Json, json};

use crate::bundle::{bundle_of, motley};
use crate::support::{
    Said, Scratch, append, audit, audit_with, copy, files, git, ledger, names, read, write,
};
use crate::transcripts::payments;

/// A policy that hands on all sources.
const ALL: &str = "\nevidence:\n  sources: all\n";

/// Re-performs a bundle where there is no git to start.
fn alone(scratch: &Scratch, bundle: &Path, more: &[&str]) -> Said {
    let bundle = bundle.display().to_string();
    let mut words = vec!["reperform", &*bundle];
    words.extend(more);
    audit_with(&scratch.path(""), &[("PATH", "/nowhere")], &words)
}

fn answer(said: &Said) -> Json {
    serde_json::from_str(&said.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", said.stdout, said.stderr))
}

/// The states of the controls, and the exit code.
fn states(scratch: &Scratch, bundle: &Path, more: &[&str]) -> (BTreeMap<String, String>, Json) {
    let mut words = more.to_vec();
    words.extend(["--format", "json"]);
    let said = alone(scratch, bundle, &words);
    let answer = answer(&said);
    assert_eq!(
        answer["exit"].as_i64(),
        said.code.map(i64::from),
        "{said:?}"
    );
    let controls = answer["controls"].as_array().expect("controls").clone();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let states = controls
        .iter()
        .map(|it| (text(&it["control"]), text(&it["state"])))
        .collect();
    (states, answer)
}

fn of<'s>(states: &'s BTreeMap<String, String>, state: &str) -> Vec<&'s str> {
    let found = states.iter().filter(|(_, it)| *it == state);
    found.map(|(control, _)| control.as_str()).collect()
}

/// The example, which hands on all of its sources.
fn whole(scratch: &Scratch) -> (PathBuf, PathBuf) {
    let folder = ledger(scratch);
    append(&folder.join(".audit/policy.yaml"), ALL);
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "Hand on"],
    );
    let bundle = bundle_of(scratch, &folder, &[]);
    (folder, bundle)
}

/// Changes the files of a bundle, and then everything that names them, as whoever made it could.
fn resealed(bundle: &Path, change: impl FnOnce(&Path)) -> PathBuf {
    change(bundle);
    let path = bundle.join("manifest.json");
    let mut manifest: Json = serde_json::from_str(&read(&path)).expect("JSON");
    let mut sums = BTreeMap::new();
    for file in manifest["files"].as_array_mut().expect("files") {
        let bytes = fs::read(bundle.join(file["path"].as_str().expect("a path"))).expect("bytes");
        file["sha256"] = json!(sha256(&bytes).to_string());
        file["size"] = json!(bytes.len());
        sums.insert(
            file["path"].as_str().expect("a path").to_owned(),
            sha256(&bytes),
        );
    }
    let bytes = canonical::line(&manifest).expect("JSON");
    fs::write(&path, &bytes).expect("a manifest");
    sums.insert("manifest.json".to_owned(), sha256(&bytes));
    let lines: Vec<String> = sums
        .iter()
        .map(|(path, sum)| format!("{sum}  {path}"))
        .collect();
    write(
        &bundle.join("SHA256SUMS"),
        &format!("{}\n", lines.join("\n")),
    );
    let name = bundle
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let (time, _) = name.split_once('-').expect("a name of a run");
    let moved = bundle.with_file_name(format!("{time}-{}", sha256(&bytes).short()));
    fs::rename(bundle, &moved).expect("a folder");
    moved
}

fn edit(path: &Path, change: impl FnOnce(&mut Json)) {
    let mut value: Json = serde_json::from_str(&read(path)).expect("JSON");
    change(&mut value);
    fs::write(path, canonical::line(&value).expect("JSON")).expect("a file");
}

fn result<'r>(report: &'r mut Json, control: &str) -> &'r mut Json {
    let results = report["results"].as_array_mut().expect("results");
    let found = results.iter_mut().find(|it| it["control"] == control);
    found.expect("a result")
}

#[test]
fn a_bundle_that_holds_everything_is_derived_from_its_bytes_alone() {
    let scratch = Scratch::new();
    let (folder, bundle) = whole(&scratch);
    fs::remove_dir_all(&folder).expect("no repository is needed");
    let (states, answer) = states(&scratch, &bundle, &[]);
    assert_eq!(of(&states, "same").len(), states.len(), "{answer:#}");
    assert_eq!(answer["verdict"], "same");
    assert_eq!(answer["same_program"], true);
    assert_eq!(answer["made_by"], answer["again_by"]);
    let documents = answer["documents"].as_array().expect("documents");
    assert!(documents.contains(&json!("report.html")), "{documents:?}");
    let said = alone(&scratch, &bundle, &[]);
    assert_eq!(said.code, Some(0));
    for part in [
        "results of 40".replace("results of ", "40 of "),
        "0 differ, 0 not derived".to_owned(),
        "the same program".to_owned(),
        "the record  that ".to_owned(),
    ] {
        assert!(said.stdout.contains(&part), "{part}: {}", said.stdout);
    }
    assert_eq!(names(&scratch.path("")), ["out"], "nothing is left behind");
}

#[test]
fn what_rests_on_files_that_are_not_there_is_not_called_the_same() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let bundle = bundle_of(&scratch, &folder, &[]);
    let (found, answer) = states(&scratch, &bundle, &[]);
    assert_eq!(
        (&answer["verdict"], &answer["exit"]),
        (&json!("not-derived"), &json!(5))
    );
    let lacking = of(&found, "not-derived");
    assert!(
        lacking.contains(&"CP-02") && lacking.contains(&"TQ-04"),
        "{lacking:?}"
    );
    assert_eq!(of(&found, "same").len() + lacking.len(), found.len());
    assert_eq!(found["TQ-01"], "same");
    let missing = answer["not_here"].as_array().expect("files").clone();
    assert!(!missing.is_empty());
    assert!(answer["not_made"].is_string(), "{answer:#}");

    // With all of them, from a folder and from a clone without a work tree.
    let (path, bare) = (folder.display().to_string(), scratch.path("bare.git"));
    let bare = bare.display().to_string();
    git(&folder, &["clone", "--quiet", "--bare", &path, &bare]);
    let (found, answer) = states(&scratch, &bundle, &["--sources", &path]);
    assert_eq!(of(&found, "same").len(), found.len(), "{answer:#}");
    let place = bundle.display().to_string();
    let words = ["reperform", &place, "--git", &bare, "--format", "json"];
    let said = audit(&scratch.path(""), &words);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert_eq!(answer_clone(&said), "agrees");

    // With another file in the place of one of them: it is not used.
    let sources = missing.iter().filter_map(Json::as_str);
    let python = |it: &&str| Path::new(it).extension().is_some_and(|end| end == "py");
    let other = sources.rev().find(python).expect("a source");
    append(&folder.join(other), "# Another file.\n");
    let (found, answer) = states(&scratch, &bundle, &["--sources", &path]);
    assert!(!of(&found, "not-derived").is_empty(), "{answer:#}");
    assert_eq!(of(&found, "differs"), [""; 0]);
    assert_eq!(answer["not_here"], json!([other]));
}

#[test]
fn a_clone_of_something_else_has_neither_the_files_nor_the_commit() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let bundle = bundle_of(&scratch, &folder, &[]);
    let (place, path) = (bundle.display().to_string(), folder.display().to_string());
    append(&folder.join("README.md"), "More.\n");
    git(
        &folder,
        &[
            "commit",
            "--quiet",
            "--all",
            "--amend",
            "--message",
            "Other",
        ],
    );
    let bare = scratch.path("other.git").display().to_string();
    let only = [
        "clone",
        "--quiet",
        "--bare",
        "--no-local",
        "--single-branch",
        &path,
        &bare,
    ];
    git(&folder, &only);
    let said = audit(&scratch.path(""), &["reperform", &place, "--git", &bare]);
    assert_eq!(said.code, Some(4), "{}", said.stdout);
    assert!(
        said.stdout.contains("does not hold the commit"),
        "{}",
        said.stdout
    );
}

fn answer_clone(said: &Said) -> String {
    answer(said)["clone"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_result_that_was_altered_and_sealed_again_differs_in_that_control() {
    let scratch = Scratch::new();
    let (_, bundle) = whole(&scratch);
    let altered = resealed(&bundle, |bundle| {
        edit(&bundle.join("report.json"), |report| {
            let result = result(report, "TQ-01");
            result["outcome"] = json!("not-applicable");
        });
    });
    let (found, answer) = states(&scratch, &altered, &[]);
    assert_eq!(of(&found, "differs"), ["TQ-01"], "{answer:#}");
    assert_eq!(answer["exit"], 4);
    let said = alone(&scratch, &altered, &[]);
    let expected = "✗ TQ-01  differs\n  differs     outcome: sealed not-applicable, derived ";
    assert!(said.stdout.starts_with(expected), "{}", said.stdout);
    assert!(
        said.stdout.contains("do not rely on this bundle"),
        "{}",
        said.stdout
    );
}

/// How a bundle is changed.
type Change = fn(&Path);

#[test]
fn words_counts_pages_and_statuses_that_were_altered_differ_too() {
    let scratch = Scratch::new();
    let (_, bundle) = whole(&scratch);
    let kept = scratch.path("kept");
    copy(&bundle, &kept);
    let changes: [(&str, Change); 6] = [
        ("TQ-03", |bundle| {
            edit(&bundle.join("report.json"), |report| {
                result(report, "TQ-03")["tests"][0]["observed"] = json!("all of them");
            });
        }),
        ("CI-01", |bundle| {
            edit(&bundle.join("report.json"), |report| {
                result(report, "CI-01")["tests"][0]["population"] = json!(7);
            });
        }),
        ("DP-01", |bundle| {
            edit(&bundle.join("manifest.json"), |manifest| {
                let controls = manifest["results"]["controls"].as_array_mut();
                let mut controls = controls.expect("controls").iter_mut();
                let control = controls.find(|it| it["id"] == "DP-01").expect("a control");
                let held = control["status"] == "no-exceptions";
                control["status"] = json!(if held {
                    "did-not-occur"
                } else {
                    "no-exceptions"
                });
            });
        }),
        ("report.json counts", |bundle| {
            edit(&bundle.join("report.json"), |report| {
                report["counts"]["exceptions_noted"] = json!(17);
            });
        }),
        ("report.html", |bundle| {
            append(&bundle.join("report.html"), "<p>More.</p>\n");
        }),
        ("manifest.json subject", |bundle| {
            edit(&bundle.join("manifest.json"), |manifest| {
                manifest["subject"]["dirty"] = json!(true);
            });
        }),
    ];
    for (at, change) in changes {
        let place = scratch
            .path("changed")
            .join(bundle.file_name().expect("a name"));
        copy(&kept, &place);
        let altered = resealed(&place, change);
        let (found, answer) = states(&scratch, &altered, &[]);
        assert_eq!(answer["exit"], 4, "{at}");
        if found.contains_key(at) {
            assert_eq!(of(&found, "differs"), [at], "{answer:#}");
        } else {
            let beside = answer["beside"].as_array().expect("differences");
            let place = |it: &Json| it["at"].as_str().is_some_and(|it| it.starts_with(at));
            assert!(beside.iter().any(place), "{at}: {beside:?}");
        }
        fs::remove_dir_all(scratch.path("changed")).expect("a folder");
    }
}

#[test]
fn evidence_that_was_swapped_for_other_evidence_gives_other_results() {
    let scratch = Scratch::new();
    let (_, bundle) = whole(&scratch);
    let swapped = resealed(&bundle, |bundle| {
        // Everything that names the report of coverage names another one.
        let evidence = names(&bundle.join("evidence"));
        let old = evidence.iter().find(|it| it.ends_with("-coverage.json"));
        let old = old.expect("a report").clone();
        let text = read(&bundle.join("evidence").join(&old));
        let was = sha256(text.as_bytes()).to_string();
        let text = text.replacen("\"covered_lines\": ", "\"covered_lines\": 1", 1);
        let is = sha256(text.as_bytes()).to_string();
        let new = format!("{}-coverage.json", &is[..16]);
        fs::remove_file(bundle.join("evidence").join(&old)).expect("a file");
        write(&bundle.join("evidence").join(&new), &text);
        for name in ["report.json", "manifest.json", "inventory.json"] {
            let text = read(&bundle.join(name));
            let text = text.replace(&was, &is).replace(&old, &new);
            write(&bundle.join(name), &text);
        }
    });
    let (found, answer) = states(&scratch, &swapped, &[]);
    assert!(of(&found, "differs").contains(&"TQ-01"), "{answer:#}");
    assert_eq!(answer["exit"], 4);
}

#[test]
fn a_bundle_that_is_not_as_sealed_is_not_looked_into() {
    let scratch = Scratch::new();
    let (_, bundle) = whole(&scratch);
    append(&bundle.join("report.json"), "\n");
    let said = alone(&scratch, &bundle, &[]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(4), ""));
    assert!(
        said.stderr.contains("error[bundle-changed]"),
        "{}",
        said.stderr
    );
    assert!(
        said.stderr.contains("was re-performed.)"),
        "{}",
        said.stderr
    );
    let said = alone(&scratch, &scratch.path("nowhere"), &[]);
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    let said = alone(&scratch, &scratch.path("out"), &[]);
    assert_eq!(said.code, Some(2), "{}", said.stderr);
}

#[test]
fn a_record_that_lies_leads_nowhere() {
    let scratch = Scratch::new();
    let folder = ledger(&scratch);
    let bundle = bundle_of(&scratch, &folder, &[]);
    let secret = scratch.path("secret.py");
    write(&secret, "eval(input())\n");
    let digest = sha256(read(&secret).as_bytes()).to_string();
    let kept = scratch.path("kept");
    copy(&bundle, &kept);
    let again = |change: &dyn Fn(&mut Json)| {
        let place = scratch
            .path("changed")
            .join(bundle.file_name().expect("a name"));
        let _ = fs::remove_dir_all(scratch.path("changed"));
        copy(&kept, &place);
        resealed(&place, |bundle| {
            edit(&bundle.join("inventory.json"), change);
        })
    };
    let path = folder.display().to_string();
    // A path out of the folder of sources is not followed, whatever digest stands beside it.
    for outside in ["../secret.py".to_owned(), secret.display().to_string()] {
        let changed = again(&|inventory| {
            let rows = inventory["files"].as_array_mut().expect("files");
            rows.push(json!({ "bytes": 14, "path": outside, "sha256": digest }));
            rows.sort_by_key(|row| row["path"].as_str().unwrap_or_default().to_owned());
        });
        let (found, answer) = states(&scratch, &changed, &["--sources", &path]);
        let missing = answer["not_here"].as_array().expect("files");
        assert!(missing.contains(&json!(outside)), "{answer:#}");
        assert!(!of(&found, "not-derived").is_empty());
    }
    // A file of whose bytes nothing is said cannot have been one of which nothing came.
    for (name, control) in [("reports/mypy.txt", "TQ-02"), ("pyproject.toml", "DP-01")] {
        let changed = again(&|inventory| {
            let rows = inventory["files"].as_array_mut().expect("files").iter_mut();
            for row in rows.filter(|row| row["path"] == name) {
                row.as_object_mut().expect("a row").remove("sha256");
            }
        });
        let (found, _) = states(&scratch, &changed, &[]);
        assert_eq!(found[control], "not-derived", "{name}");
    }
    // Files that are not those of the tree are found out without a clone.
    let changed = again(&|inventory| {
        let rows = inventory["files"].as_array_mut().expect("files");
        rows.retain(|row| row["path"] != "src/ledger/__init__.py");
    });
    let (_, answer) = states(&scratch, &changed, &["--sources", &path]);
    assert_eq!(answer["exit"], 4, "{answer:#}");
    let beside = answer["beside"].to_string();
    assert!(beside.contains("inventory.json files"), "{beside}");
    // What is no record is none.
    let others: [&dyn Fn(&mut Json); 4] = [
        &|inventory| inventory["schema"] = json!("audit/inventory/v9"),
        &|inventory| inventory["files"].as_array_mut().expect("files").reverse(),
        &|inventory| inventory["git"]["object_format"] = json!("md5"),
        &|inventory| inventory["more"] = json!(true),
    ];
    for change in others {
        let said = alone(&scratch, &again(change), &[]);
        assert_eq!(said.code, Some(4), "{}{}", said.stdout, said.stderr);
        assert!(said.stdout.is_empty(), "{}", said.stdout);
    }
}

/// Makes a folder to be examined, with the flags of its run.
type Prepare = fn(&Scratch) -> (PathBuf, Vec<&'static str>);

#[test]
fn every_kind_of_run_is_derived_again() {
    let policy = |folder: &Path| {
        let path = folder.join(".audit/policy.yaml");
        fs::create_dir_all(folder.join(".audit")).expect("a folder");
        if !path.exists() {
            write(&path, "apiVersion: audit/v1\nentity: Acme\n");
        }
        append(&path, ALL);
    };
    let kinds: [(&str, Prepare); 6] = [
        ("no repository", |scratch| {
            let folder = scratch.path("plain");
            copy(&crate::support::package("examples/ledger"), &folder);
            (folder, vec![])
        }),
        ("changed files", |scratch| {
            let folder = ledger(scratch);
            append(&folder.join("src/ledger/__init__.py"), "# Changed.\n");
            write(&folder.join("src/ledger/new.py"), "import pickle\n");
            fs::remove_file(folder.join("SECURITY.md")).expect("a file");
            (folder, vec![])
        }),
        ("below the root", |scratch| {
            let folder = ledger(scratch);
            (folder.join("src"), vec![])
        }),
        ("waivers of a base", |scratch| {
            let folder = payments(scratch, &["exceptions", "waivers"]);
            git(&folder, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
            (folder, vec!["--waivers-from", "origin/main"])
        }),
        ("secrets taken out", |scratch| (motley(scratch), vec![])),
        ("small files only", |scratch| {
            (ledger(scratch), vec!["--max-value", "2KiB"])
        }),
    ];
    for (kind, prepare) in kinds {
        let scratch = Scratch::new();
        let (folder, flags) = prepare(&scratch);
        policy(&folder);
        let bundle = bundle_of(&scratch, &folder, &flags);
        let (found, answer) = states(&scratch, &bundle, &[]);
        assert_eq!(answer["exit"], 0, "{kind}: {answer:#}");
        assert_eq!(of(&found, "same").len(), found.len(), "{kind}");
        let left = files(&bundle).len();
        assert!(left > 10, "{kind}");
    }
}
