//! GitLab's CODEOWNERS (docs.gitlab.com, "Syntax of CODEOWNERS file"): sections are judged apart,
//! in each the last matching entry decides, and a file has the owners of all of them.

use std::collections::BTreeMap;

use super::pattern::Pattern;
use super::rule::{Decision, Fault, Rule, Rules, is_address, split_pattern};
use crate::collect::repository::place::line_of;

/// The roles that can own a path ("Add a role as a Code Owner").
const ROLES: &[&str] = &[
    "developer",
    "developers",
    "maintainer",
    "maintainers",
    "owner",
    "owners",
];

/// A section heading: `^[Name][2] @default`.
#[derive(Debug, PartialEq, Eq)]
struct Heading<'l> {
    name: &'l str,
    owners: Vec<String>,
}

/// Whether a line is a section heading. GitHub has nothing that looks like one, so a file with
/// such a line was written for GitLab.
pub(super) fn is_heading(line: &str) -> bool {
    heading(line.trim()).is_some()
}

/// Reads all lines.
pub(super) fn parse(text: &str) -> Rules {
    let mut read = Rules::default();
    let mut section: Option<(String, Vec<String>)> = None;
    // Names are not case-sensitive, and sections of one name are one: the first spelling stands.
    let mut spelled: BTreeMap<String, String> = BTreeMap::new();
    for (index, raw) in text.lines().enumerate() {
        let line = raw.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut fault = |reason: &str| {
            read.faults.push(Fault {
                line: line_of(index),
                text: raw.trim_end().to_owned(),
                reason: reason.to_owned(),
            });
        };
        if let Some(heading) = heading(line) {
            let name = spelled
                .entry(heading.name.to_lowercase())
                .or_insert_with(|| heading.name.to_owned());
            section = Some((name.clone(), heading.owners));
            continue;
        }
        if line.starts_with(['[', '^']) {
            fault("expected a section heading as [Name], found one without a name or without ]");
            continue;
        }
        let exclusion = line.strip_prefix('!');
        let (pattern, rest) = split_pattern(exclusion.unwrap_or(line));
        let mut owners = owners_in(rest);
        if exclusion.is_some() {
            owners.clear();
        } else if rest.trim().is_empty() {
            // Only a line with nothing after its pattern inherits.
            owners = section
                .as_ref()
                .map_or_else(Vec::new, |(_, default)| default.clone());
        } else if owners.is_empty() {
            fault("expected an owner, found none of the form @user, @group, @@role or e-mail");
        }
        read.rules.push(Rule {
            line: line_of(index),
            pattern: if exclusion.is_some() {
                format!("!{pattern}")
            } else {
                pattern.to_owned()
            },
            owners,
            section: section.as_ref().map(|(name, _)| name.clone()),
            excludes: exclusion.is_some(),
            matcher: Pattern::gitlab(pattern),
        });
    }
    read
}

/// The rules of each section, in the order of the sections' first lines.
pub(super) fn by_section(rules: &[Rule]) -> Vec<Vec<&Rule>> {
    let mut sections: Vec<Vec<&Rule>> = Vec::new();
    let mut positions: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for rule in rules {
        let at = *positions
            .entry(rule.section.as_deref())
            .or_insert(sections.len());
        match sections.get_mut(at) {
            Some(section) => section.push(rule),
            None => sections.push(vec![rule]),
        }
    }
    sections
}

/// The owners of a path over all sections. The line is that of the first entry that gives owners,
/// or of the first that matches when none does. What it takes to find them is added to `effort`.
pub(super) fn decide<'r>(sections: &[Vec<&'r Rule>], path: &str, effort: &mut u64) -> Decision<'r> {
    let parts: Vec<&str> = path.split('/').collect();
    let mut decision = Decision::default();
    for section in sections {
        let mut matching = section
            .iter()
            .rev()
            .filter(|rule| rule.matcher.matches(path, &parts, effort));
        let Some(last) = matching.next() else {
            continue;
        };
        // An exclusion holds for the rest of its section: nothing after it takes the path back.
        if last.excludes || matching.any(|rule| rule.excludes) {
            continue;
        }
        if decision.line.is_none() || (decision.owners.is_empty() && !last.owners.is_empty()) {
            decision.line = Some(last.line);
        }
        for owner in &last.owners {
            if !decision.owners.contains(&owner.as_str()) {
                decision.owners.push(owner);
            }
        }
    }
    decision
}

