//! Fuzzes reports of secret scanners.

#![no_main]

use audit::model::reading::ReportKind;
use audit_fuzz::{report, secret};

const KINDS: &[ReportKind] = &[ReportKind::Secrets];

audit_fuzz::target!(secret::look, || report::seeds(KINDS, |path, bytes| {
    report::seed(KINDS, path, bytes)
}));
