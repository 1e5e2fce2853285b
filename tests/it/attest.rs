//! Statements of persons: what each of them is worth to a control that asks for one, and what
//! `audit attest` says of them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::support::{Said, Scratch, audit, bundles, files, write};
use crate::transcripts::{AS_OF, examine, payments};

const CONTROL: &str = "\
apiVersion: audit/v1
id: ACME-01
title: Access to the repository is reviewed
statement: Management goes through who may write to the repository every quarter.
criteria: { CC6.3: direct }
severity: high
nature: detective
frequency: quarterly
class: document
procedure: Inspected the signed statement of the person who reviewed access.
tests:
  - attribute: someone went through who has access
    attested: access-reviewed
remediation: Go through who has access, and state and sign it.
";

const STATEMENT: &str = "\
apiVersion: audit/v1
statement: access-reviewed
control: ACME-01
says: I went through everyone who may write to payments, and took away what was not needed.
person: Maria Okafor
issued: 2026-11-02
expires: 2027-01-31
";

/// The form of a signature; nothing verifies it yet.
const SIGNATURE: &str = "\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg
-----END SSH SIGNATURE-----
";

/// A repository with the control, and statements by their names with what lies beside each.
fn asking(scratch: &Scratch, statements: &[(&str, &str, Option<&str>)]) -> PathBuf {
    let folder = payments(scratch, &[]);
    fs::create_dir_all(folder.join(".audit/controls")).expect("a folder");
    fs::create_dir_all(folder.join(".audit/attestations")).expect("a folder");
    write(&folder.join(".audit/controls/ACME-01-review.yaml"), CONTROL);
    for (name, text, signature) in statements {
        let path = folder.join(".audit/attestations").join(name);
        write(&path, text);
        if let Some(signature) = signature {
            write(&path.with_extension("yaml.sig"), signature);
        }
    }
    folder
}

/// What the control comes to, and what is said of it first.
fn judged(folder: &Path) -> (String, String) {
    let said = examine(folder, &["--only", "ACME-01", "--format", "json"]);
    let report: Json = serde_json::from_str(&said.stdout).expect("JSON");
    let result = &report["results"][0];
    let outcome = result["outcome"].as_str().expect("an outcome");
    let gap = result["gaps"][0]["says"].as_str();
    let observed = result["tests"][0]["observed"].as_str();
    let said = gap.or(observed).unwrap_or_default();
    (outcome.to_owned(), said.to_owned())
}

/// What is changed in the statement, to what, what lies beside it, what the control comes to and
/// what is said of it.
type Case = (
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
);

const SIGNED: Option<&str> = Some(SIGNATURE);
const UNTESTED: &str = "not-tested";
const EXCEPTIONS: &str = "exceptions-noted";
const NONE: &str = "no statement of 1 that is signed and in force";

const CASES: &[Case] = &[
    ("", "", SIGNED, UNTESTED, "the signature was not verified"),
    ("", "", None, EXCEPTIONS, NONE),
    ("", "", Some("signed, Maria"), EXCEPTIONS, NONE),
    ("2027-01-31", "2026-11-21", SIGNED, EXCEPTIONS, NONE),
    ("2026-11-02", "2026-11-23", SIGNED, EXCEPTIONS, NONE),
    (
        "Maria Okafor",
        "",
        SIGNED,
        UNTESTED,
        "expected person in a statement, found none",
    ),
    (
        "Maria Okafor",
        "''",
        SIGNED,
        UNTESTED,
        "expected person in a statement, found an empty text",
    ),
    (
        "ACME-01",
        "CI-01",
        SIGNED,
        UNTESTED,
        "expected a statement that CI-01 asks for, found access-reviewed",
    ),
    (
        "ACME-01",
        "ACME-1",
        SIGNED,
        UNTESTED,
        "expected the id of a control in access-reviewed, found ACME-1",
    ),
    (
        "access-reviewed",
        "access-review",
        SIGNED,
        UNTESTED,
        "expected a statement that ACME-01 asks for, found access-review",
    ),
    (
        "2027-01-31",
        "next year",
        SIGNED,
        UNTESTED,
        "expected a day as 2026-10-31, found \"next year\" (access-reviewed states nothing)",
    ),
    (
        "2027-01-31",
        "2026-11-01",
        SIGNED,
        UNTESTED,
        "expected a last day on or after 2026-11-02 in access-reviewed, found 2026-11-01",
    ),
];

