//! The rules of a ruleset, put together as GitHub does: where several say something, the most
//! restrictive holds.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::model::fact::Item;
use crate::model::value::Value;
use crate::parse::json::{Count, Flag, Text, nullable};

/// One rule.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Rule {
    #[serde(rename = "type")]
    pub(super) kind: Text,
    #[serde(deserialize_with = "nullable")]
    parameters: Parameters,
    pub(super) ruleset_source_type: Text,
    pub(super) ruleset_source: Text,
    pub(super) ruleset_id: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Parameters {
    required_approving_review_count: Count,
    dismiss_stale_reviews_on_push: Flag,
    require_code_owner_review: Flag,
    require_last_push_approval: Flag,
    required_review_thread_resolution: Flag,
    strict_required_status_checks_policy: Flag,
    #[serde(deserialize_with = "nullable")]
    required_status_checks: Vec<Check>,
    /// What tells rules that match patterns from each other.
    name: Text,
    operator: Text,
    pattern: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Check {
    context: Text,
}

impl Rule {
    /// What tells it from other rules.
    pub(super) fn key(&self) -> String {
        let parameters = &self.parameters;
        let parts = [
            &self.kind,
            &self.ruleset_id,
            &parameters.name,
            &parameters.operator,
            &parameters.pattern,
        ];
        let parts: Vec<&str> = parts.iter().map(|it| it.said().unwrap_or("")).collect();
        parts.join(" ").trim().to_owned()
    }
}

/// Sets what some rules demand together.
pub(super) fn set(item: &mut Item, rules: &[&Rule]) {
    let has = |kind: &str| rules.iter().any(|rule| rule.kind.said() == Some(kind));
    let pulls: Vec<&Parameters> = of_kind(rules, "pull_request");
    let demanded = |flag: fn(&Parameters) -> Flag| {
        let mut flags = pulls.iter().map(|pull| flag(pull).0);
        flags.any(|flag| flag == Some(true))
    };
    item.set("pull_request", has("pull_request"));
    item.set("required_reviews", approvals(&pulls));
    item.set(
        "dismiss_stale",
        demanded(|it| it.dismiss_stale_reviews_on_push),
    );
    item.set(
        "code_owner_reviews",
        demanded(|it| it.require_code_owner_review),
    );
    item.set(
        "last_push_approval",
        demanded(|it| it.require_last_push_approval),
    );
    item.set(
        "conversation_resolution",
        demanded(|it| it.required_review_thread_resolution),
    );
    let checks = of_kind(rules, "required_status_checks");
    let contexts = checks
        .iter()
        .flat_map(|check| &check.required_status_checks);
    let contexts: BTreeSet<&str> = contexts.filter_map(|it| it.context.said()).collect();
    let strict = |check: &&Parameters| check.strict_required_status_checks_policy.0 == Some(true);
    item.set("required_checks", Value::texts(contexts));
    item.set("strict_checks", checks.iter().any(strict));
    item.set("signatures", has("required_signatures"));
    item.set("linear_history", has("required_linear_history"));
    item.set("force_pushes", !has("non_fast_forward"));
    item.set("deletions", !has("deletion"));
}

fn of_kind<'r>(rules: &[&'r Rule], kind: &str) -> Vec<&'r Parameters> {
    let of = rules.iter().filter(|rule| rule.kind.said() == Some(kind));
    of.map(|rule| &rule.parameters).collect()
}

/// The approvals that are needed. A rule that asks for a pull request and does not say how many
/// approvals it needs leaves that open.
fn approvals(pulls: &[&Parameters]) -> Option<u64> {
    let counts = pulls
        .iter()
        .map(|pull| pull.required_approving_review_count.0);
    if pulls.is_empty() {
        return Some(0);
    }
    counts.max().flatten()
}
