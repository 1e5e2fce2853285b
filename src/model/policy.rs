//! How a repository adopts the catalogue: entity, branch, scopes, where reports lie, parameters
//! and departures, each with its reason.

use std::collections::BTreeMap;

use serde::Serialize;

use super::reading::ReportKind;
use super::value::Value;

/// The adopted policy. Its default is what holds where no file is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// The file it was read from; `None` when the catalogue's defaults hold.
    pub path: Option<String>,
    /// Who adopts the controls.
    pub entity: Option<String>,
    /// What the repository is called in the report.
    pub repository: Option<String>,
    /// The branch that changes are merged to.
    pub protected_branch: Option<String>,
    /// Where the code is what it is.
    pub scopes: Scopes,
    /// Globs of the reports of a kind, from the policy's root; kinds without any are searched for.
    pub reports: BTreeMap<ReportKind, Vec<String>>,
    /// Parameters set here.
    pub parameters: Vec<Setting>,
    /// Controls left out.
    pub exclusions: Vec<Exclusion>,
}

/// Globs that say what a source file is for. What none matches is production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scopes {
    /// Tests and their data.
    pub tests: Vec<String>,
    /// Code of others, kept here.
    pub vendored: Vec<String>,
    /// Code that a program wrote.
    pub generated: Vec<String>,
    /// Examples, which may be wrong on purpose.
    pub examples: Vec<String>,
}

impl Default for Scopes {
    fn default() -> Self {
        let globs = |list: &[&str]| list.iter().map(|glob| (*glob).to_owned()).collect();
        Self {
            tests: globs(&[
                "**/test/**",
                "**/tests/**",
                "**/*_tests/**",
                "**/*-tests/**",
                "**/unittest*/**",
                "**/integrationtest*/**",
                "**/testfiles/**",
                "**/__snapshots__/**",
                "**/testing/**",
                "**/testdata/**",
                "**/test-data/**",
                "**/fixtures/**",
                "**/__tests__/**",
                "**/spec/**",
                "**/test_*.py",
                "**/*_test.py",
                "**/conftest.py",
                "**/*_test.go",
                "**/*.test.*",
                "**/*.spec.*",
                "**/benches/**",
                "**/fuzz/**",
            ]),
            vendored: globs(&[
                "**/vendor/**",
                "**/vendored/**",
                "**/third_party/**",
                "**/third-party/**",
                "**/_vendor/**",
            ]),
            generated: globs(&[
                "**/generated/**",
                "**/*_pb2.py",
                "**/*_pb2_grpc.py",
                "**/*.pb.go",
                "**/migrations/**",
            ]),
            examples: globs(&[
                "**/examples/**",
                "**/example/**",
                "**/samples/**",
                "**/docs/**",
            ]),
        }
    }
}

/// One parameter set by the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The control.
    pub control: String,
    /// The parameter.
    pub parameter: String,
    /// The value.
    pub value: Value,
    /// Why it departs from the catalogue.
    pub rationale: String,
    /// The line of the policy, from 1.
    pub line: u32,
}

/// A control left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// The control.
    pub control: String,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approver: String,
    /// The line of the policy, from 1.
    pub line: u32,
}
