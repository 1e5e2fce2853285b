//! A difference as a person reads it.

use super::compare::{Change, Changed, Difference, Evidence, Reworded, WaiverChange, Way};
use super::side::Side;
use crate::model::text::{excerpt, visible};
use crate::render::table::layout::{pad, width, write};
use crate::render::table::{Detail, Paint, Sign, Style, Text, count, number, plural};

/// How many places or files are named without `-v`.
const NAMED: usize = 3;

/// The whole answer; what is worse stands first, the counts last.
pub(super) fn text(was: &Side, now: &Side, difference: &Difference, style: &Style) -> String {
    let mut out = String::new();
    for (label, side) in [("from", was), ("to", now)] {
        line(&mut out, label, &run(side, style), style);
    }
    for notice in &difference.notices {
        line(&mut out, "note", &Text::new(visible(notice)), style);
    }
    out.push('\n');
    let column = ids(difference) + 2;
    for change in &difference.results {
        result(&mut out, change, column, style);
    }
    for changed in &difference.parameters {
        parameter(&mut out, changed, column, style);
    }
    for waiver in &difference.waivers {
        entry(&mut out, waiver, column, style);
    }
    for control in &difference.definitions {
        let text = Text::new("its definition is another one than before");
        titled(&mut out, " ", control, &text, column, style);
    }
    evidence(&mut out, &difference.evidence, style);
    write(&mut out, &counts(difference, style), style, 0, 0);
    out
}

/// `2026-10-02T06:30:00Z · ledger at 9f2c1ab4d6e0, changed since · soc2 1.0.0 · audit 0.1.0`.
fn run(side: &Side, style: &Style) -> Text {
    let commit = side.subject.commit.as_deref();
    let commit = commit.map_or_else(
        || "no commit".to_owned(),
        |it| it.chars().take(12).collect(),
    );
    let changed = if side.subject.dirty {
        ", with changes"
    } else {
        ""
    };
    let parts = [
        side.as_of.clone(),
        format!("{} at {commit}{changed}", excerpt(&side.subject.name)),
        format!("{} {}", side.catalogue.name, side.catalogue.version),
        format!("audit {}", side.tool.version),
    ];
    Text::list(style, parts.map(|part| visible(&part).into_owned()))
}

fn line(out: &mut String, label: &str, text: &Text, style: &Style) {
    out.push_str(&pad(label, 10));
    write(out, text, style, 10, 10);
}

/// The columns that the longest id takes, with the sign before it.
fn ids(difference: &Difference) -> usize {
    let results = difference.results.iter().map(|it| it.control.as_str());
    let parameters = difference.parameters.iter().map(|it| it.control.as_str());
    let waivers = difference.waivers.iter().map(|it| it.id.as_str());
    let definitions = difference.definitions.iter().map(String::as_str);
    let all = results.chain(parameters).chain(waivers).chain(definitions);
    all.map(|id| width(&visible(id))).max().unwrap_or(0) + 2
}

fn titled(out: &mut String, sign: &str, id: &str, text: &Text, column: usize, style: &Style) {
    out.push_str(sign);
    out.push(' ');
    out.push_str(&pad(&visible(id), column - 2));
    write(out, text, style, column, column);
}

fn result(out: &mut String, change: &Change, column: usize, style: &Style) {
    let sign = match change.way {
        Way::Worse => Sign::Exception.shown(style),
        Way::Untested => Sign::Gap.shown(style),
        Way::Other => style.paint(Paint::Yellow, "!"),
        Way::Better => " ".to_owned(),
    };
    let mut parts = vec![state(change)];
    if !change.new.is_empty() {
        parts.push(count(change.new.len(), "new deviation", "new deviations"));
    }
    if !change.uncovered.is_empty() {
        let number = number(change.uncovered.len());
        parts.push(format!("{number} that no waiver covers any more"));
    }
    parts.extend(gone(change));
    if !change.gaps.is_empty() {
        parts.push(count(change.gaps.len(), "new gap", "new gaps"));
    }
    let text = Text::list(style, parts);
    titled(out, &sign, &change.control, &text, column, style);
    let lists = [
        ("new", &change.new),
        ("uncovered", &change.uncovered),
        ("gone", &change.gone),
        ("not read", &change.unseen),
        ("gap", &change.gaps),
    ];
    for (label, places) in lists {
        named(out, label, places, column, style);
    }
}

fn state(change: &Change) -> String {
    match (&change.was, &change.now) {
        (Some(was), Some(now)) if was == now => format!("{now}, as before"),
        (Some(was), Some(now)) => format!("{now}, was {was}"),
        (Some(was), None) => format!("not examined any more, was {was}"),
        (None, now) => {
            let now = now.as_deref().unwrap_or("no result");
            format!("{now}, was not examined")
        }
    }
}

