//! What the content of a manifest adds to its name: whether it declares anything, and whether it
//! gathers the manifests below it into one workspace.

use serde_json::{Map, Value as Json};

use super::manifest::Content;
use crate::parse::error::ParseError;
use crate::parse::toml::{Table, Value};
use crate::parse::{ini, json, toml};

/// What was read of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collect::repository) struct About {
    /// Whether it declares dependencies.
    pub(in crate::collect::repository) declares: bool,
    /// Whether an update entry at its folder reaches the manifests of its members below.
    pub(in crate::collect::repository) workspace: bool,
}

/// Whether the content of a file of this name is needed.
pub(in crate::collect::repository) fn is_read(name: &str, content: Content) -> bool {
    content != Content::Any || matches!(name, "Cargo.toml" | "pom.xml")
}

/// Reads a manifest.
///
/// # Errors
/// Anything that is not in the format its name promises.
pub(in crate::collect::repository) fn read(
    name: &str,
    content: Content,
    text: &str,
) -> Result<About, ParseError> {
    let about = |declares, workspace| About {
        declares,
        workspace,
    };
    Ok(match content {
        Content::Pyproject => {
            let table = toml::parse(text)?;
            let workspace = at(&table, &["tool", "uv", "workspace"]).is_some();
            about(pyproject_declares(&table), workspace)
        }
        Content::SetupCfg => about(setup_cfg_declares(text)?, false),
        Content::PackageJson => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let object: Map<String, Json> = json::parse(text)?;
            about(package_declares(&object), object.contains_key("workspaces"))
        }
        Content::Terraform => about(terraform_declares(text), false),
        Content::Chart => about(
            text.lines().any(|line| line.starts_with("dependencies:")),
            false,
        ),
        Content::Any if name == "Cargo.toml" => {
            about(true, toml::parse(text)?.contains_key("workspace"))
        }
        Content::Any => about(true, text.contains("<modules>")),
    })
}

/// What a manifest counts as when it cannot be read: its name speaks for it.
pub(in crate::collect::repository) const UNREAD: About = About {
    declares: true,
    workspace: false,
};

/// The tables in which Python's build tools keep requirements.
fn pyproject_declares(table: &Table) -> bool {
    requires(table) || is_filled(table, &["build-system", "requires"])
}

/// Whether it requires more than what builds it.
pub(in crate::collect::repository) fn requires(table: &Table) -> bool {
    const PLACES: &[&[&str]] = &[
        &["project", "dependencies"],
        &["project", "optional-dependencies"],
        &["dependency-groups"],
        &["tool", "poetry", "dependencies"],
        &["tool", "poetry", "dev-dependencies"],
        &["tool", "poetry", "group"],
        &["tool", "pdm", "dev-dependencies"],
        &["tool", "uv", "dev-dependencies"],
        &["tool", "flit", "metadata", "requires"],
    ];
    PLACES.iter().any(|place| is_filled(table, place))
}

fn is_filled(table: &Table, place: &[&str]) -> bool {
    match at(table, place) {
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Table(inner)) => !inner.is_empty(),
        _ => false,
    }
}

fn at<'t>(table: &'t Table, place: &[&str]) -> Option<&'t Value> {
    let (last, above) = place.split_last()?;
    let mut here = table;
    for key in above {
        here = here.get(*key)?.as_table()?;
    }
    here.get(*last)
}

fn setup_cfg_declares(text: &str) -> Result<bool, ParseError> {
    Ok(ini::parse(text)?.iter().any(|setting| {
        let required = setting.section == "options"
            && matches!(
                setting.key.as_str(),
                "install_requires" | "setup_requires" | "tests_require"
            );
        (required || setting.section == "options.extras_require") && !setting.value.is_empty()
    }))
}

fn package_declares(object: &Map<String, Json>) -> bool {
    const KEYS: &[&str] = &[
        "dependencies",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
    ];
    KEYS.iter().any(|key| {
        object
            .get(*key)
            .and_then(Json::as_object)
            .is_some_and(|inner| !inner.is_empty())
    })
}

fn terraform_declares(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        line.starts_with("required_providers")
            || line
                .strip_prefix("module")
                .is_some_and(|rest| rest.trim_start().starts_with('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declares(content: Content, text: &str) -> bool {
        read("x", content, text).expect("a manifest").declares
    }

    #[test]
    fn a_file_that_only_configures_tools_declares_nothing() {
        assert!(!declares(
            Content::Pyproject,
            "[tool.ruff]\nline-length = 100\n"
        ));
        assert!(declares(
            Content::Pyproject,
            "[project]\ndependencies = ['a']\n"
        ));
        assert!(declares(
            Content::Pyproject,
            "[build-system]\nrequires = ['a']\n"
        ));
        assert!(!declares(Content::SetupCfg, "[flake8]\nignore = E1\n"));
        assert!(declares(
            Content::SetupCfg,
            "[options]\ninstall_requires =\n  a\n"
        ));
        assert!(!declares(Content::PackageJson, r#"{"type": "commonjs"}"#));
        assert!(declares(
            Content::PackageJson,
            r#"{"devDependencies": {"a": "1"}}"#
        ));
        assert!(declares(Content::Terraform, "module \"x\" {\n"));
        assert!(!declares(Content::Terraform, "resource \"x\" \"y\" {\n"));
        assert!(!declares(Content::Chart, "name: x\n"));
        assert!(read("x", Content::PackageJson, "").is_err());
    }

    #[test]
    fn workspaces_are_found() {
        let workspace = |name: &str, content, text: &str| {
            read(name, content, text).expect("a manifest").workspace
        };
        assert!(workspace(
            "Cargo.toml",
            Content::Any,
            "[workspace]\nmembers = ['a']\n"
        ));
        assert!(!workspace(
            "Cargo.toml",
            Content::Any,
            "[package]\nname = 'a'\n"
        ));
        assert!(workspace(
            "pom.xml",
            Content::Any,
            "<modules><module>a</module></modules>"
        ));
        assert!(workspace(
            "package.json",
            Content::PackageJson,
            r#"{"workspaces": ["a"]}"#
        ));
        assert!(workspace(
            "p",
            Content::Pyproject,
            "[tool.uv.workspace]\nmembers = ['a']\n"
        ));
    }
}
