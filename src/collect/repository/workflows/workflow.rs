//! One workflow: its file, jobs, steps, references and hazards.

use super::RELATIONS;
use super::gate;
use super::hazard::{Hazard, Scope, Variables, of_step, privileged};
use super::permissions::Permissions;
use super::place::Lines;
use crate::collect::Sink;
use crate::collect::repository::pin;
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::relation::Relation;
use crate::model::relations::{
    WORKFLOW_FILE, WORKFLOW_HAZARD, WORKFLOW_JOB, WORKFLOW_STEP, WORKFLOW_USES,
};
use crate::model::value::Value;
use crate::parse::yaml::{Data, Entry, Node};
use crate::tree::File;

/// Reads a workflow whose YAML is a mapping.
pub(super) fn read(file: &File, text: &str, root: &Node, sink: &mut Sink) {
    for relation in RELATIONS {
        sink.examined(relation, file);
    }
    let triggers = root.get("on").map(triggers).unwrap_or_default();
    let permissions = Permissions::of(root.get("permissions"));
    let item = Item::new(&WORKFLOW_FILE, Source::file(&file.path))
        .with("path", file.path.as_str())
        .with("triggers", Value::texts(triggers.iter().copied()))
        .with("permissions", permissions.value.clone())
        .with(
            "write_scopes",
            Value::texts(permissions.write_scopes.iter()),
        )
        .with(
            "jobs",
            root.get("jobs").map_or(0, |jobs| jobs.entries().len()),
        );
    sink.item(item);
    let lines = Lines::new(text);
    let around = Variables::default();
    let variables = around.with(root.get("env"));
    let reader = Reader {
        path: &file.path,
        lines: &lines,
        triggers: &triggers,
        privileged: &privileged(&triggers),
        permissions: &permissions,
        variables: &variables,
    };
    reader.faults(root, sink);
    for entry in root.get("jobs").into_iter().flat_map(Node::entries) {
        reader.job(entry, sink);
    }
    gate::read(&file.path, root, sink);
}

/// The events of `on`: one name, a list of names, or a mapping from names to filters.
fn triggers(on: &Node) -> Vec<&str> {
    match &on.data {
        Data::Mapping(entries) => entries.iter().map(Entry::name).collect(),
        _ => on.texts(),
    }
}

/// What holds for the whole file.
struct Reader<'r> {
    path: &'r str,
    lines: &'r Lines<'r>,
    triggers: &'r [&'r str],
    privileged: &'r [&'r str],
    permissions: &'r Permissions,
    variables: &'r Variables<'r>,
}

