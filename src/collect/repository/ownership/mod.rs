//! Code ownership: the rules of the CODEOWNERS in force, and the owners of every tracked file.

mod github;
mod gitlab;
mod pattern;
mod rule;
mod segment;

use rule::{Decision, Rules};

use super::place::{self, Entries};
use crate::collect::{Collector, Input, Scene, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::relation::Relation;
use crate::model::relations::{OWNERSHIP_ERROR, OWNERSHIP_FILE, OWNERSHIP_RULE};
use crate::model::text;
use crate::model::value::Value;
use crate::tree::File;

/// Fills `ownership.rule`, `ownership.error` and `ownership.file`.
pub struct Ownership;

static SPEC: Spec = Spec {
    name: "ownership",
    reads: "CODEOWNERS in .github/, the root, docs/ or .gitlab/",
    fills: FILLS,
    about: "Reads the CODEOWNERS in force as its forge does, and says who owns every tracked file.",
};

static FILLS: &[&Relation] = &[&OWNERSHIP_RULE, &OWNERSHIP_ERROR, &OWNERSHIP_FILE];

const AT_GITHUB: &str = ".github/CODEOWNERS";
const AT_GITLAB: &str = ".gitlab/CODEOWNERS";

/// GitHub looks in `.github/`, the root and `docs/`; GitLab in the root, `docs/` and `.gitlab/`.
/// The two orders agree wherever both look, so that one list serves.
const CANDIDATES: &[&str] = &[AT_GITHUB, "CODEOWNERS", "docs/CODEOWNERS", AT_GITLAB];

/// Whose reading holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    GitHub,
    GitLab,
}

impl Collector for Ownership {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        if place::is_candidate(path, CANDIDATES, input) {
            Wants::Keep
        } else {
            Wants::No
        }
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let Some((base, path)) = scene.input.in_force(CANDIDATES) else {
            return;
        };
        let Some((file, content)) = place::text(scene, &path, FILLS, sink) else {
            return;
        };
        for relation in FILLS {
            sink.examined(relation, file);
        }
        let dialect = dialect(scene.input, base, &path, &content);
        let read = match dialect {
            Dialect::GitHub if file.size() >= github::TOO_LARGE => too_large(),
            Dialect::GitHub => github::parse(&content),
            Dialect::GitLab => gitlab::parse(&content),
        };
        add_rules(&read, dialect, file, sink);
        add_files(scene, base, dialect, (file, &read), sink);
    }
}

/// A file in `.github/` is GitHub's, one in `.gitlab/` GitLab's. One in the root or `docs/` is read
/// by both: it is GitLab's when it has sections, or when the repository is built by GitLab and has
/// nothing of GitHub's.
fn dialect(input: &Input<'_>, base: &str, path: &str, content: &str) -> Dialect {
    let inside = path.strip_prefix(base).unwrap_or(path);
    if inside == AT_GITHUB {
        return Dialect::GitHub;
    }
    let built_by_gitlab = || {
        let below = format!("{base}.github/");
        let mut entries = input.tree.entries.iter();
        input.tree.entry(&format!("{base}.gitlab-ci.yml")).is_some()
            && !entries.any(|entry| entry.path.starts_with(&below))
    };
    if inside == AT_GITLAB || content.lines().any(gitlab::is_heading) || built_by_gitlab() {
        Dialect::GitLab
    } else {
        Dialect::GitHub
    }
}

/// A file that GitHub does not load has no rule at all.
fn too_large() -> Rules {
    let fault = rule::Fault {
        line: 1,
        text: String::new(),
        reason: "expected a file under 3 MB, found a larger one, which GitHub does not load"
            .to_owned(),
    };
    Rules {
        rules: Vec::new(),
        faults: vec![fault],
    }
}

fn add_rules(read: &Rules, dialect: Dialect, file: &File, sink: &mut Sink) {
    let name = match dialect {
        Dialect::GitHub => "github",
        Dialect::GitLab => "gitlab",
    };
    for rule in &read.rules {
        let item = Item::new(&OWNERSHIP_RULE, Source::line(&file.path, rule.line))
            .with("path", file.path.as_str())
            .with("line", rule.line)
            .with("pattern", rule.pattern.as_str())
            .with("owners", Value::texts(&rule.owners))
            .with("section", rule.section.clone())
            .with("dialect", name);
        sink.item(item);
    }
    for fault in &read.faults {
        let item = Item::new(&OWNERSHIP_ERROR, Source::line(&file.path, fault.line))
            .with("path", file.path.as_str())
            .with("line", fault.line)
            .with("text", fault.text.as_str())
            .with("reason", fault.reason.as_str());
        sink.item(item);
    }
}

