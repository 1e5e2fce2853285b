//! `audit diff BUNDLE BUNDLE`: what changed from one sealed run to another, results and what they
//! rest on. Reads two bundles and nothing else, and neither where one is not what was sealed.

mod compare;
mod said;
mod side;

use std::path::{Path, PathBuf};

use super::examination::now;
use super::opened::{Opened, Refused};
use super::style::Show;
use super::{Exit, output, problems};
use crate::load::Problem;
use crate::model::time::Moment;
use compare::Difference;
use side::Side;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The earlier bundle, or an archive of it.
    was: PathBuf,
    /// The later one.
    now: PathBuf,
    /// End with 1 if a result, or what is asked for, is worse.
    #[arg(long)]
    gate: bool,
    /// table or json [table].
    #[arg(long, value_name = "NAME", default_value = "table", hide_default_value = true, value_parser = ["table", "json"], hide_possible_values = true)]
    format: String,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match attempt(arguments, show) {
        Ok(exit) => exit,
        Err(found) => refused(&found, show),
    }
}

/// Says why nothing was compared. A bundle that is not what was sealed weighs more than a wrong place.
fn refused(found: &[Refused], show: &Show) -> Exit {
    let broken = found.iter().any(|it| matches!(it, Refused::Broken(_)));
    let each = found.iter().map(|it| match it {
        Refused::Problem(problem) | Refused::Broken(problem) => problem.clone(),
    });
    let listed: Vec<Problem> = each.collect();
    if broken {
        output::err(&problems::render(&listed, &show.err()));
        Exit::Failed
    } else {
        problems::refuse(&listed, &show.err())
    }
}

/// Reads a bundle that is what was sealed.
fn side(given: &Path, now: Moment) -> Result<Side, Refused> {
    let opened = Opened::of(given, now, "Nothing was compared.")?;
    Ok(side::read(&opened.folder, given)?)
}

fn attempt(arguments: &Arguments, show: &Show) -> Result<Exit, Vec<Refused>> {
    let Some(clock) = now() else {
        let says = "expected a clock, found none";
        let problem = Problem::new("time", says, "Set the system's clock.");
        return Err(vec![problem.into()]);
    };
    let (was, now) = match (side(&arguments.was, clock), side(&arguments.now, clock)) {
        (Ok(was), Ok(now)) => (was, now),
        (was, now) => return Err([was.err(), now.err()].into_iter().flatten().collect()),
    };
    let difference = Difference::of(&was, &now);
    if arguments.format == "json" {
        let mut text = serde_json::to_string(&difference)
            .map_err(|error| vec![Problem::new("bug", error.to_string(), "Report this.").into()])?;
        text.push('\n');
        output::json(&text);
    } else {
        output::out(&said::text(&was, &now, &difference, &show.out()));
    }
    Ok(if arguments.gate && difference.is_worse() {
        Exit::Exceptions
    } else {
        Exit::Clean
    })
}
