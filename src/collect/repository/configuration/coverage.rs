//! coverage.py: `.coveragerc`, `.coveragerc.toml`, `setup.cfg`, `tox.ini`, then `pyproject.toml`
//! (<https://coverage.readthedocs.io/en/latest/config.html>). Its own two files count even when they
//! say nothing; of the others the first with a setting of coverage does.

use super::document::{Document, Setting, setting};
use super::ini::{Shape, setting as of_ini};
use super::{Candidate, Tool};
use crate::parse::toml::Node;

pub(super) static TOOL: Tool = Tool {
    name: "coverage",
    candidates: &[
        Candidate {
            name: ".coveragerc",
            read: own,
        },
        Candidate {
            name: ".coveragerc.toml",
            read: own_table,
        },
        Candidate {
            name: "setup.cfg",
            read: shared,
        },
        Candidate {
            name: "tox.ini",
            read: shared,
        },
        Candidate {
            name: "pyproject.toml",
            read: table,
        },
    ],
    all: false,
};

/// What stands before its sections in a file of others.
const PREFIX: &str = "coverage:";

/// Settings that are split at commas and lines, as `coverage/config.py` types them.
const MEMBERS: &[&str] = &[
    "concurrency",
    "contexts",
    "debug",
    "disable_warnings",
    "include",
    "omit",
    "patch",
    "plugins",
    "source",
    "source_dirs",
    "source_pkgs",
];

/// Settings that are patterns, one a line.
const LINES: &[&str] = &[
    "exclude_also",
    "exclude_lines",
    "partial_also",
    "partial_branches",
    "partial_branches_always",
];

/// Settings that are numbers, for which `1` is not yes.
const NUMBERS: &[&str] = &[
    "fail_under",
    "precision",
    "package_depth",
    "xml_package_depth",
];

fn shape(section: &str, key: &str) -> Shape {
    if section == "paths" || MEMBERS.contains(&key) {
        Shape::Members
    } else if LINES.contains(&key) {
        Shape::Lines
    } else if NUMBERS.contains(&key) {
        Shape::Plain
    } else {
        Shape::Switch
    }
}

fn own(document: &Document) -> Option<Vec<Setting>> {
    let settings = document.settings()?.iter().map(|read| {
        let section = read.section.strip_prefix(PREFIX).unwrap_or(&read.section);
        of_ini(read, &read.key, shape(section, &read.key))
    });
    Some(settings.collect())
}

fn shared(document: &Document) -> Option<Vec<Setting>> {
    let settings: Vec<Setting> = document
        .settings()?
        .iter()
        .filter_map(|read| {
            let section = read.section.strip_prefix(PREFIX)?;
            Some(of_ini(read, &read.key, shape(section, &read.key)))
        })
        .collect();
    (!settings.is_empty()).then_some(settings)
}

fn own_table(document: &Document) -> Option<Vec<Setting>> {
    let root = document.root()?;
    let prefixed = root
        .at("tool.coverage")
        .map(|node| sections(node, "tool.coverage."));
    Some(prefixed.unwrap_or_else(|| sections(root, "")))
}

fn table(document: &Document) -> Option<Vec<Setting>> {
    let settings = sections(document.table("tool.coverage")?, "tool.coverage.");
    (!settings.is_empty()).then_some(settings)
}

fn sections(node: &Node, prefix: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    for (section, node) in node.entries() {
        let section = format!("{prefix}{section}");
        found.extend(
            node.entries()
                .iter()
                .map(|(key, node)| setting(key, node, &section)),
        );
    }
    found
}
