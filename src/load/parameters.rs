//! Parameters: defaults, floors, and the direction in which each gets stricter.

use crate::model::control::{
    Check, Comparator, Operand, Parameter, Stricter, Test, Unit, stricter,
};
use crate::model::control::{Clause, Requirement};
use crate::model::text;
use crate::model::value::Value;
use crate::parse::yaml::{Data, Node};

use super::operands::hundredths;
use super::reader::Reader;

const CODE: &str = "parameter";
const FIELDS: &[&str] = &["default", "meaning", "unit", "floor"];

/// Reads the parameters of a control.
pub(super) fn read(reader: &mut Reader<'_>, node: Option<&Node>) -> Vec<Parameter> {
    let Some(node) = node.filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    if !matches!(node.data, Data::Mapping(_)) {
        let title = format!(
            "expected parameters as a mapping of names, found {}",
            node.words()
        );
        reader.problem(CODE, node, title, "Write name: { default, meaning, unit }.");
    }
    node.entries()
        .iter()
        .filter_map(|entry| one(reader, entry.name(), &entry.key, &entry.value))
        .collect()
}

fn one(reader: &mut Reader<'_>, name: &str, key: &Node, node: &Node) -> Option<Parameter> {
    let what = format!("the parameter {name}");
    reader.mapping(node, &what, CODE, FIELDS);
    let meaning = reader.text(node, "meaning", &what, CODE);
    let unit = match node.get("unit") {
        Some(unit) => reader.as_word(unit, "unit", CODE, Unit::NAMES, Unit::parse)?,
        None => Unit::Words,
    };
    let default = reader.required(node, "default", &what, CODE)?;
    let default = value(reader, default, unit)?;
    let floor = match node.get("floor") {
        Some(floor) => Some(value(reader, floor, unit)?),
        None => None,
    };
    Some(Parameter {
        name: name.to_owned(),
        meaning,
        unit,
        value: default.clone(),
        default,
        floor,
        stricter: Stricter::Neither,
        set_by: None,
        line: key.line,
    })
}

/// A value in a unit. `off` is no value: the bound is not adopted.
pub(super) fn value(reader: &mut Reader<'_>, node: &Node, unit: Unit) -> Option<Value> {
    if let Data::Sequence(members) = &node.data {
        if unit != Unit::Words {
            reader.problem(
                CODE,
                node,
                format!("expected one value in {}, found a list", unit.name()),
                "Write one value.",
            );
            return None;
        }
        let texts: Vec<&str> = members.iter().filter_map(|member| member.text()).collect();
        return Some(Value::texts(texts));
    }
    let written = node.text().unwrap_or("");
    let value = match unit {
        _ if written == "off" => Some(Value::Absent),
        Unit::Percent => hundredths(written).map(Value::Int),
        Unit::Days | Unit::Hours | Unit::Count => written
            .parse::<i64>()
            .ok()
            .filter(|number| *number >= 0)
            .map(Value::Int),
        Unit::Flag => match written {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Unit::Words => node.text().map(Value::from),
    };
    if value.is_none() {
        let shown = node
            .text()
            .map_or_else(|| node.words().to_owned(), text::excerpt);
        let title = format!("expected {}, found {shown}", unit_words(unit));
        reader.problem(CODE, node, title, "Write the number without its unit.");
    }
    value
}

fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "a percentage from 0 to 100 with at most two decimals",
        Unit::Days => "a whole number of days",
        Unit::Hours => "a whole number of hours",
        Unit::Count => "a whole number",
        Unit::Flag => "true or false",
        Unit::Words => "a word or a list of words",
    }
}

