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
