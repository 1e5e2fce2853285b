//! What the formats of dependency audits share: the rows of a report, how they are counted, and the
//! items they become.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::package;
use crate::collect::reports::severity::rank;
use crate::collect::reports::words::{counts, some_of};
use crate::model::fact::{Item, Source};
use crate::model::reading::{Reading, ReadingState};
use crate::model::relations::{DEPENDENCIES_EXAMINED, DEPENDENCIES_VULNERABILITY};
use crate::model::text::{excerpt, grouped};
use crate::model::value::Value;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Status {
    /// It stands.
    #[default]
    Active,
    /// Ignored, excepted or ruled out, as the report says.
    Suppressed,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suppressed => "suppressed",
        }
    }
}

/// A row: an advisory that applies to a package.
#[derive(Debug, Clone, Default)]
pub(super) struct Row<'r> {
    pub(super) package: Option<&'r str>,
    pub(super) version: Option<&'r str>,
    pub(super) id: Option<&'r str>,
    pub(super) aliases: Vec<String>,
    /// In the tool's own words.
    pub(super) severity: Option<&'r str>,
    /// Where it follows from more than the word.
    pub(super) rank: Option<&'static str>,
    pub(super) fixed_in: Vec<String>,
    pub(super) status: Status,
    /// How far the code reaches what is vulnerable, where the tool looked.
    pub(super) reach: Option<&'static str>,
    /// Why it was suppressed.
    pub(super) justification: Option<&'r str>,
}

impl Row<'_> {
    /// The item it becomes.
    pub(super) fn item(&self, source: Source) -> Item {
        let word = self.severity.map(|word| word.trim().to_lowercase());
        let rank = self
            .rank
            .unwrap_or_else(|| rank(word.as_deref().unwrap_or_default()));
        Item::new(&DEPENDENCIES_VULNERABILITY, source)
            .with("package", self.package)
            .with("version", self.version)
            .with("id", self.id)
            .with("aliases", Value::texts(self.aliases.iter().cloned()))
            .with("severity", word)
            .with("rank", rank)
            .with("fixed_in", Value::texts(self.fixed_in.iter().cloned()))
            .with("status", self.status.name())
            .with("reach", self.reach)
            .with("justification", self.justification)
    }
}

/// Records that a package was looked up, whatever was found. A report that does so for one has to do
/// it for all: it is said to list them.
pub(super) fn examined(
    reading: &mut Reading,
    source: Source,
    ecosystem: &str,
    name: Option<&str>,
    version: Option<&str>,
) {
    lists_examined(reading);
    let known = package::ecosystem(ecosystem);
    let identity = known
        .zip(name.zip(version))
        .map(|(known, (name, version))| package::identity(known, name, version));
    let item = Item::new(&DEPENDENCIES_EXAMINED, source)
        .with("ecosystem", known.unwrap_or(ecosystem))
        .with("name", name)
        .with("version", version)
        .with("identity", identity);
    reading.items.push(item);
}

/// Records that a report lists every package that it looked up.
pub(super) fn lists_examined(reading: &mut Reading) {
    if !reading.holds.contains(&&DEPENDENCIES_EXAMINED) {
        reading.holds.push(&DEPENDENCIES_EXAMINED);
    }
}

/// Rows as they are counted.
#[derive(Default)]
pub(super) struct Tally {
    entries: u64,
    unique: BTreeSet<String>,
    /// Rows without an identifier; each counts as an advisory of its own.
    unnamed: u64,
    suppressed: Option<u64>,
    by_severity: Option<BTreeMap<String, u64>>,
    /// The packages that a tool warns of, by the kind of the warning.
    warnings: BTreeMap<String, Vec<String>>,
    /// The items of rows that a tool repeats.
    seen: BTreeSet<[String; 4]>,
}

impl Tally {
    /// Of a tool that has severities: none of one is 0 and not unknown.
    #[must_use]
    pub(super) fn with_severities(mut self) -> Self {
        self.by_severity = Some(BTreeMap::new());
        self
    }

