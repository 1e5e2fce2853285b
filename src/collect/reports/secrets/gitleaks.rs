//! gitleaks.

use crate::collect::reports::{Document, Format, FormatSpec, Look};
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;

/// gitleaks.
pub struct Gitleaks;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Secrets,
    name: "gitleaks",
    usual_names: &[],
    about: "",
};

impl Format for Gitleaks {
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
