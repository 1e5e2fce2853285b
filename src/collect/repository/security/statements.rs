//! What a policy promises, read from its sentences.

use super::durations::{self, Duration};
use super::placeholders;
use super::prose::{Block, Document};

/// What a time in a sentence is about, by the nearest of these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// A first answer to a report.
    Answer,
    /// The disclosure of a vulnerability.
    Disclosure,
    /// A fix for it, or its release.
    Fix,
    /// Something else that the project does or asks for.
    Other,
}

/// Words, each with what it speaks of.
const CUES: &[(&str, About)] = &[
    ("acknowledg", About::Answer),
    ("respond", About::Answer),
    ("response", About::Answer),
    ("reply", About::Answer),
    ("replies", About::Answer),
    ("answer", About::Answer),
    ("hear back", About::Answer),
    ("hear from", About::Answer),
    ("get back", About::Answer),
    ("reach out", About::Answer),
    ("receipt", About::Answer),
    ("contact you", About::Answer),
    ("triage", About::Answer),
    ("disclos", About::Disclosure),
    ("embargo", About::Disclosure),
    ("publish", About::Disclosure),
    ("made public", About::Disclosure),
    ("make public", About::Disclosure),
    ("go public", About::Disclosure),
    ("public announcement", About::Disclosure),
    ("advisory", About::Disclosure),
    ("fix", About::Fix),
    ("patch", About::Fix),
    ("releas", About::Fix),
    ("resolv", About::Fix),
    ("resolution", About::Fix),
    ("remediat", About::Fix),
    ("mitigat", About::Fix),
    ("update", About::Other),
    ("progress", About::Other),
    ("detailed", About::Other),
    ("notify", About::Other),
    ("support", About::Other),
];

/// The promised time to a first answer. The first that the text gives counts: what follows it is
/// usually faster, or about a later step.
pub(super) fn acknowledgement_hours(document: &Document) -> Option<i64> {
    times(document)
        .find(|(_, _, about)| *about == About::Answer)
        .map(|(_, duration, _)| duration.hours)
}

/// Whether there is a time line: a time for disclosure itself, or one for the fix in a policy of
/// coordinated disclosure.
pub(super) fn disclosure(document: &Document) -> bool {
    const COORDINATED: &[&str] = &[
        "coordinated disclosure",
        "coordinated vulnerability disclosure",
        "coordinated release",
        "responsible disclosure",
        "co-ordinated disclosure",
    ];
    let coordinated = document
        .blocks
        .iter()
        .map(|block| &block.plain)
        .chain(&document.headings)
        .any(|text| COORDINATED.iter().any(|phrase| text.contains(phrase)));
    let titled = document
        .headings
        .iter()
        .any(|heading| heading.contains("disclos"));
    times(document).any(|(block, _, about)| match about {
        About::Disclosure => true,
        About::Fix => coordinated || titled,
        About::Answer => false,
        About::Other => block.heading.contains("disclos"),
    })
}

/// Every time in the text with what it is about.
fn times(document: &Document) -> impl Iterator<Item = (&Block, Duration, About)> {
    document.blocks.iter().flat_map(|block| {
        block.sentences().flat_map(move |sentence| {
            durations::of(sentence)
                .into_iter()
                .map(move |duration| (block, duration, about(block, sentence, duration)))
        })
    })
}

/// What a time is about: the nearest cue of its clause, one before it first; else of its sentence;
/// else what its list or heading is about.
fn about(block: &Block, sentence: &str, duration: Duration) -> About {
    let before = tail(sentence.get(..duration.start).unwrap_or(""));
    let after = head(sentence.get(duration.end..).unwrap_or(""));
    let starts = CLAUSES
        .iter()
        .filter_map(|mark| Some(before.rfind(mark)? + mark.len()))
        .max();
    let ends = CLAUSES.iter().filter_map(|mark| after.find(mark)).min();
    let own_before = before.get(starts.unwrap_or(0)..).unwrap_or("");
    let own_after = after.get(..ends.unwrap_or(after.len())).unwrap_or("");
    // `90 days to answer before we publish` is a time for publishing.
    if let Some((_, rest)) = own_after.split_once("before ")
        && first_cue(rest) == Some(About::Disclosure)
    {
        return About::Disclosure;
    }
    last_cue(own_before)
        .or_else(|| first_cue(own_after))
        .or_else(|| last_cue(before))
        .or_else(|| first_cue(after))
        .or_else(|| first_cue(&block.lead))
        .or_else(|| first_cue(&block.heading))
        .unwrap_or(About::Other)
}

/// What ends a clause.
const CLAUSES: &[&str] = &[", ", "; ", ": ", " and ", " but ", " then ", " while "];

/// How far from a time a cue is looked for, in bytes. It bounds the work on a text without stops.
const REACH: usize = 200;

fn last_cue(text: &str) -> Option<About> {
    CUES.iter()
        .filter_map(|(word, about)| Some((text.rfind(word)?, *about)))
        .max_by_key(|(at, _)| *at)
        .map(|(_, about)| about)
}

fn first_cue(text: &str) -> Option<About> {
    CUES.iter()
        .filter_map(|(word, about)| Some((text.find(word)?, *about)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, about)| about)
}

fn tail(text: &str) -> &str {
    let from = text.ceil_char_boundary(text.len().saturating_sub(REACH));
    text.get(from..).unwrap_or(text)
}

fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(REACH)).unwrap_or(text)
}

