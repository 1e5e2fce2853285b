//! Who may sign, until when, who else did, and how a key is made and handed on.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests change files and start the stock tools"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use audit::seal::sign::{Key, NAMESPACE, sshsig};

use crate::bundle::shell;
use crate::support::{Scratch, audit, audit_with, read, write};
use crate::verify_fixture::{NOW, bundle, flip, key, key_file, ledger, run, sealed, verified};

#[test]
fn a_key_that_is_over_now_was_good_when_it_was_stamped() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let line = key().public().ssh_line();
    write(
        &root.join("trust/allowed_signers"),
        &format!("audit valid-before=\"20270101Z\" {line}\n"),
    );
    let later = ["--as-of", "2031-01-01T00:00:00Z"];
    let (code, steps) = verified(&root, &bundle(&root, 1), &later);
    assert_eq!((code, steps[&1].0.as_str()), (Some(0), "held"), "{steps:?}");
    fs::remove_file(root.join("trust/tsa-ca.pem")).expect("a file");
    let (_, steps) = verified(&root, &bundle(&root, 1), &later);
    assert_eq!(steps[&1].0, "failed", "{steps:?}");
}

#[test]
fn step_12_counts_others_and_nobody_twice() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    let asked = ["--require-countersign", "1"];
    let failed = |what: &str| {
        let (code, steps) = verified(&root, &one, &asked);
        assert_eq!(
            (code, steps[&12].0.as_str()),
            (Some(4), "failed"),
            "{what}: {steps:?}"
        );
    };
    failed("nobody");
    let sums = fs::read(one.join("SHA256SUMS")).expect("a list");
    let own = sshsig::sign(&key(), NAMESPACE, &sums);
    write(&one.join("countersign-self.sig"), &own);
    failed("the signer");
    let second = Key::from_seed(&[77; 32]);
    let signers = root.join("trust/allowed_signers");
    let before = read(&signers);
    let public = second.public().ssh_line();
    write(
        &signers,
        &format!("{before}audit namespaces=\"audit-evidence\" {public}\n"),
    );
    write(
        &one.join("countersign-self.sig"),
        &sshsig::sign(&second, NAMESPACE, &sums),
    );
    failed("another key of the signer");
    write(&signers, &before);
    write(&one.join("countersign-self.sig"), &own);
    let line = "ssh-keygen -q -t ed25519 -N '' -f grc && ssh-keygen -q -Y sign -f grc -n \
        audit-evidence < SUMS > SIG";
    let sums_path = one.join("SHA256SUMS").display().to_string();
    let into = one.join("countersign-grc.sig").display().to_string();
    let signed = shell(
        &root,
        &line.replace("SUMS", &sums_path).replace("SIG", &into),
    );
    assert!(signed.status.success(), "{signed:?}");
    failed("a stranger");
    let public = read(&root.join("grc.pub"));
    let signers = root.join("trust/allowed_signers");
    let line = format!(
        "{}grc@acme namespaces=\"audit-evidence\" {public}",
        read(&signers)
    );
    write(&signers, &line);
    let (code, steps) = verified(&root, &one, &asked);
    assert_eq!(code, Some(0), "{steps:?}");
    assert_eq!(steps[&12], ("held".to_owned(), "grc@acme".to_owned()));
    let two = ["--require-countersign", "2"];
    fs::copy(&into, one.join("countersign-again.sig")).expect("a copy");
    let (code, _) = verified(&root, &one, &two);
    assert_eq!(code, Some(4));
    flip(&one.join("countersign-grc.sig"));
    failed("a changed one");
}

#[test]
fn a_key_is_made_for_its_owner_alone_and_never_written_over() {
    let scratch = Scratch::new();
    let home = scratch.path("");
    let made = audit(&home, &["keys", "new", "own.pem", "--repository", "acme/w"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let file = scratch.path("own.pem");
    let rights = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(rights & 0o777, 0o600);
    let text = read(&file);
    assert!(!made.stdout.contains(text.lines().nth(1).expect("a line")));
    assert_eq!(audit(&home, &["keys", "new", "own.pem"]).code, Some(2));
    assert_eq!(read(&file), text);
    let shown = audit(
        &home,
        &["keys", "show", "own.pem", "--repository", "acme/w"],
    );
    assert_eq!(shown.stdout, made.stdout);
    let env = [("AUDIT_SIGNING_KEY", &*text)];
    let from_env = audit_with(&home, &env, &["keys", "show", "--repository", "acme/w"]);
    assert_eq!(from_env.stdout, made.stdout);
    // openssl agrees on the public half.
    let public = shell(&home, "openssl pkey -in own.pem -pubout").stdout;
    assert!(made.stdout.ends_with(&*String::from_utf8_lossy(&public)));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("a file");
    let refused = audit(&home, &["keys", "show", "own.pem"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("found mode 640"),
        "{}",
        refused.stderr
    );
    let broken = [(
        "AUDIT_SIGNING_KEY",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDSECRET",
    )];
    let refused = audit_with(&home, &broken, &["keys", "show"]);
    assert_eq!(refused.code, Some(2));
    assert!(!refused.stderr.contains("SECRET"), "{}", refused.stderr);
}

#[test]
fn a_ledger_is_handed_from_key_to_key() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let new = Key::from_seed(&[9; 32]);
    key_file(&root.join("new.pem"), &new);
    let path = |name: &str| root.join(name).display().to_string();
    let by = [
        "rotate",
        "--sign",
        &path("key.pem"),
        "--to",
        &path("new.pem"),
        "--as-of",
        NOW,
    ];
    ledger(&root, &by);
    fs::remove_file(root.join("key.pem")).expect("a file");
    fs::rename(root.join("new.pem"), root.join("key.pem")).expect("a file");
    run(&root, "2026-11-10T12:00:00Z");
    // Whoever knows the old key of the ledger follows to the new one; who signs is another matter.
    let (code, steps) = verified(&root, &bundle(&root, 0), &[]);
    assert_eq!(code, Some(0), "{steps:?}");
    let (_, steps) = verified(&root, &bundle(&root, 3), &[]);
    assert_eq!(
        (steps[&1].0.as_str(), steps[&8].0.as_str()),
        ("failed", "held"),
        "{steps:?}"
    );
}
