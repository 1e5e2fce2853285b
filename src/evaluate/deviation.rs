//! Deviations: where each stands, what tells it from its neighbours, and the fingerprint by which it
//! is known again in another run.

use std::collections::BTreeMap;

use crate::model::control::Control;
use crate::model::exhibit::Digest;
use crate::model::fact::{Item, Locator, Source};
use crate::model::relation::Relation;
use crate::model::result::Deviation;
use crate::tree::digest::sha256;

use super::Bench;
use super::words::{label, value};

/// A deviation of one item.
pub(super) fn of(
    bench: &Bench<'_>,
    attribute: &str,
    item: &Item,
    fields: &[&str],
    required: &str,
) -> Deviation {
    let relation = item.relation();
    let shown: Vec<(String, String)> = relation
        .shown
        .iter()
        .filter(|field| !item.get(field).is_empty())
        .map(|field| (label(field), value(item.get(field))))
        .collect();
    let (path, line) = place(item);
    let column = match item.source.at {
        Locator::Line(_, column) => column,
        _ => None,
    };
    let place = match (line, column) {
        (Some(line), Some(column)) => Source::place(&path, line, column),
        (Some(line), None) => Source::line(&path, line),
        _ if path.is_empty() => item.source.clone(),
        _ => Source::file(&path),
    };
    Deviation {
        attribute: attribute.to_owned(),
        place: place.place_text(),
        fingerprint: fingerprint(bench.control, attribute, relation.name, &path, &shown),
        path,
        line,
        column,
        item: shown,
        observed: fields
            .iter()
            .map(|field| (label(field), value(item.get(field))))
            .collect(),
        required: required.to_owned(),
        waiver: None,
    }
}

/// Where an item stands: the place it names itself, else the place it was read at.
fn place(item: &Item) -> (String, Option<u32>) {
    let path = item
        .get("path")
        .as_text()
        .map_or_else(|| item.source.path.clone(), str::to_owned);
    let named = item
        .get("line")
        .as_int()
        .and_then(|line| u32::try_from(line).ok());
    let read = if path == item.source.path {
        item.source.line_number()
    } else {
        None
    };
    (path, named.or(read))
}

/// A deviation of the population as a whole: something had to be there and is not.
pub(super) fn of_population(
    bench: &Bench<'_>,
    attribute: &str,
    relation: &Relation,
    observed: &str,
    required: &str,
) -> Deviation {
    Deviation {
        attribute: attribute.to_owned(),
        place: String::new(),
        path: String::new(),
        line: None,
        column: None,
        fingerprint: fingerprint(bench.control, attribute, relation.name, "", &[]),
        item: Vec::new(),
        observed: vec![(relation.noun.1.to_owned(), observed.to_owned())],
        required: required.to_owned(),
        waiver: None,
    }
}

/// The same for the same deviation in another run: without the line, which moves.
fn fingerprint(
    control: &Control,
    attribute: &str,
    relation: &str,
    path: &str,
    shown: &[(String, String)],
) -> Digest {
    let mut text = format!("{}\0{attribute}\0{relation}\0{path}", control.id);
    for (field, value) in shown {
        text.push('\0');
        text.push_str(field);
        text.push('=');
        text.push_str(value);
    }
    sha256(text.as_bytes())
}

/// Gives deviations that are alike different fingerprints, by their order.
pub(super) fn number_alike(deviations: &mut [Deviation]) {
    let mut seen: BTreeMap<Digest, u32> = BTreeMap::new();
    for deviation in deviations {
        let count = seen.entry(deviation.fingerprint).or_default();
        *count += 1;
        if *count > 1 {
            let text = format!("{}\0{count}", deviation.fingerprint);
            deviation.fingerprint = sha256(text.as_bytes());
        }
    }
}
