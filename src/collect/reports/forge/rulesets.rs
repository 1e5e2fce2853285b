//! Rulesets: what GitHub answers to `rulesets`, `rulesets/ID` and the same of an organisation, or
//! exports from its settings.
//!
//! A list of rulesets shows neither their rules nor who may bypass them. Who may is only shown to
//! those who may change the ruleset.

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{is_named_empty, measure_states, rows_have};
use super::refs::Conditions;
use super::rules::{self, Rule};
use crate::collect::reports::words::{counted, length};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::{FORGE_BRANCH, FORGE_PROTECTION, FORGE_REQUIRED_CHECK};
use crate::model::value::Value;
use crate::parse::error::ParseError;
use crate::parse::json::{Text, nullable};

/// Rulesets.
pub(in crate::collect::reports) struct Rulesets;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-rulesets",
    usual_names: &["*ruleset*.json"],
    about: "`gh api repos/OWNER/REPO/rulesets` and `…/rulesets/ID` write it.",
    sample: (
        "ruleset.json",
        r#"{"id": 42, "name": "main", "target": "branch", "source_type": "Repository", "source":
        "o/r", "enforcement": "active", "bypass_actors": [], "conditions": {"ref_name": {"include":
        ["~DEFAULT_BRANCH"], "exclude": []}}, "rules": [{"type": "deletion"}]}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ruleset {
    id: Text,
    name: Text,
    target: Text,
    source_type: Text,
    source: Text,
    enforcement: Text,
    bypass_actors: Option<Vec<Actor>>,
    conditions: Option<Conditions>,
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Actor {
    #[serde(rename = "actor_id")]
    id: Text,
    #[serde(rename = "actor_type")]
    kind: Text,
    #[serde(deserialize_with = "nullable")]
    bypass_mode: Text,
}

impl Actor {
    fn words(&self) -> String {
        let kind = self.kind.said().unwrap_or("actor");
        let mode = self
            .bypass_mode
            .said()
            .unwrap_or("always")
            .replace('_', " ");
        match self.id.said() {
            Some(id) => format!("{kind} {id} ({mode})"),
            None => format!("{kind} ({mode})"),
        }
    }

    /// Whether it lets administrators pass: those of the organisation or enterprise, or the
    /// repository's own role of that name, which GitHub numbers 5.
    fn is_administrator(&self) -> bool {
        match self.kind.said() {
            Some("OrganizationAdmin" | "EnterpriseOwner") => true,
            Some("RepositoryRole") => self.id.said() == Some("5"),
            _ => false,
        }
    }
}

impl Format for Rulesets {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        rows_have(document, &["name", "enforcement", "source_type"])
            || rows_have(document, &["enforcement", "conditions", "rules"])
            || is_named_empty(&SPEC, document)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Ruleset> = answer::read(document)?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        reading.holds = vec![&FORGE_PROTECTION, &FORGE_BRANCH, &FORGE_REQUIRED_CHECK];
        for (pointer, ruleset) in &answers.rows {
            let source = Source::pointer(document.path, pointer.clone());
            reading.items.push(item(source, ruleset));
        }
        let rows = answers.rows.iter().map(|(_, ruleset)| ruleset);
        measure_states(
            &[],
            rows.clone().map(|it| it.enforcement.said()),
            &mut reading,
        );
        say_left_out(rows.clone(), &mut reading);
        answers.settle(
            rows.map(|it| it.id.said()),
            length(&answers.rows),
            None,
            &mut reading,
        );
        Ok(reading)
    }
}

fn say_left_out<'r>(rulesets: impl Iterator<Item = &'r Ruleset>, reading: &mut Reading) {
    let (mut ruleless, mut unshown, mut selective) = (0, 0, 0);
    for ruleset in rulesets {
        ruleless += u64::from(ruleset.rules.is_none());
        unshown += u64::from(ruleset.rules.is_some() && ruleset.bypass_actors.is_none());
        selective += u64::from(ruleset.is_selective());
    }
    let count = |count| counted(count, "ruleset", "rulesets");
    if ruleless > 0 {
        reading.note(format!(
            "{} without rules: a list does not show them.",
            count(ruleless)
        ));
    }
    if unshown > 0 {
        reading.note(format!(
            "{} of which it is not shown who may bypass it.",
            count(unshown)
        ));
    }
    if selective > 0 {
        reading.note(format!(
            "{} for some repositories of an organisation: whether this one is among them is not \
             shown.",
            count(selective)
        ));
    }
}

impl Ruleset {
    fn is_selective(&self) -> bool {
        self.conditions
            .as_ref()
            .is_some_and(Conditions::is_selective)
    }
}

