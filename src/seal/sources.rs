//! Which files of source code a bundle holds, and the list of all that were read.
//!
//! A repository may have ten thousand of them, and its owner may not want to hand them all on. So
//! only those are shipped that a reader has to look at: files in which something was found, files
//! that could not be read, and the first files of each population. The digest of every one that was
//! read is shipped, so that who has the commit can hold the two against each other.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use crate::model::exhibit::SourceFile;
use crate::model::fact::Population;
use crate::model::policy::Sources;
use crate::model::result::TestResult;
use crate::model::run::Run;

/// Where the list lies in a bundle.
pub const LIST: &str = "sources.sha256";

/// Takes the files of source code out of the exhibits that are not shipped. Results then name those
/// that are, and say how many they looked at beside them.
pub(super) fn divide(run: &mut Run) {
    let shown = shown(run);
    let all = run.policy.evidence.sources == Sources::All;
    let mut withheld = HashSet::new();
    let (mut kept, mut sources) = (Vec::new(), Vec::new());
    for exhibit in std::mem::take(&mut run.exhibits) {
        if exhibit.code {
            sources.push(SourceFile {
                path: exhibit.path.clone(),
                sha256: exhibit.sha256,
                bytes: exhibit.bytes,
                tracked: exhibit.tracked,
            });
        }
        if exhibit.needed || all || shown.contains(&exhibit.path) {
            kept.push(exhibit);
        } else {
            withheld.insert(exhibit.path);
        }
    }
    run.exhibits = kept;
    run.sources = sources;
    for result in &mut run.results {
        result.sources = leave_out(&mut result.evidence, &withheld);
        for test in &mut result.tests {
            leave_out_of(test, &withheld);
        }
    }
}

/// The files that a reader has to look at.
fn shown(run: &Run) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for result in &run.results {
        shown.extend(result.deviations.iter().map(|it| it.path.clone()));
        shown.extend(result.gaps.iter().map(|it| it.path.clone()));
        for test in &result.tests {
            add_examples(test, &mut shown);
        }
    }
    let gaps = run.facts.values().flat_map(Population::all_gaps);
    shown.extend(gaps.map(|gap| gap.path.clone()));
    shown
}

fn add_examples(test: &TestResult, shown: &mut BTreeSet<String>) {
    shown.extend(test.examples.iter().cloned());
    for part in &test.parts {
        add_examples(part, shown);
    }
}

fn leave_out_of(test: &mut TestResult, withheld: &HashSet<String>) {
    test.sources = leave_out(&mut test.evidence, withheld);
    for part in &mut test.parts {
        leave_out_of(part, withheld);
    }
}

/// Answers how many were left out.
fn leave_out(paths: &mut Vec<String>, withheld: &HashSet<String>) -> usize {
    let before = paths.len();
    paths.retain(|path| !withheld.contains(path));
    before - paths.len()
}

/// The list of all files of source code that were read, as `sha256sum` writes and checks it; nothing
/// where none was.
pub fn list(run: &Run) -> Option<Vec<u8>> {
    let mut list = String::new();
    for file in &run.sources {
        // Writing to memory does not fail.
        let _ = write!(list, "{}", line(&file.sha256.to_string(), &file.path));
    }
    (!list.is_empty()).then(|| list.into_bytes())
}

/// Reads such a list: paths and digests. A line that is none is passed over.
pub fn read(list: &str) -> impl Iterator<Item = (String, String)> {
    list.lines().filter_map(|line| {
        let (escaped, line) = match line.strip_prefix('\\') {
            Some(line) => (true, line),
            None => (false, line),
        };
        let (digest, path) = line.split_once("  ")?;
        let path = if escaped {
            unescaped(path)
        } else {
            path.to_owned()
        };
        Some((path, digest.to_owned()))
    })
}

fn unescaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        out.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    out
}

/// A name with a backslash or an end of line is escaped, and the line begins with a backslash.
fn line(digest: &str, path: &str) -> String {
    if path.contains(['\\', '\n', '\r']) {
        let path = path
            .replace('\\', "\\\\")
            .replace('\n', "\\n")
            .replace('\r', "\\r");
        format!("\\{digest}  {path}\n")
    } else {
        format!("{digest}  {path}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{line, read};

    #[test]
    fn names_are_escaped_as_sha256sum_does() {
        assert_eq!(line("0a", "a b.py"), "0a  a b.py\n");
        assert_eq!(line("0a", "a\\b\n.py"), "\\0a  a\\\\b\\n.py\n");
        for path in ["a b.py", "a\\b\n.py", "\\n\r", "  x"] {
            let list = line("0a", path);
            let entries: Vec<(String, String)> = read(&list).collect();
            assert_eq!(entries, [(path.to_owned(), "0a".to_owned())]);
        }
    }
}
