//! The rule of a test as it is evaluated: the relation, the filter and the attribute, with the values
//! in force. It is the same whether the test could be made or not, so that a reader of *not tested*
//! still sees what would have been asked.

use crate::model::control::{Aggregate, Check, Comparator, Test};
use crate::model::text::excerpt;

use super::{Bench, phrase, words};

/// The rule of a test: `every workflow.uses whose pin is not local must have pin in sha, digest`.
pub(super) fn logic(bench: &Bench<'_>, test: &Test) -> String {
    match &test.check {
        Check::Every { of, must, .. } => format!(
            "every {} must have {}",
            phrase::relation(bench, of),
            words::logic(bench, must)
        ),
        Check::Count { of, bound, .. } => format!(
            "count {} {}",
            phrase::relation(bench, of),
            words::bound(bench, bound.comparator, &bound.operand, false)
        ),
        Check::Measure {
            of,
            field,
            aggregate,
            bound,
            ..
        } => {
            let percent = *aggregate == Aggregate::Ratio;
            format!(
                "{} of {field} of {} {}",
                aggregate.name(),
                phrase::relation(bench, of),
                words::bound(bench, bound.comparator, &bound.operand, percent)
            )
        }
        Check::Fresh {
            of, field, within, ..
        } => {
            let most = Comparator::AtMost;
            format!(
                "age of {field} of {} {}",
                phrase::relation(bench, of),
                words::bound(bench, most, within, false)
            )
        }
        Check::Reconcile {
            each,
            key,
            within,
            within_key,
            per,
            ..
        } => format!(
            "every {} has its {key} in {within_key} of {}{}",
            phrase::relation(bench, each),
            phrase::relation(bench, within),
            per.as_ref().map_or_else(String::new, |per| format!(
                ", for each {per} that has any there"
            ))
        ),
        Check::Attested { statement } => format!("attested {}", excerpt(statement)),
        Check::AllOf(tests) => joined(bench, tests, "and"),
        Check::AnyOf(tests) => joined(bench, tests, "or"),
    }
}

fn joined(bench: &Bench<'_>, tests: &[Test], word: &str) -> String {
    let parts: Vec<String> = tests.iter().map(|test| logic(bench, test)).collect();
    format!("({})", parts.join(&format!(") {word} (")))
}