fn item(source: Source, ruleset: &Ruleset) -> Item {
    let of_repository = ruleset.source_type.said() == Some("Repository");
    let named = ruleset.conditions.as_ref();
    let refs = named.filter(|conditions| !conditions.is_selective());
    let shown = if ruleset.rules.is_some() {
        "ruleset"
    } else {
        "ruleset-list"
    };
    let mut item = Item::new(&FORGE_PROTECTION, source)
        .with(
            "repository",
            ruleset.source.said().filter(|_| of_repository),
        )
        .with("source", shown)
        .with("id", ruleset.id.said())
        .with("name", ruleset.name.said())
        .with("target", ruleset.target.said())
        .with(
            "enforcement",
            ruleset.enforcement.said().map(str::to_lowercase),
        )
        .with(
            "branches",
            refs.map(|it| Value::texts(it.refs())).unwrap_or_default(),
        );
    if let Some(list) = &ruleset.rules {
        rules::set(&mut item, &list.iter().collect::<Vec<_>>());
    }
    if let Some(actors) = &ruleset.bypass_actors {
        item.set("bypass_count", actors.len());
        item.set(
            "bypass_actors",
            Value::texts(actors.iter().map(Actor::words)),
        );
        item.set(
            "enforce_admins",
            !actors.iter().any(Actor::is_administrator),
        );
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Rulesets.recognises(&document), "{text}");
        Rulesets.read(&document).expect("a reading")
    }

    fn shown(item: &Item, fields: &[&str]) -> Vec<String> {
        fields
            .iter()
            .map(|field| item.get(field).to_string())
            .collect()
    }

    const ONE: &str = r#"{"id": 42, "name": "main", "target": "branch", "source_type": "Repository",
        "source": "o/r", "enforcement": "active", "bypass_actors": [{"actor_id": 5, "actor_type":
        "RepositoryRole", "bypass_mode": "pull_request"}], "conditions": {"ref_name": {"include":
        ["refs/heads/main"], "exclude": []}}, "rules": [{"type": "non_fast_forward"},
        {"type": "pull_request", "parameters": {"required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": true}}, {"type": "required_status_checks", "parameters":
        {"required_status_checks": [{"context": "ci"}], "strict_required_status_checks_policy": true}}]}"#;

    #[test]
    fn the_rules_of_one_are_read_and_what_no_rule_says_is_allowed() {
        let reading = read(ONE);
        let item = &reading.items[0];
        let fields = [
            "source",
            "branches",
            "required_reviews",
            "dismiss_stale",
            "code_owner_reviews",
        ];
        assert_eq!(shown(item, &fields), ["ruleset", "main", "1", "yes", "no"]);
        let fields = [
            "force_pushes",
            "deletions",
            "required_checks",
            "enforce_admins",
            "bypass_actors",
        ];
        assert_eq!(
            shown(item, &fields),
            ["no", "yes", "ci", "no", "RepositoryRole 5 (pull request)"]
        );
        assert_eq!(reading.measures["by_state"].to_string(), "active: 1");
        assert_eq!(
            (reading.state, reading.notes.len()),
            (ReadingState::Complete, 0)
        );
    }

    #[test]
    fn a_list_shows_no_rules_and_says_so() {
        let reading = read(
            r#"[{"id": 1, "name": "a", "source_type": "Repository", "source": "o/r", "enforcement": "disabled"},
            {"id": 2, "name": "b", "source_type": "Organization", "source": "o", "enforcement": "active"}]"#,
        );
        let fields = [
            "source",
            "enforcement",
            "required_reviews",
            "force_pushes",
            "bypass_count",
        ];
        let unknown = ["not stated", "not stated", "not stated"];
        let expected = [&["ruleset-list", "disabled"], &unknown[..]].concat();
        assert_eq!(shown(&reading.items[0], &fields), expected);
        assert_eq!(
            reading.notes,
            ["2 rulesets without rules: a list does not show them."]
        );
    }

    #[test]
    fn what_is_not_shown_is_not_taken_for_nothing() {
        let hidden = ONE.replace(r#""bypass_actors": ["#, r#""hidden": ["#);
        let reading = read(&hidden);
        let fields = ["bypass_count", "enforce_admins"];
        assert_eq!(
            shown(&reading.items[0], &fields),
            ["not stated", "not stated"]
        );
        let elsewhere = ONE.replace(
            r#""conditions": {"#,
            r#""conditions": {"repository_name": {"include": ["other"]}, "#,
        );
        let reading = read(&elsewhere);
        assert_eq!(shown(&reading.items[0], &["branches"]), ["not stated"]);
        assert_eq!(reading.notes.len(), 1);
        let twice = read(&format!("{ONE}{ONE}"));
        assert_eq!(twice.state, ReadingState::Incomplete);
    }
}