impl Reader<'_> {
    /// What GitHub rejects the file for: it then does not run, and does not protect.
    fn faults(&self, root: &Node, sink: &mut Sink) {
        if self.triggers.is_empty() {
            let says = "expected the events that start it under on, found none, so GitHub rejects the workflow";
            self.fault(&[&WORKFLOW_FILE], root, says, sink);
        }
        let jobs = root.get("jobs");
        if jobs.is_none_or(|jobs| jobs.entries().is_empty()) {
            let says = "expected jobs, found none, so GitHub rejects the workflow";
            self.fault(
                &[&WORKFLOW_FILE, &WORKFLOW_JOB],
                jobs.unwrap_or(root),
                says,
                sink,
            );
        }
        if !self.permissions.valid {
            let says = "expected read-all, write-all or a mapping of scopes to read, write or none, found other permissions";
            let node = root.get("permissions").unwrap_or(root);
            self.fault(&[&WORKFLOW_FILE, &WORKFLOW_JOB], node, says, sink);
        }
    }

    fn fault(&self, relations: &[&'static Relation], node: &Node, says: &str, sink: &mut Sink) {
        let source = Source::place(self.path, node.line, node.column);
        for relation in relations {
            let gap = Gap::at(
                Cause::Unreadable,
                &source,
                says,
                "Mend the workflow, then run again.",
            );
            sink.gap(relation, gap);
        }
    }

    fn job(&self, entry: &Entry, sink: &mut Sink) {
        let job = &*entry.value;
        if job.entries().is_empty() {
            let says = format!("expected a job as a mapping, found {}", job.words());
            self.fault(&[&WORKFLOW_JOB], &entry.key, &says, sink);
            return;
        }
        self.job_item(entry, job, sink);
        if let Some(uses) = job.get("uses") {
            reference(self.path, uses, "reusable-workflow", sink);
        }
        let variables = self.variables.with(job.get("env"));
        let scope = Scope {
            lines: self.lines,
            privileged: self.privileged,
            variables: &variables,
            condition: job.get("if").and_then(Node::text),
        };
        for node in job.get("steps").into_iter().flat_map(Node::members) {
            step(self.path, node, Some(entry.name()), sink);
            if let Some(uses) = node.get("uses") {
                reference(self.path, uses, "step", sink);
            }
            for hazard in of_step(node, &scope) {
                sink.item(hazard_item(self.path, Some(entry.name()), hazard));
            }
        }
    }

    fn job_item(&self, entry: &Entry, job: &Node, sink: &mut Sink) {
        let own = Permissions::of(job.get("permissions"));
        if !own.valid {
            let says = "expected read-all, write-all or a mapping of scopes to read, write or none, found other permissions";
            self.fault(
                &[&WORKFLOW_JOB],
                job.get("permissions").unwrap_or(job),
                says,
                sink,
            );
        }
        let in_force = if own.is_absent() {
            self.permissions
        } else {
            &own
        };
        let (path, line) = (self.path, entry.key.line);
        let mut item = Item::new(&WORKFLOW_JOB, Source::line(path, line))
            .with("path", path)
            .with("line", line)
            .with("id", entry.name())
            .with("permissions", own.value.clone())
            .with("rights", in_force.effective)
            .with("write_scopes", Value::texts(in_force.write_scopes.iter()))
            .with(
                "needs",
                Value::texts(job.get("needs").map(Node::texts).unwrap_or_default()),
            )
            .with("condition", job.get("if").and_then(Node::text));
        if let Some(runs_on) = job.get("runs-on") {
            item.set("runs_on", Value::texts(labels(runs_on)));
        }
        sink.item(item);
    }
}

/// The labels of `runs-on`, or the group where only that is named.
fn labels(runs_on: &Node) -> Vec<&str> {
    let labels = match &runs_on.data {
        Data::Mapping(_) => runs_on.get("labels").or_else(|| runs_on.get("group")),
        _ => Some(runs_on),
    };
    labels.map(Node::texts).unwrap_or_default()
}

/// Adds a step.
pub(super) fn step(path: &str, node: &Node, job: Option<&str>, sink: &mut Sink) {
    if node.entries().is_empty() {
        return;
    }
    let text = |key: &str| node.get(key).and_then(Node::text);
    let item = Item::new(&WORKFLOW_STEP, Source::line(path, node.line))
        .with("path", path)
        .with("line", node.line)
        .with("job", job)
        .with("name", text("name"))
        .with("uses", text("uses"))
        .with("run", text("run"));
    sink.item(item);
}

/// Adds a reference, where it is a text.
pub(super) fn reference(path: &str, node: &Node, within: &str, sink: &mut Sink) {
    let Some(uses) = node.text().map(str::trim) else {
        return;
    };
    let item = Item::new(&WORKFLOW_USES, Source::place(path, node.line, node.column))
        .with("path", path)
        .with("line", node.line)
        .with("uses", uses)
        .with("pin", pin::of_uses(uses))
        .with("in", within);
    sink.item(item);
}

/// A hazard as an item.
pub(super) fn hazard_item(path: &str, job: Option<&str>, hazard: Hazard) -> Item {
    let (line, column) = hazard.place;
    Item::new(&WORKFLOW_HAZARD, Source::place(path, line, column))
        .with("path", path)
        .with("line", line)
        .with("rule", hazard.rule)
        .with("job", job)
        .with("detail", hazard.detail)
        .with("trigger", hazard.trigger)
}
