//! Checks of commits: what GitHub answers to `commits/REF/check-runs`, `check-suites`, `status` and
//! `statuses`, and to `actions/runs`.
//!
//! A page of them says how many there are in all, except for statuses in a list of their own.

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{measure_states, repository, rows_have, said};
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::FORGE_CHECK;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Text, nullable};

/// Checks.
pub(in crate::collect::reports) struct Checks;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-checks",
    usual_names: &[
        "*check-runs*.json",
        "*check-suites*.json",
        "*workflow-runs*.json",
        "*actions-runs*.json",
    ],
    about: "`gh api --paginate repos/OWNER/REPO/commits/REF/check-runs` and `…/actions/runs` write it.",
    sample: (
        "check-runs.json",
        r#"{"total_count": 1, "check_runs": [{"id": 4, "head_sha": "c", "name": "ci", "status":
        "completed", "conclusion": "success"}]}"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Page {
    total_count: Count,
    check_runs: Option<Vec<Row>>,
    check_suites: Option<Vec<Row>>,
    workflow_runs: Option<Vec<Row>>,
    statuses: Option<Vec<Row>>,
    /// The commit of the statuses of a combined status.
    sha: Text,
    /// A status in a list of its own is no page but a row.
    id: Text,
    context: Text,
    state: Text,
    url: Text,
    created_at: Text,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Row {
    id: Text,
    name: Text,
    context: Text,
    url: Text,
    head_sha: Text,
    status: Text,
    state: Text,
    conclusion: Text,
    #[serde(deserialize_with = "nullable")]
    app: App,
    started_at: Text,
    run_started_at: Text,
    created_at: Text,
    completed_at: Text,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct App {
    name: Text,
    slug: Text,
}

/// The lists that a page may have, each with the kind of its rows.
const LISTS: [(&str, &str); 4] = [
    ("check_runs", "run"),
    ("check_suites", "suite"),
    ("workflow_runs", "workflow-run"),
    ("statuses", "status"),
];

impl Page {
    fn list(&self, key: &str) -> &[Row] {
        let list = match key {
            "check_runs" => &self.check_runs,
            "check_suites" => &self.check_suites,
            "workflow_runs" => &self.workflow_runs,
            _ => &self.statuses,
        };
        list.as_deref().unwrap_or_default()
    }

    /// The row that it is itself.
    fn bare(&self) -> Option<Row> {
        self.context.said()?;
        let of = |text: &Text| text.clone();
        Some(Row {
            id: of(&self.id),
            context: of(&self.context),
            state: of(&self.state),
            url: of(&self.url),
            created_at: of(&self.created_at),
            ..Row::default()
        })
    }
}

/// A row where it stands.
struct Check {
    kind: &'static str,
    pointer: String,
    /// The commit that its page names.
    sha: Text,
    row: Row,
}

impl Check {
    fn conclusion(&self) -> Option<&str> {
        let row = &self.row;
        row.conclusion
            .said()
            .or_else(|| row.state.said())
            .filter(|word| *word != "pending")
    }

    /// What it counts as: its conclusion, or how far it is.
    fn state(&self) -> Option<&str> {
        self.conclusion().or_else(|| self.row.status.said())
    }
}

fn checks(answers: &Answers<Page>) -> Vec<Check> {
    let mut checks = Vec::new();
    for (pointer, page) in &answers.rows {
        for (key, kind) in LISTS {
            for (at, row) in page.list(key).iter().enumerate() {
                checks.push(Check {
                    kind,
                    pointer: format!("{pointer}/{key}/{at}"),
                    sha: page.sha.clone(),
                    row: row.clone(),
                });
            }
        }
        checks.extend(page.bare().map(|row| Check {
            kind: "status",
            pointer: pointer.clone(),
            sha: Text::default(),
            row,
        }));
    }
    checks
}

impl Format for Checks {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let list = |(key, _): &(&str, &str)| rows_have(document, &["total_count", key]);
        LISTS.iter().any(list) || rows_have(document, &["context", "state", "target_url"])
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Page> = answer::read(document)?;
        let checks = checks(&answers);
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        reading.holds = vec![&FORGE_CHECK];
        for check in &checks {
            let source = Source::pointer(document.path, check.pointer.clone());
            reading.items.push(item(source, check));
        }
        measure_states(&[], checks.iter().map(Check::state), &mut reading);
        let total = answers
            .rows
            .iter()
            .filter_map(|(_, page)| page.total_count.0);
        let keys = checks.iter().map(|check| check.row.id.said());
        answers.settle(keys, length(&checks), total.max(), &mut reading);
        Ok(reading)
    }
}

