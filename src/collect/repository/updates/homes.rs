//! The folders from which an update entry reaches a manifest.

use std::collections::{BTreeMap, BTreeSet};

use super::manifest::Reach;

/// Folders that gather what lies below them, by ecosystem, and folders that hold a lock file.
#[derive(Debug, Default)]
pub(in crate::collect::repository) struct Folders {
    workspaces: BTreeMap<&'static str, BTreeSet<String>>,
    locks: BTreeMap<&'static str, BTreeSet<String>>,
}

/// Files whose presence makes their folder the root of a workspace. Dependabot reads from there
/// what the members declare.
const ROOTS: &[(&str, &str)] = &[
    ("go.work", "gomod"),
    ("lerna.json", "npm"),
    ("pnpm-workspace.yaml", "npm"),
    ("settings.gradle", "gradle"),
    ("settings.gradle.kts", "gradle"),
];

/// Lock files that decide to which ecosystem a manifest belongs.
const LOCKS: &[(&str, &str)] = &[("bun.lock", "bun"), ("bun.lockb", "bun"), ("uv.lock", "uv")];

impl Folders {
    /// Takes note of a tracked file by its name.
    pub(in crate::collect::repository) fn note(&mut self, path: &str) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some((_, ecosystem)) = ROOTS.iter().find(|(known, _)| *known == name) {
            self.add_workspace(ecosystem, folder);
        } else if [".sln", ".slnx"]
            .iter()
            .any(|ending| name.ends_with(ending))
        {
            self.add_workspace("nuget", folder);
        } else if let Some((_, ecosystem)) = LOCKS.iter().find(|(known, _)| *known == name) {
            let locked = self.locks.entry(ecosystem).or_default();
            locked.insert(folder.to_owned());
        }
    }

    /// Takes note of a folder whose manifest says that it is the root of a workspace.
    pub(in crate::collect::repository) fn add_workspace(
        &mut self,
        ecosystem: &'static str,
        folder: &str,
    ) {
        let roots = self.workspaces.entry(ecosystem).or_default();
        roots.insert(folder.to_owned());
    }

    /// Whether a lock file of `lock` stands beside a manifest, or at the root of its workspace.
    pub(in crate::collect::repository) fn is_locked(
        &self,
        lock: &str,
        ecosystem: &str,
        folder: &str,
    ) -> bool {
        let Some(locked) = self.locks.get(lock) else {
            return false;
        };
        locked.contains(folder)
            || self
                .above(ecosystem, folder)
                .any(|root| locked.contains(root))
    }

    /// The folders from which an entry reaches a manifest in `folder`, its own first.
    pub(in crate::collect::repository) fn homes<'f>(
        &self,
        ecosystem: &str,
        reach: Reach,
        folder: &'f str,
    ) -> Vec<&'f str> {
        let mut homes = vec![folder];
        match reach {
            Reach::Here => {}
            Reach::OneBelow => homes.extend(parent(folder)),
            Reach::Workflows => homes.extend(parent(folder).and_then(parent)),
            Reach::GradleCatalogue => {
                homes.extend(parent(folder).filter(|_| last(folder) == "gradle"));
            }
            Reach::Devcontainer => {
                let above = parent(folder);
                if last(folder) == ".devcontainer" {
                    homes.extend(above);
                } else if let Some(above) = above.filter(|above| last(above) == ".devcontainer") {
                    homes.extend(parent(above));
                }
            }
        }
        homes.extend(self.above(ecosystem, folder));
        homes
    }

    /// The roots of workspaces above a folder, nearest first.
    fn above<'f>(&self, ecosystem: &str, folder: &'f str) -> impl Iterator<Item = &'f str> {
        let roots = self.workspaces.get(ecosystem);
        std::iter::successors(parent(folder), |folder| parent(folder))
            .filter(move |folder| roots.is_some_and(|roots| roots.contains(*folder)))
    }
}

/// The folder above; `None` above the root, which is the empty text.
fn parent(folder: &str) -> Option<&str> {
    if folder.is_empty() {
        return None;
    }
    Some(folder.rsplit_once('/').map_or("", |(above, _)| above))
}

fn last(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reaches_what_dependabot_fetches_from_its_directory() {
        let folders = Folders::default();
        let homes = |reach, folder| folders.homes("x", reach, folder);
        assert_eq!(homes(Reach::Here, "a/b"), ["a/b"]);
        assert_eq!(homes(Reach::OneBelow, "requirements"), ["requirements", ""]);
        assert_eq!(homes(Reach::OneBelow, ""), [""]);
        assert_eq!(
            homes(Reach::Workflows, ".github/workflows"),
            [".github/workflows", ""]
        );
        assert_eq!(homes(Reach::GradleCatalogue, "gradle"), ["gradle", ""]);
        assert_eq!(
            homes(Reach::Devcontainer, ".devcontainer/x"),
            [".devcontainer/x", ""]
        );
        assert_eq!(homes(Reach::Devcontainer, ""), [""]);
    }

    #[test]
    fn members_are_reached_from_the_root_of_their_workspace() {
        let mut folders = Folders::default();
        folders.add_workspace("cargo", "");
        folders.add_workspace("cargo", "a");
        folders.note("go.work");
        folders.note("py/uv.lock");
        folders.add_workspace("pip", "py");
        assert_eq!(
            folders.homes("cargo", Reach::Here, "a/b/c"),
            ["a/b/c", "a", ""]
        );
        assert_eq!(folders.homes("gomod", Reach::Here, "x"), ["x", ""]);
        assert_eq!(folders.homes("npm", Reach::Here, "x"), ["x"]);
        assert!(folders.is_locked("uv", "pip", "py") && folders.is_locked("uv", "pip", "py/x"));
        assert!(!folders.is_locked("uv", "pip", "other"));
    }
}
