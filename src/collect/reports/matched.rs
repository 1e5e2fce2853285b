//! Which tests of the source the cases of a report are of, so that a test that did not run is missed.
//!
//! A case names its module and class by points, from wherever the runner was started, and its function
//! with the parameters behind it. It is taken for a test of the source only where that leads to
//! exactly one; where several fit, the folder decides from which the runner took the others.

use std::collections::{BTreeMap, BTreeSet};

use super::unmatched::Unread;
use crate::collect::Sink;
use crate::model::fact::{Item, Unlisted};
use crate::model::relations::{CODE_TEST, TESTS_CASE, TESTS_MATCHED};

/// Finds the tests of every report's cases.
pub(super) fn look(sink: &mut Sink) {
    let declared: Vec<Declared> = sink
        .items(&CODE_TEST)
        .iter()
        .filter_map(Declared::of)
        .collect();
    let unread = Unread::of(sink.unlisted_of(&CODE_TEST));
    if declared.is_empty() && unread.is_empty() {
        return;
    }
    let mut found: Vec<Item> = Vec::new();
    let mut unknown: Vec<Unlisted> = Vec::new();
    for cases in by_report(sink.items(&TESTS_CASE)).values() {
        let matching = Matching::of(&declared, cases);
        found.extend(matching.tests(cases));
        unknown.extend(unread.with_cases(cases));
    }
    let unlisted: Vec<Unlisted> = sink.unlisted_of(&TESTS_CASE).to_vec();
    for item in found {
        sink.item(item);
    }
    for one in unknown {
        sink.unlisted(one);
    }
    for mut one in unlisted {
        // Any test may be among the cases that are not listed.
        one.each = Item::new(&TESTS_MATCHED, one.each.source);
        sink.unlisted(one);
    }
}

/// A path as a module, from the git root.
pub(super) fn module_of(path: &str) -> String {
    path.strip_suffix(".py").unwrap_or(path).replace('/', ".")
}

fn by_report(cases: &[Item]) -> BTreeMap<&str, Vec<Case<'_>>> {
    let mut reports: BTreeMap<&str, Vec<Case<'_>>> = BTreeMap::new();
    for case in cases {
        if let Some(report) = case.get("report").as_text() {
            reports.entry(report).or_default().push(Case::of(case));
        }
    }
    reports
}

/// A test of the source.
struct Declared<'s> {
    item: &'s Item,
    name: &'s str,
    /// Its file as a module, from the git root.
    module: String,
    /// The same with its classes.
    place: String,
}

impl<'s> Declared<'s> {
    fn of(item: &'s Item) -> Option<Self> {
        let path = item.get("path").as_text()?;
        let module = module_of(path);
        let place = match item.get("class").as_text() {
            Some(class) => format!("{module}.{class}"),
            None => module.clone(),
        };
        Some(Self {
            item,
            name: item.get("name").as_text()?,
            module,
            place,
        })
    }
}

/// A case of a report.
pub(super) struct Case<'s> {
    item: &'s Item,
    /// Its function; of a module that was skipped or broke as a whole there is none.
    function: Option<&'s str>,
    /// Where it stands, by points.
    pub(super) place: String,
}

impl<'s> Case<'s> {
    fn of(item: &'s Item) -> Self {
        let suite = item.get("suite").as_text().unwrap_or_default();
        let name = item.get("name").as_text().unwrap_or_default();
        // Parameters may hold any sign, so they are cut off first.
        let bare = name.split(['[', ' ', '(']).next().unwrap_or_default();
        let (classes, function) = match bare.rsplit_once("::") {
            Some((classes, function)) => (Some(classes), function),
            None => (None, bare),
        };
        if !is_identifier(function) {
            // A module that could not be collected, or was skipped as a whole, is named itself.
            let module = name.strip_suffix(".py").unwrap_or(name);
            return Self {
                item,
                function: None,
                place: by_points(module),
            };
        }
        let suite = suite.strip_suffix(".py").unwrap_or(suite);
        let mut place = by_points(suite);
        for class in classes.into_iter().flat_map(|classes| classes.split("::")) {
            place.push('.');
            place.push_str(class);
        }
        Self {
            item,
            function: Some(function),
            place,
        }
    }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|sign| sign.is_alphanumeric() || sign == '_')
}

fn by_points(place: &str) -> String {
    place.replace("::", ".").replace(['/', '\\'], ".")
}

/// From where a runner names its modules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Root {
    /// The root of the repository.
    Here,
    /// A folder of it.
    Below(String),
    /// A folder around it, or a prefix that was given to the runner.
    Above(String),
}

impl Root {
    /// The root from which a place would be named so; none where it does not fit.
    pub(super) fn of(place: &str, named: &str) -> Option<Self> {
        if named.is_empty() {
            return None;
        }
        if place == named {
            return Some(Self::Here);
        }
        let before = |long: &str, short: &str| {
            let folder = long.strip_suffix(short)?.strip_suffix('.')?;
            Some(folder.to_owned())
        };
        match before(place, named) {
            Some(folder) => Some(Self::Below(folder)),
            None => before(named, place).map(Self::Above),
        }
    }
}

