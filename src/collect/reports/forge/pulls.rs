//! Pull requests: what GitHub answers to `pulls` and `pulls/NUMBER`. A list does not say who
//! merged.

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{Account, is_named_empty, measure_states, repository, rows_have, said};
use crate::collect::reports::words::{length, message};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::FORGE_PULL;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Flag, Text, nullable};

/// Pull requests.
pub(in crate::collect::reports) struct Pulls;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-pulls",
    usual_names: &["pulls*.json", "*-pulls.json", "*pull-requests*.json"],
    about: "`gh api --paginate 'repos/OWNER/REPO/pulls?state=closed'` writes it.",
    sample: (
        "pulls.json",
        r#"[{"url": "https://api.github.com/repos/o/r/pulls/7", "number": 7, "state": "closed", "user":
        {"login": "a"}, "merged_at": "2026-01-02T03:04:05Z", "head": {"sha": "h"}, "base": {"ref": "main"}}]"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Pull {
    url: Text,
    number: Count,
    title: Text,
    state: Text,
    draft: Flag,
    #[serde(deserialize_with = "nullable")]
    user: Account,
    #[serde(deserialize_with = "nullable")]
    merged_by: Account,
    created_at: Text,
    /// Nothing stands for a pull request that was not merged.
    merged_at: Option<Text>,
    closed_at: Text,
    #[serde(deserialize_with = "nullable")]
    base: Branch,
    #[serde(deserialize_with = "nullable")]
    head: Branch,
    merge_commit_sha: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Branch {
    #[serde(rename = "ref")]
    name: Text,
    sha: Text,
}

impl Format for Pulls {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        rows_have(document, &["number", "base", "head"])
            || (rows_have(document, &["number", "merged_at"]) && !is_issues(document))
            || is_named_empty(&SPEC, document)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Pull> = answer::read(document)?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        reading.holds = vec![&FORGE_PULL];
        for (pointer, pull) in &answers.rows {
            let source = Source::pointer(document.path, pointer.clone());
            reading.items.push(item(source, pull));
        }
        let rows = answers.rows.iter().map(|(_, pull)| pull);
        measure_states(
            &["open", "closed"],
            rows.clone().map(|pull| pull.state.said()),
            &mut reading,
        );
        answers.settle(
            rows.map(|pull| pull.url.said()),
            length(&answers.rows),
            None,
            &mut reading,
        );
        Ok(reading)
    }
}

/// Issues have numbers and states too, and some of them are pull requests.
fn is_issues(document: &Document<'_>) -> bool {
    rows_have(document, &["pull_request"]) || rows_have(document, &["repository_url"])
}

fn item(source: Source, pull: &Pull) -> Item {
    // The commit of a pull request that was not merged is one GitHub tried, and merged nothing.
    let merged_at = pull.merged_at.as_ref().and_then(said);
    let merge_sha = pull.merge_commit_sha.said().filter(|_| merged_at.is_some());
    Item::new(&FORGE_PULL, source)
        .with("repository", repository(&pull.url))
        .with("number", pull.number.0)
        .with("title", pull.title.said().map(message))
        .with("state", pull.state.said().map(str::to_lowercase))
        .with("merged", merged_at.is_some())
        .with("draft", pull.draft.0)
        .with("author", pull.user.login.said())
        .with("author_type", pull.user.kind())
        .with("merged_by", pull.merged_by.login.said())
        .with("created_at", said(&pull.created_at))
        .with("merged_at", merged_at)
        .with("closed_at", said(&pull.closed_at))
        .with("base", pull.base.name.said())
        .with("head", pull.head.name.said())
        .with("base_sha", pull.base.sha.said())
        .with("head_sha", pull.head.sha.said())
        .with("merge_sha", merge_sha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Pulls.recognises(&document), "{text}");
        Pulls.read(&document).expect("a reading")
    }

    #[test]
    fn a_commit_that_github_only_tried_merged_nothing() {
        let pull = |number: u32, merged: &str| {
            format!(
                r#"{{"url": "https://api.github.com/repos/o/r/pulls/{number}", "number": {number},
                "state": "closed", "user": {{"login": "a", "type": "Bot"}}, "merged_at": {merged},
                "merge_commit_sha": "m", "head": {{"ref": "f", "sha": "h"}}, "base": {{"ref": "main"}}}}"#
            )
        };
        let reading = read(&format!(
            "[{},{}]",
            pull(1, "null"),
            pull(2, "\"2026-01-02T03:04:05Z\"")
        ));
        let shown = |at: usize, field: &str| reading.items[at].get(field).to_string();
        assert_eq!(
            (shown(0, "merged"), shown(0, "merge_sha")),
            ("no".into(), "not stated".into())
        );
        assert_eq!(
            (shown(1, "merged"), shown(1, "merge_sha")),
            ("yes".into(), "m".into())
        );
        assert_eq!(
            (shown(1, "author_type"), shown(1, "base")),
            ("bot".into(), "main".into())
        );
        assert_eq!(
            reading.measures["by_state"].to_string(),
            "closed: 2, open: 0"
        );
        assert_eq!(reading.state, ReadingState::Complete);
    }

    #[test]
    fn issues_are_no_pull_requests() {
        let issue = r#"[{"number": 1, "state": "open", "merged_at": null, "pull_request": {}, "repository_url": "u"}]"#;
        assert!(!Pulls.recognises(&Document::new("x.json", issue.as_bytes())));
    }
}
