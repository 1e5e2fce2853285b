//! cobertura.

use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;

/// cobertura.
pub struct Cobertura;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Coverage,
    name: "cobertura",
    usual_names: &[],
    about: "",
};

impl Format for Cobertura {
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
