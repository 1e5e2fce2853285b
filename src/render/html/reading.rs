//! What a report says, as it was read: a captioned panel beside the sealed bytes.

use serde::Serialize;

use crate::model::exhibit::Exhibit;
use crate::model::fact::Item;
use crate::model::relation::Origin;
use crate::model::result::ControlResult;
use crate::model::value::Value;

use super::age;
use super::anchors::{Anchors, ExhibitLink};
use super::words;

/// How many reports a page shows.
pub(super) const PANELS: usize = 8;

/// How many values of one field are printed.
const VALUES: usize = 6;

/// A report as it was read.
#[derive(Serialize)]
pub(super) struct Reading<'r> {
    link: ExhibitLink,
    evidence: Option<&'r str>,
    format: &'static str,
    producer: String,
    produced: String,
    age: String,
    level: &'static str,
    bound: &'static str,
    relation: &'static str,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Field {
    name: String,
    value: String,
}

/// What git itself answered: no file of the tree, and so no exhibit.
#[derive(Serialize)]
pub(super) struct Answer {
    relation: &'static str,
    item: &'static str,
    fields: Vec<Field>,
}

/// What git answered for a procedure, where one of its tests reads that.
pub(super) fn answers(anchors: &Anchors<'_>, result: &ControlResult) -> Vec<Answer> {
    let read = |name: &str| result.tests.iter().any(|test| test.relation == Some(name));
    let facts = anchors.run().facts.iter();
    let items = facts
        .filter(|(name, _)| read(name))
        .flat_map(|(_, facts)| &facts.items)
        .filter(|item| matches!(item.relation().origin, Origin::Git));
    items
        .take(PANELS)
        .map(|item| {
            let mut fields = Vec::new();
            for (name, value) in item.fields() {
                add(&mut fields, name, value);
            }
            Answer {
                relation: item.relation().name,
                item: item.relation().item,
                fields,
            }
        })
        .collect()
}

/// The reports that a procedure looked at, and how many more there are.
pub(super) fn readings<'r>(
    anchors: &Anchors<'r>,
    result: &'r ControlResult,
) -> (Vec<Reading<'r>>, usize) {
    let read: Vec<(&Exhibit, &Item)> = result
        .evidence
        .iter()
        .filter_map(|path| anchors.bundle.exhibit(path))
        .filter_map(|exhibit| Some((exhibit, item(anchors, exhibit)?)))
        .collect();
    let more = read.len().saturating_sub(PANELS);
    let shown = read.into_iter().take(PANELS);
    let shown = shown.map(|(exhibit, item)| reading(anchors, exhibit, item));
    (shown.collect(), more)
}

/// What was read of a report as a whole.
fn item<'r>(anchors: &Anchors<'r>, exhibit: &Exhibit) -> Option<&'r Item> {
    exhibit.format?;
    let mut items = anchors.run().facts.values().flat_map(|facts| &facts.items);
    items.find(|item| {
        item.source.path == exhibit.path && matches!(item.relation().origin, Origin::Report)
    })
}

fn reading<'r>(anchors: &Anchors<'r>, exhibit: &'r Exhibit, item: &'r Item) -> Reading<'r> {
    let mut fields = Vec::new();
    let binding = item.get("binding").as_text();
    for (name, value) in item.fields() {
        if let ("notes", Value::List(notes)) = (name, value) {
            // The binding stands in its own field.
            let again = |note: &&Value| {
                let says = |binding| note.as_text().is_some_and(|note| note.contains(binding));
                !binding.is_some_and(says)
            };
            let rest: Vec<Value> = notes.iter().filter(again).cloned().collect();
            add(&mut fields, name, &Value::List(rest));
            continue;
        }
        // The caption says these.
        if !matches!(
            name,
            "path"
                | "sha256"
                | "bytes"
                | "format"
                | "tool"
                | "tool_version"
                | "produced_at"
                | "origin"
        ) {
            add(&mut fields, name, value);
        }
    }
    // What was measured comes first.
    fields.sort_by_key(|field| !field.name.starts_with("measures."));
    Reading {
        link: anchors.exhibit(&exhibit.path),
        evidence: anchors.bundle.evidence_path(&exhibit.path),
        format: exhibit.format.unwrap_or_default(),
        producer: super::index::producer(exhibit),
        produced: exhibit
            .produced_at
            .as_deref()
            .map(words::time)
            .unwrap_or_default(),
        age: age::at(anchors.run(), exhibit),
        level: exhibit.level.name(),
        bound: age::bound(exhibit),
        relation: item.relation().name,
        fields,
    }
}

/// A field with what it holds; a map is so many fields.
fn add(fields: &mut Vec<Field>, name: &str, value: &Value) {
    match value {
        Value::Absent => {}
        Value::Map(map) => {
            let inside = map.iter();
            inside.for_each(|(key, value)| add(fields, &format!("{name}.{key}"), value));
        }
        Value::List(list) => {
            let mut values: Vec<String> = list.iter().take(VALUES).map(text).collect();
            if list.len() > VALUES {
                let more = words::grouped(list.len() - VALUES);
                values.push(format!("{more} more in the sealed file"));
            }
            let value = if values.is_empty() {
                "none".to_owned()
            } else {
                values.join(" · ")
            };
            fields.push(Field {
                name: name.to_owned(),
                value,
            });
        }
        other => fields.push(Field {
            name: name.to_owned(),
            value: text(other),
        }),
    }
}

fn text(value: &Value) -> String {
    crate::model::text::excerpt(&value.to_string())
}
