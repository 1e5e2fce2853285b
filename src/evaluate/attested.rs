//! `attested`: a person stated something, signed it, and the statement is in force.

use crate::model::control::Test;
use crate::model::fact::Item;
use crate::model::gap::{Cause, Gap};
use crate::model::relations::ATTESTATION_STATEMENT;
use crate::model::result::TestResult;
use crate::model::text::excerpt;
use crate::model::time::Day;

use super::{Bench, outcome, words};

pub(super) fn evaluate(bench: &Bench<'_>, test: &Test, statement: &str) -> TestResult {
    let relation = &ATTESTATION_STATEMENT;
    let mut result = words::blank(test, Some(relation));
    result.required = format!("a signed statement {} in force", excerpt(statement));
    result.logic = format!("attested {}", excerpt(statement));
    let population = bench.facts.get(relation.name);
    let items: Vec<&Item> = population
        .map(|population| {
            population
                .items
                .iter()
                .filter(|item| item.get("statement").as_text() == Some(statement))
                .collect()
        })
        .unwrap_or_default();
    if let Some(population) = population {
        result.gaps.clone_from(&population.gaps);
        result.evidence.clone_from(&population.examined);
    }
    result.items = population.map_or(0, |population| population.items.len());
    result.population = items.len();
    let states: Vec<(&Item, Standing)> = items
        .iter()
        .map(|item| (*item, standing(bench, item)))
        .collect();
    if states
        .iter()
        .any(|(_, standing)| *standing == Standing::Holds)
    {
        // Another statement that cannot be read does not weaken one that holds.
        result.gaps.clear();
        result.observed = format!("{} signed and in force", statement_count(&states));
        result.outcome = outcome(0, 0);
    } else if let Some((item, _)) = states
        .iter()
        .find(|(_, standing)| *standing == Standing::Unverified)
    {
        let says = "the signature was not verified".to_owned();
        result.gaps.push(Gap::at(
            Cause::Weak,
            &item.source,
            says,
            "Verify it against the signers you trust.",
        ));
        result.observed = "a statement whose signature was not verified".to_owned();
    } else if result.gaps.is_empty() && states.is_empty() {
        let says = format!(
            "nobody stated {}; looked for {}",
            excerpt(statement),
            relation.sought
        );
        result.observed.clone_from(&says);
        result.gaps.push(Gap::missing(says, relation.remedy));
    } else {
        let fields = ["person", "signature", "issued", "expires"];
        result.deviations = states
            .iter()
            .map(|(item, _)| {
                words::deviation(bench, &test.attribute, item, &fields, &result.required)
            })
            .collect();
        result.observed = "no statement that is signed and in force".to_owned();
        result.outcome = outcome(result.deviations.len(), result.gaps.len());
    }
    result.sentence = format!(
        "Someone must have stated {} and signed it: {}.",
        excerpt(statement),
        result.observed
    );
    result
}

fn statement_count(states: &[(&Item, Standing)]) -> usize {
    states
        .iter()
        .filter(|(_, standing)| *standing == Standing::Holds)
        .count()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Holds,
    Unverified,
    OutOfForce,
}

fn standing(bench: &Bench<'_>, item: &Item) -> Standing {
    let day = |field: &str| item.get(field).as_text().and_then(Day::parse);
    let today = bench.context.as_of.day();
    let in_force = matches!((day("issued"), day("expires")), (Some(from), Some(to)) if from <= today && today <= to);
    match (in_force, item.get("signature").as_text()) {
        (true, Some("verified")) => Standing::Holds,
        (true, Some("not-checked")) => Standing::Unverified,
        _ => Standing::OutOfForce,
    }
}