    /// Of a tool that says what was suppressed.
    #[must_use]
    pub(super) fn with_suppressed(mut self) -> Self {
        self.suppressed = Some(0);
        self
    }

    /// Counts an active row. A row without a severity, of a tool that has them, is unknown.
    pub(super) fn count(&mut self, id: Option<&str>, severity: Option<&str>) {
        self.entries += 1;
        match id {
            Some(id) => drop(self.unique.insert(id.to_owned())),
            None => self.unnamed += 1,
        }
        if let Some(by_severity) = &mut self.by_severity {
            let word = severity.map(str::trim).filter(|word| !word.is_empty());
            let word = word.unwrap_or("unknown").to_lowercase();
            *by_severity.entry(word).or_default() += 1;
        }
    }

    /// Counts a warning: what is said of a package and is no vulnerability, such as that nobody
    /// maintains it or that it was yanked.
    pub(super) fn warn(&mut self, kind: &str, package: Option<&str>) {
        let named = self.warnings.entry(kind.to_owned()).or_default();
        named.push(package.unwrap_or("a package without a name").to_owned());
    }

    /// Counts a row by its status and records its item.
    pub(super) fn add(&mut self, reading: &mut Reading, source: Source, row: &Row<'_>) {
        self.add_counts(row);
        reading.items.push(row.item(source));
    }

    fn add_counts(&mut self, row: &Row<'_>) {
        match row.status {
            Status::Active => self.count(row.id, row.severity),
            Status::Suppressed => *self.suppressed.get_or_insert_default() += 1,
        }
    }

    /// As [`Tally::add`], for a tool that repeats a row for each path that leads to the package:
    /// every row is counted, and its item is recorded once.
    pub(super) fn add_path(&mut self, reading: &mut Reading, source: Source, row: &Row<'_>) {
        self.add_counts(row);
        self.show(reading, source, row);
    }

    /// Records the item of a row that was counted, unless one of the same advisory, package and
    /// version stands already.
    pub(super) fn show(&mut self, reading: &mut Reading, source: Source, row: &Row<'_>) {
        let key = [row.package, row.version, row.id, Some(row.status.name())];
        let key = key.map(|part| part.unwrap_or_default().to_owned());
        // Rows without an identifier may be different ones.
        if row.id.is_none() || self.seen.insert(key) {
            reading.items.push(row.item(source));
        }
    }

    /// How many rows stand.
    pub(super) const fn entries(&self) -> u64 {
        self.entries
    }

    /// How many were suppressed.
    pub(super) fn suppressed(&self) -> u64 {
        self.suppressed.unwrap_or(0)
    }

    /// Records the counts, with the advisories by their identifiers, and names the warnings. Goes
    /// before the reasons for a lower state, since the last note is the one that is shown.
    pub(super) fn measure(&self, reading: &mut Reading) {
        let unique = u64::try_from(self.unique.len()).unwrap_or(u64::MAX);
        let unique = unique.saturating_add(self.unnamed);
        self.measure_as(unique, reading);
    }

    /// As [`Tally::measure`], of a format that merges advisories in its own way.
    pub(super) fn measure_as(&self, unique: u64, reading: &mut Reading) {
        reading.measure("unique", unique);
        reading.measure("entries", self.entries);
        if let Some(suppressed) = self.suppressed {
            reading.measure("suppressed", suppressed);
        }
        if let Some(by_severity) = &self.by_severity {
            reading.measure("by_severity", counts(by_severity.clone()));
        }
        if !self.warnings.is_empty() {
            let all = self.warnings.values().map(Vec::len).sum::<usize>();
            reading.measure("warnings", all);
            let kinds: Vec<String> = self.warnings.iter().map(warned).collect();
            reading.note(format!(
                "The report also warns of packages for what is no vulnerability and is not counted \
                 as one: {}.",
                kinds.join("; ")
            ));
        }
    }
}

