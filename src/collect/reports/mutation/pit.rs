//! PIT's XML (`mutations.xml`).
//!
//! PIT's own score is taken: what it calls detected, of all mutations. That counts mutations that
//! ended in an error as detected, which is said wherever it changes the score.
//!
//! `partial="true"` says nothing: since 1.15 PIT writes the attribute from the option that reports
//! coverage, which is on in every ordinary run.

use super::tally::{Fate, Strange, Tally};
use crate::collect::reports::words::{counted, message};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::MUTATION_MUTANT;
use crate::parse::error::ParseError;
use crate::parse::xml::{Element, Part};

/// PIT's XML.
pub(in crate::collect::reports) struct Pit;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: "pit",
    usual_names: &["mutations*.xml"],
    about: "PIT writes it with the output format XML.",
    sample: (
        "mutations.xml",
        r#"<?xml version="1.0" encoding="UTF-8"?>
<mutations partial="true"><mutation detected='true' status='KILLED' numberOfTestsRun='1'>
<sourceFile>A.java</sourceFile><mutatedClass>a.b.A</mutatedClass><lineNumber>3</lineNumber>
<mutator>M</mutator><description>negated &lt;</description></mutation></mutations>"#,
    ),
};

impl Format for Pit {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document
            .look
            .xml()
            .is_some_and(|root| root.name == "mutations")
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut mutations = Mutations::default();
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("PIT".to_owned());
        document.xml(|part| {
            if let Some(mutation) = mutations.take(part) {
                let item = item(&mutation, document.path);
                reading.items.push(item);
            }
            true
        })?;
        mutations.settle(&mut reading);
        Ok(reading)
    }
}

/// One mutation, as far as it is kept.
#[derive(Default)]
struct Mutation {
    fate: Option<Fate>,
    line_in_report: u32,
    file: String,
    class: String,
    line: String,
    mutator: String,
    description: String,
}

/// What was counted, and where the reader stands.
#[derive(Default)]
struct Mutations {
    tally: Tally,
    strange: Strange,
    detected: u64,
    /// Those PIT calls detected though no test failed and no time ran out.
    errors_detected: u64,
    disagreeing: u64,
    depth: usize,
    open: Option<Mutation>,
    field: Option<&'static str>,
}

const FIELDS: [&str; 5] = [
    "sourceFile",
    "mutatedClass",
    "lineNumber",
    "mutator",
    "description",
];

