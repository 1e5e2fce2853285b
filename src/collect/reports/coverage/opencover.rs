//! OpenCover XML, which coverlet and AltCover write too.
//!
//! The first summary of the session is the result; those of modules, classes and methods repeat it.
//! A sequence point is a statement. The share of lines is that of the lines on which one begins, and
//! is given only where the points that are listed are all those of the summary. Modules that were
//! skipped have no numbers and are said.

use std::collections::{BTreeMap, HashMap};

use super::files::Files;
use super::marks::Marks;
use super::measured::{self, Shares, ranges, ratio};
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::model::text::excerpt;
use crate::model::value::Ratio;
use crate::parse::error::ParseError;
use crate::parse::json::Hits;
use crate::parse::xml::{Element, Part};

/// OpenCover XML.
pub(in crate::collect::reports) struct OpenCover;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "opencover",
    usual_names: &["opencover*.xml", "*.opencover.xml"],
    about: "OpenCover, coverlet (`opencover`) and AltCover write it.",
    sample: (
        "coverage.opencover.xml",
        r#"<?xml version="1.0" encoding="utf-8"?>
<CoverageSession><Summary numSequencePoints="2" visitedSequencePoints="1" numBranchPoints="0"
 visitedBranchPoints="0" numMethods="1" visitedMethods="1"/><Modules><Module><Files><File uid="1"
 fullPath="a.cs"/></Files><Classes><Class><Methods><Method visited="true"><SequencePoints>
<SequencePoint vc="1" sl="3" fileid="1"/><SequencePoint vc="0" sl="4" fileid="1"/></SequencePoints>
</Method></Methods></Class></Classes></Module></Modules></CoverageSession>"#,
    ),
};

/// The line that compilers write for code that has no source.
const HIDDEN: u64 = 0xfe_efee;

/// What was gathered so far.
#[derive(Default)]
struct Walk {
    version: Option<String>,
    summary: Option<Shares>,
    files: Files<Points>,
    listed: Points,
    /// The files of the open module by their number, and that of the open method.
    by_uid: HashMap<String, usize>,
    of_method: Option<usize>,
    modules: u64,
    /// Modules left out, by the reason.
    skipped: BTreeMap<String, u64>,
}

/// Points of a file, or of all.
#[derive(Debug, Default)]
struct Points {
    statements: (u64, u64),
    branches: (u64, u64),
    lines: Marks,
}

impl Points {
    fn shares(&mut self) -> Shares {
        let share = |(visited, all): (u64, u64)| (all > 0).then_some(Ratio::new(visited, all));
        Shares {
            lines: share(self.lines.counts()),
            branches: share(self.branches),
            functions: None,
            statements: share(self.statements),
        }
    }
}

impl Walk {
    fn start(&mut self, element: &Element) {
        let attribute = |name| element.attribute(name);
        match element.name.as_str() {
            "CoverageSession" => self.version = attribute("Version").map(str::to_owned),
            "Summary" if element.depth == 2 && self.summary.is_none() => {
                self.summary = Some(summary(element));
            }
            "Module" => {
                self.by_uid.clear();
                self.modules += 1;
                if let Some(reason) = attribute("skippedDueTo") {
                    *self.skipped.entry(reason.to_owned()).or_default() += 1;
                }
            }
            "File" => {
                let path = attribute("fullPath").unwrap_or_default();
                let place = self.files.place(path, element.line);
                let uid = attribute("uid").unwrap_or_default();
                self.by_uid.insert(uid.to_owned(), place);
            }
            "Method" => self.of_method = None,
            "FileRef" => self.of_method = self.place(attribute("uid")),
            "SequencePoint" => self.point(element, |points, ran| {
                count(&mut points.statements, ran);
            }),
            "BranchPoint" => self.point(element, |points, ran| count(&mut points.branches, ran)),
            _ => {}
        }
    }

    fn place(&self, uid: Option<&str>) -> Option<usize> {
        self.by_uid.get(uid?).copied()
    }

    /// Counts a point, in its file and in all. Only newer versions name the file at each point.
    fn point(&mut self, element: &Element, take: impl Fn(&mut Points, bool)) {
        let ran = Hits::parse(element.attribute("vc").unwrap_or_default()).ran();
        take(&mut self.listed, ran);
        let place = self.place(element.attribute("fileid")).or(self.of_method);
        let Some(points) = place.and_then(|place| self.files.at(place)) else {
            return;
        };
        take(points, ran);
        let line = element.attribute("sl").and_then(|line| line.parse().ok());
        if element.name == "SequencePoint"
            && let Some(line) = line.filter(|line| *line != HIDDEN)
        {
            points.lines.add(line, ran);
        }
    }
}

fn count((visited, all): &mut (u64, u64), ran: bool) {
    *visited += u64::from(ran);
    *all += 1;
}

fn summary(element: &Element) -> Shares {
    let count = |name: &str| element.attribute(name)?.trim().parse().ok();
    let share = |visited: &str, all: &str| ratio(count(visited), count(all));
    Shares {
        lines: None,
        branches: share("visitedBranchPoints", "numBranchPoints").filter(|all| all.total > 0),
        functions: share("visitedMethods", "numMethods"),
        statements: share("visitedSequencePoints", "numSequencePoints"),
    }
}

impl Format for OpenCover {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let root = document.look.xml();
        root.is_some_and(|root| root.name == "CoverageSession")
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
        reading.tool_version = walk.version.take();
        measure(walk, document.path, &mut reading);
        Ok(reading)
    }
}

