//! `audit reperform BUNDLE`: derives all facts and results again from what a bundle ships, without
//! the repository and without the network, and compares them with what was sealed.

mod bundle;
mod compare;
mod derive;
mod differs;
mod lay;
mod printed;
mod record;
mod said;
mod supply;

use std::path::PathBuf;

use super::conclusion::own_digest;
use super::examination::now;
use super::style::Show;
use super::{Exit, output, problems};
use crate::load::Problem;
use bundle::{Bundle, Refused};
use compare::{CameTo, Comparison, compare};
use derive::{Derived, derive};
use supply::{Clone, Supplied};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A bundle, or an archive of one.
    bundle: PathBuf,
    /// A clone of yours, for files that the bundle names and does not hold.
    #[arg(long, value_name = "CLONE")]
    git: Option<PathBuf>,
    /// A checkout of yours, for the same.
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// Where the program git is.
    #[arg(long, value_name = "FILE")]
    git_program: Option<PathBuf>,
    /// table or json [table].
    #[arg(long, value_name = "NAME", default_value = "table", hide_default_value = true, value_parser = ["table", "json"], hide_possible_values = true)]
    format: String,
}

/// What came of it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Same,
    NotDerived,
    Differs,
}

/// A bundle beside what was derived from it.
struct Reperformed {
    bundle: Bundle,
    derived: Derived,
    comparison: Comparison,
    /// How many files were supplied, of how many that were asked for.
    supplied: (usize, usize),
    clone: Clone,
    /// The digest of this program.
    own: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match attempt(arguments) {
        Ok(done) => {
            if arguments.format == "json" {
                output::json(&printed::text(&done));
            } else {
                output::out(&said::text(&done, &show.out()));
            }
            exit(done.verdict())
        }
        Err(Refused::Problem(problem)) => problems::refuse(&[problem], &show.err()),
        Err(Refused::Broken(problem)) => {
            output::err(&problems::render(&[problem], &show.err()));
            Exit::Failed
        }
    }
}

const fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Same => Exit::Clean,
        Verdict::NotDerived => Exit::Untrusted,
        Verdict::Differs => Exit::Failed,
    }
}

fn attempt(arguments: &Arguments) -> Result<Reperformed, Refused> {
    let now = now().ok_or_else(|| {
        Problem::new(
            "time",
            "expected a clock, found none",
            "Set the system's clock.",
        )
    })?;
    let bundle = Bundle::open(&arguments.bundle, now)?;
    let wanted = lay::wanting(&bundle);
    let asked = wanted.len();
    let mut supplied = Supplied::new();
    let mut clone = Clone::NotAsked;
    if let Some(folder) = &arguments.git {
        let program = arguments.git_program.as_deref();
        (supplied, clone) = supply::from_git(folder, program, &bundle, &wanted)?;
    }
    if let Some(folder) = &arguments.sources {
        supplied.extend(supply::from_folder(folder, &wanted)?);
    }
    let derived = derive(&bundle, &supplied)?;
    let comparison = compare(&bundle, &derived)?;
    Ok(Reperformed {
        bundle,
        derived,
        comparison,
        supplied: (supplied.len(), asked),
        clone,
        own: own_digest().map(|digest| digest.to_string()),
    })
}

impl Reperformed {
    fn verdict(&self) -> Verdict {
        let any = |which: fn(&CameTo) -> bool| {
            let mut controls = self.comparison.controls.iter();
            controls.any(|it| which(&it.came_to))
        };
        let differs = any(|it| matches!(it, CameTo::Differs { .. }))
            || !self.comparison.beside.is_empty()
            || matches!(self.clone, Clone::Differs(_));
        if differs {
            Verdict::Differs
        } else if any(|it| matches!(it, CameTo::NotDerived { .. }))
            || !self.comparison.facts.not_derived.is_empty()
        {
            Verdict::NotDerived
        } else {
            Verdict::Same
        }
    }

    /// Whether the very program that made the bundle re-performs it.
    fn same_program(&self) -> bool {
        let made = self.bundle.manifest.tool.sha256;
        made.is_some_and(|made| self.own.as_ref() == Some(&made.to_string()))
    }
}
