//! Reports of another commit than the examined one: those that name it, and those that are older
//! than the examined one and name none.

use std::collections::BTreeMap;

use super::{World, is_of_a_commit, note, set_distance, short, text};
use crate::collect::Sink;
use crate::collect::reports::search::report_relations;
use crate::git::Known;
use crate::model::fact::Item;
use crate::model::time::Moment;
use crate::model::value::Value;

/// How many commits are looked up. Reports that name more are there to keep us busy.
const LOOKED_UP: usize = 50;

/// Says of each report that names another commit how far back that one lies, and whether its
/// sources are the same: then a control may take the report all the same.
pub(super) fn named(world: &World<'_>, sink: &mut Sink) {
    let Some(head) = world.head() else { return };
    let mut known: BTreeMap<String, Option<Known>> = BTreeMap::new();
    for relation in report_relations() {
        for item in sink.items_mut(relation) {
            let named = text(item, "commit").filter(|named| *named != head);
            let Some(named) = named.map(str::to_owned) else {
                continue;
            };
            if !known.contains_key(&named) && known.len() < LOOKED_UP {
                known.insert(named.clone(), world.past(&named));
            }
            let past = known.get(&named).and_then(Option::as_ref);
            describe(item, &named, past, world);
        }
    }
}

fn describe(item: &mut Item, named: &str, past: Option<&Known>, world: &World<'_>) {
    let since = past.filter(|past| world.is_same(past));
    let since = since.and_then(|past| past.committed_at);
    item.set("same_sources_since", since.map(|since| since.to_string()));
    set_distance(item, past);
    let named = short(named);
    let says = match past {
        None => format!("it names {named}, which this clone does not hold"),
        Some(_) if since.is_some() => {
            format!("it names {named}, another commit with the same sources")
        }
        Some(_) => format!("it names {named}, a commit with other sources"),
    };
    item.set("binding", says);
}

/// Says of each report that names no commit, and no record of whose run does, when it says that it
/// was made before the examined commit was. A time without a zone has to be older in every zone.
pub(super) fn older(world: &World<'_>, sink: &mut Sink) {
    let head = world.repository.and_then(|it| it.head.as_ref());
    let Some(committed) = head.and_then(|head| head.committed_at) else {
        return;
    };
    for relation in report_relations().filter(|relation| is_of_a_commit(relation)) {
        for item in sink.items_mut(relation) {
            let bound = ["commit", "recorded_commit"];
            if bound.iter().any(|field| text(item, field).is_some()) {
                continue;
            }
            let made = text(item, "produced_at").map(str::to_owned);
            let Some(made) = made.filter(|made| is_before(made, committed)) else {
                continue;
            };
            item.set("older_than_commit", Value::from(committed.to_string()));
            note(
                item,
                format!("It was made on {made}, before the examined commit of {committed}."),
            );
        }
    }
}

fn is_before(made: &str, committed: Moment) -> bool {
    Moment::latest(made).is_some_and(|made| made < committed)
}
