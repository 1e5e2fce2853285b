//! How a run is sealed: with a key, an entry in the ledger and a time stamp, or with none of them.

use std::path::{Path, PathBuf};

use super::examination::now;
use super::{output, redaction, signing};
use crate::load::Problem;
use crate::model::exhibit::Digest;
use crate::model::run::{Clock, Run};
use crate::model::text::{excerpt, visible};
use crate::model::time::Moment;
use crate::seal::enter::{self, EnterError, Terms};
use crate::seal::ledger::store::go_on;
use crate::seal::ledger::{Kind, LedgerError};
use crate::seal::sign::Key;
use crate::seal::timestamp::stamp::Head;
use crate::seal::{Bundle, Member, Sealing, StoreError, Stored, store};

/// The flags of the main job that say how it is sealed.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Flags {
    #[arg(long, value_name = "KEY")]
    pub(crate) sign: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) redaction_key: Option<PathBuf>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) challenge: Option<String>,
    #[arg(long)]
    pub(crate) announce: bool,
    #[arg(long, value_name = "URL")]
    pub(crate) tsa: Option<String>,
}

/// What a run is sealed with.
#[derive(Debug, Default)]
pub(crate) struct Signing {
    key: Option<Key>,
    redaction: Option<redaction::Given>,
    challenge: Option<String>,
    announce: bool,
    tsa: Option<String>,
}

/// The longest word of an auditor.
const CHALLENGE: usize = 200;

impl Signing {
    /// What the command line and the environment ask for.
    pub(crate) fn of(arguments: &Flags) -> Result<Self, Vec<Problem>> {
        let key = signing::key(arguments.sign.as_deref()).map_err(|problem| vec![problem])?;
        let redaction = redaction::key(arguments.redaction_key.as_deref());
        let redaction = redaction.map_err(|problem| vec![problem])?;
        let needs = [
            (arguments.announce, "--announce"),
            (arguments.tsa.is_some(), "--tsa"),
        ];
        if let Some((_, flag)) = needs.iter().find(|(given, _)| *given && key.is_none()) {
            let title = format!("expected --sign KEY beside {flag}, found none");
            let fix = "Give the key: what is announced and stamped stands in a signed ledger.";
            return Err(vec![Problem::new("usage", title, fix)]);
        }
        let challenge = arguments.challenge.clone();
        if let Some(text) = challenge.as_deref()
            && (text.is_empty() || text.chars().count() > CHALLENGE || visible(text) != text)
        {
            let title = format!(
                "expected 1 to {CHALLENGE} characters in one line, found {} (--challenge)",
                excerpt(text)
            );
            let fix = "Give the auditor's word as it was received.";
            return Err(vec![Problem::new("value", title, fix)]);
        }
        Ok(Self {
            key,
            redaction,
            challenge,
            announce: arguments.announce,
            tsa: arguments.tsa.clone(),
        })
    }

    /// Whether there is a key.
    pub(crate) const fn signs(&self) -> bool {
        self.key.is_some()
    }

    /// Refuses a key for redaction that lies in one of these folders.
    pub(crate) fn keeps_outside(&self, folders: &[&Path]) -> Result<(), Problem> {
        let given = self.redaction.as_ref();
        given.map_or(Ok(()), |given| given.outside(folders))
    }

    /// Commits to what is not shown of a run, where there is a key for it.
    pub(crate) fn bind(&self, run: &mut Run) -> Result<(), Problem> {
        redaction::bind(run, self.redaction.as_ref())
    }

    /// Looks whether a run can be entered, before anything is examined; says there that it begins,
    /// where that was asked for.
    pub(crate) fn prepare(
        &self,
        out: &Path,
        (commit, catalogue, repository): (Option<&str>, Digest, &str),
        as_of: Moment,
    ) -> Result<(), Vec<Problem>> {
        let Some(key) = &self.key else { return Ok(()) };
        let refused = |error: LedgerError| {
            let mut problem = ledger_problem(&error);
            problem
                .fix
                .push_str(" (Looked at first: nothing was examined.)");
            vec![problem]
        };
        if !self.announce {
            return enter::prepare(out, key).map_err(refused);
        }
        let started = Kind::RunStarted {
            challenge: self.challenge.clone(),
            commit: commit.map(str::to_owned),
            catalog_sha256: catalogue,
        };
        enter::announce(out, (key, repository), started, as_of)
            .map(|_| ())
            .map_err(refused)
    }

