//! Renovate's configuration (docs.renovatebot.com, "Configuration Options"). Presets that lie
//! elsewhere cannot be read here: what only they could decide is left open.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::parse::error::ParseError;
use crate::tree::glob::Globs;

/// Where the configuration may lie, in the order in which Renovate looks; `package.json` with a
/// `renovate` key is the tenth place.
pub(super) const CANDIDATES: &[&str] = &[
    "renovate.json",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".gitlab/renovate.json",
    ".gitlab/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.json5",
];

/// Managers that do nothing until they are switched on.
const OFF_BY_DEFAULT: &[&str] = &["pre-commit", "git-submodules", "nix"];

/// Presets that bring `:ignoreModulesAndTests` with them.
const IGNORING: &[&str] = &[
    "config:recommended",
    "config:base",
    "config:best-practices",
    "config:js-app",
    "config:js-lib",
    ":ignoreModulesAndTests",
];

/// What `:ignoreModulesAndTests` ignores.
const IGNORED: &[&str] = &[
    "**/node_modules/**",
    "**/bower_components/**",
    "**/vendor/**",
    "**/examples/**",
    "**/__tests__/**",
    "**/test/**",
    "**/tests/**",
    "**/__fixtures__/**",
];

/// The ecosystem of a manager, as Dependabot names it.
const ECOSYSTEMS: &[(&str, &str)] = &[
    ("bazel-module", "bazel"),
    ("devcontainer", "devcontainers"),
    ("dockerfile", "docker"),
    ("git-submodules", "gitsubmodule"),
    ("gradle-wrapper", "gradle"),
    ("helm-values", "helm"),
    ("helmv3", "helm"),
    ("maven-wrapper", "maven"),
    ("pep621", "pip"),
    ("pip-compile", "pip"),
    ("pip_requirements", "pip"),
    ("pip_setup", "pip"),
    ("pipenv", "pip"),
    ("poetry", "pip"),
    ("setup-cfg", "pip"),
    ("terragrunt", "terraform"),
];

/// A configuration.
#[derive(Debug, Clone)]
pub(super) struct Renovate {
    config: Map<String, Value>,
    /// Every path pattern in it, compiled once. What is no glob matches nothing.
    globs: BTreeMap<String, Globs>,
}

/// The keys whose lists hold path patterns.
const PATHS: &[&str] = &["ignorePaths", "includePaths", "matchFileNames"];

/// The most path patterns that are compared with every manifest.
const PATTERNS: usize = 2_000;

impl Renovate {
    /// Takes a parsed document.
    ///
    /// # Errors
    /// A document that is not an object, more path patterns than anybody writes.
    pub(super) fn new(document: Value) -> Result<Self, ParseError> {
        let Value::Object(config) = document else {
            return Err(ParseError::whole(
                "expected an object, found something else",
            ));
        };
        let rules = config.get("packageRules").and_then(Value::as_array);
        let below = config.values().chain(rules.into_iter().flatten());
        let objects = below.filter_map(Value::as_object).chain([&config]);
        let written: BTreeSet<&str> = objects
            .flat_map(|object| PATHS.iter().flat_map(|key| texts(object.get(*key))))
            .map(|glob| glob.strip_prefix('!').unwrap_or(glob))
            .chain(IGNORED.iter().copied())
            .collect();
        if written.len() > PATTERNS {
            let says = format!("expected at most {PATTERNS} path patterns, found more");
            return Err(ParseError::whole(says));
        }
        let globs = written
            .into_iter()
            .filter_map(|glob| Some((glob.to_owned(), Globs::new([glob]).ok()?)))
            .collect();
        Ok(Self { config, globs })
    }

    /// Whether it is switched on at all.
    pub(super) fn is_on(&self) -> bool {
        self.config.get("enabled") != Some(&Value::Bool(false))
    }

    /// The ecosystems it is restricted to, in order; `*` without a restriction.
    pub(super) fn ecosystems(&self) -> Vec<String> {
        let Some(managers) = self.enabled_managers() else {
            return vec!["*".to_owned()];
        };
        let mut ecosystems: Vec<String> = Vec::new();
        for manager in managers {
            let known = ECOSYSTEMS.iter().find(|(name, _)| *name == manager);
            let ecosystem = known.map_or(manager, |(_, ecosystem)| *ecosystem);
            if !ecosystems.iter().any(|seen| seen == ecosystem) {
                ecosystems.push(ecosystem.to_owned());
            }
        }
        ecosystems
    }

