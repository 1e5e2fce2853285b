//! Reports of the kind `licences`, one file a format and one line each in [`FORMATS`].

mod cargo_license;
mod license_checker;
mod measured;
pub(super) mod names;
mod pip_licenses;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &pip_licenses::PipLicenses,
    &license_checker::LicenseChecker,
    &cargo_license::CargoLicense,
];
