//! Where deviations lie among the items read: every item a stroke, deviations raised, files below.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::result::ControlResult;
use crate::model::text::joined;

use super::anchors::Anchors;
use super::words;

/// How many items are drawn one by one; more are drawn as a density.
const STROKES: usize = 200;

/// How many items a figure names in its text.
const NAMED: usize = 24;

/// The least share of the figure that has room for a label, in hundredths of a percent.
const ROOM: usize = 2_200;

/// The most files that get a span of their own.
const SPANS: usize = 40;

/// The figure.
#[derive(Serialize)]
pub(super) struct Axis {
    items: String,
    deviations: String,
    title: String,
    strokes: Vec<String>,
    marks: Vec<Mark>,
    bars: Vec<Bar>,
    spans: Vec<Span>,
}

/// A deviation among few items.
#[derive(Serialize)]
struct Mark {
    at: String,
    waived: bool,
}

/// The deviations among some of many items.
#[derive(Serialize)]
struct Bar {
    at: String,
    top: usize,
    height: usize,
}

/// The items of one file.
#[derive(Serialize)]
struct Span {
    from: String,
    to: String,
    label: String,
    range: String,
}

/// The figure of a result, where one population was looked at item by item and every deviation can
/// be found among its items.
pub(super) fn axis(anchors: &Anchors<'_>, result: &ControlResult) -> Option<Axis> {
    let [test] = result.tests.as_slice() else {
        return None;
    };
    let population = anchors.run().facts.get(test.relation?)?;
    let items = &population.items;
    if items.len() < population.count().max(3) || result.deviations.is_empty() {
        return None;
    }
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        if places.insert(item.source.place_text(), at).is_some() {
            return None;
        }
    }
    let found: Option<Vec<(usize, bool)>> = result
        .deviations
        .iter()
        .map(|deviation| Some((*places.get(&deviation.place)?, deviation.waiver.is_some())))
        .collect();
    let mut found = found?;
    found.sort_unstable();
    found.dedup();
    let total = items.len();
    let many = total > STROKES;
    let deviates = |at: usize| found.binary_search_by_key(&at, |(at, _)| *at).is_ok();
    let paths: Vec<&str> = items.iter().map(|item| item.source.path.as_str()).collect();
    Some(Axis {
        items: words::grouped(total),
        deviations: words::grouped(found.len()),
        title: title(total, &found),
        strokes: (0..if many { 0 } else { total })
            .filter(|at| !deviates(*at))
            .map(|at| middle(at, total))
            .collect(),
        marks: found
            .iter()
            .take(if many { 0 } else { total })
            .map(|(at, waived)| Mark {
                at: middle(*at, total),
                waived: *waived,
            })
            .collect(),
        bars: if many {
            bars(&found, total)
        } else {
            Vec::new()
        },
        spans: spans(&paths),
    })
}

/// The figure in words, for who cannot see it.
fn title(total: usize, found: &[(usize, bool)]) -> String {
    let name = |(at, waived): &(usize, bool)| {
        let number = words::grouped(at + 1);
        if *waived {
            format!("{number} (waived)")
        } else {
            number
        }
    };
    let mut names: Vec<String> = found.iter().take(NAMED).map(name).collect();
    if found.len() > NAMED {
        names.push(format!("{} more", words::grouped(found.len() - NAMED)));
    }
    let (noun, verb) = if found.len() == 1 {
        ("Item", "deviates")
    } else {
        ("Items", "deviate")
    };
    format!(
        "Items 1 to {} in the order read. {noun} {} {verb}.",
        words::grouped(total),
        joined(&names, "and")
    )
}

fn middle(at: usize, total: usize) -> String {
    share(2 * at + 1, 2 * total)
}

/// A part of the whole as a length.
fn share(part: usize, whole: usize) -> String {
    let hundredths = part * 10_000 / whole.max(1);
    words::length(i64::try_from(hundredths).unwrap_or(10_000))
}

fn bars(found: &[(usize, bool)], total: usize) -> Vec<Bar> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, _) in found {
        *counts.entry(at * STROKES / total).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(1);
    counts
        .into_iter()
        .map(|(bin, count)| {
            // From 4 to 28 units high, so that a single one is seen.
            let height = 4 + 24 * count / most;
            Bar {
                at: middle(bin, STROKES),
                top: 42 - height,
                height,
            }
        })
        .collect()
}

/// The files that the items stand in, as far as they stand together.
fn spans(paths: &[&str]) -> Vec<Span> {
    let mut runs: Vec<(&str, usize, usize)> = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        match runs.last_mut() {
            Some((last, _, to)) if last == path => *to = at,
            _ => runs.push((path, at, at)),
        }
    }
    if runs.len() > SPANS || runs.iter().any(|(path, ..)| path.is_empty()) {
        return Vec::new();
    }
    let total = paths.len();
    runs.into_iter()
        .map(|(path, from, to)| {
            let room = (to + 1 - from) * 10_000 / total >= ROOM;
            let name = path.rsplit('/').next().unwrap_or(path);
            let short: String = name.chars().take(16).collect();
            Span {
                from: share(10 * from + 1, 10 * total),
                to: share(10 * to + 9, 10 * total),
                label: if room { short } else { String::new() },
                range: if room && from < to {
                    format!("{}–{}", words::grouped(from + 1), words::grouped(to + 1))
                } else if room {
                    words::grouped(from + 1)
                } else {
                    String::new()
                },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::model::control::Severity;
    use crate::model::fact::{Item, Source};
    use crate::model::relations::WORKFLOW_USES;
    use crate::seal::Bundle;

    fn drawn(items: u32) -> Option<Axis> {
        let mut run = sample::run();
        let uses = run.facts.get_mut("workflow.uses").expect("facts");
        uses.items = (1..=items)
            .map(|line| Item::new(&WORKFLOW_USES, Source::place(sample::WORKFLOW, line, 9)))
            .collect();
        let bundle = Bundle::new(run, Severity::Low);
        axis(&Anchors::of(&bundle), bundle.run().results.first()?)
    }

    #[test]
    fn each_item_is_a_stroke_and_each_deviation_a_mark() {
        let axis = drawn(80).expect("a figure");
        assert_eq!(
            (axis.strokes.len(), axis.marks.len(), axis.bars.len()),
            (76, 4, 0)
        );
        assert_eq!(
            axis.title,
            "Items 1 to 80 in the order read. Items 22 (waived), 40, 41 and 58 deviate."
        );
        assert_eq!(
            (axis.spans.len(), axis.spans[0].range.as_str()),
            (1, "1–80")
        );
    }

    #[test]
    fn many_items_are_drawn_as_a_density() {
        let axis = drawn(50_000).expect("a figure");
        assert_eq!(
            (axis.strokes.len(), axis.marks.len(), axis.bars.len()),
            (0, 0, 1)
        );
    }

    #[test]
    fn a_deviation_that_is_no_item_leaves_the_figure_out() {
        assert!(drawn(30).is_none());
    }
}
