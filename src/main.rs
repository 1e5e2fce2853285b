//! The `audit` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    audit::cli::main()
}
