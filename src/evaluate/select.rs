//! From a relation to the population of a test.

use crate::model::control::{Selection, WhenEmpty};
use crate::model::fact::{Item, State};
use crate::model::gap::Gap;
use crate::model::relation::{Origin, Relation};
use crate::model::relations::relation;
use crate::model::result::{Deviation, Outcome};
use crate::model::text::grouped;

use super::compare::{Truth, holds};
use super::words;
use super::{Bench, add_gap};

/// The population of a test.
pub(super) struct Selected<'b> {
    /// The items that belong to it.
    pub(super) items: Vec<&'b Item>,
    /// Items of the relation before the filter.
    pub(super) before: usize,
    /// Whether there is nothing of the kind at all.
    pub(super) absent: bool,
    /// What could not be relied on.
    pub(super) gaps: Vec<Gap>,
    /// Exhibits that were looked at.
    pub(super) evidence: Vec<String>,
}

/// Selects the population.
pub(super) fn select<'b>(bench: &Bench<'b>, of: &Selection) -> Selected<'b> {
    let mut selected = Selected {
        items: Vec::new(),
        before: 0,
        absent: false,
        gaps: Vec::new(),
        evidence: Vec::new(),
    };
    let Some(population) = bench.facts.get(of.relation.name) else {
        selected.gaps.push(not_collected(of.relation));
        return selected;
    };
    selected.before = population.items.len();
    selected.evidence.clone_from(&population.examined);
    population
        .gaps
        .iter()
        .for_each(|gap| add_gap(&mut selected.gaps, gap));
    selected.absent = population.state == State::Absent;
    if let Origin::Within(parent) = of.relation.origin {
        look_above(bench, parent, &mut selected);
    }
    let mut unsaid: Vec<(&str, usize)> = Vec::new();
    for item in &population.items {
        let truths: Vec<Truth> = of
            .filter
            .iter()
            .map(|clause| holds(bench, clause, item, !population.gaps.is_empty()))
            .collect();
        if truths.contains(&Truth::No) {
            continue;
        }
        match truths
            .iter()
            .position(|truth| *truth == Truth::Unknown)
            .and_then(|at| of.filter.get(at))
        {
            None => selected.items.push(item),
            Some(clause) => match unsaid.iter_mut().find(|(field, _)| *field == clause.field) {
                Some((_, count)) => *count += 1,
                None => unsaid.push((&clause.field, 1)),
            },
        }
    }
    for (field, count) in unsaid {
        selected.gaps.push(unsaid_gap(of.relation, field, count));
    }
    selected
}

/// Items inside reports are worth as much as the reports: their gaps are gaps here, and where no
/// report is, nothing is known.
fn look_above(bench: &Bench<'_>, parent: &'static str, selected: &mut Selected<'_>) {
    selected.absent = false;
    let declared = relation(parent);
    match bench.facts.get(parent) {
        Some(population) => {
            population
                .gaps
                .iter()
                .for_each(|gap| add_gap(&mut selected.gaps, gap));
            selected
                .evidence
                .extend(population.examined.iter().cloned());
            if population.state == State::Absent {
                selected.absent = true;
                selected.gaps.extend(declared.map(missing));
            }
        }
        None => selected.gaps.extend(declared.map(not_collected)),
    }
    selected.evidence.sort();
    selected.evidence.dedup();
}

/// The gap that the evidence leaves a field unsaid which the test needs.
pub(super) fn unsaid_gap(relation: &Relation, field: &str, count: usize) -> Gap {
    let says = format!(
        "{} {} whose {} the evidence does not say",
        grouped(count as u64),
        relation.noun_for(count),
        words::label(field)
    );
    Gap {
        cause: crate::model::gap::Cause::Incomplete,
        ..Gap::missing(says, relation.remedy)
    }
}

/// The gap that a relation was not looked for.
pub(super) fn not_collected(relation: &'static Relation) -> Gap {
    Gap::missing(
        format!("{} was not collected", relation.name),
        relation.remedy,
    )
}

/// The gap that there is nothing of a kind.
pub(super) fn missing(relation: &'static Relation) -> Gap {
    Gap::missing(
        format!(
            "no {} was found; looked for {}",
            relation.noun.0, relation.sought
        ),
        relation.remedy,
    )
}

/// What nothing comes to.
pub(super) struct Nothing {
    pub(super) outcome: Outcome,
    pub(super) deviation: Option<Deviation>,
    pub(super) gap: Option<Gap>,
    pub(super) observed: String,
}

/// What an empty or absent population comes to, by the author's words.
pub(super) fn nothing(
    bench: &Bench<'_>,
    attribute: &str,
    of: &Selection,
    when: WhenEmpty,
    absent: bool,
) -> Nothing {
    let relation = of.relation;
    let observed = if absent {
        format!(
            "no {} was found; looked for {}",
            relation.noun.0, relation.sought
        )
    } else {
        format!("no {}", words::population(bench, of, 1))
    };
    let mut nothing = Nothing {
        outcome: Outcome::NotTested,
        deviation: None,
        gap: None,
        observed,
    };
    match when {
        WhenEmpty::NoExceptions => nothing.outcome = Outcome::NoExceptionsNoted,
        WhenEmpty::DidNotOccur => nothing.outcome = Outcome::DidNotOccur,
        WhenEmpty::NotApplicable => nothing.outcome = Outcome::NotApplicable,
        WhenEmpty::Exceptions => {
            nothing.outcome = Outcome::ExceptionsNoted;
            nothing.deviation = Some(words::shortfall(
                bench,
                attribute,
                relation,
                &nothing.observed,
                "at least one",
            ));
        }
        WhenEmpty::NotTested => {
            nothing.gap = Some(Gap::missing(nothing.observed.clone(), relation.remedy));
        }
    }
    nothing
}
