//! Reading `report.json` of a bundle back, as far as a command says something of it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::definitions::shown;
use crate::load::Problem;
use crate::model::control::{Unit, shown as shown_value};
use crate::model::value::Value;
use crate::parse::json;
use crate::tree::file;

/// What it is called in a bundle.
pub(crate) const SHIPPED: &str = "report.json";

/// The report of a run.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) results: Vec<Outcome>,
    pub(crate) controls: Vec<Control>,
    pub(crate) outside: Vec<String>,
    pub(crate) left_out: Vec<String>,
    pub(crate) facts: BTreeMap<String, Counted>,
}

/// How much was read of a relation.
#[derive(Debug, Deserialize)]
pub(crate) struct Counted {
    pub(crate) items: usize,
}

/// What a control came to.
#[derive(Debug, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) control: String,
    #[serde(rename = "outcome")]
    pub(crate) came_to: String,
    pub(crate) reason: Option<String>,
    pub(crate) tests: Vec<Tested>,
    pub(crate) deviations: Vec<Deviation>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) evidence: Vec<String>,
    /// Older bundles do not say it: all that was looked at is in them.
    #[serde(default)]
    pub(crate) sources: usize,
}

/// What a test came to.
#[derive(Debug, Deserialize)]
pub(crate) struct Tested {
    pub(crate) sentence: String,
    pub(crate) relation: Option<String>,
    pub(crate) items: usize,
    pub(crate) population: usize,
}

/// An item that is not as required.
#[derive(Debug, Deserialize)]
pub(crate) struct Deviation {
    pub(crate) place: String,
    pub(crate) path: String,
    pub(crate) item: Fields,
    pub(crate) observed: Fields,
    pub(crate) required: String,
    pub(crate) waiver: Option<String>,
}

/// Named values in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

/// Evidence that cannot be relied on.
#[derive(Debug, Deserialize)]
pub(crate) struct Gap {
    cause: String,
    pub(crate) place: String,
    pub(crate) says: String,
    pub(crate) remedy: String,
}

/// A control as it was in force.
#[derive(Debug, Deserialize)]
pub(crate) struct Control {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) statement: String,
    pub(crate) criteria: BTreeMap<String, String>,
    pub(crate) severity: String,
    pub(crate) nature: String,
    pub(crate) frequency: String,
    pub(crate) class: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) tests: Vec<Written>,
    pub(crate) remediation: String,
    pub(crate) limitations: Vec<String>,
    pub(crate) waiver_days: i64,
    pub(crate) path: String,
}

/// A test as its author wrote it.
#[derive(Debug, Deserialize)]
pub(crate) struct Written {
    pub(crate) attribute: String,
}

/// A parameter as it was in force.
#[derive(Debug, Deserialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    unit: String,
    value: serde_json::Value,
    pub(crate) set_by: Option<SetBy>,
    pub(crate) line: u32,
}

/// Who set a parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct SetBy {
    pub(crate) path: String,
    pub(crate) line: u32,
}

impl Parameter {
    /// The value with its unit: `100 %`, `7 d`, `sha, digest`.
    pub(crate) fn shown(&self) -> String {
        let unit = Unit::parse(&self.unit).unwrap_or(Unit::Words);
        let text = shown_value(&value(&self.value), unit);
        crate::model::text::visible(&text).into_owned()
    }
}

/// A value as it is written in JSON.
pub(crate) fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => number.as_i64().map_or(Value::Absent, Value::Int),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(list) => Value::List(list.iter().map(value).collect()),
        serde_json::Value::Null | serde_json::Value::Object(_) => Value::Absent,
    }
}

impl Gap {
    /// The label of a block.
    pub(crate) fn label(&self) -> &'static str {
        match self.cause.as_str() {
            "missing" => "missing",
            "incomplete" => "incomplete",
            "nothing-measured" => "nothing in",
            "stale" => "stale",
            "foreign" => "foreign",
            "weak" => "unbound",
            "unreconciled" => "disagrees",
            _ => "unreadable",
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("named texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// The report of the newest bundle: their names begin with the time they were made for.
///
/// # Errors
/// No bundle, or one whose report cannot be read.
pub(crate) fn newest(out: &Path) -> Result<Report, Vec<Problem>> {
    const FILE: &str = SHIPPED;
    let place = shown(out);
    let bundle = file::folders(out)
        .into_iter()
        .rev()
        .find(|name| !name.starts_with('.') && out.join(name).join(FILE).is_file());
    let Some(bundle) = bundle else {
        let title = format!("expected a bundle in {place}, found none (--out)");
        return Err(vec![Problem::new(
            "bundle",
            title,
            "Run audit --controls soc2 first, or give the place: --out DIR",
        )]);
    };
    let path = format!("{}/{bundle}/{FILE}", place.trim_end_matches('/'));
    let read = file::read(&out.join(&bundle).join(FILE), &path)
        .map_err(|problem| problem.says)
        .and_then(|bytes| file::decode(&bytes))
        .and_then(|text| json::parse(&text).map_err(|error| error.to_string()));
    read.map_err(|says| {
        vec![Problem::new(
            "bundle",
            format!("expected a report at {path}, found {says}"),
            "Run audit again, or give the place of another bundle: --out DIR",
        )]
    })
}
