//! Cobertura XML, which coverage.py, gcovr, coverlet, nyc, simplecov and many others write.
//!
//! The DTD (coverage-04) repeats the lines of a class under its methods; only those that stand in
//! the class itself count. One file may be several classes, so a line is known by its file and
//! number, and is covered when any of its repetitions was hit. The attribute `version` is that of
//! the tool, not of the format.

use super::files::{Entry, Files, Lines};
use super::measured::{self, Listed, Shares};
use crate::collect::reports::words::{counted, moment_of_epoch, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::json::Hits;
use crate::parse::loose::millionths;
use crate::parse::xml::{Element, Piece, Tag};

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

/// What was gathered so far.
#[derive(Default)]
struct Walk {
    root: Option<Element>,
    files: Files<Lines>,
    /// The class that is open.
    class: Option<Class>,
    /// How many `methods` elements are open.
    methods: usize,
    /// Classes whose lines stand under their methods alone.
    without_lines: u64,
    /// Lines without a number, and hits that are no count.
    unnumbered: u64,
    uncounted: u64,
}

/// A class of the report.
struct Class {
    /// The place of its file.
    file: usize,
    own: Body,
    of_methods: Body,
}

/// The lines of a class, or of its methods.
#[derive(Default)]
struct Body {
    lines: Lines,
    unnumbered: u64,
    uncounted: u64,
}

impl Body {
    fn add(&mut self, line: &Tag<'_>) {
        let number = line.attribute("number");
        let Some(number) = number.and_then(|number| number.trim().parse().ok()) else {
            self.unnumbered += 1;
            return;
        };
        let hits = Hits::parse(line.attribute("hits").unwrap_or_default());
        self.uncounted += u64::from(matches!(hits, Hits::Odd | Hits::Absent));
        self.lines.add(number, hits.ran());
        if let Some(counts) = line.attribute("condition-coverage").and_then(branches) {
            self.lines.branches(number, counts);
        }
    }

    const fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.unnumbered == 0
    }
}

