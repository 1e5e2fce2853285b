//! Clover XML, which OpenClover, PHPUnit, Istanbul and gcovr write.
//!
//! The metrics of the project are the result; those of packages, files and classes repeat them.
//! `testproject` is about the tests themselves. What the format calls a statement is a line in the
//! reports of Istanbul, PHPUnit and gcovr; a share of lines is given only where the lines that are
//! listed are all the statements of the metrics, since reports with some of their files cut out
//! exist.

use super::files::Lines;
use super::measured::{self, Shares, ratio};
use crate::collect::reports::words::{moment_of_epoch, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::json::Hits;
use crate::parse::xml::{Element, Part};

/// Clover XML.
pub(in crate::collect::reports) struct Clover;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "clover",
    usual_names: &["clover*.xml", "*.clover.xml"],
    about: "OpenClover, PHPUnit (`--coverage-clover`), Istanbul and gcovr write it.",
    sample: (
        "clover.xml",
        r#"<?xml version="1.0"?>
<coverage generated="1675424586000" clover="4.3.1"><project timestamp="1675424586000"><metrics
 statements="2" coveredstatements="1" conditionals="2" coveredconditionals="1" methods="1"
 coveredmethods="1" elements="5" coveredelements="3"/><file name="A.java" path="src/A.java"><metrics
 statements="2" coveredstatements="1" conditionals="2" coveredconditionals="1" methods="1"
 coveredmethods="1"/><line num="3" type="method" count="1"/><line num="4" type="stmt" count="1"/>
<line num="5" type="stmt" count="0"/></file></project></coverage>"#,
    ),
};

/// What was gathered so far.
#[derive(Default)]
struct Walk {
    root: Option<Element>,
    metrics: Option<Shares>,
    files: Vec<File>,
    open: Option<File>,
    /// How many `testproject` elements are open.
    tests: usize,
}

/// A file of the report.
struct File {
    path: String,
    at: u32,
    depth: usize,
    metrics: Shares,
    statements: Listed,
    conditions: Listed,
}

/// Lines of one type: each once, and how many there are as they stand.
#[derive(Default)]
struct Listed {
    lines: Lines,
    stand: (u64, u64),
}

impl Listed {
    fn add(&mut self, line: Option<u64>, ran: bool) {
        self.stand.0 += u64::from(ran);
        self.stand.1 += 1;
        if let Some(line) = line {
            self.lines.add(line, ran);
        }
    }
}

impl Walk {
    fn take(&mut self, part: Part) {
        match part {
            Part::Start(element) if element.depth == 1 => self.root = Some(element),
            Part::Start(element) if element.name == "testproject" => {
                self.tests += usize::from(element.depth > 1);
            }
            Part::Start(element) if self.tests == 0 => self.start(&element),
            Part::End(name) if name == "testproject" => {
                self.tests = self.tests.saturating_sub(1);
            }
            Part::End(name) if name == "file" => self.files.extend(self.open.take()),
            Part::Start(_) | Part::End(_) | Part::Text(_) => {}
        }
    }

    fn start(&mut self, element: &Element) {
        match (element.name.as_str(), &mut self.open) {
            ("file", _) => self.open = Some(file(element)),
            ("metrics", Some(file)) if element.depth == file.depth + 1 => {
                file.metrics = shares(element);
            }
            ("metrics", None) if element.depth == 3 && self.metrics.is_none() => {
                self.metrics = Some(shares(element));
            }
            ("line", Some(file)) => file.line(element),
            _ => {}
        }
    }
}

/// The file that an element begins: OpenClover and Istanbul name it by its path, others in the name.
fn file(element: &Element) -> File {
    let path = element.attribute("path").filter(|path| !path.is_empty());
    let path = path.or_else(|| element.attribute("name"));
    File {
        path: path.unwrap_or_default().to_owned(),
        at: element.line,
        depth: element.depth,
        metrics: Shares::default(),
        statements: Listed::default(),
        conditions: Listed::default(),
    }
}

