//! Which steps run a check, and of which kind: tests, linters, type checkers and scanners, known by
//! their commands and by their actions.

use crate::collect::repository::locks::commands::{self, Command};

/// Kinds of check, with the programs that are nothing else, and the actions that run them.
const TOOLS: [(&str, &[&str], &[&str]); 7] = [
    (
        "tests",
        &[
            "pytest",
            "py.test",
            "tox",
            "nox",
            "jest",
            "vitest",
            "mocha",
            "rspec",
            "phpunit",
            "nosetests",
            "stestr",
        ],
        &[],
    ),
    (
        "lint",
        &[
            "flake8",
            "pylint",
            "eslint",
            "biome",
            "golangci-lint",
            "rubocop",
            "ruff",
            "oxlint",
            "shellcheck",
            "actionlint",
        ],
        &[
            "astral-sh/ruff-action",
            "chartboost/ruff-action",
            "golangci/golangci-lint-action",
            "pre-commit/action",
        ],
    ),
    (
        "types",
        &[
            "mypy",
            "dmypy",
            "pyright",
            "basedpyright",
            "pyre",
            "tsc",
            "ty",
        ],
        &["jakebailey/pyright-action"],
    ),
    (
        "analysis",
        &[
            "bandit", "semgrep", "opengrep", "gosec", "zizmor", "njsscan", "brakeman",
        ],
        &[
            "github/codeql-action/analyze",
            "returntocorp/semgrep-action",
            "semgrep/semgrep-action",
            "PyCQA/bandit-action",
            "securego/gosec",
            "zizmorcore/zizmor-action",
            "SonarSource/sonarqube-scan-action",
        ],
    ),
    (
        "secrets",
        &[
            "gitleaks",
            "trufflehog",
            "detect-secrets",
            "ggshield",
            "ripsecrets",
        ],
        &[
            "gitleaks/gitleaks-action",
            "trufflesecurity/trufflehog",
            "GitGuardian/ggshield-action",
            "GitGuardian/ggshield/actions/secret",
        ],
    ),
    (
        "dependencies",
        &["pip-audit", "osv-scanner", "safety", "govulncheck", "grype"],
        &[
            "actions/dependency-review-action",
            "pypa/gh-action-pip-audit",
            "google/osv-scanner-action",
            "anchore/scan-action",
            "rustsec/audit-check",
            "EmbarkStudios/cargo-deny-action",
            "golang/govulncheck-action",
        ],
    ),
    ("coverage", &["diff-cover"], &[]),
];

/// Programs that do several things, each known by its first argument.
const SUBCOMMANDS: [(&str, &str, &str); 29] = [
    ("cargo", "test", "tests"),
    ("cargo", "nextest", "tests"),
    ("cargo", "clippy", "lint"),
    ("cargo", "audit", "dependencies"),
    ("cargo", "deny", "dependencies"),
    ("cargo", "llvm-cov", "coverage"),
    ("cargo", "tarpaulin", "coverage"),
    ("go", "test", "tests"),
    ("go", "vet", "lint"),
    ("npm", "test", "tests"),
    ("npm", "t", "tests"),
    ("npm", "audit", "dependencies"),
    ("pnpm", "test", "tests"),
    ("pnpm", "audit", "dependencies"),
    ("yarn", "test", "tests"),
    ("yarn", "audit", "dependencies"),
    ("make", "test", "tests"),
    ("make", "check", "tests"),
    ("make", "lint", "lint"),
    ("mvn", "test", "tests"),
    ("mvn", "verify", "tests"),
    ("gradle", "test", "tests"),
    ("gradle", "check", "tests"),
    ("dotnet", "test", "tests"),
    ("coverage", "report", "coverage"),
    ("pre-commit", "run", "lint"),
    ("prek", "run", "lint"),
    ("snyk", "test", "dependencies"),
    ("trivy", "fs", "dependencies"),
];

/// Programs that run another: what follows them is looked at, behind their options.
const RUNNERS: [(&str, &str); 14] = [
    ("uv", "run"),
    ("poetry", "run"),
    ("pdm", "run"),
    ("pipenv", "run"),
    ("hatch", "run"),
    ("rye", "run"),
    ("npm", "exec"),
    ("pnpm", "exec"),
    ("go", "run"),
    ("pipx", "run"),
    ("uv", "tool"),
    ("coverage", "run"),
    ("bundle", "exec"),
    ("yarn", "exec"),
];

