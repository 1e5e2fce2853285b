//! What the project is made of: licences of dependencies, and bills of materials.

use super::super::relation::{Field, Idiom, Kind, Origin, Relation};
use super::findings::REPORT;
use super::reports::{
    BINDING, BYTES, CHANGES_BACK, COMMIT, COMMITS_BACK, EXIT_CODE, FORMAT, HOLDS, NOTES, OLDER,
    ORIGIN, PRODUCED, RECORD, RECORDED_COMMIT, SAME_SOURCES, SHA256, STATE, TIME_FROM, TOOL,
    VERSION, count, ratio,
};
use super::{IDENTITY, PATH, field};

const LICENCE: Field = field("licence", Kind::Text, "as the report writes it");
const LICENCES: Field = field(
    "licences",
    Kind::Texts,
    "every licence it names, by its SPDX id where the table knows it; a choice names all",
);

/// Reports of licences.
pub static LICENCES_REPORT: Relation = Relation {
    name: "licences.report",
    item: "a report of the licences of dependencies",
    noun: ("licence report", "licence reports"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        NOTES,
        count("measures.packages", "packages named"),
        count("measures.unknown", "those whose licence is not known"),
    ],
    shown: &["format"],
    idioms: &[],
    origin: Origin::Report,
    sought: "pip-licenses JSON, license-checker JSON, cargo-license JSON",
    remedy: "List the licences of every installed dependency, as pip-licenses does, before audit runs.",
};

/// Packages of a report of licences.
pub static LICENCES_PACKAGE: Relation = Relation {
    name: "licences.package",
    item: "a package of a report of licences",
    noun: ("package", "packages"),
    fields: &[
        REPORT,
        field("name", Kind::Text, "the package"),
        field("version", Kind::Text, "its version"),
        LICENCE,
        LICENCES,
        field("known", Kind::Bool, "whether the report knows its licence"),
        field(
            "guessed",
            Kind::Bool,
            "whether the tool guessed it from a text, where it says so",
        ),
    ],
    shown: &["name", "version", "licence"],
    idioms: &[],
    origin: Origin::Within("licences.report"),
    sought: LICENCES_REPORT.sought,
    remedy: LICENCES_REPORT.remedy,
};

/// Bills of materials, and statements about their vulnerabilities.
pub static SBOM_REPORT: Relation = Relation {
    name: "sbom.report",
    item: "a bill of materials, or a document of statements about one (VEX)",
    noun: ("SBOM", "SBOMs"),
    fields: &[
        PATH,
        SHA256,
        BYTES,
        FORMAT,
        TOOL,
        VERSION,
        PRODUCED,
        TIME_FROM,
        COMMIT,
        STATE,
        ORIGIN,
        BINDING,
        RECORD,
        RECORDED_COMMIT,
        EXIT_CODE,
        COMMITS_BACK,
        CHANGES_BACK,
        SAME_SOURCES,
        OLDER,
        HOLDS,
        NOTES,
        count(
            "measures.components",
            "components, nested ones too; in SPDX, packages",
        ),
        count(
            "measures.vulnerabilities",
            "vulnerabilities or statements about them",
        ),
        ratio("measures.versioned", "components with a version"),
        ratio(
            "measures.identified",
            "components with a package URL, CPE or SWID tag",
        ),
    ],
    shown: &["format"],
    idioms: &[Idiom {
        field: "holds",
        comparator: "matches",
        values: &["sbom.component"],
        words: "with components",
    }],
    origin: Origin::Report,
    sought: "CycloneDX JSON and XML, SPDX JSON, tag-value and JSON-LD, OpenVEX",
    remedy: "Write an SBOM of what is released, as CycloneDX or SPDX, before audit runs.",
};

/// Components of a bill of materials.
pub static SBOM_COMPONENT: Relation = Relation {
    name: "sbom.component",
    item: "a component of a bill of materials",
    noun: ("component", "components"),
    fields: &[
        REPORT,
        field("name", Kind::Text, "its name"),
        field("group", Kind::Text, "the group or namespace it belongs to"),
        field("version", Kind::Text, "its version"),
        field(
            "type",
            Kind::Text,
            "library, application, container and others, in lower case",
        ),
        field("purl", Kind::Text, "its package URL"),
        field(
            "ecosystem",
            Kind::Text,
            "pip, npm, cargo or gomod, where its package URL is of one of these",
        ),
        IDENTITY,
        field("supplier", Kind::Text, "who supplies it"),
        LICENCE,
        LICENCES,
    ],
    shown: &["name", "version"],
    idioms: &[],
    origin: Origin::Within("sbom.report"),
    sought: SBOM_REPORT.sought,
    remedy: SBOM_REPORT.remedy,
};

/// Statements about vulnerabilities.
pub static SBOM_STATEMENT: Relation = Relation {
    name: "sbom.statement",
    item: "what an SBOM or VEX document says of a vulnerability",
    noun: ("VEX statement", "VEX statements"),
    fields: &[
        REPORT,
        field("id", Kind::Text, "the vulnerability"),
        field("aliases", Kind::Texts, "its other names"),
        field("affects", Kind::Texts, "the components it is about"),
        field(
            "status",
            Kind::Text,
            "in the document's own words: not_affected, affected, fixed, under_investigation, resolved, exploitable, in_triage, false_positive",
        ),
        field(
            "dismissed",
            Kind::Bool,
            "whether it says that the vulnerability does no harm here; absent where it says nothing",
        ),
        field(
            "justification",
            Kind::Text,
            "why it does no harm, as written",
        ),
        field("severity", Kind::Text, "as written, in lower case"),
        field(
            "rank",
            Kind::Text,
            "critical, high, medium, low, info or unknown: the documented mapping",
        ),
        field("stated_at", Kind::Time, "when it was stated last"),
    ],
    shown: &["id", "status"],
    idioms: &[],
    origin: Origin::Within("sbom.report"),
    sought: SBOM_REPORT.sought,
    remedy: SBOM_REPORT.remedy,
};
