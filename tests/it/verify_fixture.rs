//! A ledger of three signed runs with time stamps, and what an auditor would trust of it. It is made
//! once; each test changes a copy.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use audit::seal::sign::Key;
use serde_json::Value as Json;

use crate::bundle::shell;
use crate::support::{Said, Scratch, audit, commit_all, copy, names, read, write};

/// When the three runs were made: one in each quarter.
pub(crate) const RUNS: [&str; 3] = [
    "2026-04-10T12:00:00Z",
    "2026-07-10T12:00:00Z",
    "2026-10-10T12:00:00Z",
];
/// When it is verified.
pub(crate) const NOW: &str = "2026-11-23T12:00:00Z";

/// The key of the tests.
pub(crate) fn key() -> Key {
    Key::from_seed(&[7; 32])
}

/// Writes a key as a file that only its owner can read.
pub(crate) fn key_file(path: &Path, key: &Key) {
    audit::seal::disk::write_secret(path, key.pem().as_bytes()).expect("a key file");
}

fn made() -> &'static Path {
    static MADE: OnceLock<(Scratch, PathBuf)> = OnceLock::new();
    let (_, root) = MADE.get_or_init(|| {
        let scratch = Scratch::new();
        let root = scratch.path("made");
        make(&root);
        (scratch, root)
    });
    root
}

/// The configuration of an authority, which lies in the folder it is run in.
const TSA: &str = "oid_section = oids\n[oids]\npolicy = 1.2.3.4.1\n[tsa]\ndefault_tsa = one\n[one]\n\
    serial = ./serial\ncrypto_device = builtin\nsigner_cert = ./tsa.crt\nsigner_key = ./tsa.key\n\
    signer_digest = sha256\ndefault_policy = policy\nother_policies = policy\ndigests = sha256\n\
    ess_cert_id_alg = sha256\n[ca]\nbasicConstraints = critical,CA:TRUE\n\
    keyUsage = critical,keyCertSign,cRLSign\n[stamp]\nbasicConstraints = CA:FALSE\n\
    keyUsage = critical,digitalSignature\nextendedKeyUsage = critical,timeStamping\n\
    [req]\ndistinguished_name = name\n[name]\n";

/// Makes an authority in a folder.
pub(crate) fn authority(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    write(&folder.join("tsa.cnf"), TSA);
    write(&folder.join("serial"), "01\n");
    let line = "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 9 \
        -subj /CN=ca -config tsa.cnf -extensions ca && \
        openssl req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=tsa \
        -config tsa.cnf && \
        openssl x509 -req -in tsa.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out tsa.crt \
        -days 9 -extfile tsa.cnf -extensions stamp";
    let made = shell(folder, line);
    assert!(made.status.success(), "{made:?}");
}

/// Has an authority answer a request.
pub(crate) fn answer(authority: &Path, request: &Path, reply: &Path) {
    let line = format!(
        "openssl ts -reply -config tsa.cnf -queryfile '{}' -out '{}'",
        request.display(),
        reply.display()
    );
    let answered = shell(authority, &line);
    assert!(answered.status.success(), "{answered:?}");
}

fn make(root: &Path) {
    let repository = root.join("repository");
    fs::create_dir_all(&repository).expect("a folder");
    write(
        &repository.join("SECURITY.md"),
        "Write to a@acme.example.\n",
    );
    commit_all(&repository);
    key_file(&root.join("key.pem"), &key());
    authority(&root.join("tsa"));
    for time in RUNS {
        run(root, time);
    }
    let out = root.join("out");
    let (request, reply) = (root.join("request"), root.join("reply"));
    ledger(
        root,
        &["stamp", "--tsq-out", &request.display().to_string()],
    );
    answer(&root.join("tsa"), &request, &reply);
    ledger(root, &["stamp", "--tsr-in", &reply.display().to_string()]);
    let trust = root.join("trust");
    fs::create_dir_all(&trust).expect("a folder");
    for (name, from) in [
        ("allowed_signers", out.join("ledger/allowed_signers")),
        ("log.vkey", out.join("ledger/log.vkey")),
        ("checkpoint", out.join("ledger/checkpoint")),
        ("tsa-ca.pem", root.join("tsa/ca.crt")),
    ] {
        fs::copy(from, trust.join(name)).expect("a copy");
    }
    let manifest = read(&bundle(root, 0).join("manifest.json"));
    let manifest: Json = serde_json::from_str(&manifest).expect("JSON");
    let catalogue = manifest["catalog"]["sha256"].as_str().expect("a digest");
    write(&trust.join("catalogue.sha256"), catalogue);
}