/// Options of these that take a value.
const WITH_VALUE: [&str; 11] = [
    "--with",
    "--group",
    "--extra",
    "--python",
    "-p",
    "--project",
    "--source",
    "--rcfile",
    "--package",
    "--only-group",
    "--spec",
];

/// A check that a step runs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) kind: &'static str,
    /// The program or action.
    pub(super) tool: String,
    /// The line of the script it begins on, from 0.
    pub(super) line: usize,
    /// Whether the script goes on as if nothing were, whatever the check finds.
    pub(super) ignored: bool,
}

/// The check that an action runs.
pub(super) fn of_action(uses: &str) -> Option<Check> {
    let name = uses.split('@').next().unwrap_or_default();
    let known = TOOLS.iter().find(|(_, _, actions)| {
        actions
            .iter()
            .any(|action| name.eq_ignore_ascii_case(action))
    });
    known.map(|(kind, ..)| Check {
        kind,
        tool: name.to_owned(),
        line: 0,
        ignored: false,
    })
}

/// The checks of a script. `pipefail`: whether a pipe fails with any of its commands.
pub(super) fn of_script(script: &str, pipefail: bool) -> Vec<Check> {
    let pipefail = pipefail || script.contains("pipefail");
    let lines: Vec<&str> = script.lines().collect();
    let mut found = Vec::new();
    for command in commands::of(script) {
        let Some((kind, tool)) = of_words(&command.words) else {
            continue;
        };
        // Of a command over several lines, what follows it stands on the last.
        let mut line = command.line;
        while lines
            .get(line)
            .is_some_and(|it| it.trim_end().ends_with('\\'))
        {
            line += 1;
        }
        let text = lines.get(line).copied().unwrap_or_default();
        found.push(Check {
            kind,
            tool,
            line: command.line,
            ignored: is_ignored(text, &tool_options(&command), pipefail),
        });
    }
    found
}

fn tool_options(command: &Command) -> Vec<&str> {
    command.words.iter().map(String::as_str).collect()
}

/// Whether what a command says is thrown away: by `|| true`, by a pipe, or by an option of its own.
fn is_ignored(line: &str, words: &[&str], pipefail: bool) -> bool {
    const OPTIONS: [&str; 6] = [
        "--exit-zero",
        "--exit-code=0",
        "--no-fail",
        "--passWithNoTests=all",
        "--soft-fail",
        "--no-error-on-findings",
    ];
    let alternative = line.contains("||");
    let piped = line.replace("||", "").contains('|') && !pipefail;
    let zero = words
        .windows(2)
        .any(|pair| matches!(pair, ["--exit-code", "0"]));
    alternative || piped || zero || words.iter().any(|word| OPTIONS.contains(word))
}

/// The kind of check that a command is, and its program.
fn of_words(words: &[String]) -> Option<(&'static str, String)> {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Runners may stand in one another: `uv run coverage run -m pytest`.
    for _ in 0..4 {
        let (first, second) = (words.first().copied()?, words.get(1).copied());
        let program = program(first);
        if let Some(known) = named(program, second, &words) {
            return Some((known, program.to_owned()));
        }
        let python = program.starts_with("python") || program == "py";
        let runs = |(runner, verb): &(&str, &str)| program == *runner && second == Some(*verb);
        let skip = match program {
            "npx" | "uvx" | "bunx" => 1,
            _ if python => 1,
            _ if RUNNERS.iter().any(runs) => 2,
            _ => return None,
        };
        words = behind(&words, skip);
        if python && words.is_empty() {
            return None;
        }
    }
    None
}

/// What a runner runs: the words behind its options.
fn behind<'w>(words: &[&'w str], skip: usize) -> Vec<&'w str> {
    let mut rest = words.iter().copied().skip(skip).peekable();
    while let Some(word) = rest.peek().copied() {
        if !word.starts_with('-') && word != "run" {
            break;
        }
        rest.next();
        if WITH_VALUE.contains(&word) {
            rest.next();
        }
    }
    rest.collect()
}

