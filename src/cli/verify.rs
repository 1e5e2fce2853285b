//! `audit verify`: every step of verification, each held, failed or not checked, by what whoever
//! verifies trusts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::examination::now;
use super::style::Show;
use super::{Exit, output, problems};
use crate::git::Repository;
use crate::load::Problem;
use crate::model::exhibit::Digest;
use crate::model::text::{excerpt, from_bytes, visible};
use crate::model::time::{Every, Moment};
use crate::render::table::layout::{pad, width, write as write_text};
use crate::render::table::{Paint, Style, Text};
use crate::seal::sign::{AllowedSigners, PublicKey};
use crate::seal::verify::{Report, State, Step, Trust, Verdict, verify};
use crate::tree::file;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A bundle, the folder of bundles with their ledger, or an archive of one of them.
    bundle: PathBuf,
    /// A folder of yours with `allowed_signers`, `log.vkey`, `tsa-ca.pem`, checkpoint and
    /// catalogue.sha256, as far as you have them.
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// Who may sign, as ssh-keygen has it.
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,
    /// Who has to have signed, of those.
    #[arg(long, value_name = "NAME")]
    signer: Option<String>,
    /// The key of the ledger, or the file that holds it.
    #[arg(long, value_name = "VKEY|FILE")]
    log_vkey: Option<String>,
    /// The roots of the time-stamp authorities that you trust.
    #[arg(long, value_name = "FILE")]
    tsa_ca: Option<PathBuf>,
    /// The checkpoint that you kept from the last time.
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// The digest of the catalogue that you approved.
    #[arg(long, value_name = "SHA256")]
    catalogue: Option<String>,
    /// A clone of the repository, of yours.
    #[arg(long, value_name = "CLONE")]
    git: Option<PathBuf>,
    /// Where the program git is.
    #[arg(long, value_name = "FILE")]
    git_program: Option<PathBuf>,
    /// weekly, monthly or quarterly: how often runs have to stand in the ledger.
    #[arg(long, value_name = "HOW OFTEN", value_parser = ["weekly", "monthly", "quarterly"], hide_possible_values = true)]
    expect: Option<String>,
    /// How many others have to have signed.
    #[arg(long, value_name = "N")]
    require_countersign: Option<usize>,
    /// Steps that need not be done, by their numbers: 9 the first time, 10 without time stamps.
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(8..=10))]
    without: Vec<u8>,
    /// Judge keys and periods at a time [now].
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// table or json [table].
    #[arg(long, value_name = "NAME", default_value = "table", hide_default_value = true, value_parser = ["table", "json"], hide_possible_values = true)]
    format: String,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    match attempt(arguments, show) {
        Ok(exit) => exit,
        Err(problem) => problems::refuse(&[problem], &show.err()),
    }
}

fn attempt(arguments: &Arguments, show: &Show) -> Result<Exit, Problem> {
    let clone = match &arguments.git {
        Some(folder) => Some(repository(folder, arguments.git_program.as_deref())?),
        None => None,
    };
    let trust = arguments.trusted(clone.as_ref())?;
    let report = verify(&arguments.bundle, &trust).map_err(|fault| {
        let fix = "Give a bundle, the folder of bundles with their ledger, or an archive of it.";
        Problem::new("bundle", fault.0, fix)
    })?;
    if arguments.format == "json" {
        output::json(&printed(&report));
    } else {
        output::out(&table(&report, &show.out()));
    }
    Ok(exit(report.verdict))
}

const fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Held => Exit::Clean,
        Verdict::TrustNotEstablished => Exit::Untrusted,
        Verdict::Failed => Exit::Failed,
    }
}

