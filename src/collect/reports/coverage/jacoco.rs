//! JaCoCo XML, which Kover, Pester and gcovr write too.
//!
//! Every level of a report, from the method up, repeats the counters of what it holds; those that
//! stand in the report itself are the result. Ant nests groups between the report and its packages.
//! Classes compiled without debug information have no lines, only instructions.

use super::measured::{self, Shares};
use crate::collect::reports::words::{moment_of_epoch, some_of};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::xml::{Element, Part};

/// JaCoCo XML.
pub(in crate::collect::reports) struct Jacoco;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "jacoco",
    usual_names: &["jacoco*.xml", "*.jacoco.xml", "kover*.xml"],
    about: "JaCoCo, Kover, Pester and gcovr write it.",
    sample: (
        "jacoco.xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="a"><sessioninfo
 id="h" start="1675424580000" dump="1675424586000"/><package name="a/b"><sourcefile name="C.java">
<line nr="3" mi="0" ci="2" mb="1" cb="1"/><line nr="4" mi="3" ci="0" mb="0" cb="0"/><counter
 type="LINE" missed="1" covered="1"/></sourcefile></package><counter type="BRANCH" missed="1"
 covered="1"/><counter type="LINE" missed="1" covered="1"/></report>"#,
    ),
};

/// What was gathered so far.
#[derive(Default)]
struct Walk {
    /// The report's own counters.
    own: Counters,
    /// The sum over its source files.
    listed: Counters,
    package: String,
    file: Option<SourceFile>,
    files: Vec<SourceFile>,
    /// When the newest session was dumped.
    dumped: u64,
    name: String,
    /// Counters that are no counts.
    unusable: Vec<String>,
}

/// A source file of the report.
struct SourceFile {
    path: String,
    at: u32,
    counters: Counters,
    missing: Vec<u64>,
}

/// Counters by what they count.
#[derive(Debug, Clone, Copy, Default)]
struct Counters {
    shares: Shares,
    instructions: Option<Ratio>,
}

impl Counters {
    /// Takes a counter; says whether it is one.
    fn take(&mut self, counter: &Element) -> bool {
        let count = |name| counter.attribute(name)?.trim().parse::<u64>().ok();
        let (Some(missed), Some(covered)) = (count("missed"), count("covered")) else {
            return false;
        };
        let ratio = Some(Ratio::new(covered, covered.saturating_add(missed)));
        match counter.attribute("type").unwrap_or_default() {
            "LINE" => self.shares.lines = ratio,
            "BRANCH" => self.shares.branches = ratio,
            "METHOD" => self.shares.functions = ratio,
            "INSTRUCTION" => self.instructions = ratio,
            // Classes, and complexity, which is no share of anything.
            _ => {}
        }
        true
    }
}

impl Walk {
    fn take(&mut self, part: Part) {
        match part {
            Part::Start(element) => self.start(&element),
            Part::End(name) if name == "sourcefile" => self.close(),
            Part::End(_) | Part::Text(_) => {}
        }
    }

    fn start(&mut self, element: &Element) {
        let attribute = |name| element.attribute(name).unwrap_or_default();
        match element.name.as_str() {
            "report" if element.depth == 1 => attribute("name").clone_into(&mut self.name),
            "sessioninfo" => {
                let dumped = attribute("dump").trim().parse().unwrap_or(0);
                self.dumped = self.dumped.max(dumped);
            }
            "package" => attribute("name").clone_into(&mut self.package),
            "sourcefile" => {
                self.file = Some(SourceFile {
                    path: path_of(&self.package, attribute("name")),
                    at: element.line,
                    counters: Counters::default(),
                    missing: Vec::new(),
                });
            }
            "line" => self.line(element),
            "counter" => {
                let taken = match &mut self.file {
                    _ if element.depth == 2 => self.own.take(element),
                    Some(file) => file.counters.take(element),
                    None => true,
                };
                if !taken {
                    self.unusable.push(format!("line {}", element.line));
                }
            }
            _ => {}
        }
    }

    /// A line of a source file is missing if no instruction of it ran. gcovr lists lines without
    /// their instructions.
    fn line(&mut self, line: &Element) {
        let count = |name| line.attribute(name)?.trim().parse::<u64>().ok();
        if let (Some(file), Some(number)) = (&mut self.file, count("nr"))
            && count("ci") == Some(0)
            && count("mi").is_some_and(|missed| missed > 0)
        {
            file.missing.push(number);
        }
    }

    fn close(&mut self) {
        if let Some(file) = self.file.take() {
            self.listed.shares.add(file.counters.shares);
            self.files.push(file);
        }
    }
}

/// The path of a source file in its package. Pester names a file below a folder in both of them.
fn path_of(package: &str, name: &str) -> String {
    let (above, folder) = package.rsplit_once('/').unwrap_or(("", package));
    let repeats = !folder.is_empty()
        && name
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'));
    match if repeats { above } else { package } {
        "" => name.to_owned(),
        package => format!("{package}/{name}"),
    }
}

