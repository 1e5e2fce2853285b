//! `audit run -- TOOL ...`: runs the user's own command and keeps a record of what it was, how it
//! ended, at which commit, and which reports it wrote.

mod arguments;
mod child;
mod keep;
mod program;
mod watch;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use super::examination::{Terms, input, now, open, walk};
use super::style::Show;
use super::{Examined, Exit, claims, conclusion, output, problems};
use crate::collect::worktree::{sources, stand};
use crate::git::Repository;
use crate::load::{Adoption, Problem, places};
use crate::model::policy::Policy;
use crate::model::record::{
    self, Command, Ended, Environment, Record, Sources, Stand, Writer, Written,
};
use crate::model::text::{from_bytes, visible};
use crate::model::time::Moment;
use crate::parse::limits::Caps;
use crate::render::table::count;
use program::{Missing, Program};
use watch::Watched;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A file that the tool writes its report to; repeatable. Without it, every report that the
    /// tool writes where audit looks for reports.
    #[arg(long, value_name = "PATH")]
    report: Vec<PathBuf>,
    /// The directory that audit examines [.]; the record is kept there, in .audit/runs/.
    #[arg(
        long,
        value_name = "DIR",
        default_value = ".",
        hide_default_value = true
    )]
    path: PathBuf,
    /// A policy that says where reports lie [.audit/policy.yaml].
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Run TOOL --version first and record what it answers.
    #[arg(long)]
    ask_version: bool,
    /// Where git is.
    #[arg(long, value_name = "FILE")]
    git: Option<PathBuf>,
    /// The tool and its arguments.
    #[arg(last = true, required = true, value_name = "TOOL")]
    command: Vec<OsString>,
}

/// Runs the tool. The exit status is the tool's own; before it was started, that of `audit`.
pub(crate) fn record(arguments: &Arguments, show: &Show) -> ExitCode {
    match attempt(arguments, show) {
        Ok(code) => code,
        Err(Stopped::Problems(found)) => problems::refuse(&found, &show.err()).into(),
        Err(Stopped::Missing(problem, code)) => {
            problems::refuse(&[problem], &show.err());
            ExitCode::from(code)
        }
    }
}

/// Why the tool was not run.
enum Stopped {
    Problems(Vec<Problem>),
    /// There is no such tool, with the exit status that shells give that.
    Missing(Problem, u8),
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

fn attempt(arguments: &Arguments, show: &Show) -> Result<ExitCode, Stopped> {
    let examined = Examined {
        path: arguments.path.clone(),
        git: arguments.git.clone(),
        as_of: None,
        max_value: None,
    };
    let Some((name, rest)) = arguments.command.split_first() else {
        return Err(Stopped::Problems(Vec::new()));
    };
    let (root, repository) = open(&examined)?;
    let named = named(&arguments.report, &root)?;
    let policy = policy(arguments, &root, repository.as_ref()).map_err(Stopped::Problems)?;
    let program = Program::find(name).map_err(|missing| missing_tool(name, &missing))?;
    let started_at = now().ok_or_else(|| Problem::new("time", "expected a clock", "Set it."))?;
    let folder = keep::prepare(&root)?;
    let scene = Scene {
        root: &root,
        policy: &policy,
        started_at,
        named: &named,
        show,
    };
    let version = arguments.ask_version.then(|| program.version()).flatten();
    let (before, sources, watched) = scene.before(repository.as_ref())?;
    let clock = Instant::now();
    let ended = child::run(&program.full, name, rest).map_err(|error| {
        let reason = crate::tree::file::reason(&error);
        missing_tool(name, &Missing::NotRunnable(reason))
    })?;
    let duration_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
    let scope = repository
        .map(|repository| repository.scope)
        .unwrap_or_default();
    let (after, reports) = scene.after(&examined, &watched);
    let command = command(&arguments.command, &program, version, &root);
    let not_written = not_written(&named, &reports);
    let record = Record {
        schema: record::SCHEMA.to_owned(),
        api_version: record::API_VERSION.to_owned(),
        audit: Writer {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            sha256: conclusion::own_digest().map(|digest| digest.to_string()),
        },
        started_at: started_at.to_string(),
        duration_ms,
        command,
        ended,
        scope,
        sources,
        before,
        after,
        reports,
        not_written,
        environment: Environment::of(claims::claims()),
    };
    let kept = keep::keep(&record, started_at, &folder);
    Ok(say(&record, kept, show))
}

/// What a record is made in.
struct Scene<'s> {
    root: &'s Path,
    policy: &'s Policy,
    started_at: Moment,
    named: &'s [String],
    show: &'s Show,
}

impl Scene<'_> {
    fn before(
        &self,
        repository: Option<&Repository>,
    ) -> Result<(Stand, Option<Sources>, Watched), Problem> {
        let terms = self.terms();
        let tree = walk(self.root, repository, &terms);
        let input = input(&tree, repository, &terms)?;
        let watched = Watched::look(&input, self.named);
        Ok((stand(&input), repository.and_then(sources), watched))
    }

    /// What is there when the tool has ended. It may have changed the repository itself; what can
    /// no longer be read stands for no commit.
    fn after(&self, examined: &Examined, watched: &Watched) -> (Stand, Vec<Written>) {
        let repository = Repository::discover(self.root, examined.git.as_deref());
        let repository = repository.ok().flatten();
        let terms = self.terms();
        let tree = walk(self.root, repository.as_ref(), &terms);
        let Ok(input) = input(&tree, repository.as_ref(), &terms) else {
            return (Stand::default(), Vec::new());
        };
        (stand(&input), watched.written(&input, self.named))
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            policy: self.policy,
            as_of: self.started_at,
            out: None,
            check_objects: false,
            caps: Caps::default(),
            show: self.show,
        }
    }
}

