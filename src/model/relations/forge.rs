//! Settings and records of a forge, from answers of its API that were saved as files.

use super::super::relation::{Field, Idiom, Kind, Origin, Relation};
use super::findings::REPORT;
use super::reports::{
    BINDING, BYTES, CHANGES_BACK, COMMIT, COMMITS_BACK, EXIT_CODE, FORMAT, HOLDS, NOTES, OLDER,
    ORIGIN, PRODUCED, RECORD, RECORDED_COMMIT, SAME_SOURCES, SHA256, STATE, TIME_FROM, TOOL,
    VERSION, count,
};
use super::{LINE, PATH, field};

const REPOSITORY: Field = field(
    "repository",
    Kind::Text,
    "the repository, as owner/name, where the answer says",
);
const NUMBER: Field = field("number", Kind::Int, "its number");
const CREATED: Field = field("created_at", Kind::Time, "when it was opened");

/// Saved answers of a forge.
pub static FORGE_REPORT: Relation = Relation {
    name: "forge.report",
    item: "an answer of a forge's API, saved as a file",
    noun: ("forge export", "forge exports"),
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
        count("measures.items", "rows"),
        field(
            "measures.by_state",
            Kind::Counts,
            "rows by the forge's own word for their state, in lower case",
        ),
    ],
    shown: &["format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "answers of GitHub's API: protection, rulesets, pulls, reviews, checks, alerts",
    remedy: "Save the answer of the forge's API as a file, as `gh api --paginate` writes it.",
};

/// Rules over branches and tags.
pub static FORGE_PROTECTION: Relation = Relation {
    name: "forge.protection",
    item: "a branch protection, or a ruleset",
    noun: ("protection rule", "protection rules"),
    fields: &[
        REPORT,
        REPOSITORY,
        field(
            "source",
            Kind::Text,
            "protection, ruleset, branch-rules (all rulesets that bind one branch, without who may bypass them) or ruleset-list (without their rules)",
        ),
        field("id", Kind::Text, "the ruleset, as GitHub numbers it"),
        field("name", Kind::Text, "the name of the ruleset"),
        field("target", Kind::Text, "branch, tag or push"),
        field(
            "enforcement",
            Kind::Text,
            "active, evaluate or disabled; a protection is active",
        ),
        field(
            "branches",
            Kind::Texts,
            "the branches or tags it is for, as names or patterns; ~DEFAULT_BRANCH and ~ALL are GitHub's words",
        ),
        field(
            "pull_request",
            Kind::Bool,
            "whether a change needs a pull request",
        ),
        field(
            "required_reviews",
            Kind::Int,
            "approvals that a pull request needs; 0 where it needs none",
        ),
        field(
            "dismiss_stale",
            Kind::Bool,
            "whether a new push takes approvals away",
        ),
        field(
            "code_owner_reviews",
            Kind::Bool,
            "whether an owner of the code has to approve",
        ),
        field(
            "last_push_approval",
            Kind::Bool,
            "whether somebody else has to approve the last push",
        ),
        field(
            "conversation_resolution",
            Kind::Bool,
            "whether open conversations block a merge",
        ),
        field(
            "required_checks",
            Kind::Texts,
            "the checks that have to succeed",
        ),
        field(
            "strict_checks",
            Kind::Bool,
            "whether they have to succeed on top of the newest base",
        ),
        field(
            "signatures",
            Kind::Bool,
            "whether commits have to be signed",
        ),
        field(
            "linear_history",
            Kind::Bool,
            "whether merge commits are refused",
        ),
        field(
            "force_pushes",
            Kind::Bool,
            "whether it lets history be rewritten",
        ),
        field(
            "deletions",
            Kind::Bool,
            "whether it lets the branch be deleted",
        ),
        field(
            "enforce_admins",
            Kind::Bool,
            "whether it binds administrators too",
        ),
        field(
            "bypass_actors",
            Kind::Texts,
            "who may pass it by, each with when",
        ),
        field("bypass_count", Kind::Int, "how many those are"),
    ],
    shown: &["source", "name", "branches"],
    idioms: &[Idiom {
        field: "enforcement",
        comparator: "eq",
        values: &["active"],
        words: "in force",
    }],
    origin: Origin::Within("forge.report"),
    sought: "answers of GitHub to branches/BRANCH/protection, rulesets/ID and rules/branches/BRANCH",
    remedy: "Save what `gh api repos/{owner}/{repo}/branches/main/protection` answers, and `…/rulesets/ID` for each ruleset.",
};

