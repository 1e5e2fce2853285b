//! How far the reading has come: a line on a terminal that is erased again, and with `-vv` every
//! file that was read. Both go to standard error and change nothing else.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use super::output;
use super::style::Show;
use crate::collect::{FileRead, Watch};
use crate::model::text::{grouped, visible};
use crate::render::table::{Style, count, number};

/// After how many microseconds it is said how far the reading has come, and how often again.
const PATIENCE: u64 = 500_000;
const AGAIN: u64 = 100_000;

/// Follows one reading.
pub(crate) struct Progress {
    begun: Instant,
    speaks: bool,
    /// When the line may be drawn next.
    next: AtomicU64,
    drawn: AtomicBool,
}

impl Progress {
    /// A reading that begins now.
    pub(crate) fn new(show: &Show) -> Self {
        Self {
            begun: Instant::now(),
            speaks: std::io::stderr().is_terminal() && !show.quiet,
            next: AtomicU64::new(PATIENCE),
            drawn: AtomicBool::new(false),
        }
    }

    /// Erases the line.
    pub(crate) fn end(&self) {
        if self.drawn.swap(false, Ordering::Relaxed) {
            output::err(&format!("\r{}\r", " ".repeat(Style::NARROWEST)));
        }
    }

    /// Whether it is time for a line; of several who ask at once, one is told so.
    fn due(&self, now: u64) -> bool {
        let next = self.next.load(Ordering::Relaxed);
        now >= next
            && self
                .next
                .compare_exchange(next, now + AGAIN, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

impl Watch for Progress {
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn looked(&self, done: usize, all: usize) {
        if self.speaks && done < all && self.due(self.now()) {
            self.drawn.store(true, Ordering::Relaxed);
            output::err(&format!("\r{}", line(done, all)));
        }
    }
}

/// `reading 812 of 1,214 files`.
fn line(done: usize, all: usize) -> String {
    format!(
        "reading {} of {}",
        number(done),
        count(all, "file", "files")
    )
}

/// Every file that was read, with its size and the time it took.
pub(crate) fn files(read: &[FileRead]) -> String {
    let rows: Vec<(String, String, &str)> = read
        .iter()
        .map(|file| {
            let bytes = grouped(file.bytes);
            let tenths = file.micros / 100;
            let millis = format!("{}.{}", grouped(tenths / 10), tenths % 10);
            (bytes, millis, file.path.as_str())
        })
        .collect();
    let widest = |head: &str, of: fn(&(String, String, &str)) -> usize| {
        rows.iter().map(of).max().unwrap_or(0).max(head.len())
    };
    let bytes = widest("BYTES", |(bytes, ..)| bytes.len());
    let millis = widest("MS", |(_, millis, _)| millis.len());
    let mut out = format!("{:>bytes$}  {:>millis$}  READ\n", "BYTES", "MS");
    for (size, took, path) in &rows {
        // Writing to memory does not fail.
        let _ = writeln!(out, "{size:>bytes$}  {took:>millis$}  {}", visible(path));
    }
    let sum: u64 = read.iter().map(|file| file.bytes).sum();
    let files = count(read.len(), "file", "files");
    let _ = writeln!(out, "{files} read, {} bytes", grouped(sum));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_comes_after_half_a_second_and_not_with_every_file() {
        let progress = Progress::new(&Show::default());
        assert!(!progress.due(PATIENCE - 1));
        assert!(progress.due(PATIENCE));
        assert!(!progress.due(PATIENCE + 1));
        assert!(progress.due(PATIENCE + AGAIN));
        assert_eq!(line(812, 1_214), "reading 812 of 1,214 files");
    }

    #[test]
    fn every_file_that_was_read_has_a_line() {
        let file = |path: &str, bytes, micros| FileRead {
            sha256: None,
            path: path.to_owned(),
            bytes,
            micros,
        };
        let read = [file("a\u{1b}.py", 1_214, 12_345), file("b.json", 0, 90)];
        assert_eq!(
            files(&read),
            "BYTES    MS  READ\n1,214  12.3  a\\u{1b}.py\n    0   0.0  b.json\n2 files read, 1,214 bytes\n"
        );
    }
}
