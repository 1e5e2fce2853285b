//! The commands of the pages that need something beside the bundle, run as they stand.

#![cfg(unix)]

use std::fs;

use crate::bundle::shell;
use crate::support::{Scratch, append, package, read};
use crate::verify_fixture::{bundle, sealed};

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
