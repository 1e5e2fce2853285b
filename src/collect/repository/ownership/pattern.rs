//! Patterns over paths, in GitHub's and in GitLab's reading. Each is compiled once, never
//! backtracks further than its last wildcard, and so takes at most the product of the two lengths.

use super::segment::{Segment, Token, split};

/// One compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// What every matching path starts with: most rules name a folder, and most paths are refused
    /// by this alone.
    start: String,
    segments: Vec<Segment>,
    end: End,
}

/// What may follow the last segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing.
    Exact,
    /// Nothing, or anything below it.
    OrBelow,
    /// Something below it.
    Below,
    /// The pattern matches no path at all.
    Never,
}

impl Pattern {
    /// GitHub's reading: gitignore's, but case-sensitive, without sets, and with `docs/*` standing
    /// for direct children only (docs.github.com, "About code owners", "CODEOWNERS syntax").
    pub(super) fn github(pattern: &str) -> Self {
        let mut segments = split(pattern, false);
        let anchored = pattern.starts_with('/');
        if anchored {
            segments.remove(0);
        }
        let folder = matches!(segments.last(), Some(Segment::Name(name)) if name.is_empty());
        if folder {
            segments.pop();
        }
        if segments.is_empty() {
            return Self::new(segments, End::Never);
        }
        // gitignore: a name without a slash before its end is found at any depth.
        if !anchored && segments.len() == 1 && segments.first() != Some(&Segment::Folders) {
            segments.insert(0, Segment::Folders);
        }
        let end = match segments.last() {
            _ if folder => End::Below,
            Some(Segment::Folders) => {
                segments.pop();
                End::Below
            }
            Some(Segment::Wild(tokens)) if *tokens == [Token::Any] => End::Exact,
            _ => End::OrBelow,
        };
        Self::new(segments, end)
    }

    /// GitLab's reading: a path without a leading `/` is found at any depth, a path that ends in
    /// `/` stands for everything below it, and any other for exactly the files it matches
    /// (docs.gitlab.com, "Syntax of CODEOWNERS file", "Pattern matching").
    pub(super) fn gitlab(pattern: &str) -> Self {
        let mut segments = split(pattern, true);
        if pattern.starts_with('/') {
            segments.remove(0);
        } else {
            segments.insert(0, Segment::Folders);
        }
        let folder = matches!(segments.last(), Some(Segment::Name(name)) if name.is_empty());
        if folder {
            segments.pop();
        } else if segments.len() > 1 && segments.last() == Some(&Segment::Folders) {
            // At the end, `**` is no more than `*`.
            segments.pop();
            segments.push(Segment::Wild(vec![Token::Any]));
        }
        Self::new(segments, if folder { End::Below } else { End::Exact })
    }

    fn new(segments: Vec<Segment>, end: End) -> Self {
        let mut start = String::new();
        for (index, segment) in segments.iter().enumerate() {
            let Segment::Name(name) = segment else { break };
            start.push_str(name);
            if index + 1 < segments.len() || end == End::Below {
                start.push('/');
            }
        }
        Self {
            start,
            segments,
            end,
        }
    }

    /// Whether a path matches; `parts` are its segments. Every step adds to `effort`, by which a
    /// caller can tell a file that was written to keep it busy.
    pub(super) fn matches(&self, path: &str, parts: &[&str], effort: &mut u64) -> bool {
        *effort += 1;
        self.end != End::Never && path.starts_with(&self.start) && self.walk(parts, effort)
    }

