//! The value of a secret comes out nowhere: not in a bundle, not on the terminal, in no report of
//! any command.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::planted::{Planted, all, gitleaks};
use crate::support::{AS_OF, Scratch, audit, bundles, commit_all, files, read, write};

/// What is planted. Its halves are looked for too, since a part of a secret is one.
const PLANTED: &str = "Zq7-planted-value-Xw3";

/// A repository that holds these reports and nothing else, each named in its policy.
fn repository(scratch: &Scratch, reports: &[(&str, &str, &str)]) -> PathBuf {
    let folder = scratch.path("repository");
    let globs = |kind: &str| {
        let of_kind = reports.iter().filter(|(of, ..)| *of == kind);
        let named: Vec<&str> = of_kind.map(|(_, name, _)| *name).collect();
        named.join(", ")
    };
    let policy = format!(
        "apiVersion: audit/v1\nreports:\n  secrets: [{}]\n  analysis: [{}]\n  forge: [{}]\n\
         parameters:\n  SE-03: {{ undated: accept, rationale: Time is not the matter here. }}\n  \
         SA-03: {{ undated: accept, rationale: Time is not the matter here. }}\n",
        globs("secrets"),
        globs("analysis"),
        globs("forge")
    );
    fs::create_dir_all(folder.join(".audit")).expect("a folder");
    write(&folder.join(".audit/policy.yaml"), &policy);
    write(&folder.join("README.md"), "Nothing to hide.\n");
    for (_, name, text) in reports {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        write(&file, text);
    }
    commit_all(&folder);
    folder
}

/// Whether anything of the secret stands in some bytes, as it is or as JSON, HTML, hex or base64
/// would write it. Base64 is looked for at each of its three alignments.
fn holds(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let plain = ["Zq7-planted", "planted-value", "value-Xw3"];
    let hex = ["706c616e746564", "706C616E746564"];
    let base64 = [
        "LXBsYW50ZWQtdmFsdWUt",
        "Ny1wbGFudGVkLXZhbHVl",
        "cTctcGxhbnRlZC12YWx1",
    ];
    let mut forms = plain.iter().chain(&hex).chain(&base64);
    forms.any(|form| text.contains(form))
}

/// The text around the first place where the secret stands.
fn around(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().find(|line| holds(line.as_bytes()));
    line.unwrap_or_default().chars().take(400).collect()
}

/// Runs every command that reads reports and looks for the secret in all they write. Gives the
/// report of the main job.
fn nothing_comes_out(scratch: &Scratch, folder: &Path, names: &[&str]) -> Json {
    let out = scratch.path("out");
    let path = folder.display().to_string();
    let into = out.display().to_string();
    let files_of = names
        .iter()
        .map(|name| folder.join(name).display().to_string());
    let reports: Vec<String> = files_of.collect();
    let inspect = |flags: &[&'static str]| {
        let mut arguments = vec!["inspect"];
        arguments.extend(reports.iter().map(String::as_str));
        arguments.extend(flags);
        arguments
    };
    let main = ["--controls", "soc2", "--as-of", AS_OF, "--out", &into];
    let more = |flags: &[&'static str]| [&[&*path][..], &main, flags].concat();
    let runs = [
        more(&[]),
        more(&["-v"]),
        more(&["-vv"]),
        more(&["--only", "SE-03", "-vv"]),
        more(&["--only", "SA-03", "-vv"]),
        more(&["--format", "json"]),
        more(&["--format", "html"]),
        more(&["--check-objects"]),
        vec!["facts", &path],
        vec!["facts", &path, "--format", "json"],
        inspect(&[]),
        inspect(&["--format", "json"]),
        vec!["explain", "SE-03", "--out", &into, "-vv"],
        vec!["explain", "SA-03", "--out", &into, "-vv"],
    ];
    for arguments in runs {
        let said = audit(folder, &arguments);
        assert!(
            matches!(said.code, Some(0 | 1 | 3)),
            "{arguments:?}: {}",
            said.stderr
        );
        for stream in [&said.stdout, &said.stderr] {
            let stream = stream.as_bytes();
            assert!(!holds(stream), "{arguments:?}: {}", around(stream));
        }
    }
    for (path, bytes) in files(&out) {
        assert!(!holds(&bytes), "{path}: {}", around(&bytes));
        assert!(!holds(path.as_bytes()), "{path}");
    }
    let bundle = bundles(&out).remove(0);
    serde_json::from_str(&read(&bundle.join("report.json"))).expect("JSON")
}

/// What a control came to, and how many places it names.
fn result<'r>(report: &'r Json, control: &str) -> (&'r str, usize) {
    let results = report["results"].as_array().expect("results");
    let result = results.iter().find(|result| result["control"] == control);
    let result = result.expect("a result");
    let outcome = result["outcome"].as_str().expect("an outcome");
    let deviations = result["deviations"].as_array().expect("a list");
    (outcome, deviations.len())
}

