//! The commands of the pages that need something beside the bundle, run as they stand.

#![cfg(unix)]

use std::fs;

use crate::bundle::shell;
use crate::support::{Scratch, append, commit_all, package, read, said, write};
use crate::verify_fixture::{answer, authority, bundle, sealed};

#[test]
fn what_needs_something_beside_the_bundle_is_run_as_it_stands() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    let out = root.join("out");
    for name in ["allowed_signers", "catalogue.sha256", "tsa-ca.pem"] {
        fs::copy(root.join("trust").join(name), out.join(name)).expect("a copy");
    }
    std::os::unix::fs::symlink(root.join("repository"), out.join("clone")).expect("a link");
    let made = shell(
        &one,
        "ssh-keygen -q -t ed25519 -N '' -f ../jo && \
         { printf 'jo namespaces=\"audit-evidence\" '; cat ../jo.pub; } >> ../allowed_signers",
    );
    assert!(made.status.success(), "{made:?}");
    // ssh-keygen would write over the list's own signature: it signs a copy.
    let signed = shell(
        &one,
        "cp SHA256SUMS ../copy && ssh-keygen -q -Y sign -f ../jo -n audit-evidence ../copy && \
         mv ../copy.sig countersign-jo.sig",
    );
    assert!(signed.status.success(), "{signed:?}");
    let page = read(&package("docs/verifying.md"));
    let blocks = page.split("```bash\n").skip(1);
    let blocks: Vec<&str> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    let [stamped, approved, countersigned] = blocks.as_slice() else {
        panic!("three blocks, found {blocks:?}");
    };
    let guide = read(&one.join("VERIFY.md"));
    for line in blocks.iter().flat_map(|block| block.lines()) {
        let in_guide = guide.lines().any(|it| it.trim() == line);
        assert!(in_guide, "VERIFY.md has not {line}");
    }
    for block in &blocks {
        let ended = shell(&one, block);
        assert!(ended.status.success(), "{block}: {ended:?}");
    }
    let counted = String::from_utf8_lossy(&shell(&one, approved).stdout).into_owned();
    assert_eq!(counted, "1\n1\n");
    fs::write(out.join("catalogue.sha256"), "0".repeat(64)).expect("a file");
    let counted = String::from_utf8_lossy(&shell(&one, approved).stdout).into_owned();
    assert_eq!(counted, "0\n1\n");
    append(&one.join("SHA256SUMS"), " ");
    assert!(!shell(&one, countersigned).status.success());
    append(&out.join("ledger/checkpoints/00000003"), " ");
    assert!(!shell(&one, stamped).status.success());
}

#[test]
fn what_the_page_of_the_ledger_shows_is_run_as_it_stands() {
    let scratch = Scratch::new();
    let [repository, tsa] = ["repository", "tsa"].map(|name| scratch.path(name));
    fs::create_dir_all(&repository).expect("a folder");
    write(&repository.join("README.md"), "Nothing.\n");
    write(&repository.join(".gitignore"), "audit-evidence/\n");
    commit_all(&repository);
    authority(&tsa);
    let own = std::path::Path::new(env!("CARGO_BIN_EXE_audit"));
    let own = own.parent().expect("a folder").display().to_string();
    let script = scratch.path("block.sh");
    let run = |text: &str| {
        write(&script, text);
        let line = format!(
            "env -i PATH=\"{own}:$PATH\" HOME=/nowhere bash {}",
            script.display()
        );
        said(&shell(&repository, &line))
    };
    let page = read(&package("docs/ledger.md"));
    let blocks: Vec<&str> = page
        .split("```bash\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 9, "{blocks:?}");
    for block in &blocks {
        if block.contains("--tsr-in") {
            answer(&tsa, &scratch.path("head.tsq"), &scratch.path("head.tsr"));
        }
        // A run ends with what it found; what comes after it has to hold all the same.
        let lines = block.lines().map(|line| {
            if line.starts_with("audit --controls") {
                format!("{line} || [ $? -eq 1 ] || [ $? -eq 3 ] || exit 9")
            } else {
                line.to_owned()
            }
        });
        let lines: Vec<String> = lines.collect();
        let ended = run(&format!("set -e\n{}", lines.join("\n")));
        assert_eq!(
            ended.code,
            Some(0),
            "{block}: {}{}",
            ended.stdout,
            ended.stderr
        );
    }
}
