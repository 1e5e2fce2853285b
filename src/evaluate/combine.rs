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
    let (outcome, word) = match join {
        Join::All => (all_of(&outcomes), " and "),
        Join::Any => (any_of(&outcomes), " or "),
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
    let texts = |pick: fn(&TestResult) -> &String| {
        result
            .parts
            .iter()
            .map(|part| pick(part).clone())
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
    };
    let observed: Vec<String> = if settled {
        let held = result
            .parts
            .iter()
            .filter(|part| part.outcome == Outcome::NoExceptionsNoted);
        held.map(|part| part.observed.clone()).collect()
    } else {
        texts(|part| &part.observed)
    };
    let (required, logic, sentences) = (
        texts(|part| &part.required),
        texts(|part| &part.logic),
        texts(|part| &part.sentence),
    );
    result.observed = observed.join(" · ");
    result.required = match join {
        Join::All => required.join(word),
        Join::Any => {
            let wanted: Vec<&str> = parts.iter().map(|part| part.attribute.as_str()).collect();
            format!("one of: {}", wanted.join("; "))
        }
    };
    result.logic = format!("({})", logic.join(&format!("){word}(")));
    result.sentence = match join {
        Join::All => sentences.join(" "),
        Join::Any => format!("At least one of these must hold. {}", sentences.join(" ")),
    };
    result
}
