//! Fuzzes reports of mutation testing.

#![no_main]

use audit::model::reading::ReportKind;
use audit_fuzz::report;

const KINDS: &[ReportKind] = &[ReportKind::Mutation];

audit_fuzz::target!(|bytes| report::look(KINDS, bytes), || report::seeds(
    KINDS,
    |path, bytes| report::seed(KINDS, path, bytes)
));
