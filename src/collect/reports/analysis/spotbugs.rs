//! SpotBugs' XML report, and that of `FindBugs` before it.
//!
//! A bug with `last` was gone in a later version of the code. `Errors` names what could not be
//! analysed; a missing class makes the analysis coarser and leaves nothing out.

use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact;
use crate::collect::reports::redact_xml::{self, Spot};
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::{compare, counted, moment_of_epoch, set_produced};
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::parse::error::ParseError;
use crate::parse::xml::{Element, Part};

/// SpotBugs' XML report.
pub(in crate::collect::reports) struct Spotbugs;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "spotbugs",
    usual_names: &["spotbugs*.xml", "findbugs*.xml", "*-spotbugs.xml"],
    about: "SpotBugs and FindBugs write it as XML.",
    sample: (
        "spotbugsXml.xml",
        r#"<BugCollection version="4.4.0" analysisTimestamp="1631172801721"><BugInstance
 type="HARD_CODE_PASSWORD" priority="1"><LongMessage>m &lt; n</LongMessage><SourceLine
 start="7" sourcepath="a/B.java"/></BugInstance><Errors errors="0" missingClasses="0"></Errors>
<FindBugsSummary total_classes="3" total_bugs="1"/></BugCollection>"#,
    ),
};

/// What is gathered while the document is read.
struct Gathered<'d> {
    path: &'d str,
    reading: Reading,
    rows: Rows,
    /// The open bug, with its first and its best place so far, and what it says.
    bug: Option<Bug>,
    open: Vec<String>,
    errors: u64,
    errors_listed: u64,
    missing: u64,
    missing_listed: u64,
    classes: Option<u64>,
    declared: Option<u64>,
    summarised: bool,
    quotes: bool,
}

struct Bug {
    element: Element,
    path: Option<String>,
    line: Option<u64>,
    /// Whether the place is that of the bug and not that of its class or method.
    own: bool,
    long: String,
    short: String,
}

impl Format for Spotbugs {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let root = document.look.xml();
        root.is_some_and(|root| root.name == "BugCollection")
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        // The reader of XML quotes what it stumbled over.
        let gathered = gather(document).map_err(|_| not_whole())?;
        if gathered.quotes {
            let redacted = redact_xml::without("spotbugs-xml/v1", document, hidden)?;
            if let Some((redaction, bytes)) = redacted {
                // Places are those in the bytes that are shipped.
                let again = Document::new(document.path, &bytes);
                let again = gather(&again).map_err(|_| not_whole())?;
                let mut reading = finish(again);
                redact::apply(Some((redaction, bytes)), &mut reading);
                return Ok(reading);
            }
        }
        Ok(finish(gathered))
    }
}

fn not_whole() -> ParseError {
    ParseError::whole("expected well-formed XML to the end")
}

fn quotes(bug: &Element) -> bool {
    bug.attribute("type").is_some_and(about_secrets)
}

/// Texts and constants inside a bug about secrets.
fn hidden(spot: &Spot<'_>) -> Option<&'static str> {
    let mut open = spot.open.iter();
    open.find(|element| element.name == "BugInstance" && quotes(element))?;
    let innermost = spot.open.last()?;
    match spot.attribute {
        None => Some("text"),
        Some("value") => {
            (innermost.name == "String" || innermost.name == "Property").then_some("value")
        }
        Some(_) => None,
    }
}

fn gather<'d>(document: &Document<'d>) -> Result<Gathered<'d>, ParseError> {
    let words = ["high", "normal", "low"];
    let mut gathered = Gathered {
        path: document.path,
        reading: Reading::new(SPEC.kind, SPEC.name),
        rows: Rows::new(&ANALYSIS_FINDING, Some("spotbugs"), &words),
        bug: None,
        open: Vec::new(),
        errors: 0,
        errors_listed: 0,
        missing: 0,
        missing_listed: 0,
        classes: None,
        declared: None,
        summarised: false,
        quotes: false,
    };
    document.xml(|part| {
        gathered.take(part);
        true
    })?;
    Ok(gathered)
}

fn count(element: &Element, name: &str) -> Option<u64> {
    element.attribute(name)?.trim().parse().ok()
}

