//! Reports of tools.

use super::super::reading::ReportKind;
use super::super::relation::{Field, Kind, Origin, Relation};
use super::forge::FORGE_REPORT;
use super::supply::{LICENCES_REPORT, SBOM_REPORT};
use super::{PATH, field};

pub(super) const SHA256: Field = field(
    "sha256",
    Kind::Text,
    "digest of the bytes that were read and shipped",
);
pub(super) const BYTES: Field = field("bytes", Kind::Int, "their number");
pub(super) const FORMAT: Field = field("format", Kind::Text, "the short name of the format");
pub(super) const TOOL: Field = field("tool", Kind::Text, "the tool, as the report names it");
pub(super) const VERSION: Field = field(
    "tool_version",
    Kind::Text,
    "its version, as the report names it",
);
pub(super) const PRODUCED: Field = field(
    "produced_at",
    Kind::Time,
    "when it was made, as the report says, or else the record of the run that wrote it",
);
pub(super) const TIME_FROM: Field = field(
    "time_from",
    Kind::Text,
    "who says when it was made: report or record",
);
pub(super) const COMMIT: Field = field("commit", Kind::Text, "the commit the report names");
pub(super) const STATE: Field = field(
    "state",
    Kind::Text,
    "complete, incomplete, nothing-measured or unreadable",
);
pub(super) const ORIGIN: Field = field(
    "origin",
    Kind::Text,
    "how far it is bound to the commit: L0 to L3",
);
pub(super) const BINDING: Field = field(
    "binding",
    Kind::Text,
    "why it is bound to the commit as far as that, and no further",
);
pub(super) const RECORD: Field = field(
    "record",
    Kind::Text,
    "the record of the run that wrote these bytes",
);
pub(super) const RECORDED_COMMIT: Field = field(
    "recorded_commit",
    Kind::Text,
    "the commit at which that run was made, with nothing beside it",
);
pub(super) const COMMITS_BACK: Field = field(
    "commits_back",
    Kind::Int,
    "commits made since the one that the report or its record names",
);
pub(super) const CHANGES_BACK: Field = field(
    "changes_back",
    Kind::Int,
    "how many of these change a source",
);
pub(super) const EXIT_CODE: Field = field("exit_code", Kind::Int, "the exit status of that run");
pub(super) const SAME_SOURCES: Field = field(
    "same_sources_since",
    Kind::Time,
    "when the commit was made that holds the report, where no source changed since; or when its \
     recorded run was, of another commit with the same sources",
);
pub(super) const OLDER: Field = field(
    "older_than_commit",
    Kind::Time,
    "when the examined commit was made, where the report says that it was made before",
);
pub(super) const NOTES: Field = field(
    "notes",
    Kind::Texts,
    "what was inconsistent, skipped or assumed",
);

/// What a report can hold items of, for kinds whose formats hold different things. A report says
/// nothing of a relation that it does not hold: it is neither evidence nor a gap there.
pub(super) const HOLDS: Field = field(
    "holds",
    Kind::Texts,
    "the relations it holds items of; it says nothing of others",
);

pub(super) const fn count(name: &'static str, about: &'static str) -> Field {
    field(name, Kind::Int, about)
}

pub(super) const fn ratio(name: &'static str, about: &'static str) -> Field {
    field(name, Kind::Ratio, about)
}

const TOTAL: Field = count("measures.total", "all rows");
const ACTIVE: Field = count("measures.active", "not suppressed, not absent, a failure");
const SUPPRESSED: Field = count(
    "measures.suppressed",
    "suppressed in the source or by the tool",
);
const BY_SEVERITY: Field = field(
    "measures.by_severity",
    Kind::Counts,
    "by the tool's own words, in lower case",
);

