//! Reports of the kind `analysis`, one file a format and one line each in [`FORMATS`].

mod bandit;
mod checkov;
mod checkov_secrets;
mod checkstyle;
mod eslint;
mod eslint_counts;
mod gitlab;
mod gosec;
mod pylint;
mod ruff;
mod sarif;
mod semgrep;
mod semgrep_secrets;
mod spotbugs;
mod zizmor;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &sarif::Sarif,
    &bandit::Bandit,
    &semgrep::Semgrep,
    &gosec::Gosec,
    &checkov::Checkov,
    &eslint::Eslint,
    &pylint::Pylint,
    &ruff::Ruff,
    &zizmor::Zizmor,
    &gitlab::GitlabAnalysis,
    &spotbugs::Spotbugs,
    &checkstyle::Checkstyle,
];
