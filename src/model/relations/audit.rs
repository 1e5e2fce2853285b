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

/// What the environment of the pipeline says of this run.
pub static ENVIRONMENT_CLAIM: Relation = Relation {
    name: "environment.claim",
    item: "a claim of the pipeline's environment about the run of `audit`",
    noun: ("claim of the environment", "claims of the environment"),
    fields: &[
        field("name", Kind::Text, "the variable"),
        field("value", Kind::Text, "its value"),
        field(
            "trust",
            Kind::Text,
            "self-asserted, always: whoever starts a program decides its environment",
        ),
        field(
            "agrees",
            Kind::Bool,
            "for one that names a commit, whether that is the examined one",
        ),
    ],
    shown: &["name", "value"],
    idioms: &[],
    origin: Origin::Audit,
    sought: "the variables of GitHub Actions and GitLab",
    remedy: "Run audit in a pipeline.",
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

/// Records of runs of tools.
pub static RUN_RECORD: Relation = Relation {
    name: "run.record",
    item: "a record of a run of a tool, as `audit run` wrote it",
    noun: ("record of a run", "records of runs"),
    fields: &[
        PATH,
        field("started_at", Kind::Time, "when the tool was started"),
        field("duration_ms", Kind::Int, "how long it ran"),
        field(
            "command",
            Kind::Texts,
            "its words, without values that may be secrets",
        ),
        field("program", Kind::Text, "the file that was started"),
        field("program_sha256", Kind::Text, "its digest"),
        field(
            "tool_version",
            Kind::Text,
            "what it answered to --version, where it was asked",
        ),
        field("exit_code", Kind::Int, "the exit status"),
        field("signal", Kind::Int, "the signal that ended it"),
        field(
            "finished",
            Kind::Bool,
            "whether it ended by itself, and not by a signal",
        ),
        field("ended", Kind::Text, "the same in words"),
        field(
            "commit",
            Kind::Text,
            "the commit it was run at; nothing where anything lay beside it",
        ),
        field("unbound", Kind::Text, "why it is of no commit"),
        field(
            "sources",
            Kind::Text,
            "the digest of the sources of that commit",
        ),
        field(
            "claims",
            Kind::Texts,
            "what the environment of the pipeline said, self-asserted",
        ),
    ],
    shown: &["program", "started_at"],
    idioms: &[],
    origin: Origin::Audit,
    sought: ".audit/runs/*.json",
    remedy: "Run the tool as audit run -- TOOL.",
};

/// Reports that a recorded run wrote.
pub static RUN_REPORT: Relation = Relation {
    name: "run.report",
    item: "a report that a recorded run wrote",
    noun: ("recorded report", "recorded reports"),
    fields: &[
        field("record", Kind::Text, "the record"),
        PATH,
        field(
            "sha256",
            Kind::Text,
            "the digest of what was written, without secrets",
        ),
        field("bytes", Kind::Int, "the number of those bytes"),
        field(
            "kind",
            Kind::Text,
            "the kind of report, where it was known for one",
        ),
        field("format", Kind::Text, "the short name of the format"),
        field(
            "before",
            Kind::Text,
            "what was there before: absent, other-bytes or same-bytes",
        ),
    ],
    shown: &["record"],
    idioms: &[],
    origin: Origin::Audit,
    sought: RUN_RECORD.sought,
    remedy: RUN_RECORD.remedy,
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
