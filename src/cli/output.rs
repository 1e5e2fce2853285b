//! Standard output and error. A closed pipe ends quietly. No line is an order to a CI's runner but
//! those that are meant to be.

use std::io::{self, Write};

use crate::model::orders::{Written, inert};

/// Writes to standard output.
pub(crate) fn out(text: &str) {
    bytes(inert(text, Written::Plain).as_bytes());
}

/// Writes JSON to standard output.
pub(crate) fn json(text: &str) {
    bytes(inert(text, Written::Json).as_bytes());
}

/// Writes a document to standard output, which whoever rendered it made inert in its own way.
pub(crate) fn bytes(document: &[u8]) {
    let _ = io::stdout().lock().write_all(document);
}

/// Writes to standard error.
pub(crate) fn err(text: &str) {
    orders(&inert(text, Written::Plain));
}

/// Writes to standard error what a runner is meant to obey.
pub(crate) fn orders(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
