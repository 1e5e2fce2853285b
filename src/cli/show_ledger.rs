//! What a ledger holds, as a table or for a machine.

use std::path::Path;

use serde::Serialize;

use super::sealing::ledger_problem;
use super::style::Show;
use super::{Exit, output};
use crate::load::Problem;
use crate::model::text::{excerpt, from_bytes, visible};
use crate::model::time::{Every, Moment};
use crate::render::table::grid::{Fit, Grid};
use crate::render::table::{Style, Text, count, layout, number};
use crate::seal::ledger::coverage::Coverage;
use crate::seal::ledger::entry::{Action, Read};
use crate::seal::ledger::history::Standing;
use crate::seal::ledger::periods::Times;
use crate::seal::ledger::{History, Kind, rotation, store};
use crate::seal::sign::PublicKey;
use crate::tree::file;

/// What is asked for.
pub(crate) struct Shown<'s> {
    /// Where the bundles lie.
    pub(crate) out: &'s Path,
    /// The time up to which runs are expected.
    pub(crate) now: Moment,
    /// How often.
    pub(crate) every: Option<Every>,
    /// The key of the ledger, where it is known.
    pub(crate) log: Option<&'s (String, PublicKey)>,
    /// Whether for a machine.
    pub(crate) json: bool,
}

/// One entry, in words.
#[derive(Serialize)]
struct Row {
    index: u64,
    kind: String,
    time: String,
    says: String,
}

#[derive(Serialize)]
struct Printed {
    origin: Option<String>,
    entries: Vec<Row>,
    covered: u64,
    standing: &'static str,
    reason: Option<String>,
    keys: Keys,
    orphans: Vec<String>,
    /// Entries that announce a run which never came.
    begun_only: Vec<u64>,
    coverage: Option<Coverage>,
    uncounted: Option<Uncounted>,
}

/// Who signs.
#[derive(Clone, Copy, Serialize)]
struct Keys {
    /// How often the ledger was handed to another key.
    handed_on: usize,
    /// Whether a key was given that is known from outside. Else each note is held against the others,
    /// and who was the first is not known.
    known: bool,
}

/// The kind of an entry that hands the ledger on.
const ROTATION: &str = "key-rotation";

/// Runs that count for no period.
#[derive(Serialize)]
struct Uncounted {
    /// They were withdrawn, or a later run stands for them.
    withdrawn: usize,
    /// An older entry has a later time.
    behind: usize,
}

/// There is no ledger.
pub(crate) fn none(out: &Path) -> Problem {
    let shown = from_bytes(out.as_os_str().as_encoded_bytes());
    let title = format!(
        "expected a ledger in {}, found none (--out)",
        visible(&shown)
    );
    let fix = "Sign a run, which begins one: audit --controls soc2 --sign KEY";
    Problem::new("ledger", title, fix)
}

/// Bundles that stand in no entry: of runs without a key, or of one that was killed.
pub(crate) fn orphans(out: &Path, history: &History) -> Vec<String> {
    let mut names = file::folders(out);
    names.retain(|name| {
        !name.starts_with('.')
            && out.join(name).join("manifest.json").is_file()
            && !history.runs().any(|(_, run)| run.run_id == *name)
    });
    names
}

/// Shows the ledger. It ends with 4 where the ledger is not what its head covers.
pub(crate) fn show(shown: &Shown<'_>, show: &Show) -> Result<Exit, Problem> {
    let history = store::read(shown.out).map_err(|error| ledger_problem(&error))?;
    let history = history.ok_or_else(|| none(shown.out))?;
    // No authority is trusted here, so that the runs are taken at their word.
    let times = shown
        .every
        .map(|every| (every, Times::of(&history, |_| None, every)));
    let sound = history
        .chained()
        .and_then(|()| rotation::judged(&history, shown.log));
    let (standing, reason) = match (history.standing(), sound) {
        (Standing::Broken(fault), _) | (_, Err(fault)) => ("broken", Some(fault.0)),
        (Standing::Unfinished { .. }, _) => ("unfinished", None),
        (Standing::Whole, Ok(())) => ("whole", None),
    };
    let entries: Vec<Row> = (0..).zip(&history.entries).map(row).collect();
    let handed_on = entries.iter().filter(|row| row.kind == ROTATION).count();
    let printed = Printed {
        origin: history.head.as_ref().map(|head| head.origin.clone()),
        keys: Keys {
            handed_on,
            known: shown.log.is_some(),
        },
        entries,
        covered: history.head.as_ref().map_or(0, |head| head.size),
        standing,
        reason,
        orphans: orphans(shown.out, &history),
        begun_only: history.begun_only(),
        uncounted: times.as_ref().map(|(_, times)| Uncounted {
            withdrawn: times.withdrawn,
            behind: times.behind,
        }),
        coverage: times
            .as_ref()
            .map(|(every, times)| Coverage::of(&times.counted, shown.now, *every)),
    };
    if shown.json {
        let mut text = serde_json::to_string_pretty(&printed).unwrap_or_default();
        text.push('\n');
        output::json(&text);
    } else {
        output::out(&table(&printed, &show.out()));
    }
    Ok(if standing == "broken" {
        Exit::Failed
    } else {
        Exit::Clean
    })
}

