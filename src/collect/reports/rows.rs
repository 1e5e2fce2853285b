//! Findings of an analysis or a type checker as its format hands them over: counted, and made items.

use super::findings::Findings;
use super::severity::rank;
use super::words::message;
use crate::model::fact::{Item, Source};
use crate::model::reading::Reading;
use crate::model::relation::Relation;

/// Whether a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Standing<'f> {
    /// A fault that nobody accepted.
    #[default]
    Active,
    /// Accepted, in the source or by the tool.
    Suppressed,
    /// It was found once and is gone.
    Absent,
    /// No fault, in the tool's own word.
    Other(&'f str),
}

/// One finding, as far as its format says.
#[derive(Debug, Default)]
pub(super) struct Row<'f> {
    pub(super) path: Option<&'f str>,
    pub(super) line: Option<u64>,
    pub(super) rule: Option<&'f str>,
    /// Where it is another than that of the report.
    pub(super) tool: Option<&'f str>,
    /// The tool's own word.
    pub(super) severity: Option<&'f str>,
    /// Where the word alone does not lead to it.
    pub(super) rank: Option<&'static str>,
    pub(super) standing: Standing<'f>,
    /// Why it was suppressed.
    pub(super) justification: Option<&'f str>,
    /// What the tool says; nothing where that may quote a secret.
    pub(super) message: Option<&'f str>,
}

/// The findings of one report.
#[derive(Debug)]
pub(super) struct Rows {
    relation: &'static Relation,
    tool: Option<String>,
    findings: Findings,
    /// Active findings without a severity.
    unsaid: u64,
    items: Vec<Item>,
}

impl Rows {
    /// None yet, of a tool that has these severities: none of one is 0 and not unknown. A format
    /// without severities names none.
    pub(super) fn new(
        relation: &'static Relation,
        tool: Option<&str>,
        severities: &[&str],
    ) -> Self {
        let findings = if severities.is_empty() {
            Findings::default()
        } else {
            Findings::with_severities(severities)
        };
        Self {
            relation,
            tool: tool.map(str::to_owned),
            findings,
            unsaid: 0,
            items: Vec::new(),
        }
    }

    /// The same, of a format that says what was suppressed.
    pub(super) fn suppressing(mut self) -> Self {
        self.findings.suppressed = Some(0);
        self
    }

    /// Counts a finding and makes its item.
    pub(super) fn take(&mut self, source: Source, row: &Row<'_>) {
        self.findings.total += 1;
        match row.standing {
            Standing::Active => {
                self.findings.active += 1;
                match row.severity {
                    Some(word) => self.findings.severity(word),
                    None => self.unsaid += 1,
                }
            }
            Standing::Suppressed => *self.findings.suppressed.get_or_insert_default() += 1,
            Standing::Absent | Standing::Other(_) => {}
        }
        let status = match row.standing {
            Standing::Active => "active",
            Standing::Suppressed => "suppressed",
            Standing::Absent => "absent",
            Standing::Other(word) => word,
        };
        let word = row.severity.map(|word| word.trim().to_lowercase());
        let ranked = rank(word.as_deref().unwrap_or_default());
        let mut item = Item::new(self.relation, source)
            .with("path", row.path)
            .with("line", row.line.filter(|line| *line > 0))
            .with(
                "tool",
                row.tool.map(str::to_owned).or_else(|| self.tool.clone()),
            )
            .with("rule", row.rule)
            .with("severity", word)
            .with("rank", row.rank.unwrap_or(ranked))
            .with("status", status)
            .with("message", row.message.map(message));
        if let Some(why) = row.justification {
            item.set("justification", message(why));
        }
        self.items.push(item);
    }

    /// Counts findings that the report says there are and does not list.
    pub(super) fn unlisted(&mut self, count: u64, severity: &str) {
        self.findings.total = self.findings.total.saturating_add(count);
        self.findings.active = self.findings.active.saturating_add(count);
        self.findings.severities(severity, count);
    }

    /// How many there are.
    pub(super) const fn total(&self) -> u64 {
        self.findings.total
    }

    /// How many of them stand.
    pub(super) const fn active(&self) -> u64 {
        self.findings.active
    }

    /// Records the counts and hands the items over.
    pub(super) fn finish(mut self, reading: &mut Reading) {
        if self.findings.by_severity.is_some() && self.unsaid > 0 {
            self.findings.severities("unknown", self.unsaid);
        }
        self.findings.measure(reading);
        reading.items.append(&mut self.items);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReportKind;
    use crate::model::relations::ANALYSIS_FINDING;

    #[test]
    fn what_does_not_stand_is_counted_apart_and_shown() {
        let mut rows = Rows::new(&ANALYSIS_FINDING, Some("t"), &["error"]).suppressing();
        for (standing, severity) in [
            (Standing::Active, Some("ERROR")),
            (Standing::Active, None),
            (Standing::Suppressed, Some("error")),
            (Standing::Absent, Some("error")),
            (Standing::Other("review"), Some("error")),
        ] {
            let row = Row {
                standing,
                severity,
                line: Some(0),
                ..Row::default()
            };
            rows.take(Source::file("x"), &row);
        }
        rows.unlisted(u64::MAX, "error");
        let mut reading = Reading::new(ReportKind::Analysis, "x");
        rows.finish(&mut reading);
        let statuses: Vec<String> = reading
            .items
            .iter()
            .map(|item| item.get("status").to_string())
            .collect();
        assert_eq!(statuses.join(" "), "active active suppressed absent review");
        assert_eq!(reading.measures["suppressed"].as_int(), Some(1));
        assert_eq!(
            reading.measures["by_severity"].at("unknown").as_int(),
            Some(1)
        );
        assert_eq!(reading.items[0].get("rank").as_text(), Some("high"));
        assert_eq!(reading.items[1].get("rank").as_text(), Some("unknown"));
        assert_eq!(reading.items[0].get("line").as_int(), None);
    }
}
