//! What changed from one run to another.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::side::{Control, Deviation, Gap, Outcome, Parameter, Side, Waiver};
use crate::model::control::stricter;

/// Everything that changed.
#[derive(Debug, Default, Serialize)]
pub(super) struct Difference {
    /// What makes a comparison of little worth.
    pub(super) notices: Vec<String>,
    /// Controls with another result, or with other deviations or gaps; the worse first.
    pub(super) results: Vec<Change>,
    /// Controls that are as they were.
    pub(super) same: usize,
    /// Parameters with another value.
    pub(super) parameters: Vec<Changed>,
    /// Controls whose definition changed.
    pub(super) definitions: Vec<String>,
    /// Waivers that were added, taken away, or changed.
    pub(super) waivers: Vec<WaiverChange>,
    /// The files that were read.
    pub(super) evidence: Evidence,
}

/// Which way a result went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Way {
    /// Exceptions that were not there, or no result any more.
    Worse,
    /// It was tested, and is not.
    Untested,
    /// Something else than before, and neither better nor worse by itself.
    Other,
    /// Tested now, or without exceptions that were there.
    Better,
}

/// What became of a control.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    pub(super) control: String,
    pub(super) way: Way,
    /// The result before; none where the control was not examined.
    pub(super) was: Option<String>,
    /// The result now; none where the control is not examined any more.
    pub(super) now: Option<String>,
    /// Places of deviations that were not there.
    pub(super) new: Vec<String>,
    /// Places of deviations that are not there any more, where the file was read again.
    pub(super) gone: Vec<String>,
    /// The same where the file was not read again: it may be gone, or was not looked at.
    pub(super) unseen: Vec<String>,
    /// Places of deviations that a waiver covered and none covers any more.
    pub(super) uncovered: Vec<String>,
    /// Gaps that were not there.
    pub(super) gaps: Vec<String>,
}

/// A parameter with another value.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    pub(super) control: String,
    pub(super) parameter: String,
    pub(super) was: String,
    pub(super) now: String,
    /// Whether it asks for less than before; none where neither asks for more.
    pub(super) looser: Option<bool>,
    /// Who set it.
    pub(super) set_by: Option<String>,
}

/// What became of a waiver.
#[derive(Debug, Serialize)]
pub(super) struct WaiverChange {
    pub(super) id: String,
    pub(super) control: String,
    pub(super) was: Option<String>,
    pub(super) now: Option<String>,
    /// What stands in the entry that is not the same, where it stood there before.
    pub(super) fields: Vec<Reworded>,
}

/// What an entry of the register says in other words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Reworded {
    pub(super) field: &'static str,
    pub(super) was: Option<String>,
    pub(super) now: Option<String>,
}

/// The files that were read, shipped or not.
#[derive(Debug, Default, Serialize)]
pub(super) struct Evidence {
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) changed: Vec<String>,
    pub(super) same: usize,
}

impl Difference {
    /// What changed from one run to the next.
    pub(super) fn of(was: &Side, now: &Side) -> Self {
        let mut difference = Self {
            notices: notices(was, now),
            waivers: waivers(was, now),
            evidence: evidence(was, now),
            ..Self::default()
        };
        for control in was.examined(now) {
            match change(control, was, now) {
                Some(change) => difference.results.push(change),
                None => difference.same += 1,
            }
        }
        difference.results.sort_by_key(|change| change.way);
        for (before, after) in controls(was, now) {
            if before.sha256 != after.sha256 {
                difference.definitions.push(after.id.clone());
            }
            difference.parameters.extend(parameters(before, after));
        }
        difference
    }

    /// How many results went a way.
    pub(super) fn count(&self, way: Way) -> usize {
        self.results.iter().filter(|it| it.way == way).count()
    }

    /// How many parameters ask for less.
    pub(super) fn looser(&self) -> usize {
        let looser = self.parameters.iter().filter(|it| it.looser == Some(true));
        looser.count()
    }

    /// Whether anything is worse: a result, or what is asked for.
    pub(super) fn is_worse(&self) -> bool {
        self.count(Way::Worse) + self.count(Way::Untested) + self.looser() > 0
    }
}

