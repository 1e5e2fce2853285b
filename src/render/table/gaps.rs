//! Not tested: controls that share a cause stand together, most controls first.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{self, Text};
use super::paint::{Detail, Paint, Sign, Style};
use super::title::{Title, labelled};
use super::words::{count, number};
use crate::model::fact::State;
use crate::model::gap::{Cause, Gap};
use crate::model::relation::{Origin, Relation};
use crate::model::relations::relation;
use crate::model::result::{ControlResult, Outcome};
use crate::model::run::Run;
use crate::model::text::visible;

/// How many gaps of one cause are shown.
const FIRST_GAPS: usize = 3;

/// What to do where several kinds of report are missing.
const RUN_THE_TOOLS: &str =
    "Run the tools before audit. Reports elsewhere: name them under reports: in the policy.";

/// Controls that were not tested for the same reason.
pub(super) struct Cluster<'r> {
    /// The controls, by id.
    pub(super) results: Vec<&'r ControlResult>,
    /// The reason; all of them have it.
    gaps: Vec<&'r Gap>,
    /// Kinds of report that are missing, where that is the reason.
    kinds: BTreeSet<&'static str>,
}

/// What controls are put together by: labels, places, sayings and remedies of their gaps.
type Key<'r> = Vec<(Cause, &'r str, &'r str, &'r str)>;

/// The clusters in the order in which they are shown.
pub(super) fn clusters(run: &Run) -> Vec<Cluster<'_>> {
    let untested = || {
        run.results
            .iter()
            .filter(|result| result.outcome == Outcome::NotTested)
    };
    let missing: BTreeMap<&str, BTreeSet<&'static str>> = untested()
        .map(|result| (result.control.as_str(), missing_reports(run, result)))
        .filter(|(_, kinds)| !kinds.is_empty())
        .collect();
    let kinds: BTreeSet<&'static str> = missing.values().flatten().copied().collect();
    let together = kinds.len() > 1;
    let mut clusters: BTreeMap<Option<Key<'_>>, Cluster<'_>> = BTreeMap::new();
    for result in untested() {
        let joins = together && missing.contains_key(result.control.as_str());
        let key = (!joins).then(|| key(result));
        let cluster = clusters.entry(key).or_insert_with(|| Cluster {
            results: Vec::new(),
            gaps: result.gaps.iter().collect(),
            kinds: if joins {
                kinds.clone()
            } else {
                BTreeSet::new()
            },
        });
        cluster.results.push(result);
    }
    let mut clusters: Vec<Cluster<'_>> = clusters.into_values().collect();
    for cluster in &mut clusters {
        cluster.results.sort_by(|a, b| a.control.cmp(&b.control));
    }
    clusters.sort_by(|left, right| {
        let gravest = |cluster: &Cluster<'_>| cluster.gravest().map(rank);
        (right.results.len().cmp(&left.results.len()))
            .then_with(|| gravest(left).cmp(&gravest(right)))
    });
    clusters
}

fn rank(result: &ControlResult) -> (crate::model::control::Severity, String) {
    (result.severity, result.control.clone())
}

/// What tells one cause from another. A control without a gap has only its own reason.
fn key(result: &ControlResult) -> Key<'_> {
    if result.gaps.is_empty() {
        let reason = reason(result);
        return vec![(Cause::Missing, "", reason, "")];
    }
    result
        .gaps
        .iter()
        .map(|gap| {
            (
                gap.cause,
                gap.place.as_str(),
                gap.says.as_str(),
                gap.remedy.as_str(),
            )
        })
        .collect()
}

fn reason(result: &ControlResult) -> &str {
    let observed = || result.telling().map(|test| test.observed.as_str());
    result
        .reason
        .as_deref()
        .or_else(observed)
        .unwrap_or("no evidence was found")
}

/// The kinds of report whose absence is all that keeps a control from being tested.
fn missing_reports(run: &Run, result: &ControlResult) -> BTreeSet<&'static str> {
    let absent: Vec<&'static Relation> = run
        .control(&result.control)
        .map(crate::model::control::Control::relations)
        .unwrap_or_default()
        .into_iter()
        .filter_map(report_behind)
        .filter(|report| {
            run.facts
                .get(report.name)
                .is_none_or(|population| population.state == State::Absent)
        })
        .collect();
    let explained = |gap: &Gap| {
        gap.cause == Cause::Missing
            && gap.path.is_empty()
            && absent.iter().any(|report| report.remedy == gap.remedy)
    };
    if result.gaps.is_empty() || !result.gaps.iter().all(explained) {
        return BTreeSet::new();
    }
    absent
        .into_iter()
        .map(|report| report.name.split('.').next().unwrap_or(report.name))
        .collect()
}