impl Walk {
    fn take(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Start(tag) if tag.depth == 1 => self.root = Some(tag.to_element()),
            Piece::Start(tag) => match tag.name {
                "class" => self.open(tag),
                "methods" => self.methods += 1,
                "line" => self.line(tag),
                _ => {}
            },
            Piece::End(name) => match *name {
                "class" => self.close(),
                "methods" => self.methods = self.methods.saturating_sub(1),
                _ => {}
            },
            Piece::Text(_) => {}
        }
    }

    fn open(&mut self, class: &Tag<'_>) {
        let name = class.attribute("filename").unwrap_or_default();
        self.class = Some(Class {
            file: self.files.place(name, class.line),
            own: Body::default(),
            of_methods: Body::default(),
        });
    }

    fn line(&mut self, line: &Tag<'_>) {
        match &mut self.class {
            Some(class) if self.methods > 0 => class.of_methods.add(line),
            Some(class) => class.own.add(line),
            None => {}
        }
    }

    /// Some writers, one for Swift among them, leave the lines of a class out.
    fn close(&mut self) {
        let Some(class) = self.class.take() else {
            return;
        };
        let only_of_methods = class.own.is_empty() && !class.of_methods.is_empty();
        self.without_lines += u64::from(only_of_methods);
        let body = if only_of_methods {
            class.of_methods
        } else {
            class.own
        };
        self.unnumbered += body.unnumbered;
        self.uncounted += body.uncounted;
        if let Some(file) = self.files.at(class.file) {
            file.add_all(body.lines);
        }
    }
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

    fn streams(&self) -> bool {
        true
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut walk = Walk::default();
        document.pieces(|piece| {
            walk.take(&piece);
            !walk.files.are_too_many()
        })?;
        walk.files.hold()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        if let Some(root) = &walk.root {
            describe(root, document, &mut reading);
        }
        measure(walk, document, &mut reading);
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

fn measure(mut walk: Walk, document: &Document<'_>, reading: &mut Reading) {
    let files = walk.files.count();
    let mut sum = Shares::default();
    let mut listed = Listed::default();
    for entry in std::mem::take(&mut walk.files).into_list() {
        let Entry {
            name,
            at,
            mut gathered,
        } = entry;
        let shares = gathered.shares();
        sum.add(shares);
        let source = Source::line(document.path, at);
        listed.add(measured::item(source, &name, shares, gathered.missing()));
    }
    listed.finish(reading);
    let lines = sum.lines.unwrap_or(Ratio::new(0, 0));
    sum.lines = Some(lines);
    measured::measure(reading, sum, files);
    measured::note_odd(reading, walk.uncounted);
    if walk.without_lines > 0 {
        reading.note(format!(
            "The lines of {} stand under their methods alone, and were counted there.",
            counted(walk.without_lines, "class", "classes")
        ));
    }
    if let Some(valid) = walk.root.as_ref().and_then(valid)
        && lines.total > 0
        && valid > lines.total.saturating_mul(FAR)
    {
        let why = format!(
            "The report says that it is about {} and lists {}, so that most of it is missing.",
            counted(valid, "line", "lines"),
            lines.total
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    let declared = walk.root.as_ref().and_then(|root| declared(root, lines));
    match declared {
        Some(declared) if lines.total == 0 => {
            let why = format!("The report says {declared} and lists not one line.");
            reading.lower(ReadingState::Incomplete, why);
        }
        Some(declared) => reading.note(format!(
            "The report says {declared}; its lines add up to {} of {}. The lines were counted.",
            lines.covered, lines.total
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

/// How many times as many lines a report may count as it lists. Some tools count a line once for
/// each class or method that it stands in, and those differ by less.
const FAR: u64 = 2;

/// How many lines the root element says the report is about.
fn valid(root: &Element) -> Option<u64> {
    root.attribute("lines-valid")?.trim().parse().ok()
}

/// What the root element says, where it disagrees with the lines: by its counts, or by its rate
/// when that differs by more than half a point, as some tools cut it.
fn declared(root: &Element, lines: Ratio) -> Option<String> {
    let count = |name| root.attribute(name)?.trim().parse::<u64>().ok();
    if let (Some(covered), Some(valid)) = (count("lines-covered"), count("lines-valid")) {
        return (Ratio::new(covered, valid) != lines)
            .then(|| format!("{covered} of {valid} lines"));
    }
    let rate = root.attribute("line-rate")?.trim();
    let share = millionths(rate)?;
    let far = match share_of(lines) {
        Some(counted) => share.abs_diff(counted) > 5_000,
        // A rate of 0 or 1 is what tools write when there is nothing to divide by.
        None => share > 0 && share < 1_000_000,
    };
    far.then(|| format!("a line rate of {rate}"))
}

/// The share of covered lines in millionths, where there are lines.
fn share_of(lines: Ratio) -> Option<u64> {
    let covered = u128::from(lines.covered) * 1_000_000;
    u64::try_from(covered.checked_div(u128::from(lines.total))?).ok()
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
    fn lines_that_stand_under_methods_alone_are_counted_there() {
        let reading = read(
            "<coverage line-rate='0.5' lines-covered='1' lines-valid='2'><package>
             <class filename='a.swift'><methods><method><lines><line number='5' hits='0'/>
             <line number='5' hits='0'/></lines></method><method><lines><line number='9' hits='1'/>
             </lines></method></methods></class>
             <class filename='b.swift'><methods/><lines/></class></package></coverage>",
        );
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.measures["files"], Value::Int(2));
        assert!(reading.notes[0].contains("1 class stand under"));
    }

    #[test]
    fn a_report_that_lists_less_than_half_of_its_lines_is_incomplete() {
        let of = |valid: u64| {
            read(&format!(
                "<coverage line-rate='1' lines-covered='{valid}' lines-valid='{valid}'>
                 <class filename='a'><lines><line number='1' hits='1'/><line number='2' hits='1'/>
                 </lines></class></coverage>"
            ))
        };
        assert_eq!(of(4).state, ReadingState::Complete);
        let cut = of(5);
        assert_eq!(cut.state, ReadingState::Incomplete);
        assert!(
            cut.notes
                .iter()
                .any(|note| note.contains("about 5 lines and lists 2"))
        );
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
