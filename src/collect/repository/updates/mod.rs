//! Update automation: what Dependabot and Renovate watch, and which manifests nobody does.

mod automation;
mod content;
mod dependabot;
mod homes;
mod manifest;
mod renovate;

use automation::Automation;
use content::About;
use homes::Folders;
use manifest::Kind;

use super::place::{self, Entries};
use crate::collect::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::relation::Relation;
use crate::model::relations::{MANIFEST_FILE, UPDATE_ENTRY};

/// Fills `update.entry` and `manifest.file`.
pub struct Updates;

static SPEC: Spec = Spec {
    name: "updates",
    reads: ".github/dependabot.yml or .yaml, Renovate's configuration, and manifests",
    fills: FILLS,
    about: "Lists what update automation watches, and whether it watches every manifest.",
};

static FILLS: &[&Relation] = &[&UPDATE_ENTRY, &MANIFEST_FILE];

/// GitHub reads either name.
const DEPENDABOT: &[&str] = &[".github/dependabot.yml", ".github/dependabot.yaml"];

/// Where version 1 lay.
const LEGACY: &[&str] = &[".dependabot/config.yml", ".dependabot/config.yaml"];

const PACKAGE: &str = "package.json";

impl Collector for Updates {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        let configures = [DEPENDABOT, LEGACY, renovate::CANDIDATES, &[PACKAGE]]
            .iter()
            .any(|candidates| place::is_candidate(path, candidates, input));
        let declares = || {
            let name = path.rsplit('/').next().unwrap_or(path);
            manifest_at(path, input).is_some_and(|kind| content::is_read(name, kind.content))
        };
        if configures || declares() {
            Wants::Keep
        } else {
            Wants::No
        }
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let automation = Automation::read(scene, sink);
        let mut folders = Folders::default();
        let mut manifests = Vec::new();
        for path in place::tracked(scene, Entries::Files, &MANIFEST_FILE, sink) {
            folders.note(path);
            let Some(kind) = manifest_at(path, scene.input) else {
                continue;
            };
            let about = about(scene, path, kind, sink);
            if about.workspace {
                let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
                folders.add_workspace(kind.ecosystem, folder);
            }
            if about.declares {
                manifests.push((path, kind));
            }
        }
        if !manifests.is_empty() {
            automation.examined_for_manifests(sink);
        }
        for (path, kind) in manifests {
            sink.item(describe(path, kind, &folders, &automation));
        }
    }
}

/// The kind of a manifest that counts: tests, examples, and what others wrote or programs generated
/// declare nothing that the project ships.
fn manifest_at(path: &str, input: &Input<'_>) -> Option<Kind> {
    let inside = input.inside(path)?;
    let kind = manifest::kind_of(inside)?;
    // Submodules are the repository's, not a folder's.
    if inside == ".gitmodules" && inside != path {
        return None;
    }
    (input.globs.scope_of(inside) == "production").then_some(kind)
}

/// What the content says, where it is needed. A manifest that cannot be read is a gap, and counts
/// by its name.
fn about(scene: &Scene<'_>, path: &str, kind: Kind, sink: &mut Sink) -> About {
    let name = path.rsplit('/').next().unwrap_or(path);
    if !content::is_read(name, kind.content) {
        return content::UNREAD;
    }
    let Some((file, text)) = place::text(scene, path, &[&MANIFEST_FILE], sink) else {
        return content::UNREAD;
    };
    match content::read(name, kind.content, &text) {
        Ok(about) => {
            if about.declares {
                sink.examined(&MANIFEST_FILE, file);
            }
            about
        }
        Err(error) => {
            sink.unparsable(&[&MANIFEST_FILE], file, &error);
            content::UNREAD
        }
    }
}

fn describe(path: &str, kind: Kind, folders: &Folders, automation: &Automation<'_>) -> Item {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let homes = folders.homes(kind.ecosystem, kind.reach, folder);
    // A lock file says which program installs what the manifest declares. Dependabot takes uv's
    // projects under `uv` and under `pip`, and Bun's manifests under `npm` too.
    let ecosystem = match name {
        "pyproject.toml" if folders.is_locked("uv", kind.ecosystem, folder) => "uv",
        PACKAGE if folders.is_locked("bun", kind.ecosystem, folder) => "bun",
        _ => kind.ecosystem,
    };
    let mut ecosystems = vec![ecosystem, kind.ecosystem];
    ecosystems.extend(kind.also);
    let mut managers = kind.managers.to_vec();
    if ecosystem == "bun" {
        managers.push("bun");
    }
    let covered = automation.covers(&ecosystems, &managers, &homes, path);
    Item::new(&MANIFEST_FILE, Source::file(path))
        .with("path", path)
        .with("ecosystem", ecosystem)
        .with("covered", covered)
}
