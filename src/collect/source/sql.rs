//! Queries in SQL, and whether they are built from strings.

use super::About;
use super::called::Called;
use super::calls::written;
use super::look::Found;
use crate::model::relations::CODE_SQL;
use crate::parse::python::ast::{Expr, InterpolatedStringElement, Operator};
use crate::parse::python::{Module, Ranged};

/// What stands for a value in a text that is put together.
const SOMETHING: &str = "?";

/// How many letters of a query take as long as a part of a name.
const LETTERS: usize = 256;

/// Methods that are given a query.
const TAKES: [&str; 13] = [
    "RawSQL",
    "execute",
    "executemany",
    "executescript",
    "exec_driver_sql",
    "raw",
    "extra",
    "text",
    "mogrify",
    "read_sql",
    "read_sql_query",
    "fetch",
    "fetchrow",
];

/// Puts a query among what was found.
pub(super) fn look(
    called: &Called<'_, '_>,
    module: &Module<'_>,
    about: &About<'_>,
    found: &mut Found,
) {
    if !TAKES.contains(&called.last) {
        return;
    }
    let Some(how) = query(called).or_else(|| django(called)) else {
        return;
    };
    let call = called.call;
    let item = about
        .item(&CODE_SQL, module, call.start())
        .with("built", how)
        .with("symbol", written(&call.func))
        .with("parameters", call.arguments.len() > 1);
    found.push((call.start(), item));
}

/// How the query is made that is given first. Where it may have been made in several ways, one that
/// is put together tells.
fn query(called: &Called<'_, '_>) -> Option<&'static str> {
    let query = called.call.arguments.args.first()?;
    let mut ways = vec![way(called, query)];
    // A query that was put together a few lines above counts as it was put together.
    if let Expr::Name(name) = query {
        let grown = called.names.grown(name, called.scope);
        ways.extend(grown.from.iter().map(|from| way(called, from)));
        let known = |added: &&Expr| is_literal(called, added);
        if ways.iter().any(Option::is_some) && !grown.added.iter().all(known) {
            ways.push(Some("concatenation"));
        }
    }
    let mut ways = ways.into_iter().flatten();
    let first = ways.next()?;
    Some(if first == "literal" {
        ways.find(|way| *way != "literal").unwrap_or(first)
    } else {
        first
    })
}

/// How an expression is made that reads as SQL.
fn way(called: &Called<'_, '_>, expression: &Expr) -> Option<&'static str> {
    if joined(called, expression).is_some_and(|text| is_sql(&text, called)) {
        return Some("concatenation");
    }
    if called.names.is_too_much() {
        return None;
    }
    let text = first_text(expression)?;
    called.names.spend(text.len() / LETTERS + 1);
    is_sql(&text, called).then(|| built(expression)).flatten()
}

/// Whether it is a literal text, or a name for one.
fn is_literal<'a>(called: &Called<'_, 'a>, added: &'a Expr) -> bool {
    let named = called.names.values(added, called.scope);
    let literal = |one: &&Expr| built(one) == Some("literal");
    literal(&added) || (!named.is_empty() && named.iter().all(literal))
}

/// The literal texts of a list that is joined to one.
fn joined(called: &Called<'_, '_>, expression: &Expr) -> Option<String> {
    let call = expression.as_call_expr()?;
    let attribute = call.func.as_attribute_expr()?;
    let list = call.arguments.args.first()?;
    if attribute.attr.as_str() != "join" {
        return None;
    }
    let named = called.names.values(list, called.scope);
    let list = named.first().copied().unwrap_or(list);
    called.names.spend(list.as_list_expr()?.elts.len());
    if called.names.is_too_much() {
        return None;
    }
    let texts = list.as_list_expr()?.elts.iter().map(first_text);
    let texts: Vec<String> = texts
        .map(|text| text.unwrap_or_else(|| SOMETHING.to_owned()))
        .collect();
    Some(texts.join(" "))
}

