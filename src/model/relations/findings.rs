//! The items inside reports: each is worth as much as the report it stands in.

use super::super::relation::{Field, Kind, Origin, Relation};
use super::code::{CATEGORY, LANGUAGE};
use super::reports::{
    ANALYSIS_REPORT, COVERAGE_REPORT, DEPENDENCIES_REPORT, MUTATION_REPORT, SECRETS_REPORT,
    TESTS_REPORT, TYPES_REPORT,
};
use super::{IDENTITY, LINE, PATH, field};

pub(super) const REPORT: Field = field("report", Kind::Text, "the report it stands in");

/// Files of a coverage report.
pub static COVERAGE_FILE: Relation = Relation {
    name: "coverage.file",
    item: "a file of a coverage report",
    noun: ("measured file", "measured files"),
    fields: &[
        REPORT,
        field(
            "path",
            Kind::Text,
            "the file as the report names it, from the git root where it is found there",
        ),
        field("lines", Kind::Ratio, "lines covered, of those measured"),
        field(
            "branches",
            Kind::Ratio,
            "branches covered, of those measured",
        ),
        field(
            "functions",
            Kind::Ratio,
            "functions covered, of those measured",
        ),
        field(
            "statements",
            Kind::Ratio,
            "statements covered, of those measured",
        ),
        field(
            "missing",
            Kind::Text,
            "the lines not covered, as ranges; the first hundred of them",
        ),
    ],
    shown: &["missing"],
    idioms: &[],
    origin: Origin::Within("coverage.report"),
    sought: COVERAGE_REPORT.sought,
    remedy: COVERAGE_REPORT.remedy,
};

/// Mutants.
pub static MUTATION_MUTANT: Relation = Relation {
    name: "mutation.mutant",
    item: "a mutant of a mutation report",
    noun: ("mutant", "mutants"),
    fields: &[
        REPORT,
        PATH,
        LINE,
        field("name", Kind::Text, "as the tool names it"),
        field(
            "status",
            Kind::Text,
            "killed, survived, timeout, no_coverage, ignored, error, pending or suspicious",
        ),
    ],
    shown: &["name", "status"],
    idioms: &[],
    origin: Origin::Within("mutation.report"),
    sought: MUTATION_REPORT.sought,
    remedy: MUTATION_REPORT.remedy,
};

/// Findings of static analysis.
pub static ANALYSIS_FINDING: Relation = Relation {
    name: "analysis.finding",
    item: "a finding of a static analysis",
    noun: ("finding", "findings"),
    fields: &[
        REPORT,
        PATH,
        LINE,
        field("tool", Kind::Text, "the tool"),
        field("rule", Kind::Text, "its rule"),
        field(
            "severity",
            Kind::Text,
            "in the tool's own words, in lower case",
        ),
        field(
            "rank",
            Kind::Text,
            "critical, high, medium, low, info or unknown: the documented mapping",
        ),
        field(
            "status",
            Kind::Text,
            "active, suppressed, absent, or the kind that is no failure",
        ),
        field(
            "justification",
            Kind::Text,
            "why it was suppressed, as written",
        ),
        field("message", Kind::Text, "what the tool says"),
    ],
    shown: &["rule", "severity"],
    idioms: &[],
    origin: Origin::Within("analysis.report"),
    sought: ANALYSIS_REPORT.sought,
    remedy: ANALYSIS_REPORT.remedy,
};

/// Findings of secret scanners; never the secret.
pub static SECRETS_FINDING: Relation = Relation {
    name: "secrets.finding",
    item: "a finding of a secret scanner, without the secret",
    noun: ("possible credential", "possible credentials"),
    fields: &[
        REPORT,
        PATH,
        LINE,
        field("rule", Kind::Text, "the scanner's rule"),
        field("commit", Kind::Text, "the commit it was found in"),
        field("fingerprint", Kind::Text, "as the scanner gives it"),
        field("status", Kind::Text, "active or suppressed"),
    ],
    shown: &["rule"],
    idioms: &[],
    origin: Origin::Within("secrets.report"),
    sought: SECRETS_REPORT.sought,
    remedy: SECRETS_REPORT.remedy,
};