/// The relation of the reports that a relation is read from.
fn report_behind(of: &'static Relation) -> Option<&'static Relation> {
    match of.origin {
        Origin::Report => Some(of),
        Origin::Within(report) => relation(report),
        Origin::Tree | Origin::Git | Origin::Audit => None,
    }
}

impl Cluster<'_> {
    /// The gravest of its controls.
    pub(super) fn gravest(&self) -> Option<&ControlResult> {
        self.results
            .iter()
            .copied()
            .min_by_key(|result| rank(result))
    }

    /// Writes the block.
    pub(super) fn write(&self, out: &mut String, run: &Run, style: &Style) {
        self.title(out, run, style);
        if style.detail == Detail::Quiet {
            return;
        }
        if !self.kinds.is_empty() {
            let kinds: Vec<&str> = self.kinds.iter().copied().collect();
            let reports = count(kinds.len(), "report", "reports");
            labelled(
                out,
                "missing",
                &format!("{reports}: {}", kinds.join(" ")),
                style,
            );
            labelled(out, "get it", RUN_THE_TOOLS, style);
            return;
        }
        let left = self.says(out, style);
        self.remedies(out, style);
        if left > 0 {
            let more = count(left, "more gap", "more gaps");
            let text = Text::new(format!("{more}: ")).whole(self.explain());
            layout::label(out, "more", &text, style);
        }
    }

    fn title(&self, out: &mut String, run: &Run, style: &Style) {
        if let [only] = self.results.as_slice() {
            let control = run.control(&only.control);
            Title {
                sign: Sign::Gap,
                id: &only.control,
                severity: only.severity,
                about: control.map_or("", |control| &control.title),
            }
            .write(out, style);
            return;
        }
        let mut ids = Text::default();
        for (index, result) in self.results.iter().enumerate() {
            if index > 0 {
                ids = ids.and(" ");
            }
            ids = ids.painted(Paint::Bold, visible(&result.control));
        }
        out.push_str(&Sign::Gap.shown(style));
        out.push(' ');
        layout::write(out, &ids, style, 2, 2);
    }

    /// Writes what is missing or cannot be relied on, and answers with how many gaps are left out.
    fn says(&self, out: &mut String, style: &Style) -> usize {
        if self.gaps.is_empty() {
            let reason = self.results.first().map_or("", |result| reason(result));
            labelled(out, Cause::Missing.label(), reason, style);
            return 0;
        }
        let shown = if style.detail == Detail::Full || self.gaps.len() <= FIRST_GAPS {
            self.gaps.len()
        } else {
            FIRST_GAPS - 1
        };
        let mut last = "";
        for gap in self.gaps.iter().take(shown) {
            let label = gap.cause.label();
            // The label stands once before its lines.
            let shown = if label == last { "" } else { label };
            labelled(out, shown, &gap.line(), style);
            last = label;
        }
        self.gaps.len() - shown
    }

    fn remedies(&self, out: &mut String, style: &Style) {
        let mut remedies: Vec<&str> = Vec::new();
        for gap in &self.gaps {
            if !gap.remedy.is_empty() && !remedies.contains(&gap.remedy.as_str()) {
                remedies.push(&gap.remedy);
            }
        }
        if style.detail == Detail::Full {
            for (index, remedy) in remedies.iter().enumerate() {
                labelled(out, if index == 0 { "get it" } else { "" }, remedy, style);
            }
            return;
        }
        let Some((first, rest)) = remedies.split_first() else {
            return;
        };
        let mut text = Text::new(style.own(&visible(first)));
        if !rest.is_empty() {
            text = text
                .divided(style)
                .and(format!("{} more: ", number(rest.len())))
                .whole(self.explain());
        }
        layout::label(out, "get it", &text, style);
    }

    fn explain(&self) -> String {
        let id = self.results.first().map_or("", |result| &result.control);
        format!("audit explain {}", visible(id))
    }
}
