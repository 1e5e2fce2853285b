//! `audit ledger`: what the ledger beside the bundles holds, how it stands, and the few ways in
//! which it goes on: repaired, remarked on, stamped, handed to another key. Nothing is taken out.

use std::path::{Path, PathBuf};

use super::examination::as_of;
use super::sealing::ledger_problem;
use super::show_ledger::{self, Shown};
use super::style::Show;
use super::verify::log_key_of;
use super::{Exit, formats, output, problems, signing};
use crate::load::Problem;
use crate::model::text::{from_bytes, visible};
use crate::model::time::{Every, Moment};
use crate::render::table::count;
use crate::seal::enter::PATIENCE;
use crate::seal::ledger::entry::Action;
use crate::seal::ledger::store::{PROOF, go_on};
use crate::seal::ledger::{Kind, Ledger, rotation};
use crate::seal::sign::Key;
use crate::seal::timestamp::reply::LONGEST;
use crate::seal::timestamp::stamp::{Head, StampError};
use crate::tree::file;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// What stands in it, and whether runs were made as often as they were meant to be.
    Show {
        #[command(flatten)]
        place: Place,
        /// weekly, monthly or quarterly: name the periods without a run.
        #[arg(long, value_name = "HOW OFTEN", value_parser = ["weekly", "monthly", "quarterly"], hide_possible_values = true)]
        expect: Option<String>,
        /// The key of the ledger, or the file that holds it: whether it was handed on by whoever had it.
        #[arg(long, value_name = "VKEY|FILE")]
        log_vkey: Option<String>,
        /// table or json [table].
        #[arg(long, value_name = "NAME", default_value = "table", hide_default_value = true, value_parser = ["table", "json"], hide_possible_values = true)]
        format: String,
        /// The time up to which runs are expected [now].
        #[arg(long, value_name = "TIME")]
        as_of: Option<String>,
    },
    /// Finish what a killed run had begun to write.
    Repair {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        by: By,
    },
    /// Add a remark on entries: nothing is ever taken out.
    Annotate {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        by: By,
        /// The entries, by their numbers.
        #[arg(long, value_name = "N", value_delimiter = ',', required = true)]
        entry: Vec<u64>,
        /// note, withdraw or supersede [note].
        #[arg(long, value_name = "WHAT", default_value = "note", hide_default_value = true, value_parser = ["note", "withdraw", "supersede"], hide_possible_values = true)]
        action: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Hand the ledger to another key, which signs from then on.
    Rotate {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        by: By,
        /// The file of the new key.
        #[arg(long, value_name = "KEY")]
        to: PathBuf,
    },
    /// Have the newest head stamped, or bring the answer of an authority.
    Stamp {
        #[command(flatten)]
        place: Place,
        /// Send the request to an authority.
        #[arg(long, value_name = "URL", conflicts_with_all = ["tsq_out", "tsr_in"])]
        tsa: Option<String>,
        /// Write the request, to be sent from elsewhere.
        #[arg(long, value_name = "FILE", conflicts_with = "tsr_in")]
        tsq_out: Option<PathBuf>,
        /// Keep the answer to it.
        #[arg(long, value_name = "FILE")]
        tsr_in: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// Where the bundles lie [audit-evidence].
    #[arg(
        long,
        value_name = "DIR",
        default_value = "audit-evidence",
        hide_default_value = true
    )]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
struct By {
    /// The key of the ledger [env: `AUDIT_SIGNING_KEY`].
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    /// The time of the entry [now].
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    let done = match &arguments.command {
        Command::Show {
            place,
            expect,
            log_vkey,
            format,
            as_of: time,
        } => as_of(time.as_deref()).and_then(|(now, _)| {
            let log = log_vkey.as_deref().map(log_key_of).transpose()?;
            let every = expect.as_deref().and_then(Every::parse);
            let shown = Shown {
                out: &place.out,
                now,
                every,
                log: log.as_ref(),
                json: format == "json",
            };
            show_ledger::show(&shown, show)
        }),
        Command::Repair { place, by } => by.key().and_then(|it| repair(&place.out, &it)),
        Command::Annotate {
            place,
            by,
            entry,
            action,
            reason,
        } => {
            let action = match action.as_str() {
                "withdraw" => Action::Withdraw,
                "supersede" => Action::Supersede,
                _ => Action::Note,
            };
            let kind = Kind::Annotation {
                action,
                refs: entry.clone(),
                reason: visible(reason).into_owned(),
            };
            by.key()
                .and_then(|it| annotate(&place.out, &it, kind, entry))
        }
        Command::Rotate { place, by, to } => by.key().and_then(|it| rotate(&place.out, &it, to)),
        Command::Stamp {
            place,
            tsa,
            tsq_out,
            tsr_in,
        } => stamp(
            &place.out,
            tsa.as_deref(),
            tsq_out.as_deref(),
            tsr_in.as_deref(),
        ),
    };
    match done {
        Ok(exit) => exit,
        Err(problem) => problems::refuse(&[problem], &show.err()),
    }
}

