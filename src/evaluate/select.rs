//! From a relation to the population of a test.

use std::collections::BTreeSet;

use crate::model::control::{Empty, Selection, Test, WhenEmpty};
use crate::model::fact::{Item, State};
use crate::model::gap::{Cause, Gap};
use crate::model::relation::{Origin, Relation};
use crate::model::relations::relation;
use crate::model::result::{Outcome, TestResult};
use crate::model::text::grouped;

use super::compare::{Truth, ready};
use super::{Bench, add_gap};
use super::{deviation, holds, phrase, words};

/// How many files of a population are named for a reader to look at: as many as an auditor's sample
/// usually has items.
const EXAMPLES: usize = 25;

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
    selected.before = population.count();
    selected.evidence.clone_from(&population.examined);
    population
        .gaps
        .iter()
        .for_each(|gap| add_gap(&mut selected.gaps, gap));
    selected.absent = population.state == State::Absent;
    if let Origin::Within(parent) = of.relation.origin {
        look_above(bench, parent, of.relation, &mut selected);
    }
    let mut unsaid = Unsaid::default();
    let gapped = !population.gaps.is_empty();
    let filter = ready(bench, &of.filter);
    for item in &population.items {
        let truths: Vec<Truth> = filter
            .iter()
            .map(|condition| condition.holds(bench, item, gapped))
            .collect();
        if truths.contains(&Truth::No) {
            continue;
        }
        let open = truths.iter().position(|truth| *truth == Truth::Unknown);
        match open.and_then(|at| of.filter.get(at)) {
            None => selected.items.push(item),
            Some(clause) => unsaid.add(&clause.field),
        }
    }
    unsaid.say(of.relation, &mut selected.gaps);
    for unlisted in &population.unlisted {
        let mut conditions = filter.iter();
        if !conditions.any(|condition| condition.excludes(bench, &unlisted.each)) {
            add_gap(&mut selected.gaps, &unlisted.gap);
        }
    }
    selected
}

impl Selected<'_> {
    /// A result that says what was selected, with its gaps and exhibits.
    pub(super) fn begin(&mut self, test: &Test, of: &Selection) -> TestResult {
        let mut result = words::blank(test, Some(of.relation));
        result.items = self.before;
        result.population = self.items.len();
        result.gaps = std::mem::take(&mut self.gaps);
        result.evidence = std::mem::take(&mut self.evidence);
        result.examples = self.examples();
        result
    }

    /// The files of the first items, each once.
    fn examples(&self) -> Vec<String> {
        let mut paths = BTreeSet::new();
        for item in &self.items {
            if paths.len() == EXAMPLES {
                break;
            }
            paths.insert(item.source.path.as_str());
        }
        paths.into_iter().map(str::to_owned).collect()
    }
}

/// Items inside reports are worth as much as the reports: their gaps are gaps here, and where no
/// report is that says something of them, nothing is known.
fn look_above(
    bench: &Bench<'_>,
    parent: &'static str,
    own: &'static Relation,
    selected: &mut Selected<'_>,
) {
    selected.absent = false;
    let declared = relation(parent);
    match bench.facts.get(parent) {
        Some(population) => {
            holds::gaps(population, own).for_each(|gap| add_gap(&mut selected.gaps, gap));
            let examined = holds::examined(population, own);
            selected.evidence.extend(examined.cloned());
            if population.state == State::Absent {
                selected.absent = true;
                selected.gaps.extend(declared.map(missing));
            } else if !holds::any_speaks_of(population, own) {
                selected.absent = true;
                selected.gaps.push(missing(own));
            }
        }
        None => selected.gaps.extend(declared.map(not_collected)),
    }
    selected.evidence.sort();
    selected.evidence.dedup();
}

/// Fields that the evidence leaves unsaid, though a test needs them, with how often.
#[derive(Default)]
pub(super) struct Unsaid(Vec<(String, usize)>);

impl Unsaid {
    /// One more item that does not say it.
    pub(super) fn add(&mut self, field: &str) {
        match self.0.iter_mut().find(|(known, _)| known == field) {
            Some((_, count)) => *count += 1,
            None => self.0.push((field.to_owned(), 1)),
        }
    }

    /// How many items do not say something.
    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Adds a gap for each field.
    pub(super) fn say(&self, relation: &Relation, gaps: &mut Vec<Gap>) {
        for (field, count) in &self.0 {
            let noun = relation.noun_for(*count);
            let label = words::label(field);
            let says = format!(
                "{} {noun} whose {label} the evidence does not say",
                grouped(*count as u64)
            );
            let gap = Gap {
                cause: Cause::Incomplete,
                ..Gap::missing(says, relation.remedy)
            };
            add_gap(gaps, &gap);
        }
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

/// What an empty or absent population comes to, by the author's words. Does nothing where there are
/// items or gaps: what could not be read may be what is missed.
pub(super) fn settle_nothing(
    bench: &Bench<'_>,
    of: &Selection,
    empty: Empty,
    absent: bool,
    result: &mut TestResult,
) {
    if result.population > 0 || !result.gaps.is_empty() {
        return;
    }
    let relation = of.relation;
    result.observed = if absent {
        format!(
            "no {} was found; looked for {}",
            relation.noun.0, relation.sought
        )
    } else {
        format!("no {}", phrase::population(bench, of, 1))
    };
    let when = if absent {
        empty.when_absent
    } else {
        empty.when_empty
    };
    result.outcome = match when {
        WhenEmpty::NoExceptions => Outcome::NoExceptionsNoted,
        WhenEmpty::DidNotOccur => Outcome::DidNotOccur,
        WhenEmpty::NotApplicable => Outcome::NotApplicable,
        WhenEmpty::Exceptions => {
            let required = "at least one";
            let short = deviation::of_population(
                bench,
                &result.attribute,
                relation,
                &result.observed,
                required,
            );
            result.deviations.push(short);
            Outcome::ExceptionsNoted
        }
        WhenEmpty::NotTested => {
            result
                .gaps
                .push(Gap::missing(result.observed.clone(), relation.remedy));
            Outcome::NotTested
        }
    };
}