impl Format for Jacoco {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// Other tools have a root element of that name; the document type or what it holds decides.
    fn recognises(&self, document: &Document<'_>) -> bool {
        let root = document.look.xml();
        root.is_some_and(|root| root.name == "report" && root.attribute("name").is_some()) && {
            let head = document.head();
            let signs = ["//JACOCO//", "jacoco.org/", "<sessioninfo ", "<counter "];
            signs.iter().any(|sign| head.contains(sign))
        }
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut walk = Walk::default();
        document.xml(|part| {
            walk.take(part);
            true
        })?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        // A report names no tool; some that write the format of JaCoCo sign in its name.
        let signed = [("GCOVR report", "gcovr"), ("Pester (", "Pester")];
        let signed = signed.iter().find(|(sign, _)| walk.name.starts_with(sign));
        reading.tool = signed.map(|(_, tool)| (*tool).to_owned());
        let dumped = moment_of_epoch(&walk.dumped.to_string());
        reading.produced_at = dumped.map(|moment| moment.to_string());
        measure(walk, document.path, &mut reading);
        Ok(reading)
    }
}

fn measure(walk: Walk, path: &str, reading: &mut Reading) {
    let files = walk.files.len() as u64;
    for file in walk.files {
        reading.items.push(measured::item(
            Source::line(path, file.at),
            &file.path,
            file.counters.shares,
            measured::ranges_of(file.missing),
        ));
    }
    let mut sum = walk.own.shares;
    if sum == Shares::default() && walk.own.instructions.is_none() && files > 0 {
        reading.note("The report has no counters of its own; those of its files were added up.");
        sum = walk.listed.shares;
    } else {
        measured::compare_listed(reading, sum, walk.listed.shares);
    }
    measured::measure(reading, sum, files);
    if !walk.unusable.is_empty() {
        let why = format!(
            "A counter is no count: {}.",
            some_of(walk.unusable.iter().map(String::as_str))
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if let Some(instructions) = walk.own.instructions
        && sum.lines.is_none()
        && instructions.total > 0
    {
        reading.note(format!(
            "The classes were compiled without line numbers: {} of {} instructions ran, and there \
             is no share of lines.",
            instructions.covered, instructions.total
        ));
    } else {
        measured::settle(reading, sum, &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(inner: &str) -> Reading {
        let text = format!(
            "<!DOCTYPE report PUBLIC '-//JACOCO//DTD Report 1.1//EN' 'report.dtd'[]>\n\
             <report name='Pester (09/01/2025)'>{inner}</report>"
        );
        let document = Document::new("jacoco.xml", text.as_bytes());
        assert!(Jacoco.recognises(&document));
        Jacoco.read(&document).expect("a reading")
    }

    const FILE: &str = "<sourcefile name='c/C.ps1'><line nr='2' mi='3' ci='0' mb='0' cb='0'/>
        <line nr='3' mi='0' ci='1'/><counter type='LINE' missed='1' covered='1'/></sourcefile>";

    #[test]
    fn the_counters_of_the_report_count_and_those_below_repeat_them() {
        let reading = read(&format!(
            "<sessioninfo id='a' start='1' dump='1675424586000'/><sessioninfo dump='1'/>
             <group name='g'><package name='b/c'><class name='C'><method name='m'>
             <counter type='LINE' missed='1' covered='1'/></method>
             <counter type='LINE' missed='1' covered='1'/></class>{FILE}
             <counter type='LINE' missed='1' covered='1'/></package>
             <counter type='LINE' missed='1' covered='1'/></group>
             <counter type='INSTRUCTION' missed='3' covered='1'/>
             <counter type='LINE' missed='1' covered='1'/>
             <counter type='METHOD' missed='0' covered='1'/>"
        ));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 1");
        assert!(!reading.measures.contains_key("branches"));
        assert_eq!(reading.items[0].get("path"), &Value::from("b/c/C.ps1"));
        assert_eq!(reading.items[0].get("missing"), &Value::from("2"));
        assert_eq!(reading.produced_at.as_deref(), Some("2023-02-03T11:43:06Z"));
        assert_eq!(reading.tool.as_deref(), Some("Pester"));
        assert_eq!(reading.notes, [""; 0]);
    }

    #[test]
    fn without_lines_there_is_no_share_of_lines_and_without_counters_nothing() {
        let bare = read("<counter type='INSTRUCTION' missed='3' covered='1'/>");
        assert_eq!(bare.state, ReadingState::Complete);
        assert!(!bare.measures.contains_key("lines"));
        assert!(bare.notes[0].contains("1 of 4 instructions"));
        assert_eq!(
            read("<package name='a'/>").state,
            ReadingState::NothingMeasured
        );
        let odd = read("<counter type='LINE' missed='-3' covered='1'/>");
        assert_eq!(odd.state, ReadingState::Incomplete);
    }

    #[test]
    fn totals_that_are_missing_or_differ_are_said() {
        let below = read(&format!("<package name=''>{FILE}</package>"));
        assert_eq!(below.measures["lines"].to_string(), "1 of 2");
        assert!(below.notes[0].contains("added up"));
        let differ = read(&format!(
            "<package name=''>{FILE}</package><counter type='LINE' missed='0' covered='2'/>"
        ));
        assert_eq!(differ.measures["lines"].to_string(), "2 of 2");
        assert!(
            differ.notes[0].contains("1 of 2 lines"),
            "{:?}",
            differ.notes
        );
    }
}
