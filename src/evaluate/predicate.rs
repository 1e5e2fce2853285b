//! Yes-or-no fields as predicates, so that a sentence says "it must be covered" and not "covered must
//! be yes". A field without an entry is said by its name.

/// What a field says of an item when it is true: the words after `must`, and after `that` for one and
/// for several.
struct Predicate {
    field: &'static str,
    must: &'static str,
    one: &'static str,
    many: &'static str,
}

const fn verb(
    field: &'static str,
    must: &'static str,
    one: &'static str,
    many: &'static str,
) -> Predicate {
    Predicate {
        field,
        must,
        one,
        many,
    }
}

/// `be covered`, `is covered`, `are covered`.
macro_rules! be {
    ($field:literal, $what:literal) => {
        verb(
            $field,
            concat!("be ", $what),
            concat!("is ", $what),
            concat!("are ", $what),
        )
    };
}

static PREDICATES: [Predicate; 27] = [
    be!("active", "in force"),
    verb(
        "always",
        "run whatever became of the others",
        "runs whatever became of the others",
        "run whatever became of the others",
    ),
    be!("approved_by_another", "approved by another person"),
    verb("blocking", "stop the job", "stops the job", "stop the job"),
    be!("broad", "fitted by almost anything"),
    be!("collected", "found by the test runner"),
    be!("conditional", "left to a condition"),
    be!("covered", "covered"),
    verb(
        "deletions",
        "allow deletion",
        "allows deletion",
        "allow deletion",
    ),
    verb(
        "disclosure",
        "say when a report is disclosed",
        "says when a report is disclosed",
        "say when a report is disclosed",
    ),
    be!("dismissed", "said to do no harm"),
    verb(
        "enforce_admins",
        "bind administrators too",
        "binds administrators too",
        "bind administrators too",
    ),
    verb(
        "force_pushes",
        "allow force pushes",
        "allows force pushes",
        "allow force pushes",
    ),
    be!("frozen", "held to its lock file"),
    be!("gated", "behind a gate"),
    verb("grafts", "have grafts", "has grafts", "have grafts"),
    verb(
        "history",
        "check out the whole history",
        "checks out the whole history",
        "check out the whole history",
    ),
    be!("in_tests", "in tests"),
    be!("locked", "locked"),
    verb(
        "on_changes",
        "run on changes",
        "runs on changes",
        "run on changes",
    ),
    verb(
        "parameters",
        "have parameters",
        "has parameters",
        "have parameters",
    ),
    verb(
        "property",
        "draw its input",
        "draws its input",
        "draw their input",
    ),
    verb(
        "safe_harbour",
        "offer safe harbour",
        "offers safe harbour",
        "offer safe harbour",
    ),
    verb(
        "scheduled",
        "run by a schedule",
        "runs by a schedule",
        "run by a schedule",
    ),
    be!("shallow", "shallow"),
    be!("strong", "strong"),
    verb(
        "supported_versions",
        "name the supported versions",
        "names the supported versions",
        "name the supported versions",
    ),
];

fn of(field: &str) -> Option<&'static Predicate> {
    PREDICATES.iter().find(|predicate| predicate.field == field)
}

/// What is demanded: `it must be covered`, `it must not allow force pushes`.
pub(super) fn demand(field: &str, wanted: bool) -> Option<String> {
    let not = if wanted { "" } else { "not " };
    of(field).map(|it| format!("it must {not}{}", it.must))
}

/// What is so: `is covered`, `are not covered`, `does not run on changes`.
pub(super) fn says(field: &str, so: bool, count: usize) -> Option<String> {
    let it = of(field)?;
    let said = if count == 1 { it.one } else { it.many };
    if so {
        return Some(said.to_owned());
    }
    // `be` takes its negation behind it, every other verb before it.
    Some(match said.split_once(' ') {
        Some((be @ ("is" | "are"), rest)) => format!("{be} not {rest}"),
        _ if count == 1 => format!("does not {}", it.must),
        _ => format!("do not {}", it.many),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::relation::Kind;
    use crate::model::relations::RELATIONS;

    #[test]
    fn a_predicate_agrees_with_what_it_is_said_of() {
        let said = |field, so, count| says(field, so, count).expect("a predicate");
        assert_eq!(said("covered", true, 2), "are covered");
        assert_eq!(said("covered", false, 1), "is not covered");
        assert_eq!(said("on_changes", true, 1), "runs on changes");
        assert_eq!(said("on_changes", false, 1), "does not run on changes");
        assert_eq!(said("on_changes", false, 3), "do not run on changes");
        assert_eq!(
            demand("shallow", false).as_deref(),
            Some("it must not be shallow")
        );
        assert_eq!(says("unheard_of", true, 1), None);
    }

    #[test]
    fn every_predicate_is_about_a_field_of_yes_or_no() {
        for predicate in &PREDICATES {
            let mut fields = RELATIONS.iter().flat_map(|relation| relation.fields);
            assert!(
                fields.any(|field| field.name == predicate.field && field.kind == Kind::Bool),
                "{}",
                predicate.field
            );
        }
    }
}
