//! `audit attest`: the statements that controls ask for, who stated what, and whether it holds; a
//! draft of one. No control is examined.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::examination::{as_of, open};
use super::run::catalogue_source;
use super::style::Show;
use super::{Examined, Exit, output, problems};
use crate::load::{ATTESTATIONS, Adoption, NAMESPACE, Plan, Problem, lapse, load, load_statements};
use crate::model::attestation::{Signature, Statement, StatementState};
use crate::model::text::{excerpt, joined, nearest, visible};
use crate::model::time::{Day, Moment};
use crate::render::table::grid::{Fit, Grid};
use crate::render::table::{Style, Text, count, layout, number};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    examined: Examined,
    /// What to hold it against [soc2].
    #[arg(
        long,
        value_name = "NAME|DIR",
        default_value = "soc2",
        hide_default_value = true
    )]
    controls: String,
    /// One policy for many repositories.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// End with 2 if one is malformed, unsigned, over or not yet in force.
    #[arg(long, conflicts_with = "draft")]
    check: bool,
    /// Print the statements that a control asks for, to be filled in and signed.
    #[arg(long, value_name = "ID")]
    draft: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match attempt(arguments, show) {
        Ok(exit) => exit,
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn attempt(arguments: &Arguments, show: &Show) -> Result<Exit, Vec<Problem>> {
    let one = |problem| vec![problem];
    let (as_of, _) = as_of(arguments.examined.as_of.as_deref()).map_err(one)?;
    let (root, repository) = open(&arguments.examined).map_err(one)?;
    let scope = repository.map_or(String::new(), |repository| repository.scope);
    let adoption = Adoption::read(&root, &scope, arguments.policy.as_deref())?;
    let plan = load(&catalogue_source(&arguments.controls)?, &adoption)?;
    if let Some(id) = &arguments.draft {
        output::out(&draft(&plan, id, &scope, as_of.day()).map_err(one)?);
        return Ok(Exit::Clean);
    }
    let (statements, faults) = load_statements(&adoption.attestations, &plan.controls);
    output::out(&list(&plan, &statements, as_of, &show.out()));
    let mut found = faults;
    if arguments.check {
        for (signed, statement) in adoption.attestations.iter().zip(&statements) {
            found.extend(lapse::unsound(&signed.text, statement, as_of));
        }
    }
    output::err(&problems::render(&found, &show.err()));
    if arguments.check && !found.is_empty() {
        output::err(&format!("{}\n", count(found.len(), "problem", "problems")));
        return Ok(Exit::Usage);
    }
    Ok(Exit::Clean)
}

/// Every statement that a control asks for, by control.
fn asked(plan: &Plan) -> Vec<(&str, &str)> {
    let controls = plan.controls.iter();
    controls
        .flat_map(|control| {
            let names = control.statements().into_iter();
            names.map(move |name| (control.id.as_str(), name))
        })
        .collect()
}

/// One row a statement, those that nobody stated included, and how many there are of each.
fn list(plan: &Plan, statements: &[Statement], as_of: Moment, style: &Style) -> String {
    let mut grid = Grid::new(&[
        ("STATEMENT", Fit::Fixed),
        ("CONTROL", Fit::Fixed),
        ("PERSON", Fit::Wrap),
        ("STATE", Fit::Fixed),
        ("SIGNATURE", Fit::Fixed),
        ("WHERE", Fit::Fixed),
    ]);
    for statement in statements {
        grid.row([
            or_dash(&statement.name),
            or_dash(&statement.control),
            or_dash(&statement.person),
            words(statement, as_of),
            statement.signature.name().replace('-', " "),
            visible(&statement.path).into_owned(),
        ]);
    }
    let stated = |control: &str, name: &str| {
        let same = |it: &&Statement| it.control == control && it.name == name;
        statements.iter().any(|it| same(&it))
    };
    let unstated: Vec<(&str, &str)> = asked(plan)
        .into_iter()
        .filter(|(control, name)| !stated(control, name))
        .collect();
    for (control, name) in &unstated {
        let dash = || "-".to_owned();
        let state = "not stated".to_owned();
        grid.row([
            or_dash(name),
            or_dash(control),
            dash(),
            state,
            dash(),
            dash(),
        ]);
    }
    let mut out = String::new();
    if !statements.is_empty() || !unstated.is_empty() {
        out.push_str(&grid.render(style));
    }
    let parts = parts(statements, as_of, unstated.len());
    layout::write(&mut out, &Text::list(style, parts), style, 0, 2);
    out
}

fn parts(statements: &[Statement], as_of: Moment, unstated: usize) -> Vec<String> {
    let of = |state| {
        statements
            .iter()
            .filter(|it| it.state(as_of) == state)
            .count()
    };
    let mut parts = vec![format!("Statements: {}", number(statements.len()))];
    for (found, words) in [
        (of(StatementState::InForce), "in force"),
        (of(StatementState::Expired), "expired"),
        (of(StatementState::NotYet), "not yet in force"),
        (of(StatementState::Malformed), "malformed"),
        (unstated, "not stated"),
    ] {
        if found > 0 {
            parts.push(format!("{} {words}", number(found)));
        }
    }
    let signed = |it: &&Statement| it.signature == Signature::NotChecked;
    if statements.iter().any(|it| signed(&it)) {
        parts.push("no signature was verified".to_owned());
    }
    parts
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        visible(text).into_owned()
    }
}

