//! Lock files in JSON: those of npm, Pipenv and Bun.

use serde_json::{Map, Value as Json};

use super::fixed::{Fixed, Needed, Package, at, is_commit};
use crate::parse::error::ParseError;
use crate::parse::json5;

type Object = Map<String, Json>;

fn text<'o>(object: &'o Json, key: &str) -> Option<&'o str> {
    object
        .get(key)
        .and_then(Json::as_str)
        .filter(|text| !text.is_empty())
}

fn yes(object: &Json, key: &str) -> bool {
    object.get(key).and_then(Json::as_bool) == Some(true)
}

/// `package-lock.json` and `npm-shrinkwrap.json`: a flat list since version 2, nested before.
pub(super) fn package_lock(root: &Object) -> Result<Fixed, ParseError> {
    let mut fixed = Fixed::default();
    if let Some(Json::Object(packages)) = root.get("packages") {
        for (place, package) in packages {
            // The project itself and its workspaces stand in the repository.
            let Some((_, name)) = place.rsplit_once("node_modules/") else {
                continue;
            };
            if !yes(package, "link") && !yes(package, "inBundle") {
                fixed.add(described(name, package), is_hashed(package));
            }
        }
        return Ok(fixed);
    }
    match root.get("dependencies") {
        Some(Json::Object(list)) => nested(list, &mut fixed),
        None if root.contains_key("lockfileVersion") => {}
        _ => {
            return Err(ParseError::whole(
                "expected packages or dependencies, found neither",
            ));
        }
    }
    Ok(fixed)
}

/// The list of version 1. Nesting is bounded by the reader of JSON.
fn nested(list: &Object, fixed: &mut Fixed) {
    for (name, package) in list {
        let local = text(package, "version").is_some_and(|version| version.starts_with("file:"));
        if !local && !yes(package, "bundled") {
            fixed.add(described(name, package), is_hashed(package));
        }
        if let Some(Json::Object(inner)) = package.get("dependencies") {
            nested(inner, fixed);
        }
    }
}

/// A package as npm's list describes it. One that stands under another name says its own; what comes
/// from git or an address says that in the place of a version, or beside it.
fn described(place: &str, package: &Json) -> Package {
    let version = text(package, "version").filter(|version| !version.contains(':'));
    let development = yes(package, "dev");
    let optional = yes(package, "optional") || yes(package, "devOptional");
    Package::new(text(package, "name").unwrap_or(place), version)
        .needed(Needed::of(development, optional))
}

/// Whether a package has a digest, or is taken from git at a commit.
fn is_hashed(package: &Json) -> bool {
    let sources = [text(package, "resolved"), text(package, "version")];
    let at_commit = sources.into_iter().flatten().any(|source| {
        source.starts_with("git") && source.rsplit_once('#').is_some_and(|(_, it)| is_commit(it))
    });
    text(package, "integrity").is_some() || at_commit
}

/// `Pipfile.lock`: a list for each group.
pub(super) fn pipfile(root: &Object) -> Result<Fixed, ParseError> {
    if !root.contains_key("_meta") {
        return Err(ParseError::whole("expected _meta, found none"));
    }
    let mut fixed = Fixed::default();
    let groups = root.iter().filter(|(key, _)| *key != "_meta");
    let each = groups.filter_map(|(group, list)| Some((group, list.as_object()?)));
    let each = each.flat_map(|(group, list)| list.iter().map(move |it| (group, it)));
    for (group, (name, package)) in each {
        if text(package, "path").is_some() {
            continue;
        }
        let hashes = package.get("hashes").and_then(Json::as_array);
        let digests = hashes.is_some_and(|hashes| !hashes.is_empty());
        let at_commit =
            text(package, "git").is_some() && text(package, "ref").is_some_and(is_commit);
        let version = text(package, "version").map(|version| version.trim_start_matches('='));
        let needed = Needed::of(group != "default", text(package, "markers").is_some());
        let locked = Package::new(name, version).needed(needed);
        fixed.add(locked, digests || at_commit);
    }
    Ok(fixed)
}

/// `bun.lock`, which allows commas that JSON does not: each package is a list that ends in its
/// digest.
pub(super) fn bun(source: &str) -> Result<Fixed, ParseError> {
    let root = json5::parse(source)?;
    let Some(Json::Object(packages)) = root.get("packages") else {
        return Err(ParseError::whole("expected packages, found none"));
    };
    let mut fixed = Fixed::default();
    for (name, package) in packages {
        let members = package.as_array().map(Vec::as_slice).unwrap_or_default();
        let named = members.first().and_then(Json::as_str).unwrap_or_default();
        let local = ["@workspace:", "@link:", "@file:", "@root:"];
        if local.iter().any(|kind| named.contains(kind)) {
            continue;
        }
        let last = members.last().and_then(Json::as_str).unwrap_or_default();
        let digest = ["sha512-", "sha256-", "sha384-", "sha1-"];
        let hashed = digest.iter().any(|kind| last.starts_with(kind));
        let git = named.contains("@git") || named.contains("@github:");
        let (own, version) = at(named);
        let own = if own.is_empty() { name } else { own };
        let version = version.filter(|version| !version.contains([':', '#', '/']));
        let locked = Package::new(own, version);
        fixed.add(locked, hashed || (git && named.contains('#')));
    }
    Ok(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::json::parse;

    fn unhashed(fixed: &Fixed) -> (usize, Vec<&str>) {
        let names = fixed.unhashed.iter().map(String::as_str);
        (fixed.packages.len(), names.collect())
    }

    #[test]
    fn npm_needs_integrity_of_what_it_downloads() {
        let text = r#"{"lockfileVersion": 3, "packages": {"": {"name": "own"}, "packages/w": {},
            "node_modules/w": {"link": true}, "node_modules/a": {"resolved": "https://x", "integrity": "sha512-1"},
            "node_modules/a/node_modules/b": {"resolved": "https://x"},
            "node_modules/g": {"resolved": "git+ssh://x#0123456789abcdef0123456789abcdef01234567"}}}"#;
        let fixed = package_lock(&parse(text).expect("json")).expect("a lock file");
        assert_eq!(unhashed(&fixed), (3, vec!["b"]));
        let old = r#"{"lockfileVersion": 1, "dependencies": {"a": {"version": "1", "integrity": "s",
            "dependencies": {"b": {"version": "2"}}}, "f": {"version": "file:../f"}}}"#;
        let fixed = package_lock(&parse(old).expect("json")).expect("a lock file");
        assert_eq!(unhashed(&fixed), (2, vec!["b"]));
        assert!(package_lock(&parse("{}").expect("json")).is_err());
    }

    #[test]
    fn pipenv_and_bun_are_read() {
        let text = r#"{"_meta": {"hash": {}}, "default": {"a": {"version": "==1", "hashes": ["sha256:1"]},
            "b": {"version": "==1"}}, "develop": {"c": {"path": "."}}}"#;
        let fixed = pipfile(&parse(text).expect("json")).expect("a lock file");
        assert_eq!(unhashed(&fixed), (2, vec!["b"]));
        let text = r#"{"lockfileVersion": 1, "packages": {"a": ["a@1.0.0", "", {}, "sha512-x"],
            "w": ["w@workspace:packages/w"], "c": ["c@1.0.0", "", {}],}, }"#;
        assert_eq!(unhashed(&bun(text).expect("a lock file")), (2, vec!["c"]));
    }
}
