//! What nothing means: an empty population, and evidence that is absent. Here it is refused that
//! absence becomes a pass.

use crate::model::control::{Bound, Comparator, Empty, Requirement, WhenEmpty};
use crate::model::relation::{Origin, Relation};
use crate::parse::yaml::Node;

use super::reader::Reader;

const CODE: &str = "control-test";

/// What nothing means. Absence must never become a pass by default, so that the words are
/// mandatory, and `no-exceptions` is refused wherever nothing was looked at.
pub(super) fn empty(
    reader: &mut Reader<'_>,
    node: &Node,
    relation: &'static Relation,
    requires: &[Requirement],
) -> Option<Empty> {
    let when_empty = reader.word(
        node,
        "when_empty",
        "this test",
        CODE,
        WhenEmpty::NAMES,
        WhenEmpty::parse,
    )?;
    let absent = node.get("when_absent");
    let when_absent = match absent {
        Some(word) => reader.as_word(
            word,
            "when_absent",
            CODE,
            WhenEmpty::NAMES,
            WhenEmpty::parse,
        )?,
        None => when_empty,
    };
    if when_absent == WhenEmpty::NoExceptions {
        let at = absent.or_else(|| node.get("when_empty")).unwrap_or(node);
        let title = "expected when_absent to say what it means that nothing was there to read, found no-exceptions";
        reader.problem(
            CODE,
            at,
            title,
            "Write when_absent: not-tested, not-applicable or exceptions.",
        );
    }
    if when_empty == WhenEmpty::NoExceptions {
        refuse_blind_pass(reader, node, relation, requires);
    }
    Some(Empty {
        when_empty,
        when_absent,
    })
}

fn refuse_blind_pass(
    reader: &mut Reader<'_>,
    node: &Node,
    relation: &'static Relation,
    requires: &[Requirement],
) {
    let at = node.get("when_empty").unwrap_or(node);
    match relation.origin {
        Origin::Report => {
            let title = format!(
                "expected {} to be there before anything is said, found when_empty: no-exceptions",
                relation.name
            );
            reader.problem(CODE, at, title, "Write when_empty: not-tested.");
        }
        Origin::Within(parent)
            if !requires
                .iter()
                .any(|required| required.report.name == parent) =>
        {
            let title = format!(
                "expected requires: to name {parent} before no {} may be no exception, found none",
                relation.noun.0
            );
            reader.problem(
                CODE,
                at,
                title,
                format!("Add requires: [{{ report: {parent} }}]."),
            );
        }
        _ => {}
    }
}

/// What it means for a count that there is nothing to read. `at-least` of nothing is a shortfall;
/// `at-most` of nothing must be said.
pub(super) fn count_absent(
    reader: &mut Reader<'_>,
    node: &Node,
    bound: &Bound,
    relation: &'static Relation,
) -> Option<WhenEmpty> {
    if let Some(word) = node.get("when_absent") {
        let word = reader.as_word(
            word,
            "when_absent",
            CODE,
            WhenEmpty::NAMES,
            WhenEmpty::parse,
        )?;
        if word == WhenEmpty::NoExceptions {
            let title = "expected when_absent to say what it means that nothing was there to read, found no-exceptions";
            reader.problem(
                CODE,
                node,
                title,
                "Write when_absent: not-tested, not-applicable or exceptions.",
            );
        }
        return Some(word);
    }
    match (bound.comparator, relation.origin) {
        (_, Origin::Report | Origin::Within(_)) => Some(WhenEmpty::NotTested),
        (Comparator::AtLeast, _) => Some(WhenEmpty::Exceptions),
        _ => {
            let title = "expected when_absent beside at-most, found none";
            reader.problem(
                CODE,
                node,
                title,
                "Say what it means that nothing was there to read.",
            );
            None
        }
    }
}
