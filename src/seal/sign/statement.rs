//! What is attested: a statement of in-toto (v1) whose predicate is a test result (v0.1).
//!
//! Whoever reads only the standard's lists errs on the safe side: what was not tested stands among
//! the tests that failed, and what was waived, did not occur or does not apply among none of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::exhibit::Digest;

const TYPE: &str = "https://in-toto.io/Statement/v1";
/// The predicate.
pub const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// How a control ended, as a statement says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// No exceptions noted, and nothing missing.
    NoExceptions,
    /// Exceptions noted that no waiver covers.
    Exceptions,
    /// Exceptions noted, each of them waived.
    Waived,
    /// Not tested, or not wholly.
    NotTested,
    /// Did not occur.
    DidNotOccur,
    /// Not applicable.
    NotApplicable,
}

/// What is attested, of what.
#[derive(Debug, Clone, Default)]
pub struct Tested<'t> {
    /// The files that say everything, by name.
    pub files: Vec<(&'static str, Digest)>,
    /// What the repository is called.
    pub repository: &'t str,
    /// The examined commit.
    pub commit: Option<&'t str>,
    /// The tree of what was examined: the commit's, or that of the work tree.
    pub tree: Option<&'t str>,
    /// Whether the work tree was not the commit's.
    pub dirty: bool,
    /// Catalogue and policy, by name.
    pub configuration: Vec<(&'static str, Digest)>,
    /// The controls with their results.
    pub controls: Vec<(&'t str, Status)>,
}

/// The statement as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Resource>,
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    digest: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Predicate {
    result: String,
    configuration: Vec<Resource>,
    passed_tests: Vec<String>,
    warned_tests: Vec<String>,
    failed_tests: Vec<String>,
    #[serde(rename = "audit_notTested")]
    not_tested: Vec<String>,
    #[serde(rename = "audit_waived")]
    waived: Vec<String>,
    #[serde(rename = "audit_didNotOccur")]
    did_not_occur: Vec<String>,
    #[serde(rename = "audit_notApplicable")]
    not_applicable: Vec<String>,
}

impl Statement {
    /// The statement of what was tested.
    pub fn of(tested: &Tested<'_>) -> Self {
        let file = |(name, digest): &(&str, Digest)| Resource {
            name: (*name).to_owned(),
            digest: one("sha256", digest.to_string()),
            ..Resource::default()
        };
        let mut subject: Vec<Resource> = tested.files.iter().map(file).collect();
        subject.extend(tested.sources());
        Self {
            kind: TYPE.to_owned(),
            subject,
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate {
                result: tested.result().to_owned(),
                configuration: tested.configuration.iter().map(file).collect(),
                passed_tests: tested.those(&[Status::NoExceptions]),
                warned_tests: Vec::new(),
                failed_tests: tested.those(&[Status::Exceptions, Status::NotTested]),
                not_tested: tested.those(&[Status::NotTested]),
                waived: tested.those(&[Status::Waived]),
                did_not_occur: tested.those(&[Status::DidNotOccur]),
                not_applicable: tested.those(&[Status::NotApplicable]),
            },
        }
    }
}

fn one(key: &str, value: String) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value)])
}

