//! Any other list that GitHub's API answers with: its rows are counted, so that what was saved can
//! be shown as evidence; nothing else is taken from them. So is a refusal, which is no evidence.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::answer::{self, Answers};
use super::github::{measure_states, rows_have};
use crate::collect::reports::redact;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::reading::{Reading, ReportKind};
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::json::{Count, Outer, Text};
use crate::parse::rewrite::Step;

/// Any other list.
pub(in crate::collect::reports) struct List;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-list",
    usual_names: &["*collaborators*.json"],
    about: "`gh api --paginate` writes it for lists that no other format here knows.",
    sample: (
        "collaborators.json",
        r#"[{"login": "a", "url": "https://api.github.com/users/a", "role_name": "write"}]"#,
    ),
};

/// What is taken of a row, or of a page of rows.
#[derive(Default)]
struct Row {
    /// What tells it from others, with how well that does.
    key: Option<(usize, String)>,
    state: Text,
    total: Option<u64>,
    /// The length of its longest list.
    list: u64,
}

/// Members that tell rows apart, the best first.
const KEYS: [&str; 6] = ["url", "node_id", "id", "sha", "ref", "name"];

struct RowVisitor;

/// A text, or the length of a list.
enum Cell {
    Text(Text),
    List(u64),
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Loose {
            List(Vec<IgnoredAny>),
            Text(Text),
        }
        Ok(match Loose::deserialize(reader)? {
            Loose::List(list) => Self::List(list.len() as u64),
            Loose::Text(text) => Self::Text(text),
        })
    }
}

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Row, A::Error> {
        let mut row = Row::default();
        while let Some(name) = members.next_key::<String>()? {
            if name == "total_count" {
                row.total = members.next_value::<Count>()?.0;
                continue;
            }
            match members.next_value::<Cell>()? {
                Cell::List(length) => row.list = row.list.max(length),
                Cell::Text(text) if name == "state" => row.state = text,
                Cell::Text(text) => row.offer(&name, text),
            }
        }
        Ok(row)
    }
}

impl Row {
    fn offer(&mut self, name: &str, text: Text) {
        let Some(rank) = KEYS.iter().position(|key| *key == name) else {
            return;
        };
        let better = self.key.as_ref().is_none_or(|(kept, _)| rank < *kept);
        if let Some(text) = text.0.filter(|_| better) {
            self.key = Some((rank, text));
        }
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(RowVisitor)
    }
}

/// Whether a member that holds an address holds one of the API, at GitHub or on a server of one's
/// own.
fn names_api(document: &Document<'_>) -> bool {
    let head = document.head();
    let is_address = |before: &str| {
        let before = before.trim_end().strip_suffix(':').map(str::trim_end);
        before.is_some_and(|before| before.ends_with("url\""))
    };
    let of_github = head.match_indices("\"https://api.github.com/");
    let of_github = of_github.filter_map(|(at, _)| head.get(..at));
    of_github.take(LOOKED_AT).any(is_address)
        || (head.contains("url\"") && head.contains("/api/v3/repos/"))
}

/// How many addresses are looked at to find one.
const LOOKED_AT: usize = 100;

/// A refusal: what was asked for is not there, or may not be seen.
fn refusal<'d>(document: &'d Document<'_>) -> Option<&'d str> {
    let shape = document.look.json()?;
    let text = |key: &str| shape.texts.iter().find_map(|text| text.strip_prefix(key));
    let of_github = text("documentation_url=")?.contains("docs.github.com");
    text("message=").filter(|_| of_github)
}

/// Lists of GitHub whose rows have no address, by the key they stand under.
const PAGED: [&str; 8] = [
    "secrets",
    "variables",
    "runners",
    "actions_caches",
    "branch_policies",
    "environments",
    "jobs",
    "workflows",
];

/// Members by which the rows of a list are GitHub's, where they have no address.
const ROWS: [&[&str]; 3] = [
    &["analysis_key", "commit_sha", "state"],
    &["before_sha", "after_sha", "repository_id"],
    &["version_id", "actor", "updated_at"],
];

fn is_page(document: &Document<'_>) -> bool {
    let Some(shape) = document.look.json() else {
        return false;
    };
    let known = || {
        let known = |key: &String| key == "total_count" || PAGED.contains(&key.as_str());
        shape.keys.len() == 2 && shape.keys.iter().all(known)
    };
    !shape.lists.is_empty()
        && rows_have(document, &["total_count"])
        && (names_api(document) || known())
}

