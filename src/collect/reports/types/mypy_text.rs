//! mypy's own text, as it prints it.
//!
//! The last line says how it ended. A text without one was cut off, or comes from a run that was
//! told to leave it out, which cannot be told apart.

use super::mypy_line::{Level, Said, said};
use crate::collect::reports::rows::{Row, Rows};
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::model::relations::TYPES_FINDING;
use crate::parse::error::ParseError;

/// mypy's text.
pub(in crate::collect::reports) struct MypyText;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Types,
    name: "mypy-text",
    usual_names: &[
        "mypy*.txt",
        "mypy*.log",
        "mypy*.out",
        "*-mypy.txt",
        "*.mypy.txt",
    ],
    about: "mypy prints it.",
    sample: (
        "mypy.txt",
        "a.py:7: error: Incompatible types  [assignment]\na.py:7: note: See the docs\nFound 1 \
         error in 1 file (checked 3 source files)",
    ),
};

/// How a run ended, by its last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    errors: u64,
    /// Files that were checked, where it says.
    checked: Option<u64>,
    /// Whether errors kept it from checking further.
    stopped: bool,
}

/// `Success: no issues found in 3 source files`, `Found 2 errors in 1 file (checked 3 source
/// files)`, `Found 1 error in 1 file (errors prevented further checking)`.
fn end(line: &str) -> Option<End> {
    if let Some(rest) = line.strip_prefix("Success: no issues found in ") {
        let checked = rest.split(' ').next()?.parse().ok()?;
        return rest.contains("source file").then_some(End {
            errors: 0,
            checked: Some(checked),
            stopped: false,
        });
    }
    let rest = line.strip_prefix("Found ")?;
    let (errors, rest) = rest.split_once(" error")?;
    let (_, rest) = rest.split_once(" in ")?;
    let (_, how) = rest.split_once('(')?;
    let how = how.strip_suffix(')')?;
    let checked = how.strip_prefix("checked ").and_then(|how| {
        let count = how.strip_suffix(" source files");
        count.or_else(|| how.strip_suffix(" source file"))
    });
    let stopped = how == "errors prevented further checking";
    if checked.is_none() && !stopped {
        return None;
    }
    Some(End {
        errors: errors.parse().ok()?,
        checked: checked.and_then(|count| count.parse().ok()),
        stopped,
    })
}

/// Whether a line is mypy's and nobody else's: compilers write the same form of other files.
fn is_mypys(line: &str) -> bool {
    let of_python = |said: Said<'_>| {
        let path = said.path.to_ascii_lowercase();
        [".py", ".pyi", ".ipynb"]
            .iter()
            .any(|ending| path.ends_with(ending))
    };
    end(line).is_some() || line.starts_with("mypy: ") || said(line).is_some_and(of_python)
}

/// Whether the text of a document is mypy's.
pub(super) fn is_text_of_mypy(document: &Document<'_>) -> bool {
    document.head().lines().take(200).any(is_mypys)
}

impl Format for MypyText {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look == Look::Text && is_text_of_mypy(document)
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("mypy".to_owned());
        let mut rows = Rows::new(&TYPES_FINDING, Some("mypy"), &["error"]);
        let mut ended: Option<End> = None;
        let mut behind = false;
        document.lines(|number, line| {
            behind |= ended.is_some() && !line.trim().is_empty();
            if let Some(said) = said(line).filter(|said| said.level == Level::Error) {
                rows.take(Source::line(document.path, number), &row(&said));
            } else {
                ended = ended.or_else(|| end(line));
            }
            true
        })?;
        let counted = rows.active();
        rows.finish(&mut reading);
        settle(ended, behind, counted, &mut reading);
        Ok(reading)
    }
}

/// The row of an error.
pub(in crate::collect::reports) fn row<'l>(said: &Said<'l>) -> Row<'l> {
    Row {
        path: Some(said.path),
        line: said.line,
        rule: said.code,
        severity: Some("error"),
        message: Some(said.message),
        ..Row::default()
    }
}

fn settle(ended: Option<End>, behind: bool, found: u64, reading: &mut Reading) {
    let Some(end) = ended else {
        let why = "The text has no closing line, so it may have been cut off.";
        reading.lower(ReadingState::Incomplete, why);
        return;
    };
    if end.stopped {
        let why = "Errors kept mypy from checking further.";
        reading.lower(ReadingState::Incomplete, why);
    }
    if behind {
        let why = "More text follows the closing line: this is not one run.";
        reading.lower(ReadingState::Incomplete, why);
    }
    if end.errors != found {
        let why = format!(
            "The closing line says {}; the text lists {found}.",
            counted(end.errors, "error", "errors")
        );
        reading.lower(ReadingState::Incomplete, why);
    }
    if end.checked == Some(0) {
        let why = "Not one file was checked.";
        reading.lower(ReadingState::NothingMeasured, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let document = Document::new("out.txt", text.as_bytes());
        assert!(MypyText.recognises(&document), "{text}");
        MypyText.read(&document).expect("a reading")
    }

    const ERROR: &str = "src/état.py:8:1: error: Function is untyped  [no-untyped-def]\n";

    #[test]
    fn errors_are_counted_and_notes_are_none() {
        let reading = read(&format!(
            "{ERROR}src/a.py:9: note: Use \"-> None\"\nFound 1 error in 1 file (checked 6 source \
             files)\n"
        ));
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["active"].as_int(), Some(1));
        assert_eq!(
            reading.items[0].get("rule").as_text(),
            Some("no-untyped-def")
        );
        assert_eq!(reading.items[0].source.place_text(), "out.txt:1");
        let clean = read("Success: no issues found in 1 source file\n");
        assert_eq!(clean.state, ReadingState::Complete);
        assert_eq!(clean.measures["active"].as_int(), Some(0));
    }

    #[test]
    fn a_run_that_did_not_end_is_incomplete() {
        for (text, state) in [
            (ERROR.to_owned(), ReadingState::Incomplete),
            (
                "Found 1 error in 1 file (errors prevented further checking)\n".to_owned(),
                ReadingState::Incomplete,
            ),
            (
                format!("{ERROR}Found 2 errors in 1 file (checked 6 source files)\n"),
                ReadingState::Incomplete,
            ),
            (
                format!("{ERROR}{ERROR}Found 1 error in 1 file (checked 6 source files)\n"),
                ReadingState::Incomplete,
            ),
            (
                format!("Success: no issues found in 1 source file\n{ERROR}"),
                ReadingState::Incomplete,
            ),
            (
                "usage: mypy [-h]\nmypy: error: Missing target module\n".to_owned(),
                ReadingState::Incomplete,
            ),
            (
                "Success: no issues found in 0 source files\n".to_owned(),
                ReadingState::NothingMeasured,
            ),
        ] {
            assert_eq!(read(&text).state, state, "{text}");
        }
    }

    #[test]
    fn what_compilers_and_people_write_is_not_mypys() {
        for text in [
            "a.c:7:5: error: expected ';'\n",
            "Found 3 errors in the text (see below)\n",
            "# Notes\nerror: none\n",
        ] {
            let document = Document::new("mypy.txt", text.as_bytes());
            assert!(!MypyText.recognises(&document), "{text}");
        }
    }
}