/// The names of SpotBugs for its priorities.
fn priority(bug: &Element) -> Option<&'static str> {
    match bug.attribute("priority")?.trim() {
        "1" => Some("high"),
        "2" => Some("normal"),
        "3" => Some("low"),
        "4" => Some("experimental"),
        "5" => Some("ignored"),
        _ => None,
    }
}

impl Gathered<'_> {
    fn take(&mut self, part: Part) {
        match part {
            Part::Start(element) => {
                self.open.push(element.name.clone());
                self.start(element);
            }
            Part::Text(text) => self.text(&text),
            Part::End(name) => {
                self.open.pop();
                if name == "BugInstance"
                    && self.open.len() == 1
                    && let Some(bug) = self.bug.take()
                {
                    self.end(&bug);
                }
            }
        }
    }

    fn start(&mut self, element: Element) {
        match (self.open.len(), element.name.as_str()) {
            (1, _) => self.root(&element),
            (2, "BugInstance") => {
                self.quotes |= quotes(&element);
                self.bug = Some(Bug {
                    element,
                    path: None,
                    line: None,
                    own: false,
                    long: String::new(),
                    short: String::new(),
                });
            }
            (_, "SourceLine") => self.place(&element),
            (2, "Errors") => {
                self.errors = count(&element, "errors").unwrap_or(0);
                self.missing = count(&element, "missingClasses").unwrap_or(0);
            }
            (3, "Error" | "AnalysisError") => self.errors_listed += 1,
            (3, "MissingClass") => self.missing_listed += 1,
            (2, "FindBugsSummary") => {
                self.summarised = true;
                self.classes = count(&element, "total_classes");
                self.declared = count(&element, "total_bugs");
            }
            _ => {}
        }
    }

    fn root(&mut self, root: &Element) {
        let version = root.attribute("version").unwrap_or_default();
        let first = version
            .split('.')
            .next()
            .and_then(|first| first.parse::<u64>().ok());
        // The last FindBugs is 3.0.1, the first SpotBugs 3.1.
        let older = first.is_some_and(|first| first < 3) || version.starts_with("3.0");
        let tool = if older { "findbugs" } else { "spotbugs" };
        self.rows = Rows::new(&ANALYSIS_FINDING, Some(tool), &["high", "normal", "low"]);
        self.reading.tool = Some(tool.to_owned());
        self.reading.tool_version = Some(version.to_owned()).filter(|text| !text.is_empty());
        let made = root
            .attribute("analysisTimestamp")
            .and_then(moment_of_epoch);
        if let Some(made) = made {
            set_produced(&mut self.reading, &made.to_string());
        }
    }

    /// The place of a bug stands directly in it; those inside it are of its class and methods.
    fn place(&mut self, element: &Element) {
        let own = self.open.len() == 3;
        let Some(bug) = self.bug.as_mut() else {
            return;
        };
        if bug.own || (bug.path.is_some() && !own) {
            return;
        }
        let path = element
            .attribute("sourcepath")
            .or(element.attribute("sourcefile"));
        bug.path = path.map(str::to_owned);
        bug.line = count(element, "start");
        bug.own = own;
    }

    fn text(&mut self, text: &str) {
        let depth = self.open.len();
        if let (3, Some(name), Some(bug)) = (depth, self.open.last(), self.bug.as_mut()) {
            match name.as_str() {
                "LongMessage" => bug.long.push_str(text),
                "ShortMessage" => bug.short.push_str(text),
                _ => {}
            }
        }
    }

    fn end(&mut self, bug: &Bug) {
        let says = [&bug.long, &bug.short]
            .into_iter()
            .find(|text| !text.trim().is_empty());
        let severity = priority(&bug.element);
        let gone = bug
            .element
            .attribute("last")
            .is_some_and(|last| last.trim() != "-1");
        let row = Row {
            path: bug.path.as_deref(),
            line: bug.line,
            rule: bug.element.attribute("type"),
            severity,
            standing: if gone {
                Standing::Absent
            } else {
                Standing::Active
            },
            message: says.map(String::as_str).filter(|_| !quotes(&bug.element)),
            ..Row::default()
        };
        self.rows
            .take(Source::line(self.path, bug.element.line), &row);
    }
}

