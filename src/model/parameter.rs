//! Parameters: values with a meaning, a direction in which they get stricter, and a floor.

use serde::{Deserialize, Serialize};

use super::value::Value;
use super::words::Unit;

/// Which way a parameter gets stricter, derived from the tests that use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stricter {
    /// A higher value asks for more.
    Higher,
    /// A lower value asks for more.
    Lower,
    /// A shorter list allows less.
    Fewer,
    /// A longer list forbids more.
    More,
    /// It is not stricter or looser, only different.
    Neither,
}

/// Who set the value in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetBy {
    /// The file, or `catalogue`.
    pub path: String,
    /// The line, from 1; 0 for the catalogue.
    pub line: u32,
    /// Why it departs from the default.
    pub rationale: Option<String>,
}

/// A parameter of a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// What it counts.
    pub unit: Unit,
    /// The catalogue's value.
    pub default: Value,
    /// The loosest value a policy may set.
    pub floor: Option<Value>,
    /// Which way it gets stricter.
    pub stricter: Stricter,
    /// The value in force.
    pub value: Value,
    /// Who set it; `None` where the default holds.
    pub set_by: Option<SetBy>,
    /// The line of the control's file, from 1.
    pub line: u32,
}

impl Parameter {
    /// Whether the value in force is stricter (`true`) or looser (`false`) than the default; `None`
    /// when it is the same, or merely different.
    pub fn departure(&self) -> Option<bool> {
        stricter(self.stricter, &self.value, &self.default)
    }
}

/// Whether `value` asks for more than `other` (`true`) or for less (`false`); `None` when the two
/// cannot be ordered or are equal. Two lists of which neither holds the other count as looser.
pub fn stricter(direction: Stricter, value: &Value, other: &Value) -> Option<bool> {
    if value == other {
        return None;
    }
    // A parameter that is off asks for nothing.
    match (value, other) {
        (Value::Absent, _) => return Some(false),
        (_, Value::Absent) => return Some(true),
        _ => {}
    }
    let holds = |outer: &Value, inner: &Value| {
        inner
            .as_list()
            .iter()
            .all(|member| outer.as_list().contains(member))
    };
    if matches!(direction, Stricter::Fewer | Stricter::More)
        && holds(value, other)
        && holds(other, value)
    {
        return None;
    }
    match direction {
        Stricter::Higher => ordered(value, other).map(std::cmp::Ordering::is_gt),
        Stricter::Lower => ordered(value, other).map(std::cmp::Ordering::is_lt),
        Stricter::Fewer => Some(holds(other, value) && !holds(value, other)),
        Stricter::More => Some(holds(value, other) && !holds(other, value)),
        Stricter::Neither => None,
    }
}

fn ordered(value: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    match (value, other) {
        (Value::Int(value), Value::Int(other)) => Some(value.cmp(other)),
        (Value::Bool(value), Value::Bool(other)) => Some(value.cmp(other)),
        (Value::Text(value), Value::Text(other)) => Some(value.cmp(other)),
        _ => None,
    }
}

/// How a value of a unit is shown: `100 %`, `7 d`, `sha, digest`, `off`.
pub fn shown(value: &Value, unit: Unit) -> String {
    match (value, unit) {
        (Value::Absent, _) => "off".to_owned(),
        (Value::Int(number), Unit::Percent) => {
            super::value::percent_of_hundredths(u128::try_from(*number).unwrap_or(0))
        }
        (Value::Int(number), Unit::Days) => format!("{number} d"),
        (Value::Int(number), Unit::Hours) => format!("{number} h"),
        (Value::Int(number), _) => super::text::grouped(u64::try_from(*number).unwrap_or(0)),
        (Value::Bool(flag), _) => if *flag { "true" } else { "false" }.to_owned(),
        (Value::List(list), _) if list.is_empty() => "none".to_owned(),
        (other, _) => other.to_string(),
    }
}
