//! What one report says, whatever its format: the shared notion of a reading.

use std::collections::BTreeMap;

use serde::Serialize;

use super::exhibit::{Redaction, Shipped};
use super::fact::Item;
use super::relation::Relation;
use super::relations::DEPENDENCIES_VULNERABILITY;
use super::value::Value;

/// The kinds of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportKind {
    /// Which lines the tests ran.
    Coverage,
    /// Which injected faults the tests found.
    Mutation,
    /// Findings of a static analysis.
    Analysis,
    /// Findings of a type checker.
    Types,
    /// Findings of a secret scanner.
    Secrets,
    /// Known vulnerabilities of dependencies.
    Dependencies,
    /// Licences of dependencies.
    Licences,
    /// Bills of materials.
    Sbom,
    /// Tests and how they ended.
    Tests,
    /// Exports of a forge's settings and records.
    Forge,
}

impl ReportKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::Coverage,
        Self::Mutation,
        Self::Analysis,
        Self::Types,
        Self::Secrets,
        Self::Dependencies,
        Self::Licences,
        Self::Sbom,
        Self::Tests,
        Self::Forge,
    ];

    /// Its name in facts, policy and relations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Coverage => "coverage",
            Self::Mutation => "mutation",
            Self::Analysis => "analysis",
            Self::Types => "types",
            Self::Secrets => "secrets",
            Self::Dependencies => "dependencies",
            Self::Licences => "licences",
            Self::Sbom => "sbom",
            Self::Tests => "tests",
            Self::Forge => "forge",
        }
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How far a report can be relied on. Only [`ReadingState::Complete`] may support a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingState {
    /// The tool finished and looked at everything it says.
    Complete,
    /// The tool says it did not finish, or did not look at everything.
    Incomplete,
    /// The tool finished and measured 0 of 0.
    NothingMeasured,
    /// Empty, damaged, or not what it claims to be.
    Unreadable,
}

impl ReadingState {
    /// The word in facts and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::NothingMeasured => "nothing-measured",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What one report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The kind of report.
    pub kind: ReportKind,
    /// The short stable name of its format.
    pub format: &'static str,
    /// The tool, where the file says.
    pub tool: Option<String>,
    /// Its version, where the file says.
    pub tool_version: Option<String>,
    /// When it was made, where the file says: RFC 3339, without a zone where the file has none.
    pub produced_at: Option<String>,
    /// The commit the file names.
    pub commit: Option<String>,
    /// How far it can be relied on.
    pub state: ReadingState,
    /// What was inconsistent, skipped or assumed; sentences.
    pub notes: Vec<String>,
    /// The numbers, by the names that `docs/relations.md` lists after `measures.`.
    pub measures: BTreeMap<String, Value>,
    /// The relations that it holds items of, or could: what it says nothing of is not among them.
    /// Only kinds whose formats hold different things have it.
    pub holds: Vec<&'static Relation>,
    /// The items of the report; their source's path is filled in by the caller.
    pub items: Vec<Item>,
    /// Items that are counted and not listed, because they are too many: how many, and what is
    /// known of each.
    pub unlisted: Vec<(u64, Item)>,
    /// What was taken out before the file was hashed, and the bytes without it.
    pub redacted: Option<(Redaction, Vec<u8>)>,
    /// The same of a file that is too large to be held.
    pub redacted_large: Option<(Redaction, Shipped)>,
}

impl Reading {
    /// A complete reading with nothing in it yet.
    pub fn new(kind: ReportKind, format: &'static str) -> Self {
        Self {
            kind,
            format,
            tool: None,
            tool_version: None,
            produced_at: None,
            commit: None,
            state: ReadingState::Complete,
            notes: Vec::new(),
            measures: BTreeMap::new(),
            holds: match kind {
                // Which packages it looked up, not every audit says.
                ReportKind::Dependencies => vec![&DEPENDENCIES_VULNERABILITY],
                _ => Vec::new(),
            },
            items: Vec::new(),
            unlisted: Vec::new(),
            redacted: None,
            redacted_large: None,
        }
    }

    /// Records a measure.
    pub fn measure(&mut self, name: &str, value: impl Into<Value>) {
        self.measures.insert(name.to_owned(), value.into());
    }

    /// Adds a note. Where the state was lowered, the reason stays the last one: that is where it is
    /// looked for.
    pub fn note(&mut self, note: impl Into<String>) {
        let reasons = usize::from(self.state != ReadingState::Complete);
        let at = self.notes.len().saturating_sub(reasons);
        self.notes.insert(at, note.into());
    }

    /// Lowers the state, never raises it, and says why.
    pub fn lower(&mut self, state: ReadingState, why: impl Into<String>) {
        self.state = self.state.max(state);
        self.notes.push(why.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_state_is_the_last_note_whenever_it_was_said() {
        let mut reading = Reading::new(ReportKind::Tests, "x");
        reading.note("one");
        reading.lower(ReadingState::NothingMeasured, "reason");
        reading.note("two");
        reading.lower(ReadingState::Incomplete, "last reason");
        reading.note("three");
        assert_eq!(
            reading.notes,
            ["one", "two", "reason", "three", "last reason"]
        );
        assert_eq!(reading.state, ReadingState::NothingMeasured);
    }
}
