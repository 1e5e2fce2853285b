//! `audit controls`: the catalogue as it is in force here.

use std::path::{Path, PathBuf};

use super::definitions::{self, USUAL};
use super::style::Show;
use super::{Exit, output, problems, show_control};
use crate::load::{CONTROL_FIELDS, Plan, Problem};
use crate::model::control::Control;
use crate::model::text::{nearest, visible};
use crate::render::table::grid::{Fit, Grid};
use crate::render::table::{Style, Text, count, layout, number, plural};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Where the definitions come from.
#[derive(Debug, clap::Args)]
struct From {
    /// The catalogue [soc2].
    #[arg(long, value_name = "NAME|DIR", default_value = USUAL, hide_default_value = true)]
    controls: String,
    /// A policy [.audit/policy.yaml].
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Every control in force, one a line.
    List(From),
    /// One control: its parameters, what it needs, what it tests.
    Show(Asked),
    /// Whether catalogue, policy and waivers are sound, with the place of every problem.
    Check {
        /// A repository, or a directory that holds catalogue.yaml [.].
        #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
        folder: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Asked {
    /// The control.
    #[arg(required_unless_present = "fields")]
    id: Option<String>,
    #[command(flatten)]
    from: From,
    /// Print the YAML file.
    #[arg(long, conflicts_with = "fields")]
    source: bool,
    /// List the fields that a control may have.
    #[arg(long)]
    fields: bool,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    let answer = match &arguments.command {
        Command::List(from) => plan(from).map(|plan| list(&plan, &show.out())),
        Command::Show(asked) if asked.fields => Ok(fields(&show.out())),
        Command::Show(asked) => one(asked, &show.out()),
        Command::Check { folder } => return check(folder, show),
    };
    match answer {
        Ok(text) => {
            output::out(&text);
            Exit::Clean
        }
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn plan(from: &From) -> Result<Plan, Vec<Problem>> {
    definitions::plan(&from.controls, Path::new("."), from.policy.as_deref())
}

fn list(plan: &Plan, style: &Style) -> String {
    let mut grid = Grid::new(&[
        ("ID", Fit::Fixed),
        ("SEVERITY", Fit::Fixed),
        ("CLASS", Fit::Fixed),
        ("MAY SUPPORT", Fit::Wrap),
        ("TITLE", Fit::Wrap),
    ]);
    let left_out = |control: &Control| {
        plan.policy
            .exclusions
            .iter()
            .any(|exclusion| exclusion.control == control.id)
    };
    for control in &plan.controls {
        let criteria: Vec<&str> = control.criteria.iter().map(|(id, _)| id.as_str()).collect();
        grid.row([
            visible(&control.id).into_owned(),
            control.severity.name().to_owned(),
            control.class.name().to_owned(),
            visible(&criteria.join(" ")).into_owned(),
            visible(&control.title).into_owned(),
        ]);
    }
    let of = |wanted: &dyn Fn(&Control) -> bool| {
        plan.controls
            .iter()
            .filter(|control| wanted(control))
            .count()
    };
    let period = of(&|control| control.class.needs_period());
    let all = plan.controls.len();
    let mut out = grid.render(style);
    let counts = format!(
        "{}: {} point in time, {} {} a period",
        count(all, "control", "controls"),
        number(all - period),
        number(period),
        plural(period, "needs", "need")
    );
    let policy = format!(
        "{} left out, {} added by the policy",
        number(of(&left_out)),
        number(of(&|control| control.added))
    );
    let text = Text::default().whole(counts).divided(style).whole(policy);
    layout::write(&mut out, &text, style, 0, 2);
    out
}

fn one(asked: &Asked, style: &Style) -> Result<String, Vec<Problem>> {
    let plan = plan(&asked.from)?;
    let id = asked.id.as_deref().unwrap_or_default();
    let Some(control) = plan.controls.iter().find(|control| control.id == id) else {
        return Err(vec![unknown(id, &plan)]);
    };
    if !asked.source {
        return Ok(show_control::text(control, style));
    }
    let source = plan.definitions.iter().find(|file| {
        let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
        name(&file.path) == name(&control.path)
    });
    source
        .map(|file| shown(&String::from_utf8_lossy(&file.bytes)))
        .ok_or_else(|| {
            let title = format!("expected the file of {id}, found none");
            vec![Problem::new("bug", title, "Report this.")]
        })
}

/// A file as it is, but for characters that would steer a terminal.
fn shown(text: &str) -> String {
    let parts = text.split_inclusive(['\n', '\t']);
    let part = |part: &str| {
        let ends = ["\r\n", "\n", "\t"];
        let line = ends.iter().find_map(|end| part.strip_suffix(end));
        let line = line.unwrap_or(part);
        visible(line).into_owned() + part.get(line.len()..).unwrap_or_default()
    };
    parts.map(part).collect()
}

fn unknown(id: &str, plan: &Plan) -> Problem {
    let ids = || plan.controls.iter().map(|control| control.id.as_str());
    let upper = id.to_uppercase();
    let near = ids()
        .find(|known| *known == upper)
        .or_else(|| nearest(id, ids()));
    let title = format!(
        "expected the id of a control, found {}",
        crate::model::text::excerpt(id)
    );
    let fix = near.map_or_else(
        || "See audit controls list.".to_owned(),
        |near| format!("Write {near}."),
    );
    Problem::new("control-unknown", title, fix)
}

/// What each field of a control is; the test holds the list against the one that is read.
const MEANINGS: &[(&str, &str)] = &[
    ("apiVersion", "audit/v1"),
    ("id", "letters, a hyphen, digits: CI-01"),
    ("title", "what it is about; no full stop"),
    ("statement", "what management states"),
    (
        "criteria",
        "the criteria it may support: direct, partial or indirect",
    ),
    ("references", "identifiers of other frameworks"),
    ("severity", "critical, high, medium or low"),
    ("nature", "preventive, detective or corrective"),
    ("frequency", "how often it operates: per-change"),
    ("class", "state, artifact, document, population or manual"),
    (
        "applies_when",
        "the relation without which it is not applicable",
    ),
    (
        "parameters",
        "values a policy may set: default, meaning, unit, floor",
    ),
    ("procedure", "what was done, in an auditor's words"),
    (
        "requires",
        "reports that have to be there, complete, fresh and bound",
    ),
    (
        "tests",
        "a population, the attribute each item must have, what an empty one means",
    ),
    (
        "remediation",
        "what to do; a sentence that starts with a verb",
    ),
    ("limitations", "what the tests cannot show"),
    ("waiver_days", "the longest a waiver may last, in days"),
];

fn fields(style: &Style) -> String {
    let mut grid = Grid::new(&[("FIELD", Fit::Fixed), ("WHAT", Fit::Wrap)]);
    for field in CONTROL_FIELDS {
        let meaning = MEANINGS.iter().find(|(name, _)| name == field);
        let meaning = meaning.map_or("", |(_, meaning)| meaning);
        grid.row([(*field).to_owned(), meaning.to_owned()]);
    }
    let mut out = grid.render(style);
    out.push_str(&count(CONTROL_FIELDS.len(), "field", "fields"));
    out.push('\n');
    out
}

fn check(folder: &Path, show: &Show) -> Exit {
    if !folder.is_dir() {
        let root = super::root();
        return problems::refuse(&[super::usage::not_a_directory(folder, &root)], &show.err());
    }
    let (controls, found) = if definitions::is_catalogue(folder) {
        let given = folder.to_string_lossy().into_owned();
        // Beside a catalogue there is no adoption to check.
        definitions::check(&given, folder, false)
    } else {
        definitions::check(USUAL, folder, true)
    };
    if found.is_empty() {
        output::out(&format!(
            "{}, 0 problems\n",
            count(controls, "control", "controls")
        ));
        return Exit::Clean;
    }
    let exit = problems::refuse(&found, &show.err());
    output::err(&format!("{}\n", count(found.len(), "problem", "problems")));
    exit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_control_has_a_meaning() {
        let names: Vec<&str> = MEANINGS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, CONTROL_FIELDS);
    }

    #[test]
    fn a_source_is_shown_as_it_is_and_steers_no_terminal() {
        assert_eq!(shown("id: a\n\tb: \u{fc}"), "id: a\n\tb: \u{fc}");
        assert_eq!(shown("a: \u{1b}[2J\rb\r\n"), "a: \\u{1b}[2J\\u{d}b\r\n");
    }
}
