//! Waivers: which deviations they cover. The result stays what it is.

use crate::model::result::{ControlResult, Deviation, Outcome, WaiverUse};
use crate::model::waiver::{WaiverScope, WaiverState};
use crate::tree::glob::Globs;

use super::Bench;

/// Marks the deviations that a waiver in force covers.
pub(super) fn waive(bench: &Bench<'_>, result: &mut ControlResult) {
    for (waiver, state) in bench.context.waivers {
        if *state != WaiverState::InForce || waiver.control != result.control {
            continue;
        }
        let mut covered = 0;
        for deviation in result
            .deviations
            .iter_mut()
            .filter(|deviation| deviation.waiver.is_none())
        {
            if covers(&waiver.scope, deviation) {
                deviation.waiver = Some(waiver.id.clone());
                covered += 1;
            }
        }
        if covered > 0 {
            result.waivers.push(WaiverUse {
                id: waiver.id.clone(),
                covers: covered,
            });
        }
    }
    let all = result.outcome == Outcome::ExceptionsNoted
        && result.deviations.iter().all(|it| it.waiver.is_some());
    result.waived = all && result.gaps.is_empty();
}

/// Whether every part of a scope matches. A scope without any part covers nothing.
pub fn covers(scope: &WaiverScope, deviation: &Deviation) -> bool {
    let path = scope
        .path
        .as_ref()
        .map(|glob| Globs::new([glob.clone()]).is_ok_and(|globs| globs.matches(&deviation.path)));
    let line = scope.line.map(|line| deviation.line == Some(line));
    let fingerprint = scope.fingerprint.as_ref().map(|given| {
        given.len() >= 12
            && deviation
                .fingerprint
                .to_string()
                .starts_with(given.to_ascii_lowercase().as_str())
    });
    let parts: Vec<bool> = [path, line, fingerprint].into_iter().flatten().collect();
    !parts.is_empty() && parts.into_iter().all(|part| part)
}
