//! How a repository adopts the catalogue: entity, branch, scopes, where reports lie, parameters
//! and departures, each with its reason.

use std::collections::BTreeMap;

use serde::Serialize;

use super::parameter::{Stricter, stricter};
use super::reading::ReportKind;
use super::value::Value;

/// The adopted policy. Its default is what holds where no file is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// The file it was read from; `None` when the catalogue's defaults hold.
    pub path: Option<String>,
    /// Who adopts the controls.
    pub entity: Option<String>,
    /// What the repository is called in the report.
    pub repository: Option<String>,
    /// The branch that changes are merged to.
    pub protected_branch: Option<String>,
    /// Who answers for a control, by its id, by its family (`CP`), or by [`ALL`] for those that
    /// nobody is named for.
    pub owners: BTreeMap<String, String>,
    /// Where the code is what it is.
    pub scopes: Scopes,
    /// Globs of the reports of a kind, from the policy's root; kinds without any are searched for.
    pub reports: BTreeMap<ReportKind, Vec<String>>,
    /// Which tests are of a security category, beside those that say so themselves.
    pub security_tests: BTreeMap<&'static str, SecurityTests>,
    /// Which source files are shipped.
    pub evidence: Evidence,
    /// Parameters set here.
    pub parameters: Vec<Setting>,
    /// Controls left out.
    pub exclusions: Vec<Exclusion>,
}

/// The key under which the owner of all other controls stands.
pub const ALL: &str = "default";

/// The security properties that tests are declared to be about.
pub const SECURITY_CATEGORIES: [&str; 5] = [
    "authentication",
    "authorization",
    "data_protection",
    "error_handling",
    "input_validation",
];

/// How the tests of one security category are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SecurityTests {
    /// Marks of pytest.
    pub markers: Vec<String>,
    /// Globs over the file of a test, or over its name: `tests/test_a.py::test_login_*`.
    pub tests: Vec<String>,
}

/// What of the evidence is shipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Files of source code. Everything else is shipped as it was read.
    pub sources: Sources,
}

/// Which files of source code are shipped. All that were read are listed with their digests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sources {
    /// Those that something was found in, or that could not be read.
    #[default]
    Found,
    /// All that were read, so that everything can be derived from the bundle alone.
    All,
}

impl Sources {
    /// The words of a policy.
    pub const NAMES: &'static [&'static str] = &["found", "all"];

    /// The choice of a word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "found" => Some(Self::Found),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// Globs that say what a source file is for. What none matches is production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scopes {
    /// Tests and their data.
    pub tests: Vec<String>,
    /// Code of others, kept here.
    pub vendored: Vec<String>,
    /// Code that a program wrote.
    pub generated: Vec<String>,
    /// Examples, which may be wrong on purpose.
    pub examples: Vec<String>,
}

impl Default for Scopes {
    fn default() -> Self {
        let globs = |list: &[&str]| list.iter().map(|glob| (*glob).to_owned()).collect();
        Self {
            tests: globs(&[
                "**/test/**",
                "**/tests/**",
                "**/*_tests/**",
                "**/*-tests/**",
                "**/unittest*/**",
                "**/integrationtest*/**",
                "**/testfiles/**",
                "**/__snapshots__/**",
                "**/testing/**",
                "**/testdata/**",
                "**/test-data/**",
                "**/fixtures/**",
                "**/__tests__/**",
                "**/spec/**",
                "**/test_*.py",
                "**/*_test.py",
                "**/conftest.py",
                "**/tests.py",
                "**/*_test.go",
                "**/*.test.*",
                "**/*.spec.*",
                "**/benches/**",
                "**/fuzz/**",
            ]),
            vendored: globs(&[
                "**/vendor/**",
                "**/vendored/**",
                "**/third_party/**",
                "**/third-party/**",
                "**/_vendor/**",
            ]),
            generated: globs(&[
                "**/generated/**",
                "**/*_pb2.py",
                "**/*_pb2_grpc.py",
                "**/*.pb.go",
                "**/migrations/**",
            ]),
            examples: globs(&[
                "**/examples/**",
                "**/example/**",
                "**/samples/**",
                "**/docs/**",
            ]),
        }
    }
}

impl Scopes {
    /// The lists with their names, in the order in which they are shown.
    pub fn lists(&self) -> [(&'static str, &[String]); 4] {
        [
            ("tests", &self.tests),
            ("vendored", &self.vendored),
            ("generated", &self.generated),
            ("examples", &self.examples),
        ]
    }
}

/// A scope for which the policy has other globs than there are without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeDeparture<'p> {
    /// Its name.
    pub scope: &'static str,
    /// What holds without a policy.
    pub usual: Vec<String>,
    /// What holds.
    pub globs: &'p [String],
    /// Whether fewer files are kept from counting as production. Where neither list holds the
    /// other, it counts as looser.
    pub stricter: bool,
}

impl Policy {
    /// Who answers for a control: who is named for it, else for its family, else for all.
    pub fn owner(&self, control: &str) -> Option<&str> {
        let family = control.split('-').next().unwrap_or(control);
        let named = [control, family, ALL].into_iter();
        let mut found = named.filter_map(|key| self.owners.get(key));
        found.next().map(String::as_str)
    }

    /// The scopes that it changes.
    pub fn changed_scopes(&self) -> Vec<ScopeDeparture<'_>> {
        let usual = Scopes::default();
        let both = self.scopes.lists().into_iter().zip(usual.lists());
        both.filter_map(|((scope, globs), (_, usual))| {
            let of = |list: &[String]| Value::texts(list);
            stricter(Stricter::Fewer, &of(globs), &of(usual)).map(|stricter| ScopeDeparture {
                scope,
                usual: usual.to_vec(),
                globs,
                stricter,
            })
        })
        .collect()
    }
}

/// One parameter set by the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The control.
    pub control: String,
    /// The parameter.
    pub parameter: String,
    /// The value.
    pub value: Value,
    /// Why it departs from the catalogue.
    pub rationale: String,
    /// The line of the policy, from 1.
    pub line: u32,
}

/// A control left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// The control.
    pub control: String,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approver: String,
    /// The line of the policy, from 1.
    pub line: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_is_named_for_has_no_owner() {
        let mut policy = Policy::default();
        policy.owners.insert("CP".to_owned(), "Jo".to_owned());
        assert_eq!(policy.owner("CP-01"), Some("Jo"));
        assert_eq!(policy.owner("DP-01"), None);
    }

    #[test]
    fn a_scope_is_a_departure_where_it_holds_other_globs() {
        let usual = Scopes::default();
        let with = |vendored: Vec<String>| Policy {
            scopes: Scopes {
                vendored,
                ..usual.clone()
            },
            ..Policy::default()
        };
        let judged = |vendored: Vec<String>| {
            let policy = with(vendored);
            let changed = policy.changed_scopes();
            let found: Vec<_> = changed.iter().map(|it| (it.scope, it.stricter)).collect();
            found
        };
        let mut turned = usual.vendored.clone();
        turned.reverse();
        assert_eq!(judged(turned), [], "the order decides nothing");
        assert_eq!(judged(Vec::new()), [("vendored", true)]);
        let mut more = usual.vendored.clone();
        more.push("src/**".to_owned());
        assert_eq!(judged(more), [("vendored", false)]);
        let other = vec!["src/**".to_owned()];
        assert_eq!(
            judged(other),
            [("vendored", false)],
            "neither holds the other"
        );
    }
}
