//! The hooks of pre-commit.
//!
//! pre-commit reads one file of one name, `.pre-commit-config.yaml`. Before version 1 its top level
//! was the list of repositories itself, and `rev` was called `sha`; both are still met.

use super::pin;
use crate::collect::{Collector, Input, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::relation::Relation;
use crate::model::relations::{HOOK_ENTRY, HOOK_REPOSITORY};
use crate::parse::error::ParseError;
use crate::parse::yaml::{self, Data, Node};
use crate::tree::File;

/// Fills `hook.repository` and `hook.entry`.
pub struct Hooks;

static RELATIONS: &[&Relation] = &[&HOOK_REPOSITORY, &HOOK_ENTRY];

static SPEC: Spec = Spec {
    name: "hooks",
    reads: NAME,
    fills: RELATIONS,
    about: "Reads the hooks that run before a commit, in their order, and how firmly they are pinned.",
};

const NAME: &str = ".pre-commit-config.yaml";

impl Collector for Hooks {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        let in_force = path.ends_with(NAME)
            && input
                .in_force(&[NAME])
                .is_some_and(|(_, found)| found == path);
        if in_force { Wants::Visit } else { Wants::No }
    }

    fn visit(&self, file: &File, _input: &Input<'_>, sink: &mut Sink) {
        if let Err(error) = read(file, sink) {
            sink.unparsable(RELATIONS, file, &error);
        }
    }
}

fn read(file: &File, sink: &mut Sink) -> Result<(), ParseError> {
    let text = file.text().map_err(ParseError::whole)?;
    let root = yaml::parse(&text)?;
    let repositories = match &root.data {
        Data::Sequence(_) => &root,
        _ => root.get("repos").ok_or_else(|| {
            ParseError::at(
                1,
                1,
                "expected a list of repos, found none, so pre-commit rejects the file",
            )
        })?,
    };
    if !matches!(repositories.data, Data::Sequence(_)) {
        let (line, column) = (repositories.line as usize, repositories.column as usize);
        let says = format!("expected a list of repos, found {}", repositories.words());
        return Err(ParseError::at(line, column, says));
    }
    for relation in RELATIONS {
        sink.examined(relation, file);
    }
    let mut position = 0;
    for node in repositories.members() {
        repository(&file.path, node, &mut position, sink);
    }
    Ok(())
}

fn repository(path: &str, node: &Node, position: &mut usize, sink: &mut Sink) {
    let Some(name) = node.get("repo").and_then(Node::text) else {
        fault(
            &HOOK_REPOSITORY,
            path,
            node,
            "expected a repository under repo, found none",
            sink,
        );
        return;
    };
    let revision = node
        .get("rev")
        .or_else(|| node.get("sha"))
        .filter(|revision| !revision.is_null())
        .and_then(Node::text);
    // Hooks of these three are not fetched: there is nothing to pin.
    let pin = match (name, revision) {
        ("local" | "meta" | "builtin", _) => "local",
        (_, None) => "missing",
        (_, Some(revision)) => pin::of_revision(revision),
    };
    let item = Item::new(&HOOK_REPOSITORY, Source::line(path, node.line))
        .with("path", path)
        .with("line", node.line)
        .with("repository", name)
        .with("revision", revision)
        .with("pin", pin);
    sink.item(item);
    for hook in node.get("hooks").into_iter().flat_map(Node::members) {
        *position += 1;
        let Some(id) = hook.get("id").and_then(Node::text) else {
            fault(
                &HOOK_ENTRY,
                path,
                hook,
                "expected a hook with an id, found none",
                sink,
            );
            continue;
        };
        let item = Item::new(&HOOK_ENTRY, Source::line(path, hook.line))
            .with("path", path)
            .with("line", hook.line)
            .with("id", id)
            .with("repository", name)
            .with("position", *position);
        sink.item(item);
    }
}

fn fault(relation: &'static Relation, path: &str, node: &Node, says: &str, sink: &mut Sink) {
    let source = Source::place(path, node.line, node.column);
    let gap = Gap::at(
        Cause::Unreadable,
        &source,
        says,
        "Mend the file, then run again.",
    );
    sink.gap(relation, gap);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fact::Facts;
    use crate::model::value::Value;

    fn facts(text: &str) -> Facts {
        let mut sink = Sink::default();
        let file = File::new(NAME, text.as_bytes().to_vec(), true);
        if let Err(error) = read(&file, &mut sink) {
            sink.unparsable(RELATIONS, &file, &error);
        }
        sink.finish(RELATIONS.iter().copied()).0
    }

    fn column(facts: &Facts, relation: &str, field: &str) -> Vec<String> {
        let items = &facts[relation].items;
        items
            .iter()
            .map(|item| item.get(field).to_string())
            .collect()
    }

    #[test]
    fn repositories_and_hooks_keep_their_order_and_pins() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let text = format!(
            "repos:\n- repo: https://example.org/a\n  rev: {sha}  # frozen: v1\n  hooks:\n  - id: one\n  - {{id: two}}\n- repo: local\n  hooks: [{{id: three}}]\n- repo: https://example.org/b\n  rev: v1.10\n  hooks: [{{id: four}}]\n- repo: https://example.org/c\n  rev: main\n  hooks: []\n- repo: https://example.org/d\n  rev: 0123abc\n  hooks: []\n- repo: https://example.org/e\n  hooks: []\n"
        );
        let facts = facts(&text);
        assert_eq!(
            column(&facts, "hook.repository", "pin"),
            ["sha", "local", "tag", "branch", "short-sha", "missing"]
        );
        assert_eq!(
            column(&facts, "hook.repository", "line"),
            ["2", "7", "9", "12", "15", "18"]
        );
        assert_eq!(
            column(&facts, "hook.entry", "id"),
            ["one", "two", "three", "four"]
        );
        assert_eq!(
            column(&facts, "hook.entry", "position"),
            ["1", "2", "3", "4"]
        );
        assert_eq!(
            facts["hook.repository"].items[1].get("revision"),
            &Value::Absent
        );
    }

    #[test]
    fn the_first_form_of_the_file_is_read_too() {
        let facts = facts(
            "-   repo: https://example.org/a\n    sha: v0.9.1\n    hooks:\n    -   id: one\n",
        );
        assert_eq!(column(&facts, "hook.repository", "pin"), ["tag"]);
        assert_eq!(column(&facts, "hook.repository", "revision"), ["v0.9.1"]);
        assert_eq!(column(&facts, "hook.entry", "line"), ["4"]);
    }

    #[test]
    fn what_cannot_be_read_is_a_gap_of_both_relations() {
        for text in ["repos: [", "x: 1\n", "repos: none\n", ""] {
            let facts = facts(text);
            assert_eq!(facts["hook.repository"].gaps.len(), 1, "{text}");
            assert_eq!(facts["hook.entry"].gaps.len(), 1, "{text}");
        }
        let facts = facts("repos:\n- rev: v1\n- repo: a\n  rev: v1\n  hooks: [x, {id: y}]\n");
        assert_eq!(facts["hook.repository"].gaps.len(), 1);
        assert_eq!(facts["hook.entry"].gaps.len(), 1);
        assert_eq!(column(&facts, "hook.entry", "position"), ["2"]);
    }
}
