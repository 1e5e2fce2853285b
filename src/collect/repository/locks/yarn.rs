//! The lock files of Yarn, in both of its forms, and of pnpm.

use super::fixed::{Fixed, Needed, Package, at, is_commit};
use crate::parse::error::ParseError;
use crate::parse::yaml::{self, Node};

/// Whether a lock file is of Yarn 2 or later, which refuses to change it in a pipeline.
pub(super) fn is_modern(text: &str) -> bool {
    text.lines().any(|line| line == "__metadata:")
}

/// `yarn.lock`.
pub(super) fn read(text: &str) -> Result<Fixed, ParseError> {
    if is_modern(text) {
        return Ok(modern(&yaml::parse(text)?));
    }
    classic(text)
}

/// Yarn 2 and later write YAML: each entry has a `resolution`, and a `checksum` where it was
/// downloaded.
fn modern(root: &Node) -> Fixed {
    const LOCAL: [&str; 4] = ["@workspace:", "@link:", "@portal:", "@file:"];
    let mut fixed = Fixed::default();
    for entry in root
        .entries()
        .iter()
        .filter(|entry| entry.name() != "__metadata")
    {
        let text = |key: &str| entry.value.get(key).and_then(Node::text);
        let resolution = text("resolution").unwrap_or_default();
        if LOCAL.iter().any(|kind| resolution.contains(kind)) {
            continue;
        }
        let commit = resolution.rsplit_once("commit=").map(|(_, commit)| commit);
        let hashed = text("checksum").is_some_and(|it| !it.is_empty());
        // `name@npm:version`: what it was asked for by may be another name.
        let place = ["@npm:", "@patch:"]
            .iter()
            .find_map(|kind| resolution.split_once(kind));
        let name = place.map_or_else(|| at(resolution).0, |(name, _)| name);
        let name = if name.is_empty() { entry.name() } else { name };
        let version = text("version").filter(|_| place.is_some());
        let locked = Package::new(name, version);
        fixed.add(locked, hashed || commit.is_some_and(is_commit));
    }
    fixed
}

/// An entry of the first form: its name, its version, and whether it has a digest.
struct Entry<'t> {
    name: &'t str,
    version: Option<&'t str>,
    hashed: bool,
}

/// Yarn 1 writes blocks: a name without indentation, then what it resolves to. Its addresses end in
/// the SHA-1 of what lies there, or in a commit.
fn classic(text: &str) -> Result<Fixed, ParseError> {
    let mut fixed = Fixed::default();
    let mut open: Option<Entry<'_>> = None;
    let known = text.contains("# yarn lockfile v1");
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(field) = line.strip_prefix("  ") else {
            close(open.take(), &mut fixed);
            let name = line.trim_end_matches(':');
            // A package of the repository itself has no address.
            let local = name.contains("@file:") || name.contains("@link:");
            open = (!local).then_some(Entry {
                name: named(name),
                version: None,
                hashed: false,
            });
            continue;
        };
        let Some(entry) = open.as_mut() else { continue };
        let value = |key: &str| {
            field
                .strip_prefix(key)
                .map(|it| it.trim().trim_matches('"'))
        };
        entry.version = value("version ").or(entry.version);
        let digest = value("resolved ").and_then(|url| url.rsplit_once('#'));
        entry.hashed |= digest.is_some_and(|(_, digest)| is_commit(digest));
        entry.hashed |= value("integrity ").is_some_and(|it| !it.is_empty());
    }
    close(open, &mut fixed);
    if fixed.packages.is_empty() && !known {
        return Err(ParseError::whole(
            "expected a lock file of Yarn, found no package",
        ));
    }
    Ok(fixed)
}

fn close(entry: Option<Entry<'_>>, fixed: &mut Fixed) {
    if let Some(entry) = entry {
        fixed.add(Package::new(entry.name, entry.version), entry.hashed);
    }
}

