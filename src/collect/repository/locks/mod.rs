//! Lock files: whether each manifest has one, whether it gives a digest of every package, and
//! whether the pipeline installs what it fixes.

pub(in crate::collect::repository) mod commands;
mod fixed;
mod installs;
mod npm;
mod requirements;
mod tables;
mod yarn;

use std::collections::{BTreeMap, BTreeSet};

use fixed::Fixed;
use installs::Installs;

use super::place::{self, Entries};
use super::updates::content::{self, About};
use super::updates::homes::Folders;
use super::updates::manifest::{self, Reach};
use crate::collect::package;
use crate::collect::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::relation::Relation;
use crate::model::relations::{LOCK_PACKAGE, MANIFEST_LOCK, WORKFLOW_INSTALL};
use crate::model::value::Value;
use crate::parse::error::ParseError;
use crate::parse::{json, toml};

/// Fills `manifest.lock`, `lock.package` and `workflow.install`.
pub struct Locks;

static SPEC: Spec = Spec {
    name: "locks",
    reads: "manifests and lock files of Python, npm, Cargo and Go; the scripts of workflows",
    fills: FILLS,
    about: "Reads which manifests are locked, with digests or without, and how they are installed.",
};

static FILLS: &[&Relation] = &[&LOCK_PACKAGE, &MANIFEST_LOCK, &WORKFLOW_INSTALL];

/// What a manifest or lock file that cannot be read leaves open.
static OF_LOCKS: &[&Relation] = &[&LOCK_PACKAGE, &MANIFEST_LOCK];

/// The lock files of an ecosystem, in the order in which its tools take them.
const LOCKS: [(&str, &[&str]); 4] = [
    (
        "pip",
        &[
            "uv.lock",
            "poetry.lock",
            "pdm.lock",
            "pylock.toml",
            "Pipfile.lock",
        ],
    ),
    (
        "npm",
        &[
            "npm-shrinkwrap.json",
            "package-lock.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock",
            "bun.lockb",
        ],
    ),
    ("cargo", &["Cargo.lock"]),
    ("gomod", &["go.sum"]),
];

fn locks_of(ecosystem: &str) -> &'static [&'static str] {
    let known = LOCKS.iter().find(|(known, _)| *known == ecosystem);
    known.map_or(&[], |(_, names)| names)
}

fn parts(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

fn is_lock(path: &str) -> bool {
    let (_, name) = parts(path);
    LOCKS.iter().any(|(_, names)| names.contains(&name))
}

/// The ecosystem of a manifest that a lock file can fix: one that counts, as for updates.
fn lockable(path: &str, input: &Input<'_>) -> Option<&'static str> {
    let kind = super::updates::manifest_at(path, input)?;
    locks_of(kind.ecosystem).first().map(|_| kind.ecosystem)
}

impl Collector for Locks {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        let lock = || is_lock(path) && input.inside(path).is_some();
        if lock() || lockable(path, input).is_some() || installs::is_script(path, input) {
            Wants::Keep
        } else {
            Wants::No
        }
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let tracked = place::tracked(scene, Entries::Files, &MANIFEST_LOCK, sink);
        let mut project = Project::default();
        let mut manifests = Vec::new();
        for path in &tracked {
            project.folders.note(path);
            if is_lock(path) {
                project.locks.insert((*path).to_owned(), Lock::Unread);
            }
            if let Some(ecosystem) = lockable(path, scene.input)
                && let Some(manifest) = Manifest::read(scene, path, ecosystem, &mut project, sink)
            {
                manifests.push(manifest);
            }
        }
        let mut listed = BTreeSet::new();
        for manifest in manifests {
            let item = project.describe(scene, &manifest, sink);
            if *item.get("locked") == Value::Bool(true)
                && let Some(lock) = item.get("lock").as_text()
            {
                let at_once = (lock.to_owned(), manifest.ecosystem);
                if listed.insert(at_once.clone()) {
                    project.list(scene, &at_once.0, at_once.1, sink);
                }
            }
            sink.item(item);
        }
        let hashed = project.hashed_requirements();
        Installs::new(hashed, project.has_modern_yarn(scene)).collect(scene, &tracked, sink);
    }
}

/// What is known of the examined files as a whole.
#[derive(Default)]
struct Project<'p> {
    folders: Folders,
    /// The lock files.
    locks: BTreeMap<String, Lock>,
    /// The requirements files, with what they fix.
    requirements: BTreeMap<&'p str, requirements::Listed>,
}

/// A lock file, which is read once it is asked for.
enum Lock {
    Unread,
    Read(Fixed),
    Unreadable,
}

/// A manifest that declares something.
struct Manifest<'p> {
    path: &'p str,
    ecosystem: &'static str,
    /// Whether it is the root of a workspace, so that no lock file above it is its own.
    root: bool,
}

