//! What came of re-performing a bundle, for a program.

use serde::Serialize;

use super::compare::Comparison;
use super::record::taken;
use super::supply::Clone;
use super::{Reperformed, Verdict, exit};

#[derive(Serialize)]
struct Printed<'p> {
    bundle: &'p str,
    made_by: Program<'p>,
    again_by: Program<'p>,
    same_program: bool,
    supplied: usize,
    asked_for: usize,
    clone: Option<&'p str>,
    #[serde(flatten)]
    comparison: &'p Comparison,
    nothing_came_of: &'p [String],
    unanswered: Vec<&'p String>,
    not_here: Vec<&'p String>,
    taken_from_the_record: Vec<String>,
    verdict: Verdict,
    exit: u8,
}

#[derive(Serialize)]
struct Program<'p> {
    version: &'p str,
    sha256: Option<String>,
}

/// One object, a value a line.
pub(super) fn text(done: &Reperformed) -> String {
    let tool = &done.bundle.manifest.tool;
    let printed = Printed {
        bundle: &done.bundle.name,
        made_by: Program {
            version: &tool.version,
            sha256: tool.sha256.map(|digest| digest.to_string()),
        },
        again_by: Program {
            version: env!("CARGO_PKG_VERSION"),
            sha256: done.own.clone(),
        },
        same_program: done.same_program(),
        supplied: done.supplied.0,
        asked_for: done.supplied.1,
        clone: match &done.clone {
            Clone::NotAsked => None,
            Clone::Agrees => Some("agrees"),
            Clone::Differs(says) => Some(says),
        },
        comparison: &done.comparison,
        nothing_came_of: &done.derived.resting.nothing_came,
        unanswered: done.derived.unanswered.iter().collect(),
        not_here: done.derived.missed.iter().collect(),
        taken_from_the_record: taken(done),
        verdict: done.verdict(),
        exit: exit(done.verdict()).code(),
    };
    let mut text = serde_json::to_string_pretty(&printed).unwrap_or_default();
    text.push('\n');
    text
}
