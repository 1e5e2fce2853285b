//! `audit facts`: everything that was read, before any control is applied.

use serde::Serialize;

use super::examination::{Terms, as_of, examine, open};
use super::problems;
use super::style::Show;
use super::{Examined, Exit, output};
use crate::git::Repository;
use crate::load::Problem;
use crate::model::fact::Facts;
use crate::model::policy::Policy;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    examined: Examined,
    /// table or json.
    #[arg(long, default_value = "table")]
    format: String,
}

#[derive(Serialize)]
struct Printed<'p> {
    repository: RepositoryFacts,
    relations: &'p Facts,
}

#[derive(Serialize)]
struct RepositoryFacts {
    commit: Option<String>,
    tree: Option<String>,
    branch: Option<String>,
    committed_at: Option<String>,
    dirty: bool,
    shallow: bool,
    object_format: Option<&'static str>,
    tracked_files: usize,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match print(arguments) {
        Ok(()) => Exit::Clean,
        Err(problem) => problems::refuse(&[problem], &show.err()),
    }
}

fn print(arguments: &Arguments) -> Result<(), Problem> {
    let (as_of, _) = as_of(arguments.examined.as_of.as_deref())?;
    let (root, repository) = open(&arguments.examined)?;
    let policy = Policy::default();
    let terms = Terms {
        policy: &policy,
        as_of,
        out: None,
        check_objects: false,
    };
    let examination = examine(&root, repository, &terms)?;
    let dirty = !examination.collected.changed.is_empty();
    let printed = Printed {
        repository: describe(examination.repository.as_ref(), dirty),
        relations: &examination.collected.facts,
    };
    let mut text = serde_json::to_string(&printed)
        .map_err(|error| Problem::new("bug", error.to_string(), "Report this."))?;
    text.push('\n');
    output::out(&text);
    Ok(())
}

fn describe(repository: Option<&Repository>, dirty: bool) -> RepositoryFacts {
    let head = repository.and_then(|repository| repository.head.as_ref());
    RepositoryFacts {
        commit: head.map(|head| head.commit.clone()),
        tree: head.map(|head| head.tree.clone()),
        branch: repository.and_then(|repository| repository.branch.clone()),
        committed_at: head
            .and_then(|head| head.committed_at)
            .map(|moment| moment.to_string()),
        dirty,
        shallow: repository.is_some_and(|repository| repository.shallow),
        object_format: repository.map(|repository| repository.object_format.name()),
        tracked_files: repository.map_or(0, |repository| repository.scoped_entries().count()),
    }
}
