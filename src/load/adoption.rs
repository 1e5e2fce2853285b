//! The files by which a repository adopts the catalogue, as they lie there.

use std::path::{Path, PathBuf};

use super::Text;
use super::attestations::{self, ATTESTATIONS, Signed};
use super::problem::Problem;
use super::waivers::WAIVERS;
use crate::model::text;
use crate::tree::file;

/// The files by which a repository adopts the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adoption {
    /// `.audit/policy.yaml`.
    pub policy: Option<Text>,
    /// `.audit/controls/*.yaml`, by name.
    pub controls: Vec<Text>,
    /// `.audit/waivers.yaml`.
    pub waivers: Option<Text>,
    /// `.audit/attestations/*.yaml`, by name.
    pub attestations: Vec<Signed>,
}

impl Adoption {
    /// Reads the files of `.audit/` in a folder, or another policy file in the policy's place.
    /// `scope` is what stands before their names when they are shown.
    ///
    /// # Errors
    /// A file that is there and cannot be read, or is not text.
    pub fn read(folder: &Path, scope: &str, policy: Option<&Path>) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let root = root_of(folder);
        let within = |full: &Path, path: &str| {
            refuse_outside(root.as_deref(), full, path)?;
            open(full, path)
        };
        let mut optional = |name: &str| match within(&folder.join(name), &format!("{scope}{name}"))
        {
            Ok(text) => text,
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        let mut adoption = Self {
            policy: optional(".audit/policy.yaml"),
            controls: Vec::new(),
            waivers: optional(WAIVERS),
            attestations: Vec::new(),
        };
        if let Some(given) = policy {
            let shown = text::from_here(&text::from_bytes(given.as_os_str().as_encoded_bytes()));
            match open(given, &shown) {
                Ok(Some(text)) => adoption.policy = Some(text),
                Ok(None) => {
                    let title = format!(
                        "expected a policy at {}, found none (--policy)",
                        text::visible(&shown)
                    );
                    problems.push(Problem::new(
                        "policy",
                        title,
                        "Give the path of a policy file.",
                    ));
                }
                Err(problem) => problems.push(problem),
            }
        }
        let mut all = |below: &str, take: &mut dyn FnMut(Text, &Path)| {
            for name in file::yaml_files(&folder.join(below)) {
                let full = folder.join(below).join(&name);
                match within(&full, &format!("{scope}{below}/{name}")) {
                    Ok(text) => text.into_iter().for_each(|text| take(text, &full)),
                    Err(problem) => problems.push(problem),
                }
            }
        };
        all(".audit/controls", &mut |text, _| {
            adoption.controls.push(text);
        });
        all(ATTESTATIONS, &mut |text, full| {
            let signature = attestations::signature(full);
            adoption.attestations.push(Signed { text, signature });
        });
        if problems.is_empty() {
            Ok(adoption)
        } else {
            Err(problems)
        }
    }
}

/// The root of the repository around a folder, or the folder itself where there is none around it,
/// with all links followed; `None` where there is no such folder.
fn root_of(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let root = folder.ancestors().find(|above| above.join(".git").exists());
    Some(root.unwrap_or(&folder).to_path_buf())
}

/// Refuses a file that a link leads out of the repository for: what lies there is nobody's policy,
/// and must neither be shown nor sealed.
fn refuse_outside(root: Option<&Path>, full: &Path, path: &str) -> Result<(), Problem> {
    let Ok(real) = full.canonicalize() else {
        return Ok(());
    };
    if root.is_some_and(|root| real.starts_with(root)) {
        return Ok(());
    }
    let title = format!(
        "expected {} inside the repository, found a link that leads out of it",
        text::visible(path)
    );
    Err(Problem::new(
        "unreadable",
        title,
        "Put the file itself there.",
    ))
}

fn open(full: &Path, path: &str) -> Result<Option<Text>, Problem> {
    if full.symlink_metadata().is_err() {
        return Ok(None);
    }
    let unreadable = |says: &str| {
        let title = format!(
            "expected {} to be readable, found {says}",
            text::visible(path)
        );
        Problem::new(
            "unreadable",
            title,
            "Make it a readable text file, or delete it.",
        )
    };
    let bytes = file::read(full, path).map_err(|problem| {
        if problem.too_large {
            too_large(path, &problem.says)
        } else {
            unreadable(&problem.says)
        }
    })?;
    let text = file::decode(&bytes).map_err(|says| unreadable(&says))?;
    Ok(Some(Text {
        path: path.to_owned(),
        text,
    }))
}

/// A definition that is longer than any needs to be.
fn too_large(path: &str, says: &str) -> Problem {
    let title = format!("{says} in {}", text::visible(path));
    Problem::new("too-large", title, "Leave embedded files out of it.")
}
