//! Catalogue, policy and waivers as the command line names them.

use std::path::Path;

use super::run::catalogue_source;
use crate::load::{Adoption, Plan, Problem, load, load_statements, load_waivers};
use crate::model::text::{from_bytes, visible};

/// The catalogue where none is named.
pub(crate) const USUAL: &str = "soc2";

/// The file that makes a folder a catalogue.
const CATALOGUE: &str = "catalogue.yaml";

/// Whether a folder holds a catalogue.
pub(crate) fn is_catalogue(folder: &Path) -> bool {
    folder.join(CATALOGUE).is_file()
}

/// The catalogue as a folder adopts it.
///
/// # Errors
/// Everything that is wrong with catalogue and policy.
pub(crate) fn plan(
    catalogue: &str,
    folder: &Path,
    policy: Option<&Path>,
) -> Result<Plan, Vec<Problem>> {
    let adoption = Adoption::read(folder, "", policy)?;
    load(&catalogue_source(catalogue)?, &adoption)
}

/// Everything that is wrong with a catalogue and, where `adopted`, with what a folder adopts of
/// it, waivers included; and how many controls were read.
pub(crate) fn check(catalogue: &str, folder: &Path, adopted: bool) -> (usize, Vec<Problem>) {
    let read = || {
        let adoption = if adopted {
            Adoption::read(folder, "", None)?
        } else {
            Adoption::default()
        };
        let plan = load(&catalogue_source(catalogue)?, &adoption)?;
        Ok((adoption, plan))
    };
    match read() {
        Err(problems) => (0, problems),
        Ok((adoption, plan)) => {
            let register = adoption.waivers.as_ref();
            let waivers = register.map(|file| load_waivers(file, &plan.controls).1);
            let mut problems = waivers.unwrap_or_default();
            problems.extend(load_statements(&adoption.attestations, &plan.controls).1);
            (plan.controls.len(), problems)
        }
    }
}

/// A path as it is shown.
pub(crate) fn shown(path: &Path) -> String {
    visible(&from_bytes(path.as_os_str().as_encoded_bytes())).into_owned()
}