/// The most steps that are spent on finding owners. Five hundred rules over seven thousand files
/// take a hundredth of it; a file that was made to exceed it would keep the run busy for hours.
const EFFORT: u64 = 1_000_000_000;

fn add_files(
    scene: &Scene<'_>,
    base: &str,
    dialect: Dialect,
    (file, read): (&File, &Rules),
    sink: &mut Sink,
) {
    let sections = gitlab::by_section(&read.rules);
    let paths = place::tracked(scene, Entries::All, &OWNERSHIP_FILE, sink);
    let mut effort = 0;
    for path in &paths {
        let inside = path.strip_prefix(base).unwrap_or(path);
        let Decision { owners, line } = match dialect {
            Dialect::GitHub => github::decide(&read.rules, inside, &mut effort),
            Dialect::GitLab => gitlab::decide(&sections, inside, &mut effort),
        };
        let item = Item::new(&OWNERSHIP_FILE, Source::file(*path))
            .with("path", *path)
            .with("owner_count", owners.len())
            .with("owners", Value::texts(owners))
            .with("rule_line", line);
        sink.item(item);
        if effort > EFFORT {
            let says = format!(
                "expected rules that can be compared with every file, found too many for {}",
                text::grouped(paths.len() as u64)
            );
            let remedy = "Write fewer rules, or simpler ones, then run again.";
            let gap = Gap::at(Cause::TooLarge, &Source::file(&file.path), says, remedy);
            sink.gap(&OWNERSHIP_FILE, gap);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::collect::repository::testing::{column, facts};
    use crate::model::fact::State;

    #[test]
    fn without_the_file_nothing_is_said_of_owners() {
        let facts = facts(&[("a", ""), ("x/CODEOWNERS", "* @a")], "");
        for relation in ["ownership.rule", "ownership.error", "ownership.file"] {
            assert_eq!(facts[relation].state, State::Absent);
        }
    }

    #[test]
    fn the_first_place_is_in_force_and_every_file_has_its_owners() {
        let facts = facts(
            &[
                (".github/CODEOWNERS", "[x] @no\n* @a\n/b/ \n"),
                ("CODEOWNERS", "[Docs]\n* @other\n"),
                ("b/c", ""),
            ],
            "",
        );
        let files = &facts["ownership.file"];
        assert_eq!(column(files, "owners"), ["@a", "@a", ""]);
        assert_eq!(column(files, "rule_line"), ["2", "2", "3"]);
        assert_eq!(column(files, "owner_count"), ["1", "1", "0"]);
        assert_eq!(facts["ownership.error"].items.len(), 1);
        assert_eq!(
            facts["ownership.rule"].items[0].source.line_number(),
            Some(2)
        );
    }

    #[test]
    fn a_file_with_sections_or_in_the_folder_of_gitlab_is_read_as_gitlab_does() {
        let dialect =
            |files: &[(&str, &str)]| column(&facts(files, "")["ownership.rule"], "dialect");
        assert_eq!(dialect(&[("CODEOWNERS", "[Docs] @a\n*.md\n")]), ["gitlab"]);
        assert_eq!(dialect(&[(".gitlab/CODEOWNERS", "* @a\n")]), ["gitlab"]);
        assert_eq!(dialect(&[("docs/CODEOWNERS", "* @a\n")]), ["github"]);
        let built = [("CODEOWNERS", "* @a/b/c\n"), (".gitlab-ci.yml", "")];
        assert_eq!(dialect(&built), ["gitlab"]);
    }

    #[test]
    fn patterns_stand_from_the_folder_that_holds_the_file() {
        let all = [("CODEOWNERS", "/sub/a/ @top\n"), ("sub/a/x", ""), ("y", "")];
        let above = &facts(&all, "sub/")["ownership.file"];
        assert_eq!(column(above, "path"), ["sub/a/x"]);
        assert_eq!(column(above, "owners"), ["@top"]);
        let own = [("sub/CODEOWNERS", "/a/ @own\n"), ("sub/a/x", "")];
        assert_eq!(
            column(&facts(&own, "sub/")["ownership.file"], "owners"),
            ["", "@own"]
        );
    }

    #[test]
    fn a_file_that_is_too_large_or_no_text_owns_nothing() {
        let large = "# \n".repeat(1024 * 1024 + 1);
        let read = facts(&[("CODEOWNERS", &large)], "");
        assert_eq!(read["ownership.error"].items.len(), 1);
        assert_eq!(column(&read["ownership.file"], "owners"), [""]);
    }
}
