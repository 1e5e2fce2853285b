//! The main job: `audit [PATH] --controls soc2`.

use std::path::{Path, PathBuf};

use super::conclusion::{Asked, Concluded, Only, conclude};
use super::delivery::{Places, deliver};
use super::forge::Forge;
use super::formats::Formats;
use super::problems;
use super::sealing::{self, Signing};
use super::style::Show;
use super::{Examined, Exit};
use crate::load::{Problem, Source, Text};
use crate::model::control::Severity;
use crate::model::run::Gate;
use crate::model::text;
use crate::seal::Bundle;
use crate::tree::file;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) examined: Examined,
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) controls: Option<String>,
    #[arg(long, value_name = "PERIOD", allow_hyphen_values = true)]
    pub(crate) period: Option<String>,
    #[arg(long, value_name = "DIR", default_value = "audit-evidence")]
    pub(crate) out: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub(crate) fail_on: String,
    #[arg(long, value_name = "REF", allow_hyphen_values = true)]
    pub(crate) waivers_from: Option<String>,
    #[arg(long, value_name = "NAME[:FILE]")]
    pub(crate) format: Vec<String>,
    #[arg(long)]
    pub(crate) check_objects: bool,
    #[command(flatten)]
    pub(crate) sealing: sealing::Flags,
}

/// Runs the main job.
pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match attempt(arguments, show) {
        Ok(exit) => exit,
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn attempt(arguments: &Arguments, show: &Show) -> Result<Exit, Vec<Problem>> {
    let fail_on = Severity::parse(&arguments.fail_on)
        .ok_or_else(|| vec![wrong_severity(&arguments.fail_on)])?;
    let forge = Forge::here();
    let formats = Formats::of(&arguments.format, forge.summary.as_deref())?;
    let out = arguments.only.is_empty().then_some(arguments.out.as_path());
    let signing = match out {
        Some(_) => Signing::of(&arguments.sealing)?,
        None => Signing::default(),
    };
    let asked = Asked {
        examined: &arguments.examined,
        catalogue: arguments.controls.as_deref(),
        policy: arguments.policy.as_deref(),
        period: arguments.period.as_deref(),
        only: Only::of(&arguments.only, "--only"),
        waivers_from: arguments.waivers_from.as_deref(),
        out,
        signing: Some(&signing),
        check_objects: arguments.check_objects,
        show,
    };
    let Concluded { mut run, register } = conclude(&asked)?;
    signing.bind(&mut run).map_err(|problem| vec![problem])?;
    let places = Places {
        out,
        formats: &formats,
        forge: &forge,
        signing: &signing,
    };
    let bundle = match Bundle::new(run, fail_on) {
        bundle if signing.signs() => bundle.to_be_signed(),
        bundle => bundle,
    };
    deliver(&bundle, &places, &register.faults, show)
}

/// The exit code of a gate.
pub(crate) const fn exit_of(gate: Gate) -> Exit {
    match gate {
        Gate::Open => Exit::Clean,
        Gate::Exceptions => Exit::Exceptions,
        Gate::NotTested => Exit::NotTested,
    }
}

/// An embedded catalogue by its name, or the YAML files of a directory.
pub(crate) fn catalogue_source(asked: &str) -> Result<Source, Vec<Problem>> {
    let folder = Path::new(asked);
    if !folder.join("catalogue.yaml").is_file() {
        return Ok(Source::Embedded(asked.to_owned()));
    }
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for name in file::yaml_files(folder) {
        let path = match text::from_here(asked).as_str() {
            "" => name.clone(),
            shown => format!("{shown}/{name}"),
        };
        let read = file::read(&folder.join(&name), &path).map_err(|problem| problem.says);
        match read.and_then(|bytes| file::decode(&bytes)) {
            Ok(text) => files.push(Text { path, text }),
            Err(says) => {
                let title = format!("expected {path} to be readable, found {says}");
                problems.push(Problem::new(
                    "unreadable",
                    title,
                    "Make it a readable text file, or take it away.",
                ));
            }
        }
    }
    if problems.is_empty() {
        Ok(Source::Files(asked.to_owned(), files))
    } else {
        Err(problems)
    }
}

fn wrong_severity(found: &str) -> Problem {
    let title = format!(
        "expected {} after --fail-on, found {}",
        text::joined(Severity::NAMES, "or"),
        text::excerpt(found)
    );
    let near = text::nearest(found, Severity::NAMES.iter().copied());
    Problem::new(
        "usage",
        title,
        near.map_or_else(
            || "Write one of these words.".to_owned(),
            |near| format!("Write {near}."),
        ),
    )
}
