//! The update automation in force: Dependabot's configuration and Renovate's.

use serde_json::Value as Json;

use super::dependabot::{self, Dependabot};
use super::renovate::{self, Renovate};
use super::{DEPENDABOT, FILLS, LEGACY, PACKAGE};
use crate::collect::repository::place;
use crate::collect::{Scene, Sink};
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::relations::{MANIFEST_FILE, UPDATE_ENTRY};
use crate::parse::json5;
use crate::tree::File;

/// What watches dependencies here.
#[derive(Default)]
pub(super) struct Automation<'s> {
    dependabot: Option<(&'s str, Dependabot)>,
    renovate: Option<(&'s str, Renovate)>,
    /// The configurations that were read.
    files: Vec<&'s File>,
    /// Whether a configuration, or a part of one, could not be read.
    incomplete: bool,
}

impl<'s> Automation<'s> {
    /// Reads both configurations and adds their entries.
    pub(super) fn read(scene: &'s Scene<'_>, sink: &mut Sink) -> Self {
        let mut automation = Self::default();
        automation.read_dependabot(scene, sink);
        automation.read_renovate(scene, sink);
        automation
    }

    /// Whether an entry watches a manifest. `homes` are the folders from which one reaches it, from
    /// the git root; `None`: not known.
    pub(super) fn covers(
        &self,
        ecosystems: &[&str],
        managers: &[&str],
        homes: &[&str],
        path: &str,
    ) -> Option<bool> {
        let by_dependabot = self.dependabot.as_ref().is_some_and(|(base, dependabot)| {
            let homes: Vec<&str> = homes.iter().filter_map(|home| below(base, home)).collect();
            let path = path.strip_prefix(base).unwrap_or(path);
            let mut entries = dependabot.entries.iter();
            entries.any(|entry| entry.covers(ecosystems, &homes, path))
        });
        let by_renovate = match &self.renovate {
            Some((base, renovate)) => {
                renovate.covers(managers, path.strip_prefix(base).unwrap_or(path))
            }
            None => Some(false),
        };
        if by_dependabot || by_renovate == Some(true) {
            Some(true)
        } else if self.incomplete || by_renovate.is_none() {
            None
        } else {
            Some(false)
        }
    }

    /// Records the configurations as read for manifests, whose coverage they decide.
    pub(super) fn examined_for_manifests(&self, sink: &mut Sink) {
        for file in &self.files {
            sink.examined(&MANIFEST_FILE, file);
        }
    }

    fn read_dependabot(&mut self, scene: &'s Scene<'_>, sink: &mut Sink) {
        // Version 1 belonged to Dependabot Preview, which was shut down in August 2021: the file is
        // shown, and it updates nothing.
        if let Some((_, path)) = scene.input.in_force(LEGACY)
            && let Some(Ok(file)) = scene.file(&path)
        {
            sink.examined(&UPDATE_ENTRY, file);
        }
        let Some((base, path)) = scene.input.in_force(DEPENDABOT) else {
            return;
        };
        let Some((file, text)) = place::text(scene, &path, FILLS, sink) else {
            self.incomplete = true;
            return;
        };
        match dependabot::parse(&text) {
            Err(error) => {
                sink.unparsable(FILLS, file, &error);
                self.incomplete = true;
            }
            Ok(dependabot) => {
                sink.examined(&UPDATE_ENTRY, file);
                self.incomplete |= !dependabot.faults.is_empty();
                add_entries(&dependabot, file, sink);
                self.files.push(file);
                self.dependabot = Some((base, dependabot));
            }
        }
    }

    fn read_renovate(&mut self, scene: &'s Scene<'_>, sink: &mut Sink) {
        for base in scene.input.bases() {
            let mut paths = renovate::CANDIDATES
                .iter()
                .map(|candidate| format!("{base}{candidate}"));
            if let Some(path) = paths.find(|path| scene.input.tree.entry(path).is_some()) {
                self.take_renovate(scene, base, &path, None, sink);
                return;
            }
            let path = format!("{base}{PACKAGE}");
            if scene.input.tree.entry(&path).is_some()
                && self.take_renovate(scene, base, &path, Some("renovate"), sink)
            {
                return;
            }
        }
    }

    /// Reads Renovate's configuration, or the part of a file under `key`. Whether it is the one in
    /// force; a file without the key is not.
    fn take_renovate(
        &mut self,
        scene: &'s Scene<'_>,
        base: &'s str,
        path: &str,
        key: Option<&str>,
        sink: &mut Sink,
    ) -> bool {
        // What a broken package.json would declare is a gap of its own, where manifests are read.
        let relations = if key.is_some() {
            &[&UPDATE_ENTRY][..]
        } else {
            FILLS
        };
        let Some((file, text)) = place::text(scene, path, relations, sink) else {
            self.incomplete = true;
            return true;
        };
        // Most manifests hold no configuration, and a broken one without the key holds none either.
        if key.is_some_and(|key| !text.contains(&format!("\"{key}\""))) {
            return false;
        }
        let document = match (json5::parse(&text), key) {
            (Ok(Json::Object(mut object)), Some(key)) => match object.remove(key) {
                Some(inner) => Ok(inner),
                None => return false,
            },
            (Ok(_), Some(_)) => return false,
            (document, _) => document,
        };
        match document.and_then(Renovate::new) {
            Err(error) => {
                sink.unparsable(relations, file, &error);
                self.incomplete = true;
            }
            Ok(renovate) => {
                sink.examined(&UPDATE_ENTRY, file);
                if renovate.is_on() {
                    add_renovate(&renovate, file, line_of_key(&text, key), sink);
                }
                self.files.push(file);
                self.renovate = Some((base, renovate));
            }
        }
        true
    }
}

fn add_entries(dependabot: &Dependabot, file: &File, sink: &mut Sink) {
    for entry in &dependabot.entries {
        for (directory, line) in &entry.directories {
            let item = Item::new(&UPDATE_ENTRY, Source::line(&file.path, *line))
                .with("tool", "dependabot")
                .with("path", file.path.as_str())
                .with("line", *line)
                .with("ecosystem", entry.ecosystem.as_str())
                .with("directory", directory.as_str())
                .with("interval", entry.interval.clone());
            sink.item(item);
        }
    }
    for fault in &dependabot.faults {
        let source = Source::place(&file.path, fault.line, fault.column.max(1));
        for relation in FILLS {
            let remedy = "Mend the entry, then run again.";
            sink.gap(
                relation,
                Gap::at(Cause::Unreadable, &source, &fault.says, remedy),
            );
        }
    }
}

fn add_renovate(renovate: &Renovate, file: &File, line: u32, sink: &mut Sink) {
    for ecosystem in renovate.ecosystems() {
        let item = Item::new(&UPDATE_ENTRY, Source::line(&file.path, line))
            .with("tool", "renovate")
            .with("path", file.path.as_str())
            .with("line", line)
            .with("ecosystem", ecosystem)
            .with("directory", "/")
            .with("interval", renovate.interval());
        sink.item(item);
    }
}

/// A folder of the git root as `base` sees it, without slashes at its ends.
fn below<'p>(base: &str, folder: &'p str) -> Option<&'p str> {
    if folder == base.trim_end_matches('/') {
        return Some("");
    }
    folder.strip_prefix(base)
}

/// The line on which a key stands; the first line for a whole file.
fn line_of_key(text: &str, key: Option<&str>) -> u32 {
    let Some(key) = key else { return 1 };
    let quoted = format!("\"{key}\"");
    let found = text
        .lines()
        .position(|line| line.trim_start().starts_with(&quoted));
    found.map_or(1, place::line_of)
}
