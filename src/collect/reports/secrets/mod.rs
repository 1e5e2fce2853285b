//! Reports of the kind `secrets`, one file a format and one line each in [`FORMATS`].

mod detect_secrets;
mod gitlab;
mod gitleaks;
mod trufflehog;
mod trufflehog2;
mod trufflehog3;
mod trufflehog_log;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &gitleaks::Gitleaks,
    &trufflehog::Trufflehog,
    &trufflehog2::Trufflehog2,
    &trufflehog3::Trufflehog3,
    &detect_secrets::DetectSecrets,
    &gitlab::GitlabSecrets,
];
