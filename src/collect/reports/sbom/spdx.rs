//! What SPDX 2 means, in JSON and in tag-value alike.

use super::bill::{Component, said};
use crate::collect::reports::licences::names::is_unknown;
use crate::model::reading::Reading;

/// A value of SPDX, unless it says that there is none or that nothing is said.
pub(super) fn stated(text: &str) -> Option<String> {
    said(text).filter(|text| !is_unknown(text))
}

/// Who a creator or supplier is: what follows `Person: ` or `Organization: `.
pub(super) fn agent(text: &str) -> Option<String> {
    let name = text.split_once(':').map_or(text, |(_, name)| name);
    stated(name)
}

/// Records the tool among the creators of a document.
pub(super) fn set_creator(reading: &mut Reading, creator: &str) {
    if let Some(tool) = creator.trim().strip_prefix("Tool:").and_then(said) {
        set_tool(reading, &tool);
    }
}

/// Records the tool that wrote the document: the first that it names. A version follows the last
/// hyphen by convention; it counts as one where it begins like a number.
pub(super) fn set_tool(reading: &mut Reading, tool: &str) {
    if reading.tool.is_some() {
        return;
    }
    let numbered = |version: &&str| {
        let version = version.strip_prefix('v').unwrap_or(version);
        version.starts_with(|sign: char| sign.is_ascii_digit())
    };
    match tool
        .rsplit_once('-')
        .filter(|(_, version)| numbered(version))
    {
        Some((name, version)) => {
            reading.tool_version = Some(version.to_owned());
            reading.tool = Some(name.to_owned());
        }
        None => reading.tool = Some(tool.to_owned()),
    }
}

/// Records a reference of a package to itself elsewhere.
pub(super) fn add_reference(component: &mut Component, kind: &str, locator: &str) {
    match kind.trim() {
        "purl" if component.purl.is_none() => component.purl = said(locator),
        "cpe22Type" | "cpe23Type" | "swid" | "swh" | "gitoid" => component.tagged = true,
        _ => {}
    }
}

/// Records the licence of a package: what the document concludes, else what the package declares.
pub(super) fn set_licence(component: &mut Component, concluded: &str, declared: &str) {
    component.licences = stated(concluded)
        .or_else(|| stated(declared))
        .into_iter()
        .collect();
}
