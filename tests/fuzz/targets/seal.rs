//! Fuzzes what a verifier is handed.

#![no_main]

use audit_fuzz::seal;
use audit_fuzz::seeds::Seeds;

audit_fuzz::target!(seal::look, || Seeds {
    known: seal::seeds(),
    of_file: |path, bytes| seal::seed(path, bytes).into_iter().collect(),
});
