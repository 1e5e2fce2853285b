//! What cannot be known where the bytes of some files are not here: which relations rest on them.

use std::collections::{BTreeMap, BTreeSet};

use super::reports::search::Reports;
use super::source::Source;
use super::{COLLECTORS, Collector, Input, Wants};
use crate::model::inventory::Row;
use crate::model::relation::Relation;
use crate::model::relations::{RUN_RECORD, RUN_REPORT, TESTS_MATCHED};
use crate::parse::limits;

/// What rests on bytes that are not here.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Resting {
    /// The relations that cannot be known, each with the files that it would take.
    pub relations: BTreeMap<&'static str, BTreeSet<String>>,
    /// Files that were looked into and of which nothing came, as the record has it.
    pub nothing_came: Vec<String>,
}

impl Resting {
    /// What rests on the files that were asked for and are not here. `code` names those that were read
    /// as source code, `rows` what the record says of each file.
    pub fn on(
        missed: &BTreeSet<String>,
        rows: &BTreeMap<&str, &Row>,
        code: &BTreeSet<&str>,
        input: &Input<'_>,
    ) -> Self {
        let mut resting = Self::default();
        for path in missed {
            let relations = resting_on(path, rows.get(path.as_str()).copied(), code, input);
            if relations.is_empty() {
                resting.nothing_came.push(path.clone());
            }
            resting.add(relations, path);
        }
        resting.follow();
        resting
    }

    /// Says that all that reports say rests on an answer that nobody has.
    pub fn without_answer(&mut self, question: &str) {
        self.add(Reports.spec().fills.iter().copied(), question);
        self.follow();
    }

    fn add(&mut self, relations: impl IntoIterator<Item = &'static Relation>, path: &str) {
        for relation in relations {
            let files = self.relations.entry(relation.name).or_default();
            files.insert(path.to_owned());
        }
    }

    /// What is put together from other relations cannot be known without them: what reports say of one
    /// subject from each other, all of them from the records of runs, the tests that ran from the source.
    fn follow(&mut self) {
        let family = |name: &str| name.split('.').next().unwrap_or(name).to_owned();
        let runs = [RUN_RECORD.name, RUN_REPORT.name];
        for relation in Reports.spec().fills {
            let from = self.relations.iter().filter(|(name, _)| {
                runs.contains(name)
                    || family(name) == family(relation.name)
                    || **relation == TESTS_MATCHED && **name == "code.test"
            });
            let files: BTreeSet<String> = from.flat_map(|(_, files)| files).cloned().collect();
            if !files.is_empty() {
                let known = self.relations.entry(relation.name).or_default();
                known.extend(files);
            }
        }
    }
}

/// The relations that rest on one file.
fn resting_on(
    path: &str,
    row: Option<&Row>,
    code: &BTreeSet<&str>,
    input: &Input<'_>,
) -> Vec<&'static Relation> {
    let mut relations: Vec<&'static Relation> = Vec::new();
    let mut wanted = false;
    // A record that names no digest does not say of which bytes nothing came. Only what is too large to
    // be held has none, and a report that could not be read and may quote a secret: there it says what
    // came of it.
    let known = row.is_some_and(|row| {
        let large = row.bytes.is_some_and(|bytes| bytes > limits::HELD_BYTES);
        row.sha256.is_some() || large || !row.gives.is_empty()
    });
    for collector in COLLECTORS {
        let wants = collector.wants(path, input);
        wanted |= wants != Wants::No;
        // Whoever looks for reports looks into many files that are none. The others know what they
        // look into, so that something comes of it or what they know of other files changes.
        let nothing = wants == Wants::Stream && known;
        if wants != Wants::No && !nothing {
            relations.extend(collector.spec().fills);
        }
    }
    if code.contains(path) {
        relations.extend(Source.spec().fills);
    }
    if !wanted {
        // It was opened on the way, to tell which file a report speaks of.
        relations.extend(Reports.spec().fills);
    }
    let gives = row.map_or(&[][..], |row| row.gives.as_slice());
    let all = COLLECTORS.iter().flat_map(|it| it.spec().fills);
    relations.extend(all.filter(|relation| gives.iter().any(|it| it == relation.name)));
    relations
}
