//! The rows of the tables.

use crate::model::gap::{Cause, Gap};
use crate::model::result::{ControlResult, Deviation};
use crate::model::run::Run;
use crate::seal::Bundle;

use super::super::Closing;
use super::super::causes::{Cluster, RUN_THE_TOOLS, reason};
use super::super::table::{count, number, places};
use super::super::verdict::told;
use super::escape::{code, text};
use super::links::Linked;

/// How many places of one control are listed.
const PLACES: usize = 20;
/// How many reasons stand in one cell.
const REASONS: usize = 3;

/// What rows of one run are made of.
pub(super) struct Rows<'r> {
    run: &'r Run,
    linked: Linked<'r>,
}

impl<'r> Rows<'r> {
    pub(super) fn new(bundle: &'r Bundle, closing: &'r Closing) -> Self {
        Self {
            run: bundle.run(),
            linked: Linked::new(closing.links.as_ref(), bundle),
        }
    }

    /// A control with exceptions.
    pub(super) fn exception(&self, result: &ControlResult) -> String {
        let told = told(result);
        let each = |say: fn(&crate::model::result::TestResult) -> &String| {
            let said: Vec<String> = told.iter().map(|test| text(say(test))).collect();
            said.join("<br>")
        };
        let first = result
            .deviations
            .iter()
            .find(|deviation| deviation.waiver.is_none())
            .or_else(|| result.deviations.first());
        row(&[
            self.named(&result.control),
            self.severity(result),
            each(|test| &test.observed),
            each(|test| &test.required),
            first.map_or_else(|| "-".to_owned(), |first| self.first_place(first)),
        ])
    }

    fn named(&self, id: &str) -> String {
        let title = self.run.control(id).map_or("", |control| &control.title);
        format!("{} {}", text(id), text(title))
            .trim_end()
            .to_owned()
    }

    /// The severity, and the waivers that cover some of the deviations.
    fn severity(&self, result: &ControlResult) -> String {
        let mut parts = vec![result.severity.name().to_owned()];
        if result.waived {
            parts.push("waived".to_owned());
        }
        for used in &result.waivers {
            let waiver = self.run.waivers.iter().find(|(it, _)| it.id == used.id);
            let until = waiver
                .and_then(|(waiver, _)| waiver.expires)
                .map_or_else(String::new, |day| format!(" to {day}"));
            parts.push(format!(
                "{} covers {} of {}{until}",
                text(&used.id),
                number(used.covers),
                number(result.deviations.len())
            ));
        }
        parts.join("<br>")
    }

    fn first_place(&self, deviation: &Deviation) -> String {
        if deviation.place.is_empty() {
            return "-".to_owned();
        }
        let place = match deviation.line {
            Some(line) => format!("{}:{line}", deviation.path),
            None => deviation.place.clone(),
        };
        self.place(&place, &deviation.path, deviation.line)
    }

    /// A place as it is called, and a link where there is something to lead to.
    fn place(&self, place: &str, path: &str, line: Option<u32>) -> String {
        match self.linked.of(path, line) {
            Some(url) => format!("[{}]({url})", code(place)),
            None => code(place),
        }
    }

    /// Controls that were not tested for one cause.
    pub(super) fn cause(&self, cluster: &Cluster<'_>) -> String {
        let named = match cluster.results.as_slice() {
            [only] => self.named(&only.control),
            results => {
                let ids: Vec<String> = results.iter().map(|it| text(&it.control)).collect();
                ids.join(" ")
            }
        };
        row(&[named, self.reason(cluster), get_it(cluster)])
    }

    fn reason(&self, cluster: &Cluster<'_>) -> String {
        if !cluster.kinds.is_empty() {
            let kinds: Vec<&str> = cluster.kinds.iter().copied().collect();
            let reports = count(kinds.len(), "report", "reports");
            return format!("missing {reports}: {}", kinds.join(" "));
        }
        if cluster.gaps.is_empty() {
            let first = cluster.results.first();
            return text(first.map_or("", |result| reason(result)));
        }
        let mut said: Vec<String> = cluster
            .gaps
            .iter()
            .take(REASONS)
            .map(|gap| format!("{}: {}", gap.cause.label(), self.gap(gap)))
            .collect();
        if let Some(left) = cluster.gaps.len().checked_sub(REASONS).filter(|it| *it > 0) {
            said.push(count(left, "more gap", "more gaps"));
        }
        said.join("<br>")
    }

    fn gap(&self, gap: &Gap) -> String {
        if gap.place.is_empty() {
            return text(&gap.says);
        }
        let line = gap.place.strip_prefix(&format!("{}:", gap.path));
        let line = line.and_then(|rest| rest.split(':').next()?.parse().ok());
        let place = self.place(&gap.place, &gap.path, line);
        format!("{place}: {}", text(&gap.says))
    }

    /// Where the exceptions of a control stand, and what of it could not be read.
    pub(super) fn places(&self, result: &ControlResult) -> Vec<String> {
        let id = text(&result.control);
        let placed = result.deviations.iter().take(PLACES).map(|deviation| {
            let place = if deviation.place.is_empty() {
                "-".to_owned()
            } else {
                self.place(&deviation.place, &deviation.path, deviation.line)
            };
            let cells = places::Row::of(deviation).cells;
            let mut what: Vec<String> = cells.iter().map(|cell| code(cell)).collect();
            if let Some(waiver) = &deviation.waiver {
                what.push(format!("waived by {}", text(waiver)));
            }
            row(&[id.clone(), place, what.join(" ")])
        });
        let unread = result.gaps.iter().take(PLACES).map(|gap| {
            let label = match gap.cause {
                Cause::Unreadable | Cause::TooLarge => "not read",
                cause => cause.label(),
            };
            row(&[id.clone(), label.to_owned(), self.gap(gap)])
        });
        let mut rows: Vec<String> = placed.chain(unread).collect();
        let left = |all: usize| all.saturating_sub(PLACES);
        let left = left(result.deviations.len()) + left(result.gaps.len());
        if left > 0 {
            let more = code(&format!("audit explain {}", result.control));
            rows.push(row(&[id, format!("{} more", number(left)), more]));
        }
        rows
    }
}

/// What to do about the gaps of a cause.
fn get_it(cluster: &Cluster<'_>) -> String {
    if !cluster.kinds.is_empty() {
        return text(RUN_THE_TOOLS);
    }
    let remedies = cluster.remedies();
    let Some((first, rest)) = remedies.split_first() else {
        return "-".to_owned();
    };
    let first = text(first);
    if rest.is_empty() {
        return first;
    }
    let id = cluster.results.first().map_or("", |result| &result.control);
    let more = code(&format!("audit explain {id}"));
    format!("{first} · {} more: {more}", number(rest.len()))
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}
