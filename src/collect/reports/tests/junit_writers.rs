//! Who wrote a JUnit XML file. Linters, type checkers and secret scanners write it too, and their
//! findings are no tests.

use super::junit_cases::{Case, Cases};

/// What a file holds beside tests, with the tool's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Writer {
    /// A secret scanner; its messages quote the secrets.
    Secrets(&'static str),
    /// mutmut 2 or cosmic-ray: each case is a mutant.
    Mutation(&'static str),
    /// A type checker.
    Types(&'static str),
    /// A linter.
    Analysis(&'static str),
    /// A test runner, or nobody we know.
    Tests,
}

/// Suites of tools that are known by the whole name of the suite or of the root.
const BY_SUITE: [(&str, Writer); 15] = [
    ("gitleaks", Writer::Secrets("gitleaks")),
    ("trufflehog", Writer::Secrets("trufflehog")),
    ("mutmut", Writer::Mutation("mutmut")),
    ("mypy", Writer::Types("mypy")),
    ("pyright", Writer::Types("pyright")),
    ("ruff", Writer::Analysis("ruff")),
    ("CloudFormation Lint", Writer::Analysis("cfn-lint")),
    ("semgrep results", Writer::Analysis("semgrep")),
    ("bandit", Writer::Analysis("bandit")),
    ("flake8", Writer::Analysis("flake8")),
    ("pylint", Writer::Analysis("pylint")),
    ("yamllint", Writer::Analysis("yamllint")),
    ("hadolint", Writer::Analysis("hadolint")),
    ("tflint", Writer::Analysis("tflint")),
    ("stylelint", Writer::Analysis("stylelint")),
];

/// Tools that are known by the `package` of a suite or the beginning of a case's name.
const BY_PACKAGE: [(&str, Writer); 3] = [
    ("org.ruff", Writer::Analysis("ruff")),
    ("org.eslint", Writer::Analysis("eslint")),
    ("org.stylelint", Writer::Analysis("stylelint")),
];

/// The tool of a suite of this name.
pub(super) fn by_suite(name: &str) -> Option<Writer> {
    let found = BY_SUITE
        .iter()
        .find(|(suite, _)| suite.eq_ignore_ascii_case(name.trim()));
    found.map(|(_, writer)| *writer)
}

fn by_package(package: &str) -> Option<Writer> {
    let found = BY_PACKAGE
        .iter()
        .find(|(start, _)| package.starts_with(start));
    found.map(|(_, writer)| *writer)
}

/// Trivy writes `[HIGH] CVE-2024-1`, Checkov `[NONE][CKV_AWS_1] ...`.
fn by_case(case: &Case) -> Option<Writer> {
    const SEVERITIES: [&str; 5] = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"];
    let (word, rest) = case.name.strip_prefix('[')?.split_once(']')?;
    if rest.starts_with("[CKV") {
        return Some(Writer::Analysis("checkov"));
    }
    (SEVERITIES.contains(&word) && rest.starts_with(' ')).then_some(Writer::Analysis("trivy"))
}

/// Who wrote a case, by its suite and its name.
pub(super) fn of_case(case: &Case) -> Writer {
    case.suite()
        .and_then(|suite| by_suite(&suite.name).or_else(|| by_package(&suite.package)))
        .or_else(|| by_package(&case.name))
        .or_else(|| by_case(case))
        .unwrap_or(Writer::Tests)
}

/// Who wrote a file, and how many of its cases are of somebody else: reports are merged, too.
pub(super) fn writer(cases: &Cases) -> (Writer, u64) {
    let root = cases.root.as_ref();
    let named = root
        .and_then(|root| root.attribute("name"))
        .and_then(by_suite)
        .or(cases.totals.named);
    let others = |writer: Writer| {
        let of_it = cases.totals.writers.get(&writer).copied();
        cases.count().saturating_sub(of_it.unwrap_or(0))
    };
    match (named, cases.totals.first) {
        // Whatever else stands beside it: where secrets may be quoted, they must not get through.
        (Some(writer @ Writer::Secrets(_)), _) => (writer, others(writer)),
        _ if cases.totals.mutations > 0 => (Writer::Mutation("cosmic-ray"), 0),
        (named, None) => (named.unwrap_or(Writer::Tests), 0),
        (_, Some(first)) if others(first) == 0 => (first, 0),
        _ => (Writer::Tests, others(Writer::Tests)),
    }
}

/// Test runners that are known by the name of a suite or of the root.
const RUNNERS: [(&str, &str); 6] = [
    ("pytest", "pytest"),
    ("pytest tests", "pytest"),
    ("jest tests", "jest-junit"),
    ("Mocha Tests", "mocha-junit-reporter"),
    ("vitest tests", "vitest"),
    ("nextest-run", "cargo-nextest"),
];

/// The test runner of a name.
pub(super) fn runner_named(name: &str) -> Option<&'static str> {
    let found = RUNNERS.iter().find(|(named, _)| *named == name);
    found.map(|(_, runner)| *runner)
}

/// The test runner, where the file shows it.
pub(super) fn runner(cases: &Cases) -> Option<&'static str> {
    let root = cases.root.as_ref()?;
    let of_root = root.attribute("name").and_then(runner_named);
    let named = |runner: &&str| of_root == Some(*runner) || cases.totals.runners.contains(*runner);
    let schema = root
        .attribute("noNamespaceSchemaLocation")
        .unwrap_or_default();
    let by_others = [
        (schema.contains("surefire"), "surefire"),
        (
            cases
                .totals
                .properties
                .iter()
                .any(|name| name == "go.version"),
            "gotestsum",
        ),
    ];
    RUNNERS
        .iter()
        .map(|(_, runner)| *runner)
        .find(named)
        .or_else(|| {
            let mut known = by_others.into_iter().filter(|(known, _)| *known);
            known.next().map(|(_, runner)| runner)
        })
}
