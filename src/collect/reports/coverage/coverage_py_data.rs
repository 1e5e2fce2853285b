//! coverage.py's own data, `.coverage`: an SQLite file, known so as to say what to do with it.
//!
//! It holds the lines that ran and not those that could have run; only with the sources and the
//! settings of coverage.py does it amount to a share.

use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;

/// coverage.py's own data.
pub(in crate::collect::reports) struct CoveragePyData;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "coverage.py-data",
    // No evidence is lost where it lies beside a report, so that it is not searched for.
    usual_names: &[],
    about: "coverage.py keeps it, as `.coverage`; it has to be exported with `coverage json`.",
    sample: (".coverage", "SQLite format 3\0"),
};

impl Format for CoveragePyData {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    /// Many tools keep their data in SQLite, so that the name has to say whose it is. Before
    /// version 5 the data was JSON behind a word of warning.
    fn recognises(&self, document: &Document<'_>) -> bool {
        let name = document.path.rsplit(['/', '\\']).next().unwrap_or_default();
        let named = name == ".coverage" || name.starts_with(".coverage.");
        document.begins_with(b"!coverage.py: Th")
            || (document.begins_with(b"SQLite format 3\0") && named)
    }

    fn read(&self, _: &Document<'_>) -> Result<Reading, ParseError> {
        Err(ParseError::whole(
            "expected a report, found coverage.py's raw data, which says what ran but not of how \
             much: export it where the sources are, with `coverage json` or `coverage xml`",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reports::{Outcome, inspect};

    #[test]
    fn raw_data_is_lost_evidence_with_the_way_to_export_it() {
        let data = b"SQLite format 3\0\x10\x00\x01\x01\xff\xfe";
        for name in [".coverage", "work/.coverage.host.123.x"] {
            let outcome = inspect(name, data).outcome;
            let Outcome::Unreadable {
                kind,
                format,
                error,
            } = outcome
            else {
                panic!("{name}: {outcome:?}");
            };
            assert_eq!(kind, Some(ReportKind::Coverage));
            assert_eq!(format, Some("coverage.py-data"));
            assert!(error.says.contains("`coverage json`"));
        }
        assert_eq!(inspect("app.db", data).outcome, Outcome::Unrecognised);
        let old = inspect("x", b"!coverage.py: This is a private format{}").outcome;
        assert!(matches!(old, Outcome::Unreadable { kind: Some(_), .. }));
    }
}
