//! Checkstyle XML. ESLint, `PHP_CodeSniffer`, ktlint, hadolint and many others write it too, so the
//! tool is only named where the rules name it.

use std::collections::BTreeSet;
use std::mem;

use crate::collect::reports::quoting::about_secrets;
use crate::collect::reports::redact;
use crate::collect::reports::redact_xml::{self, Spot};
use crate::collect::reports::rows::{Row, Rows, Standing};
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::ANALYSIS_FINDING;
use crate::model::text::excerpt;
use crate::parse::error::ParseError;
use crate::parse::xml::{Element, Part};

/// Checkstyle XML.
pub(in crate::collect::reports) struct Checkstyle;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "checkstyle",
    usual_names: &["checkstyle*.xml", "*.checkstyle.xml", "*-checkstyle.xml"],
    about: "Checkstyle writes it, and so can ESLint, PHP_CodeSniffer, ktlint, hadolint and others.",
    sample: (
        "checkstyle-result.xml",
        r#"<?xml version="1.0"?>
<checkstyle version="8.0"><file name="a.js"><error line="7" column="2" severity="error"
 message="m &amp; n" source="eslint.rules.no-secrets/no-secrets"/></file></checkstyle>"#,
    ),
};

/// What rules of a tool begin with.
const TOOLS: [(&str, &str); 4] = [
    ("com.puppycrawl.tools.checkstyle.", "checkstyle"),
    ("eslint.rules.", "eslint"),
    ("org.scalastyle.", "scalastyle"),
    ("detekt.", "detekt"),
];

/// What is gathered while the document is read.
struct Gathered<'d> {
    path: &'d str,
    rows: Rows,
    version: Option<String>,
    /// The tools that the rules are of; none for a rule that names none.
    tools: BTreeSet<Option<&'static str>>,
    files: u64,
    file: Option<String>,
    exceptions: u64,
    first_exception: Option<String>,
    quotes: bool,
}

impl Format for Checkstyle {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let root = document.look.xml();
        root.is_some_and(|root| root.name == "checkstyle")
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let gathered = gather(document);
        // The reader of XML quotes what it stumbled over.
        let gathered = gathered.map_err(|_| not_whole())?;
        if gathered.quotes {
            let redacted = redact_xml::without("checkstyle-xml/v1", document, hidden)?;
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

fn hidden(spot: &Spot<'_>) -> Option<&'static str> {
    let error = spot.open.last().filter(|element| element.name == "error")?;
    (spot.attribute == Some("message") && quotes(error)).then_some("message")
}

fn quotes(error: &Element) -> bool {
    error.attribute("source").is_some_and(about_secrets)
}

fn gather<'d>(document: &Document<'d>) -> Result<Gathered<'d>, ParseError> {
    let mut gathered = Gathered {
        path: document.path,
        rows: Rows::new(&ANALYSIS_FINDING, None, &["error", "warning", "info"]),
        version: None,
        tools: BTreeSet::new(),
        files: 0,
        file: None,
        exceptions: 0,
        first_exception: None,
        quotes: false,
    };
    document.xml(|part| {
        gathered.take(part);
        true
    })?;
    Ok(gathered)
}

impl Gathered<'_> {
    fn take(&mut self, part: Part) {
        match part {
            Part::Start(element) => match element.name.as_str() {
                "checkstyle" => self.version = element.attribute("version").map(str::to_owned),
                "file" => {
                    self.files += 1;
                    self.file = element.attribute("name").map(str::to_owned);
                }
                "error" => self.error(&element),
                "exception" => {
                    self.exceptions += 1;
                    if self.exceptions == 1 {
                        self.first_exception.clone_from(&self.file);
                    }
                }
                _ => {}
            },
            Part::End(name) if name == "file" => self.file = None,
            Part::End(_) | Part::Text(_) => {}
        }
    }

