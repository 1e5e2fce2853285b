//! bandit: `.bandit`, which it finds by itself, and `[tool.bandit]` of `pyproject.toml`, which it
//! reads when called with `-c pyproject.toml`
//! (<https://bandit.readthedocs.io/en/latest/config.html>). Both hold together; `.bandit` stands for
//! options of the command line and wins. A `bandit.yaml` has any name its caller gives it, so it is
//! not looked for.

use super::document::{Document, Setting, setting};
use super::ini::{Shape, setting as of_ini};
use super::{Candidate, Tool};

pub(super) static TOOL: Tool = Tool {
    name: "bandit",
    candidates: &[
        Candidate {
            name: ".bandit",
            read: own,
        },
        Candidate {
            name: "pyproject.toml",
            read: table,
        },
    ],
    all: true,
};

/// Settings that are split at commas.
const MEMBERS: &[&str] = &["exclude", "skips", "targets", "tests"];

fn own(document: &Document) -> Option<Vec<Setting>> {
    let settings = document
        .settings()?
        .iter()
        .filter(|read| read.section == "bandit")
        .map(|read| {
            let shape = if MEMBERS.contains(&read.key.as_str()) {
                Shape::Members
            } else {
                Shape::Plain
            };
            of_ini(read, &read.key, shape)
        });
    document.has_section("bandit").then(|| settings.collect())
}

fn table(document: &Document) -> Option<Vec<Setting>> {
    let entries = document.table("tool.bandit")?.entries().iter();
    Some(
        entries
            .map(|(key, node)| setting(key, node, "tool.bandit"))
            .collect(),
    )
}