fn policy(
    arguments: &Arguments,
    root: &Path,
    repository: Option<&Repository>,
) -> Result<Policy, Vec<Problem>> {
    let scope = repository.map_or("", |repository| repository.scope.as_str());
    let adoption = Adoption::read(root, scope, arguments.policy.as_deref())?;
    adoption
        .policy
        .as_ref()
        .map_or_else(|| Ok(Policy::default()), places)
}

fn command(words: &[OsString], program: &Program, version: Option<String>, root: &Path) -> Command {
    let words: Vec<String> = words
        .iter()
        .map(|word| from_bytes(word.as_encoded_bytes()))
        .collect();
    let (arguments, redacted) = arguments::without_secrets(&words);
    Command {
        arguments,
        redacted,
        folder: folder(root),
        program: program.shown(root),
        sha256: program.sha256.clone(),
        bytes: program.bytes,
        version,
    }
}

/// The folder the tool is started in, from the examined one.
fn folder(root: &Path) -> Option<String> {
    let here = std::env::current_dir().ok()?.canonicalize().ok()?;
    let inside = here
        .strip_prefix(root.canonicalize().ok()?)
        .ok()?
        .to_path_buf();
    Some(match shown(&inside) {
        empty if empty.is_empty() => ".".to_owned(),
        inside => inside,
    })
}

fn shown(path: &Path) -> String {
    let parts = path.components();
    let parts: Vec<String> = parts
        .map(|part| from_bytes(part.as_os_str().as_encoded_bytes()))
        .collect();
    parts.join("/")
}

/// The reports named on the command line, from the examined folder. They need not be there yet.
fn named(reports: &[PathBuf], root: &Path) -> Result<Vec<String>, Stopped> {
    let root = root.canonicalize().ok();
    let mut inside = Vec::new();
    let mut found = Vec::new();
    for report in reports {
        match resolved(report).zip(root.as_ref()) {
            Some((full, root)) if full.starts_with(root) && full != *root => {
                inside.extend(full.strip_prefix(root).ok().map(shown));
            }
            _ => found.push(outside(report)),
        }
    }
    inside.sort();
    inside.dedup();
    if found.is_empty() {
        Ok(inside)
    } else {
        Err(Stopped::Problems(found))
    }
}

/// A path with every link and every step upwards taken, as far as it is there.
fn resolved(path: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(path).ok()?;
    let there = whole.ancestors().find_map(|above| {
        let full = above.canonicalize().ok()?;
        Some((full, whole.strip_prefix(above).ok()?))
    });
    let (full, rest) = there?;
    let plain = |part| matches!(part, std::path::Component::Normal(_));
    rest.components().all(plain).then(|| full.join(rest))
}

fn outside(report: &Path) -> Problem {
    let title = format!(
        "expected a file of the examined directory, found {} (--report)",
        visible(&report.to_string_lossy())
    );
    Problem::new(
        "report",
        title,
        "Give a path below it, or another directory: --path DIR. (Nothing was run.)",
    )
}

fn missing_tool(name: &OsStr, missing: &Missing) -> Stopped {
    let shown = from_bytes(name.as_encoded_bytes());
    let (found, code) = match missing {
        Missing::NotFound => ("none", 127),
        Missing::NotRunnable(says) => (says.as_str(), 126),
    };
    let title = format!("expected a program called {shown}, found {found}");
    let fix = "Install it, or give its path. Nothing was run.";
    Stopped::Missing(Problem::new("tool", title, fix), code)
}

fn not_written(named: &[String], reports: &[Written]) -> Vec<String> {
    let written = |name: &&String| reports.iter().any(|report| report.path == **name);
    named
        .iter()
        .filter(|name| !written(name))
        .cloned()
        .collect()
}

/// Says what was recorded, on standard error, and ends as the tool did.
fn say(record: &Record, kept: Result<String, Problem>, show: &Show) -> ExitCode {
    let exit = exit(record.ended);
    let name = match kept {
        Ok(name) => name,
        Err(problem) => {
            let own = problems::refuse(&[problem], &show.err());
            return exit.map_or(own.into(), ExitCode::from);
        }
    };
    if !show.quiet {
        let reports = count(record.reports.len(), "report", "reports");
        let mut said = vec![format!("{reports} recorded in {name}")];
        let missing = record.not_written.iter();
        said.extend(missing.map(|path| format!("{path} was not written by it")));
        let unbound = record.commit().err().filter(|_| !record.reports.is_empty());
        said.extend(unbound.map(|why| format!("it binds them to no commit: {why}")));
        for line in said {
            output::err(&format!("audit: {}\n", visible(&line)));
        }
    }
    exit.map_or(Exit::Clean.into(), ExitCode::from)
}

/// The exit status of the tool, unless it is 0; a signal as shells show it.
fn exit(ended: Ended) -> Option<u8> {
    let code = match (ended.code, ended.signal) {
        (Some(code), _) => code,
        (None, Some(signal)) => signal.saturating_add(128),
        (None, None) => 1,
    };
    (code != 0).then(|| u8::try_from(code).unwrap_or(1))
}
