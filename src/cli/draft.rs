//! `audit waivers --draft ID`: entries of a register for exceptions that no waiver covers. What a
//! person has to decide is left empty, and an entry with something empty covers nothing.

use std::fmt::Write as _;

use super::register::Register;
use crate::load::{Problem, WAIVERS};
use crate::model::result::Deviation;
use crate::model::run::Run;
use crate::model::text::{excerpt, visible};
use crate::render::table::places::Row;

/// The entries, one for each exception.
pub(super) fn entries(run: &Run, register: &Register, id: &str) -> Result<String, Vec<Problem>> {
    let result = run.results.iter().find(|result| result.control == id);
    let deviations = result.map_or(&[][..], |result| &result.deviations);
    let open: Vec<&Deviation> = deviations.iter().filter(|it| it.waiver.is_none()).collect();
    if open.is_empty() {
        let title = format!(
            "expected exceptions of {} that no waiver covers, found none (--draft)",
            excerpt(id)
        );
        let fix = format!("See audit explain {}.", excerpt(id));
        return Err(vec![Problem::new("waiver-draft", title, fix)]);
    }
    let days = run.control(id).map_or(0, |control| control.waiver_days);
    let today = run.as_of.day();
    let last = today.plus(days);
    let mut out = format!(
        "# For {WAIVERS}, below waivers: fill in what is empty. Another person approves it.\n"
    );
    for (number, deviation) in (next(register)..).zip(open) {
        let (id, fingerprint) = (visible(id), deviation.fingerprint.short());
        // Writing to memory does not fail.
        let _ = write!(
            out,
            "  # {}\n  - id: W-{number:03}\n    control: {id}\n    scope: {{ fingerprint: \
             \"{fingerprint}\" }}\n    reason:\n    owner:\n    approver:\n    issued: {today}\n    \
             expires: {last} # {days} days are the most that {id} allows\n",
            about(deviation)
        );
    }
    Ok(out)
}

/// Where it stands and what stands there, on one line of a comment.
fn about(deviation: &Deviation) -> String {
    let row = Row::of(deviation);
    let parts = std::iter::once(row.place).chain(row.cells);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("  ")
}

/// The number after the greatest of the register.
fn next(register: &Register) -> u32 {
    let numbers = register.waivers.iter().filter_map(|waiver| {
        let digits = waiver.id.strip_prefix("W-")?;
        digits.parse::<u32>().ok()
    });
    numbers.max().unwrap_or(0).saturating_add(1)
}
