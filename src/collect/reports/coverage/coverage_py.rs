//! coverage.py-json.

use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;

/// coverage.py-json.
pub struct CoveragePy;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "coverage.py-json",
    usual_names: &[],
    about: "",
};

impl Format for CoveragePy {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, _look: &Look) -> bool {
        false
    }

    fn read(&self, _document: &Document<'_>) -> Result<Reading, ParseError> {
        Ok(Reading::new(SPEC.kind, SPEC.name))
    }
}
