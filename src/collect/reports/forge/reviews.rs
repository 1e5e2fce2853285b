//! Reviews of a pull request: what GitHub answers to `pulls/NUMBER/reviews`.
//!
//! A later decision of the same person takes the place of an earlier one; a comment does not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::answer::{self, Answers};
use super::github::{Account, is_named_empty, measure_states, repository, rows_have, said};
use crate::collect::reports::words::length;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::FORGE_REVIEW;
use crate::parse::error::ParseError;
use crate::parse::json::{Text, nullable};

/// Reviews.
pub(in crate::collect::reports) struct Reviews;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Forge,
    name: "github-reviews",
    usual_names: &["*reviews*.json"],
    about: "`gh api --paginate repos/OWNER/REPO/pulls/NUMBER/reviews` writes it.",
    sample: (
        "pull-reviews.json",
        r#"[{"id": 80, "user": {"login": "a"}, "state": "APPROVED", "commit_id": "c", "submitted_at":
        "2026-01-02T03:04:05Z", "pull_request_url": "https://api.github.com/repos/o/r/pulls/7"}]"#,
    ),
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Review {
    id: Text,
    #[serde(deserialize_with = "nullable")]
    user: Account,
    state: Text,
    commit_id: Text,
    submitted_at: Text,
    pull_request_url: Text,
}

impl Review {
    /// The number at the end of the address of its pull request.
    fn pull(&self) -> Option<u64> {
        let (_, number) = self.pull_request_url.said()?.rsplit_once("/pulls/")?;
        number.parse().ok()
    }

    fn state(&self) -> Option<String> {
        self.state.said().map(str::to_lowercase)
    }

    fn decides(&self) -> bool {
        let words = ["approved", "changes_requested", "dismissed"];
        self.state()
            .is_some_and(|state| words.contains(&state.as_str()))
    }
}

/// The places of the last decision of each person on each pull request.
fn latest(reviews: &[&Review]) -> BTreeSet<usize> {
    let mut last: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let when = |at: usize| reviews.get(at).and_then(|it| it.submitted_at.said());
    for (at, review) in reviews.iter().enumerate().filter(|(_, it)| it.decides()) {
        let of = [&review.pull_request_url, &review.user.login];
        let [pull, user] = of.map(|text| text.said().unwrap_or_default());
        let kept = last.entry((pull, user)).or_insert(at);
        // Texts of one time zone, as GitHub writes them, are in the order of their moments.
        if when(at) >= when(*kept) {
            *kept = at;
        }
    }
    last.into_values().collect()
}

impl Format for Reviews {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        rows_have(document, &["state", "submitted_at", "commit_id"])
            || rows_have(document, &["state", "pull_request_url", "commit_id"])
            || is_named_empty(&SPEC, document)
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let answers: Answers<Review> = answer::read(document)?;
        let reviews: Vec<&Review> = answers.rows.iter().map(|(_, review)| review).collect();
        let latest = latest(&reviews);
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("github".to_owned());
        reading.holds = vec![&FORGE_REVIEW];
        for (at, (pointer, review)) in answers.rows.iter().enumerate() {
            let source = Source::pointer(document.path, pointer.clone());
            let item = item(source, review).with("latest", latest.contains(&at));
            reading.items.push(item);
        }
        measure_states(&[], reviews.iter().map(|it| it.state.said()), &mut reading);
        let keys = reviews.iter().map(|it| it.id.said());
        answers.settle(keys, length(&reviews), None, &mut reading);
        Ok(reading)
    }
}

fn item(source: Source, review: &Review) -> Item {
    Item::new(&FORGE_REVIEW, source)
        .with("repository", repository(&review.pull_request_url))
        .with("pull", review.pull())
        .with("user", review.user.login.said())
        .with("user_type", review.user.kind())
        .with("state", review.state())
        .with("commit", review.commit_id.said())
        .with("submitted_at", said(&review.submitted_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_decision_takes_the_place_of_an_earlier_one() {
        let review = |id: u32, who: &str, state: &str, day: u32| {
            format!(
                r#"{{"id": {id}, "user": {{"login": "{who}", "type": "User"}}, "state": "{state}",
                "commit_id": "c", "submitted_at": "2026-01-0{day}T00:00:00Z",
                "pull_request_url": "https://api.github.com/repos/o/r/pulls/7"}}"#
            )
        };
        let rows = [
            review(1, "a", "APPROVED", 1),
            review(2, "b", "CHANGES_REQUESTED", 3),
            review(3, "a", "COMMENTED", 4),
            review(4, "b", "APPROVED", 2),
        ];
        let text = format!("[{}]", rows.join(","));
        let document = Document::new("x.json", text.as_bytes());
        assert!(Reviews.recognises(&document));
        let reading = Reviews.read(&document).expect("a reading");
        let latest: Vec<String> = reading
            .items
            .iter()
            .map(|item| item.get("latest").to_string())
            .collect();
        assert_eq!(latest, ["yes", "yes", "no", "no"]);
        let first = &reading.items[0];
        assert_eq!(first.get("pull").as_int(), Some(7));
        assert_eq!(first.get("state").as_text(), Some("approved"));
        assert_eq!(first.get("user_type").as_text(), Some("user"));
        assert_eq!(reading.measures["items"].as_int(), Some(4));
    }
}
