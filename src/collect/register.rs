//! The register of waivers and the statements of persons as exhibits. What they say is read by
//! `load`, which knows the controls; the bytes are kept here, once, with the other evidence.

use super::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::relations::{ATTESTATION_STATEMENT, WAIVER_ENTRY};

/// Keeps the register of waivers, and statements.
pub(super) struct Register;

static SPEC: Spec = Spec {
    name: "register",
    reads: ".audit/waivers.yaml, .audit/attestations/",
    fills: &[&WAIVER_ENTRY, &ATTESTATION_STATEMENT],
    about: "Keeps the register of waivers and the statements of persons as evidence.",
};

/// Where the register lies, from the examined folder.
const REGISTER: &str = ".audit/waivers.yaml";

/// Where statements and their signatures lie.
const STATEMENTS: &str = ".audit/attestations/";

/// Whether a path is that of a statement or of its signature.
fn is_statement(inside: &str) -> bool {
    let name = inside.strip_prefix(STATEMENTS).unwrap_or_default();
    let endings = [".yaml", ".yml", ".yaml.sig", ".yml.sig"];
    !name.contains('/') && endings.iter().any(|ending| name.ends_with(ending))
}

impl Collector for Register {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        match input.inside(path) {
            Some(inside) if inside == REGISTER || is_statement(inside) => Wants::Keep,
            _ => Wants::No,
        }
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let scope = &scene.input.tree.scope;
        let path = format!("{scope}{REGISTER}");
        if let Some(Ok(file)) = scene.file(&path) {
            sink.examined(&WAIVER_ENTRY, file);
        }
        let paths = scene.input.tree.entries.iter().map(|entry| &entry.path);
        for path in paths.filter(|path| path.strip_prefix(scope.as_str()).is_some_and(is_statement))
        {
            if let Some(Ok(file)) = scene.file(path) {
                sink.examined(&ATTESTATION_STATEMENT, file);
            }
        }
    }
}
