//! The tests of a control, type-checked against the declared relations.

use crate::model::control::{
    Aggregate, Bound, Check, Comparator, Parameter, Requirement, Selection, Test,
};
use crate::model::relation::{Kind, Relation};
use crate::model::text;
use crate::parse::yaml::Node;

use super::control::named_relation;
use super::nothing::{count_absent, empty};
use super::operands::{clauses, field_kind, operand};
use super::reader::Reader;

const CODE: &str = "control-test";

/// The tests there are, with the fields each may have beside `attribute`.
const TESTS: &[(&str, &[&str])] = &[
    ("every", &["where", "must", "when_empty", "when_absent"]),
    ("count", &["where", "at-least", "at-most", "when_absent"]),
    (
        "measure",
        &[
            "where",
            "of",
            "as",
            "at-least",
            "at-most",
            "when_empty",
            "when_absent",
        ],
    ),
    (
        "fresh",
        &["where", "at", "within", "when_empty", "when_absent"],
    ),
    (
        "reconcile",
        &[
            "where",
            "key",
            "with",
            "with_where",
            "with_key",
            "per",
            "when_empty",
            "when_absent",
        ],
    ),
    ("attested", &[]),
    ("all-of", &[]),
    ("any-of", &[]),
];

/// How deep tests may join others.
const DEPTH: usize = 4;

struct Context<'c> {
    parameters: &'c [Parameter],
    requires: &'c [Requirement],
}

/// Reads the tests of a control.
pub(super) fn read(
    reader: &mut Reader<'_>,
    root: &Node,
    parameters: &[Parameter],
    requires: &[Requirement],
) -> Vec<Test> {
    let Some(node) = reader.required(root, "tests", "a control", "control-field") else {
        return Vec::new();
    };
    list(
        reader,
        node,
        &Context {
            parameters,
            requires,
        },
        0,
    )
}

fn list(reader: &mut Reader<'_>, node: &Node, context: &Context<'_>, depth: usize) -> Vec<Test> {
    let members = node.members();
    if members.is_empty() {
        reader.problem(
            CODE,
            node,
            format!("expected a list of tests, found {}", node.words()),
            "Write at least one test.",
        );
    }
    if depth > DEPTH {
        reader.problem(
            CODE,
            node,
            format!("expected at most {DEPTH} levels of tests, found more"),
            "Join fewer tests.",
        );
        return Vec::new();
    }
    members
        .iter()
        .filter_map(|member| one(reader, member, context, depth))
        .collect()
}

fn one(reader: &mut Reader<'_>, node: &Node, context: &Context<'_>, depth: usize) -> Option<Test> {
    let names: Vec<&str> = TESTS.iter().map(|(name, _)| *name).collect();
    let found: Vec<_> = TESTS
        .iter()
        .filter(|(name, _)| node.get(name).is_some())
        .collect();
    let [(name, fields)] = found.as_slice() else {
        let what = if found.is_empty() {
            "none".to_owned()
        } else {
            format!("{} of them", found.len())
        };
        let near = node
            .entries()
            .iter()
            .find_map(|entry| text::nearest(entry.name(), names.iter().copied()));
        let fix = near.map_or_else(
            || "Write one test in each entry.".to_owned(),
            |near| format!("Write {near}."),
        );
        reader.problem(
            CODE,
            node,
            format!(
                "expected one of {}, found {what}",
                text::joined(&names, "and")
            ),
            fix,
        );
        return None;
    };
    let known: Vec<&str> = ["attribute", name]
        .into_iter()
        .chain(fields.iter().copied())
        .collect();
    reader.mapping(node, "this test", CODE, &known);
    let attribute = reader.text(node, "attribute", "a test", CODE);
    let subject = node.get(name)?;
    let check = match *name {
        "all-of" => Check::AllOf(list(reader, subject, context, depth + 1)),
        "any-of" => Check::AnyOf(list(reader, subject, context, depth + 1)),
        "attested" => Check::Attested {
            statement: named_statement(reader, subject)?,
        },
        _ => {
            let relation = named_relation(reader, subject)?;
            let filter = clauses(reader, node.get("where"), relation, context.parameters);
            relational(reader, node, name, Selection { relation, filter }, context)?
        }
    };
    Some(Test {
        attribute,
        check,
        line: node.line,
    })
}

/// The name of a statement.
fn named_statement(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let name = node.text().map(str::trim).filter(|name| !name.is_empty());
    if name.is_none() {
        let found = node.text().map_or(node.words(), |_| "an empty text");
        let title = format!("expected the name of a statement, found {found}");
        reader.problem(CODE, node, title, "Write a name: attested: access-reviewed");
    }
    name.map(str::to_owned)
}

