//! Ways for an outsider's input to reach a privileged job.
//!
//! Rules and their sources: GitHub's "Secure use reference" and "Keeping your GitHub Actions and
//! workflows secure" parts 1 to 4 (Security Lab), Scorecard's Dangerous-Workflow, zizmor's
//! template-injection and github-env. Followed are the contexts themselves, `env`, and outputs that
//! are named after a head; not what a script passes on under another name.

use std::collections::BTreeMap;

use super::condition;
use super::expression::{Expression, expressions};
use super::place::Lines;
use super::{checkout, environment, untrusted};
use crate::parse::yaml::Node;

/// Events that an outsider can cause and that run with the repository's own token and secrets.
const PRIVILEGED: &[&str] = &[
    "pull_request_target",
    "workflow_run",
    "issue_comment",
    "issues",
    "discussion",
    "discussion_comment",
    "gollum",
    "fork",
    "watch",
];

/// Inputs that their action runs as code, by the actions' own documentation.
const CODE_INPUTS: &[(&str, &str)] = &[
    ("actions/github-script", "script"),
    ("appleboy/ssh-action", "script"),
    ("azure/cli", "inlineScript"),
    ("azure/powershell", "inlineScript"),
    ("jannekem/run-python-script-action", "script"),
    ("mikefarah/yq", "cmd"),
    ("nick-fields/retry", "command"),
];

/// One hazard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hazard {
    /// Its rule.
    pub(super) rule: &'static str,
    /// Line and column, from 1.
    pub(super) place: (u32, u32),
    /// The expression or reference that carries the input.
    pub(super) detail: String,
    /// The privileged event an outsider can start it by.
    pub(super) trigger: Option<String>,
}

/// What is known around a step.
pub(super) struct Scope<'s> {
    /// The lines of the file.
    pub(super) lines: &'s Lines<'s>,
    /// The privileged events that start the workflow; none for an action, which does not know.
    pub(super) privileged: &'s [&'s str],
    /// The variables of workflow and job.
    pub(super) variables: &'s Variables<'s>,
    /// The job's `if`.
    pub(super) condition: Option<&'s str>,
}

/// What the variables of `env` carry, by their names in lower case. A nearer `env` stands before
/// the one around it.
#[derive(Debug, Default)]
pub(super) struct Variables<'v> {
    around: Option<&'v Variables<'v>>,
    own: BTreeMap<String, Carried>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Carried {
    text: bool,
    head: bool,
}

impl Variables<'_> {
    /// These variables and those of a nearer `env`.
    pub(super) fn with<'v>(&'v self, env: Option<&Node>) -> Variables<'v> {
        let mut own = BTreeMap::new();
        for entry in env.into_iter().flat_map(Node::entries) {
            let value = entry.value.text().unwrap_or("");
            let found = expressions(value);
            let carried = Carried {
                text: found.iter().any(|it| self.carries_text(it)),
                head: found.iter().any(|it| self.carries_head(it)) || is_pull_ref(value),
            };
            own.insert(entry.name().to_lowercase(), carried);
        }
        Variables {
            around: Some(self),
            own,
        }
    }

    fn carried(&self, name: &str) -> Carried {
        let own = self.own.get(&name.to_lowercase()).copied();
        own.or_else(|| self.around.map(|around| around.carried(name)))
            .unwrap_or_default()
    }

    /// Whether an expression brings an outsider's text.
    pub(super) fn carries_text(&self, expression: &Expression<'_>) -> bool {
        expression.carriers.iter().any(|carrier| {
            untrusted::is_text(carrier)
                || untrusted::variable(carrier).is_some_and(|name| self.carried(name).text)
        })
    }

    /// Whether an expression names an outsider's code.
    pub(super) fn carries_head(&self, expression: &Expression<'_>) -> bool {
        expression.carriers.iter().any(|carrier| {
            untrusted::is_head(carrier)
                || untrusted::is_head_output(carrier)
                || untrusted::variable(carrier).is_some_and(|name| self.carried(name).head)
        })
    }

    /// A variable with an outsider's text that a line of a script expands.
    pub(super) fn text_in<'l>(&self, line: &'l str) -> Option<&'l str> {
        expanded(line)
            .into_iter()
            .find(|name| self.carried(name).text)
    }

    /// A variable with the name of an outsider's code that a line of a script expands.
    pub(super) fn head_in<'l>(&self, line: &'l str) -> Option<&'l str> {
        expanded(line)
            .into_iter()
            .find(|name| self.carried(name).head)
    }
}

