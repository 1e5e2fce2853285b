//! One composite action, `action.yml`: its steps run in the job that uses it.

use super::ACTION_RELATIONS;
use super::hazard::{Scope, Variables, of_step};
use super::place::Lines;
use super::workflow::{hazard_item, reference, step};
use crate::collect::Sink;
use crate::parse::yaml::Node;
use crate::tree::File;

/// Reads an action. One that is not composite, or a file that merely has the name, has no steps
/// and leaves no trace. An action does not know what starts it, so only what is untrusted under
/// every event is a hazard.
pub(super) fn read(file: &File, text: &str, root: &Node, sink: &mut Sink) {
    let Some(steps) = root.get("runs").and_then(|runs| runs.get("steps")) else {
        return;
    };
    for relation in ACTION_RELATIONS {
        sink.examined(relation, file);
    }
    let lines = Lines::new(text);
    let variables = Variables::default();
    let scope = Scope {
        lines: &lines,
        privileged: &[],
        variables: &variables,
        condition: None,
    };
    for node in steps.members() {
        step(&file.path, node, None, sink);
        if let Some(uses) = node.get("uses") {
            reference(&file.path, uses, "composite", sink);
        }
        for hazard in of_step(node, &scope) {
            sink.item(hazard_item(&file.path, None, hazard));
        }
    }
}
