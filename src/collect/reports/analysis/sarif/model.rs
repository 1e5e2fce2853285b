//! SARIF 2.1.0 as far as it is read. Members keep the names of the standard; `null` stands for
//! what is not there, as some writers have it.

use serde::Deserialize;

use crate::parse::json::{Count, Pairs, Text, nullable};

#[derive(Deserialize)]
pub(super) struct Log {
    #[serde(default)]
    pub(super) version: Text,
    pub(super) runs: Option<Vec<Run>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Run {
    #[serde(deserialize_with = "nullable")]
    pub(super) tool: Tool,
    #[serde(deserialize_with = "nullable")]
    pub(super) invocations: Vec<Invocation>,
    /// Absent: the run was not performed (§3.14.23). Empty: it found nothing.
    pub(super) results: Option<Vec<Outcome>>,
    #[serde(deserialize_with = "nullable")]
    pub(super) artifacts: Vec<Artifact>,
    #[serde(deserialize_with = "nullable")]
    pub(super) version_control_provenance: Vec<VersionControl>,
    #[serde(deserialize_with = "nullable")]
    pub(super) external_property_file_references: External,
}

/// Parts of a run that stand in other files (§3.14.2).
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct External {
    #[serde(deserialize_with = "nullable")]
    pub(super) results: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Tool {
    #[serde(deserialize_with = "nullable")]
    pub(super) driver: Component,
    #[serde(deserialize_with = "nullable")]
    pub(super) extensions: Vec<Component>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Component {
    pub(super) name: Text,
    pub(super) guid: Text,
    pub(super) version: Text,
    pub(super) semantic_version: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) rules: Vec<Descriptor>,
    #[serde(deserialize_with = "nullable")]
    pub(super) notifications: Vec<Descriptor>,
    #[serde(deserialize_with = "nullable")]
    pub(super) global_message_strings: Pairs<Message>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) id: Text,
    pub(super) guid: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) default_configuration: Configuration,
    #[serde(deserialize_with = "nullable")]
    pub(super) message_strings: Pairs<Message>,
    #[serde(deserialize_with = "nullable")]
    pub(super) properties: Properties,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Configuration {
    pub(super) level: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Properties {
    #[serde(deserialize_with = "nullable")]
    pub(super) tags: Vec<Text>,
    #[serde(rename = "security-severity")]
    pub(super) security_severity: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: Option<bool>,
    pub(super) start_time_utc: Text,
    pub(super) end_time_utc: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) rule_configuration_overrides: Vec<Override>,
    #[serde(deserialize_with = "nullable")]
    pub(super) tool_execution_notifications: Vec<Notification>,
    #[serde(deserialize_with = "nullable")]
    pub(super) tool_configuration_notifications: Vec<Notification>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Override {
    #[serde(deserialize_with = "nullable")]
    pub(super) descriptor: Reference,
    #[serde(deserialize_with = "nullable")]
    pub(super) configuration: Configuration,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Notification {
    pub(super) level: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) descriptor: Reference,
    #[serde(deserialize_with = "nullable")]
    pub(super) message: Message,
}

/// A reference to a descriptor (§3.52).
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Reference {
    pub(super) id: Text,
    pub(super) guid: Text,
    pub(super) index: Count,
    pub(super) tool_component: Option<ComponentReference>,
}

/// A reference to the driver or an extension (§3.54).
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ComponentReference {
    pub(super) name: Text,
    pub(super) guid: Text,
    pub(super) index: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message {
    pub(super) text: Text,
    pub(super) markdown: Text,
    pub(super) id: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) arguments: Vec<Text>,
}

/// A result (§3.27).
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Outcome {
    pub(super) rule_id: Text,
    pub(super) rule_index: Count,
    #[serde(deserialize_with = "nullable")]
    pub(super) rule: Reference,
    pub(super) kind: Text,
    pub(super) level: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) message: Message,
    #[serde(deserialize_with = "nullable")]
    pub(super) locations: Vec<Location>,
    #[serde(deserialize_with = "nullable")]
    pub(super) suppressions: Vec<Suppression>,
    pub(super) baseline_state: Text,
    #[serde(deserialize_with = "nullable")]
    pub(super) partial_fingerprints: Fingerprints,
    #[serde(deserialize_with = "nullable")]
    pub(super) provenance: Provenance,
    #[serde(deserialize_with = "nullable")]
    pub(super) properties: Properties,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Provenance {
    pub(super) invocation_index: Count,
}

/// gitleaks names the commit of a secret here.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Fingerprints {
    pub(super) commit_sha: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Suppression {
    pub(super) status: Text,
    /// The name of `status` in drafts of the standard.
    pub(super) state: Text,
    pub(super) justification: Text,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(deserialize_with = "nullable")]
    pub(super) physical_location: Physical,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Physical {
    #[serde(deserialize_with = "nullable")]
    pub(super) artifact_location: ArtifactLocation,
    #[serde(deserialize_with = "nullable")]
    pub(super) region: Region,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ArtifactLocation {
    pub(super) uri: Text,
    pub(super) index: Count,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Artifact {
    #[serde(deserialize_with = "nullable")]
    pub(super) location: ArtifactLocation,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct VersionControl {
    pub(super) revision_id: Text,
}
