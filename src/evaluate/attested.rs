//! `attested`: a person stated something, signed it, and the statement is in force.

use crate::model::control::Test;
use crate::model::fact::Item;
use crate::model::gap::{Cause, Gap};
use crate::model::relations::ATTESTATION_STATEMENT;
use crate::model::result::TestResult;
use crate::model::text::excerpt;
use crate::model::time::Day;

use super::{Bench, deviation, outcome, words};

pub(super) fn evaluate(bench: &Bench<'_>, test: &Test, statement: &str) -> TestResult {
    let relation = &ATTESTATION_STATEMENT;
    let name = excerpt(statement);
    let mut result = words::blank(test, Some(relation));
    result.required = format!("a signed statement {name} in force");
    let mut stated: Vec<(&Item, Standing)> = Vec::new();
    if let Some(population) = bench.facts.get(relation.name) {
        result.gaps.clone_from(&population.gaps);
        result.evidence.clone_from(&population.examined);
        result.items = population.items.len();
        // A statement for another control says nothing of this one.
        let same = |item: &&Item| {
            item.get("statement").as_text() == Some(statement)
                && item.get("control").as_text() == Some(&bench.control.id)
        };
        let items = population.items.iter().filter(same);
        stated.extend(items.map(|item| (item, standing(bench, item))));
    }
    result.population = stated.len();
    judge(bench, &name, &stated, &mut result);
    result.sentence = format!(
        "Someone must have stated {name} and signed it: {}.",
        result.observed
    );
    result
}

fn judge(bench: &Bench<'_>, name: &str, stated: &[(&Item, Standing)], result: &mut TestResult) {
    let with = |wanted| {
        stated
            .iter()
            .filter(move |(_, standing)| *standing == wanted)
    };
    if with(Standing::Holds).count() > 0 {
        // Another statement that cannot be read does not weaken one that holds.
        result.gaps.clear();
        result.observed = format!("{} signed and in force", with(Standing::Holds).count());
        result.outcome = outcome(0, 0);
    } else if let Some((item, _)) = with(Standing::Unverified).next() {
        let says = "the signature was not verified";
        let remedy = "Verify it against the signers you trust.";
        result
            .gaps
            .push(Gap::at(Cause::Weak, &item.source, says, remedy));
        result.observed = format!("a statement of which {says}");
    } else if result.gaps.is_empty() && stated.is_empty() {
        let relation = &ATTESTATION_STATEMENT;
        result.observed = format!("nobody stated {name}; looked for {}", relation.sought);
        result
            .gaps
            .push(Gap::missing(result.observed.clone(), relation.remedy));
    } else {
        let fields = ["person", "signature", "issued", "expires"];
        let (attribute, required) = (&result.attribute, &result.required);
        let one = |(item, _): &(&Item, Standing)| {
            deviation::of(bench, attribute, item, &fields, required)
        };
        result.deviations = stated.iter().map(one).collect();
        result.observed = if stated.is_empty() {
            "no statement that can be relied on".to_owned()
        } else {
            format!(
                "no statement of {} that is signed and in force",
                stated.len()
            )
        };
        result.outcome = outcome(result.deviations.len(), result.gaps.len());
    }
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
