//! Steps 1, 5 and 12: who may sign, until when, and who else did.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests change files")]

use std::fs;

use audit::seal::canonical;
use audit::seal::sign::{Key, NAMESPACE, sshsig};
use audit::tree::digest::sha256;

use crate::bundle::shell;
use crate::support::{Scratch, audit, read, write};
use crate::verify_fixture::{bundle, flip, key, sealed, verified};
use crate::verify_insider::{attested, manifest_of, place as put, reentered, unseen};

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
fn step_12_counts_no_second_name_or_key_of_the_signer() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    let sums = fs::read(one.join("SHA256SUMS")).expect("a list");
    let signers = root.join("trust/allowed_signers");
    let own = read(&signers);
    let says = |signer: &Key, name: &str| {
        let signed = sshsig::sign(signer, NAMESPACE, &sums);
        write(&one.join("countersign-second.sig"), &signed);
        let line = signer.public().ssh_line();
        let more = format!("{own}{name} namespaces=\"{NAMESPACE}\" {line}\n");
        write(&signers, &more);
        let (code, steps) = verified(&root, &one, &["--require-countersign", "1"]);
        (code, steps[&12].1.clone())
    };
    let found = "expected 1 by other signers, found 0".to_owned();
    let second = Key::from_seed(&[11; 32]);
    // The same key under another name, and another key that is the signer's among others'.
    assert_eq!(says(&key(), "grc@acme"), (Some(4), found.clone()));
    assert_eq!(says(&second, "grc@acme,audit"), (Some(4), found));
    assert_eq!(says(&second, "grc@acme"), (Some(0), "grc@acme".to_owned()));
    let (code, steps) = verified(&root, &one, &["--require-countersign", "0"]);
    assert_eq!((code, steps[&12].0.as_str()), (Some(4), "failed"));
    let broken = one.join("countersign-broken.sig");
    for (text, expected) in [
        ("x".to_owned(), "expected an SSH signature"),
        (
            sshsig::sign(&second, "file", &sums),
            "expected a signature for",
        ),
        (
            sshsig::sign(&second, NAMESPACE, b"another list"),
            "not one of these bytes",
        ),
    ] {
        write(&broken, &text);
        let (code, steps) = verified(&root, &one, &["--require-countersign", "1"]);
        assert_eq!((code, steps[&12].0.as_str()), (Some(4), "failed"));
        let says = &steps[&12].1;
        assert!(
            says.starts_with("countersign-broken.sig: ") && says.contains(expected),
            "{says}"
        );
    }
}

#[test]
fn a_key_of_another_kind_is_left_to_ssh_keygen() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    let made = shell(&root, "ssh-keygen -q -t ecdsa -N '' -f ec");
    assert!(made.status.success(), "{made:?}");
    let signers = root.join("trust/allowed_signers");
    let public = read(&root.join("ec.pub"));
    write(&signers, &format!("{}grc@acme {public}", read(&signers)));
    let line = "ssh-keygen -q -Y sign -f ec -n audit-evidence < SUMS > SIG";
    let signed = |name: &str| {
        let path = |name: &str| one.join(name).display().to_string();
        let line = line
            .replace("SUMS", &path("SHA256SUMS"))
            .replace("SIG", &path(name));
        assert!(shell(&root, &line).status.success());
    };
    signed("countersign-grc.sig");
    let asked = ["--require-countersign", "1"];
    let (code, steps) = verified(&root, &one, &asked);
    let says = "expected 1 by other signers, found 0, and 1 by keys of another kind: ask ssh-keygen \
                -Y verify";
    assert_eq!((code, steps[&12].1.as_str()), (Some(4), says));
    // Whose list it is then, nobody knows: whoever countersigned may be the same.
    let own = fs::read(one.join("SHA256SUMS.sig")).expect("a signature");
    signed("SHA256SUMS.sig");
    fs::remove_file(one.join("countersign-grc.sig")).expect("a file");
    fs::write(one.join("countersign-own.sig"), own).expect("a file");
    let (code, steps) = verified(&root, &one, &asked);
    assert_eq!(code, Some(5), "{steps:?}");
    let not_checked = |step: u64, says: &str| {
        assert_eq!(steps[&step], ("not-checked".to_owned(), says.to_owned()));
    };
    not_checked(
        1,
        "a key of the kind ecdsa-sha2-nistp256: ask ssh-keygen -Y verify",
    );
    not_checked(
        5,
        "agrees with the manifest; whose key it is, is not established",
    );
    not_checked(
        12,
        "audit: whether it is another who signed the list is not established",
    );
}

#[test]
fn what_is_not_signed_is_said_and_expected_of_nobody_who_trusts_nobody() {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let place = crate::bundle::bundle_of(&scratch, &root.join("repository"), &[]);
    let one = place.display().to_string();
    let said = audit(&root, &["verify", &one, "--format", "json"]);
    assert_eq!(said.code, Some(5), "{}", said.stdout);
    assert_eq!(
        said.stdout.matches("\"says\": \"unsigned\"").count(),
        2,
        "{}",
        said.stdout
    );
    let (code, steps) = verified(&root, &place, &[]);
    assert_eq!(
        (code, steps[&1].0.as_str()),
        (Some(4), "failed"),
        "{steps:?}"
    );
    // A statement by nobody who is known says what the manifest says, or fails.
    let manifest = manifest_of(&place);
    let [own, sums] = ["manifest.json", "SHA256SUMS"]
        .map(|name| sha256(&fs::read(place.join(name)).expect("a file")));
    let right = canonical::bytes(&manifest.statement(own, sums)).expect("JSON");
    let stranger = Key::from_seed(&[8; 32]);
    let state = |payload: &[u8]| {
        put(&place, &attested(payload, &stranger));
        let said = audit(&root, &["verify", &one, "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&said.stdout).expect("JSON");
        json["steps"][4]["state"]
            .as_str()
            .expect("a state")
            .to_owned()
    };
    assert_eq!(state(&right), "not-checked");
    assert_eq!(state(b"{\"result\":\"PASSED\"}"), "failed");
}

#[test]
fn a_statement_by_another_who_may_sign_is_said_to_be_theirs() {
    let scratch = Scratch::new();
    let root = unseen(&scratch);
    let one = bundle(&root, 2);
    let manifest = manifest_of(&one);
    let [own, sums] = ["manifest.json", "SHA256SUMS"]
        .map(|name| sha256(&fs::read(one.join(name)).expect("a file")));
    let payload = canonical::bytes(&manifest.statement(own, sums)).expect("JSON");
    let other = Key::from_seed(&[12; 32]);
    put(&one, &attested(&payload, &other));
    reentered(&root, &one);
    let asked = ["--without", "10"];
    let (code, steps) = verified(&root, &one, &asked);
    assert_eq!(
        (code, steps[&5].0.as_str()),
        (Some(4), "failed"),
        "{steps:?}"
    );
    let signers = root.join("trust/allowed_signers");
    let line = other.public().ssh_line();
    write(&signers, &format!("{}jo@acme {line}\n", read(&signers)));
    let (code, steps) = verified(&root, &one, &asked);
    assert_eq!(code, Some(0), "{steps:?}");
    assert!(
        steps[&5].1.starts_with("by jo@acme, binds commit"),
        "{steps:?}"
    );
}