fn relational(
    reader: &mut Reader<'_>,
    node: &Node,
    name: &str,
    of: Selection,
    context: &Context<'_>,
) -> Option<Check> {
    let relation = of.relation;
    match name {
        "every" => {
            let must = clauses(reader, node.get("must"), relation, context.parameters);
            if must.is_empty() {
                reader.problem(
                    CODE,
                    node,
                    "expected must with at least one condition, found none",
                    "Say what each item must have.",
                );
            }
            Some(Check::Every {
                must,
                empty: empty(reader, node, relation, context.requires)?,
                of,
            })
        }
        "count" => {
            let bound = bound(reader, node, Kind::Int, relation, context)?;
            let when_absent = count_absent(reader, node, &bound, relation)?;
            Some(Check::Count {
                of,
                bound,
                when_absent,
            })
        }
        "measure" => measure(reader, node, of, context),
        "fresh" => fresh(reader, node, of, context),
        _ => reconcile(reader, node, of, context),
    }
}

fn measure(
    reader: &mut Reader<'_>,
    node: &Node,
    of: Selection,
    context: &Context<'_>,
) -> Option<Check> {
    const WHAT: &str = "a measure";
    let relation = of.relation;
    let named = reader.required(node, "of", WHAT, CODE)?;
    let kind = field_kind(reader, named, relation)?;
    let (words, parse) = (Aggregate::NAMES, Aggregate::parse);
    let aggregate = reader.word(node, "as", WHAT, CODE, words, parse)?;
    let wanted = if aggregate == Aggregate::Ratio {
        Kind::Ratio
    } else {
        Kind::Int
    };
    if kind != wanted {
        let (aggregate, found) = (aggregate.name(), kind.words());
        let title = format!("expected a field that fits {aggregate}, found {found}");
        let fix = "Use ratio for ratios; sum, min or max for numbers.";
        reader.problem(CODE, named, title, fix);
        return None;
    }
    let bound = bound(reader, node, kind, relation, context)?;
    let field = named.text().unwrap_or("").to_owned();
    let empty = empty(reader, node, relation, context.requires)?;
    Some(Check::Measure {
        of,
        field,
        aggregate,
        bound,
        empty,
    })
}

fn fresh(
    reader: &mut Reader<'_>,
    node: &Node,
    of: Selection,
    context: &Context<'_>,
) -> Option<Check> {
    let relation = of.relation;
    let named = reader.required(node, "at", "fresh", CODE)?;
    if field_kind(reader, named, relation)? != Kind::Time {
        let title = "expected a field that holds a time, found another";
        reader.problem(CODE, named, title, "Use produced_at.");
        return None;
    }
    let within = reader.required(node, "within", "fresh", CODE)?;
    let (kind, comparator) = (Kind::Int, Comparator::AtMost);
    let within = operand(
        reader,
        within,
        kind,
        comparator,
        relation,
        context.parameters,
    )?;
    let field = named.text().unwrap_or("").to_owned();
    let empty = empty(reader, node, relation, context.requires)?;
    Some(Check::Fresh {
        of,
        field,
        within,
        empty,
    })
}

fn reconcile(
    reader: &mut Reader<'_>,
    node: &Node,
    each: Selection,
    context: &Context<'_>,
) -> Option<Check> {
    let other = reader.required(node, "with", "reconcile", CODE)?;
    let other = named_relation(reader, other)?;
    let filter = clauses(reader, node.get("with_where"), other, context.parameters);
    let key = reader.required(node, "key", "reconcile", CODE)?;
    let within_key = reader.required(node, "with_key", "reconcile", CODE)?;
    let (left, right) = (
        field_kind(reader, key, each.relation)?,
        field_kind(reader, within_key, other)?,
    );
    if left != Kind::Text || right != Kind::Text {
        reader.problem(
            CODE,
            key,
            "expected two fields that hold texts, found another",
            "Reconcile on a path or a name.",
        );
        return None;
    }
    let per = match node.get("per") {
        None => None,
        Some(per) => {
            let (left, right) = (
                field_kind(reader, per, each.relation)?,
                field_kind(reader, per, other)?,
            );
            if left != Kind::Text || right != Kind::Text {
                reader.problem(
                    CODE,
                    per,
                    "expected a field that holds a text in both relations, found another",
                    "Name a field such as ecosystem, or leave per out.",
                );
                return None;
            }
            per.text().map(str::to_owned)
        }
    };
    Some(Check::Reconcile {
        per,
        key: key.text().unwrap_or("").to_owned(),
        within_key: within_key.text().unwrap_or("").to_owned(),
        empty: empty(reader, node, each.relation, context.requires)?,
        each,
        within: Selection {
            relation: other,
            filter,
        },
    })
}

fn bound(
    reader: &mut Reader<'_>,
    node: &Node,
    kind: Kind,
    relation: &'static Relation,
    context: &Context<'_>,
) -> Option<Bound> {
    let (comparator, value) = match (node.get("at-least"), node.get("at-most")) {
        (Some(value), None) => (Comparator::AtLeast, value),
        (None, Some(value)) => (Comparator::AtMost, value),
        (least, _) => {
            let what = if least.is_some() { "both" } else { "neither" };
            reader.problem(
                CODE,
                node,
                format!("expected at-least or at-most, found {what}"),
                "Write one of them.",
            );
            return None;
        }
    };
    let operand = operand(
        reader,
        value,
        kind,
        comparator,
        relation,
        context.parameters,
    )?;
    Some(Bound {
        comparator,
        operand,
    })
}
