//! The security categories that a test is declared to be of: by a mark, by its folder, or by the policy.

use std::collections::BTreeSet;

use crate::model::policy::{Policy, SECURITY_CATEGORIES};
use crate::tree::glob::Globs;

/// How declarations are recognised.
#[derive(Debug, Clone, Default)]
pub(in crate::collect) struct Categories {
    by_policy: Vec<ByPolicy>,
}

#[derive(Debug, Clone)]
struct ByPolicy {
    category: &'static str,
    markers: Vec<String>,
    tests: Globs,
}

impl Categories {
    /// As the policy has them.
    ///
    /// # Errors
    /// The first glob that is not one.
    pub(in crate::collect) fn new(policy: &Policy) -> Result<Self, String> {
        let mut by_policy = Vec::new();
        for (category, of) in &policy.security_tests {
            by_policy.push(ByPolicy {
                category,
                markers: of.markers.clone(),
                tests: Globs::new(of.tests.clone())?,
            });
        }
        Ok(Self { by_policy })
    }

    /// The categories of a test: `path` from the examined folder, `name` behind it with its classes.
    pub(super) fn of(&self, path: &str, name: &str, marks: &[String]) -> Vec<&'static str> {
        let mut found = BTreeSet::new();
        found.extend(marks.iter().filter_map(|mark| of_mark(mark)));
        let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
        found.extend(folders.split('/').filter_map(of_word));
        let test = format!("{path}::{name}");
        for one in &self.by_policy {
            let marked = || {
                marks
                    .iter()
                    .any(|mark| one.markers.iter().any(|it| it == mark))
            };
            if one.tests.matches(path) || one.tests.matches(&test) || marked() {
                found.insert(one.category);
            }
        }
        found.into_iter().collect()
    }
}

/// `pytest.mark.authentication`, or `pytest.mark.security("authentication")`.
fn of_mark(mark: &str) -> Option<&'static str> {
    of_word(mark.strip_prefix("security:").unwrap_or(mark))
}

fn of_word(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase().replace('-', "_");
    SECURITY_CATEGORIES.into_iter().find(|known| *known == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::SecurityTests;

    #[test]
    fn a_category_is_declared_by_mark_folder_or_policy() {
        let mut policy = Policy::default();
        let of = |markers: &[&str], tests: &[&str]| SecurityTests {
            markers: markers.iter().map(|it| (*it).to_owned()).collect(),
            tests: tests.iter().map(|it| (*it).to_owned()).collect(),
        };
        policy.security_tests.insert(
            "authentication",
            of(
                &["login"],
                &["tests/sign_in/**", "tests/test_a.py::TestKey::*"],
            ),
        );
        let categories = Categories::new(&policy).expect("globs");
        let found = |path: &str, name: &str, marks: &[&str]| {
            let marks: Vec<String> = marks.iter().map(|it| (*it).to_owned()).collect();
            categories.of(path, name, &marks).join(" ")
        };
        assert_eq!(
            found("tests/test_a.py", "test_b", &["slow", "authorization"]),
            "authorization"
        );
        assert_eq!(
            found("tests/test_a.py", "test_b", &["security:Input-Validation"]),
            "input_validation"
        );
        assert_eq!(
            found(
                "tests/error-handling/test_a.py",
                "test_b",
                &["data_protection"]
            ),
            "data_protection error_handling"
        );
        assert_eq!(
            found("tests/sign_in/test_a.py", "test_b", &[]),
            "authentication"
        );
        assert_eq!(
            found("tests/test_a.py", "TestKey::test_b", &[]),
            "authentication"
        );
        assert_eq!(
            found("tests/test_a.py", "test_b", &["login"]),
            "authentication"
        );
        // The name of a file or a test is not a declaration.
        assert_eq!(
            found(
                "tests/test_authentication.py",
                "test_authorization",
                &["logins"]
            ),
            ""
        );
    }
}