/// Runs that are not of the same thing.
fn notices(was: &Side, now: &Side) -> Vec<String> {
    let mut notices = Vec::new();
    let of = |side: &Side| format!("{} {}", side.subject.name, side.subject.scope);
    if of(was) != of(now) {
        notices.push(format!(
            "The runs are of two repositories or folders: {} and {}.",
            of(was).trim(),
            of(now).trim()
        ));
    }
    if was.catalogue.name != now.catalogue.name {
        notices.push(format!(
            "The runs are against two catalogues: {} and {}.",
            was.catalogue.name, now.catalogue.name
        ));
    }
    if was.as_of > now.as_of {
        notices.push(format!(
            "The first run is the later one: {}, then {}.",
            was.as_of, now.as_of
        ));
    }
    if !was.only.is_empty() || !now.only.is_empty() {
        notices.push("A run looked at some controls only.".to_owned());
    }
    notices
}

fn change(control: &str, was: &Side, now: &Side) -> Option<Change> {
    let (before, after) = (was.result(control), now.result(control));
    let (old, new) = (deviations(before), deviations(after));
    let mut change = Change {
        control: control.to_owned(),
        way: way(before, after),
        was: before.map(state),
        now: after.map(state),
        new: Vec::new(),
        gone: Vec::new(),
        unseen: Vec::new(),
        uncovered: Vec::new(),
        gaps: new_gaps(before, after),
    };
    for (fingerprint, deviation) in &new {
        match old.get(fingerprint) {
            None => change.new.push(deviation.place.clone()),
            Some(known) if known.waiver.is_some() && deviation.waiver.is_none() => {
                change.uncovered.push(deviation.place.clone());
            }
            Some(_) => {}
        }
    }
    for (fingerprint, deviation) in &old {
        let read = now.files.contains_key(&deviation.path);
        if !new.contains_key(fingerprint) {
            let places = if read {
                &mut change.gone
            } else {
                &mut change.unseen
            };
            places.push(deviation.place.clone());
        }
    }
    for places in [&mut change.new, &mut change.gone, &mut change.unseen] {
        places.sort();
    }
    if change.was != change.now {
        return Some(change);
    }
    // The same result may stand for more or fewer deviations.
    let more = !change.new.is_empty() || !change.uncovered.is_empty();
    let fewer = !change.gone.is_empty() || !change.unseen.is_empty();
    change.way = match (more, fewer) {
        (true, _) => Way::Worse,
        (false, true) => Way::Better,
        (false, false) if change.gaps.is_empty() => return None,
        (false, false) => Way::Other,
    };
    Some(change)
}

/// The deviations of a result, by what tells them apart.
fn deviations(of: Option<&Outcome>) -> BTreeMap<&str, &Deviation> {
    let deviations = of.map_or(&[][..], |of| of.deviations.as_slice());
    deviations
        .iter()
        .map(|deviation| (deviation.fingerprint.as_str(), deviation))
        .collect()
}

