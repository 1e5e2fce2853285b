//! The declared relations, a file a family. `audit relations`, the documentation and the
//! type-checker all read these.

mod audit;
mod code;
mod findings;
mod forge;
mod ownership;
mod reports;
mod repository;
mod supply;
mod workflows;

pub use audit::{
    ATTESTATION_STATEMENT, ENVIRONMENT_CLAIM, EVIDENCE_BUNDLE, RUN_RECORD, RUN_REPORT, WAIVER_ENTRY,
};
pub use code::{
    CODE_CALL, CODE_COMMENTED_ASSERT, CODE_COMMENTED_TEST, CODE_CRYPTO, CODE_HANDLER,
    CODE_LOG_CALL, CODE_MARKER, CODE_PROPERTY_TEST, CODE_SQL, CODE_SUPPRESSION, CODE_TEST,
    CODE_TODO,
};
pub use findings::{
    ANALYSIS_FINDING, COVERAGE_FILE, DEPENDENCIES_EXAMINED, DEPENDENCIES_VULNERABILITY,
    MUTATION_MUTANT, SECRETS_FINDING, TESTS_CASE, TESTS_MATCHED, TYPES_FINDING,
};
pub use forge::{
    FORGE_ALERT, FORGE_BRANCH, FORGE_CHECK, FORGE_PROTECTION, FORGE_PULL, FORGE_REPORT,
    FORGE_REQUIRED_CHECK, FORGE_REVIEW,
};
pub use ownership::{OWNERSHIP_ERROR, OWNERSHIP_FILE, OWNERSHIP_RULE};
pub use reports::{
    ANALYSIS_REPORT, COVERAGE_REPORT, DEPENDENCIES_REPORT, MUTATION_REPORT, SECRETS_REPORT,
    TESTS_REPORT, TYPES_REPORT, report_of,
};
pub use repository::{
    CONFIGURATION_CHECK, CONFIGURATION_SETTING, DOCUMENT_FILE, HOOK_ENTRY, HOOK_REPOSITORY,
    LOCK_PACKAGE, MANIFEST_FILE, MANIFEST_LOCK, REPOSITORY_INTEGRITY, SECRETS_ALLOWANCE,
    SECURITY_POLICY, SOURCE_FILE, UPDATE_ENTRY,
};
pub use supply::{LICENCES_PACKAGE, LICENCES_REPORT, SBOM_COMPONENT, SBOM_REPORT, SBOM_STATEMENT};
pub use workflows::{
    WORKFLOW_ARTIFACT, WORKFLOW_CHECK, WORKFLOW_FILE, WORKFLOW_GATE, WORKFLOW_HAZARD,
    WORKFLOW_INSTALL, WORKFLOW_JOB, WORKFLOW_STEP, WORKFLOW_USES,
};

use super::relation::{Field, Kind, Relation};

/// Every relation, sorted by name.
pub static RELATIONS: &[&Relation] = &[
    &ANALYSIS_FINDING,
    &ANALYSIS_REPORT,
    &ATTESTATION_STATEMENT,
    &CODE_CALL,
    &CODE_COMMENTED_ASSERT,
    &CODE_COMMENTED_TEST,
    &CODE_CRYPTO,
    &CODE_HANDLER,
    &CODE_LOG_CALL,
    &CODE_MARKER,
    &CODE_PROPERTY_TEST,
    &CODE_SQL,
    &CODE_SUPPRESSION,
    &CODE_TEST,
    &CODE_TODO,
    &CONFIGURATION_CHECK,
    &CONFIGURATION_SETTING,
    &COVERAGE_FILE,
    &COVERAGE_REPORT,
    &DEPENDENCIES_EXAMINED,
    &DEPENDENCIES_REPORT,
    &DEPENDENCIES_VULNERABILITY,
    &DOCUMENT_FILE,
    &ENVIRONMENT_CLAIM,
    &EVIDENCE_BUNDLE,
    &FORGE_ALERT,
    &FORGE_BRANCH,
    &FORGE_CHECK,
    &FORGE_PROTECTION,
    &FORGE_PULL,
    &FORGE_REPORT,
    &FORGE_REQUIRED_CHECK,
    &FORGE_REVIEW,
    &HOOK_ENTRY,
    &HOOK_REPOSITORY,
    &LICENCES_PACKAGE,
    &LICENCES_REPORT,
    &LOCK_PACKAGE,
    &MANIFEST_FILE,
    &MANIFEST_LOCK,
    &MUTATION_MUTANT,
    &MUTATION_REPORT,
    &OWNERSHIP_ERROR,
    &OWNERSHIP_FILE,
    &OWNERSHIP_RULE,
    &REPOSITORY_INTEGRITY,
    &RUN_RECORD,
    &RUN_REPORT,
    &SBOM_COMPONENT,
    &SBOM_REPORT,
    &SBOM_STATEMENT,
    &SECRETS_ALLOWANCE,
    &SECRETS_FINDING,
    &SECRETS_REPORT,
    &SECURITY_POLICY,
    &SOURCE_FILE,
    &TESTS_CASE,
    &TESTS_MATCHED,
    &TESTS_REPORT,
    &TYPES_FINDING,
    &TYPES_REPORT,
    &UPDATE_ENTRY,
    &WAIVER_ENTRY,
    &WORKFLOW_ARTIFACT,
    &WORKFLOW_CHECK,
    &WORKFLOW_FILE,
    &WORKFLOW_GATE,
    &WORKFLOW_HAZARD,
    &WORKFLOW_INSTALL,
    &WORKFLOW_JOB,
    &WORKFLOW_STEP,
    &WORKFLOW_USES,
];

/// The relation of a name.
pub fn relation(name: &str) -> Option<&'static Relation> {
    RELATIONS
        .iter()
        .copied()
        .find(|relation| relation.name == name)
}

const fn field(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, about }
}

const PATH: Field = field("path", Kind::Text, "the file, from the git root");
/// By which a package is agreed between a lock file, an audit and a bill of materials.
const IDENTITY: Field = field(
    "identity",
    Kind::Text,
    "ecosystem, name and version as they are compared: pip requests 2.31",
);
const LINE: Field = field("line", Kind::Int, "the line, from 1");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_sorted_and_what_they_show_is_declared() {
        assert!(RELATIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
        for relation in RELATIONS {
            for shown in relation
                .shown
                .iter()
                .chain(relation.idioms.iter().map(|idiom| &idiom.field))
            {
                assert!(
                    relation.field(shown).is_some(),
                    "{} shows {shown}",
                    relation.name
                );
            }
        }
    }
}
