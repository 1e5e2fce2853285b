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

fn by_suite(name: &str) -> Option<Writer> {
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

fn of_case(cases: &Cases, case: &Case) -> Writer {
    let suite = cases.suite_of(case);
    suite
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
        .or_else(|| cases.suites.iter().find_map(|suite| by_suite(&suite.name)));
    let each: Vec<Writer> = cases.all.iter().map(|case| of_case(cases, case)).collect();
    let others = |writer: Writer| {
        let others = each.iter().filter(|of| **of != writer).count();
        u64::try_from(others).unwrap_or(u64::MAX)
    };
    if cases.mutations > 0 {
        return (Writer::Mutation("cosmic-ray"), 0);
    }
    match (named, each.first()) {
        // Whatever else stands beside it: where secrets may be quoted, they must not get through.
        (Some(writer @ Writer::Secrets(_)), _) => (writer, others(writer)),
        (named, None) => (named.unwrap_or(Writer::Tests), 0),
        (_, Some(first)) if others(*first) == 0 => (*first, 0),
        _ => (Writer::Tests, others(Writer::Tests)),
    }
}

/// The test runner, where the file shows it.
pub(super) fn runner(cases: &Cases) -> Option<&'static str> {
    let root = cases.root.as_ref()?;
    let named = |name: &str| {
        root.attribute("name") == Some(name) || cases.suites.iter().any(|suite| suite.name == name)
    };
    let schema = root
        .attribute("noNamespaceSchemaLocation")
        .unwrap_or_default();
    let known = [
        (named("pytest") || named("pytest tests"), "pytest"),
        (named("jest tests"), "jest-junit"),
        (named("Mocha Tests"), "mocha-junit-reporter"),
        (named("vitest tests"), "vitest"),
        (named("nextest-run"), "cargo-nextest"),
        (schema.contains("surefire"), "surefire"),
        (
            cases.properties.iter().any(|name| name == "go.version"),
            "gotestsum",
        ),
    ];
    known
        .into_iter()
        .find(|(known, _)| *known)
        .map(|(_, tool)| tool)
}