    /// Segments against parts. On a mismatch the last `**` takes one folder more; an earlier one
    /// never has to, because the last could have taken the same.
    fn walk(&self, parts: &[&str], effort: &mut u64) -> bool {
        let (mut segment, mut part) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            *effort += 1;
            let stuck = match (self.segments.get(segment), parts.get(part)) {
                (Some(Segment::Folders), _) => {
                    segment += 1;
                    retry = Some((segment, part));
                    false
                }
                (Some(one), Some(name)) if one.matches(name, effort) => {
                    segment += 1;
                    part += 1;
                    false
                }
                (None, rest) => match (self.end, rest) {
                    (End::OrBelow, _) | (End::Exact, None) | (End::Below, Some(_)) => return true,
                    (End::Below | End::Never, _) => return false,
                    (End::Exact, Some(_)) => true,
                },
                (Some(_), _) => true,
            };
            if stuck {
                match retry {
                    Some((after, taken)) if taken < parts.len() => {
                        retry = Some((after, taken + 1));
                        segment = after;
                        part = taken + 1;
                    }
                    _ => return false,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &Pattern, path: &str) -> bool {
        pattern.matches(path, &path.split('/').collect::<Vec<_>>(), &mut 0)
    }

    fn github(pattern: &str, path: &str) -> bool {
        matches(&Pattern::github(pattern), path)
    }

    fn gitlab(pattern: &str, path: &str) -> bool {
        matches(&Pattern::gitlab(pattern), path)
    }

    #[test]
    fn github_reads_patterns_as_documented() {
        for (pattern, yes, no) in [
            ("*", vec!["a", "a/b/c", ".x/y"], vec![]),
            ("*.js", vec!["a.js", "x/y/a.js"], vec!["a.jsx"]),
            (
                "docs/*",
                vec!["docs/a.md"],
                vec!["docs/x/a.md", "x/docs/a.md"],
            ),
            ("docs/*.md", vec!["docs/a.md"], vec!["docs/x/a.md"]),
            (
                "apps/",
                vec!["apps/a", "x/apps/a/b"],
                vec!["apps", "apps.txt"],
            ),
            (
                "/docs/",
                vec!["docs/a", "docs/a/b"],
                vec!["x/docs/a", "docs"],
            ),
            ("/docs", vec!["docs", "docs/a/b"], vec!["docs2", "x/docs"]),
            (
                "**/logs",
                vec!["logs/a", "x/logs", "x/y/logs/b"],
                vec!["mylogs/a"],
            ),
            (
                "a/**/b",
                vec!["a/b", "a/x/y/b", "a/x/b/c"],
                vec!["b", "x/a/b"],
            ),
            ("/a/**", vec!["a/b", "a/b/c"], vec!["a", "b"]),
            ("**", vec!["a", "a/b"], vec![]),
            ("/*", vec!["a"], vec!["a/b"]),
            ("/", vec![], vec!["a", "a/b"]),
            ("a/b", vec!["a/b", "a/b/c"], vec!["x/a/b"]),
            ("read?e", vec!["readme", "x/readme"], vec!["reade"]),
            ("support.md", vec!["x/support.md"], vec!["SUPPORT.md"]),
            (r"a\ b/", vec!["a b/c"], vec!["a/c"]),
            ("***.md", vec!["x/a.md"], vec!["a.mdx"]),
        ] {
            for path in yes {
                assert!(github(pattern, path), "{pattern} should match {path}");
            }
            for path in no {
                assert!(!github(pattern, path), "{pattern} should not match {path}");
            }
        }
    }

    #[test]
    fn gitlab_reads_patterns_as_documented() {
        for (pattern, yes, no) in [
            ("*", vec!["a", "a/b"], vec![]),
            (
                "README.md",
                vec!["README.md", "x/README.md"],
                vec!["README.mdx"],
            ),
            (
                "internal/x.md",
                vec!["internal/x.md", "docs/internal/x.md"],
                vec!["x.md"],
            ),
            ("/docs/", vec!["docs/a", "docs/a/b"], vec!["x/docs/a"]),
            ("docs/", vec!["docs/a", "x/docs/a"], vec!["docs"]),
            ("/docs/*", vec!["docs/a"], vec!["docs/a/b"]),
            ("/docs", vec!["docs"], vec!["docs/a"]),
            (
                "/docs/**/i.md",
                vec!["docs/i.md", "docs/a/b/i.md"],
                vec!["i.md"],
            ),
            ("/f[0-9].rb", vec!["f7.rb"], vec!["fx.rb"]),
            ("/f[!0-9].rb", vec!["fx.rb"], vec!["f7.rb"]),
            (r"\#a.rb", vec!["#a.rb"], vec!["a.rb"]),
        ] {
            for path in yes {
                assert!(gitlab(pattern, path), "{pattern} should match {path}");
            }
            for path in no {
                assert!(!gitlab(pattern, path), "{pattern} should not match {path}");
            }
        }
    }

    /// The same rules, written as a plain recursion: slow, and plainly right.
    fn slow(segments: &[Segment], end: End, parts: &[&str]) -> bool {
        match (segments, parts) {
            ([], rest) => match end {
                End::Exact => rest.is_empty(),
                End::OrBelow => true,
                End::Below => !rest.is_empty(),
                End::Never => false,
            },
            ([Segment::Folders, more @ ..], _) => {
                (0..=parts.len()).any(|skip| slow(more, end, &parts[skip..]))
            }
            ([_, ..], []) => false,
            ([one, more @ ..], [part, rest @ ..]) => {
                let fits = match one {
                    Segment::Wild(tokens) => slow_wild(tokens, &part.chars().collect::<Vec<_>>()),
                    other => other.matches(part, &mut 0),
                };
                fits && slow(more, end, rest)
            }
        }
    }

    fn slow_wild(tokens: &[Token], name: &[char]) -> bool {
        match tokens {
            [] => name.is_empty(),
            [Token::Any, more @ ..] => (0..=name.len()).any(|skip| slow_wild(more, &name[skip..])),
            [one, more @ ..] => {
                name.first().is_some_and(|c| one.takes(*c)) && slow_wild(more, &name[1..])
            }
        }
    }

    proptest! {
        #[test]
        fn a_pattern_matches_what_the_plain_recursion_matches(
            pattern in "/?(a|b|\\*|\\*\\*|a\\*|\\*b|\\?)(/(a|b|\\*|\\*\\*|a\\*b|\\?)){0,4}/?",
            path in "[ab]{1,3}(/[ab]{1,3}){0,5}",
        ) {
            let parts: Vec<&str> = path.split('/').collect();
            for compiled in [Pattern::github(&pattern), Pattern::gitlab(&pattern)] {
                let expected = slow(&compiled.segments, compiled.end, &parts);
                prop_assert_eq!(compiled.matches(&path, &parts, &mut 0), expected, "{} on {}", pattern, path);
            }
        }

        #[test]
        fn no_pattern_panics(pattern in ".{0,40}", path in ".{0,40}") {
            let _ = github(&pattern, &path);
            let _ = gitlab(&pattern, &path);
        }

        #[test]
        fn a_path_written_as_a_pattern_matches_itself(path in "[a-z.]{1,5}(/[a-z.]{1,5}){0,4}") {
            let pattern = format!("/{path}");
            prop_assert!(github(&pattern, &path));
            prop_assert!(gitlab(&pattern, &path));
        }
    }

    #[test]
    fn a_pattern_of_many_wildcards_ends_in_time() {
        let pattern = format!("{}x", "*a".repeat(200));
        let path = "a".repeat(5_000);
        assert!(!github(&pattern, &path));
        let pattern = format!("/{}x", "**/a/".repeat(200));
        let path = vec!["a"; 2_000].join("/");
        assert!(!github(&pattern, &path));
    }
}
