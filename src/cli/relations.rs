//! `audit relations`: the populations that controls can test.

use serde::Serialize;

use super::definitions::USUAL;
use super::run::catalogue_source;
use super::style::Show;
use super::{Exit, output, problems};
use crate::load::{Problem, load_catalogue};
use crate::model::control::Control;
use crate::model::relation::Relation;
use crate::model::relations::RELATIONS;
use crate::render::table::grid::{Fit, Grid};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The catalogue whose controls are named [soc2].
    #[arg(long, value_name = "NAME|DIR", default_value = USUAL, hide_default_value = true)]
    controls: String,
    /// table or json [table].
    #[arg(long, value_name = "NAME", default_value = "table", hide_default_value = true, value_parser = ["table", "json"], hide_possible_values = true)]
    format: String,
}

/// A relation for a machine.
#[derive(Serialize)]
struct Printed<'p> {
    name: &'static str,
    item: &'static str,
    filled_from: &'static str,
    fields: Vec<PrintedField>,
    used_by: Vec<&'p str>,
}

#[derive(Serialize)]
struct PrintedField {
    name: &'static str,
    kind: &'static str,
    about: &'static str,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match print(arguments, show) {
        Ok(()) => Exit::Clean,
        Err(found) => problems::refuse(&found, &show.err()),
    }
}

fn print(arguments: &Arguments, show: &Show) -> Result<(), Vec<Problem>> {
    let controls = load_catalogue(&catalogue_source(&arguments.controls)?)?.controls;
    if arguments.format == "json" {
        let printed: Vec<Printed<'_>> = RELATIONS
            .iter()
            .map(|relation| describe(relation, &controls))
            .collect();
        let mut text = serde_json::to_string_pretty(&printed).unwrap_or_default();
        text.push('\n');
        output::json(&text);
        return Ok(());
    }
    let mut grid = Grid::new(&[
        ("RELATION", Fit::Fixed),
        ("ITEM", Fit::Wrap),
        ("FILLED FROM", Fit::Wrap),
        ("USED BY", Fit::Wrap),
    ]);
    for relation in RELATIONS {
        let users = used_by(relation, &controls);
        grid.row([
            relation.name.to_owned(),
            relation.item.to_owned(),
            relation.sought.to_owned(),
            if users.is_empty() {
                "-".to_owned()
            } else {
                users.join(" ")
            },
        ]);
    }
    output::out(&grid.render(&show.out()));
    Ok(())
}

fn describe<'c>(relation: &'static Relation, controls: &'c [Control]) -> Printed<'c> {
    Printed {
        name: relation.name,
        item: relation.item,
        filled_from: relation.sought,
        fields: relation
            .fields
            .iter()
            .map(|field| PrintedField {
                name: field.name,
                kind: field.kind.words(),
                about: field.about,
            })
            .collect(),
        used_by: used_by(relation, controls),
    }
}

/// The controls that test a relation, or need it.
fn used_by<'c>(relation: &'static Relation, controls: &'c [Control]) -> Vec<&'c str> {
    controls
        .iter()
        .filter(|control| {
            control.relations().contains(&relation) || control.applies_when == Some(relation)
        })
        .map(|control| control.id.as_str())
        .collect()
}