/// Coverage reports.
pub static COVERAGE_REPORT: Relation = Relation {
    name: "coverage.report",
    item: "a coverage report",
    noun: ("coverage report", "coverage reports"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        NOTES,
        ratio("measures.lines", "lines covered, of those measured"),
        ratio("measures.branches", "branches covered, of those measured"),
        ratio("measures.functions", "functions covered, of those measured"),
        ratio(
            "measures.statements",
            "statements covered, of those measured",
        ),
        count("measures.files", "files measured"),
        count(
            "files_elsewhere",
            "files measured that are not in the examined tree",
        ),
    ],
    shown: &["format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "coverage.py, Istanbul, llvm-cov, gcovr, tarpaulin or SimpleCov JSON, Cobertura, JaCoCo, \
             Clover, OpenCover or SonarQube XML, lcov tracefiles, Go profiles",
    remedy: "Run the tests with coverage and write a report before audit runs.",
};

/// Mutation reports.
pub static MUTATION_REPORT: Relation = Relation {
    name: "mutation.report",
    item: "a mutation report",
    noun: ("mutation report", "mutation reports"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        NOTES,
        count("measures.killed", "mutants that a test found"),
        count("measures.survived", "mutants that no test found"),
        count(
            "measures.timeout",
            "mutants that ran out of time; counted as found",
        ),
        count(
            "measures.no_coverage",
            "mutants no test runs; counted as not found",
        ),
        count(
            "measures.suspicious",
            "mutants that ended oddly; counted as not found",
        ),
        count("measures.ignored", "mutants left out"),
        count("measures.errors", "mutants that did not build or run"),
        count("measures.pending", "mutants not tried yet"),
        TOTAL,
        count(
            "measures.detected",
            "killed and timed out; of PIT all that it calls detected",
        ),
        count(
            "measures.valid",
            "detected, survived, not covered and suspicious; of PIT all",
        ),
        ratio("measures.score", "detected, of those valid"),
    ],
    shown: &["format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "mutmut 3, cosmic-ray, Stryker, PIT, cargo-mutants, Infection and gremlins reports",
    remedy: "Run the mutation tests to their end and write their statistics.",
};

/// Reports of static analysis.
pub static ANALYSIS_REPORT: Relation = Relation {
    name: "analysis.report",
    item: "a report of a static analysis",
    noun: ("analysis report", "analysis reports"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        NOTES,
        TOTAL,
        ACTIVE,
        SUPPRESSED,
        BY_SEVERITY,
    ],
    shown: &["tool", "format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "SARIF 2.1.0, or the JSON or XML of bandit, Checkov, Checkstyle, ESLint, GitLab's scanners, \
             gosec, pylint, ruff, Semgrep, SpotBugs or zizmor",
    remedy: "Run the analysis and write SARIF, or the tool's own JSON, before audit runs.",
};

/// Reports of type checkers.
pub static TYPES_REPORT: Relation = Relation {
    name: "types.report",
    item: "a report of a type checker",
    noun: ("types report", "types reports"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        NOTES,
        TOTAL,
        ACTIVE,
        SUPPRESSED,
        BY_SEVERITY,
    ],
    shown: &["tool", "format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "mypy's text, JSON or JUnit XML, pyright's JSON",
    remedy: "Run the type checker and write its report before audit runs.",
};

/// Reports of secret scanners.
pub static SECRETS_REPORT: Relation = Relation {
    name: "secrets.report",
    item: "a report of a secret scanner",
    noun: ("secrets report", "secrets reports"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        NOTES,
        TOTAL,
        ACTIVE,
        SUPPRESSED,
        BY_SEVERITY,
        count(
            "measures.verified",
            "those the tool tried and found working",
        ),
        count("measures.unaudited", "those nobody has judged"),
    ],
    shown: &["format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "the JSON of gitleaks, TruffleHog, trufflehog3, detect-secrets or GitLab's secret detection, \
             SARIF or JUnit XML of a secret scanner",
    remedy: "Run the secret scanner over the whole history and write its report.",
};

/// Reports of dependency audits.
pub static DEPENDENCIES_REPORT: Relation = Relation {
    name: "dependencies.report",
    item: "a report of known vulnerabilities",
    noun: ("dependency audit", "dependency audits"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        HOLDS,
        NOTES,
        count("measures.unique", "advisories, aliases merged"),
        count("measures.entries", "rows"),
        SUPPRESSED,
        count(
            "measures.warnings",
            "packages warned of for something else: unmaintained, yanked, deprecated",
        ),
        count(
            "measures.called",
            "advisories whose vulnerable code is called, where the tool looked",
        ),
        count("measures.packages", "packages named"),
        count(
            "measures.audited",
            "packages looked up, as the tool counts them",
        ),
        count("measures.skipped", "packages not looked up"),
        BY_SEVERITY,
    ],
    shown: &["format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "JSON of pip-audit, cargo-audit, cargo-deny, npm, pnpm, yarn, osv-scanner, grype, trivy, \
             safety, govulncheck or Snyk; dependency-check XML or JSON",
    remedy: "Run the dependency audit against the lock file and write its report.",
};

/// Reports of test runs.
pub static TESTS_REPORT: Relation = Relation {
    name: "tests.report",
    item: "a report of a test run",
    noun: ("test report", "test reports"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        NOTES,
        TOTAL,
        count("measures.passed", "cases that passed"),
        count("measures.failed", "cases that failed"),
        count("measures.errors", "cases that broke"),
        count(
            "measures.skipped",
            "cases that did not run, or were expected to fail",
        ),
        count(
            "measures.todo",
            "cases marked as still to do, beside those skipped",
        ),
    ],
    shown: &["format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "JUnit XML, TAP, JSON of go test, Jest, Mocha and pytest-json-report",
    remedy: "Run the tests and write JUnit XML before audit runs.",
};

/// The relation of the reports of a kind, where `audit` reads that kind.
pub fn report_of(kind: ReportKind) -> Option<&'static Relation> {
    match kind {
        ReportKind::Coverage => Some(&COVERAGE_REPORT),
        ReportKind::Mutation => Some(&MUTATION_REPORT),
        ReportKind::Analysis => Some(&ANALYSIS_REPORT),
        ReportKind::Secrets => Some(&SECRETS_REPORT),
        ReportKind::Dependencies => Some(&DEPENDENCIES_REPORT),
        ReportKind::Tests => Some(&TESTS_REPORT),
        ReportKind::Types => Some(&TYPES_REPORT),
        ReportKind::Licences => Some(&LICENCES_REPORT),
        ReportKind::Sbom => Some(&SBOM_REPORT),
        ReportKind::Forge => Some(&FORGE_REPORT),
    }
}