impl<'p> Manifest<'p> {
    fn read(
        scene: &Scene<'_>,
        path: &'p str,
        ecosystem: &'static str,
        project: &mut Project<'p>,
        sink: &mut Sink,
    ) -> Option<Self> {
        let (file, text) = place::text(scene, path, OF_LOCKS, sink)?;
        let (folder, name) = parts(path);
        let about = match declares(name, &text) {
            Ok(about) => about,
            Err(error) => {
                sink.unparsable(OF_LOCKS, file, &error);
                return None;
            }
        };
        if about.workspace {
            project.folders.add_workspace(ecosystem, folder);
        }
        let listed = is_requirements(name).then(|| requirements::read(&text));
        let empty = listed
            .as_ref()
            .is_some_and(|it| it.fixed.packages.is_empty() && it.loose == 0);
        if let Some(listed) = listed {
            project.requirements.insert(path, listed);
        }
        if !about.declares || empty {
            return None;
        }
        sink.examined(&MANIFEST_LOCK, file);
        Some(Self {
            path,
            ecosystem,
            root: about.workspace,
        })
    }
}

/// Whether a file of the ecosystem `pip` is a list of requirements.
fn is_requirements(name: &str) -> bool {
    !matches!(
        name,
        "pyproject.toml" | "setup.py" | "setup.cfg" | "Pipfile"
    ) && [".txt", ".in", ".lock"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// Whether a manifest declares what a lock file fixes, and whether it is the root of a workspace.
fn declares(name: &str, text: &str) -> Result<About, ParseError> {
    match name {
        "pyproject.toml" => {
            let table = toml::parse(text)?;
            let about = content::read(name, manifest::Content::Pyproject, text)?;
            Ok(About {
                // What builds a package is not locked with what it needs.
                declares: content::requires(&table),
                ..about
            })
        }
        "Cargo.toml" => {
            let table = toml::parse(text)?;
            let needs = |table: &toml::Table| {
                let lists = ["dependencies", "dev-dependencies", "build-dependencies"];
                lists.iter().any(|list| table.contains_key(*list))
            };
            let targets = table.get("target").and_then(toml::Value::as_table);
            let for_target = |value: &toml::Value| value.as_table().is_some_and(needs);
            Ok(About {
                declares: needs(&table)
                    || targets.is_some_and(|targets| targets.values().any(for_target)),
                workspace: table.contains_key("workspace"),
            })
        }
        "package.json" => content::read(name, manifest::Content::PackageJson, text),
        "setup.cfg" => content::read(name, manifest::Content::SetupCfg, text),
        "go.mod" => Ok(About {
            declares: text
                .lines()
                .any(|line| line.trim_start().starts_with("require")),
            workspace: false,
        }),
        _ => Ok(About {
            declares: true,
            workspace: false,
        }),
    }
}

impl Project<'_> {
    fn describe(&mut self, scene: &Scene<'_>, manifest: &Manifest<'_>, sink: &mut Sink) -> Item {
        let path = manifest.path;
        let item = Item::new(&MANIFEST_LOCK, Source::file(path))
            .with("path", path)
            .with("ecosystem", manifest.ecosystem);
        if let Some(listed) = self.requirements.get(path)
            && path.strip_suffix(".in").is_none()
        {
            // A list of requirements is its own lock file, where it leaves nothing open.
            return with_fixed(item, path, listed.is_fixed(), Some(&listed.fixed));
        }
        let Some(lock) = self.lock_of(manifest) else {
            return item.with("locked", false);
        };
        if self.locks.contains_key(&lock) {
            let fixed = self.fixed(scene, &lock, sink);
            return with_fixed(item, &lock, true, fixed);
        }
        let listed = self.requirements.get(lock.as_str());
        with_fixed(item, &lock, true, listed.map(|it| &it.fixed))
    }

    /// Lists the packages of a lock file that a manifest has.
    fn list(&self, scene: &Scene<'_>, lock: &str, ecosystem: &str, sink: &mut Sink) {
        let fixed = match self.locks.get(lock) {
            Some(Lock::Read(fixed)) => Some(fixed),
            Some(Lock::Unread | Lock::Unreadable) => None,
            None => self.requirements.get(lock).map(|listed| &listed.fixed),
        };
        if let Some(Ok(file)) = scene.file(lock) {
            sink.examined(&LOCK_PACKAGE, file);
        }
        for one in fixed.into_iter().flat_map(|fixed| &fixed.packages) {
            let version = one.version.as_deref();
            let identity = version.map(|version| package::identity(ecosystem, &one.name, version));
            sink.item(
                Item::new(&LOCK_PACKAGE, Source::file(lock))
                    .with("path", lock)
                    .with("ecosystem", ecosystem)
                    .with("name", one.name.as_str())
                    .with("version", version)
                    .with("identity", identity)
                    .with("needed", one.needed.name()),
            );
        }
    }

    /// The file that fixes what a manifest declares: a lock file in its folder or at the root of its
    /// workspace, or the list that a tool compiled from it.
    fn lock_of(&self, manifest: &Manifest<'_>) -> Option<String> {
        let (folder, name) = parts(manifest.path);
        if let Some(stem) = name.strip_suffix(".in") {
            let compiled = below(folder, &format!("{stem}.txt"));
            return self.is_compiled(&compiled).then_some(compiled);
        }
        let homes = self.folders.homes(manifest.ecosystem, Reach::Here, folder);
        let homes = homes
            .into_iter()
            .take(if manifest.root { 1 } else { usize::MAX });
        let names = locks_of(manifest.ecosystem).iter();
        let names = names.filter(|lock| name != "Pipfile" || **lock == "Pipfile.lock");
        for home in homes {
            let found = names.clone().map(|lock| below(home, lock));
            if let Some(lock) = found.into_iter().find(|lock| self.locks.contains_key(lock)) {
                return Some(lock);
            }
        }
        let lists = self.requirements.keys().filter(|list| {
            let (home, _) = parts(list);
            home == folder || home == below(folder, "requirements")
        });
        let mut compiled = lists.filter(|list| self.is_compiled(list));
        let of_python = manifest.ecosystem == "pip" && name != "Pipfile";
        compiled
            .next()
            .filter(|_| of_python)
            .map(|list| (*list).to_owned())
    }

    fn is_compiled(&self, list: &str) -> bool {
        let listed = self.requirements.get(list);
        listed.is_some_and(|listed| listed.compiled && listed.is_fixed())
    }

    /// What a lock file fixes. It is read once; one that cannot be read is a gap.
    fn fixed(&mut self, scene: &Scene<'_>, path: &str, sink: &mut Sink) -> Option<&Fixed> {
        let lock = self.locks.get_mut(path)?;
        if matches!(lock, Lock::Unread) {
            *lock = Lock::read(scene, path, sink);
        }
        match lock {
            Lock::Read(fixed) => Some(fixed),
            Lock::Unread | Lock::Unreadable => None,
        }
    }

    /// The requirements files of which every package has a digest: pip checks these without being
    /// told to.
    fn hashed_requirements(&self) -> Vec<String> {
        let hashed = |listed: &requirements::Listed| {
            listed.is_fixed()
                && !listed.fixed.packages.is_empty()
                && listed.fixed.unhashed.is_empty()
        };
        let lists = self
            .requirements
            .iter()
            .filter(|(_, listed)| hashed(listed));
        lists.map(|(path, _)| (*path).to_owned()).collect()
    }

    /// Whether Yarn's lock file is of a version that refuses to change it in a pipeline.
    fn has_modern_yarn(&self, scene: &Scene<'_>) -> bool {
        let mut locks = self
            .locks
            .keys()
            .filter(|path| parts(path).1 == "yarn.lock");
        locks.any(|path| {
            let file = scene.file(path).and_then(|file| file.as_ref().ok());
            file.and_then(|file| file.text().ok())
                .is_some_and(|text| yarn::is_modern(&text))
        })
    }
}

impl Lock {
    fn read(scene: &Scene<'_>, path: &str, sink: &mut Sink) -> Self {
        let Some((file, text)) = place::text(scene, path, OF_LOCKS, sink) else {
            return Self::Unreadable;
        };
        match read(parts(path).1, &text) {
            Ok(fixed) => {
                for relation in OF_LOCKS {
                    sink.examined(relation, file);
                }
                Self::Read(fixed)
            }
            Err(error) => {
                sink.unparsable(OF_LOCKS, file, &error);
                Self::Unreadable
            }
        }
    }
}

fn with_fixed(item: Item, lock: &str, locked: bool, fixed: Option<&Fixed>) -> Item {
    let item = item.with("lock", lock).with("locked", locked);
    match fixed {
        None => item,
        Some(fixed) => item
            .with("packages", fixed.packages.len())
            .with("unhashed", fixed.unhashed.len())
            .with(
                "examples",
                Value::texts(fixed.unhashed.iter().take(3).cloned()),
            ),
    }
}

/// Reads a lock file by its name.
fn read(name: &str, text: &str) -> Result<Fixed, ParseError> {
    match name {
        "uv.lock" => tables::uv(&toml::parse(text)?),
        "poetry.lock" => tables::poetry(&toml::parse(text)?),
        "pdm.lock" => tables::pdm(&toml::parse(text)?),
        "pylock.toml" => tables::pylock(&toml::parse(text)?),
        "Cargo.lock" => tables::cargo(&toml::parse(text)?),
        "Pipfile.lock" => npm::pipfile(&json::parse(text)?),
        "package-lock.json" | "npm-shrinkwrap.json" => npm::package_lock(&json::parse(text)?),
        "bun.lock" => npm::bun(text),
        "yarn.lock" => yarn::read(text),
        "pnpm-lock.yaml" => yarn::pnpm(text),
        "go.sum" => requirements::go_sum(text),
        other => Err(ParseError::whole(format!(
            "expected a lock file as text, found {other}, which is none"
        ))),
    }
}

#[cfg(test)]
mod tests;