    /// `schedule` as written, or the preset that stands for one: `schedule:weekly`.
    pub(super) fn interval(&self) -> Option<String> {
        let written = texts(self.config.get("schedule"));
        if !written.is_empty() {
            return Some(written.join(", "));
        }
        self.presets()
            .into_iter()
            .find_map(|preset| preset.strip_prefix("schedule:"))
            .map(str::to_owned)
    }

    /// Whether one of `managers` updates what the file at a path declares. `None`: a preset or a
    /// regular expression decides, neither of which is evaluated here.
    pub(super) fn covers(&self, managers: &[&str], path: &str) -> Option<bool> {
        if !self.is_on() {
            return Some(false);
        }
        let answers: Vec<Option<bool>> = managers
            .iter()
            .map(|manager| self.manager_covers(manager, path))
            .collect();
        if answers.contains(&Some(true)) {
            return Some(true);
        }
        if answers.contains(&None) {
            return None;
        }
        Some(false)
    }

    fn manager_covers(&self, manager: &str, path: &str) -> Option<bool> {
        let listed = self
            .enabled_managers()
            .is_none_or(|managers| managers.contains(&manager));
        if !listed || self.switched_off(manager, path) || !self.in_paths(manager, path) {
            return Some(false);
        }
        let own = self.config.get(manager).and_then(Value::as_object);
        match own.and_then(|own| own.get("enabled")) {
            Some(Value::Bool(false)) => return Some(false),
            Some(Value::Bool(true)) => {}
            _ if !OFF_BY_DEFAULT.contains(&manager) => {}
            _ if manager == "pre-commit" && self.presets().contains(&":enablePreCommit") => {}
            _ if self.has_foreign_presets() => return None,
            _ => return Some(false),
        }
        if found_by_default(manager, path) {
            return Some(true);
        }
        let patterns = own.is_some_and(|own| {
            own.contains_key("managerFilePatterns") || own.contains_key("fileMatch")
        });
        if patterns { None } else { Some(false) }
    }

    /// Whether `ignorePaths` and `includePaths` let a path through; a manager's own lists replace
    /// the common ones.
    fn in_paths(&self, manager: &str, path: &str) -> bool {
        let list = |key: &str| {
            let own = self.config.get(manager).and_then(|own| own.get(key));
            own.or_else(|| self.config.get(key))
        };
        let ignored = match list("ignorePaths") {
            Some(written) => texts(Some(written))
                .iter()
                .any(|glob| self.ignores(glob, path)),
            None if self.presets().iter().any(|name| IGNORING.contains(name)) => {
                IGNORED.iter().any(|glob| self.ignores(glob, path))
            }
            None => false,
        };
        let included = texts(list("includePaths"));
        let inside = included.is_empty()
            || included
                .iter()
                .any(|glob| *glob == path || self.matches(glob, path));
        inside && !ignored
    }

    /// Whether a package rule switches a manager off for everything, or for the files it names.
    fn switched_off(&self, manager: &str, path: &str) -> bool {
        let rules = self.config.get("packageRules").and_then(Value::as_array);
        let mut off = false;
        for rule in rules
            .into_iter()
            .flatten()
            .filter_map(|rule| rule.as_object())
        {
            let says = match rule.get("enabled") {
                Some(Value::Bool(enabled)) => !*enabled,
                _ => continue,
            };
            let whole = rule.iter().all(|(key, value)| match key.as_str() {
                "enabled" | "description" => true,
                "matchManagers" => texts(Some(value)).contains(&manager),
                "matchFileNames" => texts(Some(value))
                    .iter()
                    .any(|glob| self.matches(glob, path)),
                "matchPackageNames" => texts(Some(value)).contains(&"*"),
                // Any other condition leaves some packages out, or concerns something else.
                _ => !key.starts_with("match") && !key.starts_with("exclude"),
            });
            if whole {
                off = says;
            }
        }
        off
    }

    /// Renovate's own rule: a part of the path, or a glob; `!` turns the glob round.
    fn ignores(&self, glob: &str, path: &str) -> bool {
        match glob.strip_prefix('!') {
            Some(rest) => !self.matches(rest, path),
            None => path.contains(glob) || self.matches(glob, path),
        }
    }

