//! The command line: one file a command, exit codes, and the only place that looks at the clock,
//! the environment and the terminal.

mod attest;
mod claims;
mod conclusion;
mod controls;
mod definitions;
mod delivery;
mod diff;
mod draft;
mod examination;
mod exit;
mod explain;
mod export;
mod facts;
mod forge;
mod formats;
mod held;
mod help;
mod inspect;
mod keys;
mod ledger;
mod opened;
mod output;
mod problems;
mod progress;
mod record;
mod redaction;
mod register;
mod relations;
mod reperform;
mod report;
mod run;
mod says;
mod sealing;
mod show_control;
mod show_ledger;
mod signing;
mod size;
mod style;
mod usage;
mod verify;
mod waivers;

pub use exit::Exit;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{Error, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use style::Show;

/// What the user asked for.
#[derive(Debug, Parser)]
#[command(name = "audit", version, disable_help_subcommand = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Arguments,
    #[command(flatten)]
    show: Show,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What a control asks, what was found, what to do.
    Explain(explain::Arguments),
    /// The catalogue as it is in force here.
    Controls(controls::Arguments),
    /// The populations that controls can test.
    Relations(relations::Arguments),
    /// What single report files say.
    Inspect(inspect::Arguments),
    /// Everything that was read, before any control is applied.
    Facts(facts::Arguments),
    /// What changed from one bundle to another.
    Diff(diff::Arguments),
    /// Run a tool and record how its reports were made.
    Run(record::Arguments),
    /// Every waiver with what it covers, and whether the register is sound.
    Waivers(waivers::Arguments),
    /// The statements that controls ask for, and whether they hold.
    Attest(attest::Arguments),
    /// Every step of verification, each held, failed or not checked.
    Verify(verify::Arguments),
    /// Facts and results derived again from a bundle, and compared.
    Reperform(reperform::Arguments),
    /// A bundle as one archive that has the same bytes wherever it is made.
    Export(export::Arguments),
    /// Make the key that signs, or show its public half.
    Keys(keys::Arguments),
    /// What the ledger beside the bundles holds, and how it goes on.
    Ledger(ledger::Arguments),
    /// Every flag with its reason: audit help main.
    #[command(hide = true)]
    Help {
        /// main, or a command.
        topic: Option<String>,
    },
}

/// Options that say what is examined.
#[derive(Debug, clap::Args)]
pub(crate) struct Examined {
    /// The directory to examine.
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Where git is.
    #[arg(long, value_name = "FILE")]
    pub(crate) git: Option<PathBuf>,
    /// Judge ages and expiries at a time.
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
    /// The longest single value that is read [64 MiB].
    #[arg(long, value_name = "SIZE")]
    pub(crate) max_value: Option<String>,
}

/// Runs the program and answers with its exit code. A defect of ours ends in one sentence and exit
/// 70, never in a stack trace that nobody asked for.
pub fn main() -> ExitCode {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |place| format!(" at {place}"));
        output::err(&format!(
            "error[bug] audit stopped over a defect of its own{place}\n"
        ));
        output::err(
            "  fix         Report it with the command that was run. Nothing was concluded.\n",
        );
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            hook(panic);
        }
    }));
    std::panic::catch_unwind(run_main).unwrap_or_else(|_| Exit::Bug.into())
}

fn run_main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().collect();
    let root = root();
    let parsed = root
        .clone()
        .try_get_matches_from(&given)
        .and_then(|matches| {
            let stray = usage::stray(&root, &matches);
            CommandLine::from_arg_matches(&matches).map(|line| (line, stray))
        });
    let (line, stray) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return complain(&error, &root, &given).into(),
    };
    let show = &line.show;
    if let Some(problem) = stray {
        return problems::refuse(&[problem], &show.err()).into();
    }
    let exit = match &line.command {
        Some(Command::Explain(arguments)) => explain::run(arguments, show),
        Some(Command::Controls(arguments)) => controls::run(arguments, show),
        Some(Command::Relations(arguments)) => relations::run(arguments, show),
        Some(Command::Inspect(arguments)) => inspect::run(arguments, show),
        Some(Command::Facts(arguments)) => facts::run(arguments, show),
        Some(Command::Diff(arguments)) => diff::run(arguments, show),
        Some(Command::Run(arguments)) => return record::record(arguments, show),
        Some(Command::Waivers(arguments)) => waivers::run(arguments, show),
        Some(Command::Attest(arguments)) => attest::run(arguments, show),
        Some(Command::Verify(arguments)) => verify::run(arguments, show),
        Some(Command::Reperform(arguments)) => reperform::run(arguments, show),
        Some(Command::Export(arguments)) => export::run(arguments, show),
        Some(Command::Keys(arguments)) => keys::run(arguments, show),
        Some(Command::Ledger(arguments)) => ledger::run(arguments, show),
        Some(Command::Help { topic }) => tell(topic.as_deref(), &root, show),
        None => run::run(&line.run, show),
    };
    exit.into()
}

/// The parser, with the help of every command in one shape.
pub(crate) fn root() -> clap::Command {
    CommandLine::command().mut_subcommands(help::shaped)
}

/// Help and version go to standard output; everything else is an error.
fn complain(error: &Error, root: &clap::Command, given: &[OsString]) -> Exit {
    let show = Show::default();
    match error.kind() {
        ErrorKind::DisplayHelp if usage::named(root, given).is_none() => {
            output::out(&help::short(root, &show.out()));
            Exit::Clean
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            output::out(&error.render().to_string());
            Exit::Clean
        }
        _ => problems::refuse(&[usage::problem(error, root, given)], &show.err()),
    }
}

/// `audit help [main|COMMAND]`.
fn tell(topic: Option<&str>, root: &clap::Command, show: &Show) -> Exit {
    let style = show.out();
    let text = match topic {
        None => help::short(root, &style),
        Some("main") => help::long(root, &style),
        Some(name) => match root.find_subcommand(name) {
            Some(command) => help::of(command),
            None => return problems::refuse(&[usage::no_topic(name, root)], &show.err()),
        },
    };
    output::out(&text);
    Exit::Clean
}
