//! The register of waivers as an exhibit. What it says is read by `load`, which knows the controls;
//! the bytes are kept here, once, with the other evidence.

use super::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::relations::WAIVER_ENTRY;

/// Keeps the register of waivers.
pub(super) struct Register;

static SPEC: Spec = Spec {
    name: "register",
    reads: ".audit/waivers.yaml",
    fills: &[&WAIVER_ENTRY],
    about: "Keeps the register of waivers as evidence.",
};

/// Where the register lies, from the examined folder.
const REGISTER: &str = ".audit/waivers.yaml";

impl Collector for Register {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        if input.inside(path) == Some(REGISTER) {
            Wants::Keep
        } else {
            Wants::No
        }
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let path = format!("{}{REGISTER}", scene.input.tree.scope);
        if let Some(Ok(file)) = scene.file(&path) {
            sink.examined(&WAIVER_ENTRY, file);
        }
    }
}
