//! What a run comes to, in the words and the order that every text of it shares.

use super::table::{count, number};
use crate::model::result::{ControlResult, Outcome, TestResult};
use crate::model::run::{Counts, Gate, Run};
use crate::seal::Bundle;

/// The results with exceptions in the order in which they are shown.
pub fn ordered(run: &Run) -> Vec<&ControlResult> {
    let mut results: Vec<&ControlResult> = run
        .results
        .iter()
        .filter(|result| result.outcome == Outcome::ExceptionsNoted)
        .collect();
    results.sort_by(|left, right| {
        (left.waived, left.severity, &left.control).cmp(&(
            right.waived,
            right.severity,
            &right.control,
        ))
    });
    results
}

/// The heading: `Exceptions noted: 2, of which 1 waived`.
pub fn heading(run: &Run) -> String {
    let counts = run.counts();
    let exceptions = format!("Exceptions noted: {}", counts.exceptions);
    if counts.waived == 0 {
        exceptions
    } else {
        format!("{exceptions}, of which {} waived", counts.waived)
    }
}

/// The tests that noted the exceptions; they say what was observed and required.
pub fn told(result: &ControlResult) -> Vec<&TestResult> {
    let told: Vec<_> = result
        .tests
        .iter()
        .filter(|test| test.outcome == Outcome::ExceptionsNoted)
        .collect();
    if told.is_empty() {
        result.telling().into_iter().collect()
    } else {
        told
    }
}

/// What the run comes to, in one sentence.
pub fn sentence(counts: &Counts) -> String {
    const NO_OPINION: &str =
        "this is no opinion, and does not show that any Trust Services Criterion is met.";
    let controls = |n| count(n, "control", "controls");
    let tested = counts.exceptions + counts.none_noted;
    match (counts.exceptions, counts.not_tested) {
        (0, 0) if tested == 0 => {
            format!("The procedures described tested nothing; {NO_OPINION}")
        }
        (0, 0) => format!(
            "The procedures described noted no exceptions in the {} tested; {NO_OPINION}",
            controls(tested)
        ),
        (0, untested) => format!(
            "No exceptions noted, but {} could not be tested: a gap in the evidence, not a good result.",
            controls(untested)
        ),
        (exceptions, 0) => format!(
            "The procedures described noted exceptions in {}; {NO_OPINION}",
            controls(exceptions)
        ),
        (exceptions, untested) => format!(
            "The procedures described noted exceptions in {} and could not test {}; {NO_OPINION}",
            controls(exceptions),
            number(untested)
        ),
    }
}

/// All five results, zeros too, on one line whatever the width.
pub fn counts(counts: &Counts) -> String {
    let waived = if counts.waived == 0 {
        String::new()
    } else {
        format!(" ({} waived)", number(counts.waived))
    };
    format!(
        "{}: {}{waived}, {} not tested, {} none noted, {} did not occur, {} not applicable",
        count(counts.controls, "control", "controls"),
        count(counts.exceptions, "exception", "exceptions"),
        number(counts.not_tested),
        number(counts.none_noted),
        number(counts.did_not_occur),
        number(counts.not_applicable)
    )
}

/// The exit code and what it means here.
pub fn exit(bundle: &Bundle) -> (u8, String) {
    let run = bundle.run();
    let counts = run.counts();
    let below = run
        .results
        .iter()
        .any(|result| result.unwaived() > 0 && result.severity > bundle.fail_on());
    let fail_on = bundle.fail_on().name();
    match bundle.gate() {
        Gate::Exceptions => (
            1,
            "exceptions noted that no waiver in force covers".to_owned(),
        ),
        Gate::NotTested if below => (
            3,
            format!("no exceptions of severity {fail_on} or above, but something was not tested"),
        ),
        Gate::NotTested if counts.exceptions > 0 => (
            3,
            "no exceptions noted beyond those waived, but something was not tested".to_owned(),
        ),
        Gate::NotTested if counts.controls == 0 => (3, "nothing was tested".to_owned()),
        Gate::NotTested => (
            3,
            "no exceptions noted, but something was not tested".to_owned(),
        ),
        Gate::Open if below => (
            0,
            format!(
                "nothing stands against the gate, which exceptions below {fail_on} do not close"
            ),
        ),
        Gate::Open => (0, "nothing stands against the gate".to_owned()),
    }
}

/// The controls that the policy leaves out, by id.
pub fn left_out(run: &Run) -> Vec<&str> {
    let exclusions = run.policy.exclusions.iter();
    let mut ids: Vec<&str> = exclusions.map(|it| it.control.as_str()).collect();
    ids.sort_unstable();
    ids
}
