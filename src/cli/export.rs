//! `audit export BUNDLE --tar [FILE]`: a bundle, or a ledger with its runs, as one archive that has the
//! same bytes wherever it is made.

use std::io;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;

use super::examination::now;
use super::style::Show;
use super::{Exit, definitions, held, output, problems};
use crate::load::Problem;
use crate::render::table::count;
use crate::seal::export::{Export, to_file};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A bundle, or the folder of bundles with their ledger.
    bundle: PathBuf,
    /// Where the archive goes, - for standard output [NAME OF THE BUNDLE.tar].
    #[arg(long, value_name = "FILE", num_args = 0..=1, required = true, value_parser = NonEmptyStringValueParser::new())]
    tar: Vec<String>,
}

/// The steps of verification that do not need trust.
const OWN: [u8; 7] = [1, 2, 3, 4, 5, 6, 8];

/// Why nothing was exported.
enum Refused {
    Problem(Problem),
    Broken(Problem),
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match attempt(arguments) {
        Ok(()) => Exit::Clean,
        Err(Refused::Problem(problem)) => problems::refuse(&[problem], &show.err()),
        Err(Refused::Broken(problem)) => {
            output::err(&problems::render(&[problem], &show.err()));
            Exit::Failed
        }
    }
}

fn attempt(arguments: &Arguments) -> Result<(), Refused> {
    let folder = &arguments.bundle;
    let refused = |code, says: String, fix: &str| Refused::Problem(Problem::new(code, says, fix));
    if !folder.is_dir() {
        let says = format!("expected a directory, found {}", definitions::shown(folder));
        return Err(refused(
            "bundle",
            says,
            "Give a bundle, or the folder of bundles.",
        ));
    }
    if let [_, second, ..] = arguments.tar.as_slice() {
        let second = crate::model::text::excerpt(second);
        let says = format!("expected --tar once, found a second one, {second}");
        return Err(refused("usage", says, "Give one place."));
    }
    let now = now().ok_or_else(|| {
        refused(
            "time",
            "expected a clock, found none".to_owned(),
            "Set the system's clock.",
        )
    })?;
    let report = held::steps(folder, now).map_err(Refused::Problem)?;
    if let Some(step) = held::failed(&report, &OWN) {
        return Err(Refused::Broken(held::broken(step, "Nothing was exported.")));
    }
    let again = "Give a directory that can be read whole, and a place that can be written to.";
    let export = Export::of(folder).map_err(|fault| refused("export", fault.0, again))?;
    let given = arguments.tar.first().map(String::as_str);
    let place = given.map_or_else(
        || PathBuf::from(format!("{}.tar", export.name)),
        PathBuf::from,
    );
    let piped = given == Some("-");
    let written = if piped {
        export.write(&mut io::stdout().lock())
    } else {
        to_file(&export, &place)
    };
    written.map_err(|fault| refused("export", fault.0, again))?;
    let files = count(export.files(), "file", "files");
    let place = if piped {
        "standard output".to_owned()
    } else {
        definitions::shown(&place)
    };
    output::err(&format!("audit: {files} of {} to {place}\n", export.name));
    Ok(())
}
