//! Cobertura XML, which coverage.py, gcovr, coverlet, nyc, simplecov and many others write.
//!
//! The DTD (coverage-04) repeats the lines of a class under its methods; only those that stand in
//! the class itself count. One file may be several classes, so a line is known by its file and
//! number, and is covered when any of its repetitions was hit. The attribute `version` is that of
//! the tool, not of the format.

use std::collections::{BTreeMap, HashMap};

use super::measured::{self, Sum};
use crate::collect::reports::words::{counted, length, moment_of_epoch, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::loose::millionths;
use crate::parse::xml::{Element, Part};

/// Cobertura XML.
pub(in crate::collect::reports) struct Cobertura;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "cobertura",
    usual_names: &["coverage*.xml", "cobertura*.xml", "*.cobertura.xml"],
    about: "coverage.py (`coverage xml`), gcovr, coverlet, nyc, simplecov and others write it.",
    sample: (
        "coverage.xml",
        r#"<?xml version="1.0"?>
<coverage line-rate="0.5" lines-covered="1" lines-valid="2" timestamp="1675424586"><class
 filename="a.py"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class>
</coverage>"#,
    ),
};

/// A file of the report, gathered from all its classes.
#[derive(Default)]
struct Covered {
    name: String,
    /// Where its first class stands in the report.
    at: u32,
    lines: BTreeMap<u64, Line>,
}

#[derive(Default)]
struct Line {
    hit: bool,
    branches: (u64, u64),
}

/// What was gathered so far.
#[derive(Default)]
struct Walk {
    root: Option<Element>,
    files: Vec<Covered>,
    by_name: HashMap<String, usize>,
    /// The file of the class that is open.
    current: Option<usize>,
    /// How many `methods` elements are open.
    methods: usize,
    /// Lines without a number, and hits that are no count.
    unnumbered: u64,
    uncounted: u64,
}

impl Walk {
    fn take(&mut self, part: Part) {
        match part {
            Part::Start(element) if element.depth == 1 => self.root = Some(element),
            Part::Start(element) => match element.name.as_str() {
                "class" => self.open(&element),
                "methods" => self.methods += 1,
                "line" if self.methods == 0 => self.line(&element),
                _ => {}
            },
            Part::End(name) => match name.as_str() {
                "class" => self.current = None,
                "methods" => self.methods = self.methods.saturating_sub(1),
                _ => {}
            },
            Part::Text(_) => {}
        }
    }

    fn open(&mut self, class: &Element) {
        let name = class.attribute("filename").unwrap_or_default();
        let at = *self.by_name.entry(name.to_owned()).or_insert_with(|| {
            self.files.push(Covered {
                name: name.to_owned(),
                at: class.line,
                lines: BTreeMap::new(),
            });
            self.files.len() - 1
        });
        self.current = Some(at);
    }

    fn line(&mut self, element: &Element) {
        let Some(file) = self.current.and_then(|at| self.files.get_mut(at)) else {
            return;
        };
        let number = element.attribute("number");
        let Some(number) = number.and_then(|number| number.trim().parse().ok()) else {
            self.unnumbered += 1;
            return;
        };
        let hit = hit(element.attribute("hits").unwrap_or_default());
        self.uncounted += u64::from(hit.is_none());
        let line = file.lines.entry(number).or_default();
        line.hit |= hit == Some(true);
        if let Some((covered, total)) = element.attribute("condition-coverage").and_then(branches) {
            line.branches.0 = line.branches.0.max(covered);
            line.branches.1 = line.branches.1.max(total);
        }
    }
}

/// Whether a count of hits is more than zero. It may be larger than any integer of ours, or a
/// whole float; a negative one (an overflow in gcov) says nothing.
fn hit(hits: &str) -> Option<bool> {
    let hits = hits.trim();
    if !hits.is_empty() && hits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(hits.bytes().any(|byte| byte != b'0'));
    }
    millionths(hits).map(|hits| hits > 0)
}

/// The branches in `50% (1/2)`.
fn branches(condition: &str) -> Option<(u64, u64)> {
    let (_, counts) = condition.split_once('(')?;
    let (covered, total) = counts.split_once(')')?.0.split_once('/')?;
    let (covered, total) = (covered.trim().parse().ok()?, total.trim().parse().ok()?);
    (covered <= total).then_some((covered, total))
}

impl Format for Cobertura {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        // Clover and SonarQube use the same root element, without a line rate.
        document
            .look
            .xml()
            .is_some_and(|root| root.name == "coverage" && root.attribute("line-rate").is_some())
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut walk = Walk::default();
        document.xml(|part| {
            walk.take(part);
            true
        })?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        if let Some(root) = &walk.root {
            describe(root, document, &mut reading);
        }
        measure(&walk, document, &mut reading);
        Ok(reading)
    }
}

/// Tool, version and time, as far as the report says.
fn describe(root: &Element, document: &Document<'_>, reading: &mut Reading) {
    let version = root.attribute("version").unwrap_or_default().trim();
    let head: String = document.head().chars().take(2_000).collect();
    // Generators name themselves in a comment or in the version; the format has no field for it.
    let named = [
        ("Generated by coverage.py", "coverage.py"),
        ("Generated by simplecov-cobertura", "simplecov-cobertura"),
    ];
    if let Some((_, tool)) = named.iter().find(|(says, _)| head.contains(says)) {
        reading.tool = Some((*tool).to_owned());
    } else if version.starts_with("gcovr ") {
        reading.tool = Some("gcovr".to_owned());
    }
    let version = version.strip_prefix("gcovr ").unwrap_or(version);
    reading.tool_version = (!version.is_empty()).then(|| version.to_owned());
    let made = root.attribute("timestamp").unwrap_or_default().trim();
    match moment_of_epoch(made) {
        Some(moment) => reading.produced_at = Some(moment.to_string()),
        None if made == "0" => {}
        None => set_produced(reading, made),
    }
}