/// Whether the summary counts one more branch for each method than there are branch points.
fn entries_are_branches(stated: Shares, listed: Shares) -> bool {
    let (Some(branches), Some(methods)) = (stated.branches, stated.functions) else {
        return false;
    };
    let points = listed.branches.unwrap_or(Ratio::new(0, 0));
    methods.total > 0
        && points.covered.checked_add(methods.covered) == Some(branches.covered)
        && points.total.checked_add(methods.total) == Some(branches.total)
}

fn measure(mut walk: Walk, path: &str, reading: &mut Reading) {
    let listed = walk.listed.shares();
    let stated = walk.summary.filter(|summary| summary.statements.is_some());
    if stated.is_none() && walk.modules > 0 {
        reading.note("The session has no summary; its points were counted.");
    }
    let mut sum = stated.unwrap_or(listed);
    if entries_are_branches(sum, listed) {
        reading.note("As OpenCover counts them, the branches include the entry of each method.");
        measured::compare_listed(
            reading,
            Shares {
                branches: None,
                ..sum
            },
            listed,
        );
    } else {
        measured::compare_listed(reading, sum, listed);
    }
    let all_listed = sum.statements == listed.statements;
    let mut files = 0_u64;
    for entry in walk.files.into_list() {
        let mut points = entry.gathered;
        let mut shares = points.shares();
        // A module names all its files, those too of which nothing is measured.
        if shares.nothing() {
            continue;
        }
        files += 1;
        if !all_listed {
            shares.lines = None;
        }
        sum.add(Shares {
            lines: shares.lines,
            ..Shares::default()
        });
        reading.items.push(measured::item(
            Source::line(path, entry.at),
            &entry.name,
            shares,
            ranges(points.lines.unmarked()),
        ));
    }
    if sum.statements.is_none() {
        sum.statements = Some(Ratio::new(0, 0));
    }
    measured::measure(reading, sum, files);
    say_skipped(&walk.skipped, reading);
    measured::settle(reading, sum, &[]);
}

/// Says how many modules the tool left out, and why.
fn say_skipped(skipped: &BTreeMap<String, u64>, reading: &mut Reading) {
    if skipped.is_empty() {
        return;
    }
    let reasons: Vec<String> = skipped
        .iter()
        .map(|(reason, count)| format!("{} {count}", excerpt(reason)))
        .collect();
    reading.note(format!(
        "{} left out by the tool ({}) and counted nowhere.",
        counted(skipped.values().sum(), "module was", "modules were"),
        reasons.join(", ")
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;
    use crate::model::value::Value;

    fn read(inner: &str) -> Reading {
        let text = format!("<CoverageSession Version='4.7.1'>{inner}</CoverageSession>");
        let document = Document::new("opencover.xml", text.as_bytes());
        assert!(OpenCover.recognises(&document));
        OpenCover.read(&document).expect("a reading")
    }

    const MODULES: &str = r"<Modules><Module skippedDueTo='Filter'><Classes/></Module><Module>
        <Summary numSequencePoints='99'/><Files><File uid='1' fullPath='C:\a.cs'/>
        <File uid='2' fullPath='C:\b.cs'/></Files><Classes><Class><Methods>
        <Method><FileRef uid='1'/><SequencePoints><SequencePoint vc='0' sl='3'/>
        <SequencePoint vc='2' sl='3'/><SequencePoint vc='0' sl='16707566'/></SequencePoints>
        <BranchPoints><BranchPoint vc='0'/></BranchPoints><MethodPoint vc='1' sl='3'/></Method>
        <Method><SequencePoints><SequencePoint vc='0' sl='7' fileid='2'/></SequencePoints></Method>
        </Methods></Class></Classes></Module></Modules>";

    #[test]
    fn the_summary_of_the_session_counts_and_lines_are_those_on_which_points_begin() {
        let reading = read(&format!(
            "<Summary numSequencePoints='4' visitedSequencePoints='1' numBranchPoints='3'
             visitedBranchPoints='1' numMethods='2' visitedMethods='1'/>{MODULES}"
        ));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["statements"].to_string(), "1 of 4");
        assert_eq!(reading.measures["branches"].to_string(), "1 of 3");
        assert_eq!(reading.measures["functions"].to_string(), "1 of 2");
        assert_eq!(reading.measures["lines"].to_string(), "1 of 2");
        assert_eq!(reading.measures["files"], Value::Int(2));
        assert_eq!(reading.items[1].get("missing"), &Value::from("7"));
        assert_eq!(reading.items[0].get("statements").to_string(), "1 of 3");
        assert_eq!(
            reading.notes,
            [
                "As OpenCover counts them, the branches include the entry of each method.",
                "1 module was left out by the tool (Filter 1) and counted nowhere.",
            ]
        );
    }

    #[test]
    fn a_summary_that_the_points_do_not_bear_out_gives_no_share_of_lines() {
        let reading = read(&format!(
            "<Summary numSequencePoints='9' visitedSequencePoints='9'/>{MODULES}"
        ));
        assert_eq!(reading.measures["statements"].to_string(), "9 of 9");
        assert!(!reading.measures.contains_key("lines"));
        assert!(
            reading.notes[0].contains("1 of 4 statements"),
            "{:?}",
            reading.notes
        );
        let without = read(MODULES);
        assert_eq!(without.measures["statements"].to_string(), "1 of 4");
        let none = read("<Summary numSequencePoints='0' visitedSequencePoints='0'/><Modules/>");
        assert_eq!(none.state, ReadingState::NothingMeasured);
        assert_eq!(read("<Modules/>").state, ReadingState::NothingMeasured);
        let odd = read("<Summary numSequencePoints='1' visitedSequencePoints='2'/>");
        assert_eq!(odd.state, ReadingState::Incomplete);
    }
}
