//! Fuzzes definitions: policy, waivers, statements, controls, a catalogue.

#![no_main]

use audit_fuzz::policy;
use audit_fuzz::seeds::Seeds;

audit_fuzz::target!(policy::look, || Seeds {
    known: Vec::new(),
    of_file: |path, bytes| policy::seed(path, bytes).into_iter().collect(),
});
