//! ruff: `.ruff.toml`, `ruff.toml`, then a `pyproject.toml` with `[tool.ruff]`
//! (<https://docs.astral.sh/ruff/configuration/>, "Config file discovery").
//!
//! Settings of the linter stand under `lint`, or in older files at the top level; those under `lint`
//! win. Both are named without it: `select`. Only `lint.exclude` and `lint.preview` keep it, because
//! the top level has settings of these names that mean something else.

use std::collections::BTreeSet;

use super::document::{Document, Setting, Shelf, setting};
use super::{Candidate, Tool};
use crate::collect::Sink;
use crate::model::fact::Source;
use crate::model::gap::{Cause, Gap};
use crate::model::value::Value;
use crate::parse::toml::{Data, Node};

pub(super) static TOOL: Tool = Tool {
    name: "ruff",
    candidates: &[
        Candidate {
            name: ".ruff.toml",
            read: own,
        },
        Candidate {
            name: "ruff.toml",
            read: own,
        },
        Candidate {
            name: "pyproject.toml",
            read: shared,
        },
    ],
    all: false,
};

/// Tables that are values, from patterns or endings to something, and not groups of settings.
const MAPS: &[&str] = &[
    "per-file-ignores",
    "extend-per-file-ignores",
    "per-file-target-version",
    "extension",
];

/// The most files that may extend one another.
const CHAIN: usize = 16;

/// Whether a file, by its name, may be one that another extends.
pub(super) fn may_be_extended(name: &str) -> bool {
    name.contains("ruff") && matches!(name.rsplit_once('.'), Some((_, "toml")))
}

fn own(document: &Document) -> Option<Vec<Setting>> {
    document.root().map(|root| settings(root, ""))
}

fn shared(document: &Document) -> Option<Vec<Setting>> {
    document
        .table("tool.ruff")
        .map(|table| settings(table, "tool.ruff"))
}

fn settings(table: &Node, section: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    for (name, node) in table.at("lint").map(Node::entries).unwrap_or_default() {
        let key = if matches!(name.as_str(), "exclude" | "preview") {
            format!("lint.{name}")
        } else {
            name.clone()
        };
        add(&key, node, &below(section, "lint"), &mut found);
    }
    for (name, node) in table.entries() {
        if name != "lint" {
            add(name, node, section, &mut found);
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|setting| seen.insert(setting.key.clone()));
    found.sort_by_key(|setting| setting.line);
    found
}

/// Adds a setting, or the settings of a group.
fn add(key: &str, node: &Node, section: &str, found: &mut Vec<Setting>) {
    if matches!(node.data, Data::Table(_)) && !MAPS.contains(&key) {
        let section = below(section, key);
        let entries = node.entries().iter();
        found.extend(entries.map(|(name, node)| setting(format!("{key}.{name}"), node, &section)));
    } else {
        found.push(setting(key, node, section));
    }
}

fn below(section: &str, name: &str) -> String {
    if section.is_empty() {
        name.to_owned()
    } else {
        format!("{section}.{name}")
    }
}

/// Adds what the file that is named by `extend` says and this one does not, and so on. A file that
/// was not read, because it lies outside or has another name, is a gap.
pub(super) fn extend(
    settings: &mut Vec<(String, Setting)>,
    files: &mut Shelf<'_>,
    sink: &mut Sink,
) {
    for _ in 0..CHAIN {
        let Some((at, (path, named))) = settings
            .iter()
            .enumerate()
            .rfind(|(_, (_, setting))| setting.key == "extend")
        else {
            return;
        };
        let target = named.value.as_text().and_then(|name| resolve(path, name));
        let source = Source::line(path, named.line);
        let more = match target
            .as_deref()
            .and_then(|target| files.open(target, sink))
        {
            Some(Ok(document)) => shared(document).or_else(|| own(document)),
            Some(Err(())) => return,
            None => None,
        };
        let (Some(target), Some(more)) = (target, more) else {
            let says = format!(
                "expected the file it extends, found none that is read: {}",
                named.value
            );
            let remedy = "Put the settings into the repository, in a file with ruff in its name.";
            let gap = Gap::at(Cause::Missing, &source, says, remedy);
            for relation in super::RELATIONS {
                sink.gap(relation, gap.clone());
            }
            return;
        };
        files.examined(&target, sink);
        settings.remove(at);
        let stated = settings.iter().any(|(_, it)| it.key == "select");
        let mut added = Vec::new();
        for setting in more {
            match settings.iter_mut().find(|(_, it)| it.key == setting.key) {
                Some((_, mine)) if is_chained(&mine.key, stated) => join(mine, setting.value),
                Some(_) => {}
                None => added.push((target.clone(), setting)),
            }
        }
        settings.extend(added);
    }
}

/// Whether a setting adds to that of the file it extends and does not take its place. A selection of
/// one's own begins anew.
fn is_chained(key: &str, stated: bool) -> bool {
    match key {
        "extend-per-file-ignores" => true,
        "extend-select" | "ignore" | "extend-ignore" => !stated,
        _ => false,
    }
}

/// Adds the members of another value.
fn join(mine: &mut Setting, theirs: Value) {
    match (&mut mine.value, theirs) {
        (Value::List(mine), Value::List(theirs)) => {
            for one in theirs {
                if !mine.contains(&one) {
                    mine.push(one);
                }
            }
        }
        (Value::Map(mine), Value::Map(theirs)) => {
            for (pattern, rules) in theirs {
                match (mine.get_mut(&pattern), rules) {
                    (Some(Value::List(mine)), Value::List(theirs)) => mine.extend(theirs),
                    (Some(_), _) => {}
                    (None, rules) => {
                        mine.insert(pattern, rules);
                    }
                }
            }
        }
        _ => {}
    }
}

/// A path as another file names it; `None` when it leads out of the repository.
fn resolve(from: &str, name: &str) -> Option<String> {
    if name.starts_with(['/', '~']) {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
