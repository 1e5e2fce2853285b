//! Fuzzes files that govern a repository.

#![no_main]

use audit_fuzz::governance;
use audit_fuzz::seeds::Seeds;

audit_fuzz::target!(governance::look, || Seeds {
    known: Vec::new(),
    of_file: |path, bytes| governance::seed(path, bytes).into_iter().collect(),
});
