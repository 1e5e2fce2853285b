//! Loading: catalogue, policy and waivers, type-checked against the declared relations, with file,
//! line and column in every error.

mod adoption;
mod attestations;
mod catalogue;
mod control;
mod embedded;
pub mod lapse;
mod nothing;
mod operands;
mod parameters;
mod policy;
pub mod problem;
mod reader;
mod tests;
mod waivers;

pub use adoption::Adoption;
pub use attestations::{
    ATTESTATIONS, NAMESPACE, Signed, describe_statements, load_statements, shape,
};
pub use catalogue::{Source, load_catalogue};
pub use control::FIELDS as CONTROL_FIELDS;
pub use policy::places;
pub use problem::{Place, Problem};
pub use waivers::{WAIVERS, describe, load_waivers};

use crate::model::control::Control;
use crate::model::criterion::Criterion;
use crate::model::policy::Policy;
use crate::model::run::{CatalogueInfo, DefinitionFile};
use crate::model::text;
use crate::tree::digest::sha256;

/// A definition file: where it is shown to lie, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The path as it is shown.
    pub path: String,
    /// The text.
    pub text: String,
}

/// What is going to be tested.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The catalogue.
    pub catalogue: CatalogueInfo,
    /// The criteria it refers to.
    pub criteria: Vec<Criterion>,
    /// The controls in force, by id.
    pub controls: Vec<Control>,
    /// The adopted policy.
    pub policy: Policy,
    /// Catalogue, policy and waivers as evaluated.
    pub definitions: Vec<DefinitionFile>,
}

/// Loads a catalogue and applies a policy to it.
///
/// # Errors
/// Everything that is wrong with either, each with its place.
pub fn load(catalogue: &Source, adoption: &Adoption) -> Result<Plan, Vec<Problem>> {
    let mut loaded = load_catalogue(catalogue)?;
    let mut problems = Vec::new();
    for text in &adoption.controls {
        match control::read(text, true, &loaded.criteria) {
            Ok(control) => loaded.controls.push(control),
            Err(found) => problems.extend(found),
        }
    }
    catalogue::refuse_duplicates(&mut loaded.controls, &mut problems);
    let policy = match &adoption.policy {
        Some(text) => policy::read(text, &mut loaded.controls, &mut problems),
        None => Policy::default(),
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut definitions = loaded.definitions;
    let adopted = [
        ("policy.yaml", &adoption.policy),
        ("waivers.yaml", &adoption.waivers),
    ];
    for (name, text) in adopted {
        if let Some(text) = text {
            seal(&mut definitions, "policy", name, text);
        }
    }
    for text in &adoption.controls {
        let name = text::last_name(&text.path);
        seal(&mut definitions, "policy/controls", &name, text);
    }
    Ok(Plan {
        catalogue: loaded.info,
        criteria: loaded.criteria,
        controls: loaded.controls,
        policy,
        definitions,
    })
}

/// Adds a file to what is shipped, under a name that no other has in any file system.
fn seal(definitions: &mut Vec<DefinitionFile>, folder: &str, name: &str, text: &Text) {
    let bytes = text.text.clone().into_bytes();
    let mut path = format!("{folder}/{name}");
    if definitions
        .iter()
        .any(|it| it.path.eq_ignore_ascii_case(&path))
    {
        path = format!("{folder}/{}-{name}", sha256(&bytes).short());
    }
    definitions.push(DefinitionFile {
        path,
        source: text.path.clone(),
        bytes,
    });
}