impl File {
    fn line(&mut self, line: &Element) {
        let number = line.attribute("num");
        let number = number.and_then(|number| number.trim().parse().ok());
        let ran = |name| line.attribute(name).map(|hits| Hits::parse(hits).ran());
        match line.attribute("type").unwrap_or_default() {
            "stmt" => self.statements.add(number, ran("count") == Some(true)),
            // In Istanbul's `truecount` and `falsecount` are branches taken and not taken, and the
            // hits stand beside them; Clover counts there how often the condition held and not.
            "cond" => {
                let either = || ran("truecount") == Some(true) || ran("falsecount") == Some(true);
                self.conditions
                    .add(number, ran("count").unwrap_or_else(either));
            }
            _ => {}
        }
    }
}

/// The shares in an element `metrics`.
fn shares(metrics: &Element) -> Shares {
    let count = |name: &str| metrics.attribute(name)?.trim().parse().ok();
    let share = |covered: &str, all: &str| ratio(count(covered), count(all));
    Shares {
        lines: None,
        // Without branches being measured, PHPUnit and gcovr write 0 of 0.
        branches: share("coveredconditionals", "conditionals").filter(|ratio| ratio.total > 0),
        functions: share("coveredmethods", "methods"),
        statements: share("coveredstatements", "statements"),
    }
}

