//! Fuzzes the readers of YAML, TOML, INI, JSON and XML by themselves.

#![no_main]

use audit_fuzz::parsers;
use audit_fuzz::seeds::Seeds;

audit_fuzz::target!(parsers::look, || Seeds {
    known: Vec::new(),
    of_file: parsers::seed
});
