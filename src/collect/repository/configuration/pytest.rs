//! pytest: `pytest.toml`, `.pytest.toml`, `pytest.ini`, `.pytest.ini`, then the first of a
//! `pyproject.toml` with `[tool.pytest]` or `[tool.pytest.ini_options]`, a `tox.ini` with `[pytest]`
//! and a `setup.cfg` with `[tool:pytest]`
//! (<https://docs.pytest.org/en/stable/reference/customize.html>). The first four count even when
//! they are empty.

use super::document::{Document, Setting, setting, value};
use super::ini::{Shape, setting as of_ini, value as shaped};
use super::{Candidate, Tool};
use crate::parse::toml::Node;

pub(super) static TOOL: Tool = Tool {
    name: "pytest",
    candidates: &[
        Candidate {
            name: "pytest.toml",
            read: own_table,
        },
        Candidate {
            name: ".pytest.toml",
            read: own_table,
        },
        Candidate {
            name: "pytest.ini",
            read: own,
        },
        Candidate {
            name: ".pytest.ini",
            read: own,
        },
        Candidate {
            name: "pyproject.toml",
            read: table,
        },
        Candidate {
            name: "tox.ini",
            read: tox,
        },
        Candidate {
            name: "setup.cfg",
            read: setup,
        },
    ],
    all: false,
};

/// Settings of type `linelist`.
const LINES: &[&str] = &["filterwarnings", "markers"];

/// Settings of types `args` and `paths`.
const WORDS: &[&str] = &[
    "addopts",
    "collect_ignore",
    "confcutdir",
    "doctest_optionflags",
    "norecursedirs",
    "python_classes",
    "python_files",
    "python_functions",
    "pythonpath",
    "required_plugins",
    "testpaths",
    "usefixtures",
];

/// Settings of type `bool`, for which `1` is yes.
const SWITCHES: &[&str] = &[
    "log_cli",
    "strict",
    "strict_config",
    "strict_markers",
    "strict_parametrization_ids",
    "strict_xfail",
    "xfail_strict",
];

fn shape(key: &str) -> Shape {
    if LINES.contains(&key) {
        Shape::Lines
    } else if WORDS.contains(&key) {
        Shape::Words
    } else if SWITCHES.contains(&key) {
        Shape::Switch
    } else {
        Shape::Plain
    }
}

/// The settings of a section, where there is one.
fn section(document: &Document, name: &str) -> Option<Vec<Setting>> {
    let settings = document.settings()?.iter();
    let settings = settings.filter(|read| read.section == name);
    let settings = settings.map(|read| of_ini(read, &read.key, shape(&read.key)));
    document.has_section(name).then(|| settings.collect())
}

fn own(document: &Document) -> Option<Vec<Setting>> {
    document.settings()?;
    Some(section(document, "pytest").unwrap_or_default())
}

fn tox(document: &Document) -> Option<Vec<Setting>> {
    section(document, "pytest")
}

fn setup(document: &Document) -> Option<Vec<Setting>> {
    section(document, "tool:pytest")
}

fn own_table(document: &Document) -> Option<Vec<Setting>> {
    let table = document.root()?.at("pytest");
    let entries = table.map(Node::entries).unwrap_or_default();
    Some(
        entries
            .iter()
            .map(|(key, node)| setting(key, node, "pytest"))
            .collect(),
    )
}

fn table(document: &Document) -> Option<Vec<Setting>> {
    if let Some(options) = document.table("tool.pytest.ini_options") {
        return Some(
            options
                .entries()
                .iter()
                .map(|(key, node)| option(key, node))
                .collect(),
        );
    }
    let entries = document.table("tool.pytest")?.entries().iter();
    Some(
        entries
            .map(|(key, node)| setting(key, node, "tool.pytest"))
            .collect(),
    )
}

/// An entry of `ini_options`: its text is taken as in an INI file.
fn option(key: &str, node: &Node) -> Setting {
    let value = node
        .text()
        .map_or_else(|| value(node), |text| shaped(text, shape(key)));
    Setting {
        value,
        ..setting(key, node, "tool.pytest.ini_options")
    }
}
