//! mypy: `mypy.ini`, `.mypy.ini`, then a `pyproject.toml` with `[tool.mypy]` or a `setup.cfg` with
//! `[mypy]` (<https://mypy.readthedocs.io/en/stable/config_file.html>). The first found counts, as a
//! whole; a user's own file is not looked at.
//!
//! A setting for some modules is named after them: `foo.*:ignore_missing_imports`.

use super::document::{Document, Setting, setting};
use super::ini::{Shape, setting as of_ini};
use super::{Candidate, Tool};
use crate::parse::toml::Node;

pub(super) static TOOL: Tool = Tool {
    name: "mypy",
    candidates: &[
        Candidate {
            name: "mypy.ini",
            read: own,
        },
        Candidate {
            name: ".mypy.ini",
            read: own,
        },
        Candidate {
            name: "pyproject.toml",
            read: table,
        },
        Candidate {
            name: "setup.cfg",
            read: shared,
        },
    ],
    all: false,
};

/// Settings that mypy splits at commas, as `config_parser.py` lists them.
const MEMBERS: &[&str] = &[
    "files",
    "modules",
    "packages",
    "plugins",
    "always_true",
    "always_false",
    "enable_error_code",
    "disable_error_code",
    "enable_incomplete_feature",
    "untyped_calls_exclude",
    "deprecated_calls_exclude",
];

/// Settings that are numbers, for which `1` is not yes.
const NUMBERS: &[&str] = &["verbosity", "many_errors_threshold", "num_workers"];

fn shape(key: &str) -> Shape {
    if MEMBERS.contains(&key) {
        Shape::Members
    } else if NUMBERS.contains(&key) {
        Shape::Plain
    } else {
        Shape::Switch
    }
}

fn own(document: &Document) -> Option<Vec<Setting>> {
    let mut found = Vec::new();
    for read in document.settings()? {
        if read.section == "mypy" {
            found.push(of_ini(read, &read.key, shape(&read.key)));
        } else if let Some(modules) = read.section.strip_prefix("mypy-") {
            for module in modules.split(',').map(str::trim) {
                found.push(of_ini(
                    read,
                    format!("{module}:{}", read.key),
                    shape(&read.key),
                ));
            }
        }
    }
    Some(found)
}

/// `setup.cfg` counts only with a section of mypy's own, be it empty.
fn shared(document: &Document) -> Option<Vec<Setting>> {
    document.has_section("mypy").then(|| own(document))?
}

fn table(document: &Document) -> Option<Vec<Setting>> {
    let table = document.table("tool.mypy")?;
    let mut found: Vec<Setting> = table
        .entries()
        .iter()
        .filter(|(name, _)| name != "overrides")
        .map(|(name, node)| setting(name, node, "tool.mypy"))
        .collect();
    for node in table.at("overrides").map(Node::members).unwrap_or_default() {
        found.extend(overridden(node));
    }
    Some(found)
}

/// The settings of one `[[tool.mypy.overrides]]`, for each module it names.
fn overridden(node: &Node) -> Vec<Setting> {
    let Some(module) = node.at("module") else {
        return Vec::new();
    };
    let one = module.text().into_iter();
    let modules: Vec<&str> = one
        .chain(module.members().iter().filter_map(Node::text))
        .collect();
    let mut found = Vec::new();
    for (name, node) in node.entries().iter().filter(|(name, _)| name != "module") {
        for module in &modules {
            found.push(setting(
                format!("{module}:{name}"),
                node,
                "tool.mypy.overrides",
            ));
        }
    }
    found
}