/// The name of the package of an entry, of which the first request says enough:
/// `"a@^1.0.0", a@^1.1.0`, or `b@npm:a@^1` for another name of `a`.
fn named(requests: &str) -> &str {
    let first = requests.split(',').next().unwrap_or_default();
    let first = first.trim().trim_matches('"');
    let asked = first.split_once("@npm:").map_or(first, |(_, real)| real);
    // `a@npm:^1` names no other package, but a range.
    let (name, range) = at(asked);
    match range {
        None if first.contains("@npm:") => first.split_once("@npm:").map_or(first, |(own, _)| own),
        _ => name,
    }
}

/// `pnpm-lock.yaml`.
pub(super) fn pnpm(text: &str) -> Result<Fixed, ParseError> {
    let root = yaml::parse(text)?;
    if root.get("lockfileVersion").is_none() {
        return Err(ParseError::whole("expected lockfileVersion, found none"));
    }
    let mut fixed = Fixed::default();
    let packages = root.get("packages").map(Node::entries).unwrap_or_default();
    for entry in packages {
        let resolution = entry.value.get("resolution");
        let text = |key: &str| resolution.and_then(|it| it.get(key)).and_then(Node::text);
        if text("directory").is_some() {
            continue;
        }
        let commit = text("commit").is_some_and(is_commit);
        let says = |key: &str| entry.value.get(key).and_then(Node::text) == Some("true");
        let (name, version) = of_pnpm(entry.name());
        let locked = Package::new(name, version).needed(Needed::of(says("dev"), says("optional")));
        fixed.add(locked, text("integrity").is_some() || commit);
    }
    Ok(fixed)
}

/// `a@1.0.0(peer@2.0.0)`, before version 9 with a slash in front, before version 6 `/a/1.0.0_peer`.
fn of_pnpm(key: &str) -> (&str, Option<&str>) {
    let old = key.strip_prefix('/');
    let key = old.unwrap_or(key).split('(').next().unwrap_or_default();
    let is_version = |text: &str| text.starts_with(|sign: char| sign.is_ascii_digit());
    let (name, version) = match key.rsplit_once('/') {
        Some((name, version)) if old.is_some() && is_version(version) => {
            (name, version.split('_').next())
        }
        _ => at(key),
    };
    (name, version.filter(|version| is_version(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhashed(fixed: Result<Fixed, ParseError>) -> (usize, Vec<String>) {
        let fixed = fixed.expect("a lock file");
        (fixed.packages.len(), fixed.unhashed)
    }

    #[test]
    fn both_forms_of_yarn_are_read() {
        let text = "# yarn lockfile v1\n\n\"a@^1.0.0\", a@^1.1.0:\n  version \"1.2.0\"\n  \
            resolved \"https://x/a.tgz#0123456789abcdef0123456789abcdef01234567\"\n\n\
            b@1:\n  version \"1\"\n  resolved \"https://x/b.tgz\"\n  integrity sha512-1\n  \
            dependencies:\n    a \"1\"\n\nc@1:\n  version \"1\"\n  resolved \"https://x/c.tgz\"\n";
        assert_eq!(unhashed(read(text)), (3, vec!["c".to_owned()]));
        let text = "__metadata:\n  version: 8\n\n\"a@npm:^1\":\n  version: 1.0.0\n  \
            resolution: \"a@npm:1.0.0\"\n  checksum: 10/abc\n\n\"own@workspace:.\":\n  version: 0\n  \
            resolution: \"own@workspace:.\"\n\n\"b@npm:1\":\n  resolution: \"b@npm:1\"\n";
        assert_eq!(unhashed(read(text)), (2, vec!["b".to_owned()]));
        assert!(is_modern(text) && read("plain text").is_ok_and(|it| it.packages.len() == 1));
        assert!(read("").is_err());
    }

    #[test]
    fn pnpm_is_read() {
        let text = "lockfileVersion: '9.0'\npackages:\n  a@1:\n    resolution: {integrity: sha512-1}\n  \
            b@1:\n    resolution: {tarball: https://x}\n  w@1:\n    resolution: {directory: w, type: directory}\n";
        assert_eq!(unhashed(pnpm(text)), (2, vec!["b".to_owned()]));
        assert!(pnpm("a: 1\n").is_err());
    }
}