/// Which way a result went, by itself.
fn way(before: Option<&Outcome>, after: Option<&Outcome>) -> Way {
    let rank = |of: &Outcome| match of.came_to.as_str() {
        "exceptions-noted" if of.waived => Rank::Waived,
        "exceptions-noted" => Rank::Exceptions,
        "not-tested" => Rank::NotTested,
        _ => Rank::Clean,
    };
    let (before, after) = match (before.map(rank), after.map(rank)) {
        (Some(before), Some(after)) => (before, after),
        (Some(_), None) => return Way::Worse,
        (None, _) => return Way::Other,
    };
    match after {
        _ if before == after => Way::Other,
        Rank::NotTested => Way::Untested,
        Rank::Exceptions => Way::Worse,
        Rank::Waived if before == Rank::Clean => Way::Worse,
        Rank::Waived => Way::Other,
        Rank::Clean => Way::Better,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rank {
    Clean,
    Waived,
    NotTested,
    Exceptions,
}

/// A result in words.
fn state(of: &Outcome) -> String {
    let words = match of.came_to.as_str() {
        "exceptions-noted" if of.waived => "exceptions noted, all waived",
        "exceptions-noted" => "exceptions noted",
        "no-exceptions-noted" => "none noted",
        "not-tested" => "not tested",
        "did-not-occur" => "did not occur",
        "not-applicable" => "not applicable",
        other => other,
    };
    words.to_owned()
}

fn new_gaps(before: Option<&Outcome>, after: Option<&Outcome>) -> Vec<String> {
    let of = |of: Option<&Outcome>| -> BTreeSet<String> {
        let gaps = of.map_or(&[][..], |of| of.gaps.as_slice());
        let line = |it: &Gap| match it.place.as_str() {
            "" => it.says.clone(),
            place => format!("{place}: {}", it.says),
        };
        gaps.iter().map(line).collect()
    };
    of(after).difference(&of(before)).cloned().collect()
}

/// The controls that stand in both runs.
fn controls<'s>(was: &'s Side, now: &'s Side) -> Vec<(&'s Control, &'s Control)> {
    let before: BTreeMap<&str, &Control> =
        was.controls.iter().map(|it| (it.id.as_str(), it)).collect();
    let pair = |it: &'s Control| Some((*before.get(it.id.as_str())?, it));
    now.controls.iter().filter_map(pair).collect()
}

fn parameters(before: &Control, after: &Control) -> Vec<Changed> {
    let changed = |now: &Parameter| {
        let was = before.parameters.iter().find(|it| it.name == now.name)?;
        if was.value() == now.value() {
            return None;
        }
        Some(Changed {
            control: after.id.clone(),
            parameter: now.name.clone(),
            was: was.shown(),
            now: now.shown(),
            looser: stricter(now.direction(), &was.value(), &now.value()),
            set_by: now
                .set_by
                .as_ref()
                .map(|by| format!("{}:{}", by.path, by.line)),
        })
    };
    after.parameters.iter().filter_map(changed).collect()
}

fn waivers(was: &Side, now: &Side) -> Vec<WaiverChange> {
    let of = |side: &'_ Side| -> BTreeMap<(String, String), usize> {
        let each = side.waivers.iter().enumerate();
        each.map(|(at, it)| ((it.id.clone(), it.control.clone()), at))
            .collect()
    };
    let (old, new) = (of(was), of(now));
    let keys: BTreeSet<&(String, String)> = old.keys().chain(new.keys()).collect();
    let change = |key: &&(String, String)| {
        let old = old.get(*key).and_then(|at| was.waivers.get(*at));
        let new = new.get(*key).and_then(|at| now.waivers.get(*at));
        WaiverChange {
            id: key.0.clone(),
            control: key.1.clone(),
            was: old.map(waiver_words),
            now: new.map(waiver_words),
            fields: old.zip(new).map_or_else(Vec::new, reworded),
        }
    };
    let changes = keys.iter().map(change);
    changes
        .filter(|it| it.was != it.now || !it.fields.is_empty())
        .collect()
}

/// What an entry says in other words than before.
fn reworded((was, now): (&Waiver, &Waiver)) -> Vec<Reworded> {
    let pairs = was.said().into_iter().zip(now.said());
    pairs
        .filter(|((_, was), (_, now))| was != now)
        .map(|((field, was), (_, now))| Reworded { field, was, now })
        .collect()
}

/// `in force to 2026-12-31, covers 2, approved by jo`.
fn waiver_words(waiver: &Waiver) -> String {
    let day = waiver.expires.as_deref().unwrap_or("no day");
    let state = match waiver.state.as_str() {
        "in-force" => format!("in force to {day}"),
        "expired" => format!("expired {day}"),
        other => other.replace('-', " "),
    };
    format!(
        "{state}, covers {}, approved by {}",
        waiver.covers(),
        waiver.approver
    )
}

fn evidence(was: &Side, now: &Side) -> Evidence {
    let mut evidence = Evidence::default();
    for (path, digest) in &now.files {
        match was.files.get(path) {
            None => evidence.added.push(path.clone()),
            Some(before) if before != digest => evidence.changed.push(path.clone()),
            Some(_) => evidence.same += 1,
        }
    }
    let removed = was
        .files
        .keys()
        .filter(|path| !now.files.contains_key(*path));
    evidence.removed.extend(removed.cloned());
    evidence
}
