//! Dependabot's configuration, version 2 (docs.github.com, "Dependabot options reference").

use crate::parse::error::ParseError;
use crate::parse::yaml::{self, Node};
use crate::tree::glob::Globs;

/// One `updates` entry.
#[derive(Debug)]
pub(super) struct Entry {
    /// `package-ecosystem` as written.
    pub(super) ecosystem: String,
    /// `directory`, or each of `directories`, as written, with its line.
    pub(super) directories: Vec<(String, u32)>,
    /// `schedule.interval` as written, that of the group where the entry belongs to one.
    pub(super) interval: Option<String>,
    /// Whether it opens pull requests for new versions.
    watches: bool,
    /// The directories, ready to be compared.
    places: Vec<Place>,
    /// `exclude-paths`, from the entry's directory.
    excluded: Option<Globs>,
}

/// A directory of an entry.
#[derive(Debug)]
enum Place {
    /// One folder, from the base, without slashes at its ends.
    Folder(String),
    /// Folders by pattern, and whether the base is one of them.
    Pattern(Globs, bool),
}

impl Entry {
    /// Whether it updates what a file in one of `homes` declares, for one of `ecosystems`.
    /// Folders are given from the base, without slashes at their ends.
    pub(super) fn covers(&self, ecosystems: &[&str], homes: &[&str], path: &str) -> bool {
        self.watches
            && ecosystems.contains(&self.ecosystem.as_str())
            && homes.iter().any(|home| self.reaches(home, path))
    }

    fn reaches(&self, home: &str, path: &str) -> bool {
        let at_home = self.places.iter().any(|place| match place {
            Place::Folder(folder) => folder == home,
            Place::Pattern(_, root) if home.is_empty() => *root,
            Place::Pattern(globs, _) => globs.matches(home),
        });
        let below = path.strip_prefix(home).unwrap_or(path);
        let below = below.trim_start_matches('/');
        at_home
            && !self
                .excluded
                .as_ref()
                .is_some_and(|globs| globs.matches(below))
    }
}

/// What a configuration says.
#[derive(Debug, Default)]
pub(super) struct Dependabot {
    /// Its entries, in order.
    pub(super) entries: Vec<Entry>,
    /// What is wrong with entries that are not among them.
    pub(super) faults: Vec<ParseError>,
}

/// Reads a configuration.
///
/// # Errors
/// Anything that is not YAML, another version than 2, no list of updates: GitHub refuses it whole.
pub(super) fn parse(text: &str) -> Result<Dependabot, ParseError> {
    let root = yaml::parse(text)?;
    match root.get("version") {
        Some(version) if version.text() == Some("2") => {}
        Some(version) => {
            let found = version.text().unwrap_or(version.words());
            let says = format!("expected version: 2, found {found}");
            return Err(error(version, says));
        }
        None => return Err(error(&root, "expected version: 2, found no version")),
    }
    let updates = match root.get("updates") {
        Some(updates) if updates.words() == "a list" => updates,
        Some(other) => {
            let says = format!("expected a list under updates, found {}", other.words());
            return Err(error(other, says));
        }
        None => return Err(error(&root, "expected a list of updates, found none")),
    };
    let mut read = Dependabot::default();
    for node in updates.members() {
        match entry(node, &root) {
            Ok(entry) => read.entries.push(entry),
            Err(fault) => read.faults.push(fault),
        }
    }
    Ok(read)
}

fn entry(node: &Node, root: &Node) -> Result<Entry, ParseError> {
    let Some(ecosystem) = node.get("package-ecosystem").and_then(Node::text) else {
        return Err(error(node, "expected a package-ecosystem, found none"));
    };
    let directories = directories(node)?;
    let interval = |node: &Node| Some(node.get("schedule")?.get("interval")?.text()?.to_owned());
    let group = || {
        let name = node.get("multi-ecosystem-group")?.text()?;
        interval(root.get("multi-ecosystem-groups")?.get(name)?)
    };
    let excluded = match node.get("exclude-paths").map(Node::texts) {
        Some(patterns) if !patterns.is_empty() => {
            Some(Globs::new(patterns).map_err(|says| error(node, says))?)
        }
        _ => None,
    };
    Ok(Entry {
        ecosystem: ecosystem.to_owned(),
        places: directories
            .iter()
            .map(|(directory, at)| place(node, directory, *at))
            .collect::<Result<_, _>>()?,
        directories,
        interval: interval(node).or_else(group),
        watches: !only_security(node) && !ignores_all(node),
        excluded,
    })
}

/// `directory`, or all of `directories`.
fn directories(node: &Node) -> Result<Vec<(String, u32)>, ParseError> {
    let named = node
        .get("directory")
        .and_then(|directory| Some((directory.text()?.to_owned(), node.line)));
    let listed = node.get("directories").map_or(&[][..], Node::members);
    let listed = listed
        .iter()
        .filter_map(|member| Some((member.text()?.to_owned(), member.line)));
    let all: Vec<_> = listed.chain(named).collect();
    if all.is_empty() {
        return Err(error(
            node,
            "expected a directory or directories, found neither",
        ));
    }
    Ok(all)
}