/// The tests of a report's cases.
struct Matching<'d, 's> {
    declared: &'d [Declared<'s>],
    by_name: BTreeMap<&'s str, Vec<usize>>,
    /// By the last part of their modules.
    by_module: BTreeMap<&'d str, Vec<usize>>,
    /// From where those cases are named that fit one test alone.
    roots: BTreeSet<Root>,
}

/// The last part of a module's name.
pub(super) fn last(module: &str) -> &str {
    module.rsplit('.').next().unwrap_or(module)
}

impl<'d, 's> Matching<'d, 's> {
    fn of(declared: &'d [Declared<'s>], cases: &[Case<'_>]) -> Self {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut by_module: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, test) in declared.iter().enumerate() {
            by_name.entry(test.name).or_default().push(at);
            by_module.entry(last(&test.module)).or_default().push(at);
        }
        let mut matching = Self {
            declared,
            by_name,
            by_module,
            roots: BTreeSet::new(),
        };
        let alone = |case| {
            let mut fitting = matching.fitting(case);
            let one = fitting.pop();
            one.filter(|_| fitting.is_empty()).map(|(_, root)| root)
        };
        matching.roots = cases.iter().filter_map(alone).collect();
        matching
    }

    /// The tests that a case fits, each place once, with the root it would be named from.
    fn fitting(&self, case: &Case<'_>) -> Vec<(usize, Root)> {
        let named = case
            .function
            .and_then(|function| self.by_name.get(function));
        let mut found: Vec<(usize, Root)> = Vec::new();
        for at in named.into_iter().flatten() {
            let fits = |test: &Declared<'_>| Root::of(&test.place, &case.place);
            if let Some(root) = self.declared.get(*at).and_then(fits)
                && !found.iter().any(|(_, other)| *other == root)
            {
                found.push((*at, root));
            }
        }
        found
    }

    /// The tests that a case is of.
    fn tests_of(&self, case: &Case<'_>) -> Vec<usize> {
        if case.function.is_none() {
            return self.of_module(case);
        }
        let mut fitting = self.fitting(case);
        if fitting.len() > 1 {
            fitting.retain(|(_, root)| self.roots.contains(root));
        }
        match fitting.as_slice() {
            [(one, _)] => vec![*one],
            _ => Vec::new(),
        }
    }

    /// All tests of a module that was skipped, or broke, before any of them was known.
    fn of_module(&self, case: &Case<'_>) -> Vec<usize> {
        let named = self.by_module.get(last(&case.place));
        let mut modules: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for at in named.into_iter().flatten() {
            if let Some(test) = self.declared.get(*at)
                && Root::of(&test.module, &case.place).is_some()
            {
                modules.entry(&test.module).or_default().push(*at);
            }
        }
        let mut modules = modules.into_values();
        match (modules.next(), modules.next()) {
            (Some(tests), None) => tests,
            _ => Vec::new(),
        }
    }

    /// The tests that the report has cases of, in the order of the source.
    fn tests(&self, cases: &[Case<'_>]) -> Vec<Item> {
        let mut of: BTreeMap<usize, Vec<&Item>> = BTreeMap::new();
        for case in cases {
            for at in self.tests_of(case) {
                of.entry(at).or_default().push(case.item);
            }
        }
        let described = of.into_iter().filter_map(|(at, cases)| {
            let test = self.declared.get(at)?;
            describe(test, &cases)
        });
        described.collect()
    }
}

/// How a test ended: as the worst of its cases. One of which some cases were skipped has run.
fn describe(test: &Declared<'_>, cases: &[&Item]) -> Option<Item> {
    const ENDINGS: [&str; 4] = ["error", "failed", "passed", "skipped"];
    let first = cases.first()?;
    let ended = |ending: &&str| {
        let mut cases = cases.iter();
        cases.any(|case| case.get("status").as_text() == Some(*ending))
    };
    let status = ENDINGS.into_iter().find(ended);
    let own = |field: &str| test.item.get(field).clone();
    Some(
        Item::new(&TESTS_MATCHED, first.source.clone())
            .with("report", first.get("report").clone())
            .with("test", own("test"))
            .with("path", own("path"))
            .with("name", test.name)
            .with("language", own("language"))
            .with("cases", cases.len())
            .with("status", status)
            .with("property", own("property"))
            .with("category", own("category")),
    )
}

#[cfg(test)]
mod tests {
    use crate::collect::repository::testing::{column, facts};
    use crate::model::fact::Facts;

