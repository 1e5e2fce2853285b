//! What `audit` itself was given or wrote earlier.

use super::super::relation::{Kind, Origin, Relation};
use super::{LINE, PATH, field};

/// Waivers as written.
pub static WAIVER_ENTRY: Relation = Relation {
    name: "waiver.entry",
    item: "an entry of .audit/waivers.yaml",
    noun: ("waiver", "waivers"),
    fields: &[
        PATH,
        LINE,
        field("id", Kind::Text, "its id"),
        field("control", Kind::Text, "the control it is for"),
        field(
            "state",
            Kind::Text,
            "in-force, expired, not-yet, malformed or not-on-base, at the as-of time",
        ),
        field("fault", Kind::Text, "what makes it malformed"),
        field("days", Kind::Int, "from issue to expiry"),
        field(
            "approved_by_another",
            Kind::Bool,
            "whether owner and approver are two people",
        ),
    ],
    shown: &["id", "state"],
    idioms: &[],
    origin: Origin::Audit,
    sought: ".audit/waivers.yaml",
    remedy: "Write .audit/waivers.yaml.",
};

/// Earlier bundles under the output directory.
pub static EVIDENCE_BUNDLE: Relation = Relation {
    name: "evidence.bundle",
    item: "an earlier bundle under the output directory",
    noun: ("earlier bundle", "earlier bundles"),
    fields: &[
        PATH,
        field("as_of", Kind::Time, "when it was made, as it says"),
        field("files", Kind::Int, "the files it lists"),
        field(
            "unchanged",
            Kind::Int,
            "those whose bytes still have the listed digest",
        ),
        field("changed", Kind::Int, "those that are changed or missing"),
        field("added", Kind::Int, "files that its list does not name"),
    ],
    shown: &["path"],
    idioms: &[],
    origin: Origin::Audit,
    sought: "directories under --out that hold manifest.json and SHA256SUMS",
    remedy: "Keep the bundles of earlier runs under --out.",
};

/// Statements of people.
pub static ATTESTATION_STATEMENT: Relation = Relation {
    name: "attestation.statement",
    item: "a signed statement of a person",
    noun: ("statement", "statements"),
    fields: &[
        PATH,
        field("statement", Kind::Text, "the name of what is stated"),
        field("control", Kind::Text, "the control it is for"),
        field("says", Kind::Text, "what is stated, in the person's words"),
        field("person", Kind::Text, "who states it"),
        field(
            "signature",
            Kind::Text,
            "verified, not-checked, absent or bad",
        ),
        field("issued", Kind::Text, "the first day it holds"),
        field(
            "expires",
            Kind::Text,
            "the last day it holds, inclusive, UTC",
        ),
        field(
            "state",
            Kind::Text,
            "in-force, not-yet or expired, at the as-of time",
        ),
    ],
    shown: &["statement", "person"],
    idioms: &[],
    origin: Origin::Audit,
    sought: ".audit/attestations/*.yaml",
    remedy: "Have the person state and sign it.",
};