impl Tested<'_> {
    /// `PASSED`, `WARNED` or `FAILED`, as the predicate has it. Nothing tested is no pass.
    pub fn result(&self) -> &'static str {
        let any = |of: &[Status]| self.controls.iter().any(|(_, status)| of.contains(status));
        if self.controls.is_empty() || any(&[Status::Exceptions, Status::NotTested]) {
            "FAILED"
        } else if any(&[Status::Waived]) {
            "WARNED"
        } else {
            "PASSED"
        }
    }

    fn those(&self, of: &[Status]) -> Vec<String> {
        let chosen = self
            .controls
            .iter()
            .filter(|(_, status)| of.contains(status));
        chosen.map(|(id, _)| (*id).to_owned()).collect()
    }

    /// Commit and tree, each on its own: a digest set describes one thing. The commit of a work tree
    /// that was changed is not what was tested, and only noted.
    fn sources(&self) -> Vec<Resource> {
        let address = ["https://", "ssh://", "http://"]
            .iter()
            .any(|scheme| self.repository.starts_with(scheme));
        let uri = address.then(|| format!("git+{}", self.repository));
        let source = |name: &str, key: &str, value: &str| Resource {
            name: format!("{name} of {}", self.repository),
            uri: uri.clone(),
            digest: one(key, value.to_owned()),
            annotations: None,
        };
        let mut sources = Vec::new();
        if let Some(commit) = self.commit.filter(|_| !self.dirty) {
            sources.push(source("commit", "gitCommit", commit));
        }
        if let Some(tree) = self.tree {
            let mut tree = source("tree", "gitTree", tree);
            let base = self.commit.filter(|_| self.dirty);
            tree.annotations = base.map(|commit| one("baseCommit", commit.to_owned()));
            sources.push(tree);
        }
        sources
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::canonical;
    use crate::tree::digest::sha256;

    fn tested(dirty: bool) -> Tested<'static> {
        Tested {
            files: vec![
                ("manifest.json", sha256(b"m")),
                ("SHA256SUMS", sha256(b"s")),
            ],
            repository: "https://forge.example/acme/w",
            commit: Some("c0"),
            tree: Some("7e"),
            dirty,
            configuration: vec![("catalogue", sha256(b"c"))],
            controls: vec![
                ("A-1", Status::NoExceptions),
                ("A-2", Status::NotTested),
                ("A-3", Status::Waived),
                ("A-4", Status::DidNotOccur),
                ("A-5", Status::Exceptions),
            ],
        }
    }

    #[test]
    fn what_was_not_tested_stands_among_the_failed() {
        let bytes = canonical::bytes(&Statement::of(&tested(false))).expect("JSON");
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.contains(r#""failedTests":["A-2","A-5"]"#), "{text}");
        assert!(text.contains(r#""passedTests":["A-1"]"#), "{text}");
        assert!(
            text.contains(r#""result":"FAILED""#) && text.contains("gitCommit"),
            "{text}"
        );
        let again: Statement = canonical::exactly(text.as_bytes()).expect("a statement");
        assert_eq!(again, Statement::of(&tested(false)));
    }

    #[test]
    fn the_commit_of_a_changed_work_tree_is_no_subject() {
        let text = canonical::bytes(&Statement::of(&tested(true))).expect("JSON");
        let text = String::from_utf8(text).expect("text");
        assert!(!text.contains("gitCommit"), "{text}");
        assert!(
            text.contains(r#""annotations":{"baseCommit":"c0"}"#),
            "{text}"
        );
    }

    #[test]
    fn sources_have_an_address_where_the_repository_is_called_by_one() {
        let text = |repository| {
            let tested = Tested {
                repository,
                ..tested(false)
            };
            let bytes = canonical::bytes(&Statement::of(&tested)).expect("JSON");
            String::from_utf8(bytes).expect("text")
        };
        let address = text("https://forge.example/acme/w");
        let uri = r#""uri":"git+https://forge.example/acme/w""#;
        assert_eq!(address.matches(uri).count(), 2, "{address}");
        assert!(text("ssh://git@forge.example/acme/w").contains(r#""uri":"git+ssh://"#));
        for name in ["w", "acme/w", "git@forge.example:acme/w.git"] {
            assert!(!text(name).contains(r#""uri""#), "{name}");
        }
    }

    #[test]
    fn nothing_tested_is_no_pass() {
        assert_eq!(Tested::default().result(), "FAILED");
        let mut waived = tested(false);
        waived.controls = vec![("A", Status::Waived)];
        assert_eq!(waived.result(), "WARNED");
        waived.controls = vec![("A", Status::DidNotOccur)];
        assert_eq!(waived.result(), "PASSED");
    }
}
