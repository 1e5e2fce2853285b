//! GitHub Actions: workflows, and the composite actions of the tree.
//!
//! Workflows are the `.yml` and `.yaml` files that lie directly in `.github/workflows`; GitHub runs
//! no other. Composite actions may lie in any folder.

mod action;
mod checkout;
mod condition;
mod endings;
mod environment;
mod expression;
mod gate;
mod hazard;
mod permissions;
mod place;
mod tools;
mod untrusted;
mod workflow;

use crate::collect::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::fact::Source;
use crate::model::gap::{Cause, Gap};
use crate::model::relation::Relation;
use crate::model::relations::{
    WORKFLOW_ARTIFACT, WORKFLOW_CHECK, WORKFLOW_FILE, WORKFLOW_GATE, WORKFLOW_HAZARD, WORKFLOW_JOB,
    WORKFLOW_STEP, WORKFLOW_USES,
};
use crate::parse::error::ParseError;
use crate::parse::yaml::{self, Data};
use crate::tree::{File, Unreadable};

/// Fills the relations of GitHub Actions.
pub struct Workflows;

/// What a workflow is read for.
static RELATIONS: &[&Relation] = &[
    &WORKFLOW_FILE,
    &WORKFLOW_JOB,
    &WORKFLOW_STEP,
    &WORKFLOW_USES,
    &WORKFLOW_HAZARD,
    &WORKFLOW_CHECK,
    &WORKFLOW_GATE,
    &WORKFLOW_ARTIFACT,
];

/// What an action is read for.
static ACTION_RELATIONS: &[&Relation] = &[&WORKFLOW_STEP, &WORKFLOW_USES, &WORKFLOW_HAZARD];

static SPEC: Spec = Spec {
    name: "workflows",
    reads: ".github/workflows/*.yml and *.yaml; action.yml and action.yaml in any folder",
    fills: RELATIONS,
    about: "Reads what starts a workflow, what its token may do, what it uses and what an outsider can reach.",
};

const FOLDER: &str = ".github/workflows/";

/// What a file is, by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Workflow,
    Action,
}

impl What {
    fn of(path: &str, input: &Input<'_>) -> Option<Self> {
        if let Some(base) = base_of_workflow(path, input) {
            return (base == input.base_with(FOLDER)).then_some(Self::Workflow);
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let named = matches!(name, "action.yml" | "action.yaml");
        (named && path.starts_with(input.base_with(FOLDER))).then_some(Self::Action)
    }

    fn relations(self) -> &'static [&'static Relation] {
        match self {
            Self::Workflow => RELATIONS,
            Self::Action => ACTION_RELATIONS,
        }
    }
}

/// The base whose folder of workflows a file lies in directly.
fn base_of_workflow<'i>(path: &str, input: &Input<'i>) -> Option<&'i str> {
    let (folder, name) = path.rsplit_once('/')?;
    // GitHub is case-sensitive here.
    if !matches!(name.rsplit_once('.'), Some((_, "yml" | "yaml"))) {
        return None;
    }
    let base = folder.strip_suffix(FOLDER.trim_end_matches('/'))?;
    let bases = [input.tree.scope.as_str(), ""];
    bases.into_iter().find(|known| *known == base)
}

impl Collector for Workflows {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        match What::of(path, input) {
            Some(_) => Wants::Visit,
            None => Wants::No,
        }
    }

    fn visit(&self, file: &File, input: &Input<'_>, sink: &mut Sink) {
        let Some(what) = What::of(&file.path, input) else {
            return;
        };
        if let Err(error) = read(what, file, sink) {
            sink.unparsable(what.relations(), file, &error);
        }
    }

    fn unread(&self, problem: &Unreadable, input: &Input<'_>, sink: &mut Sink) {
        if let Some(what) = What::of(&problem.path, input) {
            sink.unreadable(what.relations(), problem);
        }
    }

    /// A workflow that is a link out of the examined folder, or nowhere, was not walked to.
    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let input = scene.input;
        let base = input.base_with(FOLDER);
        for skipped in &input.tree.skipped {
            let folders = [format!("{base}.github"), format!("{base}.github/workflows")];
            let is_workflow = base_of_workflow(&skipped.path, input) == Some(base);
            if !is_workflow && !folders.contains(&skipped.path) {
                continue;
            }
            for relation in RELATIONS {
                let gap = Gap::at(
                    Cause::Unreadable,
                    &Source::file(&skipped.path),
                    format!("expected a file, found {}", skipped.reason),
                    "Put the file itself there.",
                );
                sink.gap(relation, gap);
            }
        }
    }
}

fn read(what: What, file: &File, sink: &mut Sink) -> Result<(), ParseError> {
    let text = file.text().map_err(ParseError::whole)?;
    let root = yaml::parse(&text)?;
    match (what, &root.data) {
        (What::Workflow, Data::Mapping(_)) => workflow::read(file, &text, &root, sink),
        (What::Workflow, _) => {
            let says = format!("expected a workflow as a mapping, found {}", root.words());
            return Err(ParseError::at(
                root.line as usize,
                root.column as usize,
                says,
            ));
        }
        (What::Action, _) => action::read(file, &text, &root, sink),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
