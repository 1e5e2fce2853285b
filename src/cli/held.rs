//! Whether what was handed over is what was sealed, by the steps of verification that need nobody's
//! trust.

use std::path::Path;

use crate::load::Problem;
use crate::model::time::Moment;
use crate::seal::verify::{Report, State, Step, Trust, verify};

/// Verifies with nobody trusted.
///
/// # Errors
/// Something that is neither a bundle nor a ledger.
pub(crate) fn steps(given: &Path, now: Moment) -> Result<Report, Problem> {
    let trust = Trust {
        signers: None,
        signer: None,
        log: None,
        tsa: None,
        since: None,
        catalogue: None,
        clone: None,
        expect: None,
        countersigned: None,
        without: std::collections::BTreeSet::new(),
        now,
    };
    verify(given, &trust).map_err(|fault| {
        let fix = "Give a bundle, the folder of bundles with their ledger, or an archive of it.";
        Problem::new("bundle", fault.0, fix)
    })
}

/// The first of some steps that failed.
pub(crate) fn failed<'r>(report: &'r Report, of: &[u8]) -> Option<&'r Step> {
    let mut steps = report.steps.iter();
    steps.find(|step| step.state == State::Failed && of.contains(&step.number))
}

/// What is said of a bundle that is not what was sealed; `undone` says what was not done with it.
pub(crate) fn broken(step: &Step, undone: &str) -> Problem {
    let title = format!(
        "expected a bundle as it was sealed, found that step {} of audit verify failed ({}): {}",
        step.number, step.name, step.says
    );
    let fix = format!(
        "Do not rely on this bundle; ask for it again from where it was first stored. ({undone})"
    );
    Problem::new("bundle-changed", title, fix)
}