/// How the pieces of SQL are made that Django takes as they are: `RawSQL(sql)`, and
/// `extra(where=[…])`. They are no whole statements, so that only what was put together tells.
fn django(called: &Called<'_, '_>) -> Option<&'static str> {
    let arguments = &called.call.arguments;
    let pieces: Vec<&Expr> = match called.last {
        "RawSQL" => arguments
            .find_argument_value("sql", 0)
            .into_iter()
            .collect(),
        "extra" => ["select", "where", "tables"]
            .iter()
            .enumerate()
            .filter_map(|(at, name)| arguments.find_argument_value(name, at))
            .collect(),
        _ => return None,
    };
    let mut found = None;
    for piece in pieces.into_iter().flat_map(parts) {
        let assigned = called.names.values(piece, called.scope);
        for one in assigned.into_iter().chain([piece]) {
            match built(one) {
                Some("literal") | None => found = found.or_else(|| built(one)),
                how => return how,
            }
        }
    }
    // Whether a literal is SQL is known of this one only.
    found.filter(|_| called.last == "RawSQL")
}

/// The elements of a list, the values of a dictionary, or the expression itself.
fn parts(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::List(list) => list.elts.iter().collect(),
        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
        Expr::Dict(dict) => dict.items.iter().map(|item| &item.value).collect(),
        one => vec![one],
    }
}

/// How a text is made; nothing where it is no text.
pub(super) fn built(expression: &Expr) -> Option<&'static str> {
    match expression {
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) => Some("literal"),
        Expr::FString(text) => {
            let built = text
                .value
                .elements()
                .any(InterpolatedStringElement::is_interpolation);
            Some(if built { "f-string" } else { "literal" })
        }
        Expr::BinOp(both) if matches!(both.op, Operator::Mod) => {
            built(&both.left).map(|_| "percent")
        }
        Expr::BinOp(both) if matches!(both.op, Operator::Add) => {
            match (built(&both.left), built(&both.right)) {
                (Some("literal"), Some("literal")) => Some("literal"),
                (None, None) => None,
                _ => Some("concatenation"),
            }
        }
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(attribute) => match attribute.attr.as_str() {
                "format" | "format_map" => built(&attribute.value).map(|_| "format"),
                "join" => built(&attribute.value).map(|_| "concatenation"),
                "replace" => built(&attribute.value).map(|_| "format"),
                "strip" | "lstrip" | "rstrip" | "dedent" => built(&attribute.value),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether a text begins as a statement of SQL does.
fn is_sql(text: &str, called: &Called<'_, '_>) -> bool {
    let mut words = text.split_whitespace().map(str::to_ascii_lowercase);
    let (Some(verb), Some(next)) = (words.next(), words.next()) else {
        return false;
    };
    let rest: Vec<String> = words.take(400).collect();
    let later = |word: &str| {
        rest.iter()
            .any(|it| it.trim_matches(['(', ')', ';', ',']) == word)
    };
    match verb.as_str() {
        "select" if next == SOMETHING => later("from") || called.last.starts_with("execute"),
        "select" => next != "a" || later("from"),
        "insert" | "replace" => next == "into" || next == "or" || next == "ignore",
        "update" => later("set"),
        "delete" | "merge" => next == "from" || next == "into",
        "create" | "drop" | "alter" | "truncate" => {
            let things = [
                "table",
                "index",
                "view",
                "database",
                "schema",
                "user",
                "role",
                "temporary",
                "temp",
                "unique",
                "or",
                "extension",
                "type",
                "trigger",
                "function",
                "sequence",
            ];
            things.contains(&next.as_str())
        }
        "with" => later("select") || later("as"),
        "grant" | "revoke" => later("on") || later("to"),
        _ => false,
    }
}

fn first_text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
        Expr::FString(text) => {
            let parts = text.value.elements().map(|element| {
                element
                    .as_literal()
                    .map_or_else(|| SOMETHING.to_owned(), |literal| literal.value.to_string())
            });
            Some(parts.collect())
        }
        Expr::BinOp(both) => {
            let left = first_text(&both.left)?;
            // The rest tells a statement from a sentence.
            let right = first_text(&both.right);
            Some(left + " " + right.as_deref().unwrap_or(SOMETHING))
        }
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(attribute) => first_text(&attribute.value),
            _ => None,
        },
        _ => None,
    }
}