/// Whether it says which versions are supported: under a heading of that name, in a table, or in a
/// sentence. What the template says counts for nothing.
pub(super) fn supported_versions(document: &Document) -> bool {
    const HEADINGS: &[&str] = &[
        "supported version",
        "supported release",
        "supported branch",
        "versions supported",
        "version support",
        "support policy",
        "security support",
        "maintained version",
    ];
    let mut own = document
        .blocks
        .iter()
        .filter(|block| !placeholders::is_template(&block.plain));
    own.any(|block| {
        let headed = HEADINGS
            .iter()
            .any(|heading| block.heading.contains(heading));
        (headed && says_something(&block.plain))
            || (is_row(&block.plain)
                && block.plain.contains("version")
                && block.plain.contains("support")
                && !headed)
            || block.sentences().any(names_supported)
    })
}

fn is_row(text: &str) -> bool {
    text.starts_with('|')
}

/// Whether a block says more than the head and rule of a table.
fn says_something(text: &str) -> bool {
    if !is_row(text) {
        return text.chars().any(char::is_alphanumeric);
    }
    let head = text
        .split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .all(|cell| {
            matches!(
                cell,
                "version" | "versions" | "supported" | "release" | "status"
            ) || cell.chars().all(|c| "-: ".contains(c))
        });
    !head
}

/// Whether a sentence says that some versions get fixes: `only the latest release is supported`.
fn names_supported(sentence: &str) -> bool {
    const CARE: &[&str] = &[
        "supported",
        "we support",
        "only support",
        "security update",
        "security fix",
        "security patch",
        "backport",
        "maintained",
        "receive fixes",
        "receives fixes",
        "get fixes",
        "gets fixes",
    ];
    const WHICH: &[&str] = &[
        "latest",
        "most recent",
        "newest",
        "current",
        "last ",
        "previous",
        "older",
    ];
    const WHAT: &[&str] = &["version", "release", "branch", "series"];
    let any = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    any(CARE) && any(WHICH) && any(WHAT)
}

/// Whether it promises not to pursue research in good faith.
pub(super) fn safe_harbour(document: &Document) -> bool {
    const PROMISES: &[&str] = &[
        "safe harbor",
        "safe harbour",
        "not pursue legal",
        "not pursue civil",
        "not pursue any legal",
        "not take legal action",
        "not take any legal action",
        "not initiate legal action",
        "not initiate any legal action",
        "not bring legal action",
        "not bring any legal action",
        "no legal action",
        "not to pursue legal",
        "not pursue or support legal",
        "not pursue or support any legal",
        "considered authorized",
        "considered authorised",
    ];
    document.blocks.iter().any(|block| {
        PROMISES.iter().any(|words| block.plain.contains(words)) || {
            let harbour = block.heading.contains("safe harb");
            harbour && says_something(&block.plain)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> Option<i64> {
        acknowledgement_hours(&Document::new(text))
    }

    #[test]
    fn the_time_to_a_first_answer_is_told_from_others() {
        for (text, expected) in [
            ("You should receive a response within 24 hours.", Some(24)),
            (
                "Within 48 hours we will respond. A fix follows in 30 days.",
                Some(48),
            ),
            (
                "We will acknowledge the report within three (3) business days, and send a more detailed response within 10 days.",
                Some(72),
            ),
            (
                "We release a fix within 90 days and reply within 5 days.",
                Some(120),
            ),
            (
                "members will respond to you\nwithin two days at the outside. Usually within 12 hours.",
                Some(48),
            ),
            (
                "If you do not hear back within 6 days, write again.",
                Some(144),
            ),
            (
                "| Acknowledgement | 2 business days |\n| Fix | 30 days |",
                Some(48),
            ),
            ("- Initial response: 48 hours\n- Fix: 14 days", Some(48)),
            (
                "We acknowledge reports within 3 days and publish a fix within 90 days.",
                Some(72),
            ),
            ("Within two days, we will respond.", Some(48)),
            (
                "Give us 90 days to respond before you disclose anything.",
                None,
            ),
            ("We fix within 90 days.", None),
            ("We answer as soon as we can.", None),
            ("We disclose 90 days after a report.", None),
            ("### Response time\n\nWithin 5 working days.", Some(120)),
        ] {
            assert_eq!(hours(text), expected, "{text}");
        }
    }

    #[test]
    fn disclosure_needs_a_time() {
        let says = |text: &str| disclosure(&Document::new(text));
        assert!(says(
            "Details will be embargoed for 30 days, after which we disclose."
        ));
        assert!(says("We follow a 90-day disclosure timeline."));
        assert!(says(
            "We practise coordinated disclosure. Fixes are released within 60 days."
        ));
        assert!(says(
            "## Disclosure policy\n\nAfter 90 days we say what we know."
        ));
        assert!(!says("We follow coordinated disclosure."));
        assert!(!says("We respond within 2 days."));
        assert!(!says("Please report within 3 days."));
    }

    #[test]
    fn supported_versions_are_named_by_heading_table_or_sentence() {
        let says = |text: &str| supported_versions(&Document::new(text));
        assert!(says("## Supported Versions\n\nThe current release."));
        assert!(says(
            "## Supported Versions\n\n| Version | Supported |\n|---|---|\n| 3.x | yes |\n"
        ));
        assert!(says("Only the latest release receives security fixes."));
        assert!(!says("## Supported Versions\n"));
        assert!(!says(
            "## Supported Versions\n\n| Version | Supported |\n|---|---|\n"
        ));
        assert!(!says("Tell us the version you use."));
    }

    #[test]
    fn a_promise_not_to_pursue_is_a_safe_harbour() {
        let says = |text: &str| safe_harbour(&Document::new(text));
        assert!(says("We will not initiate legal\naction against you."));
        assert!(says("## Safe Harbor\n\nResearch in good faith is welcome."));
        assert!(!says("Make a good faith effort to avoid harm."));
    }
}
