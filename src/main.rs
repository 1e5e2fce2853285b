//! The `audit` binary: everything is in the library.

use std::process::ExitCode;

/// Reading source makes and drops many small pieces on all cores at once, where the allocators of
/// most systems are slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    audit::cli::main()
}
