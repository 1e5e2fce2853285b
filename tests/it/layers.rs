//! The shape of the source: who may know whom, and who may touch what.

use std::collections::BTreeSet;

use walkdir::WalkDir;

use crate::support::{package, read};

/// The layers, left may not know right. Modules in one group may not know each other.
const LAYERS: &[&[&str]] = &[
    &["model"],
    &["parse"],
    &["tree", "git"],
    &["load", "collect"],
    &["evaluate"],
    &["seal"],
    &["render"],
    &["cli"],
];

/// git spawns for the files that tree names by digest, so that it may know tree.
const EXTRA: &[(&str, &str)] = &[("git", "tree")];

/// The files of the program; those that hold nothing but tests are left out.
fn sources() -> Vec<(String, String)> {
    let root = package("src");
    let mut files = Vec::new();
    for entry in WalkDir::new(&root).sort_by_file_name() {
        let entry = entry.expect("a readable source");
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "rs")
        {
            let inside = entry
                .path()
                .strip_prefix(&root)
                .expect("below src")
                .display()
                .to_string();
            if inside.ends_with("/tests.rs") && !inside.starts_with("load/")
                || inside.contains("/sample/")
            {
                continue;
            }
            files.push((inside, read(entry.path())));
        }
    }
    files
}

/// The code of a file without its unit tests and comments.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod ").next().unwrap_or("");
    body.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|group| group.contains(&module))
}

#[test]
fn no_module_knows_one_that_comes_after_it() {
    let mut seen = BTreeSet::new();
    for (path, text) in sources() {
        let Some((module, _)) = path.split_once('/') else {
            continue;
        };
        let mine = layer(module).unwrap_or_else(|| panic!("{module} has no layer"));
        seen.insert(module.to_owned());
        for used in code(&text).split("crate::").skip(1) {
            let other: String = used
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            let Some(theirs) = layer(&other) else {
                continue;
            };
            let allowed =
                theirs < mine || other == module || EXTRA.contains(&(module, other.as_str()));
            assert!(
                allowed,
                "src/{path} uses crate::{other}, which comes after {module} or beside it"
            );
        }
    }
    let known: BTreeSet<String> = LAYERS
        .iter()
        .flat_map(|group| group.iter().map(|it| (*it).to_owned()))
        .collect();
    assert_eq!(
        seen, known,
        "a module without a layer, or a layer without a module"
    );
}

#[test]
fn only_parse_names_a_parser_crate() {
    for (path, text) in sources() {
        let code = code(&text);
        for name in [
            "saphyr_parser::",
            "quick_xml::",
            "json5::from",
            "use toml::",
            "toml::from",
            "serde_json::from_",
        ] {
            let allowed = path.starts_with("parse/")
                || (path.starts_with("cli/") && name == "serde_json::from_");
            assert!(allowed || !code.contains(name), "src/{path} names {name}");
        }
    }
}

/// Where `audit run -- TOOL` starts what the user asked for.
const RUNS_THE_TOOL: &str = "cli/record/child.rs";

/// Where openssl and curl are started, with words of ours and nothing of the environment.
const STOCK_DOOR: &str = "seal/door.rs";

/// Where a time-stamp authority is asked that the user named.
const ASKS_AN_AUTHORITY: &str = "seal/timestamp/http.rs";

#[test]
fn only_git_spawns_and_nothing_connects() {
    for (path, text) in sources() {
        let code = code(&text);
        let spawns = code.contains("std::process::{Command")
            || code.contains("process::Command")
            || code.contains("Command::new");
        let may = path.starts_with("git/") || [RUNS_THE_TOOL, STOCK_DOOR].contains(&&*path);
        assert!(!spawns || may, "src/{path} spawns");
        let connects = code.contains("std::net") && path != ASKS_AN_AUTHORITY;
        assert!(!connects, "src/{path} connects");
    }
}

#[test]
fn only_tree_opens_files_and_only_cli_looks_at_the_clock() {
    for (path, text) in sources() {
        let code = code(&text);
        for name in [
            "fs::read(",
            "fs::read_to_string(",
            "File::open(",
            "Handle::open(",
            "fs::read_dir(",
            "WalkDir::new(",
        ] {
            let flushes = path == "seal/disk.rs" && name == "File::open(";
            assert!(
                path.starts_with("tree/") || flushes || !code.contains(name),
                "src/{path} opens: {name}"
            );
        }
        assert!(
            path.starts_with("cli/") || !code.contains("Utc::now"),
            "src/{path} looks at the clock"
        );
        assert!(
            !code.contains("Local::now"),
            "src/{path} looks at the local clock"
        );
    }
}

#[test]
fn no_float_is_kept_and_no_hash_order_is_printed() {
    for (path, text) in sources() {
        let code = code(&text);
        let numbers = [
            "parse/json.rs",
            "parse/flag.rs",
            "parse/lists.rs",
            "parse/loose.rs",
        ]
        .contains(&path.as_str());
        assert!(
            numbers || !(code.contains("f64") || code.contains("f32")),
            "src/{path} has a float"
        );
    }
}

#[test]
fn files_are_small_rooms() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 520, "src/{path} has {lines} lines");
    }
}
