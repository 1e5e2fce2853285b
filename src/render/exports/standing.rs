//! How a control stands, in as many words as the formats of other tools need: what cannot be relied
//! on is told apart from what cannot be read, and what is waived from what is not.

use crate::model::gap::{Cause, Gap};
use crate::model::relations::ATTESTATION_STATEMENT;
use crate::model::result::{ControlResult, Outcome, TestResult};

/// How a control stands. Only the first two may read as good anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// No exceptions noted.
    NoneNoted,
    /// No exceptions noted, and a person's statement is part of what that rests on.
    Attested,
    /// Exceptions noted that no waiver in force covers, or not all.
    Exceptions,
    /// Exceptions noted; a waiver in force covers every one.
    Waived,
    /// Not tested: evidence is missing, stale, foreign or too weak.
    Untested,
    /// Not tested: evidence is there and could not be read to its end.
    Unreadable,
    /// Not tested: a person has to state something first.
    Pending,
    /// Did not occur.
    DidNotOccur,
    /// Not applicable.
    NotApplicable,
}

impl Standing {
    /// How a result stands. A result that says all is well beside a gap is not believed.
    pub(super) fn of(result: &ControlResult) -> Self {
        match result.outcome {
            Outcome::ExceptionsNoted if waived(result) => Self::Waived,
            Outcome::ExceptionsNoted => Self::Exceptions,
            Outcome::NotTested => untested(result),
            _ if !result.gaps.is_empty() => untested(result),
            Outcome::NoExceptionsNoted if attested(result) => Self::Attested,
            Outcome::NoExceptionsNoted => Self::NoneNoted,
            Outcome::DidNotOccur => Self::DidNotOccur,
            Outcome::NotApplicable => Self::NotApplicable,
        }
    }

    /// The words of the report.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::NoneNoted => "no exceptions noted",
            Self::Attested => "no exceptions noted, as a person stated",
            Self::Exceptions => "exceptions noted",
            Self::Waived => "exceptions noted, all waived",
            Self::Untested | Self::Unreadable | Self::Pending => "not tested",
            Self::DidNotOccur => "did not occur",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// Whether a waiver in force covers everything that was found, and everything could be tested.
fn waived(result: &ControlResult) -> bool {
    let all = !result.deviations.is_empty() && result.unwaived() == 0;
    result.waived && all && result.gaps.is_empty()
}

/// What kept a control from being tested in full although something was found.
pub(super) fn beside(result: &ControlResult) -> &[Gap] {
    if result.outcome == Outcome::ExceptionsNoted {
        &result.gaps
    } else {
        &[]
    }
}

/// Whether evidence was there and could not be read to its end.
pub(super) const fn unread(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Unreadable | Cause::TooLarge | Cause::Incomplete
    )
}

/// Why nothing can be said, in one word.
pub(super) fn cause(gaps: &[Gap]) -> &'static str {
    let causes = || gaps.iter().map(|gap| gap.cause);
    let named = |cause| match cause {
        Cause::Missing => "evidence-missing",
        Cause::Unreadable | Cause::TooLarge | Cause::Incomplete => "error",
        Cause::NothingMeasured => "evidence-empty",
        Cause::Stale => "evidence-stale",
        Cause::Foreign => "evidence-foreign",
        Cause::Weak => "evidence-unbound",
        Cause::Unreconciled => "evidence-disagrees",
    };
    causes()
        .find(|cause| unread(*cause))
        .or_else(|| causes().next())
        .map_or("evidence-missing", named)
}

fn untested(result: &ControlResult) -> Standing {
    if result.gaps.iter().any(|gap| unread(gap.cause)) {
        return Standing::Unreadable;
    }
    let leaves = leaves(&result.tests, Outcome::NotTested);
    if !leaves.is_empty() && leaves.into_iter().all(of_a_person) {
        Standing::Pending
    } else {
        Standing::Untested
    }
}

fn attested(result: &ControlResult) -> bool {
    leaves(&result.tests, Outcome::NoExceptionsNoted)
        .into_iter()
        .any(of_a_person)
}

fn of_a_person(test: &TestResult) -> bool {
    test.relation == Some(ATTESTATION_STATEMENT.name)
}

/// The tests that came to a result, without those that only join others.
fn leaves(tests: &[TestResult], outcome: Outcome) -> Vec<&TestResult> {
    let mut found = Vec::new();
    for test in tests {
        if test.parts.is_empty() && test.outcome == outcome {
            found.push(test);
        }
        found.extend(leaves(&test.parts, outcome));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fact::Source;
    use crate::render::sample;

    fn standing(change: impl Fn(&mut ControlResult)) -> Standing {
        let mut result = sample::run().results.pop().expect("a result");
        change(&mut result);
        Standing::of(&result)
    }

    fn gap(cause: Cause) -> Gap {
        Gap::at(cause, &Source::file("a.json"), "says", "Mend it.")
    }

    #[test]
    fn good_news_beside_a_gap_is_not_believed() {
        for outcome in [
            Outcome::NoExceptionsNoted,
            Outcome::DidNotOccur,
            Outcome::NotApplicable,
            Outcome::NotTested,
        ] {
            let stands = |cause| {
                standing(|result| {
                    result.outcome = outcome;
                    result.deviations.clear();
                    result.gaps = vec![gap(Cause::Missing), gap(cause)];
                })
            };
            assert_eq!(stands(Cause::Stale), Standing::Untested);
            assert_eq!(stands(Cause::Incomplete), Standing::Unreadable);
        }
    }

    #[test]
    fn only_a_waiver_on_every_deviation_waives() {
        let exceptions = |waivers: &[Option<&str>]| {
            standing(|result| {
                result.waived = true;
                let first = result.deviations.first().expect("one").clone();
                result.deviations = waivers
                    .iter()
                    .map(|waiver| {
                        let mut deviation = first.clone();
                        deviation.waiver = waiver.map(ToOwned::to_owned);
                        deviation
                    })
                    .collect();
            })
        };
        assert_eq!(exceptions(&[Some("W"), Some("W")]), Standing::Waived);
        assert_eq!(exceptions(&[Some("W"), None]), Standing::Exceptions);
        assert_eq!(exceptions(&[]), Standing::Exceptions);
    }

    #[test]
    fn what_waits_for_a_person_alone_is_pending() {
        let pending = |relation| {
            standing(|result| {
                result.outcome = Outcome::NotTested;
                result.deviations.clear();
                result.gaps = vec![gap(Cause::Missing)];
                for test in &mut result.tests {
                    test.outcome = Outcome::NotTested;
                    test.relation = Some(relation);
                }
            })
        };
        assert_eq!(pending(ATTESTATION_STATEMENT.name), Standing::Pending);
        assert_eq!(pending("coverage.report"), Standing::Untested);
    }
}
