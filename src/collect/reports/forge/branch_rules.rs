//! The rules that bind one branch: what GitHub answers to `rules/branches/BRANCH`.
//!
//! It puts the active rulesets of repository and organisation together, and says neither which
//! branch they bind nor who may bypass them.

use super::answer::{self, Answers};
use super::github::{is_named_empty, rows_have};
use super::rules::{self, Rule};
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::{FORGE_BRANCH, FORGE_PROTECTION, FORGE_REQUIRED_CHECK};
use crate::parse::error::ParseError;

/// The rules of a branch.
pub(in crate::collect::reports) struct BranchRules;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-branch-rules",
    usual_names: &["*branch-rules*.json", "*rules-branch*.json"],
    about: "`gh api repos/OWNER/REPO/rules/branches/BRANCH` writes it.",
    sample: (
        "branch-rules.json",
        r#"[{"type": "deletion", "ruleset_source_type": "Repository", "ruleset_source": "o/r",
        "ruleset_id": 42}]"#,
    ),
};

impl Format for BranchRules {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        rows_have(document, &["type", "ruleset_source_type"]) || is_named_empty(&SPEC, document)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Rule> = answer::read(document)?;
        let rules: Vec<&Rule> = answers.rows.iter().map(|(_, rule)| rule).collect();
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        reading.holds = vec![&FORGE_PROTECTION, &FORGE_BRANCH, &FORGE_REQUIRED_CHECK];
        reading.items.push(item(document.path, &rules));
        reading.note("The answer does not say which branch these rules bind.");
        let keys: Vec<String> = rules.iter().map(|rule| rule.key()).collect();
        let keys = keys.iter().map(|key| Some(key.as_str()));
        answers.settle(keys, length(&rules), None, &mut reading);
        Ok(reading)
    }
}

/// All rules as one: each of them binds the branch.
fn item(path: &str, list: &[&Rule]) -> Item {
    let own = |rule: &&&Rule| rule.ruleset_source_type.said() == Some("Repository");
    let repository = list
        .iter()
        .find(own)
        .and_then(|rule| rule.ruleset_source.said());
    let mut item = Item::new(&FORGE_PROTECTION, Source::file(path))
        .with("repository", repository)
        .with("source", "branch-rules")
        .with("target", "branch")
        .with("enforcement", "active");
    rules::set(&mut item, list);
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(name: &str, text: &str) -> Reading {
        let document = Document::new(name, text.as_bytes());
        assert!(BranchRules.recognises(&document), "{text}");
        BranchRules.read(&document).expect("a reading")
    }

    #[test]
    fn the_most_restrictive_of_several_rules_holds() {
        let rule = |id: u32, count: u32, stale: bool| {
            format!(
                r#"{{"type": "pull_request", "ruleset_source_type": "Repository", "ruleset_source": "o/r",
                "ruleset_id": {id}, "parameters": {{"required_approving_review_count": {count},
                "dismiss_stale_reviews_on_push": {stale}}}}}"#
            )
        };
        let reading = read(
            "x.json",
            &format!("[{},{}]", rule(1, 2, false), rule(2, 1, true)),
        );
        let item = &reading.items[0];
        let shown = [
            "repository",
            "branches",
            "required_reviews",
            "dismiss_stale",
            "bypass_count",
        ];
        let shown: Vec<String> = shown
            .iter()
            .map(|field| item.get(field).to_string())
            .collect();
        assert_eq!(shown, ["o/r", "not stated", "2", "yes", "not stated"]);
        assert_eq!(reading.measures["items"].as_int(), Some(2));
        assert_eq!(reading.state, ReadingState::Complete);
    }

    #[test]
    fn no_rule_at_all_protects_nothing() {
        let reading = read("branch-rules-main.json", "[]");
        let item = &reading.items[0];
        assert_eq!(item.get("required_reviews").as_int(), Some(0));
        assert_eq!(item.get("force_pushes"), &true.into());
        let other = Document::new("empty.json", b"[]");
        assert!(!BranchRules.recognises(&other));
    }
}