    fn error(&mut self, error: &Element) {
        let quotes = quotes(error);
        self.quotes |= quotes;
        let rule = error
            .attribute("source")
            .filter(|rule| !rule.trim().is_empty());
        if let Some(rule) = rule {
            let known = TOOLS.iter().find(|(start, _)| rule.starts_with(start));
            self.tools.insert(known.map(|(_, tool)| *tool));
        }
        let severity = error.attribute("severity");
        let row = Row {
            path: self.file.as_deref(),
            line: error
                .attribute("line")
                .and_then(|line| line.trim().parse().ok()),
            rule,
            severity,
            standing: if severity == Some("ignore") {
                Standing::Other("ignored")
            } else {
                Standing::Active
            },
            message: error.attribute("message").filter(|_| !quotes),
            ..Row::default()
        };
        self.rows.take(Source::line(self.path, error.line), &row);
    }
}

fn finish(mut gathered: Gathered<'_>) -> Reading {
    let mut reading = Reading::new(SPEC.kind, SPEC.name);
    let rows = mem::replace(&mut gathered.rows, Rows::new(&ANALYSIS_FINDING, None, &[]));
    rows.finish(&mut reading);
    let only = gathered.tools.first().filter(|_| gathered.tools.len() == 1);
    if let Some(tool) = only.copied().flatten() {
        reading.tool = Some(tool.to_owned());
        for item in &mut reading.items {
            item.set("tool", tool);
        }
        // Others write the version of Checkstyle whose form they follow.
        if tool == "checkstyle" {
            reading.tool_version = gathered.version;
        }
    }
    if gathered.exceptions > 0 {
        let first = gathered.first_exception.as_deref().unwrap_or("no file");
        let why = format!(
            "{} while files were checked; the first in {}.",
            counted(
                gathered.exceptions,
                "exception was thrown",
                "exceptions were thrown"
            ),
            excerpt(first)
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if gathered.files == 0 {
        let why = "The report lists no file. Some tools list only files with findings, so it does \
                   not show that any was looked at.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Reading {
        let text = format!("<checkstyle version='10.12'>{body}</checkstyle>");
        let document = Document::new("x.xml", text.as_bytes());
        assert!(Checkstyle.recognises(&document));
        Checkstyle.read(&document).expect("a reading")
    }

    const OWN: &str = "<error line='3' severity='warning' message='m'
        source='com.puppycrawl.tools.checkstyle.checks.X'/>";

    #[test]
    fn the_tool_is_named_where_the_rules_name_it() {
        let own = read(&format!(
            "<file name='A.java'>{OWN}</file><file name='B.java'/>"
        ));
        assert_eq!(own.state, ReadingState::Complete, "{:?}", own.notes);
        assert_eq!(own.tool.as_deref(), Some("checkstyle"));
        assert_eq!(own.tool_version.as_deref(), Some("10.12"));
        assert_eq!(own.items[0].get("path").as_text(), Some("A.java"));
        assert_eq!(own.items[0].get("rank").as_text(), Some("medium"));
        let other = OWN.replace("com.puppycrawl.tools.checkstyle.checks.X", "DL3018");
        let mixed = read(&format!("<file name='Dockerfile'>{OWN}{other}</file>"));
        assert_eq!((mixed.tool, mixed.tool_version), (None, None));
    }

    #[test]
    fn exceptions_and_no_files_are_no_clean_run() {
        let reading = read("<file name='A.java'><exception>trace</exception></file>");
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert!(reading.notes[0].contains("A.java"), "{:?}", reading.notes);
        assert_eq!(read("").state, ReadingState::NothingMeasured);
        assert_eq!(read("<file name='A.java'/>").state, ReadingState::Complete);
    }

    #[test]
    fn a_quoted_secret_reaches_nothing() {
        let planted = "planted-0009";
        let reading = read(&format!(
            "<!-- a comment\n\n -->\n<file name='a.js'><error severity='error' line='1'
             source='eslint.rules.no-secrets/no-secrets' message='{planted}'/></file>"
        ));
        let bytes = reading.redacted.clone().expect("a redaction").1;
        let without = String::from_utf8(bytes).expect("text");
        assert!(!format!("{:?} {without}", reading.items).contains(planted));
        let document = Document::new("x.xml", without.as_bytes());
        let again = Checkstyle.read(&document).expect("a reading");
        assert_eq!((again.items, again.redacted), (reading.items, None));
        let broken = format!("<checkstyle><file name='{planted}'><error a=\"{planted}\" &</file>");
        let document = Document::new("x.xml", broken.as_bytes());
        let error = Checkstyle.read(&document).expect_err("an error");
        assert!(!error.says.contains(planted));
    }
}
