//! mutmut 3's statistics (`mutmut export-cicd-stats`).
//!
//! The file names every outcome but two: a mutant that was not checked, and (since 3.8) one that
//! a type checker caught, are in `total` alone. What is in the total and not named may thus be a
//! run that was stopped, and is pending.

use serde::Deserialize;

use super::tally::Tally;
use crate::collect::reports::words::counted;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::reading::{Reading, ReadingState, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::json::Count;

/// mutmut 3's statistics.
pub(in crate::collect::reports) struct Mutmut3;

/// The name of the format.
pub(in crate::collect::reports) const NAME: &str = "mutmut-3-stats";

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: NAME,
    usual_names: &["mutmut-cicd-stats*.json"],
    about: "mutmut 3 writes it with `mutmut export-cicd-stats`.",
    sample: (
        "mutmut-cicd-stats.json",
        r#"{"killed": 3, "survived": 1, "total": 4, "no_tests": 0, "skipped": 0, "timeout": 0}"#,
    ),
};

#[derive(Deserialize)]
struct Stats {
    killed: Count,
    survived: Count,
    #[serde(default)]
    total: Count,
    no_tests: Count,
    #[serde(default)]
    skipped: Count,
    #[serde(default)]
    suspicious: Count,
    #[serde(default)]
    timeout: Count,
    #[serde(default)]
    check_was_interrupted_by_user: Count,
    #[serde(default)]
    segfault: Count,
    #[serde(default)]
    not_checked: Count,
    #[serde(default)]
    caught_by_type_check: Count,
}

impl Format for Mutmut3 {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document
            .look
            .json()
            .is_some_and(|shape| shape.has(&["killed", "survived", "no_tests"]))
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let stats: Stats = document.json()?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        reading.tool = Some("mutmut".to_owned());
        let mut tally = tally(&stats)?;
        let named = tally.total();
        let total = stats.total.0.ok_or_else(|| uncounted("total"))?;
        if named > total {
            let why = format!(
                "The outcomes add up to {named}, but the total says {}.",
                counted(total, "mutant", "mutants")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        tally.pending = tally.pending.saturating_add(total.saturating_sub(named));
        tally.settle(&mut reading);
        Ok(reading)
    }
}

fn tally(stats: &Stats) -> Result<Tally, ParseError> {
    let must = |count: Count, name: &str| count.0.ok_or_else(|| uncounted(name));
    let may = |count: Count| count.0.unwrap_or(0);
    Ok(Tally {
        killed: must(stats.killed, "killed")?,
        survived: must(stats.survived, "survived")?,
        no_coverage: must(stats.no_tests, "no_tests")?,
        timeout: may(stats.timeout),
        ignored: may(stats.skipped),
        suspicious: may(stats.suspicious),
        errors: may(stats.segfault).saturating_add(may(stats.caught_by_type_check)),
        pending: may(stats.check_was_interrupted_by_user).saturating_add(may(stats.not_checked)),
        unknown: 0,
    })
}

fn uncounted(name: &str) -> ParseError {
    ParseError::whole(format!("expected a count under {name}, found none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Reading, ParseError> {
        let document = Document::new("stats.json", text.as_bytes());
        assert!(Mutmut3.recognises(&document));
        Mutmut3.read(&document)
    }

    #[test]
    fn the_score_keeps_untested_and_suspicious_mutants_in_the_denominator() {
        let reading = read(
            r#"{"killed": 6, "survived": 2, "total": 14, "no_tests": 1, "skipped": 1,
            "suspicious": 1, "timeout": 2, "check_was_interrupted_by_user": 0, "segfault": 1}"#,
        )
        .expect("a reading");
        assert_eq!(reading.state, ReadingState::Complete, "{:?}", reading.notes);
        assert_eq!(reading.measures["score"].to_string(), "8 of 12");
        assert_eq!(reading.measures["errors"].as_int(), Some(1));
    }

    #[test]
    fn a_run_that_was_stopped_is_incomplete_and_not_zero_percent() {
        let reading = read(r#"{"killed": 0, "survived": 0, "total": 107, "no_tests": 0}"#)
            .expect("a reading");
        assert_eq!(reading.state, ReadingState::Incomplete);
        assert_eq!(reading.measures["pending"].as_int(), Some(107));
        assert!(!reading.measures.contains_key("score"));
        let empty = read(r#"{"killed": 0, "survived": 0, "total": 0, "no_tests": 0}"#);
        assert_eq!(
            empty.expect("a reading").state,
            ReadingState::NothingMeasured
        );
    }

    #[test]
    fn a_total_that_is_too_small_or_no_count_is_never_complete() {
        let small = read(r#"{"killed": 9, "survived": 0, "total": 5, "no_tests": 0}"#);
        assert_eq!(small.expect("a reading").state, ReadingState::Incomplete);
        assert!(read(r#"{"killed": -1, "survived": 0, "total": 5, "no_tests": 0}"#).is_err());
        assert!(read(r#"{"killed": 1, "survived": 0, "no_tests": 0}"#).is_err());
    }
}
