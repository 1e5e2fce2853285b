//! `audit facts`: everything that was read, before any control is applied.

use serde::Serialize;

use super::conclusion::inject;
use super::examination::{Terms, as_of, examine, open};
use super::problems;
use super::register::{Base, Register};
use super::size::caps;
use super::style::Show;
use super::{Examined, Exit, claims, output, register};
use crate::git::Repository;
use crate::load::{Adoption, Problem, Source, load, load_statements};
use crate::model::fact::{Facts, Population, State};
use crate::model::relations::relation;
use crate::model::text::visible;
use crate::render::table::grid::{Fit, Grid};
use crate::render::table::{Style, Text, count, layout, number};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    examined: Examined,
    /// table or json [table].
    #[arg(long, value_name = "NAME", default_value = "table", hide_default_value = true, value_parser = ["table", "json"], hide_possible_values = true)]
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
    match print(arguments, show) {
        Ok(()) => Exit::Clean,
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn print(arguments: &Arguments, show: &Show) -> Result<(), Vec<Problem>> {
    let (as_of, _) = as_of(arguments.examined.as_of.as_deref()).map_err(|problem| vec![problem])?;
    let (root, repository) = open(&arguments.examined).map_err(|problem| vec![problem])?;
    let scope = repository
        .as_ref()
        .map_or(String::new(), |repository| repository.scope.clone());
    let adoption = Adoption::read(&root, &scope, None)?;
    let plan = load(&Source::Embedded("soc2".to_owned()), &adoption)?;
    // As in a run without flags, so that both say the same of a waiver.
    let base = Base::asked(None).map_err(|problem| vec![problem])?;
    let register = Register::read(
        &adoption,
        &plan.controls,
        base.as_ref(),
        repository.as_ref(),
    );
    let terms = Terms {
        policy: &plan.policy,
        as_of,
        out: None,
        check_objects: false,
        caps: caps(arguments.examined.max_value.as_deref()).map_err(|problem| vec![problem])?,
        show,
    };
    let mut examination = examine(&root, repository, &terms).map_err(|problem| vec![problem])?;
    let (statements, _) = load_statements(&adoption.attestations, &plan.controls);
    let facts = &mut examination.collected.facts;
    inject(facts, &register, &statements, as_of);
    claims::inject(&mut examination, &claims::claims());
    let notice = register.from.as_ref().map(register::notice);
    output::err(&notice.unwrap_or_default());
    if arguments.format == "table" {
        output::out(&table(&examination.collected.facts, &show.out()));
        return Ok(());
    }
    let dirty = !examination.collected.changed.is_empty();
    let printed = Printed {
        repository: describe(examination.repository.as_ref(), dirty),
        relations: &examination.collected.facts,
    };
    output::json_line(&printed)
        .map_err(|error| vec![Problem::new("bug", error.to_string(), "Report this.")])?;
    // The process ends now, and giving back every fact would take longer than printing it.
    std::mem::forget(examination);
    Ok(())
}

/// One row a relation, and how many of each state there are.
fn table(facts: &Facts, style: &Style) -> String {
    let mut grid = Grid::new(&[
        ("RELATION", Fit::Fixed),
        ("STATE", Fit::Fixed),
        ("ITEMS", Fit::Right),
        ("GAPS", Fit::Right),
        ("FROM", Fit::Wrap),
    ]);
    for (name, population) in facts {
        grid.row([
            (*name).to_owned(),
            word(population.state).to_owned(),
            number(population.count()),
            number(population.all_gaps().count()),
            style.own(&from(name, population)),
        ]);
    }
    let mut out = grid.render(style);
    let states = [State::Collected, State::Absent, State::Unreadable].map(|state| {
        let found = facts.values().filter(|it| it.state == state).count();
        format!("{} {}", number(found), word(state))
    });
    let relations = count(facts.len(), "relation", "relations");
    let text = Text::default()
        .and(format!("{relations}: {}", states.join(", ")))
        .divided(style)
        .whole("the items: --format json");
    layout::write(&mut out, &text, style, 0, 0);
    out
}

const fn word(state: State) -> &'static str {
    match state {
        State::Absent => "absent",
        State::Collected => "collected",
        State::Unreadable => "unreadable",
    }
}

/// What was read, and the first thing that could not be.
fn from(name: &str, population: &Population) -> String {
    let sought = relation(name).map_or("", |relation| relation.sought);
    let mut parts = match population.examined.as_slice() {
        [] if population.state == State::Absent => vec![format!("looked for {sought}")],
        [] => Vec::new(),
        [one] => vec![visible(one).into_owned()],
        many => vec![count(many.len(), "file", "files")],
    };
    let mut gaps = population.all_gaps();
    if let Some(first) = gaps.next() {
        let rest = gaps.count();
        let line = first.line();
        // A gap that names the only file says enough of it.
        parts.retain(|part| !line.starts_with(part.as_str()));
        parts.push(visible(&line).into_owned());
        if rest > 0 {
            parts.push(count(rest, "more gap", "more gaps"));
        }
    }
    if parts.is_empty() {
        parts.push(sought.to_owned());
    }
    parts.join("; ")
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
