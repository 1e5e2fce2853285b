//! Criteria down, controls across. Split by family where it would be wider than a sheet.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::control::Control;
use crate::model::result::ControlResult;
use crate::model::run::Run;

use super::anchors::{self, Anchors};
use super::words::{self, Mark, mark};

/// The most columns that a sheet holds.
const COLUMNS: usize = 26;

#[derive(Serialize)]
pub(super) struct Matrix {
    blocks: Vec<Block>,
    /// Criteria that no evaluated control may support.
    without: Vec<String>,
}

#[derive(Serialize)]
struct Block {
    families: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Column {
    id: String,
    anchor: String,
    first: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    /// Where links to the criterion lead: its first row only.
    anchor: Option<String>,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    first: bool,
    support: Option<Support>,
}

#[derive(Serialize)]
struct Support {
    mark: Mark,
    letter: &'static str,
    strength: &'static str,
    waived: bool,
}

type Evaluated<'r> = (&'r Control, &'r ControlResult);

/// The matrix of a run.
pub(super) fn matrix(anchors: &Anchors<'_>) -> Matrix {
    let run = anchors.run();
    let mut seen = BTreeSet::new();
    let blocks = split(run)
        .into_iter()
        .map(|controls| block(anchors, &controls, &mut seen))
        .collect();
    Matrix {
        blocks,
        without: run
            .criteria
            .iter()
            .filter(|criterion| !seen.contains(criterion.id.as_str()))
            .map(|criterion| criterion.id.clone())
            .collect(),
    }
}

/// The evaluated controls in blocks that end where a family ends.
fn split(run: &Run) -> Vec<Vec<Evaluated<'_>>> {
    let mut families: Vec<Vec<Evaluated<'_>>> = Vec::new();
    for result in &run.results {
        let Some(control) = run.control(&result.control) else {
            continue;
        };
        match families.last_mut() {
            Some(family)
                if family
                    .first()
                    .is_some_and(|(c, _)| c.family() == control.family()) =>
            {
                family.push((control, result));
            }
            _ => families.push(vec![(control, result)]),
        }
    }
    let mut blocks: Vec<Vec<Evaluated<'_>>> = Vec::new();
    for family in families {
        match blocks.last_mut() {
            Some(block) if block.len() + family.len() <= COLUMNS => block.extend(family),
            _ => blocks.push(family),
        }
    }
    blocks
}

fn block<'r>(
    anchors: &Anchors<'r>,
    controls: &[Evaluated<'r>],
    seen: &mut BTreeSet<&'r str>,
) -> Block {
    let run = anchors.run();
    let supports = |id: &str| {
        controls
            .iter()
            .any(|(c, _)| c.criteria.iter().any(|(x, _)| x == id))
    };
    let listed = run.criteria.iter().map(|criterion| criterion.id.as_str());
    // A control of the repository's own may name what the catalogue does not list.
    let unlisted: BTreeSet<&str> = controls
        .iter()
        .flat_map(|(control, _)| &control.criteria)
        .map(|(id, _)| id.as_str())
        .filter(|id| run.criteria.iter().all(|criterion| criterion.id != *id))
        .collect();
    let rows = listed
        .filter(|id| supports(id))
        .chain(unlisted)
        .map(|id| Row {
            id: id.to_owned(),
            title: anchors.criterion_title(id).to_owned(),
            anchor: seen.insert(id).then(|| anchors::criterion(id)),
            cells: firsts(controls)
                .map(|(first, evaluated)| Cell {
                    first,
                    support: support(evaluated, id),
                })
                .collect(),
        })
        .collect();
    let mut families: Vec<&str> = controls
        .iter()
        .map(|(control, _)| control.family())
        .collect();
    families.dedup();
    Block {
        families: families.join(", "),
        columns: firsts(controls)
            .map(|(first, (control, _))| Column {
                id: control.id.clone(),
                anchor: anchors::control(&control.id),
                first,
            })
            .collect(),
        rows,
    }
}

/// The controls, each with whether it is the first of its family.
fn firsts<'s, 'r>(
    controls: &'s [Evaluated<'r>],
) -> impl Iterator<Item = (bool, Evaluated<'r>)> + 's {
    let mut family = "";
    controls.iter().map(move |(control, result)| {
        let first = control.family() != family;
        family = control.family();
        (first, (*control, *result))
    })
}

fn support((control, result): Evaluated<'_>, criterion: &str) -> Option<Support> {
    let (_, strength) = control.criteria.iter().find(|(id, _)| id == criterion)?;
    Some(Support {
        mark: mark(result.outcome),
        letter: words::letter(*strength),
        strength: strength.name(),
        waived: result.waived,
    })
}
