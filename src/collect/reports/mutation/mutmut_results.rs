//! The listing of `mutmut results`, of version 2 and 3. It leaves out the mutants that were killed,
//! so it never gives a score: it only shows which mutants were not.

use super::tally::Fate;
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, Format, FormatSpec, Look, lines};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::MUTATION_MUTANT;
use crate::parse::error::ParseError;

/// The listing of `mutmut results`.
pub(in crate::collect::reports) struct MutmutResults;

/// The name of the format.
pub(in crate::collect::reports) const NAME: &str = "mutmut-results";

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: NAME,
    usual_names: &["mutmut-results*.txt"],
    about: "mutmut prints it with `mutmut results`; it does not say how many mutants were killed.",
    sample: (
        "mutmut-results.txt",
        "    a.x_f__mutmut_1: survived\n    a.x_f__mutmut_2: no tests\n",
    ),
};

/// How mutmut 2 begins its listing.
const HEAD_OF_2: &str = "To apply a mutant on disk:";

/// mutmut 2's headings, followed by a sign and a count in brackets.
const HEADINGS_OF_2: [(&str, Fate); 5] = [
    ("Survived", Fate::Survived),
    ("Timed out", Fate::Timeout),
    ("Suspicious", Fate::Suspicious),
    ("Untested", Fate::Pending),
    ("Skipped", Fate::Ignored),
];

impl Format for MutmutResults {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look == Look::Text
            && document
                .head()
                .lines()
                .any(|line| line.trim() == HEAD_OF_2 || mutant(line).is_some())
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("mutmut".to_owned());
        let (mut survived, mut no_coverage) = (0_u64, 0_u64);
        lines::each(document, |number, line| {
            if let Some((name, fate)) = mutant(line) {
                survived += u64::from(fate == Fate::Survived);
                no_coverage += u64::from(fate == Fate::NoCoverage);
                let item = Item::new(&MUTATION_MUTANT, Source::line(document.path, number))
                    .with("name", name)
                    .with("status", fate.name());
                reading.items.push(item);
            } else if let Some((Fate::Survived, count)) = heading(line) {
                survived = survived.saturating_add(count);
            }
        })?;
        reading.measure("survived", survived);
        reading.measure("no_coverage", no_coverage);
        let why = format!(
            "The listing shows {} and leaves out those that were killed: it gives no score.",
            counted(survived, "mutant that survived", "mutants that survived")
        );
        reading.lower(ReadingState::Incomplete, why);
        Ok(reading)
    }
}

/// A line of version 3: `pkg.x_f__mutmut_3: survived`.
fn mutant(line: &str) -> Option<(&str, Fate)> {
    let (name, status) = line.trim().rsplit_once(": ")?;
    let (_, number) = name.rsplit_once("__mutmut_")?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fate = match status.trim() {
        "killed" => Fate::Killed,
        "survived" => Fate::Survived,
        "no tests" => Fate::NoCoverage,
        "skipped" => Fate::Ignored,
        "suspicious" => Fate::Suspicious,
        "timeout" => Fate::Timeout,
        "segfault" | "caught by type check" => Fate::Error,
        "not checked" | "check was interrupted by user" => Fate::Pending,
        _ => return None,
    };
    Some((name, fate))
}

/// A heading of version 2: `Survived 🙁 (22)`.
fn heading(line: &str) -> Option<(Fate, u64)> {
    let line = line.trim();
    let (_, fate) = HEADINGS_OF_2
        .into_iter()
        .find(|(word, _)| line.starts_with(word))?;
    let (_, count) = line.strip_suffix(')')?.rsplit_once('(')?;
    Some((fate, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("results.txt", text.as_bytes());
        assert!(MutmutResults.recognises(&document));
        MutmutResults.read(&document).expect("a reading")
    }

    #[test]
    fn a_listing_is_never_complete_and_gives_no_score() {
        let reading = read(
            "warning: something\n    a.xǁCǁf__mutmut_2: survived\n    a.x_f__mutmut_1: no tests\n",
        );
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.measures["survived"].as_int(), Some(1));
        assert!(!reading.measures.contains_key("score"));
        assert_eq!(reading.items[0].source, Source::line("results.txt", 2));
        let all = read("a.x_f__mutmut_1: killed\na.x_f__mutmut_2: survived\n");
        assert_eq!(all.state, ReadingState::Incomplete);
    }

    #[test]
    fn the_headings_of_version_2_are_counted() {
        let reading = read(
            "To apply a mutant on disk:\n    mutmut apply <id>\n\nSurvived 🙁 (22)\n\n\
             ---- src/a.py (5) ----\n\n3, 7-9, 12\n\nSuspicious 🤔 (6)\n",
        );
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.measures["survived"].as_int(), Some(22));
    }

    #[test]
    fn other_text_is_no_listing() {
        for text in [
            "x__mutmut_: survived\n",
            "a: survived\n",
            "a__mutmut_1: fine\n",
        ] {
            let document = Document::new("mutmut.txt", text.as_bytes());
            assert!(!MutmutResults.recognises(&document), "{text}");
        }
    }
}