/// Checks that rules name.
pub static FORGE_REQUIRED_CHECK: Relation = Relation {
    name: "forge.required_check",
    item: "a check that the rules in force for a branch require",
    noun: ("required check", "required checks"),
    fields: &[
        REPORT,
        REPOSITORY,
        field(
            "branch",
            Kind::Text,
            "the branch, as the rule names it: a name, a pattern, ~DEFAULT_BRANCH or ~ALL",
        ),
        field("name", Kind::Text, "the check"),
    ],
    shown: &["branch", "name"],
    idioms: &[],
    origin: Origin::Within("forge.report"),
    sought: FORGE_PROTECTION.sought,
    remedy: FORGE_PROTECTION.remedy,
};

/// Branches with all rules that bind them.
pub static FORGE_BRANCH: Relation = Relation {
    name: "forge.branch",
    item: "a branch that rules are for, with what all of them together demand",
    noun: ("branch with rules", "branches with rules"),
    fields: &[
        REPORT,
        REPOSITORY,
        field(
            "name",
            Kind::Text,
            "the branch, as its rules name it: a name, a pattern, ~DEFAULT_BRANCH or ~ALL",
        ),
        field(
            "rules",
            Kind::Texts,
            "the rules in force that are put together here",
        ),
        field(
            "pull_request",
            Kind::Bool,
            "whether a change needs a pull request",
        ),
        field(
            "required_reviews",
            Kind::Int,
            "approvals that a pull request needs; 0 where it needs none",
        ),
        field(
            "missing_rules",
            Kind::Texts,
            "what nothing demands: pull_request, dismiss_stale, code_owner_reviews, last_push_approval, conversation_resolution, required_checks, strict_checks, signatures, linear_history",
        ),
        field(
            "force_pushes",
            Kind::Bool,
            "whether its history can be rewritten",
        ),
        field("deletions", Kind::Bool, "whether it can be deleted"),
    ],
    shown: &["name"],
    idioms: &[],
    origin: Origin::Within("forge.report"),
    sought: FORGE_PROTECTION.sought,
    remedy: FORGE_PROTECTION.remedy,
};

/// Pull requests.
pub static FORGE_PULL: Relation = Relation {
    name: "forge.pull",
    item: "a pull request",
    noun: ("pull request", "pull requests"),
    fields: &[
        REPORT,
        REPOSITORY,
        NUMBER,
        field("title", Kind::Text, "its title"),
        field("state", Kind::Text, "open or closed"),
        field("merged", Kind::Bool, "whether it was merged"),
        field("draft", Kind::Bool, "whether it is a draft"),
        field("author", Kind::Text, "who opened it"),
        field("author_type", Kind::Text, "user, bot or organization"),
        field(
            "merged_by",
            Kind::Text,
            "who merged it; a list of pull requests does not say",
        ),
        CREATED,
        field("merged_at", Kind::Time, "when it was merged"),
        field("closed_at", Kind::Time, "when it was closed"),
        field("base", Kind::Text, "the branch it goes to"),
        field("head", Kind::Text, "the branch it comes from"),
        field("base_sha", Kind::Text, "the commit of its base"),
        field("head_sha", Kind::Text, "its last commit"),
        field("merge_sha", Kind::Text, "the commit that merged it"),
    ],
    shown: &["number", "author"],
    idioms: &[Idiom {
        field: "merged",
        comparator: "eq",
        values: &["true"],
        words: "that were merged",
    }],
    origin: Origin::Within("forge.report"),
    sought: "answers of GitHub to pulls and pulls/NUMBER",
    remedy: "Save every page of the closed pull requests, as `gh api --paginate` writes them.",
};

