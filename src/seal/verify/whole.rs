//! Steps 9 and 11: the ledger as a whole, against a head that was kept from an earlier time, and
//! against the runs that should be in it.

use std::collections::BTreeSet;

use super::book::Book;
use super::target::{MANIFEST, Target};
use super::{Findings, Trust};
use crate::model::text::excerpt;
use crate::seal::ledger::coverage::Coverage;
use crate::seal::ledger::entry::{self, RunEntry};
use crate::seal::ledger::periods::Times;
use crate::seal::ledger::store::{head_path, stamp_path};
use crate::tree::handed::Handed;

impl Book {
    /// What is looked at once, whatever the number of bundles.
    pub(super) fn whole(&self, target: &Target, trust: &Trust<'_>, findings: &mut Findings) {
        let Some(files) = &self.files else {
            findings.not_checked(9, "the ledger is not here");
            return findings.not_checked(11, "the ledger is not here");
        };
        if let Some(fault) = &self.broken {
            findings.failed(8, fault.0.clone());
            findings.failed(9, fault.0.clone());
            return findings.failed(11, fault.0.clone());
        }
        self.extends(trust, findings);
        self.complete(files, trust, findings);
        if target.whole {
            if let Some(first) = target.beside.first() {
                let count = target.beside.len();
                let first = excerpt(first);
                let says = format!("{count} beside the bundles that belong to none: {first}");
                findings.not_checked(3, says);
            }
            self.withheld(target, findings);
        }
        if target.bundles.is_empty() {
            findings.held(8, format!("{} entries under one head", self.history.size()));
        }
    }

    /// Step 9.
    fn extends(&self, trust: &Trust<'_>, findings: &mut Findings) {
        if let Some(fork) = self.forks.first() {
            return findings.failed(9, fork.clone());
        }
        if let Some(first) = self.gone.first() {
            let says = format!(
                "{} of the heads are not here, such as {}: a fork cannot be seen there",
                self.gone.len(),
                head_path(*first)
            );
            findings.not_checked(9, says);
        }
        let Some(since) = &trust.since else {
            let says = "give --since: entries that were taken from the end are found by it alone";
            return findings.not_checked(9, says);
        };
        match self.head(since) {
            Err(fault) => findings.failed(9, format!("your checkpoint: {fault}")),
            Ok(head) => {
                let (then, now) = (head.size, self.history.size());
                let says = format!("{then} entries then, {now} now, the first {then} the same");
                findings.held(9, says);
            }
        }
    }

    /// Step 11.
    fn complete(&self, files: &Handed, trust: &Trust<'_>, findings: &mut Findings) {
        if let Err(fault) = self.history.chained() {
            return findings.failed(11, fault.0);
        }
        let mut seen = BTreeSet::new();
        for (entry, run) in self.history.runs() {
            if !seen.insert(run.manifest_sha256) {
                let says = format!("entry {} is a run that stands before it", entry.index);
                return findings.failed(11, says);
            }
        }
        if let Some(says) = self.unstamped(files) {
            return findings.failed(11, says);
        }
        let begun = match self.history.begun_only().len() {
            0 => String::new(),
            more => format!("; {more} announced and never entered"),
        };
        let Some(every) = trust.expect else {
            let says = "each entry names those before it; give --expect weekly|monthly|quarterly";
            return findings.not_checked(11, format!("{says}{begun}"));
        };
        let times = Times::of(&self.history, |index| self.stamps.held(index), every);
        let coverage = Coverage::of(&times.counted, trust.now, every);
        let told = times.told();
        let ends = (coverage.periods.first(), coverage.periods.last());
        match (coverage.missing().as_slice(), ends) {
            ([], (Some((first, _)), Some((last, _)))) => {
                let says = format!("{first} to {last}{told}{begun}");
                // Who does without time stamps takes the runs at their word.
                if times.claimed == 0 || trust.without.contains(&10) {
                    findings.held(11, says);
                } else {
                    findings.not_checked(11, says);
                }
            }
            ([], _) => findings.failed(11, format!("there is no run{told}")),
            (missing, _) => {
                let says = format!("no run in {}{told}", missing.join(", "));
                findings.failed(11, says);
            }
        }
    }

    /// A time stamp that an entry names and that is another, or gone.
    fn unstamped(&self, files: &Handed) -> Option<String> {
        let entries = self.history.entries.iter().flatten();
        entries
            .filter_map(|read| match read {
                entry::Read::Known(entry) => Some((entry.index, entry.prev_tsr_sha256?)),
                entry::Read::Unknown { .. } => None,
            })
            .find(|(index, expected)| {
                let held = files.files.get(&stamp_path(*index));
                held.and_then(|held| held.sha256) != Some(*expected)
            })
            .map(|(index, _)| format!("entry {index} names a time stamp that is not here"))
    }

    /// Runs whose bundles were not handed over: what is said in the ledger cannot be looked at.
    fn withheld(&self, target: &Target, findings: &mut Findings) {
        let here = |run: &RunEntry| {
            let mut bundles = target.bundles.iter();
            bundles.any(|bundle| bundle.digest(MANIFEST) == Some(run.manifest_sha256))
        };
        let gone: Vec<String> = self
            .history
            .runs()
            .filter(|(_, run)| !here(run))
            .map(|(_, run)| excerpt(&run.run_id))
            .collect();
        if let Some(first) = gone.first() {
            let says = format!(
                "{} withheld: {first} stands in the ledger and is not here",
                gone.len()
            );
            findings.not_checked(2, says);
        }
    }
}
