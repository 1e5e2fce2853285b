//! Lock files in TOML: those of uv, Poetry, PDM, Cargo, and Python's own (`pylock.toml`).
//!
//! A package that stands in the repository, or that is fixed by a commit, needs no digest.

use super::fixed::{Fixed, Needed, Package, is_commit};
use crate::parse::error::ParseError;
use crate::parse::toml::{Table, Value};

/// The packages of a lock file. One without the list is none.
fn packages<'t>(table: &'t Table, key: &str) -> Result<Vec<&'t Table>, ParseError> {
    let marked = ["version", "lock-version", "lock_version", "metadata"];
    match table.get(key) {
        Some(Value::Array(list)) => Ok(list.iter().filter_map(Value::as_table).collect()),
        None if marked.iter().any(|mark| table.contains_key(*mark)) => Ok(Vec::new()),
        _ => Err(ParseError::whole(format!(
            "expected a lock file with its packages under {key}, found none"
        ))),
    }
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

fn name(table: &Table) -> &str {
    text(table, "name").unwrap_or("without a name")
}

fn package(table: &Table) -> Package {
    Package::new(name(table), text(table, "version"))
}

/// When a package is installed, by its groups: one of the given name holds what always is.
fn needed(table: &Table, main: &str) -> Needed {
    let groups = table.get("groups").and_then(Value::as_array);
    let among = |groups: &Vec<Value>| groups.iter().any(|group| group.as_str() == Some(main));
    let development = match groups {
        Some(groups) => !groups.is_empty() && !among(groups),
        None => text(table, "category") == Some("dev"),
    };
    let conditions = ["markers", "marker"];
    let optional = table.get("optional").and_then(Value::as_bool) == Some(true)
        || conditions
            .iter()
            .any(|key| table.get(*key).is_some_and(says));
    Needed::of(development, optional)
}

/// Whether every file of a list has a value under one of the keys.
fn all_have(list: Option<&Value>, keys: &[&str]) -> bool {
    let Some(Value::Array(list)) = list else {
        return false;
    };
    let has = |value: &Value| {
        let table = value.as_table();
        table.is_some_and(|table| keys.iter().any(|key| table.get(*key).is_some_and(says)))
    };
    !list.is_empty() && list.iter().all(has)
}

fn says(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Table(table) => !table.is_empty(),
        _ => false,
    }
}

/// `uv.lock`.
pub(super) fn uv(table: &Table) -> Result<Fixed, ParseError> {
    const LOCAL: [&str; 4] = ["editable", "virtual", "directory", "path"];
    let mut fixed = Fixed::default();
    for entry in packages(table, "package")? {
        let source = entry.get("source").and_then(Value::as_table);
        let has = |key: &str| source.is_some_and(|source| source.contains_key(key));
        if LOCAL.iter().any(|key| has(key)) {
            continue;
        }
        let git = source.and_then(|source| text(source, "git"));
        let commit = |url: &str| {
            url.rsplit_once('#')
                .is_some_and(|(_, commit)| is_commit(commit))
        };
        let sdist = entry.get("sdist").and_then(Value::as_table);
        let sdist = sdist.map(|sdist| text(sdist, "hash").is_some());
        let wheels = entry
            .get("wheels")
            .map(|wheels| all_have(Some(wheels), &["hash"]));
        let hashed = git.is_some_and(commit)
            || ((sdist.is_some() || wheels.is_some())
                && sdist != Some(false)
                && wheels != Some(false));
        fixed.add(package(entry), hashed);
    }
    Ok(fixed)
}

/// `poetry.lock`. Before 1.5 the digests stood apart, under `metadata.files`.
pub(super) fn poetry(table: &Table) -> Result<Fixed, ParseError> {
    let metadata = table.get("metadata").and_then(Value::as_table);
    let apart = metadata.and_then(|metadata| metadata.get("files")?.as_table());
    let mut fixed = Fixed::default();
    for entry in packages(table, "package")? {
        let source = entry.get("source").and_then(Value::as_table);
        let of = |key: &str| source.and_then(|source| text(source, key));
        if matches!(of("type"), Some("directory")) {
            continue;
        }
        let commit = of("resolved_reference").is_some_and(is_commit);
        let own = all_have(entry.get("files"), &["hash"]);
        let listed = all_have(apart.and_then(|apart| apart.get(name(entry))), &["hash"]);
        fixed.add(
            package(entry).needed(needed(entry, "main")),
            commit || own || listed,
        );
    }
    Ok(fixed)
}

/// `pdm.lock`. In its first versions the digests stood apart, as in Poetry's.
pub(super) fn pdm(table: &Table) -> Result<Fixed, ParseError> {
    let metadata = table.get("metadata").and_then(Value::as_table);
    let apart = metadata.and_then(|metadata| metadata.get("files")?.as_table());
    let mut fixed = Fixed::default();
    for entry in packages(table, "package")? {
        if text(entry, "path").is_some() {
            continue;
        }
        let version = text(entry, "version").unwrap_or_default();
        let key = format!("{} {version}", name(entry));
        let commit = text(entry, "revision").is_some_and(is_commit);
        let own = all_have(entry.get("files"), &["hash"]);
        let listed = all_have(apart.and_then(|apart| apart.get(&key)), &["hash"]);
        fixed.add(
            package(entry).needed(needed(entry, "default")),
            commit || own || listed,
        );
    }
    Ok(fixed)
}

