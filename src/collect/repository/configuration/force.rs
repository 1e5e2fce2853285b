//! What the settings of a tool amount to: which of its checks are in force, and where not.
//!
//! A setting may turn on a thousand rules and the next one turn half of them off again. Here each
//! check that a control may ask for is answered for itself.

use std::collections::BTreeMap;

use super::document::Setting;
use crate::collect::Sink;
use crate::model::fact::{Item, Source};
use crate::model::relations::CONFIGURATION_CHECK;
use crate::model::value::Value;

/// Settings by key, with the file each stands in.
struct Settings<'s> {
    by_key: BTreeMap<&'s str, (&'s str, &'s Setting)>,
    all: &'s [(String, Setting)],
}

/// A check, and whether it is in force.
struct Check {
    name: String,
    active: bool,
    /// Where or for what it is not.
    except: Vec<String>,
    number: Option<i64>,
    /// The key of the setting that decides.
    by: &'static str,
}

impl Check {
    fn new(name: impl Into<String>, active: bool, by: &'static str) -> Self {
        Self {
            name: name.into(),
            active,
            except: Vec::new(),
            number: None,
            by,
        }
    }
}

/// Puts the checks of a tool into the sink. `file` is the tool's own.
pub(super) fn checks(tool: &str, file: &str, settings: &[(String, Setting)], sink: &mut Sink) {
    let settings = Settings::new(settings);
    let checks = match tool {
        "ruff" => ruff(&settings),
        "mypy" => mypy(&settings),
        "coverage" => coverage(&settings),
        "bandit" => bandit(&settings),
        "pytest" => pytest(&settings),
        _ => Vec::new(),
    };
    for check in checks {
        let place = settings.by_key.get(check.by);
        let source = match place {
            Some((path, setting)) => Source::line(*path, setting.line),
            None => Source::file(file),
        };
        let item = Item::new(&CONFIGURATION_CHECK, source)
            .with("tool", tool)
            .with("check", check.name)
            .with("active", check.active)
            .with("except", Value::texts(check.except))
            .with("number", check.number.map_or(Value::Absent, Value::Int))
            .with("path", place.map_or(file, |(path, _)| path))
            .with(
                "because",
                place.map(|(_, setting)| format!("{} = {}", check.by, setting.value)),
            );
        sink.item(item);
    }
}

impl<'s> Settings<'s> {
    fn new(all: &'s [(String, Setting)]) -> Self {
        let mut by_key = BTreeMap::new();
        for (path, setting) in all {
            by_key
                .entry(setting.key.as_str())
                .or_insert((path.as_str(), setting));
        }
        Self { by_key, all }
    }

    fn value(&self, key: &str) -> Option<&'s Value> {
        self.by_key.get(key).map(|(_, setting)| &setting.value)
    }

    fn is_on(&self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Value::Bool(on) => Some(*on),
            Value::Text(text) => Some(matches!(
                text.to_ascii_lowercase().as_str(),
                "true" | "1" | "yes" | "on"
            )),
            Value::Int(number) => Some(*number != 0),
            _ => None,
        }
    }

    fn texts(&self, key: &str) -> Vec<&'s str> {
        self.value(key).map(texts).unwrap_or_default()
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::List(members) => members.iter().filter_map(Value::as_text).collect(),
        Value::Text(text) => text
            .split([',', '\n'])
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}

/// The families of ruff's rules, by their prefix (<https://docs.astral.sh/ruff/rules/>).
const FAMILIES: [&str; 52] = [
    "A", "ANN", "ARG", "ASYNC", "B", "BLE", "C4", "C90", "COM", "CPY", "D", "DJ", "DOC", "DTZ",
    "E", "EM", "ERA", "EXE", "F", "FA", "FBT", "FIX", "FURB", "G", "I", "ICN", "INP", "INT", "ISC",
    "LOG", "N", "PERF", "PGH", "PIE", "PL", "PT", "PTH", "Q", "RET", "RSE", "RUF", "S", "SIM",
    "SLF", "SLOT", "T10", "T20", "TID", "TRY", "UP", "W", "YTT",
];

/// What ruff selects where nothing is selected.
const SELECTED: [&str; 4] = ["E4", "E7", "E9", "F"];

