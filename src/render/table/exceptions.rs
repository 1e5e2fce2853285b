//! Exceptions noted: by severity, then id; those that are waived last.

use super::super::Closing;
use super::super::verdict::told;
use super::layout::{self, Text};
use super::paint::{Detail, Paint, Sign, Style};
use super::places::{self, Group, Row};
use super::title::{Title, labelled};
use super::waivers;
use super::words::count;
use crate::model::gap::{Cause, Gap};
use crate::model::result::{ControlResult, Deviation};
use crate::model::run::Run;
use crate::model::text::visible;

/// How many places are shown when they are all there is.
const ALL_PLACES: usize = 3;
/// How many places are shown when there are more.
const FIRST_PLACES: usize = 2;

/// Writes one block.
pub(super) fn block(
    out: &mut String,
    run: &Run,
    result: &ControlResult,
    style: &Style,
    closing: &Closing,
) {
    let sign = if result.waived {
        Sign::Waived
    } else {
        Sign::Exception
    };
    let control = run.control(&result.control);
    Title {
        sign,
        id: &result.control,
        severity: result.severity,
        about: control.map_or("", |control| &control.title),
    }
    .write(out, style);
    if style.detail == Detail::Quiet {
        return;
    }
    let mut last = None;
    for test in told(result) {
        // Two searches for what was not found at all read the same.
        let says = Some((&test.observed, &test.required));
        if says == last {
            continue;
        }
        labelled(out, "observed", &test.observed, style);
        labelled(out, "required", &test.required, style);
        last = says;
    }
    let left = shown_places(out, result, style);
    if !result.waived {
        labelled(
            out,
            "fix",
            control.map_or("", |control| &control.remediation),
            style,
        );
    }
    let waivers = waivers::block(out, run, result, style, closing);
    // Where a waiver says how many it covers, nothing is left to point at but what is not shown.
    if !waivers || left.places + left.gaps > 0 {
        more(out, result, &left, style);
    }
}

/// What was left out.
struct Left {
    places: usize,
    gaps: usize,
}

/// Writes the first places and the first gaps, and answers with how many there are besides.
fn shown_places(out: &mut String, result: &ControlResult, style: &Style) -> Left {
    let placed: Vec<&Deviation> = result
        .deviations
        .iter()
        .filter(|deviation| !deviation.place.is_empty() || adds(result, deviation))
        .collect();
    let rows: Vec<Row> = placed.iter().map(|deviation| Row::of(deviation)).collect();
    let gaps = first(result.gaps.len(), style);
    let mut groups = Vec::new();
    let mut left = Left {
        places: 0,
        gaps: result.gaps.len() - gaps,
    };
    if rows.iter().all(|row| row.cells.is_empty()) {
        let ranges = places::ranges(&placed);
        let shown = first(ranges.len(), style);
        left.places = ranges.len() - shown;
        let text = Text::list(style, ranges.into_iter().take(shown));
        layout::label(out, "where", &text, style);
    } else {
        let shown = first(rows.len(), style);
        left.places = rows.len() - shown;
        groups.push(Group {
            label: "where",
            rows: rows.into_iter().take(shown).collect(),
        });
    }
    for gap in result.gaps.iter().take(gaps) {
        let row = Row {
            place: visible(&gap.place).into_owned(),
            cells: vec![style.own(&visible(&gap.says))],
        };
        let label = unread(gap);
        match groups.last_mut().filter(|group| group.label == label) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group {
                label,
                rows: vec![row],
            }),
        }
    }
    places::write(out, &groups, style);
    left
}

/// Whether a deviation without a place says something that `observed` does not.
fn adds(result: &ControlResult, deviation: &Deviation) -> bool {
    deviation
        .item
        .iter()
        .any(|(_, value)| !result.tests.iter().any(|test| test.observed == *value))
}

fn first(all: usize, style: &Style) -> usize {
    if style.detail == Detail::Full || all <= ALL_PLACES {
        all
    } else {
        FIRST_PLACES
    }
}

/// The label of a gap that stands beside a deviation.
const fn unread(gap: &Gap) -> &'static str {
    match gap.cause {
        Cause::Unreadable | Cause::TooLarge => "not read",
        other => other.label(),
    }
}

fn more(out: &mut String, result: &ControlResult, left: &Left, style: &Style) {
    let mut rest = Vec::new();
    if left.places > 0 {
        rest.push(count(left.places, "more place", "more places"));
    }
    if left.gaps > 0 {
        rest.push(count(left.gaps, "more gap", "more gaps"));
    }
    let command = format!("audit explain {}", visible(&result.control));
    let text = if rest.is_empty() {
        Text::default().whole(command)
    } else {
        Text::new(format!("{}: ", rest.join(" and "))).whole(command)
    };
    layout::label(out, "more", &text, style);
}

/// The heading in bold.
pub(super) fn write_heading(out: &mut String, heading: &str, style: &Style) {
    out.push_str(&style.paint(Paint::Bold, heading));
    out.push('\n');
}