impl By {
    fn key(&self) -> Result<(Key, Moment), Problem> {
        let (time, _) = as_of(self.as_of.as_deref())?;
        let key = signing::key(self.sign.as_deref())?.ok_or_else(|| {
            let title = "expected the key of the ledger, found none";
            Problem::new("signing-key", title, "Give it: --sign KEY.")
        })?;
        Ok((key, time))
    }
}

fn open(out: &Path) -> Result<Ledger, Problem> {
    if !out.join(crate::seal::ledger::store::FOLDER).is_dir() {
        return Err(show_ledger::none(out));
    }
    Ledger::open(out, PATIENCE).map_err(|error| ledger_problem(&error))
}

/// Signs the head that is missing, then writes the proofs that are.
fn repair(out: &Path, (key, time): &(Key, Moment)) -> Result<Exit, Problem> {
    let mut ledger = open(out)?;
    let uncovered = match ledger.repair(*time, key, "") {
        Ok(uncovered) => usize::try_from(uncovered).unwrap_or(usize::MAX),
        Err(crate::seal::ledger::LedgerError::Nothing) => 0,
        Err(error) => return Err(ledger_problem(&error)),
    };
    let mut proofs = 0;
    let runs: Vec<(u64, String)> = ledger
        .history
        .runs()
        .map(|(entry, run)| (entry.index, run.run_id.clone()))
        .collect();
    for (index, name) in runs {
        let folder = out.join(crate::model::text::last_name(&name));
        if folder.is_dir() && !folder.join(PROOF).exists() {
            let proved = ledger.prove(index, &folder);
            proved.map_err(|error| ledger_problem(&error))?;
            proofs += 1;
        }
    }
    output::out(&format!(
        "{} without a head signed over, {} written\n",
        count(uncovered, "entry", "entries"),
        count(proofs, "proof", "proofs")
    ));
    for name in show_ledger::orphans(out, &ledger.history) {
        output::out(&format!("{} stands in no entry\n", visible(&name)));
    }
    Ok(Exit::Clean)
}

fn annotate(
    out: &Path,
    (key, time): &(Key, Moment),
    kind: Kind,
    entries: &[u64],
) -> Result<Exit, Problem> {
    let mut ledger = open(out)?;
    if let Some(beyond) = entries.iter().find(|it| **it >= ledger.history.size()) {
        let title = format!(
            "expected an entry below {}, found {beyond} (--entry)",
            ledger.history.size()
        );
        return Err(Problem::new(
            "value",
            title,
            "audit ledger show lists them.",
        ));
    }
    add(&mut ledger, kind, &[key], *time)
}

/// Both keys sign the head over the entry: whoever knows the old one can follow to the new one.
fn rotate(out: &Path, (key, time): &(Key, Moment), to: &Path) -> Result<Exit, Problem> {
    let new = signing::read(to, "--to")?;
    let mut ledger = open(out)?;
    let kind = rotation::entry(&ledger.origin(""), key, &new.public());
    add(&mut ledger, kind, &[key, &new], *time)
}

fn add(ledger: &mut Ledger, kind: Kind, keys: &[&Key], time: Moment) -> Result<Exit, Problem> {
    let added = ledger
        .append(kind, time, (keys, ""), &go_on)
        .map_err(|error| ledger_problem(&error))?;
    output::out(&format!("entry {}\n", added.index));
    Ok(Exit::Clean)
}

fn stamp(
    out: &Path,
    tsa: Option<&str>,
    tsq_out: Option<&Path>,
    tsr_in: Option<&Path>,
) -> Result<Exit, Problem> {
    let refused = |error: StampError| match error {
        StampError::Ledger(error) => ledger_problem(&error),
        StampError::Answer(fault) => {
            let fix = "Ask again, or another authority: nothing was kept.";
            Problem::new("time-stamp", fault.0, fix)
        }
    };
    let head = Head::newest(out).map_err(refused)?;
    let stamp = match (tsa, tsq_out, tsr_in) {
        (Some(url), ..) => head.ask(out, url).map_err(refused)?,
        (_, Some(path), _) => {
            let request = head.request(out).map_err(refused)?;
            formats::write(path, &request).map_err(|error| {
                let fix = "Give a file that can be written to.";
                formats::refused(path, &error, fix)
            })?;
            output::out(&format!(
                "request for the head over {} entries\n",
                head.size
            ));
            return Ok(Exit::Clean);
        }
        (_, _, Some(path)) => {
            let shown = from_bytes(path.as_os_str().as_encoded_bytes());
            let reply = file::read_up_to(path, &shown, LONGEST as u64).map_err(|unread| {
                let title = format!("expected the answer of an authority: {}", unread.says);
                Problem::new("time-stamp", title, "Give the file of the answer.")
            })?;
            head.keep(out, &reply).map_err(refused)?
        }
        _ => {
            let title = "expected --tsa, --tsq-out or --tsr-in (audit ledger stamp), found none";
            return Err(Problem::new("usage", title, "See audit help ledger."));
        }
    };
    output::out(&format!(
        "head over {} entries stamped at {}; who stamped it: audit verify --tsa-ca FILE\n",
        head.size, stamp.time
    ));
    Ok(Exit::Clean)
}
