//! The right side of a comparison, checked against the kind of the field on its left.

use crate::model::control::{Clause, Comparator, Operand, Parameter, Unit};
use crate::model::relation::{Kind, Relation};
use crate::model::text;
use crate::model::value::Value;
use crate::parse::yaml::{Data, Node};
use crate::tree::glob::text_globs;

use super::reader::Reader;

const CODE: &str = "control-test";

/// The conditions under `where` or `must`.
pub(super) fn clauses(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
    relation: &'static Relation,
    parameters: &[Parameter],
) -> Vec<Clause> {
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let mut clauses = Vec::new();
    if !matches!(node.data, Data::Mapping(_)) {
        let title = format!(
            "expected conditions as field: {{ comparator: value }}, found {}",
            node.words()
        );
        reader.problem(CODE, node, title, "Write a mapping of fields.");
    }
    for entry in node.entries() {
        let Some(kind) = field_kind(reader, &entry.key, relation) else {
            continue;
        };
        if !matches!(entry.value.data, Data::Mapping(_)) {
            let title = format!(
                "expected {{ comparator: value }}, found {}",
                entry.value.words()
            );
            reader.problem(
                CODE,
                &entry.value,
                title,
                format!("Write one of {}.", text::joined(Comparator::NAMES, "or")),
            );
        }
        for comparison in entry.value.entries() {
            let word = reader.as_word(
                &comparison.key,
                "the comparator",
                CODE,
                Comparator::NAMES,
                Comparator::parse,
            );
            let Some(comparator) = word else { continue };
            if let Some(operand) = operand(
                reader,
                &comparison.value,
                kind,
                comparator,
                relation,
                parameters,
            ) {
                clauses.push(Clause {
                    field: entry.name().to_owned(),
                    kind,
                    comparator,
                    operand,
                });
            }
        }
    }
    clauses
}

/// The kind of a declared field, or the problem that there is none.
pub(super) fn field_kind(
    reader: &mut Reader<'_>,
    key: &Node,
    relation: &'static Relation,
) -> Option<Kind> {
    let name = key.text().unwrap_or("");
    if let Some(field) = relation.field(name) {
        // A name inside named counts is a count.
        return Some(if field.name == name {
            field.kind
        } else {
            Kind::Int
        });
    }
    let names: Vec<&str> = relation.fields.iter().map(|field| field.name).collect();
    let shown = text::excerpt(name);
    let (title, fix) = match text::nearest(name, names.iter().copied()) {
        Some(near) => (
            format!(
                "{shown} is not a field of {}; the nearest is {near}",
                relation.name
            ),
            format!("Write {near}."),
        ),
        None => (
            format!("{shown} is not a field of {}", relation.name),
            format!("Use one of {}.", text::joined(&names, "and")),
        ),
    };
    reader.problem("control-field", key, title, fix);
    None
}

/// The right side of a comparison.
pub(super) fn operand(
    reader: &mut Reader<'_>,
    node: &Node,
    kind: Kind,
    comparator: Comparator,
    relation: &'static Relation,
    parameters: &[Parameter],
) -> Option<Operand> {
    if let Some(name) = node.text().and_then(|text| text.strip_prefix('$')) {
        return parameter_operand(reader, node, name, kind, comparator, parameters);
    }
    if let Some(field) = node.get("field").filter(|_| node.entries().len() == 1) {
        let other = field_kind(reader, field, relation)?;
        if other != kind {
            let title = format!(
                "expected a field that holds {}, found one that holds {}",
                kind.words(),
                other.words()
            );
            reader.problem(CODE, field, title, "Compare fields of one kind.");
            return None;
        }
        return Some(Operand::Field(field.text().unwrap_or("").to_owned()));
    }
    literal(reader, node, kind, comparator).map(Operand::Literal)
}

fn parameter_operand(
    reader: &mut Reader<'_>,
    node: &Node,
    name: &str,
    kind: Kind,
    comparator: Comparator,
    parameters: &[Parameter],
) -> Option<Operand> {
    let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else {
        let names: Vec<&str> = parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .collect();
        let known = if names.is_empty() {
            "none is declared".to_owned()
        } else {
            text::joined(&names, "or")
        };
        let fix = "Declare it under parameters:, or write the value itself.";
        reader.problem(
            CODE,
            node,
            format!(
                "expected a parameter ({known}), found ${}",
                text::excerpt(name)
            ),
            fix,
        );
        return None;
    };
    let list = matches!(
        comparator,
        Comparator::In | Comparator::NotIn | Comparator::Matches
    );
    let fits = match (kind, parameter.unit) {
        (Kind::Ratio, unit) => {
            unit == Unit::Percent && matches!(comparator, Comparator::AtLeast | Comparator::AtMost)
        }
        (Kind::Int | Kind::Counts, unit) => matches!(unit, Unit::Count | Unit::Days | Unit::Hours),
        (Kind::Bool, unit) => unit == Unit::Flag,
        (Kind::Text | Kind::Texts | Kind::Open, unit) => unit == Unit::Words,
        (Kind::Time, unit) => unit == Unit::Days,
    };
    let shaped = matches!(parameter.default, Value::List(_)) == list
        || comparator == Comparator::Matches
        || parameter.default == Value::Absent;
    if !(fits && shaped) {
        let title = format!(
            "expected a parameter that fits {} and {}, found ${name} in {}",
            kind.words(),
            comparator.name(),
            parameter.unit.name()
        );
        reader.problem(
            CODE,
            node,
            title,
            "Change the parameter's unit or default, or the comparator.",
        );
        return None;
    }
    Some(Operand::Parameter(name.to_owned()))
}

