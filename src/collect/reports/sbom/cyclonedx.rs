//! What CycloneDX means, in JSON and in XML alike.

use super::bill::Statement;
use crate::collect::reports::severity::rank;
use crate::model::reading::{Reading, ReadingState};

/// The words of CycloneDX for how whole a part of the document is, that say it is not.
pub(super) fn is_incomplete(aggregate: &str) -> bool {
    aggregate.trim().to_lowercase().starts_with("incomplete")
}

/// Records that the document calls itself incomplete.
pub(super) fn say_incomplete(reading: &mut Reading) {
    let why = "The document itself says that what it lists of the project is incomplete.";
    reading.lower(ReadingState::Incomplete, why);
}

/// Keeps the graver of the severities that several sources give.
pub(super) fn add_severity(statement: &mut Statement, severity: &str) {
    const ORDER: [&str; 6] = ["unknown", "info", "low", "medium", "high", "critical"];
    let grave = |severity: &str| ORDER.iter().position(|word| *word == rank(severity));
    let severity = severity.trim();
    let graver = match &statement.severity {
        Some(kept) => grave(severity) > grave(kept),
        None => !severity.is_empty(),
    };
    if graver {
        statement.severity = Some(severity.to_owned());
    }
}

/// Records the tool that wrote the document: the first that it names.
pub(super) fn set_tool(reading: &mut Reading, name: Option<&str>, version: Option<&str>) {
    if reading.tool.is_none() && name.is_some() {
        reading.tool = name.map(str::to_owned);
        reading.tool_version = version.map(str::to_owned);
    }
}
