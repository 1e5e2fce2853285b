//! Update automation: what Dependabot and Renovate watch, and which manifests nobody does.

mod automation;
pub(super) mod content;
mod dependabot;
pub(super) mod homes;
pub(super) mod manifest;
mod renovate;

use automation::Automation;
use content::About;
use homes::Folders;
use manifest::Kind;

use super::place::{self, Entries};
use crate::collect::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::relation::Relation;
use crate::model::relations::{MANIFEST_FILE, UPDATE_ENTRY};
use crate::model::value::Value;

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
            let item = describe(path, kind, &folders, &automation);
            if *item.get("covered") == Value::Absent && !sink.has_gaps(&MANIFEST_FILE) {
                // A preset kept elsewhere decides.
                let says =
                    "whether update automation watches it cannot be told from this repository";
                let remedy = "Say it in the repository's own configuration.";
                let gap = Gap::at(Cause::Incomplete, &Source::file(path), says, remedy);
                sink.gap(&MANIFEST_FILE, gap);
            }
            sink.item(item);
        }
    }
}

/// The kind of a manifest that counts: tests, examples, and what others wrote or programs generated
/// declare nothing that the project ships.
pub(super) fn manifest_at(path: &str, input: &Input<'_>) -> Option<Kind> {
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

#[cfg(test)]
mod tests {
    use crate::collect::repository::testing::{column, facts};
    use crate::model::fact::{Facts, State};

    const PIP: &str = "version: 2\nupdates:\n- package-ecosystem: pip\n  directory: /\n  schedule: {interval: weekly}\n";

    fn covered(facts: &Facts) -> Vec<(String, String)> {
        let manifests = &facts["manifest.file"];
        let paths = column(manifests, "path").into_iter();
        paths.zip(column(manifests, "covered")).collect()
    }

    #[test]
    fn manifests_are_covered_by_an_entry_of_their_ecosystem_and_folder() {
        let facts = facts(
            &[
                (".github/dependabot.yaml", PIP),
                (".github/workflows/a.yml", ""),
                ("pyproject.toml", "[project]\ndependencies = ['a']\n"),
                ("uv.lock", ""),
                ("requirements/dev.txt", ""),
                ("a/b/requirements.txt", ""),
                ("tests/requirements.txt", ""),
                ("tool/pyproject.toml", "[tool.ruff]\n"),
            ],
            "",
        );
        let pairs = covered(&facts);
        let expected = [
            (".github/workflows/a.yml", "no"),
            ("a/b/requirements.txt", "no"),
            ("pyproject.toml", "yes"),
            ("requirements/dev.txt", "yes"),
        ];
        assert_eq!(
            pairs,
            expected.map(|(path, is)| (path.to_owned(), is.to_owned()))
        );
        assert_eq!(facts["manifest.file"].gaps, []);
        let entry = &facts["update.entry"].items[0];
        assert_eq!(entry.source.place_text(), ".github/dependabot.yaml:3");
    }

    #[test]
    fn without_automation_no_manifest_is_covered_and_without_manifests_there_are_none() {
        let facts = facts(&[("go.mod", "")], "");
        assert_eq!(covered(&facts), [("go.mod".to_owned(), "no".to_owned())]);
        assert_eq!(facts["update.entry"].state, State::Absent);
        let facts = self::facts(&[(".github/dependabot.yml", PIP)], "");
        assert_eq!(facts["manifest.file"].state, State::Absent);
        assert_eq!(facts["update.entry"].state, State::Collected);
    }

    #[test]
    fn a_configuration_that_cannot_be_read_leaves_coverage_open() {
        let facts = facts(
            &[(".github/dependabot.yml", "version: 2\n"), ("go.mod", "")],
            "",
        );
        assert_eq!(
            covered(&facts),
            [("go.mod".to_owned(), "not stated".to_owned())]
        );
        assert_eq!(facts["update.entry"].state, State::Unreadable);
        assert_eq!(facts["manifest.file"].gaps.len(), 1);
    }

    #[test]
    fn an_empty_list_and_version_one_update_nothing() {
        for (path, text) in [
            (".github/dependabot.yml", "version: 2\nupdates: []\n"),
            (".dependabot/config.yml", "version: 1\nupdate_configs: []\n"),
        ] {
            let facts = facts(&[(path, text), ("go.mod", "")], "");
            assert_eq!(facts["update.entry"].state, State::Collected, "{path}");
            assert_eq!(facts["update.entry"].items, []);
            assert_eq!(covered(&facts)[0].1, "no");
        }
    }

    #[test]
    fn members_of_a_workspace_are_covered_from_its_root() {
        let entry = PIP.replace("pip", "cargo");
        let facts = facts(
            &[
                (".github/dependabot.yml", &entry),
                ("Cargo.toml", "[workspace]\nmembers = ['a']\n"),
                ("a/Cargo.toml", "[package]\nname = 'a'\n"),
            ],
            "",
        );
        assert_eq!(column(&facts["manifest.file"], "covered"), ["yes", "yes"]);
    }

    #[test]
    fn renovate_in_a_manifest_is_found_by_its_key() {
        let package = "{\n  \"dependencies\": {\"a\": \"1\"},\n  \"renovate\": {\"schedule\": \"weekly\"}\n}\n";
        let read = facts(&[("package.json", package)], "");
        let entries = &read["update.entry"];
        assert_eq!(entries.items[0].source.place_text(), "package.json:3");
        assert_eq!(column(entries, "interval"), ["weekly"]);
        assert_eq!(covered(&read)[0].1, "yes");
        let broken = facts(&[("package.json", "")], "");
        assert_eq!(broken["update.entry"].state, State::Absent);
        assert_eq!(broken["manifest.file"].gaps.len(), 1);
    }

    #[test]
    fn directories_stand_from_the_folder_that_holds_the_configuration() {
        let entry = PIP.replace("directory: /", "directory: /sub");
        let all = [
            (".github/dependabot.yml", entry.as_str()),
            ("sub/requirements.txt", ""),
            ("requirements.txt", ""),
        ];
        let pairs = covered(&facts(&all, "sub/"));
        assert_eq!(
            pairs,
            [("sub/requirements.txt".to_owned(), "yes".to_owned())]
        );
    }
}
