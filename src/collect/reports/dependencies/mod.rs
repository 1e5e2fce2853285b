//! Reports of the kind `dependencies`, one file a format and one line each in [`FORMATS`].

mod advisories;
mod cargo_audit;
mod cargo_deny;
mod cvss;
mod dependency_check;
mod dependency_check_json;
mod dependency_check_xml;
mod gitlab;
mod govulncheck;
mod govulncheck_2022;
mod grype;
mod npm_audit;
mod npm_audit6;
mod npm_error;
mod npm_words;
mod osv_scanner;
mod pip_audit;
pub(in crate::collect::reports) mod purl;
mod rows;
mod safety1;
mod safety2;
mod safety3;
mod snyk;
mod trivy;
mod yarn1;
mod yarn_berry;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &pip_audit::PipAudit,
    &cargo_audit::CargoAudit,
    &cargo_deny::CargoDeny,
    &npm_audit::NpmAudit,
    &npm_audit6::NpmAudit6,
    &yarn1::Yarn1,
    &yarn_berry::YarnBerry,
    &osv_scanner::OsvScanner,
    &grype::Grype,
    &trivy::Trivy,
    &govulncheck::Govulncheck,
    &govulncheck_2022::Govulncheck2022,
    &dependency_check_xml::DependencyCheckXml,
    &dependency_check_json::DependencyCheckJson,
    &safety1::Safety1,
    &safety2::Safety2,
    &safety3::Safety3,
    &snyk::Snyk,
    &gitlab::GitlabDependencies,
];
