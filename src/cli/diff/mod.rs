//! `audit diff BUNDLE BUNDLE`: what changed from one sealed run to another, results and what they
//! rest on. Reads two bundles and nothing else; whether they are as they were sealed is `verify`'s
//! to say.

mod compare;
mod said;
mod side;

use std::path::PathBuf;

use super::style::Show;
use super::{Exit, output, problems};
use crate::load::Problem;
use compare::Difference;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The earlier bundle.
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
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn attempt(arguments: &Arguments, show: &Show) -> Result<Exit, Vec<Problem>> {
    let (was, now) = match (side::read(&arguments.was), side::read(&arguments.now)) {
        (Ok(was), Ok(now)) => (was, now),
        (was, now) => return Err([was.err(), now.err()].into_iter().flatten().collect()),
    };
    let difference = Difference::of(&was, &now);
    if arguments.format == "json" {
        let mut text = serde_json::to_string(&difference)
            .map_err(|error| vec![Problem::new("bug", error.to_string(), "Report this.")])?;
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
