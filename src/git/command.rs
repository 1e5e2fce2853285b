//! Spawning git so that the examined repository decides nothing about it.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::model::text;

/// How long one command may take. A repository of a million commits answers in seconds.
const PATIENCE: Duration = Duration::from_mins(2);
/// `git fsck` reads every object and may take minutes.
const LONG_PATIENCE: Duration = Duration::from_mins(30);
/// The most output that is kept, in bytes.
const OUTPUT: u64 = 256 * 1024 * 1024;

/// The subcommands that run no program named in the repository's configuration. Anything else is
/// refused here, whoever asks.
const ALLOWED: &[&str] = &[
    "rev-parse",
    "symbolic-ref",
    "for-each-ref",
    "ls-tree",
    "cat-file",
    "rev-list",
    "fsck",
    "version",
];

/// What goes wrong with git.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no git to run.
    #[error("expected git 2.30 or later, found no git on PATH")]
    NotInstalled,
    /// git answered with an error.
    #[error("git {command}: {says}")]
    Failed {
        /// The subcommand.
        command: String,
        /// The first line of its error, made visible.
        says: String,
    },
    /// git did not end in time, or wrote more than is kept.
    #[error("git {command}: {says}")]
    Gave {
        /// The subcommand.
        command: String,
        /// What it did.
        says: String,
    },
    /// What another run was answered.
    #[error("{0}")]
    Recorded(String),
}

/// A git program and the folder it looks at.
#[derive(Debug, Clone)]
pub struct Git {
    program: PathBuf,
    folder: PathBuf,
    /// Whether there is a repository to look at, and not only the record of one.
    open: bool,
}

impl Git {
    /// git for a folder.
    pub fn at(folder: &Path, program: Option<&Path>) -> Self {
        let program = program.map_or_else(|| PathBuf::from("git"), Path::to_path_buf);
        Self {
            program,
            folder: folder.to_path_buf(),
            open: true,
        }
    }

    /// No git: there is only a record of what it said, and nothing is started.
    pub(super) fn closed() -> Self {
        Self {
            program: PathBuf::new(),
            folder: PathBuf::new(),
            open: false,
        }
    }

    /// Runs a subcommand and gives what it wrote.
    ///
    /// # Errors
    /// No git, a subcommand outside the allow-list, an error of git, no end in time, too much output.
    pub fn run<A: AsRef<OsStr>>(
        &self,
        subcommand: &str,
        arguments: &[A],
    ) -> Result<Vec<u8>, GitError> {
        self.fed(subcommand, arguments, Vec::new())
    }

    /// The same with something to read.
    ///
    /// # Errors
    /// As [`Git::run`].
    pub fn fed<A: AsRef<OsStr>>(
        &self,
        subcommand: &str,
        arguments: &[A],
        input: Vec<u8>,
    ) -> Result<Vec<u8>, GitError> {
        if !ALLOWED.contains(&subcommand) {
            let says = "refused: it may run programs that the repository names".to_owned();
            return Err(GitError::Gave {
                command: subcommand.to_owned(),
                says,
            });
        }
        if !self.open {
            let says = "there is no repository here, only a record of one".to_owned();
            return Err(GitError::Recorded(says));
        }
        let mut command = self.command(subcommand);
        command.args(arguments);
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        let patience = if subcommand == "fsck" {
            LONG_PATIENCE
        } else {
            PATIENCE
        };
        wait(command, subcommand, input, patience)
    }

    /// Runs a subcommand and gives its output as text, without the line end.
    ///
    /// # Errors
    /// As [`Git::run`].
    pub fn text<A: AsRef<OsStr>>(
        &self,
        subcommand: &str,
        arguments: &[A],
    ) -> Result<String, GitError> {
        let output = self.run(subcommand, arguments)?;
        Ok(text::from_bytes(
            output.strip_suffix(b"\n").unwrap_or(&output),
        ))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that spawns a program"
    )]
    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear();
        for name in [
            "PATH",
            "HOME",
            "XDG_CONFIG_HOME",
            "SystemRoot",
            "USERPROFILE",
        ] {
            // HOME only so that the user's own safe.directory is honoured; it is the user's file.
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_GRAFT_FILE", null_device())
            .env("GIT_OPTIONAL_LOCKS", "0")
            .arg("--no-pager")
            .arg("--no-replace-objects")
            .arg("--no-optional-locks")
            .args(["-c", "core.fsmonitor=false"])
            .arg("-c")
            .arg(format!("core.hooksPath={}", null_device()))
            .args(["-c", "protocol.allow=never"])
            .args(["-c", "advice.graftFileDeprecated=false"])
            .args(["-c", "core.alternateRefsCommand="])
            .arg("-C")
            .arg(&self.folder)
            .arg(subcommand)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

const fn null_device() -> &'static str {
    if cfg!(windows) { "NUL" } else { "/dev/null" }
}

fn wait(
    mut command: Command,
    name: &str,
    input: Vec<u8>,
    patience: Duration,
) -> Result<Vec<u8>, GitError> {
    let gave = |says: &str| GitError::Gave {
        command: name.to_owned(),
        says: says.to_owned(),
    };
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => {
            GitError::NotInstalled
        }
        _ => gave("it cannot be started"),
    })?;
    let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(gave("it cannot be listened to"));
    };
    if let Some(mut stdin) = child.stdin.take() {
        // It answers while it is still being asked: both have to go on at once. A git that ends before
        // it has read everything says so by how it ends.
        thread::spawn(move || stdin.write_all(&input));
    }
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut errors = Vec::new();
        let listener = thread::spawn(move || {
            let _ = stderr.by_ref().take(64 * 1024).read_to_end(&mut errors);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            errors
        });
        let mut output = Vec::new();
        let read = stdout.take(OUTPUT + 1).read_to_end(&mut output);
        let _ = send.send((read.map(|_| output), listener.join().unwrap_or_default()));
    });
    let Ok((output, errors)) = receive.recv_timeout(patience) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(gave("it did not end in time"));
    };
    if output
        .as_ref()
        .is_ok_and(|output| output.len() as u64 > OUTPUT)
    {
        let _ = child.kill();
        let _ = child.wait();
        return Err(gave("it wrote more than is kept"));
    }
    let status = child.wait().map_err(|_| gave("it cannot be waited for"))?;
    if !status.success() {
        let says = text::from_bytes(
            errors
                .split(|byte| *byte == b'\n')
                .next()
                .unwrap_or_default(),
        );
        let says = text::excerpt(says.trim_start_matches("fatal: "));
        return Err(GitError::Failed {
            command: name.to_owned(),
            says,
        });
    }
    output.map_err(|_| gave("its answer cannot be read"))
}
