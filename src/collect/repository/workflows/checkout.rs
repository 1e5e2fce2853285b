//! Untrusted checkout: a privileged job takes the code of a pull request into its workspace.
//!
//! `pull_request_target`, `workflow_run` and `issue_comment` run with the repository's token and
//! secrets. Since version 7 `actions/checkout` refuses a fork's code in the first two unless
//! `allow-unsafe-pr-checkout` is set; which version a hash stands for no file tells, so it is shown.

use super::expression::expressions;
use super::hazard::{Found, input, is_pull_ref};
use crate::parse::yaml::Node;

const RULE: &str = "untrusted-checkout";

/// Events of a pull request, or after one, that are privileged.
const TRIGGERS: &[&str] = &["pull_request_target", "workflow_run", "issue_comment"];

/// Commands of git that bring or take up commits.
const COMMANDS: &[&str] = &[
    "fetch", "checkout", "switch", "pull", "clone", "reset", "worktree", "merge", "rebase",
];

fn is_privileged(found: &Found<'_>) -> bool {
    found
        .trigger
        .is_some_and(|trigger| TRIGGERS.contains(&trigger))
}

/// `actions/checkout` with a `ref` or `repository` of the pull request.
pub(super) fn of_action(step: &Node, found: &mut Found<'_>) {
    if !is_privileged(found) {
        return;
    }
    for name in ["ref", "repository"] {
        let Some(node) = input(step, name) else {
            continue;
        };
        let text = node.text().unwrap_or("");
        let head = expressions(text)
            .iter()
            .any(|it| found.variables.carries_head(it));
        if head || is_pull_ref(text) {
            let detail = format!("{name}: {text}");
            found.add(RULE, (node.line, node.column), &detail);
            return;
        }
    }
}

/// A command that checks out a pull request.
pub(super) fn of_shell(run: &Node, found: &mut Found<'_>) {
    if !is_privileged(found) {
        return;
    }
    let mut cursor = found.lines.at(run);
    for line in run.text().unwrap_or("").lines() {
        let line = line.trim();
        if line.starts_with('#') || !takes_up(line, found) {
            continue;
        }
        let place = cursor.find(line);
        found.add(RULE, place, line);
    }
}

fn takes_up(line: &str, found: &Found<'_>) -> bool {
    let words: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | '`' | ';'))
        .collect();
    if words
        .windows(3)
        .any(|three| matches!(three, ["gh" | "hub", "pr", "checkout"]))
    {
        return true;
    }
    runs_git(&words)
        && (is_pull_ref(line)
            || found.variables.head_in(line).is_some()
            || expressions(line)
                .iter()
                .any(|it| found.variables.carries_head(it)))
}

fn runs_git(words: &[&str]) -> bool {
    let mut after = false;
    let mut skip = false;
    for word in words {
        if skip {
            skip = false;
        } else if *word == "git" {
            after = true;
        } else if after && matches!(*word, "-C" | "-c") {
            skip = true;
        } else if after && !word.starts_with('-') {
            if COMMANDS.contains(word) {
                return true;
            }
            after = false;
        }
    }
    false
}