fn row((at, read): (u64, &Result<Read, crate::seal::Fault>)) -> Row {
    let unread = |kind: &str, says: String| Row {
        index: at,
        kind: kind.to_owned(),
        time: "-".to_owned(),
        says,
    };
    let entry = match read {
        Err(fault) => return unread("unreadable", fault.to_string()),
        Ok(Read::Unknown { kind, .. }) => {
            return unread(kind, "of a kind that is not known here".to_owned());
        }
        Ok(Read::Known(entry)) => entry,
    };
    let (kind, says) = match &entry.kind {
        Kind::Run(run) => ("run", format!("{} {}", run.run_id, run.result)),
        Kind::RunStarted { commit, .. } => {
            let commit: String = commit
                .as_deref()
                .unwrap_or("no commit")
                .chars()
                .take(12)
                .collect();
            ("run-started", commit)
        }
        Kind::Annotation {
            action,
            refs,
            reason,
        } => {
            let refs: Vec<String> = refs.iter().map(u64::to_string).collect();
            let action = match action {
                Action::Note => "on",
                Action::Withdraw => "withdraws",
                Action::Supersede => "supersedes",
                Action::Repair => "repairs",
            };
            (
                "annotation",
                format!("{action} {}: {reason}", refs.join(" ")),
            )
        }
        Kind::KeyRotation { vkey, .. } => (ROTATION, format!("to {vkey}")),
    };
    Row {
        index: at,
        kind: kind.to_owned(),
        time: visible(&entry.time).into_owned(),
        says: excerpt(&says),
    }
}

fn table(printed: &Printed, style: &Style) -> String {
    let mut grid = Grid::new(&[
        ("ENTRY", Fit::Right),
        ("KIND", Fit::Fixed),
        ("TIME", Fit::Fixed),
        ("SAYS", Fit::Wrap),
    ]);
    for row in &printed.entries {
        grid.row([
            row.index.to_string(),
            row.kind.clone(),
            row.time.clone(),
            row.says.clone(),
        ]);
    }
    let mut out = grid.render(style);
    let mut line = |text: Text| layout::write(&mut out, &text, style, 0, 2);
    let covered = format!("{} covered by the head", printed.covered);
    let origin = printed.origin.as_deref().unwrap_or("no head");
    let standing = printed.reason.as_ref().map_or_else(
        || printed.standing.to_owned(),
        |reason| format!("{}: {reason}", printed.standing),
    );
    let parts = [
        count(printed.entries.len(), "entry", "entries"),
        covered,
        visible(origin).into_owned(),
        standing,
    ];
    line(Text::list(style, parts));
    for remark in remarks(printed) {
        line(Text::new(remark));
    }
    if let Some(coverage) = &printed.coverage {
        line(Text::list(style, covered_periods(coverage)));
    }
    if let Some(runs) = &printed.uncounted {
        for (count, why) in [
            (runs.withdrawn, "withdrawn"),
            (runs.behind, "with a time before an older entry's"),
        ] {
            if count > 0 {
                line(Text::new(format!("{count} {why}, for no period")));
            }
        }
    }
    out
}

/// What has to be said of how it stands: what was left unfinished, who signs, what stands in no entry.
fn remarks(printed: &Printed) -> Vec<String> {
    let mut remarks = Vec::new();
    if printed.standing == "unfinished" {
        remarks.push(
            "a run was killed there; audit ledger repair --sign KEY finishes what it began"
                .to_owned(),
        );
    }
    let Keys { handed_on, known } = printed.keys;
    if handed_on > 0 && !known && printed.standing != "broken" {
        let handed = count(handed_on, "time", "times");
        remarks.push(format!(
            "handed to another key {handed}, by notes that lead from one to the next; whose the first \
             was is not known, --log-vkey tells"
        ));
    }
    let orphans = printed.orphans.iter();
    remarks.extend(orphans.map(|name| format!("{} stands in no entry", visible(name))));
    let begun = printed.begun_only.iter();
    remarks.extend(begun.map(|at| format!("entry {at} announces a run that was never entered")));
    remarks
}

/// How many periods have a run, which have none, and the longest time between two.
fn covered_periods(coverage: &Coverage) -> Vec<String> {
    let with = coverage.periods.len() - coverage.missing().len();
    let mut parts = vec![format!(
        "periods with a run: {} of {}",
        number(with),
        number(coverage.periods.len())
    )];
    if !coverage.missing().is_empty() {
        parts.push(format!("none in {}", coverage.missing().join(" ")));
    }
    if let Some((from, to)) = coverage.gap {
        parts.push(format!(
            "longest gap {} days, {from} to {to}",
            coverage.longest_gap
        ));
    }
    parts
}
