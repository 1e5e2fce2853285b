//! What waivers do for a control, and what became of all of them.

use super::super::Closing;
use super::layout::{self, Text};
use super::paint::{Paint, Style};
use super::title::labelled;
use super::words::{count, number};
use crate::model::result::ControlResult;
use crate::model::run::Run;
use crate::model::text::visible;
use crate::model::waiver::{Waiver, WaiverState};

/// Writes the waivers of one control: those that cover something, then those that could have.
/// Answers whether there was any.
pub(super) fn block(
    out: &mut String,
    run: &Run,
    result: &ControlResult,
    style: &Style,
    closing: &Closing,
) -> bool {
    let mine = || {
        run.waivers
            .iter()
            .filter(|(waiver, _)| waiver.control == result.control)
    };
    for (waiver, _) in mine().filter(|(waiver, _)| covers(result, waiver) > 0) {
        layout::label(out, "waiver", &in_force(result, waiver, style), style);
        if let Some(instead) = &waiver.compensating {
            labelled(out, "instead", instead, style);
        }
    }
    for (waiver, state) in mine().filter(|(waiver, _)| covers(result, waiver) == 0) {
        layout::label(out, "waiver", &idle(run, waiver, *state, closing), style);
    }
    mine().next().is_some()
}

/// How many deviations of a result a waiver covers.
fn covers(result: &ControlResult, waiver: &Waiver) -> usize {
    result
        .waivers
        .iter()
        .filter(|used| used.id == waiver.id)
        .map(|used| used.covers)
        .sum()
}

/// `W-001 covers 2 of 2 to 2026-12-31 · owner maria · approved by jo · SEC-88`.
fn in_force(result: &ControlResult, waiver: &Waiver, style: &Style) -> Text {
    let until = waiver
        .expires
        .map_or(String::new(), |day| format!(" to {day}"));
    let mut text = Text::default()
        .painted(Paint::Cyan, visible(&waiver.id))
        .and(format!(
            " covers {} of {}{until}",
            number(covers(result, waiver)),
            number(result.deviations.len())
        ));
    let mut parts = vec![
        format!("owner {}", visible(&waiver.owner)),
        format!("approved by {}", visible(&waiver.approver)),
    ];
    parts.extend(waiver.ticket.as_deref().map(|t| visible(t).into_owned()));
    for part in parts {
        text = text.divided(style).whole(part);
    }
    text
}

/// Why a waiver of this control covers none of it.
fn idle(run: &Run, waiver: &Waiver, state: WaiverState, closing: &Closing) -> Text {
    let today = run.as_of.day();
    let id = format!("{} ", visible(&waiver.id));
    let text = Text::new(id);
    let text = match (state, waiver.issued, waiver.expires) {
        (WaiverState::Expired, _, Some(day)) => {
            let days = usize::try_from(today.days_since(day)).unwrap_or(0);
            text.painted(Paint::Yellow, "expired")
                .and(format!(" on {day}, {} before", count(days, "day", "days")))
        }
        (WaiverState::NotYet, Some(day), _) => {
            let days = usize::try_from(day.days_since(today)).unwrap_or(0);
            text.and(format!(
                "begins on {day}, {} after",
                count(days, "day", "days")
            ))
        }
        (WaiverState::NotOnBase, ..) => text.and(format!("does not stand on {}", base(closing))),
        (WaiverState::InForce, _, Some(day)) => {
            text.and(format!("is in force to {day} and matches nothing"))
        }
        _ => {
            let fault = waiver.faults.first().map_or("", String::as_str);
            let fault = visible(fault);
            let text = text.and("is ").painted(Paint::Yellow, "malformed");
            if fault.is_empty() {
                text
            } else {
                text.and(format!(": {fault}"))
            }
        }
    };
    let mark = if state == WaiverState::Malformed {
        ';'
    } else {
        ':'
    };
    text.and(format!(
        "{mark} it covers none ({}:{})",
        visible(&waiver.path),
        waiver.line
    ))
}

/// The branch that waivers count from.
fn base(closing: &Closing) -> String {
    closing.waivers_from.as_deref().map_or_else(
        || "the branch waivers count from".to_owned(),
        |base| visible(base).into_owned(),
    )
}

/// `Waivers: 4 · 1 in force · 1 expired · 1 matches nothing: W-003 · 1 not on origin/main: W-004`.
pub fn summary(run: &Run, closing: &Closing) -> Option<Vec<String>> {
    if run.waivers.is_empty() {
        return None;
    }
    let used = |waiver: &Waiver| run.results.iter().any(|result| covers(result, waiver) > 0);
    let ids = |wanted: &dyn Fn(&Waiver, WaiverState) -> bool| -> Vec<String> {
        run.waivers
            .iter()
            .filter(|(waiver, state)| wanted(waiver, *state))
            .map(|(waiver, _)| visible(&waiver.id).into_owned())
            .collect()
    };
    let is = |asked: WaiverState| move |_: &Waiver, state: WaiverState| state == asked;
    let mut parts = vec![format!("Waivers: {}", number(run.waivers.len()))];
    let mut say = |ids: &[String], one: &str, more: &str, named: bool| {
        if ids.is_empty() {
            return;
        }
        let words = if ids.len() == 1 { one } else { more };
        let names = if named {
            format!(": {}", ids.join(" "))
        } else {
            String::new()
        };
        parts.push(format!("{} {words}{names}", number(ids.len())));
    };
    let in_force = ids(&|waiver, state| state == WaiverState::InForce && used(waiver));
    say(&in_force, "in force", "in force", false);
    say(&ids(&is(WaiverState::Expired)), "expired", "expired", false);
    let unmatched = ids(&|waiver, state| state == WaiverState::InForce && !used(waiver));
    say(&unmatched, "matches nothing", "match nothing", true);
    let words = format!("not on {}", base(closing));
    say(&ids(&is(WaiverState::NotOnBase)), &words, &words, true);
    say(
        &ids(&is(WaiverState::NotYet)),
        "not yet in force",
        "not yet in force",
        true,
    );
    say(
        &ids(&is(WaiverState::Malformed)),
        "malformed",
        "malformed",
        true,
    );
    Some(parts)
}
