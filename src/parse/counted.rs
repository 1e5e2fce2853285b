//! A stream that counts its lines and bounds what is read of it at once.

use std::io::{self, BufRead, Read};

use crate::model::text::grouped;

/// A stream that knows which line it has come to, and how much the piece it reads may still hold.
pub(super) struct Counted<R> {
    inner: R,
    line: u32,
    left: usize,
    most: usize,
}

impl<R> Counted<R> {
    /// A stream on its first line, of which at most so many bytes are read at once.
    pub(super) const fn new(inner: R, most: usize) -> Self {
        Self {
            inner,
            line: 1,
            left: most,
            most,
        }
    }

    /// The line it has come to, from 1.
    pub(super) const fn line(&self) -> u32 {
        self.line
    }

    /// From here on another piece is read.
    pub(super) const fn begin_piece(&mut self) {
        self.left = self.most;
    }

    fn pass(&mut self, bytes: usize, lines: usize) {
        self.left = self.left.saturating_sub(bytes);
        self.line = self
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    }

    fn is_open(&self) -> io::Result<()> {
        if self.left > 0 {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "expected at most {} bytes in one tag or text, found more",
            grouped(self.most as u64)
        )))
    }
}

fn ends_of_lines(bytes: &[u8]) -> usize {
    let ends = bytes.iter().map(|byte| usize::from(*byte == b'\n'));
    ends.sum()
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.is_open()?;
        let length = self.inner.read(into)?;
        let lines = ends_of_lines(into.get(..length).unwrap_or_default());
        self.pass(length, lines);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.is_open()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        let lines = match self.inner.fill_buf() {
            Ok(buffer) => ends_of_lines(buffer.get(..length).unwrap_or_default()),
            Err(_) => 0,
        };
        self.pass(length, lines);
        self.inner.consume(length);
    }
}