/// Makes a run and enters it.
pub(crate) fn run(root: &Path, time: &str) -> Said {
    let (out, key) = (root.join("out"), root.join("key.pem"));
    let [repository, out, key] =
        [root.join("repository"), out, key].map(|path| path.display().to_string());
    let arguments = [
        &*repository,
        "--controls",
        "soc2",
        "--as-of",
        time,
        "--out",
        &out,
        "--sign",
        &key,
    ];
    let said = audit(root, &arguments);
    assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
    said
}

/// Runs `audit ledger` on a copy; it has to succeed.
pub(crate) fn ledger(root: &Path, arguments: &[&str]) -> Said {
    let out = root.join("out").display().to_string();
    let said = audit(root, &[&["ledger"], arguments, &["--out", &out]].concat());
    assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.stderr);
    said
}

/// The bundle of a run.
pub(crate) fn bundle(root: &Path, at: usize) -> PathBuf {
    let out = root.join("out");
    let mut found = names(&out);
    found.retain(|name| name.starts_with("20"));
    out.join(&found[at])
}

/// A copy of everything, to be changed.
pub(crate) fn sealed(scratch: &Scratch) -> PathBuf {
    let root = scratch.path("sealed");
    copy(made(), &root);
    root
}

/// What `audit verify` says of each step, with its exit code.
pub(crate) fn verified(root: &Path, what: &Path, more: &[&str]) -> (Option<i32>, Steps) {
    let [what, trust] = [what, &root.join("trust")].map(|path| path.display().to_string());
    let mut arguments = vec!["verify", &*what, "--trust", &*trust, "--format", "json"];
    if !more.contains(&"--as-of") {
        arguments.extend(["--as-of", NOW]);
    }
    arguments.extend(more);
    let said = audit(root, &arguments);
    let json: Json = serde_json::from_str(&said.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", said.stderr));
    assert_eq!(json["exit"].as_i64(), said.code.map(i64::from));
    let steps = json["steps"].as_array().expect("steps").iter().map(|step| {
        let text = |key: &str| step[key].as_str().expect("a text").to_owned();
        let number = step["number"].as_u64().expect("a number");
        (number, (text("state"), text("says")))
    });
    (said.code, steps.collect())
}

/// The steps with their states and what they say.
pub(crate) type Steps = BTreeMap<u64, (String, String)>;

/// Changes a copy, and looks that this step fails on the second bundle, or on the whole ledger.
pub(crate) fn finds(step: u64, what: &str, change: impl FnOnce(&Path)) {
    finds_with(step, what, &[], change);
}

pub(crate) fn finds_with(step: u64, what: &str, more: &[&str], change: impl FnOnce(&Path)) {
    let scratch = Scratch::new();
    let root = sealed(&scratch);
    let one = bundle(&root, 1);
    change(&root);
    let places = if one.exists() {
        vec![one, root.join("out")]
    } else {
        vec![root.join("out")]
    };
    for place in places {
        let (code, steps) = verified(&root, &place, more);
        let (state, says) = &steps[&step];
        assert_eq!(
            state, "failed",
            "{what}: step {step} says {says}; {steps:?}"
        );
        assert_eq!(code, Some(4), "{what}");
    }
}

/// Changes the bytes of a file.
#[expect(clippy::disallowed_methods, reason = "tests change files")]
pub(crate) fn change(path: &Path, with: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let bytes = fs::read(path).expect("a file");
    fs::write(path, with(bytes)).expect("a file");
}

pub(crate) fn flip(path: &Path) {
    change(path, |mut bytes| {
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        bytes
    });
}

pub(crate) fn entries(root: &Path) -> PathBuf {
    root.join("out/ledger/entries.jsonl")
}

pub(crate) fn lines(root: &Path, with: impl FnOnce(&mut Vec<&str>)) {
    let text = read(&entries(root));
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    with(&mut lines);
    write(&entries(root), &lines.concat());
}

/// A file of evidence of a bundle.
pub(crate) fn evidence(bundle: &Path) -> PathBuf {
    let folder = bundle.join("evidence");
    folder.join(names(&folder).remove(0))
}
