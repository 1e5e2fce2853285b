//! GitHub Actions.

use super::super::relation::{Idiom, Kind, Origin, Relation};
use super::{LINE, PATH, field};

const SOUGHT: &str = ".github/workflows/*.yml and *.yaml";
const REMEDY: &str = "Add a workflow under .github/workflows/.";

/// Workflow files.
pub static WORKFLOW_FILE: Relation = Relation {
    name: "workflow.file",
    item: "a GitHub Actions workflow",
    noun: ("workflow", "workflows"),
    fields: &[
        PATH,
        field("triggers", Kind::Texts, "the events that start it"),
        field(
            "permissions",
            Kind::Open,
            "absent, none, read-all, write-all, or the mapping itself",
        ),
        field(
            "write_scopes",
            Kind::Texts,
            "what its top level grants write access to",
        ),
        field("jobs", Kind::Int, "how many jobs it has"),
    ],
    shown: &["permissions"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Jobs of workflows.
pub static WORKFLOW_JOB: Relation = Relation {
    name: "workflow.job",
    item: "a job of a workflow",
    noun: ("job", "jobs"),
    fields: &[
        PATH,
        LINE,
        field("id", Kind::Text, "its key under jobs"),
        field("permissions", Kind::Open, "as for a workflow"),
        field(
            "rights",
            Kind::Text,
            "absent, none, read, write or write-all: its own permissions, else the workflow's",
        ),
        field(
            "write_scopes",
            Kind::Texts,
            "what it may write to, of its own permissions, else the workflow's",
        ),
        field("runs_on", Kind::Texts, "the runner labels, as written"),
        field("needs", Kind::Texts, "the jobs it waits for"),
        field("condition", Kind::Text, "its `if`, as written"),
    ],
    shown: &["id", "rights"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Steps of jobs and composite actions.
pub static WORKFLOW_STEP: Relation = Relation {
    name: "workflow.step",
    item: "a step of a job or of a composite action",
    noun: ("step", "steps"),
    fields: &[
        PATH,
        LINE,
        field(
            "job",
            Kind::Text,
            "the job it belongs to; absent in a composite action",
        ),
        field("name", Kind::Text, "its name"),
        field("uses", Kind::Text, "the action it uses"),
        field("run", Kind::Text, "the script it runs, as written"),
    ],
    shown: &["name"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// References to actions, reusable workflows and images.
pub static WORKFLOW_USES: Relation = Relation {
    name: "workflow.uses",
    item: "a `uses:` in a workflow, or in any action.yml of the tree",
    noun: ("reference", "references"),
    fields: &[
        PATH,
        LINE,
        field("uses", Kind::Text, "the reference as written"),
        field(
            "pin",
            Kind::Text,
            "sha, short-sha, tag, branch, digest, docker-tag, local, self, missing or expression",
        ),
        field("in", Kind::Text, "step, reusable-workflow or composite"),
    ],
    shown: &["uses", "pin"],
    idioms: &[Idiom {
        field: "pin",
        comparator: "not-in",
        values: &["local", "self"],
        words: "from outside",
    }],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Commands that install dependencies.
pub static WORKFLOW_INSTALL: Relation = Relation {
    name: "workflow.install",
    item: "a command of a step that installs dependencies",
    noun: ("install command", "install commands"),
    fields: &[
        PATH,
        LINE,
        field("tool", Kind::Text, "pip, uv, npm, cargo and others"),
        field("command", Kind::Text, "the command as written"),
        field(
            "what",
            Kind::Text,
            "project: what the project declares; named: packages that the command names",
        ),
        field(
            "frozen",
            Kind::Bool,
            "whether it installs what the lock file fixes and nothing else",
        ),
    ],
    shown: &["command"],
    idioms: &[Idiom {
        field: "what",
        comparator: "eq",
        values: &["project"],
        words: "of the project",
    }],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Ways for an outsider's input to reach a privileged job.
pub static WORKFLOW_HAZARD: Relation = Relation {
    name: "workflow.hazard",
    item: "a place where an outsider's input can reach a privileged job",
    noun: ("hazard", "hazards"),
    fields: &[
        PATH,
        LINE,
        field(
            "rule",
            Kind::Text,
            "untrusted-checkout, script-injection or environment-injection",
        ),
        field("job", Kind::Text, "the job it stands in"),
        field(
            "detail",
            Kind::Text,
            "the expression or reference that carries the input",
        ),
        field(
            "trigger",
            Kind::Text,
            "the event that lets an outsider start it, where the rule depends on one",
        ),
    ],
    shown: &["rule", "detail"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Checks that workflows run.
pub static WORKFLOW_CHECK: Relation = Relation {
    name: "workflow.check",
    item: "a check that a step of a workflow runs",
    noun: ("check", "checks"),
    fields: &[
        PATH,
        LINE,
        field("job", Kind::Text, "the job it belongs to"),
        field(
            "name",
            Kind::Text,
            "what the check of the job is called on the platform",
        ),
        field(
            "kind",
            Kind::Text,
            "tests, coverage, lint, types, analysis, secrets or dependencies, by the program or action",
        ),
        field("tool", Kind::Text, "the program or action"),
        field(
            "on_changes",
            Kind::Bool,
            "whether the workflow runs for every change before it is merged: on pull_request for all files, or on merge_group",
        ),
        field("scheduled", Kind::Bool, "whether it runs by a schedule"),
        field(
            "conditional",
            Kind::Bool,
            "whether the job or the step runs only under a condition",
        ),
        field(
            "blocking",
            Kind::Bool,
            "whether the job fails with it: no continue-on-error, nothing that throws its exit status away",
        ),
        field(
            "history",
            Kind::Bool,
            "whether the job checks out the whole history",
        ),
        field(
            "gated",
            Kind::Bool,
            "whether a gate waits for its job, always runs and lets nothing but success pass",
        ),
        field(
            "merge_check",
            Kind::Text,
            "the check that a merge would wait for: of that gate, or else of its own job",
        ),
    ],
    shown: &["kind", "tool"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Jobs that speak for others.
pub static WORKFLOW_GATE: Relation = Relation {
    name: "workflow.gate",
    item: "a job that waits for others and looks at how they ended",
    noun: ("gate", "gates"),
    fields: &[
        PATH,
        LINE,
        field("job", Kind::Text, "its key under jobs"),
        field(
            "name",
            Kind::Text,
            "what its check is called on the platform",
        ),
        field(
            "on_changes",
            Kind::Bool,
            "whether the workflow runs for every change before it is merged",
        ),
        field(
            "always",
            Kind::Bool,
            "whether it runs whatever became of the others: its `if` is always()",
        ),
        field(
            "accepts",
            Kind::Texts,
            "which endings beside success it lets pass: failure, cancelled, skipped; all of them where it is not known how it looks",
        ),
        field(
            "others",
            Kind::Texts,
            "the jobs of the workflow that it does not wait for",
        ),
    ],
    shown: &["name"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: "Add a job with `if: always()` that needs all others and fails unless each has succeeded.",
};

/// What pipelines keep.
pub static WORKFLOW_ARTIFACT: Relation = Relation {
    name: "workflow.artifact",
    item: "a step that keeps files of a run",
    noun: ("upload", "uploads"),
    fields: &[
        PATH,
        LINE,
        field("job", Kind::Text, "the job it belongs to"),
        field("name", Kind::Text, "what the files are kept as"),
        field(
            "retention_days",
            Kind::Int,
            "how many days, where the step says; else the platform's setting decides",
        ),
    ],
    shown: &["name"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: "Keep the reports of a run with actions/upload-artifact, and say for how many days.",
};