#[test]
fn a_statement_is_worth_what_its_signature_and_its_days_are_worth() {
    for (from, to, signature, outcome, says) in CASES {
        let scratch = Scratch::new();
        let text = if from.is_empty() {
            STATEMENT.to_owned()
        } else {
            STATEMENT.replace(from, to)
        };
        let folder = asking(&scratch, &[("review.yaml", &text, *signature)]);
        let expected = ((*outcome).to_owned(), (*says).to_owned());
        assert_eq!(judged(&folder), expected, "{from} {to}");
    }
}

#[test]
fn where_nobody_stated_it_nothing_is_tested() {
    let scratch = Scratch::new();
    let folder = asking(&scratch, &[]);
    let (outcome, says) = judged(&folder);
    assert_eq!(outcome, "not-tested");
    assert_eq!(
        says,
        "nobody stated access-reviewed; looked for .audit/attestations/*.yaml"
    );
}

#[test]
fn statements_and_their_signatures_are_kept_as_evidence() {
    let scratch = Scratch::new();
    let folder = asking(&scratch, &[("review.yaml", STATEMENT, Some(SIGNATURE))]);
    let said = examine(&folder, &[]);
    assert_eq!(said.code, Some(3), "{}", said.stderr);
    let bundle = bundles(&folder.join("audit-evidence")).remove(0);
    let kept = files(&bundle);
    for (name, text) in [("review.yaml", STATEMENT), ("review.yaml.sig", SIGNATURE)] {
        let mut names = kept.keys();
        let ending = format!("-{name}");
        let path = names.find(|path| path.starts_with("evidence/") && path.ends_with(&ending));
        let path = path.unwrap_or_else(|| panic!("{name} is not kept"));
        assert_eq!(kept[path], text.as_bytes());
    }
}

fn attest(folder: &Path, flags: &[&str]) -> Said {
    let mut arguments = vec!["attest", "--as-of", AS_OF];
    arguments.extend(flags);
    audit(folder, &arguments)
}

#[test]
fn every_statement_is_listed_and_what_is_unsound_is_refused() {
    let scratch = Scratch::new();
    let expired = STATEMENT.replace("2027-01-31", "2026-11-21");
    let early = STATEMENT.replace("2026-11-02", "2026-12-01");
    let nobody = STATEMENT.replace("person: Maria Okafor\n", "");
    let folder = asking(
        &scratch,
        &[
            ("a.yaml", STATEMENT, Some(SIGNATURE)),
            ("b.yaml", &expired, Some("no signature")),
            ("c.yaml", &early, None),
            ("d.yaml", &nobody, Some(SIGNATURE)),
        ],
    );
    let listed = attest(&folder, &[]);
    assert_eq!(listed.code, Some(0));
    insta::assert_snapshot!("attest", listed.stdout);
    let checked = attest(&folder, &["--check"]);
    assert_eq!((checked.code, &checked.stdout), (Some(2), &listed.stdout));
    insta::assert_snapshot!("attest_check", checked.stderr);
    let all = audit(&folder, &["controls", "check"]);
    assert_eq!(all.code, Some(2));
    assert!(
        listed
            .stderr
            .starts_with("error[attestation-field] expected person")
    );
    assert_eq!(all.stderr, format!("{}1 problem\n", listed.stderr));
}

#[test]
fn a_draft_states_nothing_until_a_person_has_filled_it_in() {
    let scratch = Scratch::new();
    let folder = asking(&scratch, &[]);
    let listed = attest(&folder, &["--check"]);
    assert_eq!((listed.code, listed.stderr.as_str()), (Some(0), ""));
    assert!(
        listed.stdout.ends_with("Statements: 0 · 1 not stated\n"),
        "{}",
        listed.stdout
    );
    let drafted = attest(&folder, &["--draft", "ACME-01"]);
    assert_eq!((drafted.code, drafted.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!("attest_draft", drafted.stdout);
    let path = folder.join(".audit/attestations/access-reviewed.yaml");
    write(&path, &drafted.stdout);
    let empty = attest(&folder, &[]);
    assert!(empty.stdout.contains("  malformed  "), "{}", empty.stdout);
    let filled = drafted
        .stdout
        .replace("says:", "says: I went through everyone.")
        .replace("person:", "person: Maria Okafor")
        .replace("expires:", "expires: 2027-01-31");
    write(&path, &filled);
    let stated = attest(&folder, &[]);
    assert_eq!(stated.stderr, "");
    assert!(stated.stdout.contains("  in force to 2027-01-31  absent  "));
    for (id, title) in [
        (
            "CI-01",
            "expected a control that asks for a statement, found CI-01 (--draft)",
        ),
        (
            "ACME-1",
            "expected the id of a control, found ACME-1 (--draft)",
        ),
    ] {
        let refused = attest(&folder, &["--draft", id]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
        assert!(refused.stderr.contains(title), "{}", refused.stderr);
    }
}
