//! `audit keys`: makes a key that signs, and shows its public half in each form in which somebody
//! asks for it; makes the key for redaction, and shows that of one run.

use std::path::PathBuf;

use super::opened::Refused;
use super::style::Show;
use super::{Exit, output, problems, redaction, signing};
use crate::load::Problem;
use crate::model::text::{from_bytes, visible};
use crate::seal::disk;
use crate::seal::ledger::{note, origin};
use crate::seal::sign::{Key, NAMESPACE, PublicKey};
use crate::tree::file;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a key, write it into a file that is not there yet, and show its public half.
    New {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        named: Named,
    },
    /// Show the public half of a key.
    Show {
        /// The file [env: `AUDIT_SIGNING_KEY`].
        file: Option<PathBuf>,
        #[command(flatten)]
        named: Named,
    },
    /// Make a key that commits to files out of which something was taken (--redaction-key).
    RedactionNew {
        /// The file, outside of the repository.
        file: PathBuf,
    },
    /// Show the key of one run, with which an original is held against its bundle.
    Reveal {
        /// The bundle, or an archive of it.
        bundle: PathBuf,
        /// The key that the run had [env: `AUDIT_REDACTION_KEY`].
        #[arg(long, value_name = "FILE")]
        redaction_key: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The repository whose ledger it signs.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    repository: String,
    /// Who signs with it [audit].
    #[arg(
        long,
        value_name = "NAME",
        default_value = "audit",
        hide_default_value = true
    )]
    signer: String,
}

pub(crate) fn run(arguments: &Arguments, show: &Show) -> Exit {
    let made = match &arguments.command {
        Command::New { file, named } => make(file).and_then(|key| tell(&key, named)),
        Command::Show { file, named } => match signing::key(file.as_deref()) {
            Ok(Some(key)) => tell(&key, named),
            Ok(None) => Err(none()),
            Err(problem) => Err(problem),
        },
        Command::RedactionNew { file } => redaction::make(file),
        Command::Reveal {
            bundle,
            redaction_key,
        } => match redaction::reveal(bundle, redaction_key.as_deref()) {
            Ok(text) => Ok(text),
            Err(Refused::Problem(problem)) => Err(problem),
            Err(Refused::Broken(problem)) => {
                problems::refuse(&[problem], &show.err());
                return Exit::Failed;
            }
        },
    };
    match made {
        Ok(text) => {
            output::out(&text);
            Exit::Clean
        }
        Err(problem) => problems::refuse(&[problem], &show.err()),
    }
}

fn none() -> Problem {
    let title = format!(
        "expected the file of a key, or {}, found none",
        signing::VARIABLE
    );
    Problem::new("signing-key", title, "audit keys new FILE makes a key.")
}

/// Makes a key. The file is made for its owner alone before anything is in it.
fn make(path: &std::path::Path) -> Result<Key, Problem> {
    let shown = from_bytes(path.as_os_str().as_encoded_bytes());
    let key =
        Key::generate().map_err(|fault| Problem::new("signing-key", fault.0, "Try again."))?;
    disk::write_secret(path, key.pem().as_bytes()).map_err(|error| {
        let reason = file::reason(&error);
        let title = format!("expected a new file, found {}: {reason}", visible(&shown));
        let fix = "Give a file that is not there yet; no key is ever written over.";
        Problem::new("signing-key", title, fix)
    })?;
    Ok(key)
}

fn tell(key: &Key, named: &Named) -> Result<String, Problem> {
    if !note::is_name(&named.signer) || named.signer.contains([',', '"']) {
        let title = format!(
            "expected a name without spaces, commas and quotes, found {} (--signer)",
            visible(&named.signer)
        );
        return Err(Problem::new(
            "value",
            title,
            "Write a name as ci@acme.example.",
        ));
    }
    Ok(forms(&key.public(), named))
}

/// Each form with a line that says who asks for it.
fn forms(key: &PublicKey, named: &Named) -> String {
    let vkey = key.vkey(&origin::of(&named.repository));
    format!(
        "# allowed_signers, for ssh-keygen -Y verify and audit verify --allowed-signers\n\
         {} namespaces=\"{NAMESPACE}\" {}\n\
         # log.vkey, for the ledger of that origin and audit verify --log-vkey\n{vkey}\n\
         # audit.pub, for openssl pkeyutl and cosign; its key id is {}\n{}",
        named.signer,
        key.ssh_line(),
        key.id(),
        key.pem()
    )
}