fn item(source: Source, check: &Check) -> Item {
    let row = &check.row;
    let first = |texts: &[&'_ Text]| texts.iter().find_map(|text| said(text).map(str::to_owned));
    // The address of a status ends in the commit it is of.
    let of_url = row.url.said().and_then(|url| url.rsplit_once("/statuses/"));
    let of_url = Text(of_url.map(|(_, sha)| sha.to_owned()));
    let status = match row.status.said() {
        Some(status) => Some(status),
        None => row.state.said().map(|state| match state {
            "pending" => "pending",
            _ => "completed",
        }),
    };
    Item::new(&FORGE_CHECK, source)
        .with("repository", repository(&row.url))
        .with("kind", check.kind)
        .with("name", first(&[&row.name, &row.context, &row.app.name]))
        .with("app", first(&[&row.app.slug, &row.app.name]))
        .with("commit", first(&[&row.head_sha, &check.sha, &of_url]))
        .with("status", status.map(str::to_lowercase))
        .with("conclusion", check.conclusion().map(str::to_lowercase))
        .with(
            "started_at",
            first(&[&row.started_at, &row.run_started_at, &row.created_at]),
        )
        .with("completed_at", said(&row.completed_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(Checks.recognises(&document), "{text}");
        Checks.read(&document).expect("a reading")
    }

    fn shown(item: &Item, fields: &[&str]) -> Vec<String> {
        fields
            .iter()
            .map(|field| item.get(field).to_string())
            .collect()
    }

    #[test]
    fn a_page_that_says_there_are_more_is_incomplete() {
        let page = |total: u32, id: u32| {
            format!(
                r#"{{"total_count": {total}, "check_runs": [{{"id": {id}, "head_sha": "c", "name": "ci",
                "status": "completed", "conclusion": "success", "app": {{"slug": "actions"}}}}]}}"#
            )
        };
        let one = read(&page(2, 1));
        assert_eq!(one.state, ReadingState::Incomplete);
        let both = read(&format!("{}{}", page(2, 1), page(2, 2)));
        assert_eq!(both.state, ReadingState::Complete);
        assert_eq!(both.measures["items"].as_int(), Some(2));
        assert_eq!(both.items[1].source.place_text(), "x.json#/1/check_runs/0");
        let fields = ["kind", "name", "app", "commit", "status", "conclusion"];
        assert_eq!(
            shown(&both.items[0], &fields),
            ["run", "ci", "actions", "c", "completed", "success"]
        );
    }

    #[test]
    fn suites_runs_and_statuses_are_told_apart() {
        let suite = read(
            r#"{"total_count": 1, "check_suites": [{"id": 5, "app": {"name": "App"}, "status": "queued"}]}"#,
        );
        let fields = ["kind", "name", "status", "conclusion"];
        assert_eq!(
            shown(&suite.items[0], &fields),
            ["suite", "App", "queued", "not stated"]
        );
        let combined = read(
            r#"{"state": "failure", "sha": "c", "total_count": 1, "statuses":
            [{"id": 1, "context": "lint", "state": "failure", "target_url": "t"}]}"#,
        );
        let fields = ["kind", "name", "commit", "conclusion"];
        assert_eq!(
            shown(&combined.items[0], &fields),
            ["status", "lint", "c", "failure"]
        );
        let list = read(
            r#"[{"id": 1, "context": "lint", "state": "pending", "target_url": "t",
            "url": "https://api.github.com/repos/o/r/statuses/abc"}]"#,
        );
        assert_eq!(
            shown(&list.items[0], &fields),
            ["status", "lint", "abc", "not stated"]
        );
        assert!(!list.measures.contains_key("by_state"));
        let runs = read(r#"{"total_count": 0, "workflow_runs": []}"#);
        assert_eq!(runs.state, ReadingState::Complete);
    }
}
