//! Catalogue, policy and waivers as the command line names them.

use std::path::Path;

use crate::load::{Adoption, Plan, Problem, Source, Text, load, load_waivers};
use crate::model::text::{from_bytes, visible};
use crate::tree::file;

/// The catalogue where none is named.
pub(crate) const USUAL: &str = "soc2";

/// The file that makes a folder a catalogue.
const CATALOGUE: &str = "catalogue.yaml";

/// A catalogue by name, or the files of a directory that holds one.
///
/// # Errors
/// A file of the directory that cannot be read.
pub(crate) fn source(given: &str) -> Result<Source, Vec<Problem>> {
    let folder = Path::new(given);
    if !is_catalogue(folder) {
        return Ok(Source::Embedded(given.to_owned()));
    }
    let mut texts = Vec::new();
    let mut problems = Vec::new();
    for name in file::yaml_files(folder) {
        let shown = format!("{}/{name}", given.trim_end_matches('/'));
        let read = file::read(&folder.join(&name), &shown)
            .map_err(|problem| problem.says)
            .and_then(|bytes| file::decode(&bytes));
        match read {
            Ok(text) => texts.push(Text { path: shown, text }),
            Err(says) => problems.push(Problem::new(
                "unreadable",
                format!("expected {} to be readable, found {says}", visible(&shown)),
                "Make it a readable text file, or delete it.",
            )),
        }
    }
    if problems.is_empty() {
        Ok(Source::Files(given.to_owned(), texts))
    } else {
        Err(problems)
    }
}

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
    load(&source(catalogue)?, &adoption)
}

/// Everything that is wrong with a catalogue and with what a folder adopts of it, waivers
/// included; and how many controls were read.
pub(crate) fn check(catalogue: &str, folder: &Path) -> (usize, Vec<Problem>) {
    let adoption = match Adoption::read(folder, "", None) {
        Ok(adoption) => adoption,
        Err(problems) => return (0, problems),
    };
    let source = match source(catalogue) {
        Ok(source) => source,
        Err(problems) => return (0, problems),
    };
    let plan = match load(&source, &adoption) {
        Ok(plan) => plan,
        Err(problems) => return (0, problems),
    };
    let register = adoption.waivers.as_ref();
    let problems = register
        .map(|file| load_waivers(file, &plan.controls).1)
        .unwrap_or_default();
    (plan.controls.len(), problems)
}

/// A path as it is shown.
pub(crate) fn shown(path: &Path) -> String {
    visible(&from_bytes(path.as_os_str().as_encoded_bytes())).into_owned()
}
