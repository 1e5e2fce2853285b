//! Fuzzes Python source.

#![no_main]

use audit_fuzz::python;
use audit_fuzz::seeds::Seeds;

audit_fuzz::target!(python::look, || Seeds {
    known: Vec::new(),
    of_file: python::seed
});
