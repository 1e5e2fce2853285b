//! Settings of tools as they take effect: ruff, mypy, coverage.py, bandit and pytest.
//!
//! Each tool looks in several files and stops at the first that is its own, so a setting in a later
//! one has no effect and is no fact. What a command line or the environment adds no file shows.

mod bandit;
mod coverage;
mod document;
mod force;
mod ini;
mod mypy;
mod pytest;
mod ruff;

use std::collections::BTreeSet;

use self::document::{Document, Setting, Shelf};
use crate::collect::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::relation::Relation;
use crate::model::relations::{CONFIGURATION_CHECK, CONFIGURATION_SETTING};

/// Fills `configuration.setting`.
pub struct Configuration;

static RELATIONS: &[&Relation] = &[&CONFIGURATION_CHECK, &CONFIGURATION_SETTING];

static SPEC: Spec = Spec {
    name: "configuration",
    reads: "pyproject.toml, setup.cfg, tox.ini, ruff.toml, mypy.ini, .coveragerc, .bandit, pytest.ini and their variants",
    fills: RELATIONS,
    about: "Reads the settings of each tool from the file that the tool itself would take.",
};

/// A tool and where it looks.
struct Tool {
    name: &'static str,
    /// In the order of precedence.
    candidates: &'static [Candidate],
    /// Whether it reads all candidates, an earlier one before a later one, and not the first only.
    all: bool,
}

/// A file a tool looks in.
struct Candidate {
    name: &'static str,
    /// Its settings; `None` when the file is not the tool's, and it looks on.
    read: fn(&Document) -> Option<Vec<Setting>>,
}

static TOOLS: &[&Tool] = &[
    &ruff::TOOL,
    &mypy::TOOL,
    &coverage::TOOL,
    &bandit::TOOL,
    &pytest::TOOL,
];

impl Collector for Configuration {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        let name = path.rsplit('/').next().unwrap_or(path);
        let named = || {
            TOOLS
                .iter()
                .flat_map(|tool| tool.candidates)
                .any(|it| it.name == name)
        };
        let in_base = || {
            let folder = path.strip_suffix(name).unwrap_or("");
            [input.tree.scope.as_str(), ""].contains(&folder)
        };
        if (named() && in_base()) || ruff::may_be_extended(name) {
            Wants::Keep
        } else {
            Wants::No
        }
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let mut files = Shelf::new(scene);
        for tool in TOOLS {
            // A tool run in the examined folder; else, as most of them do, in a folder above it.
            for base in scene.input.bases() {
                if read(tool, base, &mut files, sink) {
                    break;
                }
            }
        }
    }
}

/// Reads a tool's settings at a base. `true`: the tool looks no further, for better or worse.
fn read(tool: &'static Tool, base: &str, files: &mut Shelf<'_>, sink: &mut Sink) -> bool {
    let mut seen = BTreeSet::new();
    let mut own = None;
    let mut in_force = Vec::new();
    for candidate in tool.candidates {
        let path = format!("{base}{}", candidate.name);
        let settings = match files.open(&path, sink) {
            None => continue,
            Some(Err(())) => return true,
            Some(Ok(document)) => (candidate.read)(document),
        };
        let Some(settings) = settings else {
            continue;
        };
        files.examined(&path, sink);
        let mut settings = place(settings, &path);
        own = own.or(Some(path));
        if tool.name == ruff::TOOL.name {
            ruff::extend(&mut settings, files, sink);
        }
        if tool.all {
            settings.retain(|(_, setting)| seen.insert(setting.key.clone()));
        }
        in_force.extend(settings);
        if !tool.all {
            break;
        }
    }
    let Some(own) = own else {
        return false;
    };
    force::checks(tool.name, &own, &in_force, sink);
    for (path, setting) in in_force {
        sink.item(item(tool.name, &path, setting));
    }
    true
}

fn place(settings: Vec<Setting>, path: &str) -> Vec<(String, Setting)> {
    settings
        .into_iter()
        .map(|setting| (path.to_owned(), setting))
        .collect()
}

fn item(tool: &str, path: &str, setting: Setting) -> Item {
    Item::new(&CONFIGURATION_SETTING, Source::line(path, setting.line))
        .with("tool", tool)
        .with("key", setting.key)
        .with("value", setting.value)
        .with("path", path)
        .with("section", setting.section)
}

#[cfg(test)]
mod tests;
