//! What gitleaks is told to pass over: allow-lists and disabled rules of its configuration, and the
//! findings that `.gitleaksignore` names.
//!
//! A pattern may hold the very value that it lets pass, so that only paths, commits, fingerprints and
//! rules are repeated.

use super::place::is_candidate;
use crate::collect::{Collector, Input, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::relation::Relation;
use crate::model::relations::SECRETS_ALLOWANCE;
use crate::parse::error::ParseError;
use crate::parse::toml::{self, Data, Node};
use crate::tree::File;

/// Fills `secrets.allowance`.
pub struct Allowances;

static RELATIONS: &[&Relation] = &[&SECRETS_ALLOWANCE];

static SPEC: Spec = Spec {
    name: "allowances",
    reads: ".gitleaks.toml, .gitleaksignore",
    fills: RELATIONS,
    about: "Reads what gitleaks is told to pass over, and whether anybody says why.",
};

const CONFIGURATION: &str = ".gitleaks.toml";
const IGNORED: &str = ".gitleaksignore";

fn is_ours(path: &str, input: &Input<'_>) -> bool {
    is_candidate(path, &[CONFIGURATION, IGNORED], input)
}

impl Collector for Allowances {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        if is_ours(path, input) {
            Wants::Visit
        } else {
            Wants::No
        }
    }

    fn visit(&self, file: &File, _input: &Input<'_>, sink: &mut Sink) {
        if let Err(error) = read(file, sink) {
            sink.unparsable(RELATIONS, file, &error);
        }
    }
}

fn read(file: &File, sink: &mut Sink) -> Result<(), ParseError> {
    let text = file.text().map_err(ParseError::whole)?;
    if file.path.ends_with(IGNORED) {
        sink.examined(&SECRETS_ALLOWANCE, file);
        ignored(&file.path, &text, sink);
        return Ok(());
    }
    let root = toml::parse_placed(&text)?;
    sink.examined(&SECRETS_ALLOWANCE, file);
    let reader = Reader { path: &file.path };
    for list in lists(&root) {
        reader.list(list, None, sink);
    }
    for rule in root.at("rules").map(Node::members).unwrap_or_default() {
        let id = rule.at("id").and_then(Node::text);
        for list in lists(rule) {
            reader.list(list, id.or(Some("without an id")), sink);
        }
    }
    let extend = root.at("extend");
    let disabled = extend.and_then(|extend| extend.at("disabledRules"));
    for rule in disabled.map(Node::members).unwrap_or_default() {
        let item = reader.item(rule, "disabled-rule").with("rule", rule.text());
        sink.item(item.with("broad", false));
    }
    let defaults = extend.and_then(|extend| extend.at("useDefault"));
    let extends = defaults.is_some_and(|it| it.data == Data::Bool(true))
        || extend.is_some_and(|extend| extend.at("path").is_some() || extend.at("url").is_some());
    if !extends {
        // gitleaks then knows no rule but those that stand here.
        let place = root.at("rules").unwrap_or(&root);
        sink.item(reader.item(place, "default-rules").with("broad", true));
    }
    Ok(())
}

/// The allow-lists of a configuration or of one of its rules, in their old form and in the new one.
fn lists(of: &Node) -> Vec<&Node> {
    let mut lists: Vec<&Node> = of.at("allowlist").into_iter().collect();
    lists.extend(of.at("allowlists").map(Node::members).unwrap_or_default());
    lists
}

struct Reader<'r> {
    path: &'r str,
}

impl Reader<'_> {
    fn item(&self, node: &Node, kind: &'static str) -> Item {
        let line = node.line.max(1);
        Item::new(&SECRETS_ALLOWANCE, Source::line(self.path, line))
            .with("path", self.path)
            .with("line", line)
            .with("kind", kind)
    }

    fn list(&self, list: &Node, rule: Option<&str>, sink: &mut Sink) {
        let reason = list.at("description").and_then(Node::text);
        let reason = reason.map(str::trim).filter(|text| !text.is_empty());
        // All conditions of one list together narrow it, where it says so.
        let narrowed = list
            .at("condition")
            .and_then(Node::text)
            .is_some_and(|it| it.eq_ignore_ascii_case("and"));
        for (key, kind) in [
            ("paths", "path"),
            ("commits", "commit"),
            ("regexes", "pattern"),
            ("stopwords", "word"),
        ] {
            for member in list.at(key).map(Node::members).unwrap_or_default() {
                let written = member.text().unwrap_or_default();
                let shown = matches!(kind, "path" | "commit").then_some(written);
                let broad = !narrowed && matches!(kind, "path" | "pattern") && is_broad(written);
                let item = self.item(member, kind);
                sink.item(
                    item.with("value", shown)
                        .with("rule", rule)
                        .with("reason", reason)
                        .with("broad", broad),
                );
            }
        }
    }
}

