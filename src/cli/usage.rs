//! A command line that cannot be understood, said as every other error is: what was expected, what
//! was found, the one nearest name, what to do.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::load::Problem;
use crate::model::text::{from_bytes, joined, nearest, visible};

/// The problem behind an error of the parser.
pub(crate) fn problem(error: &Error, root: &Command, given: &[OsString]) -> Problem {
    let command = named(root, given);
    let name = match command {
        Some(command) => format!("audit {}", command.get_name()),
        None => "audit".to_owned(),
    };
    let help = format!(
        "See audit help {}.",
        command.map_or("main", Command::get_name)
    );
    let found = text(error, ContextKind::InvalidArg).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument if found.starts_with('-') => {
            unknown_flag(&found, &name, &flags(root, command), &help)
        }
        ErrorKind::UnknownArgument => Problem::new(
            "usage",
            format!("expected nothing after the last argument of {name}, found {found}"),
            help,
        ),
        ErrorKind::InvalidSubcommand => {
            let found = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            unknown_command(&found, command.unwrap_or(root), &name)
        }
        ErrorKind::MissingRequiredArgument => Problem::new(
            "usage",
            format!("expected {} ({name}), found none", placeholder(&found)),
            help,
        ),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let names = commands(command.unwrap_or(root));
            Problem::new(
                "command",
                format!("expected {} after {name}, found none", joined(&names, "or")),
                help,
            )
        }
        ErrorKind::InvalidValue => wrong_value(error, help),
        ErrorKind::ValueValidation => Problem::new(
            "value",
            format!(
                "expected a value that {} takes, found {}",
                flag_of(error),
                value_of(error)
            ),
            help,
        ),
        ErrorKind::ArgumentConflict => Problem::new(
            "usage",
            format!(
                "expected {} without {}, found both",
                placeholder(&found),
                placeholder(&text(error, ContextKind::PriorArg).unwrap_or_default())
            ),
            help,
        ),
        _ => other(error, help),
    }
}

/// What the parser says itself, where nothing better is known.
fn other(error: &Error, help: String) -> Problem {
    let said = error.to_string();
    let first = said.lines().next().unwrap_or_default();
    let first = first.trim_start_matches("error: ");
    Problem::new("usage", visible(first).into_owned(), help)
}

fn wrong_value(error: &Error, help: String) -> Problem {
    let words = list(error, ContextKind::ValidValue);
    let expected = if words.is_empty() {
        "a value".to_owned()
    } else {
        joined(&words, "or")
    };
    let value = value_of(error);
    let near = nearest(&value, words.iter().map(String::as_str));
    let fix = near.map_or(help, |near| format!("Write {near}."));
    let found = if value.is_empty() { "none" } else { &value };
    let title = format!("expected {expected}, found {found} ({})", flag_of(error));
    Problem::new("value", title, fix)
}

/// An argument of the main job before the name of a command, which would go unheard.
pub(crate) fn stray(root: &Command, matches: &ArgMatches) -> Option<Problem> {
    let command = matches.subcommand_name()?;
    let given = |argument: &&clap::Arg| {
        let id = argument.get_id().as_str();
        !argument.is_global_set() && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    let argument = root.get_arguments().find(given)?;
    let found = match argument.get_long() {
        Some(long) => format!("--{long}"),
        None => "a path".to_owned(),
    };
    Some(Problem::new(
        "usage",
        format!("expected nothing of the main job before {command}, found {found}"),
        format!("See audit help {command}."),
    ))
}

/// A path that is no directory: perhaps a command was meant.
pub(crate) fn not_a_directory(path: &Path, root: &Command) -> Problem {
    let shown = from_bytes(path.as_os_str().as_encoded_bytes());
    let shown = visible(&shown);
    let what = if path.exists() { "a file" } else { "none" };
    let title = format!("expected a directory, found {what} at {shown}");
    match nearest(&shown, commands(root)) {
        Some(near) => Problem::new(
            "path",
            format!("{title}; the nearest command is {near}"),
            format!("Write audit {near}, or the path of a directory."),
        ),
        None => Problem::new("path", title, "Give the path of a directory."),
    }
}

/// A topic of help that there is none of.
pub(crate) fn no_topic(found: &str, root: &Command) -> Problem {
    unknown_command(found, root, "audit")
}

/// The command that the words name.
pub(crate) fn named<'c>(root: &'c Command, given: &[OsString]) -> Option<&'c Command> {
    given
        .iter()
        .skip(1)
        .filter_map(|word| word.to_str())
        .find(|word| !word.starts_with('-'))
        .and_then(|word| root.find_subcommand(word))
}

fn unknown_flag(found: &str, name: &str, flags: &[String], help: &str) -> Problem {
    let found = visible(found.split('=').next().unwrap_or(found)).into_owned();
    let near = nearest(&found, flags.iter().map(String::as_str));
    let title = match near {
        Some(near) => format!("{found} is not a flag of {name}; the nearest is {near}"),
        None => format!("{found} is not a flag of {name}"),
    };
    let fix = near.map_or_else(|| help.to_owned(), |near| format!("Write {near}."));
    Problem::new("flag", title, fix)
}

fn unknown_command(found: &str, command: &Command, name: &str) -> Problem {
    let found = visible(found).into_owned();
    let names = commands(command);
    match nearest(&found, names.iter().copied()) {
        Some(near) => Problem::new(
            "command",
            format!("{found} is not a command of {name}; the nearest is {near}"),
            format!("Write {name} {near}."),
        ),
        None => Problem::new(
            "command",
            format!("{found} is not a command of {name}"),
            format!("Write one of {}.", names.join(", ")),
        ),
    }
}

fn commands(command: &Command) -> Vec<&str> {
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(Command::get_name)
        .collect()
}

/// The long flags of a command, and those that all commands share.
fn flags(root: &Command, command: Option<&Command>) -> Vec<String> {
    let shared = root
        .get_arguments()
        .filter(|argument| command.is_none() || argument.is_global_set());
    let mut flags: Vec<String> = command
        .into_iter()
        .flat_map(Command::get_arguments)
        .chain(shared)
        .filter_map(clap::Arg::get_long)
        .map(|long| format!("--{long}"))
        .collect();
    flags.push("--help".to_owned());
    flags
}

fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(visible(text).into_owned()),
        ContextValue::Strings(texts) => Some(visible(&texts.join(" ")).into_owned()),
        _ => None,
    }
}

fn list(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// `<FILES>...` as it is called, `FILES`; a flag without its value.
fn placeholder(shown: &str) -> String {
    let shown = shown.trim();
    let word = match shown.split_once(' ') {
        Some((flag, _)) if flag.starts_with('-') => flag,
        _ => shown,
    };
    word.trim_end_matches("...")
        .trim_matches(['<', '>'])
        .to_owned()
}

fn value_of(error: &Error) -> String {
    text(error, ContextKind::InvalidValue).unwrap_or_default()
}

/// The flag a value was given for, without its placeholder.
fn flag_of(error: &Error) -> String {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    argument.split(' ').next().unwrap_or_default().to_owned()
}