/// Reviews of pull requests.
pub static FORGE_REVIEW: Relation = Relation {
    name: "forge.review",
    item: "a review of a pull request",
    noun: ("review", "reviews"),
    fields: &[
        REPORT,
        REPOSITORY,
        field("pull", Kind::Int, "the number of the pull request"),
        field("user", Kind::Text, "who reviewed"),
        field("user_type", Kind::Text, "user, bot or organization"),
        field(
            "state",
            Kind::Text,
            "approved, changes_requested, dismissed, commented or pending",
        ),
        field(
            "latest",
            Kind::Bool,
            "whether it is the last of its user that decides: a comment decides nothing",
        ),
        field("commit", Kind::Text, "the commit that was reviewed"),
        field("submitted_at", Kind::Time, "when it was submitted"),
    ],
    shown: &["pull", "user", "state"],
    idioms: &[],
    origin: Origin::Within("forge.report"),
    sought: "answers of GitHub to pulls/NUMBER/reviews",
    remedy: "Save the reviews of every pull request that was merged.",
};

/// Checks of commits.
pub static FORGE_CHECK: Relation = Relation {
    name: "forge.check",
    item: "a check of a commit: a check run, check suite, workflow run or status",
    noun: ("check", "checks"),
    fields: &[
        REPORT,
        REPOSITORY,
        field("kind", Kind::Text, "run, suite, workflow-run or status"),
        field("name", Kind::Text, "its name"),
        field("app", Kind::Text, "the application that ran it"),
        field("commit", Kind::Text, "the commit that was checked"),
        field(
            "status",
            Kind::Text,
            "completed, queued, in_progress and others",
        ),
        field(
            "conclusion",
            Kind::Text,
            "success, failure, neutral, skipped and others; absent while it runs",
        ),
        field("started_at", Kind::Time, "when it began"),
        field("completed_at", Kind::Time, "when it ended"),
    ],
    shown: &["name", "commit", "conclusion"],
    idioms: &[],
    origin: Origin::Within("forge.report"),
    sought: "answers of GitHub to commits/REF/check-runs, check-suites and statuses, and actions/runs",
    remedy: "Save the check runs of the commit, every page of them.",
};

/// Alerts.
pub static FORGE_ALERT: Relation = Relation {
    name: "forge.alert",
    item: "an alert of the forge, without the secret it may be about",
    noun: ("alert", "alerts"),
    fields: &[
        REPORT,
        REPOSITORY,
        field(
            "source",
            Kind::Text,
            "dependabot, code-scanning or secret-scanning",
        ),
        field("tool", Kind::Text, "the tool that raised it"),
        NUMBER,
        field(
            "rule",
            Kind::Text,
            "the advisory, the tool's rule, or the type of the secret",
        ),
        field("package", Kind::Text, "the package an advisory is about"),
        PATH,
        LINE,
        field(
            "severity",
            Kind::Text,
            "in the forge's own words, in lower case",
        ),
        field(
            "rank",
            Kind::Text,
            "critical, high, medium, low, info or unknown: the documented mapping",
        ),
        field(
            "state",
            Kind::Text,
            "open, dismissed, auto_dismissed, fixed, closed or resolved",
        ),
        CREATED,
        field("fixed_at", Kind::Time, "when it was found mended"),
        field(
            "dismissed_at",
            Kind::Time,
            "when it was dismissed or resolved",
        ),
        field("dismissed_by", Kind::Text, "by whom"),
        field("dismissed_reason", Kind::Text, "the reason that was chosen"),
    ],
    shown: &["source", "number", "rule"],
    idioms: &[],
    origin: Origin::Within("forge.report"),
    sought: "answers of GitHub to dependabot/alerts, code-scanning/alerts and secret-scanning/alerts",
    remedy: "Save every page of the alerts in all states, as `gh api --paginate` writes them.",
};
