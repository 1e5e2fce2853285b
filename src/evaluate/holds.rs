//! Which reports say anything of a relation. Most kinds hold one thing, so that all of them do; an
//! answer of a forge holds one of several, and says nothing of the others.

use crate::model::fact::{Item, Population};
use crate::model::gap::Gap;
use crate::model::relation::Relation;
use crate::model::value::Value;

/// Whether a report says something of a relation: it does, unless it names others that it holds.
pub(super) fn speaks_of(report: &Item, relation: &Relation) -> bool {
    match report.get("holds") {
        Value::List(names) => names.contains(&Value::from(relation.name)),
        _ => true,
    }
}

/// Whether any of the reports says something of a relation, or may: what could not be read may
/// have.
pub(super) fn any_speaks_of(reports: &Population, relation: &Relation) -> bool {
    reports.items.iter().any(|it| speaks_of(it, relation))
        || gaps(reports, relation).next().is_some()
}

/// The gaps that bear on a relation: not those of a report that says nothing of it.
pub(super) fn gaps<'p>(
    reports: &'p Population,
    relation: &'p Relation,
) -> impl Iterator<Item = &'p Gap> {
    let silent = |path: &str| is_silent(reports, path, relation);
    reports
        .gaps
        .iter()
        .filter(move |gap| gap.path.is_empty() || !silent(&gap.path))
}

/// The reports that were looked at for a relation.
pub(super) fn examined<'p>(
    reports: &'p Population,
    relation: &'p Relation,
) -> impl Iterator<Item = &'p String> {
    let silent = |path: &str| is_silent(reports, path, relation);
    reports.examined.iter().filter(move |path| !silent(path))
}

/// Whether a report was read and says nothing of a relation.
fn is_silent(reports: &Population, path: &str, relation: &Relation) -> bool {
    let mut here = reports.items.iter().filter(|it| it.source.path == path);
    here.next().is_some_and(|first| !speaks_of(first, relation))
        && here.all(|it| !speaks_of(it, relation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fact::Source;
    use crate::model::gap::Cause;
    use crate::model::relations::{
        COVERAGE_FILE, COVERAGE_REPORT, FORGE_ALERT, FORGE_PULL, FORGE_REPORT,
    };

    fn reports() -> Population {
        let report = |path: &str, holds: &str| {
            Item::new(&FORGE_REPORT, Source::file(path)).with("holds", Value::texts([holds]))
        };
        let gap = |path: &str| Gap::at(Cause::Incomplete, &Source::file(path), "x", "Y.");
        let mut reports = Population::absent();
        reports.items = vec![
            report("alerts.json", "forge.alert"),
            report("pulls.json", "forge.pull"),
        ];
        reports.gaps = vec![gap("pulls.json"), gap("broken.json")];
        reports.examined = vec!["alerts.json".to_owned(), "pulls.json".to_owned()];
        reports
    }

    #[test]
    fn a_report_of_other_things_is_neither_evidence_nor_a_gap() {
        let mut reports = reports();
        let places = |relation| -> Vec<&str> {
            gaps(&reports, relation)
                .map(|gap| gap.path.as_str())
                .collect()
        };
        assert_eq!(places(&FORGE_PULL), ["pulls.json", "broken.json"]);
        assert_eq!(places(&FORGE_ALERT), ["broken.json"]);
        let seen: Vec<&String> = examined(&reports, &FORGE_ALERT).collect();
        assert_eq!(seen, ["alerts.json"]);
        assert!(any_speaks_of(&reports, &FORGE_PULL));
        reports.items.truncate(1);
        // What could not be read may have held pull requests.
        assert!(any_speaks_of(&reports, &FORGE_PULL));
        reports.gaps.clear();
        assert!(!any_speaks_of(&reports, &FORGE_PULL));
        assert!(any_speaks_of(&reports, &FORGE_ALERT));
    }

    #[test]
    fn a_kind_that_holds_one_thing_speaks_of_it() {
        let report = Item::new(&COVERAGE_REPORT, Source::file("c.json"));
        assert!(speaks_of(&report, &COVERAGE_FILE));
    }
}
