//! The protection of a branch: what GitHub answers to `branches/BRANCH/protection`.
//!
//! A part that is not there is not required. Only what lets something happen, such as force pushes,
//! is not taken for forbidden when nothing is said of it.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{Account, repository, said};
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::{FORGE_BRANCH, FORGE_PROTECTION, FORGE_REQUIRED_CHECK};
use crate::model::value::Value;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Flag, Outer, Shape, Text, nullable};

/// Branch protection.
pub(in crate::collect::reports) struct Protection;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-protection",
    usual_names: &[
        "*branch-protection*.json",
        "*branch_protection*.json",
        "protection*.json",
    ],
    about: "`gh api repos/OWNER/REPO/branches/BRANCH/protection` writes it.",
    sample: (
        "branch-protection.json",
        r#"{"url": "https://api.github.com/repos/o/r/branches/main/protection", "enforce_admins":
        {"enabled": true}, "allow_force_pushes": {"enabled": false}}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Rules {
    url: Text,
    required_status_checks: Option<Demanded>,
    required_pull_request_reviews: Option<Review>,
    enforce_admins: Flag,
    required_linear_history: Flag,
    required_signatures: Flag,
    required_conversation_resolution: Flag,
    allow_force_pushes: Flag,
    allow_deletions: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Demanded {
    strict: Flag,
    #[serde(deserialize_with = "nullable")]
    contexts: Vec<Text>,
    #[serde(deserialize_with = "nullable")]
    checks: Vec<Check>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Check {
    context: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Review {
    required_approving_review_count: Count,
    dismiss_stale_reviews: Flag,
    require_code_owner_reviews: Flag,
    require_last_push_approval: Flag,
    #[serde(deserialize_with = "nullable")]
    bypass_pull_request_allowances: Allowed,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Allowed {
    #[serde(deserialize_with = "nullable")]
    users: Vec<Account>,
    #[serde(deserialize_with = "nullable")]
    teams: Vec<Account>,
    #[serde(deserialize_with = "nullable")]
    apps: Vec<Account>,
}

impl Allowed {
    fn names(&self) -> Vec<String> {
        let named = |kind: &str, list: &[Account]| -> Vec<String> {
            let name = |it: &Account| {
                let of = [&it.login, &it.slug, &it.name];
                let name = of
                    .into_iter()
                    .find_map(Text::said)
                    .unwrap_or("without a name");
                format!("{kind} {name} (pull requests)")
            };
            list.iter().map(name).collect()
        };
        let mut actors = named("user", &self.users);
        actors.extend(named("team", &self.teams));
        actors.extend(named("app", &self.apps));
        actors
    }
}

/// An answer wraps its switches, which tells it from what is sent to change a protection.
fn is_protection(shape: &Shape) -> bool {
    let switches = [
        "enforce_admins.enabled",
        "allow_force_pushes.enabled",
        "required_linear_history.enabled",
    ];
    let address = |text: &String| {
        text.starts_with("url=") && text.contains("/branches/") && text.ends_with("/protection")
    };
    shape.outer == Outer::Object
        && (switches.iter().any(|key| shape.has_inner(&[key])) || shape.texts.iter().any(address))
}

impl Format for Protection {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.json().is_some_and(is_protection)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Rules> = answer::read(document)?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        reading.holds = vec![&FORGE_PROTECTION, &FORGE_BRANCH, &FORGE_REQUIRED_CHECK];
        for (pointer, rules) in &answers.rows {
            let source = Source::pointer(document.path, pointer.clone());
            reading.items.push(item(source, rules));
        }
        let keys = answers.rows.iter().map(|(_, rules)| rules.url.said());
        answers.settle(keys, length(&answers.rows), None, &mut reading);
        Ok(reading)
    }
}

fn item(source: Source, rules: &Rules) -> Item {
    let mut item = Item::new(&FORGE_PROTECTION, source)
        .with("repository", repository(&rules.url))
        .with("source", "protection")
        .with("target", "branch")
        .with("enforcement", "active")
        .with(
            "branches",
            branch(&rules.url)
                .map(|name| Value::texts([name]))
                .unwrap_or_default(),
        )
        .with(
            "linear_history",
            rules.required_linear_history.0 == Some(true),
        )
        .with("signatures", rules.required_signatures.0)
        .with("force_pushes", rules.allow_force_pushes.0)
        .with("deletions", rules.allow_deletions.0)
        .with("enforce_admins", rules.enforce_admins.0)
        .with(
            "conversation_resolution",
            rules.required_conversation_resolution.0 == Some(true),
        );
    set_reviews(&mut item, rules.required_pull_request_reviews.as_ref());
    let checks = rules.required_status_checks.as_ref();
    let contexts = checks.into_iter().flat_map(|checks| {
        let named = checks.checks.iter().map(|check| &check.context);
        checks.contexts.iter().chain(named).filter_map(Text::said)
    });
    let contexts: BTreeSet<&str> = contexts.collect();
    item.set("required_checks", Value::texts(contexts));
    item.set(
        "strict_checks",
        checks.is_some_and(|checks| checks.strict.0 == Some(true)),
    );
    item
}

fn set_reviews(item: &mut Item, reviews: Option<&Review>) {
    let yes = |flag: fn(&Review) -> Flag| reviews.is_some_and(|it| flag(it).0 == Some(true));
    item.set("pull_request", reviews.is_some());
    item.set(
        "required_reviews",
        match reviews {
            Some(reviews) => reviews.required_approving_review_count.0,
            None => Some(0),
        },
    );
    item.set("dismiss_stale", yes(|it| it.dismiss_stale_reviews));
    item.set(
        "code_owner_reviews",
        yes(|it| it.require_code_owner_reviews),
    );
    item.set(
        "last_push_approval",
        yes(|it| it.require_last_push_approval),
    );
    let actors = reviews.map(|it| it.bypass_pull_request_allowances.names());
    let actors = actors.unwrap_or_default();
    item.set("bypass_count", actors.len());
    item.set("bypass_actors", Value::texts(actors));
}

/// The branch in the address of its protection: everything between, as a name may hold slashes.
fn branch(url: &Text) -> Option<String> {
    let (_, rest) = said(url)?.split_once("/branches/")?;
    let name = rest.strip_suffix("/protection")?;
    (!name.is_empty()).then(|| name.replace("%2F", "/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Protection.recognises(&document), "{text}");
        Protection.read(&document).expect("a reading")
    }

    fn shown(item: &Item, fields: &[&str]) -> Vec<String> {
        fields
            .iter()
            .map(|field| item.get(field).to_string())
            .collect()
    }

    #[test]
    fn what_is_not_there_is_not_required_and_not_forbidden() {
        let reading = read(
            r#"{"url": "https://api.github.com/repos/o/r/branches/release/1/protection",
            "enforce_admins": {"url": "u", "enabled": false}}"#,
        );
        let item = &reading.items[0];
        let fields = [
            "repository",
            "branches",
            "pull_request",
            "required_reviews",
            "enforce_admins",
        ];
        assert_eq!(shown(item, &fields), ["o/r", "release/1", "no", "0", "no"]);
        let open = ["force_pushes", "deletions", "signatures", "linear_history"];
        assert_eq!(
            shown(item, &open),
            ["not stated", "not stated", "not stated", "no"]
        );
        assert_eq!(reading.state, ReadingState::Complete);
    }

    #[test]
    fn reviews_checks_and_those_who_may_bypass_are_read() {
        let reading = read(
            r#"{"url": "https://api.github.com/repos/o/r/branches/main/protection",
            "required_status_checks": {"strict": true, "contexts": ["ci"], "checks":
            [{"context": "ci", "app_id": 1}, {"context": "lint"}]},
            "required_pull_request_reviews": {"required_approving_review_count": 2,
            "dismiss_stale_reviews": true, "require_code_owner_reviews": true,
            "bypass_pull_request_allowances": {"users": [{"login": "octo"}], "teams": [{"slug": "ops"}],
            "apps": []}}, "enforce_admins": {"enabled": true}, "allow_force_pushes": {"enabled": false},
            "allow_deletions": {"enabled": true}}"#,
        );
        let item = &reading.items[0];
        let fields = [
            "required_reviews",
            "dismiss_stale",
            "code_owner_reviews",
            "bypass_count",
        ];
        assert_eq!(shown(item, &fields), ["2", "yes", "yes", "2"]);
        let fields = [
            "bypass_actors",
            "required_checks",
            "strict_checks",
            "force_pushes",
            "deletions",
        ];
        assert_eq!(
            shown(item, &fields),
            [
                "user octo (pull requests), team ops (pull requests)",
                "ci, lint",
                "yes",
                "no",
                "yes"
            ]
        );
    }

    #[test]
    fn what_is_sent_to_change_a_protection_is_no_answer() {
        let request = r#"{"enforce_admins": true, "required_pull_request_reviews": null,
            "restrictions": null, "required_status_checks": null}"#;
        let document = Document::new("protection.json", request.as_bytes());
        assert!(!Protection.recognises(&document));
    }
}
