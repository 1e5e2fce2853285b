//! `audit waivers`: every waiver with what it covers today, whether the register is sound, and a
//! draft of an entry. The controls that waivers name are examined; no bundle is written.

use std::path::PathBuf;

use super::conclusion::{Asked, Concluded, Only, conclude};
use super::register::{self, Register};
use super::style::Show;
use super::{Examined, Exit, draft, output, problems};
use crate::evaluate::covers;
use crate::load::{Problem, lapse};
use crate::model::result::{ControlResult, Outcome};
use crate::model::run::Run;
use crate::model::text::visible;
use crate::model::waiver::{Waiver, WaiverState};
use crate::render::Closing;
use crate::render::table::grid::{Fit, Grid};
use crate::render::table::{self, Style, Text, count, layout, number};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    examined: Examined,
    /// What to hold it against [soc2].
    #[arg(
        long,
        value_name = "NAME|DIR",
        default_value = "soc2",
        hide_default_value = true
    )]
    controls: String,
    /// One policy for many repositories.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Where approved waivers stand [in CI the base branch].
    #[arg(long, value_name = "REF", allow_hyphen_values = true)]
    waivers_from: Option<String>,
    /// End with 2 if one is malformed, is over, or covers nothing.
    #[arg(long, conflicts_with = "draft")]
    check: bool,
    /// Print entries for the exceptions of a control that no waiver covers.
    #[arg(long, value_name = "ID")]
    draft: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match attempt(arguments, show) {
        Ok(exit) => exit,
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn attempt(arguments: &Arguments, show: &Show) -> Result<Exit, Vec<Problem>> {
    let drafted: Vec<String> = arguments.draft.iter().cloned().collect();
    let asked = Asked {
        examined: &arguments.examined,
        catalogue: Some(&arguments.controls),
        policy: arguments.policy.as_deref(),
        period: None,
        only: match drafted.as_slice() {
            [] => Only::Waived,
            ids => Only::Given(ids, "--draft"),
        },
        waivers_from: arguments.waivers_from.as_deref(),
        out: None,
        signing: None,
        check_objects: false,
        show,
    };
    let Concluded { run, register } = conclude(&asked)?;
    if let Some(id) = &arguments.draft {
        output::out(&draft::entries(&run, &register, id)?);
        return Ok(Exit::Clean);
    }
    let from = run.waivers_from.as_ref();
    output::err(&from.map(register::notice).unwrap_or_default());
    output::out(&list(&run, &show.out()));
    let found = if arguments.check {
        unsound(&run, &register)
    } else {
        register.faults.clone()
    };
    output::err(&problems::render(&found, &show.err()));
    if arguments.check && !found.is_empty() {
        output::err(&format!("{}\n", count(found.len(), "problem", "problems")));
        return Ok(Exit::Usage);
    }
    Ok(Exit::Clean)
}

/// One row a waiver, and how many there are in each state.
fn list(run: &Run, style: &Style) -> String {
    let mut grid = Grid::new(&[
        ("ID", Fit::Fixed),
        ("CONTROL", Fit::Fixed),
        ("COVERS", Fit::Right),
        ("STATE", Fit::Fixed),
        ("OWNER", Fit::Wrap),
        ("APPROVER", Fit::Wrap),
        ("WHERE", Fit::Fixed),
    ]);
    let closing = Closing {
        waivers_from: run.waivers_from.as_ref().map(register::shown),
        ..Closing::default()
    };
    for (waiver, state) in &run.waivers {
        grid.row([
            visible(&waiver.id).into_owned(),
            visible(&waiver.control).into_owned(),
            number(covered(run, waiver)),
            words(waiver, *state, closing.waivers_from.as_deref()),
            visible(&waiver.owner).into_owned(),
            visible(&waiver.approver).into_owned(),
            format!("{}:{}", visible(&waiver.path), waiver.line),
        ]);
    }
    let Some(parts) = table::waivers(run, &closing) else {
        return "0 waivers\n".to_owned();
    };
    let mut out = grid.render(style);
    layout::write(&mut out, &Text::list(style, parts), style, 0, 2);
    out
}

/// The state with the day that decides it.
fn words(waiver: &Waiver, state: WaiverState, base: Option<&str>) -> String {
    let day =
        |day: Option<crate::model::time::Day>| day.map_or(String::new(), |it| format!(" {it}"));
    match state {
        WaiverState::InForce => format!("in force to{}", day(waiver.expires)),
        WaiverState::NotYet => format!("begins{}", day(waiver.issued)),
        WaiverState::Expired => format!("expired{}", day(waiver.expires)),
        WaiverState::Malformed => "malformed".to_owned(),
        WaiverState::NotOnBase => format!("not on {}", visible(base.unwrap_or("the base"))),
    }
}

/// How many exceptions a waiver covers.
fn covered(run: &Run, waiver: &Waiver) -> usize {
    let used = run.results.iter().flat_map(|result| &result.waivers);
    used.filter(|used| used.id == waiver.id)
        .map(|used| used.covers)
        .sum()
}

/// Everything that is unsound, in the order of the file.
fn unsound(run: &Run, register: &Register) -> Vec<Problem> {
    let mut found = register.faults.clone();
    let Some(file) = &register.file else {
        return found;
    };
    let today = run.as_of.day();
    for (waiver, state) in &run.waivers {
        let result = run.results.iter().find(|it| it.control == waiver.control);
        match state {
            WaiverState::Expired => {
                let places = result.and_then(|result| would_cover(result, waiver));
                found.extend(lapse::expired(file, waiver, today, places));
            }
            WaiverState::InForce if covered(run, waiver) == 0 && tested(result) => {
                found.push(lapse::unmatched(file, waiver));
            }
            _ => {}
        }
    }
    found.sort_by_key(|problem| {
        problem
            .place
            .as_ref()
            .map(|place| (place.line, place.column))
    });
    found
}

/// How many exceptions that no other waiver covers an expired one would cover.
fn would_cover(result: &ControlResult, waiver: &Waiver) -> Option<usize> {
    let open = result.deviations.iter().filter(|it| it.waiver.is_none());
    let places = open.filter(|it| covers(&waiver.scope, it)).count();
    (places > 0 || tested(Some(result))).then_some(places)
}

/// Whether all exceptions of a control are known. What could not be tested may have some.
fn tested(result: Option<&ControlResult>) -> bool {
    result.is_some_and(|result| result.outcome != Outcome::NotTested && result.gaps.is_empty())
}
