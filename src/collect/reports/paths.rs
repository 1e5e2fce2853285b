//! From the paths a report names to the files of the repository.
//!
//! Tools name files from where they ran: from the examined folder, from the git root, absolutely on
//! another machine, or from a source root. A name is only taken for a file of the repository when
//! it leads to exactly one; else it stays as the report has it, and reconciles with nothing.

use crate::collect::Input;

/// The path from the git root that a report's path leads to, or the path as the report has it.
pub(super) fn resolve(named: &str, input: &Input<'_>) -> String {
    let normal = named.replace('\\', "/");
    let normal = normal.trim_start_matches("./");
    let below = format!("{}{normal}", input.tree.scope);
    if input.tree.entry(&below).is_some() {
        return below;
    }
    if input.tree.entry(normal).is_some() {
        return normal.to_owned();
    }
    by_own_end(normal, input)
        .or_else(|| by_end_of_file(normal, input))
        .unwrap_or_else(|| named.to_owned())
}

/// A module of Go: the path that it is imported by, and the folder it lies in, from the git root.
pub(super) struct GoModule {
    path: String,
    folder: String,
}

/// Whether a name may be a file of a module: Go names files by the path of the import.
pub(super) fn is_of_go(named: &str) -> bool {
    named
        .strip_suffix(".go")
        .is_some_and(|rest| rest.contains('/'))
}

/// The modules that the examined folder declares, the one with the longest path first.
pub(super) fn go_modules(input: &Input<'_>) -> Vec<GoModule> {
    let declares = |path: &str| path == "go.mod" || path.ends_with("/go.mod");
    let entries = input.tree.entries.iter();
    let mut modules: Vec<GoModule> = entries
        .filter(|entry| input.inside(&entry.path).is_some_and(declares))
        .filter_map(|entry| {
            let bytes = input.tree.read(entry).ok()?;
            let text = std::str::from_utf8(&bytes).ok()?;
            let named = text
                .lines()
                .find_map(|line| line.trim().strip_prefix("module "))?;
            let named = named.split("//").next().unwrap_or_default();
            let path = named.trim().trim_matches('"');
            Some(GoModule {
                path: path.to_owned(),
                folder: entry.path.strip_suffix("go.mod")?.to_owned(),
            })
        })
        .filter(|module| !module.path.is_empty())
        .collect();
    modules.sort_by_key(|module| std::cmp::Reverse(module.path.len()));
    modules
}

/// The file of a module that a name leads to, where it is there.
pub(super) fn of_module(named: &str, modules: &[GoModule], input: &Input<'_>) -> Option<String> {
    let (module, rest) = modules.iter().find_map(|module| {
        let rest = named
            .strip_prefix(module.path.as_str())?
            .strip_prefix('/')?;
        Some((module, rest))
    })?;
    let path = format!("{}{rest}", module.folder);
    input.tree.entry(&path).map(|_| path)
}

/// An absolute path of another machine: the longest end of it that is a file here. A single name is
/// not enough, as every project has its `__init__.py`.
fn by_own_end(normal: &str, input: &Input<'_>) -> Option<String> {
    let absolute = normal.starts_with('/') || normal.get(1..3) == Some(":/");
    if !absolute {
        return None;
    }
    let mut rest = normal;
    while let Some((_, end)) = rest.split_once('/') {
        rest = end;
        let below = format!("{}{rest}", input.tree.scope);
        if rest.contains('/') && input.tree.entry(&below).is_some() {
            return Some(below);
        }
    }
    None
}

/// A path from a source root: the one file of the examined folder that ends in it.
fn by_end_of_file(normal: &str, input: &Input<'_>) -> Option<String> {
    if normal.is_empty() || normal.starts_with('/') {
        return None;
    }
    let end = format!("/{normal}");
    let mut found = input
        .tree
        .entries
        .iter()
        .filter(|entry| entry.path.ends_with(&end));
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one.path.clone()),
        _ => None,
    }
}
