//! mutmut-3-stats.

use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;

/// mutmut-3-stats.
pub struct Mutmut3;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Mutation,
    name: "mutmut-3-stats",
    usual_names: &[],
    about: "",
};

impl Format for Mutmut3 {
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
