//! mutmut 3's record of one source file (`mutants/**/*.py.meta`).
//!
//! The meaning of an exit code is that of `status_by_exit_code` in mutmut 3.8: 1 and 3 killed,
//! 0 survived, 5 and 33 no tests, 2 interrupted, 34 skipped, 36, 24, -24, 152 and 255 timed out,
//! 37 caught by a type checker, -9 and -11 crashed, `null` not checked, anything else suspicious.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::tally::{Fate, Tally};
use crate::collect::reports::words::pointer_step;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReportKind};
use crate::model::relations::MUTATION_MUTANT;
use crate::parse::error::ParseError;
use crate::parse::json::Pairs;

/// mutmut 3's record of one source file.
pub(in crate::collect::reports) struct Mutmut3Meta;

/// The name of the format.
pub(in crate::collect::reports) const NAME: &str = "mutmut-3-meta";

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: NAME,
    usual_names: &["*.py.meta"],
    about: "mutmut 3 keeps one beside each mutated file, in `mutants/`.",
    sample: (
        "a.py.meta",
        r#"{"exit_code_by_key": {"a.x_f__mutmut_1": 1, "b": 0}}"#,
    ),
};

#[derive(Deserialize)]
struct Meta {
    exit_code_by_key: Pairs<Code>,
}

/// An exit code; `Unknown` for anything that is none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Exit(i64),
    Null(()),
    Unknown(IgnoredAny),
}

impl Code {
    /// How the mutant ended.
    const fn fate(&self) -> Fate {
        match self {
            Self::Exit(1 | 3) => Fate::Killed,
            Self::Exit(0) => Fate::Survived,
            Self::Exit(5 | 33) => Fate::NoCoverage,
            Self::Exit(34) => Fate::Ignored,
            Self::Exit(24 | -24 | 36 | 152 | 255) => Fate::Timeout,
            Self::Exit(37 | -9 | -11) => Fate::Error,
            Self::Exit(2) | Self::Null(()) => Fate::Pending,
            Self::Exit(_) | Self::Unknown(_) => Fate::Suspicious,
        }
    }
}

impl Format for Mutmut3Meta {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document
            .look
            .json()
            .is_some_and(|shape| shape.has(&["exit_code_by_key"]))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let meta: Meta = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("mutmut".to_owned());
        reading.note("The record is of one source file; others stand beside it.");
        let path = source_of(document.path);
        let mut tally = Tally::default();
        for (name, code) in &meta.exit_code_by_key.0 {
            let fate = code.fate();
            tally.add(Some(fate));
            let pointer = format!("/exit_code_by_key/{}", pointer_step(name));
            let item = Item::new(&MUTATION_MUTANT, Source::pointer(document.path, pointer))
                .with("path", path)
                .with("name", name.as_str())
                .with("status", fate.name());
            reading.items.push(item);
        }
        tally.settle(&mut reading);
        Ok(reading)
    }
}

/// The mutated file: mutmut puts the record where the file lies, below `mutants/`.
fn source_of(path: &str) -> Option<&str> {
    let (_, below) = run_of(path)?;
    below.strip_suffix(".meta")
}

/// The folder of the run that a file lies in, and the path below it. The first folder of that name:
/// a package may be called so, too.
pub(in crate::collect::reports) fn run_of(path: &str) -> Option<(&str, &str)> {
    const FOLDER: &str = "mutants";
    if let Some(below) = path.strip_prefix("mutants/") {
        return Some((FOLDER, below));
    }
    let at = path.find("/mutants/")?;
    let (folder, below) = path.split_at(at + "/mutants".len());
    Some((folder, below.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("mutants/src/a.py.meta", text.as_bytes());
        assert!(Mutmut3Meta.recognises(&document));
        Mutmut3Meta.read(&document).expect("a reading")
    }

    #[test]
    fn exit_codes_are_read_as_mutmut_reads_them() {
        let reading = read(
            r#"{"exit_code_by_key": {"a": 1, "b": 3, "c": 0, "d": 33, "e": 34, "f": 36, "g": 37,
            "h": -11, "i": 99, "j": "x"}}"#,
        );
        let statuses: Vec<String> = reading
            .items
            .iter()
            .map(|item| item.get("status").to_string())
            .collect();
        assert_eq!(
            statuses.join(" "),
            "killed killed survived no_coverage ignored timeout error error suspicious suspicious"
        );
        assert_eq!(reading.measures["score"].to_string(), "3 of 7");
        assert_eq!(reading.items[0].get("path").as_text(), Some("src/a.py"));
    }

    #[test]
    fn the_folder_of_a_run_is_the_first_of_its_name() {
        let run = |path| run_of(path);
        assert_eq!(run("mutants/a.py.meta"), Some(("mutants", "a.py.meta")));
        let inner = run("x/mutants/src/mutants/a.py.meta");
        assert_eq!(inner, Some(("x/mutants", "src/mutants/a.py.meta")));
        assert_eq!(run("x/my_mutants/a.py.meta"), None);
    }

    #[test]
    fn a_mutant_that_was_not_checked_makes_the_record_incomplete() {
        let stopped = read(r#"{"exit_code_by_key": {"a": 1, "b": null, "c": 2}}"#);
        assert_eq!(stopped.state, ReadingState::Incomplete);
        assert_eq!(stopped.measures["pending"].as_int(), Some(2));
        let empty = read(r#"{"exit_code_by_key": {}}"#);
        assert_eq!(empty.state, ReadingState::NothingMeasured);
    }
}