/// The findings that a list names, each with the comment above it as the reason.
fn ignored(path: &str, text: &str, sink: &mut Sink) {
    let mut above: Option<&str> = None;
    for (line, content) in (1_u32..).zip(text.lines()) {
        let content = content.trim();
        if content.is_empty() {
            above = None;
            continue;
        }
        if let Some(comment) = content.strip_prefix('#') {
            above = Some(comment.trim()).filter(|comment| !comment.is_empty());
            continue;
        }
        let (fingerprint, behind) = match content.split_once(" #") {
            Some((fingerprint, comment)) => (fingerprint.trim(), Some(comment.trim())),
            None => (content, None),
        };
        sink.item(
            Item::new(&SECRETS_ALLOWANCE, Source::line(path, line))
                .with("path", path)
                .with("line", line)
                .with("kind", "fingerprint")
                .with("value", fingerprint)
                .with("reason", behind.or(above))
                .with("broad", false),
        );
    }
}

/// Whether a pattern names so little that almost anything fits it: no three letters or digits in a
/// row that have to be there.
fn is_broad(pattern: &str) -> bool {
    let mut longest = 0;
    let mut run = 0;
    let mut signs = pattern.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            // A class such as \d stands for many signs; \. stands for itself.
            '\\' => {
                let next = signs.next();
                run = if next.is_some_and(|next| !next.is_alphanumeric()) {
                    run
                } else {
                    0
                };
            }
            '[' => {
                run = 0;
                for inside in signs.by_ref() {
                    if inside == ']' {
                        break;
                    }
                }
            }
            '/' | '_' | '-' => {}
            _ if sign.is_alphanumeric() => {
                let optional = matches!(signs.peek(), Some('?' | '*'));
                run = if optional { 0 } else { run + 1 };
            }
            _ => run = 0,
        }
        longest = longest.max(run);
    }
    longest < 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::repository::testing::{column, facts};

    #[test]
    fn a_pattern_is_broad_where_it_names_nothing() {
        for broad in [
            ".*", "", "^.*$", r".*\.py$", "[a-z]+", r"\w+\d*", "(.*?)", "a?b?c?d?",
        ] {
            assert!(is_broad(broad), "{broad}");
        }
        for narrow in [
            "tests/fixtures/",
            r"package-lock\.json$",
            "^docs/",
            "EXAMPLE",
        ] {
            assert!(!is_broad(narrow), "{narrow}");
        }
    }

    #[test]
    fn allow_lists_are_read_in_both_forms_and_patterns_are_not_repeated() {
        let text = "title = 'x'\n[extend]\nuseDefault = true\ndisabledRules = ['generic-api-key']\n\
            [allowlist]\ndescription = 'Made-up keys of tests'\npaths = ['tests/fixtures/', '.*']\n\
            regexes = ['AKIAIOSFODNN7EXAMPLE']\n\
            [[rules]]\nid = 'own'\n[[rules.allowlists]]\ncommits = ['abc']\n";
        let ignore = "# Key of the documentation\nabc:docs/a.md:aws:3\n\ndef:b.py:aws:4\n";
        let read = facts(&[(".gitleaks.toml", text), (".gitleaksignore", ignore)], "");
        let population = &read["secrets.allowance"];
        let columns =
            ["kind", "value", "rule", "reason", "broad"].map(|field| column(population, field));
        let rows: Vec<String> = (0..columns[0].len())
            .map(|at| {
                columns
                    .each_ref()
                    .map(|column| column[at].clone())
                    .join(", ")
            })
            .collect();
        assert_eq!(
            rows,
            [
                "path, tests/fixtures/, not stated, Made-up keys of tests, no",
                "path, .*, not stated, Made-up keys of tests, yes",
                "pattern, not stated, not stated, Made-up keys of tests, no",
                "commit, abc, own, not stated, no",
                "disabled-rule, not stated, generic-api-key, not stated, no",
                "fingerprint, abc:docs/a.md:aws:3, not stated, Key of the documentation, no",
                "fingerprint, def:b.py:aws:4, not stated, not stated, no",
            ]
        );
        assert_eq!(
            column(population, "line").last().map(String::as_str),
            Some("4")
        );
    }

    #[test]
    fn a_configuration_without_the_usual_rules_says_so() {
        let read = facts(&[(".gitleaks.toml", "[[rules]]\nid = 'own'\n")], "");
        assert_eq!(
            column(&read["secrets.allowance"], "kind"),
            ["default-rules"]
        );
        let broken = facts(&[(".gitleaks.toml", "a = \n")], "");
        assert_eq!(broken["secrets.allowance"].gaps.len(), 1);
    }
}
