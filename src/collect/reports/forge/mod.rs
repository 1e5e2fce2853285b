//! Reports of the kind `forge`: answers of GitHub's API, saved as files. One file a format and one
//! line each in [`FORMATS`].
//!
//! `gh api` writes an answer as it comes. With `--paginate` the pages of a list follow each other or
//! are joined, with `--slurp` they stand in one list; all of these are read.

mod answer;
mod branch_rules;
mod branches;
mod checks;
mod code_scanning;
mod dependabot;
mod dependabot_graphql;
mod github;
mod list;
mod protection;
mod pulls;
mod refs;
mod reviews;
mod rules;
mod rulesets;
mod secret_scanning;

pub(super) use branches::{branches, required_checks};

use super::Format;

/// The formats, the more particular one first; the list of anything comes last.
pub(super) static FORMATS: &[&dyn Format] = &[
    &protection::Protection,
    &rulesets::Rulesets,
    &branch_rules::BranchRules,
    &pulls::Pulls,
    &reviews::Reviews,
    &checks::Checks,
    &dependabot::DependabotAlerts,
    &code_scanning::CodeScanningAlerts,
    &secret_scanning::SecretScanningAlerts,
    &dependabot_graphql::DependabotGraphQl,
    &list::List,
];
