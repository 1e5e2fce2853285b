//! Excerpts: the lines around a deviation, as they stand in the exhibit.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::exhibit::Exhibit;
use crate::model::result::{ControlResult, Deviation};
use crate::model::text::{excerpt, from_bytes};

use super::age;
use super::anchors::{Anchors, ExhibitLink};
use super::index;
use super::words;

/// How many deviations of a control are shown in their surroundings.
pub(super) const PLACES: usize = 12;

/// Lines before and after.
const AROUND: u32 = 2;

/// An excerpt of one exhibit.
#[derive(Serialize)]
pub(super) struct Plate<'r> {
    link: ExhibitLink,
    evidence: Option<&'r str>,
    ranges: String,
    total: String,
    producer: String,
    produced: String,
    level: &'static str,
    bound: &'static str,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    number: u32,
    text: String,
    hit: bool,
    /// What was left out before this line.
    skipped: Option<String>,
}

/// The excerpts of a control, and how many places they show.
pub(super) fn plates<'r>(
    anchors: &Anchors<'r>,
    result: &'r ControlResult,
) -> (Vec<Plate<'r>>, usize) {
    // A finding of a secret scanner points at the secret itself, which an excerpt would repeat.
    let secret = |relation: Option<&str>| relation.is_some_and(|name| name.starts_with("secrets."));
    if result.tests.iter().any(|test| secret(test.relation)) {
        return (Vec::new(), 0);
    }
    let mut hits: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut shown = 0;
    for deviation in result.deviations.iter().filter(|d| placed(anchors, d)) {
        if shown == PLACES {
            break;
        }
        shown += 1;
        if let Some(line) = deviation.line {
            hits.entry(&deviation.path).or_default().push(line);
        }
    }
    let plates = hits
        .into_iter()
        .filter_map(|(path, hits)| Some(plate(anchors, anchors.bundle.exhibit(path)?, &hits)))
        .collect();
    (plates, shown)
}

/// Whether a deviation stands on a line of an exhibit that has lines.
fn placed(anchors: &Anchors<'_>, deviation: &Deviation) -> bool {
    let Some(line) = deviation.line else {
        return false;
    };
    anchors
        .bundle
        .exhibit(&deviation.path)
        .is_some_and(|exhibit| {
            let count = line_count(exhibit);
            line > 0 && line <= count && !held(exhibit).contains(&0)
        })
}

/// The bytes of an exhibit. One that stays on disk has no lines to show here.
fn held(exhibit: &Exhibit) -> &[u8] {
    exhibit.content.held().unwrap_or_default()
}

fn line_count(exhibit: &Exhibit) -> u32 {
    let lines = held(exhibit).split_inclusive(|byte| *byte == b'\n');
    u32::try_from(lines.count()).unwrap_or(u32::MAX)
}

fn plate<'r>(anchors: &Anchors<'r>, exhibit: &'r Exhibit, hits: &[u32]) -> Plate<'r> {
    let total = line_count(exhibit);
    let wanted = |number: u32| hits.iter().any(|hit| hit.abs_diff(number) <= AROUND);
    let mut lines: Vec<Line> = Vec::new();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    let content = held(exhibit).split(|byte| *byte == b'\n');
    for (number, bytes) in (1..=total)
        .zip(content)
        .filter(|(number, _)| wanted(*number))
    {
        let skipped = match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => {
                *last = number;
                None
            }
            Some((_, last)) => {
                let skipped = between(*last + 1, number - 1);
                ranges.push((number, number));
                Some(skipped)
            }
            None => {
                ranges.push((number, number));
                None
            }
        };
        let text = from_bytes(bytes.strip_suffix(b"\r").unwrap_or(bytes));
        lines.push(Line {
            number,
            text: shown(&text),
            hit: hits.contains(&number),
            skipped,
        });
    }
    let ranges: Vec<String> = ranges.iter().map(|(from, to)| range(*from, *to)).collect();
    Plate {
        link: anchors.exhibit(&exhibit.path),
        evidence: anchors.bundle.evidence_path(&exhibit.path),
        ranges: crate::model::text::joined(&ranges, "and"),
        total: words::grouped(usize::try_from(total).unwrap_or(usize::MAX)),
        producer: index::producer(exhibit),
        produced: exhibit
            .produced_at
            .as_deref()
            .map(words::time)
            .unwrap_or_default(),
        level: exhibit.level.name(),
        bound: age::bound(exhibit),
        lines,
    }
}

/// A long line is cut, and what is left out is counted; tabs of a short one stay.
fn shown(text: &str) -> String {
    if text.chars().count() > 200 {
        excerpt(text)
    } else {
        text.to_owned()
    }
}

fn range(from: u32, to: u32) -> String {
    if from == to {
        from.to_string()
    } else {
        format!("{from}–{to}")
    }
}

fn between(from: u32, to: u32) -> String {
    if from == to {
        format!("line {from} is not shown here")
    } else {
        format!("lines {from}–{to} are not shown here")
    }
}