fn repository(folder: &Path, git: Option<&Path>) -> Result<Repository, Problem> {
    let shown = shown(folder);
    let wrong = |says: String| {
        let title = format!("expected a clone, found {shown}: {says} (--git)");
        Problem::new("git", title, "Give a clone that you made yourself.")
    };
    match Repository::discover(folder, git) {
        Ok(Some(repository)) => Ok(repository),
        Ok(None) => Err(wrong("there is no repository".to_owned())),
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// The key of a ledger, with its origin.
fn log_key(text: &str) -> Result<(String, PublicKey), Problem> {
    PublicKey::from_vkey(text).map_err(|fault| {
        let title = format!("{fault} (--log-vkey)");
        let fix = "audit keys show KEY --repository NAME prints it.";
        Problem::new("trust", title, fix)
    })
}

/// The key of a ledger as it is given, or in the file that holds it.
pub(crate) fn log_key_of(given: &str) -> Result<(String, PublicKey), Problem> {
    let path = Path::new(given);
    if given.contains('+') && !path.exists() {
        return log_key(given);
    }
    let bytes = file::read(path, "").map_err(|unread| {
        let title = format!("expected a key at {}: {}", shown(path), unread.says);
        Problem::new("trust", title, "Give a file of yours that can be read.")
    })?;
    log_key(String::from_utf8_lossy(&bytes).trim())
}

fn shown(path: &Path) -> String {
    visible(&from_bytes(path.as_os_str().as_encoded_bytes())).into_owned()
}

impl Arguments {
    /// The file of a flag, or else the one of that name among what is trusted.
    fn bytes(&self, given: Option<&Path>, name: &str) -> Result<Option<Vec<u8>>, Problem> {
        let path = match (given, &self.trust) {
            (Some(path), _) => path.to_path_buf(),
            (None, Some(folder)) if folder.join(name).exists() => folder.join(name),
            (None, Some(folder)) if !folder.is_dir() => {
                let title = format!("expected a directory, found {} (--trust)", shown(folder));
                return Err(Problem::new("trust", title, "Give a directory of yours."));
            }
            _ => return Ok(None),
        };
        let read = file::read(&path, "").map(Some);
        read.map_err(|unread| {
            let title = format!("expected {name} at {}: {}", shown(&path), unread.says);
            Problem::new("trust", title, "Give a file of yours that can be read.")
        })
    }

    fn text(&self, given: Option<&Path>, name: &str) -> Result<Option<String>, Problem> {
        let bytes = self.bytes(given, name)?;
        let text = bytes.map(|bytes| file::decode(&bytes)).transpose();
        text.map_err(|says| Problem::new("trust", format!("{name}: {says}"), "Give a text file."))
    }

    fn trusted<'t>(&self, clone: Option<&'t Repository>) -> Result<Trust<'t>, Problem> {
        let now = match &self.as_of {
            Some(text) => Moment::parse(text),
            None => now(),
        };
        let now = now.ok_or_else(|| {
            let found = excerpt(self.as_of.as_deref().unwrap_or("none"));
            let title = format!("expected a time, found {found} (--as-of)");
            Problem::new(
                "time",
                title,
                "Write a time in UTC as 2026-11-22T14:03:07Z.",
            )
        })?;
        Ok(Trust {
            signers: self.signers()?,
            signer: self.signer.clone(),
            log: self.log()?,
            tsa: self.bytes(self.tsa_ca.as_deref(), "tsa-ca.pem")?,
            since: self.bytes(self.since.as_deref(), "checkpoint")?,
            catalogue: self.approved()?,
            clone,
            expect: self.expect.as_deref().and_then(Every::parse),
            countersigned: self.require_countersign,
            without: self.without.iter().copied().collect(),
            now,
        })
    }

    /// The allowed signers. A line that is not understood could be the one that was meant.
    fn signers(&self) -> Result<Option<AllowedSigners>, Problem> {
        let text = self.text(self.allowed_signers.as_deref(), "allowed_signers")?;
        let signers = text.map(|text| AllowedSigners::parse(&text));
        match signers.as_ref().and_then(|it| it.faults.first()) {
            None => Ok(signers),
            Some(fault) => {
                let fix = "Write NAME namespaces=\"audit-evidence\" ssh-ed25519 AAAA… in one line.";
                Err(Problem::new(
                    "trust",
                    format!("allowed_signers: {fault}"),
                    fix,
                ))
            }
        }
    }

    fn log(&self) -> Result<Option<(String, PublicKey)>, Problem> {
        let given = self.log_vkey.as_deref();
        let text = match given {
            Some(text) if text.contains('+') && !Path::new(text).exists() => Some(text.to_owned()),
            given => self.text(given.map(Path::new), "log.vkey")?,
        };
        text.map(|text| log_key(&text)).transpose()
    }

    fn approved(&self) -> Result<Option<Digest>, Problem> {
        let text = match &self.catalogue {
            Some(text) => Some(text.clone()),
            None => self.text(None, "catalogue.sha256")?,
        };
        let Some(text) = text else { return Ok(None) };
        let digest = text.split_whitespace().next().and_then(Digest::parse);
        digest.map(Some).ok_or_else(|| {
            let title = format!("expected 64 hexadecimal digits, found {}", excerpt(&text));
            Problem::new(
                "trust",
                title,
                "Give the digest of the catalogue that you approved.",
            )
        })
    }
}

