//! Properties of the engine: it is pure, absence is never a pass, and no floor gives way.

use std::collections::BTreeMap;

use audit::evaluate::{Context, evaluate};
use audit::load::{Adoption, Plan, Problem, Source, Text, load};
use audit::model::fact::{Facts, Item, Population, Source as Place, Unlisted};
use audit::model::gap::{Cause, Gap};
use audit::model::relations::{
    ANALYSIS_FINDING, ANALYSIS_REPORT, COVERAGE_REPORT, OWNERSHIP_FILE, TESTS_CASE, TESTS_REPORT,
    WORKFLOW_USES,
};
use audit::model::result::{ControlResult, Outcome};
use audit::model::time::Moment;
use audit::model::value::{Ratio, Value};
use proptest::prelude::*;

const PINS: [&str; 5] = ["sha", "tag", "branch", "digest", "local"];

fn text(path: &str, text: &str) -> Text {
    Text {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

/// A catalogue of one control with these tests.
fn catalogue(body: &str) -> Source {
    let control = format!(
        "apiVersion: audit/v1\nid: XX-01\ntitle: A control\nstatement: Something holds.\ncriteria: {{ CC8.1: direct }}\n\
         severity: high\nnature: preventive\nfrequency: per-change\nclass: state\nprocedure: Inspected it.\n\
         remediation: Mend it.\n{body}"
    );
    let criteria = "apiVersion: audit/v1\ncriteria:\n  - { id: CC8.1, title: Changes, series: CC8, category: Security }\n";
    Source::Files(
        "test".to_owned(),
        vec![
            text(
                "t/catalogue.yaml",
                "apiVersion: audit/v1\nname: test\nversion: 1.0.0\n",
            ),
            text("t/criteria.yaml", criteria),
            text("t/XX-01.yaml", &control),
        ],
    )
}

fn plan(body: &str) -> Plan {
    load(&catalogue(body), &Adoption::default()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn now() -> Moment {
    Moment::parse("2026-11-22T14:03:07Z").expect("a moment")
}

fn result(plan: &Plan, facts: &Facts) -> ControlResult {
    let context = Context {
        as_of: now(),
        head: Some("9f2c1ab4d6e0"),
        waivers: &[],
    };
    evaluate(plan, facts, &context).remove(0)
}

fn uses(pins: &[(u32, &str)]) -> Population {
    let mut population = Population::absent();
    population
        .examined
        .push(".github/workflows/ci.yml".to_owned());
    for (line, pin) in pins {
        let item = Item::new(
            &WORKFLOW_USES,
            Place::line(".github/workflows/ci.yml", *line),
        )
        .with("path", ".github/workflows/ci.yml")
        .with("line", *line)
        .with("uses", format!("a/b@{line}"))
        .with("pin", *pin);
        population.items.push(item);
    }
    population.settle();
    population
}

fn facts(populations: Vec<(&'static str, Population)>) -> Facts {
    populations.into_iter().collect::<BTreeMap<_, _>>()
}

fn gap() -> Gap {
    Gap::at(
        Cause::Unreadable,
        &Place::file(".github/workflows/other.yml"),
        "not YAML",
        "Mend it.",
    )
}

const EVERY: &str = "tests:\n  - attribute: pinned\n    every: workflow.uses\n    where: { pin: { ne: local } }\n    \
                     must: { pin: { in: [sha, digest] } }\n    when_empty: not-applicable\n";
const COUNT: &str = "tests:\n  - attribute: none\n    count: workflow.uses\n    where: { pin: { eq: branch } }\n    \
                     at-most: 0\n    when_absent: not-applicable\n";
const LEAST: &str = "tests:\n  - attribute: some\n    count: workflow.uses\n    where: { pin: { eq: sha } }\n    at-least: 2\n";
const ANY: &str = "tests:\n  - attribute: one or the other\n    any-of:\n      - attribute: pinned\n        every: workflow.uses\n        \
                   must: { pin: { eq: sha } }\n        when_empty: not-tested\n      - attribute: few\n        count: workflow.uses\n        \
                   at-most: 1\n        when_absent: not-tested\n";
const ALL: [&str; 4] = [EVERY, COUNT, LEAST, ANY];

const STATUSES: [&str; 4] = ["passed", "failed", "error", "skipped"];
/// Tests of cases: some are decided by how a case ended, others by what only an item says.
const CASES: [&str; 8] = [
    "    count: tests.case\n    where: { status: { in: [failed, error] } }\n    at-most: 0\n    \
     when_absent: not-tested\n",
    "    count: tests.case\n    where: { status: { eq: passed } }\n    at-least: 2\n",
    "    count: tests.case\n    where: { status: { eq: passed }, name: { exists: true } }\n    \
     at-most: 1\n    when_absent: not-tested\n",
    "    count: tests.case\n    where: { name: { exists: false } }\n    at-most: 1\n    \
     when_absent: not-tested\n",
    "    every: tests.case\n    where: { status: { ne: passed } }\n    must: { name: { exists: true } }\n    \
     when_empty: not-applicable\n    when_absent: not-tested\n",
    "    every: tests.case\n    must: { status: { in: [passed, skipped] } }\n    \
     when_empty: did-not-occur\n    when_absent: not-tested\n",
    "    every: tests.case\n    where: { name: { matches: [\"t*\"] }, status: { ne: failed } }\n    \
     must: { status: { eq: passed } }\n    when_empty: not-applicable\n    when_absent: not-tested\n",
    "    reconcile: tests.case\n    where: { status: { eq: failed } }\n    key: name\n    with: tests.case\n    \
     with_key: suite\n    when_empty: not-applicable\n    when_absent: not-tested\n",
];

/// Cases by how they ended, whether they have a name, and whether they are cut off a list that is
/// `cut`: then they are counted by how they ended.
fn cases(rows: &[(usize, bool, bool)], cut: bool) -> Facts {
    let mut population = Population::absent();
    for (at, (status, named, listed)) in rows.iter().enumerate() {
        let each =
            Item::new(&TESTS_CASE, Place::file("junit.xml")).with("status", STATUSES[*status]);
        if cut && !listed {
            population.unlisted.push(Unlisted {
                count: 1,
                each,
                gap: gap(),
            });
            continue;
        }
        let item = each.with("suite", format!("t{at}"));
        let name = named.then(|| format!("t{}", at / 2));
        population.items.push(item.with("name", name));
    }
    population.settle();
    let mut reports = Population::absent();
    let report = Item::new(&TESTS_REPORT, Place::file("junit.xml"));
    reports
        .items
        .push(report.with("path", "junit.xml").with("state", "complete"));
    reports.settle();
    facts(vec![
        (TESTS_CASE.name, population),
        (TESTS_REPORT.name, reports),
    ])
}

fn pins() -> impl Strategy<Value = Vec<(u32, &'static str)>> {
    prop::collection::vec((1_u32..200, prop::sample::select(&PINS[..])), 0..20)
}

proptest! {
    #[test]
    fn evaluation_is_pure_and_independent_of_the_order_of_items(pins in pins(), which in 0..ALL.len(), turn in 0_usize..20) {
        let plan = plan(ALL[which]);
        let mut turned = pins.clone();
        turned.sort_unstable();
        let sorted = result(&plan, &facts(vec![(WORKFLOW_USES.name, uses(&turned))]));
        let mid = turn % turned.len().max(1);
        turned.rotate_left(mid);
        let rotated = result(&plan, &facts(vec![(WORKFLOW_USES.name, uses(&turned))]));
        let again = result(&plan, &facts(vec![(WORKFLOW_USES.name, uses(&turned))]));
        prop_assert_eq!(&rotated, &again);
        prop_assert_eq!(sorted.outcome, rotated.outcome);
        let prints = |result: &ControlResult| {
            let mut prints: Vec<String> = result.deviations.iter().map(|it| it.fingerprint.to_string()).collect();
            prints.sort();
            prints
        };
        prop_assert_eq!(prints(&sorted), prints(&rotated));
        prop_assert_eq!(sorted.tests[0].sentence.clone(), rotated.tests[0].sentence.clone());
    }

    #[test]
    fn a_gap_never_turns_a_result_into_no_exceptions_noted(pins in pins(), which in 0..ALL.len()) {
        let plan = plan(ALL[which]);
        let before = result(&plan, &facts(vec![(WORKFLOW_USES.name, uses(&pins))]));
        let mut population = uses(&pins);
        population.gaps.push(gap());
        population.settle();
        let after = result(&plan, &facts(vec![(WORKFLOW_USES.name, population)]));
        if after.outcome == Outcome::NoExceptionsNoted {
            prop_assert_eq!(before.outcome, Outcome::NoExceptionsNoted);
        }
        // Nor into anything else that opens the gate.
        if matches!(after.outcome, Outcome::NotApplicable | Outcome::DidNotOccur) {
            prop_assert_eq!(before.outcome, after.outcome);
        }
    }

    #[test]
    fn a_list_that_was_cut_never_says_more_than_the_whole_list(
        rows in prop::collection::vec((0..STATUSES.len(), any::<bool>(), any::<bool>()), 0..12),
        which in 0..CASES.len(),
    ) {
        let plan = plan(&format!("tests:\n  - attribute: cases\n{}", CASES[which]));
        let whole = result(&plan, &cases(&rows, false));
        let cut = result(&plan, &cases(&rows, true));
        prop_assert_eq!(cut.tests[0].items, whole.tests[0].items);
        if cut.outcome != whole.outcome {
            // What is not listed may break it, and no other result may come of that.
            prop_assert!(matches!(cut.outcome, Outcome::NotTested | Outcome::ExceptionsNoted));
        }
        prop_assert!(cut.deviations.len() <= whole.deviations.len());
        if cut.outcome == Outcome::ExceptionsNoted {
            prop_assert_eq!(whole.outcome, Outcome::ExceptionsNoted);
        }
    }

    #[test]
    fn removing_an_item_never_adds_a_deviation(pins in pins(), at in 0_usize..20) {
        prop_assume!(!pins.is_empty());
        let plan = plan(EVERY);
        let before = result(&plan, &facts(vec![(WORKFLOW_USES.name, uses(&pins))]));
        let mut fewer = pins.clone();
        fewer.remove(at % pins.len());
        let after = result(&plan, &facts(vec![(WORKFLOW_USES.name, uses(&fewer))]));
        prop_assert!(after.deviations.len() <= before.deviations.len());
    }

    #[test]
    fn a_measure_agrees_with_exact_arithmetic(covered in 0_u64..5_000, more in 0_u64..5_000, percent in 0_u64..=100) {
        let total = covered + more;
        let body = format!(
            "tests:\n  - attribute: covered\n    measure: coverage.report\n    of: measures.lines\n    as: ratio\n    \
             at-least: {percent}\n    when_empty: not-tested\n"
        );
        let mut population = Population::absent();
        let item = Item::new(&COVERAGE_REPORT, Place::file("coverage.xml"))
            .with("path", "coverage.xml")
            .with("state", "complete")
            .with("measures.lines", Ratio::new(covered, total));
        population.items.push(item);
        population.settle();
        let found = result(&plan(&body), &facts(vec![(COVERAGE_REPORT.name, population)]));
        let expected = if total == 0 {
            Outcome::NotTested
        } else if u128::from(covered) * 100 >= u128::from(percent) * u128::from(total) {
            Outcome::NoExceptionsNoted
        } else {
            Outcome::ExceptionsNoted
        };
        prop_assert_eq!(found.outcome, expected);
    }

    #[test]
    fn no_policy_sets_a_parameter_below_its_floor(value in 0_u32..=100, floor in 0_u32..=100) {
        prop_assume!(floor <= 100);
        let body = format!(
            "parameters:\n  line: {{ default: 100, unit: percent, floor: {floor}, meaning: lines covered }}\ntests:\n  \
             - attribute: covered\n    measure: coverage.report\n    of: measures.lines\n    as: ratio\n    \
             at-least: $line\n    when_empty: not-tested\n"
        );
        let policy = format!("apiVersion: audit/v1\nparameters:\n  XX-01:\n    line: {value}\n    rationale: Because.\n");
        let adoption = Adoption { policy: Some(text(".audit/policy.yaml", &policy)), ..Adoption::default() };
        let loaded = load(&catalogue(&body), &adoption);
        prop_assert_eq!(loaded.is_ok(), value >= floor);
        if let Ok(plan) = loaded {
            prop_assert_eq!(plan.controls[0].parameters[0].value.as_int(), Some(i64::from(value) * 100));
        }
    }

    #[test]
    fn no_policy_loosens_a_list_beyond_its_floor(chosen in prop::sample::subsequence(&PINS[..], 0..=5)) {
        let body = "parameters:\n  accepted: { default: [sha], floor: [sha, digest, tag], meaning: kinds of pin }\ntests:\n  \
                    - attribute: pinned\n    every: workflow.uses\n    must: { pin: { in: $accepted } }\n    when_empty: not-applicable\n";
        let list = chosen.join(", ");
        let policy = format!("apiVersion: audit/v1\nparameters:\n  XX-01: {{ accepted: [{list}], rationale: Because. }}\n");
        let adoption = Adoption { policy: Some(text(".audit/policy.yaml", &policy)), ..Adoption::default() };
        let allowed = chosen.iter().all(|pin| ["sha", "digest", "tag"].contains(pin));
        prop_assert_eq!(load(&catalogue(body), &adoption).is_ok(), allowed);
    }

    #[test]
    fn no_text_of_a_control_makes_the_loader_panic(body in "[ -~\n]{0,300}", cut in 0_usize..400) {
        let _ = load(&catalogue(&body), &Adoption::default());
        let whole = format!("parameters:\n  a: {{ default: 1, unit: count, meaning: m }}\n{COUNT}");
        let end = cut.min(whole.len());
        let _ = load(&catalogue(&whole[..end]), &Adoption::default());
    }
}

#[test]
fn a_relation_that_was_not_collected_is_not_tested() {
    for body in ALL {
        let found = result(&plan(body), &Facts::new());
        assert_eq!(found.outcome, Outcome::NotTested, "{body}");
        assert!(!found.gaps.is_empty());
    }
}

#[test]
fn a_deviation_and_a_gap_are_both_said() {
    let mut population = uses(&[(1, "branch")]);
    population.gaps.push(gap());
    population.settle();
    let found = result(&plan(EVERY), &facts(vec![(WORKFLOW_USES.name, population)]));
    assert_eq!(found.outcome, Outcome::ExceptionsNoted);
    assert_eq!((found.deviations.len(), found.gaps.len()), (1, 1));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn items_of_reports_are_worth_as_much_as_the_reports() {
    let body = "requires: [{ report: analysis.report }]\ntests:\n  - attribute: none\n    count: analysis.finding\n    \
                where: { rank: { in: [critical, high] } }\n    at-most: 0\n";
    let plan = plan(body);
    let report = |state: &str| {
        let mut population = Population::absent();
        population.items.push(
            Item::new(&ANALYSIS_REPORT, Place::file("a.sarif"))
                .with("path", "a.sarif")
                .with("state", state)
                .with("origin", "L0"),
        );
        if state != "complete" {
            population.gaps.push(Gap::at(
                Cause::Incomplete,
                &Place::file("a.sarif"),
                "it did not finish",
                "Run it again.",
            ));
        }
        population.settle();
        population
    };
    let findings = |rank: Option<&str>| {
        let mut population = Population::absent();
        if let Some(rank) = rank {
            let item = Item::new(&ANALYSIS_FINDING, Place::file("a.sarif"))
                .with("rank", rank)
                .with("rule", "X");
            population.items.push(item);
        }
        population.settle();
        population
    };
    let outcome = |report: Population, finding: Population| {
        result(
            &plan,
            &facts(vec![
                (ANALYSIS_REPORT.name, report),
                (ANALYSIS_FINDING.name, finding),
            ]),
        )
        .outcome
    };
    assert_eq!(
        outcome(report("complete"), findings(None)),
        Outcome::NoExceptionsNoted
    );
    assert_eq!(
        outcome(report("complete"), findings(Some("high"))),
        Outcome::ExceptionsNoted
    );
    assert_eq!(
        outcome(report("incomplete"), findings(None)),
        Outcome::NotTested
    );
    assert_eq!(
        outcome(report("incomplete"), findings(Some("high"))),
        Outcome::ExceptionsNoted
    );
    assert_eq!(
        outcome(Population::absent(), findings(None)),
        Outcome::NotTested
    );
}

#[test]
fn a_report_of_another_commit_too_old_or_too_weak_says_nothing() {
    let body = "parameters:\n  least: { default: L1, meaning: how firmly it is bound }\nrequires: [{ report: coverage.report, origin: $least, \
                max_age: 7, undated: refuse }]\ntests:\n  - attribute: covered\n    measure: coverage.report\n    \
                of: measures.lines\n    as: ratio\n    at-least: 50\n    when_empty: not-tested\n";
    let plan = plan(body);
    let outcome = |commit: &str, origin: &str, produced: Option<&str>| {
        let mut population = Population::absent();
        let item = Item::new(&COVERAGE_REPORT, Place::file("coverage.xml"))
            .with("path", "coverage.xml")
            .with("commit", commit)
            .with("origin", origin)
            .with("produced_at", produced.map(str::to_owned))
            .with("measures.lines", Ratio::new(1, 100));
        population.items.push(item);
        population.settle();
        let found = result(&plan, &facts(vec![(COVERAGE_REPORT.name, population)]));
        (found.outcome, found.gaps.first().map(|gap| gap.cause))
    };
    let day = |day: &str| Some(format!("2026-11-{day}T00:00:00Z"));
    let fresh = day("22");
    assert_eq!(
        outcome("9f2c1ab4d6e0", "L1", fresh.as_deref()),
        (Outcome::ExceptionsNoted, None)
    );
    assert_eq!(
        outcome("41d0e77a90c3", "L1", fresh.as_deref()),
        (Outcome::NotTested, Some(Cause::Stale))
    );
    assert_eq!(
        outcome("9f2c1ab4d6e0", "L0", fresh.as_deref()),
        (Outcome::NotTested, Some(Cause::Weak))
    );
    assert_eq!(
        outcome("9f2c1ab4d6e0", "L1", day("14").as_deref()),
        (Outcome::NotTested, Some(Cause::Stale))
    );
    assert_eq!(
        outcome("9f2c1ab4d6e0", "L1", None),
        (Outcome::NotTested, Some(Cause::Stale))
    );
}

fn problems(body: &str) -> Vec<Problem> {
    load(&catalogue(body), &Adoption::default()).expect_err("a problem")
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn what_is_wrong_with_a_control_is_said_with_its_place() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "severty: high\ntests: []\n",
            "control-field",
            "severty is not a field of a control; the nearest is severity",
        ),
        (
            "tests:\n  - attribute: a\n    every: workflow.use\n    must: {}\n    when_empty: not-tested\n",
            "relation",
            "found workflow.use",
        ),
        (
            "tests:\n  - attribute: a\n    every: workflow.uses\n    must: { pinn: { eq: sha } }\n    when_empty: not-tested\n",
            "control-field",
            "pinn is not a field of workflow.uses; the nearest is pin",
        ),
        (
            "tests:\n  - attribute: a\n    every: workflow.uses\n    must: { line: { eq: sha } }\n    when_empty: not-tested\n",
            "control-test",
            "expected a whole number, found sha",
        ),
        (
            "tests:\n  - attribute: a\n    every: workflow.uses\n    must: { pin: { at-least: 3 } }\n    when_empty: not-tested\n",
            "control-test",
            "expected a number or a ratio before at-least, found a text",
        ),
        (
            "tests:\n  - attribute: a\n    every: workflow.uses\n    must: { pin: { eq: sha } }\n",
            "control-test",
            "expected when_empty in this test, found none",
        ),
        (
            "tests:\n  - attribute: a\n    every: workflow.uses\n    must: { pin: { eq: sha } }\n    when_empty: no-exceptions\n",
            "control-test",
            "found no-exceptions",
        ),
        (
            "tests:\n  - attribute: a\n    count: analysis.report\n    at-most: 0\n    when_absent: no-exceptions\n",
            "control-test",
            "found no-exceptions",
        ),
        (
            "tests:\n  - attribute: a\n    every: analysis.finding\n    must: { rank: { eq: low } }\n    when_empty: no-exceptions\n    when_absent: not-tested\n",
            "control-test",
            "expected requires: to name analysis.report",
        ),
        (
            "tests:\n  - attribute: a\n    evry: workflow.uses\n",
            "control-test",
            "expected one of every, count",
        ),
        (
            "parameters:\n  p: { default: 1, unit: count, meaning: m }\ntests:\n  - attribute: a\n    count: workflow.uses\n    at-most: $q\n    when_absent: not-tested\n",
            "control-test",
            "found $q",
        ),
        (
            "parameters:\n  p: { default: 50, unit: percent, floor: 60, meaning: m }\ntests:\n  - attribute: a\n    measure: coverage.report\n    of: measures.lines\n    as: ratio\n    at-least: $p\n    when_empty: not-tested\n",
            "parameter",
            "expected the default of p at its floor or stricter",
        ),
    ];
    for (body, code, says) in cases {
        let found = problems(body);
        let hit = found
            .iter()
            .find(|problem| problem.code == *code && problem.title.contains(says));
        let hit = hit.unwrap_or_else(|| panic!("{body}\n{found:#?}"));
        let place = hit.place.as_ref().expect("a place");
        assert!(
            place.path == "t/XX-01.yaml" && place.line > 0 && place.column > 0,
            "{place:?}"
        );
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let found = problems(
        "severty: high\nnatur: x\ntests:\n  - attribute: a\n    every: workflow.use\n    when_empty: never\n",
    );
    assert!(found.len() >= 3, "{found:#?}");
}

#[test]
fn an_empty_list_is_none_of_the_values_that_are_allowed_or_forbidden() {
    let owned = |owners: &[&str]| {
        let mut population = Population::absent();
        population.examined.push("CODEOWNERS".to_owned());
        let item = Item::new(&OWNERSHIP_FILE, Place::file("src/a.py"))
            .with("path", "src/a.py")
            .with("owners", Value::texts(owners.iter().copied()));
        population.items.push(item);
        population.settle();
        facts(vec![(OWNERSHIP_FILE.name, population)])
    };
    let outcome = |comparator: &str, owners: &[&str]| {
        let body = format!(
            "tests:\n  - attribute: owned\n    every: ownership.file\n    must: {{ owners: {{ \
             {comparator}: ['@acme/a', '@acme/b'] }} }}\n    when_empty: not-tested\n"
        );
        result(&plan(&body), &owned(owners)).outcome
    };
    for (comparator, owners, expected) in [
        ("in", &["@acme/a"][..], Outcome::NoExceptionsNoted),
        ("in", &["@acme/a", "@acme/c"], Outcome::ExceptionsNoted),
        ("in", &[], Outcome::ExceptionsNoted),
        ("not-in", &["@acme/a"], Outcome::ExceptionsNoted),
        ("not-in", &[], Outcome::NoExceptionsNoted),
        ("matches", &[], Outcome::ExceptionsNoted),
    ] {
        assert_eq!(
            outcome(comparator, owners),
            expected,
            "{comparator} {owners:?}"
        );
    }
}
