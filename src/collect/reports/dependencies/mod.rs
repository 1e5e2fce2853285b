//! Reports of the kind `dependencies`, one file a format and one line each in [`FORMATS`].

mod advisories;
mod cargo_audit;
mod cargo_deny;
mod cvss;
mod pip_audit;
mod rows;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &pip_audit::PipAudit,
    &cargo_audit::CargoAudit,
    &cargo_deny::CargoDeny,
];
