//! How long the check of a bundle of 1 GB takes, beside the stock tool on as many cores.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{RUNS_STREAMED, Table, inputs, shell};

/// How many reports lie in the bundle, and how large each is.
const REPORTS: usize = 10;
const SIZE: usize = 100 * 1024 * 1024;

/// A signed bundle with large reports: its files hashed by the stock tool, and verified.
pub(crate) fn verify(root: &Path) {
    let folder = root.join("large");
    make(&folder);
    let bundle = fs::read_dir(folder.join("out"))
        .expect("bundles")
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().starts_with("20"))
        .expect("a bundle")
        .path();
    let size = walkdir::WalkDir::new(&bundle)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .filter(fs::Metadata::is_file)
        .map(|file| file.len())
        .sum::<u64>();
    assert!(size > (REPORTS * SIZE) as u64, "the reports are not in it");
    println!("a bundle of {} MiB", size >> 20);
    let one = shell(&bundle, "sha256sum -c --quiet SHA256SUMS");
    let all = "cut -c67- SHA256SUMS | tr '\\n' '\\0' | xargs -0 -P \"$(nproc)\" -n 1 sha256sum";
    let table = Table::against(
        "sha256sum, on all cores",
        &shell(&bundle, all),
        RUNS_STREAMED,
    );
    table.row("sha256sum -c, on one core", &one);
    let mut audit = Command::new(env!("CARGO_BIN_EXE_audit"));
    audit
        .arg("verify")
        .arg(&bundle)
        .arg("--trust")
        .arg(folder.join("trust"));
    audit.args(["--without", "9", "--without", "10"]);
    table.row("audit verify", &audit);
    println!();
    fs::remove_dir_all(&folder).expect("the folder");
}

/// A repository with so many reports, and one signed run of it.
fn make(folder: &Path) {
    let repository = folder.join("repository");
    fs::create_dir_all(&repository).expect("a folder");
    let lcov = inputs::STREAMED
        .iter()
        .find(|report| report.name.contains("lcov"))
        .expect("a maker of lcov");
    for at in 0..REPORTS {
        let path = repository.join(format!("{at}.info"));
        let mut out = BufWriter::new(fs::File::create(path).expect("a report"));
        (lcov.make)(SIZE, &mut out);
        // Two reports of the same bytes would be one file of the bundle.
        writeln!(out, "# {at}").expect("room for a report");
        out.flush().expect("room for a report");
    }
    let audit = env!("CARGO_BIN_EXE_audit");
    let lines = format!(
        "git -C repository init --quiet && '{audit}' keys new key.pem && mkdir trust && \
         '{audit}' repository --controls soc2 --sign key.pem --out out; \
         cp out/ledger/allowed_signers out/ledger/log.vkey trust/"
    );
    let made = shell(folder, &lines)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(
        made.expect("a shell").success(),
        "no signed bundle was made"
    );
}
