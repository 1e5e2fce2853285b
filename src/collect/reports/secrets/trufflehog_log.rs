//! The lines of its log that TruffleHog writes between its findings, where both go to one file.

use crate::collect::reports::words::{counted, set_produced};
use crate::model::reading::{Reading, ReadingState};
use crate::parse::json::Text;

/// What the log says of the run.
#[derive(Debug, Default)]
pub(super) struct Log {
    lines: u64,
    errors: u64,
    finished: bool,
    /// When, where it says.
    at: Option<String>,
    version: Option<String>,
}

impl Log {
    /// Takes one line.
    pub(super) fn take(&mut self, level: &str, message: &str, at: &Text, version: &Text) {
        self.lines += 1;
        if level.starts_with("error") || level.starts_with("fatal") || level.starts_with("panic") {
            self.errors += 1;
        }
        if message == "finished scanning" {
            self.finished = true;
            self.at = at.said().map(str::to_owned);
        }
        if let Some(version) = version.said() {
            self.version = Some(version.to_owned());
        }
    }

    /// Says what it tells of the run. Its messages may quote what was found, and are not repeated.
    pub(super) fn settle(self, reading: &mut Reading) {
        if self.lines == 0 {
            return;
        }
        reading.tool_version = self.version;
        set_produced(reading, self.at.as_deref().unwrap_or_default());
        if !self.finished {
            let why = "The log in the report does not say that the scan finished.";
            reading.lower(ReadingState::Incomplete, why);
        }
        if self.errors > 0 {
            let why = format!(
                "The log in the report holds {}.",
                counted(self.errors, "error", "errors")
            );
            reading.lower(ReadingState::Incomplete, why);
        }
    }
}