    const SOURCE: &str = "import pytest\nimport unittest\n\n\
        @pytest.fixture\ndef test_client():\n    return 1\n\n\
        @pytest.mark.parametrize('x', [1, 2])\ndef test_many(x):\n    assert x\n\n\
        class TestOuter:\n    class TestInner:\n        def test_deep(self):\n            assert 1\n\n\
        class Old(unittest.TestCase):\n    def test_old(self):\n        self.fail()\n\n\
        class Off(unittest.TestCase):\n    __test__ = False\n    def test_off(self):\n        self.fail()\n\n\
        def test_forgotten():\n    assert 1\n";

    fn junit(cases: &[(&str, &str, &str)]) -> String {
        let cases = cases.iter().map(|(class, name, inside)| {
            format!(
                "<testcase classname=\"{class}\" name=\"{name}\" time=\"0.1\">{inside}</testcase>"
            )
        });
        let cases: String = cases.collect();
        format!("<testsuites><testsuite name=\"pytest\">{cases}</testsuite></testsuites>")
    }

    /// What is matched, with how it ended and by how many cases.
    fn matched(facts: &Facts) -> Vec<String> {
        let population = &facts["tests.matched"];
        let columns = ["test", "status", "cases"].map(|field| column(population, field));
        let [tests, statuses, cases] = columns;
        let rows = tests.into_iter().zip(statuses).zip(cases);
        rows.map(|((test, status), cases)| format!("{test} {status} {cases}"))
            .collect()
    }

    #[test]
    fn cases_lead_to_the_tests_that_they_are_of() {
        let report = junit(&[
            ("tests.test_a", "test_many[1-a.b::c (d) e]", ""),
            ("tests.test_a", "test_many[2]", "<failure message=\"x\"/>"),
            (
                "tests.test_a.TestOuter.TestInner",
                "test_deep",
                "<skipped/>",
            ),
            ("tests.test_a.Old", "test_old", ""),
            ("tests.test_a.TestOther", "test_deep", ""),
            ("tests.test_b", "test_many", ""),
            (
                "",
                "tests.test_c",
                "<skipped message=\"collection skipped\"/>",
            ),
        ]);
        let facts = facts(
            &[
                ("tests/test_a.py", SOURCE),
                (
                    "tests/test_c.py",
                    "def test_one():\n    assert 1\n\ndef test_two():\n    assert 1\n",
                ),
                (
                    "tests/base.py",
                    "class BaseTest:\n    def test_base(self):\n        assert 1\n",
                ),
                ("junit.xml", &report),
            ],
            "",
        );
        assert_eq!(
            matched(&facts),
            [
                "tests/test_a.py::test_many failed 2",
                "tests/test_a.py::TestOuter::TestInner::test_deep skipped 1",
                "tests/test_a.py::Old::test_old passed 1",
                "tests/test_c.py::test_one skipped 1",
                "tests/test_c.py::test_two skipped 1",
            ]
        );
        let declared = &facts["code.test"];
        let collected = column(declared, "test")
            .into_iter()
            .zip(column(declared, "collected"));
        let not: Vec<String> = collected
            .filter(|(_, collected)| collected == "no")
            .map(|(test, _)| test)
            .collect();
        assert_eq!(not, ["tests/test_a.py::Off::test_off"]);
        assert!(!column(declared, "name").contains(&"test_client".to_owned()));
    }

    #[test]
    fn of_two_tests_that_fit_the_one_counts_from_where_the_others_ran() {
        let both = "def test_same():\n    assert 1\n";
        let report = junit(&[
            ("test_a", "test_same", ""),
            ("test_b", "test_only", ""),
            ("proj.two.test_c", "test_prefixed", ""),
        ]);
        let files = [
            ("one/test_a.py", both),
            ("two/test_a.py", both),
            ("two/test_b.py", "def test_only():\n    assert 1\n"),
            ("two/test_c.py", "def test_prefixed():\n    assert 1\n"),
            ("junit.xml", report.as_str()),
        ];
        assert_eq!(
            matched(&facts(&files, "")),
            [
                "two/test_a.py::test_same passed 1",
                "two/test_b.py::test_only passed 1",
                "two/test_c.py::test_prefixed passed 1",
            ]
        );
        let alone = junit(&[("test_a", "test_same", "")]);
        let files = [files[0], files[1], ("junit.xml", alone.as_str())];
        assert_eq!(matched(&facts(&files, "")), [""; 0]);
    }

    #[test]
    fn a_report_of_pytest_in_json_leads_to_them_as_well() {
        let report = r#"{"created": 1.0, "duration": 1.0, "exitcode": 0, "root": "/x", "environment": {},
            "summary": {"passed": 1, "total": 1, "collected": 1}, "tests": [{"nodeid":
            "tests/test_a.py::TestOuter::TestInner::test_deep[a::b]", "lineno": 1, "outcome": "passed",
            "keywords": []}]}"#;
        let facts = facts(&[("tests/test_a.py", SOURCE), (".report.json", report)], "");
        assert_eq!(
            matched(&facts),
            ["tests/test_a.py::TestOuter::TestInner::test_deep passed 1"]
        );
    }
}