fn is_list(document: &Document<'_>) -> bool {
    let list = document
        .look
        .json()
        .is_some_and(|shape| shape.outer == Outer::Array);
    let addressed = || KEYS.iter().any(|key| rows_have(document, &[key])) && names_api(document);
    list && (addressed() || ROWS.iter().any(|members| rows_have(document, members)))
}

impl Format for List {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        refusal(document).is_some() || is_page(document) || is_list(document)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        if let Some(message) = refusal(document) {
            let says = format!(
                "expected what was asked for, found GitHub's answer {}",
                excerpt(message)
            );
            return Err(ParseError::whole(says));
        }
        let answers: Answers<Row> = answer::read(document)?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        let rows = answers.rows.iter().map(|(_, row)| row);
        let paged = rows.clone().any(|row| row.total.is_some());
        let count = rows
            .clone()
            .map(|row| if paged { row.list } else { 1 })
            .sum();
        let total = rows.clone().filter_map(|row| row.total).max();
        if rows.clone().any(|row| row.state.said().is_some()) {
            measure_states(&[], rows.clone().map(|row| row.state.said()), &mut reading);
        }
        let keys = rows.map(|row| row.key.as_ref().map(|(_, key)| key.as_str()));
        answers.settle(keys, count, total, &mut reading);
        reading.note("Nothing but the count of its rows is taken from this list.");
        if document.text().contains("\"secret\"") {
            // Rows that somebody chose the members of, too, may hold what is in no other list.
            let redacted = redact::json("github-list/v1", document.text(), |path, _| {
                let last = path.iter().filter_map(Step::key).next_back();
                (last == Some("secret")).then_some("secret")
            });
            redact::apply(redacted, &mut reading);
        }
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reports::{Outcome, inspect};
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.json", text.as_bytes());
        assert!(List.recognises(&document), "{text}");
        List.read(&document).expect("a reading")
    }

    #[test]
    fn rows_are_counted_in_a_list_and_in_pages() {
        let reading = read(
            r#"[{"url": "https://api.github.com/a", "state": "active"}, {"url": "https://api.github.com/b"}]"#,
        );
        assert_eq!(reading.measures["items"].as_int(), Some(2));
        assert_eq!(reading.measures["by_state"].to_string(), "active: 1");
        assert!(reading.holds.is_empty() && reading.items.is_empty());
        let page = r#"{"total_count": 3, "environments": [{"url": "https://api.github.com/e"}, {"id": 2}]}"#;
        let reading = read(page);
        assert_eq!(reading.measures["items"].as_int(), Some(2));
        assert_eq!(reading.state, ReadingState::Incomplete);
        let projected = r#"[{"url": "https://api.github.com/a", "secret": "s3cret"}]"#;
        let (_, kept) = read(projected).redacted.expect("a redaction");
        assert!(!String::from_utf8_lossy(&kept).contains("s3cret"));
        let secrets = read(r#"{"total_count": 1, "secrets": [{"name": "TOKEN"}]}"#);
        assert_eq!(secrets.measures["items"].as_int(), Some(1));
    }

    #[test]
    fn a_refusal_is_no_evidence() {
        let text = r#"{"message": "Branch not protected", "documentation_url":
            "https://docs.github.com/rest/branches/branch-protection#get-branch-protection", "status": "404"}"#;
        let outcome = inspect("branch-protection.json", text.as_bytes()).outcome;
        let Outcome::Unreadable { kind, error, .. } = outcome else {
            panic!("unreadable: {outcome:?}");
        };
        assert_eq!(kind, Some(ReportKind::Forge));
        assert!(
            error.says.contains("Branch not protected"),
            "{}",
            error.says
        );
    }

    #[test]
    fn lists_of_others_are_left_alone() {
        for other in [
            r#"[{"url": "https://example.com/a"}]"#,
            r#"[{"name": "github", "base": "https://api.github.com/"}]"#,
            r#"{"total_count": 1, "rows": [{"a": 1}]}"#,
            r#"{"message": "hello", "documentation_url": "https://example.com"}"#,
            r#"["https://api.github.com/users/a"]"#,
        ] {
            let document = Document::new("x.json", other.as_bytes());
            assert!(!List.recognises(&document), "{other}");
        }
    }
}
