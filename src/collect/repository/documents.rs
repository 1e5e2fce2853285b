//! Documents by which development is governed: the policy of secure development and the threat model,
//! with when each says it was reviewed and what the policy leaves unsaid.

use crate::collect::{Collector, Input, Sink, Spec, Wants};
use crate::model::fact::{Item, Source};
use crate::model::relation::Relation;
use crate::model::relations::DOCUMENT_FILE;
use crate::model::time::Moment;
use crate::model::value::Value;
use crate::parse::error::ParseError;
use crate::tree::File;

/// Fills `document.file`.
pub struct Documents;

static RELATIONS: &[&Relation] = &[&DOCUMENT_FILE];

static SPEC: Spec = Spec {
    name: "documents",
    reads: "a threat model and a policy of secure development, by their names, as text",
    fills: RELATIONS,
    about: "Reads the documents of development: when each was reviewed, and what the policy defines.",
};

const ENDINGS: [&str; 5] = ["md", "markdown", "rst", "adoc", "txt"];

/// What a document is, by its name.
fn kind(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (stem, ending) = name.rsplit_once('.')?;
    if !ENDINGS.contains(&ending) {
        return None;
    }
    let words: String = stem.chars().filter(char::is_ascii_alphanumeric).collect();
    let policies = [
        "sdlc",
        "ssdlc",
        "securedevelopment",
        "securesoftwaredevelopment",
        "developmentpolicy",
        "changemanagement",
        "securecoding",
    ];
    if words.contains("threatmodel") {
        Some("threat-model")
    } else if policies.iter().any(|policy| words.contains(policy)) {
        Some("development-policy")
    } else {
        None
    }
}

impl Collector for Documents {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        let ours = |inside: &str| !matches!(input.globs.scope_of(inside), "vendored" | "tests");
        match input.inside(path) {
            Some(inside) if kind(path).is_some() && ours(inside) => Wants::Visit,
            _ => Wants::No,
        }
    }

    fn visit(&self, file: &File, _input: &Input<'_>, sink: &mut Sink) {
        let Some(kind) = kind(&file.path) else { return };
        let text = match file.text() {
            Ok(text) => text,
            Err(says) => return sink.unparsable(RELATIONS, file, &ParseError::whole(says)),
        };
        sink.examined(&DOCUMENT_FILE, file);
        let missing = (kind == "development-policy").then(|| Value::texts(missing(&text)));
        sink.item(
            Item::new(&DOCUMENT_FILE, Source::file(&file.path))
                .with("path", file.path.as_str())
                .with("kind", kind)
                .with("reviewed", reviewed(&text))
                .with("missing", missing.unwrap_or_default()),
        );
    }
}

/// The latest day on which a document says it was reviewed: a day as `2026-06-15` behind the word.
fn reviewed(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let mut days: Vec<&str> = Vec::new();
    for word in ["reviewed", "last review"] {
        for (at, found) in lower.match_indices(word) {
            let after = lower.get(at + found.len()..).unwrap_or_default();
            let mut near = after.char_indices().map(|(at, _)| at);
            let end = near.nth(60).unwrap_or(after.len());
            let near = after.get(..end).unwrap_or_default();
            // Of the next review, nothing is known yet.
            let near = near.split("next").next().unwrap_or_default();
            days.extend(day(near));
        }
    }
    let latest = days.into_iter().max()?;
    Some(format!("{latest}T00:00:00Z"))
}

/// The first day of a text.
fn day(text: &str) -> Option<&str> {
    let starts = text.char_indices().map(|(at, _)| at);
    let mut days = starts.filter_map(|at| text.get(at..at + 10));
    days.find(|day| Moment::parse(&format!("{day}T00:00:00Z")).is_some())
}

/// What a policy of development leaves unsaid.
fn missing(text: &str) -> Vec<&'static str> {
    let lower = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let parts = [
        (
            "code-review",
            says(&["review"]) && says(&["approv", "pull request", "merge request"]),
        ),
        ("testing", says(&["test"])),
        ("emergency", says(&["emergency", "hotfix", "urgent change"])),
        ("fix-times", says_fix_times(&lower)),
    ];
    let unsaid = parts.into_iter().filter(|(_, said)| !said);
    unsaid.map(|(part, _)| part).collect()
}

/// Whether it says in numbers within how long weaknesses are mended, by severity: `promptly` is no
/// time.
fn says_fix_times(lower: &str) -> bool {
    ["critical", "high"].iter().all(|severity| {
        lower
            .lines()
            .filter(|line| line.contains(severity))
            .any(|line| {
                let behind = line.split(severity).nth(1).unwrap_or_default();
                let mut words = behind.split(|sign: char| !sign.is_ascii_alphanumeric());
                let numbered =
                    words.any(|word| word.bytes().next().is_some_and(|it| it.is_ascii_digit()));
                numbered
                    && ["day", "hour", "week", "month"]
                        .iter()
                        .any(|unit| line.contains(unit) || lower.contains(&format!("{unit}s")))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::repository::testing::{column, facts};
    use crate::model::fact::State;

    #[test]
    fn documents_are_known_by_their_names() {
        for (path, expected) in [
            ("docs/threat-model.md", Some("threat-model")),
            ("security/THREAT_MODEL.rst", Some("threat-model")),
            (
                "docs/secure-development-policy.md",
                Some("development-policy"),
            ),
            ("SDLC.md", Some("development-policy")),
            ("docs/threats.md", None),
            ("src/threat_model.py", None),
            ("CONTRIBUTING.md", None),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }

    #[test]
    fn a_review_has_a_day_and_the_next_one_does_not_count() {
        let day = |text: &str| reviewed(text).unwrap_or_default();
        assert_eq!(
            day("Reviewed 2026-06-15 by x. Next review: 2027-06-15."),
            "2026-06-15T00:00:00Z"
        );
        assert_eq!(
            day("| Reviewed |\n| 2025-01-01 |\n| last review: 2026-01-02"),
            "2026-01-02T00:00:00Z"
        );
        assert_eq!(day("Next review: 2027-06-15"), "");
        assert_eq!(day("Reviewed by all. Next review: 2027-06-15"), "");
        assert_eq!(day("reviewed 2026-13-40"), "");
        assert_eq!(day("reviewed äöü€ 2026-06-15"), "2026-06-15T00:00:00Z");
    }

    #[test]
    fn a_policy_says_four_things_and_times_are_numbers() {
        let whole = "Changes are reviewed and approved in a pull request. Tests run for each. \
            An emergency change is approved afterwards.\n\n| Critical | 15 days |\n| High | 30 days |\n";
        assert_eq!(missing(whole), [""; 0]);
        let vague = "Critical and high weaknesses are mended promptly. Everything is tested.";
        assert_eq!(missing(vague), ["code-review", "emergency", "fix-times"]);
    }

    #[test]
    fn what_is_vendored_or_a_test_governs_nothing() {
        let read = facts(
            &[
                ("vendor/x/threat-model.md", "x"),
                ("SDLC.md", "Reviewed 2026-01-01"),
                ("tests/threat-model.md", "x"),
            ],
            "",
        );
        assert_eq!(
            column(&read["document.file"], "kind"),
            ["development-policy"]
        );
        let none = facts(&[("README.md", "threat model")], "");
        assert_eq!(none["document.file"].state, State::Absent);
    }
}