impl Format for Clover {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.xml().is_some_and(|root| {
            let has = |name| root.attribute(name).is_some();
            root.name == "coverage" && (has("generated") || has("clover")) && !has("line-rate")
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut walk = Walk::default();
        document.xml(|part| {
            walk.take(part);
            true
        })?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        if let Some(root) = &walk.root {
            describe(root, &mut reading);
        }
        measure(walk, document.path, &mut reading);
        Ok(reading)
    }
}

/// Version and time. Istanbul states a version of Clover too, so it does not tell the tool; gcovr
/// states a time in its place.
fn describe(root: &Element, reading: &mut Reading) {
    if let Some(version) = root.attribute("phpunit") {
        reading.tool = Some("PHPUnit".to_owned());
        reading.tool_version = Some(version.to_owned());
    } else {
        let version = root.attribute("clover").map(str::trim);
        let version = version.filter(|version| version.contains('.'));
        reading.tool_version = version.map(str::to_owned);
    }
    let made = root.attribute("generated").unwrap_or_default().trim();
    match moment_of_epoch(made) {
        Some(moment) => reading.produced_at = Some(moment.to_string()),
        None => set_produced(reading, made),
    }
}

fn measure(mut walk: Walk, path: &str, reading: &mut Reading) {
    let files = walk.files.len() as u64;
    let mut listed = Shares::default();
    for file in &walk.files {
        listed.add(file.metrics);
    }
    if walk.metrics.is_none() && files > 0 {
        reading.note("The project has no metrics; those of its files were added up.");
    }
    let mut sum = walk.metrics.unwrap_or(listed);
    measured::compare_listed(reading, sum, listed);
    let with_conditions = kind_of_lines(&walk.files, sum.statements);
    if with_conditions.is_none() && sum.statements.is_some_and(|all| all.total > 0) {
        let (ran, all) = stand(&walk.files, false);
        reading.note(format!(
            "The report lists {ran} of {all} statements line by line, which is not what its \
             metrics say, so no share of lines was taken from it."
        ));
    }
    for file in &mut walk.files {
        let mut shares = file.metrics;
        let mut missing = String::new();
        if let Some(with_conditions) = with_conditions {
            let mut lines = std::mem::take(&mut file.statements.lines);
            if with_conditions {
                lines.add_all(std::mem::take(&mut file.conditions.lines));
            }
            shares.lines = lines.shares().lines;
            missing = lines.missing();
        }
        add_lines(&mut sum, shares.lines);
        let source = Source::line(path, file.at);
        reading
            .items
            .push(measured::item(source, &file.path, shares, missing));
    }
    measured::measure(reading, sum, files);
    measured::settle(reading, sum, &[]);
}

fn add_lines(sum: &mut Shares, lines: Option<Ratio>) {
    sum.add(Shares {
        lines,
        ..Shares::default()
    });
}

/// Which of the lines are the statements of the metrics: those of that type, or as Istanbul has it,
/// with those that hold a condition. `None` where neither adds up.
fn kind_of_lines(files: &[File], statements: Option<Ratio>) -> Option<bool> {
    let statements = statements?;
    let declared = (statements.covered, statements.total);
    [false, true]
        .into_iter()
        .find(|with_conditions| stand(files, *with_conditions) == declared)
}

/// How many listed lines ran, and how many there are.
fn stand(files: &[File], with_conditions: bool) -> (u64, u64) {
    let of = |(ran, all): (u64, u64), listed: &Listed| (ran + listed.stand.0, all + listed.stand.1);
    files.iter().fold((0, 0), |sum, file| {
        let sum = of(sum, &file.statements);
        if with_conditions {
            of(sum, &file.conditions)
        } else {
            sum
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;
    use crate::model::value::Value;

    fn read(project: &str) -> Reading {
        let text = format!("<coverage generated='1675424586' clover='3.2.0'>{project}</coverage>");
        let document = Document::new("clover.xml", text.as_bytes());
        assert!(Clover.recognises(&document));
        Clover.read(&document).expect("a reading")
    }

    const METRICS: &str = "<metrics statements='3' coveredstatements='2' conditionals='4'
        coveredconditionals='1' methods='2' coveredmethods='1'/>";

    #[test]
    fn the_statements_of_istanbul_are_lines_with_and_without_conditions() {
        let reading = read(&format!(
            "<project>{METRICS}<package><metrics statements='9'/><file name='a.js' path='src/a.js'>
             {METRICS}<class><metrics statements='7'/></class>
             <line num='1' count='1' type='stmt'/>
             <line num='2' count='1' type='cond' truecount='1' falsecount='3'/>
             <line num='4' count='0' type='cond' truecount='0' falsecount='2'/></file></package>
             </project>
             <testproject><metrics statements='50' coveredstatements='50'/><file name='t'>
             <metrics statements='50' coveredstatements='50'/></file></testproject>"
        ));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["statements"].to_string(), "2 of 3");
        assert_eq!(reading.measures["lines"].to_string(), "2 of 3");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 4");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 2");
        assert_eq!(reading.measures["files"], Value::Int(1));
        assert_eq!(reading.items[0].get("path"), &Value::from("src/a.js"));
        assert_eq!(reading.items[0].get("missing"), &Value::from("4"));
        assert_eq!(reading.notes, [""; 0]);
    }

    #[test]
    fn several_statements_of_a_line_are_one_line_and_conditions_stand_beside_them() {
        let reading = read(&format!(
            "<project>{METRICS}<file name='A.java'>{METRICS}
             <line num='1' count='5' type='method'/><line num='2' count='1' type='stmt'/>
             <line num='2' count='0' type='stmt'/><line num='2' truecount='1' type='cond'/>
             <line num='3' count='4' type='stmt'/></file></project>"
        ));
        assert_eq!(reading.measures["statements"].to_string(), "2 of 3");
        assert_eq!(reading.measures["lines"].to_string(), "2 of 2");
    }

    #[test]
    fn lines_that_are_not_all_statements_give_no_share_of_lines() {
        let trimmed = read(&format!(
            "<project>{METRICS}<file name='a.js'><metrics statements='1' coveredstatements='1'/>
             <line num='1' count='1' type='stmt'/></file></project>"
        ));
        assert_eq!(trimmed.state, ReadingState::Complete);
        assert!(!trimmed.measures.contains_key("lines"));
        assert_eq!(trimmed.notes.len(), 2, "{:?}", trimmed.notes);
        assert_eq!(read("").state, ReadingState::NothingMeasured);
        let odd = read("<project><metrics statements='1' coveredstatements='2'/></project>");
        assert_eq!(odd.state, ReadingState::Incomplete);
    }
}
