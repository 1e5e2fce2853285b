//! Code ownership.

use super::super::relation::{Kind, Origin, Relation};
use super::{LINE, PATH, field};

const SOUGHT: &str = "CODEOWNERS in .github/, the root, docs/ (GitHub) or .gitlab/ (GitLab)";
const REMEDY: &str = "Add .github/CODEOWNERS with a rule for every path, a catch-all first.";

/// Rules of the ownership file in force.
pub static OWNERSHIP_RULE: Relation = Relation {
    name: "ownership.rule",
    item: "a rule of the CODEOWNERS in force",
    noun: ("ownership rule", "ownership rules"),
    fields: &[
        PATH,
        LINE,
        field("pattern", Kind::Text, "the pattern as written"),
        field(
            "owners",
            Kind::Texts,
            "its owners, in order; none un-owns what it matches",
        ),
        field("section", Kind::Text, "the GitLab section it stands in"),
        field("dialect", Kind::Text, "github or gitlab"),
    ],
    shown: &["pattern"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Lines of the ownership file that are not rules.
pub static OWNERSHIP_ERROR: Relation = Relation {
    name: "ownership.error",
    item: "a line of the CODEOWNERS in force that is not a rule",
    noun: ("invalid line", "invalid lines"),
    fields: &[
        PATH,
        LINE,
        field("text", Kind::Text, "the line as written"),
        field("reason", Kind::Text, "why it is not a rule"),
    ],
    shown: &["reason"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Tracked files with their owners.
pub static OWNERSHIP_FILE: Relation = Relation {
    name: "ownership.file",
    item: "a tracked file",
    noun: ("tracked file", "tracked files"),
    fields: &[
        PATH,
        field(
            "owners",
            Kind::Texts,
            "the owners of the last matching rule; none: unowned",
        ),
        field("owner_count", Kind::Int, "how many owners there are"),
        field("rule_line", Kind::Int, "the line of the rule that decides"),
    ],
    shown: &["owners"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};
