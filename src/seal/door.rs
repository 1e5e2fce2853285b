//! Starting one of the stock programs that are asked for a second word: `openssl`, `curl`.
//!
//! Both the words and the folder are ours: a program sees no name that a bundle, a ledger or a
//! repository chose, and nothing of the environment but where programs lie and, for `curl`, how the
//! user's network is left and whose certificates are trusted there.

#![expect(
    clippy::disallowed_methods,
    reason = "the one place of this layer that starts a program, of a fixed list"
)]

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{Fault, disk};
use crate::model::text;
use crate::tree::digest::hex;

/// The most that is kept of what a program says.
const SAID: u64 = 64 * 1024;
/// How long a program may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program that may be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// `openssl`.
    Openssl,
    /// `curl`.
    Curl,
}

impl Stock {
    const fn name(self) -> &'static str {
        match self {
            Self::Openssl => "openssl",
            Self::Curl => "curl",
        }
    }

    /// What it is told of the environment.
    const fn sees(self) -> &'static [&'static str] {
        match self {
            Self::Openssl => &["PATH", "SystemRoot"],
            Self::Curl => &[
                "PATH",
                "SystemRoot",
                "CURL_CA_BUNDLE",
                "SSL_CERT_FILE",
                "SSL_CERT_DIR",
                "HTTPS_PROXY",
                "https_proxy",
                "NO_PROXY",
                "no_proxy",
            ],
        }
    }
}

/// How a program ended, and what it said to standard error, made visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Whether with success.
    pub success: bool,
    /// What it said.
    pub says: String,
}

/// A folder that nobody else looks into, gone with everything in it when it is dropped.
#[derive(Debug)]
pub struct Private(PathBuf);

impl Private {
    /// A folder of a name that nobody can guess.
    ///
    /// # Errors
    /// A system without random numbers, or a place that cannot be written to.
    pub fn new() -> Result<Self, Fault> {
        let mut name = [0_u8; 16];
        getrandom::fill(&mut name)
            .map_err(|_| Fault::new("expected random numbers from the system, found none"))?;
        let folder = std::env::temp_dir().join(format!("audit-{}", hex(&name)));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|error| refuse(&error))?;
        Ok(Self(folder))
    }

    /// Writes a file there.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        disk::write_new(&self.0.join(name), bytes).map_err(|error| refuse(&error))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn refuse(error: &io::Error) -> Fault {
    let reason = crate::tree::file::reason(error);
    Fault::new(format!(
        "expected a place for temporary files, found {reason}"
    ))
}

/// Runs a program in a folder; `None` where there is no such program.
///
/// # Errors
/// It cannot be started, or does not end in time.
pub fn run<A: AsRef<OsStr>>(
    program: Stock,
    arguments: &[A],
    folder: &Private,
) -> Result<Option<Ended>, Fault> {
    let gave = |says: &str| Fault::new(format!("{} {says}", program.name()));
    let mut command = Command::new(program.name());
    command.env_clear().env("LC_ALL", "C");
    for name in program.sees() {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .env("OPENSSL_CONF", null_device())
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) => return Err(gave("cannot be started")),
    };
    let Some(mut stderr) = child.stderr.take() else {
        return Err(gave("cannot be listened to"));
    };
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        let _ = stderr.by_ref().take(SAID).read_to_end(&mut said);
        let _ = io::copy(&mut stderr, &mut io::sink());
        let _ = send.send(said);
    });
    let Ok(said) = receive.recv_timeout(PATIENCE) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(gave("did not end in time"));
    };
    let status = child.wait().map_err(|_| gave("cannot be waited for"))?;
    Ok(Some(Ended {
        success: status.success(),
        says: text::visible(&text::from_bytes(&said)).into_owned(),
    }))
}

const fn null_device() -> &'static str {
    if cfg!(windows) { "NUL" } else { "/dev/null" }
}