    fn matches(&self, glob: &str, path: &str) -> bool {
        self.globs
            .get(glob)
            .is_some_and(|globs| globs.matches(path))
    }

    fn enabled_managers(&self) -> Option<Vec<&str>> {
        let managers = texts(self.config.get("enabledManagers"));
        (!managers.is_empty()).then_some(managers)
    }

    fn presets(&self) -> Vec<&str> {
        texts(self.config.get("extends"))
    }

    /// Presets of other repositories and packages: `github>org/repository`, `local>…`, `@org`.
    fn has_foreign_presets(&self) -> bool {
        let foreign = |preset: &&str| preset.contains('>') || preset.starts_with('@');
        self.presets().iter().any(foreign)
    }
}

/// Whether a manager looks at a file of this name without being told. Only requirements have names
/// that Renovate does not find: by default it wants `requirements` in the name of the file itself.
fn found_by_default(manager: &str, path: &str) -> bool {
    if manager != "pip_requirements" {
        return true;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = [".txt", ".pip"].iter().any(|ending| name.ends_with(ending));
    ends && name.contains("requirements")
}

/// The texts of a text or of a list.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::json5;

    fn read(text: &str) -> Renovate {
        Renovate::new(json5::parse(text).expect("json5")).expect("an object")
    }

    #[test]
    fn without_a_restriction_every_manager_works_save_those_that_are_off() {
        let plain =
            read("{extends: ['config:recommended'], schedule: ['before 4am', 'on friday']}");
        assert_eq!(plain.ecosystems(), ["*"]);
        assert_eq!(plain.interval().as_deref(), Some("before 4am, on friday"));
        assert_eq!(plain.covers(&["npm"], "package.json"), Some(true));
        assert_eq!(plain.covers(&["npm"], "x/tests/package.json"), Some(false));
        assert_eq!(
            plain.covers(&["pre-commit"], ".pre-commit-config.yaml"),
            Some(false)
        );
        let shared = read("{extends: ['github>org/presets', 'schedule:weekly']}");
        assert_eq!(
            shared.covers(&["pre-commit"], ".pre-commit-config.yaml"),
            None
        );
        assert_eq!(shared.interval().as_deref(), Some("weekly"));
        let on = read("{'pre-commit': {enabled: true}}");
        assert_eq!(
            on.covers(&["pre-commit"], ".pre-commit-config.yaml"),
            Some(true)
        );
    }

    #[test]
    fn restrictions_and_ignored_paths_are_honoured() {
        let some = read(
            "{enabledManagers: ['pep621', 'pip_requirements', 'dockerfile'], ignorePaths: ['old/**', 'x.txt'], pip_requirements: {ignorePaths: ['!docs/requirements*.txt']}}",
        );
        assert_eq!(some.ecosystems(), ["pip", "docker"]);
        assert_eq!(some.covers(&["npm"], "package.json"), Some(false));
        assert_eq!(
            some.covers(&["dockerfile"], "old/a/Dockerfile"),
            Some(false)
        );
        assert_eq!(
            some.covers(&["pip_requirements"], "docs/requirements.txt"),
            Some(true)
        );
        assert_eq!(
            some.covers(&["pip_requirements"], "requirements.txt"),
            Some(false)
        );
        assert_eq!(
            read("{enabled: false}").covers(&["npm"], "package.json"),
            Some(false)
        );
    }

    #[test]
    fn a_package_rule_can_switch_a_manager_off() {
        let rules = read(
            "{packageRules: [{matchManagers: ['npm'], enabled: false}, {matchFileNames: ['web/package.json'], enabled: true}, {matchManagers: ['gomod'], matchPackageNames: ['k8s.io/**'], enabled: false}]}",
        );
        assert_eq!(rules.covers(&["npm"], "package.json"), Some(false));
        assert_eq!(rules.covers(&["npm"], "web/package.json"), Some(true));
        assert_eq!(rules.covers(&["gomod"], "go.mod"), Some(true));
    }

    #[test]
    fn requirements_under_other_names_are_not_found_by_default() {
        let path = "requirements/dev.txt";
        assert_eq!(read("{}").covers(&["pip_requirements"], path), Some(false));
        let told = read("{pip_requirements: {fileMatch: ['^requirements/']}}");
        assert_eq!(told.covers(&["pip_requirements"], path), None);
    }
}