    /// Writes the bundle and, where there is a key, the entry. Answers with what is said of it.
    pub(crate) fn write(
        &self,
        bundle: &Bundle,
        members: Vec<Member>,
        out: &Path,
    ) -> Result<(Stored, Option<String>), Vec<Problem>> {
        let finished = finished(bundle.run());
        let Some(key) = &self.key else {
            let sealing = Sealing {
                finished,
                challenge: self.challenge.clone(),
                ledger_before: None,
            };
            let stored = store::store(bundle, members, out, (&sealing, None));
            return stored
                .map(|stored| (stored, None))
                .map_err(|error| vec![store_problem(&error)]);
        };
        let terms = Terms {
            key,
            challenge: self.challenge.clone(),
            finished,
        };
        let entered = enter::enter(bundle, members, out, &terms, &go_on).map_err(|error| {
            vec![match error {
                EnterError::Store(error) => store_problem(&error),
                EnterError::Ledger(error) => ledger_problem(&error),
                EnterError::Unentered { bundle, error } => unentered_problem(&bundle, &error),
            }]
        })?;
        let entry = format!("entry {} · ", entered.index);
        let stamped = self.tsa.as_deref().map(|url| stamp(out, url));
        let stamped = stamped.unwrap_or_else(|| "no time stamp".to_owned());
        Ok((entered.stored, Some(format!("{entry}{stamped}"))))
    }
}

/// Asks for a time stamp. One that is not to be had can be asked for later, and the bundle stands.
fn stamp(out: &Path, url: &str) -> String {
    match Head::newest(out).and_then(|head| head.ask(out, url)) {
        Ok(stamp) => format!("stamped at {}", stamp.time),
        Err(error) => {
            let says = visible(&error.to_string()).into_owned();
            output::err(&format!(
                "audit: {says}; ask again with audit ledger stamp\n"
            ));
            "no time stamp".to_owned()
        }
    }
}

/// When the bundle is sealed, by the same clock by which the run began.
fn finished(run: &Run) -> Option<Moment> {
    match run.clock {
        Clock::System => now(),
        Clock::SourceDateEpoch | Clock::Given => None,
    }
}

fn store_problem(error: &StoreError) -> Problem {
    match error {
        StoreError::Changed { .. } => Problem::new(
            "evidence-changed",
            error.to_string(),
            "Let the tool that writes it end, then run again. (No bundle was written.)",
        ),
        _ => Problem::new(
            "out",
            format!("{error} (--out)"),
            "Give a directory that can be written to and has room: --out DIR. (No bundle was written.)",
        ),
    }
}

/// The same as [`ledger_problem`] when the bundle was in its place already.
fn unentered_problem(bundle: &str, error: &LedgerError) -> Problem {
    let mut problem = ledger_problem(error);
    problem.fix = format!(
        "Make room there, then audit ledger show: it says how the ledger stands and what repairs it. \
         Bundle {bundle} is in its place and no entry names it yet."
    );
    problem
}

/// Why a ledger is not written to, and what to do.
pub(crate) fn ledger_problem(error: &LedgerError) -> Problem {
    let fix = match error {
        LedgerError::Place { .. } => "Give a directory that can be written to: --out DIR.",
        LedgerError::Busy(_) => "Wait until the other run has ended, then run again.",
        LedgerError::Broken(_) => {
            "Bring back the ledger as it was stored elsewhere; audit ledger show says how it stands."
        }
        LedgerError::Unfinished { .. } => "A run was killed there: audit ledger repair --sign KEY",
        LedgerError::Key(_) => {
            "Sign with the key of this ledger, or hand it on: audit ledger rotate."
        }
        LedgerError::Nothing => "Leave it as it is.",
        LedgerError::Entry(_) => "Report this with the command that was run.",
    };
    Problem::new("ledger", error.to_string(), fix)
}
