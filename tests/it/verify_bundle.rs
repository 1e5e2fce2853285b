//! Steps 1 to 7: a sealed bundle is changed, and the step that is there for it fails.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests change files")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use audit::seal::sign::{Key, NAMESPACE, sshsig};
use audit::tree::digest::sha256;

use crate::support::{Scratch, read, write};
use crate::verify_fixture::{bundle, evidence, finds, finds_with, flip, key};

#[test]
fn step_1_finds_a_list_that_is_not_the_signers() {
    let of = |root: &Path| bundle(root, 1);
    finds(1, "a byte of the list", |root| {
        flip(&of(root).join("SHA256SUMS"));
    });
    finds(1, "a byte of the signature", |root| {
        flip(&of(root).join("SHA256SUMS.sig"));
    });
    finds(1, "no signature", |root| {
        fs::remove_file(of(root).join("SHA256SUMS.sig")).expect("a file");
    });
    let signs = |root: &Path, key: &Key, namespace: &str| {
        let sums = fs::read(of(root).join("SHA256SUMS")).expect("a list");
        write(
            &of(root).join("SHA256SUMS.sig"),
            &sshsig::sign(key, namespace, &sums),
        );
    };
    finds(1, "a stranger", |root| {
        signs(root, &Key::from_seed(&[8; 32]), NAMESPACE);
    });
    finds(1, "another purpose", |root| signs(root, &key(), "file"));
    finds(1, "a key that is over", |root| {
        let line = key().public().ssh_line();
        let signers = format!("audit valid-before=\"20260101Z\" {line}\n");
        write(&root.join("trust/allowed_signers"), &signers);
    });
    finds_with(1, "another signer", &["--signer", "someone"], |_| {});
}

#[test]
fn steps_2_to_4_find_files_that_are_not_as_listed() {
    let of = |root: &Path| bundle(root, 1);
    finds(2, "a byte of evidence", |root| flip(&evidence(&of(root))));
    finds(2, "a byte of the report", |root| {
        flip(&of(root).join("report.html"));
    });
    finds(2, "a file that is gone", |root| {
        fs::remove_file(of(root).join("VERIFY.md")).expect("a file");
    });
    finds(2, "evidence of another run", |root| {
        let [one, other] = [0, 1].map(|at| bundle(root, at).join("report.json"));
        fs::copy(one, other).expect("a copy");
    });
    finds(2, "a link in the place of a file", |root| {
        let path = evidence(&of(root));
        fs::rename(&path, root.join("moved")).expect("a file");
        symlink(root.join("moved"), &path).expect("a link");
    });
    finds(3, "a file more", |root| {
        write(&of(root).join("evidence/more"), "");
    });
    finds(3, "a signature in the wrong place", |root| {
        write(&of(root).join("evidence/SHA256SUMS.sig"), "");
    });
    finds(3, "a link more", |root| {
        symlink("/etc/hostname", of(root).join("more")).expect("a link");
    });
    for step in [2, 3, 4] {
        finds(step, "a list in another form", |root| {
            let list = of(root).join("SHA256SUMS");
            let text = read(&list).replace("  ", " *");
            let signature = sshsig::sign(&key(), NAMESPACE, text.as_bytes());
            write(&of(root).join("SHA256SUMS.sig"), &signature);
            write(&list, &text);
        });
    }
    finds(4, "the name of another run", |root| {
        let [one, other] = [bundle(root, 0), bundle(root, 1)];
        fs::remove_dir_all(&other).expect("a folder");
        fs::rename(one, other).expect("a folder");
    });
    // Whoever holds the key can sign a list that the manifest does not agree with.
    finds(4, "a list with a file more", |root| {
        let list = of(root).join("SHA256SUMS");
        write(&of(root).join("zz"), "");
        let sums = format!("{}{}  zz\n", read(&list), sha256(b""));
        write(
            &of(root).join("SHA256SUMS.sig"),
            &sshsig::sign(&key(), NAMESPACE, sums.as_bytes()),
        );
        write(&list, &sums);
    });
}

#[test]
fn steps_5_to_7_find_statements_controls_and_commits_of_something_else() {
    let of = |root: &Path| bundle(root, 1);
    let other = |root: &Path, name: &str| {
        fs::copy(bundle(root, 0).join(name), of(root).join(name)).expect("a copy");
    };
    finds(5, "the statement of another run", |root| {
        other(root, "attestation.dsse.json");
    });
    finds(5, "the wrapper of another run", |root| {
        other(root, "attestation.sigstore.json");
    });
    finds(5, "no statement", |root| {
        fs::remove_file(of(root).join("attestation.dsse.json")).expect("a file");
    });
    finds(5, "a byte of the statement", |root| {
        flip(&of(root).join("attestation.dsse.json"));
    });
    finds(6, "controls that were not approved", |root| {
        write(
            &root.join("trust/catalogue.sha256"),
            &sha256(b"").to_string(),
        );
    });
    let scratch = Scratch::new();
    let stranger = scratch.path("stranger");
    fs::create_dir_all(&stranger).expect("a folder");
    crate::support::commit_all(&stranger);
    let clone = stranger.display().to_string();
    finds_with(
        7,
        "a commit that is not in the clone",
        &["--git", &clone],
        |_| {},
    );
}