#[derive(Serialize)]
struct Printed<'p> {
    #[serde(flatten)]
    report: &'p Report,
    exit: u8,
}

fn printed(report: &Report) -> String {
    let printed = Printed {
        report,
        exit: exit(report.verdict).code(),
    };
    let mut text = serde_json::to_string_pretty(&printed).unwrap_or_default();
    text.push('\n');
    text
}

/// The column in which it is said what was found.
const SAYS: usize = 49;
/// The column in which its state stands.
const STATE: usize = 36;

/// What failed stands first; then every step, always.
fn table(report: &Report, style: &Style) -> String {
    let mut out = String::new();
    let (failed, others): (Vec<&Step>, Vec<&Step>) = report
        .steps
        .iter()
        .partition(|step| step.state == State::Failed);
    for step in failed.into_iter().chain(others) {
        row(&mut out, step, style);
    }
    let count = |state| report.steps.iter().filter(|it| it.state == state).count();
    let failed = count(State::Failed);
    let closing = match report.verdict {
        Verdict::Failed => format!(
            "{failed} failed: do not rely on this bundle. Ask for it again from where it was first stored."
        ),
        Verdict::TrustNotEstablished => format!(
            "{} held, 0 failed, {} not checked. Consistent with itself; {}.",
            count(State::Held),
            count(State::NotChecked),
            report.signer.as_ref().map_or_else(
                || "who made it, and when, is not established".to_owned(),
                |who| format!(
                    "signed by {}; the steps not checked leave the rest open",
                    visible(who)
                )
            )
        ),
        Verdict::Held => format!(
            "{} held, 0 failed, {} not checked. Unchanged since {} signed it; not shown to be true.",
            count(State::Held),
            count(State::NotChecked),
            visible(report.signer.as_deref().unwrap_or("its signer"))
        ),
    };
    let text = Text::new(style.own(&closing));
    write_text(&mut out, &text, style, 0, 0);
    out
}

fn row(out: &mut String, step: &Step, style: &Style) {
    let (words, paint) = match step.state {
        State::Held => ("held", None),
        State::NotChecked => ("not checked", Some(Paint::Yellow)),
        State::Failed => ("FAILED", Some(Paint::Red)),
    };
    let shown = paint.map_or_else(|| words.to_owned(), |paint| style.paint(paint, words));
    let head = pad(&format!("{:>2}  {}", step.number, step.name), STATE);
    let gap = " ".repeat((SAYS - STATE).saturating_sub(width(words)));
    // Writing to memory does not fail.
    let _ = write!(out, "{head}{shown}{gap}");
    let says = Text::new(style.own(&visible(&step.says)));
    write_text(out, &says, style, SAYS, SAYS);
}