/// Only `directories` are patterns; a `directory` is a folder whatever it holds.
fn place(node: &Node, directory: &str, line: u32) -> Result<Place, ParseError> {
    let folder = directory.trim_start_matches("./").trim_matches('/');
    let patterns = node.get("directories").is_some();
    if !patterns || !folder.contains(['*', '?', '[', '{']) {
        let folder = if folder == "." { "" } else { folder };
        return Ok(Place::Folder(folder.to_owned()));
    }
    let globs = Globs::new([folder]).map_err(|says| ParseError {
        line,
        column: 0,
        says,
    })?;
    // `**/*` stands for every folder, the base among them.
    Ok(Place::Pattern(globs, matches!(folder, "**" | "**/*")))
}

/// A limit of 0 switches version updates off and leaves security updates on: what is merely old is
/// not looked at, so that the entry covers no manifest.
fn only_security(node: &Node) -> bool {
    node.get("open-pull-requests-limit").and_then(Node::text) == Some("0")
}

/// Whether every dependency is ignored in every version, which leaves nothing to update.
fn ignores_all(node: &Node) -> bool {
    let rules = node.get("ignore").map_or(&[][..], Node::members);
    rules.iter().any(|rule| {
        rule.get("dependency-name").and_then(Node::text) == Some("*")
            && rule.get("versions").is_none()
            && rule.get("update-types").is_none()
    })
}

fn error(node: &Node, says: impl Into<String>) -> ParseError {
    ParseError {
        line: node.line,
        column: node.column,
        says: says.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(text: &str, ecosystem: &str, home: &str) -> bool {
        let read = parse(text).expect("dependabot");
        assert_eq!(read.faults, []);
        let path = format!("{home}/file").trim_start_matches('/').to_owned();
        read.entries
            .iter()
            .any(|entry| entry.covers(&[ecosystem], &[home], &path))
    }

    #[test]
    fn an_entry_has_one_item_for_each_directory() {
        let text = "version: 2\nupdates:\n- package-ecosystem: npm\n  directories:\n  - /a\n  - /b/*\n  schedule: {interval: weekly}\n- package-ecosystem: pip\n  directory: /\n  multi-ecosystem-group: all\nmulti-ecosystem-groups:\n  all: {schedule: {interval: daily}}\n";
        let read = parse(text).expect("dependabot");
        let places: Vec<_> = read.entries[0].directories.clone();
        assert_eq!(places, [("/a".into(), 5), ("/b/*".into(), 6)]);
        assert_eq!(read.entries[1].interval.as_deref(), Some("daily"));
        assert!(covers(text, "npm", "a") && covers(text, "npm", "b/c") && covers(text, "pip", ""));
        assert!(!covers(text, "npm", "b") && !covers(text, "npm", "") && !covers(text, "pip", "a"));
    }

    #[test]
    fn patterns_stand_in_directories_only() {
        let with = |key: &str| format!("version: 2\nupdates:\n- package-ecosystem: npm\n  {key}\n");
        assert!(covers(&with("directories: ['**/*']"), "npm", ""));
        assert!(covers(&with("directories: ['**/*']"), "npm", "a/b"));
        assert!(!covers(&with("directory: '/*'"), "npm", "a"));
        assert!(covers(&with("directory: ./a/"), "npm", "a"));
    }

    #[test]
    fn an_entry_that_opens_no_pull_request_covers_nothing() {
        let with = |key: &str| {
            format!("version: 2\nupdates:\n- package-ecosystem: npm\n  directory: /\n  {key}\n")
        };
        assert!(!covers(&with("open-pull-requests-limit: 0"), "npm", ""));
        assert!(!covers(
            &with("ignore: [{dependency-name: '*'}]"),
            "npm",
            ""
        ));
        assert!(!covers(&with("exclude-paths: ['fil*']"), "npm", ""));
        let majors =
            "ignore: [{dependency-name: '*', update-types: ['version-update:semver-major']}]";
        assert!(covers(&with(majors), "npm", ""));
    }

    #[test]
    fn what_github_refuses_is_an_error_with_its_place() {
        for text in [
            "updates: []",
            "version: 1\nupdates: []",
            "version: 2",
            "version: 2\nupdates: x",
            "",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(
            parse("version: 2\nupdates: []")
                .expect("empty")
                .entries
                .is_empty()
        );
        let read = parse("version: 2\nupdates:\n- directory: /\n- package-ecosystem: npm\n")
            .expect("yaml");
        let lines: Vec<u32> = read.faults.iter().map(|fault| fault.line).collect();
        assert_eq!((lines, read.entries.len()), (vec![3, 4], 0));
    }
}
