//! sarif-2.1.0.

use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;

/// sarif-2.1.0.
pub struct Sarif;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Analysis,
    name: "sarif-2.1.0",
    usual_names: &[],
    about: "",
};

impl Format for Sarif {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, _document: &Document<'_>) -> bool {
        false
    }

    fn read(&self, _document: &Document<'_>) -> Result<Reading, ParseError> {
        Ok(Reading::new(SPEC.kind, SPEC.name))
    }
}