/// ruff's families: the longest prefix decides, and `ignore` wins over `select` of the same length
/// (<https://docs.astral.sh/ruff/linter/#rule-selection>).
fn ruff(settings: &Settings<'_>) -> Vec<Check> {
    let stated = settings.value("select").is_some();
    let mut selected = if stated {
        settings.texts("select")
    } else {
        SELECTED.to_vec()
    };
    selected.extend(settings.texts("extend-select"));
    let mut ignored = settings.texts("ignore");
    ignored.extend(settings.texts("extend-ignore"));
    let elsewhere = ["per-file-ignores", "extend-per-file-ignores"].map(|key| settings.value(key));
    let covers = |prefix: &str, family: &str| {
        prefix == "ALL" || prefix == family || (family.starts_with(prefix) && !prefix.is_empty())
    };
    let weight = |prefixes: &[&str], family: &str| {
        let all = prefixes.iter().filter(|prefix| covers(prefix, family));
        all.map(|prefix| if *prefix == "ALL" { 0 } else { prefix.len() })
            .max()
    };
    let checks = FAMILIES.iter().map(|family| {
        let on = weight(&selected, family);
        let off = weight(&ignored, family);
        let active = on.is_some_and(|on| off.is_none_or(|off| on > off));
        let mut check = Check::new(*family, active, "select");
        if active {
            let inside = |code: &&str| is_of_family(code, family) && code.len() > family.len();
            check
                .except
                .extend(ignored.iter().copied().filter(inside).map(str::to_owned));
            for (files, codes) in elsewhere
                .iter()
                .flatten()
                .filter_map(|value| match value {
                    Value::Map(map) => Some(map),
                    _ => None,
                })
                .flatten()
            {
                for code in texts(codes) {
                    if is_of_family(code, family) || code == "ALL" {
                        check.except.push(format!("{files}: {code}"));
                    }
                }
            }
        }
        check
    });
    checks.collect()
}

