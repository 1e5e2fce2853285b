//! Evaluation: Plan × Facts × as-of → Results. A pure function: no clock, no input, no output.
//!
//! Every test answers with what it found *and* with what it could not rely on. A gap never becomes
//! a pass: it makes the result *not tested*, unless a deviation was found, and then both are said.

mod attested;
mod combine;
mod compare;
mod count;
mod deviation;
mod every;
mod fresh;
mod holds;
mod logic;
mod measure;
mod phrase;
mod predicate;
mod reconcile;
mod require;
mod select;
mod waive;
mod words;

pub use waive::covers;

use crate::load::Plan;
use crate::model::control::{Check, Control, Test};
use crate::model::fact::{Facts, State};
use crate::model::gap::Gap;
use crate::model::relation::Relation;
use crate::model::result::{ControlResult, Outcome, TestResult};
use crate::model::time::Moment;
use crate::model::waiver::{Waiver, WaiverState};

/// What is known beside the facts.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The moment at which ages and expiries are judged.
    pub as_of: Moment,
    /// The examined commit.
    pub head: Option<&'c str>,
    /// The waivers, with their states at that moment.
    pub waivers: &'c [(Waiver, WaiverState)],
}

/// What a test can look at.
#[derive(Clone, Copy)]
struct Bench<'b> {
    control: &'b Control,
    facts: &'b Facts,
    context: &'b Context<'b>,
}

/// Evaluates every control that is in force and needs no period, in the order of their ids.
pub fn evaluate(plan: &Plan, facts: &Facts, context: &Context<'_>) -> Vec<ControlResult> {
    plan.controls
        .iter()
        .filter(|control| !control.class.needs_period())
        .filter(|control| {
            !plan
                .policy
                .exclusions
                .iter()
                .any(|exclusion| exclusion.control == control.id)
        })
        .map(|control| {
            evaluate_control(&Bench {
                control,
                facts,
                context,
            })
        })
        .collect()
}

fn evaluate_control(bench: &Bench<'_>) -> ControlResult {
    let control = bench.control;
    let mut result = ControlResult {
        control: control.id.clone(),
        severity: control.severity,
        outcome: Outcome::NotTested,
        waived: false,
        tests: Vec::new(),
        deviations: Vec::new(),
        gaps: Vec::new(),
        waivers: Vec::new(),
        reason: None,
        evidence: Vec::new(),
        sources: 0,
    };
    if let Some(relation) = control.applies_when
        && !applies(bench, relation, &mut result)
    {
        let unmade = |test| unmade(bench, test, &result);
        result.tests = control.tests.iter().map(unmade).collect();
        return result;
    }
    result.tests = control
        .tests
        .iter()
        .map(|test| evaluate_test(bench, test))
        .collect();
    let outcomes: Vec<Outcome> = result.tests.iter().map(|test| test.outcome).collect();
    result.outcome = combine::all_of(&outcomes);
    for test in &result.tests {
        result.deviations.extend(test.deviations.iter().cloned());
        test.gaps
            .iter()
            .for_each(|gap| add_gap(&mut result.gaps, gap));
        result.evidence.extend(test.evidence.iter().cloned());
    }
    result.evidence.sort();
    result.evidence.dedup();
    result.deviations.sort_by(|left, right| {
        let key = |it: &crate::model::result::Deviation| {
            (it.path.clone(), it.line, it.column, it.item.clone())
        };
        key(left).cmp(&key(right))
    });
    if matches!(
        result.outcome,
        Outcome::NotApplicable | Outcome::DidNotOccur
    ) {
        result.reason = result
            .tests
            .iter()
            .find(|test| test.outcome == result.outcome)
            .map(|test| test.observed.clone());
    }
    waive::waive(bench, &mut result);
    result
}

/// Whether there is anything of the kind the control is about. Evidence of it that cannot be read
/// leaves the question open, which is *not tested*.
fn applies(bench: &Bench<'_>, relation: &'static Relation, result: &mut ControlResult) -> bool {
    let Some(population) = bench.facts.get(relation.name) else {
        result.gaps.push(select::not_collected(relation));
        return false;
    };
    match population.state {
        State::Collected => true,
        State::Unreadable => {
            result.gaps.extend(population.all_gaps().cloned());
            result.evidence.clone_from(&population.examined);
            false
        }
        State::Absent => {
            result.outcome = Outcome::NotApplicable;
            result.reason = Some(format!(
                "no {} here: looked for {}",
                relation.noun.0, relation.sought
            ));
            false
        }
    }
}

/// A test of a control that does not apply, or of which that is not known: what it would have asked,
/// and nothing else.
fn unmade(bench: &Bench<'_>, test: &Test, of: &ControlResult) -> TestResult {
    let mut relation = None;
    test.relations(&mut |read| relation = relation.or(Some(read)));
    let mut result = words::blank(test, relation);
    result.outcome = of.outcome;
    result.logic = logic::logic(bench, test);
    "Not made: the control does not apply here.".clone_into(&mut result.sentence);
    if of.outcome == Outcome::NotTested {
        "Not made: whether the control applies here is not known.".clone_into(&mut result.sentence);
        result.gaps.clone_from(&of.gaps);
    }
    result
}

fn evaluate_test(bench: &Bench<'_>, test: &Test) -> TestResult {
    let unmet = require::unmet(bench, test);
    let mut result = if unmet.is_empty() {
        make(bench, test)
    } else {
        require::not_tested(bench, test, unmet)
    };
    result.logic = logic::logic(bench, test);
    result
}

/// Makes a test whose evidence may be relied on.
fn make(bench: &Bench<'_>, test: &Test) -> TestResult {
    match &test.check {
        Check::Every { of, must, empty } => every::evaluate(bench, test, of, must, *empty),
        Check::Count {
            of,
            bound,
            when_absent,
        } => count::evaluate(bench, test, of, bound, *when_absent),
        Check::Measure {
            of,
            field,
            aggregate,
            bound,
            empty,
        } => measure::evaluate(
            bench,
            test,
            &measure::Measure {
                of,
                field,
                aggregate: *aggregate,
                bound,
                empty: *empty,
            },
        ),
        Check::Fresh {
            of,
            field,
            within,
            empty,
        } => fresh::evaluate(bench, test, of, field, within, *empty),
        Check::Reconcile {
            each,
            key,
            within,
            within_key,
            per,
            empty,
        } => {
            let sides = reconcile::Sides {
                each,
                key,
                within,
                within_key,
                per: per.as_deref(),
            };
            reconcile::evaluate(bench, test, &sides, *empty)
        }
        Check::Attested { statement } => attested::evaluate(bench, test, statement),
        Check::AllOf(tests) => combine::join(bench, test, tests, combine::Join::All),
        Check::AnyOf(tests) => combine::join(bench, test, tests, combine::Join::Any),
    }
}

fn add_gap(gaps: &mut Vec<Gap>, gap: &Gap) {
    if !gaps.contains(gap) {
        gaps.push(gap.clone());
    }
}

/// The outcome that deviations and gaps amount to, where the population is not empty.
fn outcome(deviations: usize, gaps: usize) -> Outcome {
    match (deviations, gaps) {
        (0, 0) => Outcome::NoExceptionsNoted,
        (0, _) => Outcome::NotTested,
        _ => Outcome::ExceptionsNoted,
    }
}