/// Known vulnerabilities.
pub static DEPENDENCIES_VULNERABILITY: Relation = Relation {
    name: "dependencies.vulnerability",
    item: "a known vulnerability of a dependency",
    noun: ("known vulnerability", "known vulnerabilities"),
    fields: &[
        REPORT,
        field("package", Kind::Text, "the package"),
        field("version", Kind::Text, "its version"),
        field("id", Kind::Text, "the advisory"),
        field("aliases", Kind::Texts, "its other names"),
        field(
            "severity",
            Kind::Text,
            "in the tool's own words, in lower case",
        ),
        field(
            "rank",
            Kind::Text,
            "critical, high, medium, low, info or unknown: the documented mapping",
        ),
        field("fixed_in", Kind::Texts, "versions that mend it"),
        field("status", Kind::Text, "active or suppressed"),
        field(
            "reach",
            Kind::Text,
            "called, not-called, imported or required, where the tool looked into the code",
        ),
        field(
            "justification",
            Kind::Text,
            "why it was suppressed, as written",
        ),
    ],
    shown: &["package", "version", "id"],
    idioms: &[],
    origin: Origin::Within("dependencies.report"),
    sought: DEPENDENCIES_REPORT.sought,
    remedy: DEPENDENCIES_REPORT.remedy,
};

/// Packages that an audit looked up.
pub static DEPENDENCIES_EXAMINED: Relation = Relation {
    name: "dependencies.examined",
    item: "a package that a report of known vulnerabilities says it looked up",
    noun: ("examined package", "examined packages"),
    fields: &[
        REPORT,
        field(
            "ecosystem",
            Kind::Text,
            "pip, npm, cargo or gomod, as Dependabot names them; another as the report has it",
        ),
        field("name", Kind::Text, "the package"),
        field("version", Kind::Text, "its version"),
        IDENTITY,
    ],
    shown: &["identity"],
    idioms: &[],
    origin: Origin::Within("dependencies.report"),
    sought: "reports that list every package they looked up: pip-audit, safety 2, osv-scanner with \
             --all-packages, trivy with --list-all-pkgs, GitLab's of dependency scanning, \
             govulncheck where it lists modules, dependency-check as far as it knows packages by their URLs",
    remedy: "Run an audit whose report lists every package that it looked up, and not only those \
             with a vulnerability.",
};

/// Test cases.
pub static TESTS_CASE: Relation = Relation {
    name: "tests.case",
    item: "a test case of a report",
    noun: ("test case", "test cases"),
    fields: &[
        REPORT,
        field("suite", Kind::Text, "the suite or class"),
        field("name", Kind::Text, "the case"),
        PATH,
        LINE,
        field("status", Kind::Text, "passed, failed, error or skipped"),
        field("message", Kind::Text, "what the report says of it"),
    ],
    shown: &["suite", "name", "status"],
    idioms: &[],
    origin: Origin::Within("tests.report"),
    sought: TESTS_REPORT.sought,
    remedy: TESTS_REPORT.remedy,
};

/// Tests of the source, as far as reports have cases of them.
pub static TESTS_MATCHED: Relation = Relation {
    name: "tests.matched",
    item: "a test of the source that a report has cases of",
    noun: ("test in a report", "tests in reports"),
    fields: &[
        REPORT,
        field(
            "test",
            Kind::Text,
            "by which it is known, as in code.test: tests/test_a.py::TestB::test_c",
        ),
        PATH,
        field("name", Kind::Text, "its function"),
        LANGUAGE,
        field("cases", Kind::Int, "how many cases the report has of it"),
        field(
            "status",
            Kind::Text,
            "error, failed, passed or skipped: the first of these that any of its cases has",
        ),
        field(
            "property",
            Kind::Bool,
            "whether it draws its input itself, as code.property_test has it",
        ),
        CATEGORY,
    ],
    shown: &["test", "status"],
    idioms: &[],
    origin: Origin::Within("tests.report"),
    sought: "cases of a report whose names lead to exactly one test in Python source",
    remedy: "Run the tests of the repository and write a JUnit report before audit runs.",
};

/// Findings of type checkers.
pub static TYPES_FINDING: Relation = Relation {
    name: "types.finding",
    item: "a finding of a type checker",
    noun: ("type error", "type errors"),
    fields: &[
        REPORT,
        PATH,
        LINE,
        field("tool", Kind::Text, "the type checker"),
        field("rule", Kind::Text, "its rule, where it names one"),
        field(
            "severity",
            Kind::Text,
            "in the tool's own words, in lower case",
        ),
        field(
            "rank",
            Kind::Text,
            "critical, high, medium, low, info or unknown: the documented mapping",
        ),
        field(
            "status",
            Kind::Text,
            "active, or information for what is no fault",
        ),
        field("message", Kind::Text, "what the tool says"),
    ],
    shown: &["rule", "message"],
    idioms: &[],
    origin: Origin::Within("types.report"),
    sought: TYPES_REPORT.sought,
    remedy: TYPES_REPORT.remedy,
};
