//! What git is told to ignore, by the `.gitignore` files of a repository.
//!
//! Only asked about files that git does not track. What cannot be understood ignores nothing, so
//! that a file is rather named once too often than left out.

use globset::{GlobBuilder, GlobMatcher};

/// The most rules of one file. Beyond them a file is there to keep us busy, and ignores nothing.
const RULES: usize = 10_000;

/// The rules of several files.
#[derive(Debug, Default)]
pub struct Ignores {
    /// Each with its folder from the git root, empty or ending in `/`; the strongest last.
    files: Vec<(String, Vec<Rule>)>,
}

#[derive(Debug)]
struct Rule {
    glob: GlobMatcher,
    folders_only: bool,
    ignores: bool,
}

impl Ignores {
    /// The rules of files, each with its folder from the git root, empty or ending in `/`. Of two
    /// that speak of one path the one in the deeper folder decides, and of two in one folder the
    /// later.
    pub fn new<'t>(files: impl IntoIterator<Item = (String, &'t str)>) -> Self {
        let read = files.into_iter();
        let mut files: Vec<(String, Vec<Rule>)> =
            read.map(|(folder, text)| (folder, rules(text))).collect();
        files.sort_by_key(|(folder, _)| folder.len());
        Self { files }
    }

    /// Whether a path from the git root is ignored, itself or with a folder above it.
    pub fn ignores(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| (at, true));
        ends.chain([(path.len(), false)])
            .any(|(end, folder)| self.decides(path.get(..end).unwrap_or(path), folder))
    }

    fn decides(&self, path: &str, folder: bool) -> bool {
        for (base, rules) in self.files.iter().rev() {
            let Some(below) = path.strip_prefix(base.as_str()) else {
                continue;
            };
            let speaks = |rule: &&Rule| (folder || !rule.folders_only) && rule.glob.is_match(below);
            if let Some(rule) = rules.iter().rev().find(speaks) {
                return rule.ignores;
            }
        }
        false
    }
}

/// The rules of one file; none where one of them cannot be understood.
fn rules(text: &str) -> Vec<Rule> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().map(without_end);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rules: Option<Vec<Rule>> = lines.take(RULES + 1).map(rule).collect();
    rules
        .filter(|rules| rules.len() <= RULES)
        .unwrap_or_default()
}

/// A line without the spaces at its end, unless the last is quoted.
fn without_end(line: &str) -> &str {
    let bare = line.trim_end_matches(['\r', ' ']);
    if bare.ends_with('\\') && bare.len() < line.trim_end_matches('\r').len() {
        line.get(..=bare.len()).unwrap_or(bare)
    } else {
        bare
    }
}

fn rule(line: &str) -> Option<Rule> {
    let (line, ignores) = match line.strip_prefix('!') {
        Some(rest) => (rest, false),
        None => (line, true),
    };
    let (line, folders_only) = match line.strip_suffix('/') {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    // A slash before the end ties a rule to the folder of its file.
    let pattern = match line.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None if line.contains('/') => line.to_owned(),
        None => format!("**/{line}"),
    };
    let glob = GlobBuilder::new(&quoted(&pattern))
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .ok()?;
    Some(Rule {
        glob: glob.compile_matcher(),
        folders_only,
        ignores,
    })
}

/// Braces are signs like others to git.
fn quoted(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut escaped = false;
    for sign in pattern.chars() {
        if !escaped && matches!(sign, '{' | '}') {
            out.push('\\');
        }
        escaped = !escaped && sign == '\\';
        out.push(sign);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(files: &[(&str, &str)], path: &str) -> bool {
        let files = files
            .iter()
            .map(|(folder, text)| ((*folder).to_owned(), *text));
        Ignores::new(files).ignores(path)
    }

    #[test]
    fn a_rule_is_read_as_git_reads_it() {
        for (text, path, expected) in [
            ("build/", "build/lib/a.py", true),
            ("build/", "sub/build/a.py", true),
            ("build/", "build", false),
            ("/build", "sub/build/a.py", false),
            ("*.pyc\n!keep.pyc", "a/b.pyc", true),
            ("*.pyc\n!keep.pyc", "a/keep.pyc", false),
            // What lies in an ignored folder cannot be taken back.
            ("build/\n!build/a.py", "build/a.py", true),
            ("doc/*.txt", "doc/a.txt", true),
            ("doc/*.txt", "doc/sub/a.txt", false),
            ("doc/*.txt", "sub/doc/a.txt", false),
            ("**/gen/*.py", "a/gen/b.py", true),
            ("a/**/b.py", "a/x/y/b.py", true),
            ("out/**", "out/a/b.py", true),
            ("# build", "# build", false),
            ("\\#a.py", "#a.py", true),
            ("a.py   ", "a.py", true),
            ("a.py\r\n", "a.py", true),
            ("a\\ \n", "a ", true),
            ("{a,b}.py", "a.py", false),
            ("{a,b}.py", "{a,b}.py", true),
            ("[ab].py", "b.py", true),
            ("[!ab].py", "b.py", false),
            // One that cannot be understood takes the others with it.
            ("*.py\n[", "a.py", false),
            ("", "a.py", false),
        ] {
            assert_eq!(ignored(&[("", text)], path), expected, "{text:?} {path}");
        }
    }

    #[test]
    fn the_deeper_file_decides() {
        let files = [("sub/", "!a.py"), ("", "a.py")];
        assert!(ignored(&files, "a.py") && !ignored(&files, "sub/a.py"));
        assert!(ignored(&files, "subway/a.py"));
    }

    #[test]
    fn a_file_of_endless_rules_ignores_nothing() {
        assert!(!ignored(&[("", &"a.py\n".repeat(RULES + 1))], "a.py"));
    }
}
