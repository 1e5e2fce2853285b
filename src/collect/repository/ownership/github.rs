//! GitHub's CODEOWNERS (docs.github.com, "About code owners"): the last matching line decides, a
//! line without owners un-owns, and a line that GitHub cannot read is skipped whole.

use super::pattern::Pattern;
use super::rule::{Decision, Fault, Rule, Rules, is_address, split_pattern};
use crate::collect::repository::place::line_of;

/// GitHub does not load a file of this size or more ("CODEOWNERS file size": under 3 MB).
pub(super) const TOO_LARGE: u64 = 3 * 1024 * 1024;

/// The longest user or organisation name that GitHub gives out.
const NAME_LENGTH: usize = 39;

/// Reads all lines.
pub(super) fn parse(text: &str) -> Rules {
    let mut read = Rules::default();
    for (index, raw) in text.lines().enumerate() {
        let line = without_comment(raw.trim());
        if line.is_empty() {
            continue;
        }
        let (pattern, rest) = split_pattern(line);
        let owners: Vec<&str> = rest.split_whitespace().collect();
        match fault_of(pattern, &owners) {
            Some(reason) => read.faults.push(Fault {
                line: line_of(index),
                text: raw.trim_end().to_owned(),
                reason,
            }),
            None => read.rules.push(Rule {
                line: line_of(index),
                pattern: pattern.to_owned(),
                owners: owners.into_iter().map(str::to_owned).collect(),
                section: None,
                excludes: false,
                matcher: Pattern::github(pattern),
            }),
        }
    }
    read
}

/// The owners of a path. What it takes to find them is added to `effort`.
pub(super) fn decide<'r>(rules: &'r [Rule], path: &str, effort: &mut u64) -> Decision<'r> {
    let parts: Vec<&str> = path.split('/').collect();
    let last = rules
        .iter()
        .rev()
        .find(|rule| rule.matcher.matches(path, &parts, effort));
    last.map_or_else(Decision::default, |rule| Decision {
        owners: rule.owners.iter().map(String::as_str).collect(),
        line: Some(rule.line),
    })
}

/// A line up to a `#` that starts it or follows a blank. One inside a word is part of the word.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    let comment = line.find(|character: char| {
        let starts = character == '#' && before.is_whitespace();
        before = character;
        starts
    });
    line.get(..comment.unwrap_or(line.len()))
        .unwrap_or(line)
        .trim_end()
}

fn fault_of(pattern: &str, owners: &[&str]) -> Option<String> {
    if pattern.starts_with('!') {
        return Some("expected a pattern, found !, which GitHub does not support".to_owned());
    }
    if pattern.starts_with("\\#") {
        return Some("expected a pattern, found \\#, which GitHub does not support".to_owned());
    }
    if pattern.contains(['[', ']']) {
        return Some("expected a pattern, found [ ], which GitHub does not support".to_owned());
    }
    let wrong = owners.iter().find(|owner| !is_owner(owner))?;
    Some(format!(
        "expected @user, @organisation/team or an e-mail address, found {wrong}, so the whole line is skipped"
    ))
}

/// Whether a word has the form of an owner. Names are checked for their form only, and mildly:
/// accounts from GitHub's early years may end in a hyphen, managed ones hold an underscore.
fn is_owner(word: &str) -> bool {
    let named = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    let Some(handle) = word.strip_prefix('@') else {
        return is_address(word);
    };
    match handle.split_once('/') {
        None => named(handle) && handle.len() <= NAME_LENGTH,
        Some((organisation, team)) => {
            named(organisation) && organisation.len() <= NAME_LENGTH && named(team)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners<'r>(read: &'r Rules, path: &str) -> Vec<&'r str> {
        decide(&read.rules, path, &mut 0).owners
    }

    #[test]
    fn the_last_match_decides_and_a_line_without_owners_un_owns() {
        let read = parse("* @org/all\n/src/ @a b@example.org # why\n/src/free/\n");
        assert!(read.faults.is_empty());
        assert_eq!(owners(&read, "x"), ["@org/all"]);
        assert_eq!(owners(&read, "src/x"), ["@a", "b@example.org"]);
        let free = decide(&read.rules, "src/free/x", &mut 0);
        assert_eq!((free.owners.len(), free.line), (0, Some(3)));
    }

    #[test]
    fn a_line_with_one_wrong_owner_is_skipped_whole() {
        let read = parse("* @a\n/x/ @b @@c @d\n/y/ user\n/z/ @tobias- @corp_one @a/b/c\n");
        let lines: Vec<u32> = read.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4]);
        assert!(read.faults[0].reason.contains("@@c"));
        assert_eq!(owners(&read, "x/1"), ["@a"]);
        assert!(parse("/z/ @tobias- @corp_one").faults.is_empty());
    }

    #[test]
    fn what_github_does_not_support_is_an_error() {
        let read = parse("!a @a\n[ab].md @a\n\\#x @a\na#b @a\n  # only this\n* @a#b\n");
        let lines: Vec<u32> = read.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 2, 3, 6]);
        assert_eq!(read.rules[0].pattern, "a#b");
    }

    #[test]
    fn an_inline_comment_adds_no_owner() {
        let read = parse("*.js @a #ask @bob\n*.md\t# nobody @c\r\n");
        assert_eq!(read.rules[0].owners, ["@a"]);
        assert!(read.rules[1].owners.is_empty());
    }
}