fn heading(line: &str) -> Option<Heading<'_>> {
    let inner = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (name, rest) = inner.split_once(']')?;
    let rest = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((count, after)) if count.chars().all(|c| c.is_ascii_digit()) => after,
        _ => rest,
    };
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (ends && !name.trim().is_empty()).then(|| Heading {
        name: name.trim(),
        owners: owners_in(rest),
    })
}

/// The owners named in a text. Other words are passed over, as GitLab does; it knows no inline
/// comments, so that a name in what looks like one counts.
fn owners_in(text: &str) -> Vec<String> {
    let mut owners: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_end_matches([',', ';', ')']);
        if is_owner(word) && !owners.iter().any(|owner| owner == word) {
            owners.push(word.to_owned());
        }
    }
    owners
}

fn is_owner(word: &str) -> bool {
    if let Some(role) = word.strip_prefix("@@") {
        return ROLES.contains(&role);
    }
    let Some(handle) = word.strip_prefix('@') else {
        return is_address(word);
    };
    handle.split('/').all(|part| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || "._-".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(text: &str, path: &str) -> (Vec<String>, Option<u32>) {
        let read = parse(text);
        let sections = by_section(&read.rules);
        let decision = decide(&sections, path, &mut 0);
        let owners = decision.owners.into_iter().map(str::to_owned).collect();
        (owners, decision.line)
    }

    #[test]
    fn each_section_has_one_winner_and_lines_inherit_its_owners() {
        let text = "* @all\n[Docs] @writers\n/docs/\n/docs/api/ @api a@example.org\n^[Extra][2] @extra\n*.md\n";
        assert_eq!(decided(text, "x.c"), (vec!["@all".into()], Some(1)));
        let (owners, line) = decided(text, "docs/api/x.md");
        assert_eq!(owners, ["@all", "@api", "a@example.org", "@extra"]);
        assert_eq!(line, Some(1));
        assert_eq!(decided(text, "docs/x.c").0, ["@all", "@writers"]);
    }

    #[test]
    fn sections_of_one_name_are_one_whatever_the_case() {
        let text = "[Docs]\n*.md @a\n[Code]\n*.c @b\n[DOCS]\n/x.md @c\n";
        assert_eq!(decided(text, "x.md").0, ["@c"]);
        assert_eq!(parse(text).rules[2].section.as_deref(), Some("Docs"));
    }

    #[test]
    fn an_exclusion_holds_to_the_end_of_its_section() {
        let text = "* @a\n!pom.xml\npom.xml @b\n[Other]\npom.xml @c\n";
        assert_eq!(decided(text, "pom.xml").0, ["@c"]);
        assert_eq!(decided(text, "x/y").0, ["@a"]);
        assert_eq!(parse(text).rules[1].pattern, "!pom.xml");
    }

    #[test]
    fn roles_nested_groups_and_names_in_what_looks_like_a_comment_are_owners() {
        let read = parse("* @@maintainer @a/b/c @@nobody word # ask @bob\n");
        assert_eq!(read.rules[0].owners, ["@@maintainer", "@a/b/c", "@bob"]);
        assert!(read.faults.is_empty());
    }

    #[test]
    fn headings_that_are_none_and_lines_without_an_owner_are_errors() {
        let read = parse("[Broken @a\n[] @a\n/x/ nobody\n");
        let lines: Vec<u32> = read.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 2, 3]);
        assert!(is_heading("^[A b][2] @x") && is_heading("[A]"));
        assert!(!is_heading("[id]/page.tsx @a") && !is_heading("*.md @a"));
    }
}
