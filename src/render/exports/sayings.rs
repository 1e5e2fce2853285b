//! What is said of a deviation, a gap and a waiver, in one sentence that stands alone.

use crate::model::gap::Gap;
use crate::model::result::{ControlResult, Deviation};
use crate::model::run::Run;
use crate::model::text::{excerpt, visible};
use crate::model::waiver::{Waiver, WaiverState};
use crate::render::causes::reason;
use crate::render::table::places::Row;

/// What stands there, and what the test saw of it: `actions/checkout@v4: pin tag`.
pub(super) fn found(deviation: &Deviation) -> String {
    let what = Row::of(deviation).cells.join(", ");
    let seen: Vec<String> = deviation
        .observed
        .iter()
        .map(|(field, value)| {
            let value = if value.is_empty() { "none" } else { value };
            format!("{} {}", visible(field), excerpt(value))
        })
        .collect();
    let said: Vec<String> = [what, seen.join(", ")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    if said.is_empty() {
        visible(&deviation.attribute).into_owned()
    } else {
        said.join(": ")
    }
}

/// The same with what was required.
pub(super) fn deviation(deviation: &Deviation) -> String {
    format!(
        "{} Required: {}",
        sentence(&found(deviation)),
        sentence(&deviation.required)
    )
}

/// What is said of a deviation behind where it stands, with what waives it.
pub(super) fn placed(deviation: &Deviation, said: &str) -> String {
    let waived = deviation
        .waiver
        .as_ref()
        .map_or_else(String::new, |id| format!(" (waived by {id})"));
    let at = if deviation.place.is_empty() {
        String::new()
    } else {
        format!("{}: ", deviation.place)
    };
    format!("{at}{said}{waived}")
}

/// The place, the cause and what to do about it.
pub(super) fn gap(gap: &Gap) -> String {
    let said = sentence(&format!("{}: {}", gap.cause.label(), gap.line()));
    if gap.remedy.is_empty() {
        said
    } else {
        format!("{said} {}", visible(&gap.remedy))
    }
}

/// Why a control was not tested: every gap or, without one, its own reason.
pub(super) fn untested(result: &ControlResult) -> String {
    if result.gaps.is_empty() {
        return sentence(reason(result));
    }
    let gaps: Vec<String> = result.gaps.iter().map(gap).collect();
    gaps.join(" ")
}

/// What was observed and required, as the test that tells the result says it.
pub(super) fn observed(result: &ControlResult) -> String {
    if let Some(reason) = &result.reason {
        return sentence(reason);
    }
    let Some(test) = result.telling() else {
        return sentence(result.outcome.words());
    };
    format!(
        "Observed: {} Required: {}",
        sentence(&test.observed),
        sentence(&test.required)
    )
}

/// The waivers of a control: those in force with what they cover, the others with why they cover
/// nothing.
pub(super) fn waivers<'r>(
    run: &'r Run,
    control: &'r str,
) -> impl Iterator<Item = &'r (Waiver, WaiverState)> {
    run.waivers
        .iter()
        .filter(move |(waiver, _)| waiver.control == control)
}

/// The waiver of a deviation.
pub(super) fn waiver_of<'r>(run: &'r Run, id: &str) -> Option<&'r Waiver> {
    let found = run.waivers.iter().find(|(waiver, _)| waiver.id == id);
    found.map(|(waiver, _)| waiver)
}

/// Who accepted what until when, and why: `Waived by W-001 to 2026-12-31, …`.
pub(super) fn accepted(waiver: &Waiver) -> String {
    let until = waiver
        .expires
        .map_or_else(String::new, |day| format!(" to {day}"));
    let compensating = waiver
        .compensating
        .as_deref()
        .map_or_else(String::new, |it| format!(" Compensating: {}", sentence(it)));
    format!(
        "Waived by {}{until}, owner {}, approved by {}. {}{compensating}",
        visible(&waiver.id),
        visible(&waiver.owner),
        visible(&waiver.approver),
        sentence(&waiver.reason)
    )
}

/// The same for one that is not in force: `Waiver W-002 is expired and covers nothing.`
pub(super) fn void(waiver: &Waiver, state: WaiverState) -> String {
    let said = match state {
        WaiverState::InForce => return accepted(waiver),
        WaiverState::NotYet => "does not hold yet",
        WaiverState::Expired => "is expired",
        WaiverState::Malformed => "is malformed",
        WaiverState::NotOnBase => "does not stand on the branch that waivers count from",
    };
    format!("Waiver {} {said} and covers nothing.", visible(&waiver.id))
}

/// A text with a full stop, on one line.
pub(super) fn sentence(text: &str) -> String {
    let shown = visible(text.trim());
    if shown.is_empty() || shown.ends_with(['.', '!', '?', '…']) {
        shown.into_owned()
    } else {
        format!("{shown}.")
    }
}

/// At most so many characters of a text.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.char_indices().nth(most).is_none() {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{head}…")
}
