//! What `permissions:` grants the token of a workflow or job.
//!
//! GitHub's rules: a scope that a mapping leaves out is `none`; an empty mapping grants nothing; a
//! job's own `permissions` replace the workflow's as a whole; where neither says anything the
//! setting of the repository or organisation decides, which no file shows.

use std::collections::BTreeMap;

use crate::model::value::Value;
use crate::parse::yaml::{Data, Node};

/// Permissions as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Permissions {
    /// `absent`, `none`, `read-all`, `write-all`, or the mapping itself.
    pub(super) value: Value,
    /// `absent`, `none`, `read`, `write` or `write-all`.
    pub(super) effective: &'static str,
    /// The scopes that may be written to; `all` for `write-all`.
    pub(super) write_scopes: Vec<String>,
    /// Whether GitHub takes the value at all.
    pub(super) valid: bool,
}

impl Permissions {
    fn word(word: &str, effective: &'static str) -> Self {
        let write_scopes = if effective == "write-all" {
            vec!["all".to_owned()]
        } else {
            Vec::new()
        };
        Self {
            value: word.into(),
            effective,
            write_scopes,
            valid: true,
        }
    }

    /// Reads the value of `permissions`, where there is one.
    pub(super) fn of(node: Option<&Node>) -> Self {
        let Some(node) = node else {
            return Self::word("absent", "absent");
        };
        match &node.data {
            Data::Mapping(entries) if entries.is_empty() => Self::word("none", "none"),
            Data::Mapping(_) => Self::of_mapping(node),
            Data::Scalar(text, _) if text == "read-all" => Self::word(text, "read"),
            Data::Scalar(text, _) if text == "write-all" => Self::word(text, "write-all"),
            Data::Scalar(..) if node.is_null() => Self {
                valid: false,
                ..Self::word("absent", "absent")
            },
            Data::Scalar(text, _) => Self {
                valid: false,
                ..Self::word(text, "absent")
            },
            Data::Sequence(_) => Self {
                valid: false,
                ..Self::word("absent", "absent")
            },
        }
    }

    fn of_mapping(node: &Node) -> Self {
        let granted: BTreeMap<String, &str> = node
            .entries()
            .iter()
            .map(|entry| (entry.name().to_owned(), entry.value.text().unwrap_or("")))
            .collect();
        let write_scopes: Vec<String> = granted
            .iter()
            .filter(|(_, level)| **level == "write")
            .map(|(scope, _)| scope.clone())
            .collect();
        let effective = if !write_scopes.is_empty() {
            "write"
        } else if granted.values().all(|level| *level == "none") {
            "none"
        } else {
            "read"
        };
        let valid = granted
            .values()
            .all(|level| matches!(*level, "read" | "write" | "none"));
        let map = granted
            .into_iter()
            .map(|(scope, level)| (scope, level.into()))
            .collect();
        Self {
            value: Value::Map(map),
            effective,
            write_scopes,
            valid,
        }
    }

    /// Whether nothing is said.
    pub(super) fn is_absent(&self) -> bool {
        self.effective == "absent"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::yaml;

    fn of(text: &str) -> Permissions {
        let root = yaml::parse(text).expect("yaml");
        Permissions::of(root.get("permissions"))
    }

    #[test]
    fn every_form_of_permissions_is_told_apart() {
        for (text, value, effective) in [
            ("x: 1", "absent", "absent"),
            ("permissions: {}", "none", "none"),
            ("permissions: read-all", "read-all", "read"),
            ("permissions: write-all", "write-all", "write-all"),
        ] {
            let found = of(text);
            assert_eq!(
                (found.value.as_text(), found.effective),
                (Some(value), effective)
            );
        }
        let mapping = of("permissions: {contents: read, id-token: write, issues: write}");
        assert_eq!(mapping.effective, "write");
        assert_eq!(mapping.write_scopes, ["id-token", "issues"]);
        assert_eq!(mapping.value.at("contents").as_text(), Some("read"));
        assert_eq!(of("permissions: {contents: read}").effective, "read");
        assert_eq!(of("permissions: {contents: none}").effective, "none");
        assert_eq!(of("permissions: write-all").write_scopes, ["all"]);
    }

    #[test]
    fn what_github_does_not_take_says_nothing() {
        for text in ["permissions:", "permissions: write", "permissions: [read]"] {
            let found = of(text);
            assert!(found.is_absent() && !found.valid, "{text}");
        }
        assert!(!of("permissions: {contents: yes}").valid);
    }
}
