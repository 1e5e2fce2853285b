//! Reports of the kind `sbom`, one file a format and one line each in [`FORMATS`].

mod bill;
mod cyclonedx;
mod cyclonedx_json;
mod cyclonedx_xml;
mod openvex;
mod spdx;
mod spdx3_json;
mod spdx_json;
mod spdx_tag_value;
mod tag_value;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &cyclonedx_json::CycloneDxJson,
    &cyclonedx_xml::CycloneDxXml,
    &spdx_json::SpdxJson,
    &spdx3_json::Spdx3Json,
    &spdx_tag_value::SpdxTagValue,
    &openvex::OpenVex,
];
