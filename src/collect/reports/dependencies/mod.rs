//! Reports of the kind `dependencies`, one file a format and one line each in [`FORMATS`].

mod gitlab;
mod pip_audit;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[&pip_audit::PipAudit, &gitlab::GitlabDependencies];
