//! Loading: catalogue, policy and waivers, type-checked against the declared relations, with file,
//! line and column in every error.

mod catalogue;
mod control;
mod embedded;
mod operands;
mod parameters;
mod policy;
pub mod problem;
mod reader;
mod tests;
mod waivers;

pub use catalogue::{Source, load_catalogue};
pub use control::FIELDS as CONTROL_FIELDS;
pub use policy::Adoption;
pub use problem::{Place, Problem};
pub use waivers::{WAIVERS, describe, load_waivers};

use crate::model::control::Control;
use crate::model::criterion::Criterion;
use crate::model::policy::Policy;
use crate::model::run::{CatalogueInfo, DefinitionFile};
use crate::model::text;

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
    let sealed = |path: &str, text: &Text| DefinitionFile {
        path: path.to_owned(),
        source: text.path.clone(),
        bytes: text.text.clone().into_bytes(),
    };
    let adopted = [
        ("policy/policy.yaml", &adoption.policy),
        ("policy/waivers.yaml", &adoption.waivers),
    ];
    for (path, text) in adopted {
        definitions.extend(text.iter().map(|text| sealed(path, text)));
    }
    for text in &adoption.controls {
        let path = format!("policy/controls/{}", text::last_name(&text.path));
        definitions.push(sealed(&path, text));
    }
    Ok(Plan {
        catalogue: loaded.info,
        criteria: loaded.criteria,
        controls: loaded.controls,
        policy,
        definitions,
    })
}