/// What is shipped of a report, and whether the bundle says that it was changed.
fn shipped(scratch: &Scratch, report: &Json, name: &str) -> (String, bool) {
    let exhibits = report["exhibits"].as_array().expect("exhibits");
    let exhibit = exhibits.iter().find(|exhibit| exhibit["path"] == name);
    let exhibit = exhibit.unwrap_or_else(|| panic!("{name} is an exhibit"));
    let place = exhibit["evidence"].as_str().expect("a path");
    let text = read(&bundles(&scratch.path("out"))[0].join(place));
    (text, exhibit["redaction"]["fields"].is_object())
}

/// What `audit facts` says of a repository.
fn facts(folder: &Path) -> Json {
    let path = folder.display().to_string();
    let said = audit(folder, &["facts", &path, "--format", "json"]);
    serde_json::from_str(&said.stdout).expect("JSON")
}

/// The items of a relation that stand in one report, without what tells the two repositories apart.
fn findings(facts: &Json, kind: &str, name: &str) -> Vec<Json> {
    let of_kind = if kind == "forge" { "alert" } else { "finding" };
    let items = &facts["relations"][format!("{kind}.{of_kind}")]["items"];
    let items = items.as_array().expect("items").iter();
    items
        .filter(|item| item["report"] == name)
        .cloned()
        .collect()
}

#[test]
fn a_secret_in_a_report_comes_out_nowhere_and_is_still_counted() {
    let planted = all(PLANTED);
    let names: Vec<&str> = planted.iter().map(|it| it.name).collect();
    let scratch = Scratch::new();
    let reports: Vec<(&str, &str, &str)> = planted
        .iter()
        .map(|it| (it.kind, it.name, it.text.as_str()))
        .collect();
    let folder = repository(&scratch, &reports);
    let with = nothing_comes_out(&scratch, &folder, &names);
    let facts_with = facts(&folder);
    for control in ["SE-03", "SA-03"] {
        assert_eq!(result(&with, control).0, "exceptions-noted", "{control}");
    }
    let mut redacted = Vec::new();
    for Planted { name, kind, .. } in &planted {
        assert!(
            holds(read(&folder.join(name)).as_bytes()),
            "{name} is planted"
        );
        let (text, changed) = shipped(&scratch, &with, name);
        assert!(changed && text.contains("REDACTED"), "{name}: {text}");
        redacted.push((*kind, *name, text));
    }

    // The auditor, who has only what is shipped, comes to the same result.
    let again = Scratch::new();
    let reports: Vec<(&str, &str, &str)> = redacted
        .iter()
        .map(|(kind, name, text)| (*kind, *name, text.as_str()))
        .collect();
    let folder = repository(&again, &reports);
    let without = nothing_comes_out(&again, &folder, &names);
    let facts_without = facts(&folder);
    for control in ["SE-03", "SA-03"] {
        assert_eq!(result(&without, control), result(&with, control));
    }
    for (it, (kind, name, text)) in planted.iter().zip(&redacted) {
        assert_eq!(
            shipped(&again, &without, name),
            (text.clone(), false),
            "{name}"
        );
        let found = findings(&facts_with, kind, name);
        assert_eq!(found.len(), it.findings, "{name}");
        assert_eq!(findings(&facts_without, kind, name), found, "{name}");
    }
}

#[test]
fn a_damaged_report_of_any_format_gives_no_secret_away() {
    let planted = all(PLANTED);
    let mut damaged = Vec::new();
    for it in &planted {
        let cut = it.text.floor_char_boundary(it.text.len() * 2 / 3);
        let texts = [
            it.text[..cut].to_owned(),
            format!("{}\n{PLANTED}", it.text),
            it.text.replacen('3', &format!("\"{PLANTED}\""), 1),
            it.text.replacen('>', &format!("&{PLANTED};>"), 3),
        ];
        for (at, text) in texts.into_iter().enumerate() {
            damaged.push((it.kind, format!("damaged-{at}/{}", it.name), text));
        }
    }
    let reports: Vec<(&str, &str, &str)> = damaged
        .iter()
        .map(|(kind, name, text)| (*kind, name.as_str(), text.as_str()))
        .collect();
    let names: Vec<&str> = reports.iter().map(|(_, name, _)| *name).collect();
    let scratch = Scratch::new();
    let folder = repository(&scratch, &reports);
    nothing_comes_out(&scratch, &folder, &names);
}

#[test]
fn a_damaged_report_supports_no_result() {
    let whole = serde_json::to_string_pretty(&gitleaks(PLANTED)).expect("JSON");
    let number = whole.replace("\"StartLine\": 7", &format!("\"StartLine\": \"{PLANTED}\""));
    let damaged = [
        (whole[..whole.len() * 2 / 3].to_owned(), "not-tested"),
        (format!("{whole}\n{PLANTED}"), "not-tested"),
        (
            whole.replacen("[\n", &format!("[\n\"{PLANTED}\",\n"), 1),
            "not-tested",
        ),
        // A line that is no number is not known; the finding is one all the same.
        (number, "exceptions-noted"),
    ];
    for (text, outcome) in damaged {
        let scratch = Scratch::new();
        let folder = repository(&scratch, &[("secrets", "gitleaks.json", &text)]);
        let report = nothing_comes_out(&scratch, &folder, &["gitleaks.json"]);
        assert_eq!(result(&report, "SE-03").0, outcome, "{text}");
    }
}
