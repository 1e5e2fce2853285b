//! `all-of` and `any-of`: five-valued, and never silent about a part.

use crate::model::control::Test;
use crate::model::result::{Outcome, TestResult};

use super::{Bench, add_gap, evaluate_test, words};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    All,
    Any,
}

/// What several outcomes come to when all have to hold.
pub(super) fn all_of(outcomes: &[Outcome]) -> Outcome {
    let has = |outcome| outcomes.contains(&outcome);
    if outcomes.is_empty() || (!has(Outcome::ExceptionsNoted) && has(Outcome::NotTested)) {
        Outcome::NotTested
    } else if has(Outcome::ExceptionsNoted) {
        Outcome::ExceptionsNoted
    } else if has(Outcome::NoExceptionsNoted) {
        Outcome::NoExceptionsNoted
    } else if has(Outcome::DidNotOccur) {
        Outcome::DidNotOccur
    } else {
        Outcome::NotApplicable
    }
}

/// What several outcomes come to when one has to hold.
pub(super) fn any_of(outcomes: &[Outcome]) -> Outcome {
    let has = |outcome| outcomes.contains(&outcome);
    if has(Outcome::NoExceptionsNoted) {
        Outcome::NoExceptionsNoted
    } else if outcomes.is_empty() || has(Outcome::NotTested) {
        Outcome::NotTested
    } else if has(Outcome::ExceptionsNoted) {
        Outcome::ExceptionsNoted
    } else if has(Outcome::DidNotOccur) {
        Outcome::DidNotOccur
    } else {
        Outcome::NotApplicable
    }
}

pub(super) fn join(bench: &Bench<'_>, test: &Test, parts: &[Test], join: Join) -> TestResult {
    let mut result = words::blank(test, None);
    result.parts = parts
        .iter()
        .map(|part| evaluate_test(bench, part))
        .collect();
    let outcomes: Vec<Outcome> = result.parts.iter().map(|part| part.outcome).collect();
    let outcome = match join {
        Join::All => all_of(&outcomes),
        Join::Any => any_of(&outcomes),
    };
    result.outcome = outcome;
    // Where one part of `any-of` holds, the others are no deviations; they stay visible as parts.
    let settled = join == Join::Any && outcome == Outcome::NoExceptionsNoted;
    for part in &result.parts {
        result.evidence.extend(part.evidence.iter().cloned());
        result.items += part.items;
        result.population += part.population;
        if !settled {
            result.deviations.extend(part.deviations.iter().cloned());
            for gap in &part.gaps {
                add_gap(&mut result.gaps, gap);
            }
        }
    }
    if join == Join::Any && outcome == Outcome::NotTested {
        // One of the untested parts may hold: what the others lack is not yet a deviation.
        result.deviations.clear();
    }
    result.evidence.sort();
    result.evidence.dedup();
    say(parts, join, settled, &mut result);
    result
}

/// Puts together what the parts say.
fn say(parts: &[Test], join: Join, settled: bool, result: &mut TestResult) {
    let texts = |pick: fn(&TestResult) -> &String| {
        let texts = result.parts.iter().map(|part| pick(part).clone());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>()
    };
    let holds = |part: &&TestResult| !settled || part.outcome == Outcome::NoExceptionsNoted;
    let observed = result
        .parts
        .iter()
        .filter(holds)
        .map(|part| part.observed.as_str());
    let observed: Vec<&str> = observed.filter(|text| !text.is_empty()).collect();
    let wanted: Vec<&str> = parts.iter().map(|part| part.attribute.as_str()).collect();
    let sentences = texts(|part| &part.sentence).join(" ");
    let (observed, required) = (observed.join(" · "), texts(|part| &part.required));
    let (required, sentence) = match join {
        Join::All => (required.join(" and "), sentences),
        Join::Any => (
            format!("one of: {}", wanted.join("; ")),
            format!("At least one of these must hold. {sentences}"),
        ),
    };
    result.observed = observed;
    result.required = required;
    result.sentence = sentence;
}