/// Whether a code is of a family: its letters and digits go on with digits.
fn is_of_family(code: &str, family: &str) -> bool {
    code.strip_prefix(family)
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The flags that mypy's `--strict` stands for (<https://mypy.readthedocs.io/en/stable/command_line.html>).
const STRICT: [&str; 13] = [
    "warn_unused_configs",
    "disallow_any_generics",
    "disallow_subclassing_any",
    "disallow_untyped_calls",
    "disallow_untyped_defs",
    "disallow_incomplete_defs",
    "check_untyped_defs",
    "disallow_untyped_decorators",
    "warn_redundant_casts",
    "warn_unused_ignores",
    "warn_return_any",
    "no_implicit_reexport",
    "strict_equality",
];

/// mypy's strictness flag by flag: what `strict` turns on one line may turn off, and a section for
/// some modules may turn off for them.
fn mypy(settings: &Settings<'_>) -> Vec<Check> {
    let strict = settings.is_on("strict").unwrap_or(false);
    let checks = STRICT.iter().map(|flag| {
        let inverted = flag.strip_prefix("no_");
        let own = settings
            .is_on(flag)
            .or_else(|| settings.is_on(inverted?).map(|on| !on));
        let by = if own.is_some() { *flag } else { "strict" };
        let mut check = Check::new(*flag, own.unwrap_or(strict), by);
        for (_, setting) in settings.all {
            let Some((modules, key)) = setting.key.split_once(':') else {
                continue;
            };
            let off = matches!(setting.value, Value::Bool(false)) && key == *flag;
            let all_off = matches!(setting.value, Value::Bool(true)) && key == "ignore_errors";
            if off || all_off {
                check.except.push(modules.to_owned());
            }
        }
        check
    });
    let mut checks: Vec<Check> = checks.collect();
    let all = checks
        .iter()
        .all(|check| check.active && check.except.is_empty());
    checks.push(Check::new("strict", all, "strict"));
    let missing = settings.is_on("ignore_missing_imports").unwrap_or(false);
    checks.push(Check::new(
        "missing-imports",
        !missing,
        "ignore_missing_imports",
    ));
    checks
}

fn coverage(settings: &Settings<'_>) -> Vec<Check> {
    let number = settings.value("fail_under").and_then(|value| match value {
        Value::Int(number) => Some(*number),
        // Half a percent is not a whole one.
        Value::Text(text) => text.trim().split('.').next()?.parse().ok(),
        _ => None,
    });
    let mut gate = Check::new(
        "fail_under",
        number.is_some_and(|number| number > 0),
        "fail_under",
    );
    gate.number = number;
    let branch = settings.is_on("branch").unwrap_or(false);
    let mut whole = Check::new("everything-measured", true, "omit");
    whole.except = settings
        .texts("omit")
        .into_iter()
        .map(str::to_owned)
        .collect();
    whole.active = whole.except.is_empty();
    vec![gate, Check::new("branch", branch, "branch"), whole]
}

fn bandit(settings: &Settings<'_>) -> Vec<Check> {
    let mut all = Check::new("every-test", true, "skips");
    all.except = settings
        .texts("skips")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let some = settings.texts("tests");
    all.active = all.except.is_empty() && some.is_empty();
    vec![all]
}

fn pytest(settings: &Settings<'_>) -> Vec<Check> {
    let options = settings.texts("addopts").join(" ");
    let given = |option: &str| options.split_whitespace().any(|it| it == option);
    let markers = given("--strict-markers")
        || given("--strict")
        || settings.is_on("strict_markers") == Some(true);
    let xfail = settings.is_on("xfail_strict").unwrap_or(false);
    vec![
        Check::new("strict-markers", markers, "addopts"),
        Check::new("xfail_strict", xfail, "xfail_strict"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(tool: &str, settings: &[(&str, Value)]) -> BTreeMap<String, String> {
        let settings: Vec<(String, Setting)> = settings
            .iter()
            .map(|(key, value)| {
                let setting = Setting {
                    key: (*key).to_owned(),
                    value: value.clone(),
                    section: String::new(),
                    line: 1,
                };
                ("pyproject.toml".to_owned(), setting)
            })
            .collect();
        let mut sink = Sink::default();
        checks(tool, "pyproject.toml", &settings, &mut sink);
        let (facts, _) = sink.finish(
            [&CONFIGURATION_CHECK]
                .into_iter()
                .map(|it| it as &'static _),
        );
        let items = facts["configuration.check"].items.iter();
        items
            .map(|item| {
                let said = format!("{} {}", item.get("active"), item.get("except"));
                (item.get("check").to_string(), said.trim().to_owned())
            })
            .collect()
    }

    #[test]
    fn the_longest_prefix_of_ruff_decides() {
        let texts = |codes: &[&str]| Value::texts(codes.iter().copied());
        let found = facts(
            "ruff",
            &[
                ("select", texts(&["ALL"])),
                ("ignore", texts(&["D", "S101", "SIM"])),
            ],
        );
        assert_eq!(
            (
                found["S"].as_str(),
                found["D"].as_str(),
                found["SIM"].as_str()
            ),
            ("yes S101", "no", "no")
        );
        let found = facts("ruff", &[]);
        assert_eq!(
            (
                found["F"].as_str(),
                found["E"].as_str(),
                found["S"].as_str()
            ),
            ("yes", "no", "no")
        );
        let files = Value::Map([("tests/*".to_owned(), texts(&["S"]))].into());
        let found = facts(
            "ruff",
            &[
                ("extend-select", texts(&["S", "B9"])),
                ("per-file-ignores", files),
            ],
        );
        assert_eq!(
            (found["S"].as_str(), found["B"].as_str()),
            ("yes tests/*: S", "no")
        );
    }

    #[test]
    fn strictness_of_mypy_is_the_sum_of_its_flags() {
        let on = Value::Bool(true);
        let off = Value::Bool(false);
        let found = facts("mypy", &[("strict", on.clone())]);
        assert!(found["strict"] == "yes" && found["no_implicit_reexport"] == "yes");
        let found = facts(
            "mypy",
            &[("strict", on.clone()), ("warn_return_any", off.clone())],
        );
        assert!(found["strict"] == "no" && found["warn_return_any"] == "no");
        let found = facts(
            "mypy",
            &[("strict", on.clone()), ("old.*:disallow_untyped_defs", off)],
        );
        assert!(found["strict"] == "no" && found["disallow_untyped_defs"] == "yes old.*");
        let flags: Vec<(&str, Value)> = STRICT.iter().map(|flag| (*flag, on.clone())).collect();
        assert_eq!(facts("mypy", &flags)["strict"], "yes");
        assert_eq!(facts("mypy", &[])["strict"], "no");
    }
}