/// A program without its folder and version: `./node_modules/.bin/eslint`, `ruff@0.16`,
/// `github.com/zricethezav/gitleaks/v8@v8.30.1`.
fn program(word: &str) -> &str {
    let bare = word
        .split('@')
        .next()
        .filter(|it| !it.is_empty())
        .unwrap_or(word);
    let mut parts = bare.rsplit('/');
    let last = parts.next().unwrap_or(bare);
    let version = last
        .strip_prefix('v')
        .is_some_and(|it| it.parse::<u32>().is_ok());
    match parts.next() {
        Some(name) if version => name,
        _ => last,
    }
}

fn named(program: &str, second: Option<&str>, words: &[&str]) -> Option<&'static str> {
    if matches!(program, "detect-secrets-hook") {
        return Some("secrets");
    }
    if program == "pytest"
        && words
            .iter()
            .any(|word| word.starts_with("--cov-fail-under"))
    {
        return Some("coverage");
    }
    // What formats is no linter.
    if program == "ruff" && second == Some("format") {
        return None;
    }
    let script = |word: &str| {
        let (kind, _) = [("tests", "test"), ("lint", "lint"), ("types", "typecheck")]
            .into_iter()
            .find(|(_, start)| word.starts_with(start))?;
        Some(kind)
    };
    if matches!(program, "npm" | "pnpm" | "yarn" | "bun") && second == Some("run") {
        return words.get(2).and_then(|word| script(word));
    }
    if program == "unittest" || (program == "manage.py" && second == Some("test")) {
        return Some("tests");
    }
    let direct = TOOLS
        .iter()
        .find(|(_, programs, _)| programs.contains(&program));
    let by_verb = || {
        let mut verbs = SUBCOMMANDS.iter();
        let known = verbs.find(|(name, verb, _)| program == *name && second == Some(*verb));
        known.map(|(.., kind)| *kind)
    };
    direct.map(|(kind, ..)| *kind).or_else(by_verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(script: &str) -> Vec<String> {
        let found = of_script(script, false).into_iter();
        found
            .map(|it| {
                format!(
                    "{} {} {}{}",
                    it.line,
                    it.kind,
                    it.tool,
                    if it.ignored { " ignored" } else { "" }
                )
            })
            .collect()
    }

    #[test]
    fn a_check_is_known_however_it_is_started() {
        for (script, expected) in [
            ("python -m pytest -q", "0 tests pytest"),
            ("uv run --group dev pytest", "0 tests pytest"),
            ("coverage run -m pytest --junitxml=x", "0 tests pytest"),
            ("poetry run python3 -m mypy src", "0 types mypy"),
            ("ruff check .", "0 lint ruff"),
            ("./node_modules/.bin/eslint .", "0 lint eslint"),
            ("npx tsc --noEmit", "0 types tsc"),
            ("npm run test:unit", "0 tests npm"),
            ("cargo deny check", "0 dependencies cargo"),
            (
                "go run github.com/zricethezav/gitleaks/v8@v8.30.1 git .",
                "0 secrets gitleaks",
            ),
            ("python manage.py test", "0 tests manage.py"),
            ("coverage report", "0 coverage coverage"),
            ("pytest --cov-fail-under=90", "0 coverage pytest"),
        ] {
            assert_eq!(kinds(script), [expected], "{script}");
        }
        for none in [
            "ruff format .",
            "pip install pytest",
            "echo pytest",
            "python setup.py",
            "npm ci",
        ] {
            assert_eq!(kinds(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn what_is_thrown_away_holds_nothing() {
        for (script, ignored) in [
            ("bandit -r src || true", true),
            ("bandit -r src | tee log", true),
            ("set -o pipefail\nbandit -r src | tee log", false),
            ("bandit -r src --exit-zero", true),
            ("gitleaks git . --exit-code 0", true),
            ("bandit \\\n  -r src || true", true),
            ("bandit -r src && echo done", false),
        ] {
            let found = of_script(script, false);
            assert_eq!(
                found.first().map(|it| it.ignored),
                Some(ignored),
                "{script}"
            );
        }
    }

    #[test]
    fn actions_are_known_at_any_revision() {
        let found = of_action("gitleaks/gitleaks-action@v2").map(|it| it.kind);
        assert_eq!(found, Some("secrets"));
        assert_eq!(of_action("actions/checkout@v4"), None);
    }
}