/// `pylock.toml` (PEP 751).
pub(super) fn pylock(table: &Table) -> Result<Fixed, ParseError> {
    let mut fixed = Fixed::default();
    for entry in packages(table, "packages")? {
        let part = |key: &str| entry.get(key).and_then(Value::as_table);
        if part("directory").is_some() {
            continue;
        }
        let digests = |table: &Table| table.get("hashes").is_some_and(says);
        let commit = part("vcs").and_then(|vcs| text(vcs, "commit-id"));
        let files = [part("sdist").map(digests), part("archive").map(digests)];
        let wheels = entry
            .get("wheels")
            .map(|wheels| all_have(Some(wheels), &["hashes"]));
        let mut all = files.into_iter().chain([wheels]).flatten().peekable();
        let hashed = commit.is_some_and(is_commit) || (all.peek().is_some() && all.all(|it| it));
        fixed.add(package(entry).needed(needed(entry, "default")), hashed);
    }
    Ok(fixed)
}

/// `Cargo.lock`. In its first version the checksums stood apart, under `metadata`.
pub(super) fn cargo(table: &Table) -> Result<Fixed, ParseError> {
    let metadata = table.get("metadata").and_then(Value::as_table);
    let mut fixed = Fixed::default();
    for entry in packages(table, "package")? {
        // What stands in the repository has no source.
        let Some(source) = text(entry, "source") else {
            continue;
        };
        let version = text(entry, "version").unwrap_or_default();
        let key = format!("checksum {} {version} ({source})", name(entry));
        let apart = metadata.and_then(|metadata| text(metadata, &key));
        let git = source.starts_with("git+")
            && source
                .rsplit_once('#')
                .is_some_and(|(_, commit)| is_commit(commit));
        let hashed = text(entry, "checksum").or(apart).is_some();
        fixed.add(package(entry), git || hashed);
    }
    Ok(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::toml::parse;

    type Read = fn(&Table) -> Result<Fixed, ParseError>;

    fn read(reader: Read, text: &str) -> (usize, Vec<String>) {
        let fixed = reader(&parse(text).expect("toml")).expect("a lock file");
        (fixed.packages.len(), fixed.unhashed)
    }

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn cargo_needs_checksums_of_what_comes_from_a_registry() {
        let text = format!(
            "version = 4\n[[package]]\nname = 'own'\nversion = '1'\n\
             [[package]]\nname = 'a'\nversion = '1'\nsource = 'registry+https://x'\nchecksum = 'c'\n\
             [[package]]\nname = 'b'\nversion = '1'\nsource = 'registry+https://x'\n\
             [[package]]\nname = 'g'\nversion = '1'\nsource = 'git+https://x?branch=m#{COMMIT}'\n"
        );
        assert_eq!(read(cargo, &text), (3, vec!["b".to_owned()]));
        let old = "[[package]]\nname = 'a'\nversion = '1'\nsource = 'registry+x'\n\
             [metadata]\n'checksum a 1 (registry+x)' = 'c'\n";
        assert_eq!(read(cargo, old), (1, vec![]));
    }

    #[test]
    fn locks_of_python_need_a_digest_of_every_file() {
        let uv_text = "version = 1\n[[package]]\nname = 'own'\nsource = { editable = '.' }\n\
             [[package]]\nname = 'a'\nsource = { registry = 'x' }\nsdist = { url = 'u', hash = 'sha256:1' }\n\
             wheels = [{ url = 'u', hash = 'sha256:2' }, { url = 'v' }]\n\
             [[package]]\nname = 'b'\nsource = { registry = 'x' }\nwheels = [{ url = 'u', hash = 'sha256:2' }]\n";
        assert_eq!(read(uv, uv_text), (2, vec!["a".to_owned()]));
        let poetry_text = "[[package]]\nname = 'a'\nfiles = [{ file = 'f', hash = 'h' }]\n\
             [[package]]\nname = 'b'\nfiles = []\n[[package]]\nname = 'c'\n\
             [metadata]\nlock-version = '1.1'\n[metadata.files]\nc = [{ file = 'f', hash = 'h' }]\n";
        assert_eq!(read(poetry, poetry_text), (3, vec!["b".to_owned()]));
        let pdm_text = "[[package]]\nname = 'a'\nversion = '1'\nfiles = [{ file = 'f', hash = 'h' }]\n\
             [[package]]\nname = 'own'\npath = './own'\n";
        assert_eq!(read(pdm, pdm_text), (1, vec![]));
        let pylock_text = "lock-version = '1.0'\n[[packages]]\nname = 'a'\nwheels = [{ name = 'w', hashes = { sha256 = '1' } }]\n\
             [[packages]]\nname = 'b'\nsdist = { name = 's', hashes = {} }\n";
        assert_eq!(read(pylock, pylock_text), (2, vec!["b".to_owned()]));
    }

    #[test]
    fn a_table_without_packages_is_no_lock_file() {
        let read = |text: &str| uv(&parse(text).expect("toml"));
        assert!(read("[tool]\nx = 1\n").is_err() && read("package = 'x'\n").is_err());
        assert_eq!(read("version = 1\n").expect("empty").packages, []);
    }
}