/// What is said of deviations that are not there any more: a file that nobody read shows nothing.
fn gone(change: &Change) -> Option<String> {
    let unseen = change.unseen.len();
    let gone = change.gone.len() + unseen;
    if gone == 0 {
        return None;
    }
    let deviations = count(gone, "deviation", "deviations");
    Some(match unseen {
        _ if change.now.as_deref() == Some("not tested") => {
            format!("{deviations} no longer seen, which does not mean fixed")
        }
        0 => format!("{deviations} gone, {} read again", files(gone)),
        unseen if unseen == gone => format!("{deviations} gone, {} not read", files(gone)),
        unseen => format!("{deviations} gone, {} in files not read", number(unseen)),
    })
}

const fn files(count: usize) -> &'static str {
    plural(count, "the file was", "the files were")
}

/// The first of some places or files, or all with `-v`.
fn named(out: &mut String, label: &str, places: &[String], column: usize, style: &Style) {
    if style.detail == Detail::Quiet {
        return;
    }
    let most = if style.detail == Detail::Full {
        places.len()
    } else {
        NAMED
    };
    for place in places.iter().take(most) {
        let text = Text::default()
            .painted(Paint::Dim, pad(label, 10))
            .and(visible(place));
        out.push_str(&" ".repeat(column));
        write(out, &text, style, column, column + 10);
    }
    if let Some(left) = places.len().checked_sub(most).filter(|left| *left > 0) {
        let text = Text::new(format!("{}{} more: -v", pad("", 10), number(left)));
        out.push_str(&" ".repeat(column));
        write(out, &text, style, column, column + 10);
    }
}

fn parameter(out: &mut String, changed: &Changed, column: usize, style: &Style) {
    let (sign, way) = match changed.looser {
        Some(true) => (style.paint(Paint::Yellow, "!"), ", looser"),
        Some(false) => (" ".to_owned(), ", stricter"),
        None => (style.paint(Paint::Yellow, "!"), ""),
    };
    let by = changed.set_by.as_deref().unwrap_or("the catalogue");
    let parts = [
        format!(
            "parameter {} {} to {}{way}",
            changed.parameter,
            visible(&changed.was),
            visible(&changed.now)
        ),
        format!("set by {}", visible(by)),
    ];
    let text = Text::list(style, parts);
    titled(out, &sign, &changed.control, &text, column, style);
}

fn entry(out: &mut String, waiver: &WaiverChange, column: usize, style: &Style) {
    let state = match (&waiver.was, &waiver.now) {
        (Some(was), Some(now)) if was == now => now.clone(),
        (Some(was), Some(now)) => format!("{now}; was {was}"),
        (None, Some(now)) => format!("added: {now}"),
        (Some(was), None) => format!("taken away: {was}"),
        (None, None) => String::new(),
    };
    let text = format!("waiver of {}: {state}", waiver.control);
    let sign = style.paint(Paint::Yellow, "!");
    titled(
        out,
        &sign,
        &waiver.id,
        &Text::new(visible(&text)),
        column,
        style,
    );
    for Reworded { field, was, now } in &waiver.fields {
        let shown = |text: &Option<String>| text.as_deref().map_or_else(|| "none".into(), excerpt);
        let text = format!("{field}: {}, was {}", shown(now), shown(was));
        out.push_str(&" ".repeat(column));
        write(out, &Text::new(text), style, column, column + 2);
    }
}

fn evidence(out: &mut String, evidence: &Evidence, style: &Style) {
    let parts = [
        (evidence.changed.len(), "changed"),
        (evidence.added.len(), "added"),
        (evidence.removed.len(), "not read any more"),
        (evidence.same, "as before"),
    ];
    let total: usize = parts.iter().map(|(count, _)| count).sum();
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", number(*count)))
        .collect();
    let said = match parts.as_slice() {
        [] => "none was read".to_owned(),
        parts => parts.join(", "),
    };
    let text = Text::new(format!("{}: {said}", count(total, "file", "files")));
    line(out, "evidence", &text, style);
    if style.detail == Detail::Full {
        for (label, files) in [
            ("changed", &evidence.changed),
            ("added", &evidence.added),
            ("not read", &evidence.removed),
        ] {
            named(out, label, files, 10, style);
        }
    }
}

/// `60 controls: 1 worse, 1 no longer tested, 1 better, 57 as before · 1 parameter looser`.
fn counts(difference: &Difference, style: &Style) -> Text {
    let ways = [
        (Way::Worse, "worse"),
        (Way::Untested, "no longer tested"),
        (Way::Other, "otherwise changed"),
        (Way::Better, "better"),
    ];
    let mut parts: Vec<String> = ways
        .into_iter()
        .map(|(way, word)| (difference.count(way), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", number(count)))
        .collect();
    parts.push(format!("{} as before", number(difference.same)));
    let all = difference.results.len() + difference.same;
    let mut list = vec![format!(
        "{}: {}",
        count(all, "control", "controls"),
        parts.join(", ")
    )];
    if difference.looser() > 0 {
        let looser = count(difference.looser(), "parameter looser", "parameters looser");
        list.push(looser);
    }
    Text::list(style, list)
}