/// Derives from the tests which way each parameter gets stricter. A parameter that is used in two
/// ways that contradict each other cannot have a floor, and is refused.
pub(super) fn directions(
    reader: &mut Reader<'_>,
    root: &Node,
    parameters: &mut [Parameter],
    tests: &[Test],
    requires: &[Requirement],
) {
    let mut uses: Vec<(String, Stricter)> = Vec::new();
    for requirement in requires {
        note(&mut uses, requirement.origin.as_ref(), Stricter::Higher);
        note(&mut uses, requirement.max_age.as_ref(), Stricter::Lower);
        // `refuse` is the stricter word, and the later one in the alphabet.
        note(&mut uses, requirement.undated.as_ref(), Stricter::Higher);
        let elsewhere = requirement.files_elsewhere.as_ref();
        note(&mut uses, elsewhere, Stricter::Lower);
    }
    for test in tests {
        of_test(test, &mut uses);
    }
    for parameter in parameters {
        let mine: Vec<Stricter> = uses
            .iter()
            .filter(|(name, _)| *name == parameter.name)
            .map(|(_, way)| *way)
            .collect();
        let node = root
            .get("parameters")
            .and_then(|node| node.get(&parameter.name))
            .unwrap_or(root);
        match mine.as_slice() {
            [] => {
                let title = format!("expected a test that uses {}, found none", parameter.name);
                reader.problem(
                    CODE,
                    node,
                    title,
                    format!("Use ${} in a test, or delete it.", parameter.name),
                );
            }
            [first, rest @ ..] if rest.iter().all(|way| way == first) => {
                parameter.stricter = *first;
            }
            _ if parameter.floor.is_some() => {
                let title = format!(
                    "expected {} to get stricter in one direction, found both",
                    parameter.name
                );
                reader.problem(CODE, node, title, "Use two parameters.");
            }
            _ => {}
        }
        let floored = parameter.floor.clone();
        if floored.is_some_and(|floor| {
            stricter(parameter.stricter, &parameter.default, &floor) == Some(false)
        }) {
            let title = format!(
                "expected the default of {} at its floor or stricter, found it looser",
                parameter.name
            );
            reader.problem(CODE, node, title, "Raise the default, or lower the floor.");
        }
    }
}

fn note(uses: &mut Vec<(String, Stricter)>, operand: Option<&Operand>, way: Stricter) {
    if let Some(Operand::Parameter(name)) = operand {
        uses.push((name.clone(), way));
    }
}

fn of_test(test: &Test, uses: &mut Vec<(String, Stricter)>) {
    match &test.check {
        Check::Every { of, must, .. } => {
            of_clauses(must, false, uses);
            of_clauses(&of.filter, true, uses);
        }
        Check::Count { of, bound, .. } => {
            note(uses, Some(&bound.operand), way(bound.comparator));
            // What is counted to find too much gets stricter as more of it is counted.
            of_clauses(&of.filter, bound.comparator == Comparator::AtMost, uses);
        }
        Check::Measure { of, bound, .. } => {
            note(uses, Some(&bound.operand), way(bound.comparator));
            of_clauses(&of.filter, true, uses);
        }
        Check::Fresh { of, within, .. } => {
            note(uses, Some(within), Stricter::Lower);
            of_clauses(&of.filter, true, uses);
        }
        Check::Reconcile { each, within, .. } => {
            of_clauses(&each.filter, true, uses);
            of_clauses(&within.filter, false, uses);
        }
        Check::Attested { .. } => {}
        Check::AllOf(tests) | Check::AnyOf(tests) => {
            for test in tests {
                of_test(test, uses);
            }
        }
    }
}

const fn way(comparator: Comparator) -> Stricter {
    match comparator {
        Comparator::AtLeast => Stricter::Higher,
        Comparator::AtMost => Stricter::Lower,
        Comparator::In | Comparator::Matches => Stricter::Fewer,
        Comparator::NotIn => Stricter::More,
        Comparator::Eq | Comparator::Ne | Comparator::Exists => Stricter::Neither,
    }
}

/// A condition that items must meet gets stricter as it admits less; a filter gets stricter as it
/// takes more items in, which is the other way round.
fn of_clauses(clauses: &[Clause], widens: bool, uses: &mut Vec<(String, Stricter)>) {
    for clause in clauses {
        let narrow = way(clause.comparator);
        let direction = match (widens, narrow) {
            (false, narrow) => narrow,
            (true, Stricter::Higher) => Stricter::Lower,
            (true, Stricter::Lower) => Stricter::Higher,
            (true, Stricter::Fewer) => Stricter::More,
            (true, Stricter::More) => Stricter::Fewer,
            (true, Stricter::Neither) => Stricter::Neither,
        };
        note(uses, Some(&clause.operand), direction);
    }
}