fn measure(walk: &Walk, document: &Document<'_>, reading: &mut Reading) {
    let sums: Vec<Sum> = walk.files.iter().map(sum_of).collect();
    let mut sum = Sum::default();
    for file in &sums {
        sum.add(*file);
    }
    let measured = sum.branches.1 > 0;
    for (file, counts) in walk.files.iter().zip(sums) {
        let missing: Vec<u64> = file
            .lines
            .iter()
            .filter(|(_, line)| !line.hit)
            .map(|(number, _)| *number)
            .collect();
        reading.items.push(measured::item(
            Source::line(document.path, file.at),
            &file.name,
            counts,
            measured && counts.branches.1 > 0,
            &missing,
        ));
    }
    measured::measure(reading, sum, measured, length(&walk.files));
    if walk.uncounted > 0 {
        reading.note(format!(
            "The hits of {} are no count; such a line counts as not covered.",
            counted(walk.uncounted, "line", "lines")
        ));
    }
    let declared = walk.root.as_ref().and_then(|root| declared(root, sum));
    match declared {
        Some(declared) if sum.lines.1 == 0 => {
            let why = format!("The report says {declared} and lists not one line.");
            reading.lower(ReadingState::Incomplete, why);
        }
        Some(declared) => reading.note(format!(
            "The report says {declared}; its lines add up to {} of {}. The lines were counted.",
            sum.lines.0, sum.lines.1
        )),
        None => {}
    }
    if walk.unnumbered > 0 {
        let why = format!(
            "{} without a number, which cannot be counted.",
            counted(walk.unnumbered, "line stands", "lines stand")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    measured::settle(reading, sum, &[]);
}

fn sum_of(file: &Covered) -> Sum {
    let mut sum = Sum::default();
    for line in file.lines.values() {
        sum.add(Sum {
            lines: (u64::from(line.hit), 1),
            branches: line.branches,
        });
    }
    sum
}

/// What the root element says, where it disagrees with the lines: by its counts, or by its rate
/// when that differs by more than half a point, as some tools cut it.
fn declared(root: &Element, sum: Sum) -> Option<String> {
    let count = |name| root.attribute(name)?.trim().parse::<u64>().ok();
    if let (Some(covered), Some(valid)) = (count("lines-covered"), count("lines-valid")) {
        return ((covered, valid) != sum.lines).then(|| format!("{covered} of {valid} lines"));
    }
    let rate = root.attribute("line-rate")?.trim();
    let share = millionths(rate)?;
    let far = match share_of(sum) {
        Some(counted) => share.abs_diff(counted) > 5_000,
        // A rate of 0 or 1 is what tools write when there is nothing to divide by.
        None => share > 0 && share < 1_000_000,
    };
    far.then(|| format!("a line rate of {rate}"))
}

/// The share of covered lines in millionths, where there are lines.
fn share_of(sum: Sum) -> Option<u64> {
    let covered = u128::from(sum.lines.0) * 1_000_000;
    u64::try_from(covered.checked_div(u128::from(sum.lines.1))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn read(text: &str) -> Reading {
        let document = Document::new("coverage.xml", text.as_bytes());
        assert!(Cobertura.recognises(&document));
        Cobertura.read(&document).expect("a reading")
    }

    #[test]
    fn a_line_is_counted_once_however_often_it_stands() {
        let reading = read(
            "<coverage line-rate='0.5' lines-covered='1' lines-valid='2' version='gcovr 8.8'
              timestamp='1675424586'><packages><package><classes>
              <class filename='a.c'><methods><method><lines><line number='9' hits='0'/></lines>
                </method></methods><lines><line number='1' hits='0'/>
                <line number='2' hits='18446744073709551616' condition-coverage='50% (1/2)'/>
                </lines></class>
              <class filename='a.c'><lines><line number='2' hits='0'
                condition-coverage='0% (0/2)'/></lines></class>
              </classes></package></packages></coverage>",
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 2");
        assert_eq!(reading.measures["files"], Value::Int(1));
        assert_eq!(reading.items[0].get("missing"), &Value::from("1"));
        assert_eq!(reading.items[0].source, Source::line("coverage.xml", 3));
        assert_eq!(reading.produced_at.as_deref(), Some("2023-02-03T11:43:06Z"));
        assert_eq!(reading.tool.as_deref(), Some("gcovr"));
    }

    #[test]
    fn a_rate_of_one_over_nothing_is_nothing_measured() {
        let reading = read("<coverage line-rate='1' lines-covered='0' lines-valid='0'/>");
        assert_eq!(reading.state, ReadingState::NothingMeasured);
        let stripped = read("<coverage line-rate='0.9' lines-covered='90' lines-valid='100'/>");
        assert_eq!(stripped.state, ReadingState::Incomplete);
        assert!(stripped.notes[0].contains("90 of 100 lines"));
    }

    #[test]
    fn hits_that_are_no_count_are_not_covered_and_said() {
        let reading = read(
            "<coverage line-rate='NaN'><class filename='a'><lines><line number='1' hits='-3'/>
             <line number='2' hits='2.0'/></lines></class></coverage>",
        );
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.notes.len(), 1);
        let document = Document::new("a", b"<coverage generated='1'><project/></coverage>");
        assert!(!Cobertura.recognises(&document), "Clover");
    }
}