/// The variables that a line expands: `$NAME`, `${NAME…}`, `$env:NAME`, `process.env.NAME`.
fn expanded(line: &str) -> Vec<&str> {
    let name = |rest: &str| {
        rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(rest.len())
    };
    let shell = line.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let rest = rest.strip_prefix("env:").unwrap_or(rest);
        rest.get(..name(rest)).unwrap_or("")
    });
    let node = line
        .split("process.env.")
        .skip(1)
        .map(|rest| rest.get(..name(rest)).unwrap_or(""));
    shell.chain(node).filter(|name| !name.is_empty()).collect()
}

/// `refs/pull/…`, or `pull/…/head` and `pull/…/merge`: the refs GitHub keeps of pull requests.
pub(super) fn is_pull_ref(text: &str) -> bool {
    text.contains("refs/pull/")
        || text.split_once("pull/").is_some_and(|(before, after)| {
            !before.ends_with(|c: char| c.is_ascii_alphanumeric())
                && (after.contains("/head") || after.contains("/merge"))
        })
}

/// Those of a workflow's events that are privileged.
pub(super) fn privileged(triggers: &[&str]) -> Vec<&'static str> {
    let events = PRIVILEGED.iter().copied();
    events.filter(|event| triggers.contains(event)).collect()
}

/// The hazards of one step.
pub(super) fn of_step(step: &Node, scope: &Scope<'_>) -> Vec<Hazard> {
    let variables = scope.variables.with(step.get("env"));
    let conditions: Vec<&str> = scope
        .condition
        .into_iter()
        .chain(step.get("if").and_then(Node::text))
        .collect();
    let trigger = condition::reachable(scope.privileged, &conditions);
    let found = Found {
        lines: scope.lines,
        variables: &variables,
        trigger,
        hazards: Vec::new(),
    };
    found.all(step)
}

/// A step under examination.
pub(super) struct Found<'s> {
    /// The lines of the file.
    pub(super) lines: &'s Lines<'s>,
    /// The variables that the step sees.
    pub(super) variables: &'s Variables<'s>,
    /// The privileged event an outsider can start it by.
    pub(super) trigger: Option<&'s str>,
    hazards: Vec<Hazard>,
}

impl Found<'_> {
    fn all(mut self, step: &Node) -> Vec<Hazard> {
        let uses = step.get("uses").and_then(Node::text).unwrap_or("");
        if let Some(run) = step.get("run") {
            self.script(run);
            environment::of_shell(run, &mut self);
            checkout::of_shell(run, &mut self);
        }
        for (_, name) in CODE_INPUTS
            .iter()
            .filter(|(action, _)| is_action(uses, action))
        {
            if let Some(script) = input(step, name) {
                self.script(script);
            }
        }
        if is_action(uses, "actions/github-script")
            && let Some(script) = input(step, "script")
        {
            environment::of_javascript(script, &mut self);
        }
        if is_action(uses, "actions/checkout") {
            checkout::of_action(step, &mut self);
        }
        self.hazards
    }

    /// Expressions are put into a script before the shell or Node.js reads it: what they bring is
    /// code, whatever quotes stand around them.
    fn script(&mut self, script: &Node) {
        let mut cursor = self.lines.at(script);
        for expression in expressions(script.text().unwrap_or("")) {
            let place = cursor.find(expression.raw);
            if self.variables.carries_text(&expression) {
                self.add("script-injection", place, expression.inner());
            }
        }
    }

    /// Adds a hazard.
    pub(super) fn add(&mut self, rule: &'static str, place: (u32, u32), detail: &str) {
        self.hazards.push(Hazard {
            rule,
            place,
            detail: crate::model::text::excerpt(detail),
            trigger: self.trigger.map(str::to_owned),
        });
    }
}

/// Whether a `uses` names an action, in whatever revision.
fn is_action(uses: &str, action: &str) -> bool {
    let name = uses.split('@').next().unwrap_or("");
    name.eq_ignore_ascii_case(action)
}

/// An input of a step; their names are not case-sensitive.
pub(super) fn input<'n>(step: &'n Node, name: &str) -> Option<&'n Node> {
    let with = step.get("with")?;
    let entry = with
        .entries()
        .iter()
        .find(|entry| entry.name().eq_ignore_ascii_case(name))?;
    Some(&entry.value)
}