fn finish(gathered: Gathered<'_>) -> Reading {
    let Gathered {
        mut reading, rows, ..
    } = gathered;
    let total = rows.total();
    let active = rows.active();
    rows.finish(&mut reading);
    let missing = gathered.missing.max(gathered.missing_listed);
    if missing > 0 {
        reading.note(format!(
            "{} not found; what calls a missing class was analysed without knowing it.",
            counted(missing, "class was", "classes were")
        ));
    }
    let nouns = ("bug", "bugs");
    let stated = "The summary counts";
    compare(&mut reading, stated, gathered.declared, active, nouns);
    let errors = gathered.errors.max(gathered.errors_listed);
    if errors > 0 {
        let why = format!(
            "The tool reports {} of its own.",
            counted(errors, "error", "errors")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if total == 0 && !gathered.summarised {
        let why = "The report has no summary, so it does not show that anything was analysed.";
        reading.lower(ReadingState::Incomplete, why);
    } else if total == 0 && errors == 0 && gathered.classes == Some(0) {
        let why = "Not one class was analysed.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Reading {
        let text = format!(
            "<BugCollection version='4.4.0' timestamp='1' analysisTimestamp='1631172801721'>\
             {body}</BugCollection>"
        );
        let document = Document::new("x.xml", text.as_bytes());
        assert!(Spotbugs.recognises(&document));
        Spotbugs.read(&document).expect("a reading")
    }

    const BUG: &str = "<BugInstance type='NP' priority='2'><ShortMessage>s</ShortMessage>
        <LongMessage>l &amp; m</LongMessage><Class><SourceLine start='1' sourcepath='a/B.java'/>
        </Class><SourceLine start='9' sourcepath='a/B.java'/></BugInstance>";
    const SUMMARY: &str = "<FindBugsSummary total_classes='3' total_bugs='1'/>";

    #[test]
    fn bugs_have_the_place_of_their_own() {
        let reading = read(&format!(
            "{BUG}<Errors errors='0' missingClasses='2'/>{SUMMARY}"
        ));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.notes.len(), 1);
        assert_eq!(reading.produced_at.as_deref(), Some("2021-09-09T07:33:21Z"));
        let item = &reading.items[0];
        assert_eq!(item.get("line").as_int(), Some(9));
        assert_eq!(item.get("message").as_text(), Some("l & m"));
        assert_eq!(item.get("rank").as_text(), Some("medium"));
        assert_eq!(
            reading.measures["by_severity"].at("normal").as_int(),
            Some(1)
        );
    }

    #[test]
    fn bugs_that_are_gone_are_not_active() {
        let gone = BUG.replace("priority", "first='1' last='2' priority");
        let reading = read(&format!("{BUG}{gone}{SUMMARY}"));
        assert_eq!(reading.measures["total"].as_int(), Some(2));
        assert_eq!(reading.measures["active"].as_int(), Some(1));
        assert!(reading.notes.is_empty(), "{:?}", reading.notes);
    }

    #[test]
    fn errors_and_nothing_analysed_are_not_clean() {
        for (body, state) in [
            (
                format!("<Errors errors='1'/>{SUMMARY}"),
                ReadingState::Incomplete,
            ),
            (
                format!("<Errors><AnalysisError>x</AnalysisError></Errors>{BUG}{SUMMARY}"),
                ReadingState::Incomplete,
            ),
            (String::new(), ReadingState::Incomplete),
            (SUMMARY.to_owned(), ReadingState::Incomplete),
            (
                "<FindBugsSummary total_classes='0' total_bugs='0'/>".to_owned(),
                ReadingState::NothingMeasured,
            ),
            (
                "<FindBugsSummary total_classes='7' total_bugs='0'/>".to_owned(),
                ReadingState::Complete,
            ),
        ] {
            assert_eq!(read(&body).state, state, "{body}");
        }
    }

    #[test]
    fn a_quoted_password_reaches_nothing() {
        let planted = "planted-0010";
        let reading = read(&format!(
            "<BugInstance type='HARD_CODE_PASSWORD' priority='1'><LongMessage>{planted}</LongMessage>
             <String value='{planted}'><Message>{planted}</Message></String></BugInstance>{SUMMARY}"
        ));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(
            !format!("{:?} {without}", reading.items).contains(planted),
            "{without}"
        );
        let document = Document::new("x.xml", without.as_bytes());
        let again = Spotbugs.read(&document).expect("a reading");
        assert_eq!((again.items, again.redacted), (reading.items, None));
    }
}
