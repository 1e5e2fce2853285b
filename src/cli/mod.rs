//! The command line: one file a command, exit codes, and the only place that looks at the clock,
//! the environment and the terminal.

mod examination;
mod exit;
mod facts;
mod inspect;
mod output;
mod problems;
mod style;

pub use exit::Exit;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the user asked for.
#[derive(Debug, Parser)]
#[command(
    name = "audit",
    version,
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What single report files say.
    Inspect(inspect::Arguments),
    /// Everything that was read, before any control is applied.
    Facts(facts::Arguments),
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
}

/// Runs the program and answers with its exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Clean.into()
            };
        }
    };
    let exit = match arguments.command {
        Some(Command::Inspect(arguments)) => inspect::run(&arguments),
        Some(Command::Facts(arguments)) => facts::run(&arguments),
        None => Exit::Usage,
    };
    exit.into()
}