/// A value written in the control, of the kind of the field.
pub(super) fn literal(
    reader: &mut Reader<'_>,
    node: &Node,
    kind: Kind,
    comparator: Comparator,
) -> Option<Value> {
    match comparator {
        Comparator::Exists => flag(reader, node),
        Comparator::In | Comparator::NotIn => {
            let Data::Sequence(members) = &node.data else {
                let title = format!(
                    "expected a list after {}, found {}",
                    comparator.name(),
                    node.words()
                );
                reader.problem(CODE, node, title, "Write a list: [a, b].");
                return None;
            };
            members
                .iter()
                .map(|member| scalar(reader, member, kind))
                .collect::<Option<Vec<_>>>()
                .map(Value::List)
        }
        Comparator::Matches => patterns(reader, node, kind),
        Comparator::AtLeast | Comparator::AtMost
            if !matches!(kind, Kind::Int | Kind::Counts | Kind::Ratio) =>
        {
            let title = format!(
                "expected a number or a ratio before {}, found {}",
                comparator.name(),
                kind.words()
            );
            reader.problem(CODE, node, title, "Use eq, in, matches or exists.");
            None
        }
        Comparator::Eq | Comparator::Ne
            if matches!(kind, Kind::Texts | Kind::Ratio | Kind::Counts) =>
        {
            let title = format!(
                "expected a single value before {}, found {}",
                comparator.name(),
                kind.words()
            );
            reader.problem(CODE, node, title, "Use in, not-in, at-least or exists.");
            None
        }
        _ => scalar(reader, node, kind),
    }
}

fn patterns(reader: &mut Reader<'_>, node: &Node, kind: Kind) -> Option<Value> {
    if !matches!(kind, Kind::Text | Kind::Texts | Kind::Open) {
        reader.problem(
            CODE,
            node,
            format!("expected a text before matches, found {}", kind.words()),
            "Use eq or in.",
        );
        return None;
    }
    let patterns = node.texts();
    if patterns.is_empty() {
        reader.problem(
            CODE,
            node,
            format!("expected a glob or a list of globs, found {}", node.words()),
            "Write a glob.",
        );
        return None;
    }
    for pattern in &patterns {
        if let Err(says) = text_globs([*pattern]) {
            reader.problem(
                CODE,
                node,
                format!("expected a glob, found {}: {says}", text::excerpt(pattern)),
                "Mend the glob.",
            );
            return None;
        }
    }
    Some(Value::texts(patterns))
}

fn flag(reader: &mut Reader<'_>, node: &Node) -> Option<Value> {
    match node.text() {
        Some("true") => Some(Value::Bool(true)),
        Some("false") => Some(Value::Bool(false)),
        other => {
            let shown = other.map_or_else(|| node.words().to_owned(), text::excerpt);
            reader.problem(
                CODE,
                node,
                format!("expected true or false, found {shown}"),
                "Write true or false.",
            );
            None
        }
    }
}

fn scalar(reader: &mut Reader<'_>, node: &Node, kind: Kind) -> Option<Value> {
    let Some(written) = node.text() else {
        reader.problem(
            CODE,
            node,
            format!("expected {}, found {}", kind.words(), node.words()),
            "Write a single value.",
        );
        return None;
    };
    let value = match kind {
        Kind::Bool => return flag(reader, node),
        Kind::Int | Kind::Counts => written.parse::<i64>().ok().map(Value::Int),
        Kind::Ratio => hundredths(written).map(Value::Int),
        Kind::Text | Kind::Texts | Kind::Time => Some(Value::from(written)),
        Kind::Open => Some(match written {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => other
                .parse::<i64>()
                .map_or_else(|_| Value::from(other), Value::Int),
        }),
    };
    if value.is_none() {
        let title = format!(
            "expected {}, found {}",
            kind.words(),
            text::excerpt(written)
        );
        reader.problem(CODE, node, title, "Write a number without a unit.");
    }
    value
}

/// A percentage with at most two decimals, in hundredths: `99.5` is 9950.
pub(super) fn hundredths(written: &str) -> Option<i64> {
    let written = written.trim().trim_end_matches('%').trim();
    let (whole, decimals) = written.split_once('.').unwrap_or((written, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
        return None;
    }
    let decimals: i64 = format!("{decimals:0<2}").parse().ok()?;
    let value = whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(decimals)?;
    (value <= 10_000).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::hundredths;

    #[test]
    fn a_percentage_is_read_exactly() {
        assert_eq!(hundredths("100"), Some(10_000));
        assert_eq!(hundredths("99.5 %"), Some(9_950));
        assert_eq!(hundredths("0.05"), Some(5));
        for bad in ["", "100.01", "1.234", "-1", "1e2", "x", "101"] {
            assert_eq!(hundredths(bad), None, "{bad}");
        }
    }
}
