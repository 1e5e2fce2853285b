//! Starting what the user asked for: the one place outside `git` that starts a program.
//!
//! The tool gets standard input, output and error as they are, and what is sent to `audit` to end
//! it: it decides itself how it ends, and `audit` waits for it, so that no process is left behind
//! and the record says how it ended.

#![expect(
    clippy::disallowed_methods,
    reason = "`audit run -- TOOL` runs the user's own command; nothing else comes here"
)]

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::cli::{redaction, signing};
use crate::model::record::Ended;

/// The most bytes of an answer that are kept.
const ANSWER: u64 = 16 * 1024;

/// A program that gets the environment without the keys of `audit`, which are no business of a tool's.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for variable in [redaction::VARIABLE, signing::VARIABLE] {
        command.env_remove(variable);
    }
    command
}

/// Runs a program to its end. `name` is what it is told it was called.
///
/// # Errors
/// It cannot be started, or not be waited for.
pub(super) fn run(program: &Path, name: &OsStr, arguments: &[OsString]) -> io::Result<Ended> {
    let mut command = command(program);
    command.args(arguments);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, name);
    #[cfg(not(unix))]
    let _ = name;
    wait(command).map(ended)
}

/// What a program writes to standard output when it is given one argument, and nothing to read.
/// `None` where it does not answer in time, or not with success.
pub(super) fn ask(program: &Path, argument: &str, patience: Duration) -> Option<Vec<u8>> {
    let mut child = command(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let answer = listen(&mut child, patience);
    if answer.is_none() {
        let _ = child.kill();
    }
    let succeeded = child.wait().is_ok_and(|status| status.success());
    answer.filter(|_| succeeded)
}

fn listen(child: &mut Child, patience: Duration) -> Option<Vec<u8>> {
    let mut stdout = child.stdout.take()?;
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut answer = Vec::new();
        let read = stdout.by_ref().take(ANSWER).read_to_end(&mut answer);
        // The rest is read and thrown away, so that the program can end.
        let _ = io::copy(&mut stdout, &mut io::sink());
        let _ = send.send(read.map(|_| answer));
    });
    receive.recv_timeout(patience).ok()?.ok()
}

fn ended(status: ExitStatus) -> Ended {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    Ended {
        code: status.code(),
        signal,
    }
}

/// Starts a command and waits for it, handing on what arrives meanwhile.
///
/// Everything happens in one thread: the child is only ever looked for here, so that no signal can
/// reach a stranger who was given its number after it had ended.
#[cfg(unix)]
fn wait(mut command: Command) -> io::Result<ExitStatus> {
    use std::io::IsTerminal;

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
    use signal_hook::iterator::Signals;

    // Listened to before the child is there, so that its end is not missed.
    let mut signals = Signals::new([SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2])?;
    // What is typed at a terminal goes to both of us. Many tools take a second one as a demand to
    // stop without cleaning up.
    let typed = io::stdin().is_terminal() || io::stderr().is_terminal();
    let mut child = command.spawn()?;
    let pid = Pid::from_child(&child);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        for signal in signals.wait() {
            let hand_on = match signal {
                SIGCHLD => continue,
                SIGINT | SIGQUIT => !typed,
                _ => true,
            };
            if let Some(signal) = Signal::from_named_raw(signal).filter(|_| hand_on) {
                // It may have ended a moment ago; the next look finds out.
                let _ = kill_process(pid, signal);
            }
        }
    }
}

/// Starts a command and waits for it.
#[cfg(not(unix))]
fn wait(mut command: Command) -> io::Result<ExitStatus> {
    command.spawn()?.wait()
}
