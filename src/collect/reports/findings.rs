//! The counts of findings, for analysis, types and secrets alike.

use std::collections::BTreeMap;

use super::words::counts;
use crate::model::reading::Reading;

/// Findings as they are counted.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// All rows.
    pub(super) total: u64,
    /// Those that stand: failures, neither suppressed nor gone.
    pub(super) active: u64,
    /// Those suppressed, where the format says.
    pub(super) suppressed: Option<u64>,
    /// The active ones by the tool's own word, in lower case; where the format has such words.
    pub(super) by_severity: Option<BTreeMap<String, u64>>,
}

impl Findings {
    /// No findings yet, of a tool that has these severities: none of one is 0 and not unknown.
    pub(super) fn with_severities(words: &[&str]) -> Self {
        let none = words.iter().map(|word| ((*word).to_owned(), 0));
        Self {
            by_severity: Some(none.collect()),
            ..Self::default()
        }
    }

    /// Counts one more active finding of a severity.
    pub(super) fn severity(&mut self, word: &str) {
        self.severities(word, 1);
    }

    /// Counts several more active findings of a severity.
    pub(super) fn severities(&mut self, word: &str, more: u64) {
        let word = word.trim().to_lowercase();
        let count = self.by_severity.get_or_insert_default().entry(word);
        let count = count.or_default();
        *count = count.saturating_add(more);
    }

    /// Records the counts.
    pub(super) fn measure(self, reading: &mut Reading) {
        reading.measure("total", self.total);
        reading.measure("active", self.active);
        if let Some(suppressed) = self.suppressed {
            reading.measure("suppressed", suppressed);
        }
        if let Some(by_severity) = self.by_severity {
            reading.measure("by_severity", counts(by_severity));
        }
    }
}