/// The state with the day that decides it.
fn words(statement: &Statement, as_of: Moment) -> String {
    let day = |day: Option<Day>| day.map_or(String::new(), |it| format!(" {it}"));
    match statement.state(as_of) {
        StatementState::InForce => format!("in force to{}", day(statement.expires)),
        StatementState::NotYet => format!("begins{}", day(statement.issued)),
        StatementState::Expired => format!("expired{}", day(statement.expires)),
        StatementState::Malformed => "malformed".to_owned(),
    }
}

/// A file for each statement that a control asks for. What a person has to decide is left empty,
/// and a statement with something empty states nothing.
fn draft(plan: &Plan, id: &str, scope: &str, today: Day) -> Result<String, Problem> {
    let ids = || plan.controls.iter().map(|control| control.id.as_str());
    let Some(control) = plan.controls.iter().find(|control| control.id == id) else {
        let fix = nearest(id, ids()).map_or_else(
            || "See audit controls list.".to_owned(),
            |near| format!("Write {near}."),
        );
        let title = format!(
            "expected the id of a control, found {} (--draft)",
            excerpt(id)
        );
        return Err(Problem::new("control-unknown", title, fix));
    };
    let names = control.statements();
    if names.is_empty() {
        let title = format!("expected a control that asks for a statement, found {id} (--draft)");
        let mut asking: Vec<&str> = asked(plan)
            .into_iter()
            .map(|(control, _)| control)
            .collect();
        asking.dedup();
        let fix = match asking.as_slice() {
            [] => "No control of this catalogue asks for one.".to_owned(),
            ids => format!("Name one of them: {}.", joined(ids, "or")),
        };
        return Err(Problem::new("attestation-draft", title, fix));
    }
    let mut out = String::new();
    for name in names {
        let (id, name) = (visible(id), visible(name));
        let path = format!(
            "{scope}{ATTESTATIONS}/{}.yaml",
            crate::model::text::last_name(&name)
        );
        let quoted = serde_json::Value::from(&*name);
        // Writing to memory does not fail.
        let _ = write!(
            out,
            "# {path}: fill in what is empty, then sign the file:\n#   ssh-keygen -Y sign -f KEY \
             -n {NAMESPACE} {path}\napiVersion: audit/v1\nstatement: {quoted}\ncontrol: {id}\n\
             says:\nperson:\nissued: {today}\nexpires:\n"
        );
    }
    Ok(out)
}
