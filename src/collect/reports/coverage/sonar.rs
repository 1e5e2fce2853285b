//! SonarQube's generic coverage XML.

use super::files::{Files, Lines};
use super::measured::{self, Shares};
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::xml::{Element, Part};

/// SonarQube's generic coverage XML.
pub(in crate::collect::reports) struct Sonar;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "sonar-generic",
    usual_names: &["sonar*.xml", "*sonarqube*.xml"],
    about: "gcovr (`--sonarqube`), ReportGenerator and others write it for SonarQube.",
    sample: (
        "sonarqube.xml",
        r#"<coverage version="1"><file path="a.c"><lineToCover lineNumber="1" covered="true"
 branchesToCover="2" coveredBranches="1"/><lineToCover lineNumber="2" covered="false"/></file>
</coverage>"#,
    ),
};

/// What was gathered so far.
#[derive(Default)]
struct Walk {
    files: Files<Lines>,
    /// The place of the file that is open.
    open: Option<usize>,
    /// Lines without a number or without saying whether they are covered.
    unusable: u64,
}

impl Walk {
    fn start(&mut self, element: &Element) {
        match element.name.as_str() {
            "file" => {
                let path = element.attribute("path").unwrap_or_default();
                self.open = Some(self.files.place(path, element.line));
            }
            "lineToCover" => self.unusable += u64::from(self.line(element).is_none()),
            _ => {}
        }
    }

    fn line(&mut self, element: &Element) -> Option<()> {
        let count = |name| element.attribute(name)?.trim().parse::<u64>().ok();
        let number = count("lineNumber")?;
        let ran = match element.attribute("covered")?.trim() {
            word if word.eq_ignore_ascii_case("true") || word == "1" => true,
            word if word.eq_ignore_ascii_case("false") || word == "0" => false,
            _ => return None,
        };
        let branches = match element.attribute("branchesToCover") {
            Some(_) => Some((taken(element)?, count("branchesToCover")?)),
            None => None,
        };
        if branches.is_some_and(|(taken, all)| taken > all) {
            return None;
        }
        let lines = self.files.at(self.open?)?;
        lines.add(number, ran);
        if let Some(branches) = branches {
            lines.branches(number, branches);
        }
        Some(())
    }
}

/// How many branches of a line were taken: none where the attribute is left out.
fn taken(line: &Element) -> Option<u64> {
    let taken = line.attribute("coveredBranches").unwrap_or("0");
    taken.trim().parse().ok()
}

impl Format for Sonar {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// Cobertura and Clover have the same root element, with a rate or a time.
    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.xml().is_some_and(|root| {
            root.name == "coverage"
                && root
                    .attribute("version")
                    .is_some_and(|version| version.trim() == "1")
                && root.attributes.iter().all(|(name, _)| {
                    !["line-rate", "generated", "clover", "timestamp"].contains(&name.as_str())
                })
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut walk = Walk::default();
        document.xml(|part| {
            if let Part::Start(element) = part {
                walk.start(&element);
            }
            true
        })?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        let files = walk.files.count();
        let mut sum = Shares {
            lines: Some(Ratio::new(0, 0)),
            ..Shares::default()
        };
        for entry in walk.files.into_list() {
            let mut lines = entry.gathered;
            let shares = lines.shares();
            sum.add(shares);
            let source = Source::line(document.path, entry.at);
            let item = measured::item(source, &entry.name, shares, lines.missing());
            reading.items.push(item);
        }
        measured::measure(&mut reading, sum, files);
        if walk.unusable > 0 {
            let why = format!(
                "{} what cannot be counted.",
                counted(walk.unusable, "line says", "lines say")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        measured::settle(&mut reading, sum, &[]);
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(inner: &str) -> Reading {
        let text = format!("<coverage version='1'>{inner}</coverage>");
        let document = Document::new("sonar.xml", text.as_bytes());
        assert!(Sonar.recognises(&document));
        Sonar.read(&document).expect("a reading")
    }

    #[test]
    fn a_file_that_stands_twice_is_one_file() {
        let reading = read(
            "<file path='a.c'><lineToCover lineNumber='1' covered='false'/>
             <lineToCover lineNumber='2' covered='false' branchesToCover='2'/></file>
             <file path='a.c'><lineToCover lineNumber='1' covered='True'/>
             <lineToCover lineNumber='2' covered='false' branchesToCover='2' coveredBranches='1'/>
             </file>",
        );
        assert_eq!(reading.state, ReadingState::Complete);
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 2");
        assert_eq!(reading.measures["files"], Value::Int(1));
        assert_eq!(reading.items[0].get("missing"), &Value::from("2"));
    }

    #[test]
    fn what_cannot_be_counted_is_incomplete_and_nothing_is_nothing_measured() {
        for line in [
            "covered='true'",
            "lineNumber='x' covered='true'",
            "lineNumber='1' covered='maybe'",
            "lineNumber='1'",
            "lineNumber='1' covered='true' branchesToCover='1' coveredBranches='2'",
        ] {
            let reading = read(&format!("<file path='a'><lineToCover {line}/></file>"));
            assert_eq!(reading.state, ReadingState::Incomplete, "{line}");
        }
        assert_eq!(
            read("<file path='a'/>").state,
            ReadingState::NothingMeasured
        );
        let other = Document::new("c.xml", b"<coverage version='1' line-rate='1'/>");
        assert!(!Sonar.recognises(&other));
    }
}