impl Mutations {
    /// Takes one part; answers a mutation that ends with it.
    fn take(&mut self, part: Part) -> Option<Mutation> {
        match part {
            Part::Start(element) => {
                self.depth += 1;
                match self.depth {
                    2 if element.name == "mutation" => self.begin(&element),
                    3 => self.field = FIELDS.into_iter().find(|name| *name == element.name),
                    _ => {}
                }
            }
            Part::Text(text) => self.text(&text),
            Part::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                match self.depth {
                    2 => self.field = None,
                    1 => return self.open.take(),
                    _ => {}
                }
            }
        }
        None
    }

    fn begin(&mut self, element: &Element) {
        let word = element.attribute("status").unwrap_or_default();
        let detected = element
            .attribute("detected")
            .is_some_and(|detected| detected.trim().eq_ignore_ascii_case("true"));
        let fate = fate(word);
        self.tally.add(fate);
        if fate.is_none() {
            self.strange.add(word);
        }
        let found = matches!(fate, Some(Fate::Killed | Fate::Timeout));
        let missed = matches!(fate, Some(Fate::Survived | Fate::NoCoverage));
        self.detected += u64::from(detected);
        self.errors_detected += u64::from(detected && !found);
        self.disagreeing += u64::from((detected && missed) || (!detected && found));
        self.open = Some(Mutation {
            fate,
            line_in_report: element.line,
            ..Mutation::default()
        });
    }

    /// The pieces of one text come apart at entities.
    fn text(&mut self, text: &str) {
        if self.depth != 3 {
            return;
        }
        let Some((open, field)) = self.open.as_mut().zip(self.field) else {
            return;
        };
        let kept = match field {
            "sourceFile" => &mut open.file,
            "mutatedClass" => &mut open.class,
            "lineNumber" => &mut open.line,
            "mutator" => &mut open.mutator,
            _ => &mut open.description,
        };
        kept.push_str(text);
    }

    fn settle(self, reading: &mut Reading) {
        self.strange.say(reading);
        if self.errors_detected > 0 {
            reading.note(format!(
                "PIT counts {} as detected; {} of all {} were killed or ran out of time.",
                counted(
                    self.errors_detected,
                    "mutant that no test failed on",
                    "mutants that no test failed on"
                ),
                self.tally.detected(),
                self.tally.total()
            ));
        }
        if self.disagreeing > 0 {
            let why = format!(
                "{} what the status denies: the report contradicts itself.",
                counted(
                    self.disagreeing,
                    "mutant says of its detection",
                    "mutants say of their detection"
                )
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.tally.detected() == 0 && self.errors_detected > 0 {
            let why = "Not one mutant was killed by a test: all that PIT calls detected ended in \
                       an error.";
            reading.lower(ReadingState::Incomplete, why);
        }
        let total = self.tally.total();
        self.tally.settle_as(self.detected, total, reading);
    }
}

/// How a mutation ended, by PIT's word. `NOT_STARTED` and `STARTED` are internal to PIT and stand
/// in the report of a run that was stopped; `EQUIVALENT` cannot be told from the code.
fn fate(word: &str) -> Option<Fate> {
    Some(match word {
        "KILLED" => Fate::Killed,
        "SURVIVED" => Fate::Survived,
        "TIMED_OUT" => Fate::Timeout,
        "NO_COVERAGE" => Fate::NoCoverage,
        "NON_VIABLE" | "MEMORY_ERROR" | "RUN_ERROR" => Fate::Error,
        "EQUIVALENT" => Fate::Ignored,
        "NOT_STARTED" | "STARTED" => Fate::Pending,
        _ => return None,
    })
}

fn item(mutation: &Mutation, path: &str) -> Item {
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let line: Option<u64> = mutation.line.trim().parse().ok();
    let name = said(&message(&mutation.description)).or_else(|| said(&mutation.mutator));
    Item::new(
        &MUTATION_MUTANT,
        Source::line(path, mutation.line_in_report),
    )
    .with("path", source_file(mutation))
    .with("line", line.filter(|line| *line > 0))
    .with("name", name)
    .with("status", mutation.fate.map(Fate::name))
}

/// PIT names the file without its folders; those are the package of the class.
fn source_file(mutation: &Mutation) -> Option<String> {
    let file = mutation.file.trim();
    let package = mutation.class.trim().rsplit_once('.');
    match package {
        _ if file.is_empty() => None,
        Some((package, _)) => Some(format!("{}/{file}", package.replace('.', "/"))),
        None => Some(file.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mutations: &[(bool, &str)]) -> Reading {
        let rows: Vec<String> = mutations
            .iter()
            .map(|(detected, status)| {
                format!(
                    "<mutation detected='{detected}' status='{status}'><sourceFile>A.java\
                     </sourceFile><mutatedClass>x.y.A$B</mutatedClass><lineNumber>12</lineNumber>\
                     <indexes><index>5</index></indexes><description>a &lt; b</description>\
                     </mutation>"
                )
            })
            .collect();
        let text = format!("<mutations>{}</mutations>", rows.concat());
        let document = Document::new("mutations.xml", text.as_bytes());
        assert!(Pit.recognises(&document));
        Pit.read(&document).expect("a reading")
    }

    #[test]
    fn the_score_is_pits_own_and_says_so_where_errors_raise_it() {
        let reading = read(&[
            (true, "KILLED"),
            (true, "TIMED_OUT"),
            (true, "RUN_ERROR"),
            (false, "SURVIVED"),
            (false, "NO_COVERAGE"),
        ]);
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["score"].to_string(), "3 of 5");
        assert_eq!(reading.measures["errors"].as_int(), Some(1));
        assert!(reading.notes[0].contains("2 of all 5"));
        let item = &reading.items[0];
        assert_eq!(item.get("path").as_text(), Some("x/y/A.java"));
        assert_eq!(item.get("name").as_text(), Some("a < b"));
        assert_eq!(item.get("line").as_int(), Some(12));
    }

    #[test]
    fn mutants_that_only_crashed_show_nothing_of_the_tests() {
        let reading = read(&[(true, "RUN_ERROR"), (true, "MEMORY_ERROR")]);
        assert_eq!(reading.state, ReadingState::Incomplete);
    }

    #[test]
    fn a_run_that_was_stopped_or_contradicts_itself_is_incomplete() {
        for odd in [
            (false, "NOT_STARTED"),
            (true, "SURVIVED"),
            (false, "KILLED"),
            (false, "killed"),
        ] {
            let reading = read(&[(true, "KILLED"), odd]);
            assert_eq!(reading.state, ReadingState::Incomplete, "{odd:?}");
        }
        assert_eq!(read(&[]).state, ReadingState::NothingMeasured);
    }
}