/// The packages of one kind of warning.
fn warned((kind, packages): (&String, &Vec<String>)) -> String {
    let named = some_of(packages.iter().map(String::as_str));
    format!("{} {} ({named})", packages.len(), excerpt(kind))
}

/// Says of which time the advisories are that the packages were compared with.
pub(super) fn note_database(reading: &mut Reading, when: Option<&str>) {
    if let Some(when) = when {
        reading.note(format!(
            "The packages were compared with the advisories of {}.",
            excerpt(when)
        ));
    }
}

/// Compares what the report says of itself with what it lists. A report that says it found
/// something and lists nothing was cut; any other disagreement is only said.
pub(super) fn compare(reading: &mut Reading, declared: Option<u64>, listed: u64, of: &str) {
    match declared {
        Some(declared) if declared > 0 && listed == 0 => {
            let why = format!(
                "The report counts {} {of} and lists none.",
                grouped(declared)
            );
            reading.lower(ReadingState::Incomplete, why);
        }
        Some(declared) if declared != listed => reading.note(format!(
            "The report counts {} {of} and lists {}. What it lists was counted.",
            grouped(declared),
            grouped(listed)
        )),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReportKind;

    fn reading() -> Reading {
        Reading::new(ReportKind::Dependencies, "x")
    }

    #[test]
    fn what_is_suppressed_or_a_warning_is_neither_active_nor_invisible() {
        let (mut reading, mut tally) = (reading(), Tally::default().with_severities());
        let active = Row {
            id: Some("A"),
            severity: Some("HIGH"),
            ..Row::default()
        };
        let suppressed = Row {
            status: Status::Suppressed,
            ..active.clone()
        };
        for row in [&active, &active, &suppressed] {
            tally.add(&mut reading, Source::file("x"), row);
        }
        tally.warn("yanked", Some("a"));
        tally.measure(&mut reading);
        let measured = |name: &str| reading.measures[name].to_string();
        assert_eq!(
            (measured("unique"), measured("entries")),
            ("1".to_owned(), "2".to_owned())
        );
        assert_eq!(
            (measured("suppressed"), measured("warnings")),
            ("1".to_owned(), "1".to_owned())
        );
        assert_eq!(reading.measures["by_severity"].at("high").as_int(), Some(2));
        let statuses: Vec<_> = reading
            .items
            .iter()
            .map(|it| it.get("status").to_string())
            .collect();
        assert_eq!(statuses, ["active", "active", "suppressed"]);
        assert_eq!(reading.items[0].get("rank").as_text(), Some("high"));
        assert!(
            reading.notes[0].ends_with("1 yanked (a)."),
            "{:?}",
            reading.notes
        );
    }

    #[test]
    fn a_repeated_row_is_counted_and_shown_once() {
        let (mut reading, mut tally) = (reading(), Tally::default());
        let row = |id, version| Row {
            version,
            id,
            ..Row::default()
        };
        for row in [
            row(Some("A"), Some("1")),
            row(Some("A"), Some("1")),
            row(Some("A"), Some("2")),
            row(None, None),
            row(None, None),
        ] {
            tally.add_path(&mut reading, Source::file("x"), &row);
        }
        tally.measure(&mut reading);
        assert_eq!(reading.items.len(), 4);
        assert_eq!(reading.measures["entries"].as_int(), Some(5));
        assert_eq!(reading.measures["unique"].as_int(), Some(3));
    }

    #[test]
    fn a_report_that_counts_what_it_does_not_list_is_incomplete() {
        let compared = |declared, listed| {
            let mut reading = reading();
            compare(&mut reading, declared, listed, "vulnerabilities");
            (reading.state, reading.notes.len())
        };
        assert_eq!(compared(Some(3), 0), (ReadingState::Incomplete, 1));
        assert_eq!(compared(Some(3), 2), (ReadingState::Complete, 1));
        assert_eq!(compared(Some(2), 2), (ReadingState::Complete, 0));
        assert_eq!(compared(None, 2), (ReadingState::Complete, 0));
    }
}
