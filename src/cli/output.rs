//! Standard output and error. A closed pipe ends quietly.

use std::io::{self, Write};

/// Writes to standard output.
pub(crate) fn out(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Writes a document to standard output.
pub(crate) fn bytes(document: &[u8]) {
    let _ = io::stdout().lock().write_all(document);
}

/// Writes to standard error.
pub(crate) fn err(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
